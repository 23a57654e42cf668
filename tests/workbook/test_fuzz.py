"""Some seeds of the fuzzing, and every crash that it found; benchmarks/fuzz.py runs thousands."""

from __future__ import annotations

import pytest
from fuzzing import KINDS

from workbook.request.quote_request import make_request
from xlmodel.catalog import built_in
from xlmodel.errors import XlModelError

COUNTS = {"packages": 60, "formulas": 60, "requests": 30, "catalogs": 1}


@pytest.mark.parametrize("kind", COUNTS)
def test_seeds_end_in_a_result_or_a_refusal(kind: str) -> None:
    """No other exception comes out, a result can be read by openpyxl, and a second run changes nothing."""
    assert all(KINDS[kind](seed) for seed in range(COUNTS[kind]))


def test_a_number_of_400_digits_is_outside_its_limits() -> None:
    """Found by requests --seed 327: a whole number that no double holds."""
    given = {"dau": 10, "model": "7B~14B", "years": 1, "assumptions": {"growth_rate": 10**400}}
    with pytest.raises(XlModelError, match="a number of more than 300 digits"):
        make_request(built_in(), given, "test")
