"""Tokens per second and latency of a model on given GPUs, in the layout an engine would be started with."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from xlmodel.errors import NotAvailableError
from xlmodel.sizing.bands import band, band_notes
from xlmodel.sizing.choice import Request, chosen_layout, fastest
from xlmodel.sizing.coefficients import MANY_EXPERTS
from xlmodel.sizing.memory import check_known, require_count, require_length
from xlmodel.sizing.parallelism import parse_parallelism
from xlmodel.sizing.precision import Format, resolve

if TYPE_CHECKING:
    from xlmodel.sizing.layout import Layout
    from xlmodel.sizing.specs import GpuSpec, ModelSpec, SizingConstants
    from xlmodel.sizing.speed import Speed

ENGINES = {"default": "default", "默认": "default", "tuned": "tuned", "调优": "tuned"}


class ThroughputResult(NamedTuple):
    """Output tokens per second of all GPUs, with latency and error band.

    Args:
        tokens_per_s: output tokens per second.
        ttft_ms: time to the first token.
        tpot_ms: time a further token.
        concurrency: requests in flight, as many as asked for or as memory holds.
        layout: how the model is spread.
        band_low: tokens per second that nine in ten measurements exceed.
        band_high: tokens per second that one in ten measurements exceeds.
        notes: what a user should know.
    """

    tokens_per_s: float
    ttft_ms: float
    tpot_ms: float
    concurrency: float
    layout: Layout
    band_low: float
    band_high: float
    notes: str


@lru_cache(maxsize=64)
def parse_engine(text: str) -> str:
    """Give the engine tier.

    Raises:
        NotAvailableError: neither `default` nor `tuned`.
    """
    name = ENGINES.get(text.strip().casefold())
    if name is None:
        raise NotAvailableError(f"engine {text!r} is not known; write default or tuned")
    return name


def stated_layouts(text: str, model: ModelSpec, n_gpus: int, request: Request) -> tuple[Layout, ...]:
    """Layouts that a text may mean: what it says, and what tables of maxima write as TP.

    Vendors' tables of the most that a tuned engine delivers say TPn of models with many experts also where the
    attention ran data parallel over the n GPUs.

    Raises:
        NotAvailableError: as `parse_parallelism`.
    """
    said = parse_parallelism(text, model, n_gpus)
    saturated = request.engine == "tuned" and request.concurrency is None
    if saturated and said.tensor > 1 and not said.whole_experts and model.experts >= MANY_EXPERTS:
        return said, said._replace(tensor=1, expert=said.tensor)
    return (said,)


def _refusal(model: ModelSpec, fmt: Format, gpu: GpuSpec, count: int, request: Request, text: str) -> str:
    spread = f" as {text}" if text else ""
    remedy = "leave the parallelism blank, or take" if text else "take"
    return (
        f"{model.name} {fmt.name} with {request.input_len + request.output_len:,} tokens does not fit"
        f" {count}×{gpu.name}{spread}; {remedy} more or larger GPUs, or a smaller precision"
    )


def _notes(
    model: ModelSpec,
    fmt: Format,
    gpu: GpuSpec,
    count: int,
    request: Request,
    found: tuple[Speed, Layout],
) -> str:
    result, layout = found
    notes = band_notes(model, fmt, gpu)
    if idle := count - layout.gpus:
        notes.append(f"{idle} of {count} GPUs stay idle: {layout} takes {layout.gpus}")
    if request.input_len + request.output_len > model.max_context:
        notes.append(f"the context exceeds the {model.max_context:,} tokens that {model.name} was made for")
    if request.concurrency is not None and result.concurrency < request.concurrency:
        held = f"{result.concurrency:,.0f} of {request.concurrency:,.0f} requests"
        notes.append(f"memory holds {held}; the others wait")
    return "; ".join(notes)


def throughput(
    model: ModelSpec,
    precision: str,
    gpu: GpuSpec,
    n_gpus: float,
    input_len: float,
    output_len: float,
    concurrency: float | None,
    engine: str,
    constants: SizingConstants,
    parallelism: str = "",
) -> ThroughputResult:
    """Output tokens per second, TTFT and TPOT of a model on `n_gpus` cards.

    tokens/s = copies × b × output / (output × step(b) + b × prefill).

    Args:
        model: the architecture.
        precision: format of the weights.
        gpu: the card.
        n_gpus: cards.
        input_len: tokens of a prompt.
        output_len: tokens of an answer.
        concurrency: requests in flight; None for as many as memory holds.
        engine: `default` (stock settings) or `tuned`.
        constants: the fitted constants.
        parallelism: the spread, such as `TP8` or `2×TP4`; empty for the fastest on these cards under this load.

    Raises:
        BadValueError: a count that is no whole number of at least 1, or a length below 1.
        NotAvailableError: an unknown precision, engine, architecture or spread, or no fit.
    """
    check_known(model)
    count = require_count("the number of GPUs", n_gpus)
    asked = None if concurrency is None else require_count("concurrency", concurrency)
    request = Request(
        require_length("input_len", input_len),
        require_length("output_len", output_len),
        asked,
        parse_engine(engine),
    )
    fmt = resolve(model, precision, gpu, constants)
    if parallelism:
        layouts = stated_layouts(parallelism, model, count, request)
        found = fastest(model, fmt, gpu, layouts, request, constants)
    else:
        found = chosen_layout(model, fmt, gpu, count, request, constants)
    if found is None:
        raise NotAvailableError(_refusal(model, fmt, gpu, count, request, parallelism))
    result, layout = found
    low, high = band(model, gpu, request.engine, "throughput", constants)
    return ThroughputResult(
        tokens_per_s=result.tokens_per_s,
        ttft_ms=result.ttft_s * 1e3,
        tpot_ms=result.tpot_s * 1e3,
        concurrency=result.concurrency,
        layout=layout,
        band_low=result.tokens_per_s * low,
        band_high=result.tokens_per_s * high,
        notes=_notes(model, fmt, gpu, count, request, found),
    )


def latency_ms(
    model: ModelSpec,
    precision: str,
    gpu: GpuSpec,
    n_gpus: float,
    metric: str,
    input_len: float,
    output_len: float,
    concurrency: float,
    engine: str,
    constants: SizingConstants,
    parallelism: str = "",
) -> float:
    """Time to the first token (`ttft`) or a further token (`tpot`), in milliseconds.

    Raises:
        BadValueError: a count that is no whole number of at least 1, or a length below 1.
        NotAvailableError: a metric other than these, or as `throughput`.
    """
    name = metric.strip().casefold()
    if name not in {"ttft", "tpot"}:
        raise NotAvailableError(f"metric {metric!r} is not known; write ttft or tpot")
    result = throughput(
        model, precision, gpu, n_gpus, input_len, output_len, concurrency, engine, constants, parallelism
    )
    return result.ttft_ms if name == "ttft" else result.tpot_ms
