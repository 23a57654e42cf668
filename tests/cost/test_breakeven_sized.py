"""Break-even of an open model, sized at each number of users: by hand, put back into LLM_TCO, and its bounds."""

from __future__ import annotations

import random
from dataclasses import asdict

import pytest

from xlmodel import CellError, call
from xlmodel.catalog.load import built_in
from xlmodel.cost import option
from xlmodel.cost.sized_steps import sized_steps
from xlmodel.inputs.register import register
from xlmodel.inputs.resolve import resolve

CATALOG = built_in()
PAIRS = [
    ("GPT-4o", "rent", "Qwen3-32B"),
    ("GPT-4o", "own", "Qwen3-32B"),
    ("GPT-4o", "own", "DeepSeek-V3"),
    ("Claude Sonnet 4.6", "own", "Qwen3-235B-A22B@H200 141GB"),
    ("Qwen3-Max", "rent", "Qwen3-8B@L40S 48GB"),
]


def number(name: str, *arguments: object) -> float:
    """Call a function that gives a number."""
    value = call(name, *arguments)
    assert isinstance(value, float)
    return value


def test_by_hand() -> None:
    """A copy on one L40S serves u users for 38,400 a year; the API asks 1.15 times that for u users.

    k copies serve the users in ((k - 1) u, k u] and cost what k u / 1.15 users cost by API. That is above (k - 1) u
    while k < 1.15 / 0.15 = 7.67, so the seventh copy is the last that begins dearer than the API.
    """
    users = number("LLM_CAPACITY", "Qwen3-8B", "1×L40S")
    assert number("LLM_CAPACITY", "Qwen3-8B", "7×L40S") == pytest.approx(7 * users, rel=1e-12)
    per_mtok = 1.15 * 12 * 3_200 / (users * 360 * (800 + 400)) * 1e6
    figures = [
        ["item", "field", "value"],
        ["GPT-4o", "input", per_mtok],
        ["GPT-4o", "output", per_mtok],
        ["L40S", "reserved_month", 3_200],
    ]
    arguments = ("GPT-4o", "rent", "Qwen3-8B@L40S 48GB", None, None, None, figures, None, 1)
    assert call("BREAKEVEN_DAU", *arguments) == pytest.approx(7 * users / 1.15, rel=1e-9)


def rates(dice: random.Random) -> list[list[object]]:
    """Return random assumptions, hardware that gets dearer faster than the discount among them."""
    return [
        ["profile", dice.choice(["published", "full"])],
        ["estimate", dice.choice(["low", "base", "high"])],
        ["growth_rate", dice.choice([0, dice.uniform(-0.4, 0.8)])],
        ["hardware_price_change_rate", dice.choice([0, dice.uniform(-0.4, 0.6)])],
        ["api_price_change_rate", dice.uniform(-0.2, 0.2)],
        ["discount_rate", dice.choice([0, dice.uniform(0, 0.2)])],
        ["income_tax_rate", dice.choice([0, 0.25])],
        ["residual_rate", dice.choice([0, 0.3])],
        ["hardware_life_years", dice.choice([2, 5])],
        ["reserve_replicas", dice.choice([0, 1, 2])],
        ["retry_rate", dice.uniform(0, 0.2)],
    ]


@pytest.mark.parametrize("seed", range(40))
def test_put_back_into_both_totals(seed: int) -> None:
    """Both totals are equal there, sized hardware is dearer just below, and nowhere dearer above.

    Where the function says that hardware never breaks even, it is dearer for a billion users.
    """
    dice = random.Random(seed)  # noqa: S311 - cases, not secrets
    model, *other = dice.choice(PAIRS)
    given, years = rates(dice), dice.choice([1, 3, 6])
    tail = (years, None, None)
    in_force = asdict(resolve(CATALOG, {str(key): value for key, value in given}))  # type: ignore[misc]  # as a range
    # the assumptions are the same on both sides, the prices of the API stand at their other end
    in_force["estimate"] = {"low": "high", "base": "base", "high": "low"}[in_force["estimate"]]
    bill_given = [[key, value] for key, value in in_force.items() if key in register()]

    def gap(users: float) -> float:
        bill = number("LLM_TCO", "api", model, users, *tail, bill_given)
        return number("LLM_TCO", *other, users, *tail, given) / bill - 1

    try:
        users = number("BREAKEVEN_DAU", model, *other, None, None, given, None, None, years)
    except CellError:
        assert gap(1e9) > 0
        return
    assert gap(users) == pytest.approx(0, abs=1e-9)
    assert gap(users * (1 - 1e-6)) > 0
    assert all(gap(users * dice.uniform(1, 1.5)) <= 1e-9 for _ in range(40))
    assert all(gap(users * 10 ** dice.uniform(0, 5)) <= 1e-9 for _ in range(40))


@pytest.mark.parametrize("seed", range(20))
def test_bounds_hold_between(seed: int) -> None:
    """Between two numbers of users the total leaves its bounds nowhere, hardware bought ahead of a rise included."""
    dice = random.Random(seed)  # noqa: S311 - cases, not secrets
    _, deployment, what = dice.choice(PAIRS[:3])
    inputs = resolve(CATALOG, {str(key): value for key, value in rates(dice)})  # type: ignore[misc]  # as a range
    for plan in sized_steps(CATALOG, inputs, option.read(CATALOG, deployment, what), (800, 400), 5):
        for _ in range(10):
            low, high = sorted(dice.uniform(0, 1e6) for _ in range(2))
            least, most = plan.bounds(low, high)
            for _ in range(5):
                between = plan.bounds(at := dice.uniform(low, high), at)
                assert between[0] == between[1]
                assert least * (1 - 1e-12) <= between[0] <= most * (1 + 1e-12)


def test_a_larger_fleet_may_cost_less_where_hardware_gets_dearer() -> None:
    """Why bounds carry a slack: at +60 % a year, growing into the hardware costs more than buying it at once."""
    inputs = resolve(CATALOG, {"growth_rate": 0.8, "hardware_price_change_rate": 3, "maintenance_rate": 0})
    plan = sized_steps(CATALOG, inputs, option.read(CATALOG, "own", "Qwen3-32B@A100 80GB"), (800, 400), 3)[0]
    totals = [plan.bounds(users, users)[0] for users in range(10_000, 200_000, 2_000)]
    assert totals != sorted(totals)


def test_never_below_a_billion() -> None:
    """Where a user costs more on hardware than by API there is no such number, and both totals are named."""
    with pytest.raises(
        CellError, match=r"for a billion users Qwen3-32B costs .* CNY over 3 years, the API"
    ) as caught:
        call("BREAKEVEN_DAU", "DeepSeek V4-Flash", "rent", "Qwen3-32B")
    assert caught.value.code == "#N/A"


def test_a_request_without_output_is_refused() -> None:
    """Sizing needs output tokens; one line says so."""
    with pytest.raises(CellError, match="output_tokens"):
        call("BREAKEVEN_DAU", "GPT-4o", "rent", "Qwen3-32B", 800, 0)
