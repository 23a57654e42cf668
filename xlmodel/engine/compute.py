"""Whole workbooks, computed without a spreadsheet program."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import formualizer as fz

from xlmodel.engine.bridge import (
    CIRCULAR,
    KEPT,
    KINDS,
    PICK,
    Library,
    Memo,
    NotComputedError,
    Session,
    engine_sheet,
    from_engine,
)
from xlmodel.engine.explain import Messages, Positions, Wanted, circles, spread
from xlmodel.engine.mending import PASSING_OVER_ERRORS, counting_errors
from xlmodel.engine.refusal import RefusedError, plain_reason
from xlmodel.engine.rewrite import DYNAMIC, Rewriter, Rewritten
from xlmodel.engine.values import Computed
from xlmodel.functions import default_library
from xlmodel.grid import (
    Address,
    Area,
    CellValue,
    Content,
    ErrorCode,
    Formula,
    Table,
    area_of,
    serial_number,
    split_sheet,
)

_ARGUMENT = r"(?:'[^']*'|[^(),\"']|\((?:'[^']*'|[^()\"'])*\))+"
_ROW_AND_COLUMN = re.compile(rf"{_ARGUMENT},{_ARGUMENT}\)")
Cells = Mapping[tuple[int, int], Content]


@dataclass(slots=True)
class _Work:
    """The formulas of a workbook, read."""

    bodies: dict[Address, str] = field(default_factory=dict)
    reads: dict[Address, tuple[Area, ...]] = field(default_factory=dict)
    fills: dict[Address, Area] = field(default_factory=dict)
    calls: dict[Address, frozenset[str]] = field(default_factory=dict)
    alike: dict[Address, tuple[str, ...]] = field(default_factory=dict)
    refused: dict[Address, str] = field(default_factory=dict)

    def refuse(self, reasons: Mapping[Address, str]) -> None:
        """Leave out formulas, and all that read them; what INDIRECT and OFFSET read is not known before."""
        self.refused.update(reasons)
        if self.refused:
            for address, calls in self.calls.items():
                if calls & DYNAMIC and address not in self.refused:
                    self.refused[address] = "INDIRECT or OFFSET may read a cell that is not computed"
        spread(self.refused, self.reads, self.fills)
        for address in self.refused:
            self.bodies.pop(address, None)


def compute(
    sheets: Mapping[str, Cells],
    library: Library | None = None,
    names: Mapping[str, str] | None = None,
    tables: Iterable[Table] = (),
    *,
    now: datetime | None = None,
    date_system: str = "1900",
    rewriter: Rewriter | None = None,
    memo: Memo | None = None,
) -> Computed:
    """Compute every formula of a workbook.

    Args:
        sheets: sheet name -> (row, column) -> content. Only a `Formula` is a formula; a text may begin with `=`.
        library: the functions that formulas may call; None: those of the built-in catalog.
        names: defined name -> what it refers to, such as `Inputs!$C$5`; a name of one sheet as `Sheet!name`.
        tables: the worksheet tables that structured references name.
        now: what TODAY and NOW give, with its time zone; None: the clock.
        date_system: `1900` or `1904`.
        rewriter: one that has read formulas of this workbook already, with its names and tables.
        memo: results of our functions in earlier computations with this library; it grows.

    Returns:
        Values, the messages of errors, and what could not be computed with the reason. A formula that reads a cell
        that could not be computed is not computed either.
    """
    library = library if library is not None else default_library()
    work = _read(sheets, rewriter or Rewriter(library.functions, sheets, names, tables))
    session = Session(library, set().union(*work.calls.values()), now, date_system, memo)
    _load(session, sheets, work, date_system)
    try:
        session.workbook.evaluate_all()
    except fz.ExcelEvaluationError as error:
        session.check()
        return Computed(
            uncomputed=dict.fromkeys(work.reads, f"the engine stopped: {str(error).splitlines()[0]}")
        )
    session.check()
    typed = {
        Address(sheet, *place): content
        for sheet, cells in sheets.items()
        for place, content in cells.items()
        if isinstance(content, ErrorCode)
    }
    values = _with_errors_counted(session, work, _values(session, work), typed)
    computed = Computed(values, uncomputed=work.refused)
    errors: dict[Address, CellValue] = {
        a: value for a, value in values.items() if isinstance(value, ErrorCode)
    }
    if errors:
        messages = Messages(session, work.bodies, work.reads, {**typed, **errors})
        computed.messages.update((address, messages.why(address)) for address in errors)
    return computed


def _read(sheets: Mapping[str, Cells], rewriter: Rewriter) -> _Work:
    work = _Work()
    reasons: dict[Address, str] = {}
    for sheet, cells in sheets.items():
        for (row, column), content in cells.items():
            if not isinstance(content, Formula):
                continue
            address = Address(sheet, row, column)
            work.reads[address] = ()
            if content.rows > 1 or content.columns > 1:
                work.fills[address] = Area(
                    sheet, row, column, row + content.rows - 1, column + content.columns - 1
                )
            try:
                ready = rewriter.rewrite(content.body, address, array=content.array)
            except RefusedError as error:
                reasons[address] = error.reason
                continue
            work.bodies[address] = ready_body(content, ready)
            work.reads[address], work.calls[address] = ready.areas, ready.calls
            if ready.alike:
                work.alike[address] = ready.alike
    work.refuse(reasons)
    return work


def ready_body(content: Formula, ready: Rewritten) -> str:
    """Write a formula for the engine so that it fills its cells and no others; without the mark it would spill."""
    if not content.array:
        return f"@({ready.body})"
    if content.rows == content.columns == 1:
        return f"INDEX(({ready.body}),1,1)"
    if ready.areas and all(area[1:3] == area[3:] for area in ready.areas) and "{" not in ready.body:
        # what reads single cells gives one value, and that goes into each cell
        return f"IF(SEQUENCE({content.rows},{content.columns})>0,({ready.body}))"
    return ready.body


def _load(session: Session, sheets: Mapping[str, Cells], work: _Work, date_system: str) -> None:
    for sheet in sheets:
        session.workbook.add_sheet(engine_sheet(sheet))
    covered = {
        (area.sheet, row, column)
        for area in work.fills.values()
        for row in range(area.top, area.bottom + 1)
        for column in range(area.left, area.right + 1)
    }
    # Most cells of a document are labels that no formula reads, unless one finds its cells by itself.
    wanted = None if covered or any(calls & DYNAMIC for calls in work.calls.values()) else Wanted(work.reads)
    for sheet, cells in sheets.items():
        given: dict[tuple[int, int], object] = {}
        for place in cells if wanted is None else wanted.among(sheet, cells):
            content = cells[place]
            if not isinstance(content, Formula) and content is not None and (sheet, *place) not in covered:
                given[place] = constant(content, date_system)
        session.put(sheet, given)
    _share(session, work)
    reasons: dict[Address, str] = {}
    for address, body in work.bodies.items():
        try:
            session.workbook.set_formula(engine_sheet(address.sheet), *address[1:], f"={body}")
        except RuntimeError as error:
            text = str(error).splitlines()[0]
            circular = "Self-reference" in text
            reasons[address] = (
                f"circular reference: {address} -> {address}" if circular else f"not a formula: {text}"
            )
    if reasons:
        work.refuse(reasons)


def _share(session: Session, work: _Work) -> None:
    """Let the calls that several formulas make alike be computed once, and those of which INDEX picks a cell."""
    alike = [(work.bodies[address], calls) for address, calls in work.alike.items() if address in work.bodies]
    made = Counter(call for _, calls in alike for call in calls)
    # the engine's own INDEX would turn the error of a call into #REF!
    picked = {call for body, calls in alike for call in calls if f"INDEX({call}," in body}
    shared = session.share(call for call, count in made.items() if count > 1 or call in picked)
    for address, calls in work.alike.items():
        if address in work.bodies:
            for call in calls:
                if call in shared:
                    work.bodies[address] = _with_shared(work.bodies[address], call, shared[call])


def _with_shared(body: str, call: str, cell: str) -> str:
    """Write what was kept in the place of a call, and of INDEX on its table a function that hands over one value."""
    head = f"INDEX({call},"
    pieces, position = [], 0
    while (found := body.find(head, position)) >= 0:
        at = _ROW_AND_COLUMN.match(body, found + len(head))
        pieces += [body[position:found], f"{PICK}({cell}," if at else head]
        position = found + len(head)
    return ("".join(pieces) + body[position:]).replace(call, f"{KEPT}({cell})")


def constant(content: Content, date_system: str) -> object:
    """Turn a cell's content into what the engine takes; a date is its serial number."""
    if isinstance(content, ErrorCode):
        return {"type": "Error", "kind": KINDS.get(content, "Value")}
    if isinstance(content, date):
        return serial_number(content, date_system)
    return float(content) if isinstance(content, int) and not isinstance(content, bool) else content


def _values(session: Session, work: _Work) -> dict[Address, CellValue]:
    values: dict[Address, CellValue] = {}
    failed: dict[Address, str] = {}
    for address in work.bodies:
        problem = _misfit(session, work.fills[address], address) if address in work.fills else ""
        try:
            for cell in cells_of_area(work.fills.get(address), address):
                value = from_engine(session.workbook.get_value(engine_sheet(cell.sheet), *cell[1:]))
                if not isinstance(value, list):
                    values[cell] = 0.0 if value is None and cell == address else value
        except NotComputedError as error:
            problem = str(error)
        if problem:
            failed[address] = problem
    circular = [address for address, problem in failed.items() if problem == CIRCULAR]
    work.refuse(circles(circular, work.reads, work.fills))
    work.refuse(
        _origins({address: failed[address] for address in failed if address not in work.refused}, work)
    )
    work.refuse({address: failed[address] for address in failed if address not in work.refused})
    for address in work.refused:
        for cell in cells_of_area(work.fills.get(address), address):
            values.pop(cell, None)
    return values


def _with_errors_counted(
    session: Session, work: _Work, values: dict[Address, CellValue], typed: Iterable[Address]
) -> dict[Address, CellValue]:
    """Compute again, in the way that shows errors, the sums with criteria that read cells with errors."""
    sums = {a for a in work.bodies if work.calls[a] & PASSING_OVER_ERRORS}
    while sums:
        wrong = Positions()
        for address in (*typed, *(a for a, value in values.items() if isinstance(value, ErrorCode))):
            wrong.add(address)
        met = {a for a in sums & work.bodies.keys() if any(map(wrong.any_inside, work.reads[a]))}
        if not met:
            break
        sums -= met
        for address in met:
            work.bodies[address] = counting_errors(work.bodies[address])
            session.workbook.set_formula(
                engine_sheet(address.sheet), *address[1:], f"={work.bodies[address]}"
            )
        session.workbook.evaluate_all()
        session.check()
        values = _values(session, work)
    return values


def _origins(failed: Mapping[Address, str], work: _Work) -> dict[Address, str]:
    """Pick the failed cells that read no other failed cell, with their reasons."""
    places = Positions()
    for address in failed:
        places.add(address)
    return {
        address: _parse_problem(work.bodies[address]) or problem
        for address, problem in failed.items()
        if all(cell == address for area in work.reads[address] for cell in places.inside(area))
    }


def _parse_problem(body: str) -> str:
    """Say why a formula does not parse; empty where it does."""
    try:
        fz.parse(f"={body}")
    except (fz.ParserError, fz.TokenizerError) as error:
        return f"not a formula: {plain_reason(error)}"
    return ""


def cells_of_area(area: Area | None, address: Address) -> list[Address]:
    """Give the cells of an area, or the one cell where there is none."""
    if area is None:
        return [address]
    rows, columns = range(area.top, area.bottom + 1), range(area.left, area.right + 1)
    return [Address(area.sheet, row, column) for row in rows for column in columns]


def _misfit(session: Session, area: Area, address: Address) -> str:
    """Say where an array formula's result does not fill its range; empty where it does."""
    cell = session.workbook.inspect_cell(str(address._replace(sheet=engine_sheet(address.sheet)))).cell
    extent = cell.spill.extent if cell.spill is not None else None
    filled = area_of(split_sheet(extent)[1], area.sheet) if extent else Area(*address, *address[1:])
    if filled == area or (
        isinstance(cell.value, dict) and filled is not None and filled.top == filled.bottom
    ):
        return ""
    shown = filled.text().replace("$", "") if filled else extent
    return f"the array formula fills {shown}, its range is {area.text().replace('$', '')}: enter it again in Excel"
