"""How a formula moves when it is filled into another cell."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.formula.translate import Translator

from xlmodel.grid import Kind, cell_name, moved, tokens


@pytest.mark.parametrize(
    ("formula", "rows", "columns", "expected"),
    [
        ("A1+$A1+A$1+$A$1", 2, 1, "B3+$A3+B$1+$A$1"),
        ("=A1", 1, 0, "=A2"),
        ("SUM('It''s'!A1:B2)&\"A1\"", 1, 0, "SUM('It''s'!A2:B3)&\"A1\""),
        ("SUM(A:A)+SUM(1:1)+SUM($A:B)+SUM($1:2)", 1, 1, "SUM(B:B)+SUM(2:2)+SUM($A:C)+SUM($1:3)"),
        ("A2", -2, 0, "#REF!"),
        ("B1", 0, -2, "#REF!"),
        ("XFD1", 0, 1, "#REF!"),
        ("A1048576+S!A1", 1, 0, "#REF!+S!A2"),
        ("SUM(XFC:XFD)", 0, 1, "SUM(#REF!)"),
        ("$XFD1", 0, 1, "$XFD1"),
        ("A1:INDEX(B:B,3)", 1, 0, "A2:INDEX(B:B,3)"),
        ("A1:INDEX(B:B,3)", 0, 1, "B1:INDEX(C:C,3)"),
        ("XFD1:INDEX(A1,2)", 1, 1, "#REF!:INDEX(B2,2)"),
        ("A1:Sheet2!B1+Jan:Mar!C1", 1, 0, "A2:Sheet2!B2+Jan:Mar!C2"),
        ("[1]S!A1+'[b.xlsx]S'!A1", 1, 0, "[1]S!A2+'[b.xlsx]S'!A2"),
        ("LOG10(A1)+in_a1x+Tab[A1]+[@B2]+ZZZ1+1E5", 1, 0, "LOG10(A2)+in_a1x+Tab[A1]+[@B2]+ZZZ1+1E5"),
        ("B2#+@A1:A3", 1, 0, "B3#+@A2:A4"),
        ("(A1,B2) A1:C3", 1, 1, "(B2,C3) B2:D4"),
        ("Z9", 0, 1, "AA9"),
        ("A1", 0, 0, "A1"),
        ("a1+$b2", 0, 0, "a1+$b2"),
    ],
)
def test_filled(formula: str, rows: int, columns: int, expected: str) -> None:
    """References move as when a formula is filled; texts, functions, names and table columns do not."""
    assert moved(formula, rows, columns) == expected


CELLS = st.builds(
    lambda row, column, fixed: "{1}{2}{0}{3}".format(
        "$" if fixed[1] else "", "$" if fixed[0] else "", *_split(cell_name(row, column))
    ),
    st.integers(100, 1_000_000),
    st.integers(100, 16_000),
    st.tuples(st.booleans(), st.booleans()),
)
OPERANDS = (
    CELLS
    | st.tuples(CELLS, CELLS).map(":".join)
    | CELLS.map("'a b'!{}".format)
    | CELLS.map("INDEX({},2)".format)
    | CELLS.map('"{}"'.format)
    | st.sampled_from(["1E5", "price", "Tab[A1]", "SUM($A:B)", "SUM(200:$300)", "#N/A", "TRUE"])
)
FORMULAS = st.lists(OPERANDS, min_size=1, max_size=5).map("+".join)
STEPS = st.integers(-50, 50)


def _split(name: str) -> tuple[str, str]:
    letters = name.rstrip("0123456789")
    return letters, name[len(letters) :]


@settings(max_examples=300, deadline=None)
@given(FORMULAS, STEPS, STEPS)
def test_there_and_back(formula: str, rows: int, columns: int) -> None:
    """Where nothing leaves the sheet, filling forth and back gives the formula again; by nothing, itself."""
    there = moved(formula, rows, columns)
    assert moved(formula, 0, 0) == formula
    if "#REF!" not in there:
        assert moved(there, -rows, -columns) == formula
        assert [token.kind for token in tokens(there)] == [token.kind for token in tokens(formula)]


@settings(max_examples=300, deadline=None)
@given(FORMULAS, st.integers(0, 50), st.integers(0, 50))
def test_as_openpyxl_moves(formula: str, rows: int, columns: int) -> None:
    """Within the sheet, and without ranges that a function ends, openpyxl's translator says the same."""
    theirs = Translator(f"={formula}", "A1").translate_formula(cell_name(1 + rows, 1 + columns))
    assert moved(f"={formula}", rows, columns) == theirs


@settings(max_examples=100, deadline=None)
@given(FORMULAS, STEPS, STEPS, STEPS, STEPS)
def test_two_steps_are_one(formula: str, rows: int, columns: int, more: int, across: int) -> None:
    """Filling twice is filling once by the sum, where the first step stays on the sheet."""
    first = moved(formula, rows, columns)
    if "#REF!" not in first:
        assert moved(first, more, across) == moved(formula, rows + more, columns + across)


def test_kinds_that_move() -> None:
    """Exactly the references by address differ after a move."""
    formula = "A1+'x'!B:B+2:3+name+Tab[a]+\"A1\"+F1(C1)"
    pairs = zip(tokens(formula), tokens(moved(formula, 1, 1)), strict=True)
    assert all((one.text != two.text) == (one.kind is Kind.REFERENCE) for one, two in pairs)
