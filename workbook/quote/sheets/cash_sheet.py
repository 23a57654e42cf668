"""The sheet Cash by year: what each option pays in each year, nominal, in both accountings; native formulas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.canvas import styles
from workbook.canvas.book_layout import HEADER_ROW
from workbook.canvas.charts import Chart, ChartSeries, option_colour
from workbook.canvas.frame import header, start, widths
from workbook.quote.audit.block import CASH
from workbook.quote.wording import PROFILES, profile_label

if TYPE_CHECKING:
    from workbook.canvas.book_layout import Sheet
    from workbook.quote.context import QuoteContext

_FIRST_YEAR = 2


def cash_sheet(quote: QuoteContext) -> None:
    """Add the sheet: a row an option, a column a year, and a chart of the budget's years."""
    layout, pick = quote.layout, quote.layout.pick
    sheet = start(
        layout,
        "cash",
        ("逐年现金", "Cash by year"),
        "output",
        (
            "各方案每年要付多少：名义值，含购置、一次性、残值与抵税；列入哪一年的预算",
            "What each option pays each year: nominal, with purchases, one-offs, residual value and tax saved; which year's budget",
        ),
        ("所选币种的元；不折现", "units of the chosen currency; not discounted"),
    )
    widths(sheet, 44, *([15] * max(quote.years + 1, 4)))
    row = HEADER_ROW
    for profile, _ in PROFILES:
        row = _table(quote, sheet, row, profile) + 2
    row = _questions(quote, sheet, row, PROFILES[-1][0]) + 2
    note = pick(
        "按所报配置；能否承载见承载页。采购在年初支付，其余按月支付。中途停用：已付的购置与一次性收不回来。",
        "As quoted; the sheet Capacity says what serves. Purchases are paid at the start of a year, the rest by the month. Stopping early loses purchases and one-offs paid.",
    )
    layout.put(sheet, row - 1, 1, note, "Plain")
    profile = PROFILES[-1][0]
    sheet.charts.append(
        Chart(
            kind="bar",
            title="cash.title",
            value_axis="answer.axis",
            category_axis=pick("年", "Year"),
            anchor=f"A{row + 1}",
            categories=(f"cash.{profile}.year.1", f"cash.{profile}.year.{quote.years}"),
            series=tuple(
                ChartSeries(
                    option.key("cash", profile),
                    option.key("cash", profile, 1),
                    option.key("cash", profile, quote.years),
                )
                for option in quote.options
            ),
            colours=tuple(option_colour(option.deployment, option.slot) for option in quote.options),
            alt=pick("柱形图：各方案每年的现金支出", "Columns: cash that each option pays in each year"),
            width_cm=26,
        )
    )
    sheet.freeze = (HEADER_ROW, 2)
    sheet.one_page = True


def _questions(quote: QuoteContext, sheet: Sheet, top: int, profile: str) -> int:
    """Write what is lost by stopping after a year, who runs it, and what a lower load costs; return the last row.

    Lost: what was bought and paid once in the first year; the rest is paid as it is used.
    """
    layout, pick = quote.layout, quote.layout.pick
    labels = [
        f"{pick('若有变化', 'What if')} · {profile_label(layout, profile)}",
        pick("一年后停用，收不回", "Stop after year 1: lost"),
        pick("首年运维人员", "Staff, year 1"),
        pick("由谁运维（人数）", "Run by (people)"),
    ]
    loads = quote.has("scenarios")
    header(layout, sheet, labels, row=top)
    if loads:
        shown = pick('"用量 "0%', '"At "0%" load"')
        layout.formula(sheet, top, 5, "={grid.load.1}", "Output", shown)
    sheet.heights[top] = 30
    row = top
    for option in quote.options:
        row += 1
        staffed = "staff" in CASH[option.deployment]
        links = [
            (1, option.ref("answer", "label"), styles.TEXT),
            (2, option.ref("stop", "lost"), styles.MONEY),
            *([(3, option.ref("audit", profile, "cash", "staff", 1), styles.MONEY)] if staffed else []),
            *([(4, f"{{{profile}.ops_staff}}", styles.ONE_DECIMAL)] if staffed else []),
            *([(5, option.ref("load", profile, 1), styles.MONEY)] if loads else []),
        ]
        for column, text, number in links:
            layout.formula(sheet, row, column, f"={text}", "Linked Cell", number)
        if not staffed:
            layout.put(sheet, row, 3, "—", "Text")
            layout.put(sheet, row, 4, pick("供应商", "the vendor"), "Text")
    return row


def _table(quote: QuoteContext, sheet: Sheet, top: int, profile: str) -> int:
    layout, pick = quote.layout, quote.layout.pick
    header(layout, sheet, [profile_label(layout, profile)], row=top)
    for year in range(1, quote.years + 1):
        text = "=1" if year == 1 else f"={{cash.{profile}.year.{year - 1}}}+1"
        key = f"cash.{profile}.year.{year}"
        shown = pick('"第"0"年"', '"Year "0')
        layout.formula(sheet, top, _FIRST_YEAR + year - 1, text, "Output", shown, key=key)
    layout.put(sheet, top, _FIRST_YEAR + quote.years, pick("合计", "Total"), "Header")
    row = top
    for option in quote.options:
        row += 1
        key = option.key("cash", profile)
        layout.formula(
            sheet, row, 1, f"={option.ref('answer', 'label')}", "Linked Cell", styles.TEXT, key=key
        )
        for year in range(1, quote.years + 1):
            text = f"={option.ref('audit', profile, 'cash', 'total', year)}"
            column, key = _FIRST_YEAR + year - 1, option.key("cash", profile, year)
            layout.formula(sheet, row, column, text, "Linked Cell", styles.MONEY, key=key)
        text = f"={option.ref('audit', profile, 'cash', 'total')}"
        layout.formula(sheet, row, _FIRST_YEAR + quote.years, text, "Output", styles.MONEY)
    return row
