"""Typing at random into the yellow cells of a quote: native numbers in IronCalc beside those of our functions.

Edits add up: what was typed stays. Each batch is one recalculation, after which the totals of all options in both
accountings, the users that hardware serves, and the answer are compared to a billionth.

Run: python benchmarks/bench_edits.py [edits] [seed]
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "workbook")]

from edits import Edits  # noqa: E402 - it stands beside the tests
from test_edits import ASKED, DAY  # noqa: E402 - same

from workbook.quote.build import finished_quote  # noqa: E402 - same
from workbook.request.quote_request import make_request  # noqa: E402 - same
from xlmodel.catalog import built_in  # noqa: E402 - same
from xlmodel.functions import default_library  # noqa: E402 - same

BATCH = 5


def main(wanted: int = 500, seed: int = 1) -> int:
    """Type, compare, and print what differs; return how many numbers differed."""
    quote = finished_quote(make_request(built_in(), ASKED, "bench"), default_library(), "custom", DAY)
    started, typed, wrong = perf_counter(), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        edits = Edits(quote, DAY, Path(folder), seed)
        while typed < wanted:
            cells = edits.type(BATCH)
            typed += len(cells)
            found = edits.differences()
            wrong += len(found)
            for line in found:
                print(f"after {typed} edits ({'; '.join(cells)}): {line}")
    print(
        f"{typed} edits in {perf_counter() - started:.0f} s, {len(edits.yellow)} yellow cells: {wrong} numbers differ"
    )
    return wrong


if __name__ == "__main__":
    raise SystemExit(1 if main(*map(int, sys.argv[1:])) else 0)
