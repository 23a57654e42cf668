"""The bill of an API, each component by hand: prompts tiers, cache, thinking, off-peak, batch, tax, currency."""

from __future__ import annotations

from dataclasses import replace

import pytest

from xlmodel import CellError
from xlmodel.catalog.load import built_in
from xlmodel.catalog.tables import Figure
from xlmodel.functions import Library

MODEL = "GLM-4-Air"
# 10 million tokens in and 5 million out a month: 1,000 users x 10 days x 1,000 and 500 tokens
LOAD = (1_000, 1_000, 500)
TEN_DAYS = "days_per_month=10; "


def library(prices: dict[str, float], **changes: str) -> Library:
    """Return the functions on a catalog in which a model has these prices alone."""
    catalog = built_in()
    rows = {key: rows for key, rows in catalog.figures.items() if key[0] != MODEL}
    for field, value in prices.items():
        row = Figure(MODEL, field, value, value, value, effective_from="2026-01-01", provider="Zhipu")
        rows[MODEL, field] = (replace(row, **changes),)
    return Library(replace(catalog, figures=rows))


def bill(
    prices: dict[str, float], assumptions: str = "", load: tuple[float, ...] = LOAD, **changes: str
) -> object:
    """Return the monthly bill."""
    return library(prices, **changes).call("LLM_API_COST", MODEL, *load, TEN_DAYS + assumptions)


PLAIN = {"input": 4.0, "output": 10.0}
COMPONENTS = [
    # what is listed beside input 4 and output 10, the assumptions, the bill: 10 x in + 5 x out
    ({}, "", 10 * 4 + 5 * 10),
    # half hits: at the ratio 0.25; at the listed 0.4; the misses at the price of writing
    ({}, "cache_hit_rate=0.5", 10 * (0.5 * 4 + 0.5 * 1) + 50),
    ({"input_cached": 0.4}, "cache_hit_rate=0.5", 10 * (0.5 * 4 + 0.5 * 0.4) + 50),
    ({"input_cached": 0.4, "cache_write": 5}, "cache_hit_rate=0.5", 10 * (0.5 * 5 + 0.5 * 0.4) + 50),
    # without hits nothing is written
    ({"input_cached": 0.4, "cache_write": 5}, "", 90),
    # a fifth of the output is thinking; without a price of its own it is output
    ({"output_thinking": 30}, "thinking_share=0.2", 40 + 5 * (0.8 * 10 + 0.2 * 30)),
    ({}, "thinking_share=0.2", 90),
    # a quarter in the window, where input is 2 and output 5; the one that is not listed stays
    ({"off_peak_input": 2, "off_peak_output": 5}, "off_peak_share=0.25", 10 * 3.5 + 5 * 8.75),
    ({"off_peak_output": 5}, "off_peak_share=0.25", 40 + 5 * 8.75),
    ({}, "off_peak_share=0.25", 90),
    # 40 % can wait, at half the price
    ({"batch_input": 2, "batch_output": 5}, "batch_share=0.4", 0.6 * 90 + 0.4 * 45),
    ({"batch_input": 2}, "batch_share=0.4", 10 * (0.6 * 4 + 0.4 * 2) + 50),
    ({}, "batch_share=0.4", 90),
    # a tenth more tokens
    ({}, "retry_rate=0.1", 99),
    # all together. in: 0.5 x 5 + 0.5 x 0.4 = 2.7; 0.75 x 2.7 + 0.25 x 2 = 2.525; 0.6 x 2.525 + 0.4 x 2 = 2.315
    # out: 0.8 x 10 + 0.2 x 30 = 14; 0.75 x 14 + 0.25 x 5 = 11.75; 0.6 x 11.75 + 0.4 x 5 = 9.05
    (
        {
            "input_cached": 0.4,
            "cache_write": 5,
            "output_thinking": 30,
            "off_peak_input": 2,
            "off_peak_output": 5,
            "batch_input": 2,
            "batch_output": 5,
        },
        "cache_hit_rate=0.5; thinking_share=0.2; off_peak_share=0.25; batch_share=0.4; retry_rate=0.1",
        1.1 * (10 * 2.315 + 5 * 9.05),
    ),
]


@pytest.mark.parametrize(("more", "assumptions", "expected"), COMPONENTS)
def test_each_component(more: dict[str, float], assumptions: str, expected: float) -> None:
    """The shares in force at the prices that are listed, others at the plain price."""
    assert bill(PLAIN | more, assumptions) == pytest.approx(expected, rel=1e-12)


TIERED = PLAIN | {
    "input@32k": 6,
    "output@32k": 15,
    "input@128k": 12,
    "input_cached": 0.4,
    "input_cached@32k": 0.6,
}


@pytest.mark.parametrize(
    ("prompt", "price_in", "price_out", "cached"),
    [
        (32_768, 4, 10, 0.4),  # not longer than 32k
        (32_769, 6, 15, 0.6),
        (131_072, 6, 15, 0.6),
        (131_073, 12, 15, 0.6),  # output and cached have no tier of 128k: their longest below
    ],
)
def test_prices_follow_the_prompt(prompt: int, price_in: float, price_out: float, cached: float) -> None:
    """One request a day with 1,000 tokens out; the tier below the prompt's length counts, price by price."""
    load = (1_000, prompt, 1_000)
    # 10,000 requests a month
    assert bill(TIERED, "", load) == pytest.approx((prompt * price_in + 1_000 * price_out) / 100)
    hit = bill(TIERED, "cache_hit_rate=1", load)
    assert hit == pytest.approx((prompt * cached + 1_000 * price_out) / 100)


def test_a_day_of_many_short_prompts_is_no_long_prompt() -> None:
    """100,000 tokens a day in four requests are prompts of 25,000: the plain price, 10,000 x 0.1 x 4 million."""
    load = (1_000, 100_000, 0)
    assert bill(TIERED, "requests_per_user_day=4", load) == pytest.approx(4_000)
    assert bill(TIERED, "", load) == pytest.approx(6_000)


@pytest.mark.parametrize(
    ("tax", "assumptions", "factor"),
    [
        ("exclusive", "vat_rate_services=0.06", 1.06),
        ("exclusive", "vat_rate_goods=0.13", 1),
        ("exclusive", "vat_rate_services=0.06; vat_recoverable=yes", 1),
        ("inclusive", "vat_rate_services=0.06", 1),
        ("inclusive", "vat_rate_services=0.06; vat_recoverable=yes", 1 / 1.06),
        ("unknown", "vat_rate_services=0.06", 1),
        ("unknown", "vat_rate_services=0.06; vat_recoverable=yes", 1),
        ("unknown", "vat_rate_services=0.06; price_tax_basis=exclusive", 1.06),
        ("unknown", "vat_rate_services=0.06; price_tax_basis=inclusive; vat_recoverable=yes", 1 / 1.06),
        ("inclusive", "vat_rate_services=0.06; price_tax_basis=exclusive", 1),
    ],
)
def test_tax(tax: str, assumptions: str, factor: float) -> None:
    """A service at 6 %: added to a price without it, taken off one with it where it comes back."""
    assert bill(PLAIN, assumptions, tax=tax) == pytest.approx(90 * factor, rel=1e-12)


@pytest.mark.parametrize(
    ("what", "assumptions", "cost"),
    [
        ("standard", "vat_rate_goods=0.13", 1.13 * (500_000 + 200_000) + 75_000),
        ("standard", "vat_rate_services=0.06", 700_000 + 1.06 * 75_000),
        ("standard", "vat_rate=0.1", 1.1 * 775_000),
    ],
)
def test_goods_and_services_have_their_own_rates(what: str, assumptions: str, cost: float) -> None:
    """Hardware and site are goods, software a service; one rate stands for both where they are not said."""
    found = Library().call("LLM_OWN_CAPEX", what, assumptions + "; price_tax_basis=exclusive")
    assert found == pytest.approx(cost, rel=1e-12)


def test_a_bill_is_of_one_list() -> None:
    """GPT-4o in dollars: 2.5, 1.25 on a hit, 10; in yuan 18 and 72, whose list has no cached price: the ratio."""
    call = Library().call
    hit = TEN_DAYS + "cache_hit_rate=1"
    assert call("LLM_API_COST", "GPT-4o", *LOAD, hit + "; currency=USD") == pytest.approx(10 * 1.25 + 5 * 10)
    assert call("LLM_API_COST", "GPT-4o", *LOAD, hit) == pytest.approx(10 * 18 * 0.25 + 5 * 72)
    # asked for by name, the price of the other list is shown: 1.25 x 7.2
    assert call("LLM_PRICE", "GPT-4o", "input_cached") == pytest.approx(9)


PRICES = ["item", "field", "value", "currency", "unit"]
HALF_HITS = TEN_DAYS + "cache_hit_rate=0.5; thinking_share=0.2; batch_share=0.4; off_peak_share=0.25; "
# of GPT-4o in yuan, whose list has input 18 and output 72 alone; what is given, and input and output per million
GIVEN_ABROAD = [
    ([["input_cached", 1, "USD", None]], 0.5 * 18 + 0.5 * 7, 72),
    ([["input_cached", 1, None, "USD/Mtok"]], 0.5 * 18 + 0.5 * 7, 72),
    ([["input_cached", 0.001, None, "USD/ktok"]], 0.5 * 18 + 0.5 * 7, 72),
    ([["cache_write", 3, "USD", None]], 0.5 * 21 + 0.5 * 4.5, 72),
    ([["output_thinking", 20, "USD", None]], 0.5 * 18 + 0.5 * 4.5, 0.8 * 72 + 0.2 * 140),
    ([["batch_input", 1, "USD", None]], 0.6 * 11.25 + 0.4 * 7, 72),
    ([["batch_output", 0.005, None, "USD/ktok"]], 11.25, 0.6 * 72 + 0.4 * 35),
    ([["off_peak_output", 6, "USD", None]], 11.25, 0.75 * 72 + 0.25 * 42),
    # without a currency it is in that of the list, yuan, though this price is published in dollars alone
    ([["input_cached", 8, None, None]], 0.5 * 18 + 0.5 * 8, 72),
    # one that stands for a price of the list leaves the others, also of the other currency's list
    ([["output", 9, "USD", None]], 11.25, 63),
]


@pytest.mark.parametrize(("rows", "price_in", "price_out"), GIVEN_ABROAD)
def test_a_figure_given_in_dollars_is_part_of_a_bill_in_yuan(
    rows: list[list[object]], price_in: float, price_out: float
) -> None:
    """At 7 CNY for a dollar, by currency or unit, beside the prices of the list in yuan."""
    figures = [PRICES, *(["GPT-4o", *row] for row in rows)]
    found = Library().call("LLM_API_COST", "GPT-4o", *LOAD, HALF_HITS + "fx_cny_per_usd=7", figures)
    assert found == pytest.approx(10 * price_in + 5 * price_out, rel=1e-12)


def test_a_given_input_takes_the_list_of_its_currency_where_there_is_one() -> None:
    """GPT-4o's input at 3 USD: output 10 and hits 1.25 USD; GLM-4-Air's list is in yuan alone, and stays."""
    call = Library().call
    figures = [PRICES, ["GPT-4o", "input", 3, "USD", None], [MODEL, "input", 1, "USD", None]]
    found = call("LLM_API_COST", "GPT-4o", *LOAD, TEN_DAYS + "cache_hit_rate=0.5; fx_cny_per_usd=7", figures)
    assert found == pytest.approx(7 * (10 * (0.5 * 3 + 0.5 * 1.25) + 5 * 10), rel=1e-12)
    priced = library({**PLAIN, "input_cached": 0.4})
    found = priced.call(
        "LLM_API_COST", MODEL, *LOAD, TEN_DAYS + "cache_hit_rate=0.5; fx_cny_per_usd=7", figures
    )
    assert found == pytest.approx(10 * (0.5 * 7 + 0.5 * 0.4) + 50, rel=1e-12)


def test_a_list_in_yuan_is_never_derived_from_dollars() -> None:
    """Before the first price in yuan there is none, though one in dollars is in force; in dollars there is."""
    call = Library().call
    with pytest.raises(
        CellError, match="GPT-4o input: no figure in force on 2026-01-31; the first is of 2026-06-01"
    ):
        call("LLM_API_COST", "GPT-4o", *LOAD, TEN_DAYS + "price_date=2026-01-31")
    in_dollars = call("LLM_API_COST", "GPT-4o", *LOAD, TEN_DAYS + "price_date=2026-01-31; currency=USD")
    assert in_dollars == pytest.approx(75)
    # a vendor that lists in dollars alone: 10 x 0.95 + 5 x 4 at 7.2
    assert call("LLM_API_COST", "Kimi K2.6", *LOAD, TEN_DAYS) == pytest.approx(29.5 * 7.2)


def test_a_second_provider_is_asked_for_by_name() -> None:
    """GLM-4.5-Air of its maker in dollars, and of Alibaba in yuan with its tier; never one in place of the other."""
    call = Library().call
    assert call("LLM_API_COST", "GLM-4.5-Air", *LOAD, TEN_DAYS) == pytest.approx((10 * 0.2 + 5 * 1.1) * 7.2)
    for name in ("GLM-4.5-Air @Alibaba", "glm 4.5 air@阿里", "智谱GLM-4.5-Air ＠ alibaba"):
        assert call("LLM_API_COST", name, *LOAD, TEN_DAYS) == pytest.approx(10 * 0.8 + 5 * 6)
    # 10,000 prompts of 40,000 tokens
    long = call("LLM_API_COST", "GLM-4.5-Air @Alibaba", 1_000, 40_000, 0, TEN_DAYS)
    assert long == pytest.approx(400 * 1.2)
    assert call("LLM_PRICE", "GLM-4.5-Air @Zhipu", "input") == call("LLM_PRICE", "GLM-4.5-Air", "input")
    with pytest.raises(
        CellError, match=r"no such provider of the api model; listed: GLM-4.5-Air, GLM-4.5-Air @Alibaba"
    ):
        call("LLM_API_COST", "GLM-4.5-Air @Acme", *LOAD)
    # what Alibaba does not list is not taken from Zhipu
    with pytest.raises(
        CellError, match=r"GLM-4.5-Air @Alibaba: no figure input_cached; known for it: input, input@32k"
    ):
        call("LLM_PRICE", "GLM-4.5-Air @Alibaba", "input_cached")


def test_a_rent_of_another_provider() -> None:
    """The documents' H100 stays 11,500; the other is 936 USD a month, 1.3 an hour; B200 has no price of its own."""
    call = Library().call
    assert call("LLM_RENT_COST", "2×H100 80GB") == 23_000
    assert call("LLM_RENT_COST", "2×H100 80GB @SemiAnalysis") == pytest.approx(2 * 1.3 * 720 * 7.2)
    assert call("LLM_RENT_COST", "2×H100 @semianalysis", None, "currency=USD") == pytest.approx(1_872)
    with pytest.raises(CellError, match="listed by another provider: B200 180GB @SemiAnalysis"):
        call("LLM_RENT_COST", "B200")


@pytest.mark.parametrize("field", ["input", "output", "input_cached", "batch_input"])
def test_no_price_of_an_api_is_zero(field: str) -> None:
    """A 0 is a missing price, also where it is optional."""
    with pytest.raises(CellError, match=f"{MODEL} {field}: 0 is no price"):
        bill(PLAIN | {field: 0.0}, "cache_hit_rate=0.5; batch_share=0.5")


def test_prices_of_one_catalog_are_not_taken_for_another() -> None:
    """Prices are kept by catalog and assumptions; two of each, in turn, give four bills."""
    one, two = library(PLAIN), library({"input": 8.0, "output": 20.0})
    found = [
        each.call("LLM_API_COST", MODEL, *LOAD, TEN_DAYS + f"retry_rate={rate}")
        for rate in (0, 0.5)
        for each in (one, two, one)
    ]
    assert found == pytest.approx([90, 180, 90, 135, 270, 135])
