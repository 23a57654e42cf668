"""What each option costs at other loads: computed on the sheet Answer workings, shown on Scenarios."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.canvas import styles
from workbook.canvas.frame import header
from workbook.quote.sheets.grid_block import LOADS
from workbook.quote.wording import PROFILES, deployment_label, profile_label
from xlmodel.grid import column_letters

if TYPE_CHECKING:
    from workbook.canvas.book_layout import Sheet
    from workbook.quote.context import QuoteContext

_DASH = '"—"'
_FIRST = 2


def load_block(quote: QuoteContext, sheet: Sheet, top: int, profile: str) -> int:
    """Write the total of each option at each load, as far as it serves; return the last row.

    A total is a straight line over the users: an API costs what no user moves, and its bill of the users; hardware as
    quoted costs the same as long as it serves.
    """
    layout, pick = quote.layout, quote.layout.pick
    title = f"{pick('各用量下的总计', 'Totals by load')} · {profile_label(layout, profile)}"
    header(layout, sheet, [title], row=top)
    users = top + 1
    layout.put(sheet, users, 1, pick("日活", "Users"), "Text")
    letters = [column_letters(_FIRST + load) for load in range(len(LOADS))]
    for load, letter in enumerate(letters, start=1):
        at = _FIRST + load - 1
        layout.formula(
            sheet, top, at, f"={{grid.load.{load}}}", "Output", pick('"用量 × "0.0', '"load × "0.0')
        )
        text, key = f"=in_dau*{letter}{top}", f"load.{profile}.users.{load}"
        layout.formula(sheet, users, at, text, "Calculation", styles.COUNT, key=key)
    for row, option in enumerate(quote.options, start=users + 1):
        layout.formula(sheet, row, 1, f"={option.ref('answer', 'label')}", "Calculation", styles.TEXT)
        each, fixed, serves = (option.ref("decision", profile, part) for part in ("user", "fixed", "serves"))
        for load, letter in enumerate(letters, start=1):
            if option.deployment == "api":
                text = f"={fixed}+{each}*{letter}{users}".replace("{", "{$", 2)
            else:
                reach = f"N({serves})*{{decision.{profile}.first}}".replace("{", "{$")
                total = option.ref("answer", profile).replace("{", "{$")
                text = f"=IF({letter}${users}<={reach},{total},{_DASH})"
            key = option.key("load", profile, load)
            layout.formula(sheet, row, _FIRST + load - 1, text, "Calculation", styles.MONEY, key=key)
    return users + len(quote.options)


def load_view(quote: QuoteContext, sheet: Sheet, top: int) -> int:
    """Show what each option costs at each load, and the GPUs that it needs; return the last row."""
    layout, pick = quote.layout, quote.layout.pick
    labels = [
        pick("用量倍数", "Load, times"),
        pick("方案", "Option"),
        pick("对象", "What"),
        pick("日活", "Users"),
    ]
    for profile, _ in PROFILES:
        label = profile_label(layout, profile)
        labels += [
            pick(f"总计 · {label}", f"Total · {label}"),
            pick(f"需 GPU · {label}", f"GPUs needed · {label}"),
        ]
    header(layout, sheet, labels, row=top)
    sheet.heights[top] = 44
    row = top
    for load, _ in enumerate(LOADS, start=1):
        for option in quote.options:
            row += 1
            hardware = option.deployment != "api"
            cells = [
                (1, f"={{grid.load.{load}}}", styles.RATE),
                (3, f"={option.input()}", styles.TEXT),
                (4, f"={{load.published.users.{load}}}", styles.COUNT),
            ]
            for column, (profile, _) in zip((5, 7), PROFILES, strict=True):
                gpus = f"={option.ref('capacity', profile, 'need', 'load', load)}"
                cells += [
                    (column, f"={option.ref('load', profile, load)}", styles.MONEY),
                    (column + 1, gpus if hardware else f"={_DASH}", styles.WHOLE),
                ]
            layout.put(sheet, row, 2, deployment_label(quote, option.deployment), "Text")
            for column, text, number in cells:
                style = "Calculation" if text.endswith(_DASH) else "Linked Cell"
                layout.formula(sheet, row, column, text, style, number)
    note = pick(
        "硬件按所报配置；承载不了的为 —，旁为用量最大的一年所需 GPU 数。",
        "Hardware as quoted; a dash where it does not serve, beside it the GPUs that the largest year needs.",
    )
    layout.put(sheet, row + 1, 1, note, "Plain")
    return row + 1
