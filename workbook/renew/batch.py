"""Many workbooks regenerated: found in folders, spread over processes, one broken file not stopping the others."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from workbook.isolation import Lost, can_fork, fault_text, run_isolated
from workbook.package.files import remove_leftovers, write_atomic
from workbook.renew.regenerate import regenerate
from workbook.renew.summary import Summary
from xlmodel.catalog import built_in
from xlmodel.catalog.check import checked_catalog
from xlmodel.errors import RequestError, WorkbookError, XlModelError
from xlmodel.functions import Library

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from workbook.renew.change_report import Change
    from xlmodel.grid import Address

SUFFIXES = frozenset({".xlsx", ".xlsm"})
# Excel keeps such a file beside a workbook that it has open.
_OWNER = "~$"


@dataclass(frozen=True, slots=True)
class Task:
    """One workbook to regenerate.

    Args:
        source: the file.
        target: where the result goes; the source itself in place.
    """

    source: Path
    target: Path


@dataclass(frozen=True, slots=True)
class Options:
    """How workbooks are regenerated.

    Args:
        catalog: the catalog's folder; None: the built-in one.
        force: replace figures that a person corrected.
        dry_run: compute and report, write nothing.
        partial: keep formulas whose new values cannot be told, in place of refusing their workbook.
        second_engine: let LibreOffice compute them where it gives their old values.
    """

    catalog: Path | None = None
    force: bool = False
    dry_run: bool = False
    partial: bool = False
    second_engine: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one workbook.

    Args:
        source: the file, as a URL where it is no path of this machine.
        changed: whether its new contents differ.
        changes: the report's lines.
        failed: the formulas that give an error now and did not before.
        error: why it was not regenerated; empty where it was.
        stale: the formulas that keep an old value although they rest on a change.
        unchecked: the number of formulas without a stored value to hold the engine against.
        summary: total, answer and checks of a quote, before and after.
    """

    source: Path | str
    changed: bool = False
    changes: tuple[Change, ...] = ()
    failed: tuple[Change, ...] = ()
    error: str = ""
    stale: tuple[Address, ...] = ()
    unchecked: int = 0
    summary: Summary = field(default_factory=Summary)

    def count(self, what: str) -> int:
        """Return the number of lines of one kind: figure, result or kept."""
        return sum(change.what == what for change in self.changes)


def find_tasks(paths: Sequence[Path], output: Path | None) -> list[Task]:
    """Return the workbooks that files and folders stand for, each once.

    Args:
        paths: workbooks, or folders with workbooks at any depth.
        output: the folder for the results, which keep their names and, from a folder, their subfolders; None: in place.

    Raises:
        WorkbookError: a path that does not exist, or a folder without workbooks.
        RequestError: two workbooks would be written to one place, or the output is a file.
    """
    if output is not None and output.exists() and not output.is_dir():
        raise RequestError(f"{output}: a file; give -o a folder")
    tasks: dict[Path, Task] = {}
    for path in paths:
        for source, name in workbooks_in(path):
            tasks.setdefault(source.resolve(), Task(source, source if output is None else output / name))
    targets: dict[Path, Path] = {}
    for task in tasks.values():
        other = targets.setdefault(task.target.resolve(), task.source)
        if other != task.source:
            raise RequestError(
                f"{task.source} and {other} would both be written to {task.target}; give the folder above them"
            )
    return list(tasks.values())


def run(tasks: Sequence[Task], options: Options, jobs: int | None = None) -> Iterator[Outcome]:
    """Regenerate workbooks; yield their outcomes in the order of the tasks.

    Args:
        tasks: the workbooks.
        options: how.
        jobs: number of processes; None: one for one workbook, else one a processor.

    Raises:
        CatalogError: the catalog cannot be read, or does not pass its check.
    """
    _library(options.catalog)  # a broken catalog is one error, not one a file
    if not options.dry_run:
        for folder in {task.target.resolve().parent for task in tasks}:
            remove_leftovers(folder)
    count = min(len(tasks), jobs or os.cpu_count() or 1)
    if count <= 1 and not can_fork():
        for task in tasks:
            yield regenerate_file(task, options)
        return
    made = run_isolated(partial(regenerate_file, options=options), tasks, count)
    for task, outcome in zip(tasks, made, strict=True):
        if isinstance(outcome, Lost):
            yield Outcome(task.source, error=f"{task.source}: {outcome.reason}")
        else:
            yield outcome


def regenerate_file(task: Task, options: Options) -> Outcome:
    """Regenerate one workbook and write it, unless dry run; what goes wrong is in the outcome."""
    try:
        library = _library(options.catalog)
        state = _state(task.source)
        made = regenerate(
            task.source,
            library,
            force=options.force,
            partial=options.partial,
            second_engine=options.second_engine,
        )
        if not options.dry_run:
            write_result(task, made.data, changed=made.changed, state=state)
    except XlModelError as error:
        text = str(error)
        named = text if text.startswith((f"{task.source}", f"{task.target}")) else f"{task.source}: {text}"
        return Outcome(task.source, error=named)
    except MemoryError:
        raise  # a limit, which the process that started this one names
    except Exception as error:  # noqa: BLE001 - a fault in one file does not stop the others
        return Outcome(task.source, error=f"{task.source}: {fault_text(error)}")
    return Outcome(
        task.source,
        made.changed,
        made.changes,
        made.failed,
        stale=made.stale,
        unchecked=made.unchecked,
        summary=made.summary,
    )


def _state(path: Path) -> tuple[int, ...]:
    """Give what tells a file from a later one at its place; nothing where there is none."""
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_ino, found.st_size, found.st_mtime_ns


def write_result(task: Task, data: bytes, *, changed: bool, state: tuple[int, ...] | None = None) -> None:
    """Write a result; in place only where it differs.

    Args:
        task: where it came from and goes.
        data: the result.
        changed: whether it differs from its source.
        state: what the source was when it was read; None: not known.

    Raises:
        WorkbookError: it is open in Excel, has changed meanwhile, or cannot be written.
    """
    in_place = task.source.resolve() == task.target.resolve()
    if in_place and not changed:
        return
    if in_place and state is not None and _state(task.source) != state:
        raise WorkbookError(
            f"{task.source}: changed while it was worked on, and is left as it is now; run it again"
        )
    owner = task.target.with_name(f"{_OWNER}{task.target.name}")
    if owner.exists():
        raise WorkbookError(
            f"{task.target}: open in Excel; close it, or delete {owner.name} if it was left behind, or use -o"
        )
    if not in_place:
        if not changed and task.target.is_file() and task.target.read_bytes() == data:
            return
        try:
            task.target.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise WorkbookError(
                f"{task.target.parent}: cannot be created ({error.strerror or error})"
            ) from None
    write_atomic(task.target, data)


def workbooks_in(path: Path) -> Iterable[tuple[Path, Path]]:
    """Return the workbooks of a path with their names below it."""
    if not path.is_dir():
        if not path.exists():
            raise WorkbookError(f"{path}: no such file or folder")
        return [(path, Path(path.name))]
    found = sorted(
        each
        for each in path.rglob("*")
        if each.suffix.casefold() in SUFFIXES and each.is_file() and not each.name.startswith((_OWNER, "."))
    )
    if not found:
        raise WorkbookError(f"{path}: no .xlsx or .xlsm workbook in this folder")
    return [(each, each.relative_to(path)) for each in found]


@lru_cache(maxsize=1)
def _library(folder: Path | None) -> Library:
    return Library(built_in() if folder is None else checked_catalog(folder))
