"""One demand a year: users, tokens, peak; what lowers the bill lowers the load."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlmodel.catalog.load import built_in
from xlmodel.inputs.demand import Demand, demand
from xlmodel.inputs.resolve import resolve
from xlmodel.inputs.workload import Workload

OFFICE = Workload(10_000, 800, 400)


def used(years: int = 3, **assumptions: float | str) -> Demand:
    """Return the demand of 10,000 users of 800 and 400 tokens a day."""
    return demand(OFFICE, resolve(built_in(), assumptions), years)


def test_a_year_by_hand() -> None:
    """10,000 x 800 x 360 days are 2,880 million; 10,000 x 400 / 86,400 s x 4 at peak are 185.2 a second."""
    (year,) = used(1).years
    assert (year.year, year.users) == (1, 10_000)
    assert (year.input_mtok, year.output_mtok) == pytest.approx((2_880, 1_440), rel=1e-12)
    assert year.peak_tokens_per_s == pytest.approx(10_000 * 400 / 86_400 * 4, rel=1e-12)


def test_growth_acts_on_users_from_the_second_year() -> None:
    """10 % a year: 10,000, 11,000, 12,100 users, with their tokens and their peak; the last is the largest."""
    found = used(growth_rate=0.1)
    assert [year.users for year in found.years] == pytest.approx([10_000, 11_000, 12_100])
    assert [year.output_mtok / 1_440 for year in found.years] == pytest.approx([1, 1.1, 1.21])
    assert found.years[2].peak_tokens_per_s == pytest.approx(1.21 * 185.185185185, rel=1e-9)
    assert found.largest.year == 3
    assert found.mtok() == pytest.approx(4_320 * 3.31, rel=1e-12)


def test_the_largest_year_is_the_first_where_use_shrinks() -> None:
    """Half the users each year: hardware is asked for the first."""
    assert used(growth_rate=-0.5).largest.year == 1


def test_tokens_are_discounted_as_costs_are() -> None:
    """At 25 %: 4,320 x (0.8 + 0.64 + 0.512)."""
    assert used().mtok(0.25) == pytest.approx(4_320 * 1.952, rel=1e-12)


@pytest.mark.parametrize(
    ("assumptions", "factor"),
    [
        ({"retry_rate": 0.25}, 1.25),
        ({"batch_share": 0.5}, 0.5),
        # at most all of it can wait: the day's mean is the least peak, a quarter of the peak
        ({"batch_share": 0.9}, 0.25),
        ({"batch_share": 1}, 0.25),
        ({"peak_to_average": 6}, 1.5),
        ({"retry_rate": 0.25, "batch_share": 0.5}, 0.625),
        ({"cache_hit_rate": 0.5}, 1),
        ({"days_per_month": 20}, 1),
        ({"requests_per_user_day": 15}, 1),
    ],
)
def test_what_moves_the_peak(assumptions: dict[str, float], factor: float) -> None:
    """Retries add to the load, what can wait leaves the peak; tokens that users get stay the same."""
    plain, moved = used(1).years[0], used(1, **assumptions).years[0]
    assert moved.peak_tokens_per_s == pytest.approx(plain.peak_tokens_per_s * factor, rel=1e-12)
    days = assumptions.get("days_per_month", 30) / 30
    assert moved.output_mtok == pytest.approx(plain.output_mtok * days, rel=1e-12)


def test_requests_share_the_tokens_of_a_day() -> None:
    """15 requests: 53.3 and 26.7 tokens each, half of the prompt from the cache; no prompt is below a token."""
    found = used(1, requests_per_user_day=15, cache_hit_rate=0.5)
    assert (found.prompt_tokens, found.answer_tokens) == pytest.approx((800 / 15, 400 / 15))
    assert found.cached_share == 0.5
    assert used(1, requests_per_user_day=1_600).prompt_tokens == 1


@given(st.floats(0, 1e8), st.integers(1, 20), st.floats(-0.5, 2))
def test_more_users_are_more_of_everything(dau: float, years: int, growth: float) -> None:
    """Each year of twice the users has twice the tokens and twice the peak."""
    inputs = resolve(built_in(), {"growth_rate": growth})
    once, twice = (demand(Workload(users, 800, 400), inputs, years) for users in (dau, 2 * dau))
    for one, two in zip(once.years, twice.years, strict=True):
        assert tuple(two)[1:] == pytest.approx([2 * each for each in tuple(one)[1:]], rel=1e-12)
    assert once.largest.users == max(year.users for year in once.years)
