"""Workbooks on an object store and on the workers of a cluster: nothing is lost when a worker is killed."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from typing import TYPE_CHECKING

import pytest
from small_books import CALL, COST, book, shown

from workbook.cli import main
from workbook.renew import spread
from workbook.renew.batch import Options
from workbook.renew.spread import packed, renewed, run_spread
from workbook.renew.stored_files import find_stored
from xlmodel.catalog.load import DATA
from xlmodel.errors import RequestError, WorkbookError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

OLD = book({"A1": (CALL, 100), "B1": ("A1*2", 200)})
NEW = {"S!A1": COST, "S!B1": 2 * COST}


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two workers of one thread, each a process."""
    distributed = pytest.importorskip("distributed", reason="needs the extra cluster")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as made:
        yield made


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An object store on this machine, with a bucket."""
    server = pytest.importorskip("moto.server", reason="needs the extra test").ThreadedMotoServer(port=0)
    s3fs = pytest.importorskip("s3fs", reason="needs the extra cluster")
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("NO_PROXY", "*")
    s3fs.S3FileSystem.clear_instance_cache()
    s3fs.S3FileSystem().mkdir("quotes")
    yield "s3://quotes"
    server.stop()


def test_a_killed_worker_loses_nothing(cluster: Any, tmp_path: Path) -> None:
    """Both workers are killed in turn while twelve workbooks are computed: all are new, each is told once."""
    for number in range(12):
        (tmp_path / f"{number:02}.xlsx").write_bytes(OLD)
    tasks = find_stored([str(tmp_path)], None)
    told = []
    for outcome in run_spread(tasks, Options(), cluster.scheduler_address, None):
        if len(told) in {1, 5}:
            worker = next(iter(cluster.workers.values()))
            os.kill(worker.process.pid, signal.SIGKILL)
        told.append((str(outcome.source), outcome.count("result"), outcome.error))
    assert told == [(task.source, 2, "") for task in tasks]
    assert all(shown((tmp_path / f"{number:02}.xlsx").read_bytes()) == NEW for number in range(12))


def test_an_object_store_is_read_and_written(bucket: str, capsys: pytest.CaptureFixture[str]) -> None:
    """By the command: a folder in place, then again without a change, then one object elsewhere."""
    import s3fs  # noqa: PLC0415 - an extra

    store = s3fs.S3FileSystem()
    store.pipe_file("quotes/2026/a.xlsx", OLD)
    store.pipe_file("quotes/2026/~$a.xlsx", b"a mark of Excel")
    for state in ("changed", "unchanged"):
        assert main(["regenerate", f"{bucket}/2026"]) == 0
        assert capsys.readouterr().out.splitlines()[1].split() == [
            "s3://quotes/2026/a.xlsx", "0", "2" if state == "changed" else "0", "0", state
        ]  # fmt: skip
        assert shown(store.cat_file("quotes/2026/a.xlsx")) == NEW
    assert main(["regenerate", f"{bucket}/2026/a.xlsx", "-o", f"{bucket}/new"]) == 0
    assert shown(store.cat_file("quotes/new/a.xlsx")) == NEW
    assert main(["regenerate", f"{bucket}/2025"]) == 2
    assert "s3://quotes/2025: no .xlsx or .xlsm workbook there" in capsys.readouterr().err


def test_bytes_go_and_come_with_a_catalog_of_their_own(tmp_path: Path) -> None:
    """As on a worker: neither the file nor the catalog folder is there, a message names the file as it was given."""
    folder = tmp_path / "prices"
    shutil.copytree(DATA, folder)
    (folder / "_release.csv").write_text("version,date\n2030.1,2030-01-01\n", encoding="utf-8")
    with (folder / "api_prices.csv").open("a", encoding="utf-8") as file:
        file.write(
            "Qwen-Plus,input,Alibaba,CN,CNY,unknown,CNY/Mtok,,1.6,,,2026-12-01,2026-12-02,cost-2,published,\n"
        )
    facts = packed(folder)
    shutil.rmtree(folder)
    outcome, data = renewed("s3://quotes/a.xlsx", OLD, facts, Options())
    assert (outcome.source, outcome.error) == ("s3://quotes/a.xlsx", "")
    assert shown(data)["S!A1"] == COST + 240 * 0.8
    outcome, data = renewed("s3://quotes/b.xlsx", b"no workbook", facts, Options())
    assert outcome.error.startswith("s3://quotes/b.xlsx: ")
    assert str(tempfile.gettempdir()) not in outcome.error
    assert data == b""


def test_what_cannot_be_reached_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown storage, a missing file and a scheduler that does not answer: a line each, nothing read."""
    with pytest.raises(RequestError, match=r"nosuch://a/b: .*nosuch"):
        find_stored(["nosuch://a/b"], None)
    with pytest.raises(WorkbookError, match=r"memory://none: no \.xlsx or \.xlsm workbook there"):
        find_stored(["memory://none"], None)
    monkeypatch.setattr(spread, "_PATIENCE", 1)
    with pytest.raises(RequestError, match="no scheduler answers there"):
        list(run_spread([], Options(), "tcp://127.0.0.1:1", None))


def test_two_results_of_one_name_are_refused(tmp_path: Path) -> None:
    """Two folders, one of them on a storage, would write one object."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "q.xlsx").write_bytes(OLD)
    with pytest.raises(RequestError, match=r"would both be written to memory://out/q\.xlsx"):
        find_stored([str(tmp_path / "a"), str(tmp_path / "b")], "memory://out")
