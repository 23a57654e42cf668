"""Time to import xlmodel, to compute a formula from the command line, and calls per second of each function.

Run: python benchmarks/bench_functions.py [seconds]
"""

from __future__ import annotations

import subprocess
import sys
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

from xlmodel.functions import FUNCTIONS, Library

if TYPE_CHECKING:
    from collections.abc import Sequence

RUNS = 7
FIGURES = [["item", "field", "value"], ["A100 80GB", "reserved_month", 6_500.0]]
ASSUMPTIONS = [["profile", "full"], ["discount_rate", 0.05]]
CONTEXT = (ASSUMPTIONS, FIGURES, "estimate=high")
TCO = ("rent", "2×A100 80GB", 10_000.0, 3.0, 800.0, 400.0)
# typical arguments of a workbook's cells, its assumptions and figures with them
CALLS: dict[str, tuple[object, ...]] = {
    "LLM_CATALOG": ("gpu_purchase", "item", "value"),
    "LLM_PRICE": ("A100 80GB", "reserved_month", FIGURES),
    "LLM_SOURCE": ("Qwen-Plus", "input"),
    "LLM_API_COST": ("Qwen-Plus", 10_000.0, 800.0, 400.0, *CONTEXT),
    "LLM_RENT_COST": ("2×A100 80GB", "reserved", *CONTEXT),
    "LLM_OWN_CAPEX": ("standard", *CONTEXT),
    "LLM_OWN_OPEX": ("standard", *CONTEXT),
    "LLM_TCO": (*TCO, *CONTEXT),
    "LLM_TCO_TABLE": (*TCO, *CONTEXT),
    "LLM_COMPARE": (30_000.0, "32B~70B", 3.0, 800.0, 400.0, *CONTEXT),
    "LLM_COST_PER_MTOK": (*TCO, *CONTEXT),
    "BREAKEVEN_MONTHS": ("A100 80GB", None, 0.0, *CONTEXT),
    "BREAKEVEN_DAU": ("DeepSeek V3", "rent", "2×A100 80GB", 800.0, 400.0, *CONTEXT),
    "BREAKEVEN_CURVE": ("rent", "2×A100 80GB", "own", "standard", None, 60.0, *CONTEXT),
    "LLM_PAYBACK": ("own", "standard", "api", "GPT-4o", 200_000.0, 120.0, 800.0, 400.0, *CONTEXT),
    "LLM_CAPACITY": ("Qwen3-32B", "2×A100 80GB", None, 800.0, 400.0, *CONTEXT),
    "LLM_KV_CACHE": ("DeepSeek-V3", 131_072.0, 1.0, "fp16"),
    "LLM_VRAM": ("Qwen3-32B", "fp8", 4_096.0, 16.0, "fp16"),
    "LLM_FITS": ("Llama-3.1-70B", "fp16", "2×A100 80GB", 4_096.0, 1.0),
    "LLM_GPUS": ("DeepSeek-V3", "fp8", "H20 141GB", 4_096.0, 1.0),
    "LLM_THROUGHPUT": ("Qwen3-32B", "fp8", "2×H100", 1_024.0, 1_024.0, 64.0, "default"),
    "LLM_LATENCY": ("Qwen3-32B", "fp8", "2×H100", "tpot", 1_024.0, 1_024.0, 64.0, "default"),
    "LLM_MAX_CONTEXT": ("DeepSeek-V3", "fp8", "8×H200", 1.0),
    "LLM_CONTEXT_LIMIT": ("DeepSeek-V3", "fp8", "8×H200"),
    "LLM_SENSITIVITY": (*TCO, *CONTEXT),
    "LLM_RISK": (0.9, *TCO, *CONTEXT),
    "LLM_RISK_COMPARE": ("api", "DeepSeek V3", "rent", "2×A100 80GB", 10_000.0, 3.0, 800.0, 400.0, *CONTEXT),
    "LLM_HYBRID": ("published", *CONTEXT),
    "LLM_SWITCH": ("GPT-4o", "own", "standard", 20_000.0, 3.0, 800.0, 400.0, *CONTEXT),
    "LLM_BASE_LOAD": ("GPT-4o", "rent", "Qwen3-32B@A100 80GB", 200_000.0, 3.0, 800.0, 400.0, *CONTEXT),
    "LLM_RESILIENCE": ("rent", "2×A100 80GB", 10_000.0),
    "LLM_UTILISATION": ("Qwen3-32B", "2×A100 80GB"),
    "LLM_RECOMMEND": (30_000.0, "internal", "structured"),
    "LLM_ADVICE": (30_000.0, "internal", "structured"),
    "LLM_MODEL_FOR_TASK": ("structured", 95.0),
    "LLM_PRECISION": ("structured", 5.0),
    "LLM_CHECKLIST": (),
    "LLM_PLAN": ("Qwen3-32B", 10_000.0, None, None, 800.0, 400.0, *CONTEXT),
}


def process_seconds(command: Sequence[str]) -> float:
    """Return the median time of a process over some runs, after one that warms the disk."""
    times = []
    for _ in range(RUNS + 1):
        start = perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(perf_counter() - start)
    return median(times[1:])


def calls_per_second(library: Library, name: str, seconds: float) -> float:
    """Call a function for a while, each argument as a cell gives it."""
    arguments = CALLS[name]
    library.call(name, *arguments)
    calls, batch, start = 0, 1, perf_counter()
    while (elapsed := perf_counter() - start) < seconds:
        for _ in range(batch):
            library.call(name, *arguments)
        calls += batch
        batch = min(2 * batch, 1_000)
    return calls / elapsed


def main() -> None:
    """Print seconds of the processes, then calls a second."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 0.5
    python = [sys.executable, "-X", "utf8"]
    formula = '=LLM_TCO("rent","2×A100 80GB")'
    bare = process_seconds([*python, "-c", "pass"])
    imported = process_seconds([*python, "-c", "import xlmodel"])
    called = process_seconds(
        [*python, "-c", "import xlmodel; xlmodel.call('LLM_TCO', 'rent', '2×A100 80GB')"]
    )
    command = process_seconds([*python, "-c", "from workbook.cli import main; main()", "eval", formula])
    print(f"{'Python alone':32} {bare:8.3f} s")
    print(f"{'import xlmodel, beyond it':32} {imported - bare:8.3f} s")
    print(f"{'import and first call, beyond it':32} {called - bare:8.3f} s")
    print(f"{'xlmodel eval, as a process':32} {command:8.3f} s")
    library = Library()
    for name in FUNCTIONS:
        rate = calls_per_second(library, name, seconds)
        print(f"{name:32} {rate:10,.0f} a second {1e6 / rate:10.1f} µs")


if __name__ == "__main__":
    main()
