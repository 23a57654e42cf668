"""What rented GPUs cost: reserved hours are paid for, idle or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlmodel.cost.price import price_cny
from xlmodel.cost.schedule import Schedule, growth_factor

if TYPE_CHECKING:
    from xlmodel.catalog.tables import Catalog
    from xlmodel.inputs.model import Inputs

HOURS_PER_DAY = 24


def month_cost(catalog: Catalog, inputs: Inputs, gpu: str, gpus: int, pricing: str = "reserved") -> float:
    """Return the monthly rent in CNY.

    Equation: reserved: GPUs x reserved month; on demand: GPUs x hour x 24 x days_per_month.

    Args:
        catalog: prices.
        inputs: days_per_month, price date and estimate.
        gpu: canonical GPU.
        gpus: number of GPUs.
        pricing: reserved or on_demand.
    """
    if pricing == "on_demand":
        hours = HOURS_PER_DAY * inputs.days_per_month
        return gpus * price_cny(catalog, inputs, gpu, "on_demand_hour") * hours
    return gpus * price_cny(catalog, inputs, gpu, "reserved_month")


def staff_year(inputs: Inputs) -> float:
    """Return operators x yearly cost, in CNY."""
    return inputs.ops_staff * inputs.staff_cost_year


def first_year_one_offs(inputs: Inputs) -> float:
    """Return framework, data, security and backup of the first year, in CNY; 0 in the published accounting."""
    return inputs.framework_cost + inputs.data_cost + inputs.security_cost + inputs.backup_cost


def schedule(catalog: Catalog, inputs: Inputs, gpu: str, gpus: int, years: int) -> Schedule:
    """Return the rental's cash flows: reserved rent, operators, and the first year's one-off costs."""
    rent_year = 12 * month_cost(catalog, inputs, gpu, gpus)
    running = tuple(
        {"usage": rent_year * growth_factor(inputs.price_change_rate, year), "staff": staff_year(inputs)}
        for year in range(1, years + 1)
    )
    return Schedule({}, running, one_off=first_year_one_offs(inputs))
