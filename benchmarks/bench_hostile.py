"""Hostile workbooks in full size through `regenerate` and `check`: seconds, peak memory and the line that each gives.

Run: python benchmarks/bench_hostile.py [PART OF A NAME...]
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "workbook")]

import hostile_files as hostile  # noqa: E402 - it stands beside the tests

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_MB, MOST_SECONDS = 400, 10
SHOWN = 150
KINDS: dict[str, Callable[[], bytes]] = {
    "nothing hostile": lambda: hostile.package(hostile.CALL),
    "sheet of 1 GB": lambda: hostile.large_sheet(1000),
    "shared strings of 1 GB": lambda: hostile.large_strings(1000),
    "sheet of 60 MB, packed 450 times": lambda: hostile.large_sheet(60),
    "2 GB that nobody reads": lambda: hostile.large_unread(2000),
    "1000 names for one content": lambda: hostile.overlapping(1000),
    "array over a whole sheet": lambda: hostile.array("A2:XFD1048576"),
    "array that reads whole columns": lambda: hostile.array("A2:A3", "SUM(B:XFD)*A1"),
    "chart over a whole sheet": lambda: hostile.chart("S!$A$1:$XFD$1048576"),
    "chart over 20 columns": lambda: hostile.chart("S!$A$1:$T$1048576"),
    "cells at the far corner": hostile.far_corner,
    "sparse sheet": lambda: hostile.sparse(100_000),
    "doubling texts": lambda: hostile.doubling(60),
    "48 MB of bad references": lambda: hostile.bad_references(1_850_000),
    "48 MB of references without a row": lambda: hostile.bad_references(1_950_000, "1A"),
    "chain of 100,000 formulas": lambda: hostile.chain(100_000),
    "merges of whole columns": lambda: hostile.merges(10_000),
    "brackets 8,000 deep": lambda: hostile.nested(8_000),
    "brackets 100,000 deep": lambda: hostile.nested(100_000),
    "6,000 sums of 6,000 cells": lambda: hostile.package(
        hostile.formulas([f"SUM(A$1:A{row})*0" for row in range(1, 6_000)])
    ),
    "250,000 cells": lambda: hostile.package(
        hostile.CALL
        + "".join(f'<row r="{row}"><c r="B{row}"><v>{row}</v></c></row>' for row in range(2, 250_002))
    ),
    "190,000 names": lambda: _names(190_000),
}


def _names(count: int) -> bytes:
    listed = "".join(f'<definedName name="n{number}">S!$A$1</definedName>' for number in range(count))
    data = (
        f'<workbook xmlns="{hostile.MAIN}" xmlns:r="{hostile.OFFICE}"><sheets>'
        f'<sheet name="S" sheetId="1" r:id="rId1"/></sheets><definedNames>{listed}</definedNames></workbook>'
    )
    return hostile.package(hostile.formulas([hostile.HOOK]), {"xl/workbook.xml": data.encode()})


def _apart(make: Callable[[], bytes], path: Path) -> None:
    """Write a file in a process of its own: what this one has had would count as the peak of those it starts."""
    process = multiprocessing.get_context("fork").Process(target=lambda: path.write_bytes(make()))
    process.start()
    process.join()


def measure(command: list[str], folder: Path) -> tuple[float, float, int, str]:
    """Run a command; give its seconds, peak memory in MB (of its largest process), status and last line."""
    begin = time.monotonic()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-c", _TIMED, *command], cwd=folder, env=environment, stdout=-1, stderr=-1, text=True
    )
    out, err = process.communicate()
    seconds = time.monotonic() - begin
    lines, peak = (err.strip() or out.strip()).splitlines(), 0
    if err.strip().splitlines():
        *told, last = err.strip().splitlines()
        peak, lines = int(last), told or out.strip().splitlines() or [""]
    return seconds, peak / 1000, process.returncode, lines[-1]


_TIMED = """
import resource, sys
from workbook.cli import main
status = main(sys.argv[1:])
peaks = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(max(peaks), file=sys.stderr)
sys.exit(status)
"""


def main() -> None:
    """Measure each kind and print a line; exit status 1 where one is above the bounds."""
    above = 0
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for kind, make in KINDS.items():
            if not all(word in kind for word in sys.argv[1:]):
                continue
            _apart(make, folder / "h.xlsx")
            for command in (["regenerate", "h.xlsx", "-o", "out"], ["check", "h.xlsx"]):
                seconds, peak, status, line = measure(command, folder)
                bad = peak > MOST_MB or seconds > MOST_SECONDS or "internal error" in line or status < 0
                above += bad
                mark = "!" if bad else " "
                print(
                    f"{mark} {kind:34} {command[0]:10} {seconds:5.1f} s {peak:5.0f} MB status {status}: {line[:SHOWN]}"
                )
    sys.exit(1 if above else 0)


if __name__ == "__main__":
    main()
