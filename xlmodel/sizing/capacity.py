"""From daily users to hardware: peak tokens per second, copies of the model, GPUs, nodes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from xlmodel.errors import BadValueError, NotAvailableError
from xlmodel.sizing.at_peak import curve
from xlmodel.sizing.bands import band
from xlmodel.sizing.copies import smallest_fleet
from xlmodel.sizing.layout import Layout, group_sizes
from xlmodel.sizing.precision import NATIVE, resolve
from xlmodel.sizing.replica import Service, check_service, options_by_size
from xlmodel.sizing.throughput import parse_engine

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xlmodel.sizing.specs import GpuSpec, ModelSpec, SizingConstants

SECONDS_PER_DAY = 86_400
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
        input_tokens: mean tokens of a prompt.
        output_tokens: mean tokens of an answer.
        peak_to_average: peak rate / mean rate over the day.
        utilisation_target: share of the capacity that the peak may use.
        reserve_replicas: further copies for failures and maintenance.
        requests_per_user_day: requests of a user a day.
        ttft_limit_ms: longest time to the first token, or None.
        tpot_limit_ms: longest time a further token, or None.
        engine: `default` or `tuned`.
        cached_share: share of a prompt that the prefix cache holds.
        kv_precision: format of the KV cache; `native` for what the engine keeps.
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
    cached_share: float = 0.0
    kv_precision: str = NATIVE

    @property
    def peak_tokens_per_s(self) -> float:
        """Users × requests × output tokens / 86,400 s × peak-to-average."""
        daily = self.dau * self.requests_per_user_day * self.output_tokens
        return daily / SECONDS_PER_DAY * self.peak_to_average

    @property
    def service(self) -> Service:
        """The requests and limits, without the number of users."""
        return Service(
            self.input_tokens,
            self.output_tokens,
            self.cached_share,
            self.ttft_limit_ms,
            self.tpot_limit_ms,
            self.engine,
            self.kv_precision,
        )


def _check(load: Load) -> None:
    if not load.dau >= 0 or math.isinf(load.dau):
        raise BadValueError(f"daily users are {load.dau}; give a number of at least 0")
    if not load.requests_per_user_day > 0:
        raise BadValueError(
            f"requests a user and day are {load.requests_per_user_day}; give a number above 0"
        )
    if not load.peak_to_average >= 1:
        raise BadValueError(f"peak_to_average is {load.peak_to_average}; give a number of at least 1")


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

    replicas = ceil(peak / (tokens per second of a copy × utilisation)) + reserve; the size of a copy that takes the
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
    service = load.service
    check_service(model, service)
    _check(load)
    options = options_by_size(model, precision, gpu, service, constants, group_sizes(largest_copy))
    fleet = smallest_fleet(options, load.peak_tokens_per_s, load.utilisation_target, load.reserve_replicas)
    replica, replicas, peak = fleet.replica, fleet.replicas, load.peak_tokens_per_s
    total = replica.tokens_per_s * replicas
    low, high = band(model, gpu, parse_engine(load.engine), "throughput", constants)
    fmt = resolve(model, precision, gpu, constants, load.kv_precision)
    kept = curve(model, fmt, gpu, replica.layout, service, constants, replica.concurrency)
    serving = kept.delivering(peak / replicas)
    return CapacityPlan(
        gpu=replica.gpu,
        precision=replica.precision,
        replicas=replicas,
        gpus=fleet.gpus,
        nodes=math.ceil(fleet.gpus / gpu.gpus_per_node),
        layout=replica.layout._replace(replicas=replicas),
        tokens_per_s_peak=peak,
        tokens_per_s_capacity=total,
        headroom=total / peak - 1 if peak else math.inf,
        concurrency=serving.concurrency * replicas,
        ttft_ms=serving.ttft_s * 1e3,
        tpot_ms=serving.tpot_s * 1e3,
        band_low=total * low,
        band_high=total * high,
        notes=replica.notes,
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
