"""Our functions inside the engine: arguments in, results and errors with their messages out."""

from __future__ import annotations

import marshal
import math
from hashlib import blake2b
from itertools import chain
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import formualizer as fz

from xlmodel.engine.exact import ADDED, COMPARED, SHOWN, added, compared, shown
from xlmodel.engine.mended import MENDED, mended_name
from xlmodel.errors import CellError
from xlmodel.grid import CellValue, ErrorCode, Rows, error_code

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from xlmodel.functions.define import Function, Value

RESULT = "XLMODEL_RESULT"
KEEP, KEPT, PICK = "XLMODEL_KEEP", "XLMODEL_KEPT", "XLMODEL_PICK"
SHARED = "xlmodel shared"
SCRATCH = "xlmodel scratch"
CIRCULAR = "circular reference"
_DEFAULT_SHEET = "Sheet1"
_LONG_KEY = 1024  # a range; its digest is kept, not its cells
_WITHOUT_REFERENCES = 2  # the marshal version whose bytes depend on the values alone
KINDS = {
    ErrorCode.NULL: "Null",
    ErrorCode.DIV0: "Div",
    ErrorCode.VALUE: "Value",
    ErrorCode.REF: "Ref",
    ErrorCode.NAME: "Name",
    ErrorCode.NUM: "Num",
    ErrorCode.NA: "Na",
    ErrorCode.SPILL: "Spill",
    ErrorCode.CALC: "Calc",
}
GENERAL = {
    ErrorCode.NULL: "ranges that have no cell in common",
    ErrorCode.DIV0: "division by zero or by an empty cell",
    ErrorCode.VALUE: "text or a range where a number is needed, or an argument out of its limits",
    ErrorCode.REF: "a reference to cells that do not exist",
    ErrorCode.NAME: "a name that is not known",
    ErrorCode.NUM: "a number out of its limits, or a calculation without a result",
    ErrorCode.NA: "a lookup found nothing, or a value is not available",
    ErrorCode.SPILL: "the cells that the table needs are not empty",
    ErrorCode.CALC: "an array calculation without a result",
}
_CODES = {kind: code for code, kind in KINDS.items()}


def engine_sheet(name: str) -> str:
    """Name a sheet as the engine has it: each of its workbooks begins with a Sheet1, which another case would hide."""
    return _DEFAULT_SHEET if name.casefold() == _DEFAULT_SHEET.casefold() else name


class Library(Protocol):
    """The functions that formulas may call, such as `xlmodel.functions.Library`."""

    @property
    def functions(self) -> Mapping[str, Function]:
        """Upper-case name -> definition."""

    def call(self, name: str, *args: object) -> Value:
        """Compute one function, or raise `CellError`."""


# what our functions gave: name -> digest of the arguments -> result, for sessions on one library
Memo: TypeAlias = "dict[str, dict[bytes, object]]"


class NotComputedError(Exception):
    """A value that the engine did not compute; the text says why."""


class Session:
    """One engine workbook with our functions; used by one thread, and once.

    Args:
        library: the functions.
        calls: upper-case names of the functions that the formulas call.
        now: what TODAY and NOW give; the clock where it is None.
        date_system: `1900` or `1904`.
        memo: results of our functions in earlier sessions; it grows.
    """

    def __init__(
        self,
        library: Library,
        calls: Iterable[str],
        now: datetime | None = None,
        date_system: str = "1900",
        memo: Memo | None = None,
    ) -> None:
        """Make the workbook. One thread: callbacks wait for each other, and handing over costs three times the call."""
        settings = fz.EvaluationConfig()
        settings.enable_parallel = False
        settings.date_system = date_system
        self.workbook = fz.Workbook(config=fz.WorkbookConfig(eval_config=settings))
        self.workbook.set_temporal_egress("serial")
        if now is not None:
            self.workbook.set_deterministic_clock(now)
        self._failures: list[Exception] = []
        self._received: list[object] = []
        memo = {} if memo is None else memo
        for name in calls:
            if name in library.functions:
                known = memo.setdefault(name, {})
                self.workbook.register_function(name, _callback(library, name, known, self._failures))
        # The engine holds its callbacks out of Python's sight: one that held this session would keep both for ever.
        received = self._received
        kept: list[object] = []
        self.workbook.register_function(RESULT, lambda *args: _received(received, args))
        self.workbook.register_function(KEEP, lambda value: _kept(kept, value))
        self.workbook.register_function(KEPT, lambda place: kept[int(place)])
        for exact, run in ((COMPARED, compared), (ADDED, added), (SHOWN, shown)):
            self.workbook.register_function(exact, run)
        for name, run in MENDED.items():
            self.workbook.register_function(mended_name(name), run)
        self.workbook.register_function(PICK, lambda place, *at: _picked(kept[int(place)], *at))

    def put(self, sheet: str, values: Mapping[tuple[int, int], object]) -> None:
        """Write constants; cells beside each other go in one call, which costs little more than one cell.

        Args:
            sheet: a sheet of the workbook.
            values: row and column -> what the engine takes.
        """
        page = self.workbook.sheet(engine_sheet(sheet))
        run: list[object] = []
        top = left = 0
        for (row, column), value in (*values.items(), ((0, 0), None)):
            if row != top or column != left + len(run):
                if len(run) == 1:
                    page.set_value(top, left, run[0])
                elif run:
                    page.set_values_batch(top, left, 1, len(run), [run])
                top, left, run = row, column, []
            run.append(value)

    def check(self) -> None:
        """Raise what a function raised that is no `CellError`: a fault of the program, never an Excel error."""
        if self._failures:
            raise self._failures[0]

    def result(self, body: str, row: int = 1, column: int = 1) -> tuple[CellValue | Rows, str]:
        """Compute a formula on the scratch sheet, where errors keep their messages and tables stay whole.

        Args:
            body: the formula without `=`, its references with their sheets.
            row: where it stands, for ROW() and implicit intersection.
            column: as row.

        Raises:
            NotComputedError: the engine refuses it.
        """
        self._received.clear()
        self.workbook.add_sheet(SCRATCH)
        try:
            self.workbook.set_formula(SCRATCH, row, column, f"={RESULT}(({body}))")
            self.workbook.evaluate_all()  # only what is new; evaluate_cell walks all that the cell reads
            given = self.workbook.get_value(SCRATCH, row, column)
            self.workbook.set_value(SCRATCH, row, column, None)
        except (RuntimeError, fz.ExcelEvaluationError) as error:
            raise NotComputedError(str(error).splitlines()[0]) from None
        self.check()
        found: Any = self._received[0] if self._received else given
        message = str(found.get("message", "")) if isinstance(found, dict) else ""
        return from_engine(found), message

    def share(self, calls: Iterable[str]) -> dict[str, str]:
        """Compute calls of our functions once each, on a sheet of their own; call -> the cell of its number.

        The engine hands a function its ranges cell by cell, and INDEX asks for its table twice.

        Args:
            calls: calls that give the same in every cell.
        """
        self.workbook.add_sheet(SHARED)
        found = {}
        for row, call in enumerate(calls, 1):
            self.workbook.set_formula(SHARED, row, 1, f"={KEEP}({call})")
            found[call] = f"'{SHARED}'!$A${row}"
        return found


def _kept(kept: list[object], value: object) -> float:
    """Keep a result, also an error with its message; its number stands for it."""
    kept.append(value)
    return float(len(kept) - 1)


def _received(received: list[object], args: tuple[object, ...]) -> float:
    received.extend(args)
    return 1.0


def _picked(table: Any, row: object, column: object) -> object:
    """Do as INDEX with a row and a column, without handing over the whole table: 0 stands for all of them."""
    places = []
    for given in (table, row, column):
        if isinstance(given, dict):
            return given  # an error, which the engine's own INDEX would turn into #REF!
    rows = table if isinstance(table, list) else [[table]]
    for given, size in ((row, len(rows)), (column, len(rows[0]))):
        try:
            place = int(float(given or 0))  # type: ignore[arg-type]  # what is no number is refused
        except (TypeError, ValueError):
            return {"type": "Error", "kind": "Value", "message": f"Cannot convert '{given}' to number"}
        if not 0 <= place <= size:
            return {"type": "Error", "kind": "Ref", "message": GENERAL[ErrorCode.REF]}
        places.append(place)
    across, down = places
    if across and down:
        return rows[across - 1][down - 1]
    chosen = rows[across - 1 : across] if across else rows
    return [line[down - 1 : down] if down else line for line in chosen]


def _callback(
    library: Library, name: str, known: dict[bytes, object], failures: list[Exception]
) -> Callable[..., object]:
    """Wrap a function for the engine; what is known is not computed: INDEX calls twice, a table feeds many cells."""
    call = library.call

    def run(*args: Any) -> object:
        key = marshal.dumps(args, _WITHOUT_REFERENCES)
        if len(key) > _LONG_KEY:
            key = blake2b(key).digest()
        if key in known:
            return known[key]
        try:
            value = call(name, *[arg if type(arg) is float else _argument(arg) for arg in args])
            given = value if type(value) is float and math.isfinite(value) else _to_engine(value, name)
        except CellError as error:
            given = {
                "type": "Error",
                "kind": KINDS.get(error_code(error.code), "Value"),
                "message": error.message,
            }
        except Exception as error:  # noqa: BLE001  # raised again by Session.check; the engine would show #VALUE!
            failures.append(error)
            given = {"type": "Error", "kind": "Value", "message": str(error)}
        known[key] = given
        return given

    return run


def _argument(value: object) -> object:
    """Turn an argument as the engine gives it into one as `Library.call` takes it: missing or blank is None."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, list):
        if dict in set(map(type, chain.from_iterable(value))):
            return [[_argument(cell) if isinstance(cell, dict) else cell for cell in row] for row in value]
        return value
    if isinstance(value, dict):
        code = _CODES.get(value["kind"], ErrorCode.VALUE)
        return CellError(value.get("message") or f"an argument is {code}", str(code))
    return value


def _to_engine(value: Value, name: str) -> object:
    """Turn a result into one that the engine takes: blank is empty text, no infinities, whole rows."""
    if value is None:
        return ""
    if isinstance(value, list):
        width = max((len(row) for row in value), default=0)
        return [
            [_to_engine(cell, name) for cell in [*row, *[None] * (width - len(row))]] for row in value
        ] or ""
    if isinstance(value, float) and not math.isfinite(value):
        return {"type": "Error", "kind": "Num", "message": f"{name} gives a number beyond all limits"}
    return value


def from_engine(value: Any) -> CellValue | Rows:
    """Turn a value of the engine into ours.

    Raises:
        NotComputedError: it stands for something that was not computed.
    """
    if isinstance(value, list):
        rows: Rows = []
        for given in value:
            cells = [from_engine(cell) for cell in given]
            rows.append([cell for cell in cells if not isinstance(cell, list)])
        return rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 else rows
    if isinstance(value, dict):
        kind = str(value.get("kind"))
        if kind not in _CODES:
            raise NotComputedError(
                CIRCULAR if kind == "Circ" else f"the engine does not compute this ({kind})"
            )
        return _CODES[kind]
    if isinstance(value, (bool, str)) or value is None:
        return value
    number = float(value)
    return number if math.isfinite(number) else ErrorCode.NUM
