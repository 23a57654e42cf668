"""The checks of a quote that need none of our functions, and what its reader should look at before signing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.canvas import styles
from workbook.canvas.frame import header
from workbook.quote.sheets.answer_block import CHARTED
from workbook.quote.sheets.curve_sheet import last_month, pairs
from workbook.quote.sheets.record_sheets import checks_sheet
from workbook.quote.wording import PROFILES, deployment_label, profile_label

if TYPE_CHECKING:
    from workbook.quote.context import QuoteContext
    from workbook.quote.options import Option

_INCOME = ("residual", "tax_shield")


def quote_checks_sheet(quote: QuoteContext) -> None:
    """Add the sheet Checks of a quote: capacity of each year, charts, curves and paybacks beside the functions."""
    for profile, _ in PROFILES:
        label = profile_label(quote.layout, profile)
        for option in quote.options:
            name = f"{label} {deployment_label(quote, option.deployment)} {option.slot}"
            if option.deployment != "api":
                _capacity(quote, option, profile, name)
            _curve(quote, option, profile, name)
        _ranked_chart(quote, profile, label)
        _paybacks(quote, profile, label)
    for option in quote.options:
        _components(quote, option, f"{deployment_label(quote, option.deployment)} {option.slot}")
    checks_sheet(quote)
    quote.at_end(lambda: _attention(quote))


def _capacity(quote: QuoteContext, option: Option, profile: str, name: str) -> None:
    """Check the verdict, which asks for the users of the largest year, by the tokens a second of every year."""
    yearly, state = (option.ref("capacity", profile, part) for part in ("yearly", "state"))
    label = quote.layout.pick(f"{name}：每年都能承载 = 判定", f"{name}: capacity in every year = verdict")
    quote.check_equal(label, yearly, state)


def _curve(quote: QuoteContext, option: Option, profile: str, name: str) -> None:
    """Check the end of the curve by the sum of what the hardware that is compared costs, nominal and before tax."""
    end = option.ref("curve", profile, last_month(quote))
    api = option.deployment == "api"
    spent = (
        option.ref("audit", profile, "spent") if api else option.ref("large", profile, "compared", "spent")
    )
    label = quote.layout.pick(f"{name}：累计图的末月 = 复核", f"{name}: last month of the chart = Audit")
    quote.check_equal(label, end, spent)


def _ranked_chart(quote: QuoteContext, profile: str, label: str) -> None:
    """Check the totals that the chart of what can serve draws, in the order of the first sheet, by those of the model."""
    first, last = quote.options[0], quote.options[-1]
    drawn = f"SUM({{order.1.{profile}.able:order.{len(quote.options)}.{profile}.able}})"
    model = f"SUM({{{first.key('answer', profile, 'able')}:{last.key('answer', profile, 'able')}}})"
    name = quote.layout.pick(f"{label}：图中各总计之和 = 模型", f"{label}: totals in the chart = model")
    quote.check_equal(name, drawn, model)


def _components(quote: QuoteContext, option: Option, name: str) -> None:
    """Check the components that the chart stacks by the cash flow of the sheet Audit."""
    drawn = f"SUM({{{option.key('answer', 'component', CHARTED[0])}:{option.key('answer', 'component', CHARTED[-1])}}})"
    income = _INCOME if option.deployment == "own" else _INCOME[1:]
    model = "-".join(option.ref("audit", "full", "cash", part) for part in ("total", *income))
    label = quote.layout.pick(f"{name}：构成图 = 现金流", f"{name}: components in the chart = cash flow")
    quote.check_equal(label, drawn, model)


def _paybacks(quote: QuoteContext, profile: str, label: str) -> None:
    """Check that both curves stand at the same amount at the payback."""
    for a, b in pairs(quote.options):
        mine, other = (a.ref("payback", profile, b.stem, part) for part in ("mine", "other"))
        names = f"{a.stem} / {b.stem}"
        name = quote.layout.pick(
            f"{label} {names}：回本时两线相交", f"{label} {names}: curves meet at the payback"
        )
        quote.check_equal(name, mine, other)


def _attention(quote: QuoteContext) -> None:
    """Write what is no error, but is to be looked at: old prices, and hardware that does not serve every year."""
    layout, pick, sheet = quote.layout, quote.layout.pick, quote.layout.sheets["checks"]
    top = layout.places["checks.words"].row + 2
    header(
        layout,
        sheet,
        [pick("请留意（不计入未通过）", "To look at (not counted as failed)"), pick("个数", "Number")],
        row=top,
    )
    hardware = [option for option in quote.options if option.deployment != "api"]
    rows = [(pick("超过时效的所用价格", "Prices in use that are older than the limit"), "{price_age.count}")]
    for profile, _ in PROFILES if hardware else ():
        words = pick("并非每年都能承载的硬件", "Hardware that does not serve every year")
        states = f"{hardware[0].key('capacity', profile, 'state')}:{hardware[-1].key('capacity', profile, 'state')}"
        rows.append((f"{words} · {profile_label(layout, profile)}", f"COUNTIF({{{states}}},0)"))
    for row, (label, text) in enumerate(rows, start=top + 1):
        layout.put(sheet, row, 1, label, "Text")
        layout.formula(sheet, row, 2, f"={text}", "Calculation", styles.WHOLE)
    sheet.alarms.append((f"B{top + 1}:B{top + len(rows)}", f"B{top + 1}>0"))
