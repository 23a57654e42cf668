"""Comparisons, joined texts and differences with Excel's 15 digits."""

from __future__ import annotations

import pytest

from xlmodel.engine import compute, exactly
from xlmodel.grid import Address, CellValue, Content, ErrorCode, Formula

CELLS: dict[tuple[int, int], Content] = {(1, 1): 0.1, (1, 2): 0.2, (2, 1): "Pear", (3, 1): ErrorCode.NA}


def value(formula: str) -> CellValue:
    """Compute a formula as the renewal does."""
    return compute({"S": {**CELLS, (9, 5): Formula(exactly(formula))}}).values[Address("S", 9, 5)]


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("0.1+0.2=0.3", True),
        ("A1+B1<>0.3", False),
        ('IF(A1+B1>0.3,"more","no more")', "no more"),
        ("0.1+0.2-0.3", 0),
        ("1-0.9-0.1", 0),
        ("1.1-1-0.1", 0),
        ("2-1", 1),
        ('""+1', ErrorCode.VALUE),
        ("C9+1", 1),
        ("-3+1", -2),
        ('"Total "&A1+B1', "Total 0.3"),
        ('"x"&1/3', "x0.333333333333333"),
        ('"n"&5&TRUE&C9', "n5TRUE"),
        ('A2="pEAR"', True),
        ('C9=""', True),
        ("C9=0", True),
        ('1<"a"', True),
        ("A3=1", ErrorCode.NA),
        ("SUMPRODUCT((A1:B1=0.2)*1)", 1),
        ("SUM(A1:B1)=0.3", True),
        ('COUNTIF(A1:B1,">"&0.15)', 1),
        ("1=1=TRUE", True),
    ],
)
def test_as_excel_has_it(formula: str, expected: object) -> None:
    """By Excel's own results."""
    assert value(formula) == expected


@pytest.mark.parametrize(
    "formula", ["A1:B1=1", "Prices[value]=1", "SUM(A1:A2 A1:B1)", '"unfinished', "A1", "SUM(A1,,2)"]
)
def test_what_is_left_to_the_engine(formula: str) -> None:
    """Ranges, unfinished texts, and what has nothing to compare."""
    assert exactly(formula) == formula
