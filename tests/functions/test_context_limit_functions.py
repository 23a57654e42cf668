"""The longest context and what limits it, as a cell calls them."""

from __future__ import annotations

import pytest

from xlmodel import CellError, call


def _table(*arguments: object) -> dict[tuple[str, str], list[object]]:
    header, *rows = call("LLM_CONTEXT_LIMIT", *arguments)
    assert header == ["part", "item", "tokens", "limits", "note"]
    return {(row[0], row[1]): row[2:] for row in rows}


def test_the_diagnosis_of_the_guide() -> None:
    """Eight H20 hold more context than eight 4090: what shortens it after the move is the setting, not the memory."""
    before = _table("DeepSeek-R1-Distill-Llama-70B", "fp16", "8×RTX 4090 24GB")
    after = _table(
        "DeepSeek-R1-Distill-Llama-70B", "fp16", "8×H20 96GB", 8_192, None, None, None, None, 3_000
    )
    assert after["limit", "memory"][0] > before["limit", "memory"][0]
    assert before["limit", "memory"][1] == "yes"
    assert before["context", "memory"][0] > after["context", "max_model_len"][0] == 8_192
    assert after["user", "agent_tokens"][0] == 5_192
    assert after["limit", "max_model_len"][1:] == ["yes", "检查 vLLM max_model_len"]
    assert after["lift", "max_model_len=131072"][0] == 131_072
    # on the old cards an 8-bit cache lifts it to the model's own limit
    assert before["lift", "kv_cache_dtype=fp8"][0] == 131_072


def test_the_longest_context_is_what_fits() -> None:
    """LLM_FITS is TRUE at it and FALSE one token beyond; without kernels there is none."""
    card = ("Llama-3.1-8B", "bf16", "RTX 3090 24GB")
    tokens = call("LLM_MAX_CONTEXT", *card)
    assert tokens >= 45_000
    assert call("LLM_FITS", *card, tokens) is True
    assert call("LLM_FITS", *card, tokens + 1) is False
    assert call("LLM_MAX_CONTEXT", *card, 1, "fp8") > tokens
    with pytest.raises(CellError, match="no awq kernels") as caught:
        call("LLM_MAX_CONTEXT", "Llama-3.1-8B", "awq", "V100 32GB")
    assert caught.value.code == "#N/A"
    with pytest.raises(CellError, match="no awq kernels"):
        call("LLM_THROUGHPUT", "Llama-3.1-8B", "awq", "V100 32GB")


def test_the_engine_of_a_fit() -> None:
    """A tuned engine keeps 1.4 GiB and uses 0.93 of the card; default is what a blank means."""
    asked = ("Qwen3-32B", "fp16", "H100", 40_960, 1)
    assert call("LLM_FITS", *asked, None, "tuned") is True
    assert call("LLM_FITS", *asked, None, "default") is call("LLM_FITS", *asked) is False
    with pytest.raises(CellError, match="engine 'fast' is not known"):
        call("LLM_FITS", *asked, None, "fast")
