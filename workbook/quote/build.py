"""From a quote request to a workbook."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import TYPE_CHECKING

from workbook.canvas import write
from workbook.canvas.book_layout import Layout
from workbook.quote.audit.audit_sheet import audit_sheet
from workbook.quote.context import LAYERS, QuoteContext
from workbook.quote.idle import grey_idle_inputs
from workbook.quote.options import of_request
from workbook.quote.sheets.advice_sheet import advice_sheet
from workbook.quote.sheets.answer_block import answer_sheet
from workbook.quote.sheets.breakeven_sheet import breakeven_sheet
from workbook.quote.sheets.capacity_sheet import capacity_sheet
from workbook.quote.sheets.capacity_table import capacity_table_sheet
from workbook.quote.sheets.cash_sheet import cash_sheet
from workbook.quote.sheets.catalog_sheets import (
    FIGURE_TABLES,
    figure_sheet,
    figures_sheet,
    record_sheet,
    sources_sheet,
)
from workbook.quote.sheets.compare_sheet import compare_sheet
from workbook.quote.sheets.cover_sheet import cover_sheet
from workbook.quote.sheets.curve_sheet import curve_sheet
from workbook.quote.sheets.decision_record import record_table_sheet
from workbook.quote.sheets.detail_sheet import detail_sheet
from workbook.quote.sheets.hybrid_sheet import hybrid_sheet
from workbook.quote.sheets.inputs_sheet import inputs_sheet
from workbook.quote.sheets.native_checks import quote_checks_sheet
from workbook.quote.sheets.price_age import price_age_sheet
from workbook.quote.sheets.reconciliation_sheet import reconciliation_sheet
from workbook.quote.sheets.record_check import record_check_sheet
from workbook.quote.sheets.record_sheets import changes_sheet, checks_sheet, lists_sheet
from workbook.quote.sheets.risk_sheet import risk_sheet
from workbook.quote.sheets.scenarios_sheet import scenarios_sheet
from workbook.quote.sheets.serving_sheet import serving_sheet
from workbook.quote.sheets.sizing_sheet import sizing_sheet
from workbook.quote.sheets.worklist_sheets import actions_sheet, checklist_sheet
from xlmodel.functions import Library

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from workbook.quote.context import BookContext
    from workbook.request.quote_request import QuoteRequest
    from xlmodel.catalog import Catalog

# the records beside the figures, with the columns to show in their order; none named: all of them
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
_FIGURES: dict[str, Callable[[BookContext], None]] = {
    **{f"catalog_{name}": partial(figure_sheet, name=name) for name in FIGURE_TABLES},
    "figures": figures_sheet,
}
_RECORDS: dict[str, Callable[[BookContext], None]] = {
    f"catalog_{name}": partial(record_sheet, name=name, shown=shown, brief=True)
    for name, shown in RECORD_TABLES.items()
}
# the sheets of a quote in the order of their tabs, each with what builds it
QUOTE_SHEETS: dict[str, Callable[[QuoteContext], None]] = {
    "cover": cover_sheet,
    "inputs": inputs_sheet,
    "compare": compare_sheet,
    "cash": cash_sheet,
    "breakeven": breakeven_sheet,
    "serving": serving_sheet,
    "advice": advice_sheet,
    "hybrid": hybrid_sheet,
    "risk": risk_sheet,
    "checklist": checklist_sheet,
    "actions": actions_sheet,
    "capacity": capacity_sheet,
    "answer": answer_sheet,
    "curve": curve_sheet,
    "record": record_check_sheet,
    "audit": audit_sheet,
    "sizing": sizing_sheet,
    "scenarios": scenarios_sheet,
    "detail": detail_sheet,
    "price_age": price_age_sheet,
    "checks": quote_checks_sheet,
    "reconciliation": reconciliation_sheet,
    **_FIGURES,
    "capacity_table": capacity_table_sheet,
    "record_table": record_table_sheet,
    **_RECORDS,
    "catalog_sources": sources_sheet,
    "lists": lists_sheet,
    "changes": changes_sheet,
}
# each tab for the reader prints on one page, and they come first
READER_PAGES = sum(key in LAYERS for key in QUOTE_SHEETS)
# a comparison alone: totals and how they come about
COMPARISON_SHEETS: dict[str, Callable[[QuoteContext], None]] = {
    "cover": cover_sheet,
    "inputs": inputs_sheet,
    "compare": compare_sheet,
    "cash": cash_sheet,
    "serving": serving_sheet,
    "capacity": capacity_sheet,
    "answer": answer_sheet,
    "audit": audit_sheet,
    "detail": detail_sheet,
    "price_age": price_age_sheet,
    "checks": checks_sheet,
    **_FIGURES,
    "capacity_table": capacity_table_sheet,
    "catalog_tiers": _RECORDS["catalog_tiers"],
    "catalog_gpus": _RECORDS["catalog_gpus"],
    "catalog_sources": sources_sheet,
    "lists": lists_sheet,
    "changes": changes_sheet,
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


def layout_of(
    request: QuoteRequest,
    library: Library,
    scenario: str,
    date: dt.date,
    sheets: Mapping[str, Callable[[QuoteContext], None]] = QUOTE_SHEETS,
) -> Layout:
    """Return a quote's layout: every sheet, key and formula.

    Args:
        request: customer, workload, options, assumptions.
        library: the functions on the catalog that the quote is made from.
        scenario: the scenario in force: A, B, C or custom.
        date: of the quote.
        sheets: the sheets in the order of their tabs.
    """
    return finished_quote(request, library, scenario, date, sheets).layout


def finished_quote(
    request: QuoteRequest,
    library: Library,
    scenario: str,
    date: dt.date,
    sheets: Mapping[str, Callable[[QuoteContext], None]] = QUOTE_SHEETS,
) -> QuoteContext:
    """Return a quote with every sheet built, as `layout_of` takes it."""
    choice = of_request(library.catalog, request)
    quote = QuoteContext(Layout(request.lang), library, date, request, choice, scenario)
    quote.build(sheets)
    grey_idle_inputs(quote, [key for key in LAYERS if key in sheets and key != "inputs"])
    return quote
