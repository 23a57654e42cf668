"""What resilience and idle hardware cost, against hand arithmetic on the published prices."""

from __future__ import annotations

import pytest

from xlmodel import CellError, call

RENT = 6_500  # CNY a month for a reserved A100 80GB
QWEN_PLUS = 30 * (800 * 0.8 + 400 * 2) / 1e6  # CNY a user and month
ONE_OFFS = 77.5e4  # framework 20, data 35, security 15, backup 7.5
STANDARD = 77.5e4 + 3 * 48e4 + ONE_OFFS  # build, three years of operations


def lines(*arguments: object) -> dict[str, list[object]]:
    """Return the lines of LLM_RESILIENCE by their option."""
    table = call("LLM_RESILIENCE", *arguments)
    assert isinstance(table, list)
    assert table[0] == ["option", "what", "total", "extra"]
    return {str(row[0]): list(row[1:]) for row in table[1:]}


def utilisation(*arguments: object) -> list[dict[str, object]]:
    """Return the lines of LLM_UTILISATION by their heading."""
    table = call("LLM_UTILISATION", *arguments)
    assert isinstance(table, list)
    return [{str(key): value for key, value in zip(table[0], row, strict=True)} for row in table[1:]]


def test_rented_cards_and_their_options() -> None:
    """Two cards over three years; a third as the spare copy of Qwen3-32B; twice; one percent of an API bill."""
    found = lines("rent", "2×A100 80GB", 10_000, 3, None, None, None, None, None, "Qwen-Plus")
    base = 2 * RENT * 36
    assert found["as is"] == ["2×A100 80GB", base, 0]
    assert found["n+1"] == ["3×A100 80GB", base + 36 * RENT, 36 * RENT]
    assert found["second site"] == ["2×A100 80GB", 2 * base, base]
    bill = 0.01 * 10_000 * QWEN_PLUS * 36
    assert found["api fallback"][1:] == [pytest.approx(base + bill), pytest.approx(bill)]


def test_a_second_site_pays_its_one_off_costs_once() -> None:
    """The standard tier in the full accounting, 299.0; the second site without the 77.5 of one-offs; a tier has no copy."""
    found = lines("own", "standard", 10_000, 3, None, None, "full")
    assert found["as is"][1] == pytest.approx(STANDARD)
    assert found["second site"][2] == pytest.approx(STANDARD - ONE_OFFS)
    assert found["n+1"][1:] == ["no copy known", "no copy known"]
    assert "api fallback" not in found


def test_a_spare_copy_of_a_sized_model_is_what_the_reserve_costs() -> None:
    """N+1 is LLM_TCO with one reserve replica more."""
    asked = ("rent", "Qwen3-32B@A100 80GB", 100_000, 3, None, None)
    found = lines(*asked, "reserve_replicas=1")
    assert found["as is"][1] == call("LLM_TCO", *asked, "reserve_replicas=1")
    assert found["n+1"][1] == call("LLM_TCO", *asked, "reserve_replicas=2")


def test_fallback_share_scales_the_bill() -> None:
    """A tenth of the tokens is ten times a hundredth."""
    asked = ("rent", "2×A100 80GB", 10_000, 3, None, None, None, None, None, "Qwen-Plus")
    assert lines(*asked, 0.1)["api fallback"][2] == pytest.approx(1_000 * QWEN_PLUS * 36)
    assert lines(*asked, 0)["api fallback"][2] == 0


def test_an_api_is_no_base() -> None:
    """The options are those of hardware."""
    with pytest.raises(CellError, match="write rent or own") as caught:
        lines("api", "Qwen-Plus", 10_000)
    assert caught.value.code == "#N/A"


def test_cost_per_million_tokens_against_the_load() -> None:
    """The full load is that of LLM_CAPACITY; the rent is shared by 1,200 tokens a user and day, the idle part wasted."""
    users = call("LLM_CAPACITY", "Qwen3-32B", "2×A100 80GB")
    assert isinstance(users, float)
    found = utilisation("Qwen3-32B", "2×A100 80GB", None, None, None, None, None, None, "Qwen-Plus")
    assert [row["load"] for row in found] == [0.05, 0.1, 0.25, 0.5, 0.75, 1]
    own = call("LLM_TCO", "own", "2×A100 80GB", None, 3)
    assert isinstance(own, float)
    for row in found:
        load = row["load"]
        assert isinstance(load, float)
        mtok_month = load * users * 1_200 * 30 / 1e6
        assert row["users"] == pytest.approx(load * users)
        assert row["output_tokens_per_s"] == pytest.approx(load * users * 400 / 86_400)
        assert row["rent_per_mtok"] == pytest.approx(2 * RENT / mtok_month)
        assert row["own_per_mtok"] == pytest.approx(own / 36 / mtok_month)
        assert row["rent_idle_month"] == pytest.approx((1 - load) * 2 * RENT)
        assert row["own_idle_month"] == pytest.approx((1 - load) * own / 36)
        assert row["api_per_mtok"] == pytest.approx((800 * 0.8 + 400 * 2) / 1_200)


def test_growth_does_not_move_the_load() -> None:
    """The load is the question, so users do not grow."""
    asked = ("Qwen3-32B", "2×A100 80GB", None, None, None)
    assert utilisation(*asked, "growth_rate=1") == utilisation(*asked)


def test_a_missing_price_says_so() -> None:
    """An L40S has a rent and no purchase price; a card without either is an error."""
    assert {row["own_per_mtok"] for row in utilisation("Qwen3-8B", "2×L40S 48GB")} == {"no price"}
    with pytest.raises(CellError, match="neither a rent nor a purchase price") as caught:
        utilisation("Qwen3-8B", "1×RTX A6000")
    assert caught.value.code == "#N/A"
