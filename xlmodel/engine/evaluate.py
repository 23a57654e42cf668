"""One formula, computed without a workbook."""

from __future__ import annotations

import formualizer as fz

from xlmodel.engine.bridge import GENERAL, Library, NotComputedError, Session
from xlmodel.engine.refusal import RefusedError, plain_reason
from xlmodel.engine.rewrite import DYNAMIC, Rewriter
from xlmodel.engine.values import EvalResult, FormulaError
from xlmodel.functions import default_library
from xlmodel.grid import Address, ErrorCode

_HERE = Address("Sheet1", 1, 1)


def evaluate(formula: str, library: Library | None = None) -> EvalResult:
    """Compute one formula as a cell would.

    Args:
        formula: a formula with its `=`, such as `=IFERROR(BREAKEVEN_MONTHS(1,1,2),"never")`; it reads no cells.
        library: the functions it may call; None: those of the built-in catalog.

    Returns:
        The value, a table as rows; or an error with the message of the function that gave it.

    Raises:
        FormulaError: the text is no formula, or reads cells.
    """
    library = library if library is not None else default_library()
    text = formula.strip()
    if not text.startswith("="):
        raise FormulaError(f"a formula begins with =: {formula}")
    try:
        fz.parse(text)
    except (fz.ParserError, fz.TokenizerError) as error:
        raise FormulaError(f"not a formula: {text}: {plain_reason(error)}") from None
    try:
        ready = Rewriter(library.functions, [_HERE.sheet]).rewrite(text, _HERE, array=True)
    except RefusedError as error:
        return EvalResult(error.code, error.reason)
    if ready.areas or ready.calls & DYNAMIC:
        raise FormulaError(
            f"a formula without a workbook reads no cells; write the values themselves: {text}"
        )
    session = Session(library, ready.calls)
    try:
        value, message = session.result(ready.body)
    except NotComputedError as error:
        raise FormulaError(f"cannot be computed: {text}: {error}") from None
    if isinstance(value, ErrorCode):
        return EvalResult(value, message or GENERAL[value])
    return EvalResult(0.0 if value is None else value)
