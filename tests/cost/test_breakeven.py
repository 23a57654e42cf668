"""Break-even in months, in daily users and as a curve, against hand arithmetic and LLM_TCO."""

from __future__ import annotations

import pytest

from xlmodel import CellError, call

USER_MONTH_V3 = 30 * (800 * 2 + 400 * 8) / 1e6  # CNY a user and month, DeepSeek V3
HEADER = ["item", "field", "low", "value", "high"]
RANGES = [
    HEADER,
    ["H100", "purchase", 200_000, 220_000, 250_000],
    ["H100", "reserved_month", 10_000, 11_500, 12_500],
]


@pytest.mark.parametrize(
    ("gpu", "months"),
    [
        ("A100 80GB", 100_000 / 6_500),
        ("H100", 220_000 / 11_500),
        ("H200", 300_000 / 15_000),
        ("8×H100", 220 / 11.5),
    ],
)
def test_months_of_a_card(gpu: str, months: float) -> None:
    """A card's purchase price over its reserved month; the number of cards cancels."""
    assert call("BREAKEVEN_MONTHS", gpu) == pytest.approx(months, rel=1e-12)


def test_months_with_a_given_rent_and_opex() -> None:
    """A given rent replaces the reserved month, a given opex reduces the saving: 220,000 / (11,000 - 1,000)."""
    assert call("BREAKEVEN_MONTHS", "H100", 11_000, 1_000) == pytest.approx(22, rel=1e-12)
    assert call("BREAKEVEN_MONTHS", 220_000, 11_000, 1_000) == pytest.approx(22, rel=1e-12)


@pytest.mark.parametrize("arguments", [(0, 0), (0, 5, 7), (0, 6_500), (0,)])
def test_no_outlay_is_back_at_once(arguments: tuple[float, ...]) -> None:
    """A 0 outlay is 0 months, whatever the saving."""
    assert call("BREAKEVEN_MONTHS", *arguments) == 0


@pytest.mark.parametrize("arguments", [(1, 1, 1), (1, 1, 2), (100_000, 6_500, 6_500), ("A100 80GB", 0)])
def test_never_is_not_available(arguments: tuple[object, ...]) -> None:
    """A saving of 0 or less never pays back."""
    with pytest.raises(CellError, match="never pays back") as caught:
        call("BREAKEVEN_MONTHS", *arguments)
    assert caught.value.code == "#N/A"


@pytest.mark.parametrize(
    ("estimate", "months"), [("low", 200 / 12.5), ("base", 220 / 11.5), ("high", 250 / 10)]
)
def test_months_carry_ranges(estimate: str, months: float) -> None:
    """The divisor takes the opposite end: the fewest months are the lowest price over the highest rent."""
    found = call("BREAKEVEN_MONTHS", "H100", None, None, estimate, RANGES)
    assert found == pytest.approx(months, rel=1e-12)


def test_users_at_which_the_bill_is_the_rent() -> None:
    """13,000 a month over 0.144 a user, not rounded."""
    found = call("BREAKEVEN_DAU", "DeepSeek V3", "rent", "2×A100 80GB")
    assert found == pytest.approx(13_000 / USER_MONTH_V3, rel=1e-12)
    assert call("LLM_API_COST", "DeepSeek V3", found) == pytest.approx(13_000, rel=1e-12)


@pytest.mark.parametrize(
    ("variant", "total"),
    [
        ("published", 221.5),
        ("low", 179),
        ("high", 264),
        ("full", 299),
        ("full; low", 224),
        ("full; high", 374),
    ],
)
def test_users_at_which_the_bill_is_owning(variant: str, total: float) -> None:
    """The standard tier's 36-month total over 36, in either accounting and at each end; API prices have no range."""
    found = call("BREAKEVEN_DAU", "DeepSeek V3", "own", "标准级", None, None, variant)
    assert found == pytest.approx(total * 1e4 / 36 / USER_MONTH_V3, rel=1e-12)


def test_users_carry_ranges() -> None:
    """The fewest users have the lowest rent and the highest API price."""
    figures = [
        HEADER,
        ["DeepSeek V3", "input", 1, 2, 4],
        ["DeepSeek V3", "output", 4, 8, 16],
        ["A100 80GB", "reserved_month", 6_000, 6_500, 8_000],
    ]
    for estimate, rent, factor in (("low", 12_000, 2), ("base", 13_000, 1), ("high", 16_000, 0.5)):
        found = call("BREAKEVEN_DAU", "DeepSeek V3", "rent", "2×A100 80GB", None, None, estimate, figures)
        assert found == pytest.approx(rent / (USER_MONTH_V3 * factor), rel=1e-12)


@pytest.mark.parametrize("given", ["discount_rate=0.1", "price_change_rate=-0.2", "price_change_rate=0.5"])
def test_users_of_a_rental_compare_the_same_year(given: str) -> None:
    """What changes both monthly payments alike leaves their break-even where it is."""
    found = call("BREAKEVEN_DAU", "DeepSeek V3", "rent", "2×A100 80GB", None, None, given)
    assert found == pytest.approx(13_000 / USER_MONTH_V3, rel=1e-12)


def test_users_of_a_rental_in_full() -> None:
    """One operator, and a thirty-sixth of the one-offs, a month: (1.3 + 20 / 12 + 77.5 / 36) x 10,000."""
    found = call("BREAKEVEN_DAU", "DeepSeek V3", "rent", "2×A100 80GB", None, None, "full")
    assert found == pytest.approx((1.3 + 20 / 12 + 77.5 / 36) * 1e4 / USER_MONTH_V3, rel=1e-12)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("DeepSeek V3", "own", "standard", 0, 0), "a user without tokens costs nothing"),
        (("DeepSeek V3", "api", "Qwen-Plus"), "write rent or own"),
        (("DeepSeek V3", "own", "cluster"), "no yearly operations"),
    ],
)
def test_users_that_do_not_exist(arguments: tuple[object, ...], words: str) -> None:
    """No tokens, an API against an API, and a tier without operations have no break-even."""
    with pytest.raises(CellError, match=words) as caught:
        call("BREAKEVEN_DAU", *arguments)
    assert caught.value.code == "#N/A"


@pytest.mark.parametrize("variant", ["published", "full", "high", "price_change_rate=0.1; growth_rate=0.2"])
@pytest.mark.parametrize(
    ("a", "b"),
    [
        (("rent", "8×H100"), ("own", "enterprise")),
        (("api", "GPT-4o"), ("own", "8×H100")),
        (("api", "K2.5"), ("rent", "H200")),
    ],
)
def test_curve_meets_the_totals_at_year_ends(a: tuple[str, str], b: tuple[str, str], variant: str) -> None:
    """After 12, 24 and 36 months each line is LLM_TCO of 1, 2 and 3 years."""
    table = call("BREAKEVEN_CURVE", *a, *b, 50_000, 36, variant)
    assert isinstance(table, list)
    assert table[0] == ["month", "cumulative_a", "cumulative_b", "difference"]
    rows = {row[0]: row[1:] for row in table[1:]}
    assert list(rows) == list(range(37))
    for years in (1, 2, 3):
        totals = [call("LLM_TCO", *option, 50_000, years, None, None, variant) for option in (a, b)]
        assert rows[12 * years][:2] == pytest.approx(totals, rel=1e-12)
    for left, right, difference in rows.values():
        assert difference == pytest.approx(float(left or 0) - float(right or 0), abs=1e-6)


def test_curve_starts_with_the_outlay() -> None:
    """Month 0 holds what is paid at once; a month of the standard tier adds 40,000, of the rental 13,000."""
    table = call("BREAKEVEN_CURVE", "rent", "2×A100 80GB", "own", "standard", None, 2)
    assert table == [
        ["month", "cumulative_a", "cumulative_b", "difference"],
        [0, 0, 775_000, -775_000],
        [1, 13_000, 815_000, -802_000],
        [2, 26_000, 855_000, -829_000],
    ]


def test_curve_crosses_at_the_months_to_pay_back() -> None:
    """Without operators, 8×H100 rented and owned: the curves cross in the month that BREAKEVEN_MONTHS gives."""
    given = "full; ops_staff=0; framework_cost=0; data_cost=0; security_cost=0; backup_cost=0"
    outlay = call("LLM_OWN_CAPEX", "8×H100", given)
    opex = call("LLM_OWN_OPEX", "8×H100", given)
    assert isinstance(outlay, float)
    assert isinstance(opex, float)
    months = call("BREAKEVEN_MONTHS", outlay, 92_000, opex / 12)
    assert isinstance(months, float)
    assert months == pytest.approx(outlay / (92_000 - opex / 12), rel=1e-12)
    curve = call("BREAKEVEN_CURVE", "rent", "8×H100", "own", "8×H100", None, 120, given)
    assert isinstance(curve, list)
    first = next(row[0] for row in curve[1:] if float(row[3] or 0) > 0)
    assert first == int(months) + 1


def test_curve_defaults_to_sixty_months() -> None:
    """A header, month 0, and sixty more."""
    curve = call("BREAKEVEN_CURVE", "rent", "H100", "own", "light")
    assert isinstance(curve, list)
    assert len(curve) == 62


def test_curve_takes_tokens_after_the_context() -> None:
    """The added input and output tokens stand last: 1,600 and 800 are twice the bill."""
    once, twice = (
        call("BREAKEVEN_CURVE", "api", "Qwen-Plus", "own", "light", 1_000, 1, None, None, None, *tokens)
        for tokens in ((), (1_600, 800))
    )
    assert isinstance(once, list)
    assert isinstance(twice, list)
    assert twice[2][1] == pytest.approx(2 * float(once[2][1] or 0), rel=1e-12)
