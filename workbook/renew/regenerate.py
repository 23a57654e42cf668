"""An existing workbook with new numbers: figures from a catalog, every formula computed again, the rest as it was."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbook.package import Package, update_chart_caches
from workbook.package.calculation import keep_values
from workbook.package.cell_text import parse_address, same_value
from workbook.package.garbage import uncollected
from workbook.renew.capacity_update import update_capacity
from workbook.renew.change_report import Change
from workbook.renew.dependencies import Dependencies
from workbook.renew.draft import Draft
from workbook.renew.figure_links import same_number
from workbook.renew.figure_update import update_figures
from workbook.renew.history import mark
from workbook.renew.places import named_area
from workbook.renew.record_update import update_records
from xlmodel.engine import compute
from xlmodel.errors import WorkbookError
from xlmodel.functions import Library
from xlmodel.grid import STORED_ERRORS, Address, CellValue, ErrorCode, Formula

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from workbook.package import CellChange, CellContent
    from xlmodel.catalog import Catalog
    from xlmodel.engine import Computed

    Shown = Mapping[str, Mapping[tuple[int, int], CellContent]]

_NAMED = 5
_CHECKS = "chk_total"
TURNED = "checks that passed before fail now"


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
        """The formulas that gave a value before and give an error now, and the count of checks that turned."""
        return tuple(
            change
            for change in self.changes
            if change.what == "result"
            and (
                (isinstance(change.new, ErrorCode) and not isinstance(change.old, ErrorCode))
                or change.note == TURNED
            )
        )


@uncollected()
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
    update = update_figures(draft, library, force=force, now=now)
    if update.found:
        records = update_records(draft, library.catalog)
        update.changes += records
        update.records = sum(change.what == "figure" for change in records)
    update.changes += mark(draft, update, library.catalog)
    contents = draft.contents

    def computed_now() -> Computed:
        return compute(
            contents.sheets,
            library,
            contents.names,
            contents.tables,
            now=now,
            date_system=contents.date_system,
        )

    computed = computed_now()
    sized = update_capacity(draft, computed.values, library.catalog)
    if sized:
        update.changes += sized
        computed = computed_now()
    patched = draft.write(_new_values(computed, draft.before))
    written = (*patched.constants, *patched.values)
    _refuse_stale(draft, computed, {_address(change) for change in written}, library)
    labels = _Labels(draft.before)
    area = named_area(draft, _CHECKS)
    checks = None if area is None else Address(area.sheet, area.top, area.left)
    results = [
        Change(
            "result",
            each.sheet,
            each.address,
            labels.of(address),
            each.old,
            each.new,
            computed.messages.get(address, TURNED if address == checks and not each.old else ""),
        )
        for each in patched.values
        for address in [_address(each)]
        if address not in update.homes
    ]
    kept = _uncomputed(computed, draft.before, labels)
    _refresh_charts(package, draft.before, written)
    if _calls(draft, library):
        keep_values(package)
    return Regenerated(package.to_bytes(), bool(package.changed_parts), (*update.changes, *results, *kept))


def _address(change: CellChange) -> Address:
    return Address(change.sheet, *parse_address(change.address))


def _new_values(computed: Computed, before: Shown) -> dict[str, dict[str, CellValue]]:
    """Give the computed values in which the file is not right already."""
    found: dict[str, dict[str, CellValue]] = {}
    for address, value in computed.values.items():
        held, new = before[address.sheet].get(address[1:]), _stored(value)
        if held is None or not (same_value(held.value, new) or same_number(held.value, new)):
            found.setdefault(address.sheet, {})[address.name] = new
    return found


def _stored(value: CellValue) -> CellValue:
    """Give a value as a cell stores it; newer errors stand beside their cell, which holds #VALUE!."""
    return ErrorCode.VALUE if isinstance(value, ErrorCode) and value not in STORED_ERRORS else value


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
        held = before[address.sheet].get(address[1:])
        value = None if held is None else held.value
        note = f"not computed, rests on nothing that changed: {reason}"
        found.append(Change("kept", address.sheet, address.name, labels.of(address), value, None, note))
    return found


def _refresh_charts(package: Package, before: Shown, written: Iterable[CellChange]) -> None:
    """Bring the charts' points up to date with the patched cells."""
    new = {_address(change): change.new for change in written}

    def value_of(sheet: str, row: int, column: int) -> CellValue:
        address = Address(sheet, row, column)
        if address in new:
            return new[address]
        cell = before.get(sheet, {}).get((row, column))
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
        self._sheets = sheets
        self._read: set[str] = set()
        self._rows: dict[tuple[str, int], tuple[int, str]] = {}
        self._columns: dict[tuple[str, int], list[tuple[int, str]]] = {}

    def _gather(self, sheet: str) -> None:
        """Read the texts of a sheet, once."""
        if sheet in self._read:
            return
        self._read.add(sheet)
        for (row, column), cell in self._sheets[sheet].items():
            if isinstance(cell.value, str) and cell.value.strip():
                text = " ".join(cell.value.split())
                first = self._rows.setdefault((sheet, row), (column, text))
                self._rows[sheet, row] = min(first, (column, text))
                if cell.formula is None:
                    self._columns.setdefault((sheet, column), []).append((row, text))

    def of(self, address: Address) -> str:
        """Return both labels, where there are any."""
        self._gather(address.sheet)
        column, left = self._rows.get((address.sheet, address.row), (address.column, ""))
        texts = self._columns.get((address.sheet, address.column), [])
        above = max((each for each in texts if each[0] < address.row), default=(0, ""))[1]
        return " · ".join(text for text in (left if column < address.column else "", above) if text)
