"""What a cell sends to Python and gets back, through xlwings' own server code."""

from __future__ import annotations

import datetime as dt
import importlib
import inspect
import re
import subprocess
import sys
import traceback
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from openpyxl.formula import Tokenizer

import xlmodel
from xlmodel.errors import CellError
from xlmodel.functions import FUNCTIONS
from xlmodel.functions.define import ASSUMPTIONS, FIGURES, Argument, Function, Takes
from xlmodel.grid import error_code
from xlmodel.hosts.vba import ERROR_NUMBERS, vba_module

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.hosts.conftest import Windows
    from xlmodel.functions.define import Value

MISSING = -2147352572
NOT_AVAILABLE = -2146826246
DIVISION_BY_ZERO = -2146826281
SPILL = -2146826243

ECHO = Function(
    name="ECHO_ARGUMENTS",
    group="test",
    zh="回显",
    en="Gives back what it was given",
    arguments=(
        Argument("what", Takes.NUMBER_OR_TEXT, "任意", "anything"),
        Argument("years", Takes.NUMBER, "年数", "years", optional=True, default=3.0),
        ASSUMPTIONS,
        FIGURES,
    ),
    run=lambda *given: given[0],
    example="=ECHO_ARGUMENTS(1)",
)


@pytest.fixture
def echo(windows: Windows) -> Callable[..., list[object]]:
    """Call a function through xlwings and give what the library would have received."""
    received: list[object] = []

    def call(_name: str, *given: object) -> Value:
        received[:] = given
        return 1.0

    windows.serve(windows.module.excel_function(ECHO, call))

    def ask(*given: object) -> list[object]:
        assert windows.cell("ECHO_ARGUMENTS", *given) == 1.0
        return list(received)

    return ask


def answer(windows: Windows, value: Value) -> object:
    """Give what a cell gets where the library returns this value."""
    windows.serve(windows.module.excel_function(ECHO, lambda *_given: value))
    return windows.cell("ECHO_ARGUMENTS", 1.0)


def literal_arguments(formula: str) -> list[object] | None:
    """Read the arguments of `=NAME(1,"text",TRUE)`; None where one of them is not a literal."""
    _name, *tokens, _close = Tokenizer(formula).items
    read: list[object] = [None]
    for token in tokens:
        match token.type, token.subtype:
            case "SEP", "ARG":
                read.append(None)
            case "OPERAND", "TEXT":
                read[-1] = token.value[1:-1].replace('""', '"')
            case "OPERAND", "NUMBER":
                read[-1] = float(token.value)
            case "OPERAND", "LOGICAL":
                read[-1] = token.value.upper() == "TRUE"
            case _:
                return None
    return read


def test_module_stands_without_excel() -> None:
    """On a system without Excel the module imports, with every function under its Excel name and its help."""
    script = """
import sys
from xlmodel.functions import FUNCTIONS
from xlmodel.hosts import excel
for name, definition in FUNCTIONS.items():
    function = getattr(excel, name)
    assert function.__name__ == name
    assert definition.zh in function.__doc__ and definition.en in function.__doc__
assert not {"pythoncom", "xlwings.pro.reports", "xlwings.server"} & set(sys.modules)
print(excel.LLM_PRICE("H100 80GB", "purchase"))
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert float(ran.stdout) == xlmodel.call("LLM_PRICE", "H100 80GB", "purchase")


def test_signature_is_what_xlwings_takes(windows: Windows) -> None:
    """What xlwings finds: every function with each argument, its help, and None for what is optional."""
    for name, definition in FUNCTIONS.items():
        described = getattr(windows.module, name).__xlfunc__
        assert described["name"] == name
        assert described["category"] == "xlmodel"
        required = [item for item in described["args"] if "optional" not in item]
        assert len(required) == definition.required
        if definition.most is not None:
            assert len(described["args"]) == definition.most
        for item, argument in zip(described["args"], definition.arguments, strict=False):
            assert item["doc"].startswith(argument.en[:200])
            assert len(item["doc"]) <= 255
            assert item["options"] == {"ndim": 2, "err_to_str": True}


@pytest.mark.parametrize("name", list(FUNCTIONS))
def test_cell_equals_call(windows: Windows, name: str) -> None:
    """Each function's example gives through xlwings what `xlmodel.call` gives."""
    given = literal_arguments(FUNCTIONS[name].example)
    if given is None:
        pytest.skip("the example's arguments are not all literals")
    expected = xlmodel.call(name, *given)
    listed = inspect.signature(getattr(windows.module, name)).parameters
    sent = [MISSING if value is None else value for value in given]
    result = windows.cell(name, *sent, *[MISSING] * (len(listed) - len(given)))
    if isinstance(expected, list):
        # an empty cell of a table is empty text in Excel
        shown = [["" if cell is None else cell for cell in row] for row in expected]
        assert result == (shown if len(shown) > 1 else shown[0])
    else:
        assert result == expected


def test_most_examples_are_compared() -> None:
    """The comparison above skips a few functions at most."""
    read = [
        name for name, definition in FUNCTIONS.items() if literal_arguments(definition.example) is not None
    ]
    assert len(read) >= 0.8 * len(FUNCTIONS)


def test_scalars_arrive_as_they_are(echo: Callable[..., list[object]]) -> None:
    """A number, a text and a truth value pass; what is left out at the end is not passed on."""
    assert echo(2.5) == [2.5]
    assert echo("2×A100 80GB") == ["2×A100 80GB"]
    assert echo(True, 0.0) == [True, 0.0]
    assert echo(1.0, MISSING, "full", MISSING) == [1.0, None, "full"]
    assert echo(1.0, None, "") == [1.0]
    assert type(echo(7)[0]) is float


def test_ranges_arrive_as_rows(echo: Callable[..., list[object]]) -> None:
    """A block, a row and a column of cells are lists of rows; a single cell is its value."""
    block = (("profile", "full"), ("discount_rate", 0.05), (None, ""))
    assert echo(1.0, 3.0, block)[2] == [["profile", "full"], ["discount_rate", 0.05], [None, None]]
    assert echo(1.0, 3.0, (("profile", "full"),))[2] == [["profile", "full"]]
    assert echo(1.0, 3.0, (("profile",), ("full",)))[2] == [["profile"], ["full"]]
    assert echo(1.0, 3.0, (("full",),))[2] == "full"


def test_errors_arrive_as_errors(echo: Callable[..., list[object]]) -> None:
    """An error cell is an error with its code, alone and inside a range, also one that xlwings does not know."""
    for number, code in ((NOT_AVAILABLE, "#N/A"), (DIVISION_BY_ZERO, "#DIV/0!"), (SPILL, "#SPILL!")):
        alone = echo(number)[0]
        inside = echo(1.0, 3.0, (("dau", number),))[2]
        assert isinstance(alone, CellError)
        assert alone.code == code
        assert isinstance(inside, list)
        assert isinstance(inside[0][1], CellError)
        assert inside[0][1].code == code


def test_dates_and_currency_arrive_as_numbers(echo: Callable[..., list[object]]) -> None:
    """A date is Excel's day number and a currency a number: 2026-01-01 is day 46,023, noon half a day."""
    assert echo(dt.datetime(2026, 1, 1, 12, 0)) == [46023.5]  # noqa: DTZ001 - as a cell's date arrives
    assert echo(Decimal("12.50")) == [12.5]


def test_unreadable_argument_is_a_value_error(windows: Windows, echo: Callable[..., list[object]]) -> None:
    """An argument that is no cell value fails with #VALUE!, not with a guess."""
    with pytest.raises(windows.module.ExcelFailure, match=r"^xlmodel #VALUE!: an argument is a bytes"):
        echo(b"bytes")


def test_results_reach_the_cell(windows: Windows) -> None:
    """A number, a text, a truth value and a table come back whole; an empty cell of a table is empty text."""
    assert answer(windows, 1.25) == 1.25
    assert answer(windows, "轻量级") == "轻量级"
    assert answer(windows, False) is False
    assert answer(windows, [["year", "cost"], [1.0, None]]) == [["year", "cost"], [1.0, ""]]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), [["cost"], [float("nan")]]])
def test_nan_never_reaches_a_cell(windows: Windows, value: Value) -> None:
    """A result that is no finite number is #NUM!, where xlwings alone would show an empty cell."""
    with pytest.raises(windows.module.ExcelFailure, match=r"^xlmodel #NUM!: "):
        answer(windows, value)


def test_failure_carries_code_and_message(windows: Windows) -> None:
    """A failed function raises the mark, the code and the message that the VBA wrapper looks for."""

    def fail(_name: str, *_given: object) -> Value:
        raise CellError("no GPU is called H900; did you mean H100?", "#N/A")

    windows.serve(windows.module.excel_function(ECHO, fail))
    with pytest.raises(windows.module.ExcelFailure) as failure:
        windows.cell("ECHO_ARGUMENTS", 1.0)
    assert str(failure.value) == "xlmodel #N/A: no GPU is called H900; did you mean H100?"
    assert failure.value.__cause__ is None


@pytest.mark.parametrize("code", [str(code) for code in ERROR_NUMBERS])
def test_vba_finds_the_code(windows: Windows, code: str) -> None:
    """In what pywin32 makes of the failure, VBA's search for the last mark finds this code."""

    def fail(_name: str, *_given: object) -> Value:
        raise CellError("of xlmodel: a message", code)

    windows.serve(windows.module.excel_function(ECHO, fail))
    with pytest.raises(windows.module.ExcelFailure) as failure:
        windows.cell("ECHO_ARGUMENTS", 1.0)
    # pywin32 describes an exception of a COM server by its traceback
    description = "Unexpected Python Error: " + "".join(traceback.format_exception(failure.value))
    module = vba_module(FUNCTIONS.values())
    found = re.search(r'ERROR_MARK As String = "(.*)"', module)
    assert found is not None
    # InStrRev, Mid$ and Left$ of XlmodelError
    rest = description[description.rindex(found[1]) + len(found[1]) - 1 :]
    assert rest[: rest.index(":")] == code
    assert f'Case "{code}": number = {ERROR_NUMBERS[error_code(code)]}\r\n' in module


@pytest.mark.usefixtures("windows")
def test_error_numbers_are_excels() -> None:
    """The numbers agree with xlwings' table of error cells, which are 0x800A0000 plus the number."""
    numbers = importlib.import_module("xlwings._xlwindows").cell_errors
    known = {code: number - (0x800A0000 - 2**32) for number, code in numbers.items()}
    assert len(known) >= 7
    assert known == {code: ERROR_NUMBERS[error_code(code)] for code in known}


@pytest.mark.parametrize("name", list(FUNCTIONS))
def test_error_argument_comes_back(windows: Windows, name: str) -> None:
    """An error as the first argument comes back through xlwings with its own code."""
    listed = inspect.signature(getattr(windows.module, name)).parameters
    given = [DIVISION_BY_ZERO] + [MISSING] * (len(listed) - 1)
    with pytest.raises(windows.module.ExcelFailure) as failure:
        windows.cell(name, *given)
    with pytest.raises(CellError) as expected:
        xlmodel.call(name, CellError("division", "#DIV/0!"))
    assert failure.value.code == expected.value.code
