"""What lies in memory: weights, KV cache by layer kind, runtime overhead, and how much a GPU leaves for them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from xlmodel.errors import BadValueError, NotAvailableError
from xlmodel.sizing.precision import kv_bytes_per_value, model_precision, weight_bytes
from xlmodel.sizing.reserve import GIB

if TYPE_CHECKING:
    from xlmodel.sizing.specs import GpuSpec, ModelSpec, SizingConstants

GB = 1e9


class MemoryBreakdown(NamedTuple):
    """Memory over all GPUs, in GB of 10⁹ bytes."""

    weights_gb: float
    kv_cache_gb: float
    overhead_gb: float
    total_gb: float


def require_count(name: str, value: float, minimum: int = 1) -> int:
    """Give a whole number at or above its minimum.

    Raises:
        BadValueError: not a whole number, or too small.
    """
    if not math.isfinite(value) or value != int(value) or value < minimum:
        raise BadValueError(f"{name} is {value}; give a whole number of at least {minimum}")
    return int(value)


def require_length(name: str, value: float) -> float:
    """Give the mean length of a prompt or answer in tokens; a mean may be a fraction, and what is whole stays whole.

    Raises:
        BadValueError: not a number of at least 1.
    """
    if not 1 <= value < math.inf:
        raise BadValueError(f"{name} is {value}; give a number of tokens of at least 1")
    return int(value) if value == int(value) else value


def check_known(model: ModelSpec) -> None:
    """Refuse a model whose layer kinds are not described.

    Raises:
        NotAvailableError: the architecture is unknown.
    """
    if not model.architecture_known:
        raise NotAvailableError(
            f"{model.name}: its attention layers are not described in models.csv; no estimate"
        )


def weights_bytes(model: ModelSpec, precision: str, constants: SizingConstants) -> float:
    """Bytes of all weights: Σ parameters × bytes; all experts resident, vocabulary tables in 16 bits."""
    check_known(model)
    expert, dense, table = weight_bytes(model, model_precision(model, precision), constants)
    matrices = max(model.total_params - model.routed_params - model.table_params, 0.0)
    return model.routed_params * expert + matrices * dense + model.table_params * table


def kv_values_per_token(model: ModelSpec) -> float:
    """Numbers that one more token adds to the cache, in the layers that keep the whole context.

    GQA: kv_layers × kv_width, as a rule 2 × kv_heads × head_dim. MLA: kv_layers × (rank + rope).
    """
    if model.attention == "mla":
        return float(model.kv_layers * (model.kv_lora_rank + model.qk_rope_head_dim))
    return float(model.kv_layers * model.kv_width)


def sequence_kv_bytes(model: ModelSpec, context: float, value_bytes: float) -> float:
    """Bytes one sequence of `context` tokens keeps: whole-context layers, windows, recurrent states.

    Compressed layers keep ceil(context / ratio) entries; a window layer min(context, window) tokens.
    """
    if model.attention == "compressed":
        fine = model.compressed_layers * (model.head_dim + model.index_head_dim)
        values = float(fine * math.ceil(context / model.compress_ratio))
        values += model.heavy_layers * model.head_dim * math.ceil(context / model.heavy_ratio)
        values += model.sliding_layers * model.head_dim * min(context, model.sliding_window)
        return values * value_bytes
    values = kv_values_per_token(model) * context
    values += model.sliding_layers * model.sliding_kv_width * min(context, model.sliding_window)
    index = model.index_layers * index_key_bytes(model, value_bytes) * context
    return values * value_bytes + index + model.linear_layers * model.linear_state_bytes


def index_key_bytes(model: ModelSpec, value_bytes: float) -> float:
    """Bytes of the key by which sparse attention finds a token: as the cache, or 8 bits and a scale beside MLA.

    Source: vLLM and SGLang keep the keys of DeepSeek-V3.2 in fp8 with one 4-byte scale per 128 values.
    """
    if model.attention == "mla":
        return model.index_head_dim + 4.0 * math.ceil(model.index_head_dim / 128)
    return model.index_head_dim * value_bytes


def kv_cache_bytes(
    model: ModelSpec, context: float, concurrency: float = 1, kv_precision: str = "fp16"
) -> float:
    """Bytes of the KV cache: concurrency × bytes of one sequence.

    Args:
        model: the architecture.
        context: tokens a sequence.
        concurrency: sequences held at once.
        kv_precision: format of the cache.

    Raises:
        BadValueError: context or concurrency is no whole number of at least 1.
        NotAvailableError: an unknown architecture or format.
    """
    check_known(model)
    tokens, sequences = require_count("context", context), require_count("concurrency", concurrency)
    return sequences * sequence_kv_bytes(model, tokens, kv_bytes_per_value(kv_precision))


def vram_gb(
    model: ModelSpec,
    precision: str,
    context: float,
    concurrency: float,
    kv_precision: str,
    constants: SizingConstants,
) -> MemoryBreakdown:
    """Memory a running model allocates, over all GPUs: weights + KV cache + overhead.

    The overhead is what a framework allocates beside both; an engine's reserve depends on the GPU and stands in `fits`.

    Raises:
        BadValueError: context or concurrency is no whole number of at least 1.
        NotAvailableError: an unknown architecture or format.
    """
    weights = weights_bytes(model, precision, constants) / GB
    cache = kv_cache_bytes(model, context, concurrency, kv_precision) / GB
    overhead = constants["runtime_overhead_gb"]
    return MemoryBreakdown(weights, cache, overhead, weights + cache + overhead)


def usable_bytes(gpu: GpuSpec, constants: SizingConstants) -> float:
    """Memory that the driver shows on one GPU; where nobody read it, a share of the nominal size."""
    if gpu.usable_memory_gib is not None:
        return gpu.usable_memory_gib * GIB
    return gpu.memory_gb * constants["usable_gib_per_gb"] * GIB


def engine_bytes(gpu: GpuSpec, constants: SizingConstants, engine: str) -> float:
    """Memory of one GPU that an engine may use: share × usable.

    What a tuned engine keeps for itself is off already; what a stock engine keeps depends on the model, see `reserve`.
    """
    usable = usable_bytes(gpu, constants) * constants[f"memory_share_{engine}"]
    return usable - constants["memory_reserve_gib_tuned"] * GIB if engine == "tuned" else usable
