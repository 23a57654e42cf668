"""The points that charts carry."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import openpyxl
import pytest
import xlsxwriter
from openpyxl.chart import BarChart, Reference

from workbook.package import Package, read_cells, update_chart_caches
from xlmodel.grid import CellValue, ErrorCode

if TYPE_CHECKING:
    from collections.abc import Callable

CHART = "xl/charts/chart1.xml"
SHEET = "成本's 表"


def openpyxl_chart() -> Package:
    """Make a bar chart of three labelled numbers, as openpyxl writes it: without points."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = SHEET
    for row in (["", "费用 & more"], ["api", "=1"], ["rent", "=2"], ["own", "=3"]):
        sheet.append(row)
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=4), titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=2, max_row=4))
    sheet.add_chart(chart, "D1")
    buffer = io.BytesIO()
    book.save(buffer)
    return Package.read(buffer.getvalue())


def excel_chart() -> Package:
    """Make a chart with points and a chart-namespace prefix, as Excel writes it."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet(SHEET)
        for row, cells in enumerate([["", "cost"], ["api", 1.5], ["rent", 2], ["own", 3]]):
            sheet.write_row(row, 0, cells)
        chart = book.add_chart({"type": "column"})
        chart.add_series(
            {
                "name": [SHEET, 0, 1],
                "categories": [SHEET, 1, 0, 3, 0],
                "values": [SHEET, 1, 1, 3, 1],
            },
        )
        sheet.insert_chart("D1", chart)
    return Package.read(buffer.getvalue())


def values_of(table: dict[tuple[int, int], CellValue]) -> Callable[[str, int, int], CellValue]:
    """Give a `value_of` that reads a table and knows no other sheet."""

    def value_of(sheet: str, row: int, column: int) -> CellValue:
        assert sheet == SHEET
        return table.get((row, column))

    return value_of


TABLE: dict[tuple[int, int], CellValue] = {
    (1, 2): "费用 & more",
    (2, 1): "api",
    (3, 1): "rent",
    (4, 1): "own",
    (2, 2): 0.1 + 0.2,
    (3, 2): ErrorCode.DIV0,
}


def test_points_where_there_were_none() -> None:
    """Title, labels and numbers get their points; labels become texts, blanks are left out."""
    package = openpyxl_chart()
    before = package.parts[CHART].decode()
    assert update_chart_caches(package, values_of(TABLE)) == [CHART]
    after = package.parts[CHART].decode()
    title = '<strCache><ptCount val="1"/><pt idx="0"><v>费用 &amp; more</v></pt></strCache>'
    labels = (
        '<strCache><ptCount val="3"/><pt idx="0"><v>api</v></pt><pt idx="1"><v>rent</v></pt>'
        '<pt idx="2"><v>own</v></pt></strCache>'
    )
    numbers = (
        '<numCache><formatCode>General</formatCode><ptCount val="3"/>'
        '<pt idx="0"><v>0.30000000000000004</v></pt><pt idx="1"><v>#N/A</v></pt></numCache>'
    )
    for cache in (title, labels, numbers):
        assert cache in after
    assert "<cat><strRef>" in after
    bare = after.replace(title, "").replace(labels, "").replace(numbers, "")
    assert (
        bare.replace("<cat><strRef>", "<cat><numRef>").replace("</strRef></cat>", "</numRef></cat>") == before
    )


def test_second_run_changes_nothing() -> None:
    """Points that are right already leave the part as it is."""
    package = openpyxl_chart()
    update_chart_caches(package, values_of(TABLE))
    first = package.parts[CHART]
    assert update_chart_caches(package, values_of(TABLE)) == []
    assert package.parts[CHART] == first


def test_points_of_an_excel_chart() -> None:
    """Right points are kept to the byte; one new number changes its point alone."""
    package = excel_chart()
    before = package.parts[CHART].decode()
    cells: dict[tuple[int, int], CellValue]
    cells = {tuple_of(address): cell.value for address, cell in read_cells(package, SHEET).items()}
    assert update_chart_caches(package, values_of(cells)) == []
    cells[3, 2] = 2.25
    assert update_chart_caches(package, values_of(cells)) == [CHART]
    expected = before.replace('<c:pt idx="1"><c:v>2</c:v>', '<c:pt idx="1"><c:v>2.25</c:v>')
    assert expected != before
    assert package.parts[CHART].decode() == expected


def tuple_of(address: str) -> tuple[int, int]:
    """Split an address of one letter."""
    return int(address[1:]), ord(address[0]) - 64


@pytest.mark.parametrize(
    "formula",
    [
        "(Other!$A$1,Other!$A$3)",
        "[1]Other!$A$1:$A$2",
        "names",
        "Other!names",
        "#REF!",
        "Gone!$A$1",
        "Other!$A$0",
    ],
)
def test_references_left_alone(formula: str) -> None:
    """Unions, other files, names and lost sheets keep the points they have."""
    package = openpyxl_chart()
    package.sheets["Other"] = package.sheets[SHEET]
    data = package.parts[CHART].decode()
    package.parts[CHART] = re.sub(r"<f>[^<]*</f>", f"<f>{formula}</f>", data).encode()
    before = package.parts[CHART]
    assert update_chart_caches(package, lambda *_: 1) == []
    assert package.parts[CHART] == before


@pytest.mark.parametrize(
    ("formula", "count"),
    [("Other!$B$2", 1), ("'Other'!B2:C4", 6), ("other!$B$4:$B$2", 3), ("OTHER!$B$2:$D$2", 3)],
)
def test_references_read(formula: str, count: int) -> None:
    """Quoted or bare sheet names, single cells, blocks and any direction are read row by row."""
    package = openpyxl_chart()
    package.sheets["Other"] = package.sheets[SHEET]
    data = package.parts[CHART].decode()
    package.parts[CHART] = re.sub(
        r"<val><numRef><f>[^<]*</f>", f"<val><numRef><f>{formula}</f>", data
    ).encode()
    seen: list[tuple[int, int]] = []

    def value_of(sheet: str, row: int, column: int) -> CellValue:
        if sheet == "Other":
            seen.append((row, column))
        return row * 10 + column

    update_chart_caches(package, value_of)
    assert seen == sorted(seen)
    assert len(seen) == count
    points = "".join(f'<pt idx="{i}"><v>{row * 10 + column}</v></pt>' for i, (row, column) in enumerate(seen))
    assert f'<ptCount val="{count}"/>{points}</numCache></numRef></val>' in package.parts[CHART].decode()


def test_kept_format_and_extension() -> None:
    """New points keep the number formats and the extension of the old ones."""
    package = openpyxl_chart()
    data = package.parts[CHART].decode()
    cache = (
        '<numCache><formatCode>0.0"月"</formatCode><ptCount val="3"/><pt idx="0"><v>1</v></pt>'
        '<pt idx="2" formatCode="0&quot;年&quot;"><v>3</v></pt><extLst><ext uri="u"/></extLst></numCache>'
    )
    package.parts[CHART] = data.replace("</f></numRef></val>", f"</f>{cache}</numRef></val>").encode()
    table: dict[tuple[int, int], CellValue] = {(2, 2): "text", (3, 2): True, (4, 2): 5}
    update_chart_caches(package, values_of(table))
    expected = (
        '<numCache><formatCode>0.0"月"</formatCode><ptCount val="3"/><pt idx="0"><v>0</v></pt>'
        '<pt idx="1"><v>1</v></pt><pt idx="2" formatCode="0&quot;年&quot;"><v>5</v></pt>'
        '<extLst><ext uri="u"/></extLst></numCache>'
    )
    assert expected in package.parts[CHART].decode()
