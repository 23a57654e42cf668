"""The template workbooks: quotes in both languages, a comparison, a vendor evaluation, the catalog."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import TYPE_CHECKING

from workbook.canvas import write
from workbook.canvas.book_layout import Layout
from workbook.contract import SOURCES
from workbook.package import write_atomic
from workbook.quote.build import COMPARISON_SHEETS, build_quote, layout_of
from workbook.quote.context import BookContext
from workbook.quote.sheets.catalog_sheets import (
    FIGURE_TABLES,
    figure_key,
    figure_sheet,
    record_sheet,
    sources_sheet,
)
from workbook.quote.sheets.cover_sheet import plain_cover
from workbook.quote.sheets.record_sheets import changes_sheet, checks_sheet
from workbook.quote.sheets.worklist_sheets import actions_sheet, checklist_sheet
from workbook.request.quote_request import scenario_request
from xlmodel.errors import WorkbookError
from xlmodel.functions import Library

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from xlmodel.catalog import Catalog

SCENARIO = "B"
_LANG = "zh"


def write_templates(folder: Path, catalog: Catalog) -> list[Path]:
    """Write every template; the same catalog gives the same bytes.

    Args:
        folder: made when it is not there.
        catalog: the facts.

    Raises:
        WorkbookError: the folder cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WorkbookError(
            f"{folder}: cannot be made: {error.strerror}; give another folder with -o"
        ) from None
    paths = []
    for name, build in TEMPLATES.items():
        path = folder / f"{name}.xlsx"
        write_atomic(path, build(catalog))
        paths.append(path)
    return paths


def quote_zh(catalog: Catalog) -> bytes:
    """Return the quote in Chinese."""
    return build_quote(scenario_request(catalog, SCENARIO, "zh"), catalog)


def quote_en(catalog: Catalog) -> bytes:
    """Return the quote in English."""
    return build_quote(scenario_request(catalog, SCENARIO, "en"), catalog)


def comparison(catalog: Catalog) -> bytes:
    """Return the comparison alone."""
    library, date = Library(catalog), _date(catalog)
    request = scenario_request(catalog, SCENARIO, _LANG)
    layout = layout_of(request, library, "custom", date, COMPARISON_SHEETS)
    layout.drop_unused_names()
    return write.to_bytes(layout, library, title="大模型部署成本对比", date=date)


def vendor(catalog: Catalog) -> bytes:
    """Return the vendor evaluation: checklist, score and action list."""
    purpose = (
        "向供应商提问、计分，三周内的行动",
        "Questions for a vendor, a score, and three weeks of actions",
    )
    title = ("供应商评估", "Vendor evaluation")
    return _plain_book(
        catalog,
        title,
        {
            "cover": partial(plain_cover, title=title, purpose=purpose),
            "checklist": checklist_sheet,
            "actions": actions_sheet,
            "checks": checks_sheet,
            "catalog_sources": sources_sheet,
            "changes": changes_sheet,
        },
    )


def catalog_book(catalog: Catalog) -> bytes:
    """Return the catalog: a sheet a table."""
    title = ("大模型部署数据目录", "Catalog of LLM deployment figures")
    purpose = ("全部目录表及其来源", "Every catalog table with its sources")
    tables = {
        f"catalog_{name}": partial(_complete_figures if name in FIGURE_TABLES else record_sheet, name=name)
        for name in catalog.tables
        if name != SOURCES
    }
    return _plain_book(
        catalog,
        title,
        {
            "cover": partial(plain_cover, title=title, purpose=purpose),
            **tables,
            "catalog_sources": sources_sheet,
            "checks": checks_sheet,
            "changes": changes_sheet,
        },
    )


def _complete_figures(book: BookContext, name: str) -> None:
    """Add the sheet of a figure table, and the check that each of its figures has a value."""
    figure_sheet(book, name)
    figures, table = book.figures_in_force(name), book.catalog.tables[name]
    first, last = (figure_key(each.item, each.field, "value") for each in (figures[0], figures[-1]))
    cells = f"{{{first}:{last}}}"
    book.check(book.layout.pick(table.zh, table.en), f"ROWS({cells})-COUNT({cells})")


def _plain_book(
    catalog: Catalog, title: tuple[str, str], sheets: Mapping[str, Callable[[BookContext], None]]
) -> bytes:
    """Return a workbook without a request."""
    library, date = Library(catalog), _date(catalog)
    layout = BookContext(Layout(_LANG), library, date).build(sheets)
    return write.to_bytes(layout, library, title=layout.pick(*title), date=date)


def _date(catalog: Catalog) -> dt.date:
    return dt.date.fromisoformat(catalog.release_date)


TEMPLATES: dict[str, Callable[[Catalog], bytes]] = {
    "quote-zh": quote_zh,
    "quote-en": quote_en,
    "comparison": comparison,
    "vendor-evaluation": vendor,
    "catalog": catalog_book,
}
