"""Functions of Excel that the engine computes otherwise, made here; the rewriter puts them in the engine's place.

Sources: Microsoft's pages of CEILING, FLOOR, CEILING.MATH, FLOOR.MATH, DB, IPMT, IRR, PPMT, LOOKUP, XLOOKUP, SUMIF and COUNTIF.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeAlias

from xlmodel.engine.criteria import CONDITIONAL

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Given: TypeAlias = (
    Any  # a number, text, logical, None, rows of these, or an error as the engine hands it over
)
_FIRST_GUESS, _STEPS, _EXACT = 0.1, 100, 1e-14
PREFIX = "XLMODEL_MENDED_"
NOTHING = "xlmodel: left out"  # an argument between commas
_NUM, _DIV0, _VALUE, _NA = (
    {"type": "Error", "kind": kind, "message": message}
    for kind, message in (
        ("Num", "a number out of its limits"),
        ("Div", "division by zero"),
        ("Value", "text or a range where a number is needed"),
        ("Na", "a lookup found nothing"),
    )
)


def _numeric(make: Callable[..., Given]) -> Callable[..., Given]:
    """Pass errors on and turn the arguments into numbers."""

    def run(*args: Given) -> Given:
        numbers = []
        for given in args:
            if isinstance(given, dict):
                return given
            try:
                numbers.append(0.0 if given is None else float(given))
            except (TypeError, ValueError):
                return _VALUE
        return make(*numbers)

    return run


def _steps(number: float, step: float) -> float:
    return float(f"{number / step:.15g}")  # 0.3 / 0.1 is 3


def _ceiling(number: float, step: float) -> Given:
    if not step or not number:
        return 0.0
    return _NUM if number > 0 > step else step * math.ceil(_steps(number, step))


def _floor(number: float, step: float) -> Given:
    if not step:
        return 0.0 if not number else _DIV0
    return _NUM if number > 0 > step else step * math.floor(_steps(number, step))


def _ceiling_math(number: float, step: float = 1.0, mode: float = 0.0) -> Given:
    step = abs(step)
    if not step:
        return 0.0
    away = number < 0 and mode
    return step * (math.floor if away else math.ceil)(_steps(number, step))


def _floor_math(number: float, step: float = 1.0, mode: float = 0.0) -> Given:
    step = abs(step)
    if not step:
        return 0.0
    toward = number < 0 and mode
    return step * (math.ceil if toward else math.floor)(_steps(number, step))


def _db(cost: float, salvage: float, life: float, period: float, month: float = 12.0) -> Given:
    """Depreciate at a fixed declining rate, which has three decimals; the first year has `month` months."""
    month, last = math.trunc(month), life if month == 12 else life + 1  # noqa: PLR2004 - a whole first year
    if cost < 0 or salvage < 0 or life <= 0 or not 1 <= period <= last or not 1 <= month <= 12:  # noqa: PLR2004
        return _NUM
    if not cost:
        return 0.0
    rate = round(1 - (salvage / cost) ** (1 / life), 3)
    first = cost * rate * month / 12
    period = math.trunc(period)
    if period == 1:
        return first
    left = (cost - first) * (1 - rate) ** (period - 2)
    return left * rate * ((12 - month) / 12 if period > life else 1.0)


def _interest(
    rate: float, period: float, count: float, present: float, future: float = 0.0, due: float = 0.0
) -> Given:
    """Give the interest of a payment: on what is owed before it, discounted where payments come first."""
    if not 1 <= period <= count:
        return _NUM
    if not rate or (due and period == 1):
        return 0.0
    past = math.trunc(period) - 1
    grown, lead = (1 + rate) ** past, (1 + rate if due else 1.0)
    owed = present * grown + _payment(rate, count, present, future, due) * lead * (grown - 1) / rate
    return -owed * rate / lead


def _principal(
    rate: float, period: float, count: float, present: float, future: float = 0.0, due: float = 0.0
) -> Given:
    interest = _interest(rate, period, count, present, future, due)
    return interest if isinstance(interest, dict) else _payment(rate, count, present, future, due) - interest


def _payment(rate: float, count: float, present: float, future: float, due: float) -> float:
    if not rate:
        return -(present + future) / count
    grown: float = (1 + rate) ** count
    return -(present * grown + future) * rate / (grown - 1) / (1 + rate if due else 1.0)


def _rows(given: Given) -> list[list[Given]]:
    return given if isinstance(given, list) else [[given]]


def _rank(value: Given) -> tuple[int, Any] | None:
    """Rank a value among those of its kind; None for nothing and errors, which no lookup finds."""
    if value is None or isinstance(value, dict):
        return None
    if isinstance(value, bool):
        return 2, value
    return (0, float(value)) if isinstance(value, int | float) else (1, str(value).casefold())


def _line(given: Given) -> list[Given] | None:
    """Return a single row or column as a list."""
    rows = _rows(given)
    if len(rows) == 1:
        return rows[0]
    return [row[0] for row in rows] if all(len(row) == 1 for row in rows) else None


def _lookup(wanted: Given, where: Given, what: Given = None) -> Given:
    """Find the last value that is not larger, passing over errors: the way of `LOOKUP(2,1/(condition),results)`."""
    line = _line(where)
    results = line if what is None else _line(what)
    if isinstance(wanted, dict):
        return wanted
    rank = _rank(wanted)
    if line is None or results is None or rank is None:
        return _VALUE
    found = [
        place
        for place, each in enumerate(line)
        if (held := _rank(each)) is not None and held[0] == rank[0] and held <= rank
    ]
    if not found or found[-1] >= len(results):
        return _NA
    return 0.0 if results[found[-1]] is None else results[found[-1]]


def _nearest(wanted: Given, line: Sequence[Given], mode: int) -> int | None:
    """Return the place of a value, else of the next smaller (-1) or larger (1) one, whatever the order."""
    rank = _rank(wanted)
    best: tuple[Any, int] | None = None
    for place, each in enumerate(line):
        held = _rank(each)
        if held is None or rank is None or held[0] != rank[0]:
            continue
        if held == rank:
            return place
        if (held < rank) == (mode < 0) and (best is None or (held > best[0] if mode < 0 else held < best[0])):
            best = held, place
    return None if best is None else best[1]


def _xlookup(
    wanted: Given, where: Given, what: Given, missing: Given = NOTHING, mode: Given = 0, order: Given = 1
) -> Given:
    line, results = _line(where), _rows(what)
    if isinstance(wanted, dict):
        return wanted
    if line is None or isinstance(wanted, list) or mode not in {-1, 1} or (order or 1) != 1:
        return _VALUE
    place = _nearest(wanted, line, int(mode))
    if place is None:
        return _NA if missing == NOTHING else missing
    across = len(_rows(where)) == 1 and len(line) > 1
    found = [[row[place]] for row in results] if across else [results[place]]
    return (0.0 if found[0][0] is None else found[0][0]) if len(found) == len(found[0]) == 1 else found


def _xmatch(wanted: Given, where: Given, mode: Given = 0, order: Given = 1) -> Given:
    line = _line(where)
    if isinstance(wanted, dict):
        return wanted
    if line is None or isinstance(wanted, list) or mode not in {-1, 1} or (order or 1) != 1:
        return _VALUE
    place = _nearest(wanted, line, int(mode))
    return _NA if place is None else float(place + 1)


def _irr(values: Given, guess: Given = _FIRST_GUESS) -> Given:
    """Find the rate by Newton's steps; what is no number is left out, so the flows after it come a period earlier."""
    flows = []
    for row in _rows(values):
        for each in row:
            if isinstance(each, dict):
                return each
            if isinstance(each, int | float) and not isinstance(each, bool):
                flows.append(float(each))
    if not flows or min(flows) >= 0 or max(flows) <= 0:
        return _NUM
    try:
        factor = 1 + (_FIRST_GUESS if guess is None else float(guess))
        for _ in range(_STEPS):
            worth = sum(flow / factor**period for period, flow in enumerate(flows))
            slope = sum(-period * flow / factor ** (period + 1) for period, flow in enumerate(flows))
            step = worth / slope
            factor -= step
            if factor <= 0:
                return _NUM
            if abs(step) < _EXACT:
                return factor - 1
    except (ArithmeticError, TypeError, ValueError):
        return _NUM
    return _NUM


# by the engine's own names; mending.py says which calls of them are
MENDED: dict[str, Callable[..., Given]] = {
    "CEILING": _numeric(_ceiling),
    "FLOOR": _numeric(_floor),
    "CEILING.MATH": _numeric(_ceiling_math),
    "FLOOR.MATH": _numeric(_floor_math),
    "DB": _numeric(_db),
    "IPMT": _numeric(_interest),
    "IRR": _irr,
    "PPMT": _numeric(_principal),
    "LOOKUP": _lookup,
    "XLOOKUP": _xlookup,
    "XMATCH": _xmatch,
    **CONDITIONAL,
}


def mended_name(name: str) -> str:
    """Return the name under which the engine knows a function of this module."""
    return PREFIX + name.replace(".", "_")
