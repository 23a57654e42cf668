"""The assumptions and the variant of a function: ranges of two and three columns, text, blanks, errors."""

from __future__ import annotations

import math
import random

import pytest

from xlmodel import CellError, call
from xlmodel.inputs.register import register

RENT_3Y = 468_000  # three years of 2×A100 80GB
FULL = 60 * 10_000 + 775_000  # what the full accounting adds to it
FIXED_VALUES: dict[str, float | str] = {
    "profile": "full",
    "estimate": "high",
    "currency": "USD",
    "fx_cny_per_usd": 7,
    "price_date": "2026-07-01",
    "days_per_month": 31,
    "growth_rate": 0.1,
    "price_change_rate": -0.1,
    "discount_rate": 0.05,
    "cache_hit_rate": 0.2,
    "retry_rate": 0.1,
    "peak_to_average": 5,
    "utilisation_target": 0.8,
    "reserve_replicas": 2,
    "ops_staff": 2,
    "staff_cost_year": 250_000,
    "electricity_price_cny_per_kwh": 0.9,
    "pue": 1.4,
    "gpu_load": 0.5,
    "maintenance_rate": 0.1,
    "residual_rate": 0.1,
    "vat_rate": 0.06,
}


def rent(assumptions: object = None, variant: object = None) -> object:
    """Return three years of 2×A100 80GB."""
    return call("LLM_TCO", "rent", "2×A100 80GB", None, 3, None, None, assumptions, None, variant)


def refused(assumptions: object, variant: object = None) -> CellError:
    """Return the error of the same."""
    with pytest.raises(CellError) as caught:
        rent(assumptions, variant)
    assert "\n" not in caught.value.message
    return caught.value


@pytest.mark.parametrize(
    "assumptions",
    [
        "full",
        "FULL",
        "profile=full",
        "口径=full",
        [["profile", "full"]],
        [["name", "value"], ["profile", "full"]],
        [["名称", "值"], ["口径", " Full "]],
        [["", None], ["profile", "full"], [None, None]],
        (("profile", "full"),),
        [["full"]],
    ],
)
def test_a_profile_in_every_form(assumptions: object) -> None:
    """Text, a pair, a range with or without header or blank rows, a cell with the text."""
    assert rent(assumptions) == RENT_3Y + FULL


@pytest.mark.parametrize("profile", ["published", "full"])
@pytest.mark.parametrize(("key", "value"), FIXED_VALUES.items(), ids=list(FIXED_VALUES))
def test_every_fixed_name_is_taken(key: str, value: float | str, profile: str) -> None:
    """Each fixed name gives the same as text, as a pair and by its label, alone or beside the profile."""
    base = "" if key == "profile" else f"profile={profile}; "
    pairs = [] if key == "profile" else [["profile", profile]]
    as_text = rent(f"{base}{key}={value}")
    assert rent([*pairs, [key, value]]) == as_text
    assert rent([*pairs, [register()[key].zh, value]]) == as_text
    assert rent(None, f"{base}{key}={value}") == as_text


@pytest.mark.parametrize("key", register())
def test_a_blank_value_is_the_default(key: str) -> None:
    """A name with a blank value, in either profile, is as if it were not there, and replaces no published line."""
    for variant in ("published", "full", "full; high"):
        plain = call("LLM_TCO", "own", "standard", None, 3, None, None, None, None, variant)
        for blank in (None, "", "  "):
            given = [["name", "value"], [key, blank]]
            assert call("LLM_TCO", "own", "standard", None, 3, None, None, given, None, variant) == plain
        assert call("LLM_TCO", "own", "standard", None, 3, None, None, f"{key}=", None, variant) == plain


OPTIONS = (
    ("api", "Qwen-Plus"),
    ("rent", "2×A100 80GB"),
    ("own", "standard"),
    ("own", "3×A100 80GB"),
    ("own", "Qwen3-32B"),
)


@pytest.mark.parametrize(
    "key", [key for key, each in register().items() if each.published and each.full and key != "profile"]
)
def test_a_default_that_is_given_changes_nothing(key: str) -> None:
    """Each assumption typed at its own default, in both accountings, leaves every kind of option to the last digit."""
    for profile in ("published", "full"):
        default = register()[key].default(profile, "base")
        for deployment, what in OPTIONS:
            arguments = ("LLM_TCO", deployment, what, 50_000, 4, 800, 400)
            plain = call(*arguments, f"profile={profile}")
            assert call(*arguments, f"profile={profile}; {key}={default}") == plain, (profile, what)


THREE_COLUMNS = [
    ["name", "published", "full"],
    ["price_change_rate", 0, 1],
    ["ops_staff", None, 2],
    ["framework_cost", "", 0],
]


@pytest.mark.parametrize(
    ("variant", "total"),
    [
        (None, RENT_3Y),
        ("published", RENT_3Y),
        # prices double: 1 + 2 + 4 years of rent, two operators, no framework
        ("full", 156_000 * 7 + 3 * 400_000 + 575_000),
        ("profile=FULL", 156_000 * 7 + 3 * 400_000 + 575_000),
    ],
)
def test_the_profile_picks_the_column(variant: str | None, total: float) -> None:
    """Under the header name, published, full, the profile in force decides which column is read."""
    assert rent(THREE_COLUMNS, variant) == pytest.approx(total, rel=1e-12)


@pytest.mark.parametrize("profile", ["full", "Full", " full ", "ｆｕｌｌ"])
def test_a_profile_row_picks_the_column(profile: str) -> None:
    """A row named profile inside the range decides too, however it is written; a variant stands before it."""
    rows = [*THREE_COLUMNS, ["profile", profile, None]]
    assert rent(rows) == rent(THREE_COLUMNS, "full")
    assert rent(rows, "published") == RENT_3Y


def test_three_columns_without_the_header_are_name_and_value() -> None:
    """A third column, such as a unit or a note, is not read without the header."""
    assert rent([["price_change_rate", 1, "per year"], ["profile", "published", "!"]]) == 156_000 * 7
    assert rent([["name", "value", "unit"], ["price_change_rate", 1, "per year"]]) == 156_000 * 7


def test_an_error_in_the_other_profiles_column_is_not_read() -> None:
    """What is not in force cannot fail; what is in force fails as itself."""
    rows = [["name", "published", "full"], ["growth_rate", 0, CellError("a cell is #REF!", "#REF!")]]
    assert rent(rows) == RENT_3Y
    assert refused(rows, "full").code == "#REF!"


def test_a_variant_stands_before_the_assumptions() -> None:
    """Each name of the variant replaces that of the assumptions; the others stay."""
    given = [["profile", "full"], ["ops_staff", 0], ["price_change_rate", 1]]
    assert rent(given, "price_change_rate=0; ops_staff=1") == RENT_3Y + FULL
    assert rent("full; price_change_rate=1", "published") == 156_000 * 7
    assert rent("growth_rate=0.5; profile=full", "profile=published") == RENT_3Y


@pytest.mark.parametrize(
    ("assumptions", "code", "words"),
    [
        ([["bogus", 1]], "#N/A", "unknown assumption 'bogus'"),
        ([["grow_rate", 1]], "#N/A", "nearest: growth_rate"),
        ([["growth_rate", "0.1"]], "#VALUE!", "growth_rate: '0.1' is no number"),
        ([["growth_rate", math.nan]], "#VALUE!", "growth_rate"),
        ([["growth_rate", math.inf]], "#VALUE!", "growth_rate"),
        ([["growth_rate", True]], "#VALUE!", "growth_rate: 'TRUE' is no number"),
        ([["growth_rate", -2]], "#VALUE!", "growth_rate: -2 is outside -1 to 100"),
        ([["days_per_month", 0]], "#VALUE!", "days_per_month: 0 is outside 1 to 31"),
        ([["ops_staff", -1]], "#VALUE!", "ops_staff: -1 is outside"),
        ([["growth_rate", 0.1], ["Growth Rate", 0.2]], "#VALUE!", "growth_rate is given twice"),
        ([[None, 5]], "#VALUE!", "the value 5 stands without a name"),
        ([["growth_rate"], ["pue"]], "#VALUE!", "assumptions: a range of two columns is expected"),
        ([["growth_rate", CellError("a cell is #DIV/0!", "#DIV/0!")]], "#DIV/0!", "a cell is #DIV/0!"),
        ([[CellError("a cell is #NAME?", "#NAME?"), 1]], "#NAME?", "a cell is #NAME?"),
        (
            [["growth_rate", 0.1], ["pue"]],
            "#VALUE!",
            "assumptions: a range is expected as rows of equal length",
        ),
        (["profile", "full"], "#VALUE!", "assumptions: a range is expected"),
        ([], "#VALUE!", "assumptions: a range is expected"),
        (5, "#VALUE!", "assumptions: a range or text is expected, found 5"),
        (True, "#VALUE!", "assumptions: a range or text is expected, found TRUE"),
        ("growth_rate=abc", "#VALUE!", "growth_rate: 'abc' is no number"),
        ("growth_rate=nan", "#VALUE!", "growth_rate"),
        ("profile=both", "#N/A", "profile: unknown 'both'; write published or full"),
        ("estimate=mid", "#N/A", "write low or base or high"),
        ("currency=EUR", "#N/A", "write CNY or USD"),
        ("price_date=soon", "#VALUE!", "price_date: 'soon' is no date; write YYYY-MM-DD"),
        ("reserve_replicas=0.5", "#VALUE!", "reserve_replicas: 0.5 must be a whole number"),
    ],
)
def test_bad_assumptions(assumptions: object, code: str, words: str) -> None:
    """Each mistake is its Excel error with one line that names the assumption."""
    error = refused(assumptions)
    assert error.code == code
    assert words in error.message


@pytest.mark.parametrize(
    ("variant", "code"),
    [
        ("bogus=1", "#N/A"),
        ([["profile", "full"], ["pue", 1]], "#VALUE!"),
        (3, "#VALUE!"),
        ("growth_rate", "#VALUE!"),
    ],
)
def test_bad_variants(variant: object, code: str) -> None:
    """A variant is text alone."""
    assert refused(None, variant).code == code


def test_true_and_one_are_told_apart_in_any_order() -> None:
    """TRUE equals 1 in Python, and is refused all the same after a 1 in the same place was read."""
    assert rent([["ops_staff", 1.0]]) == RENT_3Y + 600_000
    assert refused([["ops_staff", True]]).code == "#VALUE!"
    assert rent([["ops_staff", 1]]) == RENT_3Y + 600_000


def test_the_order_of_rows_does_not_matter() -> None:
    """Shuffled rows, and shuffled parts of a text, give the same total."""
    rows = [[key, value] for key, value in FIXED_VALUES.items()]
    expected = rent(rows)
    shuffled = random.Random(7)  # noqa: S311 - a fixed order, no secret
    for _ in range(10):
        shuffled.shuffle(rows)
        assert rent(rows) == expected
        assert rent("; ".join(f"{key}={value}" for key, value in rows)) == expected
