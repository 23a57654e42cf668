"""What one copy sustains, the copies that serve a peak, and what given cards sustain."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.sizing.test_laws import CONSTANTS, GPUS, MODELS
from xlmodel.errors import BadValueError, NotAvailableError
from xlmodel.sizing import (
    Layout,
    Load,
    ReplicaCapacity,
    Service,
    capacity,
    config_capacity,
    replica_capacity,
    replica_options,
    replicas_for,
    resolve,
    smallest_fleet,
)
from xlmodel.sizing.speed import speed
from xlmodel.sizing.terms import prepare, terms

if TYPE_CHECKING:
    from tests.sizing.conftest import Specs
    from xlmodel.sizing import GpuSpec, ModelSpec, SizingConstants

CHAT = Service(800, 400)
DUST = 1e-12

models, gpus = st.sampled_from(MODELS), st.sampled_from(GPUS)
means = st.floats(1, 4_000)
shares = st.floats(0, 1)
limits = st.one_of(st.none(), st.floats(1, 10_000))
engines = st.sampled_from(("default", "tuned"))
caches = st.sampled_from(("native", "fp8"))
services = st.builds(Service, means, means, shares, limits, limits, engines, caches)
peaks = st.floats(0, 1e6)
targets = st.floats(0.05, 1)
reserves = st.integers(0, 3)
some = settings(max_examples=60, deadline=None)


def _options(model: ModelSpec, gpu: GpuSpec, service: Service) -> tuple[ReplicaCapacity, ...]:
    """Copies that serve; without any, another example is drawn."""
    try:
        return replica_options(model, "fp8", gpu, service, CONSTANTS)
    except NotAvailableError:
        assume(False)
        return ()


@pytest.mark.parametrize(
    ("peak", "tokens_per_s", "utilisation", "reserve", "copies"),
    [
        (0, 1_000, 0.7, 0, 1),  # nobody asks, one copy stands
        (699, 1_000, 0.7, 0, 1),  # 699 of 700
        (701, 1_000, 0.7, 0, 2),  # 701 / 700
        (701, 1_000, 0.7, 1, 3),  # the reserve on top
        (10_000, 500, 1, 0, 20),  # 10,000 / 500, no remainder
        (1_388.9, 300, 0.5, 2, 12),  # 1,388.9 / 150 = 9.26, so 10 + 2
    ],
)
def test_copies_by_hand(
    peak: float, tokens_per_s: float, utilisation: float, reserve: float, copies: int
) -> None:
    """max(1, ceil(peak / (tokens/s × utilisation))) + reserve."""
    assert replicas_for(peak, tokens_per_s, utilisation, reserve) == copies


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((-1, 1_000, 0.7, 0), "the peak is -1"),
        ((math.nan, 1_000, 0.7, 0), "the peak is nan"),
        ((1, 0, 0.7, 0), "a copy delivers 0"),
        ((1, 1_000, 0, 0), "utilisation_target is 0"),
        ((1, 1_000, 0.7, 0.5), "reserve_replicas is 0.5"),
    ],
)
def test_wrong_numbers_are_refused(arguments: tuple[float, float, float, float], words: str) -> None:
    """One line names the number and what to give."""
    with pytest.raises(BadValueError, match=words):
        replicas_for(*arguments)


def test_a_copy_without_limits_runs_as_full_as_memory_holds(specs: Specs, constants: SizingConstants) -> None:
    """Each copy size has the speed of its layout at saturation, and a band around it."""
    model, gpu = specs.model("Qwen3-8B"), specs.gpu("L20")
    options = replica_options(model, "fp16", gpu, CHAT, constants)
    fmt = resolve(model, "fp16", gpu, constants)
    assert [one.gpus_per_replica for one in options] == [1, 2, 4, 8]
    for one in options:
        layout = Layout(one.gpus_per_replica)
        found = speed(model, fmt, gpu, layout, 800, 400, None, "default", constants)
        assert found is not None
        assert one.layout == layout
        assert (one.tokens_per_s, one.concurrency) == (found.tokens_per_s, found.concurrency)
        assert (one.ttft_ms, one.tpot_ms) == (found.ttft_s * 1e3, found.tpot_s * 1e3)
        assert one.band_low < one.tokens_per_s < one.band_high
    best = replica_capacity(model, "fp16", gpu, CHAT, constants)
    assert best.tokens_per_s / best.gpus_per_replica == max(
        one.tokens_per_s / one.gpus_per_replica for one in options
    )


def test_copies_span_nodes_only_when_asked(specs: Specs, constants: SizingConstants) -> None:
    """DeepSeek-V3 in fp8 takes two nodes of 8×80 GB."""
    model, gpu = specs.model("DeepSeek-V3"), specs.gpu("H100")
    with pytest.raises(NotAvailableError, match="does not fit up to 8×H100 80GB"):
        replica_options(model, "fp8", gpu, CHAT, constants)
    options = replica_options(model, "fp8", gpu, CHAT, constants, largest_copy=24)
    assert [one.gpus_per_replica for one in options] == [16, 24]


def test_the_fewest_cards_win_then_the_smaller_copy() -> None:
    """Copies of 1, 2 and 8 cards with 100, 250 and 900 tokens/s, by hand."""
    one, two, eight = (
        ReplicaCapacity("H100", "fp8", size, rate, Layout(size), 1, 1, 1, rate, rate, "")
        for size, rate in ((1, 100.0), (2, 250.0), (8, 900.0))
    )
    # 200: 2 × 1 card, 1 × 2 cards: equal, so the smaller; 240: 3 × 1 against 1 × 2
    # 1,000: 10 × 1, 4 × 2 = 8, 2 × 8 = 16; with a reserve of one: 240: 4 × 1, 2 × 2: the smaller again
    for peak, reserve, replica, copies in (
        (200, 0, one, 2),
        (240, 0, two, 1),
        (1_000, 0, two, 4),
        (240, 1, one, 4),
    ):
        fleet = smallest_fleet((one, two, eight), peak, 1, reserve)
        assert (fleet.replica, fleet.replicas) == (replica, copies)
        assert fleet.gpus == copies * replica.gpus_per_replica
    with pytest.raises(NotAvailableError, match="no copy of the model"):
        smallest_fleet((), 1, 1, 0)


def test_a_cached_prompt_takes_no_prefill_but_all_its_memory(
    specs: Specs, constants: SizingConstants
) -> None:
    """A share s cached: FLOPs and link × (1 − s); attention × (1 − s²), as new tokens see the cached; the rest stays."""
    model, gpu, layout = specs.model("Llama-3-8B"), specs.gpu("H100"), Layout(2)
    fmt = resolve(model, "fp16", gpu, constants)
    none = terms(prepare(model, fmt, gpu, layout, 1_000, 200, 2, constants), 10)
    most = terms(prepare(model, fmt, gpu, layout, 1_000, 200, 2, constants, 0.75), 10)
    assert most.prefill_flops_s == pytest.approx(none.prefill_flops_s * 0.25)
    assert most.prefill_link_s == pytest.approx(none.prefill_link_s * 0.25)
    assert most.prefill_attention_s == pytest.approx(none.prefill_attention_s * (1 - 0.75**2))
    assert most[:8] == none[:8]
    plain, cached = (
        speed(model, fmt, gpu, layout, 1_000, 200, None, "default", constants, share) for share in (0, 0.75)
    )
    assert plain is not None
    assert cached is not None
    assert (cached.held, cached.concurrency) == (plain.held, plain.concurrency)
    assert cached.tokens_per_s > plain.tokens_per_s
    assert cached.ttft_s < plain.ttft_s


@pytest.mark.parametrize(
    ("name", "card", "load", "plan"),
    [
        (
            "Qwen3-32B",
            "H100",
            Load(10_000, 800, 400, 3, 0.7, 1),
            (2, 2, 1, "2×TP1", 3312.829515202204, 1815.099291379288, 5684.8154480869825),
        ),
        (
            "Qwen3-32B",
            "L20",
            Load(3e6, 2_000, 300, 4, 0.6, 2),
            (413, 826, 104, "413×TP2", 69800.6823891516, 38243.793881016165, 119777.97097978414),
        ),
        (
            "DeepSeek-V3",
            "H100",
            Load(10_000, 800, 400, 3, 0.7, 1),
            (2, 32, 4, "2×TP8·PP2", 10791.541317597685, 5912.685487911772, 18518.284900997627),
        ),
        (
            "Qwen3-30B-A3B",
            "A100 80GB",
            Load(100_000, 1_024, 1_024, 3, 0.7, 0, engine="tuned"),
            (2, 2, 1, "2×TP1", 6270.666121665139, 4600.160666853546, 8785.20323645286),
        ),
        (
            "Qwen3-8B",
            "RTX 4090 48GB",
            Load(200_000, 3_000, 500, 3, 0.7, 1, ttft_limit_ms=2_000, tpot_limit_ms=50),
            (14, 14, 2, "14×TP1", 5434.58822732955, 2977.6108897538606, 9325.753398097506),
        ),
    ],
)
def test_plans_are_what_they_were(
    specs: Specs, constants: SizingConstants, name: str, card: str, load: Load, plan: tuple[object, ...]
) -> None:
    """Figures noted when the speed was fitted to measurements of 2026 too."""
    found = capacity(specs.model(name), "fp8", specs.gpu(card), load, constants)
    assert (found.replicas, found.gpus, found.nodes, str(found.layout)) == plan[:4]
    assert (found.tokens_per_s_capacity, found.band_low, found.band_high) == pytest.approx(plan[4:], rel=DUST)


def test_what_given_cards_sustain_by_hand(specs: Specs, constants: SizingConstants) -> None:
    """11 cards, copies of 4 alone fit: two copies, three cards idle; with a reserve one copy serves."""
    model, gpu = specs.model("Llama-3.1-70B"), specs.gpu("RTX 4090 48GB")
    four, eight = replica_options(model, "fp16", gpu, CHAT, constants)
    assert (four.gpus_per_replica, eight.gpus_per_replica) == (4, 8)
    found = config_capacity(model, "fp16", gpu, 11, CHAT, constants)
    by_hand = max(2 * four.tokens_per_s, eight.tokens_per_s)
    assert found.tokens_per_s == by_hand
    assert (found.replica, found.replicas, found.idle_gpus) == (four, 2, 3)
    assert found.notes.endswith("3 of 11 GPUs stay idle")
    kept = config_capacity(model, "fp16", gpu, 11, CHAT, constants, reserve=1)
    assert (kept.tokens_per_s, kept.replicas, kept.reserve) == (four.tokens_per_s, 1, 1)
    assert kept.notes.endswith("3 of 11 GPUs stay idle; 1 of 2 copies in reserve")


def test_given_cards_that_cannot_serve_say_why(specs: Specs, constants: SizingConstants) -> None:
    """No fit, limits that cannot be kept, or every copy in reserve: one clear line each."""
    model, gpu = specs.model("Llama-3.1-70B"), specs.gpu("RTX 4090 48GB")
    with pytest.raises(NotAvailableError, match="does not fit up to 2×RTX 4090 48GB"):
        config_capacity(model, "fp16", gpu, 3, CHAT, constants)
    hurried = CHAT._replace(tpot_limit_ms=1)
    with pytest.raises(NotAvailableError, match="cannot keep the latency limits on up to 4×RTX 4090 48GB"):
        config_capacity(model, "fp16", gpu, 4, hurried, constants)
    with pytest.raises(NotAvailableError, match="4×RTX 4090 48GB hold 1 × TP4, all kept in reserve"):
        config_capacity(model, "fp16", gpu, 4, CHAT, constants, reserve=1)
    with pytest.raises(BadValueError, match="the number of GPUs is 0"):
        config_capacity(model, "fp16", gpu, 0, CHAT, constants)
    with pytest.raises(BadValueError, match=r"cached_share is 1\.5"):
        config_capacity(model, "fp16", gpu, 4, CHAT._replace(cached_share=1.5), constants)
    with pytest.raises(BadValueError, match=r"output_tokens is 0\.5"):
        config_capacity(model, "fp16", gpu, 4, CHAT._replace(output_tokens=0.5), constants)
    with pytest.raises(NotAvailableError, match="8,193 tokens exceed the 8,192"):
        replica_options(specs.model("Llama-3-8B"), "fp16", gpu, Service(8_000, 192.5), constants)


def test_given_cards_span_nodes_where_no_node_holds_a_copy(specs: Specs, constants: SizingConstants) -> None:
    """DeepSeek-V3 in fp8 on 16×H100: one copy over both nodes."""
    found = config_capacity(specs.model("DeepSeek-V3"), "fp8", specs.gpu("H100"), 16, CHAT, constants)
    assert (found.replica.gpus_per_replica, found.replicas, found.idle_gpus) == (16, 1, 0)


@some
@given(models, gpus, services, peaks, st.floats(0, 1e6), targets, reserves)
def test_a_larger_demand_never_takes_fewer_cards(
    model: ModelSpec,
    gpu: GpuSpec,
    service: Service,
    peak: float,
    more: float,
    utilisation: float,
    reserve: int,
) -> None:
    """The fewest cards never fall with the peak, and serve it at the utilisation, the reserve aside."""
    options = _options(model, gpu, service)
    fleet = smallest_fleet(options, peak, utilisation, reserve)
    assert smallest_fleet(options, peak + more, utilisation, reserve).gpus >= fleet.gpus
    serving = (fleet.replicas - reserve) * fleet.replica.tokens_per_s * utilisation
    assert serving >= peak * (1 - DUST)
    every = [
        one.gpus_per_replica * replicas_for(peak, one.tokens_per_s, utilisation, reserve) for one in options
    ]
    assert fleet.gpus == min(every)
    found = config_capacity(model, "fp8", gpu, fleet.gpus, service, CONSTANTS, reserve=reserve)
    assert found.tokens_per_s * utilisation >= peak * (1 - DUST)


@some
@given(models, gpus, services, shares, st.floats(1, 10_000), st.floats(1, 10_000))
def test_easier_service_never_takes_more(
    model: ModelSpec, gpu: GpuSpec, service: Service, share: float, ttft: float, tpot: float
) -> None:
    """More of the prompt cached, or no limit, never lowers what a copy sustains; limits are kept."""
    hard = service._replace(ttft_limit_ms=ttft, tpot_limit_ms=tpot)
    rates = {one.gpus_per_replica: one for one in _options(model, gpu, hard)}
    free = {one.gpus_per_replica: one.tokens_per_s for one in _options(model, gpu, service)}
    cached = hard._replace(cached_share=max(share, hard.cached_share))
    easier = {one.gpus_per_replica: one.tokens_per_s for one in _options(model, gpu, cached)}
    looser = hard._replace(ttft_limit_ms=2 * ttft, tpot_limit_ms=2 * tpot)
    relaxed = {one.gpus_per_replica: one.tokens_per_s for one in _options(model, gpu, looser)}
    for size, one in rates.items():
        assert one.ttft_ms <= ttft
        assert one.tpot_ms <= tpot
        assert easier[size] >= one.tokens_per_s * (1 - DUST)
        assert relaxed[size] >= one.tokens_per_s * (1 - DUST)
        if service.ttft_limit_ms is None and service.tpot_limit_ms is None:
            assert free[size] >= one.tokens_per_s * (1 - DUST)


@some
@given(models, gpus, services, st.integers(1, 40), st.integers(1, 16), reserves)
def test_more_cards_never_sustain_less(
    model: ModelSpec, gpu: GpuSpec, service: Service, count: int, more: int, reserve: int
) -> None:
    """Tokens per second of given cards never fall with their number, and all cards are accounted for."""
    try:
        fewer = config_capacity(model, "fp8", gpu, count, service, CONSTANTS, reserve=reserve)
    except NotAvailableError:
        return
    many = config_capacity(model, "fp8", gpu, count + more, service, CONSTANTS, reserve=reserve)
    assert many.tokens_per_s >= fewer.tokens_per_s * (1 - DUST)
    copies = fewer.replicas + fewer.reserve
    assert copies * fewer.replica.gpus_per_replica + fewer.idle_gpus == count
