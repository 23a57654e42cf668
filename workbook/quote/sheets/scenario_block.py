"""The scenarios on the sheet Inputs: workload and options of this quote and of A, B, C, and those in force."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, cast

from workbook.canvas import styles
from workbook.canvas.book_layout import Validation
from workbook.canvas.frame import header, list_validation
from workbook.quote.options import SCENARIOS, Choice, of_scenario
from xlmodel.grid import column_letters

if TYPE_CHECKING:
    from collections.abc import Callable

    from workbook.canvas.book_layout import Layout, Sheet
    from workbook.quote.options import Option
    from xlmodel.catalog import Catalog

CUSTOM = "custom"
MOST = 1_000_000_000
_FIRST = 4
_COUNT = "1–10,000"
# names that do not change from release to release, beside the short ones that formulas use
FIXED_NAMES = {"in_input": "in_input_tokens", "in_output": "in_output_tokens"}


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of the scenarios.

    Args:
        name: defined name of the value in force.
        label: what the line is.
        unit: its unit.
        number: number format.
        limits: `low–high`, or the name of a list.
        value: a scenario's value; None where a formula joins the lines above.
        joined: that formula in a scenario.
        note: what the reader must know.
        whole: whether a number must be whole.
    """

    name: str
    label: str
    unit: str
    number: str
    limits: str
    value: Callable[[Choice], float | str] | None
    note: str = ""
    whole: bool = True
    joined: Callable[[str], str] | None = None


@dataclass(frozen=True, slots=True)
class _Pick:
    """Reads one part of an option in a slot: a position of a rental, a field of an own option."""

    options: str
    slot: int
    part: int | str = ""

    def __call__(self, choice: Choice) -> float | str:
        """Return the part in a scenario."""
        chosen = getattr(choice, self.options)[self.slot - 1]
        if isinstance(self.part, int):
            chosen = chosen[self.part]
        elif self.part:
            chosen = getattr(chosen, self.part)
        return cast("float | str", chosen)


def custom_label(layout: Layout) -> str:
    """Return the name of the request's own scenario."""
    return layout.pick("本报价", "custom")


def scenario_block(
    layout: Layout, sheet: Sheet, catalog: Catalog, custom: Choice, top: int, *, sized: bool
) -> int:
    """Write the lines from a row on, with the model to size where it is sized; return the last row."""
    pick = layout.pick
    columns = {CUSTOM: custom, **{letter: of_scenario(catalog, letter, custom) for letter in SCENARIOS}}
    labels = [
        pick("场景与方案", "Scenarios and options"), pick("生效值", "In force"), pick("单位", "Unit"),
        custom_label(layout), *SCENARIOS,
        pick("可选", "Limits"), pick("来源", "Source"), pick("备注", "Note"),
    ]  # fmt: skip
    header(layout, sheet, labels, row=top)
    rows = [*_workload(layout, custom), *(_sized(layout) if sized else []), *_options(layout, custom)]
    last_letter = column_letters(_FIRST + len(columns) - 1)
    head = f"${column_letters(_FIRST)}${top}:${last_letter}${top}"
    for number, row in enumerate(rows, start=top + 1):
        block = f"${column_letters(_FIRST)}{number}:${last_letter}{number}"
        text = f"=INDEX({block},MATCH(in_scenario,{head},0))"
        # a blank cell would be read as 0
        text += '&""' if row.name.startswith("in_own_gpu") else ""
        layout.put(sheet, number, 1, row.label, "Text")
        layout.formula(sheet, number, 2, text, "Calculation", row.number, key=row.name)
        layout.name(row.name, row.name)
        if row.name in FIXED_NAMES:
            layout.name(FIXED_NAMES[row.name], row.name)
        layout.put(sheet, number, 3, row.unit, "Text")
        for column, (scenario, choice) in enumerate(columns.items(), start=_FIRST):
            _value(layout, sheet, (number, column), row, (scenario, choice))
        if row.value is not None:
            _limits(layout, sheet, number, row, len(columns))
    return top + len(rows)


def _value(layout: Layout, sheet: Sheet, place: tuple[int, int], row: _Row, of: tuple[str, Choice]) -> None:
    scenario, choice = of
    key = f"{row.name}.{scenario}"
    if row.joined is not None:
        layout.formula(sheet, *place, row.joined(scenario), "Calculation", row.number, key=key)
    elif row.value is not None:
        content = row.value(choice)
        layout.put(sheet, *place, content if content != "" else None, "Input", row.number, key=key)


def _limits(layout: Layout, sheet: Sheet, number: int, row: _Row, columns: int) -> None:
    pick = layout.pick
    after = _FIRST + columns
    cells = f"{column_letters(_FIRST)}{number}:{column_letters(after - 1)}{number}"
    from_list = row.limits.startswith("list_")
    layout.put(sheet, number, after, pick("见列表", "see the list") if from_list else row.limits, "Text")
    layout.put(sheet, number, after + 1, "cost-5", "Text")
    layout.put(sheet, number, after + 2, row.note, "Note")
    if from_list:
        list_validation(layout, sheet, cells, row.limits)
        return
    low, _, high = row.limits.replace(",", "").partition("–")
    message = pick(f"请输入 {low} 到 {high} 之间的数", f"A number from {low} to {high}, please")
    sheet.validations.append(Validation(cells, "whole" if row.whole else "decimal", low, high, message))


def _workload(layout: Layout, custom: Choice) -> list[_Row]:
    pick = layout.pick
    users, tokens = pick("人/天", "users/day"), pick("token/人/天", "token/user/day")
    more = pick("更多年数请重新生成报价", "for more years make a new quote")
    million = "0–1,000,000"
    return [
        _Row("in_dau", pick("日活用户", "Daily active users"), users, styles.COUNT, f"0–{MOST:,}", lambda c: c.dau, whole=False),
        _Row("in_input", pick("输入 token", "Input tokens"), tokens, styles.COUNT, million, lambda c: c.input_tokens, whole=False),
        _Row("in_output", pick("输出 token", "Output tokens"), tokens, styles.COUNT, million, lambda c: c.output_tokens, whole=False),
        _Row("in_years", pick("年数", "Years"), pick("年", "years"), styles.WHOLE, f"1–{custom.years}", lambda c: c.years, more),
    ]  # fmt: skip


def _sized(layout: Layout) -> list[_Row]:
    pick = layout.pick
    return [
        _Row("in_model", pick("测算的开源模型", "Open model to size"), "", styles.TEXT, "list_model", lambda c: c.model),
    ]  # fmt: skip


def _options(layout: Layout, custom: Choice) -> list[_Row]:
    rows_of = {"api": _api_rows, "rent": _rent_rows, "own": _own_rows}
    return [row for option in custom.options for row in rows_of[option.deployment](layout, option)]


def _api_rows(layout: Layout, option: Option) -> list[_Row]:
    pick, slot = layout.pick, option.slot
    return [
        _Row(option.input(), pick(f"API 模型 {slot}", f"API model {slot}"), "", styles.TEXT, "list_api", _Pick("api_models", slot)),
    ]  # fmt: skip


def _rent_rows(layout: Layout, option: Option) -> list[_Row]:
    pick, slot = layout.pick, option.slot
    return [
        _Row(option.input("gpu"), pick(f"租赁 GPU {slot}", f"Rented GPU {slot}"), "", styles.TEXT, "list_rent_gpu", _Pick("rent", slot, 0)),
        _Row(option.input("count"), pick(f"租赁 GPU 数 {slot}", f"Rented GPUs {slot}"), "GPU", styles.WHOLE, _COUNT, _Pick("rent", slot, 1)),
        _Row(option.input(), pick(f"租赁配置 {slot}", f"Rental {slot}"), "", styles.TEXT, "", None, joined=partial(_rented, option)),
    ]  # fmt: skip


def _own_rows(layout: Layout, option: Option) -> list[_Row]:
    pick, slot = layout.pick, option.slot
    tier_note = pick("自建 GPU 为空时采用", "used where the own GPU is blank")
    gpu_note = pick("空白：按规模；填写：按 GPU 配置", "blank: the tier; filled: this GPU configuration")
    return [
        _Row(option.input("tier"), pick(f"自建规模 {slot}", f"Own tier {slot}"), "", styles.TEXT, "list_tier", _Pick("own", slot, "tier"), tier_note),
        _Row(option.input("gpu"), pick(f"自建 GPU {slot}", f"Own GPU {slot}"), "", styles.TEXT, "list_own_gpu", _Pick("own", slot, "gpu"), gpu_note),
        _Row(option.input("count"), pick(f"自建 GPU 数 {slot}", f"Own GPUs {slot}"), "GPU", styles.WHOLE, _COUNT, _Pick("own", slot, "gpus")),
        _Row(option.input(), pick(f"自建配置 {slot}", f"Own {slot}"), "", styles.TEXT, "", None, joined=partial(_owned, option)),
    ]  # fmt: skip


def _gpus(option: Option, scenario: str) -> str:
    return f'{{{option.input("count")}.{scenario}}}&"×"&{{{option.input("gpu")}.{scenario}}}'


def _rented(option: Option, scenario: str) -> str:
    """Return the formula of what a rental runs on, in one scenario."""
    return f"={_gpus(option, scenario)}"


def _owned(option: Option, scenario: str) -> str:
    """Return the formula of what an own option runs on, in one scenario: its tier, or the GPU that is filled in."""
    tier = f"INDEX(list_tier_label,MATCH({{{option.input('tier')}.{scenario}}},list_tier,0))"
    return f'=IF({{{option.input("gpu")}.{scenario}}}="",{tier},{_gpus(option, scenario)})'
