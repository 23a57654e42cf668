"""What owning costs: purchases by year, the yearly operations, and what is left at the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xlmodel.cost.fleet import purchases, slots
from xlmodel.cost.price import has_price, price_cny
from xlmodel.cost.rent import first_year_one_offs
from xlmodel.cost.schedule import made
from xlmodel.errors import NotAvailableError
from xlmodel.inputs.demand import HOURS_PER_DAY, days_per_year, growth_factor
from xlmodel.inputs.register import default_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlmodel.catalog.tables import Catalog, Row
    from xlmodel.cost.schedule import Flows, Schedule
    from xlmodel.inputs.model import Inputs

SERVER_SHARE = "server_share"
SITE = ("infrastructure", "software")
_POWER = ("electricity_price_cny_per_kwh", "pue", "gpu_load", "server_power_ratio")


@dataclass(frozen=True, slots=True)
class Hardware:
    """What is named: a tier, or a number of one GPU.

    Args:
        tier: canonical tier; empty for a GPU configuration.
        gpu: canonical GPU; empty for a tier.
        gpus: number of GPUs; 0 for a tier.
    """

    tier: str
    gpu: str = ""
    gpus: int = 0


def tier_of(catalog: Catalog, gpu: str, gpus: int) -> str:
    """Return the lowest tier whose range holds a number of GPUs.

    A tier of the same GPU comes first, then the count alone; beyond every range it is the largest.
    """
    rows = catalog.tables["tiers"].rows
    for row in rows:
        if row["gpu"] == gpu and _holds(row, gpus):
            return row["item"]
    for row in rows:
        if _holds(row, gpus):
            return row["item"]
    return rows[-1]["item"]


def schedule(catalog: Catalog, inputs: Inputs, hardware: Hardware, years: int) -> Schedule:
    """Return the cash flows of owning a tier, or a number of GPUs in every year."""
    if hardware.gpu:
        return fleet_schedule(catalog, inputs, hardware.gpu, (hardware.gpus,) * years)
    return tier_schedule(catalog, inputs, hardware.tier, years)


def tier_schedule(catalog: Catalog, inputs: Inputs, tier: str, years: int) -> Schedule:
    """Return the cash flows of a tier: its published lines, its hardware bought again after its life.

    Raises:
        NotAvailableError: a tier without published operations.
    """
    life = int(inputs.hardware_life_years)
    price = price_cny(catalog, inputs, tier, "hardware")
    hardware = [
        price * _hardware_path(inputs, year) if (year - 1) % life == 0 else 0.0
        for year in range(1, years + 1)
    ]
    site, nothing = _site(catalog, inputs, tier), dict.fromkeys(SITE, 0.0)
    capex = [{"hardware": bought, **(nothing if year else site)} for year, bought in enumerate(hardware)]
    running = [tier_opex_year(catalog, inputs, tier)] * years
    return made(inputs, running, capex, first_year_one_offs(inputs), _residual(inputs, hardware))


def tier_opex_year(catalog: Catalog, inputs: Inputs, tier: str) -> Flows:
    """Return a tier's yearly operations by component, in CNY.

    Equation: its staff line x persons x staff_cost_year / default; its power line x tariff, pue, gpu_load and
    server_power_ratio, each over its default; its maintenance line x maintenance_rate / default.

    Raises:
        NotAvailableError: a tier without published operations.
    """
    if not catalog.has(tier, "staff_year"):
        raise NotAvailableError(f"{tier}: no yearly operations are published for this tier")
    power = price_cny(catalog, inputs, tier, "power_year")
    for key in _POWER:
        power *= _moved(inputs, key)
    maintenance = price_cny(catalog, inputs, tier, "maintenance_year") * _moved(inputs, "maintenance_rate")
    return {"staff": _staff_year(catalog, inputs, tier), "power": power, "maintenance": maintenance}


def fleet_schedule(catalog: Catalog, inputs: Inputs, gpu: str, need: Sequence[int]) -> Schedule:
    """Return the cash flows of owning as many GPUs of one kind as each year needs."""
    capex = fleet_capex(catalog, inputs, gpu, need)
    operations = {gpus: fleet_opex_year(catalog, inputs, gpu, gpus) for gpus in dict.fromkeys(need)}
    residual = _residual(inputs, [bought["hardware"] for bought in capex])
    return made(inputs, [operations[gpus] for gpus in need], capex, first_year_one_offs(inputs), residual)


def fleet_capex(catalog: Catalog, inputs: Inputs, gpu: str, need: Sequence[int]) -> list[Flows]:
    """Return the purchases of each year by component, in CNY.

    Equation: hardware = (cards bought x purchase + slots bought x server_share) x price path; infrastructure and
    software: what the tier that holds the year's GPUs costs beyond what was paid before.

    Args:
        catalog: prices.
        inputs: hardware_life_years, hardware_price_change_rate, server_cost_ratio.
        gpu: canonical GPU.
        need: GPUs of each year.
    """
    life = int(inputs.hardware_life_years)
    card, share = price_cny(catalog, inputs, gpu, "purchase"), server_share(catalog, inputs, gpu)
    cards, places = purchases(need, life), purchases([slots(gpus) for gpus in need], life)
    sites = {gpus: _site(catalog, inputs, tier_of(catalog, gpu, gpus)) for gpus in dict.fromkeys(need)}
    paid = dict.fromkeys(SITE, 0.0)
    found = []
    for index, gpus in enumerate(need):
        cost = cards[index] * card + places[index] * share
        more = {part: max(0.0, sites[gpus][part] - paid[part]) for part in SITE}
        paid = {part: paid[part] + more[part] for part in SITE}
        found.append({"hardware": cost * _hardware_path(inputs, index + 1), **more})
    return found


def fleet_opex_year(catalog: Catalog, inputs: Inputs, gpu: str, gpus: int) -> Flows:
    """Return the yearly operations of a number of GPUs by component, in CNY.

    Equation: the staff line of the tier that holds them; power by kW; maintenance_rate x what the GPUs and their
    machines cost in the first year.
    """
    hardware = gpus * price_cny(catalog, inputs, gpu, "purchase")
    hardware += slots(gpus) * server_share(catalog, inputs, gpu)
    return {
        "staff": _staff_year(catalog, inputs, tier_of(catalog, gpu, gpus)),
        "power": power_year(catalog, inputs, gpu, gpus),
        "maintenance": inputs.maintenance_rate * hardware,
    }


def capex(catalog: Catalog, inputs: Inputs, hardware: Hardware) -> Flows:
    """Return the outlay of the first year by component, in CNY."""
    if hardware.gpu:
        return fleet_capex(catalog, inputs, hardware.gpu, (hardware.gpus,))[0]
    price = price_cny(catalog, inputs, hardware.tier, "hardware")
    return {"hardware": price, **_site(catalog, inputs, hardware.tier)}


def opex_year(catalog: Catalog, inputs: Inputs, hardware: Hardware) -> Flows:
    """Return the operations of the first year by component, in CNY."""
    if hardware.gpu:
        return fleet_opex_year(catalog, inputs, hardware.gpu, hardware.gpus)
    return tier_opex_year(catalog, inputs, hardware.tier)


def server_share(catalog: Catalog, inputs: Inputs, gpu: str) -> float:
    """Return what the rest of a server costs a GPU slot, in CNY.

    Equation: the figure server_share, else server_cost_ratio x purchase price.
    """
    if has_price(catalog, inputs, gpu, SERVER_SHARE):
        return price_cny(catalog, inputs, gpu, SERVER_SHARE)
    return inputs.server_cost_ratio * price_cny(catalog, inputs, gpu, "purchase")


def power_year(catalog: Catalog, inputs: Inputs, gpu: str, gpus: int) -> float:
    """Return the power of a year in CNY.

    Equation: GPUs x tdp_w / 1000 x server_power_ratio x gpu_load x pue x 24 x 12 x days_per_month x tariff.

    Raises:
        NotAvailableError: a GPU without a rated power.
    """
    tdp_w = catalog.row("gpus", gpu)["tdp_w"]
    if not tdp_w:
        raise NotAvailableError(f"{gpu}: no rated power is known; own costs need one")
    kw = gpus * float(tdp_w) / 1000 * inputs.server_power_ratio * inputs.gpu_load * inputs.pue
    return kw * HOURS_PER_DAY * days_per_year(inputs) * inputs.electricity_price_cny_per_kwh


def _site(catalog: Catalog, inputs: Inputs, tier: str) -> Flows:
    return {part: price_cny(catalog, inputs, tier, part) for part in SITE}


def _staff_year(catalog: Catalog, inputs: Inputs, tier: str) -> float:
    """Return the staff line of a tier, or of the largest that has one, for the operators stated."""
    line = price_cny(catalog, inputs, _staffed(catalog, tier), "staff_year")
    return line * _moved(inputs, "staff_cost_year") * _persons(inputs)


def _staffed(catalog: Catalog, tier: str) -> str:
    if catalog.has(tier, "staff_year"):
        return tier
    tiers = [row["item"] for row in catalog.tables["tiers"].rows if catalog.has(row["item"], "staff_year")]
    return tiers[-1] if tiers else tier


def _persons(inputs: Inputs) -> float:
    """Return the operators that a staff line is multiplied by.

    Equation: ops_staff; in the published accounting max(1, ops_staff): it counts a tier's staff, and leaves a
    rental's operator out (0 by default).
    """
    return max(1.0, inputs.ops_staff) if inputs.profile == "published" else inputs.ops_staff


def _moved(inputs: Inputs, key: str) -> float:
    """Return an assumption over its default, by which it scales a published line: exactly 1 at the default."""
    value: float = getattr(inputs, key)
    return value / default_number(key, inputs.profile, inputs.estimate)


def _hardware_path(inputs: Inputs, year: int) -> float:
    return growth_factor(inputs.hardware_price_change_rate, year)


def _residual(inputs: Inputs, hardware: Sequence[float]) -> float:
    """Return residual_rate x what the hardware that is alive at the end cost when it was bought."""
    return inputs.residual_rate * sum(hardware[max(0, len(hardware) - int(inputs.hardware_life_years)) :])


def _holds(row: Row, gpus: int) -> bool:
    return int(row["gpus_low"]) <= gpus <= (int(row["gpus_high"]) if row["gpus_high"] else gpus)
