"""Sheets that people fill in: the vendor checklist with answers and a score, and the action list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.canvas import styles
from workbook.canvas.book_layout import HEADER_ROW, Validation
from workbook.canvas.frame import header, start, widths

if TYPE_CHECKING:
    from workbook.canvas.book_layout import Layout, Sheet
    from workbook.quote.context import BookContext

_LONGEST_NOTE = "500"


def checklist_sheet(book: BookContext) -> None:
    """Add the vendor checklist: a question a row, answer and weight to fill in, points and scores.

    Equation: score = sum of points x weight over the answered questions / sum of their weights, in all and a group.
    """
    layout = book.layout
    pick = layout.pick
    rows = book.catalog.tables["vendor_checklist"].rows
    sheet = start(
        layout,
        "checklist",
        ("供应商清单", "Vendor checklist"),
        "other",
        ("向供应商逐项提问、记录回答并计分", "Questions for a vendor, with answers and a score"),
        (
            "得分为 0 到 100%，只计已回答的问题；权重 0 到 10，越重要越大，0 为不计",
            "score from 0 to 100%, of the answered questions; weight from 0 to 10, larger is more important, 0 leaves out",
        ),
    )
    widths(sheet, 24, 58, 14, 12, 10, 12, 50)
    first = HEADER_ROW + 3
    last = first + len(rows) - 1
    layout.put(sheet, HEADER_ROW, 1, pick("供应商", "Vendor"), "Text")
    layout.put(sheet, HEADER_ROW, 2, None, "Input", styles.TEXT)
    layout.put(sheet, HEADER_ROW, 3, pick("得分", "Score"), "Text")
    points, weights = (f"SUM({column}{first}:{column}{last})" for column in "EF")
    layout.formula(sheet, HEADER_ROW, 4, _score(layout, points, weights), "Output", styles.PERCENT)
    layout.put(sheet, HEADER_ROW + 1, 1, pick("来源", "Source"), "Text")
    layout.put(sheet, HEADER_ROW + 1, 2, rows[0]["source"], "Text")
    layout.put(sheet, HEADER_ROW + 1, 3, pick("无效回答", "Not valid"), "Text")
    text = f"=COUNTA(C{first}:C{last})-SUMPRODUCT(COUNTIF(C{first}:C{last},list_answer))"
    layout.formula(sheet, HEADER_ROW + 1, 4, text, "Calculation", styles.WHOLE, key="checklist.unknown")
    labels = [
        pick("类别", "Group"),
        pick("问题", "Question"),
        pick("回答", "Answer"),
        pick("权重", "Weight"),
        pick("得分", "Points"),
        pick("计入权重", "Weight counted"),
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
        layout.formula(sheet, row, 6, f'=IF(C{row}="",0,D{row})', "Calculation", styles.WHOLE)
        layout.put(sheet, row, 7, None, "Input", styles.TEXT)
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
    for cells in (f"B{HEADER_ROW}", f"G{first}:G{last}"):
        sheet.validations.append(Validation(cells, "textLength", "0", _LONGEST_NOTE, too_long))
    below = _groups(layout, sheet, first, [row[f"group_{layout.lang}"] for row in rows])
    _answers(layout, sheet, below + 1)
    book.check(pick("清单的回答都在列表中", "Every answer is one of the list"), "{checklist.unknown}")
    sheet.freeze = (first, 3)


def _groups(layout: Layout, sheet: Sheet, first: int, groups: list[str]) -> int:
    """Add the score of each group below the questions; return the row below the last.

    Args:
        layout: the workbook.
        sheet: the checklist.
        first: row of the first question.
        groups: the group of each question.
    """
    pick = layout.pick
    last = first + len(groups) - 1
    labels = [
        pick("类别", "Group"),
        pick("已回答问题数", "Questions answered"),
        pick("得分率", "Score"),
        pick("计入权重", "Weight counted"),
        pick("得分", "Points"),
    ]
    header(layout, sheet, labels, row=last + 2)
    row = last + 2
    for group in dict.fromkeys(groups):
        row += 1
        layout.put(sheet, row, 1, group, "Text")
        of_group, answers = f"$A${first}:$A${last}", f"$C${first}:$C${last}"
        text = f'=COUNTIFS({of_group},$A{row},{answers},"<>")'
        layout.formula(sheet, row, 2, text, "Calculation", styles.WHOLE)
        layout.formula(sheet, row, 3, _score(layout, f"E{row}", f"D{row}"), "Output", styles.PERCENT)
        for place, column, number in ((4, "F", styles.WHOLE), (5, "E", styles.PRICE)):
            text = f"=SUMIF({of_group},$A{row},${column}${first}:${column}${last})"
            layout.formula(sheet, row, place, text, "Calculation", number)
    return row + 1


def _score(layout: Layout, points: str, weights: str) -> str:
    """Return the formula of a score, which is a text until a question is answered."""
    return f'=IF({weights}=0,"{layout.pick("未回答", "not answered")}",{points}/{weights})'


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
        layout.name_range(f"list_{name}", sheet, (row + 1, column), (row + len(answers), column))


def actions_sheet(book: BookContext) -> None:
    """Add the three-week action list with who, when and state to fill in."""
    layout = book.layout
    pick = layout.pick
    rows = book.catalog.tables["action_list"].rows
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
