"""Workbooks regenerated on other machines: read and written here, computed by the workers of a Dask cluster.

A worker gets the bytes of a workbook and gives back those of the result, so it needs neither the files nor the catalog,
and what it had not finished when it was killed is computed by another one.
"""

from __future__ import annotations

import io
import multiprocessing
import tempfile
import zipfile
from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

import xlmodel
from workbook.renew.batch import Outcome, Task, regenerate_file
from workbook.renew.stored_files import read_stored, write_stored
from xlmodel.catalog.check import checked_catalog
from xlmodel.errors import RequestError, WorkbookError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from workbook.renew.batch import Options
    from workbook.renew.stored_files import StoredTask

_PATIENCE = 20  # seconds for a scheduler and its first worker
_AHEAD = 4  # workbooks a thread that are read before their turn


class _Workers(NamedTuple):
    """Where work goes.

    Args:
        submit: gives a future with a result.
        threads: how many computations run at once.
    """

    submit: Callable[..., Any]
    threads: int


def run_spread(
    tasks: Sequence[StoredTask], options: Options, address: str | None, jobs: int | None
) -> Iterator[Outcome]:
    """Regenerate workbooks; yield their outcomes in the order of the tasks.

    Args:
        tasks: the workbooks.
        options: how.
        address: of a Dask scheduler, such as `tcp://10.0.0.5:8786`; None: processes of this machine.
        jobs: number of those processes; None: this one alone.

    Raises:
        CatalogError: the catalog cannot be read, or does not pass its check.
        RequestError: no cluster answers, or its workers have another version.
    """
    facts = b"" if options.catalog is None else packed(options.catalog)
    with _cluster(address) if address is not None else _processes(jobs or 1) as workers:
        waiting: deque[tuple[StoredTask, Any]] = deque()
        for task in tasks:
            try:
                data = read_stored(task.source)
            except WorkbookError as error:
                waiting.append((task, Outcome(task.source, error=str(error))))
            else:
                waiting.append((task, workers.submit(renewed, task.source, data, facts, options)))
            if len(waiting) > _AHEAD * workers.threads:
                yield _finished(*waiting.popleft(), options)
        while waiting:
            yield _finished(*waiting.popleft(), options)


def renewed(source: str, data: bytes, facts: bytes, options: Options) -> tuple[Outcome, bytes]:
    """Regenerate a workbook given by its bytes; return what became of it, and the result (empty without one).

    Args:
        source: what its messages call it.
        data: the file.
        facts: the catalog folder, packed; empty: the built-in catalog.
        options: how; its catalog is not looked at.
    """
    with tempfile.TemporaryDirectory(prefix="xlmodel-") as place:
        name = PurePosixPath(source.replace("\\", "/")).name
        task = Task(Path(place, "old", name), Path(place, "new", name))
        task.source.parent.mkdir()
        task.source.write_bytes(data)
        here = Path(_unpacked(facts).name) if facts else None
        outcome = regenerate_file(task, replace(options, catalog=here))
        error = outcome.error.replace(str(task.source), source).replace(str(task.target), source)
        made = task.target.read_bytes() if task.target.exists() else b""
    return replace(outcome, source=source, error=error), made


def _finished(task: StoredTask, future: Any, options: Options) -> Outcome:
    """Wait for a workbook and write it."""
    if isinstance(future, Outcome):
        return future
    try:
        result: tuple[Outcome, bytes] = future.result()
    except Exception as error:  # noqa: BLE001 - whatever a lost worker raises; the other workbooks go on
        what = str(error).splitlines()[0] if str(error) else type(error).__name__
        return Outcome(task.source, error=f"{task.source}: not computed, its workers were lost ({what})")
    outcome, data = result
    if outcome.error or options.dry_run:
        return outcome
    try:
        write_stored(task, data, changed=outcome.changed)
    except WorkbookError as error:
        return Outcome(task.source, error=str(error))
    return outcome


def _at_once(call: Callable[..., object], *args: object) -> Future[object]:
    done: Future[object] = Future()
    done.set_result(call(*args))
    return done


@contextmanager
def _processes(jobs: int) -> Iterator[_Workers]:
    if jobs == 1:
        yield _Workers(_at_once, 1)
        return
    # Threads of the formula engine do not survive a fork.
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        try:
            yield _Workers(pool.submit, jobs)
        finally:
            pool.shutdown(cancel_futures=True)


@contextmanager
def _cluster(address: str) -> Iterator[_Workers]:
    try:
        import distributed  # noqa: PLC0415 - an extra, for --cluster alone
    except ImportError:
        raise RequestError(
            f"--cluster {address}: needs Dask distributed; pip install 'xlmodel[cluster]'"
        ) from None
    connect: Any = distributed.Client
    try:
        client = connect(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise RequestError(f"--cluster {address}: no scheduler answers there ({error})") from None
    try:
        _check(client, address)

        def submit(call: Callable[..., Any], *args: object) -> Any:
            return client.submit(call, *args, pure=False)

        yield _Workers(submit, sum(client.nthreads().values()))
    finally:
        client.close()


def _check(client: Any, address: str) -> None:
    """Wait for a first worker, and ask each for its version.

    Raises:
        RequestError: there is none, or one has another version.
    """
    try:
        client.wait_for_workers(1, timeout=_PATIENCE)
        versions = set(client.run(_version).values())
    except TimeoutError:
        raise RequestError(
            f"--cluster {address}: has no worker; start one with: dask worker {address}"
        ) from None
    except Exception as error:  # noqa: BLE001 - what a worker without this package raises
        what = str(error).splitlines()[0]
        raise RequestError(f"--cluster {address}: its workers cannot load xlmodel ({what})") from None
    if versions != {xlmodel.__version__}:
        raise RequestError(
            f"--cluster {address}: its workers have xlmodel {', '.join(sorted(versions))}, here is "
            f"{xlmodel.__version__}; install one version everywhere"
        )


def _version() -> str:
    return xlmodel.__version__


def packed(folder: Path) -> bytes:
    """Pack a catalog folder for a worker.

    Raises:
        CatalogError: it does not pass its check.
    """
    checked_catalog(folder)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for path in sorted(folder.rglob("*.csv")):
            archive.writestr(path.relative_to(folder).as_posix(), path.read_bytes())
    return file.getvalue()


@lru_cache(maxsize=1)
def _unpacked(facts: bytes) -> tempfile.TemporaryDirectory[str]:
    """Unpack a catalog folder, once a process."""
    folder = tempfile.TemporaryDirectory(prefix="xlmodel-")
    with zipfile.ZipFile(io.BytesIO(facts)) as archive:
        archive.extractall(folder.name)
    return folder
