"""How many copies of a model serve a peak, and what given cards sustain: arithmetic over the capacity table."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from xlmodel.errors import BadValueError, NotAvailableError
from xlmodel.sizing.layout import NODE, group_sizes
from xlmodel.sizing.memory import require_count
from xlmodel.sizing.replica import ReplicaCapacity, Service, check_service, options_by_size

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xlmodel.sizing.specs import GpuSpec, ModelSpec, SizingConstants


# an exact multiple of a copy's capacity takes no copy more, whatever the last digit of the division says
ROUNDING = 1e-9


class Fleet(NamedTuple):
    """Equal copies of a model, reserve included."""

    replica: ReplicaCapacity
    replicas: int

    @property
    def gpus(self) -> int:
        """Cards of all copies."""
        return self.replicas * self.replica.gpus_per_replica


class ConfigCapacity(NamedTuple):
    """What a given number of cards sustains.

    Args:
        replica: one copy.
        replicas: copies that serve.
        reserve: further copies that wait for failures and maintenance.
        idle_gpus: cards that no whole copy can use.
        tokens_per_s: output tokens per second of the copies that serve.
        notes: what a user should know.
    """

    replica: ReplicaCapacity
    replicas: int
    reserve: int
    idle_gpus: int
    tokens_per_s: float
    notes: str


def replicas_for(peak: float, tokens_per_s: float, utilisation: float, reserve: float) -> int:
    """Copies that serve a peak: max(1, ceil(peak / (tokens_per_s × utilisation))) + reserve.

    Args:
        peak: output tokens per second asked for at peak.
        tokens_per_s: output tokens per second of one copy.
        utilisation: share of the capacity that the peak may use.
        reserve: further copies.

    Raises:
        BadValueError: a number outside its range.
    """
    if not 0 <= peak < math.inf:
        raise BadValueError(f"the peak is {peak} tokens/s; give a number of at least 0")
    if not 0 < tokens_per_s < math.inf:
        raise BadValueError(f"a copy delivers {tokens_per_s} tokens/s; give a number above 0")
    if not 0 < utilisation <= 1:
        raise BadValueError(f"utilisation_target is {utilisation}; give a share above 0 and up to 1")
    spare = require_count("reserve_replicas", reserve, 0)
    return max(1, math.ceil(peak / (tokens_per_s * utilisation) * (1 - ROUNDING))) + spare


def smallest_fleet(
    options: Iterable[ReplicaCapacity], peak: float, utilisation: float, reserve: float
) -> Fleet:
    """Return the copies that serve a peak on the fewest cards, the smaller copy on a tie.

    More tokens per second never take fewer cards, since no number of copies falls with the peak.

    Args:
        options: what one copy sustains, the fewest cards first.
        peak: output tokens per second asked for at peak.
        utilisation: share of the capacity that the peak may use.
        reserve: further copies.

    Raises:
        BadValueError: a number outside its range.
        NotAvailableError: no option.
    """
    best: Fleet | None = None
    for replica in options:
        fleet = Fleet(replica, replicas_for(peak, replica.tokens_per_s, utilisation, reserve))
        if best is None or fleet.gpus < best.gpus:
            best = fleet
        # a larger copy takes at least one card more, with its reserve
        if (replica.gpus_per_replica + 1) * (1 + reserve) >= best.gpus:
            break
    if best is None:
        raise NotAvailableError("no copy of the model to choose from; take another GPU")
    return best


def config_capacity(
    model: ModelSpec,
    precision: str,
    gpu: GpuSpec,
    n_gpus: float,
    service: Service,
    constants: SizingConstants,
    *,
    reserve: float = 0,
) -> ConfigCapacity:
    """Return the most output tokens per second that these cards sustain within the limits, and how.

    tokens/s = max over copy sizes of (floor(cards / size) − reserve) × tokens per second of a copy; copies span nodes
    only where none within a node serves.

    Args:
        model: the architecture.
        precision: format of the weights.
        gpu: the card.
        n_gpus: cards.
        service: requests and limits.
        constants: the fitted constants.
        reserve: copies that do not serve.

    Raises:
        BadValueError: as `replica_options`, or a count that is not whole.
        NotAvailableError: as `replica_options`, or no copy is left beside the reserve.
    """
    check_service(model, service)
    count, spare = require_count("the number of GPUs", n_gpus), require_count("reserve_replicas", reserve, 0)
    sizes = group_sizes(count)
    within = [size for size in sizes if size <= NODE]
    try:
        options = tuple(options_by_size(model, precision, gpu, service, constants, within))
    except NotAvailableError:
        options = tuple(options_by_size(model, precision, gpu, service, constants, sizes))
    best = max(options, key=lambda one: (count // one.gpus_per_replica - spare) * one.tokens_per_s)
    copies = count // best.gpus_per_replica
    if copies <= spare:
        raise NotAvailableError(
            f"{model.name} {best.precision}: {count}×{gpu.name} hold {copies} × {best.layout}, all kept in reserve"
            f" ({spare}); take more GPUs or a smaller reserve"
        )
    idle = count - copies * best.gpus_per_replica
    notes = [best.notes] if best.notes else []
    if idle:
        notes.append(f"{idle} of {count} GPUs stay idle")
    if spare:
        notes.append(f"{spare} of {copies} copies in reserve")
    total = (copies - spare) * best.tokens_per_s
    return ConfigCapacity(best, copies - spare, spare, idle, total, "; ".join(notes))
