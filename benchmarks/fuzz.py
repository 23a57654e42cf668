"""Fuzzing by seed: mutated packages, formulas by a grammar, mutated requests and catalogs.

A finding is an internal error, a worker that is killed or hangs, a result that a second reader refuses or that a second
run changes again. The seed of each is printed; `--seed N --count 1` repeats it.

Run: python benchmarks/fuzz.py {packages,formulas,requests,catalogs} [--seed N] [--count N] [--jobs N]
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "workbook")]

from fuzzing import KINDS, library  # noqa: E402 - it stands beside the tests

from workbook.isolation import Lost, run_isolated  # noqa: E402 - same
from workbook.package.limits import limits_in_force  # noqa: E402 - same

HANG_SECONDS, MEMORY_MB = 10, 350


def main() -> None:
    """Run, print the findings and the counts; exit status 1 where there is a finding."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    begin, counts = time.monotonic(), Counter[str]()
    seeds = range(options.seed, options.seed + options.count)
    library()  # read once, before the workers begin as copies
    with limits_in_force({"seconds": HANG_SECONDS, "memory_mb": MEMORY_MB}):
        for seed, found in zip(seeds, run_isolated(KINDS[options.kind], seeds, options.jobs), strict=True):
            counts["FINDING" if isinstance(found, Lost) else found] += 1
            if isinstance(found, Lost):
                print(f"{options.kind} --seed {seed}: {found.reason}", flush=True)
    told = ", ".join(f"{count:,} {what}" for what, count in sorted(counts.items()))
    print(f"{options.kind}: {told}; {time.monotonic() - begin:.0f} s")
    sys.exit(1 if counts["FINDING"] else 0)


if __name__ == "__main__":
    main()
