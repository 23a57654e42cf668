"""From what a user knows to one deployment: rules that bind, reasons that narrow, and the cost that the model computes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from xlmodel.advice.answers import BETWEEN, answers
from xlmodel.advice.rules import COMPLIANCE, COST, FIT, Rule, operations, rules

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from xlmodel.advice.costs import Cost, Costs

DEPLOYMENTS = ("api", "rent", "own")
# the workload of the documents' bills
USUAL_DAU = 10_000.0
# the users that stand for a few, some and many, where the number is not known
TYPICAL_DAU = (1_000.0, 30_000.0, 300_000.0)


class Case(NamedTuple):
    """What is known of a case.

    Args:
        dau: daily users; None where it is not known.
        given: question -> answer.
        limits: question -> the amount that was given as a number, CNY.
    """

    dau: float | None
    given: Mapping[str, str]
    limits: Mapping[str, float] = {}

    @property
    def users(self) -> float:
        """Return the daily users, the usual number where they are not known."""
        return USUAL_DAU if self.dau is None else self.dau


class Conflict(NamedTuple):
    """Rules that cannot all be followed.

    Args:
        about: deployment, model size or precision.
        followed: the rule that goes first.
        against: those that say otherwise.
    """

    about: str
    followed: Rule
    against: tuple[Rule, ...]


class Decision(NamedTuple):
    """What is recommended, and why.

    Args:
        chosen: deployment, what it runs on and its cost; None where no allowed deployment can serve.
        allowed: deployments that the binding rules leave.
        model_size: key of costs.SIZE_CLASSES.
        precision: format of the weights.
        operation: how it is run; empty where nothing is said.
        hardware: configurations that a document names; empty likewise.
        fired: rules that apply, the largest priority first.
        conflicts: rules that contradict each other.
        costs: the least cost of each deployment that can serve.
        thumb: the rule of thumb about money with the largest priority; None without one.
    """

    chosen: Cost | None
    allowed: tuple[str, ...]
    model_size: str
    precision: str
    operation: str
    hardware: str
    fired: tuple[Rule, ...]
    conflicts: tuple[Conflict, ...]
    costs: Mapping[str, Cost]
    thumb: Rule | None

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Return what makes a decision another one."""
        deployment = self.chosen.deployment if self.chosen else ""
        return deployment, self.model_size, "" if deployment == "api" else self.precision, self.operation


def decide(case: Case, costs: Costs) -> Decision:
    """Decide a case.

    Binding rules leave the deployments that all of them allow; reasons other than money narrow these as far as
    something is left; of the rest the cheapest that can serve is chosen. Size and precision are those of the rule
    with the largest priority.

    Args:
        case: what is known.
        costs: computes what each deployment costs.
    """
    fired = tuple(rule for rule in rules() if rule.applies(case.dau, case.given))
    conflicts: list[Conflict] = []
    size = _first(fired, "model size", lambda rule: rule.model_size, conflicts)
    precision = _first(fired, "precision", lambda rule: rule.precision, conflicts)
    allowed, narrowed = _narrow(fired, conflicts)
    found = costs.of(case.users, size, precision)
    serving = [found[each] for each in narrowed if each in found]
    chosen = min(serving, key=lambda cost: cost.total, default=None)
    where = chosen.deployment if chosen else ""
    ways = (rule.operation for rule in fired if rule.operation)
    return Decision(
        chosen=chosen,
        allowed=allowed,
        model_size=size,
        precision=precision,
        operation=next((way for way in ways if where in operations()[way].deployments), ""),
        hardware=next((rule.hardware for rule in fired if rule.hardware and rule.model_size == size), ""),
        fired=fired,
        conflicts=tuple(conflicts),
        costs=found,
        thumb=next((rule for rule in fired if rule.nature == COST and rule.deployments), None),
    )


def next_question(case: Case, decided: Decision, costs: Costs) -> tuple[str, float, int] | None:
    """Return the open question that matters most: its key, CNY at stake, and how many of its answers change the advice.

    Equation: at stake = mean over the answers of |total then - total now| where the advice becomes another one.

    Args:
        case: what is known.
        decided: the decision on it.
        costs: computes what each deployment costs.
    """
    best: tuple[str, float, int] | None = None
    for question, outcomes in what_if(case, costs).items():
        others = [other for _, other in outcomes if other.key != decided.key]
        if not others:
            continue
        now = decided.chosen.total if decided.chosen else 0.0
        stake = sum(abs((other.chosen.total if other.chosen else 0.0) - now) for other in others)
        worth = question, stake / len(outcomes), len(others)
        if best is None or worth[1:] > best[1:]:
            best = worth
    return best


def what_if(case: Case, costs: Costs) -> dict[str, list[tuple[str, Decision]]]:
    """Return, for each question that is open, its answers with the decision that each would lead to."""
    found: dict[str, list[tuple[str, Decision]]] = {}
    if case.dau is None:
        found["dau"] = [(f"{users:,.0f}", decide(case._replace(dau=users), costs)) for users in TYPICAL_DAU]
    for question, known in answers().items():
        if question not in case.given:
            found[question] = [
                (answer, decide(case._replace(given={**case.given, question: answer}), costs))
                for answer in known
                if answer != BETWEEN
            ]
    return found


def _first(fired: Sequence[Rule], about: str, value: Callable[[Rule], str], conflicts: list[Conflict]) -> str:
    """Return what the rule with the largest priority says; note rules of more than the lowest that say otherwise."""
    saying = [rule for rule in fired if value(rule)]
    chosen = saying[0]
    against = tuple(rule for rule in saying[1:] if value(rule) != value(chosen) and rule.when)
    if against:
        conflicts.append(Conflict(about, chosen, against))
    return value(chosen)


def _narrow(fired: Sequence[Rule], conflicts: list[Conflict]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the deployments that the binding rules leave, and those that other reasons leave of them."""
    binding = [rule for rule in fired if rule.nature == COMPLIANCE and rule.deployments]
    allowed = tuple(each for each in DEPLOYMENTS if all(each in rule.deployments for rule in binding))
    narrowed = allowed
    followed = binding[0] if binding else None
    for rule in fired:
        if rule.nature != FIT or not rule.deployments:
            continue
        left = tuple(each for each in narrowed if each in rule.deployments)
        if left:
            narrowed, followed = left, followed or rule
        elif followed is not None:
            conflicts.append(Conflict("deployment", followed, (rule,)))
    against = tuple(
        rule
        for rule in fired
        if rule.nature == COST and rule.deployments and not set(rule.deployments) & set(narrowed)
    )
    if against and followed is not None:
        conflicts.append(Conflict("deployment", followed, against))
    strictest = min(binding, key=lambda rule: len(rule.deployments), default=None)
    wider = tuple(rule for rule in binding if set(rule.deployments) - set(allowed))
    if wider and strictest is not None:
        conflicts.append(Conflict("deployment", strictest, wider))
    return allowed, narrowed
