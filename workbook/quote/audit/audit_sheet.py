"""The sheet Audit: the totals of every option rebuilt with native formulas, from the same inputs and figures.

It is the second route to each total: written from the method, without the functions, so that a person without the
add-in still has a model that follows its inputs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.canvas import styles
from workbook.canvas.book_layout import HEADER_ROW
from workbook.canvas.frame import header, start, widths
from workbook.quote.audit.accounting import accounting_rows, tier_rows, year_rows
from workbook.quote.audit.api_block import api_block
from workbook.quote.audit.block import LABEL, NOTE, VALUE, Block
from workbook.quote.audit.large_block import large_own_block, large_rent_block, tier_prices
from workbook.quote.audit.own_block import own_block
from workbook.quote.audit.rent_block import rent_block
from workbook.quote.wording import PROFILES, deployment_label, profile_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbook.canvas.book_layout import Sheet
    from workbook.quote.context import QuoteContext
    from workbook.quote.options import Option


def audit_sheet(quote: QuoteContext) -> None:
    """Add the sheet Audit; it reads the record sheets of tiers and GPUs."""
    layout, catalog = quote.layout, quote.catalog
    pick = layout.pick
    sheet = start(
        layout,
        "audit",
        ("复核", "Audit"),
        "calculation",
        (
            "用普通 Excel 公式重算每个总计，不用加载项函数",
            "Every total rebuilt with plain Excel formulas, without the add-in's functions",
        ),
        ("见“单位”列；总计为所选币种的元", "see the column Unit; totals in the chosen currency"),
    )
    widths(sheet, 38, 17, 16, 54, *([15] * max(quote.years, 6)))
    sheet.freeze = (5, 2)
    _names(quote)
    row = _summary(quote, sheet)
    row = tier_rows(layout, sheet, catalog, row + 2)
    row = year_rows(quote, sheet, row)
    tiers = [tier["item"] for tier in catalog.tables["tiers"].rows]
    for profile, _ in PROFILES:
        row = accounting_rows(quote, sheet, profile, row)
        if any(option.deployment == "own" for option in quote.options):
            prices = Block(quote, sheet, f"audit.{profile}", profile, row)
            tier_prices(prices, tiers)
            row = prices.row
        for option in quote.options:
            block = Block(quote, sheet, option.key("audit", profile), profile, row)
            label = deployment_label(quote, option.deployment)
            block.title(label, f"={option.input()}", profile_label(layout, profile))
            if option.deployment == "api":
                api_block(block, option)
            elif option.deployment == "rent":
                rent_block(block, option)
            else:
                own_block(block, option, tiers)
            row = block.row
            if option.deployment != "api":
                row = _large(quote, sheet, option, profile, row, tiers)
    layout.put(
        sheet,
        5,
        1,
        pick(
            "逐步可查：每步一行，每年一列；年数以外的年份记 0。",
            "One row a step, one column a year; years beyond the chosen number count 0.",
        ),
        "Subtitle",
    )
    _users(quote, sheet, row)


def _large(
    quote: QuoteContext, sheet: Sheet, option: Option, profile: str, row: int, tiers: Sequence[str]
) -> int:
    """Write the same option made large enough; return the last row."""
    layout = quote.layout
    block = Block(quote, sheet, option.key("large", profile), profile, row)
    label = layout.pick("扩容到能承载", "Made large enough")
    block.title(
        f"{deployment_label(quote, option.deployment)} · {label}",
        f"={option.input()}",
        profile_label(layout, profile),
    )
    if option.deployment == "rent":
        large_rent_block(block, option)
    else:
        large_own_block(block, option, tiers)
    return block.row


def _users(quote: QuoteContext, sheet: Sheet, row: int) -> int:
    """Write the daily users at which each API costs as much as each rental and own option, as quoted.

    Users = (total of the hardware - what no user moves at the API) / total of a daily user.
    """
    layout, pick = quote.layout, quote.layout.pick
    models = [option for option in quote.options if option.deployment == "api"]
    others = [option for option in quote.options if option.deployment != "api"]
    if not (models and others):
        return row
    labels = [
        pick("打平日活", "Users at break-even"), *(profile_label(layout, profile) for profile, _ in PROFILES),
        pick("对比方案", "Against"),
    ]  # fmt: skip
    row += 2
    header(layout, sheet, labels, row=row)
    never = pick("不打平", "never")
    for model in models:
        for other in others:
            row += 1
            layout.formula(sheet, row, LABEL, f"={model.input()}", "Calculation", styles.TEXT)
            layout.formula(sheet, row, NOTE, f"={other.input()}", "Calculation", styles.TEXT)
            for column, (profile, _) in enumerate(PROFILES, start=VALUE):
                each, fixed = (model.ref("audit", profile, part) for part in ("per_user", "fixed"))
                total = other.ref("audit", profile, "total")
                text = f'=IF(OR({each}<=0,{total}<{fixed}),"{never}",({total}-{fixed})/{each})'
                key = model.key("breakeven", profile, other.stem)
                layout.formula(sheet, row, column, text, "Output", styles.COUNT, key=key)
    return row


def _names(quote: QuoteContext) -> None:
    """Name the ranges of other sheets that the audit looks up in."""
    layout = quote.layout
    gpus = [row["item"] for row in quote.catalog.tables["gpus"].rows]
    layout.name("list_gpus", f"gpus.{gpus[0]}.item", f"gpus.{gpus[-1]}.item")
    layout.name("list_gpu_power", f"gpus.{gpus[0]}.tdp_w", f"gpus.{gpus[-1]}.tdp_w")


def _summary(quote: QuoteContext, sheet: Sheet) -> int:
    """Write the totals that the blocks below arrive at."""
    layout, pick = quote.layout, quote.layout.pick
    header(
        layout,
        sheet,
        [
            pick("总计（复核）", "Totals (audit)"),
            *(profile_label(layout, profile) for profile, _ in PROFILES),
            pick("对象", "What"),
        ],
    )
    row = HEADER_ROW
    for option in quote.options:
        row += 1
        label = f"{deployment_label(quote, option.deployment)} {option.slot}"
        layout.put(sheet, row, LABEL, label, "Text")
        for column, (profile, _) in enumerate(PROFILES, start=VALUE):
            layout.formula(
                sheet, row, column, f"={option.ref('audit', profile, 'total')}", "Output", styles.MONEY
            )
        layout.formula(sheet, row, NOTE, f"={option.input()}", "Calculation", styles.TEXT)
    return row
