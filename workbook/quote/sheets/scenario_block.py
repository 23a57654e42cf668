"""The scenarios on the sheet Inputs: workload and options of this quote and of A, B, C, and those in force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from workbook.canvas import styles
from workbook.canvas.book_layout import Validation
from workbook.canvas.frame import header, list_validation
from workbook.quote.options import SCENARIOS, Choice, of_scenario
from xlmodel.grid import column_letters

if TYPE_CHECKING:
    from collections.abc import Callable

    from workbook.canvas.book_layout import Layout, Sheet
    from xlmodel.catalog import Catalog

CUSTOM = "custom"
MOST = 1_000_000_000
_FIRST = 4


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


@dataclass(frozen=True, slots=True)
class _Pick:
    """Reads one part of an option in a slot: a position of a rental, a field of an own option."""

    options: str
    slot: int
    part: int | str = ""

    def __call__(self, choice: Choice) -> float | str:
        """Return the part in a scenario."""
        found = getattr(choice, self.options)[self.slot]
        if isinstance(self.part, int):
            found = found[self.part]
        elif self.part:
            found = getattr(found, self.part)
        return cast("float | str", found)


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
        layout.put(sheet, number, 3, row.unit, "Text")
        for column, (scenario, choice) in enumerate(columns.items(), start=_FIRST):
            _value(layout, sheet, (number, column), row, (scenario, choice))
        if row.value is not None:
            _limits(layout, sheet, number, row, len(columns))
    return top + len(rows)


def _value(layout: Layout, sheet: Sheet, place: tuple[int, int], row: _Row, of: tuple[str, Choice]) -> None:
    scenario, choice = of
    key = f"{row.name}.{scenario}"
    if row.value is None:
        layout.formula(sheet, *place, _configuration(row.name, scenario), "Calculation", row.number, key=key)
    else:
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
    pick = layout.pick
    count = "1–10,000"
    tier_note = pick("自建 GPU 为空时采用", "used where the own GPU is blank")
    gpu_note = pick("空白：按规模；填写：按 GPU 配置", "blank: the tier; filled: this GPU configuration")
    rows = []
    for i in range(len(custom.api_models)):
        n = i + 1
        rows.append(
            _Row(
                f"in_api_{n}",
                pick(f"API 模型 {n}", f"API model {n}"),
                "",
                styles.TEXT,
                "list_api",
                _Pick("api_models", i),
            )
        )
    for i in range(len(custom.rent)):
        n = i + 1
        rows += [
            _Row(
                f"in_rent_gpu_{n}",
                pick(f"租赁 GPU {n}", f"Rented GPU {n}"),
                "",
                styles.TEXT,
                "list_rent_gpu",
                _Pick("rent", i, 0),
            ),
            _Row(
                f"in_rent_count_{n}",
                pick(f"租赁 GPU 数 {n}", f"Rented GPUs {n}"),
                "GPU",
                styles.WHOLE,
                count,
                _Pick("rent", i, 1),
            ),
            _Row(f"in_rent_{n}", pick(f"租赁配置 {n}", f"Rental {n}"), "", styles.TEXT, "", None),
        ]
    for i in range(len(custom.own)):
        n = i + 1
        rows += [
            _Row(
                f"in_own_tier_{n}",
                pick(f"自建规模 {n}", f"Own tier {n}"),
                "",
                styles.TEXT,
                "list_tier",
                _Pick("own", i, "tier"),
                tier_note,
            ),
            _Row(
                f"in_own_gpu_{n}",
                pick(f"自建 GPU {n}", f"Own GPU {n}"),
                "",
                styles.TEXT,
                "list_own_gpu",
                _Pick("own", i, "gpu"),
                gpu_note,
            ),
            _Row(
                f"in_own_count_{n}",
                pick(f"自建 GPU 数 {n}", f"Own GPUs {n}"),
                "GPU",
                styles.WHOLE,
                count,
                _Pick("own", i, "gpus"),
            ),
            _Row(f"in_own_{n}", pick(f"自建配置 {n}", f"Own {n}"), "", styles.TEXT, "", None),
        ]
    return rows


def _configuration(name: str, scenario: str) -> str:
    """Return the formula of what a rental or an own option runs on, in one scenario."""
    stem, _, slot = name.rpartition("_")
    text = f'{{{stem}_count_{slot}.{scenario}}}&"×"&{{{stem}_gpu_{slot}.{scenario}}}'
    if stem == "in_rent":
        return f"={text}"
    tier = f"INDEX(list_tier_label,MATCH({{{stem}_tier_{slot}.{scenario}}},list_tier,0))"
    return f'=IF({{{stem}_gpu_{slot}.{scenario}}}="",{tier},{text})'
