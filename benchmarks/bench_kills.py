"""A folder regenerated in place and killed at random: files that are neither old nor new, and processes that live on.

Run: python benchmarks/bench_kills.py [KILLS]
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "workbook")]

import hostile_files as hostile  # noqa: E402 - it stands beside the tests

from workbook.package.files import remove_leftovers  # noqa: E402 - same
from workbook.renew.regenerate import regenerate  # noqa: E402 - same
from xlmodel.catalog import built_in  # noqa: E402 - same

FILES, SEED, GRACE = 12, 14, 1.0


def family(process: int) -> set[int]:
    """Return the processes below one."""
    listed = subprocess.run(["ps", "-eo", "pid,ppid"], capture_output=True, text=True, check=True).stdout
    pairs = [tuple(map(int, line.split())) for line in listed.splitlines()[1:]]
    found, new = set(), {process}
    while new:
        found |= new
        new = {pid for pid, parent in pairs if parent in new} - found
    return found - {process}


def main() -> None:
    """Kill and count; exit status 1 where a file is broken or a process lives on."""
    kills = int(sys.argv[1]) if sys.argv[1:] else 100
    seed = random.Random(SEED)  # noqa: S311 - a benchmark
    old = hostile.package(hostile.CALL)
    new = regenerate(old, built_in()).data
    looked = broken = left = alive = renewed = 0
    command = [sys.executable, "-m", "workbook.cli", "regenerate", ".", "--jobs", "4"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for _ in range(kills):
        folder = Path(tempfile.mkdtemp())
        for number in range(FILES):
            (folder / f"{number}.xlsx").write_bytes(old)
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        begin = time.monotonic()
        while not family(process.pid) and process.poll() is None and time.monotonic() - begin < GRACE * 10:
            time.sleep(0.01)  # until the workers begin
        time.sleep(seed.uniform(0, 0.15))
        below = family(process.pid)
        process.send_signal(signal.SIGKILL)
        process.wait()
        time.sleep(GRACE)
        alive += sum(Path(f"/proc/{pid}").exists() for pid in below)
        contents = [path.read_bytes() for path in folder.glob("*.xlsx")]
        looked += len(contents)
        renewed += contents.count(new)
        broken += len(contents) - contents.count(old) - contents.count(new)
        left += bool(remove_leftovers(folder))
        shutil.rmtree(folder)
    print(
        f"{kills} kills: {looked} files, {renewed} renewed, {broken} broken; {left} left temporary files, all removed; "
        f"{alive} processes alive after {GRACE:g} s"
    )
    sys.exit(1 if broken or alive or looked != kills * FILES else 0)


if __name__ == "__main__":
    main()
