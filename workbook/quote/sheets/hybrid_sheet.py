"""The sheet Hybrid: the phased path beside one option throughout, when to switch, and which base load to hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.canvas import styles
from workbook.canvas.book_layout import HEADER_ROW
from workbook.canvas.charts import Chart, ChartSeries, option_colour
from workbook.canvas.frame import header, start, widths
from workbook.quote.sheets.decision_record import record_of, view
from workbook.quote.sheets.record_check import record_words
from workbook.quote.wording import deployment_label
from xlmodel.advice.record.path import DEPLOYMENTS

if TYPE_CHECKING:
    from workbook.canvas.book_layout import Sheet
    from workbook.quote.context import QuoteContext

_SUM = 9


def hybrid_sheet(quote: QuoteContext) -> None:
    """Add the sheet: a record, with sums by phase and deployment by native formulas, and their chart."""
    layout = quote.layout
    sheet = start(
        layout,
        "hybrid",
        ("混合路径", "Hybrid"),
        "output",
        (
            "先 API、后租赁、再自建的分期成本；与始终用一种的对比；何时切换，保留多少基荷",
            "API first, then rented, then own hardware: cost by phase; one option throughout; when to switch, which base load to hold",
        ),
        ("所选币种的元，名义值，税前；月", "units of the chosen currency, nominal, before tax; months"),
    )
    widths(sheet, 30, 13, 13, 30, 14, 14, 16, 14, 16)
    record_words(quote, sheet)
    row = _phases(quote, sheet, HEADER_ROW)
    row = _sums(quote, sheet, row + 2)
    row = _throughout(quote, sheet, row + 2)
    if any(option.deployment != "api" for option in quote.options):
        row = _switches(quote, sheet, row + 2)
        row = _base_loads(quote, sheet, row + 2)
    _chart(quote, sheet, row + 2)
    sheet.freeze = (HEADER_ROW, 2)
    sheet.landscape, sheet.one_page = False, True


def _phases(quote: QuoteContext, sheet: Sheet, top: int) -> int:
    layout, pick = quote.layout, quote.layout.pick
    last = view(quote, sheet, (top, 1), "phases")
    header(layout, sheet, [pick("累计", "Cumulative")], row=top, column=_SUM)
    for row in range(top + 1, last + 1):
        text = f"=G{row}" if row == top + 1 else f"=I{row - 1}+G{row}"
        layout.formula(sheet, row, _SUM, text, "Calculation", styles.MONEY)
    note = pick(
        "路径取自文档，月数与占比为判断（各一年，80/20）；各阶段用本报价中成本最低且能承载的方案，没有则用文档的。",
        "The documents' path; months and shares are judged (a year each, 80/20). Each phase takes the quote's least costly option that serves.",
    )
    layout.put(sheet, last + 1, 1, note, "Plain")
    return last + 1


def _sums(quote: QuoteContext, sheet: Sheet, top: int) -> int:
    """Write the cost of each phase by deployment, which the chart shows."""
    layout, pick = quote.layout, quote.layout.pick
    rows = record_of(quote)["phases"]
    starts = {str(row[0]): line for line, row in reversed([*enumerate(rows, start=1)])}
    names = sorted(starts, key=lambda name: starts[name])
    header(layout, sheet, [pick("各阶段费用", "Cost by phase")], row=top)
    for column, deployment in enumerate(DEPLOYMENTS, start=2):
        label = deployment_label(quote, deployment)
        layout.put(sheet, top, column, label, "Header", key=f"hybrid.sum.{deployment}", wrap=True)
    sheet.heights[top] = 30
    for line, name in enumerate(names, start=1):
        row = top + line
        phase = f"{{phases.{starts[name]}.1}}"
        layout.formula(sheet, row, 1, f"={phase}", "Linked Cell", styles.TEXT, key=f"hybrid.phase.{line}")
        for column, deployment in enumerate(DEPLOYMENTS, start=2):
            costs, phases, codes = (f"{{$phases.1.{at}:phases.{len(rows)}.{at}}}" for at in (7, 1, 3))
            text = f'=SUMIFS({costs},{phases},$A{row},{codes},"{deployment}")'
            key = f"hybrid.sum.{deployment}.{line}"
            layout.formula(sheet, row, column, text, "Calculation", styles.MONEY, key=key)
    return top + len(names)


def _throughout(quote: QuoteContext, sheet: Sheet, top: int) -> int:
    return view(quote, sheet, (top, 1), "throughout")


def _switches(quote: QuoteContext, sheet: Sheet, top: int) -> int:
    note = (
        "占比为硬件能承载的最大部分，其余留在 API；— 为切换不划算。",
        "The share is what the hardware can serve, the rest stays on the API; — where switching does not pay.",
    )
    return _noted_view(quote, sheet, top, "switches", note)


def _base_loads(quote: QuoteContext, sheet: Sheet, top: int) -> int:
    note = (
        "值得持有的副本数：再多一个，省下的 API 费不够其成本。不计用户增长。",
        "Copies worth holding: one more takes less off the API's bill than it costs. Users do not grow here.",
    )
    return _noted_view(quote, sheet, top, "base_loads", note)


def _noted_view(quote: QuoteContext, sheet: Sheet, top: int, block: str, note: tuple[str, str]) -> int:
    """Show a block of the record and a line below it; return the row of the line."""
    last = view(quote, sheet, (top, 1), block)
    quote.layout.put(sheet, last + 1, 1, quote.layout.pick(*note), "Plain")
    return last + 1


def _chart(quote: QuoteContext, sheet: Sheet, top: int) -> None:
    layout, pick = quote.layout, quote.layout.pick
    count = len({row[0] for row in record_of(quote)["phases"]})
    layout.put(sheet, top - 1, 1, pick("图题", "Title of the chart"), "Note")
    title = pick("混合路径：各阶段费用", "The phased path: cost by phase")
    layout.put(sheet, top - 1, 2, title, "Note", styles.TEXT, key="hybrid.title")
    sheet.charts.append(
        Chart(
            kind="stacked",
            title="hybrid.title",
            value_axis="answer.axis",
            category_axis="",
            anchor=f"A{top + 1}",
            categories=("hybrid.phase.1", f"hybrid.phase.{count}"),
            series=tuple(
                ChartSeries(f"hybrid.sum.{each}", f"hybrid.sum.{each}.1", f"hybrid.sum.{each}.{count}")
                for each in DEPLOYMENTS
            ),
            colours=tuple(option_colour(each, 1) for each in DEPLOYMENTS),
            alt=pick(
                "堆积柱形图：各阶段 API、租赁与自建的费用",
                "Stacked columns: cost of API, rented and own hardware by phase",
            ),
            width_cm=26,
        )
    )
