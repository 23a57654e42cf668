"""How sure a total is: its distribution where all that it rests on varies at once.

Each number that moves the total follows the triangular distribution over its low, base and high; the draws are a Latin
hypercube, so that each number takes each of its quantiles once: about 4,000 draws settle a percentile to 1 %. Every
draw is a whole calculation, so that nothing is approximated but the distribution itself.
"""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import repeat
from random import Random
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


def latin_hypercube(dimensions: int, draws: int, seed: int) -> Iterator[tuple[float, ...]]:
    """Return points of the unit cube, one in each of the draws' slices of each axis, at random within it.

    Args:
        dimensions: numbers of a point.
        draws: number of points.
        seed: a whole number; the same gives the same points.

    Source: McKay, Beckman, Conover, Technometrics 21 (1979) 239.
    """
    random = Random(seed)  # noqa: S311 - a sample, and no secret
    axes = []
    for _ in range(dimensions):
        slices = list(range(draws))
        random.shuffle(slices)
        axes.append([(each + random.random()) / draws for each in slices])
    return zip(*axes, strict=True) if axes else repeat((), draws)


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
        seed: of the draws.

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
    for point in latin_hypercube(len(spans), draws, seed):
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
