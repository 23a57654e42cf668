"""`xlmodel regenerate`: many files, the report, and that a failure leaves everything as it was."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
from typing import TYPE_CHECKING

import openpyxl
import pytest
from tabs import tab

from workbook.cli import main
from workbook.isolation import Lost
from workbook.package import Package, set_constants
from workbook.renew import batch
from workbook.renew.change_report import COLUMNS, Change
from workbook.renew.regenerate import UNCHECKED
from workbook.renew.report_files import SUMMARY_COLUMNS, WORKBOOK_COLUMNS, workbook_row, write_report
from workbook.renew.summary import Summary
from xlmodel.catalog.load import DATA
from xlmodel.errors import RequestError
from xlmodel.grid import ErrorCode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Run = Callable[..., tuple[int, str, list[str]]]

PRICE = '=LLM_PRICE("Qwen-Plus","input")'


def book(formula: str = PRICE, label: str = "单价") -> bytes:
    """Write a person's own workbook: a label and a formula beside it."""
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    sheet["A1"].value, sheet["A1"].data_type = label, "s"
    sheet["B1"] = formula
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def shown(path: Path) -> object:
    """Return the stored result of the formula."""
    return openpyxl.load_workbook(path, data_only=True).worksheets[0]["B1"].value


@pytest.fixture
def run(
    tmp_path: Path, doubled_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Return a function that runs the command with the doubled prices: status, stdout, lines of stderr."""
    monkeypatch.chdir(tmp_path)
    batch._library.cache_clear()  # noqa: SLF001 - another test's folder may have had the same name

    def ran(*arguments: str) -> tuple[int, str, list[str]]:
        status = main(["regenerate", "--catalog", str(doubled_folder), *arguments])
        output = capsys.readouterr()
        return status, output.out, output.err.splitlines()

    return ran


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with three workbooks, one of them deeper, and what stands beside open ones."""
    top = tmp_path / "quotes"
    (top / "北京").mkdir(parents=True)
    for name in ("a.xlsx", "b.XLSX", "北京/a.xlsx"):
        (top / name).write_bytes(book())
    for name in ("~$c.xlsx", ".d.xlsx", "notes.txt"):
        (top / name).write_bytes(b"")
    return top


def contents(top: Path) -> dict[str, bytes]:
    """Return every file below a folder."""
    return {str(path.relative_to(top)): path.read_bytes() for path in top.rglob("*") if path.is_file()}


def test_a_folder_is_renewed_in_place(run: Run, folder: Path) -> None:
    """Every workbook at any depth takes the new price; other files stay, no temporary one is left."""
    names = set(contents(folder))
    status, out, errors = run(str(folder))
    assert (status, errors) == (0, [])
    assert [shown(folder / name) for name in ("a.xlsx", "b.XLSX", "北京/a.xlsx")] == [1.6] * 3
    assert set(contents(folder)) == names
    assert out.count("changed") == 3
    before = contents(folder)
    status, out, errors = run(str(folder))
    assert (status, errors, out.count("unchanged"), contents(folder)) == (0, [], 3, before)


def test_an_output_folder_keeps_names_and_subfolders(run: Run, folder: Path, tmp_path: Path) -> None:
    """The results stand below -o, also those without a change, and the sources keep their bytes."""
    (folder / "plain.xlsx").write_bytes(book("=1+1"))
    before = contents(folder)
    assert run(str(folder), "-o", "new/results")[0] == 0
    assert contents(folder) == before
    assert set(contents(tmp_path / "new/results")) == {"a.xlsx", "b.XLSX", "北京/a.xlsx", "plain.xlsx"}
    assert shown(tmp_path / "new/results/北京/a.xlsx") == 1.6


def test_an_output_folder_holds_unchanged_workbooks_too(run: Run, tmp_path: Path) -> None:
    """A workbook that is right already stands below -o with its very bytes."""
    (tmp_path / "a.xlsx").write_bytes(book())
    run("a.xlsx")
    right = (tmp_path / "a.xlsx").read_bytes()
    status, out, _ = run("a.xlsx", "-o", "new")
    assert (status, out.count("unchanged")) == (0, 1)
    assert contents(tmp_path / "new") == {"a.xlsx": right}


def test_one_broken_file_does_not_stop_the_others(run: Run, folder: Path) -> None:
    """Its line goes to stderr, it keeps its bytes, the others are renewed, and the status is 2."""
    (folder / "b.XLSX").write_bytes(book()[:900])
    broken = (folder / "b.XLSX").read_bytes()
    status, out, errors = run(str(folder))
    assert status == 2
    assert len(errors) == 1
    assert errors[0].startswith(f"xlmodel: {folder / 'b.XLSX'}: damaged file")
    assert "not regenerated" in out
    assert (folder / "b.XLSX").read_bytes() == broken
    assert shown(folder / "北京/a.xlsx") == 1.6


def test_processes_give_the_same(run: Run, folder: Path) -> None:
    """Two processes write what one does, and report in the same order."""
    alone = run(str(folder), "-o", "one", "--jobs", "1", "--report", "one.json")
    spread = run(str(folder), "-o", "two", "--jobs", "2", "--report", "two.json")
    top = folder.parent
    assert alone == spread
    assert contents(top / "one") == contents(top / "two")
    assert (top / "one.json").read_bytes() == (top / "two.json").read_bytes()


def test_a_dry_run_reports_and_writes_nothing(run: Run, folder: Path) -> None:
    """The report stands, the workbooks keep their bytes, and no output folder appears."""
    before = contents(folder)
    status, out, errors = run(str(folder), "-o", "new", "--dry-run", "--report", "changes.json")
    assert (status, errors) == (0, [])
    assert out.count("would change") == 3
    assert contents(folder) == before
    assert not (folder.parent / "new").exists()
    told = json.loads((folder.parent / "changes.json").read_text(encoding="utf-8"))
    assert [row["state"] for row in told["workbooks"]] == ["would change"] * 3
    lines = told["cells"]
    assert lines[0] == {
        "file": str(folder / "a.xlsx"),
        "what": "result",
        "sheet": "Sheet",
        "cell": "B1",
        "label": "单价",
        "old": None,
        "new": 1.6,
        "relative_change": None,
        "note": UNCHECKED,
    }
    assert len(lines) == 3


def test_a_report_is_safe_to_open(run: Run, tmp_path: Path) -> None:
    """A label that begins like a formula is written as text; the file opens in Excel as UTF-8."""
    (tmp_path / "a.xlsx").write_bytes(book(label='=HYPERLINK("http://x")'))
    assert run("a.xlsx", "--report", "变更.csv")[0] == 0
    text = (tmp_path / "变更.csv").read_text(encoding="utf-8")
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert rows[0] == [*COLUMNS, *SUMMARY_COLUMNS]
    assert rows[1][:3] == ["a.xlsx", "workbook", ""]
    assert rows[2][: len(COLUMNS)] == [
        "a.xlsx",
        "result",
        "Sheet",
        "B1",
        '\'=HYPERLINK("http://x")',
        "",
        "1.6",
        "",
        UNCHECKED,
    ]


@pytest.mark.parametrize("sign", "=+-@＝＋－＠\t\r\n")
def test_no_text_of_a_report_is_taken_for_a_formula(tmp_path: Path, sign: str) -> None:
    """A text that Excel would compute stands behind an apostrophe, full-width signs included."""
    text = f"{sign}cmd|' /C calc'!A0"
    write_report(tmp_path / "r.csv", [], [("q.xlsx", Change("result", "S", "A1", text, 1.0, 2.0))])
    with (tmp_path / "r.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [*csv.reader(file)][1][4] == f"'{text}"


def test_a_report_writes_every_kind_of_value(tmp_path: Path) -> None:
    """Numbers with all digits, logicals, errors and nothing; a negative number is no formula."""
    changes = [
        ("q.xlsx", Change("result", "S", "A1", "", -0.1, -0.30000000000000004)),
        ("q.xlsx", Change("result", "S", "A2", "", True, ErrorCode.NA, "none")),
    ]
    write_report(tmp_path / "r.csv", [], changes)
    blank = "," * len(SUMMARY_COLUMNS)
    assert (tmp_path / "r.csv").read_text(encoding="utf-8-sig").splitlines()[1:] == [
        f"q.xlsx,result,S,A1,,-0.1,-0.30000000000000004,2.0000000000000004,{blank}",
        f"q.xlsx,result,S,A2,,TRUE,#N/A,,none{blank}",
    ]
    write_report(tmp_path / "r.json", [], [])
    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8")) == {"workbooks": [], "cells": []}
    with pytest.raises(RequestError, match=r"\.csv, \.json or \.xlsx"):
        write_report(tmp_path / "r.txt", [], [])


ROW = workbook_row(
    "q.xlsx",
    Summary("=1+1", 200.0, 250.0, "api A", "own B", 0.0, 2.0, 2),
    {"figure": 1, "result": 5, "kept": 0},
    "changed",
)


def test_a_report_begins_with_the_workbooks(tmp_path: Path) -> None:
    """250 / 200 - 1 = 25 %; the same line in CSV, JSON and .xlsx, where a customer `=1+1` stays a text."""
    change = [("q.xlsx", Change("result", "S", "A1", "", 1.0, 2.0))]
    for name in ("r.csv", "r.json", "r.xlsx"):
        write_report(tmp_path / name, [ROW], change)
    line = {
        "file": "q.xlsx",
        "customer": "=1+1",
        "total_old": 200.0,
        "total_new": 250.0,
        "relative_change": 0.25,
        "answer_old": "api A",
        "answer_new": "own B",
        "checks_failing_old": 0.0,
        "checks_failing_new": 2.0,
        "checks_turned": 2,
        "figures": 1,
        "results": 5,
        "kept": 0,
        "state": "changed",
        "note": "",
    }
    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["workbooks"] == [line]
    first, *rest = csv.DictReader(io.StringIO((tmp_path / "r.csv").read_text(encoding="utf-8-sig")))
    assert (first["what"], first["label"], first["relative_change"]) == ("workbook", "'=1+1", "0.25")
    assert (first["old"], first["new"], first["answer_new"]) == ("200.0", "250.0", "own B")
    assert [row["what"] for row in rest] == ["result"]
    made = openpyxl.load_workbook(tmp_path / "r.xlsx")
    assert made.sheetnames == ["Workbooks", "Cells"]
    assert [cell.value for cell in made["Workbooks"][2]] == [
        line[name] or (None if name == "note" else line[name]) for name in WORKBOOK_COLUMNS
    ]
    assert made["Workbooks"]["B2"].data_type == "s"
    assert made["Cells"].max_row == 2


def test_a_quote_is_summed_up(run: Run, tmp_path: Path, quote: bytes) -> None:
    """A doubled price moves the answer's total or the answer; --json gives a line a workbook, --fail-on-change tells."""
    (tmp_path / "q.xlsx").write_bytes(quote)
    status, out, _ = run("q.xlsx", "--json", "--fail-on-change", "--dry-run")
    header, row = json.loads(out)
    told = dict(zip(header, row, strict=True))
    assert told["total_old"] == dict(zip(*json.loads(run("q.xlsx", "--json")[1]), strict=True))["total_old"]
    assert told["answer_old"]
    assert told["checks_failing_old"] == told["checks_failing_new"] == 0
    assert status == int(told["answer_old"] != told["answer_new"])


def test_kept_figures_are_told(run: Run, tmp_path: Path, quote: bytes, place: Callable[..., str]) -> None:
    """A corrected rent is a line on the terminal, with what the catalog says; --force makes it a figure."""
    package = Package.read(quote)
    at, sheet = (
        place(quote, "GPU rental prices", "A100 80GB", "reserved_month"),
        tab(package.sheets, "GPU rental prices"),
    )
    set_constants(package, {sheet: {at: 7000}})
    (tmp_path / "q.xlsx").write_bytes(package.to_bytes())
    status, out, _ = run("q.xlsx", "--dry-run")
    kept = f"kept: q.xlsx: {sheet}!{at} A100 80GB reserved_month: 7,000, the catalog says 13,000"
    assert status == 0
    assert kept in out
    assert "7,000 -> 13,000 (cost-3, as of 2026-12-03)" in run("q.xlsx", "--dry-run", "--force")[1]


def test_a_formula_that_fails_now_is_status_1(run: Run, tmp_path: Path) -> None:
    """The error stands in the cell, and its reason on stderr."""
    (tmp_path / "a.xlsx").write_bytes(book('=LLM_PRICE("Qwen-Plsu","input")'))
    status, _, errors = run("a.xlsx")
    assert status == 1
    assert len(errors) == 1
    assert errors[0].startswith("xlmodel: a.xlsx: Sheet!B1 is now #N/A: ")
    assert "Qwen-Plus" in errors[0]
    assert shown(tmp_path / "a.xlsx") == "#N/A"
    assert run("a.xlsx")[0] == 0  # it was an error before


def test_a_file_open_in_excel_is_left_alone(run: Run, tmp_path: Path) -> None:
    """Excel's owner file beside a workbook stops a write in place; -o elsewhere works."""
    data = book()
    (tmp_path / "a.xlsx").write_bytes(data)
    (tmp_path / "~$a.xlsx").write_bytes(b"")
    status, _, errors = run("a.xlsx")
    assert (status, (tmp_path / "a.xlsx").read_bytes()) == (2, data)
    assert errors == [
        "xlmodel: a.xlsx: open in Excel; close it, or delete ~$a.xlsx if it was left behind, or use -o"
    ]
    assert run("a.xlsx", "-o", "new")[0] == 0
    assert shown(tmp_path / "new/a.xlsx") == 1.6


def test_a_read_only_file_is_kept(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A workbook that may not be written stops with one line, and keeps its bytes."""
    data = book()
    (tmp_path / "a.xlsx").write_bytes(data)
    monkeypatch.setattr(os, "access", lambda _path, mode: mode != os.W_OK)
    status, _, errors = run("a.xlsx")
    assert (status, len(errors), (tmp_path / "a.xlsx").read_bytes()) == (2, 1, data)
    assert "a.xlsx: the file is read-only" in errors[0]


def test_a_folder_that_refuses_is_one_line(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system refuses the write, the old file stands and nothing is left beside it."""
    data = book()
    (tmp_path / "a.xlsx").write_bytes(data)

    def refuse(_descriptor: int) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "fsync", refuse)
    status, _, errors = run("a.xlsx")
    assert (status, contents(tmp_path)) == (2, {"a.xlsx": data})
    assert errors == ["xlmodel: a.xlsx: cannot be written (Permission denied); close it in Excel"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["no.xlsx"], "no.xlsx: no such file or folder"),
        (["empty"], "empty: no .xlsx or .xlsm workbook in this folder"),
        (["a.xlsx", "-o", "a.xlsx"], "a.xlsx: a file; give -o a folder"),
        (["a.xlsx", "more/a.xlsx", "-o", "new"], "would both be written to new/a.xlsx"),
        (["a.xlsx", "--report", "r.txt"], "r.txt: the report is a .csv, .json or .xlsx file"),
        (["a.xlsx", "--report", "no/r.csv"], "no/r.csv: the folder no does not exist"),
        (["a.xlsx", "--catalog", "nowhere"], "nowhere: no such folder"),
        (["a.xlsx", "--jobs", "0"], "--jobs"),
    ],
)
def test_wrong_use_is_one_line_and_no_change(
    run: Run, tmp_path: Path, arguments: list[str], message: str
) -> None:
    """Status 2, one line that says what and where, and every file as it was."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "more").mkdir()
    for name in ("a.xlsx", "more/a.xlsx"):
        (tmp_path / name).write_bytes(book())
    before = contents(tmp_path)
    status, _, errors = run(*arguments)
    assert (status, len(errors), contents(tmp_path)) == (2, 1, before)
    assert message in errors[0]


def test_a_catalog_that_fails_its_check_is_refused(run: Run, tmp_path: Path) -> None:
    """A rent of 65,000,000 a month can be read, and is no price of a GPU: the line says file, row and limits."""
    shutil.copytree(DATA, tmp_path / "prices")
    with (tmp_path / "prices/gpu_rental.csv").open("a", encoding="utf-8") as file:
        file.write(
            "A100 80GB,reserved_month,,CN,CNY,unknown,CNY/month,,65000000,,,2026-11-02,2026-11-02,cost-3,published,\n"
        )
    (tmp_path / "a.xlsx").write_bytes(book())
    before = contents(tmp_path)
    status, _, errors = run("a.xlsx", "--catalog", "prices")
    assert (status, len(errors), contents(tmp_path)) == (2, 1, before)
    line = len((DATA / "gpu_rental.csv").read_text(encoding="utf-8").splitlines()) + 1
    assert errors[0].startswith(
        f"xlmodel: prices: gpu_rental.csv:{line}: value: A100 80GB reserved_month: 65000000 CNY is outside"
    )


def test_an_output_below_a_file_is_one_line(run: Run, tmp_path: Path) -> None:
    """A folder that cannot be made stops that file."""
    (tmp_path / "a.xlsx").write_bytes(book())
    status, _, errors = run("a.xlsx", "-o", "a.xlsx/new")
    assert (status, len(errors)) == (2, 1)
    assert "a.xlsx/new: cannot be created (Not a directory)" in errors[0]


def test_a_file_given_twice_is_done_once(run: Run, folder: Path) -> None:
    """The folder and a file in it: three workbooks."""
    _, out, _ = run(str(folder), str(folder / "a.xlsx"), "--dry-run")
    assert out.count("would change") == 3


def test_a_fault_of_the_program_stops_one_file(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An exception that nobody foresaw is one line for its file, and the others are done."""
    real = batch.regenerate

    def faulty(source: Path, *arguments: object, **options: object) -> object:
        if source.name == "b.XLSX":
            raise ZeroDivisionError("b")
        return real(source, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(batch, "regenerate", faulty)
    status, _, errors = run(str(folder), "--jobs", "1")
    assert (status, len(errors)) == (2, 1)
    assert "b.XLSX: internal error at test_regenerate_command.py" in errors[0]
    assert shown(folder / "北京/a.xlsx") == 1.6


def test_a_process_that_ends_early_is_one_line_a_file(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file whose worker was lost is named with the reason, and the others are done."""

    def lossy(work: Callable[[batch.Task], object], tasks: list[batch.Task], _count: int) -> Iterator[object]:
        for task in tasks:
            yield Lost("its process ended early") if task.source.name == "b.XLSX" else work(task)

    monkeypatch.setattr(batch, "run_isolated", lossy)
    status, _, errors = run(str(folder), "--jobs", "2")
    assert (status, len(errors)) == (2, 1)
    assert errors[0].endswith("b.XLSX: its process ended early")
    assert shown(folder / "北京/a.xlsx") == 1.6
