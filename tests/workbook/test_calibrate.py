"""`xlmodel calibrate`: files of both benchmarks, factors by hand, and their use as an assumption."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from workbook.cli import main
from workbook.request.bench_run import read_runs
from xlmodel import call

DATA = Path(__file__).parent / "data"
VLLM, SGLANG = DATA / "vllm-bench.json", DATA / "sglang-bench.jsonl"
RUN: dict[str, Any] = {
    "model_id": "Qwen/Qwen3-8B",
    "duration": 10.0,
    "completed": 100,
    "total_input_tokens": 50_000,
    "total_output_tokens": 20_000,
    "output_throughput": 2_000.0,
    "mean_ttft_ms": 100.0,
    "mean_tpot_ms": 10.0,
}


def rows(*arguments: str, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Return what the command prints as JSON, by the header."""
    capsys.readouterr()
    assert main(["calibrate", *arguments, "--json"]) == 0
    header, *found = json.loads(capsys.readouterr().out)
    return [dict(zip(header, row, strict=True)) for row in found]


def test_a_vllm_run_by_hand(capsys: pytest.CaptureFixture[str]) -> None:
    """512 requests of 1,024 + 1,024 tokens in 640 s: 0.8/s × (2 + 1,023 × 0.075) s = 63 in flight, 819.2 token/s."""
    found = rows(str(VLLM), "--gpu", "2×A100 80GB", capsys=capsys)
    load = (1_024, 1_024, 63)
    speed = call("LLM_THROUGHPUT", "Qwen3-32B", "bf16", "2×A100 80GB", *load)
    ttft, tpot = (
        call("LLM_LATENCY", "Qwen3-32B", "bf16", "2×A100 80GB", metric, *load) for metric in ("ttft", "tpot")
    )
    assert isinstance(speed, float)
    assert isinstance(ttft, float)
    assert isinstance(tpot, float)
    assert [row["metric"] for row in found] == ["tokens_per_s", "ttft_ms", "tpot_ms", "speed_factor"]
    assert [row["factor"] for row in found] == pytest.approx(
        [819.2 / speed, 2_000 / ttft, 75 / tpot, 819.2 / speed]
    )
    assert {row["concurrency"] for row in found[:3]} == {63}


def test_an_sglang_file_of_two_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """The concurrency is the one told, the speed_factor the geometric mean, and speculative decoding is noted."""
    found = rows(str(SGLANG), "--gpu", "H100", "--precision", "fp8", capsys=capsys)
    factors = [row["factor"] for row in found if row["metric"] == "tokens_per_s"]
    assert len(factors) == 2
    assert found[-1]["factor"] == pytest.approx(math.sqrt(factors[0] * factors[1]))
    assert [row["concurrency"] for row in found[:6:3]] == [8, 31]
    assert found[3]["note"] == "with speculative decoding, 2.40 tokens a step"
    assert found[0]["precision"] == "fp8"


def test_the_spread_that_was_run_is_compared(capsys: pytest.CaptureFixture[str]) -> None:
    """Two copies on a card each are another estimate than one over both."""
    found = rows(str(VLLM), "--gpu", "2×A100 80GB", "--parallelism", "2×TP1", capsys=capsys)
    speed = call("LLM_THROUGHPUT", "Qwen3-32B", "bf16", "2×A100 80GB", 1_024, 1_024, 63, "default", "2×TP1")
    assert isinstance(speed, float)
    assert found[0]["estimated"] == pytest.approx(speed)
    assert found[0]["estimated"] != rows(str(VLLM), "--gpu", "2×A100 80GB", capsys=capsys)[0]["estimated"]


def test_the_factor_is_an_assumption(capsys: pytest.CaptureFixture[str]) -> None:
    """What the last line says, pasted as an assumption, scales the users that the machine serves."""
    assert main(["calibrate", str(VLLM), "--gpu", "2×A100 80GB"]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    name, _, value = last.partition("=")
    assert name == "speed_factor"
    plain = call("LLM_CAPACITY", "Qwen3-32B", "2×A100 80GB")
    assert isinstance(plain, float)
    measured = call("LLM_CAPACITY", "Qwen3-32B", "2×A100 80GB", None, None, None, last)
    assert measured == pytest.approx(plain * float(value), rel=1e-12)


def test_a_burst_counts_requests_in_flight(tmp_path: Path) -> None:
    """10/s × (0.1 + 199 × 0.01) s = 20.9 in flight; a limit of 16 in the file caps it."""
    path = tmp_path / "run.json"
    path.write_text(json.dumps(RUN), "utf-8")
    (run,) = read_runs(path)
    assert (run.input_len, run.output_len) == (500, 200)
    assert run.concurrency == pytest.approx(20.9)
    path.write_text(json.dumps([RUN | {"max_concurrency": 16, "failed": 3}]), "utf-8")
    (run,) = read_runs(path)
    assert (run.concurrency, run.note) == (16, "3 requests failed")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "holds no run"),
        ("# a log", ":1: not readable as JSON"),
        ("[1]", "holds no object"),
        (json.dumps(RUN | {"completed": 0}), "no completed above 0"),
        (json.dumps({key: RUN[key] for key in RUN if key != "output_throughput"}), "no output_throughput"),
        (json.dumps(RUN | {"model_id": ""}), "names no model; give --model"),
        (json.dumps(RUN | {"model_id": "house/secret"}), "unknown open model 'house/secret'"),
    ],
)
def test_a_file_that_is_none_is_one_line(
    tmp_path: Path, text: str, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is missing and what to give, status 2."""
    path = tmp_path / "run.json"
    path.write_text(text, "utf-8")
    assert main(["calibrate", str(path), "--gpu", "H100"]) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert what in err


def test_hardware_that_does_not_hold_the_model_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """A run on too few cards cannot be compared."""
    assert main(["calibrate", str(VLLM), "--gpu", "RTX 4090 24GB"]) == 2
    assert "Qwen3-32B" in capsys.readouterr().err
    assert main(["calibrate", "nothing.json", "--gpu", "H100"]) == 2
    assert capsys.readouterr().err == "xlmodel: nothing.json: no such file\n"
