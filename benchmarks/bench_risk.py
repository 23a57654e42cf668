"""Time of LLM_RISK and LLM_SENSITIVITY a call, and how many calls of LLM_TCO that is, in one run.

Run: python benchmarks/bench_risk.py [calls]

Each call asks for other users, so that nothing is remembered from the one before.
"""

from __future__ import annotations

import sys
from statistics import median
from time import process_time

from xlmodel.cost.risk import DRAWS
from xlmodel.functions import Library

OPTIONS = (
    ("api", "DeepSeek V3"),
    ("rent", "2×A100 80GB"),
    ("own", "standard"),
    ("rent", "Qwen3-32B@A100 80GB"),
)
USERS = 30_000.0
TOKENS = (3.0, 800.0, 400.0, None, None, "profile=full")


def seconds(
    library: Library, name: str, before: tuple[object, ...], option: tuple[str, str], calls: int
) -> float:
    """Return the median processor time of a call, after one that warms up."""
    times = []
    for call in range(calls + 1):
        start = process_time()
        library.call(name, *before, *option, USERS + call, *TOKENS)
        times.append(process_time() - start)
    return median(times[1:])


def main() -> None:
    """Print a line an option: LLM_TCO, LLM_SENSITIVITY and LLM_RISK a call, with their ratio to LLM_TCO."""
    calls = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    library = Library()
    print(
        f"{'option':30} {'LLM_TCO':>10} {'LLM_SENSITIVITY':>22} {f'LLM_RISK, {DRAWS:,} draws':>26} {'a draw':>9}"
    )
    for option in OPTIONS:
        single = seconds(library, "LLM_TCO", (), option, 100 * calls)
        swings = seconds(library, "LLM_SENSITIVITY", (), option, calls)
        drawn = seconds(library, "LLM_RISK", (0.9,), option, calls)
        print(
            f"{' '.join(option):30} {1e6 * single:7.0f} µs {1e3 * swings:10.1f} ms {swings / single:6.0f} × "
            f"{1e3 * drawn:12.1f} ms {drawn / single:7.0f} × {1e6 * drawn / DRAWS:6.1f} µs"
        )


if __name__ == "__main__":
    main()
