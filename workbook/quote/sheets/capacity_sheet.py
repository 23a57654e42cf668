"""The sheet Capacity: the demand of each year, and whether each rental and own option can serve it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from workbook.canvas import styles
from workbook.canvas.book_layout import HEADER_ROW
from workbook.canvas.frame import header, start, widths
from workbook.quote.sheets.assumption_block import assumption_format, shown_assumptions
from workbook.quote.sheets.capacity_verdicts import needs, verdicts
from workbook.quote.wording import PROFILES, profile_label
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
        "kv_precision",
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
        ("承载", "Capacity"),
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
    widths(sheet, 34, 28, 20, 18, 18, 24, 30, 30, 38, 40, *([30] * max(quote.years - 7, 1)))
    for name, column in (("gpu", "gpu"), ("from", "gpus_low"), ("to", "gpus_high")):
        layout.name(f"list_tier_{name}", f"tiers.light.{column}", f"tiers.enterprise.{column}")
    row = _assumptions(quote, sheet, HEADER_ROW)
    row = _model(layout, sheet, row + 2)
    hardware = [option for option in quote.options if option.deployment != "api"]
    for profile, _ in PROFILES:
        row = _demand(quote, sheet, row + 2, profile)
        if hardware:
            row = verdicts(layout, sheet, row + 2, hardware, profile)
            row = needs(layout, sheet, row + 2, hardware, profile)
    sheet.freeze = (HEADER_ROW, 2)
    sheet.one_page = True


def _assumptions(quote: QuoteContext, sheet: Sheet, top: int) -> int:
    """Link what a capacity depends on, which `list_load` holds for LLM_CAPACITY, and then what the demand does."""
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
    layout.name_range("list_load", sheet, (top, 1), (top + len(load), max(_COLUMNS.values())))
    return top + len(load) + len(demand)


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
    no_functions = pick("函数未加载，未能判断", "functions not loaded: not judged")
    rows = (
        ("model", pick("硬件上运行的模型", "Model on the hardware"), "=in_model", styles.TEXT),
        ("precision", pick("权重精度", "Format of the weights"), precision, styles.TEXT),
        ("context", pick("上下文（token）", "Context (tokens)"), "=MAX(ROUNDUP(in_input+in_output,0),1)", styles.COUNT),
        ("unfit", pick("装不下时的说明", "Words where it does not fit"), f'={{capacity.precision}}&"{unfit}"', styles.TEXT),
        ("none_left", pick("没有余量时的说明", "Words where nothing is left"), f'="{none_left}"', styles.TEXT),
        ("unknown", pick("未能判断时的说明", "Words where it is not judged"), f'=IF(in_output=0,"{no_output}","{no_functions}")', styles.TEXT),
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
    factor, users, tokens = top + 1, top + 2, top + 3
    lines = (
        _Line(("用量系数", "Growth factor"), ("倍", "times"), lambda y: f"=IF({y}${top}=1,1,(1+{growth})^({y}${top}-1))", "0.0000"),
        _Line(("日活用户", "Daily active users"), ("人/天", "users/day"), lambda y: f"=IF({y}${top}>in_years,0,in_dau*{y}{factor})", styles.COUNT, "MAX", "largest"),
        _Line(("token，输入与输出", "Tokens, input and output"), ("百万", "million"), lambda y: f"={y}{users}*{days}*12*(in_input+in_output)/1000000", styles.COUNT, "SUM", "tokens"),
        _Line(("同上，按年末折现", "The same, discounted"), ("百万", "million"), lambda y: f"={y}{tokens}/(1+{rate})^{y}${top}", styles.COUNT, "SUM", "mtok"),
    )  # fmt: skip
    for row, line in enumerate(lines, start=factor):
        layout.put(sheet, row, 1, pick(*line.label), "Text")
        layout.put(sheet, row, 2, pick(*line.unit), "Text")
        for column, letter in enumerate(letters, start=_FIRST_YEAR):
            layout.formula(sheet, row, column, line.text(letter), "Calculation", line.number)
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
