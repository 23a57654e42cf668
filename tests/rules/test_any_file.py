"""Files of other programs and damaged files: findings or one clear line, never a crash."""

from __future__ import annotations

import io
import random
import shutil
import subprocess
import zipfile
from typing import TYPE_CHECKING

import openpyxl
import pytest
import xlsxwriter

from workbook.rules import RULES, check_file
from xlmodel.errors import WorkbookError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.rules.conftest import Draft

INDEXED = {identity for identity, rule in RULES.items() if rule.indexed}


def foreign_book() -> bytes:
    """Write a workbook as another program does: no cover, default names, a chart, a table, a far cell."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["item", "cost"])
        for row in range(1, 6):
            sheet.write_row(row, 0, [f"part {row}", row * 1.5])
        sheet.write_formula("B7", "=SUM(B2:B6)*1.13", None, 25.425)
        sheet.write("XFD1048576", "far")
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=Sheet1!$B$2:$B$6"})
        sheet.insert_chart("D2", chart)
    return stream.getvalue()


def test_foreign_workbook_is_checked_without_its_roles() -> None:
    """A workbook without a cover breaks S01 and general rules, and no rule on roles is tried."""
    found = {finding.rule for finding in check_file(foreign_book())}
    assert {"S01", "S03", "S06", "F01", "N01", "K01", "A01", "C01", "P01"} <= found
    assert not found & (INDEXED - {"S01"})


def test_equal_findings_stand_as_one_range() -> None:
    """Five numbers below each other without a format are one finding."""
    found = [str(finding) for finding in check_file(foreign_book(), "a.xlsx") if finding.rule == "N01"]
    assert found == ["a.xlsx: Sheet1!B2:B7: N01 number in the format General; choose one"]


def test_lines_of_findings() -> None:
    """A finding of the file names no sheet, one of a sheet no cell."""
    lines = [str(finding) for finding in check_file(foreign_book(), "a.xlsx")]
    assert any(line.startswith("a.xlsx: K01 no name chk_total") for line in lines)
    assert "a.xlsx: Sheet1: S03 default name; say what the sheet holds" in lines


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed")
def test_workbook_saved_by_libreoffice(tmp_path: Path) -> None:
    """LibreOffice's own file is read, and its formula and number are found."""
    source = tmp_path / "in" / "book.xlsx"
    source.parent.mkdir()
    source.write_bytes(foreign_book_small())
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        "xlsx",
        "--outdir",
        str(tmp_path),
        str(source),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    found = {(finding.rule, finding.cell) for finding in check_file(tmp_path / "book.xlsx")}
    assert ("F01", "A2") in found
    assert ("N01", "A1:A2") in found


def foreign_book_small() -> bytes:
    """Write two cells."""
    book = openpyxl.Workbook()
    book.worksheets[0]["A1"] = 5
    book.worksheets[0]["A2"] = "=A1*7"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    "data",
    [b"", b"name,cost\n", b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old"],
    ids=["empty", "csv", "zip", "xls"],
)
def test_unreadable_file_is_one_line(data: bytes) -> None:
    """What is no workbook gives an error of one line that says what to do."""
    with pytest.raises(WorkbookError) as error:
        check_file(data)
    assert len(str(error.value).splitlines()) == 1


def test_missing_file_is_one_line(tmp_path: Path) -> None:
    """A path without a file is named."""
    with pytest.raises(WorkbookError, match=r"gone\.xlsx"):
        check_file(tmp_path / "gone.xlsx")


def test_path_and_bytes_give_the_same(tmp_path: Path) -> None:
    """A file and its bytes have the same findings under the same name."""
    path = tmp_path / "book.xlsx"
    path.write_bytes(foreign_book_small())
    assert check_file(path) == check_file(path.read_bytes(), str(path))


def rewritten(data: bytes, part: str, content: bytes | None) -> bytes:
    """Replace or drop one part of a package."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
        for entry in old.infolist():
            if entry.filename != part:
                new.writestr(entry, old.read(entry))
            elif content is not None:
                new.writestr(entry, content)
    return stream.getvalue()


def mangled(data: bytes, chance: random.Random) -> bytes:
    """Change a few characters inside the attributes and texts of a part."""
    changed = bytearray(data)
    for _ in range(3):
        place = chance.randrange(len(changed))
        if chr(changed[place]).isalnum():
            changed[place] = chance.choice(b"09azA-.#")
    return bytes(changed)


def test_damaged_parts_never_crash(draft_in: Callable[[str], Draft]) -> None:
    """With any part missing, empty or mangled the check gives findings or a WorkbookError of one line."""
    data = draft_in("zh").to_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    chance = random.Random(4)  # noqa: S311 - the same damage in every run
    outcomes = set()
    for part, content in parts.items():
        for damage in (None, b"", b"<x/>", mangled(content, chance), mangled(content, chance)):
            try:
                outcomes.add(bool(check_file(rewritten(data, part, damage))))
            except WorkbookError as error:
                assert len(str(error).splitlines()) == 1  # noqa: PT017 - either outcome is right
                outcomes.add("refused")
    assert {True, "refused"} <= outcomes
