"""A workbook's own figures: they stand before the catalog, and a bad one fails where it is used."""

from __future__ import annotations

import math

import pytest

from xlmodel import CellError, call

HEADER = ["item", "field", "value"]
ENDS = ["item", "field", "value", "low", "high"]
A100 = ["A100 80GB", "reserved_month"]


def rent(figures: object, estimate: str | None = None, config: str = "2×A100 80GB") -> object:
    """Return the monthly rent with figures."""
    return call("LLM_RENT_COST", config, None, estimate, figures)


def refused(figures: object, estimate: str | None = None) -> CellError:
    """Return the error of the same."""
    with pytest.raises(CellError) as caught:
        rent(figures, estimate)
    assert "\n" not in caught.value.message
    return caught.value


@pytest.mark.parametrize(
    "figures",
    [
        [HEADER, [*A100, 7_000]],
        ((*(HEADER,), (*A100, 7_000.0))),
        [["项目", "指标", "值"], ["a100-80g", "预留月价", 7_000]],
        [["Value", "unit", "Field", "ITEM"], [7_000, "CNY", "Reserved Month", "A100 SXM"]],
        [[*HEADER, "catalog_value"], [*A100, 7_000, 6_500]],
        [HEADER, [None, None, None], ["", " ", ""], [*A100, 7_000], ["H100", "purchase", 1]],
    ],
)
def test_a_figure_stands_before_the_catalog(figures: object) -> None:
    """In any form of names and order of columns, with other columns and blank rows: 2 x 7,000."""
    assert rent(figures) == 14_000


@pytest.mark.parametrize("blank", [None, "", [[None]], [HEADER], [HEADER, [None, None, None]]])
def test_no_figures_leave_the_catalog(blank: object) -> None:
    """A blank argument, and a header without rows, change nothing."""
    assert rent(blank) == 13_000


@pytest.mark.parametrize(
    ("row", "low", "base", "high"),
    [
        ([*A100, 7_000, 6_000, 9_000], 6_000, 7_000, 9_000),
        ([*A100, None, 6_000, 9_000], 6_000, 7_500, 9_000),
        ([*A100, 7_000, 6_000, None], 6_000, 7_000, 7_000),
        ([*A100, 7_000, None, 9_000], 7_000, 7_000, 9_000),
        ([*A100, 7_000, None, None], 7_000, 7_000, 7_000),
    ],
)
def test_ends_of_a_given_figure(row: list[object], low: float, base: float, high: float) -> None:
    """The base is the value, or the midpoint where there is none; an end without its other counts as stated."""
    for estimate, expected in (("low", low), ("base", base), ("high", high)):
        assert rent([ENDS, row], estimate, "A100 80GB") == expected


def test_ends_out_of_order() -> None:
    """An end on the wrong side of the value is #VALUE! where it is taken; the value itself still counts."""
    figures = [ENDS, [*A100, 7_000, 8_000, 6_000]]
    assert rent(figures) == 14_000
    for estimate in ("low", "high"):
        error = refused(figures, estimate)
        assert error.code == "#VALUE!"
        assert error.message == "A100 80GB reserved_month: low 8000, value 7000, high 6000 are out of order"


@pytest.mark.parametrize(
    ("value", "code", "words"),
    [
        ("7000", "#VALUE!", "A100 80GB reserved_month: '7000' is no number"),
        ("call us", "#VALUE!", "A100 80GB reserved_month: 'call us' is no number"),
        (True, "#VALUE!", "A100 80GB reserved_month: 'TRUE' is no number"),
        (math.nan, "#VALUE!", "A100 80GB reserved_month: 'nan' is no number"),
        (None, "#N/A", "A100 80GB reserved_month has no value"),
        (" ", "#N/A", "A100 80GB reserved_month has no value"),
        (0, "#VALUE!", "A100 80GB reserved_month: 0 is no price; it must be above 0"),
        (-7_000, "#VALUE!", "A100 80GB reserved_month: -7000 is no price"),
        (CellError("a cell is #DIV/0!", "#DIV/0!"), "#DIV/0!", "a cell is #DIV/0!"),
    ],
)
def test_a_bad_figure_fails_where_it_is_used(value: object, code: str, words: str) -> None:
    """Never a 0 in its place; a function that does not use the figure is not disturbed."""
    figures = [HEADER, [*A100, value], ["H100", "reserved_month", 10_000]]
    error = refused(figures)
    assert error.code == code
    assert words in error.message
    assert rent(figures, None, "H100") == 10_000


@pytest.mark.parametrize(
    ("figures", "code", "words"),
    [
        ("full", "#VALUE!", "figures: a range headed item, field, value is expected, found the text 'full'"),
        (5, "#VALUE!", "figures: a range or text is expected, found 5"),
        ([], "#VALUE!", "figures: a range is expected"),
        ([["item", "value"], ["A100 80GB", 5]], "#VALUE!", "figures: the header row lacks field"),
        ([[*A100, 7_000]], "#VALUE!", "figures: the header row lacks item, field, value"),
        (
            [HEADER, [*A100, 1], ["a100 80g", "Reserved Month", 2]],
            "#VALUE!",
            "A100 80GB reserved_month is given twice",
        ),
        ([HEADER, ["A100 80GB", "rent", 1]], "#N/A", "unknown field 'rent'"),
        ([HEADER, ["A100 80GB", None, 1]], "#VALUE!", "figures: a row lacks its item or field"),
        ([HEADER, [None, "purchase", 1]], "#VALUE!", "figures: a row lacks its item or field"),
        ([HEADER, [*A100]], "#VALUE!", "figures: a range is expected as rows of equal length"),
        ([HEADER, [CellError("a cell is #REF!", "#REF!"), "purchase", 1]], "#REF!", "a cell is #REF!"),
    ],
)
def test_a_range_that_holds_no_figures(figures: object, code: str, words: str) -> None:
    """The range itself is refused with one line that says what is missing, twice or unknown."""
    error = refused(figures)
    assert error.code == code
    assert words in error.message


def test_a_new_item_is_taken_as_written() -> None:
    """A model that the catalog lacks is priced by the workbook alone, whatever the case of its rows."""
    figures = [HEADER, ["House Model", "input", 1], ["house-model", "output", 2]]
    assert call("LLM_API_COST", "HOUSE MODEL", 10_000, None, None, None, figures) == pytest.approx(480)
    assert call("LLM_PRICE", "house model", "output", figures) == 2
    assert call("LLM_COMPARE", 10_000, "House Model", 1, None, None, None, figures)[1][:3] == [  # type: ignore[index]
        "api",
        "House Model",
        pytest.approx(5_760),
    ]
    with pytest.raises(CellError, match="unknown api model 'House Model'"):
        call("LLM_API_COST", "House Model", 10_000)
    doubled = [*figures, ["HOUSE MODEL", "input", 3]]
    with pytest.raises(CellError, match="House Model input is given twice"):
        call("LLM_API_COST", "House Model", 10_000, None, None, None, doubled)


def test_a_new_item_without_its_other_price() -> None:
    """Half a price is #N/A, never half a bill."""
    with pytest.raises(CellError, match="House Model: no figure output") as caught:
        call("LLM_API_COST", "House Model", 1, None, None, None, [HEADER, ["House Model", "input", 1]])
    assert caught.value.code == "#N/A"


def test_figures_of_tiers_and_one_offs_count() -> None:
    """A corrected tier and a corrected one-off move the total: 100 + 1 in place of 50 + 15 (10,000 CNY)."""
    figures = [HEADER, ["标准级", "hardware", 1_000_000], ["security", "one_off", 10_000]]
    total = call("LLM_TCO", "own", "standard", None, 3, None, None, "full", figures)
    assert total == pytest.approx((299 + 50 - 14) * 1e4, rel=1e-12)


def test_true_and_one_are_told_apart_in_any_order() -> None:
    """TRUE in a price's cell is refused also after a 1 stood there, and a 1 is taken after TRUE."""
    one, true = ([HEADER, [*A100, value]] for value in (1.0, True))
    assert rent(one, None, "A100 80GB") == 1
    assert refused(true).code == "#VALUE!"
    assert rent(one, None, "A100 80GB") == 1


def test_calls_do_not_see_each_others_figures() -> None:
    """Figures belong to their call alone."""
    assert [rent([HEADER, [*A100, value]]) for value in (1, 2, 3)] == [2, 4, 6]
    assert rent(None) == 13_000
