"""What can serve is ranked, what cannot stands beside with what it needs: the faults of unlike comparisons."""

from __future__ import annotations

import math
import re

import pytest

from xlmodel import CellError, call

PEAK_OF_A_USER = 400 / 86_400 * 4  # output tokens a second
FULL_ONE_OFFS = 775_000


def rows(*arguments: object) -> list[dict[str, object]]:
    """Return LLM_COMPARE as one mapping a row."""
    return mapped(call("LLM_COMPARE", *arguments))


def mapped(table: object) -> list[dict[str, object]]:
    """Return a table as one mapping a row."""
    assert isinstance(table, list)
    header, *lines = table
    return [dict(zip(map(str, header), line, strict=True)) for line in lines]


def number(name: str, *arguments: object) -> float:
    """Call a function that gives a number."""
    value = call(name, *arguments)
    assert isinstance(value, float)
    return value


def plan(model: str, dau: float, gpu: str, assumptions: str = "") -> dict[str, object]:
    """Return the one row of LLM_PLAN for a GPU."""
    (row,) = mapped(call("LLM_PLAN", model, dau, None, gpu, None, None, assumptions))
    return row


def test_a_million_users_are_not_served_by_two_cards() -> None:
    """The API is the answer; renting would take 34×A100: 34 x 6,500 x 36 = 7,956,000.

    The peak is 1,000,000 x 400 / 86,400 x 4 = 18,519 tokens/s, over 0.7 of what a copy on two cards gives.
    """
    v3, v4, rent, own = rows(1_000_000, "32B~70B")
    assert (v3["rank"], v4["rank"], rent["rank"], own["rank"]) == (1, 1, "", "")
    assert v3["total"] == pytest.approx(1_000_000 * 30 * (800 * 2 + 400 * 8) / 1e6 * 36)
    assert (rent["total"], rent["needs"], rent["needs_total"]) == (468_000, "34×A100 80GB", 7_956_000)
    assert (rent["model"], rent["serves"], rent["per_mtok"]) == ("Qwen3-32B bf16", False, "")
    assert (own["needs"], own["total"]) == ("34×A100 80GB", 2_215_000)
    one = number("LLM_THROUGHPUT", "Qwen3-32B", "bf16", "2×A100 80GB", 800, 400)
    assert math.ceil(1_000_000 * PEAK_OF_A_USER / (0.7 * one)) * 2 == 34
    # owned: 34 cards in five servers of 8 slots, the cluster's site; the enterprise tier's staff, power, 12 % of the hardware
    hardware = 34 * 100_000 + 40 * 125_000
    power = 34 * 0.4 * 1.8 * 0.6 * 1.5 * 24 * 360 * 0.8
    by_hand = hardware + 750_000 + 350_000 + 3 * (500_000 + power + 0.12 * hardware)
    assert own["needs_total"] == pytest.approx(by_hand, rel=1e-12)


def test_enough_is_asked_of_the_largest_year() -> None:
    """2×A100 serve 61,202 users: 50,000 do, 50,000 growing by half do not, 70,000 shrinking from the first do not."""
    most = number("LLM_THROUGHPUT", "Qwen3-32B", "bf16", "2×A100 80GB", 800, 400) * 0.7 / PEAK_OF_A_USER
    assert int(most) == 61_202
    for dau, growth, years, enough in (
        (50_000, 0.0, 3, True),
        (50_000, 0.5, 1, True),
        (50_000, 0.5, 2, False),
        (70_000, -0.5, 3, False),
        (math.floor(most), 0.0, 3, True),
        (math.floor(most) + 1, 0.0, 3, False),
    ):
        rent = rows(dau, "32B~70B", years, None, None, f"growth_rate={growth}")[2]
        assert rent["serves"] == enough, (dau, growth, years)


def test_enough_is_asked_with_the_reserve_of_the_accounting() -> None:
    """Full keeps a copy spare: of two copies of one card each, one serves; a single card with one copy serves nobody."""
    one = number("LLM_THROUGHPUT", "Qwen3-8B", "bf16", "1×A100 80GB", 800, 400) * 0.7 / PEAK_OF_A_USER
    given = "reserve_replicas={}"
    for reserve, enough in ((0, True), (1, False)):
        assert rows(one - 1, "7B~14B", 3, None, None, given.format(reserve))[2]["serves"] == enough
    needs = rows(one - 1, "7B~14B", 3, None, None, "full")[2]
    assert (needs["serves"], needs["needs"]) == (False, "2×A100 80GB")
    assert needs["needs_total"] == 2 * 6_500 * 36 + 600_000 + FULL_ONE_OFFS


@pytest.mark.parametrize(("estimate", "gpus"), [("low", 2), ("base", 3), ("high", 4)])
def test_a_tier_serves_with_the_gpus_that_are_paid_for(estimate: str, gpus: int) -> None:
    """The standard tier's 2-4 A100: its low price buys two, its middle three, its high four."""
    (own,) = [row for row in rows(1_000, "32B~70B", 3, None, None, estimate) if row["deployment"] == "own"]
    assert (own["serves"], own["needs"]) == (True, f"{gpus}×A100 80GB")


def test_a_class_is_judged_by_its_own_model() -> None:
    """FP8 weights of 671 GB do not fit 640 GB: 16×H100, 16 x 11,500 x 36 = 6,624,000; 4-bit ones do fit."""
    _, rent, own = rows(1_000, "671B")
    assert (rent["model"], rent["serves"], rent["rank"]) == ("DeepSeek-V3 fp8", False, "")
    assert (rent["needs"], rent["needs_total"]) == ("16×H100 80GB", 6_624_000)
    assert (own["serves"], own["needs"]) == (False, "16×H100 80GB")
    quantised = rows(1_000, "671B", 3, None, None, "precision=int4")[1]
    assert (quantised["model"], quantised["serves"]) == ("DeepSeek-V3 int4", True)


def test_a_card_without_a_price_is_named_without_a_cost() -> None:
    """The light tier's A100 40GB has no card price: what it needs stands there, what that costs does not."""
    own = rows(1_000_000, "7B~14B")[3]
    assert re.fullmatch(r"\d+×A100 40GB", str(own["needs"]))
    assert (own["needs_total"], own["serves"]) == ("", False)


@pytest.mark.parametrize(
    "assumptions", ["requests_per_user_day=15", "full", "cache_hit_rate=0.6; retry_rate=0.2"]
)
@pytest.mark.parametrize("model", ["Qwen3-32B", "Qwen3-8B", "DeepSeek-V3"])
def test_every_function_sizes_with_the_same_assumptions(model: str, assumptions: str) -> None:
    """The GPUs that LLM_COMPARE names are those of LLM_PLAN, and a named configuration of them costs the same."""
    dau = 300_000
    for row in rows(dau, model, 3, None, None, assumptions):
        if row["deployment"] == "api":
            continue
        count, _, gpu = str(row["needs"]).partition("×")
        assert plan(model, dau, gpu, assumptions)["gpus"] == float(count)
        total = number("LLM_TCO", row["deployment"], row["needs"], None, 3, None, None, assumptions)
        assert total == pytest.approx(row["total"], rel=1e-12)


def test_what_moves_the_bill_moves_the_hardware() -> None:
    """A fifth of retries needs what a fifth more users need; cached prompts need less, never more."""
    plain = plan("Qwen3-32B", 1_000_000, "A100 80GB")
    retries = plan("Qwen3-32B", 1_000_000, "A100 80GB", "retry_rate=0.2")
    assert retries["peak_tokens_per_s"] == pytest.approx(float(str(plain["peak_tokens_per_s"])) * 1.2)
    assert retries["gpus"] == plan("Qwen3-32B", 1_200_000, "A100 80GB")["gpus"] == 40
    cached = plan("Qwen3-32B", 1_000_000, "A100 80GB", "cache_hit_rate=0.9")
    assert float(str(cached["gpus"])) < 32
    waiting = plan("Qwen3-32B", 1_000_000, "A100 80GB", "batch_share=0.5")
    assert waiting["gpus"] == plan("Qwen3-32B", 500_000, "A100 80GB")["gpus"]


@pytest.mark.parametrize("variant", ["published", "full", "full; high; discount_rate=0.1"])
def test_a_plan_rents_and_owns_in_one_accounting(variant: str) -> None:
    """Both months are a thirty-sixth of LLM_TCO of the plan's GPUs; the lower one orders them and gives the price."""
    found = mapped(call("LLM_PLAN", "Qwen3-32B", 100_000, None, None, None, None, variant))
    lower = []
    for row in found:
        gpus, months = f"{row['gpus']:g}×{row['gpu']}", []
        for deployment, key in (("rent", "rent_month"), ("own", "own_month")):
            if row[key] == "—":
                with pytest.raises(CellError, match=r"no figure|nothing is published"):
                    call("LLM_TCO", deployment, gpus)
                continue
            months.append(number("LLM_TCO", deployment, gpus, None, 3, None, None, variant) / 36)
            assert row[key] == pytest.approx(months[-1], rel=1e-12)
        if months:
            lower.append(min(months))
            assert row["per_mtok"] == pytest.approx(min(months) / (100_000 * 1_200 * 30 / 1e6), rel=1e-12)
    assert len(lower) > 4
    assert lower == sorted(lower)


def test_a_plan_in_full_by_hand() -> None:
    """6×A100 rented: 6 x 6,500, an operator at 200,000 / 12, and 775,000 / 36 of one-offs, a month."""
    row = plan("Qwen3-32B", 100_000, "A100 80GB", "full")
    assert (row["gpus"], row["replicas"]) == (6, 3)
    assert row["rent_month"] == pytest.approx(6 * 6_500 + 200_000 / 12 + 775_000 / 36, rel=1e-12)


def test_a_list_price_is_its_own_price_at_any_discount() -> None:
    """DeepSeek V3 at 2 and 8 for 800 and 400 tokens: 4.00 a million, discounted or not, growing or not."""
    for given in ("", "discount_rate=0.1", "discount_rate=0.3; growth_rate=0.5"):
        found = number("LLM_COST_PER_MTOK", "api", "DeepSeek V3", 30_000, 3, None, None, given)
        assert found == pytest.approx((800 * 2 + 400 * 8) / 1_200, rel=1e-12)


def test_a_price_per_million_tokens_is_levelised() -> None:
    """2×A100 with users growing by half, at 25 %: 156,000 x 1.952 over 10,800 x (0.8 + 1.5 x 0.64 + 2.25 x 0.512)."""
    given = "discount_rate=0.25; growth_rate=0.5"
    found = number("LLM_COST_PER_MTOK", "rent", "2×A100 80GB", 25_000, 3, None, None, given)
    assert found == pytest.approx(156_000 * 1.952 / (10_800 * (0.8 + 0.96 + 1.152)), rel=1e-12)


@pytest.mark.parametrize(
    ("deployment", "what", "dau", "words"),
    [
        (
            "rent",
            "2×A100 80GB",
            61_203,
            "2×A100 80GB serves 61,202 daily users with Qwen3-32B bf16, fewer than the 61,203",
        ),
        ("own", "2×A100 80GB", 61_203, "serves 61,202 daily users"),
        (
            "own",
            "standard",
            1_000_000,
            r"standard \(3×A100 80GB\) serves .* fewer than the 1,000,000 of year 1",
        ),
        ("rent", "8×H100", 10, "8×H100 80GB serves 0 users with DeepSeek-V3 fp8: .* does not fit"),
    ],
)
def test_no_price_for_users_that_are_not_served(deployment: str, what: str, dau: float, words: str) -> None:
    """#N/A with the number of users that the hardware serves with the model that the documents run on it."""
    with pytest.raises(CellError, match=words) as caught:
        call("LLM_COST_PER_MTOK", deployment, what, dau)
    assert caught.value.code == "#N/A"
    assert "\n" not in caught.value.message


def test_hardware_that_the_documents_do_not_name_has_a_price() -> None:
    """Nothing says what 3×H200 run, so the users stated are taken: 3 x 15,000 x 12 a year over 4,320 million."""
    assert number("LLM_COST_PER_MTOK", "rent", "3×H200", 10_000) == pytest.approx(540_000 / 4_320, rel=1e-12)


def test_whole_servers_are_no_pile_of_cards() -> None:
    """56 RTX 4090 at 10,000: their machines add 90,000 a card, so 5,600,000 with the cluster's 1,100,000 of site."""
    assert number("LLM_OWN_CAPEX", "56×RTX 4090 48GB") == 56 * (10_000 + 90_000) + 750_000 + 350_000


def test_a_server_without_a_figure_is_a_share_of_its_cards() -> None:
    """L40S at a given 50,000: 0.28 of it a slot; three cards stand in four slots; standard's site by the count."""
    figures = [["item", "field", "value"], ["L40S 48GB", "purchase", 50_000]]
    found = number("LLM_OWN_CAPEX", "3×L40S 48GB", "", figures)
    assert found == pytest.approx(3 * 50_000 + 4 * 0.28 * 50_000 + 200_000 + 75_000, rel=1e-12)
    twice = number("LLM_OWN_CAPEX", "3×L40S 48GB", "server_cost_ratio=0.56", figures)
    assert twice - found == pytest.approx(4 * 0.28 * 50_000, rel=1e-9)


def test_one_calendar() -> None:
    """A year is 12 x 30 days: 8,640 hours of power and of an hourly rental alike; with 31 days both grow by 1/30."""
    kw = 8 * 0.7 * 1.8 * 0.6 * 1.5
    for days in (30, 31):
        given = f"days_per_month={days}; maintenance_rate=0"
        opex = number("LLM_OWN_OPEX", "8×H100", given)
        assert opex == pytest.approx(500_000 + kw * 24 * 12 * days * 0.8, rel=1e-12)
        hourly = number("LLM_TCO", "rent", "H100", None, 1, None, None, f"rent_pricing=on_demand; {given}")
        assert hourly == pytest.approx(25 * 24 * 12 * days, rel=1e-12)


def test_hardware_grows_with_its_users() -> None:
    """Users that double each year: a sized rental pays each year's GPUs, and buying adds what is missing."""
    gpus = [plan("Qwen3-32B", 100_000 * 2**year, "A100 80GB")["gpus"] for year in range(3)]
    assert gpus == [4, 8, 14]
    given = "growth_rate=1"
    rent = number("LLM_TCO", "rent", "Qwen3-32B@A100 80GB", 100_000, 3, None, None, given)
    assert rent == pytest.approx(sum(float(str(count)) for count in gpus) * 78_000, rel=1e-12)
    table = mapped(call("LLM_TCO_TABLE", "own", "Qwen3-32B@A100 80GB", 100_000, 3, None, None, given))
    hardware = [row["hardware"] for row in table[:3]]
    assert hardware == pytest.approx(
        [4 * 225_000, 4 * 100_000 + 4 * 125_000, 6 * 100_000 + 8 * 125_000], rel=1e-12
    )


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("Qwen3-32B@A100", "'A100' is ambiguous"),
        ("Qwen3-33B@A100 80GB", "unknown open model"),
        ("DeepSeek-V3@RTX 4090 24GB", "does not fit"),
        ("Qwen3-32B@L40S 48GB", "L40S 48GB: no figure purchase"),
    ],
)
def test_a_model_on_a_gpu_that_cannot_be_costed(what: str, words: str) -> None:
    """Unknown names, a card that cannot hold the model, and one without a price are #N/A with the reason."""
    with pytest.raises(CellError, match=words) as caught:
        call("LLM_TCO", "own", what, 1_000)
    assert caught.value.code == "#N/A"


def test_a_mean_below_one_token_is_sized_as_one() -> None:
    """Half a token a day for each of 10,000: a copy that answers one token carries that peak on one card."""
    assert number("LLM_TCO", "rent", "Qwen3-8B@A100 80GB", 10_000, 3, 800, 0.5) == 234_000
    (row,) = mapped(call("LLM_PLAN", "Qwen3-8B", 10_000, None, "A100 80GB", 800, 0.5))
    assert row["peak_tokens_per_s"] == pytest.approx(10_000 * 0.5 / 86_400 * 4, rel=1e-12)


def test_requests_without_an_answer_are_not_sized() -> None:
    """Sizing counts output tokens: none is one clear line, not free hardware."""
    with pytest.raises(CellError, match="output_tokens: hardware is sized") as caught:
        call("LLM_TCO", "rent", "Qwen3-32B", 1_000, 3, 800, 0)
    assert caught.value.code == "#VALUE!"
