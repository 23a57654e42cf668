"""The sheet Compare: options by year, total, per million tokens and rank, both accountings side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.canvas import styles
from workbook.canvas.book_layout import HEADER_ROW
from workbook.canvas.charts import Chart, ChartSeries
from workbook.canvas.frame import header, start, widths
from workbook.quote.sheets.answer_block import CHARTED
from workbook.quote.sheets.bridge_block import bridge_charts, bridge_view
from workbook.quote.wording import PROFILES, deployment_label, profile_label
from xlmodel.grid import column_letters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbook.canvas.book_layout import Layout, Sheet
    from workbook.quote.context import QuoteContext
    from workbook.quote.options import Option


def compare_sheet(quote: QuoteContext) -> None:
    """Add the sheet Compare with its charts of components and of the bridge between the accountings."""
    layout, options, years = quote.layout, quote.options, quote.years
    sheet = start(
        layout,
        "compare",
        ("对比", "Compare"),
        "output",
        (
            "API、租赁与自建：逐年、总计、每百万 token",
            "API, rent and own: by year, in total, per million tokens",
        ),
        (
            "所选币种的元；每百万 token 含输入与输出",
            "units of the chosen currency; per million tokens, input and output",
        ),
    )
    widths(sheet, 36, 36, *([13] * (2 * (years + 3))))
    first = HEADER_ROW + 2
    last = first + len(options) - 1
    _headers(layout, sheet, years)
    for row, option in enumerate(options, start=first):
        layout.put(
            sheet,
            row,
            1,
            deployment_label(quote, option.deployment),
            "Text",
            key=option.key("compare", "deployment"),
        )
        layout.formula(
            sheet,
            row,
            2,
            f"={option.input()}",
            "Calculation",
            styles.TEXT,
            key=option.key("compare", "what"),
        )
        for index, (profile, _) in enumerate(PROFILES):
            _amounts(
                layout,
                sheet,
                row,
                3 + index * (years + 3),
                (option, profile),
                (years, last),
            )
    _tokens(layout, sheet, last + 1, years)
    row = _apart(layout, sheet, [option for option in options if option.deployment != "api"], last + 3)
    row = bridge_view(quote, sheet, row + 2)
    _charts(quote, sheet, row + 2)
    sheet.freeze = (first, 3)
    sheet.one_page = True


def _apart(layout: Layout, sheet: Sheet, hardware: Sequence[Option], top: int) -> int:
    """Write what cannot serve and has no rank, with the same GPU made large enough; return the last row."""
    pick = layout.pick
    if not hardware:
        return top - 2
    labels = [
        pick("能否承载（不能承载者不排名）", "Can it serve? (else it has no rank)"), pick("判定", "Verdict"),
        pick("口径", "Accounting"), pick("可承载日活", "Users it serves"), pick("最大年日活", "Largest year"),
        pick("需要 GPU 数", "GPUs needed"), pick("扩容后总计", "Large enough"),
    ]  # fmt: skip
    header(layout, sheet, labels, row=top)
    sheet.heights[top] = 30
    row = top
    for profile, _ in PROFILES:
        for option in hardware:
            row += 1
            cells = (
                (1, option.ref("answer", "label"), styles.TEXT),
                (2, option.ref("capacity", profile, "verdict"), styles.TEXT),
                (4, option.ref("capacity", profile, "users"), styles.COUNT),
                (5, f"{{demand.{profile}.largest}}", styles.COUNT),
                (6, option.ref("capacity", profile, "needs"), styles.WHOLE),
                (7, option.ref("capacity", profile, "needs_total"), styles.MONEY),
            )
            layout.put(sheet, row, 3, profile_label(layout, profile), "Text")
            for column, text, number in cells:
                layout.formula(sheet, row, column, f"={text}", "Linked Cell", number, wrap=column == 2)  # noqa: PLR2004 - words
            sheet.heights[row] = 30
    return row


def _headers(layout: Layout, sheet: Sheet, years: int) -> None:
    pick = layout.pick
    header(layout, sheet, ["", ""], row=HEADER_ROW)
    for index, (profile, _) in enumerate(PROFILES):
        left = 3 + index * (years + 3)
        layout.put(sheet, HEADER_ROW, left, profile_label(layout, profile), "Header")
        layout.formula(sheet, HEADER_ROW, left + 1, f"={{capacity.{profile}.basis}}", "Header", styles.TEXT)
        for column in range(left + 2, left + years + 3):
            layout.put(sheet, HEADER_ROW, column, None, "Band")
    columns = [
        *(pick(f"第{year}年", f"Year {year}") for year in range(1, years + 1)),
        pick("总计", "Total"),
        pick("每百万token", "Per Mtok"),
        pick("名次", "Rank"),
    ]
    header(
        layout, sheet, [pick("方案", "Option"), pick("对象", "What"), *columns, *columns], row=HEADER_ROW + 1
    )


def _amounts(
    layout: Layout,
    sheet: Sheet,
    row: int,
    left: int,
    of: tuple[Option, str],
    frame: tuple[int, int],
) -> None:
    option, profile = of
    years, last = frame
    for year in range(1, years + 1):
        text = f"={option.ref('audit', profile, 'total', year)}"
        layout.formula(
            sheet,
            row,
            left + year - 1,
            text,
            "Linked Cell",
            styles.MONEY,
            key=option.key("compare", profile, year),
        )
    total, per_mtok, rank = left + years, left + years + 1, left + years + 2
    layout.formula(
        sheet,
        row,
        total,
        f"={option.ref('audit', profile, 'total')}",
        "Output",
        styles.MONEY,
        key=option.key("compare", profile, "total"),
    )
    # over the same tokens as LLM_COST_PER_MTOK takes; of what cannot serve them there is no such cost
    tokens = f"{column_letters(per_mtok)}${last + 1}"
    able = f'AND({{{option.key("compare", profile, "rank")}}}<>"—",{tokens}>0)'
    text = f'=IF({able},{column_letters(total)}{row}/{tokens},"—")'
    layout.formula(
        sheet, row, per_mtok, text, "Output", styles.PER_MTOK, key=option.key("compare", profile, "per_mtok")
    )
    text = f"={option.ref('answer', profile, 'rank')}"
    layout.formula(sheet, row, rank, text, "Output", styles.WHOLE, key=option.key("compare", profile, "rank"))


def _tokens(layout: Layout, sheet: Sheet, row: int, years: int) -> None:
    """Write what the cost per million tokens is divided by, below its column."""
    pick = layout.pick
    layout.put(
        sheet,
        row,
        1,
        pick("百万 token，与费用同样折现", "Million tokens, discounted as the costs are"),
        "Note",
    )
    for index, (profile, _) in enumerate(PROFILES):
        column = 3 + index * (years + 3) + years + 1
        layout.formula(sheet, row, column, f"={{demand.{profile}.mtok}}", "Linked Cell", styles.COUNT)


def _charts(quote: QuoteContext, sheet: Sheet, row: int) -> None:
    """Add the charts of components as quoted, and of what the budget adds to the price list, under the tables."""
    layout, options = quote.layout, quote.options
    first, last = options[0], options[-1]
    sheet.charts.append(
        Chart(
            kind="stacked",
            title="answer.component.title",
            value_axis="answer.axis",
            category_axis="",
            anchor=f"A{row}",
            categories=(first.key("answer", "components"), last.key("answer", "components")),
            series=tuple(
                ChartSeries(
                    f"answer.component.{name}",
                    first.key("answer", "component", name),
                    last.key("answer", "component", name),
                )
                for name in CHARTED
            ),
            alt=layout.pick(
                "堆叠柱形图：预算口径下各方案的成本构成",
                "Stacked columns: components of each option's cost as budget cost",
            ),
            width_cm=13.4,
        )
    )
    sheet.charts.extend(bridge_charts(quote, (f"C{row}", f"I{row}"), 15))
