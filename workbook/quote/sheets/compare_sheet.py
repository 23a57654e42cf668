"""The sheet Compare: options by year, total, per million tokens and rank, both accountings side by side."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from workbook.canvas import styles
from workbook.canvas.book_layout import HEADER_ROW
from workbook.canvas.charts import Chart
from workbook.canvas.frame import header, start, widths
from workbook.quote.sheets.answer_block import components_area
from workbook.quote.sheets.detail_sheet import (
    DEPLOYMENT_LABELS,
    PROFILES,
    profile_label,
    what_formula,
)
from xlmodel.grid import column_letters

if TYPE_CHECKING:
    from workbook.canvas.book_layout import Layout, Sheet

# rows that a chart covers
CHART_ROWS = 20


def compare_sheet(layout: Layout, options: list[tuple[str, int]], years: int) -> None:
    """Add the sheet Compare with its charts of totals and components."""
    pick = layout.pick
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
    for row, (deployment, slot) in enumerate(options, start=first):
        layout.put(
            sheet,
            row,
            1,
            pick(*DEPLOYMENT_LABELS[deployment]),
            "Text",
            key=f"compare.{deployment}.{slot}.deployment",
        )
        layout.formula(
            sheet,
            row,
            2,
            what_formula(deployment, slot),
            "Calculation",
            styles.TEXT,
            key=f"compare.{deployment}.{slot}.what",
        )
        for index, (profile, variant) in enumerate(PROFILES):
            _amounts(
                layout,
                sheet,
                row,
                3 + index * (years + 3),
                (deployment, slot, profile, variant),
                (years, first, last),
            )
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
    option: tuple[str, int, str, str],
    frame: tuple[int, int, int],
) -> None:
    deployment, slot, profile, variant = option
    years, first, last = frame
    stem = f"{deployment}.{slot}"
    for year in range(1, years + 1):
        text = f"={{detail.{profile}.{stem}.present.{year}}}"
        layout.formula(
            sheet,
            row,
            left + year - 1,
            text,
            "Linked Cell",
            styles.MONEY,
            key=f"compare.{profile}.{stem}.{year}",
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
        key=f"compare.{profile}.{stem}.total",
    )
    text = f'=IF(in_dau*(in_input+in_output)=0,"—",LLM_COST_PER_MTOK({arguments}))'
    layout.formula(
        sheet, row, per_mtok, text, "Output", styles.PER_MTOK, key=f"compare.{profile}.{stem}.per_mtok"
    )
    letter = column_letters(total)
    layout.formula(
        sheet,
        row,
        rank,
        f"=RANK({letter}{row},{letter}${first}:{letter}${last},1)",
        "Output",
        styles.WHOLE,
        key=f"compare.{profile}.{stem}.rank",
    )


def compare_charts(layout: Layout, options: list[tuple[str, int]]) -> None:
    """Add the charts under the table: totals, components, and the curves of Break-even where it stands."""
    sheet = layout.sheets["compare"]
    row = HEADER_ROW + len(options) + 3
    pick = layout.pick
    detail = layout.sheets["detail"].name
    first = layout.places[f"answer.{options[0][0]}.{options[0][1]}.label"].row
    last = first + len(options) - 1
    sheet.charts.append(
        Chart(
            kind="bar",
            title="answer.published",
            value_axis="answer.axis",
            category_axis="",
            anchor=f"A{row}",
            categories=(first, 1, last, 1),
            series=((first - 1, 3, last, 3), (first - 1, 4, last, 4)),
            alt=pick(
                "柱形图：各方案总成本，公布口径与完整口径", "Columns: each option's total, published and full"
            ),
            source=detail,
            width_cm=21,
        )
    )
    top, left, bottom, right = components_area(layout, options)
    sheet.charts.append(
        Chart(
            kind="stacked",
            title="answer.full",
            value_axis="answer.axis",
            category_axis="",
            anchor=f"{column_letters(7)}{row}",
            categories=(top, left + 2, top, right),
            series=tuple((line, left, line, right) for line in range(top + 1, bottom + 1)),
            by_row=2,
            alt=pick(
                "堆叠柱形图：完整口径下各方案的成本构成",
                "Stacked columns: components of each option's cost in the full accounting",
            ),
            source=detail,
            width_cm=21,
        )
    )

    curves = layout.sheets.get("breakeven")
    if curves is not None:
        below = row + CHART_ROWS
        for chart, anchor in zip(curves.charts, (f"A{below}", f"{column_letters(7)}{below}"), strict=True):
            sheet.charts.append(replace(chart, anchor=anchor, source=curves.name, width_cm=21))
