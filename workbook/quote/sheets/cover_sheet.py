"""The sheet Cover: who and when, the answer in one sentence, totals, the key chart, index and colour key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook import contract
from workbook.canvas import styles
from workbook.canvas.book_layout import text_width
from workbook.canvas.charts import Chart, ChartSeries
from workbook.canvas.frame import header, start, widths
from workbook.quote.wording import PROFILES, profile_label

if TYPE_CHECKING:
    from workbook.canvas.book_layout import Layout, Sheet
    from workbook.quote.context import BookContext, QuoteContext

ROLES = {
    "cover": ("封面", "cover"),
    "inputs": ("输入", "inputs"),
    "calculation": ("计算", "calculation"),
    "output": ("结果", "output"),
    "checks": ("检查", "checks"),
    "catalog": ("目录", "catalog"),
    "other": ("其他", "other"),
}


# letters of a line beside its label
_LINE = 120
_SIGNS = ("成本以正数表示，残值以负数表示。", "Signs: costs are positive, the residual value is negative.")


def cover_sheet(quote: QuoteContext) -> None:
    """Add the cover of a quote: one page that decides, and below it the index of the sheets."""
    layout = quote.layout
    sheet = start(
        layout,
        "cover",
        ("封面", "Cover"),
        "cover",
        (
            "选哪个方案、花多少、差多少、什么会改变结论",
            "Which option, what it costs, by how much, and what would change it",
        ),
        ("所选币种；1 万为 10,000", "the chosen currency"),
        ("大模型部署成本报价", "LLM deployment quote"),
    )
    widths(sheet, 34, 27, 27, 27, 27, 27)
    sheet.freeze = (5, 1)
    sheet.landscape, sheet.one_page = False, True
    pick = layout.pick
    row = _facts(quote, sheet, 6)
    row = _answer(quote, sheet, row + 2)
    row = _decision(quote, sheet, row + 2)
    row = _totals(quote, sheet, row + 2)
    row = _capacity(quote, sheet, row + 2)
    chart_row = row + 2
    last = len(quote.options)
    sheet.charts.append(
        Chart(
            kind="bar",
            title="answer.chart.title",
            value_axis="answer.axis",
            category_axis="",
            anchor=f"A{chart_row}",
            categories=("order.1.chart", f"order.{last}.chart"),
            series=tuple(
                ChartSeries(
                    f"answer.head.{profile}", f"order.1.{profile}.able", f"order.{last}.{profile}.able"
                )
                for profile, _ in PROFILES
            ),
            alt=pick(
                "柱形图：能承载需求的各方案总成本，两种口径",
                "Columns: total of each option that can serve, in both accountings",
            ),
            width_cm=33,
            height_cm=8,
        )
    )
    end = _closing(quote, sheet, chart_row + 17)
    sheet.print_rows = end
    top = _for_programs(quote, sheet, end + 2)
    quote.at_end(lambda: _index_and_key(layout, sheet, top + 2))


def plain_cover(book: BookContext, title: tuple[str, str], purpose: tuple[str, str]) -> None:
    """Add a cover without totals.

    Args:
        book: the workbook.
        title: zh and en.
        purpose: one sentence, zh and en.
    """
    layout, pick = book.layout, book.layout.pick
    units = ("无数字", "no numbers")
    sheet = start(layout, "cover", ("封面", "Cover"), "cover", purpose, units, title)
    layout.put(sheet, 6, 1, pick("日期", "Date"), "Plain")
    layout.put(sheet, 6, 2, book.date.isoformat(), "Plain", styles.TEXT)
    _edition(book, sheet, 7)
    layout.put(sheet, 8, 1, pick(*_SIGNS), "Subtitle")
    widths(sheet, 36, 24, 60)
    sheet.freeze = (5, 1)
    sheet.landscape, sheet.one_page = False, True
    book.at_end(lambda: _index_and_key(layout, sheet, 10))


def _facts(quote: QuoteContext, sheet: Sheet, row: int) -> int:
    """Write who and when, and the workload, in three pairs of columns; return the last row."""
    layout, pick = quote.layout, quote.layout.pick
    customer = _lines(quote.request.customer or pick("（未填写）", "(not given)"))
    layout.put(sheet, row, 1, pick("客户", "Customer"), "Plain")
    for line, text in enumerate(customer):
        layout.put(sheet, row + line, 2, text, "Plain", styles.TEXT)
    row += len(customer) - 1
    texts = (
        (1, 1, pick("报价编号", "Quote number"), quote.number, ""),
        (1, 2, pick("报价日期", "Date"), quote.date.isoformat(), "cover.date"),
        (2, 0, pick("有效期至", "Valid until"), quote.valid_until.isoformat(), ""),
    )
    for line, pair, label, value, key in texts:
        layout.put(sheet, row + line, 1 + 2 * pair, label, "Plain")
        layout.put(sheet, row + line, 2 + 2 * pair, value, "Plain", styles.TEXT, key=key)
    _edition(quote, sheet, row + 1)
    links = (
        (2, 1, pick("年数", "Years"), "=in_years", styles.WHOLE),
        (2, 2, pick("币种", "Currency"), "=in_currency", styles.TEXT),
        (3, 0, pick("日活用户", "Daily active users"), "=in_dau", styles.COUNT),
        (3, 1, pick("每人每天输入 token", "Input tokens a user, day"), "=in_input", styles.COUNT),
        (3, 2, pick("每人每天输出 token", "Output tokens a user, day"), "=in_output", styles.COUNT),
    )
    for line, pair, label, text, number in links:
        layout.put(sheet, row + line, 1 + 2 * pair, label, "Plain")
        layout.formula(sheet, row + line, 2 + 2 * pair, text, "Linked Cell", number)
    return row + 3


def _lines(text: str) -> list[str]:
    """Return a text in pieces that fit the page beside their label."""
    lines = [""]
    for letter in text:
        if text_width(lines[-1] + letter) > _LINE:
            lines.append("")
        lines[-1] += letter
    return lines


def _edition(book: BookContext, sheet: Sheet, row: int) -> None:
    """Write the catalog's edition where a regeneration finds it again."""
    layout = book.layout
    layout.put(sheet, row, 1, contract.EDITION.today(layout.lang)[0], "Plain")
    layout.put(sheet, row, 2, book.edition, "Plain", styles.TEXT)
    layout.name_range(contract.EDITION.name, sheet, (row, 2), (row, 2))


def _answer(quote: QuoteContext, sheet: Sheet, row: int) -> int:
    """Write the answer of each accounting, where they disagree that first, and why and on what it rests."""
    layout, pick = quote.layout, quote.layout.pick
    layout.put(sheet, row, 1, pick("结论", "The answer"), "Section")
    layout.formula(sheet, row, 2, "={answer.disagree}", "Plain", styles.TEXT)
    lead = PROFILES[0][0]
    for profile, _ in PROFILES:
        row += 1
        key = "out_answer" if profile == lead else ""
        layout.formula(sheet, row, 1, f"={{answer.{profile}}}", "Answer", styles.TEXT, key=key)
    keys = (
        f"decision.{lead}.why",
        *(("answer.models",) if quote.mixed else ()),
        "price_age.sentence",
        "answer.published_total",
        *(("answer.price_notes",) if quote.choice.api_models else ()),
    )
    for key in keys:
        row += 1
        layout.formula(sheet, row, 1, f"={{{key}}}", "Plain", styles.TEXT)
    return row


def _decision(quote: QuoteContext, sheet: Sheet, top: int) -> int:
    """Write what it costs and by how much it wins, and beside it what would change the answer."""
    layout, pick = quote.layout, quote.layout.pick
    names = [profile_label(layout, profile) for profile, _ in PROFILES]
    header(layout, sheet, [pick("花多少、差多少", "What it costs, by how much"), *names], row=top)
    costs = (
        ("answer", "best", pick("成本最低的方案", "Least costly"), styles.TEXT),
        ("answer", "total", pick("全部年数合计", "Total of all years"), styles.MONEY),
        ("band", "best", pick("其低至高，由函数计算", "Its low to high, by functions"), styles.TEXT),
        ("decision", "year1", pick("其中首年", "First year of it"), styles.MONEY),
        ("answer", "runner", pick("次低的方案", "Runner-up"), styles.TEXT),
        ("answer", "second", pick("次低的合计", "Its total"), styles.MONEY),
        ("band", "runner", pick("其低至高，由函数计算", "Its low to high, by functions"), styles.TEXT),
        ("answer", "margin", pick("比次低者少", "Below the runner-up"), styles.MONEY),
        ("decision", "per_mtok", pick("每百万 token", "Per million tokens"), styles.PER_MTOK),
    )
    several = len(quote.options) > 1
    against = {("answer", "runner"), ("answer", "second"), ("answer", "margin"), ("band", "runner")}
    shown = [
        cost
        for cost in costs
        if (cost[0] != "band" or quote.has("scenarios")) and (several or cost[:2] not in against)
    ]
    for row, (block, part, label, number) in enumerate(shown, start=top + 1):
        layout.put(sheet, row, 1, label, "Text")
        for column, (profile, _) in enumerate(PROFILES, start=2):
            text = f"={{{block}.{profile}.{part}}}"
            layout.formula(sheet, row, column, text, "Output", number, wrap=number == styles.TEXT)
    if several:
        _changes(quote, sheet, top, names)
    for line in range(top + 1, top + len(shown) + 1):
        sheet.heights[line] = 28
    return top + len(shown)


def _changes(quote: QuoteContext, sheet: Sheet, top: int, names: list[str]) -> None:
    """Write beside the costs what would change the answer; what no option of the quote can change is left out."""
    layout, pick = quote.layout, quote.layout.pick
    rented = any(option.deployment == "rent" for option in quote.options)
    changes = (
        *(
            (
                ("users", pick("日活用户达到", "Daily users reach"), styles.COUNT),
                ("price_shown", pick("API 单价变动", "The API's price moves by"), styles.CHANGE),
            )
            if quote.mixed
            else ()
        ),
        *((("rent_shown", pick("租金变动", "The rent moves by"), styles.CHANGE),) if rented else ()),
    )
    if not changes:
        return
    header(layout, sheet, [pick("什么会改变结论", "What would change it"), *names], row=top, column=4)
    row = top
    for name, label, number in changes:
        row += 1
        layout.put(sheet, row, 4, label, "Text")
        layout.put(sheet, row + 1, 4, pick("此后最低的是", "then least costly"), "Note")
        for column, (profile, _) in enumerate(PROFILES, start=5):
            layout.formula(sheet, row, column, f"={{decision.{profile}.{name}}}", "Output", number)
            text = f"={{decision.{profile}.{name.removesuffix('_shown')}_then}}"
            layout.formula(sheet, row + 1, column, text, "Linked Cell", styles.TEXT, wrap=True)
        row += 1


def _closing(quote: QuoteContext, sheet: Sheet, row: int) -> int:
    """Write what the numbers rest on, the next step and the line to sign; return the last row."""
    layout, pick = quote.layout, quote.layout.pick
    notes = (
        pick(
            "价目口径只计文档价目表所列；预算口径另计租赁的运维人员与首年一次性费用。做预算看预算口径。税价见输入页。",
            "Price-list cost counts what the price lists of the documents count; budget cost adds a rental's operator and first-year costs. Tax: sheet Inputs.",
        ),
        pick(
            "只有用量最大的一年也能承载的方案才参与排名。下一步：向供应商取得书面报价，按供应商清单核对，再签约。",
            "Only options that serve the largest year are ranked. Next: a written offer, the checklist for the vendor, then sign.",
        ),
        pick(*_SIGNS),
    )
    for line, note in enumerate(notes, start=row):
        layout.put(sheet, line, 1, note, "Subtitle")
    row += len(notes)
    layout.put(
        sheet,
        row,
        1,
        pick(
            "出具：__________________    批准：__________________    日期：______________",
            "Issued by: __________________    Approved by: __________________    Date: ______________",
        ),
        "Plain",
    )
    return row


def _for_programs(quote: QuoteContext, sheet: Sheet, row: int) -> int:
    """Write the cells that other programs read by their names; return the last row."""
    layout, pick, lead = quote.layout, quote.layout.pick, PROFILES[0][0]
    labels = [
        f"{pick('供程序读取', 'For programs')} · {profile_label(layout, lead)}",
        pick("币种", "Currency"), pick("总计", "Total"), pick("对象", "What"), pick("部署代码", "Code"),
    ]  # fmt: skip
    header(layout, sheet, labels, row=row)
    links = (
        (1, "best", styles.TEXT, ""), (3, "total", styles.MONEY, "out_total"),
        (4, "what", styles.TEXT, "out_what"), (5, "deployment", styles.TEXT, "out_deployment"),
    )  # fmt: skip
    for column, part, number, key in links:
        layout.formula(sheet, row + 1, column, f"={{answer.{lead}.{part}}}", "Linked Cell", number, key=key)
    layout.formula(sheet, row + 1, 2, "=in_currency", "Linked Cell", styles.TEXT)
    for name in contract.ANSWER_NAMES:
        layout.name(name, name)
    return row + 1


def _totals(quote: QuoteContext, sheet: Sheet, row: int) -> int:
    """Write what each option costs as quoted, those that serve by rank, the others below without one."""
    layout = quote.layout
    pick = layout.pick
    labels = [
        pick("方案，按所报配置", "Option, as quoted"),
        pick("币种", "Currency"),
        *(profile_label(layout, profile) for profile, _ in PROFILES),
        *(f"{pick('名次', 'Rank')} · {profile_label(layout, profile)}" for profile, _ in PROFILES),
    ]
    header(layout, sheet, labels, row=row)
    for place in range(1, len(quote.options) + 1):
        line = row + place
        layout.formula(sheet, line, 1, f"={{order.{place}.label}}", "Linked Cell", styles.TEXT)
        layout.formula(sheet, line, 2, "=in_currency", "Linked Cell", styles.TEXT)
        for column, (profile, _) in enumerate(PROFILES, start=3):
            text = f"={{order.{place}.{profile}}}"
            layout.formula(sheet, line, column, text, "Output", styles.MONEY)
            text = f"={{order.{place}.{profile}.rank}}"
            layout.formula(sheet, line, column + 2, text, "Output", styles.WHOLE)
    return row + len(quote.options)


def _capacity(quote: QuoteContext, sheet: Sheet, row: int) -> int:
    """Write whether each rental and own option serves, and what it costs when made large enough."""
    layout = quote.layout
    pick = layout.pick
    hardware = [option for option in quote.options if option.deployment != "api"]
    if not hardware:
        return row - 2
    (lead, _), (other, _) = PROFILES
    groups = (("可承载日活", "Users it serves"), ("判定", "Verdict"))
    labels = [
        pick("能否承载", "Can it serve?"),
        pick("付费配置", "GPUs paid for"),
        *(
            f"{pick(*words)} · {profile_label(layout, profile)}"
            for words in groups
            for profile, _ in PROFILES
        ),
    ]
    header(layout, sheet, labels, row=row)
    sheet.heights[row] = 30
    for line, option in enumerate(hardware, start=row + 1):
        cells = (
            (option.ref("answer", "label"), styles.TEXT),
            (option.ref("capacity", lead, "config"), styles.TEXT),
            (option.ref("capacity", lead, "users"), styles.COUNT),
            (option.ref("capacity", other, "users"), styles.COUNT),
            (option.ref("capacity", lead, "verdict"), styles.TEXT),
            (option.ref("capacity", other, "verdict"), styles.TEXT),
        )
        for column, (text, number) in enumerate(cells, start=1):
            wrap = number == styles.TEXT and column > 1
            layout.formula(sheet, line, column, f"={text}", "Linked Cell", number, wrap=wrap)
        sheet.heights[line] = 42
    return row + len(hardware)


def _index_and_key(layout: Layout, sheet: Sheet, row: int) -> None:
    """Write the index of all sheets, and the colour key below it."""
    _key(layout, sheet, _index(layout, sheet, row) + 2)


def _index(layout: Layout, sheet: Sheet, row: int) -> int:
    pick = layout.pick
    header(
        layout, sheet, [pick("工作表", "Sheet"), pick("角色", "Role"), pick("内容", "What it holds")], row=row
    )
    for each in layout.sheets.values():
        if each.key == sheet.key:
            continue
        row += 1
        layout.put(sheet, row, 1, each.name, "Text")
        sheet.links[row, 1] = each.key
        layout.put(sheet, row, 2, pick(*ROLES[each.role]), "Text")
        layout.put(sheet, row, 3, each.purpose.partition("：" if layout.lang == "zh" else ": ")[2], "Plain")
    return row


def _key(layout: Layout, sheet: Sheet, row: int) -> None:
    pick = layout.pick
    layout.put(sheet, row, 1, pick("颜色", "Colour key"), "Section")
    looks = (
        ("Input", pick("输入：可以更改", "Input: change it")),
        ("Calculation", pick("计算", "Calculation")),
        ("Linked Cell", pick("链接到别处", "Link to another cell")),
        ("Output", pick("结果", "Result")),
        ("Check Cell", pick("检查", "Check")),
    )
    for line, (style, text) in enumerate(looks, start=row + 1):
        layout.put(sheet, line, 1, text, style)
    note = pick(
        "锁定的单元格由公式计算；工作表保护无密码。",
        "Locked cells are computed; the sheets are protected without a password.",
    )
    layout.put(sheet, row + len(looks) + 2, 1, note, "Plain")
    honest = pick(
        "没有加载项也能用：改动黄色单元格，结论随之重算；函数由 xlmodel 提供，只作第二条路径的检查。",
        "Alive without the add-in: change a yellow cell and the answer follows. The functions of xlmodel are the second route, for the checks.",
    )
    layout.put(sheet, row + len(looks) + 3, 1, honest, "Plain")
