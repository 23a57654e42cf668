"""Workbooks on any storage that fsspec reaches (`s3://bucket/quotes`), beside those of this machine."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from workbook.renew.batch import SUFFIXES, Task, find_tasks, workbooks_in, write_result
from xlmodel.errors import RequestError, WorkbookError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class StoredTask(NamedTuple):
    """One workbook to regenerate, by paths or URLs.

    Args:
        source: where it is read.
        target: where the result goes; the source itself in place.
    """

    source: str
    target: str


def is_url(path: str) -> bool:
    """Tell whether a path names a storage, such as `s3://bucket/quotes`."""
    return "://" in path


def find_stored(paths: Sequence[str], output: str | None) -> list[StoredTask]:
    """Return the workbooks that paths and URLs stand for, each once.

    Args:
        paths: workbooks, or folders with workbooks at any depth.
        output: the folder for the results, which keep their names and, from a folder, their subfolders; None: in place.

    Raises:
        WorkbookError: a path that does not exist or cannot be read, or a folder without workbooks.
        RequestError: two workbooks would be written to one place, or the storage is not known here.
    """
    if not any(map(is_url, [*paths, output or ""])):
        found = find_tasks([Path(path) for path in paths], None if output is None else Path(output))
        return [StoredTask(str(task.source), str(task.target)) for task in found]
    tasks: dict[str, StoredTask] = {}
    for path in paths:
        for source, name in _stored(path) if is_url(path) else _local(path):
            tasks.setdefault(source, StoredTask(source, _inside(output, name) if output else source))
    targets: dict[str, str] = {}
    for task in tasks.values():
        other = targets.setdefault(task.target, task.source)
        if other != task.source:
            raise RequestError(
                f"{task.source} and {other} would both be written to {task.target}; give the folder above them"
            )
    return list(tasks.values())


def read_stored(source: str) -> bytes:
    """Read a workbook.

    Raises:
        WorkbookError: it cannot be read.
    """
    try:
        if not is_url(source):
            return Path(source).read_bytes()
        store, place = _store(source)
        data: bytes = store.cat_file(place)
    except OSError as error:
        raise WorkbookError(f"{source}: cannot be read ({_reason(error)})") from None
    return data


def write_stored(task: StoredTask, data: bytes, *, changed: bool) -> None:
    """Write a result; in place only where it differs. An object of a storage is replaced at once or not at all.

    Raises:
        WorkbookError: it cannot be written.
    """
    if not is_url(task.target):
        write_result(Task(Path(task.source), Path(task.target)), data, changed=changed)
        return
    if task.source == task.target and not changed:
        return
    try:
        store, place = _store(task.target)
        store.pipe_file(place, data)
    except OSError as error:
        raise WorkbookError(f"{task.target}: cannot be written ({_reason(error)})") from None


def _local(path: str) -> Iterable[tuple[str, str]]:
    return [(str(source), name.as_posix()) for source, name in workbooks_in(Path(path))]


def _stored(url: str) -> list[tuple[str, str]]:
    """Return the workbooks below a URL with their names below it."""
    store, root = _store(url)
    try:
        if store.isfile(root):
            return [(url, PurePosixPath(root).name)]
        below = [str(each).removeprefix(root).lstrip("/") for each in store.find(root)]
    except OSError as error:
        raise WorkbookError(f"{url}: cannot be read ({_reason(error)})") from None
    names = sorted(name for name in below if _is_workbook(PurePosixPath(name)))
    if not names:
        raise WorkbookError(f"{url}: no .xlsx or .xlsm workbook there")
    return [(_inside(url, name), name) for name in names]


def _is_workbook(name: PurePosixPath) -> bool:
    return name.suffix.casefold() in SUFFIXES and not name.name.startswith(("~$", "."))


def _inside(folder: str, name: str) -> str:
    return f"{folder.rstrip('/')}/{name}" if is_url(folder) else str(Path(folder, name))


def _store(url: str) -> tuple[Any, str]:
    """Return the file system of a URL and the path in it."""
    try:
        from fsspec.core import url_to_fs  # noqa: PLC0415 - an extra, for URLs alone
    except ImportError:
        raise RequestError(f"{url}: needs fsspec; pip install 'xlmodel[cluster]'") from None
    try:
        store, place = url_to_fs(url)
    except (ImportError, ValueError) as error:
        raise RequestError(f"{url}: {error}") from None
    return store, place


def _reason(error: OSError) -> str:
    return str(error.strerror or error).splitlines()[0]
