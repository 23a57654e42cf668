"""Each rule of the documents is reached, names its source, and the recommendation is the model's cost among what is allowed."""

from __future__ import annotations

import itertools

import pytest

import xlmodel
from xlmodel import call
from xlmodel.advice.answers import answers, read_answer
from xlmodel.advice.rules import rules
from xlmodel.catalog.load import built_in

QUESTIONS = ("data_level", "task", "latency", "team", "ops_budget", "volatility")
MORE = ("budget", "calls_month", "decisions", "priority")
# the tables of the documents whose every row is a rule
WHOLE = ("decision_matrix", "selection_questions", "decision_tree", "decision_points", "call_volumes")


def arguments(dau: float | None, given: dict[str, object], lang: str | None = None) -> list[object]:
    """Return the arguments of LLM_RECOMMEND and LLM_ADVICE."""
    asked = [given.get(question) for question in QUESTIONS]
    return [dau, *asked, *(given.get(question) for question in MORE), lang]


def advice(dau: float | None = None, lang: str | None = None, **given: object) -> list[list[object]]:
    """Return the lines of LLM_ADVICE without their header."""
    found = call("LLM_ADVICE", *arguments(dau, given, lang))
    assert isinstance(found, list)
    assert found[0] == ["rule", "verdict", "reason", "source"]
    return found[1:]


def named(lines: list[list[object]], rule: str) -> list[list[object]]:
    """Return the lines of one rule."""
    return [line for line in lines if line[0] == rule]


def test_every_row_of_the_documents_is_a_rule() -> None:
    """Each row of the matrix, the questions, the tree, the decision points and the thresholds."""
    catalog = built_in()
    ruled = {(rule.table, rule.item) for rule in rules()}
    for name in WHOLE:
        for row in catalog.tables[name].rows:
            assert (name, row["item"]) in ruled, (name, row["item"])
    plans = {row["plan"] for row in catalog.tables["budget_plans"].rows}
    assert {rule.item.split()[0] for rule in rules() if rule.table == "budget_plans"} == plans
    assert len({rule.name for rule in rules()}) == len(rules())


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)
def test_each_rule_is_reached_and_names_its_source(rule: object) -> None:
    """A case made of what the rule asks for shows the rule, its words in both languages, and its source."""
    catalog = built_in()
    given = {question: allowed[0] for question, allowed in rule.when.items()}  # type: ignore[attr-defined]
    low, high = rule.dau_low, rule.dau_high  # type: ignore[attr-defined]
    dau = None if low is None else (low if high is None else (low + high) / 2)
    for lang in ("zh", "en"):
        lines = named(advice(dau, lang, **given), rule.name)  # type: ignore[attr-defined]
        assert len(lines) == 1
        _, verdict, reason, source = lines[0]
        assert verdict
        assert reason
        assert source in {row["source"] for row in catalog.tables["sources"].rows}


def test_who_answers_nothing_gets_an_answer_and_the_next_question() -> None:
    """The cheapest deployment of the documents' default model, and the question with the most at stake."""
    text = call("LLM_RECOMMEND")
    assert text.startswith("API: DeepSeek V3")
    # 10,000 users x 30 days x (800 x 2 + 400 x 8) / 10^6 x 36 months
    assert "51,840 CNY over 3 years" in text
    lines = advice()
    assert named(lines, "next question")[0][1] == "data_level: data level"
    assert named(lines, "cost own")


@pytest.mark.parametrize("level", ["internal", "secret", "regulated"])
def test_compliance_binds_whatever_the_cost(level: str) -> None:
    """Sensitive data never goes to an API, which would be the cheapest."""
    for dau, volatility in itertools.product((500, 30_000), ("stable", "volatile")):
        assert call("LLM_RECOMMEND", dau, level, None, None, None, None, volatility).startswith(
            "own hardware"
        )
    lines = advice(30_000, data_level=level)
    assert "not allowed" in str(named(lines, "cost api")[0][2])


def test_the_cheapest_of_what_can_serve_is_chosen() -> None:
    """The amounts are those of LLM_COMPARE for the same users, at the size that serves."""
    lines = advice(1_000_000)
    compared = call("LLM_COMPARE", 1_000_000, "32B~70B")
    header, rows = compared[0], compared[1:]
    api = min(row[header.index("total")] for row in rows if row[0] == "api")
    assert named(lines, "cost api")[0][1] == f"{api:,.0f} CNY over 3 years"
    needs = [row[header.index("needs_total")] for row in rows if row[0] == "rent"]
    shown = float(str(named(lines, "cost rent")[0][1]).split()[0].replace(",", ""))
    assert shown <= min(needs)
    assert str(named(lines, "recommendation")[0][1]).startswith("API: DeepSeek V3")


def test_a_rule_of_thumb_stands_beside_the_evidence() -> None:
    """The matrix says rent for 30,000 users who want answers at once; the API costs a tenth."""
    line = named(advice(30_000, latency="real time"), "rule of thumb")[0]
    assert "supports API" in str(line[1])
    assert "(matrix medium) says rented GPUs" in str(line[2])
    assert line[3] == "cost-6"


def test_contradictions_are_named() -> None:
    """Secret data for a structured task, a volatile business under compliance, too small a budget."""
    lines = advice(30_000, data_level="secret", task="structured", budget=300_000)
    about = {str(line[1]).split(":")[0] for line in named(lines, "contradiction")}
    assert {"model size", "precision", "deployment"} <= about
    assert any("total budget is below" in str(line[1]) for line in named(lines, "contradiction"))
    lines = advice(30_000, data_level="regulated", volatility="volatile")
    assert any("matrix volatile" in str(line[2]) for line in named(lines, "contradiction"))
    # one document allows rented GPUs for such data, the other asks for premises of one's own
    assert any("matrix regulated" in str(line[2]) for line in named(lines, "contradiction"))
    assert not named(advice(30_000, data_level="public"), "contradiction")


def test_pitfalls_that_apply_to_this_case() -> None:
    """671B for a structured task; 16 bits of a model that is published in 8."""
    verdicts = [
        str(line[1]) for line in named(advice(30_000, data_level="secret", task="structured"), "pitfall")
    ]
    assert any("671B costs a multiple" in each for each in verdicts)
    assert any("published in fp8" in each for each in verdicts)
    assert not named(advice(30_000, data_level="internal", task="structured"), "pitfall")


def test_what_would_change_it_does() -> None:
    """Each answer that is said to change the advice, given, leads to the advice that is said."""
    base = advice(30_000)
    checked = 0
    for line in named(base, "would change it"):
        for question, known in answers().items():
            for answer in known.values():
                asked = str(line[2])
                if asked.endswith(f" is {answer.en}") and answer.key != "between":
                    assert call("LLM_RECOMMEND", *arguments(30_000, {question: answer.key})) == line[1]
                    checked += 1
    assert checked > 5


def test_chinese_answers_give_chinese_advice() -> None:
    """The language is that of the answers unless one is asked for."""
    text = call("LLM_RECOMMEND", 30_000, "内部敏感", "结构化")
    assert text.startswith("自建机房：")
    assert "万元" in text
    assert call("LLM_RECOMMEND", *arguments(30_000, {"data_level": "内部"}, "en")).startswith("own hardware")


@pytest.mark.parametrize(("question", "given", "key"), [
    ("latency", 0.5, "real time"),
    ("latency", 5, "between"),
    ("latency", 30, "deep"),
    ("ops_budget", 499_999, "tight"),
    ("ops_budget", 500_000, "moderate"),
    ("ops_budget", 1_700_000, "between"),
    ("calls_month", 100_000, "many"),
    ("data_level", "金融", "regulated"),
    ("task", "ＳＱＬ", "structured"),
    ("team", "Start-up", "weak"),
])  # fmt: skip
def test_answers_are_read_as_people_write_them(question: str, given: float | str, key: str) -> None:
    """Words in both languages and numbers, at the documents' bounds."""
    assert read_answer(question, given) == key


@pytest.mark.parametrize(("question", "given"), [("data_level", "top"), ("task", 3), ("latency", -1)])
def test_what_is_no_answer_lists_the_answers(question: str, given: float | str) -> None:
    """One line: what, where, what to do."""
    with pytest.raises(xlmodel.CellError, match=question):
        read_answer(question, given)


def test_tasks_and_precisions_come_with_their_published_accuracy() -> None:
    """The rows of both documents' tables, by task."""
    rows = call("LLM_MODEL_FOR_TASK", "数据分析", 95)
    measured = {(row[0], row[2]): row[3:5] for row in rows[1:] if row[3] != ""}
    assert measured["DeepSeek-V3", "fp8"] == [95, True]
    assert measured["Llama-3.1-70B", "fp16"] == [88, False]
    assert rows[1][:3] == ["question structured", "70B", "fp8"]
    losses = {row[0]: row[4:7] for row in call("LLM_PRECISION", "structured")[1:]}
    assert losses["INT8/FP8"] == [0, 2, True]
    assert losses["INT4"] == [8, 15, False]
    assert {row[0]: row[6] for row in call("LLM_PRECISION", "creative")[1:]}["INT8/FP8"] is False
    assert {row[0]: row[6] for row in call("LLM_PRECISION", "creative", 10)[1:]}["INT8/FP8"] is True
    assert len(call("LLM_MODEL_FOR_TASK", "custom")) > 1
