"""Files as openpyxl, XlsxWriter and LibreOffice write them."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from typing import TYPE_CHECKING

import openpyxl
import pytest
import xlsxwriter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula
from openpyxl.worksheet.table import Table

from workbook.package import Package, read_contents
from xlmodel.engine import compute
from xlmodel.errors import WorkbookError
from xlmodel.grid import CellValue, ErrorCode, Formula

if TYPE_CHECKING:
    from pathlib import Path

    from tests.engine.conftest import Recorder
    from xlmodel.grid import Content

EXPECTED = {
    "'报价 A'!A1": 1.5,
    "'报价 A'!A2": 30.0,
    "'报价 A'!A3": 10000.0,
    "'报价 A'!A4": 60.0,
    "'报价 A'!A5": 20.0,
    "'报价 A'!A6": 40.0,
    "'报价 A'!A7": 42.0,
    "'报价 A'!A8": "yes",
    "'报价 A'!A9": 20.0,
    "'报价 A'!A10": ErrorCode.NA,
    "'报价 A'!A11": 60.0,
}


def openpyxl_book() -> bytes:
    """Write a workbook with names, a table, array formulas and our functions."""
    book = openpyxl.Workbook()
    inputs, quote = book.worksheets[0], book.create_sheet("报价 A")
    inputs.title = "Inputs"
    for row in (["item", "value"], ["pear", 10], ["fig", 20]):
        inputs.append(row)
    inputs["C5"] = 10000
    inputs.add_table(Table(displayName="Prices", ref="A1:B3"))
    book.defined_names["in_dau"] = DefinedName("in_dau", attr_text="Inputs!$C$5")
    quote.defined_names["local"] = DefinedName("local", attr_text="'报价 A'!$B$1")
    quote["B1"] = 41
    quote["A1"] = "=SEE(in_dau,,Inputs!A1:B3)"
    quote["A2"] = "=SUM(Prices[value])"
    quote["A3"] = "=in_dau"
    quote["A4"] = ArrayFormula("A4", "=SUM(Inputs!B2:B3*2)")
    quote["A5"] = ArrayFormula("A5:A6", "=Inputs!B2:B3*2")
    quote["A7"] = "=local+1"
    quote["A8"] = '=IF(AND(A7>1,B2="=1+1"),"yes","no")'
    quote["B2"].value, quote["B2"].data_type = "=1+1", "s"
    quote["A9"] = '=_xlfn.XLOOKUP("fig",Prices[item],Prices[value])'
    quote["A10"] = '=SEE_NA("x")+1'
    quote["A11"] = "=SUM(A5:A6)"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def texts(source: bytes | str | Path, recorder: Recorder) -> dict[str, CellValue]:
    """Compute a file whose formulas can all be computed."""
    contents = read_contents(Package.read(source))
    computed = compute(contents.sheets, recorder, contents.names, contents.tables)
    assert computed.uncomputed == {}
    return {str(address): value for address, value in computed.values.items()}


def test_openpyxl_file(recorder: Recorder) -> None:
    """Names, tables, array formulas, new functions and ours are read; a gap is missing, a range rows."""
    assert texts(openpyxl_book(), recorder) == EXPECTED
    assert recorder.calls[0] == (10000.0, None, [["item", "value"], ["pear", 10.0], ["fig", 20.0]])


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed")
def test_libreoffice_file(recorder: Recorder, tmp_path: Path) -> None:
    """The file opened and saved by LibreOffice, which writes unknown names in lower case, computes the same."""
    (tmp_path / "book.xlsx").write_bytes(openpyxl_book())
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            "xlsx:Calc MS Excel 2007 XML",
            "--outdir",
            str(tmp_path / "saved"),
            str(tmp_path / "book.xlsx"),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    assert texts(tmp_path / "saved" / "book.xlsx", recorder) == EXPECTED


def test_xlsxwriter_file(recorder: Recorder, tmp_path: Path) -> None:
    """Calculated table columns, dynamic and fixed arrays, rich text and text that looks like a formula are read."""
    path = tmp_path / "book.xlsx"
    book = xlsxwriter.Workbook(str(path))
    data, page = book.add_worksheet("Data"), book.add_worksheet("S'x")
    for row, cells in enumerate([["item", "n"], ["a", 1], ["b", 2]]):
        data.write_row(row, 0, cells)
    columns = [{"header": "item"}, {"header": "n"}, {"header": "double", "formula": "=[@n]*2"}]
    data.add_table("A1:C3", {"name": "Tab", "columns": columns})
    book.define_name("in_n", "=Data!$B$3")
    page.write_formula("A1", "=in_n+SUM(Tab[double])")
    page.write_dynamic_array_formula("B1:B2", "=SORT(Tab[n],1,-1)")
    page.write_array_formula("C1:C2", "{=Tab[n]*3}")
    page.write_formula("A2", "=SUM(C1:C2)+INDEX(B1:B2,1)")
    page.write_string("D1", "=1+1")
    page.write_rich_string("D2", "ab", book.add_format({"bold": True}), "cd")
    page.write("D3", True)
    page.write_formula("A3", "=D1&D2&D3")
    book.close()
    assert texts(path, recorder) == {
        "Data!C2": 2.0,
        "Data!C3": 4.0,
        "'S''x'!A1": 8.0,
        "'S''x'!B1": 2.0,
        "'S''x'!B2": 1.0,
        "'S''x'!C1": 3.0,
        "'S''x'!C2": 6.0,
        "'S''x'!A2": 11.0,
        "'S''x'!A3": "=1+1abcdTRUE",
    }


def with_sheet(rows: str) -> bytes:
    """Put rows of XML into the first sheet of an empty workbook, as Excel might have written them."""
    file = io.BytesIO()
    openpyxl.Workbook().save(file)
    changed = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                head, _, _ = data.partition(b"<sheetData")
                data = head + f"<sheetData>{rows}</sheetData></worksheet>".encode()
            new.writestr(name, data)
    return changed.getvalue()


def read(data: bytes) -> dict[tuple[int, int], Content]:
    """Read the cells of the sheet that `with_sheet` fills."""
    return read_contents(Package.read(data)).sheets["Sheet"]


def test_shared_formulas(recorder: Recorder) -> None:
    """A shared formula moves with its cell: relative parts shift, fixed ones and texts stay."""
    rows = (
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><f t="shared" ref="B1:B3" si="0">A1*2+$A$1+LEN("A1")</f><v>9</v></c></row>'
        '<row r="2"><c r="A2"><v>2</v></c><c r="B2"><f t="shared" si="0"/><v>9</v></c></row>'
        '<row r="3"><c r="A3"><v>3</v></c><c r="B3"><f t="shared" si="0"/><v>9</v></c></row>'
    )
    assert texts(with_sheet(rows), recorder) == {"Sheet!B1": 5.0, "Sheet!B2": 7.0, "Sheet!B3": 9.0}


def test_cells_of_every_type() -> None:
    """Errors, logicals, dates, escapes, cells without address and stored results of formulas are told apart."""
    rows = (
        '<row><c t="e"><v>#N/A</v></c><c t="b"><v>1</v></c><c t="d"><v>2026-06-01</v></c>'
        '<c t="inlineStr"><is><t>a_x000A_b</t></is></c><c t="str"><f>A1</f><v>old</v></c><c s="0"/></row>'
    )
    assert read(with_sheet(rows)) == {
        (1, 1): ErrorCode.NA,
        (1, 2): True,
        (1, 3): 46174.0,
        (1, 4): "a\nb",
        (1, 5): Formula("A1"),
    }


def test_data_tables_are_refused(recorder: Recorder) -> None:
    """A what-if data table is named, not read as a number."""
    book = openpyxl.Workbook()
    book.worksheets[0]["B2"] = DataTableFormula(ref="B2:B3", dt2D=False, r1="A1")
    file = io.BytesIO()
    book.save(file)
    contents = read_contents(Package.read(file.getvalue()))
    computed = compute(contents.sheets, recorder, contents.names, contents.tables)
    assert [str(cell) for cell in computed.uncomputed] == ["Sheet!B2"]
    assert "TABLE" in next(iter(computed.uncomputed.values()))


def test_a_file_with_a_1904_calendar() -> None:
    """An ISO date is counted from the workbook's own first day: 2026-06-01 is 46174 - 1462 days after 1904-01-01."""
    data = with_sheet('<row><c t="d"><v>2026-06-01T12:00:00</v></c><c t="d"><v>T06:00:00</v></c></row>')
    package = Package.read(data)
    part = package.parts[package.workbook_part]
    package.parts[package.workbook_part] = re.sub(rb"<workbookPr\b", b'<workbookPr date1904="1"', part)
    contents = read_contents(package)
    assert contents.date_system == "1904"
    assert contents.sheets["Sheet"] == {(1, 1): 44712.5, (1, 2): 0.25}


@pytest.mark.parametrize(
    ("written", "code"),
    [("#SPILL!", ErrorCode.SPILL), ("#FIELD!", ErrorCode.FIELD), ("#OOPS!", ErrorCode.VALUE)],
)
def test_errors_beyond_the_classic_seven(written: str, code: ErrorCode) -> None:
    """Later errors are read as themselves, and a code that no Excel knows as #VALUE!."""
    assert read(with_sheet(f'<row><c t="e"><v>{written}</v></c></row>')) == {(1, 1): code}


def test_rows_say_their_number_by_their_cells() -> None:
    """A row without a number takes that of its cells; a cell without an address stands right of the one before."""
    rows = '<row><c r="B5"><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row><row r="9"><c r="a9"><v>4</v></c></row>'
    assert read(with_sheet(rows)) == {(5, 2): 1.0, (5, 3): 2.0, (6, 1): 3.0, (9, 1): 4.0}


def test_names_of_parts_in_another_case() -> None:
    """Parts are the same in upper and lower case, as in a package of Excel's."""
    file, changed = io.BytesIO(openpyxl_book()), io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            new.writestr(name.upper() if name.startswith("xl/") else name, old.read(name))
    contents = read_contents(Package.read(changed.getvalue()))
    assert contents == read_contents(Package.read(openpyxl_book()))
    assert [table.name for table in contents.tables] == ["Prices"]


def test_shared_formulas_with_computed_ends() -> None:
    """Each end of a range moves for itself, and what leaves the sheet is #REF!."""
    rows = (
        '<row r="1"><c r="B1"><f t="shared" ref="B1:C2" si="0">A1:INDEX(B:B,3)</f></c>'
        '<c r="C1"><f t="shared" si="0"/></c><c r="D1"><f t="shared" ref="D1:E1" si="1">XFD1</f></c>'
        '<c r="E1"><f t="shared" si="1"/></c></row><row r="2"><c r="B2"><f t="shared" si="0"/></c></row>'
    )
    assert read(with_sheet(rows)) == {
        (1, 2): Formula("A1:INDEX(B:B,3)"),
        (1, 3): Formula("B1:INDEX(C:C,3)"),
        (1, 4): Formula("XFD1"),
        (1, 5): Formula("#REF!"),
        (2, 2): Formula("A2:INDEX(B:B,3)"),
    }


def test_a_shared_formula_that_no_cell_holds() -> None:
    """The message names the cell."""
    with pytest.raises(WorkbookError, match=r"Sheet!A1: shares a formula that no cell holds; save"):
        read(with_sheet('<row r="1"><c r="A1"><f t="shared" si="3"/></c></row>'))


def test_a_sheet_without_cells_is_empty() -> None:
    """A worksheet part without its list of rows holds nothing."""
    package = Package.read(openpyxl_book())
    part = package.sheet_part("Inputs")
    package.parts[part] = re.sub(rb"<sheetData.*</sheetData>", b"", package.parts[part])
    assert read_contents(package).sheets["Inputs"] == {}


@pytest.mark.parametrize("content", [b"no zip", b"PK\x05\x06" + bytes(18)])
def test_not_a_workbook(content: bytes, tmp_path: Path) -> None:
    """Bytes that are no workbook, and a missing file, give one clear line."""
    with pytest.raises(WorkbookError, match=r"no Excel workbook|part \[Content_Types\]\.xml is missing"):
        Package.read(content)
    with pytest.raises(WorkbookError, match=r"missing.xlsx: cannot be read \(No such file"):
        Package.read(tmp_path / "missing.xlsx")


def test_document_types_are_refused() -> None:
    """A part with a document type, which could expand without end, is not read."""
    file, changed = io.BytesIO(openpyxl_book()), io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            mark = b'<!DOCTYPE x [<!ENTITY a "b">]>' if name == "xl/workbook.xml" else b""
            new.writestr(name, mark + old.read(name))
    with pytest.raises(WorkbookError, match="document type"):
        Package.read(changed.getvalue())
