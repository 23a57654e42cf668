"""The total that the documents publish for the answer's own load and option, beside this quote's, on Answer workings."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from workbook.canvas import styles
from workbook.canvas.frame import header
from workbook.quote.options import of_scenario
from workbook.quote.wording import PROFILES

if TYPE_CHECKING:
    from workbook.canvas.book_layout import Sheet
    from workbook.quote.context import QuoteContext


class Claim(NamedTuple):
    """A published total that does not follow from its own load: key of load and option, total, and the reason."""

    key: str
    total_cny: float
    reason: str


def claims(quote: QuoteContext) -> list[Claim]:
    """Return the published totals of the scenarios to which the reconciliation gives a reason why they differ."""
    tables = quote.catalog.tables
    reasons = {row["item"]: row[f"reason_{quote.layout.lang}"] for row in tables["reconciliation"].rows}
    found = []
    for row in tables["published_scenarios"].rows:
        reason = reasons.get(row["item"], "")
        if row["period"] == "total" and row["value_cny"] and reason:
            of = of_scenario(quote.catalog, row["scenario"], quote.choice)
            load = (f"{number:g}" for number in (of.dau, of.input_tokens, of.output_tokens, of.years))
            key = "/".join((*load, "CNY", row["deployment"], row["what"]))
            found.append(Claim(key, float(row["value_cny"]), reason))
    return found


def published_block(quote: QuoteContext, sheet: Sheet, top: int) -> int:
    """Write the sentence, empty where the documents publish nothing for that load and option; return the last row."""
    layout, pick, lead = quote.layout, quote.layout.pick, PROFILES[0][0]
    header(layout, sheet, [pick("文档公布的合计", "Published total"), pick("数值", "Value")], row=top)
    load, key, place, amount, words = (f"B{top + line}" for line in range(1, 6))
    deployment, what, total = (f"{{answer.{lead}.{part}}}" for part in ("deployment", "what", "total"))
    unit = pick(" 元，本报价为 ", " CNY, this quote has ")
    start = pick("文档公布的同一方案为 ", "The documents publish ")
    found = f"IF(COUNTIF(list_published_key,{key})=0,0,MATCH({key},list_published_key,0))"
    amounts = f'TEXT({amount},"#,##0")', f'TEXT({total},"#,##0")'
    reason = f'{words}&"{pick("：", ": ")}"&INDEX(list_published_reason,{place})&"{pick("。", " (units of 10,000 CNY).")}"'
    known = bool(claims(quote))
    lines = (
        (pick("用量", "Load"), '=in_dau&"/"&in_input&"/"&in_output&"/"&in_years&"/"&in_currency', styles.TEXT),
        (pick("用量与方案", "Load and option"), f'={load}&"/"&{deployment}&"/"&{what}', styles.TEXT),
        (pick("公布者的序号", "Place of the published"), f"={found}" if known else "=0", styles.WHOLE),
        (pick("公布，元", "Published, CNY"), f"=IF({place}=0,0,INDEX(list_published_total,{place}))" if known else "=0", styles.COUNT),
        (pick("两数", "Both numbers"), f'="{start}"&{amounts[0]}&"{unit}"&{amounts[1]}', styles.TEXT),
        (pick("公布数的句子", "Sentence on it"), f'=IF({place}=0,"",{reason})' if known else '=""', styles.TEXT),
    )  # fmt: skip
    for row, (label, text, number) in enumerate(lines, start=top + 1):
        layout.put(sheet, row, 1, label, "Text")
        mark = "answer.published_total" if row == top + len(lines) else ""
        layout.formula(sheet, row, 2, text, "Calculation", number, key=mark)
    return top + len(lines)
