"""Break-even in months, in daily users and as a curve, against hand arithmetic and LLM_TCO."""

from __future__ import annotations

import math
import random

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
    ("variant", "total", "security"),
    [
        ("published", 221.5, 0),
        ("low", 179, 0),
        ("high", 264, 0),
        ("full", 299, 15),
        ("full; low", 224, 10),
        ("full; high", 374, 20),
    ],
)
def test_users_at_which_the_bill_is_owning(variant: str, total: float, security: float) -> None:
    """The standard tier's 36-month total less the API's security, the same on both sides, over 36 bills."""
    found = call("BREAKEVEN_DAU", "DeepSeek V3", "own", "标准级", None, None, variant)
    assert found == pytest.approx((total - security) * 1e4 / 36 / USER_MONTH_V3, rel=1e-12)


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
    """Three years: 46.8 of rent, 60 of an operator, 77.5 of one-offs, less 15 of the API's own security."""
    found = call("BREAKEVEN_DAU", "DeepSeek V3", "rent", "2×A100 80GB", None, None, "full")
    assert found == pytest.approx((46.8 + 60 + 77.5 - 15) * 1e4 / 36 / USER_MONTH_V3, rel=1e-12)


# each assumption acts on both sides; until issue 8: 427,276, 427,276, 379,763 and 355,517 users
@pytest.mark.parametrize(
    ("what", "variant", "users"),
    [
        # bills of 1, 1/2 and 1/4 of a year: 2,215,000 / (12 x 0.144 x 1.75)
        (("own", "standard"), "price_change_rate=-0.5", 2_215_000 / (1.728 * 1.75)),
        # 1 + 1.5 + 2.25 years of bills
        (("own", "standard"), "growth_rate=0.5", 2_215_000 / (1.728 * 4.75)),
        # 775,000 at once and 480,000 a year, over the same factors
        (
            ("own", "standard"),
            "discount_rate=0.1",
            (775_000 + 480_000 * (1 / 1.1 + 1 / 1.21 + 1 / 1.331))
            / (1.728 * (1 / 1.1 + 1 / 1.21 + 1 / 1.331)),
        ),
        (("rent", "2×A100 80GB"), "full", 1_693_000 / (1.728 * 3)),
    ],
)
def test_users_make_both_totals_equal(what: tuple[str, str], variant: str, users: float) -> None:
    """The users by hand, and put back into LLM_TCO."""
    found = call("BREAKEVEN_DAU", "DeepSeek V3", *what, None, None, variant)
    assert found == pytest.approx(users, rel=1e-12)
    bill = call("LLM_TCO", "api", "DeepSeek V3", found, 3, None, None, variant)
    assert bill == pytest.approx(call("LLM_TCO", *what, None, 3, None, None, variant), rel=1e-12)


@pytest.mark.parametrize("years", [1, 2, 7])
def test_users_over_other_years(years: int) -> None:
    """The years stand after the context: 775,000 at once and 480,000 a year; the hardware again in year 6."""
    found = call("BREAKEVEN_DAU", "DeepSeek V3", "own", "standard", None, None, None, None, None, years)
    total = 775_000 + 480_000 * years + (500_000 if years > 5 else 0)
    assert found == pytest.approx(total / (1.728 * years), rel=1e-12)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("DeepSeek V3", "own", "standard", 0, 0), "a user costs nothing"),
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


def test_payback_is_the_months_of_the_saving() -> None:
    """Level costs, within one life: outlay / (rent - opex), as BREAKEVEN_MONTHS; the curve is equal there."""
    variant = "full; ops_staff=0"
    outlay = call("LLM_OWN_CAPEX", "8×H100", variant)
    opex = call("LLM_OWN_OPEX", "8×H100", variant)
    assert isinstance(outlay, float)
    assert isinstance(opex, float)
    options = ("own", "8×H100", "rent", "8×H100")
    months = call("LLM_PAYBACK", *options, None, 60, None, None, variant)
    assert isinstance(months, float)
    assert months == pytest.approx(outlay / (92_000 - opex / 12), rel=1e-12)
    assert months == pytest.approx(call("BREAKEVEN_MONTHS", outlay, 92_000, opex / 12), rel=1e-12)
    assert 12 < months < 60
    # over ten years the cards and the rest of their machines are bought a second time
    longer = call("LLM_PAYBACK", *options, None, None, None, None, variant)
    assert longer == pytest.approx((outlay + 8 * (220_000 + 61_250)) / (92_000 - opex / 12), rel=1e-12)


def test_payback_waits_for_the_second_purchase() -> None:
    """A tier that is bought again pays back for good only when no later purchase lifts it above.

    light, low: 160,000 at once, 80,000 of it hardware; 250,000 a year. GPT-4o costs (800 x 18 + 400 x 72) / 10^6 x 30
    = 1.296 a user and month; so many users that it is 24,000. The saving is 3,166.67 a month: 50.5 months without a
    second purchase, never with one of 80,000 every two years, whose saving is 76,000.
    """
    dau, saving = 24_000 / 1.296, 24_000 - 250_000 / 12
    options = ("own", "light", "api", "GPT-4o", dau, 240, None, None)
    assert call("LLM_PAYBACK", *options, "low; hardware_life_years=50") == pytest.approx(
        160_000 / saving, rel=1e-12
    )
    with pytest.raises(CellError, match="never pays back within 240 months"):
        call("LLM_PAYBACK", *options, "low; hardware_life_years=2")
    # a life of 4 years: below at month 75.8, above again at 96 (240,000 - 304,000 + 80,000), not again at 144
    longer = call("LLM_PAYBACK", *options, "low; hardware_life_years=4")
    assert longer == pytest.approx((160_000 + 2 * 80_000) / saving, rel=1e-12)


def test_payback_at_once_and_never() -> None:
    """Renting needs no outlay: where it is not dearer later, it is never above; the other way is never, with both sums."""
    assert call("LLM_PAYBACK", "api", "Qwen-Plus", "own", "light", 1_000) == 0
    with pytest.raises(
        CellError, match=r"within 120 months: the first option has then cost 2,995,000 CNY"
    ) as caught:
        call("LLM_PAYBACK", "own", "light", "api", "Qwen-Plus", 1_000)
    assert caught.value.code == "#N/A"


OPTIONS = [
    ("own", "enterprise"),
    ("own", "8×H100"),
    ("rent", "8×H100"),
    ("api", "GPT-4o"),
    ("own", "Qwen3-32B@A100 80GB"),
    ("rent", "Qwen3-32B@H100 80GB"),
]


@pytest.mark.parametrize("seed", range(40))
def test_curve_and_payback_agree(seed: int) -> None:
    """Put into the curve, the month gives equal sums; before it a is above, and from it on nowhere."""
    dice = random.Random(seed)  # noqa: S311 - cases, not secrets
    a, b = dice.sample(OPTIONS, 2)
    rates = {
        "growth_rate": dice.uniform(-0.2, 0.6),
        "api_price_change_rate": dice.uniform(-0.4, 0.2),
        "rent_price_change_rate": dice.uniform(-0.4, 0.2),
        "hardware_life_years": dice.choice([2, 4, 5]),
    }
    context = ([[key, value] for key, value in rates.items()], None, dice.choice(["published", "full"]))
    dau = dice.uniform(1_000, 200_000)
    table = call("BREAKEVEN_CURVE", *a, *b, dau, 120, *context)
    assert isinstance(table, list)
    gaps = [float(row[3] or 0) for row in table[1:]]
    arguments = (*a, *b, dau, 120, None, None, *context)
    if gaps[-1] > 0:
        with pytest.raises(CellError, match="never pays back within 120 months"):
            call("LLM_PAYBACK", *arguments)
        return
    months = call("LLM_PAYBACK", *arguments)
    assert isinstance(months, float)
    assert all(gap <= 0 for gap in gaps[math.ceil(months) :])
    if months:
        before = math.ceil(months) - 1
        assert gaps[before] > 0
        share = months - before
        level = float(table[1 + before][1] or 0)
        assert gaps[before] * (1 - share) + gaps[before + 1] * share == pytest.approx(0, abs=1e-9 * level)


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
