"""On the sheet Capacity: what each rental and own option serves, and what it takes where that is not enough.

A function that is missing never turns into a verdict: a number that was not computed is a dash, and the verdict says
in words that nothing was judged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from workbook.canvas import styles
from workbook.canvas.frame import header
from workbook.quote.wording import PROFILES, profile_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbook.canvas.book_layout import Layout, Sheet
    from workbook.quote.options import Option

_VARIANTS = dict(PROFILES)
_DASH = '"—"'
_TWO_LINES = 30


class _Column(NamedTuple):
    """A column of a table of options: its heading, the formula of an option's row, style, format and key."""

    label: tuple[str, str]
    text: str
    style: str = "Calculation"
    number: str = styles.TEXT
    key: str = ""


def verdicts(layout: Layout, sheet: Sheet, top: int, options: Sequence[Option], profile: str) -> int:
    """Write the GPUs that are paid for, the users that they serve, and whether that is enough; return the last row.

    The state is 1 where the option serves the largest year, 0 where it does not, -1 where that was not judged. A demand
    that equals the capacity is served, whatever the last digit says.
    """
    title = tuple(f"{each} · {profile_label(layout, profile)}" for each in ("能否承载", "Can it serve?"))
    serves = layout.pick("能承载", "serves")
    for row, option in enumerate(options, start=top + 1):
        capacity = f"LLM_CAPACITY(in_model,F{row},,in_input,in_output,list_load,,{_VARIANTS[profile]})"
        enough = f"AND(G{row}>0,H{row}-G{row}<=H{row}/1000/1000000)"
        short = option.ref("capacity", profile, "short")
        columns = (
            _Column((title[0], title[1]), f"={option.ref('answer', 'label')}", "Linked Cell"),
            _Column(("GPU", "GPU"), f"={_gpu(option)}", key="gpu"),
            _Column(("GPU 数，至少", "GPUs, from"), f"={_count(option, 'list_tier_from')}", number=styles.WHOLE),
            _Column(("GPU 数，至多", "GPUs, to"), f"={_count(option, 'list_tier_to')}", number=styles.WHOLE),
            _Column(("付费的 GPU 数", "GPUs paid for"), f"=CHOOSE(in_estimate_number,C{row},INT(AVERAGE(C{row},D{row})),D{row})", number=styles.WHOLE, key="paid"),
            _Column(("配置", "Configuration"), f'=E{row}&"×"&B{row}', key="config"),
            _Column(("可承载日活", "Users it serves"), f"=IFERROR(_xlfn.IFNA({capacity},0),{_DASH})", number=styles.COUNT, key="users"),
            _Column(("最大年日活", "Users, largest year"), f"={{demand.{profile}.largest}}", number=styles.COUNT),
            _Column(("判定码", "State"), f"=IF(ISNUMBER(G{row}),IF({enough},1,0),-1)", number=styles.WHOLE, key="state"),
            _Column(("判定", "Verdict"), f'=IF(I{row}=1,"{serves}",IF(I{row}=0,{short},{{capacity.unknown}}))', "Output", key="verdict"),
        )  # fmt: skip
        _write(layout, sheet, (top, row), columns, option.key("capacity", profile))
    return top + len(options)


def needs(layout: Layout, sheet: Sheet, top: int, options: Sequence[Option], profile: str) -> int:
    """Write what each option that cannot serve takes: GPUs of the largest year, their cost, and why; return the last row."""
    pick, variant = layout.pick, _VARIANTS[profile]
    title = tuple(
        f"{each} · {profile_label(layout, profile)}" for each in ("扩容到能承载", "Made large enough")
    )
    few = pick("承载不足", "too few GPUs")
    takes, never = pick("，需 ", ", needs "), pick("，多少张都不行", ", in any number")
    larger = pick("（扩容后）", " (made large enough)")
    for row, option in enumerate(options, start=top + 1):
        gpu, config, users, state = (
            option.ref("capacity", profile, part) for part in ("gpu", "config", "users", "state")
        )
        plan = (
            f"LLM_PLAN(in_model,{{demand.{profile}.largest}},,{gpu},in_input,in_output,list_load,,{variant})"
        )
        total = f'LLM_TCO("{option.deployment}",in_model&"@"&{gpu},in_dau,in_years,in_input,in_output,list_assumptions,list_figures,{variant})'
        fits = f"LLM_FITS(in_model,{{capacity.precision}},{config},{{capacity.context}})"
        columns = (
            _Column((title[0], title[1]), f"={option.ref('answer', 'label')}", "Linked Cell", key="name"),
            _Column(("此 GPU 有方案", "This GPU has a plan"), f"=IF({state}=0,IFERROR(IF(ISNA(INDEX({plan},1,1)),0,1),-1),{_DASH})", number=styles.WHOLE),
            _Column(("需要 GPU 数", "GPUs needed"), f"=IF(B{row}=1,IFERROR(INDEX({plan},1+1,1+1+1),{_DASH}),{_DASH})", number=styles.WHOLE, key="needs"),
            _Column(("所需配置", "What it needs"), f'=IF(ISNUMBER(C{row}),C{row}&"×"&{gpu},{_DASH})', key="needs_config"),
            _Column(("扩容后总计", "Total, made large enough"), f"=IF(ISNUMBER(C{row}),IFERROR({total},{_DASH}),{_DASH})", "Output", styles.MONEY, "needs_total"),
            _Column(("装得下", "Does it fit?"), f"=IF({state}=0,IF(N({users})>0,TRUE,IFERROR({fits},{_DASH})),{_DASH})", key="fits"),
            _Column(("一个用户也不能时", "Where it serves none"), f"=IF(F{row}=FALSE,{{capacity.unfit}},{{capacity.none_left}})"),
            _Column(("不足之处", "What is short"), f'=IF({state}=0,IF(N({users})>0,"{few}",G{row}),{_DASH})', key="why"),
            _Column(("判定用词", "In words"), f'=H{row}&IF(ISNUMBER(C{row}),"{takes}"&D{row},IF(B{row}=0,"{never}",""))', key="short"),
            _Column(("对比时的对象", "What is compared"), f'=IF(ISNUMBER(E{row}),in_model&"@"&{gpu},{option.input()})', key="what"),
            _Column(("对比时的名称", "Its name"), f'=IF(ISNUMBER(E{row}),D{row}&"{larger}",{option.input()})', key="what_name"),
        )  # fmt: skip
        _write(layout, sheet, (top, row), columns, option.key("capacity", profile))
    return top + len(options)


def _write(
    layout: Layout, sheet: Sheet, rows: tuple[int, int], columns: Sequence[_Column], stem: str
) -> None:
    """Write an option's row, and the headings above the first one."""
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
