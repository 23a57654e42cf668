"""What is kept by the identity of a catalog and of assumptions."""

from __future__ import annotations

from dataclasses import replace

from xlmodel.catalog import built_in
from xlmodel.cost.kept import Kept
from xlmodel.inputs.resolve import resolve


def test_other_assumptions_are_another_result_and_the_store_is_bounded() -> None:
    """Equal assumptions that are another object are made again; beyond the bound all is forgotten."""
    catalog = built_in()
    inputs = resolve(catalog, {})
    kept = Kept[int](most=2)
    made: list[int] = []

    def make() -> int:
        made.append(len(made))
        return made[-1]

    assert [kept.get(catalog, inputs, "a", make) for _ in range(3)] == [0, 0, 0]
    assert kept.get(catalog, replace(inputs), "a", make) == 1
    assert kept.get(catalog, inputs, "b", make) == 2  # the store was full
    assert kept.get(catalog, inputs, "a", make) == 3
