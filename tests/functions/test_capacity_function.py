"""LLM_CAPACITY: users at peak by hand, and the same number where sizing picks the hardware."""

from __future__ import annotations

import pytest

from xlmodel import CellError, call

MODEL, CONFIG = "Qwen3-32B", "2×A100 80GB"


def users(variant: str = "", *arguments: object) -> float:
    """Return the capacity under a variant."""
    value = call("LLM_CAPACITY", MODEL, CONFIG, *(arguments or (None, None, None)), None, None, variant)
    assert isinstance(value, float)
    return value


def test_tokens_a_second_over_the_peak_of_a_user() -> None:
    """tokens/s x 0.7 over a user's 400 x 4 / 86,400 at peak; both cards as one copy give the most."""
    speed = call("LLM_THROUGHPUT", MODEL, "bf16", CONFIG, 800, 400)
    assert isinstance(speed, float)
    assert users() == pytest.approx(speed * 0.7 * 86_400 / (400 * 4), rel=1e-9)


@pytest.mark.parametrize(
    ("variant", "factor"),
    [
        ("retry_rate=0.25", 1 / 1.25),
        ("peak_to_average=8", 1 / 2),
        ("utilisation_target=0.35", 1 / 2),
        ("batch_share=0.5", 2),
        ("speed_factor=0.8", 0.8),
        ("speed_factor=1.5", 1.5),
        ("batch_share=1", 4),
        ("growth_rate=0.5; price_change_rate=0.5; discount_rate=0.1", 1),
    ],
)
def test_what_moves_it(variant: str, factor: float) -> None:
    """Retries, peak and utilisation in proportion; a batch fills the valleys down to the mean; money and growth not."""
    assert users(variant) == pytest.approx(users() * factor, rel=1e-12)


def test_limits_cache_and_precision_act() -> None:
    """A latency limit costs users; cached prompts and shorter requests bring some; fp8 is emulated on an A100."""
    assert users("tpot_limit_ms=30") < users()
    assert users("cache_hit_rate=0.9") > users()
    assert users("requests_per_user_day=8") > users()
    assert users("", "fp8", None, None) < users()
    assert users("", "fp8", None, None) == users("precision=fp8")
    assert users("", "native", None, None) == users()


def test_the_fleet_of_so_many_users_is_these_gpus() -> None:
    """Where sizing picks the hardware, so many users take these GPUs, and a few more take more."""
    most = users()
    rent = 36 * 2 * 6_500
    assert call("LLM_TCO", "rent", f"{MODEL}@A100 80GB", most) == pytest.approx(rent, rel=1e-12)
    more = call("LLM_TCO", "rent", f"{MODEL}@A100 80GB", most * 1.001)
    assert isinstance(more, float)
    assert more > rent * 1.4


def test_reserve_is_kept_aside() -> None:
    """Of four cards with a reserve of one copy, what serves is what fewer cards serve."""
    four = call("LLM_CAPACITY", "Qwen3-8B", "4×A100 80GB", None, None, None, "reserve_replicas=1")
    three = call("LLM_CAPACITY", "Qwen3-8B", "3×A100 80GB")
    assert four == pytest.approx(three, rel=1e-12)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("DeepSeek-V3", "8×H100 80GB"), "16×H100 80GB serves the first"),
        ((MODEL, "2×A100 80GB", None, None, None, "reserve_replicas=2"), "serves no user"),
        ((MODEL, "2×A100 80GB", None, None, None, "tpot_limit_ms=0.001"), "cannot keep the latency limits"),
        (("Qwen3-33B", "2×A100 80GB"), "unknown open model 'Qwen3-33B'"),
    ],
)
def test_no_user_is_not_available(arguments: tuple[object, ...], words: str) -> None:
    """#N/A with the reason, and the fewest GPUs that serve the first user."""
    with pytest.raises(CellError, match=words) as caught:
        call("LLM_CAPACITY", *arguments)
    assert caught.value.code == "#N/A"
    assert "\n" not in caught.value.message


def test_a_slower_machine_is_planned_as_measured() -> None:
    """At half the speed 1,000,000 users take the plan of 2,000,000, with twice its latencies and half its tokens/s."""

    def plan(dau: float, variant: str) -> dict[str, object]:
        table = call("LLM_PLAN", MODEL, dau, None, "A100 80GB", None, None, None, None, variant)
        assert isinstance(table, list)
        return dict(zip(map(str, table[0]), table[1], strict=True))

    slow, twice = plan(1e6, "speed_factor=0.5"), plan(2e6, "")
    for key in ("gpus", "replicas", "headroom", "parallelism"):
        assert slow[key] == twice[key]
    for key, factor in (("tokens_per_s", 0.5), ("peak_tokens_per_s", 0.5), ("ttft_ms", 2), ("tpot_ms", 2)):
        value = twice[key]
        assert isinstance(value, float)
        assert slow[key] == pytest.approx(value * factor, rel=1e-9)
    assert slow["rent_month"] == twice["rent_month"]


def test_a_limit_is_kept_by_the_measured_machine() -> None:
    """A limit of 60 ms at half the speed is one of 30 ms of the estimate, which then serves half as many."""
    assert users("tpot_limit_ms=60; speed_factor=0.5") == pytest.approx(
        users("tpot_limit_ms=30") / 2, rel=1e-12
    )
