"""The end of the sheet Detail: the numbers of the native sheets again, by our functions, each with its check."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from workbook.canvas import styles
from workbook.canvas.frame import header
from workbook.quote.sheets.curve_sheet import pairs
from workbook.quote.wording import PROFILES, deployment_label, profile_label

if TYPE_CHECKING:
    from workbook.canvas.book_layout import Layout, Sheet
    from workbook.quote.context import QuoteContext
    from workbook.quote.options import Option

_DASH = '"—"'


class _Route(NamedTuple):
    """A number by both routes: label, the native cell's reference, the formula of the function, whether a number must be.

    Args:
        label: zh and en.
        native: reference to the native cell, which may hold words.
        function: the formula, without `=`; `<native>` is the native number, `<a>` to `<d>` are the arguments beside it.
        number: format.
        arguments: formulas, without `=`, of the arguments, each in its own cell.
    """

    label: tuple[str, str]
    native: str
    function: str
    number: str
    arguments: tuple[str, ...] = ()


def second_route(quote: QuoteContext, sheet: Sheet, top: int) -> int:
    """Write the numbers by both routes from a row on; return the last row."""
    layout, pick = quote.layout, quote.layout.pick
    sheet.breaks.append(top - 1)
    layout.put(
        sheet,
        top,
        1,
        pick("同一数字的第二条路径：函数", "The second route to the same numbers: functions"),
        "Section",
    )
    labels = [
        pick("数字", "Number"), pick("口径", "Accounting"), pick("普通公式", "Native"), pick("函数", "Function"),
        pick("相对差额", "Difference"), *(f"{pick('参数', 'Argument')} {number}" for number in range(1, 5)),
    ]  # fmt: skip
    header(layout, sheet, labels, row=top + 1)
    row = top + 1
    for profile, variant in PROFILES:
        routes = [
            *(_total(quote, option, profile, variant) for option in quote.options),
            *_hardware(quote, profile, variant),
            *(_compared(quote, profile, variant) if quote.has("curve") else ()),
        ]
        for route in routes:
            row += 1
            _write(layout, sheet, row, route, profile)
            label = f"{profile_label(layout, profile)} {pick(*route.label)}"
            quote.check(label, f"{{second.{row}}}", by_functions=True)
    return row


def _write(layout: Layout, sheet: Sheet, row: int, route: _Route, profile: str) -> None:
    cells = {name: f"{letter}{row}" for name, letter in zip("abcd", "FGHI", strict=True)}
    cells["native"] = f"C{row}"

    def placed(text: str) -> str:
        for name, cell in cells.items():
            text = text.replace(f"<{name}>", cell)
        return text

    layout.put(sheet, row, 1, layout.pick(*route.label), "Text", wrap=True)
    layout.put(sheet, row, 2, profile_label(layout, profile), "Text")
    layout.formula(sheet, row, 3, f"={route.native}", "Linked Cell", route.number)
    text = f"=IF({{detail.years}},{placed(route.function)},{{detail.else}})"
    layout.formula(sheet, row, 4, text, "Calculation", route.number)
    differ = f"(D{row}-C{row})/MAX(1,ABS(C{row}))"
    same = f"IF(ISNUMBER(C{row}),{differ},1-OR(C{row}={_DASH},D{row}=C{row}))"
    text = f"=IF({{detail.years}},{same},{{detail.else}})"
    layout.formula(sheet, row, 5, text, "Calculation", "0.0E+00", key=f"second.{row}")
    for argument, cell in zip(route.arguments, "FGHI", strict=False):
        style = "Linked Cell" if argument.startswith(("{", "in_own", "in_api")) else "Calculation"
        column, text = ord(cell) - ord("A") + 1, f"={placed(argument)}"
        layout.formula(sheet, row, column, text, style, styles.TEXT, wrap=True)


def _name(quote: QuoteContext, option: Option) -> str:
    return f"{deployment_label(quote, option.deployment)} {option.slot}"


def _total(quote: QuoteContext, option: Option, profile: str, variant: str) -> _Route:
    name = _name(quote, option)
    call = f'LLM_TCO("{option.deployment}",{option.input()},in_dau,in_years,in_input,in_output,list_assumptions,list_figures,{variant})'
    native = option.ref("audit", profile, "total")
    return _Route((f"{name}：总计 = LLM_TCO", f"{name}: total = LLM_TCO"), native, call, styles.MONEY)


def _hardware(quote: QuoteContext, profile: str, variant: str) -> list[_Route]:
    found = []
    for option in quote.options:
        if option.deployment == "api":
            continue
        name, largest = _name(quote, option), f"{{demand.{profile}.largest}}"
        config, gpu, users, needs, total = (
            option.ref("capacity", profile, part)
            for part in ("config", "gpu", "users", "needs", "needs_total")
        )
        served = f"_xlfn.IFNA(LLM_CAPACITY(in_model,<a>,,in_input,in_output,list_assumptions,list_figures,{variant}),0)"
        plan = f"LLM_PLAN(in_model,<b>,,<a>,in_input,in_output,list_assumptions,list_figures,{variant})"
        large = f'LLM_TCO("{option.deployment}",<a>,in_dau,in_years,in_input,in_output,list_assumptions,list_figures,{variant})'
        found += [
            _Route((f"{name}：可承载日活 = LLM_CAPACITY", f"{name}: users = LLM_CAPACITY"), users, f"IF(in_output=0,{_DASH},{served})", styles.COUNT, (config,)),
            _Route((f"{name}：所需 GPU = LLM_PLAN", f"{name}: GPUs needed = LLM_PLAN"), needs, f"IF(<c>=0,{_DASH},_xlfn.IFNA(INDEX({plan},1+1,1+1+1),{_DASH}))", styles.WHOLE, (gpu, largest, "in_output*<b>")),
            _Route((f"{name}：扩容后总计 = LLM_TCO", f"{name}: made large enough = LLM_TCO"), total, f"IF(ISNUMBER(<native>),{large},{_DASH})", styles.MONEY, (option.ref("capacity", profile, "what"),)),
        ]  # fmt: skip
    return found


def _compared(quote: QuoteContext, profile: str, variant: str) -> list[_Route]:
    """Return the paybacks and the users at break-even; of those the functions take the API's prices at the other end."""
    pick = quote.layout.pick
    found = []
    never = pick("不回本", "never")
    for a, b in pairs(quote.options):
        native = a.ref("payback", profile, b.stem)
        what = [
            option.input() if option.deployment == "api" else f"<{letter}>"
            for option, letter in ((a, "a"), (b, "b"))
        ]
        links = tuple(
            option.input() if option.deployment == "api" else option.ref("capacity", profile, "what")
            for option in (a, b)
        )
        call = (
            f'LLM_PAYBACK("{a.deployment}",{what[0]},"{b.deployment}",{what[1]},in_dau,12*in_years,in_input,in_output,'
            f"list_assumptions,list_figures,{variant})"
        )
        names = f"{_name(quote, a)} / {_name(quote, b)}"
        label = (f"{names}：回本期 = LLM_PAYBACK", f"{names}: payback = LLM_PAYBACK")
        found.append(_Route(label, native, f'_xlfn.IFNA({call},"{never}")', styles.ONE_DECIMAL, links))
    never = pick("不打平", "never")
    models = [option for option in quote.options if option.deployment == "api"]
    for model in models:
        for other in quote.options:
            if other.deployment == "api":
                continue
            call = f'BREAKEVEN_DAU({model.input()},"{other.deployment}",{other.input()},in_input,in_output,list_assumptions,list_figures,{variant},in_years)'
            native = model.ref("breakeven", profile, other.stem)
            names = f"{_name(quote, model)} / {_name(quote, other)}"
            label = (f"{names}：打平日活 = BREAKEVEN_DAU", f"{names}: users = BREAKEVEN_DAU")
            text = f'IF(<a>=1,_xlfn.IFNA({call},"{never}"),<native>)'
            found.append(_Route(label, native, text, styles.COUNT, ('IF(in_estimate="base",1,0)',)))
    return found
