"""The cost of a plan as FOCUS 1.2 rows, the format in which FinOps tools read bills: what is planned stands beside what is billed."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from xlmodel.errors import CellError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlmodel.functions.library import Library

_MONTHS = 12
_PLACES = 10  # of a money amount: a bill shows no more


class Nature(NamedTuple):
    """What a component of the cost is in FOCUS.

    Args:
        category: of the charge.
        frequency: of the charge.
        service: its category; a service has only one.
        subcategory: of the service.
        month: of the year in which it falls; None: a twelfth in each.
        name: of the service.
    """

    category: str
    frequency: str
    service: str
    subcategory: str
    month: int | None
    name: str


_COMPUTE = ("Compute", "Other (Compute)")
_OTHER = ("Other", "Other (Other)")
_FIRST, _LAST = 1, 12
NATURES = {
    "hardware": Nature("Purchase", "One-Time", *_COMPUTE, _FIRST, "GPUs and servers"),
    "infrastructure": Nature("Purchase", "One-Time", *_COMPUTE, _FIRST, "Site and network"),
    "software": Nature("Purchase", "One-Time", *_COMPUTE, _FIRST, "Software"),
    "one_off": Nature("Purchase", "One-Time", *_OTHER, _FIRST, "One-off work"),
    "staff": Nature("Usage", "Recurring", *_OTHER, None, "Staff"),
    "power": Nature("Usage", "Usage-Based", *_OTHER, None, "Power"),
    "maintenance": Nature("Usage", "Recurring", *_COMPUTE, None, "Maintenance"),
    "residual": Nature("Adjustment", "One-Time", *_COMPUTE, _LAST, "Residual value"),
    "tax_shield": Nature("Tax", "One-Time", *_OTHER, _LAST, "Income tax"),
}
"""The components of LLM_TCO_TABLE but `usage`, which is what the deployment sells."""
USAGE = {
    "api": Nature("Usage", "Usage-Based", "AI and Machine Learning", "Generative AI", None, "Tokens"),
    "rent": Nature("Usage", "Recurring", *_COMPUTE, None, "Rent of GPUs"),
}
_NO_COMPONENTS = frozenset({"year", "total", "discount_factor", "present_value"})


class Charge(NamedTuple):
    """One row.

    Args:
        component: of LLM_TCO_TABLE.
        nature: what it is.
        month: counted from the plan's first, 0.
        billed: what is paid in it.
        effective: what of the cost belongs to it.
    """

    component: str
    nature: Nature
    month: int
    billed: float
    effective: float


@dataclass(frozen=True, slots=True)
class Plan:
    """What is planned.

    Args:
        deployment: `api`, `rent` or `own`.
        what: an API model, a GPU configuration, a tier or an open model.
        given: the further arguments of LLM_TCO_TABLE, in their order, to the assumptions.
        start: the month in which it begins, its first day.
        account: the billing account that stands for it, in ASCII.
        provider: who sells it, in ASCII.
        currency: of the amounts, `CNY` or `USD`.
    """

    deployment: str
    what: str
    given: tuple[object, ...]
    start: dt.date
    account: str
    provider: str
    currency: str


def focus_csv(library: Library, plan: Plan) -> str:
    """Write a plan's cost as FOCUS rows, in CSV.

    What is bought is paid in its month and used from then to the plan's end, in equal parts: both costs add up to the
    total of LLM_TCO_TABLE.

    Args:
        library: the functions, on a catalog.
        plan: what is planned.

    Raises:
        CellError: the plan has no cost, as LLM_TCO_TABLE says.
    """
    charges = sorted(_charges(library, plan), key=lambda charge: charge.month)
    if not charges:
        raise CellError(f"{plan.deployment} {plan.what}: costs nothing, so there is no row", "#N/A")
    rows = [_row(plan, charge) for charge in charges]
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _charges(library: Library, plan: Plan) -> Iterator[Charge]:
    figures, variant = None, f"currency={plan.currency}"
    table = library.call("LLM_TCO_TABLE", plan.deployment, plan.what, *plan.given, figures, variant)
    if not isinstance(table, list):
        raise TypeError(type(table))
    header, *years, _total = table
    natures = NATURES | {"usage": USAGE.get(plan.deployment, USAGE["rent"])}
    for year, amounts in enumerate(years):
        for name, amount in zip(map(str, header), amounts, strict=True):
            if name not in _NO_COMPONENTS and isinstance(amount, float) and amount:
                yield from _of_year(name, natures[name], amount, year * _MONTHS, len(years) * _MONTHS)


def _of_year(name: str, nature: Nature, amount: float, first: int, end: int) -> Iterator[Charge]:
    """Give the charges of a component that a year's amount makes: months count from the plan's first, to its end."""
    if nature.month is None:
        for month in range(first, first + _MONTHS):
            yield Charge(name, nature, month, amount / _MONTHS, amount / _MONTHS)
    elif nature.category == "Purchase":
        yield Charge(name, nature, first, amount, 0)
        used = nature._replace(category="Usage", frequency="Recurring")
        for month in range(first, end):
            yield Charge(name, used, month, 0, amount / (end - first))
    else:
        month = first + nature.month - 1
        yield Charge(name, nature, month, amount, amount)


def _row(plan: Plan, charge: Charge) -> dict[str, str]:
    """Write a charge; a plan knows no discount, so list and contract are what is billed or used."""
    nature = charge.nature
    begin, end = (f"{_month(plan.start, charge.month + ahead).isoformat()}T00:00:00Z" for ahead in (0, 1))
    cost = _number(charge.billed or charge.effective)
    unit = {"Purchase": "Units", "Usage": "Months"}.get(nature.category, "")
    return {
        "BilledCost": _number(charge.billed),
        "BillingAccountId": plan.account,
        "BillingAccountName": plan.account,
        "BillingAccountType": "Plan",
        "BillingCurrency": plan.currency,
        "BillingPeriodEnd": end,
        "BillingPeriodStart": begin,
        "ChargeCategory": nature.category,
        "ChargeClass": "",
        "ChargeDescription": f"Plan: {plan.deployment} {_ascii(plan.what)}: {nature.name}",
        "ChargeFrequency": nature.frequency,
        "ChargePeriodEnd": end,
        "ChargePeriodStart": begin,
        "ContractedCost": cost,
        "EffectiveCost": _number(charge.effective),
        "InvoiceId": "",
        "InvoiceIssuerName": plan.provider,
        "ListCost": cost,
        "PricingCategory": "Standard" if unit else "",
        "PricingQuantity": "1.0" if unit else "",
        "PricingUnit": unit,
        "ProviderName": plan.provider,
        "PublisherName": plan.provider,
        "ServiceCategory": nature.service,
        "ServiceName": nature.name,
        "ServiceSubcategory": nature.subcategory,
        "Tags": json.dumps({"xlmodel_deployment": plan.deployment, "xlmodel_what": plan.what}),
        "x_Component": charge.component,
    }


def _ascii(text: str) -> str:
    """Write a name with signs that the format allows; the tags hold the whole."""
    return text.replace("×", "x").encode("ascii", "replace").decode("ascii")


def _number(value: float) -> str:
    """Write a decimal, never a whole number: readers guess a column's type from it."""
    text = f"{value:.{_PLACES}f}".rstrip("0")
    return f"{text}0" if text.endswith(".") else text


def _month(start: dt.date, ahead: int) -> dt.date:
    years, month = divmod(start.month - 1 + ahead, _MONTHS)
    return dt.date(start.year + years, month + 1, 1)
