"""Legal ways to spread one model over GPUs, and the sequences each way can hold."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from xlmodel.sizing.memory import engine_bytes, sequence_kv_bytes, usable_bytes
from xlmodel.sizing.reserve import index_bytes, prompt_cache_bytes, reserve_bytes, stock_settings

if TYPE_CHECKING:
    from xlmodel.sizing.precision import Format
    from xlmodel.sizing.reserve import EngineSettings
    from xlmodel.sizing.specs import GpuSpec, ModelSpec, SizingConstants

NODE = 8
MAX_TENSOR = NODE
MAX_GROUP = 256


class Layout(NamedTuple):
    """One way to run a model on GPUs.

    Args:
        tensor: GPUs that share each layer.
        pipeline: stages of layers, each of `tensor` GPUs.
        expert: GPUs over which experts are spread while each runs its own attention; 0 for none.
        replicas: independent copies of all this.
        whole_experts: each of the `tensor` GPUs keeps whole experts, where otherwise all keep a slice of each.
        sliced_experts: each of the `expert` GPUs keeps a slice of every expert, where otherwise it keeps whole ones.
    """

    tensor: int = 1
    pipeline: int = 1
    expert: int = 0
    replicas: int = 1
    whole_experts: bool = False
    sliced_experts: bool = False

    @property
    def group_gpus(self) -> int:
        """GPUs of one copy."""
        return (self.expert or self.tensor) * self.pipeline

    @property
    def gpus(self) -> int:
        """GPUs of all copies."""
        return self.group_gpus * self.replicas

    def __str__(self) -> str:
        """Show as `2×TP8`, `TP8·PP2`, `TP8+EP8`, `DP8+EP8`, `TP8+DPattn`."""
        core = f"DP{self.expert}+EP{self.expert}" if self.expert else f"TP{self.tensor}"
        if self.sliced_experts:
            core = f"TP{self.expert}+DPattn"
        if self.whole_experts:
            core += f"+EP{self.tensor}"
        if self.pipeline > 1:
            core += f"·PP{self.pipeline}"
        return core if self.replicas == 1 else f"{self.replicas}×{core}"


def group_sizes(n_gpus: int) -> list[int]:
    """Sizes of one copy that are legal within n GPUs: 1, 2, 4, 8, then whole nodes of 8."""
    sizes = [size for size in (1, 2, 4, 8) if size <= n_gpus]
    return sizes + list(range(16, min(n_gpus, MAX_GROUP) + 1, 8))


def tensor_is_legal(model: ModelSpec, tensor: int) -> bool:
    """Whether `tensor` GPUs can share a layer: heads divide evenly, KV heads divide or are replicated."""
    if model.heads % tensor:
        return False
    if model.attention != "gqa":
        return True
    return model.kv_heads % tensor == 0 or tensor % model.kv_heads == 0


@lru_cache(maxsize=4096)
def group_layouts(model: ModelSpec, size: int) -> tuple[Layout, ...]:
    """Layouts of one copy on exactly `size` GPUs.

    Within a node: tensor parallel, or attention data parallel with the experts spread or sliced. Beyond: pipeline
    stages of whole nodes, or experts over all.
    """
    found: list[Layout] = []
    tensor = min(size, MAX_TENSOR)
    stages = size // tensor
    if size % tensor == 0 and tensor_is_legal(model, tensor) and stages <= model.layers:
        found.append(Layout(tensor, stages))
    if model.is_moe and size > 1 and model.experts >= size:
        found.append(Layout(1, 1, size))
        if size <= NODE:
            found.append(Layout(1, 1, size, sliced_experts=True))
    return tuple(found)


@lru_cache(maxsize=8192)
def group_weight_bytes(model: ModelSpec, fmt: Format, layout: Layout) -> float:
    """Weights on the fullest GPU of a copy; a stage holds ceil(layers / stages) layers."""
    experts = model.routed_params * fmt.expert_bytes
    matrices = max(model.total_params - model.routed_params - model.table_params, 0.0) * fmt.dense_bytes
    rest = matrices + model.table_params * fmt.table_bytes
    stage = math.ceil(model.layers / layout.pipeline) / model.layers
    if layout.expert:
        return (experts / layout.expert + rest) * stage
    return (experts + rest) / layout.tensor * stage


def kv_shards(model: ModelSpec, layout: Layout) -> int:
    """How many GPUs of a stage share one sequence's cache: min(tensor, KV heads); a latent cache is not divided."""
    if layout.expert or model.attention != "gqa":
        return 1
    return min(layout.tensor, model.kv_heads)


@lru_cache(maxsize=8192)
def free_bytes(
    model: ModelSpec, fmt: Format, gpu: GpuSpec, layout: Layout, engine: str, constants: SizingConstants
) -> float:
    """Memory left for the cache on each GPU of a copy; negative when the weights do not fit."""
    if engine == "default":
        return free_with(model, fmt, gpu, layout, stock_settings(model, gpu, constants), constants)
    return engine_bytes(gpu, constants, engine) - group_weight_bytes(model, fmt, layout)


def free_with(
    model: ModelSpec,
    fmt: Format,
    gpu: GpuSpec,
    layout: Layout,
    settings: EngineSettings,
    constants: SizingConstants,
) -> float:
    """Memory that these settings leave for the cache: utilisation × usable − weights − what the engine reserves."""
    usable = usable_bytes(gpu, constants) * settings.utilisation
    return (
        usable
        - group_weight_bytes(model, fmt, layout)
        - reserve_bytes(model, fmt, gpu, layout, settings, constants)
    )


def prompt_bytes_per_gpu(
    model: ModelSpec,
    layout: Layout,
    tokens: float,
    value_bytes: float,
    settings: EngineSettings,
    constants: SizingConstants,
) -> float:
    """Memory that prompts of up to `tokens` in prefill take on each GPU, once whatever the number of sequences."""
    stage = math.ceil(model.layers / layout.pipeline) / model.layers
    cache = prompt_cache_bytes(model, tokens, value_bytes, settings, constants)
    return cache / kv_shards(model, layout) * stage + index_bytes(model, tokens, settings)


def sequence_bytes_per_gpu(model: ModelSpec, layout: Layout, tokens: float, value_bytes: float) -> float:
    """Cache of one sequence of `tokens` on each GPU that holds it."""
    stage = math.ceil(model.layers / layout.pipeline) / model.layers
    return sequence_kv_bytes(model, tokens, value_bytes) / kv_shards(model, layout) * stage


def held_sequences(
    model: ModelSpec,
    fmt: Format,
    gpu: GpuSpec,
    layout: Layout,
    tokens: float,
    value_bytes: float,
    engine: str,
    constants: SizingConstants,
) -> float:
    """Sequences of `tokens` that one copy holds at once: free memory / cache of one sequence, × ranks.

    Under 1 on a rank, a sequence does not fit at all.
    """
    if engine == "default":
        settings = stock_settings(model, gpu, constants)
        return held_with(model, fmt, gpu, layout, tokens, value_bytes, settings, constants)
    free = free_bytes(model, fmt, gpu, layout, engine, constants)
    return _held(model, layout, tokens, value_bytes, free)


def held_with(
    model: ModelSpec,
    fmt: Format,
    gpu: GpuSpec,
    layout: Layout,
    tokens: float,
    value_bytes: float,
    settings: EngineSettings,
    constants: SizingConstants,
) -> float:
    """As `held_sequences`, with the settings of a stock engine given."""
    free = free_with(model, fmt, gpu, layout, settings, constants)
    free -= prompt_bytes_per_gpu(model, layout, tokens, value_bytes, settings, constants)
    return _held(model, layout, tokens, value_bytes, free)


def _held(model: ModelSpec, layout: Layout, tokens: float, value_bytes: float, free: float) -> float:
    if free <= 0:
        return 0.0
    per_rank = free / sequence_bytes_per_gpu(model, layout, tokens, value_bytes)
    return per_rank * (layout.expert or 1)
