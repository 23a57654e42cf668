"""A compact workbook that keeps every rule, in Chinese and English, open to one defect at a time."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference, Series
from openpyxl.formatting.rule import CellIsRule
from openpyxl.packaging.custom import StringProperty
from openpyxl.styles import Alignment, Font, NamedStyle, PatternFill, Protection
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

from workbook.package import Package, finish, read_contents, set_values, update_chart_caches
from xlmodel.engine import compute
from xlmodel.grid import ErrorCode

if TYPE_CHECKING:
    from collections.abc import Callable

    from openpyxl.worksheet.worksheet import Worksheet

    from xlmodel.grid import CellValue

NAMES = {
    "cover": ("封面", "Cover"),
    "inputs": ("输入", "Inputs"),
    "calc": ("测算", "Workings"),
    "result": ("对比", "Compare"),
    "checks": ("检查", "Checks"),
    "prices": ("价格", "Prices"),
    "sources": ("来源", "Sources"),
    "changes": ("变更", "Changes"),
    "notes": ("备忘", "Notes"),
}
ROLES = {
    "inputs": ("输入", "inputs"),
    "calc": ("计算", "calculation"),
    "result": ("结果", "output"),
    "checks": ("检查", "checks"),
    "prices": ("目录", "catalog"),
    "sources": ("目录", "catalog"),
    "changes": ("其他", "other"),
    "notes": ("其他", "other"),
}
STYLES = {  # colour, fill, bold, size
    "Text": ("FF1F2933", "", False, 10),
    "Title": ("FF1F3A5F", "", True, 16),
    "Header": ("FFFFFFFF", "FF1F3A5F", True, 10),
    "Input": ("FF0000FF", "FFFFF9DB", False, 10),
    "Calculation": ("FF1F2933", "", False, 10),
    "Linked Cell": ("FF006100", "", False, 10),
    "Output": ("FF1F2933", "FFE8EEF5", True, 10),
    "Check Cell": ("FF006100", "FFEAF5EA", True, 10),
}
MONEY, WHOLE, RATE = "#,##0.00", "0", "0.0%"
STAND_IN = 1.0


@dataclass
class Draft:
    """The good workbook before it becomes a file.

    Args:
        lang: zh or en.
        book: what openpyxl writes.
        values: results that stand in place of the computed ones, by sheet key and address; None for no result.
        alt: alternative text of the chart.
        patches: changes to the finished package.
        zip_edit: change to the finished bytes.
    """

    lang: str
    book: openpyxl.Workbook = field(default_factory=openpyxl.Workbook)
    values: dict[tuple[str, str], CellValue] = field(default_factory=dict)
    alt: str = "Columns: cost by year"
    patches: list[Callable[[Package], None]] = field(default_factory=list)
    zip_edit: Callable[[bytes], bytes] | None = None

    def pick(self, zh: str, en: str) -> str:
        """Return the text in the workbook's language."""
        return zh if self.lang == "zh" else en

    def name(self, key: str) -> str:
        """Return the name that a sheet has in the good workbook."""
        return self.pick(*NAMES[key])

    def sheet(self, key: str) -> Worksheet:
        """Return a sheet by its key."""
        return self.book[self.name(key)]

    def patch(self, key: str, old: str, new: str, count: int = 1) -> None:
        """Replace text in a part of the finished package: a sheet by its key, else a part by its name."""

        def change(package: Package) -> None:
            part = package.sheets[self.name(key)] if key in NAMES else key
            text = package.parts[part].decode()
            assert old in text, f"{part} has no {old}"
            package.parts[part] = text.replace(old, new, count).encode()

        self.patches.append(change)

    def to_bytes(self) -> bytes:
        """Write the file: results from the engine, chart points, properties, then the defect."""
        stream = io.BytesIO()
        self.book.save(stream)
        package = Package.read(stream.getvalue())
        values = self._results()
        set_values(package, values)

        def value_of(sheet: str, row: int, column: int) -> CellValue:
            cell = self.book[sheet].cell(row, column)
            return values.get(sheet, {}).get(cell.coordinate, cell.value)

        update_chart_caches(package, value_of)
        texts = {sheet.title: [self.alt] for sheet in self.book if sheet._charts}  # noqa: SLF001 - openpyxl lists charts nowhere else
        finish(package, title="Quote", date=dt.date(2026, 11, 21), chart_texts=texts)
        for patch in self.patches:
            patch(package)
        written = package.to_bytes(deterministic=True)
        return self.zip_edit(written) if self.zip_edit else written

    def _results(self) -> dict[str, dict[str, CellValue]]:
        """Give each formula of the good workbook its computed result, a changed one the stand-in."""
        good = good_results(self.lang)
        results: dict[str, dict[str, CellValue]] = {}
        for sheet in self.book:
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.data_type == "f":
                        text, value = good.get((sheet.title, cell.coordinate), ("", STAND_IN))
                        same = text == cell.value
                        results.setdefault(sheet.title, {})[cell.coordinate] = value if same else STAND_IN
        for (key, coordinate), value in self.values.items():
            results.setdefault(self.name(key), {})[coordinate] = value
        return results


@cache
def good_results(lang: str) -> dict[tuple[str, str], tuple[str, CellValue]]:
    """Compute the good workbook: formula and result by sheet and address."""
    book = good_draft(lang).book
    stream = io.BytesIO()
    book.save(stream)
    results: dict[tuple[str, str], tuple[str, CellValue]] = {}
    contents = read_contents(Package.read(stream.getvalue()))
    computed = compute(contents.sheets, None, contents.names, contents.tables)
    for address, value in computed.values.items():
        assert not isinstance(value, ErrorCode), f"{address}: {value}"
        cell = book[address.sheet].cell(address.row, address.column)
        results[address.sheet, cell.coordinate] = str(cell.value), value
    return results


def fill(sheet: Worksheet, address: str, value: object, style: str = "Text", number_format: str = "") -> None:
    """Write a cell."""
    cell = sheet[address]
    cell.value = value
    cell.style = style
    if number_format:
        cell.number_format = number_format


def good_draft(lang: str) -> Draft:
    """Build the good workbook."""
    draft = Draft(lang)
    _install_styles(draft.book)
    draft.book.remove(draft.book.worksheets[0])
    for key in NAMES:
        _frame(draft, draft.book.create_sheet(draft.name(key)), key)
    _inputs(draft)
    _prices(draft)
    _workings(draft)
    _result(draft)
    _checks(draft)
    _records(draft)
    _cover(draft)
    draft.book.properties.creator = "maker"
    draft.book.properties.language = {"zh": "zh-CN"}.get(lang, lang)
    draft.book.custom_doc_props.append(StringProperty(name="catalog date", value="2026-11-21"))
    draft.book.custom_doc_props.append(StringProperty(name="generator version", value="0.1.0"))
    return draft


def _install_styles(book: openpyxl.Workbook) -> None:
    book._fonts[0] = Font(name="Arial", size=10)  # noqa: SLF001 - the default font is reachable nowhere else
    for name, (colour, paint, bold, size) in STYLES.items():
        style = NamedStyle(name=name, font=Font(name="Arial", size=size, bold=bold, color=colour))
        style.protection = Protection(locked=name != "Input")
        if paint:
            style.fill = PatternFill("solid", start_color=paint, end_color=paint)
        book.add_named_style(style)


def _frame(draft: Draft, sheet: Worksheet, key: str) -> None:
    fill(sheet, "A1", sheet.title, "Title")
    fill(sheet, "A2", draft.pick("用途：说明", "Purpose: shows it"))
    fill(sheet, "A3", draft.pick("单位：元", "Units: CNY"))
    fill(sheet, "A4", draft.pick("检查", "Checks"))
    if key != "checks":
        fill(sheet, "B4", "=chk_master", "Check Cell")
    sheet.freeze_panes = "B7"
    sheet.column_dimensions["A"].width = 26
    for letter in "BCDEF":
        sheet.column_dimensions[letter].width = 16
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:6"
    sheet.oddFooter.right.text = "&P / &N"
    sheet.protection.sheet = True


def _header(sheet: Worksheet, *labels: str, row: int = 6) -> None:
    for column, label in enumerate(labels, start=1):
        cell = sheet.cell(row, column, label)
        cell.style = "Header"


def _define(draft: Draft, name: str, key: str, cells: str) -> None:
    draft.book.defined_names[name] = DefinedName(name, attr_text=f"'{draft.name(key)}'!{cells}")


def _inputs(draft: Draft) -> None:
    sheet, pick = draft.sheet("inputs"), draft.pick
    _header(
        sheet,
        pick("名称", "Name"),
        pick("取值", "Value"),
        pick("单位", "Unit"),
        pick("默认", "Default"),
        pick("来源", "Source"),
    )
    rows: tuple[tuple[str, str, object, str, str, str], ...] = (
        ("in_users", pick("日活用户", "Daily users"), 30000, pick("人/天", "users/day"), "src-1", "#,##0"),
        ("in_model", pick("模型", "Model"), "Qwen", "", "src-2", "@"),
        ("in_rate", pick("折现率", "Discount rate"), 0.05, pick("每年", "per year"), "src-1; src-2", RATE),
        ("in_tolerance", pick("容差", "Tolerance"), 0.001, pick("元", "CNY"), "src-2", "0.000"),
    )
    for row, (name, label, value, unit, source, number_format) in enumerate(rows, start=7):
        fill(sheet, f"A{row}", label)
        fill(sheet, f"B{row}", value, "Input", number_format)
        fill(sheet, f"C{row}", unit)
        fill(sheet, f"D{row}", value, "Text", number_format)
        fill(sheet, f"E{row}", source)
        _define(draft, name, "inputs", f"$B${row}")
        kind = "list" if name == "in_model" else "decimal"
        limits = (
            {"formula1": "=list_models"}
            if kind == "list"
            else {"operator": "between", "formula1": "0", "formula2": "1000000"}
        )
        validation = DataValidation(
            type=kind, showErrorMessage=True, error="Within the limits, please", sqref=f"B{row}", **limits
        )
        sheet.add_data_validation(validation)


def _prices(draft: Draft) -> None:
    sheet, pick = draft.sheet("prices"), draft.pick
    _header(sheet, pick("项目", "Item"), pick("值", "Value"), pick("单位", "Unit"), pick("来源", "Source"))
    for row, (item, price) in enumerate((("Qwen", 2.0), ("DeepSeek", 4.0)), start=7):
        fill(sheet, f"A{row}", item)
        fill(sheet, f"B{row}", price, "Input", MONEY)
        fill(sheet, f"C{row}", "CNY/Mtok")
        fill(sheet, f"D{row}", "src-1")
    sheet.add_table(Table(displayName="tbl_prices", ref="A6:D8"))
    _define(draft, "list_models", "prices", "$A$7:$A$8")
    _define(draft, "list_prices", "prices", "$B$7:$B$8")


def _workings(draft: Draft) -> None:
    sheet, pick = draft.sheet("calc"), draft.pick
    years = [pick(f"第{year}年", f"Year {year}") for year in (1, 2, 3)]
    _header(sheet, pick("项", "Line"), pick("单位", "Unit"), *years, pick("合计", "Total"))
    lines = (
        (pick("年序", "Year"), pick("年", "years"), "=COLUMNS($C7:{c}7)", "=MAX(C7:E7)", WHOLE),
        (
            pick("单价", "Price"),
            "CNY/Mtok",
            "=INDEX(list_prices,MATCH(in_model,list_models,0))",
            "=MAX(C8:E8)",
            MONEY,
        ),
        (pick("用量", "Use"), "Mtok", "=in_users*1000*12/1000000", "=SUM(C9:E9)", MONEY),
        (pick("费用", "Cost"), "CNY", "={c}8*{c}9", "=SUM(C10:E10)", MONEY),
        (pick("现值", "Present value"), "CNY", "={c}10/(1+in_rate)^{c}7", "=SUM(C11:E11)", MONEY),
        (pick("函数", "Function"), "CNY", '=LLM_API_COST("Qwen-Plus",in_users)*12', "=SUM(C12:E12)", MONEY),
    )
    for row, (label, unit, text, total, number_format) in enumerate(lines, start=7):
        fill(sheet, f"A{row}", label)
        fill(sheet, f"B{row}", unit)
        for column in "CDE":
            fill(sheet, f"{column}{row}", text.format(c=column), "Calculation", number_format)
        fill(sheet, f"F{row}", total, "Calculation", number_format)


def _result(draft: Draft) -> None:
    sheet, pick = draft.sheet("result"), draft.pick
    years = [pick(f"第{year}年", f"Year {year}") for year in (1, 2, 3)]
    _header(sheet, pick("方案", "Option"), pick("单位", "Unit"), *years, pick("合计", "Total"))
    for row, (label, source) in enumerate(
        ((pick("费用", "Cost"), 10), (pick("现值", "Present value"), 11)), start=7
    ):
        fill(sheet, f"A{row}", label)
        fill(sheet, f"B{row}", "CNY")
        for column in "CDE":
            fill(sheet, f"{column}{row}", f"={draft.name('calc')}!{column}{source}", "Linked Cell", MONEY)
        fill(sheet, f"F{row}", f"=SUM(C{row}:E{row})", "Output", MONEY)
    chart = BarChart()
    chart.title, chart.y_axis.title = "Cost is equal each year", "CNY"
    chart.title.overlay = chart.y_axis.title.overlay = False
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.roundedCorners = False
    chart.append(Series(Reference(sheet, min_col=3, max_col=5, min_row=7), title="Cost"))
    chart.set_categories(Reference(sheet, min_col=3, max_col=5, min_row=6))
    sheet.add_chart(chart, "A10")


def _checks(draft: Draft) -> None:
    sheet, pick = draft.sheet("checks"), draft.pick
    _header(sheet, pick("检查项", "Check"), pick("未通过", "Failed"))
    result, workings = draft.name("result"), draft.name("calc")
    tests = (
        (pick("两条路线一致", "Two routes agree"), f"=IF(ABS({result}!F7-{workings}!F10)<=in_tolerance,0,1)"),
        (pick("用户数不为负", "Users not negative"), "=IF(ISERROR(in_users),1,IF(in_users>=0,0,1))"),
    )
    for row, (label, text) in enumerate(tests, start=7):
        fill(sheet, f"A{row}", label)
        fill(sheet, f"B{row}", text, "Check Cell", WHOLE)
    fill(sheet, "A10", pick("合计", "Total"))
    fill(sheet, "B10", "=SUM(B7:B8)", "Check Cell", WHOLE)
    good, bad = pick("检查通过", "Checks OK"), pick("检查未通过", "CHECK FAILED")
    fill(sheet, "B4", f'=IF(ISERROR(chk_total),"{bad}",IF(chk_total=0,"{good}","{bad}"))', "Check Cell")
    _define(draft, "chk_total", "checks", "$B$10")
    _define(draft, "chk_master", "checks", "$B$4")
    red = Font(name="Arial", size=10, color="FFC00000")
    sheet.conditional_formatting.add("B7:B10", CellIsRule(operator="notEqual", formula=["0"], font=red))


def _records(draft: Draft) -> None:
    pick = draft.pick
    sheet = draft.sheet("sources")
    _header(sheet, pick("来源编号", "Source id"), pick("位置", "Place"), pick("数据日期", "As of"))
    for row, identity in enumerate(("src-1", "src-2"), start=7):
        fill(sheet, f"A{row}", identity)
        fill(sheet, f"B{row}", pick("报告第2节", "report, part 2"))
        fill(sheet, f"C{row}", "2026-06-01")
    sheet = draft.sheet("changes")
    _header(sheet, pick("日期", "Date"), pick("内容", "What"))
    fill(sheet, "A7", dt.date(2026, 11, 21), "Text", "yyyy-mm-dd")
    sheet["A7"].alignment = Alignment(horizontal="left")
    fill(sheet, "B7", pick("首版", "first edition"))
    fill(draft.sheet("notes"), "A7", pick("供讨论", "for discussion"))


def _cover(draft: Draft) -> None:
    sheet, pick = draft.sheet("cover"), draft.pick
    sheet.column_dimensions["A"].width = 44
    fill(sheet, "A7", pick("总费用", "Total cost"))
    fill(sheet, "B7", f"={draft.name('result')}!F7", "Output", MONEY)
    fill(sheet, "A8", pick("符号：费用为正数", "Signs: costs are positive"))
    _header(sheet, pick("工作表", "Sheet"), pick("角色", "Role"), pick("内容", "What"), row=10)
    for row, (key, role) in enumerate(ROLES.items(), start=11):
        fill(sheet, f"A{row}", draft.name(key))
        fill(sheet, f"B{row}", pick(*role))
        fill(sheet, f"C{row}", pick("说明", "shows it"))


@pytest.fixture(params=["zh", "en"])
def draft(request: pytest.FixtureRequest) -> Draft:
    """Give the good workbook in one of the languages."""
    return good_draft(str(request.param))


@pytest.fixture
def draft_in() -> Callable[[str], Draft]:
    """Give what builds the good workbook in a language."""
    return good_draft
