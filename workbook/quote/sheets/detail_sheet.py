"""The sheet Detail: each option by year and component by our functions, the second route to the sheet Audit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.canvas import styles
from workbook.canvas.book_layout import HEADER_ROW
from workbook.canvas.frame import start, widths
from workbook.quote.sheets.second_route import second_route
from workbook.quote.wording import PROFILES, component_label, deployment_label, guarded, profile_label
from xlmodel.cost.schedule import COMPONENTS
from xlmodel.grid import column_letters

if TYPE_CHECKING:
    from workbook.canvas.book_layout import Layout, Sheet
    from workbook.quote.context import QuoteContext
    from workbook.quote.options import Option

# as LLM_TCO_TABLE has its columns: the tax saved stands behind the total that holds it
_TAX = "tax_shield"
ROWS = (*(name for name in COMPONENTS if name != _TAX), "total", "factor", "present", _TAX)


def detail_sheet(quote: QuoteContext) -> None:
    """Add the sheet Detail: one block an option and accounting, then every other number that a function gives too."""
    layout, options, years = quote.layout, quote.options, quote.years
    pick = layout.pick
    sheet = start(
        layout,
        "detail",
        ("明细", "Detail"),
        "calculation",
        (
            "每个方案逐年、分项的成本，两种口径",
            "Cost of every option by year and component, in both accountings",
        ),
        ("所选币种的元；折现系数为年末系数", "units of the chosen currency; year-end discount factors"),
    )
    widths(sheet, 44, 20, *([16] * max(years + 1, len(options), 9)))
    row = _limits(layout, sheet, HEADER_ROW) + 2
    top = row
    for option in options:
        if row > top:
            sheet.breaks.append(row - 1)
        for profile, variant in PROFILES:
            row = _block(quote, sheet, row, (option, profile, variant)) + 2
    sheet.freeze = (5, 2)
    sheet.landscape = False
    layout.put(
        sheet,
        5,
        1,
        pick("年数以外的年份记 0。", "Years beyond the chosen number count 0."),
        "Subtitle",
    )
    second_route(quote, sheet, row)
    _check_years(quote)


def _limits(layout: Layout, sheet: Sheet, top: int) -> int:
    """Write how many years the functions are asked for, none where they are missing, and what stands in the others."""
    pick = layout.pick
    rows = (
        (
            "years",
            pick("函数计算的年数", "Years that functions compute"),
            "=in_years*chk_functions",
            styles.WHOLE,
        ),
        ("else", pick("其余各年", "In the other years"), f"={guarded('0')}", styles.MONEY),
    )
    for row, (name, label, text, number) in enumerate(rows, start=top):
        layout.put(sheet, row, 1, label, "Text")
        layout.formula(sheet, row, 2, text, "Calculation", number, key=f"detail.{name}")
    return top + len(rows) - 1


def _check_years(quote: QuoteContext) -> None:
    """Check that the years of each option add up to the total of the sheet Audit."""
    layout = quote.layout
    for profile, _ in PROFILES:
        for option in quote.options:
            deployment = deployment_label(quote, option.deployment)
            name = f"{profile_label(layout, profile)} {deployment} {option.slot}"
            label = layout.pick(f"{name}：各年现值之和 = 复核", f"{name}: years of LLM_TCO_TABLE = Audit")
            total = option.ref("audit", profile, "total")
            years = option.ref("detail", profile, "present", "sum")
            quote.check(label, f"({years}-{total})/MAX(1,ABS({total}))", by_functions=True)


def _block(quote: QuoteContext, sheet: Sheet, top: int, of: tuple[Option, str, str]) -> int:
    option, profile, variant = of
    layout, years, pick = quote.layout, quote.years, quote.layout.pick
    stem = option.key("detail", profile)
    layout.put(sheet, top, 1, deployment_label(quote, option.deployment), "Section", key=f"{stem}.deployment")
    layout.formula(sheet, top, 2, f"={option.input()}", "Section", key=f"{stem}.what")
    layout.put(sheet, top, 4, profile_label(layout, profile), "Section")
    head = top + 1
    layout.put(sheet, head, 1, pick("分项", "Component"), "Output")
    layout.put(sheet, head, 2, pick("单位", "Unit"), "Output")
    for year in range(1, years + 1):
        text = "=1" if year == 1 else f"={column_letters(1 + year)}{head}+1"
        layout.formula(sheet, head, 2 + year, text, "Output", pick('"第"0"年"', '"Year "0'))
    layout.put(sheet, head, 3 + years, pick("合计", "Total"), "Output")
    call = f"LLM_TCO_TABLE({{${stem}.deployment}},{{${stem}.what}},in_dau,in_years,in_input,in_output,list_assumptions,list_figures,{variant})"
    first = head + 1
    for row, name in enumerate(ROWS, start=first):
        style = "Output" if name in {"total", "present"} else "Calculation"
        number = "0.0000" if name == "factor" else styles.MONEY
        layout.put(sheet, row, 1, _row_label(quote, name), "Text")
        if name == "factor":
            layout.put(sheet, row, 2, pick("系数", "factor"), "Text")
        else:
            layout.formula(sheet, row, 2, "=in_currency", "Linked Cell", styles.TEXT)
        for year in range(1, years + 1):
            letter = column_letters(2 + year)
            text = (
                f"=IF({letter}${head}>{{$detail.years}},{{$detail.else}},"
                f"INDEX({call},{letter}${head}+1,ROWS($A${first}:$A{row})+1))"
            )
            layout.formula(sheet, row, 2 + year, text, style, number, key=f"{stem}.{name}.{year}")
        if name == "factor":
            layout.put(sheet, row, 3 + years, None, style)
        else:
            sums = f"SUM({{{stem}.{name}.1:{stem}.{name}.{years}}})"
            text = f"=IF({{detail.years}}>0,{sums},{{detail.else}})"
            layout.formula(sheet, row, 3 + years, text, "Output", styles.MONEY, key=f"{stem}.{name}.sum")
    return first + len(ROWS) - 1


def _row_label(quote: QuoteContext, name: str) -> str:
    layout = quote.layout
    if name == _TAX:
        return layout.pick(f"其中：{component_label(quote, name)}", f"Of it: {component_label(quote, name)}")
    if name in COMPONENTS:
        return component_label(quote, name)
    labels = {
        "total": ("合计", "Total"),
        "factor": ("折现系数", "Discount factor"),
        "present": ("现值", "Present value"),
    }
    return quote.layout.pick(*labels[name])
