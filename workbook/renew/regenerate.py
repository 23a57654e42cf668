"""An existing workbook with new numbers: figures from a catalog, what rests on them computed again, the rest as it was."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workbook import contract
from workbook.package import Package, update_chart_caches
from workbook.package.calculation import keep_values
from workbook.package.cell_text import parse_address, same_value
from workbook.package.garbage import uncollected
from workbook.package.properties import get_property, seal
from workbook.renew.capacity_update import update_capacity
from workbook.renew.cell_labels import CellLabels
from workbook.renew.change_report import Change
from workbook.renew.decision_update import update_decision
from workbook.renew.draft import Draft
from workbook.renew.figure_links import same_number
from workbook.renew.figure_update import update_figures
from workbook.renew.history import mark
from workbook.renew.oracle import stored_value
from workbook.renew.places import named_area
from workbook.renew.record_update import update_records
from workbook.renew.renewal import Renewer, Trust
from workbook.renew.summary import CHECKS, Summary, summary_of
from xlmodel.errors import WorkbookError
from xlmodel.functions import Library
from xlmodel.grid import Address, CellValue, ErrorCode

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from workbook.package import CellChange, CellContent
    from workbook.renew.renewal import Renewal
    from xlmodel.catalog import Catalog
    from xlmodel.engine import Computed

    Shown = Mapping[str, Mapping[tuple[int, int], CellContent]]

TURNED = "checks that passed before fail now"
UNCHECKED = "not checked against Excel: the file carries no value"
STALE = "keeps its old value"
# what Excel writes for File, Info, Mark as Final
_MARK_AS_FINAL = "_MarkAsFinal"
FROZEN = Change(
    "kept",
    "",
    "",
    "workbook",
    None,
    None,
    "marked as final in Excel: not renewed until the mark is taken off",
)


@dataclass(frozen=True, slots=True)
class Regenerated:
    """A workbook with new numbers.

    Args:
        data: the file; the very bytes that were read where nothing changed.
        changed: whether anything did.
        changes: the report.
        stale: the formulas that keep an old value although they rest on a change; with `partial` alone.
        unchecked: the number of formulas computed without a stored value to hold the engine against.
        summary: total, answer and checks of a quote, before and after.
    """

    data: bytes
    changed: bool
    changes: tuple[Change, ...]
    stale: tuple[Address, ...] = ()
    unchecked: int = 0
    summary: Summary = field(default_factory=Summary)

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
    partial: bool = False,
    second_engine: bool = False,
    now: datetime | None = None,
) -> Regenerated:
    """Compute a workbook again with a catalog's figures; only what rests on a change is touched.

    One that is marked as final in Excel stays as it is.

    Args:
        source: the file, or its bytes.
        catalog: the facts, or the functions on them where several workbooks share one.
        force: replace figures that a person corrected, and take a catalog older than the workbook's.
        partial: keep the formulas whose new values cannot be told, and all that rests on them.
        second_engine: let LibreOffice compute them where it gives their old values.
        now: what TODAY and NOW give, with its time zone; None: the clock.

    Raises:
        WorkbookError: no readable workbook, a catalog older than its own without `force`, a call of ours that cannot be computed, or (without `partial`) a formula
            that rests on a change and cannot be computed, or on which the engine disagrees with what the file stores.
    """
    library = catalog if isinstance(catalog, Library) else Library(catalog)
    package = Package.read(source)
    if package.signed:
        raise WorkbookError(
            f"{package.name}: carries a digital signature, which new numbers would break; remove it in Excel "
            "(File, Info), regenerate, and sign again"
        )
    if get_property(package, _MARK_AS_FINAL).strip().casefold() in {"true", "1"}:
        return Regenerated(package.to_bytes(), changed=False, changes=(FROZEN,))
    trust = Trust.of(package)
    draft = Draft(package)
    made_with = get_property(package, contract.CATALOG_DATE_PROPERTY)
    if library.catalog.release_date < made_with and not force:
        raise WorkbookError(
            f"{package.name}: made with the catalog of {made_with}, and this one is of {library.catalog.release_date}; "
            "give a newer catalog, or --force for the older one"
        )
    update = update_figures(draft, library, force=force, now=now)
    if update.found:
        records = update_records(draft, library.catalog)
        update.changes += records
        update.records = sum(change.what == "figure" for change in records)
    update.changes += mark(draft, update, library.catalog)

    def renew() -> Renewal:
        return Renewer(draft, library, now, trust, partial=partial, second=second_engine).renew()

    renewal = renew()
    values = _all_values(draft, renewal.computed)
    again = [*update_capacity(draft, values, library.catalog), *update_decision(draft, values, library)]
    if again:
        update.changes += again
        renewal = renew()
    computed = renewal.computed
    patched = draft.write(_new_values(computed, draft.before))
    written = (*patched.constants, *patched.values)
    labels = CellLabels(draft.before)
    area = named_area(draft, CHECKS)
    checks = None if area is None else Address(area.sheet, area.top, area.left)
    results = [
        Change(
            "result",
            each.sheet,
            each.address,
            labels.of(address),
            each.old,
            each.new,
            computed.messages.get(address, TURNED if address == checks and not each.old else "")
            or (UNCHECKED if address in renewal.unchecked else ""),
        )
        for each in patched.values
        for address in [_address(each)]
        if address not in update.homes
    ]
    kept = _kept(renewal, draft.before, labels)
    _refresh_charts(package, draft.before, written)
    if renewal.calls and not renewal.kept:
        keep_values(package)
    if package.changed_parts and not renewal.kept and trust is not Trust.ORACLE:
        seal(package)
    return Regenerated(
        package.to_bytes(),
        bool(package.changed_parts),
        (*update.changes, *results, *kept),
        tuple(renewal.kept),
        len(renewal.unchecked),
        summary_of(draft, {_address(each): each.new for each in written}),
    )


def _address(change: CellChange) -> Address:
    return Address(change.sheet, *parse_address(change.address))


def _new_values(computed: Computed, before: Shown) -> dict[str, dict[str, CellValue]]:
    """Give the computed values in which the file is not right already."""
    found: dict[str, dict[str, CellValue]] = {}
    for address, value in computed.values.items():
        held, new = before[address.sheet].get(address[1:]), stored_value(value)
        if held is None or not (same_value(held.value, new) or same_number(held.value, new)):
            found.setdefault(address.sheet, {})[address.name] = new
    return found


def _all_values(draft: Draft, computed: Computed) -> Mapping[Address, CellValue]:
    """Give the value of each formula cell: the new one, else what the file stores."""
    stored = {
        Address(sheet, *place): cell.value
        for sheet, cells in draft.before.items()
        for place, cell in cells.items()
        if cell.formula is not None
    }
    return {**stored, **computed.values}


def _kept(renewal: Renewal, before: Shown, labels: CellLabels) -> list[Change]:
    notes = {
        address: f"not computed, rests on nothing that changed: {reason}"
        for address, reason in renewal.computed.uncomputed.items()
    }
    notes.update({address: f"{STALE}: {reason}" for address, reason in renewal.kept.items()})
    found = []
    for address, note in sorted(notes.items()):
        held = before[address.sheet].get(address[1:])
        value = None if held is None else held.value
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

    places: dict[str, set[tuple[int, int]]] = {}
    for address in new:
        places.setdefault(address.sheet, set()).add(address[1:])
    update_chart_caches(package, value_of, places)
