"""Memory by hand arithmetic: weights, and the KV cache of a dozen architectures to the byte."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from xlmodel.errors import BadValueError, NotAvailableError
from xlmodel.sizing import Load, capacity, fits, kv_cache_bytes, throughput, vram_gb
from xlmodel.sizing.memory import weights_bytes

if TYPE_CHECKING:
    from tests.sizing.conftest import Specs
    from xlmodel.sizing import SizingConstants


# Bytes of one sequence of 10,000 tokens in 16 bits, from the published layer shapes.
BY_HAND = {
    # grouped-query attention: 2 × layers × KV heads × head size × 2 bytes × tokens
    "Llama-3.1-8B": 2 * 32 * 8 * 128 * 2 * 10_000,
    "Llama-3.1-70B": 2 * 80 * 8 * 128 * 2 * 10_000,
    "Llama-3.1-405B": 2 * 126 * 8 * 128 * 2 * 10_000,
    "Qwen3-32B": 2 * 64 * 8 * 128 * 2 * 10_000,
    "Qwen3-235B-A22B": 2 * 94 * 4 * 128 * 2 * 10_000,
    "GLM-4.5-Air": 2 * 46 * 8 * 128 * 2 * 10_000,
    "MiniMax-M2": 2 * 62 * 8 * 128 * 2 * 10_000,
    "Falcon-180B": 2 * 80 * 8 * 64 * 2 * 10_000,
    # multi-head attention: as many KV heads as heads
    "Llama-2-7B": 2 * 32 * 32 * 128 * 2 * 10_000,
    # latent attention: layers × (512 + 64) × 2 bytes × tokens
    "DeepSeek-V3": 61 * 576 * 2 * 10_000,
    "Kimi-K2": 61 * 576 * 2 * 10_000,
    "LongCat-Flash": 2 * 28 * 576 * 2 * 10_000,
    # sparse attention keeps a key of 128 bytes and a scale of 4 beside, GLM-5.2 in 21 of its layers
    "GLM-5": 78 * (576 * 2 + 132) * 10_000,
    "GLM-5.2": (78 * 576 * 2 + 21 * 132) * 10_000,
    # 57 of 60 layers keep an index key of 128 in 16 bits
    "MiniMax-M3": (60 * 2 * 4 * 128 * 2 + 57 * 128 * 2) * 10_000,
    # 49 of 80 layers have attention
    "Nemotron-Super-49B": 2 * 49 * 8 * 128 * 2 * 10_000,
    # half of the layers keep a window of 128
    "gpt-oss-120b": 2 * 8 * 64 * 2 * (18 * 10_000 + 18 * 128),
    # one layer in six keeps all, the others a window of 1,024
    "Gemma-3-27B": 2 * 16 * 128 * 2 * (10 * 10_000 + 52 * 1_024),
    # one in four keeps all, the others a window of 512
    "Step-3.5-Flash": 2 * 8 * 128 * 2 * (12 * 10_000 + 33 * 512),
    # keys of 192 and values of 128: 4 heads in 9 layers, 8 heads in windows of 128
    "MiMo-V2-Flash": 2 * (9 * 4 * (192 + 128) * 10_000 + 39 * 8 * (192 + 128) * 128),
    # 2 heads of 512 in 5 layers, 8 heads of 256 in windows of 1,024
    "Gemma-4-26B-A4B": 2 * (5 * 2 * 2 * 512 * 10_000 + 25 * 2 * 8 * 256 * 1_024),
    # latent attention in 7 layers, in 20 a state of 32 heads in 32 bits and three convolution tails
    "Kimi-Linear": 7 * 576 * 2 * 10_000 + 20 * (32 * 128 * 128 * 4 + 3 * 32 * 128 * 3 * 2),
    # 6 attention layers, 23 of Mamba 2: 64 heads of 64 by 128 states in 32 bits, a tail of 4,096 + 2 × 8 × 128
    "Nemotron-3-Nano": 2 * 6 * 2 * 128 * 2 * 10_000 + 23 * (64 * 64 * 128 * 4 + (4_096 + 2_048) * 3 * 2),
    # one layer in four keeps all, the others a state in 32 bits and a convolution tail in 16
    "Qwen3.5-27B": 2 * 16 * 4 * 256 * 2 * 10_000 + 48 * (48 * 128 * 128 * 4 + (2 * 16 + 48) * 128 * 3 * 2),
    "Qwen3-Next": 2 * 12 * 2 * 256 * 2 * 10_000 + 36 * (32 * 128 * 128 * 2 + (2 * 16 + 32) * 128 * 3 * 2),
    # an entry of 512 + 128 for 4 tokens, of 512 for 128 tokens (79 entries), and windows of 128
    "DeepSeek-V4-Pro": 2 * (30 * 2_500 * 640 + 31 * 79 * 512 + 61 * 128 * 512),
    "DeepSeek-V4-Flash": 2 * (21 * 2_500 * 640 + 20 * 79 * 512 + 43 * 128 * 512),
}


@pytest.mark.parametrize("name", BY_HAND)
def test_kv_cache_to_the_byte(specs: Specs, name: str) -> None:
    """The cache of 10,000 tokens equals the hand arithmetic, and three sequences keep three times as much."""
    assert kv_cache_bytes(specs.model(name), 10_000, 1, "fp16") == BY_HAND[name]
    assert kv_cache_bytes(specs.model(name), 10_000, 3, "bf16") == 3 * BY_HAND[name]


def test_published_long_contexts(specs: Specs) -> None:
    """DeepSeek-V3 keeps 9.210691584 GB for 131,072 tokens; V4 the 9.62 and 6.72 GiB that vLLM states for 1,048,576."""
    assert kv_cache_bytes(specs.model("DeepSeek-V3"), 131_072) / 1e9 == 9.210691584
    assert round(kv_cache_bytes(specs.model("DeepSeek-V4-Pro"), 2**20) / 2**30, 2) == 9.62
    assert round(kv_cache_bytes(specs.model("DeepSeek-V4-Flash"), 2**20) / 2**30, 2) == 6.72


def test_an_eight_bit_cache_halves_what_grows(specs: Specs) -> None:
    """fp8 halves the cache of attention layers, and leaves a recurrent state as it is."""
    assert kv_cache_bytes(specs.model("Qwen3-32B"), 4_096, 1, "fp8") == 64 * 2 * 8 * 128 * 4_096
    state = 48 * (48 * 128 * 128 * 4 + 80 * 128 * 3 * 2)
    assert kv_cache_bytes(specs.model("Qwen3.5-27B"), 1, 1, "fp8") == 2 * 16 * 4 * 256 + state


def test_weights_by_hand(specs: Specs, constants: SizingConstants) -> None:
    """16 bits: parameters × 2; fp8: tables stay in 16 bits; four-bit experts leave the rest in 16 bits."""
    assert weights_bytes(specs.model("Llama-3.1-70B"), "fp16", constants) == pytest.approx(141.1e9)
    qwen = weights_bytes(specs.model("Qwen3-32B"), "fp8", constants)
    assert qwen == pytest.approx(32.76e9 + 2 * 151_936 * 5_120)
    oss = weights_bytes(specs.model("gpt-oss-120b"), "mxfp4", constants)
    experts = 36 * 128 * 3 * 2_880 * 2_880
    assert oss == pytest.approx(experts * 17 / 32 + (116.83e9 - experts) * 2)
    assert weights_bytes(specs.model("DeepSeek-V3"), "fp16", constants) / 1e9 == pytest.approx(
        1_342, rel=1e-3
    )


def test_vram_is_the_sum_of_its_parts(specs: Specs, constants: SizingConstants) -> None:
    """Weights + cache + overhead, in GB of 10⁹ bytes."""
    parts = vram_gb(specs.model("Llama-3.1-8B"), "bf16", 8_192, 4, "fp16", constants)
    assert parts.weights_gb == pytest.approx(16.06)
    assert parts.kv_cache_gb == pytest.approx(4 * 8_192 * 131_072 / 1e9)
    assert parts.total_gb == parts.weights_gb + parts.kv_cache_gb + parts.overhead_gb


@pytest.mark.parametrize("context", [0, -1, 1.5, math.nan, math.inf])
def test_a_context_is_a_whole_number(specs: Specs, context: float) -> None:
    """A context that is no whole number of at least 1 is a bad value."""
    with pytest.raises(BadValueError, match="context"):
        kv_cache_bytes(specs.model("Qwen3-8B"), context)


def test_an_unknown_architecture_is_refused(specs: Specs, constants: SizingConstants) -> None:
    """A model whose layers are not described gives no number anywhere."""
    model, gpu = replace(specs.model("Qwen3-32B"), architecture_known=False), specs.gpu("H200")
    with pytest.raises(NotAvailableError, match="Qwen3-32B: its attention layers"):
        kv_cache_bytes(model, 4_096)
    with pytest.raises(NotAvailableError, match="not described"):
        vram_gb(model, "fp16", 4_096, 1, "fp16", constants)
    with pytest.raises(NotAvailableError, match="not described"):
        fits(model, "fp16", gpu, 8, 4_096, 1, constants)
    with pytest.raises(NotAvailableError, match="not described"):
        throughput(model, "fp16", gpu, 8, 1_024, 1_024, None, "default", constants)
    with pytest.raises(NotAvailableError, match="not described"):
        capacity(model, "fp16", gpu, Load(1_000, 800, 400, 3, 0.7, 1), constants)
