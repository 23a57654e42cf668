"""The sheet Scenarios: the quote at other loads, by native formulas, and this quote and A, B, C by our functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.canvas import styles
from workbook.canvas.book_layout import HEADER_ROW
from workbook.canvas.frame import header, start, widths
from workbook.quote.options import SCENARIOS
from workbook.quote.sheets.band_block import band_block
from workbook.quote.sheets.load_block import load_view
from workbook.quote.sheets.scenario_block import CUSTOM, custom_label
from workbook.quote.wording import PROFILES, deployment_label, guarded, profile_label
from xlmodel.grid import column_letters
from xlmodel.inputs.register import ESTIMATES

if TYPE_CHECKING:
    from workbook.canvas.book_layout import Sheet
    from workbook.quote.context import QuoteContext
    from workbook.quote.options import Option

_FIRST_AMOUNT = 8
_ESTIMATE_LABELS = {"low": ("低", "low"), "base": ("中", "base"), "high": ("高", "high")}


def scenarios_sheet(quote: QuoteContext) -> None:
    """Add the sheet Scenarios: a row an option of each load, then one of each scenario with low, base and high."""
    layout, options = quote.layout, quote.options
    pick = layout.pick
    sheet = start(
        layout,
        "scenarios",
        ("场景", "Scenarios"),
        "output",
        (
            "用量为 0.3、1、3 倍时各方案的总成本；各场景的低、中、高（由函数计算）",
            "Totals at 0.3, 1 and 3 times the load; low, base and high of every scenario, by the functions",
        ),
        (
            "所选币种的元；人/天；token/人/天",
            "units of the chosen currency; users a day; tokens per user and day",
        ),
    )
    widths(sheet, 12, 14, 22, 13, 18, 14, 18, *([14] * 6))
    head = load_view(quote, sheet, HEADER_ROW) + 2
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
    layout.put(
        sheet, variants + 2, 1, pick("生效场景之前的行数", "Rows before the scenario in force"), "Text"
    )
    place = f"MATCH(in_scenario,$A${head + 1}:$A${row},0)-1"
    layout.formula(sheet, variants + 2, 4, f"={place}", "Calculation", styles.WHOLE, key="scenarios.first")
    letters = [column_letters(_FIRST_AMOUNT + number) for number in range(len(columns))]
    cells = {of: f"${letter}${head + 1}:${letter}${row}" for of, letter in zip(columns, letters, strict=True)}
    amounts = {profile: (cells[profile, "low"], cells[profile, "high"]) for profile, _ in PROFILES}
    band_block(quote, sheet, variants + 4, amounts)
    sheet.freeze = (HEADER_ROW, 4)
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
            f"LLM_TCO($B{row},$C{row},$D{row},$E{row},$F{row},$G{row},list_assumptions,list_figures,"
            f"{letter}${variants})"
        )
        layout.formula(sheet, row, _FIRST_AMOUNT + offset, f"={guarded(text)}", "Output", styles.MONEY)
