"""The sheet Capacity for a reader: the users of each year, what each option serves, and the GPUs that each year needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.canvas import styles
from workbook.canvas.book_layout import HEADER_ROW
from workbook.canvas.frame import header, start, widths
from workbook.quote.wording import PROFILES, profile_label

if TYPE_CHECKING:
    from workbook.canvas.book_layout import Sheet
    from workbook.quote.context import QuoteContext

_FIRST_YEAR = 5


def serving_sheet(quote: QuoteContext) -> None:
    """Add the sheet; its numbers come from the sheet Capacity workings."""
    layout, pick = quote.layout, quote.layout.pick
    sheet = start(
        layout,
        "serving",
        ("承载", "Capacity"),
        "output",
        (
            "每年多少用户，各硬件方案能否承载，不够时每年要多少 GPU",
            "Users of each year, whether each hardware option serves them, and the GPUs that each year needs",
        ),
        ("人/天；GPU；输出 token/s；所选币种的元", "users a day; GPUs; output token/s; the chosen currency"),
    )
    widths(sheet, 38, 22, 18, 34, *([14] * quote.years), 20)
    row = HEADER_ROW
    for profile, _ in PROFILES:
        row = _demand(quote, sheet, row, profile)
        row = _options(quote, sheet, row + 2, profile) + 2
    if quote.mixed:
        layout.formula(sheet, row - 1, 1, "={answer.models}", "Plain", styles.TEXT)
    note = pick(
        "承载能力由测算得出，误差带见测算页；签约前请压测。",
        "Capacities come from sizing; the sheet Sizing shows their error band. Test before signing.",
    )
    layout.put(sheet, row, 1, note, "Plain")
    sheet.freeze = (HEADER_ROW, 2)
    sheet.one_page = True


def _years(quote: QuoteContext, sheet: Sheet, row: int, profile: str, block: str) -> None:
    """Write the numbers of the years as the heads of their columns."""
    shown = quote.layout.pick('"第"0"年"', '"Year "0')
    for year in range(1, quote.years + 1):
        key = f"serving.{profile}.{block}.{year}"
        text = "=1" if year == 1 else f"={{serving.{profile}.{block}.{year - 1}}}+1"
        quote.layout.formula(sheet, row, _FIRST_YEAR + year - 1, text, "Output", shown, key=key)


def _demand(quote: QuoteContext, sheet: Sheet, top: int, profile: str) -> int:
    layout, pick = quote.layout, quote.layout.pick
    label = f"{pick('需求', 'Demand')} · {profile_label(layout, profile)}"
    header(layout, sheet, [label, pick("单位", "Unit"), pick("最大", "Largest"), ""], row=top)
    _years(quote, sheet, top, profile, "demand")
    rows = (
        ("largest", pick("日活用户", "Daily active users"), pick("人/天", "users/day"), styles.COUNT),
        ("peak", pick("高峰输出 token/s", "Peak output token/s"), "token/s", styles.ONE_DECIMAL),
    )
    row = top
    for name, text, unit, number in rows:
        row += 1
        layout.put(sheet, row, 1, text, "Text")
        layout.put(sheet, row, 2, unit, "Text")
        layout.formula(sheet, row, 3, f"={{demand.{profile}.{name}}}", "Linked Cell", number)
        layout.put(sheet, row, 4, None, "Text")
        for year in range(1, quote.years + 1):
            link = f"={{demand.{profile}.{name}.{year}}}"
            layout.formula(sheet, row, _FIRST_YEAR + year - 1, link, "Linked Cell", number)
    return row


def _options(quote: QuoteContext, sheet: Sheet, top: int, profile: str) -> int:
    layout, pick = quote.layout, quote.layout.pick
    hardware = [option for option in quote.options if option.deployment != "api"]
    if not hardware:
        layout.put(
            sheet,
            top,
            1,
            pick("只比较 API：供应商承载。", "APIs alone: the vendor carries the load."),
            "Plain",
        )
        return top
    labels = [
        f"{pick('所需 GPU', 'GPUs needed')} · {profile_label(layout, profile)}", pick("付费配置", "GPUs paid for"),
        pick("可承载日活", "Users it serves"), pick("判定", "Verdict"),
    ]  # fmt: skip
    header(layout, sheet, labels, row=top)
    _years(quote, sheet, top, profile, "need")
    last = _FIRST_YEAR + quote.years
    layout.put(sheet, top, last, pick("扩容后总计", "Total, large enough"), "Header", wrap=True)
    row = top
    for option in hardware:
        row += 1
        sheet.heights[row] = 30
        links = (
            (1, option.ref("answer", "label"), styles.TEXT), (2, option.ref("capacity", profile, "config"), styles.TEXT),
            (3, option.ref("capacity", profile, "users"), styles.COUNT), (4, option.ref("capacity", profile, "verdict"), styles.TEXT),
            (last, option.ref("capacity", profile, "needs_total"), styles.MONEY),
            *(
                (_FIRST_YEAR + year - 1, option.ref("capacity", profile, "need", year), styles.WHOLE)
                for year in range(1, quote.years + 1)
            ),
        )  # fmt: skip
        for column, text, number in links:
            wrap = number == styles.TEXT
            layout.formula(sheet, row, column, f"={text}", "Linked Cell", number, wrap=wrap)
    return row
