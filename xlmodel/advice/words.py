"""A decision in words, Chinese or English: what is recommended, why, what it costs, and what would change it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from xlmodel.advice.answers import answers
from xlmodel.advice.decide import DEPLOYMENTS, what_if
from xlmodel.advice.rules import operations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from xlmodel.advice.costs import Cost, Costs
    from xlmodel.advice.decide import Case, Decision
    from xlmodel.advice.rules import Rule
    from xlmodel.catalog.tables import Catalog

MODEL = "xlmodel"
_CJK = re.compile(r"[\u3400-\u9fff]")
_WAN = 10_000
QUESTIONS = {
    "dau": ("日活用户数", "daily users"),
    "data_level": ("数据安全等级", "data level"),
    "task": ("核心任务", "task"),
    "latency": ("可接受的延迟", "latency"),
    "team": ("团队技术能力", "team"),
    "ops_budget": ("年运维预算", "yearly operations budget"),
    "volatility": ("业务波动", "volatility"),
    "budget": ("总预算", "total budget"),
    "calls_month": ("月调用次数", "calls a month"),
    "decisions": ("关键决策频率", "frequency of key decisions"),
    "priority": ("成本还是灵活优先", "cost or flexibility first"),
}
_ABOUT = {"deployment": "部署方式", "model size": "模型规模", "precision": "精度"}


class Advice(NamedTuple):
    """One line of advice.

    Args:
        rule: the rule, or what the line is about.
        verdict: what follows.
        reason: why.
        source: id of the source; `xlmodel` for what is computed.
    """

    rule: str
    verdict: str
    reason: str
    source: str


def language(texts: tuple[object, ...]) -> str:
    """Return zh where any text holds a Chinese character, else en."""
    return "zh" if any(isinstance(each, str) and _CJK.search(each) for each in texts) else "en"


class Speaker:
    """Writes a decision.

    Args:
        catalog: words of the rules and names.
        costs: computed the decision.
        lang: zh or en.
        money: CNY -> the currency of the results.
        currency: CNY or USD.
    """

    def __init__(
        self, catalog: Catalog, costs: Costs, lang: str, money: Callable[[float], float], currency: str
    ) -> None:
        """Keep the arguments."""
        self._catalog, self._costs, self._lang = catalog, costs, lang
        self._money, self._currency = money, currency

    def recommendation(self, decided: Decision) -> str:
        """Return the recommendation in one sentence."""
        if decided.chosen is None:
            return self._say(
                f"没有可行方案：允许的部署方式（{self._names(decided.allowed)}）都承载不了",
                f"nothing serves: none of the deployments allowed ({self._names(decided.allowed)}) carries it",
            )
        one = decided.chosen
        precision = "" if one.deployment == "api" else f" {decided.precision}"
        runs = self._say(f"{decided.model_size} 级{precision}", f"{decided.model_size} class{precision}")
        parts = [f"{self._deployment(one.deployment)}{self._say('：', ': ')}{one.what}", runs]
        if decided.operation:
            parts.append(self._operation(decided.operation))
        parts.append(self._amount(one))
        return self._say("；", "; ").join(parts)

    def lines(self, case: Case, decided: Decision) -> Iterator[Advice]:
        """Yield the advice: recommendation, rules, costs, contradictions, pitfalls, what would change it, what to ask."""
        assumed = (
            ""
            if case.dau is not None
            else self._say(f"；按日活 {case.users:,.0f} 计", f"; for {case.users:,.0f} daily users")
        )
        cheapest = self._say(
            "在允许且能承载的方案中成本最低", "the cheapest of what is allowed and can serve"
        )
        yield Advice("recommendation", self.recommendation(decided), cheapest + assumed, MODEL)
        for rule in decided.fired:
            yield Advice(
                rule.name,
                rule.words(self._catalog, self._lang),
                self._because(case, rule),
                rule.source(self._catalog),
            )
        if decided.hardware:
            why = self._say("文档对该规模的建议配置", "the documents' configuration for this size")
            yield Advice("hardware", decided.hardware, why, self._of_hardware(decided))
        for each in DEPLOYMENTS:
            cost = decided.costs.get(each)
            if cost is not None:
                forbidden = (
                    ""
                    if each in decided.allowed
                    else self._say("；合规规则不允许", "; not allowed by a binding rule")
                )
                yield Advice(f"cost {each}", self._amount(cost), cost.what + forbidden, MODEL)
        yield from self._contradictions(decided)
        yield from self._budget(case, decided)
        yield from self._pitfalls(case, decided)
        yield from self._changes(case, decided)

    def question(self, found: tuple[str, float, int] | None) -> Iterator[Advice]:
        """Yield the question to ask next; none where no answer changes the advice."""
        if found is None:
            return
        key, stake, changing = found
        zh, en = QUESTIONS[key]
        reason = self._say(
            f"{changing} 种回答会改变建议，平均涉及 {self._figure(stake)}",
            f"{changing} of its answers change the advice; {self._figure(stake)} at stake in the mean",
        )
        yield Advice("next question", self._say(zh, f"{key}: {en}"), reason, MODEL)

    def _contradictions(self, decided: Decision) -> Iterator[Advice]:
        for conflict in decided.conflicts:
            others = self._say("、", ", ").join(self._named(rule) for rule in conflict.against)
            first = self._named(conflict.followed)
            yield Advice(
                "contradiction",
                self._say(
                    f"{_ABOUT[conflict.about]}：以{first}为准",
                    f"{conflict.about}: {first} goes first",
                ),
                self._say(f"与之相反：{others}", f"against it: {others}"),
                "; ".join(
                    dict.fromkeys(
                        rule.source(self._catalog) for rule in (conflict.followed, *conflict.against)
                    )
                ),
            )
        thumb, chosen = decided.thumb, decided.chosen
        if thumb is not None and chosen is not None and chosen.deployment not in thumb.deployments:
            costs = [decided.costs[each] for each in thumb.deployments if each in decided.costs]
            theirs = self._say("、", ", ").join(
                f"{self._deployment(each.deployment)} {self._amount(each)}" for each in costs
            )
            yield Advice(
                "rule of thumb",
                self._say(
                    f"测算支持{self._deployment(chosen.deployment)}",
                    f"the computed cost supports {self._deployment(chosen.deployment)}",
                ),
                self._say(
                    f"{self._named(thumb)}建议{self._names(thumb.deployments)}（{theirs or '无法承载'}），测算为 {self._amount(chosen)}",
                    f"{self._named(thumb)} says {self._names(thumb.deployments)} ({theirs or 'cannot serve'}) against {self._amount(chosen)}",
                ),
                thumb.source(self._catalog),
            )

    def _budget(self, case: Case, decided: Decision) -> Iterator[Advice]:
        chosen = decided.chosen
        if chosen is None:
            return
        for question, cost in (("budget", chosen.total), ("ops_budget", chosen.total / self._costs.years)):
            answer = answers()[question].get(case.given.get(question, ""))
            limit = case.limits.get(question, (answer.high or 0.0) if answer else float("inf"))
            if cost > limit:
                zh, en = QUESTIONS[question]
                yield Advice(
                    "contradiction",
                    self._say(f"{zh}不足", f"the {en} is below the cheapest that is allowed and serves"),
                    self._say(
                        f"最低也要 {self._figure(cost)}，预算 {self._figure(limit)}",
                        f"{self._figure(cost)} at least, against {self._figure(limit)}",
                    ),
                    MODEL,
                )

    def _pitfalls(self, case: Case, decided: Decision) -> Iterator[Advice]:
        if decided.model_size == "671B" and case.given.get("task") in {"structured", "classification"}:
            yield self._pitfall("1 truth 2", "1 remedy 1")
        native = self._costs.native_precision(decided.model_size)
        if decided.precision == "fp16" and native not in {"fp16", "bf16"}:
            model = self._costs.model(decided.model_size)
            yield Advice(
                "pitfall",
                self._say(
                    f"{model} 以 {native} 发布，fp16 不会更准",
                    f"{model} is published in {native}; fp16 is not more accurate",
                ),
                self._say("只让显存翻倍", "it only doubles the memory"),
                MODEL,
            )

    def _pitfall(self, item: str, remedy: str) -> Advice:
        truth, cure = (self._catalog.row("pitfalls", each) for each in (item, remedy))
        span = f" ({truth['low']}-{truth['high']} {truth['unit']})" if truth["low"] else ""
        return Advice("pitfall", truth[self._lang] + span, cure[self._lang], truth["source"])

    def _changes(self, case: Case, decided: Decision) -> Iterator[Advice]:
        for question, outcomes in what_if(case, self._costs).items():
            others: dict[str, list[str]] = {}
            for answer, other in outcomes:
                if other.key != decided.key:
                    others.setdefault(self.recommendation(other), []).append(self._answer(question, answer))
            for then, given in others.items():
                asked = self._say(f"若{QUESTIONS[question][0]}为：", f"if {QUESTIONS[question][1]} is ")
                yield Advice("would change it", then, asked + self._say("、", " or ").join(given), MODEL)

    def _named(self, rule: Rule) -> str:
        """Return a rule by what it says, and its name."""
        words = rule.words(self._catalog, self._lang)
        return self._say(f"“{words}”（{rule.name}）", f'"{words}" ({rule.name})')

    def _because(self, case: Case, rule: Rule) -> str:
        known = [self._answer(question, case.given[question]) for question in rule.when]
        if rule.dau_low is not None or rule.dau_high is not None:
            known.insert(0, self._say(f"日活 {case.users:,.0f}", f"{case.users:,.0f} daily users"))
        return self._say("、", ", ").join(known) or self._say("总则", "in general")

    def _of_hardware(self, decided: Decision) -> str:
        return next(rule.source(self._catalog) for rule in decided.fired if rule.hardware == decided.hardware)

    def _answer(self, question: str, key: str) -> str:
        known = answers().get(question, {})
        return known[key].words(self._lang) if key in known else key

    def _operation(self, operation: str) -> str:
        return self._say(operations()[operation].zh, operation)

    def _deployment(self, key: str) -> str:
        return self._catalog.names.label("deployment", key, self._lang)

    def _names(self, keys: tuple[str, ...]) -> str:
        return self._say("、", " or ").join(self._deployment(key) for key in keys) or self._say("无", "none")

    def _amount(self, cost: Cost) -> str:
        figure = self._figure(cost.total)
        return self._say(f"{self._costs.years} 年 {figure}", f"{figure} over {self._costs.years} years")

    def _figure(self, amount_cny: float) -> str:
        amount = self._money(amount_cny)
        if self._lang == "zh":
            unit = "元" if self._currency == "CNY" else "美元"
            return f"{amount / _WAN:,.1f} 万{unit}" if abs(amount) >= _WAN else f"{amount:,.0f} {unit}"
        return f"{amount:,.0f} {self._currency}"

    def _say(self, zh: str, en: str) -> str:
        return zh if self._lang == "zh" else en
