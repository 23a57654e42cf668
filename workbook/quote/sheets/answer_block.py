"""The sheet Answer workings: names, totals, components, ranking and one answer an accounting, from native formulas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.canvas import styles
from workbook.canvas.book_layout import HEADER_ROW
from workbook.canvas.frame import header, start, widths
from workbook.quote.audit.block import CASH
from workbook.quote.sheets.answer_sentence import answer_sentence, different_models, price_notes, span
from workbook.quote.sheets.breakeven_sheet import months_workings
from workbook.quote.sheets.bridge_block import bridge_block
from workbook.quote.sheets.decision_block import accountings_agree, decision_block
from workbook.quote.sheets.grid_block import grid_block
from workbook.quote.sheets.load_block import load_block
from workbook.quote.sheets.published_block import published_block
from workbook.quote.sheets.stop_block import stop_block
from workbook.quote.wording import PROFILES, component_label, deployment_label, profile_label
from xlmodel.cost.schedule import COMPONENTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbook.canvas.book_layout import Layout, Sheet
    from workbook.quote.context import QuoteContext
    from workbook.quote.options import Option

# income would stand below the axis of a stacked chart
_INCOME = ("residual", "tax_shield")
CHARTED = tuple(name for name in COMPONENTS if name not in _INCOME)
_FIRST_OPTION = 3
_THREE_LINES = 42
_CHART_NAME = 7
_DASH = '"—"'


def answer_sheet(quote: QuoteContext) -> None:
    """Add the sheet whose cells the answer and the charts show; nothing on it needs a function."""
    layout, options = quote.layout, quote.options
    sheet = start(
        layout,
        "answer",
        ("结论计算", "Answer workings"),
        "calculation",
        (
            "各方案的总计、名次与结论句，一步一格；图表的数据",
            "Totals, ranks and the sentences of the answer, a step a cell; the data of the charts",
        ),
        ("所选币种的元；1 为是", "units of the chosen currency; 1 = yes"),
    )
    widths(sheet, 34, 36, *([20] * max(len(options), 10)))
    sheet.widths[_CHART_NAME] = 36
    row = _totals(quote, sheet, HEADER_ROW)
    row = _components(quote, sheet, row + 2)
    for profile, _ in PROFILES:
        row = _ranking(layout, sheet, options, row + 2, profile)
        row = answer_sentence(layout, sheet, options, row + 1, profile)
        row = decision_block(quote, sheet, row + 2, profile)
        if quote.mixed and quote.has("breakeven"):
            row = grid_block(quote, sheet, row + 2, profile)
        if quote.has("scenarios"):
            row = load_block(quote, sheet, row + 2, profile)
    row = _in_order(layout, sheet, options, row + 2)
    row = bridge_block(quote, sheet, row + 2)
    if quote.has("breakeven"):
        row = months_workings(quote, sheet, row + 2)
    row = stop_block(quote, sheet, row + 2, PROFILES[-1][0])
    row = published_block(quote, sheet, row + 2)
    row = price_notes(layout, sheet, options, row + 2)
    row = different_models(layout, sheet, options, row + 2)
    accountings_agree(quote, sheet, row + 2, (PROFILES[0][0], PROFILES[1][0]))
    sheet.freeze = (HEADER_ROW, 2)


def _totals(quote: QuoteContext, sheet: Sheet, row: int) -> int:
    """Write what each option costs, as it is quoted, in both accountings."""
    layout, options, pick = quote.layout, quote.options, quote.layout.pick
    labels = [
        pick("方案", "Option"),
        pick("单位", "Unit"),
        *(profile_label(layout, name) for name, _ in PROFILES),
        pick("图中名称", "Name in the charts"),
        pick("部署", "Deployment"),
    ]
    header(layout, sheet, labels, row=row)
    for line, option in enumerate(options, start=row + 1):
        label = deployment_label(quote, option.deployment)
        layout.put(sheet, line, 6, label, "Text", key=option.key("answer", "deployment"))
        deployment = f"F{line}"
        text = f'={deployment}&" "&{option.input()}'
        layout.formula(sheet, line, 1, text, "Calculation", styles.TEXT, key=option.key("answer", "label"))
        layout.formula(sheet, line, 2, "=in_currency", "Linked Cell", styles.TEXT)
        for column, (profile, _) in enumerate(PROFILES, start=3):
            text = f"={option.ref('audit', profile, 'total')}"
            key = option.key("answer", profile)
            layout.formula(sheet, line, column, text, "Linked Cell", styles.MONEY, key=key)
        names = [option.ref("answer", profile, "large_name") for profile, _ in PROFILES]
        text = f'={deployment}&" "&{names[0]}&IF({names[1]}={names[0]},""," / "&{names[1]})'
        text = f"=A{line}" if option.deployment == "api" else text
        layout.formula(
            sheet, line, 5, text, "Calculation", styles.TEXT, key=option.key("answer", "chart"), wrap=True
        )
        sheet.heights[line] = _THREE_LINES
    axis = row + 1 + len(options)
    layout.put(sheet, axis, 1, pick("图轴", "Axis of the charts"), "Note")
    text = pick('="总计（"&in_currency&"）"', '="Total ("&in_currency&")"')
    layout.formula(sheet, axis, 2, text, "Note", styles.TEXT, key="answer.axis")
    return axis


def _components(quote: QuoteContext, sheet: Sheet, row: int) -> int:
    """Write the nominal components of the full accounting, a row each, a column an option."""
    layout, options, pick = quote.layout, quote.options, quote.layout.pick
    layout.put(sheet, row, 1, pick("分项（预算口径，名义值）", "Components (budget cost, nominal)"), "Output")
    layout.put(sheet, row, 2, pick("单位", "Unit"), "Output")
    for column, option in enumerate(options, start=_FIRST_OPTION):
        text = f"={option.ref('answer', 'label')}"
        key = option.key("answer", "components")
        layout.formula(sheet, row, column, text, "Output", styles.TEXT, key=key, wrap=True)
    sheet.heights[row] = _THREE_LINES
    for line, name in enumerate(CHARTED, start=row + 1):
        layout.put(sheet, line, 1, component_label(quote, name), "Text", key=f"answer.component.{name}")
        layout.formula(sheet, line, 2, "=in_currency", "Linked Cell", styles.TEXT)
        for column, option in enumerate(options, start=_FIRST_OPTION):
            paid = name in CASH[option.deployment]
            text = f"={option.ref('audit', 'full', 'cash', name)}" if paid else "=0"
            key = option.key("answer", "component", name)
            style = "Linked Cell" if paid else "Calculation"
            layout.formula(sheet, line, column, text, style, styles.MONEY, key=key)
    last = row + len(CHARTED)
    layout.put(sheet, last + 1, 1, pick("图题", "Title of the chart"), "Note")
    text = pick(
        '="预算口径的成本构成，按所报配置，"&in_years&" 年名义值"',
        '="Components of the budget cost, as quoted, "&in_years&" years, nominal"',
    )
    layout.formula(sheet, last + 1, 2, text, "Note", styles.TEXT, key="answer.component.title")
    layout.put(sheet, last + 3, 1, pick("图题，可比总计", "Title, totals"), "Note")
    words = pick(" 年总成本（不能承载者按扩容后计）", " years (what cannot serve is made large enough)")
    text = f'="{pick("", "Total cost, ")}"&in_years&"{words}"'
    layout.formula(sheet, last + 3, 2, text, "Note", styles.TEXT, key="answer.chart.title")
    layout.put(sheet, last + 2, 1, pick("图题，逐年现金", "Title, cash by year"), "Note")
    words = pick(" 年，每年现金支出", " years, cash by year")
    text = f'="{profile_label(layout, PROFILES[-1][0])} · "&in_years&"{words}"'
    layout.formula(sheet, last + 2, 2, text, "Note", styles.TEXT, key="cash.title")
    return last + 3


def _ranking(layout: Layout, sheet: Sheet, options: Sequence[Option], top: int, profile: str) -> int:
    """Write which options serve in an accounting, and the rank of those that do.

    What cannot serve has no rank; the same GPU made large enough is what stands beside the others.
    """
    pick = layout.pick
    labels = [
        f"{pick('排名', 'Ranking')} · {profile_label(layout, profile)}",
        pick("判定码", "State"), pick("参与排名的总计", "Total that is ranked"), pick("名次", "Rank"), pick("次序", "Order"),
        pick("扩容后总计", "Total, made large enough"), pick("可比总计", "Total that can serve"),
        pick("对象", "What"), pick("部署", "Deployment"), pick("并列者，至此", "Level with it, so far"), pick("扩容后名称", "Its name"), pick("未算出：1", "Not computed: 1"),
    ]  # fmt: skip
    header(layout, sheet, labels, row=top)
    sheet.heights[top] = 30
    first, last = top + 1, top + len(options)
    best = f"{{$answer.{profile}.best}}"
    comma = pick("、", ", ")
    for row, option in enumerate(options, start=first):
        api = option.deployment == "api"
        state = "=1" if api else f"={option.ref('capacity', profile, 'state')}"
        large, name = (
            f"={_DASH}" if api else f"={option.ref('capacity', profile, part)}"
            for part in ("needs_total", "what_name")
        )
        ahead = f"D{row}+COUNTIF(D${first}:D{row},D{row})-1"
        behind = f'COUNT(C${first}:C${last})+COUNTIF(B${first}:B{row},"<1")'
        cells = (
            (1, f"={option.ref('answer', 'label')}", styles.TEXT, ""),
            (2, state, styles.WHOLE, "state"),
            (3, f"=IF(B{row}=1,{option.ref('answer', profile)},{_DASH})", styles.MONEY, "ranked"),
            (4, f"=IF(B{row}=1,RANK(C{row},C${first}:C${last},1),{_DASH})", styles.WHOLE, "rank"),
            (5, f"=IF(B{row}=1,{ahead},{behind})", styles.WHOLE, "order"),
            (6, large, styles.MONEY, "large"),
            (7, f"=IF(B{row}=1,C{row},F{row})", styles.MONEY, "able"),
            (8, f"={option.input()}", styles.TEXT, "what"),
            (9, f'="{option.deployment}"', styles.TEXT, "code"),
            (
                10,
                f'={f"J{row - 1}&" if row > first else ""}IF(AND(D{row}=1,A{row}<>{best}),"{comma}"&A{row},"")',
                styles.TEXT,
                "level",
            ),
            (11, name, styles.TEXT, "large_name"),
            (12, f"=IF(ISERROR(C{row}),1,0)", styles.WHOLE, "failed"),
        )
        for column, text, number, part in cells:
            style = "Linked Cell" if column in {1, 2, 6, 11} and not api else "Calculation"
            key = option.key("answer", profile, part) if part else ""
            wrap = column in {8, 10, 11}
            layout.formula(sheet, row, column, text, style, number, key=key, wrap=wrap)
        sheet.heights[row] = _THREE_LINES
    return last


def _in_order(layout: Layout, sheet: Sheet, options: Sequence[Option], top: int) -> int:
    """Write the options in the order of the first sheet: those that serve by rank, the others below."""
    pick = layout.pick
    lead = PROFILES[0][0]
    labels = [
        pick("按名次排列", "In order of rank"),
        pick("方案", "Option"),
        *(profile_label(layout, name) for name, _ in PROFILES),
        *(f"{pick('名次', 'Rank')} · {profile_label(layout, name)}" for name, _ in PROFILES),
        pick("图中名称", "Name in the chart"),
        *(f"{pick('可比', 'Can serve')} · {profile_label(layout, name)}" for name, _ in PROFILES),
    ]
    header(layout, sheet, labels, row=top)
    sheet.heights[top] = 30
    for column, (profile, _) in enumerate(PROFILES, start=8):
        layout.mark(f"answer.head.{profile}", sheet, top, column)
    order = span(options, "answer", lead, "order")
    for place, row in enumerate(range(top + 1, top + 1 + len(options)), start=1):
        at = f"MATCH($A{row},{order},0)"
        cells = [
            (1, f"=A{row - 1}+1" if place > 1 else "=1", styles.WHOLE, "place"),
            (2, f"=INDEX({span(options, 'answer', 'label')},{at})", styles.TEXT, "label"),
            *(
                (column, f"=INDEX({span(options, 'answer', profile)},{at})", styles.MONEY, profile)
                for column, (profile, _) in enumerate(PROFILES, start=3)
            ),
            *(
                (
                    column,
                    f"=INDEX({span(options, 'answer', profile, 'rank')},{at})",
                    styles.WHOLE,
                    f"{profile}.rank",
                )
                for column, (profile, _) in enumerate(PROFILES, start=5)
            ),
            (_CHART_NAME, f"=INDEX({span(options, 'answer', 'chart')},{at})", styles.TEXT, "chart"),
            *(
                (
                    column,
                    f"=INDEX({span(options, 'answer', profile, 'able')},{at})",
                    styles.MONEY,
                    f"{profile}.able",
                )
                for column, (profile, _) in enumerate(PROFILES, start=8)
            ),
        ]
        for column, text, number, name in cells:
            key, wrap = f"order.{place}.{name}", number == styles.TEXT
            layout.formula(sheet, row, column, text, "Calculation", number, key=key, wrap=wrap)
        sheet.heights[row] = _THREE_LINES
    return top + len(options)
