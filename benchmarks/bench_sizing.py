"""Time one throughput estimate and a plan over all GPUs, beside the bare roofline arithmetic of one step.

    python benchmarks/bench_sizing.py

Each call gets new lengths, so that no cached answer is timed.
"""

from __future__ import annotations

import csv
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from xlmodel.sizing import (  # noqa: E402
    CONSTANT_TABLES,
    Load,
    ModelSpec,
    capacity_by_gpu,
    parse_constants,
    parse_gpu,
    parse_model,
    throughput,
)

if TYPE_CHECKING:
    from collections.abc import Callable

DATA = ROOT / "xlmodel" / "catalog" / "data"
ESTIMATE_LIMIT_MS = 0.2
PLAN_LIMIT_MS = 10.0


def rows(name: str) -> list[dict[str, str]]:
    """Read a file of the catalog."""
    with (DATA / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def median_ms(call: Callable[[int], object], repeats: int) -> float:
    """Median time of one call, in milliseconds."""
    times = []
    for turn in range(repeats):
        start = time.perf_counter()
        call(turn)
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1e3


def roofline(model: ModelSpec, batch: float, context: float) -> float:
    """Step time of the textbook roofline on an H100: the arithmetic that an estimate cannot do without."""
    read = model.step_params + batch * context * 2.0 * model.kv_layers * model.kv_heads * model.head_dim
    return float(max(read / (0.8 * 3.35e12), 2.0 * model.step_params * batch / (0.5 * 1.979e15)))


def main() -> int:
    """Print the times; 1 when one is over its limit."""
    models = {row["item"]: parse_model(row) for row in rows("models.csv")}
    gpus = {row["item"]: parse_gpu(row) for row in rows("gpus.csv")}
    constants = parse_constants(*(rows(f"{name}.csv") for name in CONSTANT_TABLES))
    dense, experts, h100 = models["Qwen3-32B"], models["DeepSeek-V3"], gpus["H100 80GB"]
    cases: list[tuple[str, Callable[[int], object], int, float]] = [
        ("roofline arithmetic", lambda turn: roofline(dense, 64, 1024 + turn), 2000, ESTIMATE_LIMIT_MS),
        (
            "estimate, dense, 1 GPU",
            lambda turn: throughput(dense, "fp8", h100, 1, 1024 + turn, 1024, 64, "default", constants),
            2000,
            ESTIMATE_LIMIT_MS,
        ),
        (
            "estimate, dense, 8 GPUs",
            lambda turn: throughput(dense, "fp8", h100, 8, 1024 + turn, 1024, 64, "default", constants),
            2000,
            ESTIMATE_LIMIT_MS,
        ),
        (
            "estimate, experts, 16 GPUs",
            lambda turn: throughput(experts, "fp8", h100, 16, 1024 + turn, 1024, 64, "default", constants),
            2000,
            ESTIMATE_LIMIT_MS,
        ),
        (
            f"plan over {len(gpus)} GPUs",
            lambda turn: capacity_by_gpu(
                dense, "fp8", gpus.values(), Load(100_000 + turn, 800 + turn, 400, 3, 0.7, 1), constants
            ),
            40,
            PLAN_LIMIT_MS,
        ),
        (
            f"plan over {len(gpus)} GPUs, experts",
            lambda turn: capacity_by_gpu(
                experts, "fp8", gpus.values(), Load(100_000 + turn, 800 + turn, 400, 3, 0.7, 1), constants
            ),
            40,
            PLAN_LIMIT_MS,
        ),
    ]
    slow = 0
    for name, call, repeats, limit in cases:
        call(-1)
        taken = median_ms(call, repeats)
        slow += taken > limit
        print(f"{name:32s} {taken:9.4f} ms   limit {limit:g} ms")
    return 1 if slow else 0


if __name__ == "__main__":
    raise SystemExit(main())
