"""The sheet Compare: options by year, total, per million tokens and rank, both accountings side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook import styles
from workbook.charts import Chart
from workbook.layout import HEADER_ROW
from workbook.sheets.detail_sheet import (
    DEPLOYMENT_LABELS,
    PROFILES,
    component_label,
    profile_label,
    what_formula,
)
from workbook.sheets.frame import header, start, widths
from xlmodel.cost.schedule import COMPONENTS
from xlmodel.engine.values import column_letters

if TYPE_CHECKING:
    from workbook.layout import Layout, Sheet


def compare_sheet(layout: Layout, options: list[tuple[str, int]], years: int) -> None:
    """Add the sheet Compare with its two charts."""
    pick = layout.pick
    sheet = start(
        layout,
        "compare",
        ("对比", "Compare"),
        "output",
        ("API、租赁与自建：逐年、总计、每百万 token", "API, rent and own: by year, in total, per million tokens"),
        ("所选币种的元；每百万 token 含输入与输出", "units of the chosen currency; per million tokens, input and output"),
    )
    widths(sheet, 15, 22, *([13] * (2 * (years + 3))))
    first = HEADER_ROW + 2
    last = first + len(options) - 1
    _headers(layout, sheet, years)
    for row, (deployment, slot) in enumerate(options, start=first):
        layout.put(sheet, row, 1, pick(*DEPLOYMENT_LABELS[deployment]), "Text", key=f"compare.{deployment}.{slot}.deployment")
        layout.formula(sheet, row, 2, what_formula(deployment, slot), "Calculation", styles.TEXT, key=f"compare.{deployment}.{slot}.what")
        for index, (profile, variant) in enumerate(PROFILES):
            _amounts(layout, sheet, row, 3 + index * (years + 3), (deployment, slot, profile, variant), (years, first, last))
    row = _labels(layout, sheet, options, last + 2)
    row = _components(layout, sheet, options, row + 1)
    sheet.freeze = (first, 3)
    _charts(layout, sheet, options, years, row)


def _headers(layout: Layout, sheet: Sheet, years: int) -> None:
    pick = layout.pick
    groups = ["", "", *[text for profile, _ in PROFILES for text in (profile_label(layout, profile), *[""] * (years + 2))]]
    header(layout, sheet, groups, row=HEADER_ROW)
    columns = [*(pick(f"第{year}年", f"Year {year}") for year in range(1, years + 1)), pick("总计", "Total"), pick("每百万token", "Per Mtok"), pick("排名", "Rank")]
    header(layout, sheet, [pick("方案", "Option"), pick("对象", "What"), *columns, *columns], row=HEADER_ROW + 1)


def _amounts(
    layout: Layout, sheet: Sheet, row: int, left: int, option: tuple[str, int, str, str], frame: tuple[int, int, int]
) -> None:
    deployment, slot, profile, variant = option
    years, first, last = frame
    stem = f"{deployment}.{slot}"
    for year in range(1, years + 1):
        text = f"={{detail.{profile}.{stem}.present.{year}}}"
        layout.formula(sheet, row, left + year - 1, text, "Linked Cell", styles.MONEY, key=f"compare.{profile}.{stem}.{year}")
    arguments = f"$A{row},$B{row},in_dau,in_years,in_input,in_output,list_assumptions,list_figures,{variant}"
    total, per_mtok, rank = left + years, left + years + 1, left + years + 2
    layout.formula(sheet, row, total, f"=LLM_TCO({arguments})", "Output", styles.MONEY, key=f"compare.{profile}.{stem}.total")
    text = f'=IF(in_dau*(in_input+in_output)=0,"",LLM_COST_PER_MTOK({arguments}))'
    layout.formula(sheet, row, per_mtok, text, "Output", styles.PER_MTOK, key=f"compare.{profile}.{stem}.per_mtok")
    letter = column_letters(total)
    layout.formula(sheet, row, rank, f"=RANK({letter}{row},{letter}${first}:{letter}${last},1)", "Output", styles.WHOLE, key=f"compare.{profile}.{stem}.rank")


def _labels(layout: Layout, sheet: Sheet, options: list[tuple[str, int]], row: int) -> int:
    """Write the options' names as the charts show them."""
    pick = layout.pick
    layout.put(sheet, row, 1, pick("图表数据", "Data of the charts"), "Section")
    header(layout, sheet, [pick("方案", "Option"), "", profile_label(layout, "published"), profile_label(layout, "full")], row=row + 1)
    for index, (deployment, slot) in enumerate(options, start=row + 2):
        stem = f"{deployment}.{slot}"
        text = f'={{compare.{stem}.deployment}}&" "&{{compare.{stem}.what}}'
        layout.formula(sheet, index, 1, text, "Calculation", styles.TEXT, key=f"compare.{stem}.label")
        layout.put(sheet, index, 2, None, "Text")
        for column, (profile, _) in enumerate(PROFILES, start=3):
            layout.formula(sheet, index, column, f"={{compare.{profile}.{stem}.total}}", "Calculation", styles.MONEY, key=f"compare.{profile}.{stem}.bar")
    return row + 2 + len(options)


def _components(layout: Layout, sheet: Sheet, options: list[tuple[str, int]], row: int) -> int:
    """Write the nominal components of the full accounting, one row an option."""
    pick = layout.pick
    shown = [name for name in COMPONENTS if name != "residual"]
    labels = [pick("分项（完整口径）", "Components (full)"), "", *(component_label(layout, name) for name in shown)]
    header(layout, sheet, labels, row=row)
    for index, (deployment, slot) in enumerate(options, start=row + 1):
        stem = f"{deployment}.{slot}"
        layout.formula(sheet, index, 1, f"={{compare.{stem}.label}}", "Calculation", styles.TEXT)
        layout.put(sheet, index, 2, None, "Text")
        for column, name in enumerate(shown, start=3):
            layout.formula(sheet, index, column, f"={{detail.full.{stem}.{name}.sum}}", "Linked Cell", styles.MONEY)
    sheet_rows = row, row + len(options)
    sheet.charts.append(
        Chart(
            kind="stacked",
            title=pick("完整口径：各方案的成本构成", "Full accounting: what each option's cost is made of"),
            value_axis=pick("总计（元）", "Total (CNY)"),
            category_axis="",
            anchor=f"J{row + len(options) + 3}",
            categories=(row + 1, 1, row + len(options), 1),
            series=tuple((sheet_rows[0], column, sheet_rows[1], column) for column in range(3, 3 + len(shown))),
            alt=pick("堆叠柱形图：完整口径下各方案的成本构成", "Stacked columns: components of each option's cost in the full accounting"),
            width_cm=21,
        )
    )
    return row + len(options) + 1


def _charts(layout: Layout, sheet: Sheet, options: list[tuple[str, int]], years: int, row: int) -> None:
    pick = layout.pick
    place = layout.places[f"compare.{options[0][0]}.{options[0][1]}.label"]
    top, bottom = place.row - 1, place.row + len(options) - 1
    sheet.charts.insert(
        0,
        Chart(
            kind="bar",
            title=pick(f"{years} 年总成本：两种口径", f"Total over {years} years in both accountings"),
            value_axis=pick("总计（元）", "Total (CNY)"),
            category_axis="",
            anchor=f"A{row + 2}",
            categories=(top + 1, 1, bottom, 1),
            series=((top, 3, bottom, 3), (top, 4, bottom, 4)),
            alt=pick("柱形图：各方案总成本，公布口径与完整口径", "Columns: each option's total, published and full"),
            width_cm=21,
        ),
    )
