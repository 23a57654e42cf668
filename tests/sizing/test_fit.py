"""What fits, the smallest legal number of GPUs, and legal layouts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from xlmodel.errors import BadValueError, NotAvailableError
from xlmodel.sizing import Layout, fits, kv_cache_bytes, min_gpus, resolve
from xlmodel.sizing.fit import round_to_legal
from xlmodel.sizing.layout import group_layouts, kv_shards, tensor_is_legal
from xlmodel.sizing.reserve import prompt_cache_bytes, reserve_bytes, stock_settings

if TYPE_CHECKING:
    from tests.sizing.conftest import Specs
    from xlmodel.sizing import GpuSpec, ModelSpec, SizingConstants


def test_claims_of_the_guides(specs: Specs, constants: SizingConstants) -> None:
    """671B in 16 bits: 1,342 GB never fit 8×48 GB nor 8×141 GB; 70B in 16 bits fit 2×80 GB."""
    v3, llama = specs.model("DeepSeek-V3"), specs.model("Llama-3.1-70B")
    assert not fits(v3, "fp16", specs.gpu("RTX 4090 48GB"), 8, 4_096, 1, constants).fits
    assert not fits(v3, "fp16", specs.gpu("H20 141GB"), 8, 4_096, 1, constants).fits
    assert fits(v3, "fp8", specs.gpu("H20 141GB"), 8, 4_096, 1, constants).fits
    assert fits(llama, "fp16", specs.gpu("A100 80GB"), 2, 4_096, 1, constants).fits
    assert not fits(v3, "fp16", specs.gpu("RTX 4090 48GB"), 4, 4_096, 1, constants).fits


def test_the_reason_says_how_or_why_not(specs: Specs, constants: SizingConstants) -> None:
    """A yes names the layout and what it holds; a no names the missing memory; weight-only is a note."""
    yes = fits(specs.model("Qwen3-32B"), "fp8", specs.gpu("A100 80GB"), 1, 8_192, 2, constants)
    assert yes.fits
    assert yes.layout == Layout(1)
    assert "TP1 holds" in yes.reason
    assert "weight-only" in yes.notes
    no = fits(specs.model("Qwen3-32B"), "fp16", specs.gpu("RTX 4090 24GB"), 1, 4_096, 1, constants)
    assert "exceed" in no.reason
    tight = fits(specs.model("Qwen3-32B"), "fp16", specs.gpu("H100"), 1, 40_960, 5, constants)
    assert not tight.fits
    assert "Qwen3-32B" in tight.reason


def test_held_sequences_by_hand(specs: Specs, constants: SizingConstants) -> None:
    """70B in 16 bits on 2×A100: what 0.92 × 79.25 GiB leave beside 70.55 GB of weights and the engine's own memory.

    Beside them: 0.35 GiB context, 0.6 GiB collectives, graphs of 256 of 512 sequences at 0.5 GiB, and one layer over
    8,192 tokens at 2 bytes × (6 × 8,192 + 4 × 28,672 / 2). A sequence keeps 4,096 × 163,840 bytes a GPU.
    """
    own = (0.35 + 0.6 + 0.25) * 2**30 + 8_192 * 2 * (6 * 8_192 + 4 * 28_672 / 2)
    free = 0.92 * 79.25 * 2**30 - 70.55e9 - own
    held = fits(
        specs.model("Llama-3.1-70B"), "fp16", specs.gpu("A100 80GB"), 2, 4_096, 1, constants
    ).held_sequences
    assert held == int(free / (4_096 * 163_840)) == 7


def _own(model: ModelSpec, precision: str, gpu: GpuSpec, layout: Layout, constants: SizingConstants) -> float:
    fmt = resolve(model, precision, gpu, constants)
    return reserve_bytes(model, fmt, gpu, layout, stock_settings(model, gpu, constants), constants)


def test_what_an_engine_takes_by_cause(specs: Specs, constants: SizingConstants) -> None:
    """The peak of one step: a layer with its experts, or the sampler; 8,192 tokens a step from 40 GB, 2,048 below."""
    small, large = specs.gpu("RTX 3090 24GB"), specs.gpu("H100")
    llama, qwen = specs.model("Llama-3.1-8B"), specs.model("Qwen3-235B-A22B")
    assert stock_settings(llama, small, constants) == (0.92, 2_048, 256)
    assert stock_settings(llama, large, constants) == (0.92, 8_192, 1_024)
    # 256 sequences × 128,256 words × 12 bytes are more than a layer over 2,048 tokens
    own = _own(llama, "fp16", small, Layout(1), constants)
    assert own == pytest.approx((0.35 + 0.25) * 2**30 + 256 * 128_256 * 12)
    # 8 experts a token: three copies of 2 × 4,096 + 3 × 1,536 / 4 numbers
    dense = 6 * 4_096 + 4 * 12_288 / 4
    experts = 3 * 8 * (2 * 4_096 + 3 * 1_536 / 4)
    own = _own(qwen, "fp8", large, Layout(4), constants)
    assert own == pytest.approx((0.35 + 0.5 + 0.6) * 2**30 + 8_192 * 2 * (dense + experts))


def test_an_image_encoder_may_be_the_peak(specs: Specs, constants: SizingConstants) -> None:
    """Qwen3.8-27B profiles an image of 16,384 tokens, four patches each; the encoded image stays."""
    model, gpu = specs.model("Qwen3.8-27B"), specs.gpu("RTX 3090 24GB")
    own = _own(model, "fp8", gpu, Layout(2), constants)
    patches = 4 * 16_384 * 2 * (6 * 1_152 + 4 * 4_304 / 2)
    assert own == pytest.approx((0.35 + 0.25 + 0.6) * 2**30 + patches + 16_384 * 5_120 * 2)


def test_prompts_in_prefill_keep_more_than_the_window(specs: Specs, constants: SizingConstants) -> None:
    """DeepSeek-V4-Flash in steps of 16,384 tokens takes 6.66 GiB for one request of 30,000 (vLLM issue 44376).

    States: 21 layers × 4 × (512 + 128) × 4 bytes and 20 × 2 × 512 × 4; windows: 43 × 512 bytes; pages 1.3 times as large.
    """
    model, gpu = specs.model("DeepSeek-V4-Flash"), specs.gpu("GH200 96GB")
    settings = stock_settings(model, gpu, constants)
    a_token = (21 * 4 * 640 + 20 * 2 * 512) * 4 * 16_384 + 43 * 512 * 16_384
    found = prompt_cache_bytes(model, 30_000, 1, settings, constants)
    assert found == pytest.approx(1.3 * a_token)
    kept = kv_cache_bytes(model, 30_000, 1, "fp8")
    assert (found + kept) / 2**30 == pytest.approx(6.66, rel=0.05)
    # half of the layers of gpt-oss keep a window of 128: a chunk of 8,192 tokens beside it
    oss = specs.model("gpt-oss-20b")
    chunk = prompt_cache_bytes(oss, 32_768, 2, stock_settings(oss, specs.gpu("H100"), constants), constants)
    assert chunk == 12 * 2 * 8 * 64 * 2 * 8_192


def test_reports_of_the_field(specs: Specs, constants: SizingConstants) -> None:
    """What users met: an 8B on a 3090, 8-bit caches on two, an AMD card, and cards that a model does not start on."""
    llama, r3090 = specs.model("Llama-3.1-8B"), specs.gpu("RTX 3090 24GB")
    assert fits(llama, "bf16", r3090, 1, 45_000, 1, constants).fits
    hybrid = specs.model("Qwen3.8-27B")
    assert fits(hybrid, "fp8", r3090, 2, 262_144, 1, constants, "fp8").fits
    qwen = fits(specs.model("Qwen3-30B-A3B"), "bf16", specs.gpu("MI355X"), 1, 40_960, 1, constants)
    assert 1.6e6 <= qwen.held_sequences * 40_960 <= 1.8e6
    # in 8 bits there is one copy: two MI300X held 497,600 tokens of MiniMax-M2
    mini = fits(specs.model("MiniMax-M2"), "fp8", specs.gpu("MI300X"), 2, 4_096, 1, constants)
    assert mini.held_sequences * 4_096 == pytest.approx(497_600, rel=0.1)
    flash = specs.model("DeepSeek-V4-Flash")
    assert not fits(flash, "fp8", specs.gpu("RTX 4090 48GB"), 4, 131_072, 1, constants).fits
    assert not fits(flash, "fp8", specs.gpu("GH200 96GB"), 2, 30_000, 1, constants, "fp8").fits
    assert fits(flash, "fp8", specs.gpu("MI325X"), 1, 131_072, 1, constants).fits


def test_a_card_without_kernels_is_no(specs: Specs, constants: SizingConstants) -> None:
    """AWQ does not start below compute capability 7.5; the reason says what it takes."""
    found = fits(specs.model("Llama-3.1-8B"), "awq", specs.gpu("V100"), 1, 512, 1, constants)
    assert not found.fits
    assert "compute capability 7.5" in found.reason
    with pytest.raises(NotAvailableError, match="no awq kernels for V100 32GB"):
        min_gpus(specs.model("Llama-3.1-8B"), "awq", specs.gpu("V100"), 512, 1, constants)
    assert fits(specs.model("Llama-3.1-8B"), "gptq", specs.gpu("V100"), 1, 512, 1, constants).fits


def test_smallest_numbers(specs: Specs, constants: SizingConstants) -> None:
    """1, 2, 4, then whole nodes of 8; the number fits and the next smaller one does not."""
    cases = {
        ("Qwen3-8B", "fp16", "L20"): 1,
        ("Llama-3.1-70B", "fp16", "A100 80GB"): 2,
        ("Llama-3.1-70B", "fp16", "RTX 4090 48GB"): 4,
        ("DeepSeek-V3", "fp8", "H20 141GB"): 8,
        ("DeepSeek-V3", "fp8", "H100"): 16,
    }
    for (name, precision, card), count in cases.items():
        model, gpu = specs.model(name), specs.gpu(card)
        assert min_gpus(model, precision, gpu, 4_096, 1, constants) == count
        assert fits(model, precision, gpu, count, 4_096, 1, constants).fits
        if count > 1:
            assert not fits(model, precision, gpu, count - 1, 4_096, 1, constants).fits


def test_nothing_that_fits_is_said_clearly(specs: Specs, constants: SizingConstants) -> None:
    """Where no legal number fits, the message says what to change."""
    with pytest.raises(NotAvailableError, match="larger GPU, a smaller precision or a shorter context"):
        min_gpus(specs.model("Llama-2-7B"), "fp16", specs.gpu("T4"), 100_000_000, 1, constants)
    with pytest.raises(BadValueError, match="number of GPUs"):
        fits(specs.model("Qwen3-8B"), "fp16", specs.gpu("H100"), 0, 4_096, 1, constants)


def test_tensor_parallel_divides_heads(specs: Specs) -> None:
    """Heads divide evenly and KV heads divide or are replicated: 28 heads take 4, not 8; 10 KV heads take 2, not 4."""
    assert tensor_is_legal(specs.model("Qwen2.5-7B"), 4)
    assert not tensor_is_legal(specs.model("Qwen2.5-7B"), 8)
    assert tensor_is_legal(specs.model("Phi-4"), 2)
    assert not tensor_is_legal(specs.model("Phi-4"), 4)
    assert tensor_is_legal(specs.model("Qwen3-235B-A22B"), 8)


def test_what_a_cache_is_divided_by(specs: Specs) -> None:
    """GQA by min(tensor, KV heads); a latent cache and attention data parallel by nothing."""
    assert kv_shards(specs.model("Qwen3-235B-A22B"), Layout(8)) == 4
    assert kv_shards(specs.model("Llama-3.1-70B"), Layout(4)) == 4
    assert kv_shards(specs.model("DeepSeek-V3"), Layout(8)) == 1
    assert kv_shards(specs.model("Qwen3-235B-A22B"), Layout(1, 1, 8)) == 1


def test_layouts_read_well(specs: Specs) -> None:
    """Beyond a node come pipeline stages of whole nodes, or experts over all cards."""
    assert [str(one) for one in group_layouts(specs.model("DeepSeek-V3"), 16)] == ["TP8·PP2", "DP16+EP16"]
    assert [str(one) for one in group_layouts(specs.model("DeepSeek-V3"), 8)] == [
        "TP8",
        "DP8+EP8",
        "TP8+DPattn",
    ]
    assert [str(one) for one in group_layouts(specs.model("Llama-3.1-70B"), 4)] == ["TP4"]
    assert str(Layout(2, 1, 0, 3)) == "3×TP2"
    assert Layout(8, 2, 0, 2).gpus == 32


def test_counts_round_to_what_is_bought() -> None:
    """3 becomes 4, 5 to 8 a node, 9 two nodes."""
    assert [round_to_legal(one) for one in (1, 2, 3, 4, 5, 8, 9, 17)] == [1, 2, 4, 4, 8, 8, 16, 24]
