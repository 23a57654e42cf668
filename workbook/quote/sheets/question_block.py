"""The questions of the advice on the sheet Inputs: what the rules ask, each with a cell for the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.canvas import styles
from workbook.canvas.book_layout import Validation
from workbook.canvas.frame import header
from xlmodel.advice.answers import BETWEEN, answers
from xlmodel.advice.rules import rules
from xlmodel.advice.words import QUESTIONS
from xlmodel.grid import column_letters

if TYPE_CHECKING:
    from workbook.canvas.book_layout import Sheet
    from workbook.quote.context import QuoteContext
    from xlmodel.advice.answers import Answer

_LONGEST = "20"
FIRST_WORD = 4


def question_block(quote: QuoteContext, sheet: Sheet, top: int) -> int:
    """Write a question a row, named `in_ask_` and its key, which may stay blank; return the last row."""
    layout, pick = quote.layout, quote.layout.pick
    labels = [
        pick("决策建议的问题（可留空）", "Questions of the advice (may be blank)"), pick("回答", "Answer"), pick("来源", "Source"),
        pick("可填", "One of"),
    ]  # fmt: skip
    header(layout, sheet, labels, row=top)
    row = top
    for question, known in answers().items():
        row += 1
        words = [_word(each, layout.lang) for each in known.values() if each.key != BETWEEN]
        number = any(each.low is not None for each in known.values())
        name = f"in_ask_{question}"
        layout.put(sheet, row, 1, pick(*QUESTIONS[question]), "Text")
        layout.put(sheet, row, 2, None, "Input", "General", key=name)
        layout.name(name, name)
        asking = next(rule for rule in rules() if question in rule.when)
        layout.put(sheet, row, 3, asking.source(quote.catalog), "Text")
        if number:
            words.append(pick("或数字", "or a number"))
        for column, word in enumerate(words, start=FIRST_WORD):
            layout.put(sheet, row, column, word, "Text", styles.TEXT)
        if number:
            message = pick("请填所列的词或数字", "One of the words, or a number, please")
            sheet.validations.append(Validation(f"B{row}", "textLength", "0", _LONGEST, message))
        else:
            message = pick("请从列表中选择", "Choose from the list, please")
            sheet.validations.append(Validation(f"B{row}", "list", _words_area(row, len(words)), "", message))
    note = pick(
        "填好后运行 xlmodel regenerate，决策建议页随之更新。",
        "Then run xlmodel regenerate: the sheet Advice follows.",
    )
    layout.put(sheet, row + 1, 1, note, "Plain")
    return row + 1


def _word(answer: Answer, lang: str) -> str:
    """Return a word for an answer, in the language of the quote."""
    if lang == "en":
        return answer.key
    return next(each for each in answer.aliases if ord(each[0]) > ord("z"))


def _words_area(row: int, count: int) -> str:
    """Return the cells of the words of a question, as a validation reads them."""
    return f"=${column_letters(FIRST_WORD)}${row}:${column_letters(FIRST_WORD + count - 1)}${row}"
