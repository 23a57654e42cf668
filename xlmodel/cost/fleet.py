"""Hardware by year: how many GPUs the demand needs, in what machines, and when they are bought."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from xlmodel.sizing import smallest_fleet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlmodel.inputs.demand import Demand
    from xlmodel.inputs.model import Inputs
    from xlmodel.sizing import ReplicaCapacity

NODE_GPUS = 8


def need_by_year(options: Sequence[ReplicaCapacity], demand: Demand, inputs: Inputs) -> tuple[int, ...]:
    """Return the GPUs that each year's peak needs, the reserve included.

    Equation: least over the sizes of a copy of GPUs a copy x (max(1, ceil(peak / (tokens_per_s x
    utilisation_target))) + reserve_replicas).

    Args:
        options: what one copy sustains, for each number of GPUs a copy.
        demand: the peak of each year.
        inputs: utilisation_target, reserve_replicas.
    """
    target, reserve = inputs.utilisation_target, inputs.reserve_replicas
    found: list[int] = []
    before = -1.0
    for year in demand.years:
        peak = year.peak_tokens_per_s
        if peak == before:  # without growth, one peak for all years
            found.append(found[-1])
        else:
            found.append(smallest_fleet(options, peak, target, reserve).gpus)
        before = peak
    return tuple(found)


def slots(gpus: int) -> int:
    """Return the GPU slots of the machines that hold a number of GPUs.

    The machines of the documents hold 1, 2, 4 or 8 cards; beyond eight, whole machines of eight.
    """
    if gpus <= 2:  # noqa: PLR2004 - machines of one and two cards
        return gpus
    return 4 if gpus <= NODE_GPUS // 2 else NODE_GPUS * math.ceil(gpus / NODE_GPUS)


def purchases(need: Sequence[int], life: int) -> tuple[int, ...]:
    """Return what is bought at the start of each year.

    Equation: max(0, need - bought in the last life - 1 years, which is still alive).

    Args:
        need: what must stand in each year.
        life: years that a purchase stands.
    """
    bought: list[int] = []
    for year, wanted in enumerate(need):
        alive = sum(bought[max(0, year - life + 1) :])
        bought.append(max(0, wanted - alive))
    return tuple(bought)
