"""The rented options on the sheet Audit: reserved months or hours on demand, operators, first-year one-offs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from workbook.canvas import styles
from workbook.quote.audit.block import CASH, CNY, CNY_MONTH, CNY_YEAR, NO_UNIT, figure_row

if TYPE_CHECKING:
    from workbook.quote.audit.block import Block
    from workbook.quote.options import Option


def rent_block(block: Block, option: Option) -> None:
    """Write a rental's steps."""
    cell, assumed = block.cell, block.assumed
    demanded = f'{assumed("rent_pricing")}="on_demand"'
    block.head_years(("计费", "Billing"))
    block.value(
        "field",
        ("计费单价", "Price taken"),
        NO_UNIT,
        ("包月或按小时", "reserved months, or hours on demand"),
        f'=IF({demanded},"on_demand_hour","reserved_month")',
        styles.TEXT,
    )
    block.value(
        "units",
        ("每月计费数", "Units a month"),
        NO_UNIT,
        ("包月为 1；按需为每月小时", "reserved: 1; on demand: hours of a month"),
        f"=IF({demanded},{assumed('on_demand_hours_month')},1)",
    )
    block.head_prices()
    block.price(
        "gpu_price",
        "reserved_month",
        ("每 GPU 单价", "Price of a GPU"),
        ("元/计费单位", "CNY/unit"),
        ("按上面的计费方式", "as billed above"),
        figure_row(option.input("gpu"), cell("field")),
    )
    block.head_years(("计算步骤", "Step"))
    block.value(
        "month",
        ("月租", "Monthly rent"),
        CNY_MONTH,
        ("GPU 数 × 单价 × 每月计费数", "GPUs × price × units a month"),
        f"={option.input('count')}*{cell('gpu_price')}*{cell('units')}",
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
        ("× 租金系数，只计入所选年数", "× rent factor, in the years that count"),
        lambda year: f"={cell('year')}*{block.factor('rent_path', year)}*{{audit.all.counted.{year}}}",
    )
    block.yearly(
        "staff",
        ("人员费", "Staff"),
        CNY,
        ("每年相同", "the same each year"),
        block.every_year(cell("staff_year")),
    )
    block.running(("框架、数据、安全、备份", "framework, data, security, backup"), assumed("one_offs"))
    block.cash({name: partial(block.at, name) for name in CASH["rent"]})
    block.levels(("usage", "staff"))
    discounts = f"{{audit.{block.profile}.discount.1:audit.{block.profile}.discount.{block.years}}}"
    usage = f"{{{block.stem}.usage.1:{block.stem}.usage.{block.years}}}"
    block.value(
        "usage_present",
        ("租金现值", "Present value of the rent"),
        ("所选币种", "chosen currency"),
        ("租金 × 折现系数，税后", "rent × discount factors, after tax"),
        f"=SUMPRODUCT({usage},{discounts})*(1-{assumed('income_tax_rate')})/{assumed('divisor')}",
    )
