"""From daily users to hardware."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from xlmodel.errors import BadValueError, NotAvailableError
from xlmodel.sizing import Layout, Load, capacity, capacity_by_gpu, resolve
from xlmodel.sizing.speed import speed

if TYPE_CHECKING:
    from tests.sizing.conftest import Specs
    from xlmodel.sizing import SizingConstants


def test_peak_and_replicas_by_hand(specs: Specs, constants: SizingConstants) -> None:
    """100,000 users × 400 tokens / 86,400 s × 3 = 1,388.9 tokens/s; replicas = ceil(peak / 0.7 / rate) + 1."""
    model, gpu = specs.model("Qwen3-8B"), specs.gpu("L20")
    plan = capacity(model, "fp16", gpu, Load(100_000, 800, 400, 3, 0.7, 1), constants)
    peak = 100_000 * 400 / 86_400 * 3
    one = speed(
        model, resolve(model, "fp16", gpu, constants), gpu, Layout(), 800, 400, None, "default", constants
    )
    assert plan.tokens_per_s_peak == pytest.approx(peak)
    assert plan.layout.group_gpus == 1
    assert plan.replicas == math.ceil(peak / 0.7 / one.tokens_per_s) + 1
    assert plan.gpus == plan.replicas
    assert plan.nodes == math.ceil(plan.gpus / 8)
    assert plan.headroom == pytest.approx(plan.replicas * one.tokens_per_s / peak - 1)


def test_the_plan_serves_the_peak_with_the_target(specs: Specs, constants: SizingConstants) -> None:
    """Without the reserve the copies still serve the peak at the utilisation asked for."""
    plan = capacity(
        specs.model("Qwen3-32B"),
        "fp8",
        specs.gpu("H20 96GB"),
        Load(500_000, 2_000, 500, 4, 0.6, 2),
        constants,
    )
    serving = plan.tokens_per_s_capacity * (plan.replicas - 2) / plan.replicas
    assert serving * 0.6 >= plan.tokens_per_s_peak
    assert serving * (plan.replicas - 3) / (plan.replicas - 2) * 0.6 < plan.tokens_per_s_peak
    assert plan.layout.gpus == plan.gpus


def test_latency_limits_hold_and_cost_hardware(specs: Specs, constants: SizingConstants) -> None:
    """A limit on TPOT keeps it, and never takes fewer cards; one that no card keeps is refused."""
    args = (specs.model("Qwen3-32B"), "fp16", specs.gpu("RTX 4090 48GB"))
    load = Load(1_000_000, 1_000, 500, 3, 0.7, 1)
    free = capacity(*args, load, constants)
    bound = capacity(*args, load._replace(tpot_limit_ms=60), constants)
    assert bound.tpot_ms <= 60
    assert bound.gpus >= free.gpus
    with pytest.raises(NotAvailableError, match="cannot keep the latency limits"):
        capacity(*args, load._replace(tpot_limit_ms=1), constants)


def test_a_large_model_takes_whole_groups(specs: Specs, constants: SizingConstants) -> None:
    """DeepSeek-V3 in fp8 takes 8 cards of 141 GB a copy; with a reserve two nodes."""
    plan = capacity(
        specs.model("DeepSeek-V3"),
        "fp8",
        specs.gpu("H20 141GB"),
        Load(10_000, 800, 400, 3, 0.7, 1),
        constants,
    )
    assert (plan.replicas, plan.gpus, plan.nodes) == (2, 16, 2)


def test_few_users_take_one_copy(specs: Specs, constants: SizingConstants) -> None:
    """One user a day, or none, takes one copy and the reserve."""
    args = (specs.model("Qwen3-8B"), "fp16", specs.gpu("L20"))
    assert capacity(*args, Load(1, 800, 400, 3, 0.7, 0), constants).replicas == 1
    idle = capacity(*args, Load(0, 800, 400, 3, 0.7, 1), constants)
    assert (idle.replicas, idle.headroom) == (2, math.inf)


def test_refusals(specs: Specs, constants: SizingConstants) -> None:
    """A context beyond the model, shares outside their range, and a card that cannot hold the model."""
    model, gpu = specs.model("Llama-3-8B"), specs.gpu("H100")
    with pytest.raises(NotAvailableError, match="8,192"):
        capacity(model, "fp16", gpu, Load(100, 8_000, 400, 3, 0.7, 1), constants)
    with pytest.raises(BadValueError, match="utilisation_target"):
        capacity(model, "fp16", gpu, Load(100, 800, 400, 3, 1.2, 1), constants)
    with pytest.raises(BadValueError, match="peak_to_average"):
        capacity(model, "fp16", gpu, Load(100, 800, 400, 0.5, 0.7, 1), constants)
    with pytest.raises(BadValueError, match="daily users"):
        capacity(model, "fp16", gpu, Load(-1, 800, 400, 3, 0.7, 1), constants)
    with pytest.raises(BadValueError, match="tpot_limit_ms"):
        capacity(model, "fp16", gpu, Load(100, 800, 400, 3, 0.7, 1, tpot_limit_ms=0), constants)
    with pytest.raises(BadValueError, match="requests a user"):
        capacity(model, "fp16", gpu, Load(100, 800, 400, 3, 0.7, 1, requests_per_user_day=0), constants)
    with pytest.raises(NotAvailableError, match="does not fit"):
        capacity(
            specs.model("DeepSeek-V4-Pro"), "fp16", specs.gpu("T4"), Load(100, 800, 400, 3, 0.7, 1), constants
        )


def test_all_gpus_are_planned(specs: Specs, constants: SizingConstants) -> None:
    """Every card that can serve has a plan; when none can, the refusal is kept."""
    plans = capacity_by_gpu(
        specs.model("Qwen3-32B"), "fp16", specs.gpus.values(), Load(10_000, 800, 400, 3, 0.7, 1), constants
    )
    names = {plan.gpu for plan in plans}
    assert {"H100 80GB", "RTX 4090 48GB", "L20 48GB", "MI300X 192GB"} <= names
    with pytest.raises(NotAvailableError):
        capacity_by_gpu(
            specs.model("Kimi-K2"), "fp16", [specs.gpu("T4")], Load(10, 800, 400, 3, 0.7, 1), constants
        )


@pytest.mark.parametrize(
    ("name", "card", "dau"),
    [("Qwen3-32B", "L20", 3e6), ("DeepSeek-V3", "H20 141GB", 3e6), ("DeepSeek-V3", "H100", 500_000)],
)
def test_the_latency_is_that_of_the_peak(
    specs: Specs, constants: SizingConstants, name: str, card: str, dau: float
) -> None:
    """At the requests in flight that the plan names, a copy delivers its part of the peak, no more and no less."""
    model, gpu, load = specs.model(name), specs.gpu(card), Load(dau, 2_000, 300, 4, 0.6, 2)
    plan = capacity(model, "fp8", gpu, load, constants)
    fmt, layout = resolve(model, "fp8", gpu, constants), plan.layout._replace(replicas=1)
    requests = plan.concurrency / plan.replicas
    point = speed(model, fmt, gpu, layout, 2_000, 300, requests, "default", constants)
    full = speed(model, fmt, gpu, layout, 2_000, 300, None, "default", constants)
    assert point is not None
    assert full is not None
    assert requests > 1
    assert point.tokens_per_s * plan.replicas == pytest.approx(dau * 300 / 86_400 * 4, rel=1e-8)
    assert (plan.ttft_ms, plan.tpot_ms) == pytest.approx((point.ttft_s * 1e3, point.tpot_s * 1e3), rel=1e-9)
    assert plan.tpot_ms < full.tpot_s * 1e3


def test_one_request_alone_may_deliver_more_than_is_asked(specs: Specs, constants: SizingConstants) -> None:
    """Nobody shares the GPU with a single user: the latency is that of one request."""
    model, gpu = specs.model("Qwen3-8B"), specs.gpu("L20")
    plan = capacity(model, "fp16", gpu, Load(1, 800, 400, 3, 0.7, 0), constants)
    fmt = resolve(model, "fp16", gpu, constants)
    alone = speed(model, fmt, gpu, Layout(), 800, 400, 1, "default", constants)
    assert alone is not None
    assert (plan.concurrency, plan.tpot_ms) == (1, alone.tpot_s * 1e3)
