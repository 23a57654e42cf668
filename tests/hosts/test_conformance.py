"""The same call in every host: the value or the error that `xlmodel.call` gives."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import pytest

import xlmodel
from tests.hosts.cases import CASES, IDS, Case
from xlmodel.engine import evaluate
from xlmodel.errors import CellError
from xlmodel.functions import FUNCTIONS
from xlmodel.grid import ErrorCode, error_code
from xlmodel.hosts.vba import ERROR_NUMBERS

if TYPE_CHECKING:
    from tests.hosts.cases import Given
    from tests.hosts.conftest import Windows

MISSING = -2147352572
ERROR_BASE = -2146828288


def truth(case: Case) -> object:
    """Give what the cell is to show: a value, a table, or the code of an error."""
    try:
        return xlmodel.call(case.name, *case.given)
    except CellError as error:
        return error_code(error.code)


def text(value: Given, separator: str, row: str) -> str:
    """Write an argument as a formula holds it."""
    match value:
        case None:
            return ""
        case bool():
            return f"{str(value).upper()}()"
        case str():
            return '"' + value.replace('"', '""') + '"'
        case CellError():
            return "NA()" if value.code == "#N/A" else "1/0"
        case tuple():
            return (
                "{"
                + row.join(separator.join(text(cell, separator, row) for cell in each) for each in value)
                + "}"
            )  # type: ignore[arg-type] # cells are scalars
    return f"{value!r}"


def formula(case: Case) -> str:
    """Write a case as Excel's formula."""
    return f"={case.name}({','.join(text(value, ',', ';') for value in case.given)})"


def test_the_list_is_long_enough() -> None:
    """At least 200 cases, every function, every kind of argument."""
    assert len(CASES) >= 200
    assert {case.name for case in CASES} == set(FUNCTIONS)
    kinds = {case.kind for case in CASES}
    assert kinds >= {"normal", "blank to the end", "nothing given", "text for a number", "error", "range"}
    assert kinds >= {"Chinese", "full width", "unknown name", "negative"}
    computed = sum(not isinstance(truth(case), ErrorCode) for case in CASES)
    assert computed >= len(CASES) // 3


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_headless_engine(case: Case) -> None:
    """A formula computed without a spreadsheet."""
    assert evaluate(formula(case)).value == truth(case)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_xlwings(windows: Windows, case: Case) -> None:
    """Through xlwings' own server code, as Excel passes the arguments."""
    listed = inspect.signature(getattr(windows.module, case.name)).parameters
    sent: list[object] = []
    for value in case.given:
        if isinstance(value, CellError):
            sent.append(ERROR_BASE + ERROR_NUMBERS[error_code(value.code)])
        else:
            sent.append(MISSING if value is None else value)
    sent += [MISSING] * (len(listed) - len(sent))
    expected = truth(case)
    try:
        found = windows.cell(case.name, *sent)
    except windows.module.ExcelFailure as failure:
        found = error_code(failure.code)
    if isinstance(expected, list):
        shown = [["" if cell is None else cell for cell in row] for row in expected]
        expected = shown if len(shown) > 1 else shown[0]
    assert found == expected
