"""Which ranges of a formula stored without an array flag mean the one cell in the formula's own row or column.

Excel intersects each such range by itself, before it computes; the engine would compute all cells and take the first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from xlmodel.engine.exact import ADDED, COMPARED, SHOWN
from xlmodel.engine.local_names import PREFIX
from xlmodel.grid import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlmodel.grid import Token

# the numbers of a function's arguments, from 0, that take one value
ScalarArguments: TypeAlias = Callable[[str], Collection[int] | None]

_SCALAR = frozenset(
    [
        "ABS",
        "SQRT",
        "ROUND",
        "ROUNDUP",
        "ROUNDDOWN",
        "INT",
        "TRUNC",
        "MOD",
        "POWER",
        "EXP",
        "LN",
        "LOG",
        "LOG10",
        "SIGN",
        "NOT",
        "TEXT",
        "VALUE",
        "LEFT",
        "RIGHT",
        "MID",
        "LEN",
        "UPPER",
        "LOWER",
        "TRIM",
        "SUBSTITUTE",
        "REPT",
        "FIND",
        "SEARCH",
        "DATE",
        "YEAR",
        "MONTH",
        "DAY",
        "WEEKDAY",
        "HOUR",
        "MINUTE",
        "SECOND",
        "EDATE",
        "EOMONTH",
        "ISNUMBER",
        "ISTEXT",
        "ISBLANK",
        "ISERROR",
        "ISNA",
        "PMT",
        "FV",
        "PV",
        "CHOOSE",
    ]
)
_RANGES = frozenset(
    [
        "SUM",
        "AVERAGE",
        "COUNT",
        "COUNTA",
        "MIN",
        "MAX",
        "PRODUCT",
        "MEDIAN",
        "STDEV",
        "VAR",
        "AND",
        "OR",
        "SUBTOTAL",
        "ROWS",
        "COLUMNS",
        "IFERROR",
        "IFNA",
    ]
)
# arguments that take one value, of functions whose others take ranges
_SOME: Mapping[str, Collection[int]] = {
    "IF": {0},
    "INDEX": {1, 2, 3},
    "MATCH": {0, 2},
    "VLOOKUP": {0, 2, 3},
    "HLOOKUP": {0, 2, 3},
    "COUNTIF": {1},
    "SUMIF": {1},
    "AVERAGEIF": {1},
    "LARGE": {1},
    "SMALL": {1},
}
_COMPUTED = frozenset(
    {"IF", "LARGE", "SMALL"}
)  # an operator in their other arguments makes one value of a range
_EXACT = frozenset({COMPARED, SHOWN, ADDED})
_OPERANDS = frozenset({Kind.REFERENCE, Kind.NAME, Kind.STRUCTURED})
_VALUES = _OPERANDS | {Kind.NUMBER, Kind.TEXT, Kind.LOGICAL, Kind.ERROR, Kind.CLOSE}


@dataclass(slots=True)
class _Open:
    """A bracket while a formula is read: a function's, or plain; and the argument that is read in it."""

    name: str = ""
    array: bool = False
    number: int = 0
    operands: list[int] = field(default_factory=list)
    operated: bool = False
    joined: bool = False
    several: bool = False


def intersecting(found: Sequence[Token], ours: ScalarArguments) -> frozenset[int]:
    """Return the places of the operands that are intersected where they are ranges.

    Args:
        found: the tokens of a formula.
        ours: the arguments of a function of ours that take one value; None where it is none of ours.
    """
    marked: set[int] = set()
    stack = [_Open()]
    before: Token | None = None
    for place, token in enumerate(found):
        here, kind = stack[-1], token.kind
        if kind is Kind.SPACE:
            continue
        if kind in _OPERANDS and not (before is not None and before.text in {"@", ":"}):
            here.operands.append(place)
        here.joined |= token.text == ":" or (
            kind in _OPERANDS and before is not None and before.kind in _VALUES
        )
        if kind is Kind.OPERATOR and token.text not in {":", "@", "#"}:
            here.operated = True
        if kind is Kind.FUNCTION:
            name = PREFIX.sub("", token.local[:-1]).upper()
            stack.append(_Open(name, here.array or not _known(name, ours)))
        elif kind is Kind.OPEN or token.text == "{":
            stack.append(_Open(array=here.array))
        elif kind is Kind.SEPARATOR:
            _close_argument(stack, ours, marked)
            here.number, here.several = here.number + 1, True
        elif (kind is Kind.CLOSE or token.text == "}") and len(stack) > 1:
            _close_argument(stack, ours, marked)
            stack.pop()
        before = token
    _close_argument(stack[:1], ours, marked)
    return frozenset(marked)


def _known(name: str, ours: ScalarArguments) -> bool:
    return name in _EXACT or name in _SCALAR or name in _RANGES or name in _SOME or ours(name) is not None


def _close_argument(stack: Sequence[_Open], ours: ScalarArguments, marked: set[int]) -> None:
    """Decide on the operands of an argument that ends here."""
    here = stack[-1]
    operands, operated, joined = here.operands, here.operated, here.joined
    here.operands, here.operated, here.joined = [], False, False
    if joined or here.array:
        return
    if not here.name and len(stack) > 1:  # plain brackets: as if they were not there
        outer = stack[-2]
        if here.several:
            return
        if not operated:
            outer.operands += operands
        elif _takes_one(outer, ours, operated=True):
            marked.update(operands)
        return
    if _takes_one(here, ours, operated=operated):
        marked.update(operands)


def _takes_one(here: _Open, ours: ScalarArguments, *, operated: bool) -> bool:
    """Tell whether an operand of the argument, alone or beside an operator, means one cell."""
    if not here.name:
        return operated
    own = ours(here.name)
    if own is not None:
        return here.number in own
    if here.name in _SCALAR:
        return True
    if here.name in _SOME:
        return here.number in _SOME[here.name] or (operated and here.name in _COMPUTED)
    return operated and here.name in _RANGES
