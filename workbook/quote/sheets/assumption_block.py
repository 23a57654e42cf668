"""The assumptions on the sheet Inputs: what is given, what is in force, and the defaults, in two accountings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from workbook import contract
from workbook.canvas import styles
from workbook.canvas.book_layout import Validation
from workbook.canvas.frame import header, list_validation
from workbook.canvas.labels import unit_label
from workbook.quote.options import SCENARIOS, of_scenario
from workbook.quote.sheets.catalog_sheets import figure_key
from workbook.quote.wording import PROFILES, profile_label
from workbook.request.quote_request import TELLING
from xlmodel.inputs.bearing import GROWTH, PARTS, TOTAL, parts_by_key
from xlmodel.inputs.register import ESTIMATES, Assumption, register

if TYPE_CHECKING:
    from workbook.canvas.book_layout import Layout, Sheet
    from workbook.quote.context import QuoteContext
    from workbook.request.quote_request import QuoteRequest

# set once a quote: in the switches above, or, for the price date, by the figures that were written
SWITCHES = ("profile", "estimate", "currency", "price_date")
# the parts of a calculation that an option of each deployment takes
_PARTS = {
    "api": ("bill", "api_years"),
    "rent": ("rent", "hours", "rent_years"),
    "own": ("purchase", "outlay", "operations", "own_years"),
}
# of these parts, what bears on some quotes alone: prices that some API models publish ...
_LISTED = {
    "off_peak_share": frozenset({"off_peak_input", "off_peak_output"}),
    "thinking_share": frozenset({"output_thinking"}),
    "batch_share": frozenset({"batch_input", "batch_output"}),
}
# ... or prices whose tax basis is known or set
VAT = frozenset({"vat_rate", "vat_rate_goods", "vat_rate_services", "vat_recoverable", "price_tax_basis"})
_LARGE_MONEY = 1e9
_NOTE_COLUMN = 13
_SHARES = frozenset({"share", "per year"})
_COLUMNS: tuple[tuple[int, Literal["published", "full"]], ...] = ((2, "published"), (3, "full"))


def assumption_block(quote: QuoteContext, sheet: Sheet, top: int) -> int:
    """Write one row an assumption; `list_assumptions` is what the functions read. Return the last row."""
    layout = quote.layout
    pick = layout.pick
    names = [profile_label(layout, profile) for profile, _ in PROFILES]
    labels = [
        pick("名称", "Name"), *names, pick("单位", "Unit"),
        *(f"{pick('生效', 'In force')} · {name}" for name in names), f"{pick('默认', 'Default')} · {names[0]}",
        pick("默认低", "Default low"), pick("默认中", "Default base"), pick("默认高", "Default high"),
        pick("可选", "Limits"), pick("来源", "Source"), pick("备注", "Note"),
    ]  # fmt: skip
    header(layout, sheet, labels, row=top)
    note = pick(
        "填入您的数值；空白即用右侧默认值。两种口径之差以外的假设只填一次，预算口径照用。",
        "Type your value; blank takes the default on the right. What does not tell the accountings apart is typed once, for both.",
    )
    layout.put(sheet, top - 1, 1, pick("假设", "Assumptions"), "Section")
    layout.put(sheet, top - 1, 2, note, "Plain")
    shown = shown_assumptions(quote)
    for row, assumption in enumerate(shown, start=top + 1):
        _assumption_row(quote, sheet, assumption, row)
    last = top + len(shown) + 1
    _price_date_row(quote, sheet, last)
    layout.name_range("list_assumptions", sheet, (top, 1), (last, _COLUMNS[-1][0]))
    layout.name("in_fx", "published.fx_cny_per_usd")
    return last


def _price_date_row(quote: QuoteContext, sheet: Sheet, row: int) -> None:
    """Write the day whose prices the quote holds: what a later catalog lists is no price of it."""
    layout, (given, full) = quote.layout, (column for column, _ in _COLUMNS)
    note = layout.pick(
        "目录页上的价格即此日有效者；重算时随目录更新，报价请求自定者不变",
        "The catalog sheets hold the prices of this day; a regeneration moves it, unless the request set it",
    )
    day = register()["price_date"]  # the functions know it by the register's words
    layout.put(sheet, row, 1, layout.pick(day.zh, day.en), "Text")
    layout.put(sheet, row, given, quote.price_date, "Text", styles.TEXT, key="given.published.price_date")
    layout.formula(sheet, row, full, "={given.published.price_date}", "Linked Cell", styles.TEXT)
    layout.put(sheet, row, _NOTE_COLUMN, note, "Note", wrap=True)
    layout.name_range(contract.PRICE_DATE.name, sheet, (row, given), (row, full))


def shown_assumptions(quote: QuoteContext) -> list[Assumption]:
    """Return the assumptions that stand on the sheet Inputs, in its order."""
    return [assumption for assumption in register().values() if is_shown(quote, assumption.key)]


def is_shown(quote: QuoteContext, key: str) -> bool:
    """Tell whether an assumption stands on the sheet Inputs: it can move a result of this quote, or was given."""
    if key in SWITCHES:
        return False
    if key in VAT:
        return not VAT.isdisjoint(quote.request.assumptions) or _tax_is_known(quote)
    return key in quote.request.assumptions or _bears(quote, key)


def _parts(quote: QuoteContext) -> frozenset[str]:
    """Return the parts of a calculation that the quote takes: sizing rents and owns whatever is quoted."""
    if quote.has("capacity"):
        return frozenset(PARTS)
    deployments = {option.deployment for option in quote.options}
    return frozenset({GROWTH, TOTAL, *(part for each in deployments for part in _PARTS[each])})


def _api_prices(quote: QuoteContext) -> dict[str, set[str]]:
    """Return the API models of the quote, in any of its scenarios, each with the fields that it publishes."""
    choices = (quote.choice, *(of_scenario(quote.catalog, letter, quote.choice) for letter in SCENARIOS))
    found: dict[str, set[str]] = {model: set() for choice in choices for model in choice.api_models}
    for figure in quote.figures_in_force("api_prices"):
        if figure.item in found:
            found[figure.item].add(figure.field)
    return found


def _bears(quote: QuoteContext, key: str) -> bool:
    """Tell whether an assumption can move a result of the quote, by `bears_on.csv` and by what its prices know."""
    parts = parts_by_key()[key] & _parts(quote)
    if key in VAT:
        return _tax_is_known(quote) or "price_tax_basis" in quote.request.assumptions
    if key == "server_cost_ratio":
        return bool(parts) and _servers_are_estimated(quote)
    wanted = _LISTED.get(key, frozenset())
    if key == "requests_per_user_day":
        wanted = frozenset(field.key for listed in quote.catalog.tiers.values() for field in listed)
    if not wanted or parts != {"bill"}:
        return bool(parts)
    return any(fields & wanted for fields in _api_prices(quote).values())


def _servers_are_estimated(quote: QuoteContext) -> bool:
    """Tell whether a GPU can be bought of whose machines no price is known."""
    listed = {(figure.item, figure.field) for figure in quote.figures_in_force("gpu_purchase")}
    return any((item, "server_share") not in listed for item, field in listed if field == "purchase")


def _tax_is_known(quote: QuoteContext) -> bool:
    tables = ("api_prices", "gpu_rental", "gpu_purchase", "tier_investment", "tier_operations")
    return any(figure.tax != "unknown" for name in tables for figure in quote.figures_in_force(name))


def _assumption_row(quote: QuoteContext, sheet: Sheet, assumption: Assumption, row: int) -> None:
    layout, request, key = quote.layout, quote.request, assumption.key
    pick, number = layout.pick, assumption_format(assumption)
    layout.put(sheet, row, 1, pick(assumption.zh, assumption.en), "Text", key=f"name.{key}")
    apart = key in TELLING
    for column, profile in _COLUMNS:
        name = f"given.{profile}.{key}"
        if profile == "published" or apart:
            layout.put(sheet, row, column, _given(request, key, profile), "Input", number, key=name)
        else:
            other = f"{{given.published.{key}}}"
            layout.formula(sheet, row, column, f'=IF({other}="","",{other})', "Calculation", number, key=name)
    unit = unit_label(quote.catalog.names, assumption.unit, layout.lang)
    layout.put(sheet, row, 4, unit, "Text", key=f"unit.{key}")
    _defaults(layout, sheet, assumption, row, number)
    for column, (_, profile) in enumerate(_COLUMNS, start=5):
        text = f'=IF({{given.{profile}.{key}}}="",{_default_in_force(assumption, profile)},{_typed(assumption, profile)})'
        layout.formula(sheet, row, column, text, "Calculation", number, key=f"{profile}.{key}")
    layout.put(sheet, row, 11, _limits(layout, assumption), "Text")
    layout.put(sheet, row, 12, assumption.source, "Text")
    note = pick(assumption.help_zh, assumption.help_en)
    if not _bears(quote, key):
        idle = pick("在所报方案中不影响结果", "Bears on no option of this quote")
        note = f"{idle}{pick('；', '; ')}{note}"
    layout.put(sheet, row, _NOTE_COLUMN, note, "Note", wrap=True)
    _validate(layout, sheet, assumption, f"B{row}:C{row}" if apart else f"B{row}")


def _default_in_force(assumption: Assumption, profile: str) -> str:
    """Return the formula, without `=`, of an assumption's default in an accounting at the estimate in force."""
    key = assumption.key
    if profile == "published" and (assumption.follows or assumption.published != assumption.full):
        return f"{{default.published.{key}}}"
    if assumption.follows or assumption.choices:
        return f"{{default.base.{key}}}"
    return f"CHOOSE(in_estimate_number,{','.join(f'{{default.{end}.{key}}}' for end in ESTIMATES)})"


def _typed(assumption: Assumption, profile: str) -> str:
    """Return the formula of what is typed; of a text, the choice as the list spells it."""
    typed = f"{{given.{profile}.{assumption.key}}}"
    listed = f"list_{assumption.key}"
    return f"INDEX({listed},MATCH({typed},{listed},0))" if assumption.choices else typed


def _validate(layout: Layout, sheet: Sheet, assumption: Assumption, cells: str) -> None:
    if assumption.choices:
        list_validation(layout, sheet, cells, f"list_{assumption.key}")
        return
    limits = _limits(layout, assumption)
    message = layout.pick(f"请输入 {limits} 之间的数", f"A number within {limits}, please")
    low, high = (f"{limit:.12g}" for limit in (assumption.minimum, assumption.maximum))
    kind = "whole" if assumption.type == "integer" else "decimal"
    sheet.validations.append(Validation(cells, kind, low, high, message))


def _given(request: QuoteRequest, key: str, profile: Literal["published", "full"]) -> float | str | None:
    given = request.assumptions.get(key)
    return given.get(profile) if isinstance(given, dict) else given


def _defaults(layout: Layout, sheet: Sheet, assumption: Assumption, row: int, number: str) -> None:
    """Write the defaults: of the published accounting, then of the full one at each estimate."""
    key = assumption.key
    places = (("published", "published", "base"), *((end, "full", end) for end in ESTIMATES))
    for column, (name, profile, end) in enumerate(places, start=7):
        at = f"default.{name}.{key}"
        link = _default_link(assumption, profile, end)
        if link:
            layout.formula(sheet, row, column, f"={link}", "Linked Cell", number, key=at)
        else:
            text = assumption.default(profile, end)
            content = text if assumption.choices else float(text)
            layout.put(sheet, row, column, content, "Text", number, key=at)


def _default_link(assumption: Assumption, profile: str, end: str) -> str:
    """Return what a default is linked to: the assumption that it follows, or a figure; empty where it is a number."""
    if assumption.follows:
        factor, followed = assumption.followed
        times = "" if factor == 1 else f"{factor:g}*"
        return f"{times}{{{profile}.{followed}}}"
    if assumption.figure and profile == "full":
        item, _, field = assumption.figure.partition("/")
        return f"{{{figure_key(item, field, 'value' if end == 'base' else end)}}}"
    return ""


def assumption_format(assumption: Assumption) -> str:
    """Return the number format of an assumption."""
    if assumption.choices:
        return styles.TEXT
    if assumption.unit in _SHARES:
        return styles.PERCENT
    return (
        styles.MONEY
        if assumption.unit.startswith("CNY") and assumption.maximum and assumption.maximum >= _LARGE_MONEY
        else "#,##0.0#"
    )


def _limits(layout: Layout, assumption: Assumption) -> str:
    if assumption.choices:
        return layout.pick("见列表", "see the list")
    if assumption.unit in _SHARES:
        return f"{assumption.minimum:.0%}–{assumption.maximum:.0%}"
    return f"{assumption.minimum:,.10g}–{assumption.maximum:,.10g}"
