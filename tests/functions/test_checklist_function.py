"""The vendor checklist: its questions, and the marks of each group."""

from __future__ import annotations

import pytest

from xlmodel import CellError, call


def scored(answers: object) -> dict[object, list[object]]:
    """Return questions, answered and score by group."""
    table = call("LLM_CHECKLIST", answers)
    assert isinstance(table, list)
    assert table[0] == ["group", "questions", "answered", "score"]
    return {row[0]: list(row[1:]) for row in table[1:]}


def test_without_answers_it_lists_the_questions() -> None:
    """The 22 questions of the guide's part 5 in five groups: 4, 5, 4, 5, 4."""
    for blank in (None, ""):
        table = call("LLM_CHECKLIST", blank)
        assert isinstance(table, list)
        assert table[0] == ["group", "item", "zh", "en"]
        groups = [row[0] for row in table[1:]]
        counts = [groups.count(group) for group in ("hardware", "engine", "model", "support", "security")]
        assert counts == [4, 5, 4, 5, 4]


def test_marks_by_group() -> None:
    """Yes is 1, no 0, a number itself; a blank is not answered, and no group without answers has a score."""
    found = scored(
        [
            ["item", "answer"],
            ["hardware 1", "yes"],
            ["hardware 2", "否"],
            ["Hardware-3", 0.5],
            ["hardware 4", None],
            ["which engine", True],
            ["是否 24/7 支持", "no"],
            [None, None],
        ]
    )
    assert found["hardware"] == [4, 3, pytest.approx((1 + 0 + 0.5) / 3)]
    assert found["engine"] == [5, 1, 1]
    assert found["support"] == [5, 1, 0]
    assert found["model"] == [4, 0, ""]
    assert found["total"] == [22, 5, pytest.approx(2.5 / 5)]


@pytest.mark.parametrize(
    ("answers", "code", "message"),
    [
        ([["hardwre 1", "yes"]], "#N/A", "no question of the checklist; near it: hardware 1"),
        ([["hardware 1", "maybe"]], "#VALUE!", "write yes, no, or a mark from 0 to 1"),
        ([["hardware 1", 2]], "#VALUE!", "write yes, no, or a mark from 0 to 1"),
        ([["hardware 1", "yes"], ["GPU 型号", "no"]], "#VALUE!", "answered twice"),
        ([[None, "yes"], ["hardware 1", 1]], "#VALUE!", "line 1 has an answer and no item"),
        ([["hardware 1"], ["hardware 2"]], "#VALUE!", "a range of two columns"),
        ("hardware 1", "#VALUE!", "a range of two columns"),
        ([["hardware 1", CellError("a cell is #DIV/0!", "#DIV/0!")]], "#DIV/0!", "a cell is #DIV/0!"),
    ],
)
def test_bad_answers(answers: object, code: str, message: str) -> None:
    """One line that says what to do; an error in a cell comes back as itself."""
    with pytest.raises(CellError, match=message) as caught:
        call("LLM_CHECKLIST", answers)
    assert caught.value.code == code
