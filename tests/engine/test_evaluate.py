"""One formula without a workbook."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from xlmodel.engine import FormulaError, evaluate
from xlmodel.errors import CellError
from xlmodel.grid import ErrorCode

if TYPE_CHECKING:
    from tests.engine.conftest import Recorder


@pytest.mark.parametrize(
    ("formula", "arguments"),
    [
        ("=SEE(1,,3)", (1.0, None, 3.0)),
        ("=SEE(,)", (None, None)),
        ("=SEE( , 2 )", (None, 2.0)),
        ("=SEE()", ()),
        ('=SEE("")', (None,)),
        ("=SEE(0,)", (0.0, None)),
        ('=SEE("a,(""b"",,",2)', ('a,("b",,', 2.0)),
        ('=SEE({"item","field";"x,",-7000},,TRUE)', ([["item", "field"], ["x,", -7000.0]], None, True)),
        ("=SEE(SUM(1,,2),,IF(TRUE,,1))", (3.0, None, 0.0)),
        ("=SEE((1+2)*3%,)", (0.09, None)),
        ("=_xlfn.LET(_xlpm.n,4,SEE(_xlpm.n,,_xlpm.n))", (4.0, None, 4.0)),
        ("=see(1)", (1.0,)),
        ("=_xlfn.SEE(1)", (1.0,)),
        ("=_xldudf_SEE(1)", (1.0,)),
        ("=[1]!SEE(1)", (1.0,)),
        ("='C:\\add ins\\xlmodel.xlam'!see(1)", (1.0,)),
    ],
)
def test_arguments_arrive_as_written(formula: str, arguments: tuple[object, ...], recorder: Recorder) -> None:
    """An argument left out is missing, only where one of our functions is called; prefixes and case do not matter."""
    assert evaluate(formula, recorder).value == 1.5
    assert recorder.calls[-1] == arguments


def test_nested_calls_keep_their_own_gaps(recorder: Recorder) -> None:
    """A gap in an inner call stays in the inner call."""
    evaluate("=SEE(SEE(,2),,SEE(3,))", recorder)
    assert sorted(recorder.calls, key=len) == [(None, 2.0), (3.0, None), (1.5, None, 1.5)]


def test_errors_are_arguments_and_results(recorder: Recorder) -> None:
    """An error given as an argument comes back as itself; inside a table it arrives in its cell."""
    result = evaluate("=SEE(1/0)", recorder)
    assert (result.value, result.error) == (ErrorCode.DIV0, ErrorCode.DIV0)
    assert result.message
    evaluate("=SEE({1,#N/A})", recorder)
    (table,) = recorder.calls[-1]
    assert isinstance(table, list)
    assert table[0][0] == 1.0
    assert isinstance(table[0][1], CellError)
    assert table[0][1].code == "#N/A"


@pytest.mark.parametrize(
    "formula",
    [
        '=SEE_NA("x")',
        '=1+SUM(2,SEE_NA("x"))',
        '=IFERROR(SEE_NA("y"),SEE_NA("x"))',
        '=IF(ISNA(SEE_NA("y")),SEE_NA("x"))',
        '=SEE(1,SEE_NA("x"))',
        '=INDEX(SEE_TABLE(),SEE_NA("x"),1)',
        '=SEE_NA("x")+SEE_NA("y")',
    ],
)
def test_message_belongs_to_the_error_shown(formula: str, recorder: Recorder) -> None:
    """The message is that of the error that comes out, not of one that was caught."""
    result = evaluate(formula, recorder)
    assert (result.value, result.message) == (ErrorCode.NA, "no such thing: x")


def test_caught_errors_leave_no_message(recorder: Recorder) -> None:
    """IFERROR, IFNA and ISNA see real errors."""
    result = evaluate('=IFERROR(SEE_NA(1),"never")&IFNA(SEE_NA(1),1)&ISNA(SEE_NA(1))', recorder)
    assert (result.value, result.message) == ("never1TRUE", "")


def test_tables(recorder: Recorder) -> None:
    """A table comes as rows, an empty cell as empty text; INDEX, VLOOKUP and SUM read it."""
    assert evaluate("=SEE_TABLE()", recorder).value == [["item", "value"], ["pear", 2.0], ["fig", ""]]
    assert evaluate("=INDEX(SEE_TABLE(),2,2)", recorder).value == 2.0
    assert evaluate('=VLOOKUP("fig",SEE_TABLE(),2,FALSE)', recorder).value == ""
    assert evaluate("=SUM(SEE_TABLE())", recorder).value == 2.0
    assert evaluate("={1,2;3,4}", recorder).value == [[1.0, 2.0], [3.0, 4.0]]


def test_same_arguments_are_computed_once(recorder: Recorder) -> None:
    """INDEX evaluates its argument twice in the engine; the function runs once."""
    evaluate("=INDEX(SEE_TABLE(7),2,2)+INDEX(SEE_TABLE(7),2,2)", recorder)
    assert recorder.calls == [(7.0,)]


def test_no_infinities(recorder: Recorder) -> None:
    """A result that is no finite number is #NUM!, with the function's name."""
    result = evaluate("=SEE_INFINITE()", recorder)
    assert result.value == ErrorCode.NUM
    assert "SEE_INFINITE" in result.message
    assert evaluate("=1e309", recorder).value == ErrorCode.NUM


def test_a_fault_is_not_an_excel_error(recorder: Recorder) -> None:
    """An exception that is no CellError comes out, even inside IFERROR."""
    with pytest.raises(LookupError, match="a fault"):
        evaluate("=IFERROR(SEE_BUG(),0)", recorder)


@pytest.mark.parametrize(
    ("formula", "code", "words"),
    [
        ("=SEE_TABEL()", "#NAME?", "unknown function SEE_TABEL; nearest: SEE_TABLE"),
        ("=IFERROR(SEE_TABEL(),0)", "#NAME?", "unknown function SEE_TABEL"),
        ("=SEE", "#NAME?", "write SEE(...)"),
        ("=price", "#NAME?", "unknown name price"),
        ("=[Book2.xlsx]Sheet1!A1", "#REF!", "another file"),
        ("=[1]!OTHER(1)", "#NAME?", "OTHER of another file"),
        ("=1/0", "#DIV/0!", "division by zero"),
        ("=NA()", "#N/A", "not available"),
    ],
)
def test_engine_errors_say_why(formula: str, code: str, words: str, recorder: Recorder) -> None:
    """What is unknown is named with the nearest known, and no IFERROR hides it."""
    result = evaluate(formula, recorder)
    assert str(result.value) == code
    assert words in result.message
    assert "\n" not in result.message


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("1+1", "begins with ="),
        ("=SEE(1", "parenthes"),
        ('="a', "string"),
        ("=", "not a formula"),
        ("=1+", "not a formula"),
        ("=SEE(A1)", "reads no cells"),
        ("=SUM(OFFSET(B2,1,1))", "reads no cells"),
        ("=1,2", "cannot be computed"),
    ],
)
def test_what_is_no_formula(formula: str, words: str, recorder: Recorder) -> None:
    """Text that is no formula, or reads cells, is refused in one line."""
    with pytest.raises(FormulaError, match=words) as caught:
        evaluate(formula, recorder)
    assert "\n" not in str(caught.value)


def test_threads(recorder: Recorder) -> None:
    """Results and messages of threads do not mix."""
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda n: evaluate(f'=SEE_NA("{n}")', recorder), range(200)))
    assert [result.message for result in results] == [f"no such thing: {n}" for n in range(200)]


def test_built_in_functions() -> None:
    """The functions of the built-in catalog: published bill, inline figures, error argument, never."""
    assert evaluate('=LLM_API_COST("Qwen-Plus",10000,,)').value == pytest.approx(432, rel=1e-12)
    figures = '{"item","field","value";"A100 80GB","reserved_month",7000}'
    assert evaluate(f'=LLM_RENT_COST("2×A100 80GB",,,{figures})').value == 14000
    assert evaluate('=LLM_API_COST("Qwen-Plus",1/0)').value == ErrorCode.DIV0
    assert evaluate('=IFERROR(BREAKEVEN_MONTHS(1,1,2),"never")').value == "never"
    assert evaluate("=BREAKEVEN_MONTHS(1,1,2)").message
