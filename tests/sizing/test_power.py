"""Measured power: shares of the rated power by load, and the column of a plan."""

from __future__ import annotations

import pytest

from xlmodel import call
from xlmodel.catalog import built_in
from xlmodel.sizing import gpu_watts


@pytest.mark.parametrize(
    ("gpu", "requests", "watts"),
    [
        # .52, .79 and .79 of 700 W at 1, 8 and 32 requests a card
        ("H200 141GB", 0.2, 364),
        ("H200 141GB", 1, 364),
        ("H200 141GB", 8, 553),
        ("H200 141GB", 500, 553),
        # half-way in log between 1 and 8 is the root of 8: (.51 + .80) / 2 of 1,000 W
        ("B200 180GB", 8**0.5, 655),
        # between 8 and 32: 16, (.55 + .60) / 2 of 1,400 W
        ("MI355X 288GB", 16, 805),
        ("RTX 4090 24GB", 8, None),
    ],
)
def test_watts_by_hand(gpu: str, requests: float, watts: float | None) -> None:
    """The shares of the table, linear in the logarithm between the middles of the classes, level beyond."""
    found = gpu_watts(built_in(), gpu, requests)
    assert found == (watts if watts is None else pytest.approx(watts, rel=1e-12))


def test_a_plan_tells_watts_of_measured_cards() -> None:
    """Within the measured shares of an H200, and a dash for a card that nobody measured; a person may set gpu_load by it."""
    for gpu, measured in (("H200 141GB", True), ("RTX 4090 48GB", False)):
        table = call("LLM_PLAN", "Qwen3-32B", 100_000, None, gpu)
        assert isinstance(table, list)
        watts = table[1][table[0].index("gpu_watts")]
        assert (isinstance(watts, float) and 0.52 * 700 <= watts <= 0.79 * 700) if measured else watts == "—"


def test_the_table_is_read_as_any_other() -> None:
    """LLM_CATALOG gives it; every card of it has a specification."""
    table = call("LLM_CATALOG", "gpu_power", "item", "rated_share_16_64")
    assert isinstance(table, list)
    assert ["H100 80GB", 0.71] in table
    assert {row[0] for row in table[1:]} <= {row["item"] for row in built_in().tables["gpus"].rows}
