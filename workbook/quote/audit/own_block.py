"""The own options on the sheet Audit: a tier, or a number of one GPU with the tier whose range holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.canvas import styles
from workbook.quote.audit.block import (
    CNY,
    CNY_YEAR,
    FIRST_YEAR,
    FLAG,
    GPUS,
    LABEL,
    NO_UNIT,
    NOTE,
    UNIT,
    VALUE,
    figure_row,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbook.quote.audit.block import Block, Texts
    from workbook.quote.options import Option


def own_block(block: Block, option: Option, tiers: Sequence[str]) -> None:
    """Write an own option's steps.

    Args:
        block: where they are written.
        option: the own option.
        tiers: the tiers in the order of the catalog.
    """
    _holding_tier(block, option, tiers)
    _hardware_of_power(block, option, tiers)
    _prices(block, option)
    _amounts(block, option)
    _years(block)


def _of_tiers(tiers: Sequence[str], field: str) -> str:
    return f"{{$audit.tier.{tiers[0]}.{field}:audit.tier.{tiers[-1]}.{field}}}"


def _holding_tier(block: Block, option: Option, tiers: Sequence[str]) -> None:
    """Write which tier is in force: the one chosen, or for a GPU configuration the lowest that holds it."""
    layout, cell = block.layout, block.cell
    count, gpu = option.input("count"), option.input("gpu")
    block.head(("按 GPU 数的规模", "Tier by number of GPUs"), ("且同型 GPU", "and same GPU"))
    for tier in tiers:
        block.row += 1
        at = f"{block.stem}.holds.{tier}"
        low, high, same = (f"{{audit.tier.{tier}.{field}}}" for field in ("gpus_low", "gpus_high", "gpu"))
        layout.formula(
            block.sheet, block.row, LABEL, f"={{audit.tier.{tier}.item}}", "Calculation", styles.TEXT
        )
        text = f"=IF(AND({count}>={low},OR({high}=0,{count}<={high})),1,0)"
        layout.formula(block.sheet, block.row, VALUE, text, "Calculation", styles.WHOLE, key=at)
        layout.put(block.sheet, block.row, UNIT, layout.pick(*FLAG), "Text")
        layout.put(
            block.sheet,
            block.row,
            NOTE,
            layout.pick(
                "范围是否容纳该 GPU 数；上限 0 为不限", "whether its range holds the GPUs; 0 above: no limit"
            ),
            "Note",
        )
        layout.formula(
            block.sheet,
            block.row,
            FIRST_YEAR,
            f"={{{at}}}*IF({same}={gpu},1,0)",
            "Calculation",
            styles.WHOLE,
            key=f"{at}.same",
        )
    holds = f"{{{block.stem}.holds.{tiers[0]}:{block.stem}.holds.{tiers[-1]}}}"
    same = f"{{{block.stem}.holds.{tiers[0]}.same:{block.stem}.holds.{tiers[-1]}.same}}"
    block.head_years(("计算步骤", "Step"))
    block.value(
        "config",
        ("是 GPU 配置", "A GPU configuration"),
        FLAG,
        ("自建 GPU 为空则按规模", "0: the own GPU is blank, so the tier counts"),
        f'=IF({gpu}="",0,1)',
        styles.WHOLE,
    )
    text = f"=IF({cell('config')}=0,0,IF(SUM({same})>0,MATCH(1,{same},0),MATCH(1,{holds},0)))"
    block.value(
        "place",
        ("配置所在规模的序号", "Tier of the configuration"),
        NO_UNIT,
        ("同型 GPU 的规模优先，否则按 GPU 数取最低", "one of the same GPU first, else the lowest by count"),
        text,
        styles.WHOLE,
    )
    text = f"=IF({cell('config')}=0,{option.input('tier')},INDEX({_of_tiers(tiers, 'item')},{cell('place')}))"
    block.value(
        "tier",
        ("生效规模", "Tier in force"),
        NO_UNIT,
        ("基建、软件与人员按此规模", "its infrastructure, software and staff are taken"),
        text,
        styles.TEXT,
    )


def _hardware_of_power(block: Block, option: Option, tiers: Sequence[str]) -> None:
    """Write the GPUs that draw power; a tier has its low, middle or high number by the estimate."""
    cell = block.cell
    low, high, gpu = (_of_tiers(tiers, field) for field in ("gpus_low", "gpus_high", "gpu"))
    block.value(
        "number",
        ("规模序号", "Number of the tier"),
        NO_UNIT,
        ("在上面规模表中的位置", "its place among the tiers above"),
        f"=MATCH({cell('tier')},{_of_tiers(tiers, 'item')},0)",
        styles.WHOLE,
    )
    block.value(
        "low",
        ("规模 GPU 数：低", "GPUs of the tier: low"),
        GPUS,
        ("规模表中的下限", "the lower end of its range"),
        f"=INDEX({low},{cell('number')})",
        styles.WHOLE,
    )
    block.value(
        "high",
        ("规模 GPU 数：高", "GPUs of the tier: high"),
        GPUS,
        ("无上限时同低端", "the low end where there is no limit"),
        f"=MAX({cell('low')},INDEX({high},{cell('number')}))",
        styles.WHOLE,
    )
    text = f"=CHOOSE(in_estimate_number,{cell('low')},AVERAGE({cell('low')},{cell('high')}),{cell('high')})"
    block.value(
        "typical",
        ("规模 GPU 数：按估计档", "GPUs of the tier: by estimate"),
        GPUS,
        ("低、中、高", "low, middle, high"),
        text,
        styles.ONE_DECIMAL,
    )
    block.value(
        "powered",
        ("用电 GPU 数", "GPUs that draw power"),
        GPUS,
        ("配置按填写的数量", "a configuration: the number typed"),
        f"=IF({cell('config')}=0,{cell('typical')},{option.input('count')})",
        styles.ONE_DECIMAL,
    )
    block.value(
        "gpu",
        ("用电 GPU", "GPU that draws power"),
        NO_UNIT,
        ("配置按填写的型号", "a configuration: the GPU typed"),
        f"=IF({cell('config')}=0,INDEX({gpu},{cell('number')}),{option.input('gpu')})",
        styles.TEXT,
    )
    block.value(
        "rated",
        ("额定功率", "Rated power"),
        ("W", "W"),
        ("见 GPU 规格页", "see the sheet of GPU specifications"),
        f"=INDEX(list_gpu_power,MATCH({cell('gpu')},list_gpus,0))",
    )


def _prices(block: Block, option: Option) -> None:
    """Write the tier's lines and the card's price; a line that an assumption replaces is not looked up."""
    cell, assumed = block.cell, block.assumed
    tier, config = cell("tier"), cell("config")
    block.value(
        "staff_tier",
        ("人员行所在规模", "Tier of the staff line"),
        NO_UNIT,
        ("生效规模没有人员行时取最大的一档", "the largest that has one, where this has none"),
        f'=IF(COUNTIF(list_figure_keys,{tier}&"/staff_year")=0,INDEX(list_tier,ROWS(list_tier)),{tier})',
        styles.TEXT,
    )
    block.head_prices()
    block.price(
        "purchase",
        ("每 GPU 采购价", "Purchase price of a GPU"),
        CNY,
        ("仅用于 GPU 配置", "for a GPU configuration alone"),
        figure_row(option.input("gpu"), "purchase", f"{config}=1"),
    )
    block.price(
        "tier_hardware",
        ("规模硬件", "Hardware of the tier"),
        CNY,
        ("GPU 配置不用", "not for a GPU configuration"),
        figure_row(tier, "hardware", f"{config}=0"),
    )
    block.price(
        "infrastructure",
        ("基建", "Infrastructure"),
        CNY,
        ("生效规模的基建", "of the tier in force"),
        figure_row(tier, "infrastructure"),
    )
    block.price(
        "software",
        ("软件与实施", "Software"),
        CNY,
        ("生效规模的软件", "of the tier in force"),
        figure_row(tier, "software"),
    )
    block.price(
        "staff_line",
        ("规模人员行", "Staff line"),
        CNY_YEAR,
        ("按人数计时不用", "not where staff goes by persons"),
        figure_row(cell("staff_tier"), "staff_year", f"{assumed('by_person')}=0"),
    )
    block.price(
        "power_line",
        ("规模电费行", "Power line"),
        CNY_YEAR,
        ("按功率计时不用", "not where power goes by kW"),
        figure_row(tier, "power_year", f"{config}+{assumed('by_power')}=0"),
    )
    block.price(
        "maintenance_line",
        ("规模维保行", "Maintenance line"),
        CNY_YEAR,
        ("按费率计时不用", "not where it goes by the rate"),
        figure_row(tier, "maintenance_year", f"{config}+{assumed('by_rate')}=0"),
    )


def _amounts(block: Block, option: Option) -> None:
    """Write the outlay and a year's operations."""
    cell, assumed = block.cell, block.assumed
    config = cell("config")
    block.head_years(("计算步骤（续）", "Step, continued"))
    block.value(
        "hardware",
        ("硬件", "Hardware"),
        CNY,
        ("规模硬件，或 GPU 数 × 采购价", "the tier's, or GPUs × purchase price"),
        f"=IF({config}=0,{cell('tier_hardware')},{option.input('count')}*{cell('purchase')})",
    )
    block.value(
        "paid",
        ("期初投入", "Outlay"),
        CNY,
        ("硬件 + 基建 + 软件", "hardware + infrastructure + software"),
        f"={cell('hardware')}+{cell('infrastructure')}+{cell('software')}",
    )
    block.value(
        "staff_year",
        ("人员", "Staff"),
        CNY_YEAR,
        ("规模人员行，或人数 × 年成本", "the tier's line, or persons × yearly cost"),
        f"=IF({assumed('by_person')}=0,{cell('staff_line')},{assumed('persons')}*{assumed('staff_cost_year')})",
    )
    block.value(
        "kw",
        ("整机功率", "Power of the servers"),
        ("kW", "kW"),
        ("GPU 数 × 额定功率 ÷ 1000 × 整机功率比", "GPUs × rated power / 1000 × server power ratio"),
        f"={cell('powered')}*{cell('rated')}/1000*{assumed('server_power_ratio')}",
        "#,##0.00",
    )
    block.value(
        "kwh",
        ("年用电量", "Energy a year"),
        ("kWh/年", "kWh/year"),
        ("kW × 负载 × PUE × 一年小时数", "kW × load × PUE × hours a year"),
        f"={cell('kw')}*{assumed('gpu_load')}*{assumed('pue')}*{{$audit.all.hours}}",
    )
    block.value(
        "energy",
        ("按功率的电费", "Power by kW"),
        CNY_YEAR,
        ("用电量 × 电价", "energy × tariff"),
        f"={cell('kwh')}*{assumed('electricity_price_cny_per_kwh')}",
    )
    block.value(
        "power_year",
        ("电费", "Power"),
        CNY_YEAR,
        ("规模电费行，或按功率", "the tier's line, or by kW"),
        f"=IF({config}+{assumed('by_power')}=0,{cell('power_line')},{cell('energy')})",
    )
    block.value(
        "maintenance_year",
        ("维保与带宽", "Maintenance"),
        CNY_YEAR,
        ("规模维保行，或费率 × 硬件", "the tier's line, or rate × hardware"),
        f"=IF({config}+{assumed('by_rate')}=0,{cell('maintenance_line')},{assumed('maintenance_rate')}*{cell('hardware')})",
    )
    block.value(
        "left",
        ("残值", "Residual value"),
        CNY,
        ("残值率 × 硬件", "residual rate × hardware"),
        f"={assumed('residual_rate')}*{cell('hardware')}",
    )


def _years(block: Block) -> None:
    """Write the cash flows by year."""
    cell, assumed = block.cell, block.assumed
    block.yearly(
        "outlay",
        ("投入", "Outlay paid"),
        CNY,
        ("首年初", "at the start of the first year"),
        block.first_year(cell("paid")),
    )
    rows: tuple[tuple[str, Texts], ...] = (
        ("staff", ("人员费", "Staff paid")),
        ("power", ("电费支出", "Power paid")),
        ("maintenance", ("维保支出", "Maintenance paid")),
    )
    for name, label in rows:
        block.yearly(
            name,
            label,
            CNY,
            ("每年相同，只计入所选年数", "the same each year that counts"),
            block.every_year(cell(f"{name}_year")),
        )
    block.yearly(
        "one_off",
        ("首年一次性", "First-year one-offs"),
        CNY,
        ("框架、数据、安全、备份", "framework, data, security, backup"),
        block.first_year(assumed("one_offs")),
    )
    block.yearly(
        "residual",
        ("残值收回", "Residual value back"),
        CNY,
        ("末年，记为负数", "in the last year, negative"),
        lambda year: f"=0-{cell('left')}*{{audit.all.last.{year}}}",
    )
    block.yearly(
        "nominal",
        ("名义合计", "Nominal total"),
        CNY,
        ("以上六行之和", "sum of the six rows above"),
        lambda year: f"=SUM({block.span('outlay', 'residual', year)})",
    )
    block.total(outlay=True)
