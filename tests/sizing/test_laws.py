"""Laws that no estimate may break, on models, cards and loads drawn at random."""

from __future__ import annotations

import csv
import itertools
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlmodel.errors import NotAvailableError
from xlmodel.sizing import (
    CONSTANT_TABLES,
    Load,
    capacity,
    fits,
    kv_cache_bytes,
    min_gpus,
    parse_constants,
    parse_gpu,
    parse_model,
    resolve,
    throughput,
    vram_gb,
)
from xlmodel.sizing.memory import usable_bytes, weights_bytes
from xlmodel.sizing.precision import kernel_refusal
from xlmodel.sizing.speed import cache_value_bytes
from xlmodel.sizing.terms import experts_touched

if TYPE_CHECKING:
    from xlmodel.sizing import GpuSpec, ModelSpec


DATA = Path(__file__).resolve().parents[2] / "xlmodel" / "catalog" / "data"


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


MODELS = [parse_model(row) for row in _rows("models.csv") if row["architecture_known"] == "yes"]
GPUS = [parse_gpu(row) for row in _rows("gpus.csv")]
CONSTANTS = parse_constants(*(_rows(f"{name}.csv") for name in CONSTANT_TABLES))
# From more to fewer bytes a weight.
FALLING = ("fp32", "fp16", "bf16", "gptq-int8", "fp8", "int8", "nvfp4", "mxfp4", "int4", "gptq", "awq")
GGUF_FALLING = ("fp16", "q8_0", "q6_k", "q5_k_m", "q4_k_m", "q4_0", "iq4_xs", "q3_k_m", "q2_k", "iq1_s")

models, gpus = st.sampled_from(MODELS), st.sampled_from(GPUS)
contexts = st.integers(1, 200_000)
lengths = st.integers(1, 8_000)
users = st.integers(1, 2_000)
precisions = st.sampled_from(FALLING)
engines = st.sampled_from(("default", "tuned"))
few = settings(max_examples=150, deadline=None)


def _falling(model: ModelSpec) -> list[str]:
    """Precisions by falling bytes, without those under which a checkpoint mixes formats."""
    return [one for one in FALLING if (model.name, one) not in CONSTANTS.checkpoints]


def _rate(*args: object) -> float:
    """Tokens per second, 0 where nothing fits."""
    try:
        return throughput(*args, CONSTANTS).tokens_per_s
    except NotAvailableError:
        return 0.0


def _needed(*args: object) -> float:
    """Smallest number of GPUs, without end where nothing fits."""
    try:
        return min_gpus(*args, CONSTANTS)
    except NotAvailableError:
        return float("inf")


@few
@given(models, gpus, precisions, contexts, st.integers(1, 32), st.integers(1, 16))
def test_more_gpus_never_hold_fewer_users(
    model: ModelSpec, gpu: GpuSpec, precision: str, context: int, count: int, more: int
) -> None:
    """Sequences held never fall with the number of cards."""
    fewer = fits(model, precision, gpu, count, context, 1, CONSTANTS).held_sequences
    assert fits(model, precision, gpu, count + more, context, 1, CONSTANTS).held_sequences >= fewer


@few
@given(models, gpus, precisions, lengths, lengths, st.one_of(st.none(), users), engines)
def test_more_gpus_never_serve_slower(
    model: ModelSpec, gpu: GpuSpec, precision: str, prompt: int, answer: int, load: int | None, engine: str
) -> None:
    """Tokens per second never fall along the numbers of cards that one buys."""
    rates = [_rate(model, precision, gpu, n, prompt, answer, load, engine) for n in (1, 2, 4, 8, 16, 24, 32)]
    for fewer, more in itertools.pairwise(rates):
        assert more >= fewer * (1 - 1e-9)


@few
@given(models, contexts, contexts, users, st.sampled_from(("fp16", "fp8")))
def test_a_longer_context_never_takes_less_memory(
    model: ModelSpec, context: int, more: int, load: int, kept: str
) -> None:
    """Cache and total memory grow with the context, and with the sequences."""
    short, long = (kv_cache_bytes(model, tokens, load, kept) for tokens in (context, context + more))
    assert long >= short
    assert kv_cache_bytes(model, context, load + 1, kept) > short
    assert (
        vram_gb(model, "fp16", context + more, load, kept, CONSTANTS).total_gb
        >= vram_gb(model, "fp16", context, load, kept, CONSTANTS).total_gb
    )


@few
@given(models, gpus, precisions, contexts, contexts, users, users)
def test_more_to_hold_never_takes_fewer_gpus(
    model: ModelSpec, gpu: GpuSpec, precision: str, context: int, longer: int, load: int, more: int
) -> None:
    """The smallest number of cards never falls with context or concurrency."""
    base = _needed(model, precision, gpu, context, load)
    assert _needed(model, precision, gpu, context + longer, load) >= base
    assert _needed(model, precision, gpu, context, load + more) >= base


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_a_lower_precision_never_takes_more_memory(model: ModelSpec) -> None:
    """Weights never grow from fp32 down to four bits; a published mix stands under a label of its own."""
    sizes = [weights_bytes(model, precision, CONSTANTS) for precision in _falling(model)]
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_a_smaller_gguf_file_never_takes_more_memory(model: ModelSpec) -> None:
    """Weights never grow along the GGUF formats."""
    sizes = [weights_bytes(model, precision, CONSTANTS) for precision in GGUF_FALLING]
    assert sizes == sorted(sizes, reverse=True)


@few
@given(models, gpus, contexts, users)
def test_a_lower_precision_never_takes_more_gpus(
    model: ModelSpec, gpu: GpuSpec, context: int, load: int
) -> None:
    """The smallest number of cards never grows from fp32 down to four bits, among those that the card runs."""
    runs = [one for one in _falling(model) if not kernel_refusal(model, one, gpu, CONSTANTS)]
    counts = [_needed(model, precision, gpu, context, load) for precision in runs]
    assert counts == sorted(counts, reverse=True)


@settings(max_examples=400, deadline=None)
@given(
    models,
    gpus,
    precisions,
    lengths,
    lengths,
    st.one_of(st.none(), users),
    engines,
    st.sampled_from((1, 2, 4, 8, 16)),
)
def test_throughput_stays_below_the_roofline(
    model: ModelSpec,
    gpu: GpuSpec,
    precision: str,
    prompt: int,
    answer: int,
    load: int | None,
    engine: str,
    count: int,
) -> None:
    """No estimate beats the card: FLOPs of all tokens at the peak, and the bytes of each step at full bandwidth."""
    try:
        found = throughput(model, precision, gpu, count, prompt, answer, load, engine, CONSTANTS)
    except NotAvailableError:
        return
    fmt = resolve(model, precision, gpu, CONSTANTS)
    per_answer = (
        2 * model.step_params * answer + 2 * (model.dense_params + model.active_expert_params) * prompt
    )
    assert found.tokens_per_s / answer * per_answer <= count * fmt.flops
    copies = found.layout.replicas
    running = found.concurrency / copies
    touched = (
        experts_touched(model.experts, model.experts_per_token, running / found.layout.pipeline)
        if model.experts
        else 0
    )
    weights = (
        model.dense_params * fmt.dense_bytes
        + touched * model.moe_layers * model.expert_params * fmt.expert_bytes
    )
    bandwidth = found.layout.group_gpus * gpu.memory_bandwidth_gb_s * 1e9
    seconds_a_step = running / (found.tokens_per_s / copies)
    assert weights / bandwidth <= seconds_a_step
    if model.attention == "gqa" and not model.linear_layers:
        value_bytes = cache_value_bytes(engine, fmt.compute)
        kept = running * kv_cache_bytes(model, prompt, 1, "fp16") / 2 * value_bytes
        assert kept <= found.layout.group_gpus * usable_bytes(gpu, CONSTANTS)


@settings(max_examples=60, deadline=None)
@given(models, gpus, st.integers(1, 1_000_000), st.integers(1, 1_000_000))
def test_more_users_never_take_fewer_gpus(model: ModelSpec, gpu: GpuSpec, dau: int, more: int) -> None:
    """A plan for more daily users never has fewer cards."""
    try:
        small = capacity(model, "fp8", gpu, Load(dau, 800, 400, 3, 0.7, 1), CONSTANTS)
    except NotAvailableError:
        return
    large = capacity(model, "fp8", gpu, Load(dau + more, 800, 400, 3, 0.7, 1), CONSTANTS)
    assert large.gpus >= small.gpus


@settings(max_examples=100, deadline=None)
@given(models, gpus, precisions, lengths, lengths, st.integers(1, 500), engines)
def test_more_requests_never_lower_throughput_nor_latency(
    model: ModelSpec, gpu: GpuSpec, precision: str, prompt: int, answer: int, load: int, engine: str
) -> None:
    """On one layout, more requests in flight give no fewer tokens and no shorter TPOT."""
    try:
        few_requests = throughput(model, precision, gpu, 1, prompt, answer, load, engine, CONSTANTS)
    except NotAvailableError:
        return
    more = throughput(model, precision, gpu, 1, prompt, answer, load * 2, engine, CONSTANTS)
    assert more.tokens_per_s >= few_requests.tokens_per_s * (1 - 1e-9)
    assert more.tpot_ms >= few_requests.tpot_ms * (1 - 1e-9)
