"""Which calls of a formula the engine would compute otherwise than Excel, so that a function of ours takes their place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from xlmodel.engine.mended import MENDED, NOTHING, mended_name
from xlmodel.grid import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from xlmodel.grid import Token

# the first criterion among the arguments, and how many stand from one to the next
_CRITERIA = {
    "SUMIF": (1, 3),
    "COUNTIF": (1, 3),
    "AVERAGEIF": (1, 3),
    "SUMIFS": (2, 2),
    "AVERAGEIFS": (2, 2),
    "COUNTIFS": (1, 2),
}
# the argument that says which way to go on from a value that is not there
_NEXT = {"XLOOKUP": 4, "XMATCH": 2}
_NEXT_WAYS = frozenset({"-1", "1"})
# the engine's own pass over the errors among the values that they sum
PASSING_OVER_ERRORS = frozenset({"SUMIF", "SUMIFS", "AVERAGEIF", "AVERAGEIFS"})
_QUOTED_OR_CALL = re.compile(
    rf"""("(?:[^"]|"")*"|'(?:[^']|'')*')|(?<![\w.])({"|".join(PASSING_OVER_ERRORS)})\("""
)
# what stands for an argument that is left out, where it is not read as 0
LEFT_OUT = {"XLOOKUP": f'"{NOTHING}"'}
# the argument that says when payments are due
_DUE = {"IPMT": 5, "PPMT": 5}


def needs_mending(found: Sequence[Token], place: int, name: str, one: AbstractSet[int]) -> bool:
    """Tell whether a call is one that the engine computes otherwise.

    Args:
        found: the tokens of the formula.
        place: the token that opens the call.
        name: the function, as the engine knows it.
        one: the operands that mean one cell of their range.
    """
    if name not in MENDED:
        return False
    if name in _CRITERIA:
        first, step = _CRITERIA[name]
        return any(
            number >= first
            and (number - first) % step == 0
            and (token.text == "{" or (at not in one and token.kind is Kind.REFERENCE and ":" in token.local))
            for at, number, token in _arguments(found, place)
        )
    texts: dict[int, str] = {}
    for _, number, token in _arguments(found, place):
        texts[number] = texts.get(number, "") + token.text.strip()
    if name in _NEXT:
        return texts.get(_NEXT[name]) in _NEXT_WAYS and _NEXT[name] + 1 not in texts
    return name not in _DUE or _DUE[name] in texts


def counting_errors(body: str) -> str:
    """Rewrite a formula, ready for the engine, so that a sum of cells that meet criteria shows the errors among them."""
    return _QUOTED_OR_CALL.sub(lambda found: found[1] or f"{mended_name(found[2])}(", body)


def _arguments(found: Sequence[Token], place: int) -> Iterator[tuple[int, int, Token]]:
    """Give the tokens that stand in a call's own arguments: place, number of the argument from 0, token."""
    depth, number = 0, 0
    for at in range(place + 1, len(found)):
        token = found[at]
        opens = token.kind in {Kind.FUNCTION, Kind.OPEN} or token.text == "{"
        closes = token.kind is Kind.CLOSE or token.text == "}"
        if closes and not depth:
            return
        if not depth and token.kind is Kind.SEPARATOR:
            number += 1
        elif not depth:
            yield at, number, token
        depth += opens - closes
