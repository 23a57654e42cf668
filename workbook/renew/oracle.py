"""What a spreadsheet program stored, held against what the engine makes of the same stored values.

A formula that rests on a change is first computed from the stored values of the cells that it reads. Where the engine
does not give the stored result, its new result is not to be trusted either.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from workbook.package.sheet_scan import scan_sheet
from xlmodel.engine import Computed, compute_alone, exactly
from xlmodel.grid import STORED_ERRORS, Address, CellValue, ErrorCode, Formula

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from workbook.renew.dependencies import Dependencies
    from workbook.renew.draft import Draft
    from xlmodel.engine import Memo
    from xlmodel.functions import Library

    Calls = Mapping[Address, frozenset[str] | None]

UNTRUSTED = "untrusted: the engine gives {} where the file holds {}"
_UNPROVED = "a function around a call of ours whose value moved; nothing tells that the engine computes it as Excel does"
_SAME = 1e-9  # Excel shows 15 digits and sums in another order
# Around a call whose value moved the stored result proves nothing; these are the same in every program.
_PLAIN = frozenset(
    {
        "ABS",
        "AND",
        "IF",
        "IFERROR",
        "IFNA",
        "INDEX",
        "ISERROR",
        "ISNUMBER",
        "MAX",
        "MIN",
        "NOT",
        "OR",
        "ROUND",
        "SUM",
    }
)
_TRUE, _FALSE = frozenset({"1", "true"}), frozenset({"0", "false"})
_ARITHMETIC = re.compile(
    r"(?:(?:'(?:[^']|'')+'!|[\w.]+!)?\$?[A-Z]{1,3}\$?\d+(?![\w(:!])|\d+(?:\.\d+)?(?![\w(:!])|[-+*/() ])+"
)
_SUBTOTALS = frozenset({"SUBTOTAL", "AGGREGATE"})
_HIDDEN = "reads hidden rows, which Excel may leave out and the engine does not"
_FAR = 1e-6  # of the largest number in the formula


class Oracle:
    """Holds the engine against the stored results of a draft.

    Args:
        draft: the workbook.
        graph: what its formulas read.
        calls: the functions that each formula calls; None where the engine refuses one with a name of ours.
        library: our functions on the new catalog.
        now: what TODAY and NOW give; None: the clock.
        memo: results of our functions; it grows.
    """

    def __init__(
        self,
        draft: Draft,
        graph: Dependencies,
        calls: Calls,
        library: Library,
        now: datetime | None,
        memo: Memo,
    ) -> None:
        """Keep the workbook; a formula is computed when one asks for it."""
        self._draft, self._graph, self._calls, self._library, self._now = draft, graph, calls, library, now
        self._memo = memo
        self._formulas = graph.formulas()

    def stored(self, address: Address) -> CellValue:
        """Return the value that the file stores of a cell."""
        held = self._draft.before[address.sheet].get(address[1:])
        return None if held is None else held.value

    def alone(self, formulas: Iterable[Address], *, as_excel: bool = True) -> Computed:
        """Compute formulas from the values that the file stores, with Excel's 15 digits or those of this program."""
        made = {address: self._formulas[address] for address in formulas}
        if not made:
            return Computed()
        wanted = {address: exact(formula) for address, formula in made.items()} if as_excel else made
        values = {
            sheet: {place: cell.value for place, cell in cells.items()}
            for sheet, cells in self._draft.before.items()
        }
        return compute_alone(
            values,
            wanted,
            self._library,
            self._graph.rewriter,
            now=self._now,
            date_system=self._draft.contents.date_system,
            memo=self._memo,
        )

    def agrees(self, address: Address, values: Mapping[Address, CellValue]) -> bool:
        """Tell whether a formula's results are those that the file stores."""
        return all(alike(self.stored(cell), values.get(cell)) for cell in self._graph.filled(address))

    def doubted(self, checked: set[Address], before: Computed) -> dict[Address, str]:
        """Name the formulas on which the engine disagrees with the file."""
        native = self.alone(address for address in checked if address not in before.values)
        doubted: dict[Address, str] = {}
        for address in sorted(checked):
            if address in before.values:
                calls = self._calls[address] or frozenset()
                if (
                    not self.agrees(address, before.values)
                    and calls - self._library.functions.keys() - _PLAIN
                ):
                    doubted[address] = _UNPROVED
            elif (
                address in native.values
                and not self.agrees(address, native.values)
                and not self._beyond_doubt(address, native.values[address])
            ):
                cell = next(
                    c for c in self._graph.filled(address) if not alike(self.stored(c), native.values.get(c))
                )
                doubted[address] = UNTRUSTED.format(
                    text_of(native.values.get(cell)), text_of(self.stored(cell))
                )
            elif self._passes_over(address):
                doubted[address] = _HIDDEN
        return doubted

    def _passes_over(self, address: Address) -> bool:
        """Tell whether a subtotal reads hidden rows that hold nothing, so that its old result does not tell of them."""
        if not (self._calls[address] or frozenset()) & _SUBTOTALS:
            return False
        for area in self._graph.reads(address) or ():
            cells = self._draft.before[area.sheet]
            hidden = [
                row.number
                for row in scan_sheet(self._draft.package, area.sheet).rows
                if row.attributes.get("hidden") in _TRUE and area.top <= row.number <= area.bottom
            ]
            inside = [
                cells.get((row, column))
                for row in hidden
                for column in range(area.left, min(area.right, area.left + 99) + 1)
            ]
            if hidden and not any(cell is not None and cell.value for cell in inside):
                return True
        return False

    def _beyond_doubt(self, address: Address, given: CellValue) -> bool:
        """Tell whether a formula is plain arithmetic far off the stored result, which is then left behind.

        Every program computes it alike but for last digits, unless the workbook computes as displayed.
        """
        if self._draft.package.calc_pr.get("fullPrecision") in _FALSE or not _ARITHMETIC.fullmatch(
            self._formulas[address].body
        ):
            return False
        held = self.stored(address)
        read = [
            self._draft.before[area.sheet].get((area.top, area.left))
            for area in self._graph.reads(address) or ()
        ]
        numbers = [held, given, *(cell.value if cell is not None else None for cell in read)]
        if any(isinstance(each, bool) or not isinstance(each, int | float) for each in numbers):
            return False
        return abs(float(given) - float(held)) > _FAR * max(abs(float(each)) for each in numbers)  # type: ignore[arg-type]


def exact(formula: Formula) -> Formula:
    """Return a formula that compares, joins and subtracts as Excel does."""
    return replace(formula, text=exactly(formula.body))


def alike(held: CellValue, given: CellValue) -> bool:
    """Tell whether two results are the same to 15 digits in the way that Excel shows them."""
    given = stored_value(given)
    if isinstance(held, bool) or isinstance(given, bool):
        return isinstance(held, bool) and isinstance(given, bool) and held == given
    if isinstance(held, int | float) and isinstance(given, int | float):
        return math.isclose(held, given, rel_tol=_SAME)
    return (
        (held or "") == (given or "")
        if not isinstance(held, float) and not isinstance(given, float)
        else False
    )


def stored_value(value: CellValue) -> CellValue:
    """Give a value as a cell stores it; newer errors stand beside their cell, which holds #VALUE!."""
    return ErrorCode.VALUE if isinstance(value, ErrorCode) and value not in STORED_ERRORS else value


def text_of(value: CellValue) -> str:
    """Write a value for a message."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return f"{value:.15g}"
    return "nothing" if value is None else repr(value) if not isinstance(value, ErrorCode) else str(value)
