"""On the sheet Capacity: the GPUs that each rental and own option pays for, the users that they serve, the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from workbook.canvas import styles
from workbook.canvas.frame import header
from workbook.quote.wording import profile_label
from xlmodel.cost.capacity_table import SIZES
from xlmodel.grid import column_letters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbook.canvas.book_layout import Layout, Sheet
    from workbook.quote.context import QuoteContext
    from workbook.quote.options import Option

_TWO_LINES = 30
# relative: what the last digits of a division may differ by
SLACK = "1/1000/1000000"


class Column(NamedTuple):
    """A column of a table of options: its heading, the formula of an option's row, style, format and key."""

    label: tuple[str, str]
    text: str
    style: str = "Calculation"
    number: str = styles.TEXT
    key: str = ""


def verdicts(quote: QuoteContext, sheet: Sheet, top: int, options: Sequence[Option], profile: str) -> int:
    """Write the GPUs that are paid for, the users that they serve, and whether that is enough; return the last row.

    The state is 1 where the option serves the largest year, 0 where it does not, -1 where that was not judged. A demand
    that equals the capacity is served, whatever the last digit says.
    """
    layout = quote.layout
    title = tuple(f"{each} · {profile_label(layout, profile)}" for each in ("能否承载", "Can it serve?"))
    serves = layout.pick("能承载", "serves")
    for row, option in enumerate(options, start=top + 1):
        enough = f"AND(J{row}>0,K{row}-J{row}<=K{row}/1000/1000000)"
        short = option.ref("capacity", profile, "short")
        target = f"{{$capacity.{profile}.utilisation_target}}"
        peak = f"{{$demand.{profile}.peak_user}}"
        copies = option.key("capacity", profile, "copies")
        peaks = f"{{$demand.{profile}.peak.1:demand.{profile}.peak.{quote.years}}}"
        tokens = f"SUMPRODUCT(MAX({{{copies}.{SIZES[0]}:{copies}.{SIZES[-1]}}}*INDEX(list_copies,H{row},0)))"
        columns = (
            Column((title[0], title[1]), f"={option.ref('answer', 'label')}", "Linked Cell"),
            Column(("GPU", "GPU"), f"={_gpu(option)}", key="gpu"),
            Column(("GPU 数，至少", "GPUs, from"), f"={_count(option, 'list_tier_from')}", number=styles.WHOLE),
            Column(("GPU 数，至多", "GPUs, to"), f"={_count(option, 'list_tier_to')}", number=styles.WHOLE),
            Column(("付费的 GPU 数", "GPUs paid for"), f"=CHOOSE(in_estimate_number,C{row},INT(AVERAGE(C{row},D{row})),D{row})", number=styles.WHOLE, key="paid"),
            Column(("配置", "Configuration"), f'=E{row}&"×"&B{row}', key="config"),
            Column(("承载表的键", "Key in the table"), f'={{$capacity.setting}}&"/"&in_model&"/"&B{row}'),
            Column(("承载表的行", "Row of the table"), f"=IF(COUNTIF(list_copy_keys,G{row})=0,0,MATCH(G{row},list_copy_keys,0))", number=styles.WHOLE, key="place"),
            Column(("除备用外 token/s", "Token/s beside the reserve"), f"=IF(H{row}=0,0,{tokens})", number=styles.ONE_DECIMAL, key="tokens"),
            Column(("可承载日活", "Users it serves"), f'=IF(OR(H{row}=0,{peak}=0),"—",I{row}*{target}/{peak})', number=styles.COUNT, key="users"),
            Column(("最大年日活", "Users, largest year"), f"={{demand.{profile}.largest}}", number=styles.COUNT),
            Column(("判定码", "State"), f"=IF(ISNUMBER(J{row}),IF({enough},1,0),-1)", number=styles.WHOLE, key="state"),
            Column(("判定", "Verdict"), f'=IF(L{row}=1,"{serves}",IF(L{row}=0,{short},{{capacity.unknown}}))', "Output", key="verdict"),
            Column(("可承载高峰 token/s", "Peak token/s it serves"), f"=I{row}*{target}*(1+{SLACK})", number=styles.ONE_DECIMAL),
            Column(("承载不了的年数", "Years it does not serve"), f"=SUMPRODUCT(({peaks}>N{row})*1)", number=styles.WHOLE),
            Column(("每年都能承载", "Serves in every year"), f"=IF(L{row}=-1,-1,(I{row}>0)*(O{row}=0))", number=styles.WHOLE, key="yearly"),
        )  # fmt: skip
        write_row(layout, sheet, (top, row), columns, option.key("capacity", profile))
    return top + len(options)


def copies(layout: Layout, sheet: Sheet, top: int, options: Sequence[Option], profile: str) -> int:
    """Write how many copies beside the reserve the GPUs of each option hold, by the GPUs of a copy; return the last row."""
    label = (
        f"{layout.pick('除备用外的副本数', 'Copies beside the reserve')} · {profile_label(layout, profile)}"
    )
    header(layout, sheet, [label], row=top)
    for column, size in enumerate(SIZES, start=2):
        text = f"={{copy.{size}}}"
        layout.formula(sheet, top, column, text, "Output", layout.pick('0" 卡"', '0" GPU"'))
    for row, option in enumerate(options, start=top + 1):
        layout.formula(sheet, row, 1, f"={option.ref('answer', 'label')}", "Linked Cell", styles.TEXT)
        for column, size in enumerate(SIZES, start=2):
            held = f"INT({option.ref('capacity', profile, 'paid')}/{column_letters(column)}${top})"
            text = f"={held}-{{$capacity.{profile}.reserve_replicas}}"
            key = option.key("capacity", profile, "copies", size)
            layout.formula(sheet, row, column, text, "Calculation", styles.WHOLE, key=key)
    return top + len(options)


def write_row(
    layout: Layout, sheet: Sheet, rows: tuple[int, int], columns: Sequence[Column], stem: str
) -> None:
    """Write an option's row, and the headings above the first one.

    Args:
        layout: the workbook.
        sheet: the sheet.
        rows: of the headings, and of the option.
        columns: from the first on.
        stem: what the keys of the row begin with.
    """
    top, row = rows
    if row == top + 1:
        header(layout, sheet, [layout.pick(*column.label) for column in columns], row=top)
        sheet.heights[top] = 30
    for place, column in enumerate(columns, start=1):
        key = f"{stem}.{column.key}" if column.key else ""
        wrap = column.number == styles.TEXT and place > 1
        layout.formula(sheet, row, place, column.text, column.style, column.number, key=key, wrap=wrap)
    sheet.heights[row] = _TWO_LINES


def _gpu(option: Option) -> str:
    """Return the formula of an option's GPU: a tier's where no other is filled in."""
    gpu = option.input("gpu")
    if option.deployment == "rent":
        return gpu
    return f'IF({gpu}="",INDEX(list_tier_gpu,MATCH({option.input("tier")},list_tier,0)),{gpu})'


def _count(option: Option, tiers: str) -> str:
    """Return the formula of an option's number of GPUs: a tier's from a list where no GPU is filled in."""
    count = option.input("count")
    if option.deployment == "rent":
        return count
    return f'IF({option.input("gpu")}="",INDEX({tiers},MATCH({option.input("tier")},list_tier,0)),{count})'
