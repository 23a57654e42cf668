"""What the users ask for, year by year: the tokens that are billed, and the tokens a second that hardware must give."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from xlmodel.inputs.model import Inputs
    from xlmodel.inputs.workload import Workload

MONTHS_PER_YEAR = 12
HOURS_PER_DAY = 24
SECONDS_PER_DAY = 86_400
TOKENS_PER_MTOK = 1e6


class YearDemand(NamedTuple):
    """One year's use.

    Args:
        year: 1, 2, ...
        users: daily active users.
        input_mtok: million input tokens of the year that users get, retries not counted.
        output_mtok: million output tokens of the year that users get.
        peak_tokens_per_s: output tokens a second at peak, retries counted.
    """

    year: int
    users: float
    input_mtok: float
    output_mtok: float
    peak_tokens_per_s: float


class Demand(NamedTuple):
    """Use over the years, and what each request looks like.

    Args:
        workload: daily users and their tokens a day in the first year.
        prompt_tokens: mean input tokens of a request.
        answer_tokens: mean output tokens of a request.
        cached_share: share of a prompt that the cache holds.
        years: one item a year.
    """

    workload: Workload
    prompt_tokens: float
    answer_tokens: float
    cached_share: float
    years: tuple[YearDemand, ...]

    @property
    def largest(self) -> YearDemand:
        """Return the year with the most users."""
        return max(self.years, key=lambda year: year.users)

    def mtok(self, discount_rate: float = 0.0) -> float:
        """Return the million tokens, input and output, of all years.

        Equation: sum over years of (input + output) / (1 + r)^year.
        """
        return sum(
            (each.input_mtok + each.output_mtok) / (1 + discount_rate) ** each.year for each in self.years
        )


def growth_factor(rate: float, year: int) -> float:
    """Return (1 + g)^(year - 1): a rate acts from year 2."""
    return 1.0 if rate == 0 or year == 1 else (1 + rate) ** (year - 1)


def days_per_year(inputs: Inputs) -> float:
    """Return 12 x days_per_month: one calendar for bills, rents and power."""
    return MONTHS_PER_YEAR * inputs.days_per_month


def peak_per_user(workload: Workload, inputs: Inputs) -> float:
    """Return the output tokens a second that one daily user adds to the peak.

    Equation: output_tokens x (1 + retry) / 86,400 x max(1, (1 - batch_share) x peak_to_average): what can wait
    fills the valleys, and a day's mean is the least peak.
    """
    mean = workload.output_tokens * (1 + inputs.retry_rate) / SECONDS_PER_DAY
    return mean * peak_ratio(inputs)


def peak_ratio(inputs: Inputs) -> float:
    """Return the peak over the day's mean: max(1, (1 - batch_share) x peak_to_average)."""
    return max(1.0, (1 - inputs.batch_share) * inputs.peak_to_average)


def demand(workload: Workload, inputs: Inputs, years: int) -> Demand:
    """Return the use of each year.

    Equation: users = dau x (1 + growth_rate)^(year - 1); tokens = users x tokens a day x 12 x days_per_month;
    peak = users x peak of a user. A request's tokens are a day's over requests_per_user_day.

    Args:
        workload: daily users and their tokens a day.
        inputs: growth_rate, days_per_month, requests_per_user_day, cache_hit_rate, retry_rate, batch_share,
            peak_to_average.
        years: number of years.
    """
    days, peak = days_per_year(inputs), peak_per_user(workload, inputs)
    found = []
    for year in range(1, years + 1):
        users = workload.dau * growth_factor(inputs.growth_rate, year)
        user_days = users * days / TOKENS_PER_MTOK
        tokens = user_days * workload.input_tokens, user_days * workload.output_tokens
        found.append(YearDemand(year, users, *tokens, users * peak))
    requests = inputs.requests_per_user_day
    return Demand(
        workload,
        # a mean may be below one token, a request is not; one without an answer is left for sizing to refuse
        max(1.0, workload.input_tokens / requests),
        max(1.0, workload.output_tokens / requests) if workload.output_tokens else 0.0,
        inputs.cache_hit_rate,
        tuple(found),
    )
