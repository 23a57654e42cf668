"""The marks of a regeneration in a quote: catalog version, sources of new figures, a row on the sheet Changes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workbook.canvas.labels import cell_text, columns_by_heading
from workbook.package.xml_spans import element_text, splice, start_tag
from xlmodel.grid import Address

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workbook.package import Package
    from workbook.package.xml_spans import Element
    from workbook.renew.draft import Draft
    from workbook.renew.figure_update import FigureUpdate
    from xlmodel.catalog import Catalog
    from xlmodel.grid import Table

PROPERTY = "xlmodel catalog"
_COVER_LABELS = frozenset({"数据目录", "Catalog"})
_CHANGES_HEADERS = {"zh": ("日期", "目录", "变更"), "en": ("Date", "Catalog", "Change")}
_FIGURES_NOTE = "catalog_*"
_SOURCES = "sources"


def mark(draft: Draft, update: FigureUpdate, catalog: Catalog) -> None:
    """Write the catalog's version where the old one stands, and what was renewed.

    A workbook without figures of ours, and one that nothing new reaches, keep every cell.

    Args:
        draft: the workbook; changed.
        update: what became of the figures.
        catalog: the catalog in force.
    """
    if not update.found:
        return
    _add_sources(draft, update, catalog)
    old = _set_property(draft.package, catalog.version)
    if old is not None and old != catalog.version:
        _set_version(draft, old, catalog)
    if update.renewed or update.records or (old is not None and old != catalog.version):
        _add_change(draft, update, catalog)


def _set_property(package: Package, version: str) -> str | None:
    """Write the document property of the catalog version; return what it said, None where it is missing."""
    for link in package.relationships(""):
        if link.kind == "custom-properties" and link.target in package.parts:
            data = package.parts[link.target]
            text = _property_text(package.tree(link.target).children)
            if text is not None:
                if text.text != version:
                    tag = start_tag(data, text.start)
                    begin, end = text.start + len(tag), text.close
                    package.parts[link.target] = splice(data, [(begin, end, element_text(version).encode())])
                return text.text
    return None


def _property_text(properties: Iterable[Element]) -> Element | None:
    found = next((each for each in properties if each.attributes.get("name") == PROPERTY), None)
    text = found.children[0] if found is not None and found.children else None
    return text if text is not None and text.text and not text.children else None


def _set_version(draft: Draft, old: str, catalog: Catalog) -> None:
    """Write the version on the cover and in the note below the figures."""
    said = re.compile(re.escape(old) + r" \(\d{4}-\d{2}-\d{2}\)")
    for sheet, cells in draft.contents.sheets.items():
        for (row, column), content in list(cells.items()):
            if not isinstance(content, str):
                continue
            address = Address(sheet, row, column)
            if (
                said.fullmatch(content)
                and column > 1
                and draft.text(address._replace(column=column - 1)) in _COVER_LABELS
            ):
                draft.put(address, _edition(catalog))
            elif _FIGURES_NOTE in content and old in content:
                draft.put(address, content.replace(old, catalog.version))


def _add_sources(draft: Draft, update: FigureUpdate, catalog: Catalog) -> None:
    """List the sources of the renewed figures that the sheet of the sources lacks."""
    table = catalog.tables[_SOURCES]
    for source in dict.fromkeys(figure.source for figure in update.renewed):
        area = next((each for each in draft.contents.tables if each.name == f"tbl_{_SOURCES}"), None)
        record = next((row for row in table.rows if row[_SOURCES.removesuffix("s")] == source), None)
        if area is None or record is None:
            continue
        known = columns_by_heading(catalog.names, table.columns)
        places = {area.left + index: known.get(name) for index, name in enumerate(area.columns)}
        listed = next(
            (place for place, column in places.items() if column and column[0].key == "source"), None
        )
        if listed is None or _lists(draft, area, listed, source):
            continue
        values = {
            place: cell_text(catalog.names, column[0], record[column[0].key], column[1]) if column else None
            for place, column in places.items()
        }
        if not any(draft.content(Address(area.sheet, area.bottom + 1, place)) for place in places):
            draft.append(area.sheet, area.bottom, values)


def _lists(draft: Draft, area: Table, column: int, source: str) -> bool:
    return any(
        draft.text(Address(area.sheet, row, column)) == source for row in range(area.top, area.bottom + 1)
    )


def _add_change(draft: Draft, update: FigureUpdate, catalog: Catalog) -> None:
    """Add a row to the history, dated by the catalog's release and not by the clock."""
    found = _changes_header(draft)
    if found is None:
        return
    header, lang = found
    last, columns = header.row, range(header.column, header.column + len(_CHANGES_HEADERS[lang]))
    while any(draft.content(Address(header.sheet, last + 1, column)) is not None for column in columns):
        last += 1
    count = len(update.renewed) + update.records
    text = (
        f"更新数据 {count} 项，保留 {update.kept} 项"
        if lang == "zh"
        else f"figures renewed: {count}, kept: {update.kept}"
    )
    values = (catalog.release_date, _edition(catalog), text)
    draft.append(header.sheet, last, dict(zip(columns, values, strict=True)))


def _changes_header(draft: Draft) -> tuple[Address, str] | None:
    """Find the first header cell of the sheet Changes, whatever the sheet is called now, and its language."""
    for lang, headers in _CHANGES_HEADERS.items():
        for sheet, cells in draft.contents.sheets.items():
            for (row, column), content in cells.items():
                if content != headers[0]:
                    continue
                rest = [draft.text(Address(sheet, row, column + step)) for step in range(1, len(headers))]
                if rest == [*headers[1:]]:
                    return Address(sheet, row, column), lang
    return None


def _edition(catalog: Catalog) -> str:
    return f"{catalog.version} ({catalog.release_date})"
