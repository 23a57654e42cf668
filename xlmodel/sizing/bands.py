"""How sure an estimate is: 10th and 90th percentile of measurement / estimate, on rows that no fit has seen."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from xlmodel.sizing.coefficients import MANY_EXPERTS

if TYPE_CHECKING:
    from xlmodel.sizing.precision import Format
    from xlmodel.sizing.specs import GpuSpec, ModelSpec, SizingConstants

MEASURED_FAMILIES = frozenset({"ampere", "ada", "hopper", "blackwell", "blackwell-consumer", "cdna"})


def _sparse(model: ModelSpec) -> bool:
    return bool(model.sparse_topk or model.linear_layers)


@lru_cache(maxsize=4096)
def band_kind(model: ModelSpec, gpu: GpuSpec, engine: str) -> str:
    """Name the kind of estimate whose errors are alike: by engine, vendor, and sparse attention or many experts."""
    if engine == "default":
        return engine
    kind = f"{engine}_cdna" if gpu.family == "cdna" else engine
    if _sparse(model):
        return f"{kind}_sparse"
    return f"{kind}_mixture" if model.experts >= MANY_EXPERTS else kind


def bounds(quantity: str, kind: str, constants: SizingConstants) -> tuple[float, float]:
    """Give the percentiles of a kind, or of the wider kind that it belongs to where too few rows show it."""
    name = f"band_{quantity}_{kind}"
    while name not in constants.values and "_" in kind:
        kind = kind.rpartition("_")[0]
        name = f"band_{quantity}_{kind}"
    return constants.low[name], constants.high[name]


@lru_cache(maxsize=4096)
def band(
    model: ModelSpec, gpu: GpuSpec, engine: str, quantity: str, constants: SizingConstants
) -> tuple[float, float]:
    """Bounds of measurement / estimate for `throughput`, `tpot` or `ttft`, wider where nothing like it was measured."""
    low, high = bounds(quantity, band_kind(model, gpu, engine), constants)
    widening = 1.0
    if gpu.family not in MEASURED_FAMILIES:
        widening *= constants["band_widening_unmeasured_gpu"]
    if model.linear_layers or (_sparse(model) and engine == "default"):
        widening *= constants["band_widening_sparse_attention"]
    slow, fast = gpu.bf16_dense_tflops_low, gpu.bf16_dense_tflops_high
    return low / widening * slow / gpu.bf16_dense_tflops, high * widening * fast / gpu.bf16_dense_tflops


def band_notes(model: ModelSpec, fmt: Format, gpu: GpuSpec) -> list[str]:
    """Say what makes an estimate less sure."""
    notes = [fmt.note] if fmt.note else []
    if gpu.family not in MEASURED_FAMILIES:
        notes.append(f"no or few published measurements on {gpu.vendor} cards of this kind: wide error band")
    if _sparse(model):
        notes.append(f"few measurements of models with attention like that of {model.name}: wide error band")
    return notes
