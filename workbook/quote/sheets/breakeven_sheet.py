"""The sheet Break-even: months a GPU needs, daily users, and cumulative cost month by month."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from workbook.canvas import styles
from workbook.canvas.book_layout import HEADER_ROW
from workbook.canvas.charts import CHART_ROWS
from workbook.canvas.frame import header, start, widths
from workbook.quote.sheets.curve_sheet import curve_charts, last_month, pairs
from workbook.quote.sheets.grid_block import grid_view
from workbook.quote.wording import PROFILES, profile_label

if TYPE_CHECKING:
    from workbook.canvas.book_layout import Layout, Sheet
    from workbook.quote.context import QuoteContext
    from xlmodel.catalog import Catalog

# of a card: bought, and rented for a month
_FIELDS = ("purchase", "reserved_month")


def breakeven_sheet(quote: QuoteContext) -> None:
    """Add the sheet Break-even with a cumulative chart for each accounting."""
    layout = quote.layout
    sheet = start(
        layout,
        "breakeven",
        ("回本", "Break-even"),
        "output",
        (
            "购置何时回本；多少日活时 API 不再更省；逐月累计成本",
            "When buying pays back, at how many users the API stops being cheaper, and cumulative cost",
        ),
        ("所选币种的元；月；人/天", "units of the chosen currency; months; users a day"),
    )
    widths(sheet, 46, 46, *([16] * 8))
    row = _users(quote, sheet, HEADER_ROW)
    row = _paybacks(quote, sheet, row + 2)
    if quote.mixed:
        row = grid_view(quote, sheet, row + 2)
    for chart, letter in zip(curve_charts(quote), "AE", strict=True):
        sheet.charts.append(replace(chart, anchor=f"{letter}{row + 2}", width_cm=20))
    _gpu_months(layout, sheet, quote.catalog, row + 2 + CHART_ROWS)
    sheet.freeze = (HEADER_ROW, 2)
    sheet.landscape, sheet.one_page = False, True


def _gpu_months(layout: Layout, sheet: Sheet, catalog: Catalog, top: int) -> int:
    pick = layout.pick
    labels = [
        pick("GPU 回本", "GPU"),
        pick("采购价", "Purchase"),
        pick("预留月租", "Reserved month"),
        pick("自有每月支出", "Own cost a month"),
        pick("每月节省", "Saving a month"),
        pick("回本期（月）", "Payback (months)"),
    ]
    layout.put(sheet, top, 1, pick("折算汇率", "Rate of exchange"), "Text")
    layout.formula(sheet, top, 2, "={months.rate}", "Linked Cell", "0.00##", key="months.divisor")
    note = pick(
        "只比较裸卡采购价与其预留月租，不含电费、人员与服务器",
        "a bare card against its own reserved rent, without power, staff or server",
    )
    layout.put(sheet, top, 3, note, "Plain")
    top += 1
    header(layout, sheet, labels, row=top)
    for row, gpu in enumerate(_both(catalog), start=top + 1):
        layout.put(sheet, row, 1, gpu, "Text")
        for column, field in enumerate(_FIELDS, start=2):
            layout.formula(sheet, row, column, f"={{months.{gpu}.{field}}}", "Linked Cell", styles.MONEY)
        layout.formula(sheet, row, 4, "=in_gpu_opex/{$months.divisor}", "Calculation", styles.MONEY)
        layout.formula(sheet, row, 5, f"=C{row}-D{row}", "Calculation", styles.MONEY)
        never = pick("不回本", "never")
        text = f'=IF(E{row}<=0,"{never}",B{row}/E{row})'
        layout.formula(sheet, row, 6, text, "Output", styles.ONE_DECIMAL, key=f"months.{gpu}.months")
    return top + len(_both(catalog))


def _both(catalog: Catalog) -> list[str]:
    """Return the GPUs that can be bought and rented."""
    return [gpu for gpu in catalog.names.items("gpu") if all(catalog.has(gpu, field) for field in _FIELDS)]


def months_workings(quote: QuoteContext, sheet: Sheet, top: int) -> int:
    """Write on the sheet Answer workings the prices of a card, bought and rented, in the chosen currency; return the last row.

    A price in dollars is taken at the rate of exchange, and both are divided by that of the chosen currency.
    """
    layout, pick = quote.layout, quote.layout.pick
    labels = [
        pick("裸卡：采购与月租", "A bare card: bought and rented"), pick("数据页行序：采购", "Row of Figures: purchase"), pick("数据页行序：月租", "Row of Figures: rent"),
        pick("采购价", "Purchase"), pick("预留月租", "Reserved month"),
    ]  # fmt: skip
    header(layout, sheet, labels, row=top)
    gpus = _both(quote.catalog)
    last = top + len(gpus) + 1
    for row, gpu in enumerate(gpus, start=top + 1):
        layout.put(sheet, row, 1, gpu, "Text")
        for (column, at), field in zip(((2, "B"), (3, "C")), _FIELDS, strict=True):
            place = f'MATCH($A{row}&"/{field}",list_figure_keys,0)'
            layout.formula(sheet, row, column, f"={place}", "Calculation", styles.WHOLE)
            money = f'IF(INDEX(list_figure_currency,{at}{row})="USD",in_fx,1)'
            text = f"=INDEX(list_in_force,{at}{row})*{money}/{{$months.rate}}"
            key = f"months.{gpu}.{field}"
            layout.formula(sheet, row, column + 2, text, "Calculation", styles.MONEY, key=key)
    layout.put(sheet, last, 1, pick("折算汇率", "Rate of exchange"), "Text")
    rate = '=IF(in_currency="USD",in_fx,1)'
    layout.formula(sheet, last, 2, rate, "Calculation", "0.00##", key="months.rate")
    return last


def _users(quote: QuoteContext, sheet: Sheet, top: int) -> int:
    layout, pick = quote.layout, quote.layout.pick
    others = [option for option in quote.options if option.deployment != "api"]
    models = [option for option in quote.options if option.deployment == "api"]
    if not (models and others):
        return top - 2
    labels = [pick("API 打平日活", "Users at which the API breaks even"), pick("对比方案", "Against")]
    for profile, _ in PROFILES:
        label = profile_label(layout, profile)
        labels += [
            pick(f"打平日活 · {label}", f"Users · {label}"),
            pick(f"可承载日活 · {label}", f"Users it serves · {label}"),
        ]
    header(layout, sheet, labels, row=top)
    sheet.heights[top] = 30
    row = top
    for model in models:
        for other in others:
            row += 1
            layout.formula(sheet, row, 1, f"={model.ref('answer', 'label')}", "Linked Cell", styles.TEXT)
            layout.formula(sheet, row, 2, f"={other.ref('answer', 'label')}", "Linked Cell", styles.TEXT)
            for column, (profile, _) in zip((3, 5), PROFILES, strict=True):
                text = f"={model.ref('breakeven', profile, other.stem)}"
                key = model.key("users", profile, other.stem)
                layout.formula(sheet, row, column, text, "Output", styles.COUNT, key=key)
                text = f"={other.ref('capacity', profile, 'users')}"
                layout.formula(sheet, row, column + 1, text, "Linked Cell", styles.COUNT)
    note = pick(
        "打平日活：按所报配置、现值、全部年数合计，两边总成本相等；超过可承载日活则到不了。",
        "Equal totals over all years, as quoted, present values; out of reach where it exceeds the users it serves.",
    )
    layout.put(sheet, row + 1, 1, note, "Plain")
    return row + 1


def _paybacks(quote: QuoteContext, sheet: Sheet, top: int) -> int:
    """Write for each pair of options when the one with the higher outlay has paid for itself."""
    layout, pick, last = quote.layout, quote.layout.pick, last_month(quote)
    if not pairs(quote.options):
        return top - 2
    labels = [
        pick("回本期", "Payback"), pick("对比方案", "Against"), pick("口径", "Accounting"),
        pick("期初投入", "To start"), pick("对比：期初", "Against: to start"),
        pick("末月累计", "At the last month"), pick("对比：末月累计", "Against: at the last month"), pick("回本期（月）", "Payback (months)"),
    ]  # fmt: skip
    header(layout, sheet, labels, row=top)
    sheet.heights[top] = 30
    row = top
    for a, b in pairs(quote.options):
        for profile, _ in PROFILES:
            row += 1
            links = (
                (1, a.ref("curve", profile), styles.TEXT), (2, b.ref("curve", profile), styles.TEXT),
                (4, a.ref("curve", profile, 0), styles.MONEY), (5, b.ref("curve", profile, 0), styles.MONEY),
                (6, a.ref("curve", profile, last), styles.MONEY), (7, b.ref("curve", profile, last), styles.MONEY),
                (8, a.ref("payback", profile, b.stem), styles.ONE_DECIMAL),
            )  # fmt: skip
            layout.put(sheet, row, 3, profile_label(layout, profile), "Text")
            for column, text, number in links:
                style = "Output" if column == 8 else "Linked Cell"  # noqa: PLR2004 - the payback
                layout.formula(sheet, row, column, f"={text}", style, number)
    note = pick(
        "回本期：此后累计成本一直不高于对比方案（名义值、税前），只看所选年数；不能承载者按扩容后计。",
        "From then on the cumulative cost stays at or below the other's: nominal, before tax, within the years; what cannot serve is made large enough.",
    )
    layout.put(sheet, row + 1, 1, note, "Plain")
    return row + 1
