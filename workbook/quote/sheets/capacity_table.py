"""The sheet Capacity table: what one copy of a model sustains on each GPU, as figures that native formulas read.

Sizing alone can know them. They hold for any number of users, at the lengths, limits, engine and format of weights of
the settings above the table; where what is typed leaves those settings, the sheets that read them say so.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from workbook.canvas import styles
from workbook.canvas.book_layout import HEADER_ROW
from workbook.canvas.frame import header, start, widths
from workbook.quote.options import SCENARIOS, of_scenario
from xlmodel.cost import sized
from xlmodel.errors import NotAvailableError
from xlmodel.inputs.demand import demand
from xlmodel.inputs.resolve import resolve
from xlmodel.inputs.workload import Workload
from xlmodel.sizing import LARGEST_COPY
from xlmodel.sizing.layout import MAX_GROUP, NODE, group_sizes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workbook.canvas.book_layout import Layout, Sheet
    from workbook.quote.context import QuoteContext
    from xlmodel.catalog import Catalog
    from xlmodel.inputs.demand import Demand
    from xlmodel.inputs.model import Inputs

# cards of a copy: those that span nodes count only where none within a node serves
SIZES = tuple(group_sizes(MAX_GROUP))
# the largest copy that hardware is made large enough with; named hardware may hold a larger one
PLANNED_SIZES = tuple(size for size in SIZES if size <= LARGEST_COPY)
# the assumptions that a copy's speed rests on; lengths come from the tokens and the requests a day
SERVICE_KEYS = ("cache_hit_rate", "ttft_limit_ms", "tpot_limit_ms", "engine", "precision")
SETTING = ("prompt", "answer", *SERVICE_KEYS)
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
                speeds, precision, fewest = copy_speeds(quote.catalog, inputs, model, gpu, asked)
                layout.put(sheet, row, 1, f"{number}/{model}/{gpu}", "Text", styles.TEXT)
                layout.put(sheet, row, 2, gpu, "Text", styles.TEXT)
                layout.put(sheet, row, 3, precision, "Text", styles.TEXT)
                layout.put(sheet, row, 4, fewest, "Text", styles.WHOLE)
                for column, size in enumerate(SIZES, start=_FIRST_SIZE):
                    if size in speeds:
                        layout.put(sheet, row, column, speeds[size], "Text", styles.ONE_DECIMAL)
    layout.name_range("list_copy_keys", sheet, (top + 1, 1), (row, 1))
    layout.name_range("list_copies", sheet, (top + 1, _FIRST_SIZE), (row, last))
    layout.name_range("list_copy_gpus", sheet, (top, _FIRST_SIZE), (top, last))
    layout.name_range("list_copy_start", sheet, (top + 1, _FIRST_SIZE - 1), (row, _FIRST_SIZE - 1))
    sheet.freeze = (top + 1, 2)


def settings_of(quote: QuoteContext) -> list[tuple[Inputs, Demand]]:
    """Return what requests look like in the quote's own scenario, and in the built-in ones where that differs."""
    given = {
        key: value.get("published", "") if isinstance(value, dict) else value
        for key, value in quote.request.assumptions.items()
    }
    inputs = resolve(quote.catalog, {key: value for key, value in given.items() if value != ""})
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


def table_gpus(catalog: Catalog) -> list[str]:
    """Return the GPUs that an option may name: those with a price to rent or buy, and those of the tiers."""
    tiers = {row["gpu"] for row in catalog.tables["tiers"].rows}
    return [
        gpu
        for row in catalog.tables["gpus"].rows
        if (gpu := row["item"]) in tiers or catalog.has(gpu, "reserved_month") or catalog.has(gpu, "purchase")
    ]


def copy_speeds(
    catalog: Catalog, inputs: Inputs, model: str, gpu: str, asked: Demand
) -> tuple[dict[int, float], str, int]:
    """Return output tokens a second of one copy by its cards, the format of its weights, and the fewest cards it starts on.

    Copies that span nodes are given only where none within a node serves. A request without output tokens, or one
    that the model or GPU cannot serve, has no speeds.
    """
    precision = sized.precision_of(catalog, inputs, model)
    if not asked.answer_tokens:
        return {}, precision, 0
    for largest in (NODE, MAX_GROUP):
        try:
            found = sized.copies(catalog, inputs, model, gpu, asked, largest=largest)
        except NotAvailableError:
            continue
        speeds = {each.gpus_per_replica: each.tokens_per_s for each in found}
        return speeds, found[0].precision, _fewest(catalog, inputs, model, gpu, asked, speeds)
    return {}, precision, _fewest(catalog, inputs, model, gpu, asked, {})


def _fewest(
    catalog: Catalog, inputs: Inputs, model: str, gpu: str, asked: Demand, speeds: Mapping[int, float]
) -> int:
    """Return the fewest cards on which a copy starts, whatever its latency; 0 where it never does."""
    if not (inputs.ttft_limit_ms or inputs.tpot_limit_ms):
        return min(speeds, default=0)
    free = replace(inputs, ttft_limit_ms=0, tpot_limit_ms=0)
    return min(copy_speeds(catalog, free, model, gpu, asked)[0], default=0)


def _settings(layout: Layout, sheet: Sheet, settings: Iterable[tuple[Inputs, Demand]]) -> int:
    """Write what the table is sized for; return the last row."""
    pick = layout.pick
    labels = [
        pick("测算设置", "Sized for"), pick("提示 token", "Prompt tokens"), pick("回答 token", "Answer tokens"),
        pick("缓存命中", "Cache hits"), pick("TTFT 上限", "TTFT limit"), pick("TPOT 上限", "TPOT limit"),
        pick("引擎", "Engine"), pick("权重精度", "Weights"),
    ]  # fmt: skip
    header(layout, sheet, labels)
    numbers = (
        styles.COUNT,
        styles.COUNT,
        styles.PERCENT,
        styles.COUNT,
        styles.COUNT,
        styles.TEXT,
        styles.TEXT,
    )
    row = HEADER_ROW
    for number, (inputs, asked) in enumerate(settings, start=1):
        row += 1
        layout.put(sheet, row, 1, pick(f"设置 {number}", f"Setting {number}"), "Text")
        values = (asked.prompt_tokens, asked.answer_tokens, *(getattr(inputs, key) for key in SERVICE_KEYS))
        for column, (name, value, shown) in enumerate(zip(SETTING, values, numbers, strict=True), start=2):
            layout.put(sheet, row, column, value, "Text", shown, key=f"setting.{number}.{name}")
    layout.name_range("list_copy_settings", sheet, (HEADER_ROW + 1, 2), (row, 1 + len(SETTING)))
    return row
