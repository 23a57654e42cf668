"""The sheet Capacity: the demand of each year, and whether each rental and own option can serve it.

Native formulas over the capacity table: what is typed moves the verdicts without our functions, and where the table
does not know what is typed, the sheet says what it was sized for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from workbook import contract
from workbook.canvas import styles
from workbook.canvas.book_layout import HEADER_ROW
from workbook.canvas.frame import header, start, widths
from workbook.quote.sheets.assumption_block import assumption_format, shown_assumptions
from workbook.quote.sheets.capacity_needs import gpus_by_year, needs
from workbook.quote.sheets.capacity_table import SETTING, SETTING_FORMATS, settings_of
from workbook.quote.sheets.capacity_verdicts import copies, verdicts
from workbook.quote.sheets.grid_block import LOADS
from workbook.quote.wording import PROFILES, profile_label
from xlmodel.cost.capacity_table import SIZES
from xlmodel.grid import column_letters

if TYPE_CHECKING:
    from collections.abc import Callable

    from workbook.canvas.book_layout import Layout, Sheet
    from workbook.quote.context import QuoteContext

# the assumptions that a capacity depends on, and those that the demand of a year depends on
LOAD = frozenset(
    {
        "cache_hit_rate", "retry_rate", "batch_share", "requests_per_user_day", "peak_to_average", "utilisation_target",
        "reserve_replicas", "speed_factor", "ttft_limit_ms", "tpot_limit_ms", "engine", "precision",
        "kv_precision", "network_gbit_s",
    }
)  # fmt: skip
DEMAND = ("days_per_month", "growth_rate", "discount_rate")
NATIVE = "native"
_COLUMNS = {"published": 2, "full": 3}
_FIRST_YEAR = 4


class _Line(NamedTuple):
    """A line of the demand: label, unit, formula of a year by its column's letters, format, total and its key."""

    label: tuple[str, str]
    unit: tuple[str, str]
    text: Callable[[str], str]
    number: str
    total: str = ""
    key: str = ""


def capacity_sheet(quote: QuoteContext) -> None:
    """Add the sheet Capacity; it reads the record sheet of tiers."""
    layout = quote.layout
    sheet = start(
        layout,
        "capacity",
        ("承载计算", "Capacity workings"),
        "calculation",
        (
            "逐年需求，以及各租赁与自建方案能否承载用量最大的一年",
            "The demand of each year, and whether each rental and own option serves the largest one",
        ),
        (
            "人/天；百万 token；所选币种的元；1 能承载，0 不能，-1 未能判断",
            "users a day; million tokens; the chosen currency; 1 serves, 0 does not, -1 not judged",
        ),
    )
    widths(
        sheet,
        40,
        28,
        20,
        18,
        20,
        24,
        44,
        30,
        38,
        40,
        20,
        14,
        44,
        *([14] * max(quote.years + len(LOADS), len(SIZES))),
    )
    for name, column in (("gpu", "gpu"), ("from", "gpus_low"), ("to", "gpus_high")):
        layout.name(f"list_tier_{name}", f"tiers.light.{column}", f"tiers.enterprise.{column}")
    row = _assumptions(quote, sheet, HEADER_ROW)
    row = _sized_for(quote, sheet, row + 2)
    row = _model(layout, sheet, row + 2)
    hardware = [option for option in quote.options if option.deployment != "api"]
    for profile, _ in PROFILES:
        row = _demand(quote, sheet, row + 3, profile)
        if hardware:
            row = verdicts(quote, sheet, row + 2, hardware, profile)
            row = copies(layout, sheet, row + 2, hardware, profile)
            row = gpus_by_year(quote, sheet, row + 2, hardware, profile)
            row = needs(layout, sheet, row + 2, hardware, profile)
    sheet.freeze = (HEADER_ROW, 2)
    sheet.one_page = True


def _assumptions(quote: QuoteContext, sheet: Sheet, top: int) -> int:
    """Link what a capacity depends on, and then what the demand does."""
    layout = quote.layout
    names = (profile_label(layout, profile) for profile, _ in PROFILES)
    header(layout, sheet, [layout.pick("承载所依据的假设", "What capacity rests on"), *names], row=top)
    shown = shown_assumptions(quote)
    load = [each for each in shown if each.key in LOAD]
    demand = [each for each in shown if each.key in DEMAND]
    for row, assumption in enumerate((*load, *demand), start=top + 1):
        key = assumption.key
        layout.formula(sheet, row, 1, f"={{name.{key}}}", "Linked Cell", styles.TEXT)
        for profile, column in _COLUMNS.items():
            at, text = f"capacity.{profile}.{key}", f"={{{profile}.{key}}}"
            layout.formula(sheet, row, column, text, "Linked Cell", assumption_format(assumption), key=at)
    return top + len(load) + len(demand)


def _sized_for(quote: QuoteContext, sheet: Sheet, top: int) -> int:
    """Write what requests look like, and which setting of the capacity table that is; return the last row."""
    layout, pick = quote.layout, quote.layout.pick
    header(layout, sheet, [pick("每次请求", "A request"), pick("数值", "Value")], row=top)
    requests = "{capacity.published.requests_per_user_day}"
    lengths = (
        ("prompt", pick("提示（token）", "Prompt (tokens)"), f"=MAX(1,in_input/{requests})"),
        (
            "answer",
            pick("回答（token）", "Answer (tokens)"),
            f"=IF(in_output=0,0,MAX(1,in_output/{requests}))",
        ),
    )
    for row, (name, label, text) in enumerate(lengths, start=top + 1):
        layout.put(sheet, row, 1, label, "Text")
        layout.formula(sheet, row, 2, text, "Calculation", styles.COUNT, key=f"capacity.{name}")
    head = top + len(lengths) + 2
    labels = [
        pick("承载表的设置", "Settings of the table"), pick("提示", "Prompt"), pick("回答", "Answer"), pick("缓存命中", "Cache hits"),
        pick("TTFT 上限", "TTFT limit"), pick("TPOT 上限", "TPOT limit"), pick("引擎", "Engine"), pick("权重精度", "Weights"), pick("KV 缓存精度", "KV cache"), pick("实测速度系数", "Speed factor"),
        pick("网络 Gbit/s", "Network Gbit/s"),
        pick("长度相符：1", "Same lengths: 1"), pick("全部相符：1", "All the same: 1"),
    ]  # fmt: skip
    header(layout, sheet, labels, row=head)
    numbers = SETTING_FORMATS
    letters = [column_letters(2 + index) for index in range(len(SETTING))]
    same_at, all_at = 2 + len(SETTING), 3 + len(SETTING)
    same, everything = column_letters(same_at), column_letters(all_at)
    count = len(settings_of(quote))
    head += 1
    layout.put(sheet, head, 1, pick("生效", "In force"), "Text")
    in_force = (
        "capacity.prompt",
        "capacity.answer",
        *(f"capacity.published.{key}" for key in contract.COPY_SERVICE),
    )
    for column, (source, shown) in enumerate(zip(in_force, numbers, strict=True), start=2):
        layout.formula(sheet, head, column, f"={{{source}}}", "Calculation", shown)
    layout.name_range(contract.COPY_IN_FORCE, sheet, (head, 2), (head, 1 + len(SETTING)))
    for number in range(1, count + 1):
        row = head + number
        layout.put(sheet, row, 1, pick(f"设置 {number}", f"Setting {number}"), "Text")
        for column, (name, shown) in enumerate(zip(SETTING, numbers, strict=True), start=2):
            layout.formula(sheet, row, column, f"={{setting.{number}.{name}}}", "Linked Cell", shown)
        text = f"=IF(AND(B{row}=B{head},C{row}=C{head}),1,0)"
        layout.formula(sheet, row, same_at, text, "Calculation", styles.WHOLE)
        others = ",".join(f"{letter}{row}={letter}{head}" for letter in letters[2:])
        text = f"=IF(AND({same}{row}=1,{others}),1,0)"
        layout.formula(sheet, row, all_at, text, "Calculation", styles.WHOLE)
    first, last = head + 1, head + count
    row = last + 1
    lengths_first = f'TEXT(B{first},"#,##0")&"/"&TEXT(C{first},"#,##0")'
    rows = (
        ("setting", pick("相符的设置", "Setting that is the same"), f"=IF(SUM({everything}{first}:{everything}{last})=0,0,MATCH(1,{everything}{first}:{everything}{last},0))", styles.WHOLE),
        ("lengths", pick("测算所按的长度", "Lengths it is sized for"), f"={lengths_first}", styles.TEXT),
        ("other_lengths", pick("长度超出时的说明", "Words on other lengths"), pick(f'="按 "&B{row + 1}&" token 测算：请重新生成"', f'="sized for "&B{row + 1}&" tokens: regenerate"'), styles.TEXT),
        ("other_settings", pick("设置超出时的说明", "Words on other settings"), pick('="按其他模型或设置测算：请重新生成"', '="sized for another model or other settings: regenerate"'), styles.TEXT),
        ("outside", pick("超出承载表时的说明", "Words outside the table"), f"=IF(SUM({same}{first}:{same}{last})=0,B{row + 2},B{row + 3})", styles.TEXT),
    )  # fmt: skip
    for line, (name, label, text, shown) in enumerate(rows, start=row):
        layout.put(sheet, line, 1, label, "Text")
        layout.formula(sheet, line, 2, text, "Calculation", shown, key=f"capacity.{name}")
    return row + len(rows) - 1


def _model(layout: Layout, sheet: Sheet, top: int) -> int:
    pick = layout.pick
    header(layout, sheet, [pick("模型", "The model"), pick("数值", "Value")], row=top)
    native, chosen = (
        "INDEX(list_model_precision,MATCH(in_model,list_model,0))",
        "{capacity.published.precision}",
    )
    precision = f'=IF({chosen}="{NATIVE}",{native},{chosen})'
    unfit = pick(" 权重与缓存装不下", " weights and cache do not fit")
    none_left = pick(
        "备用副本或时延上限之外没有余量", "nothing is left beside the reserve and latency limits"
    )
    no_output = pick("没有输出 token，未能判断", "no output tokens: not judged")
    rows = (
        ("model", pick("硬件上运行的模型", "Model on the hardware"), "=in_model", styles.TEXT),
        ("precision", pick("权重精度", "Format of the weights"), precision, styles.TEXT),
        ("context", pick("上下文（token）", "Context (tokens)"), "=MAX(ROUNDUP(in_input+in_output,0),1)", styles.COUNT),
        ("exact", pick("取整前的余地", "Slack before rounding up"), "=1-1/1000/1000000", "0.000000000"),
        ("unfit", pick("装不下时的说明", "Words where it does not fit"), f'={{capacity.precision}}&"{unfit}"', styles.TEXT),
        ("none_left", pick("没有余量时的说明", "Words where nothing is left"), f'="{none_left}"', styles.TEXT),
        ("unknown", pick("未能判断时的说明", "Words where it is not judged"), f'=IF(in_output=0,"{no_output}",{{capacity.outside}})', styles.TEXT),
    )  # fmt: skip
    for row, (name, label, text, number) in enumerate(rows, start=top + 1):
        layout.put(sheet, row, 1, label, "Text")
        layout.formula(sheet, row, 2, text, "Calculation", number, key=f"capacity.{name}")
    return top + len(rows)


def _demand(quote: QuoteContext, sheet: Sheet, top: int, profile: str) -> int:
    """Write users and tokens of each year, the largest year, and the million tokens of all years, discounted."""
    layout, years = quote.layout, quote.years
    pick = layout.pick
    title = f"{pick('需求', 'Demand')} · {profile_label(layout, profile)}"
    header(layout, sheet, [title, pick("单位", "Unit"), pick("最大或合计", "Largest or sum")], row=top)
    letters = [column_letters(_FIRST_YEAR + index) for index in range(years)]
    for index in range(years):
        text = f"={letters[index - 1]}{top}+1" if index else "=1"
        layout.formula(sheet, top, _FIRST_YEAR + index, text, "Output", pick('"第"0"年"', '"Year "0'))
    growth, days, rate = (
        f"{{$capacity.{profile}.{key}}}" for key in ("growth_rate", "days_per_month", "discount_rate")
    )
    retry, batch, ratio = (
        f"{{$capacity.{profile}.{key}}}" for key in ("retry_rate", "batch_share", "peak_to_average")
    )
    factor, users, tokens = top + 1, top + 2, top + 3
    layout.put(
        sheet,
        top - 1,
        1,
        pick(
            f"每位用户的高峰 token/s · {profile_label(layout, profile)}",
            f"Peak token/s of a user · {profile_label(layout, profile)}",
        ),
        "Text",
    )
    text = f"=in_output*(1+{retry})/(24*3600)*MAX(1,(1-{batch})*{ratio})".replace("{$", "{")
    layout.formula(sheet, top - 1, 2, text, "Calculation", "0.000000", key=f"demand.{profile}.peak_user")
    lines = (
        _Line(("用量系数", "Growth factor"), ("倍", "times"), lambda y: f"=IF({y}${top}=1,1,(1+{growth})^({y}${top}-1))", "0.0000"),
        _Line(("日活用户", "Daily active users"), ("人/天", "users/day"), lambda y: f"=IF({y}${top}>in_years,0,in_dau*{y}{factor})", styles.COUNT, "MAX", "largest"),
        _Line(("token，输入与输出", "Tokens, input and output"), ("百万", "million"), lambda y: f"={y}{users}*{days}*12*(in_input+in_output)/1000000", styles.COUNT, "SUM", "tokens"),
        _Line(("同上，按年末折现", "The same, discounted"), ("百万", "million"), lambda y: f"={y}{tokens}/(1+{rate})^{y}${top}", styles.COUNT, "SUM", "mtok"),
        _Line(("高峰输出 token/s", "Peak output token/s"), ("token/s", "token/s"), lambda y: f"={y}{users}*{{$demand.{profile}.peak_user}}", styles.ONE_DECIMAL, "MAX", "peak"),
    )  # fmt: skip
    for row, line in enumerate(lines, start=factor):
        layout.put(sheet, row, 1, pick(*line.label), "Text")
        layout.put(sheet, row, 2, pick(*line.unit), "Text")
        for column, letter in enumerate(letters, start=_FIRST_YEAR):
            key = f"demand.{profile}.{line.key}.{column - _FIRST_YEAR + 1}" if line.key else ""
            layout.formula(sheet, row, column, line.text(letter), "Calculation", line.number, key=key)
        if line.total:
            text = f"={line.total}({letters[0]}{row}:{letters[-1]}{row})"
            layout.formula(sheet, row, 3, text, "Output", line.number, key=f"demand.{profile}.{line.key}")
        else:
            layout.put(sheet, row, 3, None, "Output")
    basis = factor + len(lines)
    nominal, present = pick("名义值", "nominal"), pick("现值，年折现率 ", "present values at ")
    layout.put(sheet, basis, 1, pick("金额口径", "Basis of the amounts"), "Text")
    text = f'=IF({rate}=0,"{nominal}","{present}"&TEXT({rate},"0.0%"))'
    layout.formula(sheet, basis, 2, text, "Calculation", styles.TEXT, key=f"capacity.{profile}.basis")
    return basis
