"""The capacity table: what one copy of a model sustains on a GPU within latency limits, and how many copies serve a peak.

replicas = ceil(peak / (tokens per second of a copy × utilisation)) + reserve
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from xlmodel.errors import BadValueError, NotAvailableError
from xlmodel.sizing.layout import NODE, Layout, group_sizes
from xlmodel.sizing.memory import check_known, require_count
from xlmodel.sizing.precision import Format, resolve
from xlmodel.sizing.speed import Speed, speed
from xlmodel.sizing.throughput import band, band_notes, parse_engine, used_layouts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from xlmodel.sizing.specs import GpuSpec, ModelSpec, SizingConstants

SEARCH_STEPS = 12


class Service(NamedTuple):
    """What every request looks like, and how it shall be answered; the number of users is no part of it.

    Args:
        input_tokens: mean tokens of a prompt.
        output_tokens: mean tokens of an answer.
        cached_share: share of the prompt that the prefix cache holds: no prefill, all of its memory.
        ttft_limit_ms: longest time to the first token, or None.
        tpot_limit_ms: longest time a further token, or None.
        engine: `default` or `tuned`.
    """

    input_tokens: float
    output_tokens: float
    cached_share: float = 0.0
    ttft_limit_ms: float | None = None
    tpot_limit_ms: float | None = None
    engine: str = "default"


class ReplicaCapacity(NamedTuple):
    """What one copy of a model sustains within the latency limits.

    Args:
        gpu: the card.
        precision: format of the weights.
        gpus_per_replica: cards of the copy.
        tokens_per_s: output tokens per second at the limit.
        layout: how the copy is spread over its cards.
        concurrency: requests in flight at the limit.
        ttft_ms: time to the first token at the limit.
        tpot_ms: time a further token at the limit.
        band_low: tokens per second that nine in ten measurements exceed.
        band_high: tokens per second that one in ten measurements exceeds.
        notes: what a user should know.
    """

    gpu: str
    precision: str
    gpus_per_replica: int
    tokens_per_s: float
    layout: Layout
    concurrency: float
    ttft_ms: float
    tpot_ms: float
    band_low: float
    band_high: float
    notes: str


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


def require_length(name: str, value: float) -> float:
    """Give the mean length of a prompt or answer in tokens; a mean may be a fraction.

    Raises:
        BadValueError: not a number of at least 1.
    """
    if not 1 <= value < math.inf:
        raise BadValueError(f"{name} is {value}; give a number of tokens of at least 1")
    return value


def check_service(model: ModelSpec, service: Service) -> None:
    """Refuse lengths, shares and limits outside their range, and a context beyond the model's.

    Raises:
        BadValueError: a length, share or limit outside its range.
        NotAvailableError: an unknown architecture or engine, or a context beyond the model's.
    """
    check_known(model)
    prompt = require_length("input_tokens", service.input_tokens)
    context = prompt + require_length("output_tokens", service.output_tokens)
    if not 0 <= service.cached_share <= 1:
        raise BadValueError(f"cached_share is {service.cached_share}; give a share from 0 to 1")
    limits = {"ttft_limit_ms": service.ttft_limit_ms, "tpot_limit_ms": service.tpot_limit_ms}
    for name, limit in limits.items():
        if limit is not None and not limit > 0:
            raise BadValueError(f"{name} is {limit}; give milliseconds above 0")
    parse_engine(service.engine)
    if context > model.max_context:
        raise NotAvailableError(
            f"{math.ceil(context):,} tokens exceed the {model.max_context:,} of {model.name};"
            " shorten the prompt or take another model"
        )


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
    return max(1, math.ceil(peak / (tokens_per_s * utilisation))) + spare


def replica_options(
    model: ModelSpec,
    precision: str,
    gpu: GpuSpec,
    service: Service,
    constants: SizingConstants,
    *,
    largest_copy: int = NODE,
) -> tuple[ReplicaCapacity, ...]:
    """Return what one copy sustains, for each legal number of cards a copy that serves, the fewest first.

    Args:
        model: the architecture.
        precision: format of the weights.
        gpu: the card.
        service: requests and limits.
        constants: the fitted constants.
        largest_copy: most cards of a copy; above 8 a copy may span nodes.

    Raises:
        BadValueError: a length, share or limit outside its range.
        NotAvailableError: an unknown precision, architecture or engine, a context beyond the model's, no fit, or
            latency limits that this GPU cannot keep.
    """
    check_service(model, service)
    return tuple(options_by_size(model, precision, gpu, service, constants, group_sizes(largest_copy)))


def options_by_size(
    model: ModelSpec,
    precision: str,
    gpu: GpuSpec,
    service: Service,
    constants: SizingConstants,
    sizes: list[int],
) -> Iterator[ReplicaCapacity]:
    """Yield what one copy sustains at each of the sizes that serve; computed only as far as they are taken.

    Raises:
        NotAvailableError: no size serves.
    """
    served = False
    for size in sizes:
        found = _replica(model, precision, gpu, size, service, constants)
        if found is not None:
            served = True
            yield found
    if not served:
        free = service._replace(ttft_limit_ms=None, tpot_limit_ms=None)
        starts = any(_replica(model, precision, gpu, size, free, constants) for size in sizes)
        problem = "cannot keep the latency limits on" if starts else "does not fit"
        name = resolve(model, precision, gpu, constants).name
        raise NotAvailableError(
            f"{model.name} {name} {problem} up to {sizes[-1]}×{gpu.name}; take another GPU"
        )


def replica_capacity(
    model: ModelSpec,
    precision: str,
    gpu: GpuSpec,
    service: Service,
    constants: SizingConstants,
    *,
    largest_copy: int = NODE,
) -> ReplicaCapacity:
    """Return the copy with the most tokens per second a card: what a large fleet is made of.

    Of equal ones, the smaller. Arguments and errors are those of `replica_options`.
    """
    options = replica_options(model, precision, gpu, service, constants, largest_copy=largest_copy)
    return max(options, key=lambda one: one.tokens_per_s / one.gpus_per_replica)


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
        if best is not None and replica.gpus_per_replica * (1 + reserve) >= best.gpus:
            break
        fleet = Fleet(replica, replicas_for(peak, replica.tokens_per_s, utilisation, reserve))
        if best is None or fleet.gpus < best.gpus:
            best = fleet
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


@lru_cache(maxsize=16384)
def _replica(
    model: ModelSpec, precision: str, gpu: GpuSpec, size: int, service: Service, constants: SizingConstants
) -> ReplicaCapacity | None:
    """Return what one copy on `size` cards sustains, in its fastest layout within the limits; None without one."""
    fmt = resolve(model, precision, gpu, constants)
    best: tuple[Speed, Layout] | None = None
    for layout in used_layouts(model, size):
        point = _most(model, fmt, gpu, layout, service, constants)
        if point is not None and (best is None or point.tokens_per_s > best[0].tokens_per_s):
            best = (point, layout)
    if best is None:
        return None
    most, layout = best
    low, high = band(model, gpu, parse_engine(service.engine), "throughput", constants)
    return ReplicaCapacity(
        gpu=gpu.name,
        precision=fmt.name,
        gpus_per_replica=size,
        tokens_per_s=most.tokens_per_s,
        layout=layout,
        concurrency=most.concurrency,
        ttft_ms=most.ttft_s * 1e3,
        tpot_ms=most.tpot_s * 1e3,
        band_low=most.tokens_per_s * low,
        band_high=most.tokens_per_s * high,
        notes="; ".join(band_notes(model, fmt, gpu)),
    )


def _most(
    model: ModelSpec, fmt: Format, gpu: GpuSpec, layout: Layout, service: Service, constants: SizingConstants
) -> Speed | None:
    """Return the fastest point of a layout within the limits: bisection on the requests in flight."""
    full = service_speed(model, fmt, gpu, layout, None, service, constants)
    if full is None or _within_limits(full, service):
        return full
    low, high = 1.0, full.concurrency
    best = service_speed(model, fmt, gpu, layout, low, service, constants)
    if best is None or not _within_limits(best, service):
        return None
    for _ in range(SEARCH_STEPS):
        middle = (low + high) / 2
        found = service_speed(model, fmt, gpu, layout, middle, service, constants)
        if found is not None and _within_limits(found, service):
            low, best = middle, found
        else:
            high = middle
    return best


def service_speed(
    model: ModelSpec,
    fmt: Format,
    gpu: GpuSpec,
    layout: Layout,
    concurrency: float | None,
    service: Service,
    constants: SizingConstants,
) -> Speed | None:
    """Return the speed of a layout under these requests, as `speed`."""
    return speed(
        model,
        fmt,
        gpu,
        layout,
        service.input_tokens,
        service.output_tokens,
        concurrency,
        parse_engine(service.engine),
        constants,
        service.cached_share,
    )


def _within_limits(found: Speed, service: Service) -> bool:
    ttft, tpot = service.ttft_limit_ms, service.tpot_limit_ms
    return (ttft is None or found.ttft_s * 1e3 <= ttft) and (tpot is None or found.tpot_s * 1e3 <= tpot)
