"""The capacity table: what one copy of a model sustains on each GPU, for any number of users."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from xlmodel.cost import sized
from xlmodel.errors import NotAvailableError
from xlmodel.sizing import LARGEST_COPY
from xlmodel.sizing.layout import MAX_GROUP, NODE, group_sizes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xlmodel.catalog.tables import Catalog
    from xlmodel.inputs.demand import Demand
    from xlmodel.inputs.model import Inputs

# cards of a copy: those that span nodes count only where none within a node serves
SIZES = tuple(group_sizes(MAX_GROUP))
# the largest copy that sizing plans with; hardware that is named may hold a larger one
PLANNED_SIZES = tuple(size for size in SIZES if size <= LARGEST_COPY)


class Copies(NamedTuple):
    """What copies of a model do on a GPU.

    Args:
        speeds: output tokens a second of one copy within the limits, by its cards; empty where none serves.
        precision: format of the weights.
        fewest: cards on which a copy starts, whatever its latency; 0 where it never does.
    """

    speeds: Mapping[int, float]
    precision: str
    fewest: int


def table_gpus(catalog: Catalog) -> list[str]:
    """Return the GPUs that an option may name: those with a price to rent or buy, and those of the tiers."""
    tiers = {row["gpu"] for row in catalog.tables["tiers"].rows}
    return [
        gpu
        for row in catalog.tables["gpus"].rows
        if (gpu := row["item"]) in tiers or catalog.has(gpu, "reserved_month") or catalog.has(gpu, "purchase")
    ]


def copies_of(catalog: Catalog, inputs: Inputs, model: str, gpu: str, asked: Demand) -> Copies:
    """Return what one copy sustains for each number of its cards.

    Copies that span nodes are given only where none within a node serves. A request without output tokens, or one
    that the model or GPU cannot serve, has no speeds.

    Args:
        catalog: specifications and constants.
        inputs: limits, engine and precision.
        model: canonical open model.
        gpu: canonical GPU.
        asked: what requests look like.
    """
    precision = sized.precision_of(catalog, inputs, model)
    if not asked.answer_tokens:
        return Copies({}, precision, 0)
    for largest in (NODE, MAX_GROUP):
        try:
            found = sized.copies(catalog, inputs, model, gpu, asked, largest=largest)
        except NotAvailableError:
            continue
        speeds = {each.gpus_per_replica: each.tokens_per_s for each in found}
        return Copies(speeds, found[0].precision, _fewest(catalog, inputs, model, gpu, asked, speeds))
    return Copies({}, precision, _fewest(catalog, inputs, model, gpu, asked, {}))


def _fewest(
    catalog: Catalog, inputs: Inputs, model: str, gpu: str, asked: Demand, speeds: Mapping[int, float]
) -> int:
    if not (inputs.ttft_limit_ms or inputs.tpot_limit_ms):
        return min(speeds, default=0)
    free = replace(inputs, ttft_limit_ms=0, tpot_limit_ms=0)
    return min(copies_of(catalog, free, model, gpu, asked).speeds, default=0)
