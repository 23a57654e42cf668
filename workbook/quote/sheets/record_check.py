"""The sheet Record check: whether the decision record was computed for what is in force, by native formulas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook import contract
from workbook.canvas import styles
from workbook.canvas.book_layout import HEADER_ROW
from workbook.canvas.frame import header, start, widths
from workbook.quote.sheets.decision_record import PROFILE, basis
from workbook.quote.wording import deployment_label

if TYPE_CHECKING:
    from workbook.canvas.book_layout import Layout, Sheet
    from workbook.quote.context import QuoteContext

_FOR, _NOW, _OTHER, _CODE, _WHAT = 2, 3, 4, 5, 6
# above the first table of a sheet that shows the record
_WORDS_ROW = 5


def record_check_sheet(quote: QuoteContext) -> None:
    """Add the sheet: each input and total of the record as computed and now, and the sentence on both."""
    layout, pick = quote.layout, quote.layout.pick
    sheet = start(
        layout,
        "record",
        ("记录核对", "Record check"),
        "calculation",
        (
            "决策记录按什么算出，与现在的输入和总计是否一致",
            "What the decision record was computed for, and whether inputs and totals are still the same",
        ),
        (
            "人/天；token/人/天；年；所选币种的元",
            "users a day; tokens a user and day; years; the chosen currency",
        ),
    )
    widths(sheet, 34, 24, 24, 12, 12, 26)
    labels = [
        pick("输入", "Input"),
        pick("制表时", "As computed"),
        pick("现在", "In force"),
        pick("不同：1", "Differs: 1"),
    ]
    header(layout, sheet, labels)
    row = _inputs(quote, sheet, HEADER_ROW)
    row = _options(quote, sheet, row + 2)
    first, last = HEADER_ROW + 1, row
    row += 2
    layout.put(sheet, row, 1, pick("不同的项数", "Number that differ"), "Text")
    text = f"=SUM(D{first}:D{last})"
    layout.formula(sheet, row, 2, text, "Calculation", styles.WHOLE, key="record.stale")
    layout.name(contract.RECORD_STALE, "record.stale")
    _words(layout, sheet, row + 2)


def record_words(quote: QuoteContext, sheet: Sheet) -> None:
    """Write above the first table what the figures of a sheet were computed for, and whether that is in force."""
    quote.layout.formula(sheet, _WORDS_ROW, 1, "={record.words}", "Subtitle", styles.TEXT)


def _inputs(quote: QuoteContext, sheet: Sheet, top: int) -> int:
    layout, row = quote.layout, top
    for label, value, name in basis(quote):
        row += 1
        number = styles.COUNT if isinstance(value, float) else styles.TEXT
        layout.put(sheet, row, 1, label, "Text")
        if value is None:  # a blank cell would be shown as 0
            text = f"INDEX({contract.RECORD_FOR},ROWS(A${top + 1}:A{row}))"
            layout.formula(sheet, row, _FOR, f'={text}&""', "Calculation", styles.TEXT)
            layout.formula(sheet, row, _NOW, f'={name}&""', "Calculation", styles.TEXT)
        else:
            key = f"check.{name}"
            layout.formula(sheet, row, _FOR, f"={{record.for.{name}}}", "Linked Cell", number, key=key)
            layout.formula(sheet, row, _NOW, f"={name}", "Linked Cell", number)
        layout.formula(sheet, row, _OTHER, f"=IF(B{row}=C{row},0,1)", "Calculation", styles.WHOLE)
    layout.name_range(contract.RECORD_NOW, sheet, (top + 1, _NOW), (row, _NOW))
    return row


def _options(quote: QuoteContext, sheet: Sheet, top: int) -> int:
    layout, pick = quote.layout, quote.layout.pick
    labels = [
        pick("方案的总计", "Total of the option"), pick("制表时", "As computed"), pick("现在", "In force"),
        pick("不同：1", "Differs: 1"), pick("部署代码", "Code"), pick("对象", "What"),
    ]  # fmt: skip
    header(layout, sheet, labels, row=top)
    for line, option in enumerate(quote.options, start=1):
        row = top + line
        layout.put(sheet, row, 1, f"{deployment_label(quote, option.deployment)} {option.slot}", "Text")
        layout.formula(sheet, row, _FOR, f"={{record.totals.{line}.1}}", "Linked Cell", styles.MONEY)
        total = option.ref("audit", PROFILE, "total")
        layout.formula(sheet, row, _NOW, f"={total}", "Linked Cell", styles.MONEY)
        text = f"=IF(ABS(B{row}-C{row})>ABS(C{row})/1000000,1,0)"
        layout.formula(sheet, row, _OTHER, text, "Calculation", styles.WHOLE)
        layout.put(sheet, row, _CODE, option.deployment, "Text", styles.TEXT)
        layout.formula(sheet, row, _WHAT, f"={option.input()}", "Linked Cell", styles.TEXT)
    last = top + len(quote.options)
    layout.name_range(contract.RECORD_OPTIONS, sheet, (top + 1, _CODE), (last, _WHAT))
    return last


def _words(layout: Layout, sheet: Sheet, top: int) -> None:
    pick = layout.pick
    header(layout, sheet, [pick("说明", "The sentence"), pick("文字", "Words")], row=top)
    dau, given, answer, years = (
        f"{{check.{name}}}" for name in ("in_dau", "in_input", "in_output", "in_years")
    )
    lines = (
        ("users", pick("用户", "Users"), pick(f'="日活 "&TEXT({dau},"#,##0")', f'=TEXT({dau},"#,##0")&" users"')),
        ("tokens", "token", f'=TEXT({given},"#,##0")&"/"&TEXT({answer},"#,##0")'),
        ("years", pick("年数", "Years"), pick(f'={years}&" 年、预算口径"', f'={years}&" years, budget cost"')),
        ("basis", pick("按什么计算", "What it is for"), pick(
            '="记录，制表时按"&{record.users}&"、每人每天 "&{record.tokens}&" token、"&{record.years}&"计算"',
            '="A record, for "&{record.users}&", "&{record.tokens}&" tokens a user and day, "&{record.years}',
        )),
        ("words", pick("句子", "Sentence"), pick(
            '={record.basis}&IF({record.stale}>0,"；输入已变：请重新生成","。")', '={record.basis}&IF({record.stale}>0,"; inputs differ now: regenerate",".")',
        )),
    )  # fmt: skip
    for row, (name, label, text) in enumerate(lines, start=top + 1):
        layout.put(sheet, row, 1, label, "Text")
        layout.formula(sheet, row, 2, text, "Calculation", styles.TEXT, key=f"record.{name}")
