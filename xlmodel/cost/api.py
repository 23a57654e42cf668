"""What an API costs: tokens times prices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlmodel.cost.price import price_cny
from xlmodel.cost.schedule import Schedule, growth_factor

if TYPE_CHECKING:
    from xlmodel.catalog.tables import Catalog
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


def schedule(catalog: Catalog, inputs: Inputs, model: str, workload: Workload, years: int) -> Schedule:
    """Return the API's cash flows: 12 bills a year, growing from year 2, and security in the first year."""
    year_cost = 12 * month_cost(catalog, inputs, model, workload)
    running = tuple(
        {
            "usage": year_cost
            * growth_factor(inputs.growth_rate, year)
            * growth_factor(inputs.price_change_rate, year)
        }
        for year in range(1, years + 1)
    )
    return Schedule({}, running, one_off=inputs.security_cost)
