"""Formulas of Excel's own functions, with results by hand."""

from __future__ import annotations

import pytest

from xlmodel.engine import compute
from xlmodel.grid import ErrorCode, Formula

# A1:C5 of the sheet Data, and the name rate = 0.25
DATA = {
    **dict(zip([(1, 1), (1, 2), (1, 3)], ["item", "units", "price"], strict=True)),
    **dict(zip([(2, 1), (2, 2), (2, 3)], ["pear", 2.0, 10.0], strict=True)),
    **dict(zip([(3, 1), (3, 2), (3, 3)], ["fig", 3.0, 20.0], strict=True)),
    **dict(zip([(4, 1), (4, 2), (4, 3)], ["pear", 4.0, 30.0], strict=True)),
    **dict(zip([(5, 1), (5, 3)], ["kiwi", 40.0], strict=True)),
}
CASES: list[tuple[str, object]] = [
    ("1+2*3^2", 19.0),
    ("-2^2", 4.0),  # the sign binds before the power, as in Excel
    ("10%*50", 5.0),
    ('"a"&1&TRUE', "a1TRUE"),
    ('"ABC"="abc"', True),
    ("IF(B2>1,C2,0)", 10.0),
    ("IF(FALSE,1)", False),
    ('IFERROR(1/0,"none")', "none"),
    ("IFNA(MATCH(9,B2:B4,0),-1)", -1.0),
    ("SUM(B2:B5)", 9.0),  # B5 is empty
    ("AVERAGE(B2:B5)", 3.0),
    ("COUNT(B1:B5)", 3.0),  # the header is text
    ("COUNTA(A1:A5)", 5.0),
    ("MAX(C2:C5)-MIN(C2:C5)", 30.0),
    ("SUMPRODUCT(B2:B4,C2:C4)", 200.0),  # 20 + 60 + 120
    ('SUMPRODUCT((A2:A4="pear")*B2:B4)', 6.0),
    ('SUMIF(A2:A5,"pear",C2:C5)', 40.0),
    ('SUMIFS(C2:C5,A2:A5,"pear",B2:B5,">2")', 30.0),
    ('COUNTIF(A2:A5,"p*")', 2.0),
    ('INDEX(C1:C5,MATCH("fig",A1:A5,0))', 20.0),
    ("INDEX(A1:C5,4,2)", 4.0),
    ('VLOOKUP("kiwi",A1:C5,3,FALSE)', 40.0),
    ('_xlfn.XLOOKUP("fig",A2:A5,C2:C5)', 20.0),
    ('_xlfn.XLOOKUP("plum",A2:A5,C2:C5,"none")', "none"),
    ("_xlfn.LET(_xlpm.x,B2,_xlpm.y,_xlpm.x+1,_xlpm.x*_xlpm.y)", 6.0),
    ("CHOOSE(2,B2,B3,B4)", 3.0),
    ("ROUND(2.5,0)", 3.0),  # halves away from zero
    ("ROUND(-1234.5,-2)", -1200.0),
    ("ROUNDUP(2.1,0)", 3.0),
    ("CEILING(7,4)", 8.0),
    ("INT(-1.5)", -2.0),
    ("MOD(-1,3)", 2.0),
    ('TEXT(1234.5,"#,##0.00")', "1,234.50"),
    ('TEXT(0.256,"0.0%")', "25.6%"),
    ('TEXT(DATE(2026,6,1),"yyyy-mm-dd")', "2026-06-01"),
    ("DATE(2026,6,1)", 46174.0),  # 46023 is 2026-01-01, plus 31+28+31+30+31
    ("EOMONTH(DATE(2024,1,15),1)-DATE(2024,2,29)", 0.0),
    ("EDATE(DATE(2024,1,31),1)-DATE(2024,2,29)", 0.0),
    ("YEAR(46174)*100+MONTH(46174)", 202606.0),
    ("DAYS(DATE(2024,3,1),DATE(2024,2,1))", 29.0),
    ("AND(B2=2,OR(FALSE,TRUE),NOT(FALSE))", True),
    ("ISNUMBER(A2)", False),
    ("ISBLANK(B5)", True),
    ("B5", 0.0),
    ('LEFT("GPU 80GB",3)&LEN("八卡")', "GPU2"),
    ("100*(1+rate)^2", 156.25),
    ("ABS(PMT(0,12,1200))", 100.0),
    ("SUBTOTAL(9,B2:B4)", 9.0),
    ("ROWS(A1:C5)*COLUMNS(A1:C5)", 15.0),
    ("OFFSET(A1,1,2)", 10.0),
    ('INDIRECT("C3")', 20.0),
    ("SUM(1/0,1)", ErrorCode.DIV0),
    ("MATCH(9,B2:B4,0)", ErrorCode.NA),
    ('"x"+1', ErrorCode.VALUE),
    ("SQRT(-1)", ErrorCode.NUM),
    ("INDEX(A1:C5,9,9)", ErrorCode.REF),
    ("0.1+0.2", 0.30000000000000004),
    ("1/3", 1 / 3),
]


@pytest.mark.parametrize(("formula", "expected"), CASES)
def test_native_formula(formula: str, expected: object) -> None:
    """A formula of Excel's own functions gives the value worked out by hand, to the last digit."""
    computed = compute({"Data": {**DATA, (2, 9): Formula(formula)}}, names={"rate": "0.25"})
    assert computed.uncomputed == {}
    ((value),) = computed.values.values()
    assert value == expected
    assert type(value) is type(expected)


DIFFERENT: list[tuple[str, object]] = [  # Excel's own result in the comment
    ("0.1*3=0.3", False),  # TRUE: Excel compares 15 digits
    ("0^0", 1.0),  # #NUM!
    ('VALUE("1,234.5")', ErrorCode.VALUE),  # 1234.5
    ('LEN("😀")', 1.0),  # 2: Excel counts UTF-16 units
    ('TEXT(1234567,"0.00E+00")', "1234567.00"),  # 1.23E+06
    ("A1:A2+0*ROW()", ErrorCode.VALUE),  # as the first row of an array; Excel takes the row of the cell
]


@pytest.mark.parametrize(("formula", "given"), DIFFERENT)
def test_known_differences_from_excel(formula: str, given: object) -> None:
    """What the engine is known to compute otherwise than Excel; a new version that mends one is noticed here."""
    computed = compute({"Data": {**DATA, (2, 9): Formula(formula)}})
    assert list(computed.values.values()) == [given]


@pytest.mark.parametrize(
    "formula", ["SUM((B2,B3))", "SUM(B2:B3 A3:C3)", "MMULT(B2:C3,B2:C3)", "Data!A1:Data2!A2"]
)
def test_refused_rather_than_wrong(formula: str) -> None:
    """Unions, intersections and functions that the engine lacks are refused, never given a number."""
    computed = compute({"Data": {**DATA, (2, 9): Formula(formula)}})
    assert computed.values == {}
    assert len(computed.uncomputed) == 1


BELOW: list[
    tuple[str, tuple[object, object]]
] = [  # a formula in row 2, in row 3; of each the first `{}` differs
    ('MATCH(A{row}&"{part}",$E$2:$E$5,0)', (1.0, 4.0)),
    ('COUNTIF($E$2:$E$5,A{row}&"{part}")', (1.0, 1.0)),
    ('VLOOKUP(A{row}&"{part}",$E$2:$F$5,2,FALSE)', (1.0, 4.0)),
    ("INDEX($F$2:$F$5,LEN(A{row})-4+{number})", (1.0, 4.0)),
]


@pytest.mark.parametrize(("formula", "expected"), BELOW)
def test_formulas_below_each_other_that_differ_in_a_constant_alone(
    formula: str, expected: tuple[object, object]
) -> None:
    """Each has its own result: the engine would give the second the first one's row, were references relative."""
    cells: dict[tuple[int, int], object] = {(2, 1): "pear", (3, 1): "pear"}
    for row, (text, number) in enumerate((("pear/a", 1), ("pear/b", 2), ("x", 3), ("pear/d", 4)), start=2):
        cells |= {(row, 5): text, (row, 6): float(number)}
    for row, part, number in ((2, "/a", 1), (3, "/d", 4)):
        cells[row, 9] = Formula("=" + formula.format(row=row, part=part, number=number))
    computed = compute({"Data": cells})  # type: ignore[dict-item]  # constants and formulas
    assert tuple(computed.values.values()) == expected
