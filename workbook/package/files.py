"""Files written whole or not at all; what a broken run left behind is removed by the next."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from xlmodel.errors import WorkbookError

if TYPE_CHECKING:
    from typing import BinaryIO

_BEGIN, _END = ".xlmodel-", ".tmp"
_DIGITS = 16


def write_atomic(path: str | os.PathLike[str], data: bytes) -> None:
    """Write a file whole or not at all: a temporary file beside it takes its place when complete.

    Raises:
        WorkbookError: the folder is missing or not writable, the path is a folder, the disk is full.
    """
    target = Path(os.path.realpath(path))  # a link stays a link
    exists = False
    try:
        if target.is_dir():
            raise WorkbookError(f"{path}: a folder; give a file name")
        if not target.parent.is_dir():
            raise WorkbookError(f"{path}: the folder {target.parent} does not exist; create it first")
        exists = target.exists()
        if exists and not os.access(target, os.W_OK):
            raise WorkbookError(f"{path}: the file is read-only; make it writable or choose another name")
        _write_and_move(target, data)
    except OSError as error:
        hint = "; close it in Excel" if exists and isinstance(error, PermissionError) else ""
        raise WorkbookError(f"{path}: cannot be written ({error.strerror or error}){hint}") from None


def remove_leftovers(folder: Path) -> list[Path]:
    """Remove the temporary files of runs that were killed; one that a run still writes is locked, and stays.

    Returns:
        The removed files.
    """
    removed = []
    for path in folder.glob(f"{_BEGIN}*{_END}"):
        if len(path.name) == len(_BEGIN) + _DIGITS + len(_END) and path.is_file() and not path.is_symlink():
            with contextlib.suppress(OSError), path.open("r+b") as file:
                _lock(file, wait=False)
                path.unlink()
                removed.append(path)
    return removed


def _write_and_move(target: Path, data: bytes) -> None:
    while True:
        temporary = target.with_name(f"{_BEGIN}{secrets.token_hex(_DIGITS // 2)}{_END}")
        try:
            with temporary.open("xb") as file:
                with contextlib.suppress(OSError):  # a file system without locks
                    _lock(file, wait=True)
                if not os.fstat(file.fileno()).st_nlink:
                    continue  # another run took it for a leftover before it was locked
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
                if sys.platform != "win32":
                    _move(temporary, target)
            if sys.platform == "win32":  # which moves no open file, and removes none either
                _move(temporary, target)
        finally:
            temporary.unlink(missing_ok=True)
        return


def _move(temporary: Path, target: Path) -> None:
    if target.exists():
        shutil.copymode(target, temporary)
    temporary.replace(target)


def _lock(file: BinaryIO, *, wait: bool) -> None:
    """Lock a file as long as it is open here; the system frees it when the process ends, however that is.

    Raises:
        OSError: another process holds it and there is no waiting, or the file system has no locks.
    """
    if sys.platform != "win32":
        import fcntl  # noqa: PLC0415 - there is none on Windows

        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
