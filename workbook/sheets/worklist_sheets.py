"""Sheets that people fill in: the vendor checklist with answers and a score, and the action list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook import styles
from workbook.layout import HEADER_ROW, Place, Validation
from workbook.sheets.frame import header, start, widths

if TYPE_CHECKING:
    from workbook.layout import Layout, Sheet
    from xlmodel.catalog import Catalog

_LONGEST_NOTE = "500"


def checklist_sheet(layout: Layout, catalog: Catalog) -> None:
    """Add the vendor checklist: a question a row, answer and weight to fill in, points and a score.

    Equation: score = sum of points x weight over the answered questions / sum of their weights.
    """
    pick = layout.pick
    rows = catalog.tables["vendor_checklist"].rows
    sheet = start(
        layout,
        "checklist",
        ("供应商清单", "Vendor checklist"),
        "other",
        ("向供应商逐项提问、记录回答并计分", "Questions for a vendor, with answers and a score"),
        ("得分为 0 到 100%；权重为相对数", "score from 0 to 100%; weights are relative"),
    )
    widths(sheet, 22, 58, 12, 10, 10, 50)
    first = HEADER_ROW + 3
    last = first + len(rows) - 1
    layout.put(sheet, HEADER_ROW, 1, pick("供应商", "Vendor"), "Text")
    layout.put(sheet, HEADER_ROW, 2, None, "Input", styles.TEXT)
    layout.put(sheet, HEADER_ROW, 3, pick("得分", "Score"), "Text")
    answered = f'(C{first}:C{last}<>"")'
    text = f"=IF(COUNTA(C{first}:C{last})=0,0,SUM(E{first}:E{last})/SUMPRODUCT(D{first}:D{last}*{answered}))"
    layout.formula(sheet, HEADER_ROW, 4, text, "Output", styles.PERCENT)
    layout.put(sheet, HEADER_ROW + 1, 1, pick("来源", "Source"), "Text")
    layout.put(sheet, HEADER_ROW + 1, 2, rows[0]["source"], "Text")
    layout.put(sheet, HEADER_ROW, 5, pick("未识别", "Unknown"), "Text")
    text = f"=COUNTA(C{first}:C{last})-SUMPRODUCT(COUNTIF(C{first}:C{last},list_answer))"
    layout.formula(sheet, HEADER_ROW, 6, text, "Calculation", styles.WHOLE, key="checklist.unknown")
    labels = [
        pick("类别", "Group"),
        pick("问题", "Question"),
        pick("回答", "Answer"),
        pick("权重", "Weight"),
        pick("得分", "Points"),
        pick("记录", "Notes"),
    ]
    header(layout, sheet, labels, row=first - 1)
    for row, question in enumerate(rows, start=first):
        layout.put(sheet, row, 1, question[f"group_{layout.lang}"], "Text")
        layout.put(sheet, row, 2, question[layout.lang], "Text", wrap=True)
        layout.put(sheet, row, 3, None, "Input", styles.TEXT)
        layout.put(sheet, row, 4, 1, "Input", styles.WHOLE)
        points = f"INDEX(list_points,MATCH(C{row},list_answer,0))"
        layout.formula(sheet, row, 5, f'=IF(C{row}="",0,D{row}*{points})', "Calculation", styles.PRICE)
        layout.put(sheet, row, 6, None, "Input", styles.TEXT)
    message = pick("请从列表中选择", "Choose from the list, please")
    sheet.validations.append(Validation(f"C{first}:C{last}", "list", "=list_answer", "", message))
    sheet.validations.append(
        Validation(
            f"D{first}:D{last}",
            "whole",
            "0",
            "10",
            pick("请输入 0 到 10 的整数", "A whole number from 0 to 10, please"),
        )
    )
    too_long = pick("最多 500 字", "500 letters at most")
    for cells in (f"B{HEADER_ROW}", f"F{first}:F{last}"):
        sheet.validations.append(Validation(cells, "textLength", "0", _LONGEST_NOTE, too_long))
    _answers(layout, sheet, last + 2)
    sheet.freeze = (first, 3)


def answer_checks(layout: Layout) -> list[tuple[str, str]]:
    """Return the check that every answer is one of the list."""
    return [(layout.pick("清单的回答都在列表中", "Every answer is one of the list"), "{checklist.unknown}")]


def _answers(layout: Layout, sheet: Sheet, row: int) -> None:
    pick = layout.pick
    header(layout, sheet, [pick("回答", "Answer"), pick("含义", "Meaning"), pick("分值", "Points")], row=row)
    answers = (
        (pick("是", "yes"), pick("有书面依据", "with evidence in writing"), 1.0),
        (pick("部分", "partly"), pick("有条件或仅口头", "with conditions, or by word of mouth"), 0.5),
        (pick("否", "no"), pick("没有或不清楚", "missing or unclear"), 0.0),
    )
    for line, (answer, meaning, points) in enumerate(answers, start=row + 1):
        layout.put(sheet, line, 1, answer, "Text")
        layout.put(sheet, line, 2, meaning, "Text")
        layout.put(sheet, line, 3, points, "Text", styles.PRICE)
    for name, column in (("answer", 1), ("points", 3)):
        layout.places[f"list.{name}.top"] = Place(sheet.key, row + 1, column)
        layout.places[f"list.{name}.bottom"] = Place(sheet.key, row + len(answers), column)
        layout.name(f"list_{name}", f"list.{name}.top", f"list.{name}.bottom")


def actions_sheet(layout: Layout, catalog: Catalog) -> None:
    """Add the three-week action list with who, when and state to fill in."""
    pick = layout.pick
    rows = catalog.tables["action_list"].rows
    sheet = start(
        layout,
        "actions",
        ("行动清单", "Action list"),
        "other",
        ("三周内的行动：负责人、日期、状态", "Actions of three weeks: who, when, state"),
        ("周；日期为 YYYY-MM-DD", "weeks; dates as YYYY-MM-DD"),
    )
    widths(sheet, 8, 62, 18, 14, 14, 10)
    header(
        layout,
        sheet,
        [
            pick("周", "Week"),
            pick("行动", "Action"),
            pick("负责人", "Who"),
            pick("日期", "When"),
            pick("完成", "Done"),
            pick("来源", "Source"),
        ],
    )
    for row, action in enumerate(rows, start=HEADER_ROW + 1):
        layout.put(sheet, row, 1, float(action["week"]), "Text", styles.WHOLE)
        layout.put(sheet, row, 2, action[layout.lang], "Text", wrap=True)
        layout.put(sheet, row, 3, None, "Input", styles.TEXT)
        layout.put(sheet, row, 4, None, "Input", "yyyy-mm-dd")
        layout.put(sheet, row, 5, None, "Input", styles.TEXT)
        layout.put(sheet, row, 6, action["source"], "Text")
    last = HEADER_ROW + len(rows)
    top = HEADER_ROW + 1
    sheet.validations.append(
        Validation(
            f"C{top}:C{last}", "textLength", "0", _LONGEST_NOTE, pick("最多 500 字", "500 letters at most")
        )
    )
    sheet.validations.append(
        Validation(f"D{top}:D{last}", "date", "36526", "73050", pick("请输入日期", "A date, please"))
    )
    sheet.validations.append(
        Validation(
            f"E{top}:E{last}",
            "list",
            "=list_answer",
            "",
            pick("请从列表中选择", "Choose from the list, please"),
        )
    )
    sheet.freeze = (HEADER_ROW + 1, 3)
    sheet.landscape = False
