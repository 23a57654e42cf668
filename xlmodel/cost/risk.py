"""How sure a total is: its distribution where all that it rests on varies at once.

Each number that moves the total follows the triangular distribution over its low, base and high; the draws are the
points of a Kronecker lattice, shifted by the seed, which fill the space more evenly than random ones: about 4,000 of
them settle a percentile to 1 %. Every draw is a whole calculation, so that nothing is approximated but the
distribution itself.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from xlmodel.cost.option import fleet
from xlmodel.cost.uncertain import Uncertain
from xlmodel.errors import BadValueError
from xlmodel.inputs.demand import demand

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from xlmodel.catalog.tables import Catalog
    from xlmodel.cost.option import Option
    from xlmodel.inputs.model import Inputs
    from xlmodel.inputs.workload import Workload

DRAWS = 4096
SEED = 1


def lattice(dimensions: int, draws: int, seed: int) -> Iterator[tuple[float, ...]]:
    """Yield points of the unit cube: frac(shift + n x alpha), alpha_i = g^-i.

    g is the root of g^(d + 1) = g + 1 (the golden ratio for one dimension); the shift comes from the seed.

    Args:
        dimensions: numbers of a point.
        draws: number of points.
        seed: a whole number.

    Source: M. Roberts, The unreasonable effectiveness of quasirandom sequences, 2018.
    """
    steps = _steps(dimensions)
    shift = [
        math.fmod((seed * 0.7548776662466927 + index * 0.5698402909980532), 1.0)
        for index in range(dimensions)
    ]
    for number in range(draws):
        yield tuple((start + number * step) % 1.0 for start, step in zip(shift, steps, strict=True))


@lru_cache(maxsize=64)
def _steps(dimensions: int) -> tuple[float, ...]:
    root = 2.0
    for _ in range(64):  # converges to the last digit
        root = (1 + root) ** (1 / (dimensions + 1))
    return tuple(root**-index % 1.0 for index in range(1, dimensions + 1))


def totals(
    catalog: Catalog,
    inputs: Inputs,
    options: Sequence[Option],
    workload: Workload | None,
    years: int,
    draws: int = DRAWS,
    seed: int = SEED,
) -> list[tuple[float, ...]]:
    """Return the totals of options in CNY, one tuple a draw; what options share moves together.

    Hardware that sizing picks keeps the GPU that is cheapest at the base, since it is bought on that; how many of it
    are needed follows each draw.

    Args:
        catalog: prices and specifications.
        inputs: assumptions in force.
        options: what is costed.
        workload: daily users and tokens; None where no use is stated.
        years: number of years.
        draws: number of draws.
        seed: shifts the draws.

    Raises:
        CellError: an option that cannot be costed.
    """
    costed = [
        Uncertain(catalog, inputs, _on_its_gpu(catalog, inputs, one, workload, years), workload, years)
        for one in options
    ]
    acting = [[one for one in each.acting() if not one.range.certain] for each in costed]
    # by name, so that the draws do not depend on the order of the options
    spans = dict(sorted((driver.name, driver.range) for drivers in acting for driver in drivers))
    found = []
    for point in lattice(len(spans), draws, seed):
        values = {name: span.at(share) for (name, span), share in zip(spans.items(), point, strict=True)}
        found.append(
            tuple(
                each.total({driver.name: values[driver.name] for driver in drivers})
                for each, drivers in zip(costed, acting, strict=True)
            )
        )
    return found


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which a share of the sorted values lies, interpolated between them.

    Args:
        values: sorted.
        share: 0 to 1.
    """
    place = share * (len(values) - 1)
    below = math.floor(place)
    above = min(below + 1, len(values) - 1)
    return values[below] + (place - below) * (values[above] - values[below])


def _on_its_gpu(
    catalog: Catalog, inputs: Inputs, found: Option, workload: Workload | None, years: int
) -> Option:
    if not found.open_model or found.gpu:
        return found
    if workload is None:
        raise BadValueError(f"dau: {found.label} is costed by use, so give the daily active users")
    picked = fleet(catalog, inputs, found, demand(workload, inputs, years))
    return replace(found, gpu=picked.gpu)
