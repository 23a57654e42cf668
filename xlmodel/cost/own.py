"""What owning costs: the outlay, the yearly operations, and what is left at the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xlmodel.cost.price import price_cny
from xlmodel.cost.rent import first_year_one_offs
from xlmodel.cost.schedule import CAPEX, Schedule
from xlmodel.errors import NotAvailableError

if TYPE_CHECKING:
    from xlmodel.catalog.tables import Catalog, Row
    from xlmodel.inputs.model import Inputs

HOURS_PER_YEAR = 8760
_STAFF = frozenset({"ops_staff", "staff_cost_year"})
_POWER = frozenset({"electricity_price_cny_per_kwh", "pue", "gpu_load", "server_power_ratio"})


@dataclass(frozen=True, slots=True)
class Hardware:
    """What is bought: a tier, or a number of one GPU.

    Args:
        tier: canonical tier; for a GPU configuration the tier whose infrastructure, software and staff it takes.
        gpu: canonical GPU; empty for a tier.
        gpus: number of GPUs; 0 for a tier.
    """

    tier: str
    gpu: str = ""
    gpus: int = 0


def configuration(catalog: Catalog, gpu: str, gpus: int) -> Hardware:
    """Return a GPU configuration with the lowest tier whose range holds it.

    A tier of the same GPU whose count range holds it comes first; otherwise the count alone decides.
    """
    rows = catalog.tables["tiers"].rows
    for row in rows:
        if row["gpu"] == gpu and _holds(row, gpus):
            return Hardware(row["item"], gpu, gpus)
    for row in rows:
        if _holds(row, gpus):
            return Hardware(row["item"], gpu, gpus)
    raise NotAvailableError(f"{gpus}×{gpu}: no tier holds {gpus} GPUs")


def capex(catalog: Catalog, inputs: Inputs, hardware: Hardware) -> dict[str, float]:
    """Return the outlay by component, in CNY.

    Equation: a tier: hardware + infrastructure + software; a configuration: cards x purchase price, with
    its tier's infrastructure and software.
    """
    parts = {
        part: price_cny(catalog, inputs, hardware.tier, part)
        for part in CAPEX
        if part != "hardware" or not hardware.gpu
    }
    if hardware.gpu:
        parts["hardware"] = hardware.gpus * price_cny(catalog, inputs, hardware.gpu, "purchase")
    return parts


def opex_year(catalog: Catalog, inputs: Inputs, hardware: Hardware) -> dict[str, float]:
    """Return the yearly operations by component, in CNY.

    Equation: a tier: its power, staff and maintenance lines; a given assumption replaces the line. A
    configuration: power = kW x gpu_load x pue x 8,760 h x tariff; maintenance = maintenance_rate x hardware.

    Raises:
        NotAvailableError: a tier without published operations.
    """
    tier, given = hardware.tier, inputs.given
    if not hardware.gpu and not catalog.has(tier, "staff_year"):
        raise NotAvailableError(f"{tier}: no yearly operations are published for this tier")
    if given & _STAFF:
        staff = max(inputs.ops_staff, 0.0 if "ops_staff" in given else 1.0) * inputs.staff_cost_year
    elif catalog.has(tier, "staff_year"):
        staff = price_cny(catalog, inputs, tier, "staff_year")
    else:
        staff = price_cny(catalog, inputs, _largest_tier_with_staff(catalog), "staff_year")
    if hardware.gpu or given & _POWER:
        power = _power_year(catalog, inputs, hardware)
    else:
        power = price_cny(catalog, inputs, tier, "power_year")
    if hardware.gpu or "maintenance_rate" in given:
        maintenance = inputs.maintenance_rate * capex(catalog, inputs, hardware)["hardware"]
    else:
        maintenance = price_cny(catalog, inputs, tier, "maintenance_year")
    return {"staff": staff, "power": power, "maintenance": maintenance}


def schedule(catalog: Catalog, inputs: Inputs, hardware: Hardware, years: int) -> Schedule:
    """Return the cash flows of owning: outlay, operations, one-off costs, residual value of the hardware."""
    outlay = capex(catalog, inputs, hardware)
    running = opex_year(catalog, inputs, hardware)
    return Schedule(
        outlay,
        (running,) * years,
        one_off=first_year_one_offs(inputs),
        residual=inputs.residual_rate * outlay["hardware"],
    )


def _holds(row: Row, gpus: int) -> bool:
    return int(row["gpus_low"]) <= gpus <= (int(row["gpus_high"]) if row["gpus_high"] else gpus)


def _largest_tier_with_staff(catalog: Catalog) -> str:
    tiers = [row["item"] for row in catalog.tables["tiers"].rows if catalog.has(row["item"], "staff_year")]
    return tiers[-1]


def _power_year(catalog: Catalog, inputs: Inputs, hardware: Hardware) -> float:
    gpu, gpus = hardware.gpu, float(hardware.gpus)
    if not gpu:
        row = catalog.row("tiers", hardware.tier)
        low = float(row["gpus_low"])
        high = float(row["gpus_high"] or low)
        gpu, gpus = row["gpu"], {"low": low, "high": high}.get(inputs.estimate, (low + high) / 2)
    tdp_w = catalog.row("gpus", gpu)["tdp_w"]
    if not tdp_w:
        raise NotAvailableError(f"{gpu}: no rated power is known; own costs need one")
    kw = gpus * float(tdp_w) / 1000 * inputs.server_power_ratio
    return kw * inputs.gpu_load * inputs.pue * HOURS_PER_YEAR * inputs.electricity_price_cny_per_kwh
