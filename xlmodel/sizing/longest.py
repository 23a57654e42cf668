"""The longest context, what limits it, and the setting that lifts it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from xlmodel.errors import BadValueError, NotAvailableError
from xlmodel.sizing.fit import best_layout, most_held, shortfall
from xlmodel.sizing.layout import group_sizes, held_with
from xlmodel.sizing.memory import check_known, require_count
from xlmodel.sizing.precision import kv_bytes_per_value, resolve
from xlmodel.sizing.reserve import stock_settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from xlmodel.sizing.layout import Layout
    from xlmodel.sizing.specs import GpuSpec, ModelSpec, SizingConstants

# beyond every model's own context: what memory holds, told apart from what the model was made for
FAR = 100_000_000


def longest(holds: Callable[[int], bool], most: int) -> int:
    """Largest number of tokens up to `most` that is held, by halving; 0 where one token is not.

    Args:
        holds: whether a number of tokens is held; never true again above a number that is not.
        most: the largest number asked.
    """
    if not holds(1):
        return 0
    if holds(most):
        return most
    low, high = 1, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


def max_context(
    model: ModelSpec,
    precision: str,
    gpu: GpuSpec,
    n_gpus: float,
    concurrency: float,
    constants: SizingConstants,
    kv_precision: str = "fp16",
) -> int:
    """Longest context that an engine with default settings starts with and holds for every request at once.

    min(the model's own, what memory holds): the `max_model_len` to set.

    Args:
        model: the architecture.
        precision: format of the weights.
        gpu: the card.
        n_gpus: cards.
        concurrency: requests of that length held at once.
        constants: the constants of sizing.
        kv_precision: format of the cache.

    Raises:
        BadValueError: a count that is no whole number of at least 1.
        NotAvailableError: an unknown precision or architecture, no kernels, or no token fits.
    """
    check_known(model)
    count = require_count("the number of GPUs", n_gpus)
    wanted = require_count("concurrency", concurrency)
    fmt, value_bytes = resolve(model, precision, gpu, constants), kv_bytes_per_value(kv_precision)

    def holds(tokens: int) -> bool:
        return most_held(model, fmt, gpu, count, tokens, value_bytes, "default", constants)[0] >= wanted

    found = longest(holds, model.max_context)
    if not found:
        raise NotAvailableError(
            f"{model.name} {fmt.name} on {count}×{gpu.name}: {shortfall(model, fmt, gpu, count, 'default', constants)}"
        )
    return found


class Asked(NamedTuple):
    """The settings of an engine that bear on the context; None for what it starts with.

    Args:
        max_model_len: the limit that is set.
        utilisation: `gpu_memory_utilization`.
        kv_precision: format of the cache.
        batched_tokens: `max_num_batched_tokens`.
        sequences: `max_num_seqs`.
        concurrency: requests of that length held at once.
        agent_tokens: tokens of each request that system prompts, tools and agents take.
    """

    max_model_len: float | None = None
    utilisation: float | None = None
    kv_precision: str = "fp16"
    batched_tokens: float | None = None
    sequences: float | None = None
    concurrency: float = 1
    agent_tokens: float = 0


class Lift(NamedTuple):
    """A change that lengthens the context: the setting, its value, and the context it gives."""

    setting: str
    value: str
    tokens: int


class ContextLimit(NamedTuple):
    """What limits the context.

    Args:
        model_tokens: what the model was made for.
        memory_tokens: what memory holds with these settings, at most 100 million.
        set_tokens: `max_model_len` in force.
        tokens: the smallest of the three.
        user_tokens: that, without what agents take.
        limit: `model`, `memory` or `max_model_len`; of equal ones the first.
        lifts: changes that lengthen it, each alone: settings, the longest context first, then GPUs.
        reason: why memory holds no token, or empty.
    """

    model_tokens: int
    memory_tokens: int
    set_tokens: int
    tokens: int
    user_tokens: int
    limit: str
    lifts: tuple[Lift, ...]
    reason: str


def context_limit(
    model: ModelSpec, precision: str, gpu: GpuSpec, n_gpus: float, asked: Asked, constants: SizingConstants
) -> ContextLimit:
    """Say what limits the context with these settings, and which setting lifts it.

    Args:
        model: the architecture.
        precision: format of the weights.
        gpu: the card.
        n_gpus: cards.
        asked: the settings.
        constants: the constants of sizing.

    Raises:
        BadValueError: a setting outside its range.
        NotAvailableError: an unknown precision or architecture, or no kernels.
    """
    check_known(model)
    count = require_count("the number of GPUs", n_gpus)
    _check(asked)
    stated = model.max_context if asked.max_model_len is None else int(asked.max_model_len)

    def memory(settings: Asked, cards: int = count) -> int:
        return _held_tokens(model, precision, gpu, cards, settings, constants)

    def limited(held: int, length: int) -> int:
        return min(model.max_context, held, length)

    held = memory(asked)
    tokens = limited(held, stated)
    reached = {"model": model.max_context, "memory": held, "max_model_len": stated}
    limit = next(name for name, value in reached.items() if value == tokens)
    tries = [Lift("max_model_len", str(limited(held, model.max_context)), limited(held, model.max_context))]
    for setting, value, changed in _changes(model, gpu, asked, constants):
        tries.append(Lift(setting, value, limited(memory(changed), stated)))
    more = next((size for size in group_sizes(8 * count) if size > count), None)
    if more is not None:
        tries.append(Lift("gpus", str(more), limited(memory(asked, more), stated)))
    # a setting costs nothing, so hardware comes last
    lifts = sorted(
        (one for one in tries if one.tokens > tokens), key=lambda one: (one.setting == "gpus", -one.tokens)
    )
    reason = ""
    if not held:
        fmt = resolve(model, precision, gpu, constants)
        reason = shortfall(model, fmt, gpu, count, "default", constants)
    agents = min(math.ceil(asked.agent_tokens), tokens)
    return ContextLimit(model.max_context, held, stated, tokens, tokens - agents, limit, tuple(lifts), reason)


def _check(asked: Asked) -> None:
    for name in ("max_model_len", "batched_tokens", "sequences", "concurrency"):
        value = getattr(asked, name)
        if value is not None:
            require_count(name, value)
    if asked.utilisation is not None and not 0 < asked.utilisation <= 1:
        raise BadValueError(f"utilisation is {asked.utilisation}; give a share above 0 and up to 1")
    if not 0 <= asked.agent_tokens < math.inf:
        raise BadValueError(f"agent_tokens is {asked.agent_tokens}; give a number of tokens of at least 0")


def _changes(
    model: ModelSpec, gpu: GpuSpec, asked: Asked, constants: SizingConstants
) -> list[tuple[str, str, Asked]]:
    """Return the settings that leave more memory, one changed at a time."""
    stock = stock_settings(model, gpu, constants)
    found = []
    if kv_bytes_per_value(asked.kv_precision) > 1:
        found.append(("kv_cache_dtype", "fp8", asked._replace(kv_precision="fp8")))
    high = constants.high["memory_share_tuned"]
    if (asked.utilisation or stock.utilisation) < high:
        found.append(("gpu_memory_utilization", f"{high:g}", asked._replace(utilisation=high)))
    few = constants["batched_tokens_small"]
    if (asked.batched_tokens or stock.batched_tokens) > few:
        found.append(("max_num_batched_tokens", f"{few:g}", asked._replace(batched_tokens=few)))
    fewer = constants["max_sequences_default_small"]
    if (asked.sequences or stock.sequences) > fewer:
        found.append(("max_num_seqs", f"{fewer:g}", asked._replace(sequences=fewer)))
    return found


def _held_tokens(
    model: ModelSpec, precision: str, gpu: GpuSpec, count: int, asked: Asked, constants: SizingConstants
) -> int:
    """Tokens that each of the requests may have at once, in the layout that holds most; 0 where none fits."""
    fmt, value_bytes = resolve(model, precision, gpu, constants), kv_bytes_per_value(asked.kv_precision)
    stock = stock_settings(model, gpu, constants)
    settings = stock._replace(
        utilisation=stock.utilisation if asked.utilisation is None else asked.utilisation,
        batched_tokens=asked.batched_tokens or stock.batched_tokens,
        sequences=asked.sequences or stock.sequences,
    )

    def holds(tokens: int) -> bool:
        def held(layout: Layout) -> float:
            return held_with(model, fmt, gpu, layout, tokens, value_bytes, settings, constants)

        sizes = group_sizes(count)
        return any(best_layout(model, one, held)[0] * (count // one) >= asked.concurrency for one in sizes)

    return longest(holds, FAR)
