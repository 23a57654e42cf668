"""Ranges in formulas without an array flag: each meets the row or column of its formula, as in Excel."""

from __future__ import annotations

import pytest

from xlmodel.engine import compute
from xlmodel.grid import Address, CellValue, Content, ErrorCode, Formula

# column A 10 … 50, column B 1 … 5
CELLS: dict[tuple[int, int], Content] = {
    **{(row, 1): 10.0 * row for row in range(1, 6)},
    **{(row, 2): float(row) for row in range(1, 6)},
}


def value(formula: str, row: int = 3, *, array: bool = False) -> CellValue:
    """Compute a formula in column E."""
    sheets = {"S": {**CELLS, (row, 5): Formula(formula, array=array)}}
    return compute(sheets, None, {"tens": "S!$A$1:$A$5"}).values[Address("S", row, 5)]


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("A:A*2", 60),
        ("A1:A5*B1:B5", 90),
        ('A1:A5&"x"', "30x"),
        ('IF(A1:A5>20,"big","small")', "big"),
        ("ABS(-A1:A5)", 30),
        ("ABS(-(A1:A5))", 30),
        ("ROUND(A1:A5/3,2)", 10),
        ("SUM(A1:A5*2)", 60),
        ("SQRT(B:B)", 3**0.5),
        ("-A1:A5", -30),
        ("INDEX(A1:A5,B:B)", 30),
        ("VLOOKUP(B:B,$B$1:$B$5,1,0)", 3),
        ("tens*2", 60),
        # Qwen-Plus: 24,000 input tokens at 0.8 and 12,000 output tokens at 2 a month and user
        ('LLM_API_COST("Qwen-Plus",A1:A5*1000)', 30_000 * (24_000 * 0.8 + 12_000 * 2) / 1e6),
    ],
)
def test_a_range_means_one_cell(formula: str, expected: object) -> None:
    """That of row 3."""
    assert value(formula) == pytest.approx(expected) if isinstance(expected, float) else expected


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("SUM(A1:A5)", 150),
        ("SUM(tens)", 150),
        ("SUMPRODUCT(A1:A5*B1:B5)", 550),
        ("SUMPRODUCT((A1:A5>20)*B1:B5)", 12),
        ("MATCH(40,A1:A5,0)", 4),
        ("SUM(IF(TRUE,A1:A5))", 150),
    ],
)
def test_a_range_stays_whole(formula: str, expected: float) -> None:
    """Where a function takes ranges, or computes them cell by cell."""
    assert value(formula) == expected


def test_an_array_formula_takes_all_cells() -> None:
    """SUM(A1:A5*2) entered as an array is 300."""
    assert value("SUM(A1:A5*2)", array=True) == 300


def test_a_row_beside_the_range_is_an_error() -> None:
    """Row 9 meets no cell of A1:A5."""
    assert value("A1:A5*2", row=9) == ErrorCode.VALUE


def test_calls_alike_in_text_differ_by_row() -> None:
    """Two rows with one text: 10 and 20 users."""
    formula = Formula('LLM_API_COST("Qwen-Plus",A1:A5)')
    found = compute({"S": {**CELLS, (1, 5): formula, (2, 5): formula}}).values
    assert found[Address("S", 2, 5)] == pytest.approx(2 * found[Address("S", 1, 5)])  # type: ignore[operator]
