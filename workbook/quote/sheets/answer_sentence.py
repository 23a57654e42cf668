"""The answer of an accounting step by step, on the sheet Detail, and the sentence on the models that are compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.canvas import styles
from workbook.canvas.frame import header
from workbook.quote.wording import profile_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbook.canvas.book_layout import Layout, Sheet
    from workbook.quote.options import Option

# key, label, formula, number format
_Line = tuple[str, str, str, str]
_HARDWARE = ("rent", "own")
# beside the notes, which run over the columns between
_SO_FAR = 12


def answer_sentence(layout: Layout, sheet: Sheet, options: Sequence[Option], top: int, profile: str) -> int:
    """Write the answer among the options that serve, ending in one sentence; return the last row.

    Where nothing serves, or a capacity was not judged, there is no answer, and the sentence says why.
    """
    pick = layout.pick
    title = f"{pick('结论', 'The answer')} · {profile_label(layout, profile)}"
    header(layout, sheet, [title, pick("数值", "Value")], row=top)
    hardware = [option for option in options if option.deployment in _HARDWARE]
    lines = [
        *_numbers(layout, options, profile),
        *(_larger(layout, hardware, profile) if hardware else []),
        *_words(layout, profile, hardware=bool(hardware)),
    ]
    for row, (name, label, text, number) in enumerate(lines, start=top + 1):
        layout.put(sheet, row, 1, label, "Text")
        key = f"answer.{profile}.{name}" if name else f"answer.{profile}"
        style = "Linked Cell" if text.startswith(("={capacity", "={demand")) else "Calculation"
        layout.formula(sheet, row, 2, text, style, number, key=key)
    return top + len(lines)


def _numbers(layout: Layout, options: Sequence[Option], profile: str) -> list[_Line]:
    pick, at = layout.pick, f"{{answer.{profile}.at}}"
    names = span(options, "answer", "label")
    codes, whats, states, ranked, failed = (
        span(options, "answer", profile, part) for part in ("code", "what", "state", "ranked", "failed")
    )
    orders = span(options, "answer", profile, "order")
    serving, unknown, least, second, margin = (
        f"{{answer.{profile}.{name}}}" for name in ("serving", "unknown", "least", "second", "margin")
    )
    return [
        ("serving", pick("能承载的方案数", "Options that serve"), f"=COUNT({ranked})", styles.WHOLE),
        ("unknown", pick("未能判断的方案数", "Options not judged"), f"=COUNTIF({states},-1)+SUM({failed})", styles.WHOLE),
        ("least", pick("最低总计", "Lowest total"), f"=IF({unknown}>0,0,MIN({ranked}))", styles.MONEY),
        ("at", pick("成本最低者的序号", "Place of the least costly"), f"=IF(OR({serving}=0,{unknown}>0),0,MATCH({least},{ranked},0))", styles.WHOLE),
        ("best", pick("成本最低的方案", "Least costly"), f'=IF({at}=0,"—",INDEX({names},{at}))', styles.TEXT),
        ("deployment", pick("其部署代码", "Code of its deployment"), f'=IF({at}=0,"—",INDEX({codes},{at}))', styles.TEXT),
        ("what", pick("其对象", "What it runs on"), f'=IF({at}=0,"—",INDEX({whats},{at}))', styles.TEXT),
        ("total", pick("其总计", "Its total"), f'=IF({at}=0,"—",{least})', styles.MONEY),
        ("tied", pick("并列的方案数", "Options at that total"), f"=COUNTIF({ranked},{least})", styles.WHOLE),
        ("levels", pick("并列者", "Level with it"), f"={options[-1].ref('answer', profile, 'level')}", styles.TEXT),
        ("most", pick("最高总计", "Highest total"), f"=IF({unknown}>0,0,MAX({ranked}))", styles.MONEY),
        ("second", pick("次低总计", "Runner-up's total"), f'=IF({serving}<1+1,"—",SMALL({ranked},1+1))', styles.MONEY),
        ("runner", pick("次低的方案", "Runner-up"), f'=IF({serving}<1+1,"—",INDEX({names},MATCH(1+1,{orders},0)))', styles.TEXT),
        ("runner_at", pick("次低者的序号", "Place of the runner-up"), f"=IF({serving}<1+1,0,MATCH(1+1,{orders},0))", styles.WHOLE),
        ("margin", pick("比次低者少", "Below the runner-up"), f"=IF(ISNUMBER({second}),{second}-{least},0)", styles.MONEY),
        ("more", pick("次低者贵", "Runner-up costs more"), f"=IF({least}=0,0,{margin}/{least})", styles.PERCENT),
    ]  # fmt: skip


def _larger(layout: Layout, hardware: Sequence[Option], profile: str) -> list[_Line]:
    """Return the lines on hardware that cannot serve as quoted, and would cost less than the answer if it could."""
    pick = layout.pick
    totals, names = (span(hardware, "answer", profile, part) for part in ("large", "large_name"))
    at, least, lowest, cheaper, amount, what = (
        f"{{answer.{profile}.{name}}}"
        for name in ("at", "least", "large", "cheaper", "large_amount", "large_what")
    )
    sentence = pick(
        f'=IF({cheaper}=1,"若改为 "&{what}&"，合计 "&{amount}&"，更低。","")',
        f'=IF({cheaper}=1,{what}&" would cost less: "&{amount}&".","")',
    )
    return [
        ("large", pick("扩容后的最低总计", "Lowest total, made large enough"), f"=MIN({totals})", styles.MONEY),
        ("cheaper", pick("低于上述最低总计：1 为是", "Below the lowest total: 1 = yes"), f"=IF(AND({at}>0,COUNT({totals})>0,{lowest}<{least}),1,0)", styles.WHOLE),
        ("large_what", pick("扩容后成本最低的方案", "Least costly, made large enough"), f'=IF({cheaper}=1,INDEX({names},MATCH({lowest},{totals},0)),"—")', styles.TEXT),
        ("large_amount", pick("扩容后金额", "Its amount"), _amount(layout, lowest, profile), styles.TEXT),
        ("large_words", pick("扩容句", "Sentence on it"), sentence, styles.TEXT),
    ]  # fmt: skip


def _words(layout: Layout, profile: str, *, hardware: bool) -> list[_Line]:
    pick, label = layout.pick, profile_label(layout, profile)
    at, best, tied, levels, runner, more, margin, serving, least, most = (
        f"{{answer.{profile}.{name}}}"
        for name in ("at", "best", "tied", "levels", "runner", "more", "margin", "serving", "least", "most")
    )
    amount, basis, level, ahead, start, middle, end, largest, why, none, large = (
        f"{{answer.{profile}.{name}}}"
        for name in ("amount", "basis", "level", "ahead", "start", "middle", "end", "largest", "why", "none", "large_words")
    )  # fmt: skip
    comma = len(pick("、", ", "))
    others = f"MID({levels},{'+'.join(['1'] * (comma + 1))},LEN({levels}))"
    # a text that began with a space would lose it in LibreOffice
    joined = pick(f"&{large}", f'&IF({large}="",""," ")&{large}')
    by, beyond = f'TEXT({more},"0.0%")', f"{{answer.{profile}.margin_amount}}"
    return [
        ("unit", pick("币种用字", "Word of the currency"), pick('=IF(in_currency="USD","美元","元")', "=in_currency"), styles.TEXT),
        ("basis", pick("金额口径", "Basis of the amounts"), f"={{capacity.{profile}.basis}}", styles.TEXT),
        ("largest", pick("最大年日活", "Users, largest year"), f"={{demand.{profile}.largest}}", styles.COUNT),
        ("why", pick("未判断的原因", "Why it was not judged"), "={capacity.unknown}", styles.TEXT),
        ("amount", pick("金额", "Amount"), _amount(layout, least, profile), styles.TEXT),
        ("level", pick("并列句", "Words on a tie"), pick(f'=IF({tied}>1,"（与 "&{others}&" 并列）","")', f'=IF({tied}>1,"(level with "&{others}&")","")'), styles.TEXT),
        ("start", pick("句首", "Start"), pick(f'="{label}：成本最低的是 "&{best}&{level}', f'="{label}: "&{best}&IF({tied}>1," ","")&{level}&" costs least"'), styles.TEXT),
        ("middle", pick("句中", "Middle"), pick(f'="，"&in_years&" 年合计 "&{amount}&"（"&{basis}&"）"', f'=": "&{amount}&" over "&in_years&" years ("&{basis}&")"'), styles.TEXT),
        ("margin_amount", pick("差额", "Amount of the margin"), _amount(layout, margin, profile), styles.TEXT),
        ("ahead", pick("与次低者相比", "Against the runner-up"), pick(f'="；次低的 "&{runner}&" 贵 "&{by}&"（多 "&{beyond}&"）。"', f'="; next "&{runner}&", "&{by}&" more ("&{beyond}&")."'), styles.TEXT),
        ("after", pick("并列或次低", "On a tie, or the runner-up"), pick(f'=IF({margin}=0,"。",{ahead})', f'=IF({margin}=0,".",{ahead})'), styles.TEXT),
        ("end", pick("句尾", "End"), pick(
            f'=IF({serving}=1,"，是唯一能承载的方案。",IF({most}={least},"，各方案相同。",{{answer.{profile}.after}}))',
            f'=IF({serving}=1,"; nothing else serves.",IF({most}={least},"; all cost the same.",{{answer.{profile}.after}}))',
        ), styles.TEXT),
        ("none", pick("无结论句", "Where there is none"), pick(
            f'="没有方案能承载 "&TEXT({largest},"#,##0")&" 日活，不给出结论。"',
            f'="no option serves "&TEXT({largest},"#,##0")&" daily users, so there is no answer."',
        ), styles.TEXT),
        ("refusal", pick("不给结论", "No answer"), pick(
            f'="{label}："&IF({{answer.{profile}.unknown}}>0,{why}&"，不给出结论。",{none})',
            f'="{label}: "&IF({{answer.{profile}.unknown}}>0,{why}&"; no answer.",{none})',
        ), styles.TEXT),
        ("", pick("整句", "Sentence"), f"=IF({at}=0,{{answer.{profile}.refusal}},{start}&{middle}&{end}{joined if hardware else ''})", styles.TEXT),
    ]  # fmt: skip


def price_notes(layout: Layout, sheet: Sheet, options: Sequence[Option], top: int) -> int:
    """Write what the catalog says on the price of an API model, in one sentence; return the last row."""
    pick = layout.pick
    models = [option for option in options if option.deployment == "api"]
    if not models:
        return top - 2
    header(
        layout, sheet, [pick("单价说明", "Notes on prices"), pick("目录所注", "Note of the catalog")], row=top
    )
    end = pick("。", ". ")
    for row, option in enumerate(models, start=top + 1):
        note = f"INDEX(list_api_price_note,MATCH({option.input()},list_api,0))"
        layout.formula(sheet, row, 1, f"={option.input()}", "Linked Cell", styles.TEXT)
        text = f'=SUBSTITUTE({note}&"{end}","—{end}","")'
        layout.formula(sheet, row, 2, text, "Calculation", styles.TEXT)
        so_far = f"=L{row - 1}&B{row}" if row > top + 1 else f"=B{row}"
        layout.formula(sheet, row, _SO_FAR, so_far, "Calculation", styles.TEXT)
    last = top + len(models) + 1
    layout.put(sheet, last, 1, pick("说明句", "Sentence on them"), "Text")
    layout.formula(sheet, last, 2, f"=L{last - 1}", "Calculation", styles.TEXT, key="answer.price_notes")
    return last


def different_models(layout: Layout, sheet: Sheet, options: Sequence[Option], top: int) -> int:
    """Write which API models are other models than the one on the hardware, ending in one sentence; return the last row."""
    pick = layout.pick
    models = [option for option in options if option.deployment == "api"]
    if len(models) in {0, len(options)}:
        return top - 2
    comma = pick("、", ", ")
    title = pick("模型是否相同", "Are the models the same?")
    header(
        layout, sheet, [title, pick("其开源权重", "Its open weights"), pick("不同者", "Different")], row=top
    )
    for row, option in enumerate(models, start=top + 1):
        weights = f"=INDEX(list_api_weights,MATCH({option.input()},list_api,0))"
        layout.formula(sheet, row, 1, f"={option.input()}", "Linked Cell", styles.TEXT)
        layout.formula(sheet, row, 2, weights, "Calculation", styles.TEXT)
        so_far = f"C{row - 1}&" if row > top + 1 else ""
        text = f'={so_far}IF(B{row}=in_model,"","{comma}"&A{row})'
        layout.formula(sheet, row, 3, text, "Calculation", styles.TEXT)
    last = top + len(models)
    listed = f"MID(B{last + 1},{'+'.join(['1'] * (len(comma) + 1))},LEN(B{last + 1}))"
    sentence = pick(
        f'="模型不同：API 为 "&B{last + 2}&"，硬件上为 "&in_model&"；只比成本，不比效果。"',
        f'="Different models: "&B{last + 2}&" by API, "&in_model&" on hardware; only costs compare."',
    )
    rows = (
        (pick("不同者相连", "Different ones, joined"), f"=C{last}", ""),
        (pick("不同的模型", "Different models"), f"={listed}", ""),
        (pick("模型不同句", "Sentence where they differ"), sentence, ""),
        (pick("模型句", "Sentence on the models"), f'=IF(B{last + 1}="","",B{last + 3})', "answer.models"),
    )
    for row, (label, text, key) in enumerate(rows, start=last + 1):
        layout.put(sheet, row, 1, label, "Text")
        layout.formula(sheet, row, 2, text, "Calculation", styles.TEXT, key=key)
    return last + len(rows)


def _amount(layout: Layout, cell: str, profile: str) -> str:
    unit = f"{{answer.{profile}.unit}}"
    if layout.lang == "zh":
        small, large = f'TEXT({cell},"#,##0")&" "', f'TEXT({cell}/10000,"#,##0.0")&" 万"'
        return f"=IF({cell}<10000,{small},{large})&{unit}"
    return f'=TEXT({cell},"#,##0")&" "&{unit}'


def span(options: Sequence[Option], block: str, *parts: str) -> str:
    """Return the reference to the cells of options below each other."""
    return f"{{{options[0].key(block, *parts)}:{options[-1].key(block, *parts)}}}"
