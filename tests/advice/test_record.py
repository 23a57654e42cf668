"""The record of a quote: advice, phased path, swings and percentiles, against the functions and by hand."""

from __future__ import annotations

import pytest

from xlmodel.advice.record import risk as record_risk
from xlmodel.advice.record.advice import advice
from xlmodel.advice.record.asked import NONE, Asked, read_options
from xlmodel.advice.record.made import made
from xlmodel.catalog.load import built_in
from xlmodel.cost import risk
from xlmodel.functions import Library
from xlmodel.inputs.resolve import resolve
from xlmodel.inputs.workload import Workload

FULL = "profile=full"
USERS = 95_000
OPTIONS = (("api", "GPT-4o"), ("rent", "2×A100 80GB"), ("own", "standard"))


def asked(
    dau: float = 3_000, options: tuple[tuple[str, str], ...] = OPTIONS, years: int = 3, **answers: str
) -> Asked:
    """Return a quote as its record asks for it, in the accounting of the budget."""
    catalog = built_in()
    inputs = resolve(catalog, {"profile": "full"})
    found = read_options(catalog, options, "Qwen3-32B")
    return Asked(catalog, inputs, found, Workload(dau, 800, 400), years, "Qwen3-32B", answers, "en")


def test_totals_and_path_are_those_of_the_functions() -> None:
    """LLM_TCO and LLM_HYBRID by their own arguments; the path is a year of each, 80/20."""
    case, library = asked(), Library(built_in())
    found = made(case)
    for (total,), (deployment, what) in zip(found["totals"], OPTIONS, strict=True):
        assert total == library.call("LLM_TCO", deployment, what, 3_000, 3, 800, 400, None, None, FULL)
    rows = [
        ("phase", "months", "deployment", "what", "share"),
        ("launch", 12, "api", "GPT-4o", 1), ("growth", 12, "rent", "2×A100 80GB", 0.8), ("growth", 12, "api", "GPT-4o", 0.2),
        ("scale", 12, "own", "standard", 0.8), ("scale", 12, "api", "GPT-4o", 0.2),
    ]  # fmt: skip
    path = library.call("LLM_HYBRID", rows, None, None, FULL, 3_000, 800, 400)
    assert isinstance(path, list)
    assert [row[6] for row in found["phases"]] == pytest.approx([row[3] for row in path[1:]])
    alone = library.call("LLM_SWITCH", "GPT-4o", "own", "standard", 3_000, 3, 800, 400, None, None, FULL)
    assert isinstance(alone, list)
    assert found["throughout"][0][1] == pytest.approx(alone[3][3])


def test_percentiles_agree_with_many_more_draws() -> None:
    """1,024 draws against 16,384, within 1 %; each chance is a share, and they add up to 1."""
    case = asked()
    rows = record_risk.spread(case, case.lines())
    many = risk.totals(case.catalog, case.inputs, case.options, case.workload, 3, 16_384)
    for row, column in zip(rows, many, strict=True):
        ordered = sorted(column)
        wanted = [risk.percentile(ordered, share) for share in (0.1, 0.5, 0.9)]
        assert list(row[:3]) == pytest.approx(wanted, rel=0.01)
    assert sum(float(row[3]) for row in rows if row[3] != NONE and row[3] is not None) == pytest.approx(1)


def test_where_the_choice_turns_both_cost_the_same() -> None:
    """GPT-4o against eight H100: at the growth that is named, the two totals are equal by LLM_TCO."""
    options = (("api", "GPT-4o"), ("rent", "8×H100 80GB"))
    case = asked(USERS, options)
    rows = record_risk.swings(case, case.lines())
    turned = [row for row in rows if row[0] == "Growth of use"]
    growth, library = float(turned[0][6] or 0), Library(built_in())
    assert growth
    assert float(turned[0][2] or 0) <= growth <= float(turned[0][3] or 0)
    text = f"growth_rate={growth!r}"
    one, other = (library.call("LLM_TCO", *each, USERS, 3, 800, 400, text, None, FULL) for each in options)
    assert one == pytest.approx(other, rel=1e-6)


def test_nothing_that_serves() -> None:
    """A rental too small for its users: no least costly option, no swings, no rank; all else stands."""
    found = made(asked(500_000, (("rent", "1×A100 80GB"),)))
    assert found["best"] == [(NONE, 0.0, NONE)]
    assert found["spread"][0][3] == NONE
    assert {row[0] for row in found["swings"]} == {NONE}
    assert found["switches"][0][2:] == (NONE,) * 4


def test_advice_begins_with_what_is_recommended() -> None:
    """Internal data allow own hardware alone: a binding rule, though the API costs less."""
    rows, costs = advice(asked(30_000, data_level="internal"))
    assert rows[0][0] == "Recommended"
    assert str(rows[0][1]).startswith("own hardware")
    assert {"Binding rule", "Ask next", "Would change it"} <= {row[0] for row in rows}
    assert [row[3] for row in costs][:2] == ["not allowed by a binding rule"] * 2
    assert float(costs[0][2] or 0) < float(costs[2][2] or 0)
