"""A figure as money: in force on the price date, in CNY, with VAT where the price is without."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlmodel.errors import BadValueError
from xlmodel.inputs.resolve import end_of

if TYPE_CHECKING:
    from xlmodel.catalog.tables import Catalog
    from xlmodel.inputs.model import Inputs

# a price of these fields is never 0: a 0 would be a missing price
_ALWAYS_POSITIVE = frozenset(
    {"input", "input_cached", "output", "on_demand_hour", "reserved_month", "reserved_year", "purchase"}
)


def price_cny(catalog: Catalog, inputs: Inputs, item: str, field: str, estimate: str = "") -> float:
    """Return a figure's amount in CNY.

    Equation: amount = figure(estimate) x (fx where in USD) x (1 + vat_rate where marked tax-exclusive).

    Args:
        catalog: the figures, a workbook's own standing before the published ones.
        inputs: assumptions.
        item: canonical item.
        field: canonical field.
        estimate: low, base or high; empty means the one in force.

    Raises:
        NotAvailableError: no such figure.
        BadValueError: a zero price, a negative amount, or ends that are out of order.
    """
    figure = catalog.figure(item, field, inputs.price_date)
    amount = end_of(figure, estimate or inputs.estimate)
    if amount < 0 or (amount == 0 and field in _ALWAYS_POSITIVE):
        raise BadValueError(f"{item} {field}: {amount:g} is no price; it must be above 0")
    if figure.currency == "USD":
        amount *= inputs.fx_cny_per_usd
    if figure.tax == "exclusive":
        amount *= 1 + inputs.vat_rate
    return amount


def has_price(catalog: Catalog, inputs: Inputs, item: str, field: str) -> bool:
    """Tell whether a figure is given, or in force on the price date."""
    if (item, field) in catalog.given:
        return True
    day = inputs.price_date or catalog.release_date
    return any(row.effective_from <= day for row in catalog.figures.get((item, field), ()))
