"""The functions that advise: what to run, where, and why."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from xlmodel.advice.answers import answers, read_answer
from xlmodel.advice.costs import YEARS as COSTED_YEARS
from xlmodel.advice.costs import Costs
from xlmodel.advice.decide import Case, decide, next_question
from xlmodel.advice.tasks import model_for_task, precision_for_task
from xlmodel.advice.words import Speaker, language
from xlmodel.errors import NotAvailableError
from xlmodel.functions.cost_arguments import DAU, INPUT_TOKENS, OUTPUT_TOKENS
from xlmodel.functions.define import CONTEXT_ARGUMENTS, Argument, Function, Takes, Value, table
from xlmodel.inputs.bearing import PARTS

if TYPE_CHECKING:
    from xlmodel.functions.context import Context

_LANGUAGES = ("zh", "en")


def _argument(name: str, zh: str, en: str, *, number: bool = False) -> Argument:
    takes = Takes.NUMBER_OR_TEXT if number else Takes.TEXT
    return Argument(name, takes, zh, en, optional=True, minimum=0 if number else None)


QUESTIONS = (
    _argument(
        "data_level", "数据等级：公开、内部、极敏感、合规行业", "Data: public, internal, secret or regulated"
    ),
    _argument(
        "task",
        "任务：结构化、创意、对话、极限准确、分类、推理、微调",
        "Task: structured, creative, dialogue, critical, classification, reasoning or custom",
    ),
    _argument(
        "latency",
        "延迟：实时、标准、深度，或秒数",
        "Latency: real time, standard, deep, or seconds",
        number=True,
    ),
    _argument("team", "团队：弱、中等、强", "Team: weak, medium or strong"),
    _argument(
        "ops_budget",
        "年运维预算：紧张、适中、充足，或金额（元）",
        "Operations budget a year: tight, moderate, ample, or an amount in CNY",
        number=True,
    ),
    _argument("volatility", "业务：稳定或波动", "Business: stable or volatile"),
)
MORE = (
    _argument(
        "budget",
        "总预算：小、中、大，或金额（元）",
        "Total budget: small, medium, large, or an amount in CNY",
        number=True,
    ),
    _argument(
        "calls_month",
        "月调用次数：少、中、多，或次数",
        "Calls a month: few, some, many, or a number",
        number=True,
    ),
    _argument("decisions", "关键决策：高频或低频", "Key decisions: frequent or rare"),
    _argument("priority", "优先：成本或灵活", "What goes first: cost or flexibility"),
    _argument("lang", "语言：zh 或 en；不填随参数", "Language: zh or en; that of the arguments unless given"),
)
_ASKED = (replace(DAU, optional=True), *QUESTIONS)
_ALL = (*_ASKED, *MORE, *CONTEXT_ARGUMENTS)


def _case(dau: float | None, given: dict[str, float | str | None]) -> Case:
    known = {question: read_answer(question, value) for question, value in given.items() if value is not None}
    limits = {question: value for question, value in given.items() if isinstance(value, float)}
    return Case(dau, known, limits)


def _advised(context: Context, values: tuple[float | str | None, ...]) -> tuple[Case, Costs, Speaker]:
    """Return the case, what computes its costs, and who writes it, from the arguments."""
    dau, *rest = values
    lang = rest.pop()
    given = dict(zip(answers(), rest, strict=True))
    case = _case(dau if isinstance(dau, float) else None, given)
    if lang is None:
        lang = language(values)
    if lang not in _LANGUAGES:
        raise NotAvailableError(f"lang: '{lang}' is no language here; write zh or en")
    catalog, inputs = context.catalog, context.inputs
    tokens_in, tokens_out = (float(each.default or 0) for each in (INPUT_TOKENS, OUTPUT_TOKENS))
    costs = Costs(catalog, inputs, tokens_in, tokens_out, COSTED_YEARS)
    return case, costs, Speaker(catalog, costs, str(lang), context.money, inputs.currency)


def _recommend(context: Context, *values: float | str | None) -> Value:
    case, costs, speaker = _advised(context, values)
    return speaker.recommendation(decide(case, costs))


def _advice(context: Context, *values: float | str | None) -> Value:
    case, costs, speaker = _advised(context, values)
    decided = decide(case, costs)
    lines = [*speaker.lines(case, decided), *speaker.question(next_question(case, decided, costs))]
    return table(("rule", "verdict", "reason", "source"), lines)


def _model_for_task(context: Context, task: str, accuracy: float | None) -> Value:
    return model_for_task(context.catalog, read_answer("task", task), accuracy)


def _precision(context: Context, task: str, most_loss: float | None) -> Value:
    return precision_for_task(context.catalog, read_answer("task", task), most_loss)


LLM_RECOMMEND = Function(
    "LLM_RECOMMEND",
    "advice",
    "推荐的部署方式与配置（文本）；任何参数都可留空",
    "The recommended deployment and configuration, as text; any argument may be blank",
    _ALL,
    _recommend,
    '=LLM_RECOMMEND(30000,"internal","structured")',
    parts=PARTS,
)
LLM_ADVICE = Function(
    "LLM_ADVICE",
    "advice",
    "推荐的依据：触发的规则与来源、各方案测算成本、相互矛盾之处、陷阱、什么会改变结论、下一个该问的问题",
    "Why: the rules that fired with their source, the computed cost of each deployment, contradictions, pitfalls, what "
    "would change it, and the question to ask next",
    _ALL,
    _advice,
    '=LLM_ADVICE(30000,"internal","structured")',
    table=True,
    parts=PARTS,
)
TASK = Argument(
    "task", Takes.TEXT, "任务，如 结构化、创意、对话", "The task, such as structured, creative, dialogue"
)
LLM_MODEL_FOR_TASK = Function(
    "LLM_MODEL_FOR_TASK",
    "advice",
    "适合任务的模型规模与精度，附文档实测准确率（%）与来源",
    "Model size and precision for a task, with the documents' measured accuracy in percent and its source",
    (
        TASK,
        Argument(
            "accuracy",
            Takes.NUMBER,
            "要求的准确率（%）",
            "Accuracy that is wanted, in percent",
            optional=True,
            minimum=0,
            maximum=100,
        ),
    ),
    _model_for_task,
    '=LLM_MODEL_FOR_TASK("structured",95)',
    table=True,
)
LLM_PRECISION = Function(
    "LLM_PRECISION",
    "advice",
    "适合任务的权重精度：每种精度的显存比、速度比与公布的准确率损失（%），可用者为 TRUE",
    "Precision for a task: memory, speed and published accuracy loss in percent of each, TRUE for those that will do",
    (
        TASK,
        Argument(
            "most_loss",
            Takes.NUMBER,
            "可接受的准确率损失（百分点）",
            "Largest accuracy loss that is accepted, in percentage points",
            optional=True,
            minimum=0,
            maximum=100,
        ),
    ),
    _precision,
    '=LLM_PRECISION("structured",5)',
    table=True,
)
DEFINITIONS = (LLM_RECOMMEND, LLM_ADVICE, LLM_MODEL_FOR_TASK, LLM_PRECISION)
