"""How fast: one step of decoding, the prefill of one request, and both together under continuous batching.

step(b) = (dense + cache bytes)/bandwidth + experts touched/bandwidth + FLOPs/peak + attention + layers × latency
          + sequences × latency + link;   prefill(request) = FLOPs/peak + attention + link, of tokens not in the cache;
cycle = output × step + b × prefill;   tokens/s = b × output / cycle;
TPOT = step + min(b − 1, output × T / prompt) × prefill / output: a step takes at most T tokens, so while an answer of
`output` steps is written at most output × T / prompt other prompts are read; the rest wait before their first token.
Efficiencies and latencies are fitted on published measurements (sizing_constants.csv).
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from xlmodel.sizing.coefficients import Coefficients, coefficients, prefill_seconds, step_seconds
from xlmodel.sizing.layout import Layout, held_sequences
from xlmodel.sizing.reserve import sequence_limit, step_tokens
from xlmodel.sizing.terms import Prepared, prepare, terms

if TYPE_CHECKING:
    from xlmodel.sizing.precision import Format
    from xlmodel.sizing.specs import GpuSpec, ModelSpec, SizingConstants


class Speed(NamedTuple):
    """What one layout delivers, all copies together."""

    tokens_per_s: float
    ttft_s: float
    tpot_s: float
    concurrency: float
    held: float


@lru_cache(maxsize=64)
def cache_value_bytes(engine: str, compute: str) -> float:
    """Bytes of a cached number: tuned engines keep an 8-bit cache under 8- and 4-bit arithmetic, stock ones 16 bits."""
    return 1.0 if engine == "tuned" and compute in {"fp8", "fp4"} else 2.0


class _Served(NamedTuple):
    """What a copy brings to any number of requests in flight."""

    held: float
    most: float
    beside: float
    coefficients: Coefficients
    prepared: Prepared


@lru_cache(maxsize=8192)
def _served(
    model: ModelSpec,
    fmt: Format,
    gpu: GpuSpec,
    layout: Layout,
    input_len: float,
    output_len: float,
    engine: str,
    constants: SizingConstants,
    cached_share: float,
) -> _Served | None:
    """Sequences held, and those run at once; None where the weights or one sequence do not fit."""
    value_bytes = fmt.cache_bytes or cache_value_bytes(engine, fmt.compute)
    held = held_sequences(model, fmt, gpu, layout, input_len + output_len, value_bytes, engine, constants)
    ranks = layout.expert or 1
    if held < ranks:
        return None
    most = min(held, sequence_limit(gpu, engine, constants) * ranks)
    c = coefficients(
        constants, engine, fmt.compute, fmt.weight_only, model.experts, model.sparse_topk > 0, gpu, layout
    )
    prepared = prepare(model, fmt, gpu, layout, input_len, output_len, value_bytes, constants, cached_share)
    beside = prompts_beside(gpu, input_len * (1.0 - cached_share), output_len, engine, constants)
    return _Served(held, most, beside, c, prepared)


def prompts_beside(
    gpu: GpuSpec, prompt_tokens: float, output_len: float, engine: str, constants: SizingConstants
) -> float:
    """Prompts that an engine can read while one answer is written: output × T / prompt."""
    if not prompt_tokens:
        return math.inf
    return output_len * step_tokens(gpu, engine, constants) / prompt_tokens


def speed(
    model: ModelSpec,
    fmt: Format,
    gpu: GpuSpec,
    layout: Layout,
    input_len: float,
    output_len: float,
    concurrency: float | None,
    engine: str,
    constants: SizingConstants,
    cached_share: float = 0.0,
) -> Speed | None:
    """Estimate one layout; None where the weights or one sequence do not fit.

    Args:
        model: the architecture.
        fmt: how the GPU runs the weights.
        gpu: the card.
        layout: the spread, with its copies.
        input_len: tokens of a prompt.
        output_len: tokens of an answer.
        concurrency: requests in flight over all copies; None for as many as memory holds.
        engine: `default` or `tuned`.
        constants: the fitted constants.
        cached_share: share of the prompt that the prefix cache holds.
    """
    served = _served(model, fmt, gpu, layout, input_len, output_len, engine, constants, cached_share)
    if served is None:
        return None
    held, most, beside, c, prepared = served
    batch = most
    if concurrency is not None:
        batch = min(batch, max(1.0, concurrency / layout.replicas))
    t = terms(prepared, batch)
    step, prefill = step_seconds(t, c), prefill_seconds(t, c, batch / most)
    stage_batch = max(1.0, batch / layout.pipeline)
    others = (stage_batch - 1.0) * prefill
    cycle = output_len * step + stage_batch * prefill
    copies = layout.replicas if concurrency is None else min(layout.replicas, max(1.0, concurrency))
    rate = copies * min(batch, stage_batch * layout.pipeline) * output_len / cycle
    waiting = 0.0
    if beside < stage_batch - 1.0:
        # more prompts than the steps of an answer can take: the rest wait, and so fewer answers are written at once
        waiting, others = others - beside * prefill, beside * prefill
        step = step_seconds(terms(prepared, (beside + 1.0) * layout.pipeline), c)
    tpot = step + others / output_len
    ttft = constants["ttft_fixed_s"] + constants["ttft_own_share"] * (prefill + step)
    ttft += constants["ttft_first_wave_share"] * others + waiting
    if concurrency is not None:
        # Requests beyond what memory holds wait for a whole answer each round.
        ttft += max(0.0, concurrency / layout.replicas / batch - 1.0) * cycle
    return Speed(rate, ttft, tpot, copies * batch, layout.replicas * held)
