"""From daily users to hardware: peak tokens per second, copies of the model, GPUs, nodes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from xlmodel.errors import BadValueError, NotAvailableError
from xlmodel.sizing.layout import Layout, group_sizes
from xlmodel.sizing.memory import check_known, require_count
from xlmodel.sizing.precision import Format, resolve
from xlmodel.sizing.speed import Speed, speed
from xlmodel.sizing.throughput import Request, band, band_notes, one_copy, parse_engine

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xlmodel.sizing.specs import GpuSpec, ModelSpec, SizingConstants

SECONDS_PER_DAY = 86_400
SEARCH_STEPS = 12
SUBSTITUTIONS = 6
LARGEST_COPY = 32


class CapacityPlan(NamedTuple):
    """Hardware for a number of daily users.

    Args:
        gpu: the card.
        precision: format of the weights.
        replicas: copies of the model, reserve included.
        gpus: cards of all copies.
        nodes: servers that hold them, of 8 cards as a rule.
        layout: how each copy is spread, with the copies.
        tokens_per_s_peak: output tokens per second asked for at peak.
        tokens_per_s_capacity: output tokens per second of all copies.
        headroom: capacity / peak − 1.
        concurrency: requests in flight at peak, over all copies.
        ttft_ms: time to the first token at peak.
        tpot_ms: time a further token at peak.
        band_low: low bound of the capacity.
        band_high: high bound of the capacity.
        notes: what a user should know.
    """

    gpu: str
    precision: str
    replicas: int
    gpus: int
    nodes: int
    layout: Layout
    tokens_per_s_peak: float
    tokens_per_s_capacity: float
    headroom: float
    concurrency: float
    ttft_ms: float
    tpot_ms: float
    band_low: float
    band_high: float
    notes: str


class Load(NamedTuple):
    """What users ask for and how it shall be served.

    Args:
        dau: users a day.
        input_tokens: tokens of a prompt.
        output_tokens: tokens of an answer.
        peak_to_average: peak rate / mean rate over the day.
        utilisation_target: share of the capacity that the peak may use.
        reserve_replicas: further copies for failures and maintenance.
        requests_per_user_day: requests of a user a day.
        ttft_limit_ms: longest time to the first token, or None.
        tpot_limit_ms: longest time a further token, or None.
        engine: `default` or `tuned`.
    """

    dau: float
    input_tokens: float
    output_tokens: float
    peak_to_average: float
    utilisation_target: float
    reserve_replicas: float
    requests_per_user_day: float = 1.0
    ttft_limit_ms: float | None = None
    tpot_limit_ms: float | None = None
    engine: str = "default"

    @property
    def peak_tokens_per_s(self) -> float:
        """Users × requests × output tokens / 86,400 s × peak-to-average."""
        daily = self.dau * self.requests_per_user_day * self.output_tokens
        return daily / SECONDS_PER_DAY * self.peak_to_average


def _check(load: Load) -> None:
    require_count("input_tokens", load.input_tokens)
    require_count("output_tokens", load.output_tokens)
    if not load.dau >= 0 or math.isinf(load.dau):
        raise BadValueError(f"daily users are {load.dau}; give a number of at least 0")
    if not load.requests_per_user_day > 0:
        raise BadValueError(
            f"requests a user and day are {load.requests_per_user_day}; give a number above 0"
        )
    if not load.peak_to_average >= 1:
        raise BadValueError(f"peak_to_average is {load.peak_to_average}; give a number of at least 1")
    if not 0 < load.utilisation_target <= 1:
        raise BadValueError(
            f"utilisation_target is {load.utilisation_target}; give a share above 0 and up to 1"
        )
    for name, limit in (("ttft_limit_ms", load.ttft_limit_ms), ("tpot_limit_ms", load.tpot_limit_ms)):
        if limit is not None and not limit > 0:
            raise BadValueError(f"{name} is {limit}; give milliseconds above 0")


class _Search(NamedTuple):
    model: ModelSpec
    fmt: Format
    gpu: GpuSpec
    load: Load
    engine: str
    constants: SizingConstants

    def at(self, size: int, concurrency: float | None) -> tuple[Speed, Layout] | None:
        """Speed of one copy at that concurrency."""
        request = Request(self.load.input_tokens, self.load.output_tokens, concurrency, self.engine)
        return one_copy(self.model, self.fmt, self.gpu, size, 1, request, self.constants)

    def within_limits(self, found: Speed) -> bool:
        """Whether both latencies keep their limits."""
        ttft, tpot = self.load.ttft_limit_ms, self.load.tpot_limit_ms
        return (ttft is None or found.ttft_s * 1e3 <= ttft) and (tpot is None or found.tpot_s * 1e3 <= tpot)

    def most(self, size: int) -> tuple[Speed, Layout] | None:
        """Fastest point of one copy that keeps the latency limits: bisection on the requests in flight."""
        full = self.at(size, None)
        if full is None or self.within_limits(full[0]):
            return full
        low, high = 1.0, full[0].concurrency
        best = self.at(size, low)
        if best is None or not self.within_limits(best[0]):
            return None
        for _ in range(SEARCH_STEPS):
            middle = (low + high) / 2
            found = self.at(size, middle)
            if found is not None and self.within_limits(found[0]):
                low, best = middle, found
            else:
                high = middle
        return best

    def serving(self, layout: Layout, rate: float, most: Speed) -> Speed:
        """Point at which one copy delivers `rate` tokens per second.

        Requests in flight = rate × time of one request (Little's law), solved by repeated substitution from above.
        """
        load, found = self.load, most
        for _ in range(SUBSTITUTIONS):
            requests = max(1.0, rate / found.tokens_per_s * found.concurrency)
            point = speed(
                self.model,
                self.fmt,
                self.gpu,
                layout,
                load.input_tokens,
                load.output_tokens,
                min(requests, most.concurrency),
                self.engine,
                self.constants,
            )
            if point is None:
                break
            found = point
        return found


def capacity(
    model: ModelSpec,
    precision: str,
    gpu: GpuSpec,
    load: Load,
    constants: SizingConstants,
    *,
    largest_copy: int = LARGEST_COPY,
) -> CapacityPlan:
    """Fewest cards of one GPU that serve the peak.

    replicas = ceil(peak / utilisation / tokens per second of a copy) + reserve; the size of a copy that takes the
    fewest cards wins, the smaller copy on a tie.

    Args:
        model: the architecture.
        precision: format of the weights.
        gpu: the card.
        load: what users ask for and how it shall be served.
        constants: the fitted constants.
        largest_copy: most cards that one copy may spread over.

    Raises:
        BadValueError: a count, share or limit outside its range.
        NotAvailableError: unknown precision or architecture, a context beyond the model's, no fit, or latency limits
            that this GPU cannot keep.
    """
    check_known(model)
    _check(load)
    reserve = require_count("reserve_replicas", load.reserve_replicas, 0)
    context = load.input_tokens + load.output_tokens
    if context > model.max_context:
        raise NotAvailableError(
            f"{context:,} tokens exceed the {model.max_context:,} of {model.name}; shorten the prompt or take another model"
        )
    tier = parse_engine(load.engine)
    search = _Search(model, resolve(model, precision, gpu, constants), gpu, load, tier, constants)
    best: tuple[int, int, int, Speed, Layout] | None = None
    for size in group_sizes(largest_copy):
        if best is not None and size * (1 + reserve) >= best[0]:
            break
        point = search.most(size)
        if point is None:
            continue
        needed = max(1, math.ceil(load.peak_tokens_per_s / load.utilisation_target / point[0].tokens_per_s))
        replicas = needed + reserve
        if best is None or replicas * size < best[0]:
            best = (replicas * size, size, replicas, *point)
    if best is None:
        starts = any(search.at(size, 1.0) is not None for size in group_sizes(largest_copy))
        problem = "cannot keep the latency limits on" if starts else "does not fit"
        raise NotAvailableError(
            f"{model.name} {search.fmt.name} {problem} up to {largest_copy}×{gpu.name}; take another GPU"
        )
    return _finish(search, best)


def _finish(search: _Search, best: tuple[int, int, int, Speed, Layout]) -> CapacityPlan:
    gpus, _, replicas, most, layout = best
    load, constants = search.load, search.constants
    serving = search.serving(layout, load.peak_tokens_per_s / replicas, most)
    total = most.tokens_per_s * replicas
    low, high = band(search.model, search.gpu, search.engine, "throughput", constants)
    peak = load.peak_tokens_per_s
    return CapacityPlan(
        gpu=search.gpu.name,
        precision=search.fmt.name,
        replicas=replicas,
        gpus=gpus,
        nodes=math.ceil(gpus / search.gpu.gpus_per_node),
        layout=layout._replace(replicas=replicas),
        tokens_per_s_peak=peak,
        tokens_per_s_capacity=total,
        headroom=total / peak - 1 if peak else math.inf,
        concurrency=serving.concurrency * replicas,
        ttft_ms=serving.ttft_s * 1e3,
        tpot_ms=serving.tpot_s * 1e3,
        band_low=total * low,
        band_high=total * high,
        notes="; ".join(band_notes(search.model, search.fmt, search.gpu)),
    )


def capacity_by_gpu(
    model: ModelSpec,
    precision: str,
    gpus: Iterable[GpuSpec],
    load: Load,
    constants: SizingConstants,
    *,
    largest_copy: int = LARGEST_COPY,
) -> list[CapacityPlan]:
    """Plan each GPU; those that cannot serve the model are left out.

    Raises:
        BadValueError: as `capacity`.
        NotAvailableError: no GPU can serve it; the message is that of the last one.
    """
    plans: list[CapacityPlan] = []
    refusal: NotAvailableError | None = None
    for gpu in gpus:
        try:
            plans.append(capacity(model, precision, gpu, load, constants, largest_copy=largest_copy))
        except NotAvailableError as error:
            refusal = error
    if not plans and refusal is not None:
        raise refusal
    return plans
