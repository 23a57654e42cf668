"""From how many users on a stepped cost stays below a line: by hand, and against a scan of every level."""

from __future__ import annotations

import itertools
import math
import random
from dataclasses import dataclass

import pytest

from xlmodel.cost.crossing import Line, users_from_which_cheaper


@dataclass(frozen=True)
class Copies:
    """Copies of one size: fixed + price of a copy × copies of each year, a rebate that grows with the copies aside."""

    fixed: float
    price: float
    steps: tuple[float, ...]
    rebate: float = 0.0

    def cost(self, users: float) -> float:
        """Return the cost; the rebate is paid for the copies of the first year, so more of them may cost less."""
        copies = [max(1, math.ceil(users / step * (1 - 1e-13))) for step in self.steps]
        return self.fixed + self.price * sum(copies) - self.rebate * copies[0]

    def bounds(self, low: float, high: float) -> tuple[float, float]:
        """Return both ends; what the rebate may take off between them widens them."""
        slack = self.rebate * (
            max(1, math.ceil(high / self.steps[0])) - max(1, math.ceil(low / self.steps[0]))
        )
        return self.cost(low) - slack, self.cost(high) + slack


def test_by_hand() -> None:
    """A copy serves 100 users and costs 10; a user costs 0.12 by the line, 12 a copy; the fixed part is 5.

    Users in (100 (n - 1), 100 n] cost 5 + 10 n. n=1: 15 from 125, beyond 100: never. n=2: 25 from 208.3: never.
    n=3: 35 from 291.67, within (200, 300]; n=4 at 300+: 45 against 36, from 375; n=5: 55 from 458.3; n=6: 65 from
    541.67; ...; n=k: (5 + 10 k) / 0.12 <= 100 (k - 1) from k = 8.5 on, so level k=8 is the last that begins
    above the line: 85 / 0.12 = 708.33.
    """
    found = users_from_which_cheaper([Copies(5, 10, (100,))], Line(0, 0.12), 1e9)
    assert found == pytest.approx(85 / 0.12, rel=1e-12)


def test_a_second_plan_closes_the_gap() -> None:
    """A dearer copy of 1,000 users for 90 is cheaper than the line from 750 to 1,000 and at k copies from 750 k."""
    large = Copies(0, 90, (1000,))
    assert users_from_which_cheaper([large], Line(0, 0.12), 1e9) == pytest.approx(3 * 750, rel=1e-12)
    both = [large, Copies(5, 10, (100,))]
    assert users_from_which_cheaper(both, Line(0, 0.12), 1e9) == pytest.approx(85 / 0.12, rel=1e-12)


def test_never_and_always() -> None:
    """A copy that costs more than its users by the line is dearer at the limit; one below the fixed part never is."""
    assert users_from_which_cheaper([Copies(5, 13, (100,))], Line(0, 0.12), 1e9) is None
    assert users_from_which_cheaper([], Line(0, 0.12), 1e9) is None
    assert users_from_which_cheaper([Copies(0, 1, (100,))], Line(5, 0.12), 1e9) == 0


def scan(plans: list[Copies], line: Line, limit: float) -> float | None:
    """Return the answer by looking at every level from the limit down."""
    edges = {0.0, limit}
    for plan in plans:
        for step in plan.steps:
            edges |= {step * count for count in range(1, math.ceil(limit / step))}
    ordered = sorted(edges, reverse=True)
    for high, low in itertools.pairwise(ordered):
        users = line.users(min(plan.cost((low + high) / 2) for plan in plans))
        if users > high:
            return None if high == limit else high
        if users > low:
            return users
    return 0.0


@pytest.mark.parametrize("seed", range(300))
def test_as_a_scan_of_every_level(seed: int) -> None:
    """Random plans of one to three years, growing or shrinking, with and without a cost that falls at steps."""
    dice = random.Random(seed)  # noqa: S311 - cases, not secrets
    plans = []
    for _ in range(dice.randint(1, 4)):
        first, growth = dice.uniform(20, 300), dice.choice([0.5, 1.0, 1.3])
        steps = tuple(first * growth**year for year in range(dice.randint(1, 3)))
        price = first * dice.uniform(0.05, 0.4)
        rebate = dice.choice([0.0, 0.0, 2.0]) * price
        plans.append(Copies(dice.uniform(0, 200), price, steps, rebate))
    line = Line(dice.uniform(0, 50), dice.uniform(0.1, 0.6))
    expected = scan(plans, line, 20_000)
    found = users_from_which_cheaper(plans, line, 20_000)
    # where the cost falls at a step the answer stands just above it
    assert found == (None if expected is None else pytest.approx(expected, rel=1.1e-8))
    if found and expected != found:
        level = min(plan.cost(found) for plan in plans)
        assert level == pytest.approx(line.cost(found), rel=1e-9) or level < line.cost(found)
