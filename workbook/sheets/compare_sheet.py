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

# rows that a chart covers
CHART_ROWS = 20


def compare_sheet(layout: Layout, options: list[tuple[str, int]], years: int) -> None:
    """Add the sheet Compare with its two charts."""
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
    below = last + 2 + CHART_ROWS
    row = _labels(layout, sheet, options, below)
    _components(layout, sheet, options, row + 1, last + 2)
    sheet.freeze = (first, 3)
    sheet.one_page = True
    _charts(layout, sheet, options, last + 2)


def _headers(layout: Layout, sheet: Sheet, years: int) -> None:
    pick = layout.pick
    groups = [
        "",
        "",
        *[text for profile, _ in PROFILES for text in (profile_label(layout, profile), *[""] * (years + 2))],
    ]
    header(layout, sheet, groups, row=HEADER_ROW)
    columns = [
        *(pick(f"第{year}年", f"Year {year}") for year in range(1, years + 1)),
        pick("总计", "Total"),
        pick("每百万token", "Per Mtok"),
        pick("排名", "Rank"),
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
    text = f'=IF(in_dau*(in_input+in_output)=0,"",LLM_COST_PER_MTOK({arguments}))'
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


def _labels(layout: Layout, sheet: Sheet, options: list[tuple[str, int]], row: int) -> int:
    """Write the options' names as charts and sentences show them, with their totals."""
    pick = layout.pick
    layout.put(sheet, row, 1, pick("图表与结论的数据", "Data of the charts and the answer"), "Section")
    labels = [
        pick("方案", "Option"),
        pick("币种", "Currency"),
        *(profile_label(layout, name) for name, _ in PROFILES),
    ]
    header(layout, sheet, labels, row=row + 1)
    for index, (deployment, slot) in enumerate(options, start=row + 2):
        stem = f"{deployment}.{slot}"
        text = f'={{compare.{stem}.deployment}}&" "&{{compare.{stem}.what}}'
        layout.formula(sheet, index, 1, text, "Calculation", styles.TEXT, key=f"compare.{stem}.label")
        layout.formula(sheet, index, 2, "=in_currency", "Linked Cell", styles.TEXT)
        for column, (profile, _) in enumerate(PROFILES, start=3):
            text = f"={{compare.{profile}.{stem}.total}}"
            layout.formula(
                sheet, index, column, text, "Calculation", styles.MONEY, key=f"compare.{profile}.{stem}.bar"
            )
    axis = row + 2 + len(options)
    layout.put(sheet, axis, 1, pick("图轴", "Axis of the charts"), "Note")
    text = pick('="总计（"&in_currency&"）"', '="Total ("&in_currency&")"')
    layout.formula(sheet, axis, 2, text, "Note", styles.TEXT, key="compare.axis")
    return _answers(layout, sheet, options, axis + 2)


def _answers(layout: Layout, sheet: Sheet, options: list[tuple[str, int]], row: int) -> int:
    """Write the answer of each accounting step by step, ending in one sentence."""
    pick = layout.pick
    labels = [
        pick("结论", "The answer"), pick("最省的方案", "Least costly"), pick("总计", "Total"), pick("并列数", "Tied"),
        pick("最贵的方案", "Most costly"), "", pick("总计", "Total"), pick("倍数", "Times"),
    ]  # fmt: skip
    header(layout, sheet, labels, row=row)
    first, last = (f"{deployment}.{slot}" for deployment, slot in (options[0], options[-1]))
    names = f"{{compare.{first}.label:compare.{last}.label}}"
    for line, (profile, _) in enumerate(PROFILES, start=row + 1):
        totals = f"{{compare.{profile}.{first}.bar:compare.{profile}.{last}.bar}}"
        layout.put(sheet, line, 1, profile_label(layout, profile), "Text")
        layout.formula(
            sheet, line, 2, f"=INDEX({names},MATCH(C{line},{totals},0))", "Calculation", styles.TEXT
        )
        layout.formula(sheet, line, 3, f"=MIN({totals})", "Calculation", styles.MONEY)
        layout.formula(sheet, line, 4, f"=COUNTIF({totals},C{line})", "Calculation", styles.WHOLE)
        layout.formula(
            sheet, line, 5, f"=INDEX({names},MATCH(G{line},{totals},0))", "Calculation", styles.TEXT
        )
        layout.put(sheet, line, 6, None, "Text")
        layout.formula(sheet, line, 7, f"=MAX({totals})", "Calculation", styles.MONEY)
        layout.formula(sheet, line, 8, f"=IF(C{line}=0,0,G{line}/C{line})", "Calculation", styles.ONE_DECIMAL)
    below = row + len(PROFILES) + 2
    for index, (profile, _) in enumerate(PROFILES):
        _sentences(layout, sheet, row + 1 + index, below + 4 * index, profile)
    return below + 4 * len(PROFILES) + 1


def _sentences(layout: Layout, sheet: Sheet, data: int, row: int, profile: str) -> None:
    pick, label = layout.pick, profile_label(layout, profile)
    tie = pick("（另有方案并列）", " (others tie)")
    parts = (pick("句首", "start"), pick("金额", "amount"), pick("句尾", "end"), pick("整句", "sentence"))
    for line, part in enumerate(parts, start=row):
        layout.put(sheet, line, 1, f"{label} · {part}", "Text")
    start = pick(
        f'="{label}：最省的是 "&B{data}&IF(D{data}>1,"{tie}","")',
        f'="{label}: least costly is "&B{data}&IF(D{data}>1,"{tie}","")',
    )
    layout.formula(sheet, row, 2, start, "Plain", styles.TEXT)
    amount = pick(
        f'="，"&in_years&" 年合计 "&TEXT(C{data}/10000,"#,##0.0")&" 万 "&in_currency',
        f'=", "&TEXT(C{data},"#,##0")&" "&in_currency&" over "&in_years&" years"',
    )
    layout.formula(sheet, row + 1, 2, amount, "Plain", styles.TEXT)
    end = pick(
        f'="；"&E{data}&" 为其 "&TEXT(H{data},"#,##0.0")&" 倍。"',
        f'="; "&E{data}&" costs "&TEXT(H{data},"#,##0.0")&" times as much."',
    )
    layout.formula(sheet, row + 2, 2, end, "Plain", styles.TEXT)
    layout.formula(
        sheet,
        row + 3,
        2,
        f"=B{row}&B{row + 1}&B{row + 2}",
        "Plain",
        styles.TEXT,
        key=f"compare.answer.{profile}",
    )


def _components(
    layout: Layout, sheet: Sheet, options: list[tuple[str, int]], row: int, chart_row: int
) -> None:
    """Write the nominal components of the full accounting, one row an option."""
    pick = layout.pick
    shown = [name for name in COMPONENTS if name != "residual"]
    labels = [
        pick("分项（完整口径）", "Components (full)"),
        pick("币种", "Currency"),
        *(component_label(layout, name) for name in shown),
    ]
    header(layout, sheet, labels, row=row)
    for index, (deployment, slot) in enumerate(options, start=row + 1):
        stem = f"{deployment}.{slot}"
        layout.formula(sheet, index, 1, f"={{compare.{stem}.label}}", "Calculation", styles.TEXT)
        layout.formula(sheet, index, 2, "=in_currency", "Linked Cell", styles.TEXT)
        for column, name in enumerate(shown, start=3):
            layout.formula(
                sheet, index, column, f"={{detail.full.{stem}.{name}.sum}}", "Linked Cell", styles.MONEY
            )
    last = row + len(options)
    sheet.charts.append(
        Chart(
            kind="stacked",
            title="compare.answer.full",
            value_axis="compare.axis",
            category_axis="",
            anchor=f"H{chart_row}",
            categories=(row + 1, 1, last, 1),
            series=tuple((row, column, last, column) for column in range(3, 3 + len(shown))),
            alt=pick(
                "堆叠柱形图：完整口径下各方案的成本构成",
                "Stacked columns: components of each option's cost in the full accounting",
            ),
            width_cm=21,
        )
    )


def _charts(layout: Layout, sheet: Sheet, options: list[tuple[str, int]], row: int) -> None:
    pick = layout.pick
    place = layout.places[f"compare.{options[0][0]}.{options[0][1]}.label"]
    top, bottom = place.row - 1, place.row + len(options) - 1
    sheet.charts.insert(
        0,
        Chart(
            kind="bar",
            title="compare.answer.published",
            value_axis="compare.axis",
            category_axis="",
            anchor=f"A{row}",
            categories=(top + 1, 1, bottom, 1),
            series=((top, 3, bottom, 3), (top, 4, bottom, 4)),
            alt=pick(
                "柱形图：各方案总成本，公布口径与完整口径", "Columns: each option's total, published and full"
            ),
            width_cm=21,
        ),
    )
