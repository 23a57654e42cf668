"""How far each assumption may lie from its value: the ends of the register, else of ranges.csv."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from xlmodel.catalog.load import read_rows
from xlmodel.inputs.register import register

if TYPE_CHECKING:
    from xlmodel.catalog.tables import Catalog
    from xlmodel.inputs.model import Inputs

PATH = Path(__file__).parent / "data" / "ranges.csv"


class Range(NamedTuple):
    """The ends between which a number may lie.

    Args:
        low: smallest.
        base: in force.
        high: largest.
        source: id of the source of the ends.
        kind: published, derived, measured or assumed (judged).
        certain: whether it is a convention that somebody chooses, and so no risk.
    """

    low: float
    base: float
    high: float
    source: str
    kind: str
    certain: bool = False

    @property
    def is_open(self) -> bool:
        """Tell whether there is anything between the ends."""
        return self.low < self.high


def ranges(catalog: Catalog, inputs: Inputs) -> dict[str, Range]:
    """Return the range of each assumption that has one, in the order of the register.

    A value outside the ends widens them. Those of an assumption whose default is a catalog figure are the figure's.

    Args:
        catalog: the figures that are defaults.
        inputs: the values in force.
    """
    stated = _stated()
    found: dict[str, Range] = {}
    for key, row in register().items():
        own = stated.get(key)
        if row.numeric and row.low and row.high:
            ends = float(row.low), float(row.high), row.source, row.kind, False
        elif row.figure and inputs.profile == "full":
            item, _, field = row.figure.partition("/")
            figure = catalog.figure(item, field, inputs.price_date)
            ends = figure.low, figure.high, figure.source, figure.kind, False
        elif own and own["profile"] in {"", inputs.profile}:
            ends = float(own["low"]), float(own["high"]), own["source"], own["kind"], own["certain"] == "yes"
        else:
            continue
        base: float = getattr(inputs, key)
        found[key] = Range(min(ends[0], base), base, max(ends[1], base), *ends[2:])
    return found


@lru_cache(maxsize=1)
def _stated() -> dict[str, dict[str, str]]:
    return {row["key"]: row for row in read_rows(PATH)}
