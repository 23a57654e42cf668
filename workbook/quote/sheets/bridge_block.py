"""From price-list cost to budget cost: a table of all options, and the steps that the bridge charts draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.canvas import styles
from workbook.canvas.charts import NO_COLOUR, Chart, ChartSeries
from workbook.canvas.frame import header
from workbook.quote.audit.block import CASH
from workbook.quote.wording import LABELS, PROFILES, component_label, profile_label
from xlmodel.cost.schedule import COMPONENTS

if TYPE_CHECKING:
    from workbook.canvas.book_layout import Sheet
    from workbook.quote.context import QuoteContext
    from workbook.quote.options import Option

# what the budget adds once; an API pays for security alone
_ONE_OFFS = {
    "framework": ("推理框架", "Framework"),
    "data": ("数据", "Data"),
    "security": ("安全合规", "Security"),
    "backup": ("备份", "Backup"),
}
_STEPS = {
    "published": LABELS["published"],
    "volume": ("用量设备", "Usage or purchase"),
    "staff": ("运维人员", "Staff"),
    **_ONE_OFFS,
    "basis": ("抵税与折现", "Tax, discount"),
    "full": LABELS["full"],
}
_ENDS = ("published", "full")
_PARTS = {
    "base": ("垫高", "Lift"), "end": ("合计", "Total"), "up": ("增加", "Added"), "down": ("减少", "Taken off"),
}  # fmt: skip
_COLOURS = (NO_COLOUR, "1F3A5F", "E9A03B", "2A9D8F")
# a step that adds nothing has no label
_NO_ZERO = "#,##0;-#,##0;"
# what is linked of each accounting: first what has a step of its own
_APART = ("tax_shield", "staff", "one_off")
_VOLUME = tuple(name for name in COMPONENTS if name not in _APART)
_PAID = (*_APART, *_VOLUME)


def bridge_view(quote: QuoteContext, sheet: Sheet, top: int) -> int:
    """Show on a reader's tab what the budget adds to each option's price-list cost; return the last row."""
    layout = quote.layout
    header(layout, sheet, _heads(quote), row=top)
    row = top
    for option in quote.options:
        row += 1
        layout.formula(sheet, row, 1, f"={option.ref('answer', 'label')}", "Linked Cell", styles.TEXT)
        for column, step in enumerate(_STEPS, start=2):
            style = "Output" if step in _ENDS else "Linked Cell"
            layout.formula(sheet, row, column, f"={_link(option, step)}", style, styles.MONEY)
    return row


def _heads(quote: QuoteContext) -> list[str]:
    pick = quote.layout.pick
    title = pick("从价目口径到预算口径", "From price-list cost to budget cost")
    return [title, *(pick(*words) for words in _STEPS.values())]


def _link(option: Option, step: str) -> str:
    """Return the origin of a step of an option's bridge."""
    return option.ref("audit", step, "total") if step in _ENDS else option.ref("bridge", step)


def _links(quote: QuoteContext, sheet: Sheet, top: int) -> int:
    """Link what each accounting pays for each option, and its first-year one-offs; return the last row."""
    layout, pick, row = quote.layout, quote.layout.pick, top
    for profile, _ in PROFILES:
        title = f"{pick('桥接的来源', 'Origin of the bridge')} · {profile_label(layout, profile)}"
        labels = [
            title,
            pick("总计", "Total"),
            pick("名义合计", "Nominal"),
            *(component_label(quote, name) for name in _PAID),
        ]
        header(layout, sheet, labels, row=row)
        sheet.heights[row] = 30
        for option in quote.options:
            row += 1
            layout.formula(sheet, row, 1, f"={option.ref('answer', 'label')}", "Calculation", styles.TEXT)
            parts = ("total", "cash.total", *(f"cash.{name}" for name in _PAID))
            for column, part in enumerate(parts, start=2):
                paid = part.removeprefix("cash.") in ("total", *CASH[option.deployment])
                text = f"={option.ref('audit', profile, part)}" if paid else "=0"
                style, key = "Linked Cell" if paid else "Calculation", option.key("bridge", profile, part)
                layout.formula(sheet, row, column, text, style, styles.MONEY, key=key)
        row += 2
    labels = [
        pick("首年一次性", "First-year one-offs"),
        *(profile_label(layout, name) for name, _ in PROFILES),
    ]
    header(layout, sheet, labels, row=row)
    for name, words in {**_ONE_OFFS, "divisor": ("折算除数", "Divisor of the currency")}.items():
        row += 1
        layout.put(sheet, row, 1, pick(*words), "Text")
        number = styles.RATE if name == "divisor" else styles.MONEY
        for column, (profile, _) in enumerate(PROFILES, start=2):
            source = f"audit.{profile}.divisor" if name == "divisor" else f"{profile}.{name}_cost"
            key = f"bridge.{profile}.{name}"
            layout.formula(sheet, row, column, f"={{{source}}}", "Linked Cell", number, key=key)
    return row


def _table(quote: QuoteContext, sheet: Sheet, top: int) -> int:
    """Write what the budget adds to each option's price-list cost; return the last row.

    Usage, hardware, staff and one-offs are nominal; the last step is what tax and discounting make of them.
    """
    layout, pick = quote.layout, quote.layout.pick
    header(layout, sheet, _heads(quote), row=top)
    sheet.heights[top] = 30
    row = top
    for option in quote.options:
        row += 1
        layout.formula(sheet, row, 1, f"={option.ref('answer', 'label')}", "Calculation", styles.TEXT)
        for column, step in enumerate(_STEPS, start=2):
            key = option.key("bridge", step)
            layout.formula(
                sheet, row, column, f"={_amount(option, step)}", "Calculation", styles.MONEY, key=key
            )
        steps = f"SUM({{{option.key('bridge', 'published')}:{option.key('bridge', 'basis')}}})"
        label = pick(f"口径桥接 {option.stem}", f"Bridge of {option.stem}")
        column = len(_STEPS) + 2
        layout.formula(
            sheet, row, column, f"={steps}", "Calculation", styles.MONEY, key=option.key("bridge", "sum")
        )
        quote.check_equal(label, option.ref("bridge", "sum"), option.ref("bridge", "full"))
    layout.put(sheet, top, len(_STEPS) + 2, pick("各步之和", "Sum of the steps"), "Header", wrap=True)
    return row


def _amount(option: Option, step: str) -> str:
    """Return the formula, without `=`, of a step of an option's bridge."""

    def moved(first: str, last: str = "") -> str:
        spans = (
            f"{option.key('bridge', profile, first)}:{option.key('bridge', profile, last or first)}" for profile in ("full", "published")
        )  # fmt: skip
        return "-".join(f"SUM({{{span}}})" if last else f"{{{span.partition(':')[0]}}}" for span in spans)

    if step in _ENDS:
        return option.ref("bridge", step, "total")
    if step == "volume":
        return moved(f"cash.{_VOLUME[0]}", f"cash.{_VOLUME[-1]}")
    if step == "staff":
        return moved("cash.staff")
    if step == "basis":
        return f"({moved('total')})-({moved('cash.total')})+({moved('cash.tax_shield')})"
    if option.deployment == "api" and step != "security":
        return "0"
    return f"({{$bridge.full.{step}}}-{{$bridge.published.{step}}})/{{$bridge.full.divisor}}"


def bridge_block(quote: QuoteContext, sheet: Sheet, top: int) -> int:
    """Write the steps that the charts draw, of the answer and of the best of another deployment; return the last row."""
    layout, pick, options = quote.layout, quote.layout.pick, quote.options
    row = _table(quote, sheet, _links(quote, sheet, top) + 2) + 2
    header(
        layout,
        sheet,
        [pick("桥接所示方案", "Options of the bridges"), pick("他种部署的总计", "Total, other deployment")],
        row=row,
    )
    first, last = options[0], options[-1]
    spans = {
        name: f"{{{first.key(*parts)}:{last.key(*parts)}}}"
        for name, parts in {
            "order": ("answer", "full", "order"), "code": ("answer", "full", "code"), "label": ("answer", "label"), "other": ("bridge", "other"),
        }.items()
    }  # fmt: skip
    code = f"INDEX({spans['code']},{{bridge.at.1}})"
    for option in options:
        row += 1
        layout.formula(sheet, row, 1, f"={option.ref('answer', 'label')}", "Calculation", styles.TEXT)
        text = f'=IF({option.ref("answer", "full", "code")}={code},"—",{option.ref("answer", "full")})'
        layout.formula(sheet, row, 2, text, "Calculation", styles.MONEY, key=option.key("bridge", "other"))
    places = [f"=MATCH(1,{spans['order']},0)", f"=MATCH(MIN({spans['other']}),{spans['other']},0)"]
    for number in range(1, bridges(quote) + 1):
        row += 2
        stem = f"bridge.{number}"
        labels = [
            pick("桥接", "Bridge"),
            pick("金额", "Amount"),
            pick("至此", "So far"),
            *(pick(*words) for words in _PARTS.values()),
        ]
        header(layout, sheet, labels, row=row)
        for column, part in enumerate(_PARTS, start=4):
            layout.mark(f"{stem}.{part}", sheet, row, column)
        row += 1
        layout.put(sheet, row, 1, pick("方案序号", "Place of the option"), "Text")
        layout.formula(
            sheet, row, 2, places[number - 1], "Calculation", styles.WHOLE, key=f"bridge.at.{number}"
        )
        row += 1
        layout.put(sheet, row, 1, pick("图题", "Title of the chart"), "Text")
        words = pick('"从价目口径到预算口径："', '"Price-list to budget cost: "')
        text = f"={words}&INDEX({spans['label']},{{bridge.at.{number}}})"
        layout.formula(sheet, row, 2, text, "Calculation", styles.TEXT, key=f"{stem}.title")
        for step, names in _STEPS.items():
            row += 1
            layout.put(sheet, row, 1, pick(*names), "Text", key=f"{stem}.{step}")
            amounts = f"{{{first.key('bridge', step)}:{last.key('bridge', step)}}}"
            layout.formula(
                sheet, row, 2, f"=INDEX({amounts},{{bridge.at.{number}}})", "Calculation", styles.MONEY
            )
            end = step in _ENDS
            cells = (
                f"=B{row}" if end else f"=C{row - 1}+B{row}",
                "=0" if end else f"=MIN(C{row - 1},C{row})",
                f"=B{row}" if end else "=0",
                "=0" if end else f"=MAX(B{row},0)",
                "=0" if end else f"=MAX(0-B{row},0)",
            )
            keys = ("", *(f"{stem}.{step}.{part}" for part in _PARTS))
            for column, (text, key) in enumerate(zip(cells, keys, strict=True), start=3):
                layout.formula(sheet, row, column, text, "Calculation", _NO_ZERO, key=key)
    return row


def bridges(quote: QuoteContext) -> int:
    """Return how many bridges are drawn: of the answer, and of another deployment where there is one."""
    return min(2, len({option.deployment for option in quote.options}))


def bridge_charts(quote: QuoteContext, anchors: tuple[str, str], width_cm: float) -> list[Chart]:
    """Return the charts: columns that stand on each other, the lowest not seen."""
    return [
        Chart(
            kind="stacked",
            title=f"bridge.{number}.title",
            value_axis="answer.axis",
            category_axis="",
            anchor=anchor,
            categories=(f"bridge.{number}.published", f"bridge.{number}.full"),
            series=tuple(
                ChartSeries(
                    f"bridge.{number}.{part}",
                    f"bridge.{number}.published.{part}",
                    f"bridge.{number}.full.{part}",
                )
                for part in _PARTS
            ),
            colours=_COLOURS,
            valued=True,
            alt=quote.layout.pick(
                "瀑布图：从价目口径总计到预算口径总计，各项增加多少",
                "Waterfall: from the total as price-list cost to that as budget cost, by what the budget adds",
            ),
            width_cm=width_cm,
        )
        for number, anchor in zip(range(1, bridges(quote) + 1), anchors, strict=False)
    ]
