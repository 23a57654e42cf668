"""The sheet Break-even: months a GPU needs, daily users, and cumulative cost month by month."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from workbook.canvas import styles
from workbook.canvas.book_layout import HEADER_ROW
from workbook.canvas.charts import CHART_ROWS, OPTION_COLOURS, Chart, ChartSeries
from workbook.canvas.frame import header, start, widths
from workbook.quote.wording import PROFILES, profile_label
from xlmodel.grid import column_letters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbook.canvas.book_layout import Layout, Sheet
    from workbook.quote.context import QuoteContext
    from workbook.quote.options import Option
    from xlmodel.catalog import Catalog

STEPS = 20


def breakeven_sheet(quote: QuoteContext) -> None:
    """Add the sheet Break-even with a cumulative chart for each accounting."""
    layout, options = quote.layout, quote.options
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
    widths(sheet, 46, 46, *([16] * max(8, 2 * len(options))))
    row = _gpu_months(layout, sheet, quote.catalog, HEADER_ROW)
    row = _users(layout, sheet, options, row + 2)
    row = _paybacks(layout, sheet, options, row + 2)
    _curve(layout, sheet, options, row + 2 + CHART_ROWS, row + 2)
    _check_paybacks(quote)
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
    layout.formula(
        sheet, top, 2, '=IF(in_currency="USD",in_fx,1)', "Calculation", "0.00##", key="months.rate"
    )
    note = pick(
        "只比较裸卡采购价与其预留月租，不含电费、人员与服务器",
        "a bare card against its own reserved rent, without power, staff or server",
    )
    layout.put(sheet, top, 3, note, "Plain")
    top += 1
    header(layout, sheet, labels, row=top)
    both = [
        gpu
        for gpu in catalog.names.items("gpu")
        if catalog.has(gpu, "purchase") and catalog.has(gpu, "reserved_month")
    ]
    for row, gpu in enumerate(both, start=top + 1):
        layout.put(sheet, row, 1, gpu, "Text", key=f"months.{gpu}")
        for column, field in ((2, "purchase"), (3, "reserved_month")):
            layout.formula(
                sheet,
                row,
                column,
                f'=LLM_PRICE($A{row},"{field}",list_figures)/{{$months.rate}}',
                "Calculation",
                styles.MONEY,
            )
        layout.formula(sheet, row, 4, "=in_gpu_opex/{$months.rate}", "Calculation", styles.MONEY)
        layout.formula(sheet, row, 5, f"=C{row}-D{row}", "Calculation", styles.MONEY)
        never = pick("不回本", "never")
        text = f'=IF(E{row}<=0,"{never}",BREAKEVEN_MONTHS(B{row},C{row},D{row}))'
        layout.formula(sheet, row, 6, text, "Output", styles.ONE_DECIMAL, key=f"months.{gpu}.months")
    return top + len(both)


def _users(layout: Layout, sheet: Sheet, options: Sequence[Option], top: int) -> int:
    pick = layout.pick
    others = [option for option in options if option.deployment != "api"]
    models = [option for option in options if option.deployment == "api"]
    labels = [
        pick("API 打平日活", "Users at which the API breaks even"),
        pick("对比方案", "Against"),
        pick("对象", "What"),
    ]
    for profile, _ in PROFILES:
        label = profile_label(layout, profile)
        labels += [
            pick(f"打平日活 · {label}", f"Users · {label}"),
            pick(f"可承载日活 · {label}", f"Users it serves · {label}"),
        ]
    header(layout, sheet, labels, row=top)
    sheet.heights[top] = 30
    row, never = top, pick("不打平", "never")
    for model in models:
        for other in others:
            row += 1
            layout.formula(sheet, row, 1, f"={model.ref('compare', 'what')}", "Linked Cell", styles.TEXT)
            layout.formula(
                sheet, row, 2, f"={other.ref('compare', 'deployment')}", "Linked Cell", styles.TEXT
            )
            layout.formula(sheet, row, 3, f"={other.ref('compare', 'what')}", "Linked Cell", styles.TEXT)
            for column, (profile, variant) in zip((4, 6), PROFILES, strict=True):
                tail = f"in_input,in_output,list_assumptions,list_figures,{variant},in_years"
                # users without tokens, or with free ones, cost nothing: no number of them breaks even
                text = f'=IFERROR(_xlfn.IFNA(BREAKEVEN_DAU($A{row},$B{row},$C{row},{tail}),"{never}"),"—")'
                key = model.key("users", profile, other.stem)
                layout.formula(sheet, row, column, text, "Output", styles.COUNT, key=key)
                text = f"={other.ref('capacity', profile, 'users')}"
                layout.formula(sheet, row, column + 1, text, "Linked Cell", styles.COUNT)
    note = pick(
        "打平日活：按所报配置、现值、全部年数合计，两边总成本相等；超过可承载日活则到不了。",
        "Equal totals over all years, as quoted, present values; out of reach where it exceeds the users it serves.",
    )
    layout.put(sheet, row + 1, 1, note, "Plain")
    row += 1
    return row


def _paybacks(layout: Layout, sheet: Sheet, options: Sequence[Option], top: int) -> int:
    """Write for each pair of options when the one with the higher outlay has paid for itself, off the curve below."""
    pick = layout.pick
    labels = [
        pick("回本期", "Payback"), pick("对比方案", "Against"), pick("口径", "Accounting"),
        pick("期初投入", "To start"), pick("对比：期初", "Against: to start"),
        pick("曲线末月累计", "At the last month"), pick("对比：末月累计", "Against: at the last month"), pick("回本期（月）", "Payback (months)"),
        pick("曲线最后高于对比之月", "Last month above"), pick("与曲线不符：1", "Not the curve: 1"),
    ]  # fmt: skip
    header(layout, sheet, labels, row=top)
    sheet.heights[top] = 30
    row, months = top, f"{{$curve.month.0:curve.month.{STEPS}}}"
    never = pick("不回本", "never")
    for a, b in _pairs(options):
        for profile, variant in PROFILES:
            row += 1
            for column, option in ((1, a), (2, b)):
                text = f"={option.ref('curve', profile)}"
                layout.formula(sheet, row, column, text, "Calculation", styles.TEXT)
            layout.put(sheet, row, 3, profile_label(layout, profile), "Text")
            links = [(4, a, 0), (5, b, 0), (6, a, STEPS), (7, b, STEPS)]
            for column, option, step in links:
                text = f"={option.ref('curve', profile, step)}"
                layout.formula(sheet, row, column, text, "Calculation", styles.MONEY)
            of = ",".join(
                option.ref("curve", profile, part) for option in (a, b) for part in ("deployment", "what")
            )
            call = f"LLM_PAYBACK({of},in_dau,{{curve.month.{STEPS}}},in_input,in_output,list_assumptions,list_figures,{variant})"
            text = f'=IFERROR(_xlfn.IFNA({call},"{never}"),"—")'
            key = a.key("payback", profile, b.stem)
            layout.formula(sheet, row, 8, text, "Output", styles.ONE_DECIMAL, key=key)
            mine, other = (
                f"{{${option.key('curve', profile, 0)}:{option.key('curve', profile, STEPS)}}}"
                for option in (a, b)
            )
            text = f"=SUMPRODUCT(MAX({months}*({mine}>{other})))"
            layout.formula(sheet, row, 9, text, "Calculation", styles.WHOLE)
            inside = f"AND(H{row}>=I{row},H{row}<=I{row}+{{$curve.step}})"
            text = f"=IF(ISNUMBER(H{row}),IF({inside},0,1),IF(I{row}={{$curve.month.{STEPS}}},0,1))"
            layout.formula(sheet, row, 10, text, "Calculation", styles.WHOLE, key=f"{key}.check")
    note = pick(
        "回本期：此后累计成本一直不高于对比方案；与下方曲线同源（名义值、税前）；不能承载者按扩容后计。",
        "From then on the cumulative cost stays at or below the other's: the curve below, nominal, before tax; what cannot serve is made large enough.",
    )
    layout.put(sheet, row + 1, 1, note, "Plain")
    return row + 1


def _check_paybacks(quote: QuoteContext) -> None:
    """Check that each payback lies in the step of the curve after which its option is never above the other."""
    layout = quote.layout
    for profile, _ in PROFILES:
        for a, b in _pairs(quote.options):
            name = f"{profile_label(layout, profile)} {a.deployment} {a.slot} / {b.deployment} {b.slot}"
            label = layout.pick(f"{name}：回本期 = 曲线的交点", f"{name}: payback = where the curves cross")
            quote.check(label, a.ref("payback", profile, b.stem, "check"))


def _pairs(options: Sequence[Option]) -> list[tuple[Option, Option]]:
    """Return each option with each that takes less to start: rent against API, own against both."""
    order = {"api": 0, "rent": 1, "own": 2}
    return [(a, b) for a in options for b in options if order[a.deployment] > order[b.deployment]]


def _curve(layout: Layout, sheet: Sheet, options: Sequence[Option], top: int, chart_row: int) -> None:
    pick = layout.pick
    layout.put(
        sheet, top, 1, pick("累计成本（名义值，税前）", "Cumulative cost, nominal, before tax"), "Section"
    )
    names, what, group, head = top + 1, top + 2, top + 3, top + 4
    layout.put(sheet, names, 1, pick("方案", "Option"), "Text")
    layout.put(sheet, what, 1, pick("对象", "What"), "Text")
    layout.put(sheet, group, 1, pick("口径", "Accounting"), "Text")
    layout.put(sheet, head, 1, pick("月", "Month"), "Header")
    columns = [(profile, variant, option) for profile, variant in PROFILES for option in options]
    for column, (profile, _, option) in enumerate(columns, start=2):
        api = option.deployment == "api"
        deployment = option.ref("compare", "deployment")
        runs_on = option.input() if api else option.ref("capacity", profile, "what")
        shown = option.input() if api else option.ref("capacity", profile, "what_name")
        keys = {part: option.key("curve", profile, part) for part in ("deployment", "what")}
        layout.formula(
            sheet,
            names,
            column,
            f"={deployment}",
            "Linked Cell",
            styles.TEXT,
            key=keys["deployment"],
            wrap=True,
        )
        layout.formula(
            sheet, what, column, f"={runs_on}", "Linked Cell", styles.TEXT, key=keys["what"], wrap=True
        )
        layout.put(sheet, group, column, profile_label(layout, profile), "Text")
        layout.formula(
            sheet,
            head,
            column,
            f"={shown}",
            "Header",
            styles.TEXT,
            key=option.key("curve", profile, "name"),
            wrap=True,
        )
    titles = head + 1
    layout.put(sheet, titles, 1, pick("图例", "Legend"), "Note")
    for column, (profile, _, option) in enumerate(columns, start=2):
        letter = column_letters(column)
        text, key = f'={letter}{names}&" "&{letter}{head}', option.key("curve", profile)
        layout.formula(sheet, titles, column, text, "Note", styles.TEXT, key=key, wrap=True)
    sheet.heights.update({what: 44, head: 44, titles: 44})
    first = titles + 1
    for step, row in enumerate(range(first, first + STEPS + 1)):
        text = f"=A{row - 1}+{{curve.step}}" if step else "=0"
        layout.formula(sheet, row, 1, text, "Calculation", styles.WHOLE, key=f"curve.month.{step}")
        for column, (profile, variant, option) in enumerate(columns, start=2):
            letter = column_letters(column)
            this = f"{letter}${names},{letter}${what}"
            text = (
                f"=VLOOKUP($A{row},BREAKEVEN_CURVE({this},{this},in_dau,$A${first + STEPS},list_assumptions,"
                f"list_figures,{variant},in_input,in_output),COLUMNS($A${head}:$B${head}),FALSE)"
            )
            key = option.key("curve", profile, step)
            layout.formula(sheet, row, column, text, "Calculation", styles.MONEY, key=key)
    last = first + STEPS
    axis = last + 1 + len(PROFILES)
    layout.put(sheet, axis, 1, pick("图轴", "Axis of the charts"), "Note")
    text = pick('="累计（"&in_currency&"，名义值）"', '="Cumulative ("&in_currency&", nominal)"')
    layout.formula(sheet, axis, 2, text, "Note", styles.TEXT, key="curve.axis")
    layout.put(
        sheet,
        axis + 1,
        1,
        pick("步长（月），至少到报价的年数", "Step (months), at least to the quote's years"),
        "Note",
    )
    beside = column_letters(2 + len(columns))  # a column without cells: one with them would read itself
    steps = f"ROWS({beside}{first}:{beside}{last - 1})"
    text = f"=MAX(in_step,ROUNDUP(in_years*12/{steps},0))"
    layout.formula(sheet, axis + 1, 2, text, "Calculation", styles.WHOLE, key="curve.step")
    for index, (profile, _) in enumerate(PROFILES):
        left = 2 + index * len(options)
        _curve_title(
            layout, sheet, (last + 1 + index, titles, last), (left, left + len(options) - 1), profile
        )
    for chart, letter in zip(curve_charts(layout, options), "AF", strict=True):
        sheet.charts.append(replace(chart, anchor=f"{letter}{chart_row}", width_cm=19))


def curve_charts(layout: Layout, options: Sequence[Option]) -> list[Chart]:
    """Return a chart of cumulative cost for each accounting; whoever shows it gives anchor and width."""
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
                categories=("curve.month.0", f"curve.month.{STEPS}"),
                series=tuple(
                    ChartSeries(
                        option.key("curve", profile),
                        option.key("curve", profile, 0),
                        option.key("curve", profile, STEPS),
                    )
                    for option in options
                ),
                colours=tuple(OPTION_COLOURS[option.deployment][option.slot - 1] for option in options),
                alt=layout.pick(
                    f"折线图：各方案逐月累计成本，{label}",
                    f"Lines: cumulative cost of each option by month, {label}",
                ),
            )
        )
    return charts


def _curve_title(
    layout: Layout, sheet: Sheet, rows: tuple[int, int, int], columns: tuple[int, int], profile: str
) -> None:
    """Write what a chart of cumulative cost says, as its title."""
    row, head, last = rows
    label = profile_label(layout, profile)
    left, right = (column_letters(column) for column in columns)
    best = f"INDEX({left}{head}:{right}{head},MATCH(MIN({left}{last}:{right}{last}),{left}{last}:{right}{last},0))"
    layout.put(sheet, row, 1, layout.pick(f"图题 · {label}", f"Chart title · {label}"), "Note")
    text = layout.pick(
        f'="{label}："&A{last}&" 个月累计最低："&{best}', f'="{label}, "&A{last}&" months, lowest: "&{best}'
    )
    layout.formula(sheet, row, 2, text, "Note", styles.TEXT, key=f"curve.title.{profile}")
