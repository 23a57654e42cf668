"""The phased path: which share of the traffic runs where, for how many months, and what that costs."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from xlmodel.cost import api, own, rent, serve, sized
from xlmodel.cost.fleet import need_by_year
from xlmodel.errors import BadValueError, NotAvailableError
from xlmodel.inputs.demand import MONTHS_PER_YEAR, demand, growth_factor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlmodel.catalog.tables import Catalog
    from xlmodel.cost.option import Option
    from xlmodel.cost.schedule import Schedule
    from xlmodel.inputs.demand import Demand
    from xlmodel.inputs.model import Inputs
    from xlmodel.inputs.workload import Workload

# a share of the traffic that nobody serves is more than this
ROUNDING = 1e-9


class Part(NamedTuple):
    """One share of the traffic during one phase.

    Args:
        phase: name of the phase; the parts of a phase stand together and run at the same time.
        months: how long the phase lasts.
        option: what serves the share.
        share: of the traffic, 0 to 1.
    """

    phase: str
    months: int
    option: Option
    share: float


class PartCost(NamedTuple):
    """What a part costs.

    Args:
        part: the part.
        start: months before it starts.
        users: daily users of its largest month.
        cost: CNY.
        serves: whether its hardware carries the share; None where that is not judged.
    """

    part: Part
    start: int
    users: float
    cost: float
    serves: bool | None


def path(catalog: Catalog, inputs: Inputs, parts: Sequence[Part], workload: Workload) -> list[PartCost]:
    """Return the cost of each part in CNY, nominal, before tax, the residual value left out.

    Equation: API: share x the bill of each month; rent and own: the share's hardware by month, bought at the start
    of its phase at that year's prices; the first year's one-off costs once, with the part that first needs them.
    Growth and price paths act by the calendar year of the whole path.

    Args:
        catalog: prices and specifications.
        inputs: assumptions.
        parts: in the order of the phases.
        workload: daily users and tokens of the first year.

    Raises:
        BadValueError: shares of a phase that do not make up the traffic, or months that differ within a phase.
        NotAvailableError: a part that cannot be costed.
    """
    _check(parts)
    found: list[PartCost] = []
    start, paid = 0, 0.0
    for index, part in enumerate(parts):
        if index and parts[index - 1].phase != part.phase:
            start += parts[index - 1].months
        used = _demand(inputs, part, start, workload)
        flows = _flows(catalog, inputs, part, used)
        # an API's one-off is one of those of hardware
        cost = _nominal(inputs, part, flows, start) + max(0.0, flows.one_off - paid)
        paid = max(paid, flows.one_off)
        found.append(PartCost(part, start, used.largest.users, cost, _serves(catalog, inputs, part, used)))
    return found


def _check(parts: Sequence[Part]) -> None:
    seen: set[str] = set()
    for name, group in groupby(parts, key=lambda part: part.phase):
        if name in seen:
            raise BadValueError(
                f"phases: the lines of phase '{name}' do not stand together; put them side by side"
            )
        seen.add(name)
        lines = list(group)
        if len({part.months for part in lines}) > 1:
            raise BadValueError(f"phases: the lines of phase '{name}' have different months; give one number")
        total = sum(part.share for part in lines)
        if abs(total - 1) > ROUNDING:
            raise BadValueError(f"phases: the shares of phase '{name}' add up to {total:g}; make them 1")


def _calendar_years(part: Part, start: int) -> list[int]:
    """Return the calendar years, 1, 2, ..., that stand for the part's years.

    Use is billed and rented by the calendar. What is bought counts its own years from the phase's start: each stands
    for the calendar year of its last month, whose users it must carry.
    """
    last = start + part.months - 1
    if part.option.deployment != "own":
        return list(range(1, last // MONTHS_PER_YEAR + 2))
    ends = range(start + MONTHS_PER_YEAR - 1, last + MONTHS_PER_YEAR, MONTHS_PER_YEAR)
    return [min(end, last) // MONTHS_PER_YEAR + 1 for end in ends]


def _demand(inputs: Inputs, part: Part, start: int, workload: Workload) -> Demand:
    """Return the share of the use in each year of `_calendar_years`."""
    years = _calendar_years(part, start)
    whole = demand(workload, inputs, max(years))
    shared = [
        each._replace(
            users=each.users * part.share,
            input_mtok=each.input_mtok * part.share,
            output_mtok=each.output_mtok * part.share,
            peak_tokens_per_s=each.peak_tokens_per_s * part.share,
        )
        for each in whole.years
    ]
    return whole._replace(
        workload=workload._replace(dau=workload.dau * part.share),
        years=tuple(shared[year - 1] for year in years),
    )


def _flows(catalog: Catalog, inputs: Inputs, part: Part, used: Demand) -> Schedule:
    chosen, length = part.option, len(used.years)
    if chosen.deployment == "api":
        return api.schedule(catalog, inputs, chosen.model, used)
    if chosen.hardware is not None and chosen.deployment == "own":
        return own.schedule(catalog, inputs, chosen.hardware, length)
    if chosen.hardware is not None:
        return rent.schedule(catalog, inputs, chosen.hardware.gpu, (chosen.hardware.gpus,) * length)
    gpu, need = _sized(catalog, inputs, chosen, used)
    return sized.fleet_schedule(catalog, inputs, chosen.deployment, gpu, need)


def _sized(catalog: Catalog, inputs: Inputs, chosen: Option, used: Demand) -> tuple[str, tuple[int, ...]]:
    gpu = chosen.gpu
    if not gpu:
        gpu = sized.cheapest(catalog, inputs, chosen.deployment, chosen.open_model, used).gpu
    copies = sized.copies_that_serve(catalog, inputs, chosen.open_model, gpu, used)
    return gpu, need_by_year(copies, used, inputs)


def _nominal(inputs: Inputs, part: Part, flows: Schedule, start: int) -> float:
    """Return what the months of a part cost without the one-offs; a purchase pays the prices of its year."""
    owned = part.option.deployment == "own"
    offset = start if owned else 0
    total = sum(
        sum(flows.running[(month - offset) // MONTHS_PER_YEAR].values()) / MONTHS_PER_YEAR
        for month in range(start, start + part.months)
    )
    if owned:
        moved = growth_factor(inputs.hardware_price_change_rate, start // MONTHS_PER_YEAR + 1)
        for bought in flows.capex:
            total += sum(bought.values()) + bought["hardware"] * (moved - 1)
    return total


def _serves(catalog: Catalog, inputs: Inputs, part: Part, used: Demand) -> bool | None:
    """Tell whether named hardware carries its share with the model that the documents run on it."""
    hardware = part.option.hardware
    if hardware is None:
        return True
    model = serve.documented_model(catalog, hardware)
    if model is None or not used.answer_tokens:
        return None
    gpu, gpus = serve.gpus_of(catalog, inputs, hardware)
    try:
        return serve.serves(serve.users_served(catalog, inputs, model, gpu, gpus, used), used)
    except NotAvailableError:
        return False
