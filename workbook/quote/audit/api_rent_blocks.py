"""The API and rented options on the sheet Audit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.canvas import styles
from workbook.quote.audit.block import CNY, CNY_MONTH, CNY_MTOK, CNY_YEAR, figure_row

if TYPE_CHECKING:
    from workbook.quote.audit.block import Block
    from workbook.quote.options import Option


def api_block(block: Block, option: Option) -> None:
    """Write an API's steps: tokens times prices, twelve bills a year, security in the first year."""
    cell, assumed, model = block.cell, block.assumed, option.input()
    block.head_prices()
    block.price(
        "input",
        ("输入价", "Input price"),
        CNY_MTOK,
        ("未命中缓存的输入", "input that misses the cache"),
        figure_row(model, "input"),
    )
    block.price(
        "cached",
        ("缓存输入价", "Cached input price"),
        CNY_MTOK,
        ("未公布时为 0，下面按缓存价格比估算", "0 where none is published; then by the cached price ratio"),
        f"IFERROR({figure_row(model, 'input_cached')},0)",
    )
    block.price(
        "output",
        ("输出价", "Output price"),
        CNY_MTOK,
        ("每百万输出 token", "a million output tokens"),
        figure_row(model, "output"),
    )
    block.head_years(("计算步骤", "Step"))
    hit = assumed("cache_hit_rate")
    block.value(
        "hit",
        ("命中时的输入价", "Input price on a hit"),
        CNY_MTOK,
        ("公布的缓存价，否则输入价 × 缓存价格比", "the published one, else input price × ratio"),
        f"=IF({{{block.stem}.cached.row}}=0,{cell('input')}*{assumed('cache_price_ratio')},{cell('cached')})",
        styles.PRICE,
    )
    block.value(
        "mixed",
        ("平均输入价", "Average input price"),
        CNY_MTOK,
        ("(1 - 命中率) × 输入价 + 命中率 × 命中价", "(1 - hit rate) × input + hit rate × price on a hit"),
        f"=(1-{hit})*{cell('input')}+{hit}*{cell('hit')}",
        styles.PRICE,
    )
    block.value(
        "user_day",
        ("每人每天", "A user's day"),
        ("元", "CNY"),
        ("(输入 × 价 + 输出 × 价) ÷ 百万", "(input × price + output × price) / a million"),
        f"=(in_input*{cell('mixed')}+in_output*{cell('output')})/1000000",
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
            f"={cell('year')}*{block.factor('growth', year)}*{block.factor('price', year)}*{{audit.all.counted.{year}}}"
        ),
    )
    block.yearly(
        "one_off",
        ("首年一次性", "First-year one-offs"),
        CNY,
        ("安全与合规", "security and compliance"),
        block.first_year(assumed("security_cost")),
    )
    block.yearly(
        "nominal",
        ("名义合计", "Nominal total"),
        CNY,
        ("以上两行之和", "sum of the two rows above"),
        lambda year: f"=SUM({block.span('usage', 'one_off', year)})",
    )
    block.total(outlay=False)


def rent_block(block: Block, option: Option) -> None:
    """Write a rental's steps: reserved months, operators, and the first year's one-off costs."""
    cell, assumed = block.cell, block.assumed
    block.head_prices()
    block.price(
        "gpu_month",
        ("每 GPU 预留月租", "Reserved month of a GPU"),
        CNY_MONTH,
        ("整月预留，闲置也计费", "reserved: paid for, idle or not"),
        figure_row(option.input("gpu"), "reserved_month"),
    )
    block.head_years(("计算步骤", "Step"))
    block.value(
        "month",
        ("月租", "Monthly rent"),
        CNY_MONTH,
        ("GPU 数 × 每 GPU 月租", "GPUs × reserved month"),
        f"={option.input('count')}*{cell('gpu_month')}",
    )
    block.value(
        "year",
        ("首年 12 个月", "Twelve months"),
        CNY_YEAR,
        ("12 × 月租", "12 × monthly rent"),
        f"=12*{cell('month')}",
    )
    block.value(
        "staff_year",
        ("运维人员", "Operators"),
        CNY_YEAR,
        ("人数 × 年成本", "persons × yearly cost"),
        f"={assumed('ops_staff')}*{assumed('staff_cost_year')}",
    )
    block.yearly(
        "usage",
        ("租金", "Rent"),
        CNY,
        ("× 价格系数，只计入所选年数", "× price factor, in the years that count"),
        lambda year: f"={cell('year')}*{block.factor('price', year)}*{{audit.all.counted.{year}}}",
    )
    block.yearly(
        "staff",
        ("人员费", "Staff"),
        CNY,
        ("每年相同", "the same each year"),
        block.every_year(cell("staff_year")),
    )
    block.yearly(
        "one_off",
        ("首年一次性", "First-year one-offs"),
        CNY,
        ("框架、数据、安全、备份", "framework, data, security, backup"),
        block.first_year(assumed("one_offs")),
    )
    block.yearly(
        "nominal",
        ("名义合计", "Nominal total"),
        CNY,
        ("以上三行之和", "sum of the three rows above"),
        lambda year: f"=SUM({block.span('usage', 'one_off', year)})",
    )
    block.total(outlay=False)
