"""The functions of sizing, as a cell calls them."""

from __future__ import annotations

import pytest

from xlmodel import CellError, call


def test_an_8_bit_cache_holds_twice_the_sequences() -> None:
    """70B in 16 bits on 2×A100 80GB: 4.7 GB a GPU are left, sequences of 4,096 tokens take 0.67 GB: 7, in 8 bits 14."""
    own = (0.35 + 0.6 + 0.25) * 2**30 + 8_192 * 2 * (
        6 * 8_192 + 4 * 28_672 / 2
    )  # runtime, one layer of a step
    free = 0.92 * 79.25 * 2**30 - 70.55e9 - own
    sequence = 4_096 * 80 * 2 * 8 * 128 * 2 / 2  # layers, K and V, heads, values, bytes; over 2 GPUs
    assert (int(free / sequence), int(free / sequence * 2)) == (7, 14)
    asked = ("Llama-3.1-70B", "fp16", "2×A100 80GB", 4_096)
    assert call("LLM_FITS", *asked, 7) is True
    assert call("LLM_FITS", *asked, 8) is False
    assert call("LLM_FITS", *asked, 14, "fp8") is True
    assert call("LLM_FITS", *asked, 15, "fp8") is False
    one = ("Llama-3.1-70B", "fp16", "A100 80GB", 4_096, 13)
    assert call("LLM_GPUS", *one) == call("LLM_GPUS", *one, "fp16") == 4
    assert call("LLM_GPUS", *one, "fp8") == 2


@pytest.mark.parametrize("name", ["LLM_FITS", "LLM_GPUS"])
def test_a_cache_format_that_no_engine_has_is_refused(name: str) -> None:
    """The message names the formats that are known."""
    with pytest.raises(
        CellError, match="a KV cache in 'awq' is not known; write one of fp32, fp16"
    ) as caught:
        call(name, "Qwen3-8B", "fp16", "A100 80GB", 4_096, 1, "awq")
    assert caught.value.code == "#N/A"


def test_mean_lengths_are_not_rounded() -> None:
    """10,000 users × 400 tokens / 86,400 s × 4, in however many requests a day they come: no token is added."""
    for requests in (1, 7, 30):
        header, row = call(
            "LLM_PLAN", "Qwen3-32B", 10_000, None, "H100", 805, 400,
            f"requests_per_user_day={requests}; peak_to_average=4",
        )  # fmt: skip
        assert row[header.index("peak_tokens_per_s")] == pytest.approx(10_000 * 400 / 86_400 * 4, rel=1e-12)


def test_the_cache_of_a_plan() -> None:
    """An 8-bit cache holds twice the sequences, so that long prompts take fewer cards; native is 16 bits by default."""
    asked = ("Qwen3-32B", 500_000, "fp16", "A100 80GB", 8_000, 500)
    gpus = {
        kept: call("LLM_PLAN", *asked, f"kv_precision={kept}")[1][2] for kept in ("", "native", "fp16", "fp8")
    }
    assert gpus[""] == gpus["native"] == gpus["fp16"] > gpus["fp8"]
    users = [
        call("LLM_CAPACITY", "Qwen3-32B", "2×A100 80GB", "fp16", 8_000, 500, text)
        for text in ("", "kv_precision=fp8")
    ]
    assert users[1] > users[0]
    with pytest.raises(CellError, match="kv_precision") as caught:
        call("LLM_PLAN", *asked, "kv_precision=awq")
    assert caught.value.code == "#N/A"


def test_lengths_of_a_request_are_means() -> None:
    """Half a token more lies between: no length is rounded, and none may fall below 1."""
    asked = ("Qwen3-32B", "fp8", "2×H100")
    rates = [call("LLM_THROUGHPUT", *asked, length, 300.5, 64) for length in (1_000, 1_000.5, 1_001)]
    assert rates[0] > rates[1] > rates[2]
    waits = [call("LLM_LATENCY", *asked, "ttft", length, 300.5) for length in (1_000, 1_000.5, 1_001)]
    assert waits[0] < waits[1] < waits[2]
    with pytest.raises(CellError, match="input_len") as caught:
        call("LLM_THROUGHPUT", *asked, 0.5)
    assert caught.value.code == "#VALUE!"
