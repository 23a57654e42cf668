"""The golden formulas: each gives its value through the headless engine."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from xlmodel.engine import evaluate
from xlmodel.functions import FUNCTIONS

with (Path(__file__).parent / "golden" / "golden-formulas.csv").open(encoding="utf-8", newline="") as _file:
    ROWS = list(csv.DictReader(_file))
NAMES = re.compile(r"\b([A-Z]+_[A-Z_]+)\(")


@pytest.mark.parametrize("row", ROWS, ids=[row["formula"] for row in ROWS])
def test_formula_gives_its_value(row: dict[str, str]) -> None:
    """A number to 1e-12, a truth value or an error code exactly."""
    found, expected = evaluate(row["formula"]).value, row["expected"]
    if expected.startswith("#"):
        assert str(found) == expected
    elif expected in {"TRUE", "FALSE"}:
        assert found is (expected == "TRUE")
    else:
        assert found == pytest.approx(float(expected), rel=1e-12)


def test_every_row_calls_a_function() -> None:
    """The file is whole, and each row calls functions that exist."""
    assert len(ROWS) == 28
    for row in ROWS:
        called = NAMES.findall(row["formula"])
        assert called
        assert set(called) <= set(FUNCTIONS)
