"""What can go wrong around a file: kills, two runs at once, full disks, rights, links, files that change meanwhile."""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import hostile_files as hostile

from workbook.cli import main
from workbook.package import write_atomic
from workbook.package.files import remove_leftovers
from workbook.renew import batch
from xlmodel.errors import WorkbookError

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

KILLS = 20
NOBODY = 65_534
PLAIN = hostile.package(hostile.CALL)


def leftovers(folder: Path) -> list[Path]:
    """Return the temporary files in a folder."""
    return list(folder.glob(".xlmodel-*"))


def start(*command: str) -> subprocess.Popen[str]:
    """Start Python on this tree."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return subprocess.Popen(
        [sys.executable, *command], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def copy_of_this(work: Callable[[], object]) -> int:
    """Do something in a copy of this process, which then ends; give its number."""
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", DeprecationWarning
        )  # other threads run; the copy touches no lock of theirs
        child = os.fork()
    if child:
        return child
    try:
        work()
    finally:
        os._exit(0)


def in_child(work: Callable[[], object], *, rights: bool = True) -> str:
    """Do something in a copy of this process; give the message of its error."""
    receiver, sender = os.pipe()

    def told() -> None:
        try:
            if not rights and not os.geteuid():
                os.setuid(NOBODY)
            work()
        except WorkbookError as error:
            os.write(sender, str(error).encode())

    child = copy_of_this(told)
    os.close(sender)
    os.waitpid(child, 0)
    with os.fdopen(receiver, "rb") as file:
        return file.read().decode()


def test_a_kill_leaves_the_old_or_the_new_file(tmp_path: Path) -> None:
    """20 writers are killed: the file is whole each time, and the next run removes what they left."""
    path, size, seed = tmp_path / "a.xlsx", 3_000_000, random.Random(14)  # noqa: S311 - a test
    write_atomic(path, b"a" * size)

    def write() -> None:
        while True:
            for content in (b"b", b"a"):
                write_atomic(path, content * size)

    left = 0
    for _ in range(KILLS):
        writer = copy_of_this(write)
        time.sleep(seed.uniform(0.01, 0.05))
        os.kill(writer, signal.SIGKILL)
        os.waitpid(writer, 0)
        content = path.read_bytes()
        assert (len(content), len(set(content))) == (size, 1)
        left += len(leftovers(tmp_path))
        remove_leftovers(tmp_path)
        assert leftovers(tmp_path) == []
    assert left  # else nobody was killed while writing


def test_a_temporary_file_in_use_stays(tmp_path: Path) -> None:
    """One that a writer has locked is left alone, one that nobody holds goes; other names are not ours."""
    used, unused, other = (tmp_path / f".xlmodel-{name}.tmp" for name in ("0" * 16, "1" * 16, "notes"))
    for path in (used, unused, other):
        path.write_bytes(b"x")
    holder = start(
        "-c",
        "import fcntl, sys, time; f = open(sys.argv[1]); fcntl.flock(f, fcntl.LOCK_EX); print(flush=True); time.sleep(60)",
        str(used),
    )
    with holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        assert remove_leftovers(tmp_path) == [unused]
        holder.kill()
    assert remove_leftovers(tmp_path) == [used]
    assert other.exists()


def test_two_runs_on_one_folder(tmp_path: Path) -> None:
    """Both end, each file is whole and new, and no temporary file is left."""
    for number in range(3):
        (tmp_path / f"{number}.xlsx").write_bytes(PLAIN)
    runs = [start("-m", "workbook.cli", "regenerate", str(tmp_path), "--jobs", "2") for _ in range(2)]
    ends = [run.communicate(timeout=60) for run in runs]
    for run, (_, errors) in zip(runs, ends, strict=True):
        lines = errors.splitlines()
        assert all("changed while it was worked on" in line for line in lines)
        assert run.returncode == (2 if lines else 0)
    new = {(tmp_path / f"{number}.xlsx").read_bytes() for number in range(3)}
    assert len(new) == 1
    assert new != {PLAIN}
    assert leftovers(tmp_path) == []


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    """The system takes 1,000 bytes of 100,000: one line, the old content, no temporary file."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"old")

    def work() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        write_atomic(path, bytes(100_000))

    assert in_child(work) == f"{path}: cannot be written (File too large)"
    assert path.read_bytes() == b"old"
    assert leftovers(tmp_path) == []


def test_no_rights_to_a_file_or_folder() -> None:
    """A read-only file, and a folder in which nothing may be written, are each one line."""
    with tempfile.TemporaryDirectory() as name:
        folder, path = Path(name), Path(name) / "a.xlsx"
        path.write_bytes(b"old")
        path.chmod(0o444)
        folder.chmod(0o777)
        told = in_child(lambda: write_atomic(path, b"new"), rights=False)
        assert told == f"{path}: the file is read-only; make it writable or choose another name"
        path.chmod(0o666)
        folder.chmod(0o555)
        told = in_child(lambda: write_atomic(path, b"new"), rights=False)
        assert told == f"{path}: cannot be written (Permission denied); close it in Excel"
        folder.chmod(0o755)
        assert path.read_bytes() == b"old"
        assert leftovers(folder) == []


def test_links_modes_and_times_are_kept(tmp_path: Path) -> None:
    """A link stays one and its file is renewed with its mode; what does not change keeps its time and its bytes."""
    real, link = tmp_path / "real.xlsx", tmp_path / "shown" / "link.xlsx"
    real.write_bytes(PLAIN)
    real.chmod(0o640)
    link.parent.mkdir()
    link.symlink_to(real)
    assert main(["regenerate", str(link)]) == 0
    assert (link.is_symlink(), real.stat().st_mode & 0o777) == (True, 0o640)
    new = real.read_bytes()
    assert new != PLAIN
    os.utime(real, ns=(10**18, 10**18))
    assert main(["regenerate", str(link)]) == 0
    assert (real.read_bytes(), real.stat().st_mtime_ns) == (new, 10**18)


def test_a_file_that_vanishes_is_one_line(tmp_path: Path) -> None:
    """Found, and gone when its turn comes: the others are done."""
    gone, there = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    for path in (gone, there):
        path.write_bytes(PLAIN)
    tasks = batch.find_tasks([tmp_path], None)
    gone.unlink()
    first, second = (batch.regenerate_file(task, batch.Options()) for task in tasks)
    assert first.error == f"{gone}: cannot be read (No such file or directory)"
    assert second.changed


def test_a_file_that_changes_meanwhile_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody saves it while it is computed: their version stays, and the line says so."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(PLAIN)
    real = batch.regenerate

    def meanwhile(*arguments: object, **options: object) -> object:
        made = real(*arguments, **options)  # type: ignore[arg-type]
        path.write_bytes(b"saved by somebody")
        return made

    monkeypatch.setattr(batch, "regenerate", meanwhile)
    (task,) = batch.find_tasks([path], None)
    outcome = batch.regenerate_file(task, batch.Options())
    assert outcome.error == f"{path}: changed while it was worked on, and is left as it is now; run it again"
    assert path.read_bytes() == b"saved by somebody"
