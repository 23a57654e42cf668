"""An existing workbook with new numbers: figures from a catalog, every formula computed again, the rest as it was."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbook.package import ErrorValue, Package, read_cells, set_values, update_chart_caches
from workbook.package.calculation import keep_values
from workbook.package.cell_text import ERROR_CODES, format_address, parse_address, same_value
from workbook.renew.change_report import Change
from workbook.renew.dependencies import Dependencies
from workbook.renew.draft import Draft, cell_name
from workbook.renew.figure_links import same_number
from workbook.renew.figure_update import update_figures
from workbook.renew.history import mark
from workbook.renew.record_update import update_records
from xlmodel.engine import Address, CellValue, ErrorCode, Formula, compute
from xlmodel.errors import WorkbookError
from xlmodel.functions import Library

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping
    from datetime import datetime

    from workbook.package import CellContent
    from workbook.package import CellValue as StoredValue
    from xlmodel.catalog import Catalog
    from xlmodel.engine import Computed

    Shown = Mapping[str, dict[str, CellContent]]

_NAMED = 5


@dataclass(frozen=True, slots=True)
class Regenerated:
    """A workbook with new numbers.

    Args:
        data: the file; the very bytes that were read where nothing changed.
        changed: whether anything did.
        changes: the report.
    """

    data: bytes
    changed: bool
    changes: tuple[Change, ...]

    def count(self, what: str) -> int:
        """Return the number of lines of one kind: figure, result or kept."""
        return sum(change.what == what for change in self.changes)

    @property
    def failed(self) -> tuple[Change, ...]:
        """The formulas that gave a value before and give an error now."""
        return tuple(
            change
            for change in self.changes
            if change.what == "result"
            and isinstance(change.new, ErrorValue)
            and not isinstance(change.old, ErrorValue)
        )


def regenerate(
    source: str | os.PathLike[str] | bytes,
    catalog: Catalog | Library,
    *,
    force: bool = False,
    now: datetime | None = None,
) -> Regenerated:
    """Compute a workbook again with a catalog's figures; only the cells that change are patched.

    Args:
        source: the file, or its bytes.
        catalog: the facts, or the functions on them where several workbooks share one.
        force: replace figures that a person corrected.
        now: what TODAY and NOW give, with its time zone; None: the clock.

    Raises:
        WorkbookError: no readable workbook, or a formula that cannot be computed rests on what changed.
    """
    library = catalog if isinstance(catalog, Library) else Library(catalog)
    package = Package.read(source)
    draft = Draft(package)
    before = {sheet: read_cells(package, sheet) for sheet in draft.contents.sheets}
    update = update_figures(draft, library, force=force, now=now)
    if update.found:
        records = update_records(draft, library.catalog)
        update.changes += records
        update.records = sum(change.what == "figure" for change in records)
    update.changes += mark(draft, update, library.catalog)
    moved = draft.write()
    contents = draft.contents
    computed = compute(
        contents.sheets, library, contents.names, contents.tables, now=now, date_system=contents.date_system
    )
    changes = set_values(package, _new_values(computed, before))
    moved |= {Address(change.sheet, *parse_address(change.address)) for change in changes}
    _refuse_stale(draft, computed, moved, library)
    labels = _Labels(before)
    results = [
        Change(
            "result",
            each.sheet,
            each.address,
            labels.of(address),
            each.old,
            each.new,
            computed.messages.get(address, ""),
        )
        for each in changes
        for address in [Address(each.sheet, *parse_address(each.address))]
        if address not in update.homes
    ]
    kept = _uncomputed(computed, before, labels)
    _refresh_charts(package)
    if _calls(draft, library):
        keep_values(package)
    return Regenerated(package.to_bytes(), bool(package.changed_parts), (*update.changes, *results, *kept))


def _new_values(computed: Computed, before: Shown) -> dict[str, dict[str, StoredValue]]:
    """Give the computed values in which the file is not right already."""
    found: dict[str, dict[str, StoredValue]] = {}
    for address, value in computed.values.items():
        place = cell_name(address)
        held, new = before[address.sheet].get(place), _stored(value)
        if held is None or not (same_value(held.value, new) or same_number(held.value, new)):
            found.setdefault(address.sheet, {})[place] = new
    return found


def _stored(value: CellValue) -> StoredValue:
    """Give a value as a cell stores it; newer errors stand beside their cell, which holds #VALUE!."""
    if isinstance(value, ErrorCode):
        return ErrorValue(value.value if value.value in ERROR_CODES else ErrorCode.VALUE.value)
    return value


def _refuse_stale(draft: Draft, computed: Computed, moved: set[Address], library: Library) -> None:
    """Refuse a workbook in which a stored value would be passed off as fresh."""
    if not (computed.uncomputed and moved):
        return
    stale = Dependencies(draft.contents, library).stale(computed.uncomputed, moved)
    if stale:
        cells = "; ".join(f"{address} ({computed.uncomputed[address]})" for address in stale[:_NAMED])
        more = f" and {len(stale) - _NAMED} more" if len(stale) > _NAMED else ""
        raise WorkbookError(
            f"{draft.package.name}: not changed, since formulas that rest on new values cannot be computed here: "
            f"{cells}{more}; replace them by formulas that can, or by their values"
        )


def _uncomputed(computed: Computed, before: Shown, labels: _Labels) -> list[Change]:
    found = []
    for address, reason in sorted(computed.uncomputed.items()):
        held = before[address.sheet].get(cell_name(address))
        value = None if held is None else held.value
        note = f"not computed, rests on nothing that changed: {reason}"
        found.append(Change("kept", address.sheet, cell_name(address), labels.of(address), value, None, note))
    return found


def _refresh_charts(package: Package) -> None:
    """Bring the charts' points up to date with the patched cells."""
    known: dict[str, dict[str, CellContent]] = {}

    def value_of(sheet: str, row: int, column: int) -> StoredValue:
        if sheet not in known:
            known[sheet] = read_cells(package, sheet)
        cell = known[sheet].get(format_address(row, column))
        return None if cell is None else cell.value

    update_chart_caches(package, value_of)


def _calls(draft: Draft, library: Library) -> bool:
    """Tell whether a formula calls one of our functions."""
    ours = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, library.functions))})\(", re.IGNORECASE)
    return any(
        isinstance(content, Formula) and ours.search(content.text)
        for cells in draft.contents.sheets.values()
        for content in cells.values()
    )


class _Labels:
    """What a person would call a cell: the first text of its row, and the nearest typed text above it."""

    def __init__(self, sheets: Shown) -> None:
        self._rows: dict[tuple[str, int], tuple[int, str]] = {}
        self._columns: dict[tuple[str, int], list[tuple[int, str]]] = {}
        for sheet, cells in sheets.items():
            for place, cell in cells.items():
                if isinstance(cell.value, str) and cell.value.strip():
                    row, column = parse_address(place)
                    text = " ".join(cell.value.split())
                    first = self._rows.setdefault((sheet, row), (column, text))
                    self._rows[sheet, row] = min(first, (column, text))
                    if cell.formula is None:
                        self._columns.setdefault((sheet, column), []).append((row, text))

    def of(self, address: Address) -> str:
        """Return both labels, where there are any."""
        column, left = self._rows.get((address.sheet, address.row), (address.column, ""))
        texts = self._columns.get((address.sheet, address.column), [])
        above = max((each for each in texts if each[0] < address.row), default=(0, ""))[1]
        return " · ".join(text for text in (left if column < address.column else "", above) if text)
