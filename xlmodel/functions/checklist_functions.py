"""The function that scores a vendor's answers to the checklist, by group."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from xlmodel.catalog.lookup import normalise
from xlmodel.errors import BadValueError, CellError, NotAvailableError
from xlmodel.functions.coerce import blank_to_none
from xlmodel.functions.define import Argument, Function, Scalar, Takes, Value, table

if TYPE_CHECKING:
    from xlmodel.catalog.tables import Row
    from xlmodel.functions.coerce import Cells
    from xlmodel.functions.context import Context

_MARKS = {"yes": 1.0, "是": 1.0, "有": 1.0, "true": 1.0, "no": 0.0, "否": 0.0, "无": 0.0, "false": 0.0}
_HEADINGS = frozenset({"item", "项目", "问题", "question"})
_PAIR = 2


def _checklist(context: Context, answers: str | Cells | None) -> Value:
    rows = context.catalog.tables["vendor_checklist"].rows
    if answers is None or answers == "":
        return table(
            ("group", "item", "zh", "en"), [(row["group"], row["item"], row["zh"], row["en"]) for row in rows]
        )
    if isinstance(answers, str):
        raise BadValueError("answers: give a range of two columns, item and answer")
    marks = _marks(rows, answers)
    groups = list(dict.fromkeys(row["group"] for row in rows))
    found: list[tuple[Scalar, ...]] = []
    for group in (*groups, "total"):
        items = [row["item"] for row in rows if group in {row["group"], "total"}]
        found.append((group, float(len(items)), *_score([marks[item] for item in items if item in marks])))
    return table(("group", "questions", "answered", "score"), found)


def _score(marks: list[float]) -> tuple[float, Scalar]:
    """Return how many questions are answered and the mean of their marks; no score where none is."""
    return float(len(marks)), sum(marks) / len(marks) if marks else ""


def _marks(rows: tuple[Row, ...], answers: Cells) -> dict[str, float]:
    names = {normalise(row[column]): row["item"] for row in rows for column in ("item", "zh", "en")}
    marks: dict[str, float | None] = {}
    for number, line in enumerate(answers, start=1):
        name, answer = _pair(number, line)
        if name is None or (number == 1 and normalise(name) in _HEADINGS):
            continue
        item = _item(names, name)
        if item in marks:
            raise BadValueError(f"answers: '{item}' is answered twice")
        marks[item] = None if answer is None else _mark(item, answer)
    return {item: mark for item, mark in marks.items() if mark is not None}


def _pair(number: int, line: tuple[object, ...]) -> tuple[str | None, object | None]:
    for cell in line:
        if isinstance(cell, CellError):
            raise cell
    if len(line) < _PAIR:
        raise BadValueError("answers: give a range of two columns, item and answer")
    name, answer = (blank_to_none(cell) for cell in line[:_PAIR])
    if name is None and answer is not None:
        raise BadValueError(f"answers: line {number} has an answer and no item")
    return None if name is None else str(name), answer


def _item(names: dict[str, str], name: str) -> str:
    key = normalise(name)
    if key not in names:
        near = [names[each] for each in get_close_matches(key, names, 3, 0.4)]
        hint = ", ".join(near or list(dict.fromkeys(names.values()))[:3])
        raise NotAvailableError(f"answers: '{name}' is no question of the checklist; near it: {hint}")
    return names[key]


def _mark(item: str, answer: object) -> float:
    if isinstance(answer, str):
        mark = _MARKS.get(normalise(answer))
        if mark is not None:
            return mark
    elif isinstance(answer, (bool, int, float)) and 0 <= answer <= 1:
        return float(answer)
    raise BadValueError(f"answers: '{item}' is '{answer}'; write yes, no, or a mark from 0 to 1")


LLM_CHECKLIST = Function(
    "LLM_CHECKLIST",
    "advice",
    "供应商评估清单：各组问题数、已答数与得分（已答问题的平均分，0~1）；不给答案则列出全部问题",
    "The vendor checklist: questions, answered and score of each group, the mean mark of the answered from 0 to 1; "
    "without answers, the list of questions",
    (
        Argument(
            "answers",
            Takes.RANGE,
            "两列区域：问题（项目名或问题原文）、答案（是、否、0~1 或空白）",
            "A range of two columns: the question, by its item or its words; the answer: yes, no, 0 to 1, or blank",
            optional=True,
        ),
    ),
    _checklist,
    "=LLM_CHECKLIST()",
    table=True,
)
DEFINITIONS = (LLM_CHECKLIST,)
