"""The data of charts and answers, at the end of the sheet Detail: names, totals, components, one sentence each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.canvas import styles
from workbook.canvas.frame import header
from workbook.quote.sheets.detail_sheet import PROFILES, component_label, profile_label
from xlmodel.cost.schedule import COMPONENTS

if TYPE_CHECKING:
    from workbook.canvas.book_layout import Layout, Sheet

# income would stand below the axis of a stacked chart
CHARTED = tuple(name for name in COMPONENTS if name not in {"residual", "tax_shield"})
_FIRST_OPTION = 3


def answer_block(layout: Layout, options: list[tuple[str, int]], top: int) -> None:
    """Write the block on the sheet Detail from a row on."""
    pick, sheet = layout.pick, layout.sheets["detail"]
    sheet.breaks.append(top - 1)
    layout.put(sheet, top, 1, pick("图表与结论的数据", "Data of the charts and the answer"), "Section")
    row = _totals(layout, sheet, options, top + 1)
    row = _components(layout, sheet, options, row + 2)
    for profile, _ in PROFILES:
        row = _answer(layout, sheet, options, row + 2, profile)


def _totals(layout: Layout, sheet: Sheet, options: list[tuple[str, int]], row: int) -> int:
    pick = layout.pick
    labels = [
        pick("方案", "Option"),
        pick("单位", "Unit"),
        *(profile_label(layout, name) for name, _ in PROFILES),
    ]
    header(layout, sheet, labels, row=row)
    for line, (deployment, slot) in enumerate(options, start=row + 1):
        stem = f"{deployment}.{slot}"
        block = f"detail.{PROFILES[0][0]}.{stem}"
        text = f'={{{block}.deployment}}&" "&{{{block}.what}}'
        layout.formula(sheet, line, 1, text, "Calculation", styles.TEXT, key=f"answer.{stem}.label")
        layout.formula(sheet, line, 2, "=in_currency", "Linked Cell", styles.TEXT)
        for column, (profile, _) in enumerate(PROFILES, start=3):
            text = f"={{detail.{profile}.{stem}.present.sum}}"
            layout.formula(
                sheet, line, column, text, "Calculation", styles.MONEY, key=f"answer.{profile}.{stem}"
            )
    axis = row + 1 + len(options)
    layout.put(sheet, axis, 1, pick("图轴", "Axis of the charts"), "Note")
    text = pick('="总计（"&in_currency&"）"', '="Total ("&in_currency&")"')
    layout.formula(sheet, axis, 2, text, "Note", styles.TEXT, key="answer.axis")
    return axis


def _components(layout: Layout, sheet: Sheet, options: list[tuple[str, int]], row: int) -> int:
    """Write the nominal components of the full accounting, a row each, a column an option."""
    pick = layout.pick
    layout.put(
        sheet, row, 1, pick("分项（完整口径）", "Components (full)"), "Output", key="answer.components"
    )
    layout.put(sheet, row, 2, pick("单位", "Unit"), "Output")
    for column, (deployment, slot) in enumerate(options, start=_FIRST_OPTION):
        text = f"={{answer.{deployment}.{slot}.label}}"
        layout.formula(sheet, row, column, text, "Output", styles.TEXT, wrap=True)
    sheet.heights[row] = 42
    for line, name in enumerate(CHARTED, start=row + 1):
        layout.put(sheet, line, 1, component_label(layout, name), "Text")
        layout.formula(sheet, line, 2, "=in_currency", "Linked Cell", styles.TEXT)
        for column, (deployment, slot) in enumerate(options, start=_FIRST_OPTION):
            text = f"={{detail.full.{deployment}.{slot}.{name}.sum}}"
            layout.formula(sheet, line, column, text, "Calculation", styles.MONEY)
    return row + len(CHARTED)


def _answer(layout: Layout, sheet: Sheet, options: list[tuple[str, int]], row: int, profile: str) -> int:
    """Write the answer of an accounting step by step, ending in one sentence."""
    pick, label = layout.pick, profile_label(layout, profile)
    first, last = (f"{deployment}.{slot}" for deployment, slot in (options[0], options[-1]))
    names = f"{{answer.{first}.label:answer.{last}.label}}"
    totals = f"{{answer.{profile}.{first}:answer.{profile}.{last}}}"
    header(layout, sheet, [f"{pick('结论', 'The answer')} · {label}", pick("数值", "Value")], row=row)
    least, best, tied, most, worst, times, amount, start, middle, end, whole = range(row + 1, row + 12)
    layout_rows = (
        (least, pick("最低总计", "Lowest total"), f"=MIN({totals})", styles.MONEY),
        (best, pick("最省的方案", "Least costly"), f"=INDEX({names},MATCH(B{least},{totals},0))", styles.TEXT),
        (tied, pick("同价方案数", "Options at that total"), f"=COUNTIF({totals},B{least})", styles.WHOLE),
        (most, pick("最高总计", "Highest total"), f"=MAX({totals})", styles.MONEY),
        (worst, pick("最贵的方案", "Most costly"), f"=INDEX({names},MATCH(B{most},{totals},0))", styles.TEXT),
        (times, pick("倍数", "Times"), f"=IF(B{least}=0,0,B{most}/B{least})", styles.ONE_DECIMAL),
        (amount, pick("金额", "Amount"), _amount(layout, f"B{least}"), styles.TEXT),
        (start, pick("句首", "Start"), _start(layout, label, f"B{best}", f"B{tied}"), styles.TEXT),
        (
            middle,
            pick("句中", "Middle"),
            pick(f'="，"&in_years&" 年合计 "&B{amount}&" "&in_currency', f'=", "&B{amount}&" "&in_currency&" over "&in_years&" years"'),
            styles.TEXT,
        ),
        (
            end,
            pick("句尾", "End"),
            pick(f'="；"&B{worst}&" 为其 "&TEXT(ROUND(B{times},1),IF(B{times}<12,"0.0","#,##0"))&" 倍。"', f'="; "&B{worst}&" costs "&TEXT(ROUND(B{times},1),IF(B{times}<12,"0.0","#,##0"))&" times as much."'),
            styles.TEXT,
        ),
    )  # fmt: skip
    for line, text, formula, number in layout_rows:
        layout.put(sheet, line, 1, text, "Text")
        layout.formula(sheet, line, 2, formula, "Calculation" if line < amount else "Plain", number)
    layout.put(sheet, whole, 1, pick("整句", "Sentence"), "Text")
    text = f"=B{start}&B{middle}&B{end}"
    layout.formula(sheet, whole, 2, text, "Plain", styles.TEXT, key=f"answer.{profile}")
    return whole


def _amount(layout: Layout, cell: str) -> str:
    if layout.lang == "zh":
        return f'=IF({cell}<10000,TEXT(ROUND({cell},0),"#,##0"),TEXT(ROUND({cell}/10000,1),"#,##0.0")&" 万")'
    return f'=TEXT(ROUND({cell},0),"#,##0")'


def _start(layout: Layout, label: str, best: str, tied: str) -> str:
    return layout.pick(
        f'="{label}：最省的是 "&{best}&IF({tied}>1,"（"&{tied}&" 个方案同价）","")',
        f'="{label}: least costly is "&{best}&IF({tied}>1," ("&{tied}&" options tie)","")',
    )


def components_area(layout: Layout, options: list[tuple[str, int]]) -> tuple[int, int, int, int]:
    """Return the first row, first column, last row and last column of the components, headings included."""
    place = layout.places["answer.components"]
    return place.row, 1, place.row + len(CHARTED), _FIRST_OPTION - 1 + len(options)
