"""Work on files in processes of their own, with limits of memory and time: what kills one costs one file.

A worker carries the limits `memory_mb` and `seconds`. The engine ends its process where it gets no memory; the one
that started it sees that, names the file, and goes on with another worker. Workers end with the process that started
them, however that ends, because each holds a pipe that closes with it.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
from collections import deque
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from workbook.package.limits import MEGABYTE, limit, limits_in_force, limits_now
from xlmodel.errors import WorkbookError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.connection import Connection

Task = TypeVar("Task")
Result = TypeVar("Result")
_THREADS = Path("/proc/self/task")
_MEMORY = Path("/proc/self/statm")
_READY = "ready"
_NO_MEMORY = "no memory"
_START_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Lost:
    """A task whose worker came to no result.

    Args:
        reason: what happened, and the option that raises the limit.
    """

    reason: str


def can_fork() -> bool:
    """Tell whether a worker can begin as a copy of this process, which takes milliseconds: no other thread may run."""
    with contextlib.suppress(OSError):
        return sys.platform == "linux" and len(list(_THREADS.iterdir())) == 1
    return False


def run_isolated(
    work: Callable[[Task], Result], tasks: Sequence[Task], count: int = 1
) -> Iterator[Result | Lost]:
    """Do tasks in worker processes; give their results in the order of the tasks.

    Args:
        work: a function of a module, that takes one task.
        tasks: what it takes.
        count: number of workers at a time.

    Raises:
        WorkbookError: a worker cannot begin at all, as with a memory limit below what Python itself needs.
    """
    context = multiprocessing.get_context("fork" if can_fork() else "spawn")
    lifeline, held = context.Pipe(duplex=False)
    crew: list[_Worker[Task, Result]] = []
    waiting, found = deque(enumerate(tasks)), dict[int, Result | Lost]()
    try:
        for place in range(len(tasks)):
            while place not in found:
                while len(crew) < count and waiting:
                    crew.append(_Worker(context, work, lifeline, held))
                for worker in crew:
                    if worker.ready and worker.task is None and waiting:
                        worker.take(waiting.popleft())
                _await(crew)
                for worker in crew:
                    _collect(worker, found, waiting)
                for worker in [each for each in crew if each.ended]:
                    worker.end()
                    crew.remove(worker)
            yield found.pop(place)
    finally:
        for worker in crew:
            worker.end()
        lifeline.close()
        held.close()


class _Worker(Generic[Task, Result]):
    """One process, and the task that it is at."""

    def __init__(
        self, context: Any, work: Callable[[Task], Result], lifeline: Connection, held: Connection
    ) -> None:
        self.pipe, theirs = context.Pipe()
        forked = context.get_start_method() == "fork"
        given = (work, theirs, lifeline, held if forked else None, dict(limits_now()))
        self.process = context.Process(target=_serve, args=given, daemon=True)
        self.process.start()
        theirs.close()
        self.task: tuple[int, Task] | None = None
        self.ready = False
        self.done = 0
        self.deadline = time.monotonic() + _START_SECONDS
        self.ended = False

    def take(self, task: tuple[int, Task]) -> None:
        """Begin a task."""
        self.task = task
        self.deadline = time.monotonic() + limit("seconds")
        with contextlib.suppress(OSError):  # a worker that has ended is found by its sentinel
            self.pipe.send(task[1])

    def end(self) -> None:
        """End the process at once; it holds nothing but the file it is at, which is written whole or not at all."""
        self.process.kill()
        self.process.join()
        self.process.close()
        self.pipe.close()


def _await(crew: Sequence[_Worker[Any, Any]]) -> None:
    """Wait until a worker says something, ends, or is late."""
    late = min(worker.deadline for worker in crew if worker.task is not None or not worker.ready)
    places = [*(worker.pipe for worker in crew), *(worker.process.sentinel for worker in crew)]
    wait(places, max(0.0, late - time.monotonic()))


def _collect(
    worker: _Worker[Task, Result], found: dict[int, Result | Lost], waiting: deque[tuple[int, Task]]
) -> None:
    """Take what a worker says, or find out why it says nothing."""
    try:
        said = worker.pipe.recv() if worker.pipe.poll() else None
    except (EOFError, OSError):
        worker.ended = True
        worker.process.join()
        said = None
    if said == _READY:
        worker.ready = True
    elif said is not None and said != _NO_MEMORY and worker.task is not None:
        found[worker.task[0]] = said[0]
        worker.task = None
        worker.done += 1
    elif said == _NO_MEMORY or worker.ended:
        worker.ended = True
        _lose(worker, _reason(worker, short=said == _NO_MEMORY), found, waiting)
    elif time.monotonic() >= worker.deadline and (worker.task is not None or not worker.ready):
        worker.ended = True
        late = f"takes longer than {limit('seconds')} s; the limit is seconds={limit('seconds')}, --limit seconds=N raises it"
        _lose(worker, Lost(late), found, waiting, again=False)


def _lose(
    worker: _Worker[Task, Result],
    reason: Lost,
    found: dict[int, Result | Lost],
    waiting: deque[tuple[int, Task]],
    *,
    again: bool = True,
) -> None:
    """Say why a task has no result; one that met a used worker is tried once more in a fresh one."""
    if not worker.ready:
        raise WorkbookError(f"a worker process cannot begin: it {reason.reason}")
    if worker.task is None:
        return
    if again and worker.done:
        waiting.appendleft(worker.task)
    else:
        found[worker.task[0]] = reason
    worker.task = None


def _reason(worker: _Worker[Any, Any], *, short: bool) -> Lost:
    raise_it = f"; the limit is memory_mb={limit('memory_mb')}, --limit memory_mb=N raises it"
    if short:
        return Lost(f"needs more than {limit('memory_mb')} MB of memory{raise_it}")
    code = worker.process.exitcode
    if code in {-signal.SIGABRT, -signal.SIGSEGV}:
        return Lost(f"stopped the formula engine, as too little memory or too deep nesting does{raise_it}")
    return Lost(f"its process ended early (status {code}); run it again")


def fault_text(error: Exception) -> str:
    """Write one line for an exception that nobody foresaw, with the place to look at."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(place.filename).name}:{place.lineno}"
    return f"internal error at {where}: {type(error).__name__}: {error}; please report it"


def _serve(
    work: Callable[[Any], Any],
    pipe: Connection,
    lifeline: Connection,
    held: Connection | None,
    limits: dict[str, int],
) -> None:
    """Be a worker: take tasks and give results until the pipe closes."""
    if held is not None:
        held.close()  # else this copy would keep the lifeline of the others open
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one that started the worker ends it
    threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()
    with limits_in_force(limits), contextlib.suppress(EOFError, OSError, MemoryError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # where the engine writes that it stops
        _bound_memory(limit("memory_mb"))
        pipe.send(_READY)
        while True:
            task = pipe.recv()
            try:
                said: object = (work(task),)
            except MemoryError:
                said = _NO_MEMORY
            except Exception as error:  # noqa: BLE001 - a fault in one file does not stop the others
                said = (Lost(fault_text(error)),)
            except BaseException:  # noqa: BLE001 - a panic of the engine, whose state is not to be trusted any more
                os.abort()
            pipe.send(said)


def _end_with(lifeline: Connection) -> None:
    """Wait for the end of the process that started this one, and end."""
    with contextlib.suppress(EOFError, OSError):
        lifeline.recv()
    os._exit(1)


def _bound_memory(memory_mb: int) -> None:
    """Bound what this process may have; where the system has no such bound, the time limit alone holds.

    Written to memory counts (RLIMIT_DATA), since threads and allocators reserve much address space that they never touch.
    """
    if sys.platform != "linux":
        return
    import resource  # noqa: PLC0415 - there is none on Windows

    page = resource.getpagesize()
    pages = _MEMORY.read_text(encoding="ascii").split()
    resident, data = (int(pages[place]) * page for place in (1, 5))
    bound = data + max(memory_mb * MEGABYTE - resident, 0)
    resource.setrlimit(resource.RLIMIT_DATA, (bound, bound))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
