"""The template workbooks: quotes in both languages, a comparison, a vendor evaluation, the catalog."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from workbook.canvas import write
from workbook.canvas.book_layout import Layout
from workbook.contract import SOURCES, edition
from workbook.package import write_atomic
from workbook.quote.build import FIGURE_TABLES, build_quote, comparison_of
from workbook.quote.sheets.catalog_sheets import figure_key, figure_sheet, record_sheet, sources_sheet
from workbook.quote.sheets.cover_sheet import fill_plain_cover, plain_cover
from workbook.quote.sheets.record_sheets import changes_sheet, checks_sheet
from workbook.quote.sheets.worklist_sheets import actions_sheet, answer_checks, checklist_sheet
from workbook.request.model import scenario_request
from xlmodel.errors import WorkbookError
from xlmodel.functions import Library

if TYPE_CHECKING:
    from collections.abc import Callable
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
    layout = comparison_of(scenario_request(catalog, SCENARIO, _LANG), library, "custom", date)
    return write.to_bytes(layout, library, title="大模型部署成本对比", date=date)


def vendor(catalog: Catalog) -> bytes:
    """Return the vendor evaluation: checklist, score and action list."""
    layout = Layout(_LANG)
    purpose = (
        "向供应商提问、计分，三周内的行动",
        "Questions for a vendor, a score, and three weeks of actions",
    )
    title = ("供应商评估", "Vendor evaluation")
    cover = plain_cover(
        layout, title, purpose, catalog.release_date, edition(catalog.version, catalog.release_date)
    )
    checklist_sheet(layout, catalog)
    actions_sheet(layout, catalog)
    checks_sheet(layout, answer_checks(layout))
    sources_sheet(layout, catalog, catalog.tables[SOURCES])
    changes_sheet(layout, catalog.release_date, edition(catalog.version, catalog.release_date))
    fill_plain_cover(layout, cover)
    return write.to_bytes(layout, Library(catalog), title=layout.pick(*title), date=_date(catalog))


def catalog_book(catalog: Catalog) -> bytes:
    """Return the catalog: a sheet a table."""
    layout = Layout(_LANG)
    title = ("大模型部署数据目录", "Catalog of LLM deployment figures")
    purpose = ("全部目录表及其来源", "Every catalog table with its sources")
    cover = plain_cover(
        layout, title, purpose, catalog.release_date, edition(catalog.version, catalog.release_date)
    )
    checks = []
    for name, table in catalog.tables.items():
        if name in FIGURE_TABLES:
            figures = figure_sheet(layout, catalog, table)
            ends = (figure_key(each.item, each.field, "value") for each in (figures[0], figures[-1]))
            first, last = ends
            cells = f"{{{first}:{last}}}"
            checks.append((f"{layout.pick(table.zh, table.en)}", f"ROWS({cells})-COUNT({cells})"))
        elif name != SOURCES:
            record_sheet(layout, catalog, table)
    sources_sheet(layout, catalog, catalog.tables[SOURCES])  # behind the tables that name them
    checks_sheet(layout, checks)
    changes_sheet(layout, catalog.release_date, edition(catalog.version, catalog.release_date))
    fill_plain_cover(layout, cover)
    return write.to_bytes(layout, Library(catalog), title=layout.pick(*title), date=_date(catalog))


def _date(catalog: Catalog) -> dt.date:
    return dt.date.fromisoformat(catalog.release_date)


TEMPLATES: dict[str, Callable[[Catalog], bytes]] = {
    "quote-zh": quote_zh,
    "quote-en": quote_en,
    "comparison": comparison,
    "vendor-evaluation": vendor,
    "catalog": catalog_book,
}
