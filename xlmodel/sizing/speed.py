"""How fast: one step of decoding, the prefill of one request, and both together under continuous batching.

step(b) = (dense + cache bytes)/bandwidth + experts touched/bandwidth + FLOPs/peak + attention + layers × latency
          + sequences × latency + link;   prefill(request) = FLOPs/peak + attention + link, of tokens not in the cache;
cycle = output × step + b × prefill;   tokens/s = b × output / cycle;   TPOT = step + (b − 1) × prefill / output.
Efficiencies and latencies are fitted on published measurements (sizing_constants.csv).
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from xlmodel.sizing.layout import NODE, Layout, held_sequences, kv_shards
from xlmodel.sizing.memory import sequence_kv_bytes
from xlmodel.sizing.reserve import sequence_limit

if TYPE_CHECKING:
    from xlmodel.sizing.precision import Format
    from xlmodel.sizing.specs import GpuSpec, ModelSpec, SizingConstants

HOPPER_WATT_PER_TFLOPS = 700 / 989
OTHER_FAMILIES = frozenset({"cdna", "ascend", "dcu", "xe"})


class Coefficients(NamedTuple):
    """Multipliers of the raw terms: inverse efficiencies, and seconds a layer or sequence."""

    memory: float
    expert: float
    flops: float
    attention: float
    layer: float
    moe_layer: float
    sequence: float
    link: float
    prefill: float


class Terms(NamedTuple):
    """Raw terms of one copy at b sequences: seconds at the GPU's peaks, and counts."""

    memory_s: float
    expert_s: float
    flops_s: float
    attention_s: float
    layers: float
    moe_layers: float
    sequences: float
    link_s: float
    prefill_flops_s: float
    prefill_attention_s: float
    prefill_link_s: float


class Speed(NamedTuple):
    """What one layout delivers, all copies together."""

    tokens_per_s: float
    ttft_s: float
    tpot_s: float
    concurrency: float
    held: float


@lru_cache(maxsize=4096)
def coefficients(
    constants: SizingConstants,
    engine: str,
    compute: str,
    weight_only: bool,
    moe: bool,
    family: str,
    layout: Layout,
) -> Coefficients:
    """Pick the constants that apply: by engine tier, arithmetic, GPU generation and kind of layout."""
    c = constants
    scale = 1.0 + c["pipeline_loss"] * (layout.pipeline - 1)
    if layout.expert:
        scale *= c["expert_parallel_loss"]
    if family in OTHER_FAMILIES:
        scale /= c[f"family_rate_{family}"]
    kind = "weight_only" if weight_only else {"fp32": "bf16", "int8": "fp8"}.get(compute, compute)
    prefill = c[f"prefill_mfu_{kind}"]
    if engine == "default":
        prefill *= c["prefill_share_default_ampere" if family == "ampere" else "prefill_share_default"]
    experts = c["expert_mfu_ratio"] if moe else 1.0
    host = c["blackwell_layer_ratio"] if family.startswith("blackwell") else 1.0
    memory = 1.0 / c["bandwidth_efficiency"]
    return Coefficients(
        memory=scale * memory,
        expert=scale * memory / c["expert_bandwidth_efficiency"],
        flops=scale / c["decode_mfu"] / experts,
        attention=scale / c["attention_mfu"],
        layer=scale * host * c[f"layer_s_{engine}"],
        moe_layer=scale * host * c[f"moe_layer_s_{engine}"],
        sequence=scale * c[f"sequence_s_{engine}"],
        link=scale / c["link_efficiency"],
        prefill=scale / prefill / experts,
    )


@lru_cache(maxsize=1024)
def power_factor(gpu: GpuSpec, constants: SizingConstants) -> float:
    """Share of the nominal FLOPs that the power limit lets a card sustain: min(1, W per TFLOPS / that of an H100)^x."""
    ratio = gpu.tdp_w / gpu.bf16_dense_tflops / HOPPER_WATT_PER_TFLOPS
    return math.pow(min(1.0, ratio), constants["power_exponent"])


@lru_cache(maxsize=1024)
def link_bytes_per_s(gpu: GpuSpec, layout: Layout, constants: SizingConstants) -> float:
    """One-way bandwidth between the GPUs that share a layer; between nodes that of the network."""
    width = layout.expert or layout.tensor
    if width > max(NODE, gpu.scale_up_domain):
        return constants["network_gb_s"] * 1e9
    return (gpu.scale_up_gb_s or constants["pcie_gb_s"]) * 1e9


def experts_touched(experts: int, per_token: int, tokens: float) -> float:
    """Distinct experts that `tokens` tokens choose: E (1 − (1 − k/E)^tokens)."""
    return float(experts * (1.0 - (1.0 - per_token / experts) ** tokens))


@lru_cache(maxsize=4096)
def _fixed(
    model: ModelSpec, fmt: Format, gpu: GpuSpec, layout: Layout, constants: SizingConstants
) -> tuple[float, ...]:
    """Factors of the terms that depend on neither batch nor lengths."""
    bandwidth = gpu.memory_bandwidth_gb_s * 1e9
    power = power_factor(gpu, constants)
    peak = fmt.flops * power
    bf16 = gpu.bf16_dense_tflops * 1e12 * power
    shards = layout.expert or layout.tensor
    split = 1 if layout.expert else layout.tensor
    dense = (
        (model.dense_params * fmt.dense_bytes + model.embedding_params * fmt.table_bytes) / split / bandwidth
    )
    expert = model.moe_layers * model.expert_params * fmt.expert_bytes / shards / bandwidth
    flops = 2.0 * model.step_params / shards / peak
    attention = model.kv_layers * model.attention_flops_per_key / split / bf16
    if model.attention == "compressed":
        kinds = model.compressed_layers / model.compress_ratio + model.heavy_layers / model.heavy_ratio
        attention = kinds * model.attention_flops_per_key / split / bf16
    cache = 1.0 / kv_shards(model, layout) / bandwidth
    link = link_bytes_per_s(gpu, layout, constants)
    if layout.expert:
        width = layout.expert
        spread = min(model.experts_per_token, width) * (width - 1) / width
        per_token = model.moe_layers * 2.0 * spread * model.hidden * constants["dispatch_bytes"] / link
    else:
        per_token = 4.0 * model.layers * (layout.tensor - 1) / layout.tensor * model.hidden * 2.0 / link
    prefill = 2.0 * (model.dense_params + model.active_expert_params) / shards / peak
    pairs = model.prefill_flops_per_key / shards / bf16
    return dense, expert, flops, attention, cache, per_token, prefill, pairs, 1.0 / split


class Request(NamedTuple):
    """What one request costs a copy, whatever runs beside it."""

    seen: float
    read_s: float
    prefill_flops_s: float
    prefill_attention_s: float
    prefill_link_s: float


@lru_cache(maxsize=8192)
def _request(
    model: ModelSpec,
    fmt: Format,
    gpu: GpuSpec,
    layout: Layout,
    input_len: float,
    output_len: float,
    value_bytes: float,
    constants: SizingConstants,
    cached_share: float,
) -> Request:
    """Terms of one request that do not depend on the batch: a search for the batch asks for them at each step."""
    _, _, _, _, cache, link, prefill, pairs, split = _fixed(model, fmt, gpu, layout, constants)
    seen = model.keys_seen(input_len + output_len / 2)
    state = model.linear_layers * model.linear_state_bytes
    read = (sequence_kv_bytes(model, seen, value_bytes) - state) * cache
    read += 2.0 * state * split / (gpu.memory_bandwidth_gb_s * 1e9)
    new = input_len * (1.0 - cached_share)
    before = (input_len + input_len * cached_share) / 2
    keys = min(before, model.sparse_topk) if model.sparse_topk else before
    window = model.sliding_layers * min(model.sliding_window, before)
    full_layers = model.kv_layers or model.compressed_layers
    attention = pairs * new * (full_layers * keys + window)
    return Request(seen, read, prefill * new, attention, link * new / (layout.expert or 1))


def terms(
    model: ModelSpec,
    fmt: Format,
    gpu: GpuSpec,
    layout: Layout,
    input_len: float,
    output_len: float,
    batch: float,
    value_bytes: float,
    constants: SizingConstants,
    cached_share: float = 0.0,
) -> Terms:
    """Raw terms of one copy that runs `batch` sequences of input + output tokens.

    With pipeline stages, each stage works on batch / stages sequences while the others work too. Prompt tokens that
    the prefix cache holds take no prefill; the others still attend to them, (cached + input) / 2 keys in the mean.
    """
    dense, expert, flops, attention, _, link, *_ = _fixed(model, fmt, gpu, layout, constants)
    one = _request(model, fmt, gpu, layout, input_len, output_len, value_bytes, constants, cached_share)
    running = max(1.0, batch / layout.pipeline)
    rank_batch = max(1.0, running / (layout.expert or 1))
    touched = experts_touched(model.experts, model.experts_per_token, running) if model.experts else 0.0
    return Terms(
        memory_s=dense + rank_batch * one.read_s,
        expert_s=expert * touched,
        flops_s=flops * running,
        attention_s=attention * rank_batch * one.seen,
        layers=model.layers,
        moe_layers=model.moe_layers,
        sequences=rank_batch,
        link_s=link * (rank_batch if layout.expert else running),
        prefill_flops_s=one.prefill_flops_s,
        prefill_attention_s=one.prefill_attention_s,
        prefill_link_s=one.prefill_link_s,
    )


def step_seconds(t: Terms, c: Coefficients) -> float:
    """Time of one decoding step: Σ term × coefficient."""
    return (
        t.memory_s * c.memory
        + t.expert_s * c.expert
        + t.flops_s * c.flops
        + t.attention_s * c.attention
        + t.layers * c.layer
        + t.moe_layers * c.moe_layer
        + t.sequences * c.sequence
        + t.link_s * c.link
    )


def prefill_seconds(t: Terms, c: Coefficients) -> float:
    """Time the prefill of one request takes from the others: Σ term × coefficient."""
    return t.prefill_flops_s * c.prefill + t.prefill_attention_s * c.attention + t.prefill_link_s * c.link


@lru_cache(maxsize=64)
def cache_value_bytes(engine: str, compute: str) -> float:
    """Bytes of a cached number: tuned engines keep an 8-bit cache under 8- and 4-bit arithmetic, stock ones 16 bits."""
    return 1.0 if engine == "tuned" and compute in {"fp8", "fp4"} else 2.0


class _Served(NamedTuple):
    """What a copy brings to any number of requests in flight."""

    held: float
    most: float
    value_bytes: float
    coefficients: Coefficients
    prefill_s: float


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
    """Sequences held, those run at once, and the prefill of one; None where the weights or one sequence do not fit."""
    value_bytes = fmt.cache_bytes or cache_value_bytes(engine, fmt.compute)
    held = held_sequences(model, fmt, gpu, layout, input_len + output_len, value_bytes, engine, constants)
    ranks = layout.expert or 1
    if held < ranks:
        return None
    most = min(held, sequence_limit(gpu, engine, constants) * ranks)
    c = coefficients(constants, engine, fmt.compute, fmt.weight_only, model.is_moe, gpu.family, layout)
    alone = terms(model, fmt, gpu, layout, input_len, output_len, 1.0, value_bytes, constants, cached_share)
    return _Served(held, most, value_bytes, c, prefill_seconds(alone, c))


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
    held, batch, value_bytes, c, prefill = served
    if concurrency is not None:
        batch = min(batch, max(1.0, concurrency / layout.replicas))
    t = terms(model, fmt, gpu, layout, input_len, output_len, batch, value_bytes, constants, cached_share)
    step = step_seconds(t, c)
    stage_batch = max(1.0, batch / layout.pipeline)
    others = (stage_batch - 1.0) * prefill
    cycle = output_len * step + stage_batch * prefill
    copies = layout.replicas if concurrency is None else min(layout.replicas, max(1.0, concurrency))
    rate = copies * min(batch, stage_batch * layout.pipeline) * output_len / cycle
    tpot = step + others / output_len
    ttft = constants["ttft_fixed_s"] + constants["ttft_own_share"] * (prefill + step)
    ttft += constants["ttft_first_wave_share"] * others
    if concurrency is not None:
        # Requests beyond what memory holds wait for a whole answer each round.
        ttft += max(0.0, concurrency / layout.replicas / batch - 1.0) * cycle
    return Speed(rate, ttft, tpot, copies * batch, layout.replicas * held)
