"""A workbook's own figures: a range of rows, each with its currency, unit, tax and provider where they are said."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from xlmodel.catalog.lookup import OF_PROVIDER, base_item, normalise
from xlmodel.catalog.tables import Catalog, GivenFigure
from xlmodel.errors import BadValueError, CellError, NotAvailableError
from xlmodel.functions.coerce import Cells, blank_to_none

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_REQUIRED = ("item", "field", "value")
_HEADERS = {
    "item": "item",
    "项目": "item",
    "field": "field",
    "指标": "field",
    "value": "value",
    "值": "value",
    "low": "low",
    "低": "low",
    "high": "high",
    "高": "high",
    "currency": "currency",
    "币种": "currency",
    "unit": "unit",
    "单位": "unit",
    "tax": "tax",
    "税": "tax",
    "provider": "provider",
    "供应商": "provider",
}


def figures(catalog: Catalog, rows: str | Cells) -> dict[tuple[str, str], GivenFigure]:
    """Read a range headed item, field, value (and low, high, currency, unit, tax, provider) as figures.

    An item that the catalog lacks is taken as it is written. A cell that is no number, and a currency or unit that
    is not known, is an error of the figure, raised when the figure is used.

    Args:
        catalog: where names and units are looked up.
        rows: the header and the rows.

    Returns:
        The figures by canonical item and field, in the field's unit.

    Raises:
        BadValueError: no range, a missing header, or a figure given twice.
        NotAvailableError: an unknown field.
    """
    if isinstance(rows, str):
        raise BadValueError(
            f"figures: a range headed item, field, value is expected, found the text '{rows}'"
        )
    header = [_HEADERS.get(normalise(cell), "") if isinstance(cell, str) else "" for cell in rows[0]]
    missing = [name for name in _REQUIRED if name not in header]
    if missing:
        raise BadValueError(f"figures: the header row lacks {', '.join(missing)}")
    place = {name: header.index(name) for name in dict.fromkeys(header) if name}
    found: dict[tuple[str, str], GivenFigure] = {}
    new_items: dict[tuple[str, str], str] = {}
    for row in rows[1:]:
        cells = {name: row[column] for name, column in place.items()}
        for name in ("item", "field", "provider"):
            if isinstance(cells.get(name), CellError):
                raise cells[name]  # type: ignore[misc]  # a CellError, as asked
        if blank_to_none(cells["item"]) is None and blank_to_none(cells["field"]) is None:
            continue
        key = _figure_key(catalog, new_items, cells)
        if key in found:
            raise BadValueError(f"figures: {key[0]} {key[1]} is given twice")
        found[key] = _given(catalog, key, cells)
    return found


def _figure_key(
    catalog: Catalog, new_items: dict[tuple[str, str], str], cells: Mapping[str, object]
) -> tuple[str, str]:
    item, field = str(cells["item"] or "").strip(), str(cells["field"] or "").strip()
    if not item or not field:
        raise BadValueError(f"figures: a row lacks its item or field ('{item}', '{field}')")
    names = catalog.names
    canonical = names.find("field", field)
    kind = names.kind_of_field[canonical]
    # a new item is spelled as in its first row
    known = names.get(kind, item) or new_items.setdefault((kind, normalise(item)), item)
    provider = str(blank_to_none(cells.get("provider")) or "").strip()
    if not provider:
        return known, canonical
    named = f"{base_item(known)}{OF_PROVIDER}{names.get('provider', provider) or provider}"
    listed = names.get(kind, named)
    if listed is None and (kind, known) not in names.providers:
        return known, canonical  # an item of the workbook's own has one provider: the one that is named
    return listed or new_items.setdefault((kind, normalise(named)), named), canonical


def _given(catalog: Catalog, key: tuple[str, str], cells: Mapping[str, object]) -> GivenFigure:
    where = f"figures: {key[0]} {key[1]}"
    try:
        ends = [_number(where, cells.get(name)) for name in ("low", "value", "high")]
        currency, factor = _money(catalog, where, key[1], cells)
        tax = _word(catalog, where, "tax", cells.get("tax"))
        given = _ends(where, ends)
    except CellError as error:
        return GivenFigure(0, 0, 0, error=error)
    if factor != 1:
        given = GivenFigure(given.low * factor, given.value * factor, given.high * factor)
    return replace(given, currency=currency, tax=tax)


def _number(where: str, cell: object) -> float | None:
    if isinstance(cell, CellError):
        raise cell
    if blank_to_none(cell) is None:
        return None
    if isinstance(cell, (int, float)) and math.isfinite(cell):
        return float(cell)
    raise BadValueError(f"{where}: '{cell}' is no number")


def _ends(where: str, ends: Sequence[float | None]) -> GivenFigure:
    low, value, high = ends
    if value is None:
        if low is None or high is None:
            raise NotAvailableError(f"{where} has no value; type one, or low and high")
        value = (low + high) / 2
    return GivenFigure(value if low is None else low, value, value if high is None else high)


def _money(catalog: Catalog, where: str, field: str, cells: Mapping[str, object]) -> tuple[str, float]:
    """Return the currency, empty where none is said, and the factor that leads to the field's unit."""
    currency = _word(catalog, where, "currency", cells.get("currency"))
    text = _word(catalog, where, "unit", cells.get("unit"))
    if not text:
        return currency, 1.0
    rule = catalog.fields[field]
    unit = catalog.units.get(text)
    factor = None if unit is None else unit.factor_for(rule)
    if unit is None or factor is None:
        raise BadValueError(f"{where}: the unit {text} is none of {field}; write an amount in {rule.unit}")
    if currency and currency != unit.currency:
        raise BadValueError(
            f"{where}: the currency {currency} stands beside the unit {unit.key}; write one of them"
        )
    return unit.currency, factor


def _word(catalog: Catalog, where: str, kind: str, cell: object) -> str:
    """Return a currency, unit or tax by its canonical name; empty where the cell is blank."""
    if isinstance(cell, CellError):
        raise cell
    if blank_to_none(cell) is None:
        return ""
    found = catalog.names.get(kind, str(cell))
    if found is None:
        known = ", ".join(catalog.units if kind == "unit" else catalog.names.items(kind))
        raise BadValueError(f"{where}: unknown {kind} '{str(cell).strip()}'; write one of {known}")
    return found
