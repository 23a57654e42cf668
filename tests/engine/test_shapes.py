"""Formulas of one shape: what is read once gives what each formula gives when it is read alone."""

from __future__ import annotations

import pytest

from xlmodel.engine.refusal import RefusedError
from xlmodel.engine.rewrite import Rewriter
from xlmodel.engine.shapes import divided
from xlmodel.functions import FUNCTIONS
from xlmodel.grid import Address, Table

NAMES = {"in_dau": "Inputs!$B$2", "whole": "A1:B2", "S!local": "Inputs!$C$3"}
TABLES = [Table("Prices", "S", 1, 1, 9, 2, ("item", "A5"))]
# pairs of one shape by their letters; many of them are traps
PAIRS = [
    ("A1+B2", "C30+$D$4"),
    ("LLM_TCO(A1,B1,in_dau)", "LLM_TCO(A2,B2,in_dau)"),
    (
        "IF(Inputs!A1>1,LLM_PRICE(A1,,B2),'My Sheet'!C3:D4)",
        "IF(Inputs!A9>1,LLM_PRICE(A2,,B7),'My Sheet'!C5:D6)",
    ),
    ('"see A1 "&A1', '"see B2 "&B2'),
    ("A1+ZZZ1", "A1+AAA1"),
    ("AAA1+A1", "ZZZ1+A1"),
    ("A1:INDEX(B1:B9,2)", "A2:INDEX(B2:B9,2)"),
    ("LET(x1,A1,x1+B1)", "LET(x1,A2,x1+B2)"),
    ("Prices[A5]+A1", "Prices[A5]+A2"),
    ("[@A5]*A1", "[@A5]*A2"),
    ("local+whole+A1", "local+whole+A2"),
    ("SUM(A1:B2)/LOG10(A1)", "SUM(A3:B4)/LOG10(A2)"),
    ("Inputs!A1+1", "Nowhere!A1+1"),
    ("A1*(B1", "A2*(B2"),
    ("A1,A2", "B1,B2"),
]


def _rewriter() -> Rewriter:
    return Rewriter(FUNCTIONS, ["S", "Inputs", "My Sheet"], NAMES, TABLES)


def _read(rewriter: Rewriter, formula: str, row: int) -> object:
    try:
        return rewriter.rewrite(formula, Address("S", row, 5))
    except RefusedError as error:
        return str(error)


@pytest.mark.parametrize(("first", "second"), [*PAIRS, *((b, a) for a, b in PAIRS)])
def test_a_formula_reads_the_same_after_others_of_its_shape(first: str, second: str) -> None:
    """A second formula gives what a rewriter gives that has seen no other."""
    rewriter = _rewriter()
    _read(rewriter, first, 2)
    assert _read(rewriter, second, 3) == _read(_rewriter(), second, 3)
    assert _read(rewriter, first, 4) == _read(_rewriter(), first, 4)


def test_a_column_is_one_shape() -> None:
    """Addresses part from the rest, with their sheets."""
    one = divided("IF('My Sheet'!$A$1>N(B2),Inputs!C3:D4,1)")
    assert one == (("IF(", ">N(", "),", ",1)"), ["'My Sheet'!$A$1", "B2", "Inputs!C3:D4"])
    assert divided("IF(Inputs!A9>N(Z9),A1,1)")[0] == one[0]
