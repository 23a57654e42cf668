"""Laws that hold for any amounts: monotonic in prices and time, ranges in order, break-even gives the outlay back."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from xlmodel import CellError, call

HEADER = ["item", "field", "value"]
OPTIONS = [
    ("api", "Qwen-Plus"),
    ("rent", "2×A100 80GB"),
    ("own", "standard"),
    ("own", "2×H100"),
    ("own", "light"),
]
APIS = ["Qwen-Plus", "DeepSeek V3", "GPT-4o", "Kimi K2.5"]
PRICED = [
    ("Qwen-Plus", "input", OPTIONS[0]),
    ("Qwen-Plus", "output", OPTIONS[0]),
    ("A100 80GB", "reserved_month", OPTIONS[1]),
    ("standard", "hardware", OPTIONS[2]),
    ("standard", "infrastructure", OPTIONS[2]),
    ("standard", "software", OPTIONS[2]),
    ("standard", "power_year", OPTIONS[2]),
    ("standard", "staff_year", OPTIONS[2]),
    ("standard", "maintenance_year", OPTIONS[2]),
    ("H100 80GB", "purchase", OPTIONS[3]),
    ("security", "one_off", OPTIONS[0]),
    ("data", "one_off", OPTIONS[1]),
]
PROFILES = st.sampled_from(["published", "full"])
ENDS = st.sampled_from(["low", "base", "high"])
AMOUNTS = st.floats(0.01, 1e7)
USERS = st.floats(0, 1e7)
TOKENS = st.floats(0, 1e5)
RATES = st.fixed_dictionaries(
    {
        "growth_rate": st.floats(-0.5, 2),
        "price_change_rate": st.floats(-0.5, 1),
        "discount_rate": st.floats(0, 0.5),
        "cache_hit_rate": st.floats(0, 1),
        "retry_rate": st.floats(0, 1),
        "days_per_month": st.floats(28, 31),
    }
)
SIZED = [("rent", "Qwen3-32B"), ("own", "Qwen3-32B"), ("rent", "DeepSeek V3"), ("own", "Qwen3-235B-A22B")]
# ends differ in the last digits where sums are taken in another order
SLACK = 1e-9


def number(name: str, *arguments: object) -> float:
    """Call a function that gives a number."""
    value = call(name, *arguments)
    assert isinstance(value, float)
    return value


def pairs(rates: dict[str, float]) -> list[list[object]]:
    """Return assumptions as a range."""
    return [[key, value] for key, value in rates.items()]


@given(st.sampled_from(PRICED), AMOUNTS, AMOUNTS, RATES, PROFILES)
def test_a_higher_price_never_lowers_a_cost(
    priced: tuple[str, str, tuple[str, str]], one: float, other: float, rates: dict[str, float], profile: str
) -> None:
    """Of two prices of one thing the higher gives the higher or the same total."""
    item, field, option = priced
    totals = [
        number(
            "LLM_TCO", *option, 1_000, 3, None, None, pairs(rates), [HEADER, [item, field, price]], profile
        )
        for price in sorted((one, other))
    ]
    assert totals[0] <= totals[1] * (1 + SLACK)


@given(st.sampled_from(OPTIONS), st.integers(1, 19), RATES, PROFILES, ENDS)
def test_more_years_never_lower_a_total(
    option: tuple[str, str], years: int, rates: dict[str, float], profile: str, estimate: str
) -> None:
    """A year more costs the same or more, discounted or not."""
    variant = f"{profile}; {estimate}"
    first, second = (
        number("LLM_TCO", *option, 5_000, span, None, None, pairs(rates), None, variant)
        for span in (years, years + 1)
    )
    assert first <= second * (1 + SLACK)


@settings(max_examples=20)
@given(st.sampled_from(SIZED), st.floats(0, 1e5), st.floats(1, 1e5), st.integers(1, 5), RATES, PROFILES, ENDS)
def test_sized_hardware_obeys_the_same_laws(
    option: tuple[str, str],
    dau: float,
    more: float,
    years: int,
    rates: dict[str, float],
    profile: str,
    estimate: str,
) -> None:
    """Where sizing picks the hardware, more users, more years and the next estimate never lower the total.

    Owned hardware is left out where its price rises: more of it bought at the start may save dearer purchases later.
    """
    if option[0] == "own":
        rates = {**rates, "price_change_rate": min(0.0, rates["price_change_rate"])}

    def total(users: float, span: int, end: str) -> float:
        variant = f"{profile}; {end}"
        return number("LLM_TCO", *option, users, span, None, None, pairs(rates), None, variant)

    here = total(dau, years, estimate)
    assert here <= total(dau + more, years, estimate) * (1 + SLACK)
    assert here <= total(dau, years + 1, estimate) * (1 + SLACK)
    assert here <= total(dau, years, {"low": "base", "base": "high", "high": "high"}[estimate]) * (1 + SLACK)


@settings(max_examples=20)
@given(
    st.sampled_from(SIZED),
    st.sampled_from(["A100 80GB", "H100 80GB", "H20 141GB"]),
    AMOUNTS,
    AMOUNTS,
    st.integers(1, 5),
)
def test_a_higher_card_price_never_lowers_what_sizing_picks(
    option: tuple[str, str], gpu: str, one: float, other: float, years: int
) -> None:
    """When a card gets dearer the choice may change, but the total does not fall."""
    field = {"rent": "reserved_month", "own": "purchase"}[option[0]]
    totals = [
        number("LLM_TCO", *option, 30_000, years, None, None, None, [HEADER, [gpu, field, price]])
        for price in sorted((one, other))
    ]
    assert totals[0] <= totals[1] * (1 + SLACK)


@given(st.sampled_from(OPTIONS), st.sampled_from(OPTIONS), st.integers(1, 240), RATES, PROFILES)
def test_a_curve_never_falls(
    a: tuple[str, str], b: tuple[str, str], months: int, rates: dict[str, float], profile: str
) -> None:
    """Both cumulative costs rise or stay, month by month, from 0 to the last."""
    table = call("BREAKEVEN_CURVE", *a, *b, 5_000, months, pairs(rates), None, profile)
    assert isinstance(table, list)
    rows = [[float(cell or 0) for cell in row] for row in table[1:]]
    assert [row[0] for row in rows] == list(range(months + 1))
    for before, after in pairwise(rows):
        assert before[1] <= after[1]
        assert before[2] <= after[2]


@given(AMOUNTS, AMOUNTS, AMOUNTS)
def test_months_times_saving_are_the_outlay(outlay: float, rent: float, opex: float) -> None:
    """Break-even months x (rent - opex) give the outlay back; without a saving there are none."""
    if rent <= opex:
        with pytest.raises(CellError, match="never pays back"):
            call("BREAKEVEN_MONTHS", outlay, rent, opex)
    else:
        assert number("BREAKEVEN_MONTHS", outlay, rent, opex) * (rent - opex) == pytest.approx(
            outlay, rel=1e-9
        )


@given(
    st.sampled_from(APIS), st.sampled_from(OPTIONS[1:]), TOKENS, TOKENS, PROFILES, RATES, st.integers(1, 10)
)
def test_users_at_break_even_make_both_totals_equal(
    model: str,
    option: tuple[str, str],
    tokens_in: float,
    tokens_out: float,
    profile: str,
    rates: dict[str, float],
    years: int,
) -> None:
    """BREAKEVEN_DAU put back into LLM_TCO gives the total of the other option, whatever is assumed."""
    assume(tokens_in + tokens_out > 1e-3 and rates["cache_hit_rate"] < 1)
    context = (pairs(rates), None, profile)
    users = number("BREAKEVEN_DAU", model, *option, tokens_in, tokens_out, *context, years)
    bill = number("LLM_TCO", "api", model, users, years, tokens_in, tokens_out, *context)
    assert bill == pytest.approx(number("LLM_TCO", *option, None, years, None, None, *context), rel=1e-9)


@given(st.sampled_from(OPTIONS), USERS, st.integers(1, 10), RATES, PROFILES)
def test_totals_carry_their_ranges(
    option: tuple[str, str], dau: float, years: int, rates: dict[str, float], profile: str
) -> None:
    """Low is at most base, and base at most high."""
    low, base, high = (
        number("LLM_TCO", *option, dau, years, None, None, pairs(rates), None, f"{profile}; {estimate}")
        for estimate in ("low", "base", "high")
    )
    assert low <= base * (1 + SLACK)
    assert base <= high * (1 + SLACK)


RANGED = [
    [*HEADER, "low", "high"],
    ["Qwen-Plus", "input", 1, 0.5, 2],
    ["Qwen-Plus", "output", 2, 1.5, 5],
    ["A100 80GB", "reserved_month", 6_500, 6_000, 8_000],
    ["A100 80GB", "on_demand_hour", 14, 12, 20],
    ["A100 80GB", "purchase", 100_000, 90_000, 130_000],
]
WITH_A_RANGE = {
    "LLM_API_COST": ("Qwen-Plus", 10_000, None, None),
    "LLM_RENT_COST": ("2×A100 80GB", "on_demand"),
    "LLM_OWN_CAPEX": ("8×A100 80GB",),
    "LLM_OWN_OPEX": ("enterprise",),
    "LLM_TCO": ("rent", "2×A100 80GB", None, 3, None, None),
    "LLM_COST_PER_MTOK": ("own", "4×A100 80GB", 10_000, 3, None, None),
    "BREAKEVEN_MONTHS": ("A100 80GB", None, None),
    "BREAKEVEN_DAU": ("Qwen-Plus", "own", "8×A100 80GB", None, None),
}


@pytest.mark.parametrize("name", WITH_A_RANGE)
@pytest.mark.parametrize("profile", ["published", "full"])
def test_every_function_with_a_range_orders_it(name: str, profile: str) -> None:
    """Low < base < high where the figures have ranges: a lower result takes the lower figures, the higher divisors."""
    low, base, high = (
        number(name, *WITH_A_RANGE[name], f"{profile}; {estimate}; cache_hit_rate=0.3", RANGED)
        for estimate in ("low", "base", "high")
    )
    assert low < base < high


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("LLM_TCO_TABLE", ("own", "8×A100 80GB", None, 3, None, None)),
        ("LLM_COMPARE", (10_000, "7B~14B", 3, None, None)),
        ("BREAKEVEN_CURVE", ("rent", "2×A100 80GB", "own", "standard", None, 24)),
    ],
)
@pytest.mark.parametrize("profile", ["published", "full"])
def test_every_table_with_a_range_orders_it(name: str, arguments: tuple[object, ...], profile: str) -> None:
    """Each amount of a table is in order too; ranks, differences and discount factors are no amounts of one option.

    Nor is what a tier needs, or its price per million: at each end it has another number of GPUs.
    """
    low, base, high = (
        call(name, *arguments, f"{profile}; {estimate}", RANGED) for estimate in ("low", "base", "high")
    )
    assert isinstance(low, list)
    assert isinstance(base, list)
    assert isinstance(high, list)
    amounts = [
        column
        for column, key in enumerate(base[0])
        if key not in {"rank", "difference", "discount_factor", "per_mtok", "serves", "needs_total"}
    ]
    for left, middle, right in zip(low[1:], base[1:], high[1:], strict=True):
        for column in amounts:
            cells = [row[column] for row in (left, middle, right)]
            numbers = [cell for cell in cells if isinstance(cell, float)]
            assert len(numbers) in {0, 3}
            assert numbers == sorted(numbers)


@given(st.sampled_from(OPTIONS), USERS, st.integers(1, 10), RATES, ENDS)
def test_full_is_never_below_published(
    option: tuple[str, str], dau: float, years: int, rates: dict[str, float], estimate: str
) -> None:
    """The full accounting only adds costs."""
    published, full = (
        number("LLM_TCO", *option, dau, years, None, None, pairs(rates), None, f"{profile}; {estimate}")
        for profile in ("published", "full")
    )
    assert published <= full * (1 + SLACK)


@given(
    st.permutations(
        [["profile", "full"], ["estimate", "high"], ["retry_rate", 0.2], ["growth_rate", 0.3], ["pue", 2]]
    )
)
def test_the_order_of_assumptions_does_not_matter(rows: list[list[object]]) -> None:
    """Permuted rows give the same total to the last digit."""
    expected = "full; high; retry_rate=0.2; growth_rate=0.3; pue=2"
    for option in OPTIONS:
        assert number("LLM_TCO", *option, 777, 4, None, None, rows) == number(
            "LLM_TCO", *option, 777, 4, None, None, expected
        )


@given(USERS, TOKENS, TOKENS, RATES)
def test_a_bill_is_proportional(
    dau: float, tokens_in: float, tokens_out: float, rates: dict[str, float]
) -> None:
    """Twice the users are twice the bill, and input and output are billed apart."""
    bill = number("LLM_API_COST", "GPT-4o", dau, tokens_in, tokens_out, pairs(rates))
    assert number("LLM_API_COST", "GPT-4o", 2 * dau, tokens_in, tokens_out, pairs(rates)) == pytest.approx(
        2 * bill
    )
    apart = [
        number("LLM_API_COST", "GPT-4o", dau, *tokens, pairs(rates))
        for tokens in ((tokens_in, 0), (0, tokens_out))
    ]
    assert sum(apart) == pytest.approx(bill)


CELL = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(),
    st.sampled_from(
        ["item", "field", "value", "A100 80GB", "reserved_month", "profile", "full", "pue", "?", ""]
    ),
    st.sampled_from(["#N/A", "#REF!"]).map(lambda code: CellError("a cell", code)),
)
RANGE = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=1, max_size=4)
)


@given(st.one_of(CELL, RANGE), st.one_of(CELL, RANGE), st.one_of(CELL, RANGE))
def test_no_context_breaks_a_function(assumptions: object, figures: object, variant: object) -> None:
    """Any cells give a number or an Excel error with a message of one line, never another exception."""
    try:
        value = call("LLM_RENT_COST", "A100 80GB", None, assumptions, figures, variant)
    except CellError as error:
        assert error.code in {"#N/A", "#VALUE!", "#REF!"}  # noqa: PT017 - a value is as good
        assert "\n" not in error.message  # noqa: PT017
    else:
        assert isinstance(value, float)
        assert value > 0
