"""What rented GPUs cost: reserved months are paid for, idle or not; on demand, the hours that they run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlmodel.cost.price import price_cny
from xlmodel.cost.schedule import made
from xlmodel.inputs.demand import MONTHS_PER_YEAR, growth_factor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlmodel.catalog.tables import Catalog
    from xlmodel.cost.schedule import Schedule
    from xlmodel.inputs.model import Inputs

# how a rental is billed -> the price it takes
PRICE_FIELDS = {"reserved": "reserved_month", "on_demand": "on_demand_hour"}


def month_cost(catalog: Catalog, inputs: Inputs, gpu: str, gpus: int, pricing: str = "reserved") -> float:
    """Return the monthly rent in CNY.

    Equation: reserved: GPUs x reserved month; on demand: GPUs x hour x on_demand_hours_month.

    Args:
        catalog: prices.
        inputs: on_demand_hours_month, price date and estimate.
        gpu: canonical GPU.
        gpus: number of GPUs.
        pricing: reserved or on_demand.
    """
    price = price_cny(catalog, inputs, gpu, PRICE_FIELDS[pricing])
    return gpus * price * (inputs.on_demand_hours_month if pricing == "on_demand" else 1.0)


def staff_year(inputs: Inputs) -> float:
    """Return operators x yearly cost, in CNY."""
    return inputs.ops_staff * inputs.staff_cost_year


def first_year_one_offs(inputs: Inputs) -> float:
    """Return framework, data, security and backup of the first year, in CNY; 0 in the published accounting."""
    return inputs.framework_cost + inputs.data_cost + inputs.security_cost + inputs.backup_cost


def schedule(catalog: Catalog, inputs: Inputs, gpu: str, need: Sequence[int]) -> Schedule:
    """Return the rental's cash flows: rent, operators, and the first year's one-off costs.

    Equation: usage = GPUs of the year x 12 x month x (1 + rent_price_change_rate)^(year - 1).

    Args:
        catalog: prices.
        inputs: rent_pricing, rent_price_change_rate, ops_staff, staff_cost_year, the one-offs.
        gpu: canonical GPU.
        need: GPUs of each year.
    """
    year_of_one = MONTHS_PER_YEAR * month_cost(catalog, inputs, gpu, 1, inputs.rent_pricing)
    staff, rate = staff_year(inputs), inputs.rent_price_change_rate
    running = [
        {"usage": gpus * year_of_one * growth_factor(rate, year), "staff": staff}
        for year, gpus in enumerate(need, start=1)
    ]
    return made(inputs, running, one_off=first_year_one_offs(inputs))
