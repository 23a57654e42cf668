"""The marks of a regeneration in a quote: catalog version, sources of new figures, a row on the sheet Changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook import contract
from workbook.canvas.labels import cell_text, columns_by_heading
from workbook.package.properties import set_property
from workbook.renew.change_report import Change
from workbook.renew.places import EDITION_TEXT, edition_cells, history_header, language, note_cells
from xlmodel.grid import Address

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from workbook.package import Package
    from workbook.renew.draft import Draft
    from workbook.renew.figure_update import FigureUpdate
    from xlmodel.catalog import Catalog
    from xlmodel.grid import Table


def mark(draft: Draft, update: FigureUpdate, catalog: Catalog) -> list[Change]:
    """Write the catalog's version where the old one stands, and what was renewed; return what found no place.

    A workbook without figures of ours, and one that nothing new reaches, keep every cell.

    Args:
        draft: the workbook; changed.
        update: what became of the figures.
        catalog: the catalog in force.
    """
    if not update.found:
        return []
    kept = list(_add_sources(draft, update, catalog))
    cells = edition_cells(draft)
    old = _set_properties(draft.package, catalog) or _version_shown(draft, cells)
    newer = old is not None and old != catalog.version
    if newer or (old is None and (update.renewed or update.records)):
        kept += _set_edition(draft, cells, old, catalog)
    if newer or update.renewed or update.records:
        kept += _add_change(draft, update, catalog)
    return kept


def _set_properties(package: Package, catalog: Catalog) -> str | None:
    """Write the document properties of the catalog; return the version before, None where it is missing."""
    said = set_property(package, contract.CATALOG_PROPERTY, catalog.version)
    set_property(package, contract.CATALOG_DATE_PROPERTY, catalog.release_date)
    return said


def _version_shown(draft: Draft, cells: Iterable[Address]) -> str | None:
    """Return the version of the edition on the cover."""
    shown = (EDITION_TEXT.fullmatch(draft.text(cell)) for cell in cells)
    return next((found[1] for found in shown if found), None)


def _set_edition(
    draft: Draft, cells: Iterable[Address], old: str | None, catalog: Catalog
) -> Iterator[Change]:
    """Write the edition on the cover and the version in the note below the figures."""
    new = contract.edition(catalog.version, catalog.release_date)
    for cell in cells:
        draft.put(cell, new)
    if not cells:
        words = " or ".join(words[0] for words in contract.EDITION.known())
        missing = f"neither the name {contract.EDITION.name} nor a label {words}"
        yield _not_found("edition of the catalog on the cover", old, new, missing)
    notes = note_cells(draft, old) if old is not None else []
    for cell in notes:
        content = str(draft.content(cell))
        draft.put(cell, content.replace(str(old), catalog.version))
    if not notes:
        missing = f"neither the name {contract.NOTE.name} nor a text with {contract.NOTE.today('en')[0]} says the old version"
        yield _not_found("version in the note below the figures", old, catalog.version, missing)


def _not_found(what: str, old: str | None, new: str, missing: str) -> Change:
    return Change("kept", "", "", what, old, new, f"not found: {missing}; write it by hand")


def _add_sources(draft: Draft, update: FigureUpdate, catalog: Catalog) -> Iterator[Change]:
    """List the sources of the renewed figures that the sheet of the sources lacks."""
    table, name = catalog.tables[contract.SOURCES], contract.table_name(contract.SOURCES)
    known = columns_by_heading(catalog.names, table)
    for source in dict.fromkeys(figure.source for figure in update.renewed):
        record = next((row for row in table.rows if row["source"] == source), None)
        if record is None:
            continue
        area = next((each for each in draft.contents.tables if each.name == name), None)
        if area is None:
            yield _not_found("source of a new figure", None, source, f"no table {name}")
            continue
        places = {area.left + index: known.get(heading) for index, heading in enumerate(area.columns)}
        listed = next(
            (place for place, column in places.items() if column and column[0].key == "source"), None
        )
        if listed is None:
            yield _not_found(
                "source of a new figure", None, source, f"no column of the table {name} holds the sources"
            )
            continue
        if _lists(draft, area, listed, source):
            continue
        if any(draft.content(Address(area.sheet, area.bottom + 1, place)) for place in places):
            yield _not_found("source of a new figure", None, source, f"no empty row below the table {name}")
            continue
        values = {
            place: cell_text(catalog.names, column[0], record[column[0].key], column[1]) if column else None
            for place, column in places.items()
        }
        draft.append(area.sheet, area.bottom, values)


def _lists(draft: Draft, area: Table, column: int, source: str) -> bool:
    return any(
        draft.text(Address(area.sheet, row, column)) == source for row in range(area.top, area.bottom + 1)
    )


def _add_change(draft: Draft, update: FigureUpdate, catalog: Catalog) -> Iterator[Change]:
    """Add a row to the history, dated by the catalog's release and not by the clock."""
    lang, header = language(draft), history_header(draft)
    text = contract.CHANGE_TEXT[lang].format(count=len(update.renewed) + update.records, kept=update.kept)
    values = (catalog.release_date, contract.edition(catalog.version, catalog.release_date), text)
    if len(header) != len(values):
        words = " or ".join(", ".join(words) for words in contract.CHANGES.known())
        missing = (
            f"neither the name {contract.CHANGES.name} over {len(values)} cells nor the headings {words}"
        )
        yield _not_found("row of the history", None, " · ".join(values), missing)
        return
    sheet, last = header[0].sheet, header[0].row
    while any(draft.content(cell._replace(row=last + 1)) is not None for cell in header):
        last += 1
    draft.append(sheet, last, dict(zip((cell.column for cell in header), values, strict=True)))
