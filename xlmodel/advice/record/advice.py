"""The advice on a quote, line by line: what is recommended, what to ask next, and what speaks for and against it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlmodel.advice.answers import read_answer
from xlmodel.advice.costs import Costs
from xlmodel.advice.decide import DEPLOYMENTS, Case, decide, next_question
from xlmodel.advice.record.asked import NONE
from xlmodel.advice.rules import COMPLIANCE
from xlmodel.advice.words import Speaker

if TYPE_CHECKING:
    from xlmodel.advice.decide import Decision
    from xlmodel.advice.record.asked import Asked, Rows
    from xlmodel.advice.words import Advice

LINES = 30
# in the order of the sheet
_KINDS = {
    "recommendation": ("建议", "Recommended"),
    "next question": ("最该先问", "Ask next"),
    "contradiction": ("矛盾", "Contradiction"),
    "rule of thumb": ("经验与测算不同", "Rule against cost"),
    "pitfall": ("陷阱", "Pitfall"),
    "binding": ("硬性规则", "Binding rule"),
    "rule": ("规则", "Rule"),
    "hardware": ("文档的配置", "Documents' hardware"),
    "would change it": ("什么会改变", "Would change it"),
}


def advice(asked: Asked) -> tuple[Rows, Rows]:
    """Return the lines of the advice, and the cost of each deployment: code, what it runs on, total, what rules say.

    Raises:
        CellError: an answer that is none.
    """
    costs = Costs(
        asked.catalog, asked.inputs, asked.workload.input_tokens, asked.workload.output_tokens, asked.years
    )
    given = {question: read_answer(question, value) for question, value in asked.answers.items()}
    limits = {question: value for question, value in asked.answers.items() if isinstance(value, float)}
    case = Case(asked.workload.dau, given, limits)
    decided = decide(case, costs)
    speaker = Speaker(asked.catalog, costs, asked.lang, asked.money, asked.inputs.currency)
    spoken = [*speaker.lines(case, decided), *speaker.question(next_question(case, decided, costs))]
    found = [(_kind(decided, one), one) for one in spoken if not one.rule.startswith("cost ")]
    order = list(_KINDS)
    found.sort(key=lambda each: order.index(each[0]))
    rows: Rows = [
        (asked.say(*_KINDS[kind]), _verdict(kind, one), one.reason, one.source) for kind, one in found[:LINES]
    ]
    if len(found) > LINES:
        more = len(found) - LINES + 1
        rows[-1] = (asked.say(f"另有 {more} 行", f"{more} more lines"), "LLM_ADVICE", "", "xlmodel")
    return rows, [_cost(asked, decided, each) for each in DEPLOYMENTS]


def _verdict(kind: str, one: Advice) -> str:
    """Return what follows; a question without the name of its argument."""
    return one.verdict.rpartition(": ")[2] if kind == "next question" else one.verdict


def _kind(decided: Decision, one: Advice) -> str:
    if one.rule in _KINDS:
        return one.rule
    bound = {rule.name for rule in decided.fired if rule.nature == COMPLIANCE}
    return "binding" if one.rule in bound else "rule"


def _cost(asked: Asked, decided: Decision, deployment: str) -> tuple[str | float | None, ...]:
    cost, thumb = decided.costs.get(deployment), decided.thumb
    if deployment not in decided.allowed:
        said = asked.say("硬性规则不允许", "not allowed by a binding rule")
    elif thumb is not None and deployment in thumb.deployments:
        said = asked.say("经验法则所选", "what the rule of thumb says")
    else:
        said = NONE
    if cost is None:
        return asked.deployment(deployment), asked.say("承载不了", "cannot serve"), None, said
    return asked.deployment(deployment), cost.what, asked.money(cost.total), said
