"""The assumptions on the sheet Inputs: which stand there, one basis for both accountings, defaults that follow."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from workbook.quote.build import COMPARISON_SHEETS, QUOTE_SHEETS, layout_of
from workbook.request.quote_request import TELLING, make_request
from xlmodel.catalog import built_in
from xlmodel.engine import compute
from xlmodel.functions import default_library
from xlmodel.grid import Address, Formula
from xlmodel.inputs.register import register

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from workbook.canvas.book_layout import Layout
    from workbook.quote.context import QuoteContext
    from xlmodel.grid import CellValue, Content

DAY = dt.date(2026, 11, 21)
ASKED: dict[str, object] = {
    "dau": 30000,
    "years": 3,
    "model": "32B~70B",
    "api_models": ["DeepSeek V3"],
    "rent": ["2×A100 80GB"],
    "own": ["standard"],
}
SWITCHES = {"profile", "estimate", "currency", "price_date"}
VAT = {"vat_rate", "vat_rate_goods", "vat_rate_services", "vat_recoverable", "price_tax_basis"}
SIZING = {
    "peak_to_average", "utilisation_target", "reserve_replicas", "ttft_limit_ms", "tpot_limit_ms", "engine", "precision",
    "kv_precision", "speed_factor", "network_gbit_s",
}  # fmt: skip
API_SHARES = {"off_peak_share", "thinking_share"}


def quote(
    asked: dict[str, object] | None = None,
    sheets: Mapping[str, Callable[[QuoteContext], None]] = QUOTE_SHEETS,
) -> Layout:
    """Return the layout of a request."""
    request = make_request(built_in(), ASKED | (asked or {}), "test")
    return layout_of(request, default_library(), "custom", DAY, sheets)


def hidden(layout: Layout) -> set[str]:
    """Return the assumptions that have no row."""
    return {key for key in register() if f"name.{key}" not in layout.places}


def in_force(layout: Layout, changes: Mapping[str, Content], *keys: str) -> list[CellValue]:
    """Return the values of keys on the sheet Inputs, some of its cells changed."""
    kept = {sheet.name for sheet in layout.sheets.values() if sheet.role in {"inputs", "catalog"}}
    sheets: dict[str, dict[tuple[int, int], Content]] = {
        name: {place: cell for place, cell in cells.items() if place != (4, 2)}  # the master check
        for name, cells in layout.contents().items()
        if name in kept
    }
    for key, content in changes.items():
        place = layout.places[key]
        sheets[layout.sheets[place.sheet].name][place.row, place.column] = content
    names = {name: layout.refers_to(name) for name in layout.names if not name.startswith("chk_")}
    computed = compute(sheets, default_library(), names)
    found: list[CellValue] = []
    for key in keys:
        place = layout.places[key]
        found.append(computed.values[Address(layout.sheets[place.sheet].name, place.row, place.column)])
    return found


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ({}, set()),
        ({"assumptions": {"vat_rate_goods": 0.13}}, VAT),
        ({"assumptions": {"price_tax_basis": "exclusive"}}, VAT),
        ({"api_models": ["DeepSeek V4.1-Flash"]}, {"off_peak_share"}),
        ({"assumptions": {"thinking_share": 0.2}}, {"thinking_share"}),
        ({"assumptions": {"server_cost_ratio": 0.2}}, {"server_cost_ratio"}),
    ],
)
def test_what_cannot_bear_on_the_quote_has_no_row(asked: dict[str, object], shown: set[str]) -> None:
    """No tax basis known or set, no model with the price, no GPU without its server: no row; asked for, or listed: a row."""
    assert hidden(quote(asked)) == SWITCHES | (({"server_cost_ratio"} | VAT | API_SHARES) - shown)


@pytest.mark.parametrize(
    ("given", "idle"),
    [
        ({"off_peak_share": 0.3}, True),
        ({"thinking_share": 0.2, "api_models": ["Qwen-Plus"]}, True),
        ({"vat_rate_goods": 0.13}, True),
        ({"vat_rate_goods": 0.13, "price_tax_basis": "exclusive"}, False),
        ({"batch_share": 0.2}, False),
        ({"discount_rate": 0.05}, False),
    ],
)
def test_what_is_given_and_moves_nothing_says_so(given: dict[str, object], *, idle: bool) -> None:
    """DeepSeek V3 and Qwen-Plus in CNY list no off-peak or thinking price, and no price states its tax: a remark in the row."""
    key, models = next(iter(given)), given.get("api_models", ASKED["api_models"])
    assumptions = {name: value for name, value in given.items() if name != "api_models"}
    layout = quote({"api_models": models, "lang": "en", "assumptions": assumptions})
    place = layout.places[f"name.{key}"]
    note = layout.sheets["inputs"].cells[place.row, 13].content
    assert str(note).startswith("Bears on no option of this quote; ") is idle


def test_a_comparison_has_the_rows_of_what_can_serve() -> None:
    """The sheet Capacity stands in the comparison alone too, so what sizing reads is an input there."""
    assert (
        hidden(quote(sheets=COMPARISON_SHEETS))
        == hidden(quote())
        == SWITCHES | VAT | API_SHARES | {"server_cost_ratio"}
    )


def test_one_basis_for_both_accountings() -> None:
    """What does not tell the accountings apart has one yellow cell; the full accounting repeats it."""
    layout = quote()
    cells = layout.sheets["inputs"].cells
    for key in set(register()) - hidden(layout):
        styles = []
        for profile in ("published", "full"):
            place = layout.places[f"given.{profile}.{key}"]
            styles.append(cells[place.row, place.column].style)
        assert styles == ["Input", "Input" if key in TELLING else "Calculation"], key
    changes = {"given.published.discount_rate": 0.05, "given.published.ops_staff": 3.0}
    keys = "published.discount_rate", "full.discount_rate", "published.ops_staff", "full.ops_staff"
    assert in_force(layout, changes, *keys) == [0.05, 0.05, 3.0, 1.0]


def test_a_default_that_follows_another() -> None:
    """24 hours of each day typed; the price paths are the common one until they have their own."""
    layout = quote()
    changes = {
        "given.published.days_per_month": 20.0,
        "given.published.price_change_rate": -0.1,
        "given.published.rent_price_change_rate": 0.0,
    }
    keys = [f"{profile}.{key}" for profile in ("published", "full") for key in (
        "on_demand_hours_month", "api_price_change_rate", "rent_price_change_rate", "hardware_price_change_rate",
    )]  # fmt: skip
    assert in_force(layout, changes, *keys) == [480.0, -0.1, 0.0, -0.1] * 2


def test_a_text_choice_is_one_of_its_list() -> None:
    """The list validates it; blank is the default, and a pasted text that the list lacks is an error, not a default."""
    layout = quote()
    rules = {rule.cells: rule.low for rule in layout.sheets["inputs"].validations if rule.kind == "list"}
    place = layout.places["given.published.rent_pricing"]
    assert rules[f"B{place.row}"] == "=list_rent_pricing"
    assert in_force(layout, {}, "full.rent_pricing") == ["reserved"]
    assert in_force(layout, {"given.published.rent_pricing": "On_Demand"}, "full.rent_pricing") == [
        "on_demand"
    ]
    (wrong,) = in_force(layout, {"given.published.rent_pricing": "hourly"}, "full.rent_pricing")
    assert str(wrong) == "#N/A"


def test_a_request_fills_the_yellow_cells() -> None:
    """One value for both; two where the accountings differ in it."""
    layout = quote({"assumptions": {"income_tax_rate": 0.25, "ops_staff": {"full": 2}}})
    cells = layout.sheets["inputs"].cells
    found = []
    for key in ("published.income_tax_rate", "full.income_tax_rate", "published.ops_staff", "full.ops_staff"):
        place = layout.places[f"given.{key}"]
        content = cells[place.row, place.column].content
        found.append("formula" if isinstance(content, Formula) else content)
    assert found == [0.25, "formula", None, 2]
