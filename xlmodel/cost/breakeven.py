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


def bill_line(
    catalog: Catalog, inputs: Inputs, model: str, tokens: tuple[float, float], years: int
) -> Line:
    """Return the total of an API over the years as a line over its daily users, in CNY.

    Equation: TCO(d) = TCO(0) + d x TCO of one user's bill.

    Args:
        catalog: prices.
        inputs: assumptions.
        model: canonical API model.
        tokens: input and output tokens a user and day.
        years: number of years.

    Raises:
        NotAvailableError: the bill is 0, so no number of users breaks even.
    """

    def total(dau: float, assumed: Inputs) -> float:
        return api.schedule(catalog, assumed, model, Workload(dau, *tokens), years).total(inputs.discount_rate)

    # without the one-off cost, whose size would swallow digits of one user's bill
    per_user = total(1, replace(inputs, security_cost=0.0))
    if per_user <= 0:
        raise NotAvailableError(
            f"{model}: a user without tokens costs nothing, so no number of users breaks even"
        )
    return Line(total(0, inputs), per_user)


def payback(points: Sequence[CurvePoint]) -> float:
    """Return the month from which a stays at or below b up to the last point.

    Equation: m + (a - b) at m / ((a - b) at m - (a - b) at m + 1), m the last month in which a is above b.

    Args:
        points: the curve from month 0 on.

    Raises:
        NotAvailableError: a is above b in the last month.
    """
    above = [point for point in points if point.difference > 0]
    if not above:
        return 0.0
    last = above[-1]
    if last.month == points[-1].month:
        raise NotAvailableError(
            f"never pays back within {last.month} months: the first option has then cost {last.a:,.0f} CNY, "
            f"the second {last.b:,.0f}; allow more months, or the first one stays dearer"
        )
    following = points[last.month + 1]
    return last.month + last.difference / (last.difference - following.difference)


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
