"""Who costs least over users and the API's price: a grid on the sheet Answer workings, shown on Break-even."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.canvas import styles
from workbook.canvas.frame import header
from workbook.quote.wording import PROFILES, profile_label
from xlmodel.grid import column_letters

if TYPE_CHECKING:
    from workbook.canvas.book_layout import Sheet
    from workbook.quote.context import QuoteContext

# what users and the API's price are multiplied by: list_grid_users and list_grid_price on the sheet Lists
USERS = (0.1, 0.3, 0.5, 1.0, 2.0, 4.0, 10.0)
PRICES = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 4.0)
# what the load is multiplied by on the sheet Scenarios: list_grid_load
LOADS = (0.3, 1.0, 3.0)
_DASH = '"—"'
_WINNERS_ROW = 44


def grid_block(quote: QuoteContext, sheet: Sheet, top: int, profile: str) -> int:
    """Write the hardware that serves each number of users, then the grid; return the last row.

    Hardware counts as quoted, as far as it serves; an API costs what no user moves, and its bill of the users times the
    factor of its price.
    """
    layout, pick = quote.layout, quote.layout.pick
    hardware = [option for option in quote.options if option.deployment != "api"]
    label = profile_label(layout, profile)
    labels = [
        f"{pick('各用户数下的硬件', 'Hardware by users')} · {label}", pick("日活", "Users"), pick("最低", "Lowest"), pick("该硬件", "That hardware"),
    ]  # fmt: skip
    header(layout, sheet, [*labels, *("" for _ in hardware)], row=top)
    first = 5
    for column, option in enumerate(hardware, start=first):
        del sheet.cells[top, column]
        text = f"={option.ref('answer', 'label')}"
        layout.formula(sheet, top, column, text, "Output", styles.TEXT, wrap=True)
    sheet.heights[top] = _WINNERS_ROW
    last = column_letters(first + len(hardware) - 1)
    row = top
    for number in range(1, len(USERS) + 1):
        row += 1
        layout.formula(sheet, row, 1, f"={{grid.users.{number}}}", "Linked Cell", styles.RATE)
        layout.formula(
            sheet,
            row,
            2,
            f"=in_dau*A{row}",
            "Calculation",
            styles.COUNT,
            key=f"grid.{profile}.users.{number}",
        )
        span = f"E{row}:{last}{row}"
        layout.formula(
            sheet, row, 3, f"=IF(COUNT({span})=0,{_DASH},MIN({span}))", "Calculation", styles.MONEY
        )
        text = f"=IF(COUNT({span})=0,{_DASH},INDEX(E${top}:{last}${top},MATCH(C{row},{span},0)))"
        layout.formula(sheet, row, 4, text, "Calculation", styles.TEXT, wrap=True)
        sheet.heights[row] = _WINNERS_ROW
        for column, option in enumerate(hardware, start=first):
            serves = option.ref("decision", profile, "serves")
            total = option.ref("answer", profile)
            reach = f"N({serves})*{{$decision.{profile}.first}}"
            text = f"=IF($B{row}<={reach},{total},{_DASH})"
            layout.formula(sheet, row, column, text, "Calculation", styles.MONEY)
    rows = top + 1
    head = row + 2
    header(layout, sheet, [f"{pick('成本最低者', 'What costs least')} · {label}"], row=head)
    for number in range(1, len(PRICES) + 1):
        text = f"={{grid.price.{number}}}"
        key = f"grid.{profile}.price.{number}"
        layout.formula(sheet, head, 1 + number, text, "Output", '"× "0.00', key=key)
    row = head
    for number in range(1, len(USERS) + 1):
        row += 1
        line = rows + number - 1
        layout.formula(sheet, row, 1, f"=B{line}", "Calculation", styles.COUNT)
        for place in range(1, len(PRICES) + 1):
            letter = column_letters(1 + place)
            api = f"{{$decision.{profile}.fixed}}+{{$decision.{profile}.user}}*$A{row}*{letter}${head}"
            name = f"{{$decision.{profile}.api_name}}"
            text = f"=IF(N($C{line})=0,{name},IF({api}<=$C{line},{name},$D{line}))"
            key = f"grid.{profile}.{number}.{place}"
            layout.formula(sheet, row, 1 + place, text, "Calculation", styles.TEXT, key=key, wrap=True)
        sheet.heights[row] = _WINNERS_ROW
    return row


def grid_view(quote: QuoteContext, sheet: Sheet, top: int) -> int:
    """Show the grids where a reader sees them; return the last row."""
    layout, pick = quote.layout, quote.layout.pick
    row = top - 2
    for profile, _ in PROFILES:
        row += 2
        title = pick("日活 × API 单价：成本最低者", "Users × API price: what costs least")
        header(layout, sheet, [f"{title} · {profile_label(layout, profile)}"], row=row)
        head = row
        for place in range(1, len(PRICES) + 1):
            text = f"={{grid.price.{place}}}"
            layout.formula(sheet, head, 1 + place, text, "Output", '"× "0.00')
        for number in range(1, len(USERS) + 1):
            row += 1
            text = f"={{grid.{profile}.users.{number}}}"
            layout.formula(sheet, row, 1, text, "Linked Cell", styles.COUNT)
            for place in range(1, len(PRICES) + 1):
                text = f"={{grid.{profile}.{number}.{place}}}"
                layout.formula(sheet, row, 1 + place, text, "Linked Cell", styles.TEXT, wrap=True)
            sheet.heights[row] = _WINNERS_ROW
    return row
