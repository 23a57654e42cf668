"""Hardware that sizing picks for an open model, and what it costs: the cheapest GPU that has a price."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from xlmodel.cost import own, rent
from xlmodel.cost.fleet import NODE_GPUS, need_by_year
from xlmodel.cost.kept import Kept
from xlmodel.cost.price import has_price
from xlmodel.errors import BadValueError, NotAvailableError
from xlmodel.inputs.demand import peak_ratio
from xlmodel.sizing import (
    LARGEST_COPY,
    Load,
    Service,
    capacity,
    generating_spec,
    gpu_spec,
    model_precision,
    model_spec,
    replica_options,
    sizing_constants,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlmodel.catalog.tables import Catalog
    from xlmodel.cost.schedule import Schedule
    from xlmodel.inputs.demand import Demand
    from xlmodel.inputs.model import Inputs
    from xlmodel.sizing import CapacityPlan, ReplicaCapacity

DEPLOYMENTS = ("rent", "own")
# (GPU, most cards of a copy) -> why it cannot serve a model
_REFUSED: Kept[dict[tuple[str, int], str]] = Kept()


class SizedFleet(NamedTuple):
    """GPUs of one kind that serve an open model over the years, and what they cost.

    Args:
        gpu: canonical GPU.
        precision: format of the weights.
        need: GPUs of each year.
        schedule: cash flows.
        total: their sum, discounted, in CNY.
    """

    gpu: str
    precision: str
    need: tuple[int, ...]
    schedule: Schedule
    total: float

    @property
    def gpus(self) -> int:
        """Return the GPUs of the largest year."""
        return max(self.need)


def service(inputs: Inputs, demand: Demand) -> Service:
    """Return what a request looks like and the limits it is answered in; a limit of 0 is none.

    A machine that is slower than estimated by speed_factor keeps a limit where the estimate keeps limit x speed_factor.

    Raises:
        BadValueError: a request without output tokens.
    """
    if not demand.answer_tokens:
        raise BadValueError(
            "output_tokens: hardware is sized by the tokens that it writes, and 0 are asked for; give more than 0"
        )
    # as plain numbers: sizing keeps its results by them, beyond the calculation that is recorded (cost.recorded)
    return Service(
        float(demand.prompt_tokens),
        float(demand.answer_tokens),
        float(demand.cached_share),
        float(inputs.ttft_limit_ms * inputs.speed_factor) or None,
        float(inputs.tpot_limit_ms * inputs.speed_factor) or None,
        inputs.engine,
        inputs.kv_precision,
    )


def precision_of(catalog: Catalog, inputs: Inputs, model: str) -> str:
    """Return the format of the weights that is assumed: the model's own unless one is given."""
    return model_precision(model_spec(catalog, model), inputs.precision)


def plans(
    catalog: Catalog, inputs: Inputs, model: str, demand: Demand, gpus: Sequence[str], precision: str = ""
) -> list[CapacityPlan]:
    """Return what each GPU needs to serve the first year's peak; GPUs that cannot are left out.

    A copy spans nodes only where none fits within one.

    Args:
        catalog: specifications and constants.
        inputs: utilisation, reserve, limits and engine.
        model: canonical open model.
        demand: users, and what their requests look like.
        gpus: canonical GPUs.
        precision: format of the weights; empty means that of the assumptions.

    Raises:
        BadValueError: a request without output tokens.
        NotAvailableError: no GPU can serve it; the message is that of the last one.
    """
    asked = service(inputs, demand)
    # so that the peak is the demand's, also where a mean answer below one token is sized as one
    share = demand.workload.output_tokens / (asked.output_tokens * inputs.requests_per_user_day or 1.0)
    load = Load(
        float(demand.workload.dau * (1 + inputs.retry_rate) * share / inputs.speed_factor),
        asked.input_tokens,
        asked.output_tokens,
        float(peak_ratio(inputs)),
        float(inputs.utilisation_target),
        float(inputs.reserve_replicas),
        float(inputs.requests_per_user_day),
        asked.ttft_limit_ms,
        asked.tpot_limit_ms,
        asked.engine,
        asked.cached_share,
        asked.kv_precision,
    )
    spec, constants = generating_spec(catalog, model), sizing_constants(catalog, float(inputs.network_gbit_s))
    weights = precision or precision_of(catalog, inputs, model)
    found: list[CapacityPlan] = []
    refusal = ""
    # whether a GPU can serve at all does not rest on the number of users
    refused = _REFUSED.get(catalog, inputs, (model, weights, load.service), dict)
    for gpu in gpus:
        card = gpu_spec(catalog, gpu)
        for largest in (NODE_GPUS, LARGEST_COPY):
            if (gpu, largest) in refused:
                refusal = refused[gpu, largest]
                continue
            try:
                plan = capacity(spec, weights, card, load, constants, largest_copy=largest)
                found.append(_plan_as_measured(plan, inputs.speed_factor))
                break
            except NotAvailableError as error:
                refusal = refused[gpu, largest] = error.message
    if not found and refusal:
        raise NotAvailableError(refusal)
    return found


def price_field(inputs: Inputs, deployment: str) -> str:
    """Return the price that a deployment takes of a GPU."""
    return "purchase" if deployment == "own" else rent.PRICE_FIELDS[inputs.rent_pricing]


def priced_gpus(catalog: Catalog, inputs: Inputs, deployment: str) -> list[str]:
    """Return the GPUs with a known specification and a price."""
    field = price_field(inputs, deployment)
    return [
        gpu for row in catalog.tables["gpus"].rows if has_price(catalog, inputs, gpu := row["item"], field)
    ]


def fleet_schedule(
    catalog: Catalog, inputs: Inputs, deployment: str, gpu: str, need: Sequence[int]
) -> Schedule:
    """Return the cash flows of renting or owning as many GPUs of one kind as each year needs."""
    if deployment == "rent":
        return rent.schedule(catalog, inputs, gpu, need)
    return own.fleet_schedule(catalog, inputs, gpu, need)


def copies(
    catalog: Catalog, inputs: Inputs, model: str, gpu: str, demand: Demand, *, largest: int = NODE_GPUS
) -> tuple[ReplicaCapacity, ...]:
    """Return what one copy of a model sustains on a GPU, for each number of GPUs a copy.

    Raises:
        BadValueError: a request without output tokens.
        NotAvailableError: it does not fit, or cannot keep the limits.
    """
    options = replica_options(
        generating_spec(catalog, model),
        precision_of(catalog, inputs, model),
        gpu_spec(catalog, gpu),
        service(inputs, demand),
        sizing_constants(catalog, float(inputs.network_gbit_s)),
        largest_copy=largest,
    )
    return tuple(_as_measured(each, inputs.speed_factor) for each in options)


def _as_measured(option: ReplicaCapacity, factor: float) -> ReplicaCapacity:
    """Return what a copy sustains on a machine that is faster than estimated by a factor."""
    return option._replace(
        tokens_per_s=option.tokens_per_s * factor,
        ttft_ms=option.ttft_ms / factor,
        tpot_ms=option.tpot_ms / factor,
        band_low=option.band_low * factor,
        band_high=option.band_high * factor,
    )


def _plan_as_measured(plan: CapacityPlan, factor: float) -> CapacityPlan:
    """Return the plan for a machine that is faster than estimated; it was made for peak / factor."""
    return plan._replace(
        tokens_per_s_peak=plan.tokens_per_s_peak * factor,
        tokens_per_s_capacity=plan.tokens_per_s_capacity * factor,
        ttft_ms=plan.ttft_ms / factor,
        tpot_ms=plan.tpot_ms / factor,
        band_low=plan.band_low * factor,
        band_high=plan.band_high * factor,
    )


def copies_that_serve(
    catalog: Catalog, inputs: Inputs, model: str, gpu: str, demand: Demand
) -> tuple[ReplicaCapacity, ...]:
    """Return what one copy sustains, as `copies`; a copy spans nodes only where none fits within one.

    Raises:
        BadValueError: a request without output tokens.
        NotAvailableError: it does not fit, or cannot keep the limits.
    """
    try:
        return copies(catalog, inputs, model, gpu, demand)
    except NotAvailableError:
        return copies(catalog, inputs, model, gpu, demand, largest=LARGEST_COPY)


def need(catalog: Catalog, inputs: Inputs, model: str, gpu: str, demand: Demand) -> tuple[int, ...]:
    """Return how many of one GPU each year needs; a copy spans nodes only where none fits within one.

    Raises:
        NotAvailableError: it does not fit, or cannot keep the limits.
    """
    return need_by_year(copies_that_serve(catalog, inputs, model, gpu, demand), demand, inputs)


def on_gpu(
    catalog: Catalog, inputs: Inputs, deployment: str, model: str, gpu: str, demand: Demand
) -> SizedFleet:
    """Return the fleet of one GPU that serves every year.

    Raises:
        NotAvailableError: it cannot, or has no price.
    """
    return _costed(catalog, inputs, deployment, model, gpu, need(catalog, inputs, model, gpu, demand))


def serving(
    catalog: Catalog, inputs: Inputs, deployment: str, model: str, demand: Demand, gpu: str = ""
) -> dict[str, tuple[ReplicaCapacity, ...]]:
    """Return the GPUs that have a price and serve a model, with what one copy sustains for each number of GPUs a copy.

    A copy of the model within one node goes before one spread over several, whose speed rests on a network
    that nobody has described.

    Args:
        catalog: prices and specifications.
        inputs: assumptions.
        deployment: rent or own.
        model: canonical open model.
        demand: what the requests look like.
        gpu: canonical GPU; empty means all that have a price.

    Raises:
        BadValueError: a request without output tokens.
        NotAvailableError: no GPU with a price can serve the model.
    """
    gpus = [gpu] if gpu else priced_gpus(catalog, inputs, deployment)
    if not gpus:
        raise NotAvailableError(f"{deployment}: no GPU has the price {price_field(inputs, deployment)}")
    refusal: NotAvailableError | None = None
    for largest in (NODE_GPUS, LARGEST_COPY):
        found = {}
        for each in gpus:
            try:
                found[each] = copies(catalog, inputs, model, each, demand, largest=largest)
            except NotAvailableError as error:
                refusal = error
        if found:
            return found
    if len(gpus) == 1 and refusal is not None:
        raise refusal
    raise NotAvailableError(f"{deployment}: no GPU with a price can serve {model}; the last one: {refusal}")


def cheapest(catalog: Catalog, inputs: Inputs, deployment: str, model: str, demand: Demand) -> SizedFleet:
    """Return the fleet with the lowest total among the GPUs that have a price: one kind for all years.

    Raises:
        NotAvailableError: no GPU with a price can serve the model.
    """
    found = serving(catalog, inputs, deployment, model, demand)
    fleets = [
        _costed(catalog, inputs, deployment, model, gpu, need_by_year(options, demand, inputs))
        for gpu, options in found.items()
    ]
    return min(fleets, key=lambda fleet: (fleet.total, fleet.gpus))


def _costed(
    catalog: Catalog, inputs: Inputs, deployment: str, model: str, gpu: str, count: tuple[int, ...]
) -> SizedFleet:
    flows = fleet_schedule(catalog, inputs, deployment, gpu, count)
    precision = precision_of(catalog, inputs, model)
    return SizedFleet(gpu, precision, count, flows, flows.total(inputs.discount_rate))
