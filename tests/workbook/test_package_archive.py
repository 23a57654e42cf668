"""The package as a file: read, refused, written, written again."""

from __future__ import annotations

import io
import os
import zipfile
from typing import TYPE_CHECKING

import openpyxl
import pytest
import xlsxwriter
from openpyxl.workbook.defined_name import DefinedName

from workbook.package import Package, defined_names, read_cells, set_values, write_atomic
from xlmodel.errors import WorkbookError

if TYPE_CHECKING:
    from pathlib import Path

    from xlmodel.grid import CellValue


def openpyxl_book() -> bytes:
    """Make a small workbook with names."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "输入 (CNY)"
    sheet["A1"], sheet["B1"] = 1, "=A1*2"
    book.create_sheet("隐藏").sheet_state = "hidden"
    book.defined_names["in_price"] = DefinedName("in_price", attr_text="'输入 (CNY)'!$A$1")
    book["隐藏"].defined_names["local"] = DefinedName("local", attr_text="隐藏!$A$1:$B$2")
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    """Save to bytes."""
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def macro_book(folder: Path) -> bytes:
    """Make a workbook with a VBA project and shared strings, as Excel stores them."""
    project = folder / "vbaProject.bin"
    project.write_bytes(bytes(range(256)) * 8)
    path = folder / "macro.xlsm"
    with xlsxwriter.Workbook(path) as book:
        book.add_vba_project(str(project))
        sheet = book.add_worksheet("报价")
        sheet.write("A1", "text")
        sheet.write_formula("B1", "=1+1", value=2)
    return path.read_bytes()


def contents(data: bytes) -> dict[str, bytes]:
    """Give the parts by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_names_and_settings() -> None:
    """Sheets, defined names (local ones with their sheet) and calculation settings are read."""
    package = Package.read(openpyxl_book())
    assert package.sheets == {"输入 (CNY)": "xl/worksheets/sheet1.xml", "隐藏": "xl/worksheets/sheet2.xml"}
    assert defined_names(package) == {"in_price": "'输入 (CNY)'!$A$1", "隐藏!local": "隐藏!$A$1:$B$2"}
    assert package.calc_pr["fullCalcOnLoad"] == "1"


def test_only_the_touched_part_differs(tmp_path: Path) -> None:
    """After one value an .xlsm keeps the order, dates and content of every other part, the macros included."""
    before = macro_book(tmp_path)
    package = Package.read(before)
    assert len(set_values(package, {"报价": {"B1": 3}})) == 1
    after = package.to_bytes()
    old, new = contents(before), contents(after)
    assert list(old) == list(new)
    assert [name for name in old if old[name] != new[name]] == ["xl/worksheets/sheet1.xml"]
    assert len(old["xl/vbaProject.bin"]) == 2048
    with zipfile.ZipFile(io.BytesIO(before)) as a, zipfile.ZipFile(io.BytesIO(after)) as b:
        for one, two in zip(a.infolist(), b.infolist(), strict=True):
            assert (one.date_time, one.compress_type, one.external_attr) == (
                two.date_time,
                two.compress_type,
                two.external_attr,
            )


def test_second_run_changes_nothing(tmp_path: Path) -> None:
    """Writing the same values again gives the very same file."""
    package = Package.read(macro_book(tmp_path))
    values: dict[str, dict[str, CellValue]] = {"报价": {"A1": "new", "B1": 1 / 3, "D9": True}}
    assert len(set_values(package, values)) == 3
    first = package.to_bytes()
    again = Package.read(first)
    assert set_values(again, values) == []
    assert again.to_bytes() == first


def test_deterministic_bytes(tmp_path: Path) -> None:
    """Equal parts give equal bytes whatever the order, date and attributes they came with."""
    package = Package.read(openpyxl_book())
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(package.parts, reverse=True):
            archive.writestr(zipfile.ZipInfo(name, (2024, 2, 29, 1, 2, 4)), package.parts[name])
    shuffled = Package.read(buffer.getvalue())
    data = package.to_bytes(deterministic=True)
    assert shuffled.to_bytes(deterministic=True) == data
    path = tmp_path / "a.xlsx"
    path.write_bytes(data)
    assert Package.read(path).to_bytes(deterministic=True) == data
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert names[:2] == ["[Content_Types].xml", "_rels/.rels"]
    assert names[2:5] == ["docProps/app.xml", "docProps/core.xml", "xl/workbook.xml"]


def damaged(name: str, replacement: bytes | None) -> bytes:
    """Give a workbook with one part replaced or missing."""
    parts = contents(openpyxl_book())
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for part, data in parts.items():
            if part != name:
                archive.writestr(part, data)
            elif replacement is not None:
                archive.writestr(part, replacement)
    return buffer.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
BINARY = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" '
    b'Type="http://x/officeDocument" Target="xl/workbook.bin"/></Relationships>'
)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "no Excel workbook"),
        (b"a,b\n1,2\n", "no Excel workbook"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        (OLE + "Workbook".encode("utf-16-le"), "an old Excel file"),
        (b"PK\x03\x04 broken", "damaged file"),
        (openpyxl_book()[:-30], "damaged file"),
        (damaged("[Content_Types].xml", None), r"\[Content_Types\].xml is missing"),
        (damaged("_rels/.rels", None), "holds no workbook"),
        (damaged("_rels/.rels", BINARY), "a binary .xlsb"),
        (damaged("xl/workbook.xml", None), "xl/workbook.xml is missing"),
        (damaged("xl/workbook.xml", b"<w"), "xl/workbook.xml: damaged XML"),
        (damaged("xl/workbook.xml", b"\xff\xfe<\x00w\x00/\x00>\x00"), "written in UTF-16"),
        (damaged("xl/worksheets/sheet2.xml", None), "the part of sheet '隐藏' is missing"),
    ],
)
def test_refused_files(data: bytes, message: str, tmp_path: Path) -> None:
    """What is no workbook, damaged or locked is refused in one line that begins with the file."""
    path = tmp_path / "quote.xlsx"
    path.write_bytes(data)
    with pytest.raises(WorkbookError, match=message) as caught:
        Package.read(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


def test_damaged_content_is_refused() -> None:
    """A part whose checksum is wrong is not read as if it were right."""
    data = bytearray(openpyxl_book())
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entry = archive.getinfo("xl/styles.xml")
    data[entry.header_offset + 30 + len(entry.filename) + 40] ^= 0xFF
    package = Package.read(bytes(data))
    with pytest.raises(WorkbookError, match="workbook: damaged file"):
        package.part("xl/styles.xml")


def test_part_held_twice_is_refused() -> None:
    """Two parts of one name leave open which one counts."""
    buffer = io.BytesIO(openpyxl_book())
    with zipfile.ZipFile(buffer, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("xl/styles.xml", "<x/>")
    with pytest.raises(WorkbookError, match=r"holds xl/styles\.xml twice"):
        Package.read(buffer.getvalue())


def test_missing_file(tmp_path: Path) -> None:
    """A path without a file, or of a folder, is refused by its name."""
    for path in (tmp_path / "none.xlsx", tmp_path):
        with pytest.raises(WorkbookError, match="cannot be read") as caught:
            Package.read(path)
        assert str(path) in str(caught.value)


def test_write_replaces_whole(tmp_path: Path) -> None:
    """A write leaves the new content, the old permissions and a link's target, and no other file."""
    path = tmp_path / "报价.xlsx"
    write_atomic(path, b"one")
    path.chmod(0o640)
    link = tmp_path / "link.xlsx"
    link.symlink_to(path)
    write_atomic(str(link), b"two")
    assert path.read_bytes() == b"two"
    assert path.stat().st_mode & 0o777 == 0o640
    assert link.is_symlink()
    assert {entry.name for entry in tmp_path.iterdir()} == {"报价.xlsx", "link.xlsx"}


def test_write_refuses(tmp_path: Path) -> None:
    """A folder as target, a missing folder and a file as folder are refused in one line."""
    file = tmp_path / "file"
    file.write_bytes(b"")
    for path, message in (
        (tmp_path, "a folder"),
        (tmp_path / "no" / "a.xlsx", "does not exist"),
        (file / "a.xlsx", "does not exist"),
        (tmp_path / ("x" * 300), "cannot be written"),
    ):
        with pytest.raises(WorkbookError, match=message) as caught:
            write_atomic(path, b"data")
        assert "\n" not in str(caught.value)
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_read_only_file_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that may not be written is refused, though its folder would let it be replaced."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "access", lambda _path, mode: mode != os.W_OK)
    with pytest.raises(WorkbookError, match="read-only"):
        write_atomic(path, b"new")
    assert path.read_bytes() == b"old"


def test_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk fails midway the old file stands and no temporary one is left."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"old")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(WorkbookError, match=r"cannot be written \(No space left on device\)"):
        write_atomic(path, b"new")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.xlsx"]


@pytest.mark.parametrize(("method", "level"), [(zipfile.ZIP_DEFLATED, 9), (zipfile.ZIP_STORED, None)])
def test_unchanged_parts_stay_as_they_are_compressed(method: int, level: int | None) -> None:
    """After a change of one sheet every other part has the very bytes that the file held, and all are sound."""
    book = openpyxl.Workbook()
    book.worksheets[0]["A1"] = "长文" * 400
    book.create_sheet("注").append([1, 2, 3])
    plain, source = io.BytesIO(), io.BytesIO()
    book.save(plain)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(source, "w", method, compresslevel=level) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    package = Package.read(source.getvalue())
    set_values(package, {"注": {"A1": 7}})
    changed = package.sheet_part("注")
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(io.BytesIO(package.to_bytes())) as new:
        assert new.testzip() is None
        assert new.namelist() == old.namelist()
        for name in old.namelist():
            one, two = old.getinfo(name), new.getinfo(name)
            assert (one.compress_type, one.date_time) == (two.compress_type, two.date_time)
            if name != changed:
                assert (one.compress_size, one.CRC) == (two.compress_size, two.CRC)
                assert old.read(name) == new.read(name)
    assert read_cells(Package.read(package.to_bytes()), "注")["A1"].value == 7
