"""What a total is most sensitive to: each number behind it at its low and its high end, all else as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from xlmodel.cost.uncertain import Uncertain

if TYPE_CHECKING:
    from xlmodel.catalog.tables import Catalog
    from xlmodel.cost.option import Option
    from xlmodel.cost.uncertain import Driver
    from xlmodel.inputs.model import Inputs
    from xlmodel.inputs.workload import Workload


class Swing(NamedTuple):
    """A total at the ends of one number.

    Args:
        driver: the number and its range.
        low: total at its low end, CNY.
        base: total as it is, CNY.
        high: total at its high end, CNY.
    """

    driver: Driver
    low: float
    base: float
    high: float

    @property
    def swing(self) -> float:
        """Return the width that the three totals cover."""
        return max(self.low, self.base, self.high) - min(self.low, self.base, self.high)


def sensitivity(
    catalog: Catalog, inputs: Inputs, found: Option, workload: Workload | None, years: int
) -> list[Swing]:
    """Return every assumption and figure with a range, the widest swing first.

    Args:
        catalog: prices and specifications.
        inputs: assumptions in force.
        found: the option.
        workload: daily users and tokens; None where no use is stated.
        years: number of years.

    Raises:
        CellError: the option cannot be costed, at the base or at an end.
    """
    costed = Uncertain(catalog, inputs, found, workload, years)
    swings = [
        Swing(
            each,
            costed.total({each.name: each.range.low}),
            costed.base,
            costed.total({each.name: each.range.high}),
        )
        for each in costed.drivers
    ]
    return sorted(swings, key=lambda one: -one.swing)
