"""What is lost by stopping after a year: computed on the sheet Answer workings, shown on Cash by year."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.canvas import styles
from workbook.canvas.frame import header
from workbook.quote.audit.block import CASH
from workbook.quote.wording import component_label, profile_label
from xlmodel.cost.schedule import CAPEX

if TYPE_CHECKING:
    from workbook.canvas.book_layout import Sheet
    from workbook.quote.context import QuoteContext

# what was paid ahead in the first year; everything else is paid as it is used
_AHEAD = (*CAPEX, "one_off")


def stop_block(quote: QuoteContext, sheet: Sheet, top: int, profile: str) -> int:
    """Write what each option has bought and paid once in its first year, before a resale; return the last row."""
    layout, pick = quote.layout, quote.layout.pick
    title = f"{pick('首年已付、收不回', 'Paid ahead in year 1')} · {profile_label(layout, profile)}"
    labels = [title, *(component_label(quote, name) for name in _AHEAD), pick("合计", "Total")]
    header(layout, sheet, labels, row=top)
    row = top
    for option in quote.options:
        row += 1
        layout.formula(sheet, row, 1, f"={option.ref('answer', 'label')}", "Calculation", styles.TEXT)
        for column, name in enumerate(_AHEAD, start=2):
            paid = name in CASH[option.deployment]
            text = f"={option.ref('audit', profile, 'cash', name, 1)}" if paid else "=0"
            style, key = "Linked Cell" if paid else "Calculation", option.key("stop", name)
            layout.formula(sheet, row, column, text, style, styles.MONEY, key=key)
        parts = f"{{{option.key('stop', _AHEAD[0])}:{option.key('stop', _AHEAD[-1])}}}"
        key = option.key("stop", "lost")
        layout.formula(sheet, row, len(_AHEAD) + 2, f"=SUM({parts})", "Calculation", styles.MONEY, key=key)
    return row
