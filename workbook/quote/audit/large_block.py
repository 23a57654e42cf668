"""Hardware made large enough, on the sheet Audit: what the GPUs of each year cost, of an option's own GPU.

The GPUs of each year are those of the sheet Capacity. A rental takes them by the month; owning buys what is missing
each year, in whole machines, with the site of the tier that holds them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.canvas import styles
from workbook.quote.audit.block import (
    CNY,
    CNY_YEAR,
    FIRST_YEAR,
    GPUS,
    NO_UNIT,
    Block,
    figure_row,
)
from workbook.quote.audit.own_block import closing, written_off
from xlmodel.grid import column_letters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbook.quote.audit.block import Texts
    from workbook.quote.options import Option

_TIMES: Texts = ("倍", "times")
# the lines of a tier that configurations take
TIER_LINES = ("infrastructure", "software", "staff_year")
_LINES: dict[str, Texts] = {
    "infrastructure": ("基建", "Infrastructure"),
    "software": ("软件与实施", "Software"),
    "staff_year": ("人员", "Staff"),
}


def tier_prices(block: Block, tiers: Sequence[str]) -> None:
    """Write the lines of each tier in an accounting, those of one field below each other.

    Args:
        block: where they are written; its stem is the accounting's.
        tiers: the tiers in the order of the catalog.
    """
    catalog, layout = block.quote.catalog, block.layout
    staffed = [tier for tier in tiers if catalog.has(tier, "staff_year")]
    block.head_prices()
    for field in TIER_LINES:
        unit = CNY_YEAR if field == "staff_year" else CNY
        for tier in tiers:
            item = tier if field != "staff_year" or tier in staffed else staffed[-1]
            name = catalog.names.label("tier", tier, layout.lang)
            zh, en = _LINES[field]
            note = ("没有人员行的规模取最大一档", "the largest that has one, where this has none")
            label = (f"{name}：{zh}", f"{name}: {en}")
            find = figure_row(f'"{item}"', field)
            block.price(f"{field}.{tier}", field, label, unit, note if item != tier else NO_UNIT, find)


def large_rent_block(block: Block, option: Option) -> None:
    """Write a rental of the GPUs of each year; price and operators are those of the option as quoted."""
    quoted = option.key("audit", block.profile)
    _gpus(block, option)
    per_gpu = f"12*{{${quoted}.gpu_price}}*{{${quoted}.units}}"
    block.value(
        "gpu_year",
        ("每 GPU 年租", "Rent of a GPU a year"),
        CNY_YEAR,
        ("12 × 单价 × 每月计费数", "12 × price × units a month"),
        f"={per_gpu}",
    )
    block.yearly(
        "usage",
        ("租金", "Rent"),
        CNY,
        ("GPU 数 × 年租 × 租金系数", "GPUs × rent of a year × rent factor"),
        lambda year: f"={block.at('gpus', year)}*{block.cell('gpu_year')}*{block.factor('rent_path', year)}",
    )
    block.yearly(
        "staff",
        ("人员费", "Staff"),
        CNY,
        ("每年相同", "the same each year"),
        block.every_year(f"{{${quoted}.staff_year}}"),
    )
    block.running(("框架、数据、安全、备份", "framework, data, security, backup"), block.assumed("one_offs"))
    _priced(block, f"{{{block.stem}.total}}")
    block.levels(("usage", "staff"))
    _chosen(block, option)


def large_own_block(block: Block, option: Option, tiers: Sequence[str]) -> None:
    """Write the purchase of the GPUs of each year.

    Args:
        block: where it is written.
        option: the own option, whose GPU counts.
        tiers: the tiers in the order of the catalog.
    """
    _gpus(block, option)
    _unit_prices(block, option)
    _tier_of_year(block, tiers)
    _bought(block)
    _paid(block, tiers)
    written_off(block)
    _running(block, tiers)
    closing(block)
    _priced(block, f'IF({{{block.stem}.purchase.row}}=0,"—",{{{block.stem}.total}})')
    block.levels(("staff", "power", "maintenance"), "outlay")
    _chosen(block, option)


def _gpus(block: Block, option: Option) -> None:
    need = option.key("capacity", block.profile, "need")
    block.head_years(("扩容方案", "Made large enough"))
    block.yearly(
        "gpus",
        ("所需 GPU 数", "GPUs needed"),
        GPUS,
        ("见承载页", "see the sheet Capacity"),
        lambda year: f"={{{need}.{year}}}",
        styles.WHOLE,
        total=False,
        style="Linked Cell",
    )


def _priced(block: Block, text: str) -> None:
    block.value(
        "priced",
        ("总计，有价时", "Total, where priced"),
        ("所选币种", "chosen currency"),
        ("没有公布价格的 GPU 为 —", "a dash where the GPU has no published price"),
        f"={text}",
    )


def _chosen(block: Block, option: Option) -> None:
    """Write the levels of the hardware that is compared: made large enough where it must be, else as quoted."""
    block.value(
        "needs_total",
        ("扩容后总计，需要时", "Total made large enough, where needed"),
        ("所选币种", "chosen currency"),
        ("见承载页", "see the sheet Capacity"),
        f"={option.ref('capacity', block.profile, 'needs_total')}",
    )
    block.value(
        "enlarged",
        ("按扩容比较", "Compared as made large enough"),
        ("1 为是", "1 = yes"),
        ("否则按所报配置", "else as quoted"),
        f"=IF(ISNUMBER({block.cell('needs_total')}),1,0)",
        styles.WHOLE,
    )
    quoted = option.key("audit", block.profile)
    block.value(
        "compared.spent",
        ("比较用：名义值，税前", "Compared: nominal, before tax"),
        ("所选币种", "chosen currency"),
        ("检查页用以核对累计图", "the sheet Checks holds the curve against it"),
        f"=IF({block.cell('enlarged')}=1,{block.cell('spent')},{{{quoted}.spent}})",
    )
    for step, label in (
        ("adds", ("比较用：逐月支出", "Compared: paid month by month")),
        ("level", ("比较用：年初累计", "Compared: spent at its start")),
    ):
        block.yearly(
            f"compared.{step}",
            label,
            ("所选币种", "chosen currency"),
            ("回本页读取", "the sheet Break-even reads it"),
            lambda year, step=step: (  # type: ignore[misc]
                f"=IF({block.cell('enlarged')}=1,{block.at(step, year)},{{{quoted}.{step}.{year}}})"
            ),
            total=False,
        )


def _unit_prices(block: Block, option: Option) -> None:
    cell = block.cell
    block.value(
        "gpu",
        ("GPU", "GPU"),
        NO_UNIT,
        ("规模的 GPU，或所填的", "that of the tier, or the one that is filled in"),
        f"={option.ref('capacity', block.profile, 'gpu')}",
        styles.TEXT,
    )
    block.head_prices()
    for name, field, label in (
        ("purchase", "purchase", ("每 GPU 采购价", "Purchase price of a GPU")),
        ("share_figure", "server_share", ("每卡整机分摊", "Rest of a server a card")),
    ):
        find = f"IFERROR({figure_row(cell('gpu'), field)},0)"
        block.price(name, field, label, CNY, ("没有数据为 0", "0 where there is no figure"), find)
    block.head_years(("计算步骤", "Step"))
    share = cell("share_figure")
    if block.has("server_cost_ratio"):
        estimated = f"{block.assumed('server_cost_ratio')}*{cell('purchase')}"
        share = f"IF({{{block.stem}.share_figure.row}}=0,{estimated},{share})"
    block.value(
        "share",
        ("每机位整机分摊", "Rest of a server a slot"),
        CNY,
        ("有数据时按数据，否则比例 × 采购价", "the figure where there is one, else ratio × purchase price"),
        f"={share}",
    )
    block.value(
        "rated",
        ("额定功率", "Rated power"),
        ("W", "W"),
        ("见 GPU 规格页", "see the sheet of GPU specifications"),
        f"=INDEX(list_gpu_power,MATCH({cell('gpu')},list_gpus,0))",
    )
    assumed = block.assumed
    block.value(
        "kwh_gpu",
        ("每 GPU 年用电量", "Energy of a GPU a year"),
        ("kWh/年", "kWh/year"),
        ("功率 × 整机功率比 × 负载 × PUE × 小时", "power × server power ratio × load × PUE × hours"),
        f"={cell('rated')}/1000*{assumed('server_power_ratio')}*{assumed('gpu_load')}*{assumed('pue')}"
        f"*{assumed('hours')}",
    )
    block.value(
        "power_gpu",
        ("每 GPU 年电费", "Power of a GPU a year"),
        CNY_YEAR,
        ("用电量 × 电价", "energy × tariff"),
        f"={cell('kwh_gpu')}*{assumed('electricity_price_cny_per_kwh')}",
    )


def _tier_of_year(block: Block, tiers: Sequence[str]) -> None:
    """Write the place of the tier that holds a year's GPUs: the lowest of the same GPU, else the lowest, else the last."""
    places = block.layout.places
    # the columns stay along the years, the rows need no sign
    low, high, order, gpu = (
        f"${column_letters(places[first].column)}{places[first].row}:${column_letters(places[last].column)}{places[last].row}"
        for part in ("gpus_low", "most", "order", "gpu")
        for first, last in [(f"audit.tier.{tiers[0]}.{part}", f"audit.tier.{tiers[-1]}.{part}")]
    )

    def holds(year: int) -> str:
        gpus = block.at("gpus", year)
        return f"({low}<={gpus})*({high}>={gpus})"

    block.yearly(
        "same",
        ("同型 GPU 的规模，倒序", "Tier of the same GPU, from the last"),
        NO_UNIT,
        ("0 为没有", "0 where there is none"),
        lambda year: f"=SUMPRODUCT(MAX({holds(year)}*({gpu}={block.cell('gpu')})*{order}))",
        styles.WHOLE,
        total=False,
    )
    block.yearly(
        "any",
        ("按数量的规模，倒序", "Tier by count, from the last"),
        NO_UNIT,
        ("0 为没有", "0 where there is none"),
        lambda year: f"=SUMPRODUCT(MAX({holds(year)}*{order}))",
        styles.WHOLE,
        total=False,
    )
    block.yearly(
        "tier",
        ("规模的序号", "Place of the tier"),
        NO_UNIT,
        ("同型 GPU 优先，否则按数量，都不容纳取最后一档", "same GPU first, else by count, else the last one"),
        lambda year: (
            f"=ROWS({order})+1-IF({block.at('same', year)}>0,{block.at('same', year)},MAX(1,{block.at('any', year)}))"
        ),
        styles.WHOLE,
        total=False,
    )


def _bought(block: Block) -> None:
    """Write machines and what is bought of cards and slots: what is missing beside what still serves."""
    at = block.at
    block.yearly(
        "smaller",
        ("装不下的整机种数", "Machines too small"),
        NO_UNIT,
        ("整机：见列表页", "machines: see the sheet Lists"),
        lambda year: f'=COUNTIF(list_machine_gpus,"<"&{at("gpus", year)})',
        styles.WHOLE,
        total=False,
    )
    block.yearly(
        "machine",
        ("整机卡数", "GPUs of a machine"),
        GPUS,
        ("能装下的最小整机，否则最大整机", "the smallest that holds them, else the largest"),
        lambda year: f"=INDEX(list_machine_gpus,MIN(ROWS(list_machine_gpus),{at('smaller', year)}+1))",
        styles.WHOLE,
        total=False,
    )
    block.yearly(
        "slots",
        ("机位", "GPU slots"),
        GPUS,
        ("整台整机的机位", "of whole machines"),
        lambda year: f"={at('machine', year)}*ROUNDUP({at('gpus', year)}/{at('machine', year)},0)",
        styles.WHOLE,
        total=False,
    )
    life = block.assumed("hardware_life_years")
    years_row = block.layout.places["audit.all.year.1"].row
    for name, wanted, label in (
        ("cards_bought", "gpus", ("购置卡数", "Cards bought")),
        ("slots_bought", "slots", ("购置机位", "Slots bought")),
    ):
        row = block.row + 1

        def text(year: int, row: int = row, wanted: str = wanted) -> str:
            before = column_letters(FIRST_YEAR + year - 2)
            start = column_letters(FIRST_YEAR - 1)  # the note, which counts as nothing
            earlier = f"${start}{row}:{before}{row}"
            when = f"${start}${years_row}:{before}${years_row}"
            return f'=MAX(0,{at(wanted, year)}-SUMIFS({earlier},{when},">"&{{audit.all.year.{year}}}-{life}))'

        block.yearly(
            name,
            label,
            GPUS,
            ("所需减去仍在使用期内的", "what is needed less what is still within its life"),
            text,
            styles.WHOLE,
            total=False,
        )


def _paid(block: Block, tiers: Sequence[str]) -> None:
    """Write what is paid for hardware, and for the site beyond what was paid before."""
    at, cell = block.at, block.cell
    block.yearly(
        "hardware_cost",
        ("硬件，首年价", "Hardware, prices of year 1"),
        CNY,
        ("卡数 × 采购价 + 机位 × 分摊", "cards × price + slots × share"),
        lambda year: (
            f"={at('cards_bought', year)}*{cell('purchase')}+{at('slots_bought', year)}*{cell('share')}"
        ),
        total=False,
    )
    block.yearly(
        "hardware_paid",
        ("硬件购置", "Hardware bought"),
        CNY,
        ("× 硬件价格系数，只计入所选年数", "× hardware price factor, in the years that count"),
        lambda year: (
            f"={at('hardware_cost', year)}*{block.factor('hardware_path', year)}*{{audit.all.counted.{year}}}"
        ),
    )
    for field in TIER_LINES[:2]:
        zh, en = _LINES[field]
        block.yearly(
            f"{field}_line",
            (f"{zh}，该年规模", f"{en} of the year's tier"),
            CNY,
            ("该年规模的一行", "the line of the year's tier"),
            lambda year, field=field: (  # type: ignore[misc]
                f"=INDEX({_prices(block, field, tiers)},{at('tier', year)})*{{audit.all.counted.{year}}}"
            ),
            total=False,
        )
        row, start = block.row, column_letters(FIRST_YEAR - 1)

        def more(year: int, row: int = row, start: str = start) -> str:
            first, this, before = (column_letters(FIRST_YEAR + each) for each in (0, year - 1, year - 2))
            return f"=MAX(${first}{row}:{this}{row})-MAX(${start}{row}:{before}{row})"

        block.yearly(
            f"{field}_paid",
            (f"{zh}，补足部分", f"{en}, what is missing"),
            CNY,
            ("超过此前已付的部分", "beyond what was paid before"),
            more,
        )
    block.yearly(
        "outlay",
        ("投入", "Outlay paid"),
        CNY,
        ("硬件购置 + 基建 + 软件", "hardware bought + infrastructure + software"),
        lambda year: (
            f"={at('hardware_paid', year)}+{at('infrastructure_paid', year)}+{at('software_paid', year)}"
        ),
    )


def _running(block: Block, tiers: Sequence[str]) -> None:
    """Write the operations by year."""
    at, cell, assumed = block.at, block.cell, block.assumed
    block.value(
        "staff_factor",
        ("人员行系数", "Staff factor"),
        _TIMES,
        ("人员成本与默认之比 × 人员行倍数", "cost over its default × staff lines"),
        f"={assumed('staff_cost_year.moved')}*{assumed('persons')}",
        styles.RATE,
    )
    counted = "{{audit.all.counted.{0}}}"
    block.yearly(
        "staff",
        ("人员费", "Staff paid"),
        CNY,
        ("该年规模的人员行 × 系数", "staff line of the year's tier × factor"),
        lambda year: (
            f"=INDEX({_prices(block, 'staff_year', tiers)},{at('tier', year)})*{cell('staff_factor')}"
            f"*{counted.format(year)}"
        ),
    )
    block.yearly(
        "power",
        ("电费支出", "Power paid"),
        CNY,
        ("GPU 数 × 每 GPU 电费", "GPUs × power of a GPU"),
        lambda year: f"={at('gpus', year)}*{cell('power_gpu')}*{counted.format(year)}",
    )
    block.yearly(
        "maintenance",
        ("维保支出", "Maintenance paid"),
        CNY,
        ("费率 × (GPU 数 × 采购价 + 机位 × 分摊)", "rate × (GPUs × price + slots × share)"),
        lambda year: (
            f"={assumed('maintenance_rate')}*({at('gpus', year)}*{cell('purchase')}"
            f"+{at('slots', year)}*{cell('share')})*{counted.format(year)}"
        ),
    )


def _prices(block: Block, field: str, tiers: Sequence[str]) -> str:
    stem = f"audit.{block.profile}.{field}"
    return f"{{${stem}.{tiers[0]}:{stem}.{tiers[-1]}}}"
