"""The assumptions on the sheet Inputs: what is given, what is in force, and the defaults, in two accountings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from workbook.canvas import styles
from workbook.canvas.book_layout import Validation
from workbook.canvas.frame import header
from workbook.canvas.labels import unit_label
from workbook.quote.sheets.catalog_sheets import figure_key
from workbook.quote.wording import PROFILES, profile_label
from xlmodel.inputs.register import ESTIMATES, Assumption, register

if TYPE_CHECKING:
    from workbook.canvas.book_layout import Layout, Sheet
    from workbook.quote.context import QuoteContext
    from workbook.request.quote_request import QuoteRequest
    from xlmodel.catalog.lookup import Names

# set once a quote: in the switches above, or, for the price date, by the figures that were written
SWITCHES = ("profile", "estimate", "currency", "price_date")
_LARGE_MONEY = 1e9
_SHARES = frozenset({"share", "per year"})
_COLUMNS: tuple[tuple[int, Literal["published", "full"]], ...] = ((2, "published"), (3, "full"))


def assumption_block(quote: QuoteContext, sheet: Sheet, top: int) -> None:
    """Write one row an assumption; `list_assumptions` is what the functions read."""
    layout = quote.layout
    pick = layout.pick
    labels = [
        pick("名称", "Name"), *(profile_label(layout, profile) for profile, _ in PROFILES), pick("单位", "Unit"),
        pick("生效：公布", "In force: published"), pick("生效：完整", "In force: full"),
        pick("默认：公布", "Default: published"), pick("默认低", "Default low"), pick("默认中", "Default base"), pick("默认高", "Default high"),
        pick("可选", "Limits"), pick("来源", "Source"), pick("备注", "Note"),
    ]  # fmt: skip
    header(layout, sheet, labels, row=top)
    note = pick(
        "填入您的数值；空白即用右侧默认值。", "Type your value; blank takes the default on the right."
    )
    layout.put(sheet, top - 1, 1, pick("假设", "Assumptions"), "Section")
    layout.put(sheet, top - 1, 2, note, "Plain")
    shown = shown_assumptions(quote)
    for row, assumption in enumerate(shown, start=top + 1):
        _assumption_row(layout, sheet, assumption, row, quote.request, quote.catalog.names)
    layout.name_range("list_assumptions", sheet, (top, 1), (top + len(shown), _COLUMNS[-1][0]))
    layout.name("in_fx", "published.fx_cny_per_usd")


def shown_assumptions(quote: QuoteContext) -> list[Assumption]:
    """Return the assumptions that stand on the sheet Inputs, in its order."""
    return [assumption for assumption in register().values() if is_shown(quote, assumption.key)]


def is_shown(quote: QuoteContext, key: str) -> bool:
    """Tell whether an assumption can move a result: VAT does where a price is without it, or where it was given."""
    if key != "vat_rate" or key in quote.request.assumptions:
        return key not in SWITCHES
    return any(figure.tax == "exclusive" for figures in quote.catalog.figures.values() for figure in figures)


def _assumption_row(
    layout: Layout, sheet: Sheet, assumption: Assumption, row: int, request: QuoteRequest, names: Names
) -> None:
    pick, key = layout.pick, assumption.key
    number = assumption_format(assumption)
    layout.put(sheet, row, 1, pick(assumption.zh, assumption.en), "Text", key=f"name.{key}")
    for column, profile in _COLUMNS:
        value = _given(request, key, profile)
        layout.put(sheet, row, column, value, "Input", number, key=f"given.{profile}.{key}")
    layout.put(sheet, row, 4, unit_label(names, assumption.unit, layout.lang), "Text", key=f"unit.{key}")
    _defaults(layout, sheet, assumption, row, number)
    low, base, high = (f"{{default.{end}.{key}}}" for end in ESTIMATES)
    at = f"CHOOSE(in_estimate_number,{low},{base},{high})"
    published = f"IF({{default.published.{key}}}={base},{at},{{default.published.{key}}})"
    layout.formula(
        sheet,
        row,
        5,
        f'=IF({{given.published.{key}}}="",{published},{{given.published.{key}}})',
        "Calculation",
        number,
        key=f"published.{key}",
    )
    layout.formula(
        sheet,
        row,
        6,
        f'=IF({{given.full.{key}}}="",{at},{{given.full.{key}}})',
        "Calculation",
        number,
        key=f"full.{key}",
    )
    layout.put(sheet, row, 11, _limits(assumption), "Text")
    layout.put(sheet, row, 12, assumption.source, "Text")
    note = pick(assumption.help_zh, assumption.help_en)
    layout.put(sheet, row, 13, note, "Note", wrap=True)
    kind = "whole" if assumption.type == "integer" else "decimal"
    message = pick(f"请输入 {_limits(assumption)} 之间的数", f"A number within {_limits(assumption)}, please")
    low_text, high_text = (f"{limit:.12g}" for limit in (assumption.minimum, assumption.maximum))
    sheet.validations.append(Validation(f"B{row}:C{row}", kind, low_text, high_text, message))


def _given(request: QuoteRequest, key: str, profile: Literal["published", "full"]) -> float | str | None:
    given = request.assumptions.get(key)
    return given.get(profile) if isinstance(given, dict) else given


def _defaults(layout: Layout, sheet: Sheet, assumption: Assumption, row: int, number: str) -> None:
    key = assumption.key
    layout.put(sheet, row, 7, float(assumption.published), "Text", number, key=f"default.published.{key}")
    for column, end in enumerate(ESTIMATES, start=8):
        if assumption.figure:
            item, _, field = assumption.figure.partition("/")
            part = "value" if end == "base" else end
            link = figure_key(item, field, part)
            layout.formula(
                sheet, row, column, f"={{{link}}}", "Linked Cell", number, key=f"default.{end}.{key}"
            )
        else:
            layout.put(
                sheet,
                row,
                column,
                float(assumption.default("full", end)),
                "Text",
                number,
                key=f"default.{end}.{key}",
            )


def assumption_format(assumption: Assumption) -> str:
    """Return the number format of an assumption."""
    if assumption.unit in _SHARES:
        return styles.PERCENT
    return (
        styles.MONEY
        if assumption.unit.startswith("CNY") and assumption.maximum and assumption.maximum >= _LARGE_MONEY
        else "#,##0.0#"
    )


def _limits(assumption: Assumption) -> str:
    if assumption.unit in _SHARES:
        return f"{assumption.minimum:.0%}–{assumption.maximum:.0%}"
    return f"{assumption.minimum:,.10g}–{assumption.maximum:,.10g}"
