"""Formulas computed each for itself, every cell that they read holding the value that is given for it.

So the engine can be held against another program's results: where a formula differs, the formula itself is computed
otherwise and not one that it reads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import formualizer as fz

from xlmodel.engine.bridge import Library, Memo, NotComputedError, Session, engine_sheet, from_engine
from xlmodel.engine.compute import cells_of_area, compute, constant, ready_body
from xlmodel.engine.explain import Positions, Wanted
from xlmodel.engine.mending import PASSING_OVER_ERRORS, counting_errors
from xlmodel.engine.refusal import RefusedError
from xlmodel.engine.rewrite import DYNAMIC, Rewriter
from xlmodel.engine.values import Computed
from xlmodel.grid import Address, Area, CellValue, ErrorCode, Formula

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from xlmodel.engine.rewrite import Rewritten
    from xlmodel.grid import Content

    Values = Mapping[str, Mapping[tuple[int, int], CellValue]]

_BESIDE = "xlmodel beside {}"


def compute_alone(
    values: Values,
    formulas: Mapping[Address, Formula],
    library: Library,
    rewriter: Rewriter,
    *,
    now: datetime | None = None,
    date_system: str = "1900",
    memo: Memo | None = None,
) -> Computed:
    """Compute formulas from given values of the cells that they read.

    Args:
        values: sheet name -> (row, column) -> what the cell shows, also where it holds a formula.
        formulas: the formulas by their cells.
        library: the functions that they may call.
        rewriter: that of the workbook.
        now: what TODAY and NOW give; None: the clock.
        date_system: `1900` or `1904`.
        memo: results of our functions in earlier computations with this library; it grows.

    Returns:
        Values, without messages, and what could not be computed with the reason. Formulas with INDIRECT stand in
        their own cells, which its texts may mean; those of them that read each other are computed in a chain.
    """
    found = Computed()
    ready: dict[Address, Rewritten] = {}
    finding: dict[Address, Formula] = {}
    for address, formula in formulas.items():
        try:
            made = rewriter.rewrite(formula.body, address, array=formula.array)
        except RefusedError as error:
            found.uncomputed[address] = error.reason
            continue
        if "INDIRECT" in made.calls:
            finding[address] = formula
        else:
            ready[address] = made
    if ready:
        session = Session(library, _calls(ready), now, date_system, memo)
        _beside(found, values, formulas, ready, session, date_system)
    if finding:
        sheets: dict[str, dict[tuple[int, int], Content]] = {
            sheet: dict(cells) for sheet, cells in values.items()
        }
        for address, formula in finding.items():
            sheets[address.sheet][address[1:]] = formula
        chained = compute(sheets, library, now=now, date_system=date_system, rewriter=rewriter, memo=memo)
        found.values.update(chained.values)
        found.uncomputed.update(chained.uncomputed)
    return found


def _calls(ready: Mapping[Address, Rewritten]) -> set[str]:
    return {name for made in ready.values() for name in made.calls}


def _beside(
    found: Computed,
    values: Values,
    formulas: Mapping[Address, Formula],
    ready: Mapping[Address, Rewritten],
    session: Session,
    date_system: str,
) -> None:
    """Compute formulas in the same rows and columns of other sheets, where none of them reads another."""
    book = session.workbook
    _load(session, values, ready, date_system)
    for address, body in _bodies(values, formulas, ready):
        try:
            book.set_formula(_BESIDE.format(address.sheet), *address[1:], f"={body}")
        except RuntimeError as error:
            found.uncomputed[address] = f"not a formula: {str(error).splitlines()[0]}"
    try:
        book.evaluate_all()
    except fz.ExcelEvaluationError as error:
        session.check()
        reason = f"the engine stopped: {str(error).splitlines()[0]}"
        found.uncomputed.update(dict.fromkeys(ready, reason))
        return
    session.check()
    for address in ready:
        if address not in found.uncomputed:
            _take(found, formulas[address], address, session)


def _bodies(
    values: Values, formulas: Mapping[Address, Formula], ready: Mapping[Address, Rewritten]
) -> Iterator[tuple[Address, str]]:
    """Write the formulas for the engine; sums with criteria that read errors show them."""
    wrong = Positions()
    if any(made.calls & PASSING_OVER_ERRORS for made in ready.values()):
        for sheet, cells in values.items():
            for place, value in cells.items():
                if isinstance(value, ErrorCode):
                    wrong.add(Address(sheet, *place))
    for address, made in ready.items():
        body = ready_body(formulas[address], made)
        meets = made.calls & PASSING_OVER_ERRORS and any(map(wrong.any_inside, made.areas))
        yield address, counting_errors(body) if meets else body


def _load(session: Session, values: Values, ready: Mapping[Address, Rewritten], date_system: str) -> None:
    """Give the engine the cells that the formulas read; all where OFFSET finds its own."""
    unforeseen = any(made.calls & DYNAMIC for made in ready.values())
    wanted = None if unforeseen else Wanted({address: made.areas for address, made in ready.items()})
    for sheet, cells in values.items():
        session.workbook.add_sheet(engine_sheet(sheet))
        session.workbook.add_sheet(_BESIDE.format(sheet))
        places = cells if wanted is None else wanted.among(sheet, cells)
        session.put(
            sheet,
            {place: constant(cells[place], date_system) for place in places if cells[place] is not None},
        )


def _take(found: Computed, content: Formula, address: Address, session: Session) -> None:
    """Read the result of a formula, in all the cells that it fills."""
    bottom, right = address.row + content.rows - 1, address.column + content.columns - 1
    try:
        for cell in cells_of_area(Area(*address, bottom, right), address):
            value = from_engine(session.workbook.get_value(_BESIDE.format(cell.sheet), *cell[1:]))
            if not isinstance(value, list):
                found.values[cell] = 0.0 if value is None and cell == address else value
    except NotComputedError as error:
        found.uncomputed[address] = str(error)
