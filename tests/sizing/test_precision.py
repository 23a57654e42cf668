"""Number formats: names, bytes, and the arithmetic a GPU uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from xlmodel.errors import NotAvailableError
from xlmodel.sizing import parse_precision, resolve
from xlmodel.sizing.precision import PRECISIONS, kv_bytes_per_value

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
    ],
)
def test_names_as_written_in_papers(text: str, name: str) -> None:
    """Case, hyphens, width and the usual synonyms do not matter."""
    assert parse_precision(text) == name


@pytest.mark.parametrize("text", ["", "fp3", "int2", "16"])
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


def test_every_precision_resolves_on_every_card(specs: Specs, constants: SizingConstants) -> None:
    """Each format has a peak and bytes on each card; cards without bf16 say that they use fp16."""
    model = specs.model("Qwen3-8B")
    for gpu in specs.gpus.values():
        for precision in PRECISIONS:
            fmt = resolve(model, precision, gpu, constants)
            assert fmt.flops > 0
            assert 0.5 <= fmt.expert_bytes <= 4
    assert "no bf16" in resolve(model, "bf16", specs.gpu("T4"), constants).note
