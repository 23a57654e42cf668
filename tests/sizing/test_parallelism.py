"""The stated spread: every way to write it, exactly the stated GPUs, and the layout picked where none is stated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import xlmodel
from xlmodel.errors import NotAvailableError
from xlmodel.sizing import Layout, throughput
from xlmodel.sizing.parallelism import parse_parallelism

if TYPE_CHECKING:
    from tests.sizing.conftest import Specs
    from xlmodel.sizing import SizingConstants


@pytest.mark.parametrize(
    ("text", "gpus", "layout"),
    [
        ("TP8", 8, Layout(8)),
        ("tp8", 8, Layout(8)),
        ("ＴＰ８", 8, Layout(8)),
        ("TP 8", 8, Layout(8)),
        ("8×TP1", 8, Layout(1, replicas=8)),
        ("8*tp1", 8, Layout(1, replicas=8)),
        ("8 x TP-1", 8, Layout(1, replicas=8)),
        ("2×TP4", 8, Layout(4, replicas=2)),
        ("TP1", 8, Layout(1, replicas=8)),
        ("TP8·PP2", 16, Layout(8, 2)),
        ("TP2,PP4", 8, Layout(2, 4)),
        ("DP8+EP8", 8, Layout(1, 1, 8)),
        ("DEP8", 8, Layout(1, 1, 8)),
        ("EP8", 8, Layout(1, 1, 8)),
        ("DEP2,PP2", 4, Layout(1, 2, 2)),
        ("TP8 EP8 DP-attention", 8, Layout(1, 1, 8)),
        ("TP8+DPattn", 8, Layout(1, 1, 8, sliced_experts=True)),
        ("TP4 DP-attention", 8, Layout(1, 1, 4, 2, sliced_experts=True)),
        ("TP8 EP1", 8, Layout(8)),
        ("TP4EP4", 4, Layout(4, whole_experts=True)),
        ("TP8+EP8", 8, Layout(8, whole_experts=True)),
        ("TP8+EP", 8, Layout(8, whole_experts=True)),
        ("DP2 TP4", 8, Layout(4, replicas=2)),
        ("TP1 EP1", 2, Layout(1, replicas=2)),
    ],
)
def test_ways_to_write_a_spread(specs: Specs, text: str, gpus: int, layout: Layout) -> None:
    """Contract forms, and those of published benchmarks."""
    assert parse_parallelism(text, specs.model("DeepSeek-V3"), gpus) == layout


@pytest.mark.parametrize("text", ["TP8", "2×TP4", "TP8·PP2", "DP8+EP8", "TP8+EP8", "2×DP8+EP8", "TP8+DPattn"])
def test_a_layout_reads_back(specs: Specs, text: str) -> None:
    """What a plan shows can be typed."""
    layout = parse_parallelism(text, specs.model("DeepSeek-V3"), 16 if "PP2" in text or "2×DP" in text else 8)
    assert str(layout) == text


@pytest.mark.parametrize(
    ("model", "text", "gpus", "problem"),
    [
        ("Qwen3-8B", "fast", 8, "is not known"),
        ("Qwen3-8B", "TP", 8, "is not known"),
        ("Qwen3-8B", "TP0", 8, "is not known"),
        ("Qwen3-8B", "TP2TP4", 8, "is not known"),
        ("Qwen3-8B", "8×", 8, "is not estimated"),
        ("Qwen3-8B", "4×TP1", 8, "takes 4 GPUs, not 8"),
        ("Qwen3-8B", "TP4", 6, "takes 4 GPUs, not 6"),
        ("Qwen3-8B", "TP8", 4, "takes 8 GPUs, not 4"),
        ("Qwen3-8B", "TP3", 3, "do not divide"),
        ("Qwen3-8B", "PP64", 64, "do not divide"),
        ("Qwen3-8B", "DP8+EP8", 8, "has no 8 experts"),
        ("Mixtral-8x7B", "DP16+EP16", 16, "has no 16 experts"),
        ("DeepSeek-V3", "TP4 EP8", 8, "is not estimated"),
        ("DeepSeek-V3", "TP2 DP4 EP8", 8, "is not estimated"),
    ],
)
def test_refusals(specs: Specs, model: str, text: str, gpus: int, problem: str) -> None:
    """An unknown spread, GPUs left over or missing, and one that the model cannot take."""
    with pytest.raises(NotAvailableError, match=problem):
        parse_parallelism(text, specs.model(model), gpus)


def test_the_spread_that_fits_is_asked_for(specs: Specs, constants: SizingConstants) -> None:
    """A stated spread that does not fit is refused, though another would."""
    args = ("fp16", specs.gpu("H100"), 8, 1_024, 1_024, 8, "default", constants)
    with pytest.raises(NotAvailableError, match="as 8×TP1; leave the parallelism blank"):
        throughput(specs.model("Llama-3.1-70B"), *args, "8×TP1")
    assert throughput(specs.model("Llama-3.1-70B"), *args, "TP8").layout == Layout(8)


def test_blank_picks_by_the_load(specs: Specs, constants: SizingConstants) -> None:
    """Alone, a request is fastest over all cards; at saturation a small model stands on each card."""
    args = (specs.model("Qwen3-8B"), "fp16", specs.gpu("H100"), 8, 1_024, 1_024)
    for engine in ("default", "tuned"):
        assert throughput(*args, 1, engine, constants).layout == Layout(8)
        assert throughput(*args, None, engine, constants).layout == Layout(1, replicas=8)


@pytest.mark.parametrize("engine", ["default", "tuned"])
@pytest.mark.parametrize("load", [1, 16, 256, None])
def test_blank_is_never_slower_than_what_one_states(
    specs: Specs, constants: SizingConstants, engine: str, load: int | None
) -> None:
    """Of the layouts that engines are started with, the fastest."""
    args = (specs.model("Llama-3.1-70B"), "fp8", specs.gpu("H200"), 8, 1_024, 1_024, load, engine, constants)
    blank = throughput(*args).tokens_per_s
    stated = [throughput(*args, text).tokens_per_s for text in ("TP8", "2×TP4", "4×TP2", "8×TP1")]
    assert blank == pytest.approx(max(stated))


def test_idle_gpus_are_said(specs: Specs, constants: SizingConstants) -> None:
    """Six cards for a model that takes four leave two idle."""
    args = (specs.model("Llama-3.1-70B"), "fp16", specs.gpu("A100 80GB"))
    found = throughput(*args, 6, 1_024, 1_024, 1, "default", constants)
    assert found.layout == Layout(4)
    assert "2 of 6 GPUs stay idle: TP4 takes 4" in found.notes
    assert "idle" not in throughput(*args, 8, 1_024, 1_024, 1, "default", constants).notes


def test_experts_spread_only_over_a_link_and_in_tuned_engines(
    specs: Specs, constants: SizingConstants
) -> None:
    """Blank never spreads experts over a PCIe bus, between nodes, nor with stock settings; a text may."""
    model = specs.model("Qwen3-235B-A22B")
    for gpu, engine in (("H20 141GB", "default"), ("RTX PRO 6000", "tuned")):
        assert not throughput(
            model, "fp8", specs.gpu(gpu), 8, 1_024, 1_024, None, engine, constants
        ).layout.expert
    asked = throughput(
        model, "fp8", specs.gpu("RTX PRO 6000"), 8, 1_024, 1_024, None, "tuned", constants, "DEP8"
    )
    assert asked.layout == Layout(1, 1, 8)
    wide = throughput(
        specs.model("DeepSeek-V3"), "bf16", specs.gpu("H20 141GB"), 16, 1_024, 1_024, 8, "tuned", constants
    )
    assert wide.layout == Layout(8, 2)


def _rate(*arguments: object) -> float:
    value = xlmodel.call("LLM_THROUGHPUT", *arguments)
    assert isinstance(value, float)
    return value


def test_the_functions_take_a_spread() -> None:
    """LLM_THROUGHPUT and LLM_LATENCY take it after the engine; blank is the fastest; lengths may be means."""
    args = ("Qwen3-32B", "fp8", "8×H100", 1_024.5, 1_024, 64, "tuned")
    eight, four = _rate(*args, "TP8"), _rate(*args, "2×TP4")
    assert eight != four
    assert _rate(*args) == _rate(*args, "") >= max(eight, four)
    latency = ("Qwen3-32B", "fp8", "8×H100", "tpot", 1_024, 1_024, 64, "tuned")
    assert xlmodel.call("LLM_LATENCY", *latency, "TP8") != xlmodel.call("LLM_LATENCY", *latency, "8×TP1")
    with pytest.raises(xlmodel.CellError, match="takes 4 GPUs") as refused:
        _rate(*args, "2×TP2")
    assert refused.value.code == "#N/A"
