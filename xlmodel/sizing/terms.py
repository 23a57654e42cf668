"""The raw terms of the speed of one copy: seconds at the peaks of a GPU, and counts, before any efficiency."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from xlmodel.sizing.layout import NODE, kv_shards
from xlmodel.sizing.memory import sequence_kv_bytes

if TYPE_CHECKING:
    from xlmodel.sizing.layout import Layout
    from xlmodel.sizing.precision import Format
    from xlmodel.sizing.specs import GpuSpec, ModelSpec, SizingConstants

HOPPER_WATT_PER_TFLOPS = 700 / 989


class Terms(NamedTuple):
    """Raw terms of one copy at b sequences: seconds at the GPU's peaks, and counts.

    The kinds of layers add to the time of any layer: a latent cache, sparse attention, compressed attention and a
    recurrent state each take kernels of their own, as do experts spread whole over GPUs.
    """

    memory_s: float
    expert_s: float
    flops_s: float
    attention_s: float
    layers: float
    moe_layers: float
    latent_layers: float
    sparse_layers: float
    compressed_layers: float
    linear_layers: float
    spread_layers: float
    sequences: float
    link_s: float
    hops: float
    prefill_flops_s: float
    prefill_attention_s: float
    prefill_link_s: float
    waits: float


@lru_cache(maxsize=1024)
def power_factor(gpu: GpuSpec, constants: SizingConstants) -> float:
    """Share of the nominal FLOPs that the power limit lets a card sustain: min(1, W per TFLOPS / that of an H100)^x."""
    ratio = gpu.tdp_w / gpu.bf16_dense_tflops / HOPPER_WATT_PER_TFLOPS
    return math.pow(min(1.0, ratio), constants["power_exponent"])


def spans_nodes(gpu: GpuSpec, width: int) -> bool:
    """Whether `width` GPUs reach beyond a node, and beyond a link that joins racks."""
    return width > max(NODE, gpu.scale_up_domain)


@lru_cache(maxsize=1024)
def link_bytes_per_s(gpu: GpuSpec, width: int, constants: SizingConstants) -> float:
    """One-way bandwidth between `width` GPUs; between nodes that of a port of the network."""
    if spans_nodes(gpu, width):
        return constants["network_gb_s"] * 1e9
    return (gpu.scale_up_gb_s or constants["pcie_gb_s"]) * 1e9


def network_is_tcp(constants: SizingConstants) -> bool:
    """Whether nodes are joined by plain Ethernet: a port a server over TCP, where RDMA gives each GPU its own."""
    return constants["network_gb_s"] < constants["network_rdma_gb_s"]


def experts_touched(experts: int, per_token: int, tokens: float) -> float:
    """Distinct experts that `tokens` tokens choose: E (1 − (1 − k/E)^tokens)."""
    return float(experts * (1.0 - (1.0 - per_token / experts) ** tokens))


@lru_cache(maxsize=65536)
def fullest_rank(touched: float, experts: int, width: int) -> float:
    """Experts touched on the fullest of `width` GPUs that keep whole experts, times the GPUs.

    The mean m = touched / width, and the largest of `width` draws about it: m + sqrt(2 m (1 − 1/width) ln width), at
    least one, at most all that are touched, and all that a GPU keeps.
    """
    mean = touched / width
    most = mean + math.sqrt(2.0 * mean * (1.0 - 1.0 / width) * math.log(width))
    return max(touched, width * min(max(1.0, most), touched, experts / width))


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
    link = link_bytes_per_s(gpu, shards, constants)
    if layout.expert:
        width = layout.expert
        if spans_nodes(gpu, width) and network_is_tcp(constants):
            link /= gpu.gpus_per_node
        spread = min(model.experts_per_token, width) * (width - 1) / width
        per_token = model.moe_layers * 2.0 * spread * model.hidden * constants["dispatch_bytes"] / link
    else:
        per_token = 4.0 * model.layers * (layout.tensor - 1) / layout.tensor * model.hidden * 2.0 / link
    if layout.pipeline > 1:
        # a stage hands on the hidden state and the residual
        handed = 2.0 * model.hidden * 2.0 * (layout.pipeline - 1)
        per_token += handed / link_bytes_per_s(gpu, layout.group_gpus, constants)
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
    keys = min(before, model.sparse_topk) if model.attention == "compressed" else model.keys_seen(before)
    window = model.sliding_layers * min(model.sliding_window, before)
    full_layers = model.kv_layers or model.compressed_layers
    attention = pairs * new * (full_layers * keys + window)
    return Request(seen, read, prefill * new, attention, link * new / (layout.expert or 1))


class _Counts(NamedTuple):
    """What a layout and a model count, whatever runs; the layers are in the order of Terms."""

    spread: int
    layers: tuple[int, int, int, int, int, int, int]
    hops: float


@lru_cache(maxsize=8192)
def _counts(model: ModelSpec, gpu: GpuSpec, layout: Layout) -> _Counts:
    """Count GPUs that keep whole experts, layers of each kind, and the times that a step crosses the network.

    It crosses there and back in each layer of spread experts, and for each of the two sums of a layer that is shared
    over nodes; else once between stages.
    """
    spread = 0 if layout.sliced_experts else layout.expert
    if layout.whole_experts:
        spread = layout.tensor
    if layout.expert:
        hops = 2.0 * model.moe_layers if spans_nodes(gpu, layout.expert) else 0.0
    elif spans_nodes(gpu, layout.tensor):
        hops = 4.0 * model.blocks
    else:
        hops = layout.pipeline - 1.0 if spans_nodes(gpu, layout.group_gpus) else 0.0
    layers = (
        model.blocks,
        model.moe_layers,
        model.kv_layers if model.attention == "mla" else 0,
        model.sparse_layers,
        model.layers if model.attention == "compressed" else 0,
        model.linear_layers,
        model.moe_layers if spread else 0,
    )
    return _Counts(spread, layers, hops)


class Prepared(NamedTuple):
    """What the terms of a copy need whatever its batch, so that a search for the batch finds it once."""

    model: ModelSpec
    layout: Layout
    fixed: tuple[float, ...]
    request: Request
    counts: _Counts
    new_tokens: float
    output_len: float
    chunk_tokens: float


def prepare(
    model: ModelSpec,
    fmt: Format,
    gpu: GpuSpec,
    layout: Layout,
    input_len: float,
    output_len: float,
    value_bytes: float,
    constants: SizingConstants,
    cached_share: float = 0.0,
) -> Prepared:
    """Find what does not depend on the batch.

    Prompt tokens that the prefix cache holds take no prefill; the others still attend to them, (cached + input) / 2
    keys in the mean.
    """
    return Prepared(
        model,
        layout,
        _fixed(model, fmt, gpu, layout, constants),
        _request(model, fmt, gpu, layout, input_len, output_len, value_bytes, constants, cached_share),
        _counts(model, gpu, layout),
        input_len * (1.0 - cached_share),
        output_len,
        constants["prefill_chunk_tokens"],
    )


def terms(prepared: Prepared, batch: float) -> Terms:
    """Raw terms of one copy that runs `batch` sequences of input + output tokens.

    With pipeline stages, each stage works on batch / stages sequences while the others work too.
    """
    model, layout, fixed, one, counts, new_tokens, output_len, chunk_tokens = prepared
    dense, expert, flops, attention, _, link, *_ = fixed
    running = max(1.0, batch / layout.pipeline)
    ranks = layout.expert or 1
    rank_batch = max(1.0, running / ranks)
    touched = experts_touched(model.experts, model.experts_per_token, running) if model.experts else 0.0
    if counts.spread:
        touched = fullest_rank(touched, model.experts, counts.spread)
    return Terms(
        dense + rank_batch * one.read_s,
        expert * touched,
        flops * running,
        attention * rank_batch * one.seen,
        *counts.layers,
        rank_batch,
        link * (rank_batch if layout.expert else running),
        counts.hops,
        one.prefill_flops_s,
        one.prefill_attention_s,
        one.prefill_link_s,
        _waits(ranks, rank_batch, new_tokens, output_len, chunk_tokens),
    )


def _waits(ranks: int, batch: float, prompt: float, answer: float, chunk: float) -> float:
    """How many times each rank waits for a prefill, where all ranks step together and each prefills on its own.

    A rank prefills in a share q = b × prompt / (chunk × answer) of its steps, the copy in 1 − (1 − q)^ranks of them.
    """
    if ranks == 1 or prompt == 0:
        return 1.0
    share = min(1.0, batch * prompt / (chunk * answer))
    return (1.0 - (1.0 - share) ** ranks) / share
