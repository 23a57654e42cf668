"""What an own option is made of on the sheet Price age: its GPU, and the tier whose lines it takes.

An option stands there as quoted and, where that is too few GPUs, made large enough, as it is then compared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.canvas import styles
from workbook.canvas.frame import header
from workbook.quote.wording import PROFILES, deployment_label, profile_label
from xlmodel.grid import column_letters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbook.canvas.book_layout import Sheet
    from workbook.quote.context import QuoteContext
    from workbook.quote.options import Option
    from xlmodel.catalog import Figure

# the lines of the tier that holds a number of GPUs, by the column that names the tier
_OF_HOLDING_TIER = {"infrastructure": "tier", "software": "tier", "staff_year": "staff"}
# columns: the answer, then the steps to it; from _HOLDS on one a tier, and one more a tier
_TIER, _STAFF, _GPU, _COUNT, _NEEDS, _CARD, _LOWEST, _PLACE, _LARGEST, _HOLDS = range(2, 12)


def own_hardware(quote: QuoteContext, sheet: Sheet, options: Sequence[Option], top: int) -> int:
    """Write a row an own option and size: GPU, number, tier in force; return the last row.

    Args:
        quote: the quote.
        sheet: the sheet Price age.
        options: the own options.
        top: the header row.
    """
    _head(quote, sheet, top)
    row = _ranges(quote, sheet, top)
    for option in options:
        name = f"{deployment_label(quote, option.deployment)} {option.slot}"
        row += 1
        quoted = quote.layout.pick("按所报", "as quoted")
        _row(quote, sheet, (top, row), option.key("price_age", "quoted"), f"{name} · {quoted}")
        _quoted(quote, sheet, row, option)
        for profile, _ in PROFILES:
            row += 1
            larger = quote.layout.pick("扩容后", "made large enough")
            label = f"{name} · {larger} · {profile_label(quote.layout, profile)}"
            _row(quote, sheet, (top, row), option.key("price_age", profile), label)
            _enlarged(quote, sheet, row, option, profile)
    return row


def columns_of(quote: QuoteContext) -> int:
    """Return the number of columns that the rows of own options take."""
    return _HOLDS - 1 + 2 * len(_tiers(quote))


def _head(quote: QuoteContext, sheet: Sheet, top: int) -> None:
    pick, names = quote.layout.pick, quote.catalog.names
    labels = [
        pick("自建方案读取", "What own options read"), pick("规模", "Tier"), pick("人员行的规模", "Tier of the staff line"), pick("GPU", "GPU"),
        pick("GPU 数", "GPUs"), pick("扩容所需", "Made large: GPUs"), pick("扩容用 GPU", "Made large: GPU"), pick("按数量的序号", "Place by count"),
        pick("规模序号", "Place"), pick("最大规模", "Largest tier"),
    ]  # fmt: skip
    for words in (("容纳：{}", "Holds them: {}"), ("且同型：{}", "Same GPU: {}")):
        labels += [
            pick(*words).format(names.label("tier", tier, quote.layout.lang)) for tier in _tiers(quote)
        ]
    header(quote.layout, sheet, labels, row=top)
    sheet.heights[top] = 30


def _ranges(quote: QuoteContext, sheet: Sheet, top: int) -> int:
    """Link the range and the GPU of each tier; return the last row."""
    layout = quote.layout
    rows = (
        ("item", layout.pick("规模代码", "Code of the tier"), styles.TEXT),
        ("gpus_low", layout.pick("规模的最少 GPU 数", "Fewest GPUs of a tier"), styles.COUNT),
        ("gpus_high", layout.pick("最多 GPU 数；0 为不限", "Most GPUs; 0 is no limit"), styles.COUNT),
        ("gpu", layout.pick("规模的 GPU", "GPU of a tier"), styles.TEXT),
    )
    for row, (field, label, number) in enumerate(rows, start=top + 1):
        layout.put(sheet, row, 1, label, "Text")
        for column, tier in enumerate(_tiers(quote), start=_HOLDS):
            key = f"price_age.tier.{tier}.{field}"
            layout.formula(sheet, row, column, f"={{tiers.{tier}.{field}}}", "Linked Cell", number, key=key)
    return top + len(rows)


def _row(quote: QuoteContext, sheet: Sheet, rows: tuple[int, int], stem: str, label: str) -> None:
    """Write which tier holds the GPUs of a row: the lowest of the same GPU, else the lowest, else the largest."""
    layout, (top, row) = quote.layout, rows
    tiers = len(_tiers(quote))
    for column in range(_HOLDS, _HOLDS + tiers):
        letter = column_letters(column)
        low, high, card = (f"{letter}${top + step}" for step in (2, 3, 4))
        holds = f"=IF(AND($E{row}>={low},OR({high}=0,$E{row}<={high})),1,0)"
        layout.formula(sheet, row, column, holds, "Calculation", styles.WHOLE)
        same = f"={letter}{row}*IF({card}=$D{row},1,0)"
        layout.formula(sheet, row, column + tiers, same, "Calculation", styles.WHOLE)
    by_count, same = (
        f"{column_letters(start)}{row}:{column_letters(start + tiers - 1)}{row}"
        for start in (_HOLDS, _HOLDS + tiers)
    )
    lines = f'COUNTIF(list_figure_keys,B{row}&"/staff_year")'
    cells = (
        (_STAFF, f'=IF(B{row}="","",IF({lines}=0,J{row},B{row}))', styles.TEXT, "staff"),
        (_LOWEST, f"=IF(SUM({by_count})>0,MATCH(1,{by_count},0),COLUMNS({by_count}))", styles.WHOLE, ""),
        (_PLACE, f"=IF(SUM({same})>0,MATCH(1,{same},0),H{row})", styles.WHOLE, ""),
        (_LARGEST, "=INDEX(list_tier,ROWS(list_tier))", styles.TEXT, ""),
    )
    layout.put(sheet, row, 1, label, "Text")
    for column, text, number, part in cells:
        key = f"{stem}.{part}" if part else ""
        layout.formula(sheet, row, column, text, "Calculation", number, key=key)


def _quoted(quote: QuoteContext, sheet: Sheet, row: int, option: Option) -> None:
    """Write what is quoted: a tier where the GPU is blank."""
    gpu = option.input("gpu")
    chosen = f'=IF(D{row}="",{option.input("tier")},INDEX({_items(quote)},I{row}))'
    count = f'=IF(D{row}="",0,{option.input("count")})'
    _made(quote, sheet, row, option.key("price_age", "quoted"), (chosen, f'=IF({gpu}="","",{gpu})', count))


def _enlarged(quote: QuoteContext, sheet: Sheet, row: int, option: Option, profile: str) -> None:
    """Write what stands for an option that is too small; blank where it is not."""
    layout = quote.layout
    for column, part, number in ((_NEEDS, "needs", styles.COUNT), (_CARD, "gpu", styles.TEXT)):
        text = f"={option.ref('capacity', profile, part)}"
        layout.formula(sheet, row, column, text, "Linked Cell", number)
    chosen = f'=IF(D{row}="","",INDEX({_items(quote)},I{row}))'
    made = (chosen, f'=IF(ISNUMBER(F{row}),G{row},"")', f"=IF(ISNUMBER(F{row}),F{row},0)")
    _made(quote, sheet, row, option.key("price_age", profile), made)


def _made(quote: QuoteContext, sheet: Sheet, row: int, stem: str, texts: tuple[str, str, str]) -> None:
    """Write the formulas of tier, GPU and number of GPUs."""
    columns = ((_TIER, "tier", styles.TEXT), (_GPU, "gpu", styles.TEXT), (_COUNT, "count", styles.COUNT))
    for (column, part, number), text in zip(columns, texts, strict=True):
        quote.layout.formula(sheet, row, column, text, "Calculation", number, key=f"{stem}.{part}")


def reads_hardware(option: Option, figure: Figure) -> str:
    """Return the formula, without `=`, that tells whether an own option reads a price of a GPU or a tier.

    Args:
        option: the own option.
        figure: of gpu_purchase, tier_investment or tier_operations.
    """
    if figure.table == "gpu_purchase":
        return _counted(option, "gpu", figure.item)
    part = _OF_HOLDING_TIER.get(figure.field)
    if part is not None:
        return _counted(option, part, figure.item)
    return f'AND({option.input("gpu")}="",{option.input("tier")}="{figure.item}")'


def _counted(option: Option, part: str, item: str) -> str:
    first, last = (option.key("price_age", size, part) for size in ("quoted", PROFILES[-1][0]))
    return f'COUNTIF({{${first}:{last}}},"{item}")>0'


def _tiers(quote: QuoteContext) -> list[str]:
    return [tier["item"] for tier in quote.catalog.tables["tiers"].rows]


def _items(quote: QuoteContext) -> str:
    """Return the reference to the codes of the tiers on this sheet."""
    tiers = _tiers(quote)
    return f"{{$price_age.tier.{tiers[0]}.item:price_age.tier.{tiers[-1]}.item}}"
