"""The sheets Checks, Lists and Changes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workbook import contract
from workbook.canvas import styles
from workbook.canvas.book_layout import HEADER_ROW, text_width
from workbook.canvas.frame import header, start, widths
from workbook.quote.options import SCENARIOS
from workbook.quote.sheets.assumption_block import shown_assumptions
from workbook.quote.sheets.grid_block import LOADS, PRICES, USERS
from workbook.quote.sheets.published_block import claims
from workbook.quote.sheets.scenario_block import custom_label
from workbook.quote.wording import guarded
from xlmodel.catalog.age import LIMIT
from xlmodel.catalog.lookup import OF_PROVIDER, base_item
from xlmodel.inputs.register import ESTIMATES
from xlmodel.sizing import model_spec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workbook.canvas.book_layout import Layout, Sheet
    from workbook.quote.context import BookContext, Check, QuoteContext
    from xlmodel.catalog import Catalog
    from xlmodel.catalog.tables import Row

# relative: a billionth
TOLERANCE = "1/1000/1000000"
# the days after which a price is to be checked again
PRICE_AGE = "price_age_limit"
# how many times itself an API's price may become before the change is no case to plan for
MOST_TIMES = "most_times"
# of the documents' machines; stated here again, so that the audit finds wrong machines in the model
MACHINE_GPUS = (1, 2, 4, 8)
_NARROWEST_LIST, _LONGEST_LIST, _LAST_WIDTH = 14, 110, 24


def checks_sheet(book: BookContext) -> None:
    """Add the sheet Checks: a line for each check of the other sheets."""
    layout = book.layout
    pick = layout.pick
    sheet = start(
        layout,
        "checks",
        ("检查", "Checks"),
        "checks",
        ("同一数字由两条路径得出，差应为 0", "The same number by two routes; the difference must be 0"),
        ("相对差额；不超过十亿分之一为通过", "relative differences; a billionth at most passes"),
    )
    widths(sheet, 62, 18, 12, 20, 20)
    labels = [pick("检查项", "Check"), pick("差额", "Difference"), pick("未通过", "Failed")]
    header(layout, sheet, [*labels, pick("一侧", "One side"), pick("另一侧", "The other")])
    sheet.landscape = False
    layout.name("chk_master", "chk_master")
    layout.name("chk_total", "chk_total")
    book.at_end(lambda: _check_rows(layout, sheet, book.checks))


def _check_rows(layout: Layout, sheet: Sheet, checks: Sequence[Check]) -> None:
    """Write label, relative difference and verdict of each check, how many failed, and the words on all of them.

    Where our functions are missing, the checks that need them compare nothing, and say that.
    """
    pick, row = layout.pick, HEADER_ROW
    for label, difference, by_functions, sides in checks:
        row += 1
        compared = f"(D{row}-E{row})/MAX(1,ABS(E{row}))" if sides[0] else difference
        for column, side in enumerate(filter(None, sides), start=4):
            style = "Linked Cell" if side.count("{") == 1 and side.startswith("{") else "Calculation"
            layout.formula(sheet, row, column, f"={side}", style, styles.MONEY)
        layout.put(sheet, row, 1, label, "Text")
        text = guarded(compared) if by_functions else compared
        failed = f"IFERROR(1-(ABS(B{row})<={TOLERANCE}),1)"
        if by_functions:
            failed = f'IF(chk_functions=1,{failed},"—")'
        layout.formula(sheet, row, 2, f"={text}", "Calculation", "0.0E+00")
        layout.formula(sheet, row, 3, f"={failed}", "Check Cell", styles.WHOLE)
    if checks:
        first = HEADER_ROW + 1
        sheet.alarms.append((f"C{first}:C{row + 1}", f"N(C{first})>0"))
    layout.put(sheet, row + 1, 1, pick("未通过合计", "Failed in all"), "Output")
    layout.put(sheet, row + 1, 2, None, "Output")
    layout.formula(
        sheet, row + 1, 3, f"=SUM(C{HEADER_ROW + 1}:C{row})", "Check Cell", styles.WHOLE, key="chk_total"
    )
    good, bad = pick("检查通过", "Checks OK"), pick("检查未通过", "CHECK FAILED")
    words = f'"{good}"'
    if any(check.by_functions for check in checks):
        _functions_loaded(layout, sheet, row + 3)
        layout.put(sheet, row + 6, 1, pick("全部通过时的说明", "Words where all pass"), "Text")
        text = f'=IF(chk_functions=1,"{good}",chk_missing)'
        layout.formula(sheet, row + 6, 2, text, "Calculation", styles.TEXT, key="checks.words")
        words = "{checks.words}"
    text = f'=IF(ISERROR(chk_total),"{bad}",IF(chk_total=0,{words},"{bad}"))'
    layout.formula(sheet, 4, 2, text, "Check Cell", styles.TEXT, key="chk_master")


def _functions_loaded(layout: Layout, sheet: Sheet, row: int) -> None:
    """Write whether our functions answer, asked again whenever an input or a figure changes, as the cells are that call them."""
    pick = layout.pick
    layout.put(sheet, row, 1, pick("输入与数据的个数", "Numbers among inputs and figures"), "Text")
    text = "=COUNT({inputs.first:inputs.last})+COUNT(list_figures)"
    layout.formula(sheet, row, 2, text, "Calculation", styles.COUNT, key="checks.follows")
    layout.put(sheet, row + 1, 1, pick("函数已加载：1", "Functions loaded: 1"), "Text")
    text = "=IF(ISERROR(LLM_KV_CACHE(in_model,1+{checks.follows})),0,1)"
    layout.formula(sheet, row + 1, 2, text, "Calculation", styles.WHOLE, key="chk_functions")
    layout.name("chk_functions", "chk_functions")
    layout.put(sheet, row + 2, 1, pick("未加载时的说明", "Words where they are not"), "Text")
    missing = pick("函数未加载", "functions not loaded")
    layout.put(sheet, row + 2, 2, missing, "Text", styles.TEXT, key="chk_missing")
    layout.name("chk_missing", "chk_missing")


def lists_sheet(quote: QuoteContext) -> None:
    """Add the sheet of the lists that the inputs choose from, and of the lengths at which a price changes."""
    layout, catalog = quote.layout, quote.catalog
    pick = layout.pick
    sheet = start(
        layout,
        "lists",
        ("列表", "Lists"),
        "catalog",
        ("输入单元格的下拉列表", "The drop-down lists of the input cells"),
        ("文本", "texts"),
    )
    gpus = sorted(catalog.names.items("gpu"), key=_by_number)
    tiers = [tier for tier in catalog.names.items("tier") if catalog.has(tier, "staff_year")]
    known = (row for row in catalog.tables["models"].rows if row["architecture_known"] == "yes")
    models = sorted((row["item"] for row in known if row["task"] in {"", "generate"}), key=_by_number)
    named = catalog.names.items("api_model")
    api_models = [
        *named,
        *(item for item, field in catalog.figures if OF_PROVIDER in item and field == "input"),
    ]
    bases = [base_item(each) for each in api_models]
    about = {row["item"]: row for row in catalog.tables["api_models"].rows}
    lists: dict[str, tuple[str, Sequence[str | float]]] = {
        "scenario": (pick("场景", "Scenario"), [custom_label(layout), *SCENARIOS]),
        "estimate": (pick("估计档", "Estimate"), list(ESTIMATES)),
        "currency": (pick("币种", "Currency"), ["CNY", "USD"]),
        "api": (pick("API 模型", "API model"), api_models),
        "api_weights": (pick("其开源权重", "Its open weights"), _of_models(about, bases, "open_model")),
        "api_price_note": (
            pick("单价说明", "Note on its price"),
            _of_models(about, api_models, f"price_note_{layout.lang}"),
        ),
        "model": (pick("开源模型", "Open model"), models),
        "model_precision": (
            pick("发布精度", "Published format"),
            [model_spec(catalog, each).native_precision for each in models],
        ),
        "rent_gpu": (
            pick("可租 GPU", "GPUs to rent"),
            [gpu for gpu in gpus if catalog.has(gpu, "reserved_month")],
        ),
        "own_gpu": (pick("可购 GPU", "GPUs to buy"), [gpu for gpu in gpus if catalog.has(gpu, "purchase")]),
        "tier": (pick("自建规模", "Tier"), tiers),
        "tier_label": (
            pick("规模名称", "Tier's name"),
            [catalog.names.label("tier", tier, layout.lang) for tier in tiers],
        ),
        **{
            each.key: (pick(each.zh, each.en), list(each.choices))
            for each in shown_assumptions(quote)
            if each.choices
        },
    }
    published = claims(quote)
    if published:
        lists |= {
            "published_key": (pick("文档公布的用量与方案", "Load and option, published"), [each.key for each in published]),
            "published_total": (pick("公布的合计（元）", "Total, published (CNY)"), [each.total_cny for each in published]),
            "published_reason": (pick("与模型不同的原因", "Why the model differs"), [each.reason for each in published]),
        }  # fmt: skip
    header(layout, sheet, [label for label, _ in lists.values()])
    for column, (name, (_, items)) in enumerate(lists.items(), start=1):
        for row, item in enumerate(items, start=HEADER_ROW + 1):
            layout.put(
                sheet, row, column, item, "Text", styles.TEXT if isinstance(item, str) else styles.COUNT
            )
        last = HEADER_ROW + len(items)
        layout.name_range(f"list_{name}", sheet, (HEADER_ROW + 1, column), (last, column))
    numbers = {
        "prompt_above": (pick("分档提示长度（token）", "Prompt tiers (tokens)"), prompt_tiers(catalog)),
        "machine_gpus": (pick("整机卡数", "GPUs of a machine"), MACHINE_GPUS),
        **(
            {
                "grid_users": (pick("用户倍数", "Users, times"), USERS),
                "grid_price": (pick("单价倍数", "API price, times"), PRICES),
            }
            if quote.mixed and quote.has("breakeven")
            else {}
        ),
        **({"grid_load": (pick("用量倍数", "Load, times"), LOADS)} if quote.has("scenarios") else {}),
        MOST_TIMES: (pick("单价最多几倍", "Price, at most times"), [10]),
        PRICE_AGE: (pick("价格时效（天）", "Age of prices (days)"), [int(catalog.fact(LIMIT))]),
    }
    for column, (name, (label, sizes)) in enumerate(numbers.items(), start=len(lists) + 1):
        header(layout, sheet, [label], column=column)
        for row, number in enumerate(sizes, start=HEADER_ROW + 1):
            grid = name.startswith("grid_")
            key = f"{name.replace('_', '.')}.{row - HEADER_ROW}" if grid else f"list.{name}.{number}"
            layout.put(sheet, row, column, number, "Text", styles.RATE if grid else styles.COUNT, key=key)
            if name in {PRICE_AGE, MOST_TIMES}:
                layout.name(f"list_{name}", f"list.{name}.{number}")
    layout.name(
        "list_machine_gpus", *(f"list.machine_gpus.{size}" for size in (MACHINE_GPUS[0], MACHINE_GPUS[-1]))
    )
    longest = (
        min(max(text_width(str(item)) for item in items), _LONGEST_LIST) for _, items in lists.values()
    )
    widths(sheet, *(max(_NARROWEST_LIST, width + 4) for width in longest), *([_LAST_WIDTH] * len(numbers)))


def _of_models(about: Mapping[str, Row], api_models: Sequence[str], column: str) -> list[str]:
    """Return what the catalog says of each API model; a dash where it says nothing, as of a workbook's own model."""
    return [about[each][column] or "—" if each in about else "—" for each in api_models]


def prompt_tiers(catalog: Catalog) -> list[int]:
    """Return the prompt lengths beyond which an API price changes, the shortest first."""
    return sorted({int(field.prompt_above) for listed in catalog.tiers.values() for field in listed})


def _by_number(name: str) -> list[tuple[bool, int, str]]:
    """Return a key that sorts names by letters without case, and their numbers by size: 8B before 14B."""
    parts = re.findall(r"\d+|\D+", name.casefold())
    return [(not part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in parts]


def changes_sheet(book: BookContext) -> None:
    """Add the sheet of the file's history."""
    layout = book.layout
    pick = layout.pick
    sheet = start(
        layout,
        "changes",
        ("变更", "Changes"),
        "other",
        ("本文件的历史", "The history of this file"),
        ("日期为 YYYY-MM-DD", "dates as YYYY-MM-DD"),
    )
    headings = contract.CHANGES.today(layout.lang)
    header(layout, sheet, headings)
    layout.name_range(contract.CHANGES.name, sheet, (HEADER_ROW, 1), (HEADER_ROW, len(headings)))
    layout.put(sheet, HEADER_ROW + 1, 1, book.date.isoformat(), "Text", styles.TEXT)
    layout.put(sheet, HEADER_ROW + 1, 2, book.edition, "Text", styles.TEXT, key="changes.catalog")
    layout.put(sheet, HEADER_ROW + 1, 3, pick("由 xlmodel 生成", "made by xlmodel"), "Text")
    widths(sheet, 18, 24, 60)
    sheet.landscape = False
