"""How much a workbook may ask for: one table of limits, each with the option that raises it.

The limits in force stand in a context variable, so that a reader deep inside a part asks for one by its name.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xlmodel.errors import RequestError, WorkbookError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

MEGABYTE = 1_000_000
LARGEST = 10**9
_SETTING = re.compile(r"([a-z_]+)=([0-9]{1,10})")


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit.

    Args:
        name: as `--limit` takes it; the unit stands at its end where it is no count.
        default: the limit where nobody gives another.
        bounds: what it bounds, for the documentation.
    """

    name: str
    default: int
    bounds: str


LIMITS = {
    limit.name: limit
    for limit in (
        Limit("file_mb", 100, "size of the file"),
        Limit("parts", 10_000, "number of parts in the file"),
        Limit("part_mb", 64, "size of one part that is read, unpacked"),
        Limit("total_mb", 128, "size of all parts that are read, unpacked"),
        Limit("ratio", 500, "size of a part above 1 MB, unpacked over packed"),
        Limit(
            "elements",
            200_000,
            "XML elements of a part that is no worksheet; shared strings may have ten times as many",
        ),
        Limit("cells", 300_000, "cells and rows of a sheet, empty ones with a format included"),
        Limit("formulas", 150_000, "formulas of a sheet"),
        Limit("text_chars", 300_000, "characters of a value or formula as the file writes it"),
        Limit("array_cells", 100_000, "cells of an array formula or what-if data table"),
        Limit("points", 100_000, "points of one chart"),
        Limit("seconds", 60, "time for one workbook, on the clock"),
        Limit("memory_mb", 350, "memory of the process that works on one workbook"),
    )
}
_given: ContextVar[Mapping[str, int] | None] = ContextVar("limits", default=None)


def limit(name: str) -> int:
    """Return the limit in force."""
    return (_given.get() or {}).get(name, LIMITS[name].default)


def limits_now() -> Mapping[str, int]:
    """Return the limits that are in force in place of the defaults."""
    return _given.get() or {}


def check_limit(name: str, found: int, where: str, what: str) -> None:
    """Refuse what is above a limit.

    Args:
        name: the limit.
        found: what the file asks for, in the limit's unit.
        where: the file, and the part or sheet.
        what: what asks for it, such as `unpacks to 80 MB`.

    Raises:
        WorkbookError: it is above; the message names the limit and the option that raises it.
    """
    if found > limit(name):
        raise WorkbookError(above(name, where, what))


def above(name: str, where: str, what: str) -> str:
    """Write the message for what is above a limit."""
    return f"{where}: {what}; the limit is {name}={limit(name)}, --limit {name}=N raises it for a file that you trust"


def parse_limits(settings: Iterable[str]) -> dict[str, int]:
    """Read settings such as `cells=1000000`.

    Raises:
        RequestError: an unknown limit, or no whole number from 1.
    """
    found: dict[str, int] = {}
    for setting in settings:
        match = _SETTING.fullmatch(setting.strip())
        if match is None or not 1 <= int(match[2]) <= LARGEST:
            raise RequestError(f"--limit {setting}: write NAME=NUMBER, a whole number from 1 to {LARGEST}")
        if match[1] not in LIMITS:
            raise RequestError(f"--limit {setting}: no such limit; there are {', '.join(LIMITS)}")
        found[match[1]] = int(match[2])
    return found


@contextmanager
def limits_in_force(given: Mapping[str, int]) -> Iterator[None]:
    """Put other limits than the defaults in force.

    Args:
        given: limit -> its value; the others keep their defaults.
    """
    token = _given.set(given)
    try:
        yield
    finally:
        _given.reset(token)
