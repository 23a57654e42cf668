"""Cells written by splicing: golden bytes, part by part and cell by cell."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbook.package import CellChange, CellContent, Package, read_cells, set_constants, set_values
from xlmodel.errors import WorkbookError
from xlmodel.grid import ErrorCode

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
HEAD = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{MAIN}">'
TAIL = "<pageMargins left='0.7' right=\"0.7\" top='1' bottom='1' header='0.3' footer='0.3'/></worksheet>"
NAME = 'It\'s 报价 "A" & B'


def package_of(sheet: str, texts: str = "", chain: str = "") -> Package:
    """Build the smallest package around one worksheet part."""
    target = '<Relationship Id="{0}" Type="' + LINKS + '/{1}" Target="{2}"/>'
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Override PartName="/xl/calcChain.xml" ContentType="chain"/><Override PartName="/x" ContentType="y"/></Types>',
        "_rels/.rels": f"<Relationships>{target.format('a', 'officeDocument', '/xl/workbook.xml')}</Relationships>",
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>'
        '<sheet name="It\'s 报价 &quot;A&quot; &amp; B" sheetId="7" state="hidden" r:id="s"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": "<Relationships>"
        + target.format("s", "worksheet", "worksheets/sheet1.xml")
        + target.format("t", "sharedStrings", "sharedStrings.xml")
        + target.format("c", "calcChain", "calcChain.xml")
        + "</Relationships>",
        "xl/worksheets/sheet1.xml": sheet,
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{texts}</sst>',
        "xl/calcChain.xml": f'<calcChain xmlns="{MAIN}">{chain}</calcChain>',
        "xl/vbaProject.bin": "\x00\x01 macro",
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return Package.read(buffer.getvalue())


def sheet_of(rows: str, before: str = "") -> str:
    """Wrap rows into a worksheet."""
    return f"{HEAD}{before}<sheetData>{rows}</sheetData>{TAIL}"


def written(package: Package) -> str:
    """Give the sheet part of a package after writing and reading it back."""
    again = Package.read(package.to_bytes())
    return again.parts["xl/worksheets/sheet1.xml"].decode()


FORMULA_CASES = [
    ('<c r="A1"><f>B1*2</f><v></v></c>', 0.1 + 0.2, '<c r="A1"><f>B1*2</f><v>0.30000000000000004</v></c>'),
    ('<c r="A1"><f>B1</f><v /></c>', 5, '<c r="A1"><f>B1</f><v>5</v></c>'),
    ('<c r="A1" s="3"><f>B1</f></c>', 1e300, '<c r="A1" s="3"><f>B1</f><v>1e+300</v></c>'),
    ('<c t="str" r="A1"><f>B1</f><v>x</v></c>', -2.5, '<c r="A1"><f>B1</f><v>-2.5</v></c>'),
    ('<c r="A1"><f>B1</f><v>1</v></c>', "a<b & c", '<c r="A1" t="str"><f>B1</f><v>a&lt;b &amp; c</v></c>'),
    ('<c r="A1"><f>B1</f><v>1</v></c>', True, '<c r="A1" t="b"><f>B1</f><v>1</v></c>'),
    ('<c r="A1"><f>B1</f><v>1</v></c>', ErrorCode.NA, '<c r="A1" t="e"><f>B1</f><v>#N/A</v></c>'),
    ('<c r="A1" t="e"><f>B1</f><v>#N/A</v></c>', None, '<c r="A1"><f>B1</f></c>'),
    (
        '<c r="A1" cm="1" vm="2" t=\'e\'><f t="array" ref="A1:A3">_xlfn.SORT(B1:B3)</f><v>#VALUE!</v></c>',
        3,
        '<c r="A1" cm="1"><f t="array" ref="A1:A3">_xlfn.SORT(B1:B3)</f><v>3</v></c>',
    ),
    (
        '<c r="A1"><f t="shared" si="0"/><v>1</v></c>',
        2,
        '<c r="A1"><f t="shared" si="0"/><v>2</v></c>',
    ),
    (
        '<c r="A1">\n <f>B1</f>\n <v>1</v>\n <extLst><ext uri="u"/></extLst></c>',
        2,
        '<c r="A1">\n <f>B1</f>\n <v>2</v>\n <extLst><ext uri="u"/></extLst></c>',
    ),
]


@pytest.mark.parametrize(("before", "value", "after"), FORMULA_CASES)
def test_result_of_a_formula(before: str, value: float | str | ErrorCode | None, after: str) -> None:
    """A result replaces the old one, the formula and every other byte of the part stay."""
    around = '<!-- > kept --><row r="1">{}<c r="B1" t="s"><v>0</v></c></row>'
    package = package_of(sheet_of(around.format(before)), "<si><t>x</t></si>")
    changes = set_values(package, {NAME: {"A1": value}})
    assert [(change.sheet, change.address, change.new) for change in changes] == [(NAME, "A1", value)]
    assert written(package) == sheet_of(around.format(after))
    assert package.changed_parts == ["xl/worksheets/sheet1.xml"]


CONSTANT_CASES = [
    ('<c r="A1" s="4"><v>1</v></c>', 2.5, '<c r="A1" s="4"><v>2.5</v></c>'),
    ('<c r="A1" s="4"/>', 7, '<c r="A1" s="4"><v>7</v></c>'),
    ("<c r='A1' s='4' t='s'><v>0</v></c>", 7, "<c r='A1' s='4'><v>7</v></c>"),
    (
        '<c r="A1" t="s"><v>0</v></c>',
        "新 值",
        '<c r="A1" t="inlineStr"><is><t>新 值</t></is></c>',
    ),
    (
        '<c r="A1" t="inlineStr"><is><r><t>old</t></r><rPh sb="0" eb="1"><t>no</t></rPh></is></c>',
        " new\n",
        '<c r="A1" t="inlineStr"><is><t xml:space="preserve"> new\n</t></is></c>',
    ),
    ('<c r="A1" s="4"><v>1</v></c>', None, '<c r="A1" s="4"/>'),
    ('<c r="A1" s="4" vm="1"><v>1</v></c>', False, '<c r="A1" s="4" t="b"><v>0</v></c>'),
    ('<c r="A1"><v>1</v></c>', "=1+1", '<c r="A1" t="inlineStr"><is><t>=1+1</t></is></c>'),
    (
        '<c r="A1"><v>1</v></c>',
        "a\rb_x0041_",
        '<c r="A1" t="inlineStr"><is><t>a_x000D_b_x005F_x0041_</t></is></c>',
    ),
]


@pytest.mark.parametrize("write", [set_values, set_constants])
@pytest.mark.parametrize(("before", "value", "after"), CONSTANT_CASES)
def test_constant(before: str, value: float | str | None, after: str, write: object) -> None:
    """A constant replaces a constant; texts become inline texts, the format stays."""
    package = package_of(sheet_of(f'<row r="1">{before}</row>'), "<si><t>old</t></si>")
    assert callable(write)
    assert len(write(package, {NAME: {"A1": value}})) == 1
    assert written(package) == sheet_of(f'<row r="1">{after}</row>')
    assert read_cells(package, NAME)["A1"].value == value


SAME_CASES = [
    ('<c r="A1"><f>1</f><v>3.0E-1</v></c>', 0.3),
    ('<c r="A1"><f>1</f><v>5</v></c>', 5.0),
    ('<c r="A1" t="s"><v>0</v></c>', "rich"),
    ('<c r="A1" t="b"><v>1</v></c>', True),
    ('<c r="A1" t="e"><v>#DIV/0!</v></c>', ErrorCode.DIV0),
    ('<c r="A1" t="str"><f>1</f><v>a_x000D_b</v></c>', "a\rb"),
    ('<c r="A1" t="str"><f>1</f><v></v></c>', ""),
    ('<c r="A1" s="1"/>', None),
    ("", None),
]


@pytest.mark.parametrize(("cell", "value"), SAME_CASES)
def test_same_value_changes_no_byte(cell: str, value: float | str | ErrorCode | None) -> None:
    """A cell that shows the value already is not written, and the file stays the very same bytes."""
    rich = '<si><r><t>ri</t></r><r><rPr><b/></rPr><t>ch</t></r><rPh sb="0" eb="1"><t>x</t></rPh></si>'
    package = package_of(sheet_of(f'<row r="1">{cell}</row>'), rich)
    before = package.to_bytes()
    assert set_values(package, {NAME: {"$A$1": value}}) == []
    assert package.changed_parts == []
    assert package.to_bytes() == before


def test_types_are_kept_apart() -> None:
    """TRUE is not 1 and the text 1 is not the number: each is a change."""
    cells = '<c r="A1" t="b"><v>1</v></c><c r="B1"><v>1</v></c><c r="C1"><v>1</v></c>'
    package = package_of(sheet_of(f'<row r="1">{cells}</row>'))
    changes = set_values(package, {NAME: {"A1": 1, "B1": True, "C1": "1"}})
    assert [(change.old, change.new) for change in changes] == [(True, 1), (1, True), (1, "1")]


def test_insertion_in_order() -> None:
    """New cells and rows stand in column and row order, with the range and spans widened to hold them."""
    before = '<dimension ref="B2:D5"/><cols><col min="5" max="6" style="9"/></cols>'
    rows = (
        '<row r="2" spans="2:4"><c r="B2"/><c r="D2"/></row><row r="4" s="8" customFormat="1"/>'
        '<row r="5"></row>'
    )
    package = package_of(sheet_of(rows, before))
    places = ["F2", "A2", "C2", "B4", "A4", "A5", "E9", "C1", "C3"]
    set_values(package, {NAME: dict.fromkeys(places, 1)})
    expected = (
        '<row r="1"><c r="C1"><v>1</v></c></row>'
        '<row r="2" spans="1:6"><c r="A2"><v>1</v></c><c r="B2"/><c r="C2"><v>1</v></c><c r="D2"/>'
        '<c r="F2" s="9"><v>1</v></c></row>'
        '<row r="3"><c r="C3"><v>1</v></c></row>'
        '<row r="4" s="8" customFormat="1"><c r="A4" s="8"><v>1</v></c><c r="B4" s="8"><v>1</v></c></row>'
        '<row r="5"><c r="A5"><v>1</v></c></row>'
        '<row r="9"><c r="E9" s="9"><v>1</v></c></row>'
    )
    assert written(package) == sheet_of(expected, before.replace("B2:D5", "A1:F9"))


PLACES = st.tuples(st.integers(1, 6), st.integers(1, 6))


@settings(max_examples=150, deadline=None)
@given(st.sets(PLACES), st.dictionaries(PLACES, st.integers(1, 9) | st.none()), st.booleans())
def test_any_insertion_keeps_the_order(
    present: set[tuple[int, int]], writes: dict[tuple[int, int], int | None], closed: bool
) -> None:
    """Whatever cells there are and whichever are written: rows and cells ascend, and each holds its value."""
    rows = ""
    for row in sorted({row for row, _ in present}):
        columns = sorted(column for at, column in present if at == row)
        cells = [f'<c r="{"ABCDEF"[c - 1]}{row}"' + ("/>" if closed else "><v>0</v></c>") for c in columns]
        rows += f'<row r="{row}">{"".join(cells)}</row>'
    package = package_of(sheet_of(rows))
    set_values(package, {NAME: {f"{'ABCDEF'[column - 1]}{row}": v for (row, column), v in writes.items()}})
    expected = dict.fromkeys(present, None if closed else 0)
    expected |= {place: value for place, value in writes.items() if value is not None or place in present}
    cells_now = read_cells(package, NAME)
    assert {key: cell.value for key, cell in cells_now.items()} == {
        f"{'ABCDEF'[column - 1]}{row}": value for (row, column), value in sorted(expected.items())
    }
    addresses = [(int(key[1:]), key[0]) for key in cells_now]
    assert addresses == sorted(addresses)


def test_insertion_between_rewritten_cells() -> None:
    """A new cell stands before the cell that the same call rewrites."""
    package = package_of(sheet_of('<row r="1"><c r="A1"><v>1</v></c><c r="C1"><v>3</v></c></row>'))
    set_values(package, {NAME: {"C1": 30, "B1": 20, "A1": 10}})
    values = {address: cell.value for address, cell in read_cells(package, NAME).items()}
    assert list(values.items()) == [("A1", 10), ("B1", 20), ("C1", 30)]


def test_empty_sheet_with_a_prefix() -> None:
    """A sheet without rows, written with a namespace prefix, takes cells with that prefix."""
    head = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData/></x:worksheet>'
    package = package_of(head)
    set_values(package, {NAME: {"B2": "é"}})
    row = '<x:row r="2"><x:c r="B2" t="inlineStr"><x:is><x:t>é</x:t></x:is></x:c></x:row>'
    assert written(package) == head.replace("<x:sheetData/>", f"<x:sheetData>{row}</x:sheetData>")


def test_cells_without_addresses() -> None:
    """Rows and cells that leave out their address stand right of and below the one before."""
    package = package_of(
        sheet_of('<row><c><v>1</v></c><c><v>2</v></c></row><row r="4"/><row><c><v>3</v></c></row>')
    )
    assert {key: cell.value for key, cell in read_cells(package, NAME).items()} == {"A1": 1, "B1": 2, "A5": 3}
    set_values(package, {NAME: {"B1": 20}})
    assert "<c><v>1</v></c><c><v>20</v></c>" in written(package)


def test_constant_in_place_of_a_formula() -> None:
    """The formula goes with its array mark and the calculation chain; format and other parts stay."""
    chain = '<c r="A1" i="7"/><c r="B1"/>'
    cells = (
        '<c r="A1" s="2" cm="1"><f t="array" ref="A1">SUM(B1)</f><v>1</v></c><c r="B1"><f>2</f><v>2</v></c>'
    )
    package = package_of(sheet_of(f'<row r="1">{cells}</row>'), chain=chain)
    assert set_constants(package, {NAME: {"A1": 1}}) == [CellChange(NAME, "A1", 1, 1)]
    assert '<row r="1"><c r="A1" s="2"><v>1</v></c><c r="B1"><f>2</f><v>2</v></c></row>' in written(package)
    assert "xl/calcChain.xml" not in package.parts
    assert (
        b"calcChain" not in package.parts["[Content_Types].xml"] + package.parts["xl/_rels/workbook.xml.rels"]
    )
    assert b'PartName="/x"' in package.parts["[Content_Types].xml"]


def test_shared_formula_outlives_its_holder() -> None:
    """Cells that shared the formula of a cell that becomes a constant get the formula moved to them."""
    rows = (
        '<row r="1"><c r="B1"><f t="shared" ref="B1:B3" si="0">A1*$D$1&amp;"x"</f><v>1</v></c></row>'
        '<row r="2"><c r="B2"><f t="shared" si="0"/><v>2</v></c></row>'
        '<row r="3"><c r="B3"><f ca="1" t="shared" si="0">junk</f><v>3</v></c></row>'
    )
    package = package_of(sheet_of(rows))
    before = {key: cell.formula for key, cell in read_cells(package, NAME).items()}
    assert before == {"B1": '=A1*$D$1&"x"', "B2": '=A2*$D$1&"x"', "B3": '=A3*$D$1&"x"'}
    set_constants(package, {NAME: {"B1": 9, "B2": 8}})
    after = read_cells(package, NAME)
    assert after["B1"] == CellContent(9, None, 0)
    assert after["B2"] == CellContent(8, None, 0)
    assert after["B3"] == CellContent(3, before["B3"], 0)
    assert '<f ca="1">A3*$D$1&amp;"x"</f><v>3</v>' in written(package)


@pytest.mark.parametrize("address", ["A1", "A2"])
def test_array_is_not_torn(address: str) -> None:
    """A constant cannot stand in part of an array formula, and the message names cell and array."""
    rows = '<row r="1"><c r="A1"><f t="array" ref="A1:A2">B1:B2</f><v>1</v></c></row>'
    package = package_of(sheet_of(f'{rows}<row r="2"><c r="A2"><v>2</v></c></row>'))
    with pytest.raises(WorkbookError, match=rf"!{address}: part of the array formula at A1"):
        set_constants(package, {NAME: {address: 5}})
    set_values(package, {NAME: {"A1": 3, "A2": "spilt"}})
    assert '<c r="A2" t="str"><v>spilt</v></c>' in written(package)


def test_read_cells_of_every_kind() -> None:
    """Every kind of cell reads as its value, formula and style."""
    cells = (
        '<c r="A1" s="5" t="s"><v>1</v></c><c r="B1" t="b"><v>0</v></c><c r="C1" t="e"><v>#REF!</v></c>'
        '<c r="D1" t="d"><v>2025-03-01</v></c><c r="E1"><f>SUM(A1)</f></c><c r="F1" t="n"/>'
        '<c r="G1"><f t="dataTable" ref="G1:G2" r1="B1" r2="B2"/><v>4</v></c>'
    )
    package = package_of(sheet_of(f'<row r="1">{cells}</row>'), "<si><t>a</t></si><si><t>二</t></si>")
    assert read_cells(package, NAME) == {
        "A1": CellContent("二", None, 5),
        "B1": CellContent(False, None, 0),
        "C1": CellContent(ErrorCode.REF, None, 0),
        "D1": CellContent(45717, None, 0),
        "E1": CellContent(None, "=SUM(A1)", 0),
        "F1": CellContent(None, None, 0),
        "G1": CellContent(4, "=TABLE(B1,B2)", 0),
    }


@pytest.mark.parametrize(
    ("address", "value", "message"),
    [
        ("A0", 1, "no cell address"),
        ("XFE1", 1, "no cell address"),
        ("A1048577", 1, "no cell address"),
        ("A1:B2", 1, "no cell address"),
        ("B7", float("nan"), "B7: nan is no number"),
        ("B7", float("inf"), "B7: inf is no number"),
        ("B7", 10**400, "B7: a number beyond"),
        ("B7", "x" * 32768, "B7: a text of 32768 characters"),
        ("B7", "\ud83d", "half of a character pair"),
        ("B7", ErrorCode.SPILL, "B7: '#SPILL!' is no error that a cell stores"),
        ("B7", object(), "B7: a object is no cell value"),
    ],
)
def test_refused_values(address: str, value: float, message: str) -> None:
    """What a cell cannot hold is refused in one line, and nothing is written."""
    package = package_of(sheet_of(""))
    with pytest.raises(WorkbookError, match=message) as caught:
        set_values(package, {NAME: {"A1": 1, address: value}})
    assert "\n" not in str(caught.value)
    assert package.changed_parts == []


@pytest.mark.parametrize(
    ("sheet", "message"),
    [
        (
            f'<!DOCTYPE x [<!ENTITY e "1">]><worksheet xmlns="{MAIN}"><sheetData/></worksheet>',
            "document type",
        ),
        (f'<?xml version="1.0" encoding="GBK"?><worksheet xmlns="{MAIN}"/>', "written in GBK"),
        (f'<chartsheet xmlns="{MAIN}"/>', "is no worksheet"),
        (f'<worksheet xmlns="{MAIN}"><sheetData>', "damaged XML"),
        (f'<worksheet xmlns="{MAIN}"><sheetData><row r="x"/></sheetData></worksheet>', "damaged sheet"),
        (sheet_of('<row r="1"><c r="A1"><v>one</v></c></row>'), "A1: damaged cell"),
        (sheet_of('<row r="1"><c r="A1" t="s"><v>8</v></c></row>'), "A1: damaged cell"),
        (sheet_of('<row r="1"><c r="A1" t="s"><v>-1</v></c></row>'), "A1: damaged cell"),
    ],
)
def test_refused_sheets(sheet: str, message: str) -> None:
    """A part that is unsafe, damaged or no worksheet is refused in one line that names the file."""
    with pytest.raises(WorkbookError, match=message) as caught:
        read_cells(package_of(sheet, "<si><t>x</t></si>"), NAME)
    assert str(caught.value).startswith("workbook: ")
    assert "\n" not in str(caught.value)


def test_sheet_names_ignore_case() -> None:
    """A sheet is found as Excel finds it, and an unknown one is named beside those there are."""
    package = package_of(sheet_of(""))
    assert package.sheet_part(NAME.lower()) == "xl/worksheets/sheet1.xml"
    with pytest.raises(WorkbookError, match="no sheet 'Costs'; it has It's 报价"):
        package.sheet_part("Costs")
