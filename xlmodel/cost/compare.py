"""API, rent and own side by side for one model or size class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xlmodel.cost import sized
from xlmodel.cost.option import Option, config_label, read, schedule
from xlmodel.cost.schedule import growth_factor
from xlmodel.errors import NotAvailableError

if TYPE_CHECKING:
    from xlmodel.catalog.tables import Catalog, Row
    from xlmodel.inputs.model import Inputs
    from xlmodel.inputs.workload import Workload


@dataclass(frozen=True, slots=True)
class Line:
    """One option of a comparison.

    Args:
        option: what is costed.
        what: what it runs on; for an open model the hardware that sizing picked.
        years: present value of each year, CNY.
        total: their sum, CNY.
        per_mtok: total over the million tokens of the years; None without any.
        rank: 1 for the lowest total; equal totals share a rank.
    """

    option: Option
    what: str
    years: tuple[float, ...]
    total: float
    per_mtok: float | None
    rank: int


def options(catalog: Catalog, model: str) -> list[Option]:
    """Return the options for an API model, an open model or a size class.

    An open model is sized; a size class takes the API models it is compared with, its typical rental and its
    own tier. An API model without open weights stands alone.

    Raises:
        NotAvailableError: an unknown or ambiguous name.
    """
    names = catalog.names
    api_model = names.get("api_model", model)
    if api_model is not None:
        alone = [read(catalog, "api", api_model)]
        weights = _api_row(catalog, api_model).get("open_model", "")
        return alone + (_sized(catalog, weights) if weights else [])
    # before open models: 671B is the name of a class, and an alias of a model
    size_class = names.get("size_class", model)
    if size_class is not None:
        row = catalog.row("size_classes", size_class)
        api_models = [read(catalog, "api", name.strip()) for name in row["api_models"].split(";")]
        return [*api_models, read(catalog, "rent", row["typical_config"]), read(catalog, "own", row["tier"])]
    open_model = names.get("open_model", model)
    if open_model is None:
        raise _unknown(catalog, model)
    served = [row["item"] for row in catalog.tables["api_models"].rows if row["open_model"] == open_model]
    return [read(catalog, "api", name) for name in served] + _sized(catalog, open_model)


def compare(
    catalog: Catalog, inputs: Inputs, found: list[Option], workload: Workload, years: int
) -> list[Line]:
    """Cost each option over the years and rank them by total.

    Args:
        catalog: prices.
        inputs: assumptions.
        found: the options.
        workload: daily users and tokens.
        years: number of years.
    """
    tokens = mtok(inputs, workload, years)
    costed = []
    for option in found:
        flows = schedule(catalog, inputs, option, workload, years)
        by_year = tuple(flows.present_value(year, inputs.discount_rate) for year in range(1, years + 1))
        costed.append((option, by_year, flows.total(inputs.discount_rate)))
    totals = [total for _, _, total in costed]
    return [
        Line(
            option,
            _what(catalog, inputs, option, workload, years),
            by_year,
            total,
            total / tokens if tokens else None,
            1 + sum(other < total for other in totals),
        )
        for option, by_year, total in costed
    ]


def mtok(inputs: Inputs, workload: Workload, years: int) -> float:
    """Return the million tokens, input and output, of all years: year 1 x sum of (1 + g)^(year - 1)."""
    first = workload.mtok_per_year(inputs.days_per_month)
    return first * sum(growth_factor(inputs.growth_rate, year) for year in range(1, years + 1))


def _sized(catalog: Catalog, open_model: str) -> list[Option]:
    return [read(catalog, deployment, open_model) for deployment in ("rent", "own")]


def _what(catalog: Catalog, inputs: Inputs, option: Option, workload: Workload, years: int) -> str:
    if not option.open_model:
        return option.label
    plan = sized.first_plan(catalog, inputs, option.deployment, option.open_model, workload, years)
    return f"{config_label(plan.gpu, plan.gpus)} ({option.open_model} {plan.precision})"


def _api_row(catalog: Catalog, api_model: str) -> Row:
    for row in catalog.tables["api_models"].rows:
        if row["item"] == api_model:
            return row
    return {}


def _unknown(catalog: Catalog, model: str) -> NotAvailableError:
    nearest = []
    for kind in ("api_model", "open_model", "size_class"):
        try:
            catalog.names.find(kind, model)
        except NotAvailableError as error:
            if "is ambiguous" in error.message:
                return error
            nearest += [error.message.partition("nearest: ")[2]]
    names = ", ".join(dict.fromkeys(name for name in nearest if name))
    hint = f"nearest: {names}" if names else f"size classes: {', '.join(catalog.names.items('size_class'))}"
    return NotAvailableError(f"unknown model or size class '{model}'; {hint}")


__all__ = ["Line", "compare", "mtok", "options"]
