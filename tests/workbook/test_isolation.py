"""Workers with limits: each way in which a process can end costs one task, and none outlives its parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from workbook import isolation
from workbook.isolation import Lost, run_isolated
from workbook.package.limits import limits_in_force
from xlmodel.errors import WorkbookError

ABORT, SLEEP = "__import__('os').abort()", "__import__('time').sleep(60)"
LINUX = sys.platform == "linux"


def reasons(*tasks: str, count: int = 1) -> list[object]:
    """Evaluate Python expressions in workers, and give their values or what became of the worker."""
    return [
        each.reason if isinstance(each, Lost) else each for each in run_isolated(eval, list(tasks), count)
    ]


@pytest.mark.parametrize("count", [1, 2])
def test_a_worker_that_ends_costs_one_task(count: int) -> None:
    """An abort as by the engine, an exit, a fault and a delay are each told, in order; the rest has its results."""
    with limits_in_force({"seconds": 1, "memory_mb": 77}):
        found = reasons("1+1", ABORT, "__import__('os')._exit(3)", "1/0", SLEEP, "2+2", count=count)
    assert (found[0], found[5]) == (2, 4)
    assert found[1:5] == [
        "stopped the formula engine, as too little memory or too deep nesting does; the limit is memory_mb=77, --limit memory_mb=N raises it",
        "its process ended early (status 3); run it again",
        "internal error at <string>:1: ZeroDivisionError: division by zero; please report it",
        "takes longer than 1 s; the limit is seconds=1, --limit seconds=N raises it",
    ]


@pytest.mark.skipif(not LINUX, reason="the bound of memory is Linux's")
def test_memory_is_bounded() -> None:
    """200 MB are refused below a limit of 150 MB, in a used worker and in the fresh one that tries again."""
    with limits_in_force({"memory_mb": 150}):
        found = reasons("1+1", "len(bytearray(200_000_000))", "len(bytearray(20_000_000))")
    assert found == [
        2,
        "needs more than 150 MB of memory; the limit is memory_mb=150, --limit memory_mb=N raises it",
        20_000_000,
    ]


def test_a_worker_that_cannot_begin_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no worker begins in time, that is said and nothing waits."""
    monkeypatch.setattr(isolation, "_START_SECONDS", 0.0)
    with pytest.raises(WorkbookError, match="a worker process cannot begin: it takes longer"):
        reasons("1")


CHILD = """
import sys, time
from workbook.isolation import run_isolated
def work(path):
    with open(path, "w") as file:
        file.write(str(__import__("os").getpid()))
    time.sleep(60)
if __name__ == "__main__":
    list(run_isolated(work, sys.argv[1:], 2))
"""


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_workers_end_with_their_parent(ending: signal.Signals, tmp_path: Path) -> None:
    """However the parent ends, its workers are gone within a second."""
    script, marks = tmp_path / "child.py", [tmp_path / "1", tmp_path / "2"]
    script.write_text(CHILD, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    parent = subprocess.Popen(
        [sys.executable, str(script), *map(str, marks)], env=environment, stderr=subprocess.DEVNULL
    )
    _until(lambda: all(mark.exists() and mark.read_text(encoding="ascii") for mark in marks), 20)
    workers = [int(mark.read_text(encoding="ascii")) for mark in marks]
    parent.send_signal(ending)
    parent.wait(1)
    _until(lambda: not any(_alive(worker) for worker in workers), 1)


def _until(true: object, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not true():  # type: ignore[operator]
        assert time.monotonic() < end, "too late"
        time.sleep(0.01)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{process}/stat")
    return not status.exists() or status.read_text(encoding="ascii").rpartition(") ")[2][0] != "Z"
