"""The sheet Risk: what moves the least costly option most, where that would change the choice, and how sure the totals are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.canvas import styles
from workbook.canvas.book_layout import HEADER_ROW
from workbook.canvas.charts import Chart, ChartSeries
from workbook.canvas.frame import header, start, widths
from workbook.quote.sheets.decision_record import view
from workbook.quote.sheets.record_check import record_words
from xlmodel.advice.record.risk import SWINGS

if TYPE_CHECKING:
    from workbook.canvas.book_layout import Sheet
    from workbook.quote.context import QuoteContext

_PERCENTILES = ("p10", "p50", "p90")
_BELOW, _ABOVE = 8, 9
_WIDTH_CM = 16.0


def risk_sheet(quote: QuoteContext) -> None:
    """Add the sheet: a record, with the distances from the total by native formulas, a tornado and the percentiles."""
    layout = quote.layout
    sheet = start(
        layout,
        "risk",
        ("敏感性与风险", "Risk"),
        "output",
        (
            "哪些数字最左右成本，变到多少会换方案；总成本的十、五十、九十分位",
            "Which numbers move the cost most, at which value the choice turns, and how sure the totals are",
        ),
        ("所选币种的元，折现；预算口径", "units of the chosen currency, discounted; budget cost"),
    )
    widths(sheet, 40, 16, 22, 15, 16, 16, 18, 16, 16)
    record_words(quote, sheet)
    row = _spread(quote, sheet, HEADER_ROW)
    row = _swings(quote, sheet, row + 2)
    row = _titles(quote, sheet, row + 2)
    _charts(quote, sheet, row + 2)
    sheet.freeze = (HEADER_ROW, 2)
    sheet.one_page = True


def _spread(quote: QuoteContext, sheet: Sheet, top: int) -> int:
    layout, pick = quote.layout, quote.layout.pick
    header(layout, sheet, [pick("方案", "Option"), pick("制表时总计", "Total as computed")], row=top)
    for line, option in enumerate(quote.options, start=1):
        key, label = option.key("risk"), option.ref("answer", "label")
        layout.formula(sheet, top + line, 1, f"={label}", "Linked Cell", styles.TEXT, key=key, wrap=True)
        total = f"={{record.totals.{line}.1}}"
        layout.formula(sheet, top + line, 2, total, "Linked Cell", styles.MONEY)
    last = view(quote, sheet, (top, 3), "spread")
    for column, name in enumerate(_PERCENTILES, start=3):
        layout.mark(f"risk.{name}", sheet, top, column)
    note = pick(
        "所有有区间的假设与价格同时变动（三角分布，1,024 次抽样）；九成把握不超过九十分位。承载不了的方案不参与排名，为 —。",
        "All assumptions and prices with a range vary at once (triangular, 1,024 draws); nine cases in ten stay below P90. What cannot serve is not ranked: —.",
    )
    layout.put(sheet, last + 1, 1, note, "Plain")
    return last + 1


def _swings(quote: QuoteContext, sheet: Sheet, top: int) -> int:
    layout, pick = quote.layout, quote.layout.pick
    last = view(quote, sheet, (top, 1), "best")
    top = last + 2
    last = view(quote, sheet, (top, 1), "swings")
    labels = [pick("低端：增减", "Low end: change"), pick("高端：增减", "High end: change")]
    header(layout, sheet, labels, row=top, column=_BELOW)
    layout.mark("risk.low_name", sheet, top, _BELOW)
    layout.mark("risk.high_name", sheet, top, _ABOVE)
    for line, row in enumerate(range(top + 1, last + 1), start=1):
        for column, total, name in ((_BELOW, "E", "low"), (_ABOVE, "F", "high")):
            text = f"={total}{row}-{{$best.1.2}}"
            layout.formula(sheet, row, column, text, "Calculation", styles.MONEY, key=f"risk.{line}.{name}")
    note = pick(
        "每次只变一个数字，其余不变；— 为区间内不换方案。区间的来源由 LLM_SENSITIVITY 给出。",
        "One number at a time, all else as it is; — where the choice does not turn within the range. LLM_SENSITIVITY tells the source of each range.",
    )
    layout.put(sheet, last + 1, 1, note, "Plain")
    return last + 1


def _titles(quote: QuoteContext, sheet: Sheet, top: int) -> int:
    layout, pick = quote.layout, quote.layout.pick
    name = "{best.1.1}"
    lines = (
        ("tornado", f'={name}&"{pick("：总计随各数字的增减", ": change of its total")}"'),
        ("spread", f'="{pick("各方案总计的分位", "Percentiles of the totals")}"'),
    )
    for row, (key, text) in enumerate(lines, start=top):
        layout.put(sheet, row, 1, pick("图题", "Title of the chart"), "Note")
        layout.formula(sheet, row, 2, text, "Note", styles.TEXT, key=f"risk.title.{key}")
    return top + 1


def _charts(quote: QuoteContext, sheet: Sheet, top: int) -> None:
    pick = quote.layout.pick
    first, last = quote.options[0], quote.options[-1]
    count = len(quote.options)
    sheet.charts += [
        Chart(
            kind="tornado",
            title="risk.title.tornado",
            value_axis="answer.axis",
            category_axis="",
            anchor=f"A{top}",
            categories=("swings.1.1", f"swings.{SWINGS}.1"),
            series=(
                ChartSeries("risk.low_name", "risk.1.low", f"risk.{SWINGS}.low"),
                ChartSeries("risk.high_name", "risk.1.high", f"risk.{SWINGS}.high"),
            ),
            alt=pick(
                "龙卷风图：各数字取低端与高端时总计的增减",
                "Tornado: change of the total at the low and high end of each number",
            ),
            width_cm=_WIDTH_CM,
        ),
        Chart(
            kind="bar",
            title="risk.title.spread",
            value_axis="answer.axis",
            category_axis="",
            anchor=f"E{top}",
            categories=(first.key("risk"), last.key("risk")),
            series=tuple(
                ChartSeries(f"risk.{head}", f"spread.1.{column}", f"spread.{count}.{column}")
                for column, head in enumerate(_PERCENTILES, start=1)
            ),
            alt=pick(
                "柱形图：各方案总计的十、五十、九十分位",
                "Columns: P10, P50 and P90 of the total of each option",
            ),
            width_cm=_WIDTH_CM,
        ),
    ]
