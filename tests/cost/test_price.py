"""A figure as money: the one in force, its currency and tax, its ends."""

from __future__ import annotations

from dataclasses import replace

import pytest

from xlmodel import CellError
from xlmodel.catalog.load import built_in
from xlmodel.catalog.tables import Figure
from xlmodel.functions import Library

A100 = ("A100 80GB", "reserved_month")


def library(*rows: Figure) -> Library:
    """Return the functions on the built-in catalog with one item's reserved month replaced."""
    catalog = built_in()
    return Library(replace(catalog, figures={**catalog.figures, A100: rows}))


def figure(value: float, day: str = "2026-01-01", **changes: str) -> Figure:
    """Return a reserved month in force from a day."""
    return replace(Figure(*A100, value, value, value, effective_from=day), **changes)


DATED = library(figure(6_500), figure(7_000, "2026-09-01"), figure(9_000, "2027-01-01"))


@pytest.mark.parametrize(
    ("price_date", "rent"),
    [
        ("2026-01-01", 6_500),
        ("2026-08-31", 6_500),
        ("2026-09-01", 7_000),
        ("", 7_000),  # the release of 2026-11-25
        ("2026-12-31", 7_000),
        ("2027-01-01", 9_000),
    ],
)
def test_price_date_picks_the_row_in_force(price_date: str, rent: float) -> None:
    """The newest row that is in force on the day; without a day, on that of the catalog's release."""
    assert DATED.call("LLM_RENT_COST", "A100 80GB", None, f"price_date={price_date}") == rent
    assert DATED.call("LLM_RENT_COST", "A100 80GB", None, [["price_date", price_date]]) == rent


def test_a_date_cell_is_a_price_date() -> None:
    """2026-09-01 is day 46,266: 43,831 is 2020-01-01, six years are 2,192 days, eight months 243."""
    assert DATED.call("LLM_RENT_COST", "A100 80GB", None, [["price_date", 43_831.0 + 2_192 + 242]]) == 6_500
    assert DATED.call("LLM_RENT_COST", "A100 80GB", None, [["price_date", 43_831.0 + 2_192 + 243]]) == 7_000


def test_before_the_first_row_there_is_no_price() -> None:
    """A day before any row is #N/A, with the first day that has one; a given figure needs no day."""
    with pytest.raises(
        CellError, match="no figure in force on 2025-12-31; the first is of 2026-01-01"
    ) as caught:
        DATED.call("LLM_RENT_COST", "A100 80GB", None, "price_date=2025-12-31")
    assert caught.value.code == "#N/A"
    given = [["item", "field", "value"], [*A100, 5_000]]
    assert DATED.call("LLM_RENT_COST", "A100 80GB", None, "price_date=2025-12-31", given) == 5_000


def test_a_dollar_figure_is_yuan_by_the_rate() -> None:
    """900 USD at 7.2 are 6,480 CNY, at a given 7 they are 6,300; in USD they are 900 again."""
    dollars = library(figure(900, currency="USD"))
    assert dollars.call("LLM_RENT_COST", "A100 80GB") == pytest.approx(6_480, rel=1e-12)
    assert dollars.call("LLM_RENT_COST", "A100 80GB", None, "fx_cny_per_usd=7") == pytest.approx(6_300)
    assert dollars.call("LLM_RENT_COST", "A100 80GB", None, "currency=USD") == pytest.approx(900)
    assert dollars.call("LLM_PRICE", *A100) == pytest.approx(6_480)


@pytest.mark.parametrize(("tax", "factor"), [("exclusive", 1.06), ("inclusive", 1), ("unknown", 1)])
def test_vat_is_added_to_prices_without_it(tax: str, factor: float) -> None:
    """6 % on a price marked tax-exclusive, nothing on any other, nothing by default."""
    taxed = library(figure(1_000, tax=tax))
    assert taxed.call("LLM_RENT_COST", "A100 80GB", None, "vat_rate=0.06") == pytest.approx(1_000 * factor)
    assert taxed.call("LLM_RENT_COST", "A100 80GB", None, "full") == 1_000


@pytest.mark.parametrize(("estimate", "rent"), [("low", 900), ("base", 1_000), ("high", 1_300)])
def test_a_stated_value_is_the_base(estimate: str, rent: float) -> None:
    """Where the source states a value inside its range, base is that value and not the midpoint."""
    ranged = library(replace(figure(1_000), low=900.0, high=1_300.0))
    assert ranged.call("LLM_RENT_COST", "A100 80GB", None, estimate) == rent


@pytest.mark.parametrize("amount", [0.0, -1.0])
def test_no_price_is_zero_or_less(amount: float) -> None:
    """A price of 0 is a missing one: an error that names item and field."""
    with pytest.raises(
        CellError, match=r"A100 80GB reserved_month: .* is no price; it must be above 0"
    ) as caught:
        library(figure(amount)).call("LLM_RENT_COST", "A100 80GB")
    assert caught.value.code == "#VALUE!"
