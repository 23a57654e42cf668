"""The figures of a quote: where each stands, what a person made of it, what the catalog says of it now."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbook.canvas.labels import FIGURE_HEADINGS
from workbook.renew.dependencies import Dependencies
from xlmodel.catalog.tables import item_key
from xlmodel.engine import compute
from xlmodel.errors import NotAvailableError, WorkbookError
from xlmodel.grid import Address, Area, CellValue, ErrorCode, Formula, area_of, split_sheet

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from workbook.renew.draft import Draft
    from xlmodel.catalog import Catalog, Figure
    from xlmodel.functions import Library

LIST = "list_figures"
NUMBERS = ("value", "low", "high")
LINKED = (*NUMBERS, "as_of", "source")
_REQUIRED = frozenset({"item", "field", "catalog_value", *NUMBERS})
_KEYS = {label.casefold(): key for key, labels in FIGURE_HEADINGS.items() for label in labels}
# a sum and its parts may differ in the last digit between two programs
_SAME = 1e-12


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One row of the sheet Figures.

    Args:
        item: as the sheet says it.
        field: likewise.
        cells: the row's cells by header, such as `catalog_value` or `unit`, whatever language it is in.
        homes: the cells that the links of value, low, high, as_of and source lead to.
    """

    item: str
    field: str
    cells: Mapping[str, Address]
    homes: Mapping[str, Address]

    def figure(self, catalog: Catalog) -> Figure | None:
        """Return what a catalog says on its release date; None where it says nothing."""
        try:
            key = (self.item, self.field)
            return catalog.figure(*(key if key in catalog.figures else item_key(catalog, *key)))
        except NotAvailableError:
            return None


def same_number(one: object, two: object) -> bool:
    """Tell whether two values are the same number but for the last digits."""
    if not (_is_number(one) and _is_number(two)):
        return False
    return math.isclose(float(one), float(two), rel_tol=_SAME)  # type: ignore[arg-type]  # numbers, as asked


def ends(figure: Figure) -> dict[str, float]:
    """Return value, low and high of a figure."""
    return {"value": figure.value, "low": figure.low, "high": figure.high}


def figure_rows(draft: Draft) -> list[FigureRow]:
    """Return the figures that a quote's functions read; none where the workbook is no quote of ours.

    Raises:
        WorkbookError: the range of the figures was deleted.
    """
    area = _list_area(draft)
    if area is None:
        return []
    headers = {
        _header(content): column
        for (row, column), content in draft.contents.sheets[area.sheet].items()
        if row == area.top and isinstance(content, str)
    }
    if not headers.keys() >= _REQUIRED:
        return []
    found = []
    for row in range(area.top + 1, area.bottom + 1):
        cells = {name: Address(area.sheet, row, column) for name, column in headers.items()}
        item, field = draft.text(cells["item"]), draft.text(cells["field"])
        if item and field:
            homes = {name: _home(draft, cells[name]) for name in LINKED if name in cells}
            found.append(FigureRow(item, field, cells, homes))
    return found


def held_values(
    draft: Draft, rows: Iterable[FigureRow], library: Library, now: datetime | None
) -> dict[Address, CellValue]:
    """Return the numbers that the links show: the constants they lead to, else computed, since stored ones may be old."""
    found: dict[Address, CellValue] = {}
    computed: list[Address] = []
    for row in rows:
        for name in NUMBERS:
            cell, content = row.cells[name], draft.content(row.homes[name])
            if isinstance(content, float | str | ErrorCode):
                found[cell] = content
            else:
                computed.append(cell)
    return found | (values_of(draft, computed, library, now) if computed else {})


def values_of(
    draft: Draft, cells: list[Address], library: Library, now: datetime | None
) -> dict[Address, CellValue]:
    """Return the values of some cells, the rest of the workbook left out; not of those that cannot be computed."""
    contents = draft.contents
    part = Dependencies(contents, library).part_for(cells)
    computed = compute(
        part, library, contents.names, contents.tables, now=now, date_system=contents.date_system
    )
    found: dict[Address, CellValue] = {}
    for address in cells:
        content = draft.content(address)
        if address in computed.values:
            found[address] = computed.values[address]
        elif isinstance(content, float | str | bool | ErrorCode):
            found[address] = content
    return found


def _header(text: str) -> str:
    name = text.strip().casefold()
    return _KEYS.get(name, name)


def _list_area(draft: Draft) -> Area | None:
    names = {name.casefold(): text for name, text in draft.contents.names.items()}
    text = names.get(LIST)
    if text is None:
        return None
    if "#REF!" in text:
        raise WorkbookError(
            f"{draft.package.name}: the range {LIST} was deleted; restore the sheet of the figures"
        )
    return _area(draft, text, "")


def _area(draft: Draft, text: str, owner: str) -> Area | None:
    """Read a bare reference, with the sheet as the workbook spells it; None where it is something else."""
    sheet, reference = split_sheet(text.strip().removeprefix("="))
    spelled = {name.casefold(): name for name in draft.contents.sheets}
    known = spelled.get((owner if sheet is None else sheet).casefold())
    return None if known is None else area_of(reference, known)


def _home(draft: Draft, link: Address) -> Address:
    """Return the cell that a link leads to; a cell that is no link is its own home."""
    content = draft.content(link)
    area = _area(draft, content.body, link.sheet) if isinstance(content, Formula) else None
    if area is None or (area.top, area.left) != (area.bottom, area.right):
        return link
    return Address(area.sheet, area.top, area.left)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
