"""How sure a total is: its distribution where all that it rests on varies at once.

Each number that moves the total follows the triangular distribution over its low, base and high; the draws are the
points of a lattice, so that each number takes each of its quantiles once and pairs of numbers are spread evenly too.
The total is calculated whole for the first draw of a path and repeated for all others that take it (`recorded`):
nothing is approximated but the distribution itself.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache
from itertools import compress
from pathlib import Path as File
from random import Random
from typing import TYPE_CHECKING

from xlmodel.catalog.load import read_rows
from xlmodel.cost.option import fleet
from xlmodel.cost.recorded import Path
from xlmodel.cost.uncertain import Uncertain
from xlmodel.errors import BadValueError
from xlmodel.inputs.demand import demand

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlmodel.catalog.tables import Catalog
    from xlmodel.cost.option import Option
    from xlmodel.cost.recorded import Column
    from xlmodel.inputs.model import Inputs
    from xlmodel.inputs.workload import Workload

DRAWS = 4096
SEED = 1
GENERATORS = File(__file__).parent / "data" / "lattice.csv"
# so many columns at a time stay in the processor's cache
_CHUNK = 4096
# where a path is taken by fewer than one in so many, a whole calculation for each draw that is left takes less time
_RARE = 16


def lattice(dimensions: int, draws: int, seed: int) -> list[Column]:
    """Return points of the unit cube, a column for each axis: an embedded lattice rule, shifted at random.

    Equation: point i of axis d = fraction of (phi(i) x z_d + shift_d), phi the bits of i behind the point in reverse,
    so that each of 2^m slices of each axis holds one of 2^m points.

    Args:
        dimensions: numbers of a point, 250 at most.
        draws: number of points.
        seed: a whole number; the same gives the same points.

    Source: z_d: Cools, Kuo, Nuyens, SIAM J. Sci. Comput. 28 (2006) 2162, order-2 weights, up to 2^20 points.
    """
    random = Random(seed)  # noqa: S311 - a sample, and no secret
    phi = [0.0]
    while len(phi) < draws:
        phi += [each + 0.5 / len(phi) for each in phi]
    del phi[draws:]
    shifts = [(z, random.random()) for z in _generators()[:dimensions]]
    return [[(each * z + shift) % 1.0 for each in phi] for z, shift in shifts]


def totals(
    catalog: Catalog,
    inputs: Inputs,
    options: Sequence[Option],
    workload: Workload | None,
    years: int,
    draws: int = DRAWS,
    seed: int = SEED,
) -> list[Column]:
    """Return the totals of options in CNY, a column for each; what options share moves together.

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
    drivers = dict(sorted((driver.name, driver) for of_one in acting for driver in of_one))
    points = lattice(len(drivers), draws, seed)
    drawn = {name: driver.at(column) for (name, driver), column in zip(drivers.items(), points, strict=True)}
    return [
        _drawn_totals(each, {driver.name: drawn[driver.name] for driver in of_one}, draws)
        for each, of_one in zip(costed, acting, strict=True)
    ]


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


def _drawn_totals(costed: Uncertain, drawn: dict[str, Column], draws: int) -> Column:
    """Return the total of each draw."""
    if not drawn:
        return [costed.base] * draws
    names, columns = list(drawn), list(drawn.values())

    def total(point: Sequence[float]) -> float:
        return costed.total(dict(zip(names, point, strict=True)))

    found, paths, common = [0.0] * draws, list[Path](), True
    for start in range(0, draws, _CHUNK):
        end = min(start + _CHUNK, draws)
        left = list(range(start, end))
        held = [column[start:end] for column in columns]
        tried = 0
        while left and (tried < len(paths) or common):
            if tried == len(paths):
                paths.append(Path(total, [column[0] for column in held]))
            taking, results = paths[tried].over(held)
            for row, result in zip(taking, results, strict=True):
                found[left[row]] = result
            common = common and len(taking) * _RARE >= len(left)
            tried += 1
            stays = bytearray(b"\1") * len(left)
            for row in taking:
                stays[row] = 0
            left = list(compress(left, stays))
            held = [list(compress(column, stays)) for column in held]
        for row in left:
            found[row] = total([column[row] for column in columns])
    return found


@lru_cache(maxsize=1)
def _generators() -> tuple[int, ...]:
    return tuple(int(row["generator"]) for row in read_rows(GENERATORS))


def _on_its_gpu(
    catalog: Catalog, inputs: Inputs, found: Option, workload: Workload | None, years: int
) -> Option:
    if not found.open_model or found.gpu:
        return found
    if workload is None:
        raise BadValueError(f"dau: {found.label} is costed by use, so give the daily active users")
    picked = fleet(catalog, inputs, found, demand(workload, inputs, years))
    return replace(found, gpu=picked.gpu)
