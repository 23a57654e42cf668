"""Cash flows by year: when they are paid, what they are worth today, what tax they save."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlmodel import call
from xlmodel.catalog.load import built_in
from xlmodel.cost.schedule import COMPONENTS, Schedule, tax_shield
from xlmodel.inputs.resolve import resolve

amounts = st.floats(0, 1e9)


def flows() -> Schedule:
    """Return 1,000 bought in year 1 and 400 in year 2, 60 a year to run, 120 once, 50 at the end."""
    return Schedule(
        running=({"power": 60.0},) * 3,
        capex=({"hardware": 1_000.0}, {"hardware": 400.0}, {"hardware": 0.0}),
        one_off=120,
        residual=50,
    )


def test_outlays_are_paid_at_the_start_of_their_year() -> None:
    """At 25 %: 1,000 + (60 + 120) x 0.8, then 400 x 0.8 + 60 x 0.64, then (60 - 50) x 0.512."""
    found = flows()
    assert [found.year_total(year) for year in (1, 2, 3)] == [1_180, 460, 10]
    by_hand = [1_000 + 180 * 0.8, 400 * 0.8 + 60 * 0.64, 10 * 0.512]
    assert [found.present_value(year, 0.25) for year in (1, 2, 3)] == pytest.approx(by_hand, rel=1e-12)
    assert found.total(0.25) == pytest.approx(sum(by_hand), rel=1e-12)
    assert found.total() == 1_650


def test_cumulative_cost_by_hand() -> None:
    """Month 0: 1,000 + 120; 5 a month; at month 12 the second year's 400; the residual value is left out."""
    levels = flows().cumulative(24)
    assert levels[:3] == [1_120, 1_125, 1_130]
    assert levels[11:14] == [1_175, 1_580, 1_585]
    assert levels[24] == pytest.approx(1_120 + 400 + 24 * 5)


def test_the_tax_shield_by_hand() -> None:
    """At 25 %, depreciated over two years: 1,000 as 500 in years 1 and 2, 400 of year 2 as 200 in 2 and 3.

    Year 1: 60 + 120 + 500; year 2: 60 + 500 + 200; year 3: 60 + 200, nothing left on the books, 50 received.
    """
    inputs = resolve(built_in(), {"income_tax_rate": 0.25, "depreciation_years": 2})
    plain = flows()
    found = tax_shield(inputs, plain.running, plain.capex, plain.one_off, plain.residual)
    assert found == pytest.approx([170, 190, (260 - 50) * 0.25], rel=1e-12)


def test_what_is_left_on_the_books_is_lost_in_the_last_year() -> None:
    """Over five years: 200 and 80 a year; after three, 400 of 1,000 and 240 of 400 are left."""
    inputs = resolve(built_in(), {"income_tax_rate": 0.1, "depreciation_years": 5})
    plain = flows()
    found = tax_shield(inputs, plain.running, plain.capex, plain.one_off, plain.residual)
    by_hand = [(180 + 200) * 0.1, (60 + 280) * 0.1, (60 + 280 + 400 + 240 - 50) * 0.1]
    assert found == pytest.approx(by_hand, rel=1e-12)
    # in all: every cost once, less what came in
    assert sum(found) == pytest.approx(0.1 * (180 + 120 + 1_400 - 50), rel=1e-12)


def test_an_api_and_a_rental_save_tax_on_what_they_cost() -> None:
    """25 % of a bill of 15,552 and of a rent of 468,000 come back; depreciation has nothing to act on."""
    given_rate = "income_tax_rate=0.25; depreciation_years=10"
    assert call("LLM_TCO", "api", "Qwen-Plus", 10_000, 3, None, None, given_rate) == pytest.approx(11_664)
    assert call("LLM_TCO", "rent", "2×A100 80GB", None, 3, None, None, given_rate) == pytest.approx(351_000)


def test_owning_saves_tax_on_depreciation() -> None:
    """The standard tier: 775,000 over three years and 480,000 a year, 25 % of each back at the year's end."""
    plain = "income_tax_rate=0.25"
    assert call("LLM_TCO", "own", "standard", None, 3, None, None, plain) == pytest.approx(2_215_000 * 0.75)
    discounted = call("LLM_TCO", "own", "standard", None, 3, None, None, f"{plain}; discount_rate=0.25")
    saved = 0.25 * (775_000 / 3 + 480_000) * 1.952
    assert discounted == pytest.approx(775_000 + 480_000 * 1.952 - saved, rel=1e-12)
    table = call("LLM_TCO_TABLE", "own", "standard", None, 3, None, None, f"{plain}; discount_rate=0.25")
    assert isinstance(table, list)
    # the tax stands last: workbooks in the field read the other columns by position
    assert table[0] == ["year", *COMPONENTS[:-1], "total", "discount_factor", "present_value", "tax_shield"]
    shield = table[0].index("tax_shield")
    assert table[1][shield] == pytest.approx(-0.25 * (775_000 / 3 + 480_000), rel=1e-12)
    assert table[-1][table[0].index("present_value")] == pytest.approx(discounted, rel=1e-12)


def test_a_tier_is_renewed_after_its_life() -> None:
    """The standard tier for 7 years: 500,000 of hardware in years 1 and 6, the later at 0.9^5; site once."""
    found = call("LLM_TCO", "own", "standard", None, 7, None, None, "hardware_price_change_rate=-0.1")
    assert found == pytest.approx(775_000 + 500_000 * 0.9**5 + 7 * 480_000, rel=1e-12)
    # with 20 % left of the second: the first is out of service
    left = call("LLM_TCO", "own", "standard", None, 7, None, None, "residual_rate=0.2")
    assert left == pytest.approx(1_275_000 + 7 * 480_000 - 100_000, rel=1e-12)


@given(
    st.lists(st.tuples(amounts, amounts), min_size=1, max_size=20), amounts, st.floats(0, 1), st.floats(0, 1)
)
def test_the_years_are_the_total(
    years: list[tuple[float, float]], one_off: float, tax: float, rate: float
) -> None:
    """Components add up to years and years to the total, discounted or not, before and after tax."""
    inputs = resolve(built_in(), {"income_tax_rate": tax})
    capex, running = [{"hardware": bought} for bought, _ in years], [{"power": paid} for _, paid in years]
    found = Schedule(
        tuple(running), tuple(capex), one_off, 0.0, tax_shield(inputs, running, capex, one_off, 0.0)
    )
    for year in range(1, found.years + 1):
        assert sum(found.year(year).values()) == pytest.approx(found.year_total(year), rel=1e-9, abs=1e-3)
    for discount in (0.0, rate):
        by_year = sum(found.present_value(year, discount) for year in range(1, found.years + 1))
        assert by_year == pytest.approx(found.total(discount), rel=1e-9, abs=1e-3)
