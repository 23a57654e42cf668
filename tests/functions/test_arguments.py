"""How each argument of each function behaves: blanks, zeros, errors, numbers as text, limits, ranges of one cell."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from xlmodel import CellError, call
from xlmodel.functions import FUNCTIONS, Takes

if TYPE_CHECKING:
    from xlmodel.functions import Argument

TCO = ("api", "Qwen-Plus", 10_000.0, 3.0, 800.0, 400.0)
# every argument of every function, the context left blank; optional ones at their defaults
CALLS: dict[str, tuple[object, ...]] = {
    "LLM_CATALOG": ("api_prices", "item"),
    "LLM_PRICE": ("H200", "on_demand_hour", None),
    "LLM_SOURCE": ("H200", "on_demand_hour"),
    "LLM_API_COST": ("Qwen-Plus", 10_000.0, 800.0, 400.0, None, None, None),
    "LLM_RENT_COST": ("2×A100 80GB", "reserved", None, None, None),
    "LLM_OWN_CAPEX": ("standard", None, None, None),
    "LLM_OWN_OPEX": ("standard", None, None, None),
    "LLM_TCO": (*TCO, None, None, None),
    "LLM_TCO_TABLE": (*TCO, None, None, None),
    "LLM_COMPARE": (10_000.0, "7B~14B", 3.0, 800.0, 400.0, None, None, None),
    "LLM_COST_PER_MTOK": (*TCO, None, None, None),
    "BREAKEVEN_MONTHS": ("A100 80GB", 6_500.0, 0.0, None, None, None),
    "BREAKEVEN_DAU": ("DeepSeek V3", "rent", "2×A100 80GB", 800.0, 400.0, None, None, None, 3.0),
    "LLM_PAYBACK": ("rent", "H100", "own", "light", 1_000.0, 120.0, 800.0, 400.0, None, None, None),
    "LLM_SENSITIVITY": (*TCO, None, None, None),
    "LLM_RISK": (0.5, *TCO, None, None, None, 4096.0, 1.0),
    "LLM_HYBRID": ("published", None, None, None, 10_000.0, 800.0, 400.0),
    "LLM_SWITCH": ("Qwen-Plus", "own", "light", 1_000.0, 3.0, 800.0, 400.0, None, None, None, 0.5),
    "LLM_BASE_LOAD": (
        "Qwen-Plus",
        "rent",
        "Qwen3-8B@A100 80GB",
        1_000.0,
        3.0,
        800.0,
        400.0,
        None,
        None,
        None,
    ),
    "LLM_RESILIENCE": ("rent", "H100", 1_000.0, 3.0, 800.0, 400.0, None, None, None, None, 0.01),
    "LLM_UTILISATION": ("Qwen3-8B", "A100 80GB", None, 800.0, 400.0, None, None, None, None, 3.0),
    "LLM_RISK_COMPARE": (*TCO[:2], "rent", "H100", *TCO[2:], None, None, None, 4096.0, 1.0),
    "BREAKEVEN_CURVE": ("api", "Qwen-Plus", "own", "light", 1_000.0, 60.0, None, None, None, 800.0, 400.0),
}
SINGLE = (Takes.TEXT, Takes.NUMBER, Takes.NUMBER_OR_TEXT)
PLACES = [
    pytest.param(name, place, argument, id=f"{name} {argument.name}")
    for name in CALLS
    for place, argument in enumerate(FUNCTIONS[name].arguments)
]


def chosen(*takes: Takes) -> list[object]:
    """Return the places whose argument takes one of these."""
    return [each for each in PLACES if each.values[2].takes in takes]  # type: ignore[union-attr] # an Argument


def with_value(name: str, place: int, value: object) -> object:
    """Call a function with one argument replaced."""
    arguments = list(CALLS[name])
    arguments[place] = value
    return call(name, *arguments)


def refused(name: str, place: int, value: object) -> CellError:
    """Return the error of a call with one argument replaced."""
    with pytest.raises(CellError) as caught:
        with_value(name, place, value)
    assert "\n" not in caught.value.message
    assert caught.value.message.strip()
    return caught.value


def test_every_argument_is_tested() -> None:
    """The calls above give each argument of each catalog and cost function."""
    assert set(CALLS) == {
        name for name, function in FUNCTIONS.items() if function.group in {"catalog", "cost"}
    }
    for name, arguments in CALLS.items():
        assert len(arguments) == len(FUNCTIONS[name].arguments)


@pytest.mark.parametrize(("name", "place", "argument"), PLACES)
def test_an_error_comes_back_as_itself(name: str, place: int, argument: Argument) -> None:
    """An error given in any place, plain or as a range of one cell, is the result."""
    for code in ("#DIV/0!", "#REF!", "#N/A", "#NAME?", "#NUM!"):
        error = CellError(f"{argument.name} is {code}", code)
        assert refused(name, place, error) is error
        assert refused(name, place, [[error]]) is error


@pytest.mark.parametrize("blank", [None, "", "   ", [[None]], [[""]], [[" "]]])
@pytest.mark.parametrize(("name", "place", "argument"), PLACES)
def test_blank_is_missing(name: str, place: int, argument: Argument, blank: object) -> None:
    """Blank, empty text and a blank cell are the same: the default where there is one, else the missing argument."""
    if not argument.optional:
        error = refused(name, place, blank)
        assert error.code == "#VALUE!"
        assert error.message.startswith(f"{argument.name}: missing; ")
    elif argument.default is not None or argument.takes not in SINGLE:
        assert with_value(name, place, blank) == call(name, *CALLS[name])


@pytest.mark.parametrize("name", CALLS)
def test_optional_arguments_may_be_left_out(name: str) -> None:
    """Left out at the end, they are what blanks in their places are."""
    function = FUNCTIONS[name]
    given = CALLS[name][: function.required]
    if "api" in given and "dau" not in [
        argument.name for argument in function.arguments[: function.required]
    ]:
        given = {
            2: ("rent", "H100"),
            3: (0.5, "rent", "H100"),
            4: ("rent", "H100", "own", "light"),
        }[function.required]
    blanks = [None] * (len(function.arguments) - len(given))
    assert call(name, *given) == call(name, *given, *blanks)


@pytest.mark.parametrize(("name", "place", "argument"), chosen(*SINGLE))
def test_a_range_of_one_cell_is_its_value(name: str, place: int, argument: Argument) -> None:
    """A cell given as a range of one row and column is that cell; a larger range is #VALUE! by name."""
    value = CALLS[name][place]
    expected = call(name, *CALLS[name])
    assert with_value(name, place, [[value]]) == expected
    assert with_value(name, place, ((value,),)) == expected
    for larger in ([[value], [value]], [[value, value]], []):
        error = refused(name, place, larger)
        assert error.code == "#VALUE!"
        assert error.message.startswith(f"{argument.name}: one cell is expected")


@pytest.mark.parametrize(
    "bad", ["5", "1e3", "five", "10,000", math.nan, math.inf, -math.inf, -1.0, -1e-9, True, False]
)
@pytest.mark.parametrize(("name", "place", "argument"), chosen(Takes.NUMBER))
def test_what_is_no_number(name: str, place: int, argument: Argument, bad: object) -> None:
    """A number as text, NaN, infinity, a negative number and a truth value are #VALUE!, named by argument."""
    error = refused(name, place, bad)
    assert error.code == "#VALUE!"
    assert error.message.startswith(f"{argument.name}: ")


@pytest.mark.parametrize(("name", "place", "argument"), chosen(Takes.NUMBER))
def test_limits_of_numbers(name: str, place: int, argument: Argument) -> None:
    """Years and months are whole and at least 1, and have an end; other numbers may be fractions."""
    if argument.whole:
        assert argument.minimum == 1
        assert argument.maximum is not None
        for bad in (0, 1.5, argument.maximum + 1):
            assert refused(name, place, bad).code == "#VALUE!"
        with_value(name, place, 1)
        with_value(name, place, argument.maximum)
    else:
        with_value(name, place, 0.5)


@pytest.mark.parametrize(("name", "place", "argument"), chosen(Takes.TEXT, Takes.NUMBER_OR_TEXT))
def test_names_that_are_none(name: str, place: int, argument: Argument) -> None:
    """A truth value is #VALUE! by argument; an unknown name is #N/A and stands in the message."""
    error = refused(name, place, True)
    assert (error.code, error.message.partition(":")[0]) == ("#VALUE!", argument.name)
    error = refused(name, place, "zzz 9 no such name")
    assert error.code == "#N/A"
    assert "zzz 9 no such name" in error.message


@pytest.mark.parametrize(
    ("formula", "result"),
    [
        (("LLM_API_COST", "Qwen-Plus", 0), 0),
        (("LLM_API_COST", "Qwen-Plus", 10_000, 0), 240),
        (("LLM_API_COST", "Qwen-Plus", 10_000, None, 0), 192),
        (("LLM_API_COST", "Qwen-Plus", 10_000, 0, 0), 0),
        (("BREAKEVEN_MONTHS", 6_500, 650, 0), 10),
        (("LLM_TCO", "api", "Qwen-Plus", 0), 0),
        (("LLM_TCO", "rent", "H100", 0), 36 * 11_500),
    ],
)
def test_a_typed_zero_is_zero(formula: tuple[str, object], result: float) -> None:
    """A 0 is never taken for a blank: 240 million x 0.8 = 192 and 120 million x 2 = 240 CNY."""
    assert call(*formula) == pytest.approx(result, rel=1e-12)


def test_daily_users_are_required_where_use_decides() -> None:
    """Without users an API has no bill and an open model no hardware; GPUs and tiers need none."""
    for attempt in (
        ("LLM_TCO", "api", "Qwen-Plus"),
        ("LLM_TCO_TABLE", "api", "Qwen-Plus", " "),
        ("BREAKEVEN_CURVE", "rent", "H100", "api", "GPT-4o"),
        ("LLM_COST_PER_MTOK", "rent", "H100"),
        ("LLM_TCO", "rent", "Qwen3-32B"),
        ("LLM_TCO", "own", "Qwen3-32B", ""),
    ):
        with pytest.raises(CellError, match=r"^dau: ") as caught:
            call(*attempt)
        assert caught.value.code == "#VALUE!"
    assert call("LLM_TCO", "rent", "H100") == call("LLM_TCO", "rent", "H100", 70_000)


@pytest.mark.parametrize("text", ["220000", "220,000", "2.5", "-5"])
def test_an_outlay_as_text_is_no_outlay(text: str) -> None:
    """BREAKEVEN_MONTHS takes an amount or a GPU: a number in quotes is #VALUE!, not an unknown GPU."""
    with pytest.raises(CellError, match=r"^buy: an amount is expected without quotes") as caught:
        call("BREAKEVEN_MONTHS", text, 6_500)
    assert caught.value.code == "#VALUE!"


def test_an_amount_needs_a_rent() -> None:
    """An amount has no reserved month of its own."""
    with pytest.raises(CellError, match=r"^rent_per_month: missing") as caught:
        call("BREAKEVEN_MONTHS", 220_000)
    assert caught.value.code == "#VALUE!"


def test_catalog_columns() -> None:
    """Columns come in the order asked for, by key or label without case and spaces; blanks are skipped."""
    expected = call("LLM_CATALOG", "gpu_purchase", "value", "item")
    assert expected == call("LLM_CATALOG", "GPU purchase prices", "Value", None, " ITEM ")
    assert isinstance(expected, list)
    assert expected[:3] == [["value", "item"], [100_000, "A100 80GB"], [220_000, "H100 80GB"]]
    assert call("LLM_CATALOG", "api_prices", "Effective From") == call(
        "LLM_CATALOG", "api_prices", "effective-from"
    )
    assert call("LLM_CATALOG", "GPU 采购价格", "item") == call("LLM_CATALOG", "gpu_purchase", "item")


def test_catalog_lists_its_tables() -> None:
    """Without an argument: each table with its titles and number of rows, and each can be read."""
    listed = call("LLM_CATALOG")
    assert isinstance(listed, list)
    assert listed[0] == ["table", "title_zh", "title_en", "rows"]
    assert len(listed) > 30
    for name, zh, en, count in listed[1:]:
        found = call("LLM_CATALOG", name)
        assert isinstance(found, list)
        assert len(found) - 1 == count
        assert found == call("LLM_CATALOG", zh) == call("LLM_CATALOG", en)
