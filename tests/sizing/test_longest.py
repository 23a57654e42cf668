"""The longest context, what limits it and what lifts it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sizing.conftest import Specs as Catalog
from tests.sizing.conftest import read_constants
from xlmodel.errors import BadValueError, NotAvailableError
from xlmodel.sizing import Asked, context_limit, fits, max_context
from xlmodel.sizing.longest import longest

if TYPE_CHECKING:
    from tests.sizing.conftest import Specs
    from xlmodel.sizing import GpuSpec, ModelSpec, SizingConstants

CATALOG, CONSTANTS = Catalog(), read_constants()
MODELS = [one for one in CATALOG.models.values() if one.architecture_known]
models, gpus = st.sampled_from(MODELS), st.sampled_from(list(CATALOG.gpus.values()))
counts, requests = st.sampled_from((1, 2, 4, 8, 16)), st.integers(1, 64)
few = settings(max_examples=60, deadline=None)


def _longest(model: ModelSpec, gpu: GpuSpec, count: int, load: int) -> int:
    try:
        return max_context(model, "fp16", gpu, count, load, CONSTANTS)
    except NotAvailableError:
        return 0


@few
@given(models, gpus, counts, requests)
def test_it_fits_and_one_token_more_does_not(model: ModelSpec, gpu: GpuSpec, count: int, load: int) -> None:
    """The longest context is held, and the next is not, below what the model was made for."""
    tokens = _longest(model, gpu, count, load)
    if tokens:
        assert fits(model, "fp16", gpu, count, tokens, load, CONSTANTS).fits
    if tokens < model.max_context:
        assert not fits(model, "fp16", gpu, count, tokens + 1, load, CONSTANTS).fits


@few
@given(models, gpus, counts, requests)
def test_more_memory_never_shortens_it(model: ModelSpec, gpu: GpuSpec, count: int, load: int) -> None:
    """It never falls with the number of cards, nor grows with the number of requests."""
    tokens = _longest(model, gpu, count, load)
    assert _longest(model, gpu, count * 2, load) >= tokens
    assert _longest(model, gpu, count, load + 1) <= tokens


@few
@given(models, gpus, counts, st.integers(1, 200_000), st.floats(0.5, 1))
def test_a_lift_lifts(model: ModelSpec, gpu: GpuSpec, count: int, length: int, share: float) -> None:
    """Each change gives more than the context in force, and no more than the model's own."""
    found = context_limit(model, "fp16", gpu, count, Asked(length, share), CONSTANTS)
    assert found.tokens == min(model.max_context, found.memory_tokens, length)
    for lift in found.lifts:
        assert found.tokens < lift.tokens <= model.max_context


def test_longest_halves() -> None:
    """The largest number that is held; 0 where none is."""
    assert longest(lambda tokens: tokens <= 777, 10_000) == 777
    assert longest(lambda tokens: tokens <= 777, 500) == 500
    assert longest(lambda tokens: tokens <= 1, 10_000) == 1
    assert longest(lambda _: False, 10_000) == 0


def test_an_8b_on_a_small_card_by_hand(specs: Specs, constants: SizingConstants) -> None:
    """0.92 × 23.6 GiB − 16.06 GB − (0.35 + 0.25) GiB − 256 × 128,256 × 12 bytes, over 131,072 bytes a token."""
    free = (0.92 * 23.6 - 0.6) * 2**30 - 16.06e9 - 256 * 128_256 * 12
    model, gpu = specs.model("Llama-3.1-8B"), specs.gpu("RTX 3090 24GB")
    assert max_context(model, "bf16", gpu, 1, 1, constants) == int(free / 131_072)
    assert max_context(model, "bf16", gpu, 1, 2, constants) == int(free / 131_072 / 2)
    assert max_context(model, "bf16", gpu, 1, 1, constants, "fp8") == int(free / 65_536)


def test_what_nothing_fits_is_said(specs: Specs, constants: SizingConstants) -> None:
    """Weights beyond the cards give no context, and the reason."""
    model, gpu = specs.model("DeepSeek-V3"), specs.gpu("RTX 4090 48GB")
    with pytest.raises(NotAvailableError, match="of the engine's own exceed"):
        max_context(model, "fp8", gpu, 8, 1, constants)
    found = context_limit(model, "fp8", gpu, 8, Asked(), constants)
    assert (found.tokens, found.limit) == (0, "memory")
    assert "exceed" in found.reason
    with pytest.raises(BadValueError, match=r"utilisation is 1\.5"):
        context_limit(model, "fp8", gpu, 8, Asked(utilisation=1.5), constants)
    with pytest.raises(BadValueError, match="agent_tokens is -1"):
        context_limit(model, "fp8", gpu, 8, Asked(agent_tokens=-1), constants)


def test_sequences_and_steps_take_memory_from_the_context(specs: Specs, constants: SizingConstants) -> None:
    """Fewer sequences, or fewer tokens a step, leave more; both are offered where they help."""
    model, gpu = specs.model("Qwen3-32B"), specs.gpu("H100")
    plain = context_limit(model, "fp16", gpu, 1, Asked(), constants)
    assert plain.limit == "memory"
    lifted = {lift.setting: lift.tokens for lift in plain.lifts}
    one_step = context_limit(model, "fp16", gpu, 1, Asked(batched_tokens=2_048), constants)
    assert lifted["max_num_batched_tokens"] == one_step.tokens > plain.tokens
    assert list(lifted)[-1] == "gpus"
