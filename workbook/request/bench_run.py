"""What a serving benchmark measured: the output of `vllm bench serve` and of `sglang.bench_serving`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from xlmodel.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_HINT = "give the file of 'vllm bench serve --save-result' or of 'sglang.bench_serving --output-file'"


class BenchRun(NamedTuple):
    """One run of a serving benchmark.

    Args:
        place: the file, and of several runs the line or entry.
        model: the model as the tool names it; empty where it does not.
        input_len: mean tokens of a prompt.
        output_len: mean tokens of an answer.
        concurrency: mean requests in flight.
        tokens_per_s: output tokens a second, all GPUs.
        ttft_ms: mean time to the first token.
        tpot_ms: mean time a further token.
        note: what makes the run another than the estimate.
    """

    place: str
    model: str
    input_len: float
    output_len: float
    concurrency: float
    tokens_per_s: float
    ttft_ms: float
    tpot_ms: float
    note: str


def read_runs(path: Path) -> list[BenchRun]:
    """Read the runs of a file: one JSON object, a list of them, or one a line.

    Raises:
        RequestError: a file that cannot be read, or a run without what it measured.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise RequestError(f"{path}: no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise RequestError(f"{path}: cannot be read: {error}") from None
    objects = _objects(path, text)
    if not objects:
        raise RequestError(f"{path}: holds no run; {_HINT}")
    several = len(objects) > 1
    return [
        _run(f"{path}: run {number}" if several else str(path), each)
        for number, each in enumerate(objects, start=1)
    ]


def _objects(path: Path, text: str) -> list[object]:
    try:
        whole = json.loads(text)
    except json.JSONDecodeError:
        return [_line(path, number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    return whole if isinstance(whole, list) else [whole]


def _line(path: Path, number: int, line: str) -> object:
    try:
        return json.loads(line)
    except json.JSONDecodeError as error:
        raise RequestError(f"{path}:{number}: not readable as JSON: {error}; {_HINT}") from None


def _run(place: str, data: object) -> BenchRun:
    if not isinstance(data, dict):
        raise RequestError(f"{place}: holds no object; {_HINT}")
    requests = _number(place, data, "completed")
    input_len = _number(place, data, "total_input_tokens") / requests
    output_len = _number(place, data, "total_output_tokens") / requests
    ttft_ms = _number(place, data, "mean_ttft_ms", "median_ttft_ms")
    tpot_ms = _number(place, data, "mean_tpot_ms", "median_tpot_ms") if output_len > 1 else 0.0
    return BenchRun(
        place,
        _model(data),
        input_len,
        output_len,
        _concurrency(data, requests / _number(place, data, "duration"), ttft_ms + tpot_ms * (output_len - 1)),
        _number(place, data, "output_throughput"),
        ttft_ms,
        tpot_ms,
        _note(data),
    )


def _number(place: str, data: Mapping[str, object], *names: str) -> float:
    """Return the first positive number under one of the names."""
    for name in names:
        value = data.get(name)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0:
            return float(value)
    raise RequestError(f"{place}: no {names[0]} above 0; {_HINT}")


def _concurrency(data: Mapping[str, object], requests_per_s: float, request_ms: float) -> float:
    """Return the mean number of requests in flight: as told, or requests/s × time of one (Little's law)."""
    told = data.get("concurrency")
    if isinstance(told, (int, float)) and told > 0:
        return float(told)
    found = requests_per_s * request_ms / 1e3
    most = data.get("max_concurrency")
    return min(found, float(most)) if isinstance(most, (int, float)) and most > 0 else found


def _model(data: Mapping[str, object]) -> str:
    """Return the model's name: vLLM writes model_id, SGLang keeps it with the server's arguments."""
    server = data.get("server_info")
    path = server.get("model_path") if isinstance(server, dict) else None
    found = data.get("model_id") or path or data.get("model")
    return found if isinstance(found, str) else ""


def _note(data: Mapping[str, object]) -> str:
    notes = []
    failed = data.get("failed")
    if isinstance(failed, (int, float)) and failed > 0:
        notes.append(f"{int(failed)} requests failed")
    accepted = data.get("accept_length")
    if isinstance(accepted, (int, float)) and accepted > 1:
        notes.append(f"with speculative decoding, {accepted:.2f} tokens a step")
    return "; ".join(notes)
