"""Can it serve: how many daily users a number of GPUs carries for the model that it is to run."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from xlmodel.catalog.lookup import split_config
from xlmodel.cost import sized
from xlmodel.errors import NotAvailableError
from xlmodel.inputs.demand import peak_per_user
from xlmodel.sizing import config_capacity, generating_spec, gpu_spec, sizing_constants

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlmodel.catalog.tables import Catalog, Row
    from xlmodel.cost.own import Hardware
    from xlmodel.inputs.demand import Demand
    from xlmodel.inputs.model import Inputs

# a demand that equals the capacity is served, whatever the last digit of the division says
ROUNDING = 1e-9
_COUNTS = re.compile(r"(\d+)~(\d+)(?=\s*[xX×*])")


def gpus_of(catalog: Catalog, inputs: Inputs, hardware: Hardware) -> tuple[str, int]:
    """Return the GPU and how many of it are paid for.

    A tier's price is that of its fewest, middle or most GPUs, as the estimate says; a half GPU is none.
    """
    if hardware.gpu:
        return hardware.gpu, hardware.gpus
    row = catalog.row("tiers", hardware.tier)
    low = int(row["gpus_low"])
    high = int(row["gpus_high"] or low)
    return row["gpu"], {"low": low, "high": high}.get(inputs.estimate, (low + high) // 2)


def users_served(catalog: Catalog, inputs: Inputs, model: str, gpu: str, gpus: int, demand: Demand) -> float:
    """Return the daily users that GPUs serve with a model, by the accounting in force.

    Equation: tokens a second of the copies that are no reserve x speed_factor x utilisation_target / peak of a user.

    Args:
        catalog: specifications and constants.
        inputs: utilisation_target, reserve_replicas, speed_factor, precision, limits, engine, network_gbit_s.
        model: canonical open model.
        gpu: canonical GPU.
        gpus: number of GPUs.
        demand: what the requests look like.

    Raises:
        BadValueError: a request without output tokens.
        NotAvailableError: the model does not fit, cannot keep the limits, or no copy is left beside the reserve.
    """
    found = config_capacity(
        generating_spec(catalog, model),
        sized.precision_of(catalog, inputs, model),
        gpu_spec(catalog, gpu),
        gpus,
        sized.service(inputs, demand),
        sizing_constants(catalog, inputs.network_gbit_s),
        reserve=inputs.reserve_replicas,
    )
    return (
        found.tokens_per_s
        * inputs.speed_factor
        * inputs.utilisation_target
        / peak_per_user(demand.workload, inputs)
    )


def serves(users: float, demand: Demand) -> bool:
    """Tell whether so many users are those of the largest year, or more."""
    return demand.largest.users <= users * (1 + ROUNDING)


def class_model(catalog: Catalog, row: Row) -> str:
    """Return the open model that stands for a size class: its first example."""
    return catalog.names.find("open_model", row["example_models"].split(";")[0].strip())


def documented_model(catalog: Catalog, hardware: Hardware) -> str | None:
    """Return the open model that the documents run on a configuration or tier; None where they name none.

    A configuration: that of the typical configuration, else the first size class whose GPUs hold it; a tier: the
    first size class of that tier.
    """
    for row in catalog.tables["size_classes"].rows:
        if row["item"] == _class_of(catalog, hardware):
            return class_model(catalog, row)
    return None


def _class_of(catalog: Catalog, hardware: Hardware) -> str | None:
    classes = catalog.tables["size_classes"].rows
    if not hardware.gpu:
        return next((row["item"] for row in classes if row["tier"] == hardware.tier), None)
    for row in catalog.tables["typical_configs"].rows:
        if (hardware.gpu, hardware.gpus, hardware.gpus) in _configs(catalog, row["gpu_config"]):
            return row["size_class"]
    for row in classes:
        for gpu, low, high in _configs(catalog, row["gpu_configs"]):
            if gpu == hardware.gpu and low <= hardware.gpus <= high:
                return row["item"]
    return None


def _configs(catalog: Catalog, text: str) -> Iterator[tuple[str, int, int]]:
    """Read `2~4×A100 80GB; 1×L40S 48GB` as GPU, fewest, most."""
    for part in text.split(";"):
        ends = [split_config(_COUNTS.sub(rf"\{end}", part.strip())) for end in (1, 2)]
        yield catalog.names.find("gpu", ends[0][1]), ends[0][0], ends[1][0]


def refuse_beyond(catalog: Catalog, inputs: Inputs, hardware: Hardware, label: str, demand: Demand) -> None:
    """Refuse a demand that the documented model of a configuration or tier cannot serve there.

    A demand without output tokens is not judged: sizing goes by them.

    Raises:
        NotAvailableError: with the number of users that it can serve.
    """
    model = documented_model(catalog, hardware)
    if model is None or not demand.answer_tokens:
        return
    gpu, gpus = gpus_of(catalog, inputs, hardware)
    precision = sized.precision_of(catalog, inputs, model)
    largest = demand.largest
    try:
        users = users_served(catalog, inputs, model, gpu, gpus, demand)
    except NotAvailableError as error:
        raise NotAvailableError(f"{label} serves 0 users with {model} {precision}: {error}") from None
    if not serves(users, demand):
        named = label if hardware.gpu else f"{label} ({gpus}×{gpu})"
        raise NotAvailableError(
            f"{named} serves {math.floor(users):,} daily users with {model} {precision}, fewer than the "
            f"{largest.users:,.0f} of year {largest.year}; take more GPUs, or size {model} instead"
        )
