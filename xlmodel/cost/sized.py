"""Hardware that sizing picks for an open model, and what it costs: the cheapest GPU that has a price."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from xlmodel.cost import own, rent
from xlmodel.cost.schedule import Schedule, growth_factor
from xlmodel.errors import BadValueError, NotAvailableError
from xlmodel.sizing import capacity_by_gpu, parse_constants, parse_gpu, parse_model

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlmodel.catalog.tables import Catalog
    from xlmodel.inputs.model import Inputs
    from xlmodel.inputs.workload import Workload
    from xlmodel.sizing import CapacityPlan, GpuSpec, ModelSpec, SizingConstants

NODE_GPUS = 8
PRICE_FIELDS = {"rent": "reserved_month", "own": "purchase"}


def model_spec(catalog: Catalog, model: str) -> ModelSpec:
    """Return the architecture of an open model, by its canonical name."""
    return parse_model(catalog.row("models", model))


def gpu_spec(catalog: Catalog, gpu: str) -> GpuSpec:
    """Return the specification of a GPU, by its canonical name."""
    return parse_gpu(catalog.row("gpus", gpu))


def constants(catalog: Catalog) -> SizingConstants:
    """Return the fitted constants of the sizing."""
    return parse_constants(catalog.tables["sizing_constants"].rows)


def plans(
    catalog: Catalog,
    inputs: Inputs,
    model: str,
    workload: Workload,
    gpus: Sequence[str],
    precision: str = "",
) -> list[CapacityPlan]:
    """Return what each GPU needs to serve the workload; GPUs that cannot are left out.

    Args:
        catalog: specifications and constants.
        inputs: peak_to_average, utilisation_target, reserve_replicas, requests_per_user_day.
        model: canonical open model.
        workload: daily users and their tokens a day, spread evenly over their requests.
        gpus: canonical GPUs.
        precision: format of the weights; empty means the one the model is published in.

    Raises:
        NotAvailableError: no GPU can serve it.
    """
    spec = model_spec(catalog, model)
    requests = inputs.requests_per_user_day
    if workload.input_tokens + workload.output_tokens <= 0:
        raise BadValueError("input_tokens and output_tokens: sizing needs tokens above 0")
    return capacity_by_gpu(
        spec,
        precision or spec.native_precision,
        [gpu_spec(catalog, gpu) for gpu in gpus],
        workload.dau,
        max(1, math.ceil(workload.input_tokens / requests)),
        max(1, math.ceil(workload.output_tokens / requests)),
        inputs.peak_to_average,
        inputs.utilisation_target,
        inputs.reserve_replicas,
        constants(catalog),
        requests_per_user_day=requests,
    )


def priced_gpus(catalog: Catalog, deployment: str) -> list[str]:
    """Return the GPUs that have a reserved month (rent) or a purchase price (own)."""
    field = PRICE_FIELDS[deployment]
    return [gpu for gpu in catalog.names.items("gpu") if catalog.has(gpu, field)]


def month_cost(catalog: Catalog, inputs: Inputs, deployment: str, plan: CapacityPlan) -> float:
    """Return the monthly cost of a plan in CNY: its reserved rent, or its 36-month total of owning over 36."""
    if deployment == "rent":
        return rent.month_cost(catalog, inputs, plan.gpu, plan.gpus)
    hardware = own.configuration(catalog, plan.gpu, plan.gpus)
    return own.schedule(catalog, inputs, hardware, 3).total(inputs.discount_rate) / 36


def cheapest(
    catalog: Catalog, inputs: Inputs, deployment: str, model: str, workload: Workload
) -> CapacityPlan:
    """Return the plan with the lowest monthly cost among the GPUs that have a price.

    A copy of the model within one node goes before one spread over several, whose speed rests on a network
    that nobody has described.

    Raises:
        NotAvailableError: no GPU with a price can serve the model.
    """
    gpus = priced_gpus(catalog, deployment)
    if not gpus:
        raise NotAvailableError(f"{deployment}: no GPU has the price {PRICE_FIELDS[deployment]}")
    found = plans(catalog, inputs, model, workload, gpus)
    found = [plan for plan in found if plan.layout.group_gpus <= NODE_GPUS] or found
    return min(found, key=lambda plan: (month_cost(catalog, inputs, deployment, plan), plan.gpus))


def schedule(
    catalog: Catalog, inputs: Inputs, deployment: str, model: str, workload: Workload, years: int
) -> Schedule:
    """Return the cash flows of serving an open model on rented or own GPUs.

    A rental is sized anew each year as use grows; a purchase is sized for the largest year, since whole
    servers are bought at the start.
    """
    growth = [growth_factor(inputs.growth_rate, year) for year in range(1, years + 1)]
    if deployment == "own":
        peak = workload.scaled(max(growth))
        plan = cheapest(catalog, inputs, deployment, model, peak)
        return own.schedule(catalog, inputs, own.configuration(catalog, plan.gpu, plan.gpus), years)
    running = []
    one_off = 0.0
    for year, factor in enumerate(growth, start=1):
        plan = cheapest(catalog, inputs, deployment, model, workload.scaled(factor))
        flows = rent.schedule(catalog, inputs, plan.gpu, plan.gpus, years)
        running.append(flows.running[year - 1])
        one_off = flows.one_off
    return Schedule({}, tuple(running), one_off=one_off)
