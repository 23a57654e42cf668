"""Number formats: names, bytes, and the arithmetic a GPU uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from xlmodel.engine import evaluate
from xlmodel.errors import NotAvailableError
from xlmodel.inputs.register import register
from xlmodel.sizing import parse_precision, resolve
from xlmodel.sizing.memory import weights_bytes
from xlmodel.sizing.precision import PRECISIONS, kernel_refusal, kv_bytes_per_value

if TYPE_CHECKING:
    from tests.sizing.conftest import Specs
    from xlmodel.sizing import SizingConstants


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("BF16", "bf16"),
        ("half", "fp16"),
        ("W8A8", "int8"),
        ("GPTQ-Int4", "gptq"),
        ("AWQ-int4", "awq"),
        ("fp4", "nvfp4"),
        ("MXFP4", "mxfp4"),
        ("ｆｐ８", "fp8"),
        ("w4a16", "int4"),
        ("gptq int8", "gptq-int8"),
        ("Q4_K_M", "q4_k_m"),
        ("GGUF-Q8_0", "q8_0"),
    ],
)
def test_names_as_written_in_papers(text: str, name: str) -> None:
    """Case, hyphens, width and the usual synonyms do not matter."""
    assert parse_precision(text) == name


def test_the_assumption_takes_what_the_functions_take() -> None:
    """Its choices are `native` and every precision, GGUF names too."""
    assert register()["precision"].choices == ("native", *PRECISIONS)


def test_native_is_the_precision_of_the_release() -> None:
    """DeepSeek-R1 is published in fp8: the same bytes, the same fit."""
    for formula in (
        '=LLM_VRAM("DeepSeek-R1",{})',
        '=LLM_FITS("DeepSeek-R1",{},"8×H200")',
        '=LLM_GPUS("DeepSeek-R1",{},"H200")',
    ):
        native, fp8 = (evaluate(formula.format(f'"{name}"')).value for name in ("Native", "fp8"))
        assert native == fp8
        assert native


@pytest.mark.parametrize("text", ["", "fp3", "int2", "16", "q4_k_xl"])
def test_an_unknown_precision_lists_the_known(text: str) -> None:
    """What is no precision is refused with the list."""
    with pytest.raises(NotAvailableError, match="fp32, fp16, bf16, fp8"):
        parse_precision(text)


def test_the_cache_is_no_weight_format() -> None:
    """A cache has 1, 2 or 4 bytes a number, and no four-bit groups."""
    assert [kv_bytes_per_value(one) for one in ("fp32", "fp16", "bf16", "fp8", "int8")] == [4, 2, 2, 1, 1]
    with pytest.raises(NotAvailableError, match="KV cache"):
        kv_bytes_per_value("awq")


def test_fp8_on_ampere_is_weight_only(specs: Specs, constants: SizingConstants) -> None:
    """An A100 has no fp8 arithmetic: one byte a weight, computing at the 16-bit peak, and it says so."""
    fmt = resolve(specs.model("Qwen3-32B"), "fp8", specs.gpu("A100 80GB"), constants)
    assert (fmt.expert_bytes, fmt.weight_only, fmt.flops) == (1, True, 312e12)
    assert "weight-only" in fmt.note
    native = resolve(specs.model("Qwen3-32B"), "fp8", specs.gpu("H100"), constants)
    assert (native.weight_only, native.flops, native.note) == (False, 1979e12, "")


def test_mxfp4_models_keep_their_weights(specs: Specs, constants: SizingConstants) -> None:
    """A model published in MXFP4 stays in it under the labels fp8 and fp4; its other matrices stay in 16 bits."""
    fmt = resolve(specs.model("gpt-oss-120b"), "fp8", specs.gpu("H100"), constants)
    assert (fmt.name, fmt.expert_bytes, fmt.dense_bytes) == ("mxfp4", 0.53125, 2)
    assert "MXFP4" in fmt.note


def test_every_precision_resolves_or_is_refused_on_every_card(
    specs: Specs, constants: SizingConstants
) -> None:
    """Each format has a peak and bytes on each card that runs it; cards without bf16 say that they use fp16."""
    model, refused = specs.model("Qwen3-8B"), set()
    for gpu in specs.gpus.values():
        for precision in PRECISIONS:
            if kernel_refusal(model, precision, gpu, constants):
                refused.add((precision, gpu.family))
                continue
            fmt = resolve(model, precision, gpu, constants)
            assert fmt.flops > 0
            assert 0.25 <= fmt.expert_bytes <= 4
    assert {("awq", "volta"), ("int8", "blackwell"), ("fp8", "ascend"), ("mxfp4", "turing")} <= refused
    assert "no bf16" in resolve(model, "bf16", specs.gpu("T4"), constants).note


def test_every_precision_has_its_kernels(constants: SizingConstants) -> None:
    """kernels.csv has a row for each precision, so that no card runs one by default."""
    assert {name for name, column in constants.kernels if column == "other"} == set(PRECISIONS)


@pytest.mark.parametrize(
    ("precision", "card", "weight_only"),
    [
        ("fp8", "T4", True),
        ("fp8", "L40S", False),
        ("nvfp4", "H100", True),
        ("nvfp4", "B200", False),
        ("mxfp4", "MI300X", True),
        ("mxfp4", "MI355X", False),
        ("Q4_K_M", "RTX 4090 24GB", True),
    ],
)
def test_native_or_weight_only(
    specs: Specs, constants: SizingConstants, precision: str, card: str, weight_only: bool
) -> None:
    """A card computes in a format where its kernels and its peak say so, else it unpacks the weights."""
    fmt = resolve(specs.model("Qwen3-32B"), precision, specs.gpu(card), constants)
    assert fmt.weight_only is weight_only


@pytest.mark.parametrize(
    ("name", "bits", "file_gb"), [("Q4_K_M", 4.8944, 4.9), ("Q8_0", 8.5, 8.54), ("iq4-xs", 4.4597, 4.48)]
)
def test_gguf_files(specs: Specs, constants: SizingConstants, name: str, bits: float, file_gb: float) -> None:
    """A GGUF file has one mean of bits a weight: Llama-3.1-8B in Q4_K_M is 4.9 GB (llama.cpp, quantize README)."""
    model = specs.model("Llama-3.1-8B")
    found = weights_bytes(model, name, constants)
    assert found == pytest.approx(8.03e9 * bits / 8, rel=1e-4)
    assert found / 1e9 == pytest.approx(file_gb, rel=0.01)


@pytest.mark.parametrize(
    ("name", "precision", "by_hand", "published_gb"),
    [
        # experts in MXFP4 with a scale of 8 bits for 32, the rest in 8 bits, tables in 16
        ("DeepSeek-V4-Pro", "fp8", (61 * 384 * 3 * 7_168 * 3_072, 17 / 32, 1), 877),
        ("DeepSeek-V4-Flash", "fp8", (43 * 256 * 3 * 4_096 * 2_048, 17 / 32, 1), 158),
        # experts in 4 bits with a scale of 16 bits for 32, all else in 16 bits
        ("Kimi-K2-Thinking", "int4", (60 * 384 * 3 * 7_168 * 2_048, 4.5 / 8, 2), 594),
        ("gpt-oss-120b", "mxfp4", (36 * 128 * 3 * 2_880 * 2_880, 17 / 32, 2), 65.2),
    ],
)
def test_published_checkpoints(
    specs: Specs,
    constants: SizingConstants,
    name: str,
    precision: str,
    by_hand: tuple[float, float, float],
    published_gb: float,
) -> None:
    """Bytes by group: experts, other matrices, tables in 16 bits; within 2 % of the published file."""
    model = specs.model(name)
    experts, expert_bytes, matrix_bytes = by_hand
    tables = 2 * model.vocab * model.hidden
    total = experts * expert_bytes + (model.total_params - experts - tables) * matrix_bytes + tables * 2
    assert weights_bytes(model, precision, constants) == pytest.approx(total)
    assert total / 1e9 == pytest.approx(published_gb, rel=0.02)
