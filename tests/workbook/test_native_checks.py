"""The checks that need none of our functions: each turns red when the number it watches is another."""

from __future__ import annotations

import pytest

from tests.workbook.test_answer import quote, values
from xlmodel.grid import Address

# a cell, what is wrong with it, and the line that tells
BROKEN = {
    "curve.api.1.published.36": "last month of the chart",
    "order.1.full.able": "totals in the chart",
    "answer.api.1.component.usage": "components in the chart",
    "capacity.rent.1.published.state": "capacity in every year",
    "payback.own.1.full.rent.1.mine": "curves meet",
}


@pytest.mark.parametrize("key", BROKEN)
def test_a_wrong_number_turns_its_check_red(key: str) -> None:
    """The cell is overwritten with 7; its own line fails, and so does the master."""
    found = quote(
        "en", dau=30_000, api_models=["DeepSeek V3"], rent=["2×A100 80GB"], own=["standard"], years=3
    )
    layout = found.layout
    assert found["chk_master"] == "Checks OK"
    cells = layout.contents()
    place = layout.places[key]
    cells[layout.sheets[place.sheet].name][place.row, place.column] = 7.0
    computed = values(layout, cells)
    checks = layout.sheets["checks"]
    failed = [
        str(cells[checks.name][row, 1])
        for row, column in checks.cells
        if column == 3
        and computed.get(Address(checks.name, row, 3)) == 1
        and row < layout.places["chk_total"].row
    ]
    assert any(BROKEN[key] in label for label in failed)
    master = layout.places["chk_master"]
    assert computed[Address(checks.name, master.row, master.column)] == "CHECK FAILED"


def test_what_is_to_be_looked_at_is_no_failure() -> None:
    """Hand: 2×A100 serve 63,361 users, so that of two rentals one does not serve 100,000: 8×H100 does."""
    found = quote(
        "en",
        dau=100_000,
        model="32B~70B",
        api_models=["DeepSeek V3"],
        rent=["2×A100 80GB", "8×H100 80GB"],
        own=[],
    )
    checks = found.layout.sheets["checks"]
    (row,) = [
        at for (at, column), cell in checks.cells.items()
        if column == 1 and cell.content == "Hardware that does not serve every year · Price-list cost"
    ]  # fmt: skip
    assert found._values[Address(checks.name, row, 2)] == 1  # noqa: SLF001 - the line has no key
    assert found["chk_total"] == 0
