"""Quotes of random requests: each is built, keeps the workbook standard, and passes its own checks.

Run: python benchmarks/bench_requests.py [requests] [first seed]
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "workbook")]

from test_limits import drawn, findings  # noqa: E402 - it stands beside the tests


def main(requests: int = 200, first: int = 0) -> int:
    """Build, check, and print what is found; return how many requests have a finding."""
    started, wrong = perf_counter(), 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(first, first + requests):
            found = findings(drawn(seed), Path(folder) / "quote.xlsx")
            wrong += bool(found)
            for line in found[:5]:
                print(f"request {seed}: {line}", flush=True)
    print(f"{requests} requests in {perf_counter() - started:.0f} s: {wrong} with findings")
    return wrong


if __name__ == "__main__":
    raise SystemExit(1 if main(*map(int, sys.argv[1:])) else 0)
