"""The sheet Decision record: what Advice, Hybrid and Risk show, as figures that only the functions can compute.

The sheet Record check holds what they were computed for against what is in force, the totals of all options included,
so that each of these sheets says when they are those of other inputs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook import contract
from workbook.canvas import styles
from workbook.canvas.book_layout import HEADER_ROW, text_width
from workbook.canvas.frame import header, start, widths
from workbook.quote.options import SCENARIOS, of_scenario
from xlmodel.advice.answers import answers
from xlmodel.advice.record.advice import LINES
from xlmodel.advice.record.asked import Asked, read_options
from xlmodel.advice.record.made import made
from xlmodel.advice.words import QUESTIONS
from xlmodel.inputs.resolve import resolve
from xlmodel.inputs.workload import Workload

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from workbook.canvas.book_layout import Sheet
    from workbook.quote.context import QuoteContext
    from workbook.quote.options import Choice
    from xlmodel.advice.record.asked import Rows

# the accounting that decisions hold by
PROFILE = "full"
PLAIN = "#,##0.####"
# block -> its columns, label and format
_Column = tuple[tuple[str, str], str]
_NAME, _TOTAL, _SERVES = (
    (("方案", "Option"), styles.TEXT),
    (("总计", "Total"), styles.MONEY),
    (("能否承载", "Can it serve?"), styles.TEXT),
)
COLUMNS: dict[str, tuple[_Column, ...]] = {
    "totals": (_TOTAL,),
    "best": ((("成本最低者", "Least costly"), styles.TEXT), _TOTAL, (("次低者", "Runner-up"), styles.TEXT)),
    "spread": (
        (("十分位", "P10"), styles.MONEY), (("五十分位", "P50"), styles.MONEY), (("九十分位", "P90"), styles.MONEY),
        (("成本最低的概率", "Chance of costing least"), styles.PERCENT),
    ),
    "swings": (
        (("最左右成本的数字", "What moves it most"), styles.TEXT), (("单位", "Unit"), styles.TEXT),
        (("低端", "Low end"), PLAIN), (("高端", "High end"), PLAIN),
        (("低端时总计", "Total at the low end"), styles.MONEY), (("高端时总计", "Total at the high end"), styles.MONEY),
        (("到此值换方案", "The choice turns at"), PLAIN),
    ),
    "phases": (
        (("阶段", "Phase"), styles.TEXT), (("月数", "Months"), styles.WHOLE), (("部署代码", "Code"), styles.TEXT), _NAME,
        (("流量占比", "Share"), styles.PERCENT), (("日活", "Users"), styles.COUNT), (("费用", "Cost"), styles.MONEY), _SERVES,
    ),
    "throughout": (
        (("始终用一种，同样月数", "One option throughout"), styles.TEXT), (("费用", "Cost"), styles.MONEY), _SERVES,
    ),
    "switches": (
        (("从 API 切换到", "From the API to"), styles.TEXT), (("占比", "Share"), styles.PERCENT), (("最优月份", "Best month"), styles.WHOLE),
        (("此时总计", "Total then"), styles.MONEY), (("立即切换", "At once"), styles.MONEY), (("从不", "Never"), styles.MONEY),
    ),
    "base_loads": (
        (("基荷用硬件，峰值用 API", "Base load on hardware"), styles.TEXT), (("副本", "Copies"), styles.WHOLE), (("GPU", "GPUs"), styles.TEXT),
        (("承担 token 占比", "Share of the tokens"), styles.PERCENT), (("总计，折现", "Total, discounted"), styles.MONEY),
        (("只用 API", "API alone"), styles.MONEY),
    ),
    "advice_costs": (
        (("部署方式", "Deployment"), styles.TEXT), (("能承载的最便宜配置", "The least costly that serves"), styles.TEXT), _TOTAL,
        (("规则怎么说", "What the rules say"), styles.TEXT),
    ),
    "advice": (
        (("类别", "About"), styles.TEXT), (("内容", "What follows"), styles.TEXT), (("理由", "Why"), styles.TEXT),
        (("来源", "Source"), styles.TEXT),
    ),
}  # fmt: skip
# rows that a regeneration may fill, beyond those of the day
_LINES = {"advice": LINES}
# below a wrapped line
_ROW_HEIGHT = 30


def record_of(quote: QuoteContext) -> dict[str, Rows]:
    """Return the record of a quote, computed once."""
    if quote.record is None:
        quote.record = made(asked_of(quote))
    return quote.record


def record_table_sheet(quote: QuoteContext) -> None:
    """Add the sheet: what the record was computed for, then its blocks, figures all of them."""
    layout, pick = quote.layout, quote.layout.pick
    sheet = start(
        layout,
        "record_table",
        ("决策记录", "Decision record"),
        "catalog",
        (
            "建议、混合路径、风险三页的数字：制表时由函数算出；xlmodel regenerate 重新计算",
            "The figures of Advice, Hybrid and Risk, computed by the functions when this was made; xlmodel regenerate computes them again",
        ),
        (
            "所选币种的元；token/人/天；人/天",
            "units of the chosen currency; tokens a user and day; users a day",
        ),
    )
    widths(sheet, 34, 46, 40, 24, 18, 18, 20, 18)
    header(layout, sheet, [pick("输入", "Input"), pick("制表时", "As computed")])
    row = HEADER_ROW
    for label, value, name in basis(quote):
        row += 1
        layout.put(sheet, row, 1, label, "Text")
        number = styles.COUNT if isinstance(value, float) else styles.TEXT
        layout.put(sheet, row, 2, value, "Text", number, key=f"record.for.{name}")
    layout.name_range(contract.RECORD_FOR, sheet, (HEADER_ROW + 1, 2), (row, 2))
    for block, columns in COLUMNS.items():
        row = _block(quote, sheet, row + 2, block, columns)
    sheet.freeze = (HEADER_ROW + 1, 2)


def basis(quote: QuoteContext) -> Iterator[tuple[str, float | str | None, str]]:
    """Yield label, value and name of each input that the record is computed for; the answers are blank at first."""
    pick, asked = quote.layout.pick, asked_of(quote)
    use = asked.workload
    labels = [
        pick("日活用户", "Daily active users"), pick("输入 token", "Input tokens"), pick("输出 token", "Output tokens"),
        pick("年数", "Years"), pick("所测算的模型", "Model that is sized"),
    ]  # fmt: skip
    values: tuple[float | str, ...] = (
        use.dau, use.input_tokens, use.output_tokens, float(asked.years), asked.model,
    )  # fmt: skip
    yield from zip(labels, values, contract.RECORD_BASIS, strict=True)
    for question in answers():
        yield pick(*QUESTIONS[question]), None, f"in_ask_{question}"


def view(quote: QuoteContext, sheet: Sheet, corner: tuple[int, int], block: str) -> int:
    """Show a block of the record by links, its headings first, each with the key `block.line.column`; return the last row.

    Args:
        quote: the quote.
        sheet: the sheet.
        corner: row of the headings, and the first column.
        block: of COLUMNS; each of its cells holds something.
    """
    layout, (top, left) = quote.layout, corner
    columns = COLUMNS[block]
    header(layout, sheet, [layout.pick(*label) for label, _ in columns], row=top, column=left)
    sheet.heights[top] = _ROW_HEIGHT
    rows = record_of(quote)[block]
    for line, row in enumerate(rows, start=1):
        for column, (value, (_, number)) in enumerate(zip(row, columns, strict=True), start=1):
            link = f"={{record.{block}.{line}.{column}}}"
            wrap = number == styles.TEXT
            key = f"{block}.{line}.{column}"
            layout.formula(
                sheet, top + line, left + column - 1, link, "Linked Cell", number, key=key, wrap=wrap
            )
            if wrap and text_width(str(value)) > sheet.widths.get(left + column - 1, 0):
                sheet.heights[top + line] = _ROW_HEIGHT
    return top + len(rows)


def _block(quote: QuoteContext, sheet: Sheet, top: int, block: str, columns: Sequence[_Column]) -> int:
    layout, rows = quote.layout, record_of(quote)[block]
    header(layout, sheet, [layout.pick(*label) for label, _ in columns], row=top)
    count = _LINES.get(block, len(rows))
    for line in range(1, count + 1):
        for column, (_, number) in enumerate(columns, start=1):
            value = rows[line - 1][column - 1] if line <= len(rows) else None
            key = f"record.{block}.{line}.{column}"
            wrap = number == styles.TEXT
            layout.put(sheet, top + line, column, value, "Text", number, key=key, wrap=wrap)
    layout.name_range(contract.RECORD[block], sheet, (top + 1, 1), (top + count, len(columns)))
    return top + count


def asked_of(quote: QuoteContext) -> Asked:
    """Return what the record of a quote is computed for: its request, or the scenario in force."""
    choice: Choice = quote.choice
    if quote.scenario in SCENARIOS:
        choice = of_scenario(quote.catalog, quote.scenario, choice)
    given = {
        key: value.get("full", value.get("published", "")) if isinstance(value, dict) else value
        for key, value in quote.request.assumptions.items()
    }
    told = {key: value for key, value in given.items() if value != ""}
    found = [
        *(("api", model) for model in choice.api_models),
        *(("rent", f"{count}×{gpu}") for gpu, count in choice.rent),
        *(("own", f"{own.gpus}×{own.gpu}" if own.gpu else own.tier) for own in choice.own),
    ]
    return Asked(
        quote.catalog,
        resolve(quote.catalog, {**told, "profile": PROFILE}),
        read_options(quote.catalog, found, choice.model),
        Workload(choice.dau, choice.input_tokens, choice.output_tokens),
        choice.years,
        choice.model,
        {},
        quote.layout.lang,
    )
