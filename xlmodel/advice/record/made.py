"""The whole record of a quote, block by block."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlmodel.advice.record import path, risk
from xlmodel.advice.record.advice import advice

if TYPE_CHECKING:
    from xlmodel.advice.record.asked import Asked, Rows

# the blocks of a record by name
BLOCKS = (
    "totals", "best", "spread", "swings", "phases", "throughout", "switches", "base_loads", "advice", "advice_costs",
)  # fmt: skip


def made(asked: Asked) -> dict[str, Rows]:
    """Return the rows of each block of the record.

    Raises:
        CellError: an option that cannot be costed, or an answer that is none.
    """
    lines = asked.lines()
    words, costs = advice(asked)
    return {
        "totals": risk.totals(asked, lines),
        "best": risk.best(asked, lines),
        "spread": risk.spread(asked, lines),
        "swings": risk.swings(asked, lines),
        "phases": path.phases(asked, lines),
        "throughout": path.throughout(asked, lines),
        "switches": path.switches(asked, lines),
        "base_loads": path.base_loads(asked, lines),
        "advice": words,
        "advice_costs": costs,
    }
