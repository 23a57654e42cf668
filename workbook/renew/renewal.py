"""Which formulas of a workbook are computed again: those that rest on a change, once the engine has proved itself on them.

What a spreadsheet program stored is the oracle. Values that this program stored itself need none while no cell has
changed since; once one has, they may be left behind, and everything is computed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from workbook.package.properties import sealed
from workbook.renew.dependencies import Dependencies
from workbook.renew.oracle import Oracle, alike, exact
from workbook.renew.second_opinion import SecondOpinion
from xlmodel.engine import Computed, compute
from xlmodel.engine.refusal import RefusedError
from xlmodel.errors import WorkbookError
from xlmodel.grid import Address, Formula

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from workbook.package import Package
    from workbook.renew.draft import Draft
    from xlmodel.engine import Memo
    from xlmodel.functions import Library
    from xlmodel.grid import CellValue, Content

NAMED = 5
# also the names that later releases may have
_OUR_NAMES = re.compile(r"(?<![\w.])(?:_xl\w+\.)?(?:LLM_\w+|BREAKEVEN_\w+)\(", re.IGNORECASE)
_OWN_WRITERS = ("openpyxl",)
_TRUE = frozenset({"1", "true"})


class Trust(Enum):
    """What the stored values of a workbook are good for."""

    ORACLE = "those of a spreadsheet program: the engine is held against them"
    CURRENT = "this program's own, of the cells as they are"
    LEFT_BEHIND = "this program's own, of cells that have changed since"

    @classmethod
    def of(cls, package: Package) -> Trust:
        """Judge a workbook by what its cells hold, and one that was changed since by who saved it last."""
        if sealed(package):
            return cls.CURRENT
        return cls.LEFT_BEHIND if _stored_by_us(package) else cls.ORACLE


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
        trust: what the stored values are good for.
        partial: keep what cannot be trusted or computed, and all that rests on it, in place of refusing the workbook.
        second: ask LibreOffice about what cannot be trusted or computed.
    """

    def __init__(
        self,
        draft: Draft,
        library: Library,
        now: datetime | None,
        trust: Trust,
        *,
        partial: bool,
        second: bool = False,
    ) -> None:
        """Index what the formulas read."""
        self._draft, self._library, self._now, self._partial = draft, library, now, partial
        self._second = second
        self._trust = trust
        self._graph = Dependencies(draft.contents, library)
        self._formulas = self._graph.formulas()
        self._system = draft.contents.date_system
        self._calls = self._read_calls()
        self._memo: Memo = {}
        self._oracle = Oracle(draft, self._graph, self._calls, library, now, self._memo)
        waits = draft.package.calc_pr.get("fullCalcOnLoad") in _TRUE
        # A program that does not compute leaves no result, or a 0 that is to be computed on opening.
        self._empty = {
            address
            for address in self._formulas
            if (held := self._oracle.stored(address)) is None or (waits and held == 0)
        }

    def renew(self) -> Renewal:
        """Compute what rests on a change; everything where the stored values were left behind.

        Raises:
            WorkbookError: a call of ours that cannot be computed; without `partial`, also a formula that rests on a
                change and cannot be computed, or on which the engine disagrees with the file.
        """
        if self._trust is Trust.LEFT_BEHIND:
            return self._renew_all()
        ours = self._all_ours()
        self._refuse_lost(ours)
        resting = self._empty | self._graph.resting_on({*self._draft.changed, *self._shown(self._empty)})
        oracle = self._trust is Trust.ORACLE
        told = self._empty if oracle else resting  # without an oracle the old results of these tell nothing
        before = self._oracle.alone((a for a in ours if a not in told), as_excel=oracle)
        self._refuse_uncomputed(ours, before)
        moved = [
            address
            for address in ours
            if address not in resting and not self._oracle.agrees(address, before.values)
        ]
        resting |= {*moved, *self._graph.resting_on(self._shown(moved))}
        renewal = Renewal(unchecked=self._unchecked(resting), calls=bool(ours))
        checked = resting - renewal.unchecked if oracle else set[Address]()
        doubted = self._oracle.doubted(checked, before)
        made = self._compute(resting)
        self._refuse_uncomputed(ours, made)
        given: Mapping[Address, CellValue] = {}
        if self._second and oracle and (doubted or made.uncomputed):
            doubted, given = self._asked(doubted, made, resting)
            made = self._compute(resting, given)
        doubted = {a: why for a, why in made.uncomputed.items() if a not in self._empty} | doubted
        if doubted and not self._partial:
            raise WorkbookError(self._refusal(doubted))
        if doubted:
            renewal.kept = self._with_all_below(doubted, resting)
            made = self._compute(resting - renewal.kept.keys(), given)
        made.values.update(given)
        renewal.computed = made
        return renewal

    def _asked(
        self, doubted: Mapping[Address, str], made: Computed, resting: set[Address]
    ) -> tuple[dict[Address, str], Mapping[Address, CellValue]]:
        """Ask the second engine; return what stays in doubt, and the cells that it settled."""
        lost = self._oracle.alone(address for address in made.uncomputed if address not in self._empty)
        doubts = {**lost.uncomputed, **doubted}
        # around a call of ours whose value moved no stored result tells anything
        open_ = [address for address in doubts if not self._ours(self._calls[address] or frozenset())]
        opinion = SecondOpinion(self._draft, self._graph, self._oracle).settle(
            doubts, open_, lambda given: self._compute(resting, given)
        )
        return opinion.doubted, opinion.values

    def _renew_all(self) -> Renewal:
        """Compute every formula, the stored values being this program's own: a typed input may have left them behind.

        Raises:
            WorkbookError: as `renew`; there is no result to disagree with.
        """
        ours = self._all_ours()
        self._refuse_lost(ours)
        made = self._compute(set(self._formulas))
        self._refuse_uncomputed(ours, made)
        renewal = Renewal(made, unchecked={a for a in self._empty if a in made.values}, calls=bool(ours))
        moved = {cell for cell, value in made.values.items() if not alike(self._oracle.stored(cell), value)}
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

    def _shown(self, formulas: Iterable[Address]) -> set[Address]:
        return {cell for address in formulas for cell in self._graph.filled(address)}

    def _unchecked(self, resting: Iterable[Address]) -> set[Address]:
        """Pick the formulas without a stored value, or that read a formula without one."""
        readers = self._graph.reading(self._shown(self._empty))
        return {address for address in resting if address in self._empty or address in readers}

    def _compute(self, resting: set[Address], given: Mapping[Address, CellValue] | None = None) -> Computed:
        """Compute some formulas; every other one stands as what is given for it, else as what the file stores of it."""
        given = given or {}
        contents = self._draft.contents
        sheets: dict[str, dict[tuple[int, int], Content]] = {}
        for sheet, cells in contents.sheets.items():
            held = sheets[sheet] = dict(cells)
            for place, content in cells.items():
                if isinstance(content, Formula):
                    address = Address(sheet, *place)
                    if address in given or address not in resting:
                        held[place] = self._oracle.stored(address)
                    elif self._trust is Trust.ORACLE:
                        held[place] = exact(content)
        for cell, value in given.items():
            sheets[cell.sheet][cell[1:]] = value
        return compute(
            sheets,
            self._library,
            now=self._now,
            date_system=self._system,
            rewriter=self._graph.rewriter,
            memo=self._memo,
        )

    def _with_all_below(self, doubted: Mapping[Address, str], resting: set[Address]) -> dict[Address, str]:
        kept = dict(doubted)
        for address in sorted(resting & self._graph.resting_on(self._shown(doubted))):
            kept.setdefault(address, "rests on a formula that is kept")
        return kept


def _stored_by_us(package: Package) -> bool:
    """Tell whether no spreadsheet program has saved the file, which writes its own name then."""
    for link in package.relationships(""):
        if link.kind == "extended-properties" and link.target in package.parts:
            said = package.tree(link.target).child("Application")
            return said is not None and any(each in said.text.casefold() for each in _OWN_WRITERS)
    return False


def _listed(cells: Mapping[Address, str]) -> str:
    shown = "; ".join(f"{address} ({reason})" for address, reason in list(cells.items())[:NAMED])
    return f"{shown} and {len(cells) - NAMED} more" if len(cells) > NAMED else shown
