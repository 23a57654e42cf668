"""The sheet Inputs: scenario selector, workload and options, finance switches, assumptions in two accountings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook import styles
from workbook.layout import HEADER_ROW, Place, Validation
from workbook.plan import SCENARIOS, Choice, of_request, of_scenario
from workbook.sheets.catalog_sheets import figure_key
from workbook.sheets.frame import header, start, widths
from xlmodel.engine.values import column_letters
from xlmodel.inputs.register import ESTIMATES, Assumption, register

if TYPE_CHECKING:
    from collections.abc import Callable

    from workbook.layout import Layout, Sheet
    from workbook.request import QuoteRequest
    from xlmodel.catalog import Catalog

# set once a quote, above the assumptions; the variants of the two accountings carry them
SWITCHES = ("profile", "estimate", "currency")
CUSTOM = "custom"
_FIRST_SCENARIO_COLUMN = 4
_MOST = 1_000_000_000


def slots(choice: Choice) -> list[tuple[str, int]]:
    """Return the options of a quote as (deployment, slot from 1)."""
    return [
        *(("api", slot) for slot in range(1, len(choice.api_models) + 1)),
        *(("rent", slot) for slot in range(1, len(choice.rent) + 1)),
        *(("own", slot) for slot in range(1, len(choice.own) + 1)),
    ]


def inputs_sheet(layout: Layout, catalog: Catalog, request: QuoteRequest, scenario: str) -> Choice:
    """Add the sheet Inputs; return the request's options.

    Args:
        layout: the workbook.
        catalog: names for the lists, scenarios.
        request: values of the column `custom`, and the assumptions.
        scenario: the scenario in force: A, B, C or custom.
    """
    pick = layout.pick
    sheet = start(
        layout,
        "inputs",
        ("输入", "Inputs"),
        "inputs",
        ("全部可改的输入：黄色单元格", "Everything that can be changed: the yellow cells"),
        ("见“单位”列", "see the column Unit"),
    )
    widths(sheet, 36, 20, 17, 19, 19, 19, 19, 15, 15, 15, 20, 12, 56)
    custom = of_request(catalog, request)
    row = _switches(layout, sheet, request, scenario)
    row = _scenarios(layout, sheet, catalog, custom, row + 2)
    _assumptions(layout, sheet, catalog, request, row + 2)
    sheet.freeze = (5, 2)
    sheet.one_page = True
    layout.put(
        sheet,
        5,
        1,
        pick("黄色为可改；蓝绿色为链接；白色为计算。", "Yellow: change it. Green: a link. White: computed."),
        "Subtitle",
    )
    return custom


def custom_label(layout: Layout) -> str:
    """Return the name of the request's own scenario."""
    return layout.pick("本报价", "custom")


def _switches(layout: Layout, sheet: Sheet, request: QuoteRequest, scenario: str) -> int:
    pick = layout.pick
    labels = [
        pick("总控", "Switches"),
        pick("取值", "Value"),
        pick("单位", "Unit"),
        pick("可选", "Limits"),
        pick("来源", "Source"),
        pick("备注", "Note"),
    ]
    header(layout, sheet, labels)
    given = {key: value for key, value in request.assumptions.items() if key in SWITCHES}
    custom = custom_label(layout)
    rows = (
        ("in_scenario", pick("场景", "Scenario"), scenario if scenario in SCENARIOS else custom, "", f"{', '.join(SCENARIOS)}, {custom}", "cost-5", pick("本报价或文档的三个场景", "this quote, or the document's three scenarios")),
        ("in_estimate", pick("估计档", "Estimate"), _plain(given.get("estimate", "base")), "", ", ".join(ESTIMATES), "derived", pick("所有区间取低、中或高端", "which end of every range")),
        ("in_currency", pick("币种", "Currency"), _plain(given.get("currency", "CNY")), "", "CNY, USD", "derived", pick("结果的币种", "currency of the results")),
        ("in_gpu_opex", pick("每卡自有支出", "Own cost of a GPU"), 0, pick("元/月", "CNY/month"), f"0–{_MOST:,}", "assumed", pick("回本页：自有 GPU 每月的现金支出", "sheet Break-even: cash cost of an own GPU a month")),
        ("in_step", pick("回本曲线步长", "Step of the break-even curve"), 3, pick("月", "months"), "1–6", "assumed", pick("曲线共 20 步", "the curve has 20 steps")),
    )  # fmt: skip
    for row, (name, label, value, unit, limits, source, note) in enumerate(rows, start=HEADER_ROW + 1):
        layout.put(sheet, row, 1, label, "Text")
        layout.put(
            sheet, row, 2, value, "Input", styles.WHOLE if isinstance(value, int) else styles.TEXT, key=name
        )
        layout.name(name, name)
        for column, text in enumerate((unit, limits, source, note), start=3):
            layout.put(sheet, row, column, text, "Text" if column < 6 else "Note")  # noqa: PLR2004 - the note stands last
    _list(sheet, "B7", "list_scenario", layout)
    _list(sheet, "B8", "list_estimate", layout)
    _list(sheet, "B9", "list_currency", layout)
    message = pick("请输入不小于 0 的数", "A number of 0 or more, please")
    sheet.validations.append(Validation("B10", "decimal", "0", str(_MOST), message))
    sheet.validations.append(
        Validation(
            "B11", "whole", "1", "6", pick("请输入 1 到 6 的整数", "A whole number from 1 to 6, please")
        )
    )
    last = HEADER_ROW + len(rows)
    derived = (
        ("in_estimate_number", pick("估计档序号", "Number of the estimate"), "=MATCH(in_estimate,list_estimate,0)", styles.WHOLE),
        ("in_pub", pick("公布口径变体", "Variant of the published accounting"), '="profile=published; estimate="&in_estimate&"; currency="&in_currency', styles.TEXT),
        ("in_full", pick("完整口径变体", "Variant of the full accounting"), '="profile=full; estimate="&in_estimate&"; currency="&in_currency', styles.TEXT),
    )  # fmt: skip
    for row, (name, label, text, number) in enumerate(derived, start=last + 1):
        layout.put(sheet, row, 1, label, "Text")
        layout.formula(sheet, row, 2, text, "Calculation", number, key=name)
        layout.name(name, name)
    return last + len(derived)


def _plain(value: object) -> str:
    return str(value.get("published", "")) if isinstance(value, dict) else str(value)


def _list(sheet: Sheet, cells: str, name: str, layout: Layout) -> None:
    message = layout.pick("请从列表中选择", "Choose from the list, please")
    sheet.validations.append(Validation(cells, "list", f"={name}", "", message))


def _scenarios(layout: Layout, sheet: Sheet, catalog: Catalog, custom: Choice, top: int) -> int:
    pick = layout.pick
    columns = {CUSTOM: custom, **{letter: of_scenario(catalog, letter, custom) for letter in SCENARIOS}}
    labels = [
        pick("场景与方案", "Scenarios and options"),
        pick("生效值", "In force"),
        pick("单位", "Unit"),
        custom_label(layout),
        *SCENARIOS,
        pick("可选", "Limits"),
        pick("来源", "Source"),
        pick("备注", "Note"),
    ]
    header(layout, sheet, labels, row=top)
    first = _FIRST_SCENARIO_COLUMN
    letters = column_letters(first), column_letters(first + len(columns) - 1)
    head = f"${letters[0]}${top}:${letters[1]}${top}"
    users, tokens = pick("人/天", "users/day"), pick("token/人/天", "token/user/day")
    rows: list[tuple[str, str, str, str, Callable[[Choice], float | str] | None, str]] = [
        ("in_dau", pick("日活用户", "Daily active users"), users, styles.COUNT, lambda c: c.dau, f"0–{_MOST:,}"),
        ("in_input", pick("输入 token", "Input tokens"), tokens, styles.COUNT, lambda c: c.input_tokens, "0–1,000,000"),
        ("in_output", pick("输出 token", "Output tokens"), tokens, styles.COUNT, lambda c: c.output_tokens, "0–1,000,000"),
        ("in_years", pick("年数", "Years"), pick("年", "years"), styles.WHOLE, lambda c: c.years, f"1–{custom.years}"),
    ]  # fmt: skip
    for slot in range(1, len(custom.api_models) + 1):
        rows.append(
            (
                f"in_api_{slot}",
                pick(f"API 模型 {slot}", f"API model {slot}"),
                "",
                styles.TEXT,
                _api(slot),
                "list_api",
            )
        )
    for slot in range(1, len(custom.rent) + 1):
        rows.append(
            (
                f"in_rent_gpu_{slot}",
                pick(f"租赁 GPU {slot}", f"Rented GPU {slot}"),
                "",
                styles.TEXT,
                _rent(slot, 0),
                "list_rent_gpu",
            )
        )
        rows.append(
            (
                f"in_rent_count_{slot}",
                pick(f"租赁 GPU 数 {slot}", f"Rented GPUs {slot}"),
                "GPU",
                styles.WHOLE,
                _rent(slot, 1),
                "1–10000",
            )
        )
        rows.append(
            (f"in_rent_{slot}", pick(f"租赁配置 {slot}", f"Rental {slot}"), "", styles.TEXT, None, "")
        )
    for slot in range(1, len(custom.own) + 1):
        rows.append(
            (
                f"in_own_tier_{slot}",
                pick(f"自建规模 {slot}", f"Own tier {slot}"),
                "",
                styles.TEXT,
                _own(slot, "tier"),
                "list_tier",
            )
        )
        rows.append(
            (
                f"in_own_gpu_{slot}",
                pick(f"自建 GPU {slot}", f"Own GPU {slot}"),
                "",
                styles.TEXT,
                _own(slot, "gpu"),
                "list_own_gpu",
            )
        )
        rows.append(
            (
                f"in_own_count_{slot}",
                pick(f"自建 GPU 数 {slot}", f"Own GPUs {slot}"),
                "GPU",
                styles.WHOLE,
                _own(slot, "gpus"),
                "1–10000",
            )
        )
        rows.append((f"in_own_{slot}", pick(f"自建配置 {slot}", f"Own {slot}"), "", styles.TEXT, None, ""))
    for row, (name, label, unit, number, value, limits) in enumerate(rows, start=top + 1):
        layout.put(sheet, row, 1, label, "Text")
        block = f"${letters[0]}{row}:${letters[1]}{row}"
        text = f"=INDEX({block},MATCH(in_scenario,{head},0))"
        if name.startswith("in_own_gpu"):
            text += '&""'
        layout.formula(sheet, row, 2, text, "Calculation", number, key=name)
        layout.name(name, name)
        layout.put(sheet, row, 3, unit, "Text")
        after = first + len(columns)
        for column, (scenario, choice) in enumerate(columns.items(), start=first):
            key = f"{name}.{scenario}"
            if value is None:
                layout.formula(
                    sheet, row, column, _configuration(name, scenario), "Calculation", number, key=key
                )
            else:
                content = value(choice)
                layout.put(sheet, row, column, content if content != "" else None, "Input", number, key=key)
        if value is None:
            continue
        layout.put(
            sheet,
            row,
            after,
            pick("见列表", "see the list") if limits.startswith("list_") else limits,
            "Text",
        )
        layout.put(sheet, row, after + 1, "cost-5", "Text")
        layout.put(sheet, row, after + 2, _note_of(layout, name), "Note")
        _limit(layout, sheet, f"{letters[0]}{row}:{letters[1]}{row}", limits, name)
    return top + len(rows)


def _api(slot: int) -> Callable[[Choice], float | str]:
    return lambda choice: choice.api_models[slot - 1]


def _rent(slot: int, part: int) -> Callable[[Choice], float | str]:
    return lambda choice: choice.rent[slot - 1][part]


def _own(slot: int, part: str) -> Callable[[Choice], float | str]:
    return lambda choice: getattr(choice.own[slot - 1], part)


def _configuration(name: str, scenario: str) -> str:
    """Return the formula of what a rental or an own option runs on, in one scenario."""
    stem, _, slot = name.rpartition("_")
    text = f'{{{stem}_count_{slot}.{scenario}}}&"×"&{{{stem}_gpu_{slot}.{scenario}}}'
    if stem == "in_rent":
        return f"={text}"
    tier = f"INDEX(list_tier_label,MATCH({{{stem}_tier_{slot}.{scenario}}},list_tier,0))"
    return f'=IF({{{stem}_gpu_{slot}.{scenario}}}="",{tier},{text})'


def _note_of(layout: Layout, name: str) -> str:
    if name.startswith("in_own_gpu"):
        return layout.pick(
            "空白：按规模；填写：按 GPU 配置", "blank: the tier; filled: this GPU configuration"
        )
    if name.startswith("in_own_tier"):
        return layout.pick("自建 GPU 为空时采用", "used where the own GPU is blank")
    return (
        layout.pick("更多年数请重新生成报价", "for more years make a new quote") if name == "in_years" else ""
    )


def _limit(layout: Layout, sheet: Sheet, cells: str, limits: str, name: str) -> None:
    pick = layout.pick
    if limits.startswith("list_"):
        _list(sheet, cells, limits, layout)
        return
    low, _, high = limits.replace(",", "").partition("–")
    kind = "decimal" if name in {"in_dau", "in_input", "in_output"} else "whole"
    top = f"{float(high):.0f}"
    sheet.validations.append(
        Validation(
            cells,
            kind,
            low,
            top,
            pick(f"请输入 {low} 到 {top} 之间的数", f"A number from {low} to {top}, please"),
        )
    )


def _assumptions(layout: Layout, sheet: Sheet, catalog: Catalog, request: QuoteRequest, top: int) -> None:
    pick = layout.pick
    labels = [
        pick("名称", "Name"), pick("公布口径", "Published"), pick("完整口径", "Full"), pick("单位", "Unit"),
        pick("生效：公布", "In force: published"), pick("生效：完整", "In force: full"),
        pick("默认：公布", "Default: published"), pick("默认低", "Default low"), pick("默认中", "Default base"), pick("默认高", "Default high"),
        pick("可选", "Limits"), pick("来源", "Source"), pick("备注", "Note"),
    ]  # fmt: skip
    header(layout, sheet, labels, row=top)
    layout.places["assumptions.top"] = Place(sheet.key, top, 1)
    row = top
    for assumption in register().values():
        if assumption.key not in SWITCHES:
            row += 1
            _assumption_row(layout, sheet, assumption, row, request)
    layout.places["assumptions.bottom"] = Place(sheet.key, row, 3)
    layout.name("list_assumptions", "assumptions.top", "assumptions.bottom")


def _assumption_row(
    layout: Layout, sheet: Sheet, assumption: Assumption, row: int, request: QuoteRequest
) -> None:
    pick, key = layout.pick, assumption.key
    number = _format(assumption)
    layout.put(sheet, row, 1, pick(assumption.zh, assumption.en), "Text", key=f"name.{key}")
    given = request.assumptions.get(key)
    for column, profile in ((2, "published"), (3, "full")):
        value = given.get(profile) if isinstance(given, dict) else given
        layout.put(sheet, row, column, value, "Input", number, key=f"given.{profile}.{key}")
    layout.put(sheet, row, 4, assumption.unit, "Text")
    _defaults(layout, sheet, assumption, row, number)
    if assumption.type == "date":
        layout.formula(
            sheet,
            row,
            5,
            f'=IF({{given.published.{key}}}="","",{{given.published.{key}}})',
            "Calculation",
            number,
        )
        layout.formula(
            sheet, row, 6, f'=IF({{given.full.{key}}}="","",{{given.full.{key}}})', "Calculation", number
        )
    else:
        low, base, high = (f"{{default.{end}.{key}}}" for end in ESTIMATES)
        at = f"CHOOSE(in_estimate_number,{low},{base},{high})"
        published = f"IF({{default.published.{key}}}={base},{at},{{default.published.{key}}})"
        layout.formula(
            sheet,
            row,
            5,
            f'=IF({{given.published.{key}}}="",{published},{{given.published.{key}}})',
            "Calculation",
            number,
            key=f"published.{key}",
        )
        layout.formula(
            sheet,
            row,
            6,
            f'=IF({{given.full.{key}}}="",{at},{{given.full.{key}}})',
            "Calculation",
            number,
            key=f"full.{key}",
        )
    layout.put(sheet, row, 11, _limits(assumption), "Text")
    layout.put(sheet, row, 12, assumption.source, "Text")
    note = pick(assumption.help_zh, assumption.help_en)
    layout.put(sheet, row, 13, note, "Note", wrap=True)
    if assumption.minimum is not None and assumption.maximum is not None:
        kind = "whole" if assumption.type == "integer" else "decimal"
        message = pick(
            f"请输入 {_limits(assumption)} 之间的数", f"A number within {_limits(assumption)}, please"
        )
        low_text, high_text = (f"{limit:.10g}" for limit in (assumption.minimum, assumption.maximum))
        sheet.validations.append(Validation(f"B{row}:C{row}", kind, low_text, high_text, message))
    else:
        message = pick("请输入日期", "A date, please")
        sheet.validations.append(Validation(f"B{row}:C{row}", "date", "36526", "73050", message))


def _defaults(layout: Layout, sheet: Sheet, assumption: Assumption, row: int, number: str) -> None:
    key = assumption.key
    if assumption.type == "date":
        for column in range(7, 11):
            layout.put(sheet, row, column, None, "Text", number)
        return
    layout.put(sheet, row, 7, float(assumption.published), "Text", number, key=f"default.published.{key}")
    for column, end in enumerate(ESTIMATES, start=8):
        if assumption.figure:
            item, _, field = assumption.figure.partition("/")
            part = "value" if end == "base" else end
            link = figure_key(item, field, part)
            layout.formula(
                sheet, row, column, f"={{{link}}}", "Linked Cell", number, key=f"default.{end}.{key}"
            )
        else:
            layout.put(
                sheet,
                row,
                column,
                float(assumption.default("full", end)),
                "Text",
                number,
                key=f"default.{end}.{key}",
            )


def _format(assumption: Assumption) -> str:
    if assumption.type == "date":
        return "yyyy-mm-dd"
    if assumption.unit in {"share", "per year"}:
        return styles.PERCENT
    return (
        styles.MONEY
        if assumption.unit.startswith("CNY") and assumption.maximum and assumption.maximum >= _MOST
        else "#,##0.##"
    )


def _limits(assumption: Assumption) -> str:
    if assumption.minimum is None or assumption.maximum is None:
        return "YYYY-MM-DD"
    return f"{assumption.minimum:,.10g}–{assumption.maximum:,.10g}"
