"""Which formulas of a workbook are computed again: those that rest on a change, once the engine has proved itself on them.

What a spreadsheet program stored is the oracle: each formula that rests on a change is first computed from the stored
values of the cells that it reads. Where the engine does not give the stored result, its new result is not to be
trusted either.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from workbook.package.sheet_scan import scan_sheet
from workbook.renew.dependencies import Dependencies
from xlmodel.engine import Computed, compute, compute_alone, exactly
from xlmodel.engine.rewrite import RefusedError
from xlmodel.errors import WorkbookError
from xlmodel.grid import STORED_ERRORS, Address, ErrorCode, Formula

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from workbook.package import Package
    from workbook.renew.draft import Draft
    from xlmodel.functions import Library
    from xlmodel.grid import CellValue, Content

NAMED = 5
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
# also the names that later releases may have
_OUR_NAMES = re.compile(r"(?<![\w.])(?:_xl\w+\.)?(?:LLM_\w+|BREAKEVEN_\w+)\(", re.IGNORECASE)
_OWN_WRITERS = ("openpyxl",)
_TRUE, _FALSE = frozenset({"1", "true"}), frozenset({"0", "false"})
_ARITHMETIC = re.compile(
    r"(?:(?:'(?:[^']|'')+'!|[\w.]+!)?\$?[A-Z]{1,3}\$?\d+(?![\w(:!])|\d+(?:\.\d+)?(?![\w(:!])|[-+*/() ])+"
)
_SUBTOTALS = frozenset({"SUBTOTAL", "AGGREGATE"})
_HIDDEN = "reads hidden rows, which Excel may leave out and the engine does not"
_FAR = 1e-6  # of the largest number in the formula


@dataclass(slots=True)
class Renewal:
    """What a renewal computes.

    Args:
        computed: the results of the formulas that rest on a change.
        kept: formulas that keep their stored values although they rest on a change, with the reason.
        unchecked: formulas computed without a stored value to hold the engine against.
        calls: whether a formula calls a function of ours.
    """

    computed: Computed = field(default_factory=Computed)
    kept: dict[Address, str] = field(default_factory=dict)
    unchecked: set[Address] = field(default_factory=set)
    calls: bool = False


class Renewer:
    """Computes again what rests on the changes of a draft.

    Args:
        draft: the workbook, its constants changed.
        library: the functions on the new catalog.
        now: what TODAY and NOW give; None: the clock.
        partial: keep what cannot be trusted or computed, and all that rests on it, in place of refusing the workbook.
    """

    def __init__(self, draft: Draft, library: Library, now: datetime | None, *, partial: bool) -> None:
        """Index what the formulas read."""
        self._draft, self._library, self._now, self._partial = draft, library, now, partial
        self._graph = Dependencies(draft.contents, library)
        self._formulas = self._graph.formulas()
        self._system = draft.contents.date_system
        self._calls = self._read_calls()
        waits = draft.package.calc_pr.get("fullCalcOnLoad") in _TRUE
        # A program that does not compute leaves no result, or a 0 that is to be computed on opening.
        self._empty = {
            address
            for address in self._formulas
            if (held := self._stored(address)) is None or (waits and held == 0)
        }

    def renew(self) -> Renewal:
        """Compute what rests on a change.

        Raises:
            WorkbookError: a call of ours that cannot be computed; without `partial`, also a formula that rests on a
                change and cannot be computed, or on which the engine disagrees with the file.
        """
        ours = self._all_ours()
        self._refuse_lost(ours)
        resting = self._empty | self._graph.resting_on({*self._draft.changed, *self._shown(self._empty)})
        before = self._alone([address for address in ours if address not in self._empty])
        self._refuse_uncomputed(ours, before)
        moved = [
            address for address in ours if address not in resting and not self._agrees(address, before.values)
        ]
        resting |= {*moved, *self._graph.resting_on(self._shown(moved))}
        renewal = Renewal(unchecked=self._unchecked(resting), calls=bool(ours))
        doubted = self._doubted(resting - renewal.unchecked, before)
        made = self._compute(resting)
        self._refuse_uncomputed(ours, made)
        doubted |= {a: why for a, why in made.uncomputed.items() if a not in self._empty}
        if doubted and not self._partial:
            raise WorkbookError(self._refusal(doubted))
        if doubted:
            renewal.kept = self._with_all_below(doubted, resting)
            made = self._compute(resting - renewal.kept.keys())
        renewal.computed = made
        return renewal

    def renew_all(self) -> Renewal:
        """Compute every formula, the stored values being this program's own: a typed input may have left them behind.

        Raises:
            WorkbookError: as `renew`; there is no result to disagree with.
        """
        ours = self._all_ours()
        self._refuse_lost(ours)
        made = self._compute(set(self._formulas), exact=False)
        self._refuse_uncomputed(ours, made)
        renewal = Renewal(made, unchecked={a for a in self._empty if a in made.values}, calls=bool(ours))
        moved = {cell for cell, value in made.values.items() if not alike(self._stored(cell), value)}
        resting = self._graph.resting_on(moved | self._draft.changed) if made.uncomputed else set()
        stale = {a: made.uncomputed[a] for a in sorted(resting & made.uncomputed.keys())}
        if stale and not self._partial:
            raise WorkbookError(self._refusal(stale))
        renewal.kept = stale
        return renewal

    def _all_ours(self) -> list[Address]:
        return [address for address, calls in self._calls.items() if calls is None or self._ours(calls)]

    def _read_calls(self) -> dict[Address, frozenset[str] | None]:
        """Give the functions that each formula calls; None where the engine refuses one with a name of ours."""
        found: dict[Address, frozenset[str] | None] = {}
        for address, formula in self._formulas.items():
            try:
                found[address] = self._graph.rewriter.rewrite(
                    formula.body, address, array=formula.array
                ).calls
            except RefusedError:
                found[address] = None if _OUR_NAMES.search(formula.body) else frozenset()
        return found

    def _ours(self, calls: frozenset[str]) -> bool:
        return not calls.isdisjoint(self._library.functions)

    def _refuse_lost(self, ours: Iterable[Address]) -> None:
        """Refuse a call of ours that cannot even be read."""
        lost: dict[Address, str] = {}
        for address in ours:
            if self._calls[address] is None:
                try:
                    self._graph.rewriter.rewrite(self._formulas[address].body, address)
                except RefusedError as error:
                    lost[address] = error.reason
        if lost:
            raise WorkbookError(self._lost(lost))

    def _refuse_uncomputed(self, ours: Iterable[Address], computed: Computed) -> None:
        lost = {a: computed.uncomputed[a] for a in ours if a in computed.uncomputed}
        if lost:
            raise WorkbookError(self._lost(lost))

    def _lost(self, lost: Mapping[Address, str]) -> str:
        return (
            f"{self._draft.package.name}: not changed, since calls of LLM functions cannot be computed here: "
            f"{_listed(lost)}; mend them in Excel"
        )

    def _refusal(self, doubted: Mapping[Address, str]) -> str:
        return (
            f"{self._draft.package.name}: not changed, since the new values of formulas that rest on a change cannot be "
            f"told: {_listed(doubted)}; replace them by formulas that can be computed or by their values, or give "
            "--partial to keep them and what rests on them"
        )

    def _stored(self, address: Address) -> CellValue:
        held = self._draft.before[address.sheet].get(address[1:])
        return None if held is None else held.value

    def _shown(self, formulas: Iterable[Address]) -> set[Address]:
        return {cell for address in formulas for cell in self._graph.filled(address)}

    def _alone(self, formulas: Iterable[Address]) -> Computed:
        """Compute formulas from the values that the file stores."""
        wanted = {address: _exact(self._formulas[address]) for address in formulas}
        if not wanted:
            return Computed()
        values = {
            sheet: {place: cell.value for place, cell in cells.items()}
            for sheet, cells in self._draft.before.items()
        }
        return compute_alone(
            values, wanted, self._library, self._graph.rewriter, now=self._now, date_system=self._system
        )

    def _agrees(self, address: Address, values: Mapping[Address, CellValue]) -> bool:
        return all(alike(self._stored(cell), values.get(cell)) for cell in self._graph.filled(address))

    def _unchecked(self, resting: Iterable[Address]) -> set[Address]:
        """Pick the formulas without a stored value, or that read a formula without one."""
        readers = self._graph.reading(self._shown(self._empty))
        return {address for address in resting if address in self._empty or address in readers}

    def _doubted(self, checked: set[Address], before: Computed) -> dict[Address, str]:
        """Name the formulas on which the engine disagrees with the file."""
        native = self._alone(address for address in checked if address not in before.values)
        doubted: dict[Address, str] = {}
        for address in sorted(checked):
            if address in before.values:
                calls = self._calls[address] or frozenset()
                if (
                    not self._agrees(address, before.values)
                    and calls - self._library.functions.keys() - _PLAIN
                ):
                    doubted[address] = _UNPROVED
            elif (
                address in native.values
                and not self._agrees(address, native.values)
                and not self._beyond_doubt(address, native.values[address])
            ):
                cell = next(
                    c for c in self._graph.filled(address) if not alike(self._stored(c), native.values.get(c))
                )
                doubted[address] = UNTRUSTED.format(_text(native.values.get(cell)), _text(self._stored(cell)))
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
        held = self._stored(address)
        read = [
            self._draft.before[area.sheet].get((area.top, area.left))
            for area in self._graph.reads(address) or ()
        ]
        numbers = [held, given, *(cell.value if cell is not None else None for cell in read)]
        if any(isinstance(each, bool) or not isinstance(each, int | float) for each in numbers):
            return False
        return abs(float(given) - float(held)) > _FAR * max(abs(float(each)) for each in numbers)  # type: ignore[arg-type]

    def _compute(self, resting: set[Address], *, exact: bool = True) -> Computed:
        """Compute some formulas; every other one stands as what the file stores of it."""
        contents = self._draft.contents
        sheets: dict[str, dict[tuple[int, int], Content]] = {}
        for sheet, cells in contents.sheets.items():
            held = sheets[sheet] = dict(cells)
            for place, content in cells.items():
                if isinstance(content, Formula):
                    address = Address(sheet, *place)
                    if address not in resting:
                        held[place] = self._stored(address)
                    elif exact:
                        held[place] = _exact(content)
        return compute(
            sheets, self._library, now=self._now, date_system=self._system, rewriter=self._graph.rewriter
        )

    def _with_all_below(self, doubted: Mapping[Address, str], resting: set[Address]) -> dict[Address, str]:
        kept = dict(doubted)
        for address in sorted(resting & self._graph.resting_on(self._shown(doubted))):
            kept.setdefault(address, "rests on a formula that is kept")
        return kept


def _exact(formula: Formula) -> Formula:
    return replace(formula, text=exactly(formula.body))


def stored_by_us(package: Package) -> bool:
    """Tell whether the stored values are this program's own, which a typed input may have left behind.

    A spreadsheet program writes its own name when it saves.
    """
    for link in package.relationships(""):
        if link.kind == "extended-properties" and link.target in package.parts:
            said = package.tree(link.target).child("Application")
            return said is not None and any(each in said.text.casefold() for each in _OWN_WRITERS)
    return False


def alike(held: CellValue, given: CellValue) -> bool:
    """Tell whether two results are the same to 15 digits in the way that Excel shows them."""
    if isinstance(given, ErrorCode) and given not in STORED_ERRORS:
        given = ErrorCode.VALUE
    if isinstance(held, bool) or isinstance(given, bool):
        return isinstance(held, bool) and isinstance(given, bool) and held == given
    if isinstance(held, int | float) and isinstance(given, int | float):
        return math.isclose(held, given, rel_tol=_SAME)
    return (
        (held or "") == (given or "")
        if not isinstance(held, float) and not isinstance(given, float)
        else False
    )


def _listed(cells: Mapping[Address, str]) -> str:
    shown = "; ".join(f"{address} ({reason})" for address, reason in list(cells.items())[:NAMED])
    return f"{shown} and {len(cells) - NAMED} more" if len(cells) > NAMED else shown


def _text(value: CellValue) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return f"{value:.15g}"
    return "nothing" if value is None else repr(value) if not isinstance(value, ErrorCode) else str(value)
