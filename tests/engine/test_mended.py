"""Functions that the engine computes otherwise than Excel, in its place: values of Microsoft's pages, or by hand."""

from __future__ import annotations

import pytest

from xlmodel.engine import compute, exactly
from xlmodel.grid import Address, ErrorCode, Formula

# D: a b c a, G: 3 1 5 (blank), E: 2 #N/A 4 5, H: -100 (blank) later 110
CELLS = {
    (2, 4): "a",
    (3, 4): "b",
    (4, 4): "c",
    (5, 4): "a",
    (2, 5): 2.0,
    (3, 5): ErrorCode.NA,
    (4, 5): 4.0,
    (5, 5): 5.0,
    (2, 7): 3.0,
    (3, 7): 1.0,
    (4, 7): 5.0,
    (2, 8): -100.0,
    (4, 8): "later",
    (5, 8): 110.0,
}
AT = Address("S", 9, 9)
BY_HAND = [
    # a table of criteria: "a" stands beside 3 and nothing, "b" beside 1
    ('SUM(SUMIF(D2:D5,{"a","b"},G2:G5))', 4.0),
    ('SUM(COUNTIF(D2:D5,{"a","c"}))', 3.0),
    ("SUMPRODUCT(1/COUNTIF(D2:D5,D2:D5))", 3.0),
    ("SUMPRODUCT(SUMIF(D2:D5,D3:D4,G2:G5))", 6.0),
    ('SUM(COUNTIFS(D2:D5,{"a","b"},G2:G5,">1"))', 1.0),
    ('SUM(SUMIFS(G2:G5,D2:D5,{"a";"c"}))', 8.0),
    ('SUM(AVERAGEIF(D2:D5,{"b","c"},G2:G5))', 6.0),
    ('SUM(SUMIF(D2:D5,{"b","c"},E2:E5))', ErrorCode.NA),
    ('SUM(SUMIF(D:D,{"a","b"},G:G))', 4.0),
    # errors among what is summed, and not those that no criterion picks
    ('SUMIF(D2:D5,"b",E2:E5)', ErrorCode.NA),
    ('SUMIFS(E2:E5,D2:D5,"b")', ErrorCode.NA),
    ('AVERAGEIF(D2:D5,"b",E2:E5)', ErrorCode.NA),
    ('IFERROR(SUMIF(D2:D5,"<>c",E2:E5),"SUMIF(")', "SUMIF("),
    ('SUMIF(D2:D5,"a",E2:E5)', 7.0),
    ('SUM(COUNTIF(D2:D5,{"<>a","?","~?"}))', 2.0 + 4.0),
    # signs: away from zero and towards it, as Microsoft's table has them
    ("CEILING(-2.5,-2)", -4.0),
    ("CEILING(-2.5,2)", -2.0),
    ("CEILING(2.5,-2)", ErrorCode.NUM),
    ("CEILING(1.5,0)", 0.0),
    ("CEILING(0.1+0.2,0.1)", pytest.approx(0.3)),
    ("FLOOR(-2.5,-2)", -2.0),
    ("FLOOR(-2.5,2)", -4.0),
    ("FLOOR(2.5,-2)", ErrorCode.NUM),
    ("FLOOR(1.5,0)", ErrorCode.DIV0),
    ("CEILING.MATH(-5.5,2,-1)", -6.0),
    ("CEILING.MATH(24.3,5)", 25.0),
    ("FLOOR.MATH(-5.5,2,-1)", -4.0),
    ("FLOOR.MATH(-8.1,2)", -10.0),
    # Microsoft's example of DB: 7 months in the first year, 5 in the last
    ("ROUND(DB(1000000,100000,6,1,7),2)", 186083.33),
    ("ROUND(DB(1000000,100000,6,2,7),2)", 259639.42),
    ("ROUND(DB(1000000,100000,6,7,7),2)", 15845.1),
    # 10 % a period: 100 = 60 / 1.1 + 55 / 1.21 rounded; a blank or a text between them is no period
    ("ROUND(IRR({-100;60;50}),6)", 0.068115),
    ("IRR(H2:H5)", pytest.approx(0.1)),
    ("IRR(G2:G5)", ErrorCode.NUM),
    ("IRR(E2:E5)", ErrorCode.NA),
    ("IRR({-100,230,-132},0.25)", pytest.approx(0.2)),
    # payments first: 8000 is owed less the first payment of 256.00412980, at 10 % / 12
    ("IPMT(0.1/12,2,36,8000,0,1)", pytest.approx(-(8000 - 256.00412980234) * 0.1 / 12)),
    ("IPMT(0.1/12,1,36,8000,0,1)", 0.0),
    ("IPMT(0.1/12,1,36,8000,0,0)", pytest.approx(-8000 * 0.1 / 12)),
    ("PPMT(0.1/12,1,36,8000,0,1)", pytest.approx(-256.00412980234)),
    ("PPMT(0,1,4,100,0,1)", -25.0),
    # 2.5 lies between 1 and 3, whatever the order
    ('XLOOKUP(2.5,G2:G4,D2:D4,"none",-1)', "b"),
    ('XLOOKUP(2.5,G2:G4,D2:D4,"none",1)', "a"),
    ('XLOOKUP(0,G2:G4,D2:D4,"none",-1)', "none"),
    ('XLOOKUP("z",G2:G4,D2:D4,,1)', ErrorCode.NA),
    ('LEN(XLOOKUP("z",G2:G4,D2:D4,"",1))', 0.0),
    ('XLOOKUP("z",G2:G4,D2:D4,0,1)', 0.0),
    ("XMATCH(2.5,G2:G4,-1)", 2.0),
    ("XMATCH(3,G2:G4,1)", 1.0),
    ('LOOKUP(2,1/(D2:D5="b"),G2:G5)', 1.0),
    ("LOOKUP(4,{1,3,5})", 3.0),
    # 15 digits
    ("LEN(1/3)", 17.0),
    ('CONCATENATE(1/3,"x")', "0.333333333333333x"),
    ("LEN(CONCATENATE(D2:D2))", 1.0),
]


@pytest.mark.parametrize(("formula", "result"), BY_HAND)
def test_as_excel(formula: str, result: object) -> None:
    """What the formula gives with Excel's 15 digits, as a regeneration computes it."""
    made = compute({"S": {**CELLS, (9, 9): Formula(exactly(formula))}})
    assert made.values[AT] == result


def test_a_name_without_dollar_signs_moves_with_its_formula() -> None:
    """`above` is stored as cell A1 reads it, the last row; in row 9 it means row 8, as in row 5 row 4."""
    cells = {**CELLS, (8, 9): 7.0, (9, 9): Formula("above*2"), (5, 7): Formula("above")}
    made = compute({"S": cells}, names={"above": "S!A1048576"})
    assert made.values[AT] == 14.0
    assert made.values[Address("S", 5, 7)] == 5.0


def test_an_error_that_a_sum_with_criteria_gives_shows_in_the_next_such_sum() -> None:
    """B1 sums #N/A, B2 sums B1, B3 sums B2."""
    sums = {(row, 2): Formula(f'SUMIF(D3:D3,"b",{cell})') for row, cell in ((1, "E3"), (2, "B1"), (3, "B2"))}
    made = compute({"S": {**CELLS, **sums}})
    assert {made.values[Address("S", row, 2)] for row in (1, 2, 3)} == {ErrorCode.NA}


def test_an_array_formula_of_one_value_fills_its_range() -> None:
    """`{=A1*2}` over three cells, and what reads the last of them; a table of its own size stays as it is."""
    cells = {
        (1, 1): 4.0,
        (2, 1): Formula("A1*2", rows=1, columns=3, array=True),
        (3, 1): Formula("C2+1"),
        (4, 1): Formula("A2:B2+1", rows=1, columns=2, array=True),
    }
    made = compute({"S": cells})
    assert [made.values[Address("S", 2, column)] for column in (1, 2, 3)] == [8.0] * 3
    assert made.values[Address("S", 3, 1)] == 9.0
    assert [made.values[Address("S", 4, column)] for column in (1, 2)] == [9.0, 9.0]


def test_offset_may_begin_at_its_own_cell() -> None:
    """As a case picker does: I9 takes what stands two rows below itself, I10 filled down from it likewise."""
    cells = {
        (9, 9): Formula("OFFSET(I9,$A$1,0)+0"),
        (10, 9): Formula("OFFSET(I10,$A$1,0)+0"),
        (11, 9): 7.0,
        (12, 9): Formula("8+A1"),
        (1, 1): 2.0,
    }
    made = compute({"S": cells})
    assert (made.values[AT], made.values[Address("S", 10, 9)]) == (7.0, 10.0)
