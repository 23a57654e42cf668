"""Published measurements of throughput and latency, as calls that a user of the functions would make."""

from __future__ import annotations

import csv
import re
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from xlmodel.catalog.load import built_in  # noqa: E402
from xlmodel.sizing import GpuSpec, ModelSpec, gpu_spec, model_spec  # noqa: E402

VALIDATION = ROOT / "benchmarks" / "validation"
OLDER, NEWER = "2024-25", "2026"
SHORT_ANSWER = 16
# The longest prefix names the family: whole families are left out together.
FAMILIES = (
    "Llama-2", "Llama-3", "Llama-4", "Mixtral", "gpt-oss", "DeepSeek-V4", "DeepSeek", "MiniMax", "Qwen2",
    "Qwen3-235B", "Qwen3-30B", "Qwen3",
)  # fmt: skip
QWEN3_MOE = frozenset({"Qwen3-235B", "Qwen3-30B"})


@dataclass(frozen=True)
class Sample:
    """One measurement, as the call that asks for it and what was measured.

    Args:
        id: that of the row.
        year: file of the row, 2024-25 or 2026.
        source: where the row stands.
        tier: `tuned`, `default` or `batch test`.
        engine: the engine argument, `tuned` or `default`.
        model: the architecture.
        gpu: the card.
        n_gpus: cards.
        precision: as the row writes it.
        parallelism: as the row writes it.
        input_len: mean tokens of a prompt.
        output_len: mean tokens of an answer.
        concurrency: requests in flight; None where all were queued.
        tokens_per_s: measured output tokens per second.
        tpot_s: measured seconds a further token, or None.
        ttft_s: measured seconds to the first token, or None.
        in_step: whether all requests have one length, so that their waves stay in step.
    """

    id: str
    year: str
    source: str
    tier: str
    engine: str
    model: ModelSpec
    gpu: GpuSpec
    n_gpus: int
    precision: str
    parallelism: str
    input_len: float
    output_len: float
    concurrency: float | None
    tokens_per_s: float
    tpot_s: float | None
    ttft_s: float | None
    in_step: bool

    @property
    def family(self) -> str:
        """Model family."""
        found = next((name for name in FAMILIES if self.model.name.startswith(name)), self.model.name)
        return "Qwen3 MoE" if found in QWEN3_MOE else found


def read_rows(name: str) -> list[dict[str, str]]:
    """Read a file of measurements."""
    with (VALIDATION / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def _seconds(text: str) -> float | None:
    return float(text) / 1e3 if text else None


def _specs(row: dict[str, str]) -> tuple[ModelSpec, GpuSpec]:
    catalog = built_in()
    model, gpu = catalog.names.find("open_model", row["model"]), catalog.names.find("gpu", row["gpu"])
    return model_spec(catalog, model), gpu_spec(catalog, gpu)


def _older(row: dict[str, str]) -> Sample:
    model, gpu = _specs(row)
    mode, saturated = row["concurrency_or_mode"], row["concurrency_or_mode"].startswith("offline")
    found = re.search(r"\d+", mode)
    # Requests of this source are drawn between 0.8 and 1.0 of the stated length.
    mean = 0.9 if row["family"] == "inferencex" else 1.0
    # The TTFT of a burst measures its queue, and the TPOT of a handful of tokens the queue of the prefills.
    burst, short = mode.startswith("burst"), float(row["OSL"]) < SHORT_ANSWER
    return Sample(
        id=row["id"],
        year=OLDER,
        source=row["family"],
        tier=row["engine_settings"],
        engine="tuned" if row["engine_settings"] == "tuned" else "default",
        model=model,
        gpu=gpu,
        n_gpus=int(float(row["n_gpus"])),
        precision=row["precision"] or "bf16",
        parallelism=row["parallelism"],
        input_len=float(row["ISL"]) * mean,
        output_len=float(row["OSL"]) * mean,
        concurrency=float(found[0]) if found and not saturated else None,
        tokens_per_s=float(row["tokens_per_s_total"]),
        tpot_s=None if short else _seconds(row["tpot_ms"]),
        ttft_s=None if burst else _seconds(row["ttft_ms"]),
        in_step=row["family"] == "aic-gap-analysis",
    )


def _newer(row: dict[str, str]) -> Sample:
    model, gpu = _specs(row)
    return Sample(
        id=row["id"],
        year=NEWER,
        source=row["source"].split(" ")[0],
        tier=row["settings"],
        engine=row["settings"],
        model=model,
        gpu=gpu,
        n_gpus=int(row["n_gpus"]),
        precision=row["precision"],
        parallelism=row["parallelism"],
        input_len=float(row["isl_mean"]),
        output_len=float(row["osl_mean"]),
        concurrency=float(row["concurrency"]),
        tokens_per_s=float(row["output_tok_s_total"]),
        tpot_s=_seconds(row["tpot_ms"]),
        ttft_s=_seconds(row["ttft_ms"]),
        in_step=False,
    )


def load_samples() -> list[Sample]:
    """Read both files, without the rows that suspicious.csv excludes and those with speculative decoding."""
    skip = {row["id"] for row in read_rows("suspicious") if row["action"] in {"exclude", "unscorable"}}
    older = [row for row in read_rows("throughput") if row["ISL"] and row["tokens_per_s_total"]]
    newer = [row for row in read_rows("throughput-2026") if not row["spec_decode"] and row["id"] not in skip]
    return [_older(row) for row in older if row["id"] not in skip] + [_newer(row) for row in newer]
