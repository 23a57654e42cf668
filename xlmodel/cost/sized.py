"""Hardware that sizing picks for an open model, and what it costs: the cheapest GPU that has a price."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from xlmodel.cost import own, rent
from xlmodel.cost.schedule import Schedule, growth_factor
from xlmodel.errors import BadValueError, NotAvailableError
from xlmodel.sizing import LARGEST_COPY, Load, capacity_by_gpu, gpu_spec, model_spec, sizing_constants

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlmodel.catalog.tables import Catalog
    from xlmodel.inputs.model import Inputs
    from xlmodel.inputs.workload import Workload
    from xlmodel.sizing import CapacityPlan

NODE_GPUS = 8
_SPREAD_YEARS = 3
PRICE_FIELDS = {"rent": "reserved_month", "own": "purchase"}


def plans(
    catalog: Catalog,
    inputs: Inputs,
    model: str,
    workload: Workload,
    gpus: Sequence[str],
    precision: str = "",
    *,
    one_node: bool = False,
) -> list[CapacityPlan]:
    """Return what each GPU needs to serve the workload; GPUs that cannot are left out.

    Args:
        catalog: specifications and constants.
        inputs: peak_to_average, utilisation_target, reserve_replicas, requests_per_user_day.
        model: canonical open model.
        workload: daily users and their tokens a day, spread evenly over their requests.
        gpus: canonical GPUs.
        precision: format of the weights; empty means the one the model is published in.
        one_node: whether each copy of the model must stay within a node of 8.

    Raises:
        NotAvailableError: no GPU can serve it.
    """
    spec = model_spec(catalog, model)
    requests = inputs.requests_per_user_day
    if workload.input_tokens + workload.output_tokens <= 0:
        raise BadValueError("input_tokens and output_tokens: sizing needs tokens above 0")
    load = Load(
        workload.dau,
        max(1, math.ceil(workload.input_tokens / requests)),
        max(1, math.ceil(workload.output_tokens / requests)),
        inputs.peak_to_average,
        inputs.utilisation_target,
        inputs.reserve_replicas,
        requests_per_user_day=requests,
    )
    return capacity_by_gpu(
        spec,
        precision or spec.native_precision,
        [gpu_spec(catalog, gpu) for gpu in gpus],
        load,
        sizing_constants(catalog),
        largest_copy=NODE_GPUS if one_node else LARGEST_COPY,
    )


def has_price(catalog: Catalog, inputs: Inputs, deployment: str, gpu: str) -> bool:
    """Tell whether a GPU's reserved month (rent) or purchase price (own) is given, or in force on the price date."""
    key = (gpu, PRICE_FIELDS[deployment])
    day = inputs.price_date or catalog.release_date
    return key in catalog.given or any(row.effective_from <= day for row in catalog.figures.get(key, ()))


def priced_gpus(catalog: Catalog, inputs: Inputs, deployment: str) -> list[str]:
    """Return the GPUs with a known specification and a price."""
    gpus = [row["item"] for row in catalog.tables["gpus"].rows]
    return [gpu for gpu in gpus if has_price(catalog, inputs, deployment, gpu)]


def month_cost(catalog: Catalog, inputs: Inputs, deployment: str, plan: CapacityPlan) -> float:
    """Return the monthly cost of a plan in CNY: its reserved rent, or its 36-month total of owning over 36."""
    cost = _cost(catalog, inputs, deployment, plan, _SPREAD_YEARS)
    return cost if deployment == "rent" else cost / (12 * _SPREAD_YEARS)


def cheapest(
    catalog: Catalog, inputs: Inputs, deployment: str, model: str, workload: Workload, years: int = 3
) -> CapacityPlan:
    """Return the plan with the lowest cost over the years among the GPUs that have a price.

    A copy of the model within one node goes before one spread over several, whose speed rests on a network
    that nobody has described.

    Raises:
        NotAvailableError: no GPU with a price can serve the model.
    """
    gpus = priced_gpus(catalog, inputs, deployment)
    if not gpus:
        raise NotAvailableError(f"{deployment}: no GPU has the price {PRICE_FIELDS[deployment]}")
    try:
        found = plans(catalog, inputs, model, workload, gpus, one_node=True)
    except NotAvailableError:
        found = plans(catalog, inputs, model, workload, gpus)
    return min(found, key=lambda plan: (_cost(catalog, inputs, deployment, plan, years), plan.gpus))


def _cost(catalog: Catalog, inputs: Inputs, deployment: str, plan: CapacityPlan, years: int) -> float:
    """Return what plans of one deployment are compared by: a month's rent, or the total of owning over the years."""
    if deployment == "rent":
        return rent.month_cost(catalog, inputs, plan.gpu, plan.gpus)
    hardware = own.configuration(catalog, plan.gpu, plan.gpus)
    return own.schedule(catalog, inputs, hardware, years).total(inputs.discount_rate)


def first_plan(
    catalog: Catalog, inputs: Inputs, deployment: str, model: str, workload: Workload, years: int
) -> CapacityPlan:
    """Return the hardware at the start: a rental's of its first year, a purchase's for the largest of the years."""
    growth = [growth_factor(inputs.growth_rate, year) for year in range(1, years + 1)]
    start = workload.scaled(max(growth)) if deployment == "own" else workload
    return cheapest(catalog, inputs, deployment, model, start, years)


def schedule(
    catalog: Catalog, inputs: Inputs, deployment: str, model: str, workload: Workload, years: int
) -> Schedule:
    """Return the cash flows of serving an open model on rented or own GPUs.

    A rental is sized anew each year as use grows; a purchase is sized for the largest year, since whole
    servers are bought at the start.
    """
    if deployment == "own":
        plan = first_plan(catalog, inputs, deployment, model, workload, years)
        return own.schedule(catalog, inputs, own.configuration(catalog, plan.gpu, plan.gpus), years)
    factors = [growth_factor(inputs.growth_rate, year) for year in range(1, years + 1)]
    rentals = {}
    for factor in set(factors):  # without growth, one demand for all years
        plan = cheapest(catalog, inputs, deployment, model, workload.scaled(factor), years)
        rentals[factor] = rent.schedule(catalog, inputs, plan.gpu, plan.gpus, years)
    running = tuple(rentals[factor].running[index] for index, factor in enumerate(factors))
    return Schedule({}, running, one_off=rent.first_year_one_offs(inputs))
