"""The record of a quote's decision sheets computed again: advice, phased path, sensitivity and risk, for what is in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook import contract
from workbook.renew.change_report import Change
from workbook.renew.figure_links import same_number
from workbook.renew.places import language, named_area
from xlmodel.advice.answers import answers
from xlmodel.advice.record.asked import Asked, read_options
from xlmodel.advice.record.made import made
from xlmodel.errors import CellError
from xlmodel.grid import Address, Formula
from xlmodel.inputs.workload import Workload

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workbook.renew.draft import Draft
    from xlmodel.functions import Library
    from xlmodel.grid import Area, CellValue

_NAMES = (
    *contract.RECORD.values(), contract.RECORD_FOR, contract.RECORD_NOW, contract.RECORD_OPTIONS, contract.RECORD_STALE,
    contract.ASSUMPTION_RANGE, contract.FULL_VARIANT, contract.FIGURES,
)  # fmt: skip


class _Record:
    """The record of a workbook, with the values that its formulas give."""

    def __init__(self, draft: Draft, areas: Mapping[str, Area], values: Mapping[Address, CellValue]) -> None:
        self.draft, self.areas, self.values = draft, areas, values
        self.changes: list[Change] = []

    def rows(self, name: str) -> tuple[tuple[CellValue, ...], ...]:
        """Return what the cells of a name show."""
        area = self.areas[name]
        return tuple(
            tuple(self._at(Address(area.sheet, row, column)) for column in range(area.left, area.right + 1))
            for row in range(area.top, area.bottom + 1)
        )

    def put(self, name: str, rows: Sequence[Sequence[float | str | None]]) -> None:
        """Write the rows of a block, blank where they end; a number that is the same but for its last digits stays."""
        area = self.areas[name]
        for index in range(area.bottom - area.top + 1):
            for column in range(area.left, area.right + 1):
                value = rows[index][column - area.left] if index < len(rows) else None
                cell = Address(area.sheet, area.top + index, column)
                self._write(cell, area, None if value == "" else value)

    def _write(self, cell: Address, area: Area, value: float | str | None) -> None:
        old = self.draft.content(cell)
        same = isinstance(old, float) and isinstance(value, (int, float)) and same_number(old, float(value))
        if same or old == value:
            return
        self.draft.put(cell, value, like=cell._replace(row=area.top))
        self.changes.append(
            Change("result", cell.sheet, cell.name, "decision record", old, value, "computed again")  # type: ignore[arg-type]  # a record holds constants
        )

    def _at(self, cell: Address) -> CellValue:
        content = self.draft.content(cell)
        if cell in self.values or isinstance(content, Formula):
            return self.values.get(cell)
        return content  # type: ignore[return-value]  # no formula: a constant


def update_decision(draft: Draft, values: Mapping[Address, CellValue], library: Library) -> list[Change]:
    """Compute the record of a quote again; return what changed. A file without one keeps every cell.

    Nothing is computed where no cell has changed and the record is of what is in force.

    Args:
        draft: the workbook; changed.
        values: what its formulas give.
        library: the functions on the catalog.
    """
    areas = {name: area for name in _NAMES if (area := named_area(draft, name)) is not None}
    if len(areas) < len(_NAMES):
        return []
    record = _Record(draft, areas, values)
    now = [row[0] for row in record.rows(contract.RECORD_NOW)]
    ((stale,),) = record.rows(contract.RECORD_STALE)
    if not draft.changed and stale == 0:
        return []
    try:
        found = made(_asked(record, now, library))
    except CellError as error:
        area = areas[contract.RECORD_FOR]
        text = f"not computed again: {error}"
        return [Change("kept", area.sheet, "", "decision record", None, None, text)]
    record.put(contract.RECORD_FOR, [(each,) for each in now])  # type: ignore[misc]  # inputs are numbers and texts
    for block, rows in found.items():
        record.put(contract.RECORD[block], rows)
    return record.changes


def _asked(record: _Record, now: Sequence[CellValue], library: Library) -> Asked:
    """Return what the record is to be computed for.

    Raises:
        CellError: an input that no function takes.
    """
    ((variant,),) = record.rows(contract.FULL_VARIANT)
    context = library.context(record.rows(contract.ASSUMPTION_RANGE), record.rows(contract.FIGURES), variant)
    numbers, model = [float(str(each)) for each in now[:4]], str(now[4])
    given = {
        question: _answer(str(each))
        for question, each in zip(answers(), now[len(contract.RECORD_BASIS) :], strict=True)
        if each
    }
    options = [(str(code), str(what)) for code, what in record.rows(contract.RECORD_OPTIONS)]
    return Asked(
        context.catalog,
        context.inputs,
        read_options(context.catalog, options, model),
        Workload(*numbers[:3]),
        int(numbers[3]),
        model,
        given,
        language(record.draft),
    )


def _answer(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text
