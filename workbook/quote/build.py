"""From a quote request to a workbook."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from workbook.canvas import write
from workbook.canvas.book_layout import Layout, Sheet
from workbook.quote.audit.sheet import audit_checks, audit_sheet
from workbook.quote.sheets.answer_block import answer_block
from workbook.quote.sheets.breakeven_sheet import breakeven_sheet
from workbook.quote.sheets.catalog_sheets import figure_sheet, figures_sheet, record_sheet, sources_sheet
from workbook.quote.sheets.compare_sheet import compare_charts, compare_sheet
from workbook.quote.sheets.cover_sheet import cover_sheet, fill_cover
from workbook.quote.sheets.detail_sheet import detail_sheet
from workbook.quote.sheets.inputs_sheet import inputs_sheet
from workbook.quote.sheets.reconciliation_sheet import reconciliation_sheet
from workbook.quote.sheets.record_sheets import changes_sheet, checks_sheet, lists_sheet, year_checks
from workbook.quote.sheets.scenarios_sheet import scenarios_sheet
from workbook.quote.sheets.sizing_sheet import sizing_sheet
from workbook.quote.sheets.worklist_sheets import actions_sheet, answer_checks, checklist_sheet
from xlmodel.functions import Library

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbook.quote.options import Option
    from workbook.request.model import QuoteRequest
    from xlmodel.catalog import Catalog

VALID_DAYS = 30
# the figures that the functions may read
FIGURE_TABLES = (
    "api_prices",
    "gpu_rental",
    "gpu_purchase",
    "tier_investment",
    "tier_operations",
    "hidden_costs",
)
# the records beside them, with the columns to show in their order; none named: all of them
RECORD_TABLES: dict[str, tuple[str, ...]] = {
    "api_models": (),
    # the audit reads the codes
    "tiers": ("zh", "en", "gpu", "gpus_low", "gpus_high", "bound", "note", "source", "as_of", "kind", "item"),
    "gpus": (
        "item",
        "vendor",
        "memory_gb",
        "memory_bandwidth_gb_s",
        "bf16_dense_tflops",
        "fp8_dense_tflops",
        "tdp_w",
        "interconnect",
        "verification",
        "as_of",
        "kind",
    ),
    "size_classes": (
        "zh",
        "en",
        "parameters_low_b",
        "parameters_high_b",
        "example_models",
        "memory_low_gb",
        "memory_high_gb",
        "memory_bound",
        "gpu_configs",
        "hardware_low_cny",
        "hardware_high_cny",
        "typical_config",
        "tier",
        "api_models",
        "source",
        "as_of",
        "kind",
        "note",
    ),
    "typical_configs": (
        "zh",
        "en",
        "size_class",
        "gpu_config",
        "tokens_per_s",
        "month_cny",
        "bound",
        "source",
        "as_of",
        "kind",
        "note",
    ),
}


def build_quote(request: QuoteRequest, catalog: Catalog, scenario: str = "custom") -> bytes:
    """Return the quote workbook of a request.

    Args:
        request: customer, workload, options, assumptions.
        catalog: the facts; they are copied onto the quote's own sheets.
        scenario: the scenario in force: A, B, C or custom.

    Raises:
        CellError: an option that cannot be costed.
        WorkbookError: a formula that could not be computed.
    """
    date = request.date or dt.date.fromisoformat(catalog.release_date)
    library = Library(catalog)
    layout = layout_of(request, library, scenario, date)
    title = layout.pick("大模型部署成本报价", "LLM deployment quote")
    if request.customer:
        title = f"{title} · {request.customer}"
    return write.to_bytes(layout, library, title=title, date=date)


def layout_of(request: QuoteRequest, library: Library, scenario: str, date: dt.date) -> Layout:
    """Return the quote's layout: every sheet, key and formula."""
    catalog = library.catalog
    layout = Layout(request.lang)
    cover = cover_sheet(layout)
    choice = inputs_sheet(layout, catalog, request, scenario)
    options = choice.options
    compare_sheet(layout, options, choice.years)
    breakeven_sheet(layout, catalog, options)
    sizing_sheet(layout, options)
    scenarios_sheet(layout, options)
    answer_block(layout, options, detail_sheet(layout, options, choice.years))
    compare_charts(layout, options)
    reconciliation_sheet(layout, catalog, library)
    audit_sheet(layout, catalog, options, choice.years)
    figure_sheets(layout, catalog, request)
    for name, shown in RECORD_TABLES.items():
        record_sheet(layout, catalog, catalog.tables[name], shown, brief=True)
    checklist_sheet(layout, catalog)
    actions_sheet(layout, catalog)
    checks = [*year_checks(layout, options), *audit_checks(layout, options), *answer_checks(layout)]
    checks_sheet(layout, checks)
    finish_layout(layout, cover, request, options, catalog, date)
    return layout


def comparison_of(request: QuoteRequest, library: Library, scenario: str, date: dt.date) -> Layout:
    """Return the layout of a comparison alone: cover, inputs, totals, detail, checks, and the figures."""
    catalog = library.catalog
    layout = Layout(request.lang)
    cover = cover_sheet(layout)
    choice = inputs_sheet(layout, catalog, request, scenario, comparison_alone=True)
    options = choice.options
    compare_sheet(layout, options, choice.years)
    answer_block(layout, options, detail_sheet(layout, options, choice.years))
    compare_charts(layout, options)
    checks_sheet(layout, year_checks(layout, options))
    figure_sheets(layout, catalog, request)
    finish_layout(layout, cover, request, options, catalog, date)
    layout.drop_unused_names()
    return layout


def figure_sheets(layout: Layout, catalog: Catalog, request: QuoteRequest) -> None:
    """Add the catalog sheets of all figures that the functions may read, and the sheet Figures."""
    day = str(request.assumptions.get("price_date", ""))
    figures = [
        figure
        for name in FIGURE_TABLES
        for figure in figure_sheet(layout, catalog, catalog.tables[name], day)
    ]
    figures_sheet(layout, figures, catalog)


def edition(catalog: Catalog) -> str:
    """Return a catalog's version and date as sheets show them."""
    return f"{catalog.version} ({catalog.release_date})"


def finish_layout(
    layout: Layout,
    cover: Sheet,
    request: QuoteRequest,
    options: Sequence[Option],
    catalog: Catalog,
    date: dt.date,
) -> None:
    """Add sources, lists and history, and fill the cover of a quote."""
    sources_sheet(layout, catalog, catalog.tables["sources"])
    lists_sheet(layout, catalog)
    changes_sheet(layout, date.isoformat(), edition(catalog))
    valid = (date + dt.timedelta(days=VALID_DAYS)).isoformat()
    fill_cover(layout, cover, request, options, (date.isoformat(), valid, edition(catalog)))
