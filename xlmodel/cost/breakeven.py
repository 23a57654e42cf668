"""When owning pays back, in months, in daily users, and as a curve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xlmodel.cost import api
from xlmodel.cost.option import schedule
from xlmodel.errors import NotAvailableError

if TYPE_CHECKING:
    from xlmodel.catalog.tables import Catalog
    from xlmodel.cost.option import Option
    from xlmodel.inputs.model import Inputs
    from xlmodel.inputs.workload import Workload

# an outlay, and one-off costs, are spread evenly over three years
SPREAD_MONTHS = 36


def months_to_pay_back(outlay: float, rent_per_month: float, opex_per_month: float) -> float:
    """Return the months after which a purchase has paid for itself.

    Equation: months = outlay / (rent - opex); depreciation is never in the denominator.

    Args:
        outlay: purchase, any currency.
        rent_per_month: monthly cost of the alternative.
        opex_per_month: monthly cash cost of owning.

    Raises:
        NotAvailableError: the saving is not positive, so it never pays back.
    """
    if outlay == 0:
        return 0.0
    saving = rent_per_month - opex_per_month
    if saving <= 0:
        raise NotAvailableError(
            f"never pays back: owning costs {opex_per_month:g} a month, the alternative {rent_per_month:g}"
        )
    return outlay / saving


def spread_month_cost(catalog: Catalog, inputs: Inputs, option: Option) -> float:
    """Return what a rental or a purchase costs a month, in CNY.

    Equation: own: total over 36 months / 36; rent: first year / 12 + one-off costs / 36, since the API
    bill that it is compared with is of the first year too, and is paid month by month as the rent is.
    """
    flows = schedule(catalog, inputs, option, None, SPREAD_MONTHS // 12)
    if option.deployment == "rent":
        return sum(flows.running[0].values()) / 12 + flows.one_off / SPREAD_MONTHS
    return flows.total(inputs.discount_rate) / SPREAD_MONTHS


def daily_users(month_cost: float, catalog: Catalog, inputs: Inputs, model: str, workload: Workload) -> float:
    """Return the daily users at which the API bill equals a monthly cost.

    Equation: dau = monthly cost / (days_per_month x cost of a user's day).

    Args:
        month_cost: CNY per month of the other option.
        catalog: prices.
        inputs: assumptions of the API side.
        model: canonical API model.
        workload: tokens per user and day.
    """
    per_user_month = inputs.days_per_month * api.cost_per_user_day(catalog, inputs, model, workload)
    if per_user_month <= 0:
        raise NotAvailableError(
            f"{model}: a user without tokens costs nothing, so no number of users breaks even"
        )
    return month_cost / per_user_month


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Cumulative cost of two options after some months, and a - b, in CNY."""

    month: int
    a: float
    b: float

    @property
    def difference(self) -> float:
        """Return a - b."""
        return self.a - self.b


def curve(
    catalog: Catalog, inputs: Inputs, options: tuple[Option, Option], workload: Workload | None, months: int
) -> list[CurvePoint]:
    """Return the cumulative nominal cost of two options from month 0 on.

    Args:
        catalog: prices.
        inputs: assumptions.
        options: the two options, a and b.
        workload: daily users and tokens; required where one of them is an API.
        months: last month.
    """
    years = max(1, -(-months // 12))
    a, b = (schedule(catalog, inputs, option, workload, years).cumulative(months) for option in options)
    return [CurvePoint(month, left, right) for month, (left, right) in enumerate(zip(a, b, strict=True))]
