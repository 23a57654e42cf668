"""What an engine with stock settings takes on each GPU beside weights and cache, by cause."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from xlmodel.sizing.layout import Layout
    from xlmodel.sizing.precision import Format
    from xlmodel.sizing.specs import GpuSpec, ModelSpec, SizingConstants

GIB = 1024.0**3
LARGE_CARD_GB = 70
ACTIVATION_BYTES = 2.0
SIXTEEN_BITS = 2.0
FLOAT_BYTES = 4.0


class EngineSettings(NamedTuple):
    """The settings of an engine that decide its memory.

    Args:
        utilisation: share of the card's memory that it may use, vLLM's `gpu_memory_utilization`.
        batched_tokens: tokens of one step, `max_num_batched_tokens`: the profile run takes as many.
        sequences: sequences of one step, `max_num_seqs`: the sampler and the graphs are sized by them.
    """

    utilisation: float
    batched_tokens: float
    sequences: float


def sequence_limit(gpu: GpuSpec, engine: str, constants: SizingConstants) -> float:
    """Sequences an engine runs at once on each rank; stock engines allow more on large cards after Ampere."""
    full = _takes_full_steps(gpu, engine)
    return constants[f"max_sequences_{engine}" if full else "max_sequences_default_small"]


def step_tokens(gpu: GpuSpec, engine: str, constants: SizingConstants) -> float:
    """Tokens an engine takes in one step, prompts and answers together; stock ones fewer on small cards and on Ampere."""
    full = _takes_full_steps(gpu, engine)
    return constants["prefill_chunk_tokens" if full else "batched_tokens_small"]


def _takes_full_steps(gpu: GpuSpec, engine: str) -> bool:
    """Tell whether an engine's steps are as large as its settings allow: stock ones hold back on small cards and Ampere."""
    return engine == "tuned" or (gpu.memory_gb >= LARGE_CARD_GB and gpu.family != "ampere")


@lru_cache(maxsize=4096)
def stock_settings(model: ModelSpec, gpu: GpuSpec, constants: SizingConstants) -> EngineSettings:
    """Settings that an engine starts with on this card when nobody sets any."""
    name = "batched_tokens"
    if gpu.memory_gb < constants["batched_tokens_small_below_gb"]:
        name = "batched_tokens_small"
    elif model.attention == "compressed" and gpu.memory_gb >= LARGE_CARD_GB:
        name = "batched_tokens_compressed"
    sequences = sequence_limit(gpu, "default", constants)
    return EngineSettings(constants["memory_share_default"], constants[name], sequences)


def activation_peak_bytes(
    model: ModelSpec, tensor: int, settings: EngineSettings, constants: SizingConstants
) -> float:
    """Bytes that the profile run holds at its peak on one GPU.

    The largest of a layer over all batched tokens, 2 T (a hidden + b intermediate / tp) + 2 c T k (2 hidden + 3 expert
    width / tp) where tokens go to k experts; the sampler over all sequences, S × vocabulary × d; and a layer of the
    image encoder over the patches of the largest image. Encoded images stay beside it: tokens × hidden × 2.
    """
    tokens, hidden = settings.batched_tokens, constants["activation_hidden"]
    intermediate = constants["activation_intermediate"]
    streams = constants["compressed_streams"] if model.attention == "compressed" else 1.0
    layer = tokens * (hidden * streams * model.hidden + intermediate * model.intermediate / tensor)
    if model.is_moe:
        pair = 2.0 * model.expert_hidden + model.mlp_matrices * model.moe_intermediate / tensor
        layer += constants["expert_workspace"] * tokens * model.experts_per_token * pair
    sampler = settings.sequences * model.vocab * constants["sampler_bytes"]
    peak = max(layer * ACTIVATION_BYTES, sampler)
    encoder = constants.encoders.get(model.name)
    if encoder is None:
        return peak
    image = max(encoder.image_tokens, tokens)
    values = hidden * encoder.hidden + intermediate * encoder.intermediate / tensor
    patches = image * encoder.patches_per_token
    return max(peak, patches * values * ACTIVATION_BYTES) + image * model.hidden * ACTIVATION_BYTES


def runtime_bytes(layout: Layout, settings: EngineSettings, constants: SizingConstants) -> float:
    """Bytes outside the model on one GPU: driver context, CUDA graphs, buffers of collectives."""
    captured = min(settings.sequences, constants["graph_sequences"])
    gib = constants["context_gib"] + constants["graph_gib"] * captured / constants["graph_sequences"]
    if layout.group_gpus > 1:
        gib += constants["collective_gib"]
    return gib * GIB


def copied_expert_bytes(
    model: ModelSpec, fmt: Format, gpu: GpuSpec, layout: Layout, constants: SizingConstants
) -> float:
    """Bytes of the second copy of 16-bit experts that AMD's kernels keep in an order of their own; else 0."""
    if gpu.family != "cdna" or fmt.expert_bytes != SIXTEEN_BITS:
        return 0.0
    stage = math.ceil(model.layers / layout.pipeline) / model.layers
    experts = model.routed_params * fmt.expert_bytes / (layout.expert or layout.tensor) * stage
    return constants["expert_copies_cdna"] * experts


@lru_cache(maxsize=8192)
def reserve_bytes(
    model: ModelSpec,
    fmt: Format,
    gpu: GpuSpec,
    layout: Layout,
    settings: EngineSettings,
    constants: SizingConstants,
) -> float:
    """Bytes on one GPU that neither weights nor cache may take: activations at their peak, runtime, copied experts."""
    peak = activation_peak_bytes(model, layout.tensor, settings, constants)
    copied = copied_expert_bytes(model, fmt, gpu, layout, constants)
    return peak + copied + runtime_bytes(layout, settings, constants)


def prompt_cache_bytes(
    model: ModelSpec, tokens: float, value_bytes: float, settings: EngineSettings, constants: SizingConstants
) -> float:
    """Bytes that the prompts in prefill keep in the cache of a rank, beside what a sequence keeps for good.

    Window layers keep the tokens of the chunk too, and so do the 32-bit states of compressed layers:
    min(tokens − window, T) and min(tokens, T) times the bytes of a token in these layers.
    """
    chunk = min(tokens, settings.batched_tokens)
    beyond = min(max(tokens - model.sliding_window, 0.0), settings.batched_tokens)
    if model.attention == "compressed":
        # two values (entry and score) a dimension; blocks at the fine ratio overlap, so they keep twice as many
        fine = 2 * 2 * (model.head_dim + model.index_head_dim) * model.compressed_layers
        states = chunk * (fine + 2 * model.head_dim * model.heavy_layers) * FLOAT_BYTES
        windows = beyond * model.sliding_layers * model.head_dim * value_bytes
        return (states + windows) * constants["compressed_page_ratio"]
    return beyond * model.sliding_layers * model.sliding_kv_width * value_bytes


def index_bytes(model: ModelSpec, tokens: float, settings: EngineSettings) -> float:
    """Bytes of the scores with which a sparse attention chooses: sequences × tokens, in 32 bits, on every GPU."""
    return settings.sequences * tokens * FLOAT_BYTES if model.sparse_topk else 0.0
