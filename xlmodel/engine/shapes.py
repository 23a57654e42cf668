"""Formulas that differ in their addresses alone, read once: a filled column is one shape."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from xlmodel.grid import Area, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from xlmodel.grid import Token

# An address that is a token of its own whatever its letters and digits are. What else it finds, in a text or in a
# table's brackets, `made` recognises by its place.
_ADDRESS = re.compile(
    r"""(?<![\w.\\?$'"!:\[\]\#])
    ((?:'(?:[^'"\[\]]|'')+'!|[^\W\d][\w.]*+!)?\$?[A-Z]{1,3}\$?[0-9]{1,7}(?::\$?[A-Z]{1,3}\$?[0-9]{1,7})?)
    (?![\w.\\?$(!\[:])""",
    re.VERBOSE,
)


class Shape(NamedTuple):
    """What formulas with other addresses in the same places have in common.

    Args:
        parts: the tokens as the engine reads them; those of addresses are replaced.
        slots: places of the addresses among the parts, in order.
        calls: upper-case names of the functions called.
        areas: what is read, in order; None for an address.
        alike: first and last part of each call that gives the same in every cell.
        one: places of the operands that mean one cell where they are ranges.
    """

    parts: tuple[str, ...]
    slots: tuple[int, ...]
    calls: frozenset[str]
    areas: tuple[Area | None, ...]
    alike: tuple[tuple[int, int], ...]
    one: frozenset[int] = frozenset()


def divided(formula: str) -> tuple[tuple[str, ...], list[str]]:
    """Part a formula into what stands between addresses, which makes its shape, and the addresses."""
    pieces = _ADDRESS.split(formula)
    return tuple(pieces[::2]), pieces[1::2]


def slots(found: Sequence[Token], between: Sequence[str], addresses: Sequence[str]) -> tuple[int, ...] | None:
    """Return the places of the addresses among a formula's tokens; None where they are not all and only its references."""
    starts, position = set(), 0
    for text, address in zip(between, addresses, strict=False):
        position += len(text)
        starts.add((position, address))
        position += len(address)
    places, position = [], 0
    for place, token in enumerate(found):
        if token.kind is Kind.REFERENCE:
            if (position, token.text) not in starts:
                return None
            places.append(place)
        position += len(token.text)
    return tuple(places) if len(places) == len(addresses) else None


def is_range(area: Area) -> bool:
    """Tell whether an area has more than one cell."""
    return (area.top, area.left) != (area.bottom, area.right)


def spans(parts: Sequence[str], ends: Iterable[tuple[int, int]]) -> tuple[str, ...]:
    """Write calls, given as their first and last part."""
    return tuple(["".join(parts[first : last + 1]) for first, last in ends])


def cells_between(areas: list[Area]) -> list[Area]:
    """Give the cells between each two neighbouring areas, for `first:last` with names or functions as ends."""
    return [
        Area(
            one.sheet,
            min(one.top, two.top),
            min(one.left, two.left),
            max(one.bottom, two.bottom),
            max(one.right, two.right),
        )
        for one, two in pairwise(areas)
        if one.sheet == two.sheet
    ]
