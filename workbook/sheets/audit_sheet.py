"""The sheet Audit: the totals of every option rebuilt with native formulas, from the same inputs and figures.

It is the second route to each total: written from the method, without the functions, so that a person without the
add-in still has a model that follows its inputs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook import styles
from workbook.layout import HEADER_ROW, Layout
from workbook.sheets.audit_block import FIRST_LETTER, FIRST_YEAR, LABEL, NOTE, UNIT, VALUE, Block, Texts
from workbook.sheets.audit_own import own_block
from workbook.sheets.detail_sheet import DEPLOYMENT_LABELS, PROFILES, profile_label, what_formula
from workbook.sheets.frame import header, start, widths
from xlmodel.engine.values import column_letters
from xlmodel.inputs.register import register

if TYPE_CHECKING:
    from workbook.layout import Sheet
    from xlmodel.catalog import Catalog

CNY: Texts = ("元", "CNY")
CNY_YEAR: Texts = ("元/年", "CNY/year")
CNY_MONTH: Texts = ("元/月", "CNY/month")
CNY_MTOK: Texts = ("元/百万token", "CNY/M tokens")
FLAG: Texts = ("1 为是", "1 = yes")
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


def audit_sheet(layout: Layout, catalog: Catalog, options: list[tuple[str, int]], years: int) -> None:
    """Add the sheet Audit.

    Args:
        layout: the workbook; the other sheets may follow.
        catalog: the tiers and GPUs, whose record sheets the audit reads.
        options: deployment and slot of each option.
        years: largest number of years.
    """
    pick = layout.pick
    sheet = start(
        layout,
        "audit",
        ("复核", "Audit"),
        "calculation",
        (
            "用普通 Excel 公式重算每个总计，不用加载项函数",
            "Every total rebuilt with plain Excel formulas, without the add-in's functions",
        ),
        ("见“单位”列；总计为所选币种的元", "see the column Unit; totals in the chosen currency"),
    )
    widths(sheet, 30, 17, 16, 54, *([15] * max(years, 5)))
    sheet.freeze = (5, 2)
    _names(layout, catalog)
    row = _summary(layout, sheet, options)
    row = _tiers(layout, sheet, catalog, row + 2)
    row = _years(layout, sheet, years, row)
    for profile, _ in PROFILES:
        row = _accounting(layout, sheet, profile, years, row)
        for deployment, slot in options:
            block = Block(layout, sheet, f"audit.{profile}.{deployment}.{slot}", profile, years, row)
            label = DEPLOYMENT_LABELS[deployment]
            block.title(label, what_formula(deployment, slot), profile_label(layout, profile))
            if deployment == "api":
                _api(block, slot)
            elif deployment == "rent":
                _rent(block, slot)
            else:
                tiers = [tier["item"] for tier in catalog.tables["tiers"].rows]
                own_block(block, slot, tiers)
            row = block.row
    layout.put(
        sheet,
        5,
        1,
        pick(
            "逐步可查：每步一行，每年一列；年数以外的年份记 0。",
            "One row a step, one column a year; years beyond the chosen number count 0.",
        ),
        "Subtitle",
    )


def audit_checks(layout: Layout, options: list[tuple[str, int]]) -> list[tuple[str, str]]:
    """Return the checks that the functions' totals and the audit's agree, as relative differences.

    Args:
        layout: the workbook, for its language.
        options: deployment and slot of each option.
    """
    found = []
    for profile, _ in PROFILES:
        for deployment, slot in options:
            stem = f"{profile}.{deployment}.{slot}"
            label = layout.pick(
                f"{profile_label(layout, profile)} {deployment} {slot}：LLM_TCO = 复核",
                f"{profile_label(layout, profile)} {deployment} {slot}: LLM_TCO = Audit",
            )
            audit = f"{{audit.{stem}.total}}"
            found.append((label, f"({{compare.{stem}.total}}-{audit})/MAX(1,ABS({audit}))"))
    return found


def _names(layout: Layout, catalog: Catalog) -> None:
    """Name the ranges of other sheets that the audit looks up in."""
    keys = [key for key in register() if f"given.published.{key}" in layout.places]
    layout.name("list_assumption_names", f"name.{keys[0]}", f"name.{keys[-1]}")
    for profile, _ in PROFILES:
        layout.name(f"list_given_{profile}", f"given.{profile}.{keys[0]}", f"given.{profile}.{keys[-1]}")
    gpus = [row["item"] for row in catalog.tables["gpus"].rows]
    layout.name("list_gpus", f"gpus.{gpus[0]}.item", f"gpus.{gpus[-1]}.item")
    layout.name("list_gpu_power", f"gpus.{gpus[0]}.tdp_w", f"gpus.{gpus[-1]}.tdp_w")


def _summary(layout: Layout, sheet: Sheet, options: list[tuple[str, int]]) -> int:
    """Write the totals that the blocks below arrive at."""
    pick = layout.pick
    header(
        layout,
        sheet,
        [
            pick("总计（复核）", "Totals (audit)"),
            *(profile_label(layout, profile) for profile, _ in PROFILES),
            pick("对象", "What"),
        ],
    )
    row = HEADER_ROW
    for deployment, slot in options:
        row += 1
        layout.put(sheet, row, LABEL, f"{pick(*DEPLOYMENT_LABELS[deployment])} {slot}", "Text")
        for column, (profile, _) in enumerate(PROFILES, start=VALUE):
            layout.formula(
                sheet, row, column, f"={{audit.{profile}.{deployment}.{slot}.total}}", "Output", styles.MONEY
            )
        layout.formula(sheet, row, NOTE, what_formula(deployment, slot), "Calculation", styles.TEXT)
    return row


def _tiers(layout: Layout, sheet: Sheet, catalog: Catalog, row: int) -> int:
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
    for row, tier in enumerate((each["item"] for each in catalog.tables["tiers"].rows), start=row + 1):  # noqa: B007, PLR1704 - the last row is returned
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


def _years(layout: Layout, sheet: Sheet, years: int, row: int) -> int:
    """Write what a year's number alone decides, and the hours of a year."""
    block = Block(layout, sheet, "audit.all", "all", years, row + 1)
    block.head_years(("年份", "Years"))
    place = block.row
    letters = [column_letters(FIRST_YEAR + year) for year in range(years)]
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


def _accounting(layout: Layout, sheet: Sheet, profile: str, years: int, row: int) -> int:
    """Write an accounting's assumptions, and what follows from them alone."""
    block = Block(layout, sheet, f"audit.{profile}", profile, years, row + 2)
    layout.put(sheet, block.row, LABEL, profile_label(layout, profile), "Section")
    block.head(("假设", "Assumption"), ("已填写", "Typed"))
    for key in USED:
        _assumption(block, key)
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


def _assumption(block: Block, key: str) -> None:
    """Write an assumption in force, and whether a person typed it."""
    layout, assumption = block.layout, register()[key]
    place = layout.places[f"{block.profile}.{key}"]
    number = layout.sheets[place.sheet].cells[place.row, place.column].number_format
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
    layout.put(block.sheet, block.row, UNIT, assumption.unit, "Text")
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


def _grown(block: Block, rate: str) -> object:
    def text(year: int) -> str:
        number = f"{{audit.all.year.{year}}}"
        return f"=IF({number}=1,1,(1+{block.cell(rate)})^({number}-1))"

    return text


def _api(block: Block, slot: int) -> None:
    """Write an API's steps: tokens times prices, twelve bills a year, security in the first year."""
    cell, assumed = block.cell, block.assumed
    block.head_prices()
    block.price(
        "input",
        ("输入价", "Input price"),
        CNY_MTOK,
        ("未命中缓存的输入", "input that misses the cache"),
        f'in_api_{slot}&"/input"',
    )
    cached = f"COUNTIF(list_figure_keys,{{{block.stem}.cached.figure}})>0"
    block.price(
        "cached",
        ("缓存输入价", "Cached input price"),
        CNY_MTOK,
        ("未公布时为 0，下面按缓存价格比估算", "0 where none is published; then by the cached price ratio"),
        f'in_api_{slot}&"/input_cached"',
        cached,
    )
    block.price("output", ("输出价", "Output price"), CNY_MTOK, ("", ""), f'in_api_{slot}&"/output"')
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
        lambda year: f"={assumed('security_cost')}*{{audit.all.first.{year}}}",
    )
    block.yearly(
        "nominal",
        ("名义合计", "Nominal total"),
        CNY,
        ("以上两行之和", "sum of the two rows above"),
        lambda year: f"=SUM({block.span('usage', 'one_off', year)})",
    )
    block.total(outlay=False)


def _rent(block: Block, slot: int) -> None:
    """Write a rental's steps: reserved months, operators, and the first year's one-off costs."""
    cell, assumed = block.cell, block.assumed
    block.head_prices()
    block.price(
        "gpu_month",
        ("每 GPU 预留月租", "Reserved month of a GPU"),
        CNY_MONTH,
        ("整月预留，闲置也计费", "reserved: paid for, idle or not"),
        f'in_rent_gpu_{slot}&"/reserved_month"',
    )
    block.head_years(("计算步骤", "Step"))
    block.value(
        "month",
        ("月租", "Monthly rent"),
        CNY_MONTH,
        ("GPU 数 × 每 GPU 月租", "GPUs × reserved month"),
        f"=in_rent_count_{slot}*{cell('gpu_month')}",
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
        lambda year: f"={cell('staff_year')}*{{audit.all.counted.{year}}}",
    )
    block.yearly(
        "one_off",
        ("首年一次性", "First-year one-offs"),
        CNY,
        ("框架、数据、安全、备份", "framework, data, security, backup"),
        lambda year: f"={assumed('one_offs')}*{{audit.all.first.{year}}}",
    )
    block.yearly(
        "nominal",
        ("名义合计", "Nominal total"),
        CNY,
        ("以上三行之和", "sum of the three rows above"),
        lambda year: f"=SUM({block.span('usage', 'one_off', year)})",
    )
    block.total(outlay=False)
