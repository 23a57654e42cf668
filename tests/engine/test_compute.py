"""Whole workbooks given as cells."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from xlmodel.engine import Computed, compute
from xlmodel.grid import Address, CellValue, Content, ErrorCode, Formula, Table

if TYPE_CHECKING:
    from tests.engine.conftest import Recorder


def column(*contents: Content) -> dict[tuple[int, int], Content]:
    """Put contents into column A, from row 1."""
    return {(row, 1): content for row, content in enumerate(contents, 1)}


def values(computed: Computed) -> dict[str, CellValue]:
    """Key the values by address text."""
    return {str(address): value for address, value in computed.values.items()}


def reasons(computed: Computed) -> dict[str, str]:
    """Key the reasons by address text."""
    return {str(address): reason for address, reason in computed.uncomputed.items()}


def test_names_sheets_and_ranges(recorder: Recorder) -> None:
    """Names, sheets in Chinese or with quotes, ranges as rows with blanks, and names of one sheet are resolved."""
    computed = compute(
        {
            "输入": {(5, 3): 10000, (1, 1): "item", (1, 2): "value", (2, 1): "pear"},
            "It's": column(
                Formula("in_dau*2"),
                Formula("='输入'!c5+1"),
                Formula("SEE(list_x,IN_DAU)"),
                Formula("local+rate"),
                5,
            ),
        },
        recorder,
        {
            "in_dau": "输入!$C$5",
            "list_x": "=输入!$A$1:$B$2",
            "It's!local": "'It''s'!$A$5",
            "local": "输入!$C$5",
            "rate": "0.5",
        },
    )
    assert values(computed) == {
        "'It''s'!A1": 20000.0,
        "'It''s'!A2": 10001.0,
        "'It''s'!A3": 1.5,
        "'It''s'!A4": 5.5,
    }
    assert recorder.calls == [([["item", "value"], ["pear", None]], 10000.0)]


def test_range_between_names(recorder: Recorder) -> None:
    """A range may have names as its ends; what cannot be computed inside it is found."""
    sheet = {
        **column(1, 2, 4, Formula("SUM(in_a:in_b)")),
        (6, 1): Formula("SUM(in_b:in_c)"),
        (5, 1): Formula("NOPE()"),
    }
    computed = compute(
        {"S": {**sheet, (7, 1): 1}}, recorder, {"in_a": "S!$A$1", "in_b": "S!$A$3", "in_c": "S!$A$5"}
    )
    assert values(computed) == {"S!A4": 7.0}
    assert list(reasons(computed)) == ["S!A5", "S!A6"]


def test_text_that_begins_with_an_equals_sign_stays_text(recorder: Recorder) -> None:
    """Only a Formula is a formula."""
    assert values(compute({"S": column("=1+1", Formula("A1&LEN(A1)"))}, recorder)) == {"S!A2": "=1+14"}


def test_kinds_of_values(recorder: Recorder) -> None:
    """Numbers are floats, dates serials, blanks 0, errors codes, logicals bool."""
    computed = compute(
        {
            "S": {
                **column(3, date(2026, 6, 1), True, ErrorCode.NA),
                (1, 2): Formula("A1"),
                (2, 2): Formula("A2"),
            }
        }
        | {"T": column(Formula("S!A3"), Formula("S!A4"), Formula("S!Z9"), Formula('""'))},
        recorder,
    )
    assert list(computed.values.values()) == [3.0, 46174.0, True, ErrorCode.NA, 0.0, ""]
    assert all(not isinstance(value, int) or isinstance(value, bool) for value in computed.values.values())
    assert list(computed.messages.values()) == ["the cell holds #N/A (from S!A4)"]


def test_messages_follow_errors_through_cells(recorder: Recorder) -> None:
    """An error read from another cell keeps the message of the function that gave it, and names that cell."""
    computed = compute(
        {
            "S": column(
                Formula('SEE_NA("x")'), Formula("A1+1"), Formula("SUM(A2:A2)"), Formula("IFERROR(A3,0)")
            ),
            "T": column(Formula("1/S!A5"), Formula('SEE_NA("y")+A1')),
        },
        recorder,
    )
    assert {str(address): message for address, message in computed.messages.items()} == {
        "S!A1": "no such thing: x",
        "S!A2": "no such thing: x (from S!A1)",
        "S!A3": "no such thing: x (from S!A1)",
        "T!A1": "division by zero or by an empty cell",
        "T!A2": "no such thing: y",
    }
    assert computed.values[Address("S", 4, 1)] == 0.0


def test_error_in_a_range_arrives_as_an_error(recorder: Recorder) -> None:
    """A function sees an error cell of its range with the code."""
    compute({"S": column(1, ErrorCode.DIV0, Formula("SEE(A1:A2)"))}, recorder)
    ((table,),) = recorder.calls
    assert isinstance(table, list)
    assert getattr(table[1][0], "code", None) == "#DIV/0!"


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        ("SEE_TABEL()", "unknown function SEE_TABEL; nearest: SEE_TABLE"),
        ("MMULT({1},{1})", "unknown function MMULT"),
        ("in_daus*2", "unknown name in_daus; nearest: in_dau"),
        ("Inputz!A1", "no sheet named Inputz; nearest: Inputs"),
        ("SUM(S:Inputs!A1)", "reference across several sheets"),
        ("[2]Sheet1!A1", "reference to another file"),
        ("Prices[cost]", "table Prices has no column cost"),
        ("Costs[value]", "no table named Costs"),
        ("1+", "not a formula"),
        ("SUM((A1,A1))", "does not compute"),
    ],
)
def test_what_cannot_be_computed_is_named(formula: str, reason: str, recorder: Recorder) -> None:
    """A refused formula has a reason and no value, and no IFERROR downstream turns it into a number."""
    sheet = {**column(1, Formula(formula), Formula("IFERROR(A2,0)"), Formula("SUM(A1:A3)"), Formula("A1+1"))}
    prices = Table("Prices", "Inputs", 1, 1, 2, 1, ("value",))
    computed = compute({"S": sheet, "Inputs": column("value", 2)}, recorder, {"in_dau": "S!$A$1"}, [prices])
    assert values(computed) == {"S!A5": 2.0}
    found = reasons(computed)
    assert reason in found["S!A2"]
    assert set(found) == {"S!A2", "S!A3", "S!A4"}
    assert all("S!A2" in text and reason in text for cell, text in found.items() if cell != "S!A2")


def test_what_indirect_reads_is_not_trusted(recorder: Recorder) -> None:
    """With a cell that could not be computed, INDIRECT and OFFSET are not computed; without one they are."""
    good = compute({"S": column(2, Formula('INDIRECT("A1")'))}, recorder)
    assert values(good) == {"S!A2": 2.0}
    bad = compute({"S": column(Formula("NOPE()"), Formula('IFERROR(INDIRECT("A1"),0)'))}, recorder)
    assert bad.values == {}
    assert "INDIRECT" in reasons(bad)["S!A2"]


def test_circles_are_shown_cell_by_cell(recorder: Recorder) -> None:
    """Each cell on a circle names the circle; a cell that reads it says so; others are computed."""
    computed = compute(
        {
            "S": column(Formula("T!A1"), Formula("A1"), 1, Formula("A4"), Formula("A3")),
            "T": column(Formula("S!A2+1")),
        },
        recorder,
    )
    found = reasons(computed)
    assert set(found) == {"S!A1", "S!A2", "T!A1", "S!A4"}
    for cell in ("S!A1", "S!A2", "T!A1"):
        assert found[cell].startswith("circular reference: ")
        assert all(part in found[cell] for part in ("S!A1", "S!A2", "T!A1"))
    assert found["S!A4"] == "circular reference: S!A4 -> S!A4"
    assert values(computed) == {"S!A5": 1.0}
    reader = compute({"S": column(Formula("A2"), Formula("A1"), Formula("IFERROR(A1,7)"))}, recorder)
    assert reader.values == {}
    assert "reads S!A1" in reasons(reader)["S!A3"]


def test_a_plain_formula_fills_one_cell(recorder: Recorder) -> None:
    """A table or range in a plain formula gives one cell, as in a file without array marks."""
    computed = compute(
        {"S": {(1, 1): Formula("SEE_TABLE()"), (2, 1): "kept", (3, 3): Formula("B1:B3"), (3, 2): 9}}, recorder
    )
    assert values(computed) == {"S!A1": "item", "S!C3": 9.0}


def test_array_formulas_fill_their_range(recorder: Recorder) -> None:
    """An array formula fills its range over old results; one that no longer fits is refused with what reads it."""
    old = {
        (1, 1): Formula("SEE_TABLE()", 3, 2, array=True),
        (2, 1): "old",
        (2, 2): 99,
        (1, 4): Formula("SUM(B1:B3)"),
    }
    computed = compute({"S": old}, recorder)
    expected = {
        "S!A1": "item",
        "S!B1": "value",
        "S!A2": "pear",
        "S!B2": 2.0,
        "S!A3": "fig",
        "S!B3": "",
        "S!D1": 2.0,
    }
    assert values(computed) == expected
    short = compute({"S": {**old, (1, 1): Formula("SEE_TABLE()", 2, 2, array=True)}}, recorder)
    assert short.values == {}
    assert "fills A1:B3, its range is A1:B2" in reasons(short)["S!A1"]
    assert "S!D1" in reasons(short)
    one = compute(
        {"S": column(1, 2, Formula("SUM(A1:A2*2)", array=True), Formula("A1:A2*3", array=True))}, recorder
    )
    assert values(one) == {"S!A3": 6.0, "S!A4": 3.0}


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("SUM(Prices[value])", 6.0),
        ("SUM(Prices)", 6.0),
        ("SUM(Prices[#All])", 16.0),
        ("Prices[[#Totals],[value]]", 10.0),
        ("INDEX(Prices[#Headers],1,2)", "value"),
        ("SUM(Prices[[item]:[value]])", 6.0),
        ("Prices[[#This Row],[value]]*2", 8.0),
        ("Prices[@value]*2", 8.0),
        ("COUNTA(prices[item])", 2.0),
    ],
)
def test_structured_references(formula: str, expected: CellValue, recorder: Recorder) -> None:
    """Tables are read by name, part, column and row: values 2 and 4, total 10 as typed."""
    table = Table("Prices", "S", 1, 1, 4, 2, ("item", "value"), totals_rows=1)
    body: dict[tuple[int, int], Content] = {(1, 1): "item", (1, 2): "value", (2, 1): "a", (2, 2): 2}
    body |= {(3, 1): "b", (3, 2): 4, (4, 1): "Total", (4, 2): 10, (3, 5): Formula(formula)}
    assert values(compute({"S": body}, recorder, tables=[table])) == {"S!E3": expected}


def test_the_clock_is_an_input(recorder: Recorder) -> None:
    """TODAY gives the moment that was passed."""
    computed = compute({"S": column(Formula("TODAY()"))}, recorder, now=datetime(2026, 6, 1, 12, tzinfo=UTC))
    assert values(computed) == {"S!A1": 46174.0}


def test_dates_from_1904(recorder: Recorder) -> None:
    """In the 1904 system a serial number is 1,462 less."""
    computed = compute({"S": column(date(2026, 6, 1), Formula("A1+0"))}, recorder, date_system="1904")
    assert values(computed) == {"S!A2": 46174.0 - 1462}


def test_a_fault_comes_out(recorder: Recorder) -> None:
    """An exception that is no CellError is raised, not shown as #VALUE!."""
    with pytest.raises(LookupError, match="a fault"):
        compute({"S": column(Formula("IFERROR(SEE_BUG(),0)"))}, recorder)


def test_many_cells_in_a_chain(recorder: Recorder) -> None:
    """A long chain of cells, and of errors, is followed to its end."""
    steps = [Formula(f"A{row}+1") for row in range(1, 3000)]
    computed = compute({"S": column(1, *steps), "T": column(Formula('SEE_NA("x")'), *steps)}, recorder)
    assert computed.values[Address("S", 3000, 1)] == 3000.0
    assert computed.messages[Address("T", 3000, 1)] == "no such thing: x (from T!A1)"


@pytest.mark.parametrize(
    "place",
    [
        *(
            "1,1",
            "2,2",
            "3,2",
            "0,1",
            "1,0",
            "0,0",
            "-1,1",
            "1,-1",
            "1.9,2.9",
            "99,1",
            "1,99",
            '"2",2',
            '"x",1',
        ),
        *(
            "TRUE,1",
            "1,NA()",
            "NA(),1/0",
            "B1,1",
            "1,B1",
            "1",
            "2",
            "99",
            ",2",
            "2,",
            "COLUMNS(A1:B1),1",
            "B2+1,2",
        ),
    ],
)
@pytest.mark.parametrize("table", ["SEE_TABLE(1)", "SEE_NA(1)", "SEE(1)"])
def test_calls_made_alike_are_computed_once(recorder: Recorder, table: str, place: str) -> None:
    """INDEX takes from a shared table what it takes from its own, errors and their messages included."""
    formula = f"INDEX({table},{place})"
    cells = {(2, 2): 1.0, (5, 1): Formula(formula), (6, 1): Formula(f"COUNTA({formula})")}
    alone = [compute({"S": {at: cells[at] for at in ((2, 2), each)}}, recorder) for each in ((5, 1), (6, 1))]
    calls = len(recorder.calls)
    together = compute({"S": {**cells, (7, 1): Formula(formula)}}, recorder)
    assert len(recorder.calls) == calls + 1
    for at, one in zip(((5, 1), (6, 1)), alone, strict=True):
        assert together.values[Address("S", *at)] == one.values[Address("S", *at)]
        message = together.messages.get(Address("S", *at), "")
        assert message in {one.messages.get(Address("S", *at), ""), "no such thing: 1.0"}
    assert together.values[Address("S", 7, 1)] == together.values[Address("S", 5, 1)]
