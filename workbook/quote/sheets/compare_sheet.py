"""The sheet Compare: options by year, total, per million tokens and rank, both accountings side by side."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from workbook.canvas import styles
from workbook.canvas.book_layout import HEADER_ROW
from workbook.canvas.charts import CHART_ROWS, Chart, ChartSeries
from workbook.canvas.frame import header, start, widths
from workbook.quote.sheets.answer_block import CHARTED
from workbook.quote.sheets.breakeven_sheet import curve_charts
from workbook.quote.wording import PROFILES, deployment_label, profile_label
from xlmodel.grid import column_letters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbook.canvas.book_layout import Layout, Sheet
    from workbook.quote.context import QuoteContext
    from workbook.quote.options import Option


def compare_sheet(quote: QuoteContext) -> None:
    """Add the sheet Compare with its charts of totals, components and, where there is Break-even, its curves."""
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
    widths(sheet, 32, 32, *([13] * (2 * (years + 3))))
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
        for index, (profile, variant) in enumerate(PROFILES):
            _amounts(
                layout,
                sheet,
                row,
                3 + index * (years + 3),
                (option, profile, variant),
                (years, first, last),
            )
    _charts(layout, sheet, options, last + 2)
    if quote.has("breakeven"):
        for chart, column in zip(curve_charts(layout, options), "AG", strict=True):
            sheet.charts.append(replace(chart, anchor=f"{column}{last + 2 + CHART_ROWS}", width_cm=21))
    sheet.freeze = (first, 3)
    sheet.one_page = True


def _headers(layout: Layout, sheet: Sheet, years: int) -> None:
    pick = layout.pick
    header(layout, sheet, ["", ""], row=HEADER_ROW)
    for index, (profile, _) in enumerate(PROFILES):
        left = 3 + index * (years + 3)
        layout.put(sheet, HEADER_ROW, left, profile_label(layout, profile), "Band")
        for column in range(left + 1, left + years + 3):
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
    of: tuple[Option, str, str],
    frame: tuple[int, int, int],
) -> None:
    option, profile, variant = of
    years, first, last = frame
    for year in range(1, years + 1):
        text = f"={option.ref('detail', profile, 'present', year)}"
        layout.formula(
            sheet,
            row,
            left + year - 1,
            text,
            "Linked Cell",
            styles.MONEY,
            key=option.key("compare", profile, year),
        )
    arguments = f"$A{row},$B{row},in_dau,in_years,in_input,in_output,list_assumptions,list_figures,{variant}"
    total, per_mtok, rank = left + years, left + years + 1, left + years + 2
    layout.formula(
        sheet,
        row,
        total,
        f"=LLM_TCO({arguments})",
        "Output",
        styles.MONEY,
        key=option.key("compare", profile, "total"),
    )
    text = f'=IF(in_dau*(in_input+in_output)=0,"—",LLM_COST_PER_MTOK({arguments}))'
    layout.formula(
        sheet, row, per_mtok, text, "Output", styles.PER_MTOK, key=option.key("compare", profile, "per_mtok")
    )
    letter = column_letters(total)
    layout.formula(
        sheet,
        row,
        rank,
        f"=RANK({letter}{row},{letter}${first}:{letter}${last},1)",
        "Output",
        styles.WHOLE,
        key=option.key("compare", profile, "rank"),
    )


def _charts(layout: Layout, sheet: Sheet, options: Sequence[Option], row: int) -> None:
    """Add the charts of totals and of components under the table."""
    pick = layout.pick
    first, last = options[0], options[-1]
    sheet.charts.append(
        Chart(
            kind="bar",
            title="answer.published",
            value_axis="answer.axis",
            category_axis="",
            anchor=f"A{row}",
            categories=(first.key("answer", "label"), last.key("answer", "label")),
            series=tuple(
                ChartSeries(
                    f"answer.head.{profile}", first.key("answer", profile), last.key("answer", profile)
                )
                for profile, _ in PROFILES
            ),
            alt=pick(
                "柱形图：各方案总成本，公布口径与完整口径", "Columns: each option's total, published and full"
            ),
            width_cm=21,
        )
    )
    sheet.charts.append(
        Chart(
            kind="stacked",
            title="answer.full",
            value_axis="answer.axis",
            category_axis="",
            anchor=f"G{row}",
            categories=(first.key("answer", "components"), last.key("answer", "components")),
            series=tuple(
                ChartSeries(
                    f"answer.component.{name}",
                    first.key("answer", "component", name),
                    last.key("answer", "component", name),
                )
                for name in CHARTED
            ),
            alt=pick(
                "堆叠柱形图：完整口径下各方案的成本构成",
                "Stacked columns: components of each option's cost in the full accounting",
            ),
            width_cm=21,
        )
    )
