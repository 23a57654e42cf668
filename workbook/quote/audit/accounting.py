"""The head of the sheet Audit: tiers, years, and what each accounting assumes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.canvas import styles
from workbook.canvas.frame import header
from workbook.quote.audit.block import CNY, FIRST_LETTER, FIRST_YEAR, FLAG, LABEL, NOTE, UNIT, VALUE, Block
from workbook.quote.sheets.assumption_block import assumption_format, shown_assumptions
from workbook.quote.wording import profile_label
from xlmodel.grid import column_letters
from xlmodel.inputs.register import ESTIMATES

if TYPE_CHECKING:
    from collections.abc import Callable

    from workbook.canvas.book_layout import Layout, Sheet
    from workbook.quote.context import QuoteContext
    from xlmodel.catalog import Catalog
    from xlmodel.inputs.register import Assumption

# the assumptions that a cost depends on, in the order of the register; those that others follow stand on Inputs alone
USED = (
    "fx_cny_per_usd", "days_per_month", "growth_rate", "api_price_change_rate", "rent_price_change_rate",
    "hardware_price_change_rate", "discount_rate", "cache_hit_rate", "cache_price_ratio", "retry_rate", "batch_share",
    "off_peak_share", "thinking_share", "requests_per_user_day", "rent_pricing", "on_demand_hours_month", "ops_staff",
    "staff_cost_year", "electricity_price_cny_per_kwh", "pue", "gpu_load", "server_power_ratio", "maintenance_rate",
    "hardware_life_years", "server_cost_ratio", "residual_rate", "depreciation_years", "income_tax_rate",
    "vat_rate_goods", "vat_rate_services", "vat_recoverable", "price_tax_basis", "framework_cost", "data_cost",
    "security_cost", "backup_cost",
)  # fmt: skip
# those over whose default a tier's published line is scaled
POWER = ("electricity_price_cny_per_kwh", "pue", "gpu_load", "server_power_ratio")
SCALING = ("staff_cost_year", *POWER, "maintenance_rate")
ONE_OFFS = ("framework_cost", "data_cost", "security_cost", "backup_cost")

_DEFAULT_HEADS = (
    ("默认低", "Default low"), ("默认中", "Default base"), ("默认高", "Default high"), ("生效默认", "Default in force"),
    ("与默认之比", "Over its default"),
)  # fmt: skip


def tier_rows(layout: Layout, sheet: Sheet, catalog: Catalog, row: int) -> int:
    """Write the tiers with their GPU and range, linked to their sheet."""
    pick = layout.pick
    labels = [
        ("自建规模", "Tier"),
        ("GPU 数下限", "GPUs from"),
        ("单位", "Unit"),
        ("GPU", "GPU"),
        ("GPU 数上限", "GPUs to"),
        ("上限，0 为不限", "To, 0 = no limit"),
        ("倒序", "From the last"),
    ]
    header(layout, sheet, [pick(*label) for label in labels], row=row)
    tiers = [each["item"] for each in catalog.tables["tiers"].rows]
    last = row + len(tiers)
    letter = column_letters(FIRST_YEAR)
    for tier in tiers:
        row += 1
        most, order = (f"audit.tier.{tier}.{part}" for part in ("most", "order"))
        text = f"=IF({letter}{row}=0,100*1000000,{letter}{row})"
        layout.formula(sheet, row, FIRST_YEAR + 1, text, "Calculation", styles.COUNT, key=most)
        text = f"=ROWS({letter}{row}:{letter}${last})"
        layout.formula(sheet, row, FIRST_YEAR + 2, text, "Calculation", styles.WHOLE, key=order)
        for column, field, number in (
            (LABEL, "item", styles.TEXT),
            (VALUE, "gpus_low", styles.WHOLE),
            (NOTE, "gpu", styles.TEXT),
            (FIRST_YEAR, "gpus_high", styles.WHOLE),
        ):
            layout.formula(
                sheet,
                row,
                column,
                f"={{tiers.{tier}.{field}}}",
                "Linked Cell",
                number,
                key=f"audit.tier.{tier}.{field}",
            )
        layout.put(sheet, row, UNIT, "GPU", "Text")
    return row


def year_rows(quote: QuoteContext, sheet: Sheet, row: int) -> int:
    """Write what a year's number alone decides."""
    block = Block(quote, sheet, "audit.all", "all", row + 1)
    block.head_years(("年份", "Years"))
    place = block.row
    letters = [column_letters(FIRST_YEAR + year) for year in range(quote.years)]
    block.yearly(
        "year",
        ("第几年", "Number of the year"),
        ("年", "year"),
        ("从 1 数起", "counted from 1"),
        lambda year: f"=COLUMNS(${FIRST_LETTER}{place}:{letters[year - 1]}{place})",
        styles.WHOLE,
        total=False,
    )
    block.yearly(
        "first",
        ("首年", "First year"),
        FLAG,
        ("一次性费用与期初投入", "one-off costs and the outlay"),
        lambda year: f"=IF({block.at('year', year)}=1,1,0)",
        styles.WHOLE,
        total=False,
    )
    block.yearly(
        "counted",
        ("计入", "Counted"),
        FLAG,
        ("不超过所选年数", "up to the chosen number of years"),
        lambda year: f"=IF({block.at('year', year)}>in_years,0,1)",
        styles.WHOLE,
        total=False,
    )
    block.yearly(
        "last",
        ("末年", "Last year"),
        FLAG,
        ("残值在此年收回", "the residual value comes back"),
        lambda year: f"=IF({block.at('year', year)}=in_years,1,0)",
        styles.WHOLE,
        total=False,
    )
    return block.row


def accounting_rows(quote: QuoteContext, sheet: Sheet, profile: str, row: int) -> int:
    """Write an accounting's assumptions, and what follows from them alone."""
    layout = quote.layout
    block = Block(quote, sheet, f"audit.{profile}", profile, row + 2)
    layout.put(sheet, block.row, LABEL, profile_label(layout, profile), "Section")
    block.head(("假设", "Assumption"), *_DEFAULT_HEADS)
    for assumption in shown_assumptions(quote):
        if assumption.key in USED:
            _assumption(block, assumption)
    block.head_years(("由假设得出", "From the assumptions"))
    _factors(block)
    _bill_factor(block)
    _flags(block)
    block.value(
        "divisor",
        ("币种系数", "Currency divisor"),
        ("元/所选币种", "CNY/chosen"),
        ("USD：除以汇率；CNY：1", "USD: the exchange rate; CNY: 1"),
        f'=IF(in_currency="USD",{block.cell("fx_cny_per_usd")},1)',
        styles.RATE,
    )
    span = f"{block.cell(ONE_OFFS[0])[:-1]}:{block.cell(ONE_OFFS[-1])[2:]}"
    block.value(
        "one_offs",
        ("首年一次性合计", "First-year one-offs"),
        CNY,
        (
            "框架、数据、安全、备份；API 只计安全",
            "framework, data, security, backup; an API has security alone",
        ),
        f"=SUM({span})",
    )
    block.value(
        "persons",
        ("人员行倍数", "Staff lines"),
        ("倍", "times"),
        (
            "运维人数；价目口径至少为 1：其自建的人员行已含人员",
            "operators; at least 1 in price-list cost, which counts the staff of owning",
        ),
        f"=MAX(1,{block.cell('ops_staff')})"
        if block.profile == "published"
        else f"={block.cell('ops_staff')}",
        styles.ONE_DECIMAL,
    )
    block.value(
        "power_ratio",
        ("电费行倍数", "Power over its default"),
        ("倍", "times"),
        (
            "电价、PUE、负载、整机功率比各与默认之比的积",
            "tariff, PUE, load and server power, each over its default",
        ),
        f"={'*'.join(block.cell(f'{key}.moved') for key in POWER)}",
        styles.RATE,
    )
    block.value(
        "hours",
        ("一年小时数", "Hours a year"),
        ("小时", "hours"),
        ("24 × 12 × 每月天数，与账单同一日历", "24 × 12 × days a month: the calendar of the bills"),
        f"=24*12*{block.cell('days_per_month')}",
    )
    if block.has("vat_rate"):
        _vat(block)
    return block.row


def _factors(block: Block) -> None:
    """Write what a year's amounts are multiplied by."""
    grown = (
        ("growth", "growth_rate", ("用量系数", "Growth factor"), ("(1 + 增长率)^(年 - 1)", "(1 + growth)^(year - 1)")),
        ("api_path", "api_price_change_rate", ("API 价格系数", "API price factor"), ("(1 + 变动率)^(年 - 1)", "(1 + change)^(year - 1)")),
        ("rent_path", "rent_price_change_rate", ("租金系数", "Rent factor"), ("(1 + 变动率)^(年 - 1)", "(1 + change)^(year - 1)")),
        ("hardware_path", "hardware_price_change_rate", ("硬件价格系数", "Hardware price factor"), ("(1 + 变动率)^(年 - 1)", "(1 + change)^(year - 1)")),
    )  # fmt: skip
    for name, rate, label, note in grown:
        if block.has(rate):
            block.yearly(name, label, ("倍", "times"), note, _grown(block, rate), "0.0000", total=False)
    rate = block.cell("discount_rate")
    block.yearly(
        "discount_start", ("年初折现系数", "Discount factor, start"), ("倍", "times"), ("购置：1 ÷ (1 + 折现率)^(年 - 1)", "outlays: 1 / (1 + rate)^(year - 1)"),
        lambda year: f"=1/(1+{rate})^({{audit.all.year.{year}}}-1)", "0.0000", total=False,
    )  # fmt: skip
    block.yearly(
        "discount", ("年末折现系数", "Discount factor, end"), ("倍", "times"), ("其余：1 ÷ (1 + 折现率)^年", "all else: 1 / (1 + rate)^year"),
        lambda year: f"=1/(1+{rate})^{{audit.all.year.{year}}}", "0.0000", total=False,
    )  # fmt: skip


def _bill_factor(block: Block) -> None:
    """Write what a user's first year at an API is multiplied by in each year; the sum is that of all years."""
    parts = [
        name
        for name, rate in (("growth", "growth_rate"), ("api_path", "api_price_change_rate"))
        if block.has(rate)
    ]

    def text(year: int) -> str:
        factors = [block.factor(name, year) for name in (*parts, "discount")]
        return f"={'*'.join(factors)}*{{audit.all.counted.{year}}}"

    block.yearly(
        "bill_factor", ("账单系数", "Bill factor"), ("倍", "times"), ("用量 × 价格 × 折现，只计入所选年数", "growth × price × discount, in the years that count"),
        text, "0.0000",
    )  # fmt: skip


def _flags(block: Block) -> None:
    """Write in which years hardware is bought, and whose hardware is alive at the end."""
    if not block.has("hardware_life_years"):
        return
    life = block.cell("hardware_life_years")
    block.yearly(
        "bought",
        ("购置年", "Bought this year"),
        FLAG,
        ("首年，及每满使用年限", "the first year, and again after each life"),
        lambda year: f"=IF(MOD({{audit.all.year.{year}}}-1,{life})=0,1,0)*{{audit.all.counted.{year}}}",
        styles.WHOLE,
        total=False,
    )
    block.yearly(
        "alive",
        ("期末在用", "Alive at the end"),
        FLAG,
        ("此年所购在末年仍未到期", "what this year bought still stands in the last one"),
        lambda year: f"=IF({{audit.all.year.{year}}}>in_years-{life},1,0)",
        styles.WHOLE,
        total=False,
    )


def _vat(block: Block) -> None:
    """Write what a price is multiplied by, by its class and tax basis."""
    recoverable = block.cell("vat_recoverable")
    for vat, label in (("goods", ("商品", "goods")), ("services", ("服务", "services"))):
        rate = block.cell(f"vat_rate_{vat}")
        for basis, words, note, text in (
            ("exclusive", ("不含税价", "without VAT"), ("可抵扣：1；否则 1 + 税率", "recoverable: 1; else 1 + rate"), f'=IF({recoverable}="yes",1,1+{rate})'),
            ("inclusive", ("含税价", "with VAT"), ("可抵扣：1 ÷ (1 + 税率)；否则 1", "recoverable: 1 / (1 + rate); else 1"), f'=IF({recoverable}="yes",1/(1+{rate}),1)'),
        ):  # fmt: skip
            name = f"{words[0]}：{label[0]}", f"Price {words[1]}: {label[1]}"
            block.value(f"vat_{basis}_{vat}", name, ("倍", "times"), note, text, "0.0000")


def _assumption(block: Block, assumption: Assumption) -> None:
    """Write an assumption in force; of one that scales a published line, its default and what it is over that."""
    layout, key, number = block.layout, assumption.key, assumption_format(assumption)
    sheet, stem = block.sheet, f"{block.stem}.{assumption.key}"
    block.row += 1
    layout.formula(sheet, block.row, LABEL, f"={{name.{key}}}", "Linked Cell", styles.TEXT)
    layout.formula(sheet, block.row, VALUE, f"={{{block.profile}.{key}}}", "Linked Cell", number, key=stem)
    if assumption.unit:  # a link to a blank cell would be 0
        layout.formula(sheet, block.row, UNIT, f"={{unit.{key}}}", "Linked Cell", styles.TEXT)
    else:
        layout.put(sheet, block.row, UNIT, None, "Text")
    note = layout.pick(assumption.help_zh, assumption.help_en)
    layout.put(sheet, block.row, NOTE, note, "Note", wrap=True)
    if key not in SCALING:
        return
    one = block.profile == "published" and assumption.published != assumption.full
    for column, end in enumerate(ESTIMATES, start=FIRST_YEAR):
        link = f"{{default.{'published' if one else end}.{key}}}"
        block.aside(column, f"{stem}.{end}", f"={link}", number, "Linked Cell")
    ends = f"{{{stem}.low}},{{{stem}.base}},{{{stem}.high}}"
    after = FIRST_YEAR + len(ESTIMATES)
    block.aside(after, f"{stem}.default", f"=CHOOSE(in_estimate_number,{ends})", number)
    block.aside(after + 1, f"{stem}.moved", f"={{{stem}}}/{{{stem}.default}}", styles.RATE)


def _grown(block: Block, rate: str) -> Callable[[int], str]:
    def text(year: int) -> str:
        number = f"{{audit.all.year.{year}}}"
        return f"=IF({number}=1,1,(1+{block.cell(rate)})^({number}-1))"

    return text
