"""On the sheet Capacity: the GPUs that each year needs of an option's GPU, and what it takes where its own are too few."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.canvas import styles
from workbook.canvas.frame import header
from workbook.quote.sheets.capacity_verdicts import Column, write_row
from workbook.quote.sheets.grid_block import LOADS
from workbook.quote.wording import profile_label
from xlmodel.cost.capacity_table import PLANNED_SIZES
from xlmodel.grid import column_letters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbook.canvas.book_layout import Layout, Sheet
    from workbook.quote.context import QuoteContext
    from workbook.quote.options import Option

_DASH = '"—"'
_FIRST_YEAR = 4


def gpus_by_year(quote: QuoteContext, sheet: Sheet, top: int, options: Sequence[Option], profile: str) -> int:
    """Write for each option the GPUs of each year by the size of a copy, and the fewest, also at other loads; return the last row.

    GPUs = (max(1, peak / (tokens a second of a copy × utilisation) rounded up) + reserve) × GPUs of a copy; an exact
    multiple of a copy takes none more, whatever the last digit of the division says.
    """
    layout, pick = quote.layout, quote.layout.pick
    target, reserve = (f"{{$capacity.{profile}.{key}}}" for key in ("utilisation_target", "reserve_replicas"))
    label = profile_label(layout, profile)
    shown = range(len(LOADS)) if quote.has("scenarios") else ()
    loads = [(_FIRST_YEAR + quote.years + place, place + 1) for place in shown]
    row = top - 1
    for option in options:
        row += 1
        title = pick(f"逐年所需 GPU 数 · {label}", f"GPUs that each year needs · {label}")
        header(
            layout,
            sheet,
            [
                title,
                pick("每副本 GPU 数", "GPUs of a copy"),
                pick("副本可用 token/s", "Usable token/s of a copy"),
            ],
            row=row,
        )
        for year in range(1, quote.years + 1):
            text = "=1" if year == 1 else f"={column_letters(_FIRST_YEAR + year - 2)}{row}+1"
            layout.formula(sheet, row, _FIRST_YEAR + year - 1, text, "Output", pick('"第"0"年"', '"Year "0'))
        for column, load in loads:
            text, style = f"={{grid.load.{load}}}", pick('"用量 × "0.0', '"load × "0.0')
            layout.formula(sheet, row, column, text, "Output", style)
        head, first = row, row + 1
        place = option.ref("capacity", profile, "place")
        for size in PLANNED_SIZES:
            row += 1
            layout.formula(sheet, row, 1, f"={option.ref('answer', 'label')}", "Linked Cell", styles.TEXT)
            layout.formula(sheet, row, 2, f"={{copy.{size}}}", "Linked Cell", styles.WHOLE)
            speed = f"INDEX(list_copies,{place},MATCH(B{row},list_copy_gpus,0))"
            text = f"=IF({place}=0,0,{speed}*{target.replace('$', '')})"
            layout.formula(sheet, row, 3, text, "Calculation", styles.ONE_DECIMAL)
            for year in range(1, quote.years + 1):
                letter = column_letters(_FIRST_YEAR + year - 1)
                peak = f"{{demand.{profile}.peak.{year}}}"
                copies = f"MAX(1,ROUNDUP({peak}/$C{row}*{{$capacity.exact}},0))"
                text = f"=IF(OR($C{row}=0,{letter}${head}>in_years),{_DASH},({copies}+{reserve})*$B{row})"
                layout.formula(sheet, row, _FIRST_YEAR + year - 1, text, "Calculation", styles.WHOLE)
            for column, _ in loads:
                peak = f"{{$demand.{profile}.peak}}*{column_letters(column)}${head}"
                copies = f"MAX(1,ROUNDUP({peak}/$C{row}*{{$capacity.exact}},0))"
                text = f"=IF($C{row}=0,{_DASH},({copies}+{reserve})*$B{row})"
                layout.formula(sheet, row, column, text, "Calculation", styles.WHOLE)
        row += 1
        layout.formula(sheet, row, 1, f"={option.ref('answer', 'label')}", "Linked Cell", styles.TEXT)
        layout.put(sheet, row, 2, pick("最少", "fewest"), "Text")
        stem = option.key("capacity", profile, "need")
        text = f"=MAX({{{stem}.1:{stem}.{quote.years}}})"
        layout.formula(sheet, row, 3, text, "Output", styles.WHOLE, key=stem)
        for year in range(1, quote.years + 1):
            letter = column_letters(_FIRST_YEAR + year - 1)
            text = f"=IF(COUNT({letter}{first}:{letter}{row - 1})=0,0,MIN({letter}{first}:{letter}{row - 1}))"
            layout.formula(
                sheet, row, _FIRST_YEAR + year - 1, text, "Output", styles.WHOLE, key=f"{stem}.{year}"
            )
        for column, load in loads:
            letter = column_letters(column)
            text = f"=IF(COUNT({letter}{first}:{letter}{row - 1})=0,{_DASH},MIN({letter}{first}:{letter}{row - 1}))"
            layout.formula(sheet, row, column, text, "Output", styles.WHOLE, key=f"{stem}.load.{load}")
        row += 1
    return row - 1


def needs(layout: Layout, sheet: Sheet, top: int, options: Sequence[Option], profile: str) -> int:
    """Write what each option that cannot serve takes: GPUs of the largest year, their cost, and why; return the last row."""
    pick = layout.pick
    title = tuple(
        f"{each} · {profile_label(layout, profile)}" for each in ("扩容到能承载", "Made large enough")
    )
    few = pick("承载不足", "too few GPUs")
    takes, never = pick("，需 ", ", needs "), pick("，多少张都不行", ", in any number")
    larger = pick("（扩容后）", " (made large enough)")
    for row, option in enumerate(options, start=top + 1):
        gpu, users, state, paid, place, need = (
            option.ref("capacity", profile, part)
            for part in ("gpu", "users", "state", "paid", "place", "need")
        )
        start = f"INDEX(list_copy_start,{place})"
        columns = (
            Column((title[0], title[1]), f"={option.ref('answer', 'label')}", "Linked Cell", key="name"),
            Column(("需要 GPU 数", "GPUs needed"), f"=IF(AND({state}=0,{need}>0),{need},{_DASH})", number=styles.WHOLE, key="needs"),
            Column(("所需配置", "What it needs"), f'=IF(ISNUMBER(B{row}),B{row}&"×"&{gpu},{_DASH})', key="needs_config"),
            Column(("扩容方案的总计", "Total of that hardware"), f"={option.ref('large', profile, 'priced')}", "Linked Cell", styles.MONEY),
            Column(("扩容后总计", "Total, made large enough"), f"=IF(ISNUMBER(B{row}),D{row},{_DASH})", "Output", styles.MONEY, "needs_total"),
            Column(("起步卡数", "Starts on"), f"=IF({place}=0,0,{start})", number=styles.WHOLE, key="starts"),
            Column(("一个用户也不能时", "Where it serves none"), f"=IF(AND(F{row}>0,F{row}<={paid}),{{capacity.none_left}},{{capacity.unfit}})"),
            Column(("不足之处", "What is short"), f'=IF({state}=0,IF(N({users})>0,"{few}",G{row}),{_DASH})', key="why"),
            Column(("判定用词", "In words"), f'=H{row}&IF(ISNUMBER(B{row}),"{takes}"&C{row},IF({state}=0,"{never}",""))', key="short"),
            Column(("对比时的对象", "What is compared"), f'=IF(ISNUMBER(E{row}),in_model&"@"&{gpu},{option.input()})', key="what"),
            Column(("对比时的名称", "Its name"), f'=IF(ISNUMBER(E{row}),C{row}&"{larger}",{option.input()})', key="what_name"),
        )  # fmt: skip
        write_row(layout, sheet, (top, row), columns, option.key("capacity", profile))
    return top + len(options)
