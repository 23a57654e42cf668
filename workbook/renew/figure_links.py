"""The figures of a quote: where each stands, what a person made of it, what the catalog says of it now."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbook import contract
from workbook.renew.dependencies import Dependencies
from workbook.renew.places import bare_area, name_text, named_area
from xlmodel.catalog.tables import HOME_CURRENCY, item_key
from xlmodel.engine import compute
from xlmodel.errors import NotAvailableError, WorkbookError
from xlmodel.grid import Address, Area, CellValue, ErrorCode, Formula

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from workbook.renew.draft import Draft
    from xlmodel.catalog import Catalog, Figure
    from xlmodel.functions import Library

NUMBERS = ("value", "low", "high")
LINKED = (*NUMBERS, "as_of", "source", "currency")
_REQUIRED = frozenset({"item", "field", "catalog_value", *NUMBERS})
_KEYS = {words[0].casefold(): key for key, mark in contract.FIGURE_COLUMNS.items() for words in mark.known()}
# a sum and its parts may differ in the last digit between two programs
_SAME = 1e-12


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One row of the sheet Figures.

    Args:
        item: as the sheet says it.
        field: likewise.
        cells: the row's cells by header, such as `catalog_value` or `unit`, whatever language it is in.
        homes: the cells that the links of value, low, high, as_of, source and currency lead to.
        currency: as the sheet says it; empty where it says none.
        said_currency: that of the catalog when the file was made; empty where the sheet does not tell.
    """

    item: str
    field: str
    cells: Mapping[str, Address]
    homes: Mapping[str, Address]
    currency: str
    said_currency: str

    def figure(self, catalog: Catalog, price_date: str = "") -> Figure | None:
        """Return what a catalog says, of the list that the row is of; None where it says nothing.

        Args:
            catalog: the facts.
            price_date: the day; empty means the catalog's release date.
        """
        known = catalog.names.get("currency", self.said_currency or self.currency)
        try:
            key = (self.item, self.field)
            key = key if key in catalog.figures else item_key(catalog, *key)
            return catalog.figure(*key, price_date, known or HOME_CURRENCY)
        except NotAvailableError:
            return None

    @property
    def in_another_currency(self) -> bool:
        """Tell whether a person changed the currency."""
        return bool(self.said_currency) and self.currency != self.said_currency


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
    if area is None or unreadable(draft):
        return []
    headers = _headers(draft, area)
    found = []
    for row in range(area.top + 1, area.bottom + 1):
        cells = {name: Address(area.sheet, row, column) for name, column in headers.items()}
        item, field = draft.text(cells["item"]), draft.text(cells["field"])
        if item and field:
            homes = {name: _home(draft, cells[name]) for name in LINKED if name in cells}
            currency, said = (
                draft.text(place[name]) if name in place else ""
                for place, name in ((homes, "currency"), (cells, "catalog_currency"))
            )
            found.append(FigureRow(item, field, cells, homes, currency, said))
    return found


def unreadable(draft: Draft) -> str:
    """Return why a workbook's figures cannot be renewed; empty where they can, and where it has none.

    Raises:
        WorkbookError: the range of the figures was deleted.
    """
    area = _list_area(draft)
    if area is None:
        text = name_text(draft, contract.FIGURES)
        return "" if text is None else f"{text} is no plain range of a sheet here"
    lacking = sorted(_REQUIRED - _headers(draft, area).keys())
    return f"no column {', '.join(lacking)}" if lacking else ""


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
    graph = Dependencies(contents, library)
    computed = compute(
        graph.part_for(cells), library, now=now, date_system=contents.date_system, rewriter=graph.rewriter
    )
    found: dict[Address, CellValue] = {}
    for address in cells:
        content = draft.content(address)
        if address in computed.values:
            found[address] = computed.values[address]
        elif isinstance(content, float | str | bool | ErrorCode):
            found[address] = content
    return found


def _headers(draft: Draft, area: Area) -> dict[str, int]:
    """Return the columns of the sheet Figures by key, such as `catalog_value`; a heading of no key by itself."""
    found = {
        _key(content): column
        for (row, column), content in draft.contents.sheets[area.sheet].items()
        if row == area.top and isinstance(content, str)
    }
    for key, mark in contract.FIGURE_COLUMNS.items():
        column = named_area(draft, mark.name)
        if column is not None and column.sheet == area.sheet:
            found[key] = column.left
    return found


def _key(text: str) -> str:
    heading = text.strip().casefold()
    return _KEYS.get(heading, heading)


def _list_area(draft: Draft) -> Area | None:
    text = name_text(draft, contract.FIGURES)
    if text is None:
        return None
    if "#REF!" in text:
        raise WorkbookError(
            f"{draft.package.name}: the range {contract.FIGURES} was deleted; restore the sheet of the figures"
        )
    return bare_area(draft, text, "")


def _home(draft: Draft, link: Address) -> Address:
    """Return the cell that a link leads to; a cell that is no link is its own home."""
    content = draft.content(link)
    area = bare_area(draft, content.body, link.sheet) if isinstance(content, Formula) else None
    if area is None or (area.top, area.left) != (area.bottom, area.right):
        return link
    return Address(area.sheet, area.top, area.left)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
