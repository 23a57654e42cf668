"""What a finance director asks next, answered on the reader's tabs: the bridge of the accountings, stopping early."""

from __future__ import annotations

import pytest
from quoted import MILLION, quote

SMALL = {**MILLION, "dau": 30_000}


def test_the_bridge_from_price_list_to_budget() -> None:
    """Hand, 2×A100 over three years: 2 x 6,500 x 36 = 468,000; an engineer at 200,000 a year; the one-offs of the guide.

    468,000 + 600,000 + 200,000 + 350,000 + 150,000 + 75,000 = 1,843,000. An API pays for security alone.
    """
    found = quote("en", **SMALL)
    steps = ("published", "volume", "staff", "framework", "data", "security", "backup", "basis", "full")
    rent = [468_000, 0, 600_000, 200_000, 350_000, 150_000, 75_000, 0, 1_843_000]
    assert [found[f"bridge.rent.1.{step}"] for step in steps] == pytest.approx(rent, abs=1e-6)
    api = [155_520, 0, 0, 0, 0, 150_000, 0, 0, 305_520]
    assert [found[f"bridge.api.1.{step}"] for step in steps] == pytest.approx(api, abs=1e-6)
    # the columns of the chart: the API is the answer, the rental the best of another deployment
    assert found["bridge.1.title"] == "Price-list to budget cost: API DeepSeek V3"
    assert found["bridge.2.title"] == "Price-list to budget cost: rented GPUs 2×A100 80GB"
    assert [found[f"bridge.2.{step}.base"] for step in steps] == pytest.approx(
        [0, 468_000, 468_000, 1_068_000, 1_268_000, 1_618_000, 1_768_000, 1_843_000, 0], abs=1e-6
    )
    assert [found[f"bridge.2.{step}.up"] for step in steps] == pytest.approx([0, *rent[1:-1], 0], abs=1e-6)
    assert [found[f"bridge.2.{step}.end"] for step in steps] == pytest.approx(
        [468_000, *[0] * 7, 1_843_000], abs=1e-6
    )


def test_discounting_and_tax_are_a_step_of_the_bridge() -> None:
    """Hand: a user costs 5.184 in three years, a third a year, at 10 % over 1.1, 1.21, 1.331; security is of year 1.

    Price-list cost is discounted too, so that the step is what discounting takes from the security alone.
    """
    found = quote("en", **{**SMALL, "assumptions": "discount_rate=0.1"})
    a_year = 30_000 * 5.184 / 3
    present = a_year / 1.1 + a_year / 1.21 + a_year / 1.331
    assert found["bridge.api.1.published"] == pytest.approx(present)
    assert found["bridge.api.1.full"] == pytest.approx(present + 150_000 / 1.1)
    assert found["bridge.api.1.security"] == pytest.approx(150_000)
    assert found["bridge.api.1.basis"] == pytest.approx(150_000 / 1.1 - 150_000)


def test_stopping_after_a_year_loses_what_was_paid_ahead() -> None:
    """Hand: one-offs 200,000 + 350,000 + 150,000 + 75,000 = 775,000; of an API 150,000; the standard tier buys as well."""
    found = quote("en", **SMALL)
    assert found["stop.api.1.lost"] == pytest.approx(150_000)
    assert found["stop.rent.1.lost"] == pytest.approx(775_000)
    bought = sum(
        found.number(f"audit.own.1.full.cash.{name}") for name in ("hardware", "infrastructure", "software")
    )
    assert found["stop.own.1.lost"] == pytest.approx(775_000 + bought)


def test_the_range_of_the_answer_and_of_the_runner_up() -> None:
    """Hand: prices have one value, 30,000 x 5.184 = 155,520; security is 100,000 to 200,000 once."""
    found = quote("en", **SMALL)
    assert found["band.published.best"] == "155,520–155,520"
    assert found["band.full.best"] == "255,520–355,520"
    assert found["band.published.runner"] == "468,000–468,000"
    other = quote("en", **{**SMALL, "own": []})
    assert other["band.full.runner"] == "—"  # two cards are too few with what the budget counts


def test_a_published_total_of_the_same_load_is_said_on_the_cover() -> None:
    """The documents give 520,000 for scenario B; 30,000 x 0.144 x 36 = 155,520. Of another load they say nothing."""
    found = quote("en", **SMALL)
    sentence = str(found["answer.published_total"])
    assert sentence.startswith(
        "The documents publish 520,000 CNY, this quote has 155,520: at 0.144 CNY a user"
    )
    assert found["answer.published_total"] in found.texts("cover")
    assert quote(**SMALL)["answer.published_total"] != ""
    assert (quote(**MILLION)["answer.published_total"] or "") == ""


def test_changes_that_nobody_plans_for_are_words() -> None:
    """Hand: five users pay 25.92 by API in three years, and two rented cards 468,000, 18,056 times as much."""
    found = quote("en", **{**SMALL, "dau": 5})
    assert found["decision.published.price"] == pytest.approx(468_000 / 25.92 - 1)
    assert found["decision.published.price_shown"] == "—"
    assert found["decision.published.price_then"] == "no change up to ten times"
    # of the budget no rent would be low enough: staff and one-offs cost more than the API
    assert found.number("decision.full.rent") < -1
    assert found["decision.full.rent_shown"] == "—"


def test_one_option_has_no_runner_up() -> None:
    """The cover leaves out what a single option cannot have, and shows a long name in full."""
    name = "客" * 200
    found = quote("en", **{**SMALL, "api_models": ["DeepSeek V3"], "rent": [], "own": [], "customer": name})
    texts = found.texts("cover")
    assert "Runner-up" not in texts
    assert "What would change it" not in texts
    assert "Runner-up" in quote("en", **SMALL).texts("cover")
    lines = [text for text in texts if "客" in text]
    assert [len(line) for line in lines] == [60, 60, 60, 20]
    assert "".join(lines) == name
