"""How sure the answer is: the ends of the ranges of the least costly option and of the runner-up, on the sheet Scenarios."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.canvas import styles
from workbook.canvas.frame import header
from workbook.quote.wording import PROFILES, profile_label

if TYPE_CHECKING:
    from workbook.canvas.book_layout import Sheet
    from workbook.quote.context import QuoteContext


def band_block(quote: QuoteContext, sheet: Sheet, top: int, amounts: dict[str, tuple[str, str]]) -> int:
    """Write low and high of both options in each accounting, as numbers and in words; return the last row.

    The functions give the ends. Where they are missing the words say so; no answer rests on them.

    Args:
        quote: the quote.
        sheet: the sheet Scenarios.
        top: row of the header.
        amounts: by accounting the columns of low and high, as references to the rows of all scenarios.
    """
    layout, pick = quote.layout, quote.layout.pick
    labels = [
        pick("区间", "Range"), pick("口径", "Accounting"), pick("方案", "Option"), pick("方案序号", "Place of the option"),
        pick("低", "Low"), pick("高", "High"), pick("低至高", "Low to high"),
    ]  # fmt: skip
    header(layout, sheet, labels, row=top)
    sheet.heights[top] = 30
    names = {"best": pick("成本最低", "Least costly"), "runner": pick("次低", "Runner-up")}
    places = {"best": "at", "runner": "runner_at"}
    row = top
    for profile, _ in PROFILES:
        for name, words in names.items():
            row += 1
            layout.put(sheet, row, 1, words, "Text")
            layout.put(sheet, row, 2, profile_label(layout, profile), "Text")
            layout.formula(
                sheet, row, 3, f"={{answer.{profile}.{name}}}", "Linked Cell", styles.TEXT, wrap=True
            )
            sheet.heights[row] = 30
            layout.formula(
                sheet, row, 4, f"={{answer.{profile}.{places[name]}}}", "Linked Cell", styles.WHOLE
            )
            for column, amount in enumerate(amounts[profile], start=5):
                text = f'=IF(D{row}=0,"—",INDEX({amount},{{$scenarios.first}}+D{row}))'
                layout.formula(sheet, row, column, text, "Calculation", styles.MONEY)
            ends = f'TEXT(E{row},"#,##0")&"–"&TEXT(F{row},"#,##0")'
            text = f"=IF(ISNUMBER(E{row}),{ends},E{row})"
            layout.formula(sheet, row, 7, text, "Calculation", styles.TEXT, key=f"band.{profile}.{name}")
    return row
