"""The sheet Advice: what is recommended and why, and the computed cost beside the rules of thumb."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.canvas import styles
from workbook.canvas.book_layout import HEADER_ROW, text_width
from workbook.canvas.charts import Chart, ChartSeries
from workbook.canvas.frame import header, start, widths
from workbook.quote.sheets.decision_record import COLUMNS, record_of, view
from workbook.quote.sheets.record_check import record_words
from xlmodel.advice.record.advice import LINES
from xlmodel.grid import column_letters

if TYPE_CHECKING:
    from workbook.canvas.book_layout import Sheet
    from workbook.quote.context import QuoteContext

_DEPLOYMENTS = 3
_CHART_ROWS = 16
_TWO_LINES = 30


def advice_sheet(quote: QuoteContext) -> None:
    """Add the sheet: the advice and the costs as a record; what it knows of the case stands on Inputs."""
    layout, pick = quote.layout, quote.layout.pick
    sheet = start(
        layout,
        "advice",
        ("决策建议", "Advice"),
        "output",
        (
            "按两份文档的规则与测算成本给出建议：依据、矛盾、什么会改变、下一个该问的问题",
            "What the rules of the two documents and the computed costs recommend: why, what contradicts, what would change it, what to ask",
        ),
        ("所选币种的元，折现；预算口径", "units of the chosen currency, discounted; budget cost"),
    )
    widths(sheet, 20, 66, 48, 34)
    record_words(quote, sheet)
    layout.put(sheet, HEADER_ROW, 1, pick("建议", "Recommended"), "Output")
    layout.formula(
        sheet,
        HEADER_ROW,
        2,
        "={record.advice.1.2}",
        "Output",
        styles.TEXT,
        key="advice.recommended",
        wrap=True,
    )
    sheet.heights[HEADER_ROW] = 30
    row = _costs(quote, sheet, HEADER_ROW + 2)
    _lines(quote, sheet, row + _CHART_ROWS)
    sheet.freeze = (HEADER_ROW, 2)
    sheet.landscape, sheet.one_page = False, True


def _costs(quote: QuoteContext, sheet: Sheet, top: int) -> int:
    """Write the least cost of each deployment that serves, and their chart."""
    layout, pick = quote.layout, quote.layout.pick
    last = view(quote, sheet, (top, 1), "advice_costs")
    layout.mark("advice.total_name", sheet, top, 3)
    layout.put(sheet, last + 1, 1, pick("图题", "Title of the chart"), "Note")
    title = pick("能承载的最便宜配置：测算总计", "The least costly that serves: computed totals")
    layout.put(sheet, last + 1, 2, title, "Note", styles.TEXT, key="advice.title")
    whose = pick(
        "模型：规则所要级别中数据目录里最便宜的，可能与本报价的方案不同；本报价的方案见对比。",
        "Models: the catalog's least costly of the class that the rules ask for; this quote's own are on Compare.",
    )
    layout.put(sheet, last + 2, 1, whose, "Plain", styles.TEXT)
    sheet.charts.append(
        Chart(
            kind="bar",
            title="advice.title",
            value_axis="answer.axis",
            category_axis="",
            anchor=f"A{last + 3}",
            categories=("advice_costs.1.1", f"advice_costs.{_DEPLOYMENTS}.1"),
            series=(ChartSeries("advice.total_name", "advice_costs.1.3", f"advice_costs.{_DEPLOYMENTS}.3"),),
            alt=pick("柱形图：三种部署方式的测算总计", "Columns: computed total of the three deployments"),
            width_cm=24,
            height_cm=6.5,
        )
    )
    return last + 1


def _lines(quote: QuoteContext, sheet: Sheet, top: int) -> None:
    """Show the lines of the advice; rows that only a regeneration fills are empty texts."""
    layout, rows = quote.layout, record_of(quote)["advice"]
    columns = COLUMNS["advice"]
    header(layout, sheet, [layout.pick(*label) for label, _ in columns], row=top)
    for row in range(top + 1, top + LINES + 1):
        for column in range(1, len(columns) + 1):
            letter = column_letters(column)
            at = f"ROWS($A${top}:$A{row - 1}),COLUMNS($A${top}:{letter}${top})"
            text = f'=INDEX(list_record_advice,{at})&""'
            layout.formula(sheet, row, column, text, "Plain", styles.TEXT, wrap=True)
    for row, texts in enumerate(rows, start=top + 1):
        if any(text_width(str(text)) > sheet.widths[at] for at, text in enumerate(texts, start=1)):
            sheet.heights[row] = _TWO_LINES
