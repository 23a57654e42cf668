"""The capacity table: what one copy of a model sustains on a GPU within latency limits, whoever asks."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from xlmodel.errors import BadValueError, NotAvailableError
from xlmodel.sizing.bands import band, band_notes
from xlmodel.sizing.choice import used_layouts
from xlmodel.sizing.layout import NODE, Layout, group_sizes
from xlmodel.sizing.memory import check_known, require_length
from xlmodel.sizing.precision import NATIVE, Format, resolve
from xlmodel.sizing.speed import Speed, speed
from xlmodel.sizing.throughput import parse_engine

if TYPE_CHECKING:
    from collections.abc import Iterator

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
        kv_precision: format of the KV cache; `native` for what the engine keeps.
    """

    input_tokens: float
    output_tokens: float
    cached_share: float = 0.0
    ttft_limit_ms: float | None = None
    tpot_limit_ms: float | None = None
    engine: str = "default"
    kv_precision: str = NATIVE


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


@lru_cache(maxsize=16384)
def _replica(
    model: ModelSpec, precision: str, gpu: GpuSpec, size: int, service: Service, constants: SizingConstants
) -> ReplicaCapacity | None:
    """Return what one copy on `size` cards sustains, in its fastest layout within the limits; None without one."""
    fmt = resolve(model, precision, gpu, constants, service.kv_precision)
    best: tuple[Speed, Layout] | None = None
    for layout in used_layouts(model, gpu, size, parse_engine(service.engine)):
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
