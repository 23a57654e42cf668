"""Printing as PDF: what LibreOffice makes of a quote, and what a person is told when it cannot."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from workbook.cli import main
from workbook.quote import pdf
from workbook.quote.pdf import PdfPrinter
from xlmodel.errors import WorkbookError

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="the stand-in for LibreOffice is a shell script"
)
NOT_FOUND = "LibreOffice not found: install it, or print from Excel"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


def _stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Put a program named soffice before the real one."""
    program = tmp_path / "bin" / "soffice"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")


def test_a_quote_is_printed_beside_its_workbook(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Both paths are printed; the PDF shows the stored totals, not #NAME?."""
    if shutil.which("soffice") is None or shutil.which("pdftotext") is None:
        pytest.skip("needs LibreOffice (soffice) and poppler-utils (pdftotext)")
    assert main(["quote", "--scenario", "B", "--lang", "en", "-o", "b.xlsx", "--pdf"]) == 0
    assert capsys.readouterr().out == "b.xlsx\nb.pdf\n"
    assert sorted(path.name for path in folder.iterdir()) == ["b.pdf", "b.xlsx"]
    text = subprocess.run(["pdftotext", "-layout", "b.pdf", "-"], check=True, capture_output=True).stdout
    assert b"468,000" in text  # 2×A100 80GB for 36 months at 6,500
    assert b"#NAME?" not in text


def test_without_libreoffice_nothing_is_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line, status 2, before any work."""
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(pdf, "_PLACES", ())
    assert main(["quote", "-o", "b.xlsx", "--pdf"]) == 2
    assert capsys.readouterr().err == f"xlmodel: {NOT_FOUND}\n"
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("echo source file could not be loaded >&2", " (source file could not be loaded)"),
        ("exit 77", ""),
        # what it leaves unfinished is no PDF
        ('while [ "$1" != --outdir ]; do shift; done; printf half > "$2/quote.pdf"', ""),
    ],
)
def test_a_failure_is_one_line_and_leaves_nothing(
    tmp_path: Path,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    script: str,
    message: str,
) -> None:
    """Neither file appears; what LibreOffice said is passed on."""
    _stand_in(tmp_path, monkeypatch, script)
    assert main(["quote", "-o", "b.xlsx", "--pdf"]) == 2
    assert capsys.readouterr().err == f"xlmodel: b.xlsx: LibreOffice made no PDF{message}; print from Excel\n"
    assert list(folder.iterdir()) == []


def test_libreoffice_is_stopped_with_what_it_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the time allowed, the starter and its child are gone, and so is the temporary folder."""
    note = tmp_path / "child"
    _stand_in(tmp_path, monkeypatch, f"sleep 600 & echo $! > {note}; wait")
    with PdfPrinter() as printer, pytest.raises(WorkbookError) as caught:
        printer.pdf(b"", "b.xlsx", timeout_s=0.5)
    assert str(caught.value) == "b.xlsx: LibreOffice took more than 0.5 s and was stopped; print from Excel"
    status = Path(f"/proc/{note.read_text(encoding='utf-8').strip()}/status")
    for _ in range(100):
        if not status.exists() or "State:\tZ" in status.read_text(encoding="utf-8"):
            return
        time.sleep(0.02)
    pytest.fail("the child is still running")


def test_the_second_print_does_not_pass_off_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A printer that fails after a success says so."""
    made = (
        'while [ "$1" != --outdir ]; do shift; done; grep -q good "$3" && printf %%PDF-1.7 > "$2/quote.pdf"'
    )
    _stand_in(tmp_path, monkeypatch, made)
    with PdfPrinter() as printer:
        assert printer.pdf(b"good", "a.xlsx") == b"%PDF-1.7"
        with pytest.raises(WorkbookError, match=r"^b\.xlsx: LibreOffice made no PDF; print from Excel$"):
            printer.pdf(b"bad", "b.xlsx")
