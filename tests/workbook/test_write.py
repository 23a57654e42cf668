"""A layout's cells arrive in the file as they were meant: values, formulas, formats, heights, headers, links."""

from __future__ import annotations

import datetime as dt
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest

from workbook.canvas import write
from workbook.canvas.book_layout import Layout, Sheet, TableArea
from workbook.canvas.sheet_data import write_cells
from workbook.package import Package, read_cells
from xlmodel.errors import WorkbookError
from xlmodel.functions import default_library
from xlmodel.grid import ErrorCode, Formula

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

ROOT = Path(__file__).parents[2]
NAME = "A & B"


def laid_out() -> tuple[Layout, Sheet]:
    """Return a layout of two sheets; cells go on the first."""
    layout = Layout("en")
    sheet = layout.add(Sheet("first", NAME, "output", "Title", "", ""))
    layout.put(layout.add(Sheet("second", "Second", "output", "Title", "", "")), 1, 1, "target")
    return layout, sheet


def written(layout: Layout) -> bytes:
    """Return the file of a layout."""
    return write.to_bytes(layout, default_library(), title="test", date=dt.date(2026, 1, 1))


def opened(layout: Layout, *, values: bool = False) -> Worksheet:
    """Return the first sheet as openpyxl reads it: formulas, or the values they carry."""
    return openpyxl.load_workbook(io.BytesIO(written(layout)), data_only=values)[NAME]


def blank_package() -> Package:
    """Return a workbook of one empty sheet."""
    book = openpyxl.Workbook()
    book.active.title = NAME
    file = io.BytesIO()
    book.save(file)
    return Package.read(file.getvalue())


@pytest.mark.parametrize(
    ("formula", "value"),
    [("=1/3", 1 / 3), ('="a<b"&" & c"', "a<b & c"), ("=2<3", True), ('=""', None)],
    ids=["number", "text", "logical", "empty text"],
)
def test_a_formula_carries_its_value(formula: str, value: object) -> None:
    """A formula cell holds the formula and what it gives, in the value's own type."""
    layout, sheet = laid_out()
    layout.formula(sheet, 2, 3, formula)
    assert opened(layout)["C2"].value == formula
    found = opened(layout, values=True)["C2"].value
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize("number", [0.1 + 0.2, -1e-300, 123456789012345680.0, 7.0, 0.0])
def test_a_number_reads_back_as_the_same_double(number: float) -> None:
    """Seventeen digits where it takes them."""
    layout, sheet = laid_out()
    layout.put(sheet, 1, 1, number, "Input", "0.00")
    cell = opened(layout)["A1"]
    assert cell.value == number
    assert (cell.style, cell.number_format) == ("Input", "0.00")


@pytest.mark.parametrize(
    "text",
    ["plain 中文", 'a<b>&"c"', " both ends ", "two  spaces", "line\nbreak", "return\rbell\x07", "_x0041_"],
)
def test_a_text_reads_back_as_it_was(text: str) -> None:
    """Markup, spaces, line ends, what XML cannot hold, and what looks like an escape."""
    layout, sheet = laid_out()
    layout.put(sheet, 1, 1, text)
    package = Package.read(written(layout))
    assert read_cells(package, NAME)["A1"].value == text
    spaces = b'xml:space="preserve"' in package.parts[package.sheet_part(NAME)]
    assert spaces == (text != text.strip() or "\n" in text or "  " in text)


def test_a_text_like_a_formula_stays_text() -> None:
    """Excel shows the quote prefix and does not compute; other texts have none."""
    layout, sheet = laid_out()
    layout.put(sheet, 1, 1, "=1+1")
    layout.put(sheet, 2, 1, "1+1")
    page = opened(layout)
    assert (page["A1"].value, page["A1"].data_type, page["A1"].quotePrefix) == ("=1+1", "s", True)
    assert not page["A2"].quotePrefix


@pytest.mark.parametrize("content", [None, ""])
def test_a_blank_cell_keeps_its_format(content: str | None) -> None:
    """A blank cell has its style and no value; an empty text is blank too, so that a formula reads 0."""
    layout, sheet = laid_out()
    layout.put(sheet, 4, 2, content, "Input", "0.0%")
    page = opened(layout)
    cell = page["B4"]
    assert (cell.value, cell.style, cell.number_format) == (None, "Input", "0.0%")
    assert page.dimensions == "B4:B4"


def test_other_types_and_the_place_of_the_format() -> None:
    """Logicals and errors, as constants and as results; rows in order; the dimension spans them."""
    package = blank_package()
    contents = {(3, 28): ErrorCode.NA, (1, 2): True, (3, 2): False}
    write_cells(package, NAME, contents, {}, dict.fromkeys(contents, 0), {2: 20.5})
    part = package.parts[package.sheet_part(NAME)].decode()
    assert part[part.index("<sheetData>") : part.index("</sheetData>")] == (
        '<sheetData><row r="1"><c r="B1" s="0" t="b"><v>1</v></c></row>'
        '<row r="2" ht="20.5" customHeight="1"></row>'
        '<row r="3"><c r="B3" s="0" t="b"><v>0</v></c><c r="AB3" s="0" t="e"><v>#N/A</v></c></row>'
    )
    assert '<dimension ref="B1:AB3"' in part


def test_a_formula_is_escaped() -> None:
    """Markup, and what XML cannot hold, in the formula as in its value."""
    package = blank_package()
    formula = Formula('="<&"&"\x07"')
    write_cells(package, NAME, {(1, 1): formula}, {(1, 1): "<&\x07"}, {(1, 1): 0}, {})
    written_cell = b't="str"><f>"&lt;&amp;"&amp;"_x0007_"</f><v>&lt;&amp;_x0007_</v></c>'
    assert written_cell in package.parts[package.sheet_part(NAME)]


def test_what_no_cell_holds_is_refused_with_its_place() -> None:
    """A number that is not finite names its cell."""
    with pytest.raises(WorkbookError, match=r"A & B!B1: nan is no number"):
        write_cells(blank_package(), NAME, {(1, 2): float("nan")}, {}, {(1, 2): 0}, {})


def test_an_error_value_is_refused() -> None:
    """A layout whose formula gives an error makes no file."""
    layout, sheet = laid_out()
    layout.formula(sheet, 1, 1, "=1/0")
    with pytest.raises(WorkbookError, match="A1: #DIV/0!"):
        written(layout)


def test_heights() -> None:
    """A given height stands, a wrapped text gets a line for each width of its column, others have no height."""
    layout, sheet = laid_out()
    sheet.heights[1] = 31.5
    sheet.widths[1] = 12
    layout.put(sheet, 1, 1, "given")
    layout.put(sheet, 2, 1, "x" * 25, wrap=True)  # 12 - 2 columns a line: 3 lines of 13 points and 4 around
    layout.put(sheet, 3, 1, "x" * 25)
    rows = opened(layout).row_dimensions
    assert (rows[1].height, rows[2].height, rows[3].height) == (31.5, 43, None)


def test_a_table_names_its_columns_after_its_header() -> None:
    """Excel repairs a file whose table and header cells differ."""
    layout, sheet = laid_out()
    headers = ["Item", "a < b", "中文"]
    for column, header in enumerate(headers, start=2):
        layout.put(sheet, 3, column, header, "Header")
        layout.put(sheet, 4, column, float(column))
    sheet.tables.append(TableArea("prices", 3, 2, 4, 4))
    page = opened(layout)
    assert page.tables["prices"].column_names == headers
    assert [cell.value for cell in page["B3:D3"][0]] == headers
    assert page["B3"].style == "Header"


def test_links_lead_to_the_sheet() -> None:
    """A link keeps its cell's text and style, and names its target."""
    layout, sheet = laid_out()
    layout.put(sheet, 2, 1, "go", "Note")
    sheet.links[2, 1] = "second"
    cell = opened(layout)["A2"]
    assert (cell.value, cell.style, cell.hyperlink.target) == ("go", "Note", "#Second!A1")


def test_the_bytes_do_not_depend_on_another_library(tmp_path: Path) -> None:
    """Where lxml is found, openpyxl would write through it, and some texts otherwise."""
    (tmp_path / "lxml").mkdir()
    (tmp_path / "lxml" / "__init__.py").write_text("")
    (tmp_path / "lxml" / "etree.py").write_text("LXML_VERSION = (5, 0, 0, 0)")
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    done = subprocess.run(
        [sys.executable, "-c", "import workbook.canvas.write, openpyxl; print(openpyxl.LXML)"],
        env={**os.environ, "PYTHONPATH": path, "OPENPYXL_LXML": "True"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout.strip() == "False"
