"""A quote's figures renewed: what a new catalog says, beside what a person corrected."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workbook import contract
from workbook.canvas.labels import LANGUAGES, cell_text, columns_by_heading, item_label
from workbook.renew.change_report import Change
from workbook.renew.figure_links import (
    LINKED,
    NUMBERS,
    ends,
    figure_rows,
    held_values,
    same_number,
    unreadable,
    values_of,
)
from workbook.renew.places import language, own_price_date, price_date_cells
from xlmodel.grid import Address, CellValue, Formula

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from workbook.renew.change_report import What
    from workbook.renew.draft import Draft
    from workbook.renew.figure_links import FigureRow
    from xlmodel.catalog import Catalog, Column, Figure
    from xlmodel.functions import Library

CORRECTED = "corrected by a person; --force replaces it"
MISSING = "the catalog does not have this figure"
UNREADABLE = "not renewed: {}; restore the sheet of the figures where this is a quote"
UNDESCRIBED = "unit, date and provider beside it stay: no heading of them above it"
# columns of a catalog sheet beside the linked ones, in the words of the figure's attributes
_DESCRIPTION = ("unit", "bound", "effective_from", "kind", "provider", "region", "currency", "tax", "note")


@dataclass
class FigureUpdate:
    """What became of the figures.

    Args:
        changes: one line a renewed or kept figure.
        homes: the cells that hold or show a figure; a change there is the figure's own.
        renewed: the figures written.
        records: the number of renewed cells of record sheets.
        kept: the number of figures that stay although the catalog says otherwise or nothing.
        found: whether the workbook has figures at all.
    """

    changes: list[Change] = field(default_factory=list)
    homes: set[Address] = field(default_factory=set)
    renewed: list[Figure] = field(default_factory=list)
    records: int = 0
    kept: int = 0
    found: bool = False


def update_figures(draft: Draft, library: Library, *, force: bool, now: datetime | None) -> FigureUpdate:
    """Write what the catalog says into the cells of the figures.

    A figure that differs from its `catalog_value` (or low, high) was corrected by a person and stays, unless
    `force`; one that the catalog lacks stays too.

    Args:
        draft: the workbook; changed.
        library: the functions on the new catalog.
        force: replace corrected figures.
        now: what TODAY and NOW give.

    Raises:
        WorkbookError: the range of the figures was deleted.
    """
    rows = figure_rows(draft)
    held = held_values(draft, rows, library, now)
    update = FigureUpdate(found=bool(rows))
    reason = unreadable(draft)
    if reason:
        update.changes.append(Change("kept", "", "", contract.FIGURES, None, None, UNREADABLE.format(reason)))
    day = _price_date(draft, update, library.catalog)
    rows_beside = _RowsBeside(draft, library.catalog)
    wanted: dict[Address, tuple[float, FigureRow]] = {}
    for row in rows:
        update.homes.update(row.cells.values(), row.homes.values())
        shown = {name: held.get(row.cells[name]) for name in NUMBERS}
        figure = row.figure(library.catalog, day)
        if figure is None:
            update.kept += 1
            update.changes.append(_line("kept", row, "value", shown["value"], None, MISSING))
            continue
        new = ends(figure)
        differs = [name for name in NUMBERS if not same_number(shown[name], new[name])]
        moved = row.in_another_currency and row.currency != figure.currency
        if (differs or moved) and not force and _corrected(draft, row, shown):
            update.kept += 1
            for name in _told(differs, shown, new) or ["value"]:
                update.changes.append(_line("kept", row, name, shown[name], new[name], CORRECTED))
        elif differs or not _own(draft, row):
            wanted |= {row.homes[name]: (new[name], row) for name in differs}
            retold = _describe(draft, row, figure, rows_beside)
            note = f"{figure.source}, as of {figure.as_of}"
            for name in _told(differs, shown, new) or (["value"] if retold else []):
                update.changes.append(_line("figure", row, name, shown[name], new[name], note))
            if differs and _on_another_sheet(row) and not rows_beside.of(row, figure):
                update.changes.append(_line("kept", row, "value", shown["value"], new["value"], UNDESCRIBED))
            if differs or retold:
                update.renewed.append(figure)
        _say_again(draft, row, figure)
    _write_numbers(draft, wanted, library, now)
    return update


def _price_date(draft: Draft, update: FigureUpdate, catalog: Catalog) -> str:
    """Return the day that the request set; where it set none, write the catalog's, which is followed."""
    day, cells = own_price_date(draft), price_date_cells(draft)
    update.homes.update(cells)
    if update.found and cells and not day:
        draft.put(cells[0], catalog.release_date)
    return day


def _corrected(draft: Draft, row: FigureRow, shown: Mapping[str, CellValue]) -> bool:
    """Tell whether a figure is not what the catalog said when the file was made."""
    if row.in_another_currency:
        return True
    for name in NUMBERS:
        said = row.cells.get(f"catalog_{name}")
        if said is not None and not same_number(shown[name], draft.content(said)):
            return True
    return False


def _own(draft: Draft, row: FigureRow) -> bool:
    """Tell whether a person added the row: no catalog said anything of it."""
    return draft.content(row.cells["catalog_value"]) is None


def _told(differs: list[str], shown: Mapping[str, CellValue], new: Mapping[str, float]) -> list[str]:
    """Return the ends to report: the value alone where there is no range before and after."""
    point = len(set(new.values())) == 1 and len({str(value) for value in shown.values()}) == 1
    return ["value"] if differs and point else differs


def _line(what: What, row: FigureRow, name: str, old: CellValue, new: float | None, note: str) -> Change:
    home = row.homes[name]
    label = f"{row.item} {row.field}" + ("" if name == "value" else f" {name}")
    return Change(what, home.sheet, home.name, label, old, new, note)


def _say_again(draft: Draft, row: FigureRow, figure: Figure) -> None:
    """Write what the catalog says now beside the figure; a person's own row keeps nothing there."""
    if _own(draft, row):
        return
    for name, number in ends(figure).items():
        cell = row.cells.get(f"catalog_{name}")
        if cell is not None and not same_number(draft.content(cell), number):
            draft.put(cell, number)
    if "catalog_currency" in row.cells:
        draft.put(row.cells["catalog_currency"], figure.currency)


@dataclass(frozen=True, slots=True)
class _Description:
    """A cell that describes a figure.

    Args:
        name: the figure's attribute.
        cell: where it stands.
        lang: the language of its text; empty where it holds the catalog's own word.
    """

    name: str
    cell: Address
    lang: str


def _describe(draft: Draft, row: FigureRow, figure: Figure, rows_beside: _RowsBeside) -> bool:
    """Write where the figure comes from; tell whether its source or date is new."""
    catalog = rows_beside.catalog
    columns = {column.key: column for column in catalog.tables[figure.table].columns}
    notes = {each.note for each in catalog.figures[figure.item, figure.field]}
    notes |= {cell_text(catalog.names, columns["note"], note, lang) for note in notes for lang in LANGUAGES}
    retold = False
    for place in _description_cells(draft, row, figure, rows_beside):
        content, said = draft.content(place.cell), str(getattr(figure, place.name))
        texts = {lang: cell_text(catalog.names, columns[place.name], said, lang) for lang in LANGUAGES}
        if isinstance(content, Formula) or (content or "") in {said, *texts.values()}:
            continue
        if place.name == "note" and (content or "") not in notes:
            continue  # a person's own remark
        retold |= place.name in {"as_of", "source"}
        draft.put(place.cell, texts.get(place.lang, said))
    return retold


def _description_cells(
    draft: Draft, row: FigureRow, figure: Figure, rows_beside: _RowsBeside
) -> list[_Description]:
    """Return the cells that describe a figure, on the sheet Figures and on the catalog sheet."""
    found = [
        _Description(name, row.homes[name], "")
        for name in LINKED
        if name in row.homes and name not in NUMBERS
    ]
    found += [
        _Description(name, row.cells[name], language(draft) if name == "unit" else "")
        for name in _DESCRIPTION
        if name in row.cells
    ]
    if _on_another_sheet(row):
        places = rows_beside.of(row, figure)
        labels = {
            item_label(rows_beside.catalog.names, figure.item, figure.field, lang) for lang in LANGUAGES
        }
        if "item" in places and draft.text(places["item"].cell) in {row.item, *labels}:
            found += [place for name, place in places.items() if name in _DESCRIPTION]
    return found


def _on_another_sheet(row: FigureRow) -> bool:
    """Tell whether the sheet Figures links to the figure, as it does to those of the catalog sheets."""
    return row.homes["value"].sheet != row.cells["value"].sheet


class _RowsBeside:
    """The rows of the catalog sheets, by the keys that their headings tell.

    Args:
        draft: the workbook.
        catalog: the new facts.
    """

    def __init__(self, draft: Draft, catalog: Catalog) -> None:
        """Keep both; a table's headings are read once."""
        self._draft, self.catalog = draft, catalog
        self._known: dict[str, dict[str, tuple[Column, str]]] = {}
        self._columns: dict[tuple[str, str, int], dict[str, tuple[int, str]]] = {}

    def of(self, row: FigureRow, figure: Figure) -> dict[str, _Description]:
        """Return the cells in the row of a figure on its catalog sheet; none where no heading above tells its value."""
        home = row.homes["value"]
        if figure.table not in self._known:
            table = self.catalog.tables[figure.table]
            self._known[figure.table] = columns_by_heading(self.catalog.names, table)
        known = self._known[figure.table]
        for line in range(home.row - 1, 0, -1):
            heading = known.get(self._draft.text(home._replace(row=line)))
            if heading is not None and heading[0].key == "value":
                return {
                    key: _Description(key, home._replace(column=column), lang)
                    for key, (column, lang) in self._headings(home.sheet, line, figure.table).items()
                }
        return {}

    def _headings(self, sheet: str, line: int, table: str) -> dict[str, tuple[int, str]]:
        """Return the columns of a line of headings by key, with the language of each."""
        place, known = (table, sheet, line), self._known[table]
        if place not in self._columns:
            self._columns[place] = {
                known[content.strip()][0].key: (column, known[content.strip()][1])
                for (at, column), content in self._draft.contents.sheets[sheet].items()
                if at == line and isinstance(content, str) and content.strip() in known
            }
        return self._columns[place]


def _write_numbers(
    draft: Draft, wanted: Mapping[Address, tuple[float, FigureRow]], library: Library, now: datetime | None
) -> None:
    """Write the numbers; a formula that gives its number from the others, such as a midpoint, stays."""
    formulas = [address for address in wanted if isinstance(draft.content(address), Formula)]
    for address, (number, _) in wanted.items():
        if address not in formulas:
            draft.put(address, number)
    while formulas:
        given = values_of(draft, formulas, library, now)
        wrong = [address for address in formulas if not same_number(given.get(address), wanted[address][0])]
        for address in wrong:
            number, row = wanted[address]
            typed = [
                home
                for home in (row.homes[name] for name in NUMBERS)
                if isinstance(draft.content(home), float)
            ]
            draft.put(address, number, like=typed[0] if typed else None)
        formulas = [address for address in formulas if address not in wrong] if wrong else []
