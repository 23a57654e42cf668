"""Tokens per second and latency of a model on given GPUs, in the layout an engine would be started with."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from xlmodel.errors import NotAvailableError
from xlmodel.sizing.layout import MAX_TENSOR, Layout, group_layouts, group_sizes
from xlmodel.sizing.memory import check_known, require_count, require_length
from xlmodel.sizing.precision import Format, resolve
from xlmodel.sizing.speed import Speed, speed

if TYPE_CHECKING:
    from xlmodel.sizing.specs import GpuSpec, ModelSpec, SizingConstants

ENGINES = {"default": "default", "默认": "default", "tuned": "tuned", "调优": "tuned"}
MEASURED_FAMILIES = frozenset({"ampere", "ada", "hopper", "blackwell", "blackwell-consumer"})
MANY_EXPERTS = 64
CLEARLY_MORE = 1.15


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


class Request(NamedTuple):
    """What every request looks like, and how many run at once.

    Args:
        input_len: tokens of a prompt.
        output_len: tokens of an answer.
        concurrency: requests in flight, None for as many as memory holds.
        engine: `default` or `tuned`.
    """

    input_len: float
    output_len: float
    concurrency: float | None
    engine: str


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


@lru_cache(maxsize=4096)
def used_layouts(model: ModelSpec, size: int) -> tuple[Layout, ...]:
    """Layouts of one copy on `size` GPUs that engines run: experts are spread over GPUs only where there are many."""
    return tuple(one for one in group_layouts(model, size) if not one.expert or model.experts >= MANY_EXPERTS)


def one_copy(
    model: ModelSpec,
    fmt: Format,
    gpu: GpuSpec,
    size: int,
    copies: int,
    request: Request,
    constants: SizingConstants,
) -> tuple[Speed, Layout] | None:
    """Fastest layout of `copies` copies on `size` GPUs each; None where none fits."""
    best: tuple[Speed, Layout] | None = None
    for base in used_layouts(model, size):
        layout = base._replace(replicas=copies)
        found = speed(
            model,
            fmt,
            gpu,
            layout,
            request.input_len,
            request.output_len,
            request.concurrency,
            request.engine,
            constants,
        )
        if found is not None and (best is None or found.tokens_per_s > best[0].tokens_per_s):
            best = (found, layout)
    return best


def usual_layout(
    model: ModelSpec, fmt: Format, gpu: GpuSpec, n_gpus: int, request: Request, constants: SizingConstants
) -> tuple[Speed, Layout] | None:
    """The layout an engine is started with: one copy over all GPUs of a node, one copy a node.

    Where a wider copy would be slower than a narrower one alone, narrow copies stand side by side; a model that no
    node holds spans nodes. The choice is that of one node under the whole load, so that it stays as nodes are added.
    """
    best: tuple[Speed, Layout] | None = None
    for size in group_sizes(min(n_gpus, MAX_TENSOR)):
        wide = one_copy(model, fmt, gpu, size, 1, request, constants)
        if best is None or (wide is not None and wide[0].tokens_per_s >= best[0].tokens_per_s):
            best = wide
        else:
            narrow = best[1]
            best = one_copy(model, fmt, gpu, narrow.group_gpus, 2 * narrow.replicas, request, constants)
    nodes = n_gpus // MAX_TENSOR
    if best is not None and nodes > 1:
        return one_copy(model, fmt, gpu, best[1].group_gpus, nodes * best[1].replicas, request, constants)
    return best or _across_nodes(model, fmt, gpu, n_gpus, request, constants)


def _across_nodes(
    model: ModelSpec, fmt: Format, gpu: GpuSpec, n_gpus: int, request: Request, constants: SizingConstants
) -> tuple[Speed, Layout] | None:
    best: tuple[Speed, Layout] | None = None
    for size in group_sizes(n_gpus):
        if size > MAX_TENSOR:
            spread = one_copy(model, fmt, gpu, size, n_gpus // size, request, constants)
            if spread is not None and (best is None or spread[0].tokens_per_s > best[0].tokens_per_s):
                best = spread
    return best


def side_by_side(
    model: ModelSpec,
    fmt: Format,
    gpu: GpuSpec,
    n_gpus: int,
    request: Request,
    usual: tuple[Speed, Layout],
    constants: SizingConstants,
) -> str:
    """Say which narrower copies on the same GPUs would deliver clearly more than the usual layout, or nothing."""
    best: tuple[Speed, Layout] | None = None
    for size in group_sizes(min(n_gpus, MAX_TENSOR)):
        if size < usual[1].group_gpus:
            narrow = one_copy(model, fmt, gpu, size, n_gpus // size, request, constants)
            if narrow is not None and (best is None or narrow[0].tokens_per_s > best[0].tokens_per_s):
                best = narrow
    if best is None or best[0].tokens_per_s < CLEARLY_MORE * usual[0].tokens_per_s:
        return ""
    return f"{best[1]} side by side would give {best[0].tokens_per_s:,.0f} tokens/s"


@lru_cache(maxsize=4096)
def band(
    model: ModelSpec, gpu: GpuSpec, engine: str, quantity: str, constants: SizingConstants
) -> tuple[float, float]:
    """Bounds of measurement / estimate for `throughput`, `tpot` or `ttft`, wider where nothing like it was measured."""
    low, high = constants.low[f"band_{quantity}_{engine}"], constants.high[f"band_{quantity}_{engine}"]
    widening = 1.0
    if gpu.family not in MEASURED_FAMILIES:
        widening *= constants["band_widening_unmeasured_gpu"]
    if model.sparse_topk or model.linear_layers:
        widening *= constants["band_widening_sparse_attention"]
    slow, fast = gpu.bf16_dense_tflops_low, gpu.bf16_dense_tflops_high
    return low / widening * slow / gpu.bf16_dense_tflops, high * widening * fast / gpu.bf16_dense_tflops


def band_notes(model: ModelSpec, fmt: Format, gpu: GpuSpec) -> list[str]:
    """Say what makes an estimate less sure."""
    notes = [fmt.note] if fmt.note else []
    if gpu.family not in MEASURED_FAMILIES:
        notes.append(f"no or few published measurements on {gpu.vendor} cards of this kind: wide error band")
    if model.sparse_topk or model.linear_layers:
        notes.append(f"few measurements of models with attention like that of {model.name}: wide error band")
    return notes


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

    Raises:
        BadValueError: a count that is no whole number of at least 1, or a length below 1.
        NotAvailableError: an unknown precision, engine or architecture, or no fit.
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
    found = usual_layout(model, fmt, gpu, count, request, constants)
    if found is None:
        raise NotAvailableError(
            f"{model.name} {fmt.name} with {request.input_len + request.output_len:,} tokens does not fit"
            f" {count}×{gpu.name}; take more or larger GPUs, or a smaller precision"
        )
    result, layout = found
    notes = band_notes(model, fmt, gpu)
    if request.input_len + request.output_len > model.max_context:
        notes.append(f"the context exceeds the {model.max_context:,} tokens that {model.name} was made for")
    if asked is not None and result.concurrency < asked:
        notes.append(f"memory holds {result.concurrency:,.0f} of {asked:,} requests; the others wait")
    if better := side_by_side(model, fmt, gpu, count, request, found, constants):
        notes.append(better)
    low, high = band(model, gpu, request.engine, "throughput", constants)
    return ThroughputResult(
        tokens_per_s=result.tokens_per_s,
        ttft_ms=result.ttft_s * 1e3,
        tpot_ms=result.tpot_s * 1e3,
        concurrency=result.concurrency,
        layout=layout,
        band_low=result.tokens_per_s * low,
        band_high=result.tokens_per_s * high,
        notes="; ".join(notes),
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
) -> float:
    """Time to the first token (`ttft`) or a further token (`tpot`), in milliseconds.

    Raises:
        BadValueError: a count that is no whole number of at least 1, or a length below 1.
        NotAvailableError: a metric other than these, or as `throughput`.
    """
    name = metric.strip().casefold()
    if name not in {"ttft", "tpot"}:
        raise NotAvailableError(f"metric {metric!r} is not known; write ttft or tpot")
    result = throughput(model, precision, gpu, n_gpus, input_len, output_len, concurrency, engine, constants)
    return result.ttft_ms if name == "ttft" else result.tpot_ms
