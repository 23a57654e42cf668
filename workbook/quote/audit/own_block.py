"""The own options on the sheet Audit: a tier, or a number of one GPU with the tier whose range holds it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from workbook.canvas import styles
from workbook.quote.audit.block import (
    CASH,
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
    _prices(block, option)
    _amounts(block, option)
    _outlays(block)
    written_off(block)
    _operations(block)
    closing(block)
    first = "{{audit.all.first.{0}}}"
    block.cash(
        {
            **{name: partial(block.at, name) for name in CASH["own"]},
            "hardware": partial(block.at, "hardware_paid"),
            "infrastructure": lambda year: f"{block.cell('infrastructure')}*{first.format(year)}",
            "software": lambda year: f"{block.cell('software')}*{first.format(year)}",
        }
    )
    block.levels(("staff", "power", "maintenance"), "outlay")


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
    last = f"IF(SUM({holds})>0,MATCH(1,{holds},0),ROWS({holds}))"
    text = f"=IF({cell('config')}=0,0,IF(SUM({same})>0,MATCH(1,{same},0),{cell('by_count')}))"
    block.value(
        "by_count",
        ("按数量的规模序号", "Tier by count"),
        NO_UNIT,
        ("最低的一档；都不容纳时取最大一档", "the lowest that holds them; the largest where none does"),
        f"={last}",
        styles.WHOLE,
    )
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


def _prices(block: Block, option: Option) -> None:
    """Write the tier's lines, and the card's price with its share of a machine."""
    cell = block.cell
    tier, config, gpu = cell("tier"), cell("config"), option.input("gpu")
    block.value(
        "staff_tier",
        ("人员行所在规模", "Tier of the staff line"),
        NO_UNIT,
        ("生效规模没有人员行时取最大的一档", "the largest that has one, where this has none"),
        f'=IF(COUNTIF(list_figure_keys,{tier}&"/staff_year")=0,INDEX(list_tier,ROWS(list_tier)),{tier})',
        styles.TEXT,
    )
    share = figure_row(gpu, "server_share")
    if block.has("server_cost_ratio"):
        share = f"IFERROR({share},0)"
    by_config, by_tier = f"{config}=1", f"{config}=0"
    of_tier, not_config = (
        ("生效规模的一行", "of the tier in force"),
        ("GPU 配置不用", "not for a configuration"),
    )
    prices: tuple[tuple[str, str, Texts, Texts, Texts, str], ...] = (
        ("purchase", "purchase", ("每 GPU 采购价", "Purchase price of a GPU"), CNY, ("仅用于 GPU 配置", "for a GPU configuration alone"), figure_row(gpu, "purchase", by_config)),
        ("share_figure", "server_share", ("每卡整机分摊", "Rest of a server a card"), CNY, ("没有数据时按比例", "by the ratio where there is no figure"), f"IF({by_config},{share},0)"),
        ("tier_hardware", "hardware", ("规模硬件", "Hardware of the tier"), CNY, not_config, figure_row(tier, "hardware", by_tier)),
        ("infrastructure", "infrastructure", ("基建", "Infrastructure"), CNY, of_tier, figure_row(tier, "infrastructure")),
        ("software", "software", ("软件与实施", "Software"), CNY, of_tier, figure_row(tier, "software")),
        ("staff_line", "staff_year", ("规模人员行", "Staff line"), CNY_YEAR, ("上面所列规模的人员行", "of the tier named above"), figure_row(cell("staff_tier"), "staff_year")),
        ("power_line", "power_year", ("规模电费行", "Power line"), CNY_YEAR, not_config, figure_row(tier, "power_year", by_tier)),
        ("maintenance_line", "maintenance_year", ("规模维保行", "Maintenance line"), CNY_YEAR, not_config, figure_row(tier, "maintenance_year", by_tier)),
    )  # fmt: skip
    block.head_prices()
    for price in prices:
        block.price(*price)


def _amounts(block: Block, option: Option) -> None:
    """Write the outlay and a year's operations."""
    cell, assumed = block.cell, block.assumed
    config, count, gpu = cell("config"), option.input("count"), option.input("gpu")
    block.head_years(("计算步骤（续）", "Step, continued"))
    block.value(
        "smaller",
        ("装不下的整机种数", "Machines too small"),
        NO_UNIT,
        ("整机：见列表页", "machines: see the sheet Lists"),
        f'=COUNTIF(list_machine_gpus,"<"&{count})',
        styles.WHOLE,
    )
    block.value(
        "machine",
        ("整机卡数", "GPUs of a machine"),
        GPUS,
        ("能装下的最小整机，否则最大整机", "the smallest that holds them, else the largest"),
        f"=INDEX(list_machine_gpus,MIN(ROWS(list_machine_gpus),{cell('smaller')}+1))",
        styles.WHOLE,
    )
    block.value(
        "slots",
        ("机位", "GPU slots"),
        GPUS,
        ("整台整机的机位", "of whole machines"),
        f"={cell('machine')}*ROUNDUP({count}/{cell('machine')},0)",
        styles.WHOLE,
    )
    share = cell("share_figure")
    if block.has("server_cost_ratio"):
        estimated = f"{assumed('server_cost_ratio')}*{cell('purchase')}"
        share = f"IF({{{block.stem}.share_figure.row}}=0,{estimated},{share})"
    block.value(
        "share",
        ("每机位整机分摊", "Rest of a server a slot"),
        CNY,
        ("有数据时按数据，否则比例 × 采购价", "the figure where there is one, else ratio × purchase price"),
        f"={share}",
    )
    block.value(
        "hardware",
        ("硬件", "Hardware"),
        CNY,
        ("规模硬件，或卡数 × 采购价 + 机位 × 分摊", "the tier's, or cards × price + slots × share"),
        f"=IF({config}=0,{cell('tier_hardware')},{count}*{cell('purchase')}+{cell('slots')}*{cell('share')})",
    )
    block.value(
        "site",
        ("基建与软件", "Site and software"),
        CNY,
        ("只在首年", "in the first year alone"),
        f"={cell('infrastructure')}+{cell('software')}",
    )
    block.value(
        "staff_year",
        ("人员", "Staff"),
        CNY_YEAR,
        ("人员行 × 人员成本与默认之比 × 人员行倍数", "staff line × cost over its default × staff lines"),
        f"={cell('staff_line')}*{assumed('staff_cost_year.moved')}*{assumed('persons')}",
    )
    block.value(
        "rated",
        ("额定功率", "Rated power"),
        ("W", "W"),
        ("见 GPU 规格页；规模不用", "see the sheet of GPU specifications; not for a tier"),
        f"=IF({config}=0,0,INDEX(list_gpu_power,MATCH({gpu},list_gpus,0)))",
    )
    block.value(
        "kw",
        ("整机功率", "Power of the servers"),
        ("kW", "kW"),
        ("GPU 数 × 额定功率 ÷ 1000 × 整机功率比", "GPUs × rated power / 1000 × server power ratio"),
        f"={count}*{cell('rated')}/1000*{assumed('server_power_ratio')}",
        "#,##0.00",
    )
    block.value(
        "kwh",
        ("年用电量", "Energy a year"),
        ("kWh/年", "kWh/year"),
        ("kW × 负载 × PUE × 一年小时数", "kW × load × PUE × hours a year"),
        f"={cell('kw')}*{assumed('gpu_load')}*{assumed('pue')}*{assumed('hours')}",
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
        ("电费行 × 倍数，或按功率", "power line × its ratio, or by kW"),
        f"=IF({config}=0,{cell('power_line')}*{assumed('power_ratio')},{cell('energy')})",
    )
    block.value(
        "maintenance_year",
        ("维保与带宽", "Maintenance"),
        CNY_YEAR,
        ("维保行 × 费率与默认之比，或费率 × 硬件", "line × rate over its default, or rate × hardware"),
        f"=IF({config}=0,{cell('maintenance_line')}*{assumed('maintenance_rate.moved')}"
        f",{assumed('maintenance_rate')}*{cell('hardware')})",
    )


def _outlays(block: Block) -> None:
    """Write what is bought in each year."""
    cell, at = block.cell, block.at
    block.yearly(
        "hardware_paid",
        ("硬件购置", "Hardware bought"),
        CNY,
        ("首年与更新年 × 硬件价格系数", "first year and renewals × hardware price factor"),
        lambda year: (
            f"={cell('hardware')}*{block.factor('bought', year)}*{block.factor('hardware_path', year)}"
        ),
    )
    block.yearly(
        "outlay",
        ("投入", "Outlay paid"),
        CNY,
        ("硬件购置；首年另加基建与软件", "hardware bought; in the first year site and software too"),
        lambda year: f"={at('hardware_paid', year)}+{cell('site')}*{{audit.all.first.{year}}}",
    )


def written_off(block: Block) -> None:
    """Write the depreciation of the steps `outlay`, and what is left of them and of `hardware_paid` at the end."""
    assumed, at = block.assumed, block.at
    years = _span("audit.all.year", block.years)
    outlays = _span(f"{block.stem}.outlay", block.years)
    life = assumed("depreciation_years")

    def depreciation(year: int) -> str:
        this = f"{{audit.all.year.{year}}}"
        return f'=SUMIFS({outlays},{years},">"&{this}-{life},{years},"<="&{this})/{life}'

    block.yearly(
        "depreciation",
        ("折旧", "Depreciation"),
        CNY,
        (
            "直线法：近几年投入 ÷ 折旧年限",
            "straight line: outlays of the last years over the depreciation years",
        ),
        depreciation,
    )
    block.yearly(
        "book",
        ("末年账面余值", "Book value at the end"),
        CNY,
        ("此年投入尚未折旧的部分", "what is not depreciated of this year's outlay"),
        lambda year: f"={at('outlay', year)}*MAX(0,{life}-(in_years-{{audit.all.year.{year}}}+1))/{life}",
    )
    block.yearly(
        "left",
        ("残值", "Residual value"),
        CNY,
        ("残值率 × 末年在用硬件的购置额", "residual rate × what hardware alive at the end cost"),
        lambda year: f"={assumed('residual_rate')}*{at('hardware_paid', year)}*{block.factor('alive', year)}",
    )


def _operations(block: Block) -> None:
    """Write the operations by year."""
    cell = block.cell
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


def closing(block: Block) -> None:
    """Write the steps from the one-offs to the total; those before are staff, power and maintenance, without a gap."""
    cell, assumed, at = block.cell, block.assumed, block.at
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
        "deducted",
        ("可扣除额", "Deducted"),
        CNY,
        (
            "当年费用 + 折旧；末年另加账面余值，减残值",
            "costs + depreciation; last year: + book value - residual value",
        ),
        lambda year: (
            f"=SUM({block.span('staff', 'residual', year)})+{at('depreciation', year)}*{{audit.all.counted.{year}}}"
            f"+{cell('book')}*{{audit.all.last.{year}}}"
        ),
    )
    block.tax_shield(lambda year: at("deducted", year))
    block.yearly(
        "nominal",
        ("名义合计", "Nominal total"),
        CNY,
        ("投入 + 当年费用 - 残值 - 所得税抵减", "outlay + costs - residual value - income tax saved"),
        lambda year: (
            f"={at('outlay', year)}+SUM({block.span('staff', 'residual', year)})+{at('tax_shield', year)}"
        ),
    )

    def present(year: int) -> str:
        paid, start, end = (
            at("outlay", year),
            block.factor("discount_start", year),
            block.factor("discount", year),
        )
        return f"={paid}*{start}+({at('nominal', year)}-{paid})*{end}"

    block.total(
        present, ("投入 × 年初系数 + 其余 × 年末系数", "outlay × factor, start + all else × factor, end")
    )


def _span(stem: str, years: int) -> str:
    return f"{{${stem}.1:{stem}.{years}}}"
