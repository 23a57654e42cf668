"""When one option has paid for itself, in months and as a curve, and from how many daily users on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xlmodel.cost import api
from xlmodel.cost.crossing import Line, users_from_which_cheaper
from xlmodel.cost.option import schedule
from xlmodel.cost.schedule import made
from xlmodel.cost.sized_steps import sized_steps
from xlmodel.errors import NotAvailableError
from xlmodel.inputs.demand import demand
from xlmodel.inputs.workload import Workload

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlmodel.catalog.tables import Catalog
    from xlmodel.cost.option import Option
    from xlmodel.inputs.model import Inputs

MOST_USERS = 1e9
_MANY = 1e6


def months_to_pay_back(outlay: float, rent_per_month: float, opex_per_month: float) -> float:
    """Return the months after which a purchase has paid for itself.

    Equation: months = outlay / (rent - opex); depreciation is never in the denominator.

    Args:
        outlay: purchase, any currency.
        rent_per_month: monthly cost of the alternative.
        opex_per_month: monthly cash cost of owning.

    Raises:
        NotAvailableError: the saving is not positive, so it never pays back.
    """
    if outlay == 0:
        return 0.0
    saving = rent_per_month - opex_per_month
    if saving <= 0:
        raise NotAvailableError(
            f"never pays back: owning costs {opex_per_month:g} a month, the alternative {rent_per_month:g}"
        )
    return outlay / saving


def bill_line(catalog: Catalog, inputs: Inputs, model: str, tokens: tuple[float, float], years: int) -> Line:
    """Return the total of an API over the years as a line over its daily users, in CNY.

    Equation: TCO(d) = TCO of the one-off costs + d x TCO of one user's bill.

    Args:
        catalog: prices.
        inputs: assumptions.
        model: canonical API model.
        tokens: input and output tokens a user and day.
        years: number of years.

    Raises:
        NotAvailableError: the bill is 0, so no number of users breaks even.
    """
    # a million users, whose bill is a whole amount where prices are
    flows = api.schedule(catalog, inputs, model, demand(Workload(_MANY, *tokens), inputs, years))
    # apart, since one user's bill would lose digits beside the one-off cost; the tax on both is in proportion
    per_user = made(inputs, flows.running).total(inputs.discount_rate) / _MANY
    if per_user <= 0:
        raise NotAvailableError(
            f"{model}: a user costs nothing (no tokens, or all of it is saved as tax), so no number breaks even"
        )
    unused = [dict.fromkeys(year, 0.0) for year in flows.running]
    return Line(made(inputs, unused, one_off=flows.one_off).total(inputs.discount_rate), per_user)


def daily_users(
    catalog: Catalog, inputs: Inputs, other: Option, tokens: tuple[float, float], years: int, bill: Line
) -> float:
    """Return the daily users at which an API's total equals that of renting or owning.

    Equation: hardware that is named: (total - TCO of the API's one-off costs) / TCO of one user's bill. An open model: the smallest
    number from which its total is at most the API's and stays so up to a billion.

    Args:
        catalog: prices and specifications.
        inputs: assumptions of the other option.
        other: what is rented or owned.
        tokens: input and output tokens a user and day.
        years: number of years.
        bill: total of the API over its users.

    Raises:
        NotAvailableError: there is no such number.
    """
    if other.open_model:
        plans = sized_steps(catalog, inputs, other, tokens, years)
        users = users_from_which_cheaper(plans, bill, MOST_USERS)
        if users is None:
            least = min(plan.bounds(MOST_USERS, MOST_USERS)[0] for plan in plans)
            raise NotAvailableError(
                f"never breaks even: for a billion users {other.label} costs {least:,.0f} CNY over {years} years, "
                f"the API {bill.cost(MOST_USERS):,.0f}"
            )
        return users
    total = schedule(catalog, inputs, other, None, years).total(inputs.discount_rate)
    if total < bill.fixed:
        raise NotAvailableError(
            f"no break-even: {other.label} costs {total:,.0f} CNY over {years} years, the API {bill.fixed:,.0f} "
            "without any user"
        )
    return bill.users(total)


def payback(points: Sequence[CurvePoint]) -> float:
    """Return the month from which a stays at or below b up to the last point.

    Equation: m + (a - b) at m / ((a - b) at m - (a - b) at m + 1), m the last month in which a is above b.

    Args:
        points: the curve from month 0 on.

    Raises:
        NotAvailableError: a is above b in the last month.
    """
    above = [point for point in points if point.difference > 0]
    if not above:
        return 0.0
    last = above[-1]
    if last.month == points[-1].month:
        raise NotAvailableError(
            f"never pays back within {last.month} months: the first option has then cost {last.a:,.0f} CNY, "
            f"the second {last.b:,.0f}; allow more months, or the first one stays dearer"
        )
    following = points[last.month + 1]
    return last.month + last.difference / (last.difference - following.difference)


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Cumulative cost of two options after some months, and a - b, in CNY."""

    month: int
    a: float
    b: float

    @property
    def difference(self) -> float:
        """Return a - b."""
        return self.a - self.b


def curve(
    catalog: Catalog, inputs: Inputs, options: tuple[Option, Option], workload: Workload | None, months: int
) -> list[CurvePoint]:
    """Return the cumulative nominal cost of two options from month 0 on.

    Args:
        catalog: prices.
        inputs: assumptions.
        options: the two options, a and b.
        workload: daily users and tokens; required where one of them is an API.
        months: last month.
    """
    years = max(1, -(-months // 12))
    a, b = (schedule(catalog, inputs, option, workload, years).cumulative(months) for option in options)
    return [CurvePoint(month, left, right) for month, (left, right) in enumerate(zip(a, b, strict=True))]
