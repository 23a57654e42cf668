"""How old the prices are: those that must be checked again before they are relied on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xlmodel.catalog.tables import parse_iso

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from xlmodel.catalog.tables import Catalog, Figure

# the row of facts.csv with the limit
LIMIT = "price age limit"


@dataclass(frozen=True, slots=True)
class Aged:
    """A figure and its age.

    Args:
        figure: the figure.
        days: days from its as-of date.
    """

    figure: Figure
    days: int


def stale(catalog: Catalog, figures: Iterable[Figure], on: date, days: float | None = None) -> list[Aged]:
    """Return the figures that are older than a limit, the oldest first.

    Equation: age = on - as_of, in days; stale where age > limit.

    Args:
        catalog: where the limit is read.
        figures: the figures in use; one without a date, such as a given one, has no age.
        on: the day of the quote.
        days: the limit; None: the catalog's `price age limit`.
    """
    limit = catalog.fact(LIMIT) if days is None else days
    dated = ((figure, parse_iso(figure.as_of)) for figure in figures)
    aged = [Aged(figure, (on - as_of).days) for figure, as_of in dated if as_of is not None]
    return sorted((each for each in aged if each.days > limit), key=lambda each: -each.days)
