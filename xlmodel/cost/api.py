"""What an API costs: tokens times prices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlmodel.cost.price import price_cny
from xlmodel.cost.schedule import made
from xlmodel.inputs.demand import days_per_year, growth_factor

if TYPE_CHECKING:
    from xlmodel.catalog.tables import Catalog
    from xlmodel.cost.schedule import Schedule
    from xlmodel.inputs.demand import Demand
    from xlmodel.inputs.model import Inputs
    from xlmodel.inputs.workload import Workload


def cost_per_user_day(catalog: Catalog, inputs: Inputs, model: str, workload: Workload) -> float:
    """Return what one daily user costs a day, in CNY.

    Equation: (input x ((1 - hit) x p_in + hit x p_cached) + output x p_out) x (1 + retry) / 10^6.

    Args:
        catalog: prices.
        inputs: cache_hit_rate, cache_price_ratio, retry_rate, prices' date and estimate.
        model: canonical API model.
        workload: tokens per user and day; its dau does not matter here.
    """
    price_in = price_cny(catalog, inputs, model, "input")
    price_out = price_cny(catalog, inputs, model, "output")
    hit = inputs.cache_hit_rate
    if hit:
        if catalog.has(model, "input_cached"):
            cached = price_cny(catalog, inputs, model, "input_cached")
        else:
            cached = price_in * inputs.cache_price_ratio
        price_in = (1 - hit) * price_in + hit * cached
    tokens = workload.input_tokens * price_in + workload.output_tokens * price_out
    return tokens * (1 + inputs.retry_rate) / 1e6


def month_cost(catalog: Catalog, inputs: Inputs, model: str, workload: Workload) -> float:
    """Return the monthly bill in CNY: dau x days_per_month x cost of a user's day."""
    return workload.dau * inputs.days_per_month * cost_per_user_day(catalog, inputs, model, workload)


def schedule(catalog: Catalog, inputs: Inputs, model: str, demand: Demand) -> Schedule:
    """Return the API's cash flows: each year's bill, and security in the first year.

    Equation: usage = users x 12 x days_per_month x cost of a user's day x (1 + api_price_change_rate)^(year - 1).

    Args:
        catalog: prices.
        inputs: assumptions.
        model: canonical API model.
        demand: users of each year.
    """
    user_year = days_per_year(inputs) * cost_per_user_day(catalog, inputs, model, demand.workload)
    rate = inputs.api_price_change_rate
    running = [{"usage": each.users * user_year * growth_factor(rate, each.year)} for each in demand.years]
    return made(inputs, running, one_off=inputs.security_cost)
