"""What the years do: growth, price change, discounting, residual value, days, retries, the cache."""

from __future__ import annotations

import pytest

from xlmodel import call

BILL = 12 * 432  # CNY a year, Qwen-Plus at 10,000 daily users


def api(assumptions: str, years: int = 3) -> object:
    """Return LLM_TCO of the API."""
    return call("LLM_TCO", "api", "Qwen-Plus", 10_000, years, None, None, assumptions)


def rent(assumptions: str, years: int = 3) -> object:
    """Return LLM_TCO of 2×A100: 156,000 a year."""
    return call("LLM_TCO", "rent", "2×A100 80GB", None, years, None, None, assumptions)


def test_growth_acts_from_the_second_year() -> None:
    """10 % more tokens a year: 1 + 1.1 + 1.21 years of bills; one year is untouched; a rental does not grow."""
    assert api("growth_rate=0.1") == pytest.approx(BILL * 3.31, rel=1e-12)
    assert api("growth_rate=0.1", 1) == pytest.approx(BILL, rel=1e-12)
    assert rent("growth_rate=0.1") == pytest.approx(468_000, rel=1e-12)


def test_price_change_acts_on_both_prices_from_the_second_year() -> None:
    """Prices halve each year: 1 + 0.5 + 0.25; what is bought is paid at once and does not change."""
    assert api("price_change_rate=-0.5") == pytest.approx(BILL * 1.75, rel=1e-12)
    assert rent("price_change_rate=-50%") == pytest.approx(156_000 * 1.75, rel=1e-12)
    own = call("LLM_TCO", "own", "standard", None, 3, None, None, "price_change_rate=-0.5")
    assert own == 2_215_000


def test_growth_and_price_change_multiply() -> None:
    """Twice the tokens at half the price are the same bill each year."""
    assert api("growth_rate=1; price_change_rate=-0.5") == pytest.approx(3 * BILL, rel=1e-12)


def test_discounting_takes_year_ends_and_leaves_the_outlay() -> None:
    """At 25 %: factors 0.8, 0.64, 0.512; the outlay of 775,000 keeps its value."""
    factors = 0.8 + 0.64 + 0.512
    assert api("discount_rate=0.25") == pytest.approx(BILL * factors, rel=1e-12)
    assert rent("discount_rate=0.25") == pytest.approx(156_000 * factors, rel=1e-12)
    own = call("LLM_TCO", "own", "standard", None, 3, None, None, "discount_rate=0.25")
    assert own == pytest.approx(775_000 + 480_000 * factors, rel=1e-12)


def test_one_offs_of_the_first_year_are_discounted_once() -> None:
    """They are spent in the first year, not before it: 775,000 x 0.8 beside the yearly costs."""
    full = call("LLM_TCO", "rent", "2×A100 80GB", None, 3, None, None, "full; discount_rate=0.25")
    assert full == pytest.approx((156_000 + 200_000) * 1.952 + 775_000 * 0.8, rel=1e-12)


def test_residual_value_comes_back_at_the_end() -> None:
    """20 % of the hardware's 500,000 after the last year, discounted with it; the build's other parts have none."""
    plain = call("LLM_TCO", "own", "standard", None, 3, None, None, "residual_rate=0.2")
    assert plain == pytest.approx(2_215_000 - 100_000, rel=1e-12)
    discounted = call(
        "LLM_TCO", "own", "standard", None, 3, None, None, "residual_rate=0.2; discount_rate=0.25"
    )
    assert discounted == pytest.approx(775_000 + 480_000 * 1.952 - 100_000 * 0.512, rel=1e-12)
    config = call("LLM_OWN_CAPEX", "8×H100", "residual_rate=0.2")
    assert config == 8 * (220_000 + 61_250) + 375_000 + 150_000


def test_the_table_holds_the_years_and_their_present_values() -> None:
    """At 25 % with a residual value: three years, their factors, and a total row whose present value is LLM_TCO."""
    arguments = ("own", "standard", None, 3, None, None, "residual_rate=0.2; discount_rate=0.25")
    table = call("LLM_TCO_TABLE", *arguments)
    assert isinstance(table, list)
    header, *rows = table
    place = {key: index for index, key in enumerate(header)}
    assert [row[place["year"]] for row in rows] == [1, 2, 3, "total"]
    assert [row[place["total"]] for row in rows] == pytest.approx([1_255_000, 480_000, 380_000, 2_115_000])
    assert [row[place["discount_factor"]] for row in rows[:3]] == pytest.approx([0.8, 0.64, 0.512])
    assert [row[place["present_value"]] for row in rows[:3]] == pytest.approx(
        [775_000 + 480_000 * 0.8, 480_000 * 0.64, 380_000 * 0.512]
    )
    assert rows[3][place["present_value"]] == pytest.approx(call("LLM_TCO", *arguments), rel=1e-12)


@pytest.mark.parametrize(
    "variant", ["published", "full", "full; high", "growth_rate=0.3; price_change_rate=-0.1"]
)
@pytest.mark.parametrize(
    ("deployment", "what"), [("api", "GPT-4o"), ("rent", "8×H100"), ("own", "enterprise"), ("own", "2×H200")]
)
def test_table_totals_are_sums(deployment: str, what: str, variant: str) -> None:
    """Each row's total is the sum of its components, the total row that of the years, the corner LLM_TCO."""
    arguments = (deployment, what, 20_000, 4, None, None, variant)
    table = call("LLM_TCO_TABLE", *arguments)
    assert isinstance(table, list)
    header, *rows = table
    total = header.index("total")
    for row in rows:
        assert sum(float(cell or 0) for cell in row[1:total]) == pytest.approx(row[total], rel=1e-12)
    for column in range(1, total + 1):
        assert sum(float(row[column] or 0) for row in rows[:-1]) == pytest.approx(rows[-1][column], rel=1e-12)
    assert rows[-1][total] == pytest.approx(call("LLM_TCO", *arguments), rel=1e-12)


@pytest.mark.parametrize("days", [1, 28, 30, 30.5, 31])
def test_days_of_the_month(days: float) -> None:
    """Bills and on-demand hours follow the days; a reserved month does not."""
    given = f"days_per_month={days}"
    assert call("LLM_API_COST", "Qwen-Plus", 10_000, None, None, given) == pytest.approx(
        14.4 * days, rel=1e-12
    )
    assert call("LLM_RENT_COST", "2×A100 80GB", "on_demand", given) == pytest.approx(2 * 14 * 24 * days)
    assert call("LLM_RENT_COST", "2×A100 80GB", None, given) == 13_000


def test_retries_are_billed_on_tokens() -> None:
    """A quarter of the tokens twice: 1.25 bills; the users' own tokens stay the divisor of the price per million."""
    assert call("LLM_API_COST", "Qwen-Plus", 10_000, None, None, "retry_rate=0.25") == pytest.approx(540)
    assert rent("retry_rate=0.25") == 468_000
    per_mtok = call("LLM_COST_PER_MTOK", "api", "Qwen-Plus", 10_000, None, None, None, "retry_rate=0.25")
    assert per_mtok == pytest.approx(540 / 360, rel=1e-12)


def test_the_cache_acts_on_input_alone() -> None:
    """Half the 240 million input tokens at a quarter of 0.8: 120 x 0.8 + 120 x 0.2 + 120 x 2 = 360."""
    assert call("LLM_API_COST", "Qwen-Plus", 10_000, None, None, "cache_hit_rate=0.5") == pytest.approx(360)
    given = "cache_hit_rate=0.5; cache_price_ratio=1"
    assert call("LLM_API_COST", "Qwen-Plus", 10_000, None, None, given) == pytest.approx(432)


def test_a_known_cached_price_stands_before_the_ratio() -> None:
    """Cached input at 0.1: 120 x 0.8 + 120 x 0.1 + 120 x 2 = 348."""
    figures = [["item", "field", "value"], ["Qwen-Plus", "input_cached", 0.1]]
    found = call("LLM_API_COST", "Qwen-Plus", 10_000, None, None, "cache_hit_rate=0.5", figures)
    assert found == pytest.approx(348, rel=1e-12)


def test_cached_price_ratio_is_a_range() -> None:
    """10 to 50 % of the price: 120 x 0.8 + 120 x 0.08 or 0.4 + 240."""
    for estimate, bill in (("low", 345.6), ("base", 360), ("high", 384)):
        found = call("LLM_API_COST", "Qwen-Plus", 10_000, None, None, f"{estimate}; cache_hit_rate=0.5")
        assert found == pytest.approx(bill, rel=1e-12)


def test_dollars_are_yuan_by_the_rate() -> None:
    """At 7.2, and at a given 8; amounts divide, months do not; a list in dollars comes first."""
    assert rent("currency=USD") == pytest.approx(468_000 / 7.2, rel=1e-12)
    assert rent("currency=usd; fx_cny_per_usd=8") == pytest.approx(58_500, rel=1e-12)
    months = call("BREAKEVEN_MONTHS", "A100 80GB", None, None, "currency=USD")
    assert months == pytest.approx(100_000 / 6_500, rel=1e-12)
    # the vendor's list in dollars: (800 x 0.27 + 400 x 1.10) x 30 / a million = 0.01968 USD a user and month
    users = call("BREAKEVEN_DAU", "DeepSeek V3", "rent", "2×A100 80GB", None, None, "currency=USD")
    assert users == pytest.approx(13_000 / 7.2 / 0.01968, rel=1e-12)
    # as many tokens in as out: (0.4 + 1.2) / 2
    blended = call("LLM_COST_PER_MTOK", "api", "Qwen-Plus", 1, 1, 800, 800, "currency=USD")
    assert blended == pytest.approx(0.8, rel=1e-12)
    # no list in dollars: the one in yuan by the rate, (800 x 0.8 + 400 x 2) x 30 x 10,000 / a million / 7.2
    assert call("LLM_API_COST", "Doubao-pro-32k", 10_000, None, None, "currency=USD") == pytest.approx(60)
