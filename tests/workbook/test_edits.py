"""Typing at random into every yellow cell: native numbers are those of our functions for what then stands there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from edits import Edits

from tests.workbook.test_audit import DAY
from workbook.quote.build import finished_quote
from workbook.request.quote_request import make_request
from xlmodel.catalog import built_in
from xlmodel.functions import default_library

if TYPE_CHECKING:
    from pathlib import Path

ASKED = {
    "lang": "en",
    "dau": 30_000,
    "years": 5,
    "model": "32B~70B",
    "api_models": ["DeepSeek V3", "GPT-4o"],
    "rent": ["2×A100 80GB"],
    "own": ["standard", "8×H100 80GB"],
}
BATCHES, EACH = 2, 13


def test_random_edits(tmp_path: Path) -> None:
    """The totals of all options, the users they serve and the answer after each of a few batches; 500 in benchmarks."""
    pytest.importorskip("ironcalc", reason="IronCalc is not installed")
    request = make_request(built_in(), ASKED, "test")
    edits = Edits(finished_quote(request, default_library(), "custom", DAY), DAY, tmp_path, seed=10)
    for _ in range(BATCHES):
        typed = edits.type(EACH)
        assert edits.differences() == [], typed
