"""The precision of a checkpoint: from quantization_config, else from the number format of its weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from xlmodel.catalog.hf_config.config import ModelConfig

_FORMATS = {"bfloat16": "bf16", "float16": "fp16", "float32": "fp32"}
_METHODS = {
    "fp8": "fp8",
    "fbgemm_fp8": "fp8",
    "mxfp4": "mxfp4",
    "awq": "awq",
    "auto-awq": "awq",
    "w8a8_int8": "int8",
}
_GPTQ = {8: "gptq-int8", 4: "gptq"}
# (type, bits) of a group of weights
_WEIGHTS = {("float", 8): "fp8", ("int", 8): "int8", ("int", 4): "int4", ("float", 4): "nvfp4"}


def read_precision(config: ModelConfig, unknown: list[str]) -> str:
    """Return the precision in which the checkpoint is published.

    Args:
        config: the model's config.
        unknown: takes what is given and not understood.
    """
    # DeepSeek-V4: the experts in four bits, the method names the rest
    if config.text("expert_dtype") == "fp4":
        return "mxfp4"
    quantization = config.numbers("quantization_config")
    method = quantization.text("quant_method").casefold()
    if method in _METHODS:
        return _METHODS[method]
    if method == "gptq":
        return _GPTQ.get(quantization.count("bits"), "gptq")
    if method == "bitsandbytes":
        return "int4" if quantization.flag("load_in_4bit") else "int8"
    if method in {"modelopt", "compressed-tensors", "quark"}:
        found = (
            _by_algorithm(quantization.text("quant_algo")) or _by_groups(quantization) or _mixed(quantization)
        )
        if found:
            return found
    if method:
        unknown.append(f"quantization {method}")
    return _FORMATS.get(config.text("torch_dtype", "dtype"), "bf16")


def _by_algorithm(name: str) -> str:
    folded = name.casefold()
    if "mxfp4" in folded:
        return "mxfp4"
    if "fp4" in folded:
        return "nvfp4"
    return "fp8" if "fp8" in folded else ""


def _mixed(quantization: ModelConfig) -> str:
    """Return the narrowest precision of layers that are listed one by one."""
    listed = quantization.part("quantized_layers").values()
    found = {_by_algorithm(str(each.get("quant_algo"))) for each in listed if isinstance(each, dict)}
    return next((name for name in ("nvfp4", "mxfp4", "fp8") if name in found), "")


def _by_groups(quantization: ModelConfig) -> str:
    """Return the precision of the narrowest group of weights."""
    if "mxfp4" in quantization.text("format"):
        return "mxfp4"
    found = [
        _WEIGHTS.get((str(weights.get("type", "int")), bits), "")
        for weights in _groups(quantization.part("config_groups"))
        for bits in [weights.get("num_bits")]
        if isinstance(bits, int)
    ]
    return next((name for name in ("nvfp4", "int4", "fp8", "int8") if name in found), "")


def _groups(groups: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    for group in groups.values():
        weights = group.get("weights") if isinstance(group, dict) else None
        if isinstance(weights, dict):
            yield weights
