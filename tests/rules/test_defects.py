"""Mutation tests: each seeded defect fires exactly its rule, and every rule has at least one."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import pytest
from openpyxl.formatting.rule import CellIsRule, DataBarRule
from openpyxl.packaging.custom import StringProperty
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.workbook.defined_name import DefinedName

from workbook.rules import RULES, check_file
from xlmodel.grid import ErrorCode

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from tests.rules.conftest import Draft
    from workbook.package import Package

Edit = Callable[["Draft"], None]


class Defect(NamedTuple):
    """A rule, what is done to the good workbook, and a second rule with the reason why it must fire too."""

    rule: str
    what: str
    edit: Edit
    also: str = ""
    reason: str = ""


def put(key: str, address: str, value: object, style: str = "", number_format: str = "") -> Edit:
    """Write a cell; a style and format that are not given stay."""

    def edit(draft: Draft) -> None:
        cell = draft.sheet(key)[address]
        cell.value = value
        if style:
            cell.style = style
        if number_format:
            cell.number_format = number_format

    return edit


def look(key: str, address: str, **attributes: object) -> Edit:
    """Change the look of a cell."""

    def edit(draft: Draft) -> None:
        for name, value in attributes.items():
            setattr(draft.sheet(key)[address], name, value)

    return edit


def on(key: str, change: Callable[[Worksheet], object]) -> Edit:
    """Change a sheet."""
    return lambda draft: (change(draft.sheet(key)), None)[1]


def patch(part: str, old: str, new: str) -> Edit:
    """Replace text in a finished part."""
    return lambda draft: draft.patch(part, old, new)


def add_part(name: str, data: bytes = b"<x/>") -> Edit:
    """Add a part to the finished package."""

    def add(package: Package) -> None:
        package.parts[name] = data

    return lambda draft: draft.patches.append(add)


def define(name: str, key: str, cells: str) -> Edit:
    """Define a name."""

    def edit(draft: Draft) -> None:
        text = f"'{draft.name(key)}'!{cells}" if key else cells
        draft.book.defined_names[name] = DefinedName(name, attr_text=text)

    return edit


def undefine(name: str) -> Edit:
    """Remove a name."""
    return lambda draft: draft.book.defined_names.__delitem__(name)


def total(text: str) -> Edit:
    """Replace the formula of a total, which stands right of its time row."""
    return put("calc", "F10", text)


def prop(**values: str | None) -> Edit:
    """Change document properties."""

    def edit(draft: Draft) -> None:
        for name, value in values.items():
            setattr(draft.book.properties, name, value)

    return edit


def both(*edits: Edit) -> Edit:
    """Do one after the other."""
    return lambda draft: ([edit(draft) for edit in edits], None)[1]


def setting(**attributes: object) -> Edit:
    """Change calculation settings of the finished file."""
    text = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return patch("xl/workbook.xml", "<calcPr ", f"<calcPr{text} ")


def custom(name: str, value: str) -> Edit:
    """Replace a custom property, or (without a value) remove it."""

    def edit(draft: Draft) -> None:
        del draft.book.custom_doc_props[name]
        if value:
            draft.book.custom_doc_props.append(StringProperty(name=name, value=value))

    return edit


def result_of(key: str, address: str, value: object) -> Edit:
    """Give a formula another stored result."""
    return lambda draft: draft.values.__setitem__((key, address), value)  # type: ignore[arg-type]


def rename_notes(name: str) -> Edit:
    """Give the sheet of notes, which nothing refers to, another name, also in the index."""

    def edit(draft: Draft) -> None:
        sheet = draft.sheet("notes")
        row = next(row for row in range(11, 25) if draft.sheet("cover")[f"A{row}"].value == sheet.title)
        draft.sheet("cover")[f"A{row}"].value = name
        draft.patch("xl/workbook.xml", f'<sheet name="{sheet.title}"', f'<sheet name="{name}"')

    return edit


def unlisted(draft: Draft) -> None:
    """Take the last sheet out of the index."""
    for letter in "ABC":
        draft.sheet("cover")[f"{letter}18"].value = None


def without_sheet(key: str, name: str) -> Edit:
    """Rename a sheet so that it is no longer found by its name."""

    def edit(draft: Draft) -> None:
        cell = next(row[0] for row in draft.sheet("cover")["A11:A18"] if row[0].value == draft.name(key))
        cell.value = name
        draft.patch("xl/workbook.xml", f'<sheet name="{draft.name(key)}"', f'<sheet name="{name}"')

    return edit


def unused_rate(draft: Draft) -> None:
    """Take the discount rate out of the formulas."""
    for letter in "CDE":
        draft.sheet("calc")[f"{letter}11"].value = f"={letter}10/{letter}7"


def every_validation(**attributes: object) -> Edit:
    """Change the first validation of the inputs."""

    def edit(draft: Draft) -> None:
        for name, value in attributes.items():
            setattr(draft.sheet("inputs").data_validations.dataValidation[0], name, value)

    return edit


def no_validation(draft: Draft) -> None:
    """Remove the first validation of the inputs."""
    del draft.sheet("inputs").data_validations.dataValidation[0]


def list_source(text: str) -> Edit:
    """Point the list of models elsewhere; the text may name its own sheet."""
    return lambda draft: setattr(draft.sheet("inputs").data_validations.dataValidation[1], "formula1", text)


def chart_patch(old: str, new: str) -> Edit:
    """Change the chart part."""
    return patch("xl/charts/chart1.xml", old, new)


def no_chart_title(draft: Draft) -> None:
    """Remove the chart's title."""
    draft.sheet("result")._charts[0].title = None  # noqa: SLF001 - openpyxl lists charts nowhere else


def no_axis_title(draft: Draft) -> None:
    """Remove the title of the value axis."""
    draft.sheet("result")._charts[0].y_axis.title = None  # noqa: SLF001 - openpyxl lists charts nowhere else


def strip_points(draft: Draft) -> None:
    """Remove the stored points of the chart."""

    def change(package: Package) -> None:
        text = package.parts["xl/charts/chart1.xml"].decode()
        package.parts["xl/charts/chart1.xml"] = re.sub(r"<numCache>.*?</numCache>", "", text).encode()

    draft.patches.append(change)


def rezip(change: Callable[[list[zipfile.ZipInfo]], list[zipfile.ZipInfo]]) -> Edit:
    """Write the zip's entries in another way."""

    def again(data: bytes) -> bytes:
        stream = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
            contents = {entry.filename: old.read(entry) for entry in old.infolist()}
            for entry in change(old.infolist()):
                new.writestr(entry, contents[entry.filename])
        return stream.getvalue()

    return lambda draft: setattr(draft, "zip_edit", again)


def dated_now(entries: list[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    """Date the last entry."""
    entries[-1].date_time = (2026, 11, 21, 12, 0, 0)
    return entries


def swap_font(draft: Draft) -> None:
    """Put the name of the first font before its size."""
    draft.patch("xl/styles.xml", '<sz val="10" /><name val="Arial" />', '<name val="Arial" /><sz val="10" />')


def padded_number(draft: Draft) -> None:
    """Write a number with spaces around it, which only some readers take."""

    def change(package: Package) -> None:
        part = package.sheets[draft.name("prices")]
        text, count = re.subn(r'(<c r="B7"[^>]*><v>)2(</v>)', r"\1 2 \2", package.parts[part].decode())
        assert count == 1
        package.parts[part] = text.encode()

    draft.patches.append(change)


def pale_condition(draft: Draft) -> None:
    """Add a conditional format in a pale colour on the checks."""
    pale = Font(name="Arial", size=10, color="FFCCCCCC")
    draft.sheet("checks").conditional_formatting.add(
        "B7", CellIsRule(operator="equal", formula=["0"], font=pale)
    )


def condition_on_result(draft: Draft) -> None:
    """Add a conditional format on results."""
    red = Font(name="Arial", size=10, color="FFC00000")
    draft.sheet("result").conditional_formatting.add(
        "C7:E7", CellIsRule(operator="lessThan", formula=["0"], font=red)
    )


def data_bars(sheet: Worksheet) -> None:
    """Add data bars."""
    bars = DataBarRule(start_type="min", end_type="max", color="FF638EC6")
    sheet.conditional_formatting.add("B7:B10", bars)


def core(text: str) -> Edit:
    """Add an element to the document properties."""
    return patch("docProps/core.xml", "</cp:coreProperties>", f"{text}</cp:coreProperties>")


def link(key: str, address: str, target: str, cell: str, style: str = "Linked Cell") -> Edit:
    """Link a cell to one of another sheet."""
    return lambda draft: put(key, address, f"={draft.name(target)}!{cell}", style, "#,##0.00")(draft)


def sum_of(key: str, address: str, target: str, cells: str) -> Edit:
    """Sum cells of another sheet."""
    return lambda draft: put(key, address, f"=SUM({draft.name(target)}!{cells})")(draft)


LABEL, LONG = "x" * 32, "+".join(["SUM(C10:E10)"] * 8)
CENTRED, FIXED = Alignment(horizontal="center"), Alignment(wrap_text=True)
NESTED = "=IF(C10>0,IF(D10>0,IF(E10>0,1,0),0),0)"
LOCAL_LINK = (
    '<Relationship Id="rId99" Type="http://x/hyperlink" Target="file:///C:/me/a.xlsx" TargetMode="External"/>'
)

DEFECTS = (
    Defect("S01", "the cover is second", lambda draft: draft.book.move_sheet(draft.name("cover"), 1)),
    Defect("S01", "a sheet is not listed", unlisted),
    Defect("S01", "an unknown role", put("cover", "B18", "thing")),
    Defect("S01", "a listed sheet does not exist", both(put("cover", "A19", "Gone", "Text"), put("cover", "B19", "other", "Text"))),
    Defect("S01", "no index", put("cover", "B10", "x")),
    Defect("S02", "no title", put("calc", "A1", None)),
    Defect("S02", "no purpose", put("calc", "A2", "Purpose")),
    Defect("S02", "empty units", put("calc", "A3", "Units:")),
    Defect("S03", "a long name", rename_notes(LABEL)),
    Defect("S03", "a default name", rename_notes("Sheet9")),
    Defect("S03", "a Chinese default name", rename_notes("工作表9")),
    Defect("S04", "a hidden sheet", on("notes", lambda sheet: setattr(sheet, "sheet_state", "hidden"))),
    Defect("S04", "a hidden row", on("calc", lambda sheet: setattr(sheet.row_dimensions[8], "hidden", True))),
    Defect("S04", "a hidden column", on("notes", lambda sheet: setattr(sheet.column_dimensions["C"], "hidden", True))),
    Defect("S04", "a hidden name", patch("xl/workbook.xml", 'name="list_models"', 'name="list_models" hidden="1"')),
    Defect("S05", "merged cells", on("notes", lambda sheet: sheet.merge_cells("A9:B9"))),
    Defect("S06", "no freeze panes", on("calc", lambda sheet: setattr(sheet, "freeze_panes", None))),
    Defect("S06", "no dated change", put("changes", "A7", "last week", number_format="@")),
    Defect("S06", "a date that is none", put("changes", "A7", "2026-02-30", number_format="@")),
    Defect("S06", "no sheet of changes", without_sheet("changes", "History")),
    Defect("I01", "an input in another style", look("inputs", "B7", style="Text", number_format="0")),
    Defect("I02", "a number on a calculation sheet", put("calc", "C14", 5, "Calculation", "0")),
    Defect("I02", "a number on the cover", put("cover", "B8", 5, "Output", "0")),
    Defect("I02", "a typed total", put("result", "F8", 5)),
    Defect("I03", "no label", put("inputs", "A7", None)),
    Defect("I03", "no unit", put("inputs", "C7", None)),
    Defect("I03", "no source", put("inputs", "E7", None)),
    Defect("I03", "an unknown source", put("inputs", "E7", "src-9")),
    Defect("I04", "no validation", no_validation),
    Defect("I04", "no message", every_validation(error="")),
    Defect("I04", "a message that is not shown", every_validation(showErrorMessage=False)),
    Defect("I05", "a typed list", list_source('"Qwen,DeepSeek"')),
    Defect("I05", "a list that leads nowhere", list_source("=list_nothing")),
    Defect("I06", "a locked input", look("inputs", "B7", protection=Protection(locked=True))),
    Defect("I06", "an unlocked formula", look("calc", "F10", protection=Protection(locked=False))),
    Defect("I06", "no protection", on("calc", lambda sheet: setattr(sheet.protection, "sheet", False))),
    Defect("I06", "a password", on("calc", lambda sheet: setattr(sheet.protection, "password", "secret"))),
    Defect("I07", "an unused input", unused_rate),
    Defect("F01", "a number in a formula", total("=SUM(C10:E10)*7")),
    Defect("F01", "a number in an array", total("=SUM(C10:E10)*SUM({1,0.5})")),
    *(
        Defect("F02", text, total(f"={text}"))
        for text in (
            "SUM(OFFSET(C10,0,0,1,1))", 'SUM(INDIRECT("C10:E10"))', "NPV(in_rate,C10:E10)", "SUM(C10:E10)*RAND()",
            "SUM(C10:E10)+NOW()", "SUM(C10:E10)+TODAY()", 'CELL("row",C10)', 'LEN(INFO("system"))',
        )
    ),
    Defect("F03", "a long formula", total(f"={LONG}")),
    Defect("F03", "a long formula with our function", total(f"=LLM_API_COST(in_model,in_users)+{LONG}+{LONG}")),
    Defect("F03", "nested IF", total(NESTED)),
    Defect("F04", "a newer function", total("=XLOOKUP(in_model,list_models,list_prices)")),
    Defect("F05", "a lost reference", total("=SUM(C10:E10)+#REF!")),
    Defect("F05", "another file", total("=[1]Old!A1")),
    Defect("F05", "a name that lost its reference", define("list_old", "", "#REF!")),
    Defect("F05", "a link part", add_part("xl/externalLinks/externalLink1.xml")),
    Defect("F06", "one formula differs", put("calc", "D10", "=D8*C9")),
    Defect("F06", "an absolute slip", put("calc", "E10", "=$D8*E9")),
    Defect("F06", "typed over", put("calc", "D10", 720), "I02", "a number typed on a calculation sheet, whatever its row"),
    Defect("F06", "typed over by text", put("calc", "D10", "n/a")),
    Defect("F07", "a sheet inside a formula", sum_of("result", "F7", "calc", "C10:E10")),
    Defect("F08", "a formula in a text style", look("calc", "F10", style="Text", number_format="0")),
    Defect("K01", "no total", undefine("chk_total")),
    Defect("K01", "a failed check", result_of("checks", "B10", 1.0)),
    Defect("K01", "a sum one row short", put("checks", "B10", "=SUM(B7:B7)")),
    Defect("K01", "a typed total", put("checks", "B10", 0), "I02", "the typed total stands on a checks sheet"),
    Defect("K02", "no master check on a sheet", put("calc", "B4", None)),
    Defect("K02", "no name", undefine("chk_master")),
    Defect("K02", "out of view", on("calc", lambda sheet: setattr(sheet, "freeze_panes", "B3"))),
    Defect("K02", "another total", both(put("checks", "B4", '=IF(B7=0,"OK","NO")'), result_of("checks", "B4", "OK"))),
    Defect("V01", "no value", result_of("calc", "F10", None)),
    Defect("V01", "an error", result_of("calc", "F10", ErrorCode.DIV0)),
    Defect("V02", "manual calculation", setting(calcMode="manual")),
    Defect("V02", "iteration", setting(iterate="1")),
    Defect("V02", "recalculation on opening", setting(fullCalcOnLoad="1")),
    Defect("V02", "no calcId", patch("xl/workbook.xml", ' calcId="191029"', "")),
    Defect("V03", "a number as text", put("notes", "A7", "1,234.50")),
    Defect("V03", "a percentage as text", put("notes", "A7", "12%")),
    Defect("N01", "a number without a format", look("calc", "F10", number_format="General")),
    Defect("N02", "another font", look("notes", "A7", font=Font(name="Calibri", size=10))),
    Defect("N02", "small text", look("notes", "A7", font=Font(name="Arial", size=8))),
    Defect("N02", "a centred number", look("calc", "F10", alignment=CENTRED)),
    Defect("N03", "text cut by its neighbour", put("result", "A7", "The cost of all of it, in every single year")),
    Defect("N03", "Chinese text cut by its neighbour", put("result", "A7", "三年内全部方案的总费用与明细合计")),
    Defect("N03", "a number wider than its column", on("calc", lambda sheet: setattr(sheet.column_dimensions["F"], "width", 5))),
    Defect(
        "N03",
        "lines cut by the row",
        both(
            put("notes", "A7", "a long remark that needs three lines in this narrow column, at least"),
            look("notes", "A7", alignment=FIXED),
            on("notes", lambda sheet: setattr(sheet.row_dimensions[7], "height", 14)),
        ),
    ),
    Defect("N04", "a font without a size", patch("xl/styles.xml", '<sz val="16" />', "")),
    Defect("N04", "a font without a name", patch("xl/styles.xml", '<color rgb="FF0000FF" /><name val="Arial" />', '<color rgb="FF0000FF" />')),
    Defect("A01", "no alternative text", lambda draft: setattr(draft, "alt", "")),
    Defect("A01", "an empty phrase", lambda draft: setattr(draft, "alt", "Chart 1")),
    Defect("A02", "equal columns", both(put("prices", "C6", "Item"), put("prices", "A6", "Item"))),
    Defect("A02", "another header", patch("xl/tables/table1.xml", '<tableColumn id="4" name="', '<tableColumn id="4" name="x')),
    Defect("A02", "no header row", patch("xl/tables/table1.xml", 'headerRowCount="1"', 'headerRowCount="0"')),
    Defect("A03", "pale text", look("notes", "A7", font=Font(name="Arial", size=10, color="FFAAAAAA"))),
    Defect("A03", "a dark fill", look("notes", "A7", fill=PatternFill("solid", start_color="FF444444"))),
    Defect("A03", "a pale conditional format", pale_condition),
    Defect("A04", "no title", patch("docProps/core.xml", "<dc:title>Quote</dc:title>", "")),
    Defect("A04", "no creator", patch("docProps/core.xml", "<dc:creator>maker</dc:creator>", "")),
    Defect("A04", "no language", prop(language=None)),
    Defect("A04", "no catalog date", custom("catalog date", "")),
    Defect("A04", "a catalog date in words", custom("catalog date", "November")),
    Defect("A04", "no version", custom("generator version", "")),
    Defect("P01", "two pages wide", on("calc", lambda sheet: setattr(sheet.page_setup, "fitToWidth", 2))),
    Defect("P01", "not fitted", on("calc", lambda sheet: setattr(sheet.sheet_properties.pageSetUpPr, "fitToPage", False))),
    Defect("P01", "no title rows", patch("xl/workbook.xml", "!$1:$6", "!$A:$A")),
    Defect("P01", "no page number", on("calc", lambda sheet: setattr(sheet.oddFooter.right, "text", "end"))),
    Defect("C01", "no title", no_chart_title),
    Defect("C01", "no axis title", no_axis_title),
    Defect("C01", "a hidden axis", chart_patch('<delete val="0" />', '<delete val="1" />')),
    Defect("C01", "an axis that says nothing", chart_patch('<delete val="0" />', "")),
    Defect("C01", "round corners", chart_patch('<roundedCorners val="0" />', "")),
    Defect("C01", "a title over the plot", chart_patch('<overlay val="0" />', "")),
    Defect("C01", "no points", strip_points),
    Defect("C01", "old points", chart_patch("<v>720</v>", "<v>721</v>")),
    Defect("D01", "no place", put("sources", "B7", None)),
    Defect("D01", "no date", put("sources", "C7", "June")),
    Defect("D01", "an unused source", both(put("sources", "A9", "src-3", "Text"), put("sources", "B9", "x", "Text"), put("sources", "C9", "2026-06-01", "Text"))),
    Defect("D01", "no sheet of sources", without_sheet("sources", "Papers")),
    Defect("X01", "a space in a name", patch("xl/workbook.xml", 'name="list_models"', 'name="list models"'), "I05", "the list then leads nowhere"),
    Defect("X01", "a name like a cell", define("Q1", "notes", "$A$7")),
    Defect("X01", "a name of another kind", define("total_cost", "calc", "$F$10")),
    Defect("X01", "an input of two cells", define("in_users", "inputs", "$B$7:$B$8")),
    Defect("X02", "another order", rezip(lambda entries: entries[::-1])),
    Defect("X02", "a time of writing", rezip(dated_now)),
    Defect("X02", "fonts out of order", swap_font),
    *(
        Defect("X03", part, add_part(part))
        for part in (
            "xl/vbaProject.bin", "xl/connections.xml", "xl/printerSettings/printerSettings1.bin",
            "xl/webextensions/webextension1.xml", "customXml/item1.xml", "xl/queryTables/queryTable1.xml",
        )
    ),
    Defect("T10", "spaces around a number", padded_number),
    Defect("T14", "inputs read results", link("inputs", "F7", "result", "F7")),
    Defect("T14", "workings read results", link("calc", "F14", "result", "F7")),
    Defect("T14", "a link to a link", link("cover", "B7", "result", "C7", "Output")),
    Defect("T15", "the master check elsewhere", both(put("notes", "B4", None), put("notes", "C4", "=chk_master", "Check Cell"), result_of("notes", "C4", "OK"))),
    Defect("T16", "a label twice", lambda draft: put("calc", "A11", draft.sheet("calc")["A10"].value)(draft)),
    Defect("T16", "no sign convention", put("cover", "A8", "more")),
    Defect("T17", "data bars", on("checks", data_bars)),
    Defect("T17", "colour on results", condition_on_result),
    Defect("T18", "the last editor", core("<cp:lastModifiedBy>A. Person</cp:lastModifiedBy>")),
    Defect("T18", "a manager", patch("docProps/app.xml", "</Properties>", "<Manager>B. Person</Manager></Properties>")),
    Defect("T18", "persons", add_part("xl/persons/person.xml")),
    Defect("T18", "where it was saved", patch("xl/workbook.xml", "<workbookPr />", '<workbookPr /><absPath url="C:\\me\\"/>')),
    Defect("T18", "a path in a text", put("notes", "A7", r"see C:\Users\me\quote.xlsx")),
    Defect("T18", "a link to a path", patch("xl/worksheets/_rels/sheet6.xml.rels", "</Relationships>", f"{LOCAL_LINK}</Relationships>")),
)  # fmt: skip


@pytest.mark.parametrize(
    "number", range(len(DEFECTS)), ids=lambda number: f"{DEFECTS[number].rule} {DEFECTS[number].what}"
)
def test_defect_fires_exactly_its_rule(number: int, draft_in: Callable[[str], Draft]) -> None:
    """A seeded defect fires its rule, and no other unless the reason is given; languages take turns."""
    defect = DEFECTS[number]
    draft = draft_in("zh" if number % 2 else "en")
    defect.edit(draft)
    findings = check_file(draft.to_bytes())
    assert {finding.rule for finding in findings} == {defect.rule} | (
        {defect.also} if defect.also else set()
    ), [str(finding) for finding in findings]
    assert bool(defect.also) == bool(defect.reason)


def test_every_rule_has_a_defect() -> None:
    """No rule is without a defect that fires it."""
    assert {defect.rule for defect in DEFECTS} == set(RULES)
