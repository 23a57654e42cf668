"""Which assumptions bear on which part of a calculation."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from xlmodel.catalog.load import read_rows

if TYPE_CHECKING:
    from collections.abc import Iterable

PATH = Path(__file__).parent / "data" / "bears_on.csv"
# a month's bill of an API; a month's rent, and the hours of one on demand; the price of cards; an outlay, and a year's
# operations of owning
MONEY = ("bill", "rent", "hours", "purchase", "outlay", "operations")
# the years after: price paths, operators, one-offs, purchases again
LATER = ("api_years", "rent_years", "own_years")
# users by year; present value, tax and what is left at the end; the hardware that users need
GROWTH, TOTAL, SIZING = "growth", "total", "sizing"
PARTS = (*MONEY, *LATER, GROWTH, TOTAL, SIZING)


@lru_cache(maxsize=1)
def parts_by_key() -> dict[str, frozenset[str]]:
    """Return the parts of a calculation that each assumption bears on, in the order of the register."""
    return {row["key"]: frozenset(row["parts"].split(";")) for row in read_rows(PATH)}


def bearing(parts: Iterable[str]) -> tuple[str, ...]:
    """Return the assumptions that bear on a calculation of these parts.

    Args:
        parts: of PARTS.
    """
    asked = frozenset(parts)
    return tuple(key for key, on in parts_by_key().items() if on & asked)
