"""The sheet Price age: how old each price is that an option of the quote may read, and which option reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.canvas import styles
from workbook.canvas.book_layout import HEADER_ROW
from workbook.canvas.frame import header, start, widths
from workbook.canvas.labels import item_label
from workbook.quote.sheets.assumption_block import assumption_format, is_shown
from workbook.quote.sheets.catalog_sheets import figure_key
from workbook.quote.sheets.own_hardware import columns_of, own_hardware, reads_hardware
from workbook.quote.sheets.record_sheets import prompt_tiers
from workbook.quote.wording import deployment_label
from xlmodel.cost.rent import PRICE_FIELDS
from xlmodel.grid import column_letters
from xlmodel.inputs.register import register

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from workbook.canvas.book_layout import Layout, Sheet
    from workbook.quote.context import QuoteContext
    from workbook.quote.options import Option
    from xlmodel.catalog import Figure

_PRICES = ("api_prices", "gpu_rental", "gpu_purchase", "tier_investment", "tier_operations")
# what must be above 0 for a price to be read
_DECIDED_BY = {
    "input_cached": "cache_hit_rate", "cache_write": "cache_hit_rate", "output_thinking": "thinking_share",
    "batch_input": "batch_share", "batch_output": "batch_share",
    "off_peak_input": "off_peak_share", "off_peak_output": "off_peak_share",
}  # fmt: skip
_PRICING = {field: pricing for pricing, field in PRICE_FIELDS.items()}
_FIRST_COLUMN = 6


def price_age_sheet(quote: QuoteContext) -> None:
    """Add the sheet, whose sentence stands on the cover."""
    layout = quote.layout
    pick = layout.pick
    sheet = start(
        layout,
        "price_age",
        ("价格时效", "Price age"),
        "calculation",
        (
            "各方案所用价格距报价日的天数；超过时效者签约前须复核",
            "Days from each price that the options read to the quote's date; an old one is to be checked before signing",
        ),
        ("天", "days"),
    )
    options = quote.options
    own = [option for option in options if option.deployment == "own"]
    top = _basis(quote, sheet)
    if own:
        top = own_hardware(quote, sheet, own, top + 2)
    top += 2
    labels = [
        pick("项目", "Item"),
        pick("指标", "Field"),
        pick("数据日期", "As of"),
        pick("天数", "Days"),
        pick("须复核者", "To be checked"),
    ]
    header(
        layout,
        sheet,
        [
            *labels,
            *(
                f"{pick('用于', 'Read by')} {deployment_label(quote, option.deployment)} {option.slot}"
                for option in options
            ),
        ],
        row=top,
    )
    sheet.heights[top] = 30
    figures = list(_figures(quote))
    last = top + len(figures)
    for row, figure in enumerate(figures, start=top + 1):
        _figure_row(quote, sheet, row, figure)
    _sentence(layout, sheet, (top + 1, last), options)
    steps = columns_of(quote) - _FIRST_COLUMN + 1 if own else 0
    widths(sheet, 46, 30, 16, 14, 16, *([24] * len(options)), *([16] * (steps - len(options))))
    sheet.freeze = (top + 1, 2)
    sheet.one_page = True


def _basis(quote: QuoteContext, sheet: Sheet) -> int:
    """Write the date, the limit, and what decides whether an option reads a price; return the last row."""
    layout = quote.layout
    pick = layout.pick
    header(layout, sheet, [pick("依据", "Basis"), pick("数值", "Value"), pick("超过：1", "Beyond it: 1")])
    row = HEADER_ROW + 1
    layout.put(sheet, row, 1, pick("报价日期", "Date of the quote"), "Text")
    layout.put(sheet, row, 2, quote.date.isoformat(), "Text", styles.TEXT, key="price_age.date")
    row += 1
    layout.put(sheet, row, 1, pick("时效（天）", "Limit (days)"), "Text")
    layout.formula(sheet, row, 2, "=list_price_age_limit", "Linked Cell", styles.COUNT, key="price_age.limit")
    for key in (*dict.fromkeys(_DECIDED_BY.values()), "rent_pricing", "requests_per_user_day"):
        if is_shown(quote, key):
            row += 1
            text, number = f"={{published.{key}}}", assumption_format(register()[key])
            layout.formula(sheet, row, 1, f"={{name.{key}}}", "Linked Cell", styles.TEXT)
            layout.formula(sheet, row, 2, text, "Linked Cell", number, key=f"price_age.{key}")
    if not is_shown(quote, "requests_per_user_day"):
        return row
    row += 1
    layout.put(sheet, row, 1, pick("每次提示 token", "Tokens of a prompt"), "Text")
    text = "=in_input/{price_age.requests_per_user_day}"
    layout.formula(sheet, row, 2, text, "Calculation", styles.COUNT, key="price_age.prompt")
    for tokens in prompt_tiers(quote.catalog):
        row += 1
        layout.put(sheet, row, 1, pick(f"分档 {tokens:,}", f"Tier {tokens:,}"), "Text")
        layout.formula(sheet, row, 2, f"={{list.prompt_above.{tokens}}}", "Linked Cell", styles.COUNT)
        text = f"=IF({{price_age.prompt}}>B{row},1,0)"
        layout.formula(sheet, row, 3, text, "Calculation", styles.WHOLE, key=f"price_age.above.{tokens}")
    return row


def _figures(quote: QuoteContext) -> Iterator[Figure]:
    """Yield the prices that an option may read, whatever is chosen in its cells."""
    for name in _PRICES:
        yield from quote.figures_in_force(name)


def _figure_row(quote: QuoteContext, sheet: Sheet, row: int, figure: Figure) -> None:
    layout, names, options = quote.layout, quote.catalog.names, quote.options
    layout.put(sheet, row, 1, item_label(names, figure.item, figure.field, layout.lang), "Text")
    layout.put(sheet, row, 2, _field_label(quote, figure), "Text")
    as_of = f"={{{figure_key(figure.item, figure.field, 'as_of')}}}"
    layout.formula(sheet, row, 3, as_of, "Linked Cell", styles.TEXT)
    text = f"=DATEVALUE({{$price_age.date}})-DATEVALUE(C{row})"
    layout.formula(sheet, row, 4, text, "Calculation", styles.WHOLE)
    first, last = (column_letters(column) for column in (_FIRST_COLUMN, _FIRST_COLUMN + len(options) - 1))
    text = f"=IF(AND(D{row}>{{$price_age.limit}},SUM({first}{row}:{last}{row})>0),D{row},0)"
    layout.formula(sheet, row, 5, text, "Calculation", styles.WHOLE)
    for column, option in enumerate(options, start=_FIRST_COLUMN):
        text = f"=IF({_reads(quote, option, figure)},1,0)"
        key = option.key(figure_key(figure.item, figure.field, "age"))
        layout.formula(sheet, row, column, text, "Calculation", styles.WHOLE, key=key)


def _field_label(quote: QuoteContext, figure: Figure) -> str:
    """Return a price's name; of a tier by the length of the prompt, with that length."""
    field = quote.catalog.fields[figure.field]
    label = quote.catalog.names.label("field", field.base or field.key, quote.layout.lang)
    return f"{label} >{int(field.prompt_above):,}" if field.prompt_above else label


def _reads(quote: QuoteContext, option: Option, figure: Figure) -> str:
    """Return the formula, without `=`, that tells whether an option's choice reads a price."""
    item, name = figure.item, option.input("gpu")
    if figure.table == "api_prices":
        chosen = f'{option.input()}="{item}"'
        decided = _decided(quote, figure) if option.deployment == "api" else "FALSE"
    elif figure.table != "gpu_rental":
        return reads_hardware(option, figure) if option.deployment == "own" else "FALSE"
    else:
        chosen = f'{name}="{item}"'
        decided = _decided(quote, figure) if option.deployment == "rent" else "FALSE"
    return decided if decided == "FALSE" else f"AND({chosen}{decided and ','}{decided})"


def _decided(quote: QuoteContext, figure: Figure) -> str:
    """Return the condition under which a price is read by whoever may read it; empty where it always is."""
    if figure.table == "gpu_rental":
        pricing = _PRICING.get(figure.field, "")
        return (
            f'{{$price_age.rent_pricing}}="{pricing}"'
            if pricing and is_shown(quote, "rent_pricing")
            else "FALSE"
        )
    field = quote.catalog.fields[figure.field]
    key = _DECIDED_BY.get(field.base or field.key, "")
    conditions = [f"{{$price_age.{key}}}>0"] if key else []
    if (key and not is_shown(quote, key)) or (
        field.prompt_above and not is_shown(quote, "requests_per_user_day")
    ):
        return "FALSE"
    if field.prompt_above:
        conditions.append(f"{{$price_age.above.{int(field.prompt_above)}}}=1")
    return ",".join(conditions)


def _sentence(layout: Layout, sheet: Sheet, rows: tuple[int, int], options: Sequence[Option]) -> None:
    """Write, step by step, what the cover says on old prices: how many, the oldest, and the options that read them."""
    pick, (first, last) = layout.pick, rows
    old = f"E{first}:E{last}"
    count, days, oldest, reads, start, end, whole = range(last + 2, last + 9)
    comma = pick("、", ", ")
    first_step = whole + 2
    for step, (column, option) in enumerate(enumerate(options, start=_FIRST_COLUMN)):
        letter, row = column_letters(column), first_step + step
        so_far = f"B{row - 1}&" if step else ""
        text = (
            f'={so_far}IF(SUMPRODUCT({old}*{letter}{first}:{letter}{last})>0,"{comma}"&{option.input()},"")'
        )
        layout.formula(sheet, row, 1, f"={option.input()}", "Linked Cell", styles.TEXT)
        layout.formula(sheet, row, 2, text, "Calculation", styles.TEXT)
    many = pick("多个方案，见价格时效页", "several options, see the sheet Price age")
    joined_at = first_step + len(options) - 1
    steps = (
        (count, pick("须复核的价格数", "Prices to be checked"), f'=COUNTIF({old},">0")', styles.WHOLE),
        (days, pick("最旧者的天数", "Days of the oldest"), f"=MAX({old})", styles.WHOLE),
        (oldest, pick("最旧者的数据日期", "Date of the oldest"), f'=IF(B{count}=0,"—",INDEX(C{first}:C{last},MATCH(B{days},{old},0)))', styles.TEXT),
        (reads, pick("涉及的方案", "Options that read them"), f'=IF(LEN(B{joined_at})>list_names_letters,"{comma}{many}",B{joined_at})', styles.TEXT),
    )  # fmt: skip
    for row, label, text, number in steps:
        layout.put(sheet, row, 1, label, "Text")
        key = "price_age.count" if row == count else ""
        layout.formula(sheet, row, 2, text, "Calculation", number, key=key)
    listed = f"MID(B{reads},{'+'.join(['1'] * (len(comma) + 1))},LEN(B{reads}))"
    start_text = pick(
        f'="价格须复核：所用价格有 "&B{count}&" 项超过 "&{{price_age.limit}}&" 天，最早 "&B{oldest}',
        f'="Check prices: "&B{count}&" are older than "&{{price_age.limit}}&" days, the oldest of "&B{oldest}',
    )
    end_text = pick(
        f'="（"&B{days}&" 天前），涉及 "&{listed}&"。"', f'="("&B{days}&" days), read by "&{listed}&"."'
    )
    # a text that began with a space would lose it in LibreOffice
    joined = pick(f"B{start}&B{end}", f'B{start}&" "&B{end}')
    sentence = f'=IF(B{count}=0,"",{joined})'
    lines = (
        (start, pick("句首", "Start"), start_text, ""),
        (end, pick("句尾", "End"), end_text, ""),
        (whole, pick("封面用句", "Sentence on the cover"), sentence, "price_age.sentence"),
    )
    for row, label, text, key in lines:
        layout.put(sheet, row, 1, label, "Text")
        layout.formula(sheet, row, 2, text, "Calculation", styles.TEXT, key=key)
