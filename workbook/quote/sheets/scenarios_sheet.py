"""The sheet Scenarios: this quote and A, B, C, with low, base and high of both accountings side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.canvas import styles
from workbook.canvas.book_layout import HEADER_ROW
from workbook.canvas.frame import header, start, widths
from workbook.quote.options import SCENARIOS
from workbook.quote.sheets.scenario_block import CUSTOM, custom_label
from workbook.quote.wording import PROFILES, deployment_label, profile_label
from xlmodel.grid import column_letters
from xlmodel.inputs.register import ESTIMATES

if TYPE_CHECKING:
    from workbook.canvas.book_layout import Sheet
    from workbook.quote.context import QuoteContext
    from workbook.quote.options import Option

_FIRST_AMOUNT = 8
_ESTIMATE_LABELS = {"low": ("低", "low"), "base": ("中", "base"), "high": ("高", "high")}


def scenarios_sheet(quote: QuoteContext) -> None:
    """Add the sheet Scenarios, one row an option of each scenario."""
    layout, options = quote.layout, quote.options
    pick = layout.pick
    sheet = start(
        layout,
        "scenarios",
        ("场景", "Scenarios"),
        "output",
        (
            "各场景、各方案的总成本：低、中、高，两种口径",
            "Totals of every scenario and option: low, base, high, in both accountings",
        ),
        (
            "所选币种的元；人/天；token/人/天",
            "units of the chosen currency; users a day; tokens per user and day",
        ),
    )
    widths(sheet, 12, 14, 22, 13, 8, 12, 12, *([14] * 6))
    head = HEADER_ROW
    variants = head + len(options) * (1 + len(SCENARIOS)) + 2
    labels = [
        pick("场景", "Scenario"), pick("方案", "Option"), pick("对象", "What"), pick("日活", "Users"),
        pick("年数", "Years"), pick("输入 token", "Input tokens"), pick("输出 token", "Output tokens"),
    ]  # fmt: skip
    columns = [(profile, estimate) for profile, _ in PROFILES for estimate in ESTIMATES]
    ends = [f"{profile_label(layout, profile)} {pick(*_ESTIMATE_LABELS[end])}" for profile, end in columns]
    header(layout, sheet, [*labels, *ends], row=head)
    layout.put(sheet, variants, 1, pick("变体", "Variant"), "Note")
    for column, (profile, end) in enumerate(columns, start=_FIRST_AMOUNT):
        text = f'="profile={profile}; estimate={end}; currency="&in_currency'
        layout.formula(sheet, variants, column, text, "Note", styles.TEXT, wrap=True)
    sheet.heights[variants] = 40
    row = head
    for scenario in (CUSTOM, *SCENARIOS):
        for option in options:
            row += 1
            _option_row(quote, sheet, row, scenario, option, variants)
    sheet.freeze = (head + 1, 4)
    sheet.one_page = True


def _option_row(
    quote: QuoteContext, sheet: Sheet, row: int, scenario: str, option: Option, variants: int
) -> None:
    layout = quote.layout
    name = custom_label(layout) if scenario == CUSTOM else scenario
    layout.put(sheet, row, 1, name, "Text")
    layout.put(sheet, row, 2, deployment_label(quote, option.deployment), "Text")
    layout.formula(sheet, row, 3, f"={{{option.input()}.{scenario}}}", "Linked Cell", styles.TEXT)
    for column, (key, number) in enumerate(
        (
            ("in_dau", styles.COUNT),
            ("in_years", styles.WHOLE),
            ("in_input", styles.COUNT),
            ("in_output", styles.COUNT),
        ),
        start=4,
    ):
        layout.formula(sheet, row, column, f"={{{key}.{scenario}}}", "Linked Cell", number)
    for offset in range(len(PROFILES) * len(ESTIMATES)):
        letter = column_letters(_FIRST_AMOUNT + offset)
        text = (
            f"=LLM_TCO($B{row},$C{row},$D{row},$E{row},$F{row},$G{row},list_assumptions,list_figures,"
            f"{letter}${variants})"
        )
        layout.formula(sheet, row, _FIRST_AMOUNT + offset, text, "Output", styles.MONEY)
