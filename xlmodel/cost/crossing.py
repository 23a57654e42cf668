"""From how many users on a cost that rises in steps stays at or below one that rises in a line, exactly."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

# A step is known to a billionth, by which the number of copies rounds an exact multiple down; a level is looked at
# this share of the users beside it.
_BESIDE = 1e-8


class Stepped(Protocol):
    """A cost over users that is level between the multiples of some numbers of users."""

    @property
    def steps(self) -> tuple[float, ...]:
        """Return the numbers of users at whose multiples the cost may step."""

    def bounds(self, low: float, high: float) -> tuple[float, float]:
        """Return what the cost is at least and at most from `low` to `high` users; the cost itself where it is level."""


@dataclass(frozen=True, slots=True)
class Line:
    """A cost that rises in proportion to the users: fixed + per_user × users.

    Args:
        fixed: cost without users, in any currency.
        per_user: cost of a user, above 0.
    """

    fixed: float
    per_user: float

    def cost(self, users: float) -> float:
        """Return the cost at a number of users."""
        return self.fixed + self.per_user * users

    def users(self, cost: float) -> float:
        """Return the users at whom the line reaches a cost."""
        return (cost - self.fixed) / self.per_user


def users_from_which_cheaper(plans: Sequence[Stepped], line: Line, limit: float) -> float | None:
    """Return the smallest number of users from which the cheapest plan stays at or below the line up to a limit.

    A range of users is settled at once where a plan costs at most what the line costs at its lower end, or
    where each plan costs at least what the line costs at its upper end. Any other range is divided at a step
    of a plan and its upper part looked at first; between two steps the equation is solved.

    Args:
        plans: ways to serve, of which the cheapest counts at each number of users.
        line: what they are compared with.
        limit: users up to which the answer must hold.

    Returns:
        The users, or None where the plans are dearer at the limit.
    """
    ranges: list[tuple[float, float, Sequence[Stepped]]] = [(0.0, limit, plans)]
    while ranges:
        low, high, possible = ranges.pop()
        bounds = [plan.bounds(low * (1 + _BESIDE), high * (1 - _BESIDE)) for plan in possible]
        if any(most <= line.cost(low) for _, most in bounds):
            continue
        possible = [
            plan for plan, (least, _) in zip(possible, bounds, strict=True) if least <= line.cost(high)
        ]
        middle = _step_within(possible, low, high)
        if middle is not None:
            ranges += [(low, middle, possible), (middle, high, possible)]
            continue
        users = line.users(min((least for least, _ in bounds), default=math.inf))
        if users <= low:
            continue
        if users <= high:
            return users
        # dearer up to the end of this range, and cheaper from there on: the cost falls at that step
        return None if high == limit else high * (1 + _BESIDE)
    return 0.0


def _step_within(plans: Sequence[Stepped], low: float, high: float) -> float | None:
    """Return the step of a plan inside a range that is nearest to its middle, or None."""
    middle = (low + high) / 2
    steps = (
        step * count
        for plan in plans
        for step in plan.steps
        for count in (math.floor(middle / step), math.floor(middle / step) + 1)
    )
    within = [step for step in steps if low * (1 + 2 * _BESIDE) < step < high * (1 - 2 * _BESIDE)]
    return min(within, key=lambda step: abs(step - middle), default=None)
