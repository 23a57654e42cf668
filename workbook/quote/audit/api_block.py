"""The API options on the sheet Audit: the price list by length of the prompt, the blended prices, the bills."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from workbook.canvas import styles
from workbook.quote.audit.block import CASH, CNY, CNY_MONTH, CNY_MTOK, CNY_YEAR, FIRST_YEAR, NO_UNIT

if TYPE_CHECKING:
    from workbook.quote.audit.block import Block, Texts
    from workbook.quote.options import Option

# the prices of a list: field, label, what it is, and the assumption without which it is not needed
_PRICES: tuple[tuple[str, Texts, Texts, str], ...] = (
    ("input", ("输入价", "Input price"), ("未命中缓存的输入", "input that misses the cache"), ""),
    ("input_cached", ("缓存输入价", "Cached input price"), ("未公布时按缓存价格比估算", "where none: by the cached price ratio"), "cache_hit_rate"),
    ("cache_write", ("缓存写入价", "Cache write price"), ("有缓存时未命中输入的价", "input that misses, where a cache is used"), "cache_hit_rate"),
    ("output", ("输出价", "Output price"), ("每百万输出 token", "a million output tokens"), ""),
    ("output_thinking", ("思考输出价", "Thinking output price"), ("思考过程的输出", "output that is thinking"), "thinking_share"),
    ("off_peak_input", ("错峰输入价", "Off-peak input price"), ("错峰时段", "within the off-peak window"), "off_peak_share"),
    ("off_peak_output", ("错峰输出价", "Off-peak output price"), ("错峰时段", "within the off-peak window"), "off_peak_share"),
    ("batch_input", ("批量输入价", "Batch input price"), ("可延后处理", "what can wait"), "batch_share"),
    ("batch_output", ("批量输出价", "Batch output price"), ("可延后处理", "what can wait"), "batch_share"),
)  # fmt: skip
_REQUIRED = frozenset({"input", "output"})


def api_block(block: Block, option: Option) -> None:
    """Write an API's steps: prices, what a user's day costs, twelve bills a year, security in the first year."""
    listed = _listed(block)
    fields = [
        each
        for each in _PRICES
        if each[0] in _REQUIRED or (each[0] in listed and block.has(each[3]))
    ]  # fmt: skip
    _places(block, option, fields, listed)
    block.head_prices()
    for field, label, note, _ in fields:
        block.price(field, field, label, CNY_MTOK, note, f"{{{block.stem}.{field}.place}}")
    block.head_years(("计算步骤", "Step"))
    names = {field for field, *_ in fields}
    _bills(block, _input_price(block, names), _output_price(block, names))


def _listed(block: Block) -> dict[str, list[int]]:
    """Return the fields in which some API model of the figures has a price, each with its prompt tiers."""
    fields = block.quote.catalog.fields
    found: dict[str, set[int]] = {}
    for figure in block.quote.figures_in_force("api_prices"):
        field = fields[figure.field]
        tiers = found.setdefault(field.base or field.key, set())
        if field.base:
            tiers.add(int(field.prompt_above))
    return {field: sorted(tiers) for field, tiers in found.items()}


def _places(
    block: Block, option: Option, fields: list[tuple[str, Texts, Texts, str]], listed: dict[str, list[int]]
) -> None:
    """Write where each price stands among the figures: the longest tier below the prompt, else the plain one."""
    tiers = sorted({tier for field, *_ in fields for tier in listed[field]})
    keys = {int(each.prompt_above): each.key for each in block.quote.catalog.fields.values() if each.base}
    suffixes = {tier: keys[tier].partition("@")[2] for tier in tiers}
    block.head(
        ("提示长度与价格行", "Prompt and row of the price"),
        ("不分档", "Plain"),
        *((f"提示 >{suffixes[tier]}", f"Prompt >{suffixes[tier]}") for tier in tiers),
    )
    requests = f"/{block.assumed('requests_per_user_day')}" if block.has("requests_per_user_day") else ""
    prompt = block.cell("prompt")
    block.value(
        "prompt",
        ("提示长度", "Length of a prompt"),
        ("token", "tokens"),
        ("每天输入 token ÷ 每天请求数", "input tokens a day over requests a day"),
        f"=in_input{requests}",
        styles.ONE_DECIMAL,
    )
    for column, tier in enumerate(tiers, start=FIRST_YEAR + 1):
        block.aside(
            column,
            f"{block.stem}.above.{tier}",
            f"={{list.prompt_above.{tier}}}",
            styles.COUNT,
            "Linked Cell",
        )
    for field, label, _, _ in fields:
        last = max(listed[field], default=0)
        found = f"{block.stem}.{field}.above.{last}" if last else f"{block.stem}.{field}.plain"
        row_note = ("数据页中的行序", "its row among the figures")
        block.value(f"{field}.place", label, NO_UNIT, row_note, f"={{{found}}}", styles.WHOLE)
        place = f"{block.stem}.{field}.plain"
        match = _match(option, field)
        text = match if field in _REQUIRED else f"IFERROR({match},0)"
        block.aside(FIRST_YEAR, place, f"={text}", styles.WHOLE)
        for column, tier in enumerate(tiers, start=FIRST_YEAR + 1):
            if tier in listed[field]:
                above = f"{{{block.stem}.above.{tier}}}"
                item = f'IF({prompt}>{above},{option.input()},"")'
                match = f'MATCH({item}&"/{field}@{suffixes[tier]}",list_figure_keys,0)'
                text = f"=IFERROR({match},{{{place}}})"
                place = f"{block.stem}.{field}.above.{tier}"
                block.aside(column, place, text, styles.WHOLE)


def _match(option: Option, field: str) -> str:
    return f'MATCH({option.input()}&"/{field}",list_figure_keys,0)'


def _input_price(block: Block, names: set[str]) -> str:
    """Write the steps of the input price; return the last one's reference."""
    cell, hit = block.cell, block.assumed("cache_hit_rate")
    cached, miss = f"{cell('input')}*{block.assumed('cache_price_ratio')}", cell("input")
    if "input_cached" in names:
        cached = f"IF({cell('input_cached.row')}=0,{cached},{cell('input_cached')})"
    if "cache_write" in names:
        miss = f"IF({cell('cache_write.row')}=0,{miss},{cell('cache_write')})"
    block.value(
        "hit",
        ("命中时的输入价", "Input price on a hit"),
        CNY_MTOK,
        ("公布的缓存价，否则输入价 × 缓存价格比", "the published one, else input price × ratio"),
        f"={cached}",
        styles.PRICE,
    )
    block.value(
        "miss",
        ("未命中时的输入价", "Input price on a miss"),
        CNY_MTOK,
        ("有缓存写入价时按其计", "the cache write price where there is one"),
        f"={miss}",
        styles.PRICE,
    )
    block.value(
        "mixed",
        ("平均输入价", "Average input price"),
        CNY_MTOK,
        (
            "命中率为 0：输入价；否则按命中率平均",
            "hit rate 0: the input price; else the mean by the hit rate",
        ),
        f"=IF({hit}=0,{cell('input')},(1-{hit})*{cell('miss')}+{hit}*{cell('hit')})",
        styles.PRICE,
    )
    return _in_windows(block, names, "input", cell("mixed"))


def _output_price(block: Block, names: set[str]) -> str:
    """Write the steps of the output price; return the last one's reference."""
    price = block.cell("output")
    if "output_thinking" in names:
        label = ("含思考的输出价", "Output price with thinking")
        price = _shared(block, "thinking", "thinking_share", "output_thinking", label, price)
    return _in_windows(block, names, "output", price)


def _in_windows(block: Block, names: set[str], end: str, price: str) -> str:
    """Write what the off-peak window and batches make of a price."""
    zh, en = {"input": ("输入价", "Input price"), "output": ("输出价", "Output price")}[end]
    if f"off_peak_{end}" in names:
        label = (f"含错峰的{zh}", f"{en} with off-peak")
        price = _shared(block, f"windowed_{end}", "off_peak_share", f"off_peak_{end}", label, price)
    if f"batch_{end}" in names:
        label = (f"含批量的{zh}", f"{en} with batches")
        price = _shared(block, f"batched_{end}", "batch_share", f"batch_{end}", label, price)
    return price


def _shared(block: Block, name: str, share: str, field: str, label: Texts, price: str) -> str:
    """Write a price of which a share of the tokens is billed by another one, where the list has that."""
    part = block.assumed(share)
    block.value(
        name,
        label,
        CNY_MTOK,
        ("未公布时同上", "as above where none is published"),
        f"=IF({block.cell(f'{field}.row')}=0,{price},(1-{part})*{price}+{part}*{block.cell(field)})",
        styles.PRICE,
    )
    return block.cell(name)


def _bills(block: Block, price_in: str, price_out: str) -> None:
    cell, assumed = block.cell, block.assumed
    block.value(
        "user_day",
        ("每人每天", "A user's day"),
        ("元", "CNY"),
        ("(输入 × 价 + 输出 × 价) ÷ 百万", "(input × price + output × price) / a million"),
        f"=(in_input*{price_in}+in_output*{price_out})/1000000",
        "0.000000",
    )
    block.value(
        "retried",
        ("含重试", "With retries"),
        ("元", "CNY"),
        ("× (1 + 重试率)", "× (1 + retry rate)"),
        f"={cell('user_day')}*(1+{assumed('retry_rate')})",
        "0.000000",
    )
    block.value(
        "month",
        ("月账单", "Monthly bill"),
        CNY_MONTH,
        ("日活 × 每月天数 × 每人每天", "daily users × days a month × a user's day"),
        f"=in_dau*{assumed('days_per_month')}*{cell('retried')}",
    )
    block.value(
        "year",
        ("首年 12 个月", "Twelve bills"),
        CNY_YEAR,
        ("12 × 月账单", "12 × monthly bill"),
        f"=12*{cell('month')}",
    )
    block.yearly(
        "usage",
        ("用量费", "Usage"),
        CNY,
        ("× 用量系数 × 价格系数，只计入所选年数", "× growth × price factor, in the years that count"),
        lambda year: (
            f"={cell('year')}*{block.factor('growth', year)}*{block.factor('api_path', year)}"
            f"*{{audit.all.counted.{year}}}"
        ),
    )
    block.running(("安全与合规", "security and compliance"), assumed("security_cost"))
    block.cash({name: partial(block.at, name) for name in CASH["api"]})
    block.levels(("usage",))
    kept = f"(1-{assumed('income_tax_rate')})/{assumed('divisor')}"
    block.value(
        "user_year",
        ("每位用户首年", "A user's first year"),
        CNY_YEAR,
        ("12 × 每月天数 × 每人每天", "12 × days a month × a user's day"),
        f"=12*{assumed('days_per_month')}*{cell('retried')}",
    )
    block.value(
        "per_user",
        ("每位日活的总计", "Total of a daily user"),
        ("所选币种", "chosen currency"),
        ("首年 × 账单系数之和，税后", "first year × bill factors, after tax"),
        f"={cell('user_year')}*{assumed('bill_factor')}*{kept}",
        styles.PRICE,
    )
    block.value(
        "fixed",
        ("与用户无关的部分", "What no user moves"),
        ("所选币种", "chosen currency"),
        ("一次性现值，税后", "one-offs, present value after tax"),
        f"={assumed('security_cost')}*{block.factor('discount', 1)}*{kept}",
    )
