"""What fits, the smallest legal number of GPUs, and legal layouts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from xlmodel.errors import BadValueError, NotAvailableError
from xlmodel.sizing import Layout, fits, min_gpus
from xlmodel.sizing.fit import round_to_legal
from xlmodel.sizing.layout import group_layouts, kv_shards, tensor_is_legal

if TYPE_CHECKING:
    from tests.sizing.conftest import Specs
    from xlmodel.sizing import SizingConstants


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
    """70B in 16 bits on 2×A100: (0.92 × 79.25 GiB − 3 GiB − 70.55 GB) / (4,096 × 163,840 bytes) a GPU."""
    free = (0.92 * 79.25 - 3) * 2**30 - 70.55e9
    held = fits(
        specs.model("Llama-3.1-70B"), "fp16", specs.gpu("A100 80GB"), 2, 4_096, 1, constants
    ).held_sequences
    assert held == int(free / (4_096 * 163_840))


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
    assert [str(one) for one in group_layouts(specs.model("Llama-3.1-70B"), 4)] == ["TP4"]
    assert str(Layout(2, 1, 0, 3)) == "3×TP2"
    assert Layout(8, 2, 0, 2).gpus == 32


def test_counts_round_to_what_is_bought() -> None:
    """3 becomes 4, 5 to 8 a node, 9 two nodes."""
    assert [round_to_legal(one) for one in (1, 2, 3, 4, 5, 8, 9, 17)] == [1, 2, 4, 4, 8, 8, 16, 24]
