"""How much to run on hardware of one's own or rented, and how much on an API: when to switch, and which base load."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from xlmodel.cost import api, sized
from xlmodel.cost.hybrid import Part, path
from xlmodel.cost.option import config_label
from xlmodel.errors import BadValueError
from xlmodel.inputs.demand import MONTHS_PER_YEAR, demand, peak_ratio

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlmodel.catalog.tables import Catalog
    from xlmodel.cost.option import Option
    from xlmodel.inputs.model import Inputs
    from xlmodel.inputs.workload import Workload


# of a table; more copies are shown in steps
MOST_LINES = 100


class Switch(NamedTuple):
    """Moving a share of the traffic from an API to hardware after some months.

    Args:
        month: months on the API alone; the whole time where switching never pays.
        share: of the traffic that the hardware takes then.
        total: CNY over all months.
    """

    month: int
    share: float
    total: float


class BaseLoad(NamedTuple):
    """Some copies of a model on hardware, and the API for what exceeds them.

    Args:
        copies: of the model.
        gpus: that they take, with their configuration as text.
        share: of the tokens that the copies serve.
        hardware: their total cost, CNY.
        bill: of the API for the rest, CNY.
    """

    copies: int
    gpus: str
    share: float
    hardware: float
    bill: float

    @property
    def total(self) -> float:
        """Return hardware and bill together."""
        return self.hardware + self.bill


def switches(
    catalog: Catalog,
    inputs: Inputs,
    from_api: Option,
    to: Option,
    share: float,
    workload: Workload,
    years: int,
) -> list[Switch]:
    """Return the total for each month of switching, from the first day to never; nominal.

    Args:
        catalog: prices and specifications.
        inputs: assumptions.
        from_api: the API, which keeps the rest of the traffic.
        to: hardware, rented or own.
        share: of the traffic that moves, 0 to 1.
        workload: daily users and tokens of the first year.
        years: number of years.

    Raises:
        NotAvailableError: an option that cannot be costed.
    """
    months = MONTHS_PER_YEAR * years
    found = []
    for month in range(months + 1):
        parts = []
        if month:
            parts.append(Part("before", month, from_api, 1.0))
        if month < months:
            parts.append(Part("after", months - month, to, share))
            if share < 1:
                parts.append(Part("after", months - month, from_api, 1 - share))
        total = sum(each.cost for each in path(catalog, inputs, parts, workload))
        found.append(Switch(month, share if month < months else 0.0, total))
    return found


def share_below(capacity: float, peak: float) -> float:
    """Return the share of a day's tokens that a capacity serves, where the load rises to its peak as a power.

    Equation: load(t) = p x t^(p - 1) over the day, sorted, in units of its mean, so that its mean is 1 and its peak
    p; share = 1 - (1 - s^p) + c x (1 - s) with s = (c / p)^(1 / (p - 1)), and c where the load is flat.

    Args:
        capacity: c, in units of the mean load.
        peak: p, the peak over the mean.
    """
    if capacity >= peak:
        return 1.0
    if peak <= 1:
        return capacity
    crossing = (capacity / peak) ** (1 / (peak - 1))
    return float(crossing**peak + capacity * (1 - crossing))


def base_loads(
    catalog: Catalog, inputs: Inputs, from_api: Option, to: Option, workload: Workload, years: int
) -> list[BaseLoad]:
    """Return each number of copies, from none to all that the peak needs, with the API for what exceeds them.

    The classical newsvendor: a further copy pays where what it takes off the API's bill exceeds its cost. A copy is
    the one with the most tokens a second a GPU; users do not grow here.

    Args:
        catalog: prices and specifications.
        inputs: assumptions.
        from_api: the API.
        to: an open model, rented or own, on a GPU of choice or the cheapest.
        workload: daily users and tokens.
        years: number of years.

    Raises:
        BadValueError: hardware that is named instead of a model.
        NotAvailableError: an option that cannot be costed.
    """
    if not to.open_model:
        raise BadValueError(
            f"what: '{to.label}' is hardware; give the open model that it is to run, such as Qwen3-32B@A100 80GB"
        )
    used = demand(workload, inputs, years)
    gpu = to.gpu or sized.cheapest(catalog, inputs, to.deployment, to.open_model, used).gpu
    copy = max(
        sized.copies_that_serve(catalog, inputs, to.open_model, gpu, used),
        key=lambda one: one.tokens_per_s / one.gpus_per_replica,
    )
    flows = api.schedule(catalog, inputs, from_api.model, used)
    bill = flows.total(inputs.discount_rate)
    # what hardware costs once holds what an API costs once
    varying = replace(flows, one_off=0.0).total(inputs.discount_rate)
    peak = peak_ratio(inputs)
    of_one = copy.tokens_per_s * inputs.utilisation_target / (used.years[0].peak_tokens_per_s / peak)
    needed = math.ceil(peak / of_one)
    found = [BaseLoad(0, "", 0.0, 0.0, bill)]
    for copies in sorted({*range(1, needed, max(1, needed // MOST_LINES)), needed}):
        share = share_below(copies * of_one, peak)
        gpus = (copies + int(inputs.reserve_replicas)) * copy.gpus_per_replica
        held = sized.fleet_schedule(catalog, inputs, to.deployment, gpu, (gpus,) * years)
        cost = held.total(inputs.discount_rate)
        found.append(BaseLoad(copies, config_label(gpu, gpus), share, cost, varying * (1 - share)))
    return found


def best(found: Sequence[BaseLoad]) -> BaseLoad:
    """Return the one with the lowest total, the fewest copies on a tie."""
    return min(found, key=lambda one: one.total)
