"""An option as a person names it, a deployment and a what, and its cash flows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xlmodel.catalog.lookup import split_config
from xlmodel.cost import api, own, rent, sized
from xlmodel.cost.kept import Kept
from xlmodel.cost.own import Hardware
from xlmodel.errors import BadValueError, NotAvailableError
from xlmodel.inputs.demand import demand

if TYPE_CHECKING:
    from xlmodel.catalog.tables import Catalog
    from xlmodel.cost.schedule import Schedule
    from xlmodel.cost.sized import SizedFleet
    from xlmodel.inputs.demand import Demand
    from xlmodel.inputs.model import Inputs
    from xlmodel.inputs.workload import Workload


# joins an open model and the GPU that it is sized on
AT = "@"
_WIDE_AT = "＠"
_KEPT: Kept[Schedule] = Kept()


@dataclass(frozen=True, slots=True)
class Option:
    """One way to run a model.

    Args:
        deployment: api, rent or own.
        label: how the option is written in a table.
        model: canonical API model (api).
        hardware: GPUs or a tier (rent, own).
        open_model: canonical open model whose hardware sizing picks (rent, own).
        gpu: canonical GPU that it is sized on; empty where sizing picks the GPU too.
        runs: canonical open model that a configuration or tier is asked to serve, in a comparison.
    """

    deployment: str
    label: str
    model: str = ""
    hardware: Hardware | None = None
    open_model: str = ""
    gpu: str = ""
    runs: str = ""


def gpu_config(catalog: Catalog, text: str) -> tuple[str, int]:
    """Read a GPU configuration such as `2×A100 80GB` as (canonical GPU, count)."""
    count, name = split_config(text)
    names = catalog.names
    if names.get("gpu", name) is None and names.get("open_model", name) is not None:
        raise NotAvailableError(
            f"'{text}' is an open model, and what it runs on is asked; write GPUs such as 2×A100 80GB"
        )
    return names.find("gpu", name), count


def config_label(gpu: str, gpus: int) -> str:
    """Write a GPU configuration."""
    return f"{gpus}×{gpu}"


def tier_or_config(catalog: Catalog, text: str) -> Hardware:
    """Read a tier or a GPU configuration."""
    tier = catalog.names.get("tier", text)
    if tier is not None:
        return Hardware(tier)
    try:
        gpu, gpus = gpu_config(catalog, text)
    except NotAvailableError as error:
        tiers = ", ".join(catalog.names.items("tier"))
        raise NotAvailableError(f"'{text}' is no tier ({tiers}); {error}") from None
    return Hardware("", gpu, gpus)


def read(catalog: Catalog, deployment: str, what: str) -> Option:
    """Read a deployment (canonical) and what it runs on.

    Raises:
        NotAvailableError: an unknown name, or a deployment that has no single total.
    """
    if deployment == "api":
        model = catalog.names.find("api_model", what)
        return Option("api", model, model=model)
    if deployment not in {"rent", "own"}:
        raise NotAvailableError(f"deployment '{deployment}' has no single total; write api, rent or own")
    names = catalog.names
    if AT in what or _WIDE_AT in what:
        model_text, _, gpu_text = what.replace(_WIDE_AT, AT).partition(AT)
        model, gpu = names.find("open_model", model_text), names.find("gpu", gpu_text)
        return Option(deployment, f"{model}{AT}{gpu}", open_model=model, gpu=gpu)
    open_model = names.get("open_model", what)
    if open_model is not None:
        return Option(deployment, open_model, open_model=open_model)
    if deployment == "rent":
        gpu, gpus = gpu_config(catalog, what)
        return Option("rent", config_label(gpu, gpus), hardware=Hardware("", gpu, gpus))
    hardware = tier_or_config(catalog, what)
    label = config_label(hardware.gpu, hardware.gpus) if hardware.gpu else hardware.tier
    return Option("own", label, hardware=hardware)


def schedule(
    catalog: Catalog, inputs: Inputs, option: Option, workload: Workload | None, years: int
) -> Schedule:
    """Return the option's cash flows.

    Args:
        catalog: prices.
        inputs: assumptions.
        option: what is costed.
        workload: daily users and tokens; required for an API and for an open model.
        years: number of years.

    Raises:
        BadValueError: an API or an open model without daily users.
    """
    if option.hardware is not None:
        hardware, rented = option.hardware, option.deployment == "rent"
        return _KEPT.get(
            catalog,
            inputs,
            (rented, hardware, years),
            lambda: _named(catalog, inputs, hardware, years, rented),
        )
    if workload is None:
        raise BadValueError(f"dau: {option.label} is costed by use, so give the daily active users")
    used = demand(workload, inputs, years)
    if option.open_model:
        return fleet(catalog, inputs, option, used).schedule
    return api.schedule(catalog, inputs, option.model, used)


def _named(catalog: Catalog, inputs: Inputs, hardware: Hardware, years: int, rented: bool) -> Schedule:
    """Return the cash flows of hardware that is named; no number of users changes them."""
    if rented:
        return rent.schedule(catalog, inputs, hardware.gpu, (hardware.gpus,) * years)
    return own.schedule(catalog, inputs, hardware, years)


def fleet(catalog: Catalog, inputs: Inputs, option: Option, used: Demand) -> SizedFleet:
    """Return the hardware that sizing picks for an open model."""
    if option.gpu:
        return sized.on_gpu(catalog, inputs, option.deployment, option.open_model, option.gpu, used)
    return sized.cheapest(catalog, inputs, option.deployment, option.open_model, used)
