"""What an uncomputed formula rests on: whatever its text names, and all where the text does not tell."""

from __future__ import annotations

import pytest

from workbook.package import Contents
from workbook.renew.dependencies import Dependencies
from xlmodel.functions import default_library
from xlmodel.grid import Address, Formula, Table

UNKNOWN = "WEBSERVICE"


def rests(formula: str, changed: Address) -> bool:
    """Tell whether a formula that cannot be computed rests on a changed cell."""
    at = Address("S", 9, 9)
    contents = Contents(
        {"S": {(at.row, at.column): Formula(formula)}, "A B": {(2, 1): 1.0}},
        {"price": "'A B'!$A$2", "twice": "price*2", "S!local": "S!$C$3"},
        [Table("Prices", "A B", 1, 1, 3, 2, ("item", "value"))],
    )
    return Dependencies(contents, default_library()).resting_on([changed]) == {at}


@pytest.mark.parametrize(
    ("formula", "sheet", "row", "column"),
    [
        (f"{UNKNOWN}(B2)", "S", 2, 2),
        (f"{UNKNOWN}('A B'!$A$1:$B$4)", "A B", 4, 2),
        (f"{UNKNOWN}('a b'!A:A)", "A B", 900, 1),
        (f"{UNKNOWN}(price)", "A B", 2, 1),
        (f"{UNKNOWN}(Twice)", "A B", 2, 1),
        (f"{UNKNOWN}(local)", "S", 3, 3),
        (f"{UNKNOWN}(Prices[value])", "A B", 3, 2),
        ('INDIRECT("B"&2)', "S", 77, 77),
        (f'{UNKNOWN}("x")+INDIRECT("B2")', "S", 77, 77),
        (f"{UNKNOWN}(B2:INDEX(D:D,4))", "S", 77, 77),
        (f"{UNKNOWN}(INDEX(D:D,4):B2)", "S", 77, 77),
        (f"{UNKNOWN}((B2):(B4))", "S", 77, 77),
        (f"{UNKNOWN}(S:Z!A1)", "S", 77, 77),
        ('GETPIVOTDATA("rent",B3)', "S", 3, 2),
        (f'{UNKNOWN}("unfinished', "S", 77, 77),
    ],
)
def test_a_formula_rests_on_what_it_may_read(formula: str, sheet: str, row: int, column: int) -> None:
    """Cells, names within names, tables; formulas that find their cells rest on every change."""
    assert rests(formula, Address(sheet, row, column))


@pytest.mark.parametrize(
    "formula",
    [
        f"{UNKNOWN}(B2)",
        f"{UNKNOWN}([1]S!A1)",
        f"{UNKNOWN}(Gone!A1)",
        f"{UNKNOWN}(nobody)",
        f"{UNKNOWN}(Prices[item])",
        f"{UNKNOWN}(Nothing[item])",
    ],
)
def test_a_formula_does_not_rest_on_other_cells(formula: str) -> None:
    """Other cells, other files, and names that do not exist."""
    assert not rests(formula, Address("S", 77, 77))


def test_without_a_change_nothing_is_stale() -> None:
    """Even a formula that may read anything keeps its value."""
    contents = Contents({"S": {(1, 1): Formula('INDIRECT("B2")')}})
    assert Dependencies(contents, default_library()).resting_on([]) == set()


def test_staleness_goes_on_through_array_formulas() -> None:
    """A cell that reads the second row of a stale array formula is stale as well."""
    array, reader = Address("S", 1, 1), Address("S", 5, 1)
    contents = Contents(
        {"S": {(1, 1): Formula(f"{UNKNOWN}(C1:C2)", rows=2, array=True), (5, 1): Formula("A2*2")}}
    )
    found = Dependencies(contents, default_library()).resting_on([Address("S", 2, 3)])
    assert found == {array, reader}


def test_a_part_holds_what_the_cells_rest_on_alone() -> None:
    """Formulas beside the chain and sheets that it does not read are left out."""
    contents = Contents(
        {
            "S": {(1, 1): Formula("A2+T!A1"), (2, 1): 5.0, (3, 1): Formula("1+1")},
            "T": {(1, 1): Formula("B1"), (1, 2): 7.0},
            "U": {(1, 1): 9.0},
        }
    )
    assert Dependencies(contents, default_library()).part_for([Address("S", 1, 1)]) == {
        "S": {(1, 1): Formula("A2+T!A1"), (2, 1): 5.0},
        "T": {(1, 1): Formula("B1"), (1, 2): 7.0},
        "U": {},
    }
