"""Number formats: their names, their bytes, and what a GPU computes in."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from xlmodel.errors import NotAvailableError

if TYPE_CHECKING:
    from xlmodel.sizing.specs import GpuSpec, ModelSpec, SizingConstants

_ALIASES = {
    "fp32": ("float32", "f32", "single", "全精度"),
    "fp16": ("float16", "f16", "half", "半精度"),
    "bf16": ("bfloat16",),
    "fp8": ("float8", "f8", "e4m3", "fp8e4m3", "e5m2", "fp8e5m2", "w8a8fp8"),
    "int8": ("i8", "w8a8", "w8a8int8", "int8w8a8"),
    "gptq-int8": ("w8a16", "gptq8", "int8gptq"),
    "int4": ("i4", "w4a16", "w4a8", "bnbint4", "q4"),
    "awq": ("awqint4", "int4awq", "awq4"),
    "gptq": ("gptqint4", "int4gptq", "gptq4"),
    "nvfp4": ("fp4", "f4"),
    "mxfp4": (),
}
# the names of GGUF files; llama.cpp mixes block formats under one name
GGUF = (
    "q8_0", "q6_k", "q5_k_m", "q5_k_s", "q5_1", "q5_0", "q4_k_m", "q4_k_s", "q4_1", "q4_0", "iq4_nl", "iq4_xs",
    "q3_k_l", "q3_k_m", "q3_k_s", "iq3_m", "iq3_s", "iq3_xs", "iq3_xxs", "q2_k", "q2_k_s", "iq2_m", "iq2_s", "iq2_xs",
    "iq2_xxs", "iq1_m", "iq1_s",
)  # fmt: skip
_BY_ALIAS = {alias: name for name, aliases in _ALIASES.items() for alias in (name.replace("-", ""), *aliases)}
_BY_ALIAS |= {prefix + name.replace("_", ""): name for name in GGUF for prefix in ("", "gguf")}

PRECISIONS = (*_ALIASES, *GGUF)
NATIVE = "native"
KV_BYTES = {"fp32": 4.0, "fp16": 2.0, "bf16": 2.0, "fp8": 1.0, "int8": 1.0}
_EXPERTS_ONLY = frozenset({"int4", "nvfp4", "mxfp4"})
_FOUR_BITS = 0.7  # bytes: under it a parameter has 4 bits and its scales
_FULL = frozenset({"fp32", "fp16", "bf16"})


class Format(NamedTuple):
    """How a model's weights are stored and multiplied on one GPU.

    Args:
        name: the precision.
        expert_bytes: bytes of one parameter of a routed expert, scales included.
        dense_bytes: bytes of one other matrix parameter.
        table_bytes: bytes of one parameter of the vocabulary tables.
        compute: the arithmetic, `bf16`, `fp8`, `int8`, `fp4`, or `fp32`.
        flops: dense peak of that arithmetic, operations per second.
        weight_only: whether weights are unpacked to a wider arithmetic.
        note: what a user should know, or empty.
        cache_bytes: bytes of a number in the KV cache where its format is asked for; None for what the engine keeps.
    """

    name: str
    expert_bytes: float
    dense_bytes: float
    table_bytes: float
    compute: str
    flops: float
    weight_only: bool
    note: str
    cache_bytes: float | None = None


def parse_precision(text: str) -> str:
    """Give the canonical name of a precision.

    Raises:
        NotAvailableError: a name that is no precision known here.
    """
    key = re.sub(r"[\s\-_()]", "", unicodedata.normalize("NFKC", text).casefold())
    name = _BY_ALIAS.get(key)
    if name is None:
        raise NotAvailableError(
            f"precision {text!r} is not known; write native, one of {', '.join(_ALIASES)}, or a GGUF name such as Q4_K_M"
        )
    return name


def model_precision(model: ModelSpec, text: str) -> str:
    """Give the canonical name of a precision; `native` is the one the model is published in.

    Raises:
        NotAvailableError: a name that is no precision known here.
    """
    return model.native_precision if text.strip().casefold() == NATIVE else parse_precision(text)


def kv_bytes_per_value(text: str) -> float:
    """Give the bytes of one number in the KV cache.

    Raises:
        NotAvailableError: a format that no engine stores the cache in.
    """
    name = parse_precision(text)
    if name not in KV_BYTES:
        raise NotAvailableError(f"a KV cache in {text!r} is not known; write one of {', '.join(KV_BYTES)}")
    return KV_BYTES[name]


def stored_precision(model: ModelSpec, precision: str) -> str:
    """Give the precision in which the weights lie in memory.

    A model published only in MXFP4 keeps it under the labels fp8, int8 and fp4.
    """
    if model.native_precision == "mxfp4" and precision in {"fp8", "int8", "nvfp4"}:
        return "mxfp4"
    return precision


def weight_bytes(model: ModelSpec, precision: str, constants: SizingConstants) -> tuple[float, float, float]:
    """Give the bytes of one parameter of (expert, other matrix, vocabulary table), scales included.

    Those of the published checkpoint where checkpoints.csv has it. Else, where only the experts have four bits, the
    other matrices keep 8, in a model published in MXFP4 16; a GGUF file has one mean over all.
    """
    published = constants.checkpoints.get((model.name, precision))
    if published is not None:
        return published
    stored = stored_precision(model, precision)
    size = constants[f"weight_bytes_{stored}"]
    if stored in GGUF:
        return size, size, size
    dense = size
    if stored in _EXPERTS_ONLY and model.is_moe:
        dense = 2.0 if model.native_precision == "mxfp4" else 1.0
    table = 4.0 if stored == "fp32" else 2.0
    return size, dense, table


def kernel_refusal(model: ModelSpec, precision: str, gpu: GpuSpec, constants: SizingConstants) -> str:
    """Say why engines do not start this precision on this card, or nothing where they do.

    Raises:
        NotAvailableError: the precision is unknown.
    """
    stored = stored_precision(model, model_precision(model, precision))
    if _run(stored, gpu, constants) != "no":
        return ""
    needs = constants.kernels[stored, "needs"]
    return f"engines have no {stored} kernels for {gpu.name}: {stored} takes {needs}; choose another precision or card"


def _run(stored: str, gpu: GpuSpec, constants: SizingConstants) -> str:
    """Return `native`, `weight-only` or `no`; families without a column are the others."""
    other = constants.kernels.get((stored, "other"), "native")
    return constants.kernels.get((stored, gpu.family), other)


@lru_cache(maxsize=4096)
def resolve(
    model: ModelSpec,
    precision: str,
    gpu: GpuSpec,
    constants: SizingConstants,
    kv_precision: str = NATIVE,
) -> Format:
    """Say how a GPU runs a precision: in its own arithmetic, or weight-only in 16 bits.

    Args:
        model: the architecture.
        precision: format of the weights.
        gpu: the card.
        constants: bytes, kernels and checkpoints.
        kv_precision: format of the cache; `native` for what the engine keeps.

    Raises:
        NotAvailableError: a precision is unknown, or engines do not start it on this card.
    """
    asked = model_precision(model, precision)
    if refusal := kernel_refusal(model, asked, gpu, constants):
        raise NotAvailableError(refusal)
    stored = stored_precision(model, asked)
    expert, dense, table = weight_bytes(model, asked, constants)
    peaks = {"fp8": gpu.fp8_dense_tflops, "int8": gpu.int8_dense_tops, "nvfp4": gpu.fp4_dense_tflops}
    peaks["mxfp4"] = gpu.fp4_dense_tflops
    notes = [] if stored == asked else [f"{model.name} is published in MXFP4: its weights stay so"]
    if (model.name, asked) in constants.checkpoints:
        notes.append(f"bytes of the published checkpoint, a mix around {asked}")
    compute, flops, weight_only = "bf16", gpu.bf16_dense_tflops, False
    peak = peaks.get(stored) if _run(stored, gpu, constants) == "native" else None
    if model.is_moe and expert < _FOUR_BITS and not gpu.fp4_dense_tflops and stored != "fp32":
        # a checkpoint that mixes 8 bits with experts in 4: the experts are most of the work
        peak = None
    if stored == "fp32":
        compute, flops = "fp32", gpu.bf16_dense_tflops / 2
        notes.append("fp32 is counted at half the 16-bit rate (TF32)")
    elif peak:
        compute, flops = {"nvfp4": "fp4", "mxfp4": "fp4"}.get(stored, stored), peak
    elif stored not in _FULL:
        weight_only = True
        notes.append(
            f"{gpu.name} has no {stored} arithmetic: {stored} runs weight-only, computing in 16 bits"
        )
    if compute == "bf16" and not gpu.native_bf16:
        notes.append(f"{gpu.name} has no bf16: fp16 is used")
    cache = None if kv_precision == NATIVE else kv_bytes_per_value(kv_precision)
    return Format(stored, expert, dense, table, compute, flops * 1e12, weight_only, "; ".join(notes), cache)
