"""Throughput and latency: the arithmetic of one step, the layout chosen, refusals and bands."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from xlmodel.errors import BadValueError, NotAvailableError
from xlmodel.sizing import Layout, latency_ms, resolve, throughput
from xlmodel.sizing.bands import band
from xlmodel.sizing.speed import speed
from xlmodel.sizing.terms import (
    experts_touched,
    fullest_rank,
    link_bytes_per_s,
    network_is_tcp,
    power_factor,
    prepare,
    terms,
)

if TYPE_CHECKING:
    from tests.sizing.conftest import Specs
    from xlmodel.sizing import SizingConstants


def test_one_step_by_hand(specs: Specs, constants: SizingConstants) -> None:
    """Llama-3.1-8B bf16 on an H100, 10 sequences of 1,000 + 1,000: each raw term from the published shapes."""
    model, gpu = specs.model("Llama-3.1-8B"), specs.gpu("H100")
    fmt = resolve(model, "bf16", gpu, constants)
    t = terms(prepare(model, fmt, gpu, Layout(), 1_000, 1_000, 2, constants), 10)
    table = 128_256 * 4_096
    read = (8.03e9 - table) * 2 + 10 * 1_500 * 131_072
    assert t.memory_s == pytest.approx(read / 3_350e9)
    assert t.flops_s == pytest.approx(2 * (8.03e9 - table) * 10 / 989e12)
    assert t.attention_s == pytest.approx(10 * 1_500 * 32 * 4 * 32 * 128 / 989e12)
    assert (t.layers, t.moe_layers, t.sequences, t.expert_s, t.link_s) == (32, 0, 10, 0, 0)
    assert t.prefill_flops_s == pytest.approx(2 * (8.03e9 - 2 * table) * 1_000 / 989e12)
    assert t.prefill_attention_s == pytest.approx(1_000 * 500 * 32 * 4 * 32 * 128 / 989e12)


def test_tokens_per_second_follow_from_the_cycle(specs: Specs, constants: SizingConstants) -> None:
    """Output × step + b × prefill is one cycle; b × output tokens leave it; TPOT counts the other prefills."""
    model, gpu = specs.model("Llama-3.1-8B"), specs.gpu("H100")
    fmt = resolve(model, "bf16", gpu, constants)
    t = terms(prepare(model, fmt, gpu, Layout(), 1_000, 1_000, 2, constants), 10)
    c = constants
    step = (
        t.memory_s / c["bandwidth_efficiency"]
        + t.flops_s / c["decode_mfu"]
        + t.attention_s / c["attention_mfu"]
    )
    step += 32 * c["layer_s_tuned"] + 10 * c["sequence_s_tuned"]
    prefill = t.prefill_flops_s / c["prefill_mfu_bf16"] + t.prefill_attention_s / c["attention_mfu"]
    found = speed(model, fmt, gpu, Layout(), 1_000, 1_000, 10, "tuned", constants)
    assert found.tokens_per_s == pytest.approx(10 * 1_000 / (1_000 * step + 10 * prefill))
    assert found.tpot_s == pytest.approx(step + 9 * prefill / 1_000)


def test_a_step_takes_so_many_prompts_and_the_others_wait(specs: Specs, constants: SizingConstants) -> None:
    """Stock settings on an A100: 2,048 tokens a step × 25 steps of an answer are 51.2 prompts of 1,000 beside it.

    With more requests in flight a further token takes no longer, and each of them waits for one prefill more.
    """
    model, gpu = specs.model("Llama-3.1-8B"), specs.gpu("A100 80GB")
    fmt = resolve(model, "bf16", gpu, constants)
    at = {
        requests: speed(model, fmt, gpu, Layout(), 1_000, 25, requests, "default", constants)
        for requests in (52.2, 100, 200)
    }
    assert at[100].tpot_s == pytest.approx(at[52.2].tpot_s)
    assert at[200].tpot_s == pytest.approx(at[52.2].tpot_s)
    prefill = (at[200].ttft_s - at[100].ttft_s) / 100
    t = terms(prepare(model, fmt, gpu, Layout(), 1_000, 25, 2, constants), 1)
    c = constants
    rate = c["prefill_mfu_bf16"] * c["prefill_share_default_ampere"]
    assert prefill == pytest.approx(
        t.prefill_flops_s / rate + t.prefill_attention_s / c["attention_mfu"], rel=1e-6
    )
    tuned = [speed(model, fmt, gpu, Layout(), 1_000, 25, n, "tuned", constants).tpot_s for n in (100, 200)]
    assert tuned[1] > 1.5 * tuned[0]


def test_distinct_experts() -> None:
    """One token touches k experts; DeepSeek-V3 touches about 222 of 256 at 64 tokens."""
    assert experts_touched(256, 8, 1) == pytest.approx(8)
    assert round(experts_touched(256, 8, 64)) == 222
    assert experts_touched(8, 8, 3) == 8


def test_a_power_limited_card_sustains_less(specs: Specs, constants: SizingConstants) -> None:
    """An H100 PCIe has 350 W for 756 TFLOPS, fewer watts a TFLOPS than the SXM card."""
    assert power_factor(specs.gpu("H100"), constants) == 1
    ratio = (350 / 756.5) / (700 / 989)
    assert power_factor(specs.gpu("H100 PCIe"), constants) == pytest.approx(
        ratio ** constants["power_exponent"]
    )


def test_links(specs: Specs, constants: SizingConstants) -> None:
    """Within a node the card's own link, beyond the network; a rack-wide link reaches further."""
    assert link_bytes_per_s(specs.gpu("H100"), 8, constants) == 450e9
    assert link_bytes_per_s(specs.gpu("H100"), 16, constants) == constants["network_gb_s"] * 1e9
    assert link_bytes_per_s(specs.gpu("GB200"), 16, constants) == 900e9


def test_plain_ethernet_by_hand(specs: Specs, constants: SizingConstants) -> None:
    """10 Gbit/s is 1.25 GB/s a server over TCP: what stages hand on, and how often a step crosses it."""
    slow = replace(constants, values={**constants.values, "network_gb_s": 1.25})
    model, gpu = specs.model("DeepSeek-R1"), specs.gpu("A800")
    fmt = resolve(model, "bf16", gpu, slow)
    assert (network_is_tcp(constants), network_is_tcp(slow)) == (False, True)
    stages = terms(prepare(model, fmt, gpu, Layout(8, 3), 1_000, 1_000, 2, slow), 1)
    within = 4 * 61 * 7 / 8 * 7_168 * 2 / 200e9
    # a hidden state and a residual of 7,168 numbers in 16 bits, twice
    assert stages.link_s == pytest.approx(within + 2 * 2 * 7_168 * 2 / 1.25e9)
    assert stages.hops == 2
    # 16 GPUs that share each layer sum up twice a layer, there and back; experts spread over them share the port
    assert terms(prepare(model, fmt, gpu, Layout(16), 1_000, 1_000, 2, slow), 1).hops == 4 * 61
    spread = terms(prepare(model, fmt, gpu, Layout(1, 1, 16), 1_000, 1_000, 2, slow), 16)
    assert spread.link_s == pytest.approx(58 * 2 * 8 * 15 / 16 * 7_168 * 1.5 / (1.25e9 / 8))
    h200 = specs.gpu("H200")
    native = resolve(model, "fp8", h200, slow)
    fast, plain = (
        speed(model, native, h200, Layout(16), 1_000, 1_000, 1, "default", each) for each in (constants, slow)
    )
    assert fast is not None
    assert plain is not None
    added = 4 * 61 * (slow["network_hop_tcp_s"] - slow["network_hop_s"])
    assert plain.tpot_s - fast.tpot_s > added > 0.03


def test_kinds_of_layers_by_hand(specs: Specs, constants: SizingConstants) -> None:
    """Counts of the layers that take kernels of their own, from the published shapes."""
    gpu = specs.gpu("H200")

    def counts(name: str, layout: Layout) -> tuple[float, ...]:
        model = specs.model(name)
        fmt = resolve(model, "fp8", gpu, constants)
        t = terms(prepare(model, fmt, gpu, layout, 1_000, 1_000, 1, constants), 8)
        return (
            t.layers, t.moe_layers, t.latent_layers, t.sparse_layers, t.compressed_layers, t.linear_layers,
            t.spread_layers, t.hops,
        )  # fmt: skip

    assert counts("DeepSeek-V3", Layout(8)) == (61, 58, 61, 0, 0, 0, 0, 0)
    assert counts("DeepSeek-V3.2", Layout(8, whole_experts=True)) == (61, 58, 61, 61, 0, 0, 58, 0)
    assert counts("DeepSeek-V4-Flash", Layout(1, 1, 8, sliced_experts=True)) == (43, 43, 0, 0, 43, 0, 0, 0)
    assert counts("Qwen3.5-27B", Layout(2)) == (64, 0, 0, 0, 0, 48, 0, 0)
    # 40 Mamba and 8 attention layers; the 40 layers of experts are the other halves of blocks
    assert counts("Nemotron-3-Super-120B-A12B", Layout(8)) == (48, 40, 0, 0, 0, 40, 0, 0)
    # two nodes as stages: one crossing; experts over two nodes: there and back in each of 58 layers
    assert counts("DeepSeek-V3", Layout(8, 2))[-1] == 1
    assert counts("DeepSeek-V3", Layout(1, 1, 16))[-1] == 2 * 58


def test_the_fullest_of_the_ranks() -> None:
    """8 experts over 8 GPUs: one each in the mean, and 1 + sqrt(2 × 7/8 × ln 8) = 2.91 on the fullest; 256: all."""
    assert fullest_rank(8, 256, 8) == pytest.approx(8 * (1 + math.sqrt(2 * 7 / 8 * math.log(8))))
    assert fullest_rank(256, 256, 8) == 256
    assert fullest_rank(1, 256, 8) == 8  # the one expert is somewhere


def test_ranks_wait_for_the_prefills_of_the_others(specs: Specs, constants: SizingConstants) -> None:
    """64 sequences a rank, 1,024 in and 128 out: a rank prefills in 64 × 1,024 / (8,192 × 128) = 1/16 of the steps.

    Eight ranks then wait in 1 − (15/16)^8 = 40.3 % of the steps, 6.45 times as many as each needs.
    """
    model, gpu = specs.model("DeepSeek-V3"), specs.gpu("H200")
    fmt = resolve(model, "fp8", gpu, constants)
    t = terms(prepare(model, fmt, gpu, Layout(1, 1, 8), 1_024, 128, 1, constants), 512)
    assert t.waits == pytest.approx(16 * (1 - (15 / 16) ** 8))
    assert terms(prepare(model, fmt, gpu, Layout(8), 1_024, 128, 1, constants), 512).waits == 1


def test_a_copy_spans_nodes_only_where_none_holds_it(specs: Specs, constants: SizingConstants) -> None:
    """Copies stay within nodes; DeepSeek-V3 in 16 bits takes two nodes, as stages."""
    llama, h100 = specs.model("Llama-3.1-70B"), specs.gpu("H100")
    two = throughput(llama, "fp8", h100, 16, 1_024, 1_024, 32, "default", constants)
    assert two.layout.gpus == 16
    assert two.layout.group_gpus <= 8
    odd = throughput(specs.model("Qwen2.5-7B"), "fp8", h100, 8, 1_024, 1_024, 512, "default", constants)
    assert odd.layout.gpus == 8
    assert odd.layout.tensor <= 4
    across = throughput(
        specs.model("DeepSeek-V3"), "bf16", specs.gpu("H20 141GB"), 16, 1_024, 1_024, 8, "default", constants
    )
    assert across.layout == Layout(8, 2)


def test_default_is_slower_than_tuned_and_less_sure(specs: Specs, constants: SizingConstants) -> None:
    """Stock settings give fewer tokens and a wider band, and the band holds the estimate."""
    args = (specs.model("Qwen3-32B"), "fp8", specs.gpu("H100"), 1, 2_000, 200, 64)
    stock, tuned = throughput(*args, "default", constants), throughput(*args, "tuned", constants)
    assert stock.tokens_per_s < tuned.tokens_per_s
    assert stock.band_low < stock.tokens_per_s < stock.band_high
    assert stock.band_high / stock.band_low > tuned.band_high / tuned.band_low


def test_the_band_widens_where_nothing_was_measured(specs: Specs, constants: SizingConstants) -> None:
    """Cards without measurements and unusual attention widen the band, and say so."""
    args = ("fp16", 8, 1_024, 1_024, 16, "default", constants)
    ascend = throughput(specs.model("Qwen3-32B"), args[0], specs.gpu("昇腾910B"), *args[1:])
    hopper = throughput(specs.model("Qwen3-32B"), args[0], specs.gpu("H100"), *args[1:])
    hybrid = throughput(specs.model("Qwen3.5-27B"), args[0], specs.gpu("H100"), *args[1:])
    assert ascend.band_high / ascend.band_low > hopper.band_high / hopper.band_low
    assert hybrid.band_high / hybrid.band_low > hopper.band_high / hopper.band_low
    assert "wide error band" in ascend.notes
    assert "Qwen3.5-27B" in hybrid.notes


def test_requests_beyond_memory_wait(specs: Specs, constants: SizingConstants) -> None:
    """More requests than memory holds leave the rate and lengthen the wait for the first token."""
    args = (specs.model("Qwen3-32B"), "fp16", specs.gpu("H100"), 1, 4_000, 1_000)
    full = throughput(*args, None, "default", constants)
    over = throughput(*args, 200, "default", constants)
    assert over.concurrency == full.concurrency < 200
    assert over.tokens_per_s == pytest.approx(full.tokens_per_s)
    assert over.ttft_ms > 10 * full.ttft_ms
    assert "the others wait" in over.notes


def test_latency_is_that_of_the_throughput(specs: Specs, constants: SizingConstants) -> None:
    """LLM_LATENCY and LLM_THROUGHPUT speak of one run."""
    args = (specs.model("Qwen3-8B"), "fp16", specs.gpu("L20"), 1)
    whole = throughput(*args, 1_024, 1_024, 4, "default", constants)
    assert latency_ms(*args, "TPOT", 1_024, 1_024, 4, "default", constants) == whole.tpot_ms
    assert latency_ms(*args, "ttft", 1_024, 1_024, 4, "default", constants) == whole.ttft_ms


def test_refusals_say_what_to_do(specs: Specs, constants: SizingConstants) -> None:
    """No fit, an unknown engine, metric or precision, and a fraction of a request are refused."""
    model, gpu = specs.model("DeepSeek-V3"), specs.gpu("RTX 4090 48GB")
    with pytest.raises(NotAvailableError, match="does not fit 8×RTX 4090 48GB; take more"):
        throughput(model, "fp16", gpu, 8, 1_024, 1_024, None, "default", constants)
    with pytest.raises(NotAvailableError, match="write default or tuned"):
        throughput(model, "fp8", specs.gpu("H200"), 8, 1_024, 1_024, None, "fast", constants)
    with pytest.raises(NotAvailableError, match="write ttft or tpot"):
        latency_ms(model, "fp8", specs.gpu("H200"), 8, "p99", 1_024, 1_024, 1, "default", constants)
    with pytest.raises(BadValueError, match="concurrency"):
        throughput(model, "fp8", specs.gpu("H200"), 8, 1_024, 1_024, 0.5, "default", constants)


def test_a_context_beyond_the_model_is_noted(specs: Specs, constants: SizingConstants) -> None:
    """An estimate past the limit of the model carries a note."""
    args = (specs.model("Llama-3-8B"), "fp16", specs.gpu("H100"), 1, 10_000, 100, 1, "default", constants)
    assert "exceeds the 8,192" in throughput(*args).notes


def test_keys_a_query_reads(specs: Specs) -> None:
    """All tokens, or the best 2,048 of a sparse latent cache."""
    assert specs.model("Qwen3-32B").keys_seen(20_000) == 20_000
    assert specs.model("DeepSeek-V3.2").keys_seen(20_000) == 2_048


def test_a_range_of_bins_widens_the_band(specs: Specs, constants: SizingConstants) -> None:
    """The Ascend 910B is sold with 313 to 376 TFLOPS: the middle is used, and the ends widen the band."""
    gpu = specs.gpu("Ascend 910B")
    assert (gpu.bf16_dense_tflops_low, gpu.bf16_dense_tflops, gpu.bf16_dense_tflops_high) == (313, 344.5, 376)
    low, high = band(specs.model("Qwen3-32B"), gpu, "default", "throughput", constants)
    wider = constants["band_widening_unmeasured_gpu"]
    assert low == pytest.approx(constants.low["band_throughput_default"] / wider * 313 / 344.5)
    assert high == pytest.approx(constants.high["band_throughput_default"] * wider * 376 / 344.5)
