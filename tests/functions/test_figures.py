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


MONEY = ["item", "field", "value", "currency", "unit"]


@pytest.mark.parametrize(
    ("header", "row", "rent_cny"),
    [
        (MONEY, [*A100, 1_000, "USD", "USD/month"], 7_200),
        (MONEY, [*A100, 1_000, "USD", None], 7_200),
        (MONEY, [*A100, 1_000, None, "USD/month"], 7_200),
        (MONEY, [*A100, 1_000, "美元", "美元/月"], 7_200),
        (MONEY, [*A100, 0.7, "CNY", "万元/月"], 7_000),
        (MONEY, [*A100, 0.7, "人民币", "万元"], 7_000),
        (MONEY, [*A100, 0.1, None, "万美元"], 7_200),
        (MONEY, [*A100, 7_000, " ", ""], 7_000),
        (["项目", "指标", "值", "币种", "单位"], [*A100, 1_000, "usd", "美元"], 7_200),
        (["Item", "Field", "Value", "Currency", "Unit"], [*A100, 7_000, "CNY", "CNY/month"], 7_000),
    ],
)
def test_a_figure_is_converted(header: list[str], row: list[object], rent_cny: float) -> None:
    """By its currency at 7.2, and by its unit: 万 is 10,000; never is a dollar read as a yuan."""
    assert rent([header, row], None, "A100 80GB") == pytest.approx(rent_cny, rel=1e-12)


def test_the_rate_in_force_converts() -> None:
    """1,000 USD at 6.5 are 6,500 CNY, and 1,000 USD where dollars are asked for."""
    figures = [MONEY, [*A100, 1_000, "USD", None]]
    assert rent(figures, "fx_cny_per_usd=6.5", "A100 80GB") == pytest.approx(6_500)
    assert rent(figures, "currency=USD", "A100 80GB") == pytest.approx(1_000)


@pytest.mark.parametrize(
    ("value", "unit", "price"),
    [
        (0.8, "CNY/Mtok", 0.8),
        (0.8, "元/百万 token", 0.8),
        (0.8, "元/百万tokens", 0.8),
        (0.0008, "CNY/ktok", 0.8),
        (0.0008, "元/千tokens", 0.8),
        (0.0008, "元/千 token", 0.8),
        (0.0004, "USD/ktok", 0.4 * 7.2),
        (0.4, "$/Mtok", 0.4 * 7.2),
    ],
)
def test_a_price_of_tokens_in_its_unit(value: float, unit: str, price: float) -> None:
    """A thousand tokens are a thousandth of a million."""
    figures = [["item", "field", "value", "unit"], ["Qwen-Plus", "input", value, unit]]
    assert call("LLM_PRICE", "Qwen-Plus", "input", figures) == pytest.approx(price, rel=1e-12)


def test_all_ends_are_converted() -> None:
    """0.6, 0.7 and 0.9 (10,000 CNY) a month."""
    figures = [["item", "field", "value", "low", "high", "unit"], [*A100, 0.7, 0.6, 0.9, "万元/月"]]
    ends = [rent(figures, estimate, "A100 80GB") for estimate in ("low", "base", "high")]
    assert ends == pytest.approx([6_000, 7_000, 9_000])


@pytest.mark.parametrize(
    ("currency", "unit", "words"),
    [
        ("EUR", None, "A100 80GB reserved_month: unknown currency 'EUR'; write one of CNY, USD"),
        (7.2, None, "A100 80GB reserved_month: unknown currency '7.2'"),
        (
            None,
            "CNY/fortnight",
            "A100 80GB reserved_month: unknown unit 'CNY/fortnight'; write one of CNY, 万 CNY",
        ),
        (None, "CNY/h", "the unit CNY/h is none of reserved_month; write an amount in CNY/month"),
        (None, "GB", "the unit GB is none of reserved_month; write an amount in CNY/month"),
        ("CNY", "USD/month", "the currency CNY stands beside the unit USD/month; write one of them"),
    ],
)
def test_an_unknown_currency_or_unit_is_an_error(currency: object, unit: object, words: str) -> None:
    """#VALUE! where the figure is used, never a number read as yuan; another figure is not disturbed."""
    figures = [MONEY, [*A100, 7_000, currency, unit], ["H100", "reserved_month", 10_000, None, None]]
    error = refused(figures)
    assert error.code == "#VALUE!"
    assert words in error.message
    assert rent(figures, None, "H100") == 10_000


def test_a_given_tax_status() -> None:
    """A rent without tax: 6 % on it; the label of either language."""
    for tax in ("exclusive", "不含税", "tax excluded"):
        figures = [["item", "field", "value", "税"], [*A100, 7_000, tax]]
        assert rent(figures, "vat_rate=0.06", "A100 80GB") == pytest.approx(7_420)
    unknown = refused([["item", "field", "value", "tax"], [*A100, 7_000, "maybe"]])
    assert "unknown tax 'maybe'" in unknown.message


def test_the_columns_of_our_own_sheet_of_figures() -> None:
    """Its keys, its further columns in the reader's language, and what they hold are read as they stand."""
    for unit, tax, currency in (("元/月", "unknown", "CNY"), ("CNY/month", "未注明", "CNY")):
        header = ["item", "field", "value", "low", "high", "catalog_value", "单位", "税", "数据日期", "币种"]
        figures = [header, [*A100, 7_000, 7_000, 7_000, 6_500, unit, tax, "2026-06-01", currency]]
        assert rent(figures, None, "A100 80GB") == 7_000


def test_a_given_price_of_a_provider() -> None:
    """It is that provider's: beside the item's own, reached by name; of the item's own provider, it is the item's."""
    header = ["item", "field", "value", "provider", "currency"]
    figures = [
        header,
        ["DeepSeek V3", "input", 1, "Acme", "CNY"],
        ["deepseek-v3", "output", 4, "Acme", "CNY"],
        ["DeepSeek V3", "output", 9, "DeepSeek", "CNY"],
        ["GLM-4.5-Air", "input", 0.5, "阿里", "CNY"],
    ]
    assert call("LLM_API_COST", "DeepSeek V3 @Acme", 10_000, None, None, None, figures) == pytest.approx(
        240 * 1 + 120 * 4
    )
    assert call("LLM_API_COST", "DeepSeek V3", 10_000, None, None, None, figures) == pytest.approx(
        240 * 2 + 120 * 9
    )
    assert call("LLM_PRICE", "GLM-4.5-Air @Alibaba", "input", figures) == 0.5
    assert call("LLM_PRICE", "GLM-4.5-Air", "input", figures) == pytest.approx(0.2 * 7.2)


def test_a_figure_without_a_currency_is_in_that_of_the_list_it_stands_for() -> None:
    """GPT-4o is listed in yuan first: 20 is yuan, whatever the results are in; Kimi K2.6 in dollars alone."""
    figures = [HEADER, ["GPT-4o", "input", 20], ["GPT-4o", "output", 70], ["Kimi K2.6", "input", 1]]
    yuan = call("LLM_API_COST", "GPT-4o", 10_000, None, None, None, figures)
    assert yuan == pytest.approx(240 * 20 + 120 * 70)
    dollars = call("LLM_API_COST", "GPT-4o", 10_000, None, None, "currency=USD", figures)
    assert dollars == pytest.approx((240 * 20 + 120 * 70) / 7.2)
    assert call("LLM_PRICE", "Kimi K2.6", "input", figures) == pytest.approx(7.2)
