"""The total of an open model on sized hardware as a function of its daily users: level between steps."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from xlmodel.cost import sized
from xlmodel.cost.fleet import need_by_year
from xlmodel.cost.schedule import discount_factor
from xlmodel.inputs.demand import demand, growth_factor, peak_per_user
from xlmodel.inputs.workload import Workload

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlmodel.catalog.tables import Catalog
    from xlmodel.cost.option import Option
    from xlmodel.cost.schedule import Schedule
    from xlmodel.inputs.model import Inputs
    from xlmodel.sizing import ReplicaCapacity


class SizedSteps:
    """The total over the years on one GPU, for any number of daily users.

    It rises with the users, with one exception: where hardware gets dearer faster than the future is
    discounted, a larger fleet is bought earlier and for less. No line of a tier may fall with its size.

    Args:
        catalog: prices and specifications.
        inputs: assumptions.
        deployment: rent or own.
        gpu: canonical GPU.
        options: what one copy sustains, for each number of GPUs a copy.
        tokens: input and output tokens a user and day.
        years: number of years.
    """

    def __init__(
        self,
        catalog: Catalog,
        inputs: Inputs,
        deployment: str,
        gpu: str,
        options: Sequence[ReplicaCapacity],
        tokens: tuple[float, float],
        years: int,
    ) -> None:
        """Keep the arguments, the users that a further copy serves, and what a year's delay of a purchase adds."""
        self._catalog, self._inputs, self._deployment, self._gpu = catalog, inputs, deployment, gpu
        self._options, self._tokens, self._years = options, tokens, years
        self._known: dict[tuple[int, ...], tuple[float, tuple[float, ...]]] = {}
        peak = peak_per_user(Workload(1, *tokens), inputs)
        growth = [growth_factor(inputs.growth_rate, year) for year in range(1, years + 1)]
        found = (
            one.tokens_per_s * inputs.utilisation_target / (peak * factor)
            for one in options
            for factor in growth
            if factor > 0
        )
        self.steps = tuple(dict.fromkeys(found))
        rate, path = inputs.discount_rate, inputs.hardware_price_change_rate
        price = [growth_factor(path, year) * discount_factor(rate, year - 1) for year in range(1, years + 1)]
        self._delays = [max(0.0, later - now) for now, later in itertools.pairwise(price)]

    def bounds(self, low: float, high: float) -> tuple[float, float]:
        """Return what the total is at least and at most from `low` to `high` users.

        Equation: total(low) - slack to total(high) + slack; slack = sum over years of (bought up to the year at
        high - at low, at the prices of year 1) x what buying a year later adds to the present value, if anything.
        """
        (least, few), (most, many) = self._total(low), self._total(high)
        slack = sum(delay * (more - less) for delay, less, more in zip(self._delays, few, many, strict=False))
        return least - slack, most + slack

    def _total(self, users: float) -> tuple[float, tuple[float, ...]]:
        """Return the total, and the hardware bought up to each year at the prices of year 1."""
        used = demand(Workload(users, *self._tokens), self._inputs, self._years)
        need = need_by_year(self._options, used, self._inputs)
        if need not in self._known:
            flows = sized.fleet_schedule(self._catalog, self._inputs, self._deployment, self._gpu, need)
            bought = self._bought(flows) if any(self._delays) else ()
            self._known[need] = flows.total(self._inputs.discount_rate), bought
        return self._known[need]

    def _bought(self, flows: Schedule) -> tuple[float, ...]:
        path, sums, level = self._inputs.hardware_price_change_rate, [], 0.0
        for year, capex in enumerate(flows.capex, start=1):
            level += capex["hardware"] / growth_factor(path, year)
            sums.append(level)
        return tuple(sums)


def sized_steps(
    catalog: Catalog, inputs: Inputs, option: Option, tokens: tuple[float, float], years: int
) -> list[SizedSteps]:
    """Return the total of each GPU that can serve an open model, or of the one that the option names.

    Raises:
        BadValueError: a request without output tokens.
        NotAvailableError: no GPU with a price can serve it.
    """
    used = demand(Workload(1, *tokens), inputs, years)
    copies = sized.serving(catalog, inputs, option.deployment, option.open_model, used, option.gpu)
    return [
        SizedSteps(catalog, inputs, option.deployment, gpu, options, tokens, years)
        for gpu, options in copies.items()
    ]
