"""Why cells are errors, which cells go round in a circle, and which depend on what could not be computed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

from xlmodel.engine.bridge import GENERAL, NotComputedError, Session
from xlmodel.grid import Address, Area, CellValue, ErrorCode

_LARGE = 200  # cells
Reads = Mapping[Address, tuple[Area, ...]]


class Positions:
    """A set of cells that finds its members in an area."""

    def __init__(self) -> None:
        """Start empty."""
        self._cells: defaultdict[str, set[tuple[int, int]]] = defaultdict(set)

    def add(self, address: Address) -> None:
        """Add a cell."""
        self._cells[address.sheet].add((address.row, address.column))

    def inside(self, area: Area) -> Iterator[Address]:
        """Give the members inside an area."""
        cells = self._cells.get(area.sheet, set())
        if (area.bottom - area.top + 1) * (area.right - area.left + 1) > len(cells):
            found = sorted(cell for cell in cells if area.holds(*cell))
        else:
            rows, columns = range(area.top, area.bottom + 1), range(area.left, area.right + 1)
            found = [(row, column) for row in rows for column in columns if (row, column) in cells]
        return (Address(area.sheet, *cell) for cell in found)

    def any_inside(self, area: Area) -> bool:
        """Tell whether a member stands inside an area."""
        return next(self.inside(area), None) is not None


class Wanted:
    """The cells that formulas read.

    Args:
        reads: formula cell -> the cells it reads.
    """

    def __init__(self, reads: Reads) -> None:
        """Gather the cells of small areas one by one, larger areas as such."""
        self._cells: defaultdict[str, set[tuple[int, int]]] = defaultdict(set)
        self._areas: defaultdict[str, list[Area]] = defaultdict(list)
        for area in {area for areas in reads.values() for area in areas}:
            rows, columns = range(area.top, area.bottom + 1), range(area.left, area.right + 1)
            if len(rows) * len(columns) > _LARGE:
                self._areas[area.sheet].append(area)
            else:
                self._cells[area.sheet].update([(row, column) for row in rows for column in columns])

    def among(self, sheet: str, cells: Collection[tuple[int, int]]) -> list[tuple[int, int]]:
        """Pick those of a sheet's cells that are read."""
        single, areas = self._cells[sheet], self._areas[sheet]
        return [place for place in cells if place in single or any(area.holds(*place) for area in areas)]


def spread(refused: dict[Address, str], reads: Reads, fills: Mapping[Address, Area]) -> None:
    """Add to `refused` every formula that reads a refused one, directly or through others.

    Args:
        refused: formula cells that are not computed, with the reason; grows.
        reads: formula cell -> the cells it reads.
        fills: array formula cell -> the cells it fills.
    """
    roots = {address: address for address in refused}
    stopped = Positions()
    origin: dict[Address, Address] = {}

    def stop(address: Address) -> None:
        area = fills.get(
            address, Area(address.sheet, address.row, address.column, address.row, address.column)
        )
        for row in range(area.top, area.bottom + 1):
            for column in range(area.left, area.right + 1):
                cell = Address(area.sheet, row, column)
                stopped.add(cell)
                origin[cell] = roots[address]

    for address in refused:
        stop(address)
    waiting = [address for address in reads if address not in refused]
    grown = bool(refused)
    while grown:
        grown, rest = False, []
        for address in waiting:
            met = next((cell for area in reads[address] for cell in stopped.inside(area)), None)
            if met is None:
                rest.append(address)
                continue
            root = origin[met]
            roots[address] = root
            refused[address] = f"reads {root}, which is not computed: {refused[root]}"
            stop(address)
            grown = True
        waiting = rest


def circles(cells: list[Address], reads: Reads, fills: Mapping[Address, Area]) -> dict[Address, str]:
    """Name each circle among cells that the engine calls circular.

    Args:
        cells: those cells: the circles and what depends on them.
        reads: formula cell -> the cells it reads.
        fills: array formula cell -> the cells it fills.

    Returns:
        Each cell on a circle -> the circle, cell by cell.
    """
    members = Positions()
    owner: dict[Address, Address] = {}
    for address in cells:
        area = fills.get(
            address, Area(address.sheet, address.row, address.column, address.row, address.column)
        )
        for row in range(area.top, area.bottom + 1):
            for column in range(area.left, area.right + 1):
                cell = Address(area.sheet, row, column)
                members.add(cell)
                owner[cell] = address
    before = {
        address: list(dict.fromkeys(owner[cell] for area in reads[address] for cell in members.inside(area)))
        for address in cells
    }
    named: dict[Address, str] = {}
    seen: set[Address] = set()
    for start in cells:
        path: dict[Address, Iterator[Address]] = {start: iter(before[start])} if start not in seen else {}
        while path:
            last = next(reversed(path))
            following = next(path[last], None)
            if following is None:
                seen.add(last)
                del path[last]
            elif following in path:
                order = list(path)
                circle = order[order.index(following) :]
                shown = " -> ".join(str(cell) for cell in [*reversed(circle), circle[-1]])
                for cell in circle:
                    named.setdefault(cell, f"circular reference: {shown}")
            elif following not in seen:
                path[following] = iter(before[following])
    return named


class Messages:
    """Finds why a cell is an error: the message of the function that gave it, through any number of cells.

    Args:
        session: the session that computed the cells.
        bodies: formula cell -> its formula, ready for the engine.
        reads: formula cell -> the cells it reads.
        errors: every cell that holds an error, typed or computed.
    """

    def __init__(
        self,
        session: Session,
        bodies: Mapping[Address, str],
        reads: Reads,
        errors: Mapping[Address, CellValue],
    ) -> None:
        """Index the errors."""
        self._session, self._bodies, self._reads, self._errors = session, bodies, reads, errors
        self._positions = Positions()
        for address in errors:
            self._positions.add(address)
        self._known: dict[Address, str] = {}

    def why(self, address: Address) -> str:
        """Give the message of an error cell; one that comes from another cell names that cell."""
        chain: list[Address] = []
        current: Address | None = address
        message = ""
        while current is not None and current not in self._known and current not in chain:
            chain.append(current)
            message = self._own(current)
            current = None if message else self._source(current)
        if current is not None and current in self._known:
            message = self._known[current]
        code = self._errors[address]
        message = message or (GENERAL[code] if isinstance(code, ErrorCode) else "")
        origin = chain[-1] if chain else address
        for cell in chain:
            self._known[cell] = (
                message if cell == origin and current is None else _from(message, current or origin)
            )
        return self._known[address]

    def _own(self, address: Address) -> str:
        body = self._bodies.get(address)
        if body is None:
            return f"the cell holds {self._errors[address]}"
        try:
            value, message = self._session.result(body, address.row, address.column)
        except NotComputedError as error:
            return str(error)
        return message if value == self._errors[address] else ""

    def _source(self, address: Address) -> Address | None:
        """Find the first cell it reads that holds the same error."""
        code = self._errors[address]
        met = (cell for area in self._reads.get(address, ()) for cell in self._positions.inside(area))
        return next((cell for cell in met if self._errors[cell] == code and cell != address), None)


def _from(message: str, cell: Address) -> str:
    return message if " (from " in message else f"{message} (from {cell})"
