"""The head of the sheet Audit: tiers, years, and what each accounting assumes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.canvas import styles
from workbook.canvas.frame import header
from workbook.quote.audit.block import CNY, FIRST_LETTER, FIRST_YEAR, FLAG, LABEL, NOTE, UNIT, VALUE, Block
from workbook.quote.sheets.assumption_block import assumption_format, shown_assumptions
from workbook.quote.wording import profile_label
from xlmodel.grid import column_letters

if TYPE_CHECKING:
    from collections.abc import Callable

    from workbook.canvas.book_layout import Layout, Sheet
    from workbook.quote.context import QuoteContext
    from xlmodel.catalog import Catalog
    from xlmodel.inputs.register import Assumption

# the assumptions that a cost depends on, in the order of the register
USED = (
    "fx_cny_per_usd", "days_per_month", "growth_rate", "price_change_rate", "discount_rate", "cache_hit_rate",
    "cache_price_ratio", "retry_rate", "ops_staff", "staff_cost_year", "electricity_price_cny_per_kwh", "pue", "gpu_load",
    "server_power_ratio", "maintenance_rate", "residual_rate", "vat_rate", "framework_cost", "data_cost", "security_cost",
    "backup_cost",
)  # fmt: skip
# those that, where given, replace a line of the tier
STAFF = ("ops_staff", "staff_cost_year")
POWER = ("electricity_price_cny_per_kwh", "pue", "gpu_load", "server_power_ratio")
MAINTENANCE = ("maintenance_rate",)
ONE_OFFS = ("framework_cost", "data_cost", "security_cost", "backup_cost")


def tier_rows(layout: Layout, sheet: Sheet, catalog: Catalog, row: int) -> int:
    """Write the tiers with their GPU and range, linked to their sheet."""
    pick = layout.pick
    labels = [
        ("自建规模", "Tier"),
        ("GPU 数下限", "GPUs from"),
        ("单位", "Unit"),
        ("GPU", "GPU"),
        ("GPU 数上限", "GPUs to"),
    ]
    header(layout, sheet, [pick(*label) for label in labels], row=row)
    for tier in (each["item"] for each in catalog.tables["tiers"].rows):
        row += 1
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
    """Write what a year's number alone decides, and the hours of a year."""
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
    block.value(
        "days",
        ("一年天数", "Days a year"),
        ("天", "days"),
        ("见列表页", "see the sheet Lists"),
        "={list.days_per_year}",
        styles.WHOLE,
    )
    block.value(
        "hours",
        ("一年小时数", "Hours a year"),
        ("小时", "hours"),
        ("24 × 天数；机房全年通电", "24 × days; the machine room never rests"),
        f"=24*{block.cell('days')}",
    )
    return block.row


def accounting_rows(quote: QuoteContext, sheet: Sheet, profile: str, row: int) -> int:
    """Write an accounting's assumptions, and what follows from them alone."""
    layout = quote.layout
    block = Block(quote, sheet, f"audit.{profile}", profile, row + 2)
    layout.put(sheet, block.row, LABEL, profile_label(layout, profile), "Section")
    block.head(("假设", "Assumption"), ("已填写", "Typed"))
    for assumption in shown_assumptions(quote):
        if assumption.key in USED:
            _assumption(block, assumption)
    block.head_years(("由假设得出", "From the assumptions"))
    for name, rate, label, note in (
        (
            "growth",
            "growth_rate",
            ("用量系数", "Growth factor"),
            ("(1 + 增长率)^(年 - 1)", "(1 + growth)^(year - 1)"),
        ),
        (
            "price",
            "price_change_rate",
            ("价格系数", "Price factor"),
            ("(1 + 变动率)^(年 - 1)", "(1 + change)^(year - 1)"),
        ),
    ):
        block.yearly(name, label, ("倍", "times"), note, _grown(block, rate), "0.0000", total=False)
    block.yearly(
        "discount", ("折现系数", "Discount factor"), ("倍", "times"), ("年末：1 ÷ (1 + 折现率)^年", "year-end: 1 / (1 + rate)^year"),
        lambda year: f"=1/(1+{block.cell('discount_rate')})^{{audit.all.year.{year}}}", "0.0000", total=False,
    )  # fmt: skip
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
    for name, keys, label, note in (
        (
            "by_person",
            STAFF,
            ("按人数计人员费", "Staff by persons"),
            (
                "填写了人数或人员年成本时为 1，替代规模的人员行",
                "1 where persons or their cost are typed; replaces the tier's line",
            ),
        ),
        (
            "by_power",
            POWER,
            ("按功率计电费", "Power by kW"),
            (
                "填写了电价、PUE、负载或整机功率比时为 1",
                "1 where tariff, PUE, load or server power ratio is typed",
            ),
        ),
        (
            "by_rate",
            MAINTENANCE,
            ("按费率计维保", "Maintenance by rate"),
            ("填写了维保费率时为 1", "1 where the rate is typed"),
        ),
    ):
        block.value(
            name,
            label,
            FLAG,
            note,
            f"=MAX({','.join(block.cell(f'{key}.typed') for key in keys)})",
            styles.WHOLE,
        )
    block.value(
        "persons",
        ("自建运维人数", "Operators of an own tier"),
        ("人", "persons"),
        ("未填写人数时至少 1 人", "at least one where the number is not typed"),
        f"=MAX({block.cell('ops_staff')},1-{block.cell('ops_staff.typed')})",
        styles.ONE_DECIMAL,
    )
    return block.row


def _assumption(block: Block, assumption: Assumption) -> None:
    """Write an assumption in force, and whether a person typed it."""
    layout, key, number = block.layout, assumption.key, assumption_format(assumption)
    note = assumption.help_zh, assumption.help_en
    block.row += 1
    name = f"{block.stem}.{key}.name"
    layout.formula(block.sheet, block.row, LABEL, f"={{name.{key}}}", "Linked Cell", styles.TEXT, key=name)
    layout.formula(
        block.sheet,
        block.row,
        VALUE,
        f"={{{block.profile}.{key}}}",
        "Linked Cell",
        number,
        key=f"{block.stem}.{key}",
    )
    layout.formula(block.sheet, block.row, UNIT, f"={{unit.{key}}}", "Linked Cell", styles.TEXT)
    layout.put(block.sheet, block.row, NOTE, layout.pick(*note), "Note", wrap=True)
    if key in (*STAFF, *POWER, *MAINTENANCE):
        text = f"=COUNT(INDEX(list_given_{block.profile},MATCH({{{name}}},list_assumption_names,0)))"
        layout.formula(
            block.sheet,
            block.row,
            FIRST_YEAR,
            text,
            "Calculation",
            styles.WHOLE,
            key=f"{block.stem}.{key}.typed",
        )


def _grown(block: Block, rate: str) -> Callable[[int], str]:
    def text(year: int) -> str:
        number = f"{{audit.all.year.{year}}}"
        return f"=IF({number}=1,1,(1+{block.cell(rate)})^({number}-1))"

    return text
