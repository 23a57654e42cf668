"""The sheet Inputs: scenario selector, workload and options, finance switches, assumptions in two accountings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.canvas import styles
from workbook.canvas.book_layout import HEADER_ROW, Validation
from workbook.canvas.frame import header, list_validation, start, widths
from workbook.quote.options import SCENARIOS
from workbook.quote.sheets.assumption_block import SWITCHES, assumption_block
from workbook.quote.sheets.question_block import question_block
from workbook.quote.sheets.scenario_block import MOST, custom_label, scenario_block
from xlmodel.inputs.register import ESTIMATES

if TYPE_CHECKING:
    from workbook.canvas.book_layout import Layout, Sheet
    from workbook.quote.context import QuoteContext

# name, label, value, unit, limits, source, note
_Switch = tuple[str, str, str | int, str, str, str, str]


def inputs_sheet(quote: QuoteContext) -> None:
    """Add the sheet Inputs, without what only break-even and sizing read where they are not in the list."""
    layout = quote.layout
    pick = layout.pick
    sheet = start(
        layout,
        "inputs",
        ("输入", "Inputs"),
        "inputs",
        ("全部可改的输入：黄色单元格", "Everything that can be changed: the yellow cells"),
        ("见“单位”列", "see the column Unit"),
    )
    widths(sheet, 36, 24, 17, 26, 22, 22, 22, 15, 15, 15, 20, 12, 56)
    row = _switches(quote, sheet)
    row = scenario_block(layout, sheet, quote.catalog, quote.choice, row + 2, sized=quote.has("capacity"))
    last = assumption_block(quote, sheet, row + 3)
    layout.mark("inputs.first", sheet, HEADER_ROW + 1, 2)
    layout.mark("inputs.last", sheet, last, 7)
    if quote.has("advice"):
        question_block(quote, sheet, last + 3)
    sheet.freeze = (5, 2)
    sheet.landscape, sheet.one_page = False, True
    layout.put(
        sheet,
        5,
        1,
        pick(
            "黄色可改；灰字可改，但目前不影响结果；绿字为链接；白底为计算。",
            "Yellow: change it. Grey: moves nothing as it stands. Green: a link. White: computed.",
        ),
        "Subtitle",
    )


def _switches(quote: QuoteContext, sheet: Sheet) -> int:
    layout, scenario = quote.layout, quote.scenario
    pick = layout.pick
    labels = [
        pick("总控", "Switches"),
        pick("取值", "Value"),
        pick("单位", "Unit"),
        pick("可选", "Limits"),
        pick("来源", "Source"),
        pick("备注", "Note"),
    ]
    header(layout, sheet, labels)
    given = {key: value for key, value in quote.request.assumptions.items() if key in SWITCHES}
    custom = custom_label(layout)
    rows: tuple[_Switch, ...] = (
        ("in_scenario", pick("场景", "Scenario"), scenario if scenario in SCENARIOS else custom, "", f"{', '.join(SCENARIOS)}, {custom}", "cost-5", pick("本报价或文档的三个场景", "this quote, or the document's three scenarios")),
        ("in_estimate", pick("估计档", "Estimate"), _plain(given.get("estimate", "base")), "", ", ".join(ESTIMATES), "derived", pick("所有区间取低、中或高端", "which end of every range")),
        ("in_currency", pick("币种", "Currency"), _plain(given.get("currency", "CNY")), "", "CNY, USD", "derived", pick("结果的币种；在此改币种只折算，不换价目表", "of the results; a change here converts them, the price lists stay")),
    )  # fmt: skip
    if quote.has("breakeven"):
        rows += _curve_switches(layout)
    for row, (name, label, value, unit, limits, source, note) in enumerate(rows, start=HEADER_ROW + 1):
        layout.put(sheet, row, 1, label, "Text")
        layout.put(
            sheet, row, 2, value, "Input", styles.WHOLE if isinstance(value, int) else styles.TEXT, key=name
        )
        layout.name(name, name)
        for column, text in enumerate((unit, limits, source, note), start=3):
            layout.put(sheet, row, column, text, "Text" if column < 6 else "Note")  # noqa: PLR2004 - the note stands last
    list_validation(layout, sheet, "B7", "list_scenario")
    list_validation(layout, sheet, "B8", "list_estimate")
    list_validation(layout, sheet, "B9", "list_currency")
    if quote.has("breakeven"):
        message = pick("请输入不小于 0 的数", "A number of 0 or more, please")
        sheet.validations.append(Validation("B10", "decimal", "0", str(MOST), message))
    last = HEADER_ROW + len(rows)
    derived = (
        ("in_estimate_number", pick("估计档序号", "Number of the estimate"), "=MATCH(in_estimate,list_estimate,0)", styles.WHOLE),
        ("in_pub", pick("价目口径的变体", "Variant of price-list cost"), '="profile=published; estimate="&in_estimate&"; currency="&in_currency', styles.TEXT),
        ("in_full", pick("预算口径的变体", "Variant of budget cost"), '="profile=full; estimate="&in_estimate&"; currency="&in_currency', styles.TEXT),
    )  # fmt: skip
    for row, (name, label, text, number) in enumerate(derived, start=last + 1):
        layout.put(sheet, row, 1, label, "Text")
        layout.formula(sheet, row, 2, text, "Calculation", number, key=name)
        layout.name(name, name)
    return last + len(derived)


def _curve_switches(layout: Layout) -> tuple[_Switch, ...]:
    pick = layout.pick
    return (
        ("in_gpu_opex", pick("每卡自有支出", "Own cost of a GPU"), 0, pick("元/月", "CNY/month"), f"0–{MOST:,}", "assumed", pick("回本页：自有 GPU 每月的现金支出", "sheet Break-even: cash cost of an own GPU a month")),
    )  # fmt: skip


def _plain(value: object) -> str:
    return str(value.get("published", "")) if isinstance(value, dict) else str(value)
