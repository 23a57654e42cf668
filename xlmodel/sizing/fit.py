"""What fits, and how many GPUs it takes."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from xlmodel.errors import NotAvailableError
from xlmodel.sizing.layout import (
    MAX_GROUP,
    NODE,
    Layout,
    free_bytes,
    group_layouts,
    group_sizes,
    group_weight_bytes,
    held_sequences,
)
from xlmodel.sizing.memory import GB, check_known, engine_bytes, require_count
from xlmodel.sizing.precision import Format, kernel_refusal, kv_bytes_per_value, resolve

if TYPE_CHECKING:
    from collections.abc import Callable

    from xlmodel.sizing.specs import GpuSpec, ModelSpec, SizingConstants


class FitResult(NamedTuple):
    """Whether an engine starts and holds the context at that concurrency.

    Args:
        fits: the answer.
        reason: why, in one sentence.
        layout: the way it fits, or None.
        held_sequences: sequences of that context that all GPUs hold.
        notes: what a user should know, such as a precision that runs weight-only.
    """

    fits: bool
    reason: str
    layout: Layout | None
    held_sequences: int
    notes: str


def best_layout(model: ModelSpec, size: int, held: Callable[[Layout], float]) -> tuple[int, Layout | None]:
    """Whole sequences that one copy on `size` GPUs holds, and the layout that holds most.

    Args:
        model: the architecture.
        size: GPUs of the copy.
        held: sequences that a layout holds, fractions included.
    """
    best, chosen = 0, None
    for layout in group_layouts(model, size):
        ranks = layout.expert or 1
        whole = ranks * math.floor(held(layout) / ranks)
        if whole > best:
            best, chosen = whole, layout
    return best, chosen


@lru_cache(maxsize=4096)
def group_capacity(
    model: ModelSpec,
    fmt: Format,
    gpu: GpuSpec,
    size: int,
    context: int,
    value_bytes: float,
    engine: str,
    constants: SizingConstants,
) -> tuple[int, Layout | None]:
    """Sequences of `context` tokens that one copy on `size` GPUs holds, and the layout that holds most."""

    def held(layout: Layout) -> float:
        return held_sequences(model, fmt, gpu, layout, context, value_bytes, engine, constants)

    return best_layout(model, size, held)


def most_held(
    model: ModelSpec,
    fmt: Format,
    gpu: GpuSpec,
    n_gpus: int,
    context: int,
    value_bytes: float,
    engine: str,
    constants: SizingConstants,
) -> tuple[int, Layout | None]:
    """Sequences that `n_gpus` GPUs hold in copies side by side, and how; cards beyond the copies stay idle."""
    best, chosen = 0, None
    for size in group_sizes(n_gpus):
        held, layout = group_capacity(model, fmt, gpu, size, context, value_bytes, engine, constants)
        copies = n_gpus // size
        if layout is not None and held * copies > best:
            best, chosen = held * copies, layout._replace(replicas=copies)
    return best, chosen


def shortfall(
    model: ModelSpec, fmt: Format, gpu: GpuSpec, n_gpus: int, engine: str, constants: SizingConstants
) -> str:
    """Say by how much the memory of the GPUs falls short, for the largest copy on them."""
    size = group_sizes(n_gpus)[-1]
    layouts = group_layouts(model, size) or group_layouts(model, 1)
    spare, layout = max((free_bytes(model, fmt, gpu, one, engine, constants), one) for one in layouts)
    room = engine_bytes(gpu, constants, engine)
    weights = group_weight_bytes(model, fmt, layout)
    if spare <= 0:
        own = room - weights - spare
        beside = f" and {own / GB:,.1f} GB of the engine's own" if own else ""
        return (
            f"weights of {weights / GB:,.1f} GB a GPU{beside} exceed the {room / GB:,.1f} GB that an engine uses on"
            f" {gpu.name}"
        )
    return f"weights leave {spare / GB:,.1f} GB a GPU for the KV cache: too little"


def fits(
    model: ModelSpec,
    precision: str,
    gpu: GpuSpec,
    n_gpus: float,
    context: float,
    concurrency: float,
    constants: SizingConstants,
    kv_precision: str = "fp16",
    engine: str = "default",
) -> FitResult:
    """Whether an engine starts on these GPUs and holds context × concurrency.

    Args:
        model: the architecture.
        precision: format of the weights.
        gpu: the card.
        n_gpus: cards; those that a legal layout cannot use stay idle.
        context: tokens a sequence.
        concurrency: sequences at once.
        constants: the constants of sizing.
        kv_precision: format of the cache.
        engine: `default` (stock settings) or `tuned`.

    Raises:
        BadValueError: a count that is no whole number of at least 1.
        NotAvailableError: an unknown precision or architecture.
    """
    check_known(model)
    count, tokens = require_count("the number of GPUs", n_gpus), require_count("context", context)
    wanted = require_count("concurrency", concurrency)
    if refusal := kernel_refusal(model, precision, gpu, constants):
        return FitResult(False, refusal, None, 0, "")
    fmt = resolve(model, precision, gpu, constants)
    value_bytes = kv_bytes_per_value(kv_precision)
    held, layout = most_held(model, fmt, gpu, count, tokens, value_bytes, engine, constants)
    notes = [fmt.note] if fmt.note else []
    if tokens > model.max_context:
        notes.append(f"{tokens:,} tokens exceed the {model.max_context:,} that {model.name} was made for")
    if held >= wanted:
        reason = f"{layout} holds {held:,} sequences of {tokens:,} tokens"
        return FitResult(True, reason, layout, held, "; ".join(notes))
    if held == 0:
        reason = shortfall(model, fmt, gpu, count, engine, constants)
    else:
        reason = f"only {held:,} of {wanted:,} sequences of {tokens:,} tokens fit"
    return FitResult(
        False, f"{model.name} {fmt.name} on {count}×{gpu.name}: {reason}", None, held, "; ".join(notes)
    )


def min_gpus(
    model: ModelSpec,
    precision: str,
    gpu: GpuSpec,
    context: float,
    concurrency: float,
    constants: SizingConstants,
    kv_precision: str = "fp16",
) -> int:
    """Smallest legal number of GPUs that fits: 1, 2, 4, then whole nodes of 8.

    Raises:
        BadValueError: a count that is no whole number of at least 1.
        NotAvailableError: unknown precision or architecture, or no legal number fits.
    """
    check_known(model)
    tokens, wanted = require_count("context", context), require_count("concurrency", concurrency)
    fmt = resolve(model, precision, gpu, constants)
    value_bytes = kv_bytes_per_value(kv_precision)
    needed: int | None = None
    for size in group_sizes(MAX_GROUP):
        if needed is not None and size > needed:
            break
        held, _ = group_capacity(model, fmt, gpu, size, tokens, value_bytes, "default", constants)
        if held:
            count = round_to_legal(size * math.ceil(wanted / held))
            needed = count if needed is None else min(needed, count)
    if needed is None:
        raise NotAvailableError(
            f"{model.name} {fmt.name} with {tokens:,} tokens fits no legal number of {gpu.name} up to {MAX_GROUP};"
            " take a larger GPU, a smaller precision or a shorter context"
        )
    return needed


def round_to_legal(count: int) -> int:
    """Round a number of GPUs up to one that is bought: 1, 2, 4, or whole nodes of 8."""
    if count <= NODE // 2:
        return 1 << (count - 1).bit_length()
    return math.ceil(count / NODE) * NODE
