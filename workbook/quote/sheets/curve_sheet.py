"""The sheet Cumulative: what each option has cost after each month, and when one has paid for itself; native formulas.

The levels at the start of a year and what is paid month by month come from the sheet Audit. Hardware that cannot serve
is made large enough, as everywhere that options are compared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.canvas import styles
from workbook.canvas.book_layout import HEADER_ROW
from workbook.canvas.charts import Chart, ChartSeries, option_colour
from workbook.canvas.frame import header, start, widths
from workbook.quote.wording import PROFILES, deployment_label, profile_label
from xlmodel.grid import column_letters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbook.canvas.book_layout import Sheet
    from workbook.quote.context import QuoteContext
    from workbook.quote.options import Option

_FIRST = 4
_TICKS = 12


def last_month(quote: QuoteContext) -> int:
    """Return the last month of the curves: that of the quote's last year."""
    return 12 * quote.years


def pairs(options: Sequence[Option]) -> list[tuple[Option, Option]]:
    """Return each option with each that takes less to start: rent against API, own against both."""
    order = {"api": 0, "rent": 1, "own": 2}
    return [(a, b) for a in options for b in options if order[a.deployment] > order[b.deployment]]


def curve_sheet(quote: QuoteContext) -> None:
    """Add the sheet: what each year starts from and adds, every month, and the paybacks."""
    layout, options = quote.layout, quote.options
    sheet = start(
        layout,
        "curve",
        ("累计", "Cumulative"),
        "calculation",
        (
            "各方案逐月累计成本（名义值，税前），以及回本月数；不能承载者按扩容后计",
            "Cumulative cost of each option by month, nominal, before tax, and paybacks; what cannot serve is made large enough",
        ),
        ("所选币种的元；月", "units of the chosen currency; months"),
    )
    columns = [(profile, option) for profile, _ in PROFILES for option in options]
    widths(sheet, 46, 46, 18, *([20] * max(len(columns), 14)))
    row = _heads(quote, sheet, columns)
    row = _years(quote, sheet, columns, row)
    row = _months(quote, sheet, columns, row + 2)
    row = _paybacks(quote, sheet, row + 2)
    _titles(quote, sheet, row + 2)
    sheet.freeze = (HEADER_ROW + 1, 2)


def _heads(quote: QuoteContext, sheet: Sheet, columns: Sequence[tuple[str, Option]]) -> int:
    layout, pick = quote.layout, quote.layout.pick
    header(layout, sheet, [pick("方案", "Option"), "", ""])
    labels = (
        (1, pick("口径", "Accounting")),
        (2, pick("对比时的名称", "Its name")),
        (3, pick("图例", "Legend")),
    )
    for offset, label in labels:
        layout.put(sheet, HEADER_ROW + offset, 1, label, "Text")
    for column, (profile, option) in enumerate(columns, start=_FIRST):
        letter = column_letters(column)
        layout.put(sheet, HEADER_ROW, column, deployment_label(quote, option.deployment), "Header", wrap=True)
        layout.put(sheet, HEADER_ROW + 1, column, profile_label(layout, profile), "Text")
        api = option.deployment == "api"
        name = option.input() if api else option.ref("capacity", profile, "what_name")
        style = "Calculation" if api else "Linked Cell"
        layout.formula(sheet, HEADER_ROW + 2, column, f"={name}", style, styles.TEXT, wrap=True)
        text = f'={letter}{HEADER_ROW}&" "&{letter}{HEADER_ROW + 2}'
        key = option.key("curve", profile)
        layout.formula(sheet, HEADER_ROW + 3, column, text, "Calculation", styles.TEXT, key=key, wrap=True)
    sheet.heights.update({HEADER_ROW + 2: 44, HEADER_ROW + 3: 44})
    return HEADER_ROW + 3


def _years(quote: QuoteContext, sheet: Sheet, columns: Sequence[tuple[str, Option]], row: int) -> int:
    """Link each year's level at its start, and what it adds month by month."""
    layout, pick = quote.layout, quote.layout.pick
    for step, label in (
        ("level", pick("年初累计", "Spent at its start")),
        ("adds", pick("逐月支出", "Paid month by month")),
    ):
        row += 2
        header(layout, sheet, [label, pick("年", "Year")], row=row)
        for year in range(1, quote.years + 1):
            row += 1
            layout.put(sheet, row, 1, pick(f"第 {year} 年", f"Year {year}"), "Text")
            layout.formula(sheet, row, 2, f"=B{row - 1}+1" if year > 1 else "=1", "Calculation", styles.WHOLE)
            for column, (profile, option) in enumerate(columns, start=_FIRST):
                api = option.deployment == "api"
                source = option.key("audit", profile) if api else f"{option.key('large', profile)}.compared"
                key = option.key("spent", profile, step, year)
                text = f"={{{source}.{step}.{year}}}"
                layout.formula(sheet, row, column, text, "Linked Cell", styles.MONEY, key=key)
    return row


def _months(quote: QuoteContext, sheet: Sheet, columns: Sequence[tuple[str, Option]], top: int) -> int:
    """Write every month: the level at the start of its year, and its part of what the year adds."""
    layout, pick, years = quote.layout, quote.layout.pick, quote.years
    header(
        layout,
        sheet,
        [pick("月", "Month"), pick("所在年", "Its year"), pick("年内部分", "Part of it")],
        row=top,
    )
    row = top
    for month in range(last_month(quote) + 1):
        row += 1
        text = f"=A{row - 1}+1" if month else "=0"
        layout.formula(sheet, row, 1, text, "Calculation", styles.WHOLE, key=f"curve.month.{month}")
        layout.formula(sheet, row, 2, f"=MIN(INT(A{row}/12)+1,in_years)", "Calculation", styles.WHOLE)
        layout.formula(sheet, row, 3, f"=MIN(A{row},12*in_years)/12-(B{row}-1)", "Calculation", styles.RATE)
        for column, (profile, option) in enumerate(columns, start=_FIRST):
            level, adds = (
                f"{{${option.key('spent', profile, step, 1)}:{option.key('spent', profile, step, years)}}}"
                for step in ("level", "adds")
            )
            text = f"=INDEX({level},$B{row})+INDEX({adds},$B{row})*$C{row}"
            key = option.key("curve", profile, month)
            layout.formula(sheet, row, column, text, "Calculation", styles.MONEY, key=key)
    return row


def _paybacks(quote: QuoteContext, sheet: Sheet, top: int) -> int:
    """Write for each pair of options from which month the one that takes more to start stays at or below the other.

    Between months the difference is a straight line: last month above + difference / (difference - the next one).
    """
    layout, pick, last = quote.layout, quote.layout.pick, last_month(quote)
    labels = [
        pick("回本期", "Payback"), pick("对比方案", "Against"), pick("口径", "Accounting"),
        pick("最后高于对比之月", "Last month above"), pick("从未高于：1", "Never above: 1"), pick("该月差额", "Difference then"),
        pick("次月差额", "Difference a month later"), pick("年数内不回本：1", "Not within the years: 1"), pick("回本期（月）", "Payback (months)"),
        pick("次月的行序", "Row of the month later"), pick("回本时的累计", "Spent at the payback"), pick("对比：回本时的累计", "Against: spent at the payback"),
        pick("回本前的整月", "Whole months before"), pick("该月累计", "Spent then"), pick("次月累计", "A month later"),
        pick("对比：该月累计", "Against: spent then"), pick("对比：次月累计", "Against: a month later"),
    ]  # fmt: skip
    header(layout, sheet, labels, row=top)
    sheet.heights[top] = 30
    row, months = top, f"{{$curve.month.0:curve.month.{last}}}"
    never = pick("不回本", "never")
    for a, b in pairs(quote.options):
        for profile, _ in PROFILES:
            row += 1
            mine, other = (
                f"{{${option.key('curve', profile, 0)}:{option.key('curve', profile, last)}}}"
                for option in (a, b)
            )
            at = f"D{row}+1"
            # on the straight line between the months around the payback; 0 where there is none, or nothing to pay back
            spent = f"=IF(N(I{row})=0,0,{{now}}{row}+(I{row}-M{row})*({{later}}{row}-{{now}}{row}))"
            later = f"MIN(M{row}+1+1,ROWS({months}))"
            cells = (
                (1, f"={a.ref('curve', profile)}", styles.TEXT, ""),
                (2, f"={b.ref('curve', profile)}", styles.TEXT, ""),
                (4, f"=SUMPRODUCT(MAX({months}*({mine}>{other})))", styles.WHOLE, ""),
                (5, f"=IF(SUMPRODUCT(({mine}>{other})*1)=0,1,0)", styles.WHOLE, ""),
                (6, f"=INDEX({mine},{at})-INDEX({other},{at})", styles.MONEY, ""),
                (7, f"=INDEX({mine},J{row})-INDEX({other},J{row})", styles.MONEY, ""),
                (8, f"=IF(D{row}>=12*in_years,1,0)", styles.WHOLE, ""),
                (9, f'=IF(E{row}=1,0,IF(H{row}=1,"{never}",D{row}+F{row}/(F{row}-G{row})))', styles.ONE_DECIMAL, "payback"),
                (10, f"=MIN({at}+1,ROWS({months}))", styles.WHOLE, ""),
                (13, f"=IF(ISNUMBER(I{row}),INT(I{row}),0)", styles.WHOLE, ""),
                (14, f"=INDEX({mine},M{row}+1)", styles.MONEY, ""),
                (15, f"=INDEX({mine},{later})", styles.MONEY, ""),
                (16, f"=INDEX({other},M{row}+1)", styles.MONEY, ""),
                (17, f"=INDEX({other},{later})", styles.MONEY, ""),
                (11, spent.format(now="N", later="O"), styles.MONEY, "payback.mine"),
                (12, spent.format(now="P", later="Q"), styles.MONEY, "payback.other"),
            )  # fmt: skip
            layout.put(sheet, row, 3, profile_label(layout, profile), "Text")
            for column, text, number, block in cells:
                name, _, part = block.partition(".")
                key = a.key(name, profile, b.stem, *filter(None, [part])) if block else ""
                style = "Output" if block == "payback" else "Calculation"
                layout.formula(sheet, row, column, text, style, number, key=key)
    return row


def _titles(quote: QuoteContext, sheet: Sheet, row: int) -> None:
    """Write the titles and the axis of the charts."""
    layout, pick, options = quote.layout, quote.layout.pick, quote.options
    header(layout, sheet, [pick("图的文字", "Words of the charts"), pick("文字", "Text")], row=row)
    for profile, _ in PROFILES:
        row += 1
        label = profile_label(layout, profile)
        names = f"{{{options[0].key('curve', profile)}:{options[-1].key('curve', profile)}}}"
        end = f"{{{options[0].key('curve', profile, last_month(quote))}:{options[-1].key('curve', profile, last_month(quote))}}}"
        best = f"INDEX({names},MATCH(MIN({end}),{end},0))"
        layout.put(sheet, row, 1, pick(f"图题 · {label}", f"Chart title · {label}"), "Text")
        text = pick(f'="{label}：累计最低的是 "&{best}', f'="{label}, lowest cumulative cost: "&{best}')
        layout.formula(sheet, row, 2, text, "Calculation", styles.TEXT, key=f"curve.title.{profile}")
    row += 1
    layout.put(sheet, row, 1, pick("图轴", "Axis of the charts"), "Text")
    text = pick('="累计（"&in_currency&"，名义值）"', '="Cumulative ("&in_currency&", nominal)"')
    layout.formula(sheet, row, 2, text, "Calculation", styles.TEXT, key="curve.axis")


def curve_charts(quote: QuoteContext) -> list[Chart]:
    """Return a chart of cumulative cost for each accounting; whoever shows it gives anchor and width."""
    layout, last = quote.layout, last_month(quote)
    charts = []
    for profile, _ in PROFILES:
        label = profile_label(layout, profile)
        charts.append(
            Chart(
                kind="line",
                title=f"curve.title.{profile}",
                value_axis="curve.axis",
                category_axis=layout.pick("月", "Month"),
                anchor="A1",
                categories=("curve.month.0", f"curve.month.{last}"),
                series=tuple(
                    ChartSeries(
                        option.key("curve", profile),
                        option.key("curve", profile, 0),
                        option.key("curve", profile, last),
                    )
                    for option in quote.options
                ),
                colours=tuple(option_colour(option.deployment, option.slot) for option in quote.options),
                alt=layout.pick(
                    f"折线图：各方案逐月累计成本，{label}",
                    f"Lines: cumulative cost of each option by month, {label}",
                ),
                tick_skip=_TICKS,
                points=last + 1,
            )
        )
    return charts
