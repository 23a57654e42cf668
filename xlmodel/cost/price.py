"""A figure as money: in force on the price date, in CNY, with or without VAT as the assumptions ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlmodel.cost.kept import Kept
from xlmodel.errors import BadValueError
from xlmodel.inputs.resolve import end_of

if TYPE_CHECKING:
    from xlmodel.catalog.tables import Catalog, Figure
    from xlmodel.inputs.model import Inputs

# a price of these is never 0: a 0 would be a missing price
_ALWAYS_POSITIVE = frozenset({"on_demand_hour", "reserved_month", "reserved_year", "purchase"})
_PRICED_KIND = "api_model"
_KEPT: Kept[float] = Kept(8192)


def price_cny(catalog: Catalog, inputs: Inputs, item: str, field: str, estimate: str = "") -> float:
    """Return a figure's amount in CNY.

    Equation: amount = figure(estimate) x (fx where in USD) x VAT factor.

    Args:
        catalog: the figures, a workbook's own standing before the published ones.
        inputs: assumptions; the list in their currency comes first.
        item: canonical item.
        field: canonical field.
        estimate: low, base or high; empty means the one in force.

    Raises:
        NotAvailableError: no such figure.
        BadValueError: a zero price, a negative amount, or ends that are out of order.
    """
    return _KEPT.get(
        catalog,
        inputs,
        (item, field, estimate),
        lambda: amount_cny(
            catalog, inputs, catalog.figure(item, field, inputs.price_date, inputs.currency), estimate
        ),
    )


def amount_cny(catalog: Catalog, inputs: Inputs, figure: Figure, estimate: str = "") -> float:
    """Return a figure's amount in CNY; see `price_cny`."""
    amount = end_of(figure, estimate or inputs.estimate)
    field = catalog.fields[figure.field]
    if amount < 0 or (amount == 0 and (field.key in _ALWAYS_POSITIVE or field.item_kind == _PRICED_KIND)):
        raise BadValueError(f"{figure.item} {figure.field}: {amount:g} is no price; it must be above 0")
    if figure.currency == "USD":
        amount *= inputs.fx_cny_per_usd
    return amount * vat_factor(inputs, field.vat, figure.tax)


def vat_factor(inputs: Inputs, vat: str, tax: str) -> float:
    """Return what turns a stated price into a cost.

    Equation: exclusive: 1 + rate, or 1 where VAT is recoverable; inclusive: 1, or 1 / (1 + rate) where it is.

    Args:
        inputs: the rates, whether VAT is recoverable, and how a price is read whose tax is not stated.
        vat: goods, services or none.
        tax: inclusive, exclusive or unknown.
    """
    rate = {"goods": inputs.vat_rate_goods, "services": inputs.vat_rate_services}.get(vat, 0.0)
    basis = inputs.price_tax_basis if tax == "unknown" else tax
    recoverable = inputs.vat_recoverable == "yes"
    if basis == "exclusive":
        return 1.0 if recoverable else 1 + rate
    return 1 / (1 + rate) if basis == "inclusive" and recoverable else 1.0


def has_price(catalog: Catalog, inputs: Inputs, item: str, field: str) -> bool:
    """Tell whether a figure is given, or in force on the price date."""
    if (item, field) in catalog.given:
        return True
    day = inputs.price_date or catalog.release_date
    return any(row.effective_from <= day for row in catalog.figures.get((item, field), ()))
