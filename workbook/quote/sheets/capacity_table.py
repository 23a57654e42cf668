"""The sheet Capacity table: what one copy of a model sustains on each GPU, as figures that native formulas read.

Sizing alone can know them. They hold for any number of users, at the lengths, limits, engine and format of weights of
the settings above the table; where what is typed leaves those settings, the sheets that read them say so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook import contract
from workbook.canvas import styles
from workbook.canvas.book_layout import HEADER_ROW
from workbook.canvas.frame import header, start, widths
from workbook.quote.options import SCENARIOS, of_scenario
from xlmodel.cost.capacity_table import SIZES, copies_of, table_gpus
from xlmodel.inputs.demand import demand
from xlmodel.inputs.resolve import resolve
from xlmodel.inputs.workload import Workload

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workbook.canvas.book_layout import Layout, Sheet
    from workbook.quote.context import QuoteContext
    from xlmodel.inputs.demand import Demand
    from xlmodel.inputs.model import Inputs

SETTING = ("prompt", "answer", *contract.COPY_SERVICE)
SETTING_FORMATS = (
    styles.COUNT, styles.COUNT, styles.PERCENT, styles.COUNT, styles.COUNT, styles.TEXT, styles.TEXT, styles.TEXT, styles.RATE,
    styles.COUNT,
)  # fmt: skip
_FIRST_SIZE = 5


def capacity_table_sheet(quote: QuoteContext) -> None:
    """Add the sheet: the settings, then a row for each setting, model and GPU."""
    layout = quote.layout
    pick = layout.pick
    sheet = start(
        layout,
        "capacity_table",
        ("承载表", "Capacity table"),
        "catalog",
        (
            "一个副本在各 GPU 上每秒输出多少 token：测算所得，与用户数无关；承载页的普通公式读取",
            "Output tokens a second that one copy sustains on each GPU: from sizing, for any number of users; native formulas read it",
        ),
        ("输出 token/s；空白为该卡数不能服务", "output token/s; blank: this number of cards does not serve"),
    )
    widths(sheet, 46, 20, 14, 14, *([11] * len(SIZES)))
    settings = settings_of(quote)
    row = _settings(layout, sheet, settings)
    top = row + 2
    labels = [
        pick("设置/模型/GPU", "Setting/model/GPU"), "GPU", pick("权重精度", "Weights"), pick("起步卡数，0 为装不下", "Starts on, 0: never"),
    ]  # fmt: skip
    header(layout, sheet, labels, row=top)
    for column, size in enumerate(SIZES, start=_FIRST_SIZE):
        layout.put(sheet, top, column, size, "Header", pick('0" 卡"', '0" GPU"'), key=f"copy.{size}")
    last = _FIRST_SIZE + len(SIZES) - 1
    gpus, models = table_gpus(quote.catalog), table_models(quote)
    row = top
    for number, (inputs, asked) in enumerate(settings, start=1):
        for model in models:
            for gpu in gpus:
                row += 1
                speeds, precision, fewest = copies_of(quote.catalog, inputs, model, gpu, asked)
                layout.put(sheet, row, 1, f"{number}/{model}/{gpu}", "Text", styles.TEXT)
                layout.put(sheet, row, 2, gpu, "Text", styles.TEXT)
                layout.put(sheet, row, 3, precision, "Text", styles.TEXT)
                layout.put(sheet, row, 4, fewest, "Text", styles.WHOLE)
                for column, size in enumerate(SIZES, start=_FIRST_SIZE):
                    if size in speeds:
                        layout.put(sheet, row, column, speeds[size], "Text", styles.ONE_DECIMAL)
    layout.name_range(contract.COPY_KEYS, sheet, (top + 1, 1), (row, 1))
    layout.name_range(contract.COPIES, sheet, (top + 1, _FIRST_SIZE), (row, last))
    layout.name_range("list_copy_gpus", sheet, (top, _FIRST_SIZE), (top, last))
    layout.name_range(contract.COPY_START, sheet, (top + 1, _FIRST_SIZE - 1), (row, _FIRST_SIZE - 1))
    sheet.freeze = (top + 1, 2)


def inputs_of(quote: QuoteContext) -> Inputs:
    """Return the assumptions of the quote in the accounting of the price lists."""
    given = {
        key: value.get("published", "") if isinstance(value, dict) else value
        for key, value in quote.request.assumptions.items()
    }
    return resolve(quote.catalog, {key: value for key, value in given.items() if value != ""})


def settings_of(quote: QuoteContext) -> list[tuple[Inputs, Demand]]:
    """Return what requests look like in the quote's own scenario, and in the built-in ones where that differs."""
    inputs = inputs_of(quote)
    choices = (
        quote.choice,
        *(of_scenario(quote.catalog, letter, quote.choice) for letter in SCENARIOS),
    )
    found: dict[tuple[float, float], Demand] = {}
    for choice in choices:
        asked = demand(Workload(1, choice.input_tokens, choice.output_tokens), inputs, 1)
        found.setdefault((asked.prompt_tokens, asked.answer_tokens), asked)
    return [(inputs, asked) for asked in found.values()]


def table_models(quote: QuoteContext) -> list[str]:
    """Return the models of the table: those of the quote and of its scenarios, and the examples of the size classes."""
    catalog = quote.catalog
    chosen = [of_scenario(catalog, letter, quote.choice).model for letter in SCENARIOS]
    examples = [
        catalog.names.find("open_model", name.strip())
        for row in catalog.tables["size_classes"].rows
        for name in row["example_models"].split(";")
    ]
    known = {row["item"] for row in catalog.tables["models"].rows if row["architecture_known"] == "yes"}
    return [each for each in dict.fromkeys((quote.choice.model, *chosen, *examples)) if each in known]


def _settings(layout: Layout, sheet: Sheet, settings: Iterable[tuple[Inputs, Demand]]) -> int:
    """Write what the table is sized for; return the last row."""
    pick = layout.pick
    labels = [
        pick("测算设置", "Sized for"), pick("提示 token", "Prompt tokens"), pick("回答 token", "Answer tokens"),
        pick("缓存命中", "Cache hits"), pick("TTFT 上限", "TTFT limit"), pick("TPOT 上限", "TPOT limit"),
        pick("引擎", "Engine"), pick("权重精度", "Weights"), pick("KV 缓存精度", "KV cache"), pick("实测速度系数", "Speed factor"),
        pick("网络 Gbit/s", "Network Gbit/s"),
    ]  # fmt: skip
    header(layout, sheet, labels)
    row = HEADER_ROW
    for number, (inputs, asked) in enumerate(settings, start=1):
        row += 1
        layout.put(sheet, row, 1, pick(f"设置 {number}", f"Setting {number}"), "Text")
        values = (
            asked.prompt_tokens,
            asked.answer_tokens,
            *(getattr(inputs, key) for key in contract.COPY_SERVICE),
        )
        for column, (name, value, shown) in enumerate(
            zip(SETTING, values, SETTING_FORMATS, strict=True), start=2
        ):
            layout.put(sheet, row, column, value, "Text", shown, key=f"setting.{number}.{name}")
    layout.name_range(contract.COPY_SETTINGS, sheet, (HEADER_ROW + 1, 2), (row, 1 + len(SETTING)))
    return row
