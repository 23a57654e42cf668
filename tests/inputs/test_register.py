"""The register of assumptions: the fixed names, their defaults and ranges, and what a value may be."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from xlmodel.errors import BadValueError, CellError, NotAvailableError
from xlmodel.inputs.register import checked, find_key, register

FIXED = (
    "profile",
    "estimate",
    "currency",
    "fx_cny_per_usd",
    "price_date",
    "days_per_month",
    "growth_rate",
    "price_change_rate",
    "discount_rate",
    "cache_hit_rate",
    "retry_rate",
    "peak_to_average",
    "utilisation_target",
    "reserve_replicas",
    "ops_staff",
    "staff_cost_year",
    "electricity_price_cny_per_kwh",
    "pue",
    "gpu_load",
    "maintenance_rate",
    "residual_rate",
    "vat_rate",
    "api_price_change_rate",
    "rent_price_change_rate",
    "hardware_price_change_rate",
    "requests_per_user_day",
    "ttft_limit_ms",
    "tpot_limit_ms",
    "engine",
    "batch_share",
    "on_demand_hours_month",
    "hardware_life_years",
    "depreciation_years",
    "income_tax_rate",
    "vat_recoverable",
)
if TYPE_CHECKING:
    from xlmodel.inputs.register import Assumption

# what both accountings leave out unless it is given
ZERO = (
    "growth_rate",
    "price_change_rate",
    "discount_rate",
    "cache_hit_rate",
    "retry_rate",
    "residual_rate",
    "vat_rate",
    "batch_share",
    "off_peak_share",
    "thinking_share",
    "ttft_limit_ms",
    "tpot_limit_ms",
    "income_tax_rate",
)
FOLLOWING = {
    "api_price_change_rate": (1, "price_change_rate"),
    "rent_price_change_rate": (1, "price_change_rate"),
    "hardware_price_change_rate": (1, "price_change_rate"),
    "on_demand_hours_month": (24, "days_per_month"),
    "vat_rate_goods": (1, "vat_rate"),
    "vat_rate_services": (1, "vat_rate"),
}
LIMITED = [row for row in register().values() if row.numeric]


@pytest.mark.parametrize("name", FIXED)
def test_fixed_names_are_there(name: str) -> None:
    """Each fixed name is a key, found in any case, with hyphens or spaces, and by both labels."""
    row = register()[name]
    for form in (name, name.upper(), name.replace("_", " "), name.replace("_", "-"), row.zh, row.en):
        assert find_key(form) == name


def test_defaults() -> None:
    """Published, base, CNY, 30 days; growth, price change, discount, cache, retries, residual and VAT are 0."""
    for profile in ("published", "full"):
        found = {key: row.default(profile, "base") for key, row in register().items()}
        assert (found["estimate"], found["currency"], found["days_per_month"]) == ("base", "CNY", "30")
        assert [float(found[key]) for key in ZERO] == [0] * len(ZERO)
        assert found["price_date"] == ""
    assert register()["profile"].default("published", "base") == "published"
    assert [register()["ops_staff"].default(profile, "base") for profile in ("published", "full")] == [
        "0",
        "1",
    ]
    assert [register()["staff_cost_year"].default("full", end) for end in ("low", "base", "high")] == [
        "200000",
        "200000",
        "300000",
    ]


def test_what_follows_another_stands_after_it_and_within_its_own_limits() -> None:
    """A default that follows is a multiple of an earlier assumption, whose limits its own hold."""
    rows, keys = register(), list(register())
    assert {key: row.followed for key, row in rows.items() if row.follows} == FOLLOWING
    for key, (factor, followed) in FOLLOWING.items():
        row, other = rows[key], rows[followed]
        assert keys.index(followed) < keys.index(key)
        assert (row.published, row.full, row.low, row.high, row.figure) == ("",) * 5
        for limits in ((row, other.minimum), (row, other.maximum)):
            assert checked(limits[0], factor * (limits[1] or 0)) == factor * (limits[1] or 0)


def test_labels_are_names_of_one_assumption() -> None:
    """No key or label names two assumptions."""
    forms = [form for row in register().values() for form in {row.key.casefold(), row.zh, row.en.casefold()}]
    assert len(forms) == len(set(forms))


@pytest.mark.parametrize("row", LIMITED, ids=[row.key for row in LIMITED])
def test_limits(row: Assumption) -> None:
    """The limits themselves are taken; beyond them, NaN, infinity and text are #VALUE! with the name."""
    assert row.minimum is not None
    assert row.maximum is not None
    assert checked(row, row.minimum) == row.minimum
    assert checked(row, row.maximum) == row.maximum
    for bad in (row.minimum - 1, row.maximum + 1, math.nan, math.inf, -math.inf, "1"):
        with pytest.raises(BadValueError, match=row.key) as caught:
            checked(row, bad)
        assert caught.value.code == "#VALUE!"


def test_whole_numbers() -> None:
    """Replicas are whole."""
    assert checked(register()["reserve_replicas"], 2.0) == 2
    with pytest.raises(BadValueError, match=r"reserve_replicas: 1\.5 must be a whole number"):
        checked(register()["reserve_replicas"], 1.5)


@pytest.mark.parametrize(
    ("key", "given", "kept"),
    [
        ("profile", " FULL ", "full"),
        ("currency", "usd", "USD"),
        ("estimate", "Ｈｉｇｈ", "high"),
        ("engine", "Tuned", "tuned"),
        ("precision", "FP8", "fp8"),
        ("rent_pricing", "on-demand", "on_demand"),
        ("vat_recoverable", "YES", "yes"),
    ],
)
def test_choices_without_case(key: str, given: str, kept: str) -> None:
    """A choice is found without case and width, and kept as the register writes it."""
    assert checked(register()[key], given) == kept


@pytest.mark.parametrize(
    ("key", "bad"),
    [
        ("profile", "both"),
        ("estimate", "mid"),
        ("currency", "EUR"),
        ("currency", 1.0),
        ("engine", "fast"),
        ("precision", "fp7"),
        ("vat_recoverable", 1.0),
    ],
)
def test_unknown_choices(key: str, bad: str | float) -> None:
    """An unknown choice is #N/A and lists what may be written."""
    with pytest.raises(NotAvailableError, match=f"{key}: unknown .*; write ") as caught:
        checked(register()[key], bad)
    assert caught.value.code == "#N/A"


@pytest.mark.parametrize("bad", ["2026-13-01", "soon", "1/6/2026", 1e12, -1e12])
def test_dates_that_are_none(bad: str | float) -> None:
    """A text that is no ISO date, and a number beyond the calendar, are #VALUE!."""
    with pytest.raises(BadValueError, match=r"price_date: .* is no date; write YYYY-MM-DD"):
        checked(register()["price_date"], bad)


def test_an_unknown_name_lists_the_nearest() -> None:
    """A misspelt name is #N/A with the name meant."""
    with pytest.raises(CellError, match="unknown assumption 'grow_rate'; nearest: growth_rate") as caught:
        find_key("grow_rate")
    assert caught.value.code == "#N/A"
