"""A second opinion on formulas whose new values the engine cannot tell: another engine that gives Excel's old one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workbook.renew.oracle import alike, stored_value, text_of
from workbook.renew.second_engine import computed_by_libreoffice
from xlmodel.errors import WorkbookError
from xlmodel.grid import Address

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from workbook.renew.dependencies import Dependencies
    from workbook.renew.draft import Draft
    from workbook.renew.oracle import Oracle
    from workbook.renew.second_engine import Shown
    from xlmodel.engine import Computed
    from xlmodel.grid import CellValue

    Compute = Callable[[Mapping[Address, CellValue]], Computed]

# they ask other programs or the network, which a regeneration never does
_OUTSIDE = re.compile(
    r"(?<![\w.])(?:_xl\w+\.)*(?:WEBSERVICE|RTD|DDE|CALL|SQL\.REQUEST|REGISTER\.ID)\(", re.IGNORECASE
)


@dataclass(slots=True)
class Opinion:
    """What the second engine says.

    Args:
        values: the cells that it computed.
        doubted: the formulas that stay in doubt, with the reason.
    """

    values: dict[Address, CellValue] = field(default_factory=dict)
    doubted: dict[Address, str] = field(default_factory=dict)


class SecondOpinion:
    """Asks LibreOffice for formulas on which the engine is not to be trusted.

    Args:
        draft: the workbook, its constants changed.
        graph: what its formulas read.
        oracle: what the file stores.
    """

    def __init__(self, draft: Draft, graph: Dependencies, oracle: Oracle) -> None:
        """Keep the workbook."""
        self._draft, self._graph, self._oracle = draft, graph, oracle

    def settle(self, doubts: Mapping[Address, str], open_: Iterable[Address], compute: Compute) -> Opinion:
        """Compute doubted formulas, those first that rest on no other.

        Args:
            doubts: the formulas with the reason of the doubt, those also that the engine does not compute.
            open_: those of them that a second engine may settle.
            compute: gives the other results from given values of the doubted cells.
        """
        opinion = Opinion(doubted=dict(doubts))
        waiting = {address for address in open_ if self._may_be_asked(address)}
        while waiting:
            heads = waiting - self._graph.resting_on(self._cells(opinion.doubted))
            if not heads:
                break
            waiting -= heads
            for address, values in self._agreed(heads, compute(opinion.values), opinion).items():
                opinion.values.update(values)
                del opinion.doubted[address]
        return opinion

    def _may_be_asked(self, address: Address) -> bool:
        formula = self._graph.formula(address)
        return (
            formula is not None
            and not _OUTSIDE.search(formula.body)
            and self._graph.reads(address) is not None
        )

    def _agreed(
        self, heads: set[Address], made: Computed, opinion: Opinion
    ) -> dict[Address, dict[Address, CellValue]]:
        """Give the new values of those formulas whose old ones the second engine gives from what the file stores."""
        none: dict[Address, CellValue] = dict.fromkeys(self._cells(heads))
        # what still waits keeps its old value in the copy; no formula that is asked for reads it
        waiting = self._cells(opinion.doubted)
        known = {cell: value for cell, value in made.values.items() if cell not in waiting}
        new = {**known, **opinion.values, **none}
        copies = [
            self._draft.copy(_by_sheet(none), changed=False),
            self._draft.copy(_by_sheet(new), changed=True),
        ]
        try:
            before, after = computed_by_libreoffice(copies)
        except WorkbookError as error:
            opinion.doubted.update(
                {address: f"{opinion.doubted[address]}; second engine: {error}" for address in heads}
            )
            return {}
        found = {}
        for address in sorted(heads):
            cells = list(self._graph.filled(address))
            if all(alike(self._oracle.stored(cell), _value(before, cell)) for cell in cells) and (
                self._saw(address, after, new)
            ):
                found[address] = {cell: _value(after, cell) for cell in cells}
            else:
                opinion.doubted[address] += f"; LibreOffice gives {text_of(_value(before, cells[0]))}"
        return found

    def _saw(self, address: Address, after: Shown, new: Mapping[Address, CellValue]) -> bool:
        """Tell whether what the formula reads stood in the copy as it was written, not computed anew."""
        for area in self._graph.reads(address) or ():
            for place, held in self._draft.before[area.sheet].items():
                cell = Address(area.sheet, *place)
                if area.holds(*place) and held.formula is not None:
                    written = new.get(cell, held.value)
                    if written is not None and not alike(stored_value(written), _value(after, cell)):
                        return False
        return True

    def _cells(self, formulas: Iterable[Address]) -> set[Address]:
        return {cell for address in formulas for cell in self._graph.filled(address)}


def _by_sheet(values: Mapping[Address, CellValue]) -> dict[str, dict[str, CellValue]]:
    found: dict[str, dict[str, CellValue]] = {}
    for address, value in values.items():
        found.setdefault(address.sheet, {})[address.name] = stored_value(value)
    return found


def _value(shown: Shown, cell: Address) -> CellValue:
    held = shown.get(cell.sheet, {}).get(cell[1:])
    return None if held is None else held.value
