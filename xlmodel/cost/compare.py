"""API, rent and own side by side for one model or size class; only what can serve is ranked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from xlmodel.cost import serve, sized
from xlmodel.cost.option import Option, config_label, fleet, read, schedule
from xlmodel.cost.price import has_price
from xlmodel.errors import NotAvailableError
from xlmodel.inputs.demand import demand

if TYPE_CHECKING:
    from xlmodel.catalog.tables import Catalog
    from xlmodel.cost.schedule import Schedule
    from xlmodel.inputs.demand import Demand
    from xlmodel.inputs.model import Inputs
    from xlmodel.inputs.workload import Workload


@dataclass(frozen=True, slots=True)
class Line:
    """One option of a comparison.

    Args:
        option: what is costed.
        what: what it runs on; for an open model the GPUs that sizing picked for the largest year.
        model: what it runs: an API model, or an open model with the format of its weights.
        years: present value of each year, CNY; None where it has no hardware.
        total: their sum, CNY; None likewise.
        per_mtok: total over the million tokens, discounted alike; None without any, or where it cannot serve.
        serves: whether it can carry the demand of every year, by the accounting in force; None where that cannot be
            judged: hardware, of a demand without output tokens.
        needs: the GPUs that the largest year takes; empty for an API, and where no number serves.
        needs_total: what the option costs where it is large enough; None where that is not known.
        rank: 1 for the lowest total of those that serve, equal totals sharing it; None for what cannot serve.
    """

    option: Option
    what: str
    model: str
    years: tuple[float | None, ...]
    total: float | None
    per_mtok: float | None
    serves: bool | None
    needs: str
    needs_total: float | None
    rank: int | None = None


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
        weights = _weights(catalog, api_model)
        return alone + (_sized(catalog, weights) if weights else [])
    # before open models: 671B is the name of a class, and an alias of a model
    size_class = names.get("size_class", model)
    if size_class is not None:
        row = catalog.row("size_classes", size_class)
        api_models = [read(catalog, "api", name.strip()) for name in row["api_models"].split(";")]
        hardware = read(catalog, "rent", row["typical_config"]), read(catalog, "own", row["tier"])
        runs = serve.class_model(catalog, row)
        return [*api_models, *(replace(each, runs=runs) for each in hardware)]
    open_model = names.get("open_model", model)
    if open_model is None:
        raise _unknown(catalog, model)
    served = [row["item"] for row in catalog.tables["api_models"].rows if row["open_model"] == open_model]
    return [read(catalog, "api", name) for name in served] + _sized(catalog, open_model)


def compare(
    catalog: Catalog, inputs: Inputs, found: list[Option], workload: Workload, years: int
) -> list[Line]:
    """Cost each option over the years, tell whether it can serve, and rank those that can by total.

    Args:
        catalog: prices.
        inputs: assumptions.
        found: the options.
        workload: daily users and tokens.
        years: number of years.

    Raises:
        BadValueError: nothing but hardware to be sized, and no output tokens.
    """
    used = demand(workload, inputs, years)
    if all(option.open_model for option in found):
        sized.service(inputs, used)
    lines = [_line(catalog, inputs, option, used) for option in found]
    totals = [line.total for line in lines if line.serves and line.total is not None]
    return [
        replace(line, rank=1 + sum(other < line.total for other in totals))
        if line.serves and line.total is not None
        else line
        for line in lines
    ]


def _line(catalog: Catalog, inputs: Inputs, option: Option, used: Demand) -> Line:
    if option.open_model and not used.answer_tokens:
        model = f"{option.open_model} {sized.precision_of(catalog, inputs, option.open_model)}"
        unknown = (None,) * len(used.years)
        return Line(option, option.label, model, unknown, None, None, serves=None, needs="", needs_total=None)
    if option.open_model:
        picked = fleet(catalog, inputs, option, used)
        gpus, model = config_label(picked.gpu, picked.gpus), f"{option.open_model} {picked.precision}"
        line = _costed(inputs, option, picked.schedule, used, model)
        return replace(line, what=f"{gpus} ({model})", needs=gpus, needs_total=line.total)
    flows = schedule(catalog, inputs, option, used.workload, len(used.years))
    if option.hardware is None or not option.runs:
        return _costed(inputs, option, flows, used, option.label)
    gpu, gpu_count = serve.gpus_of(catalog, inputs, option.hardware)
    model = f"{option.runs} {sized.precision_of(catalog, inputs, option.runs)}"
    line = _costed(inputs, option, flows, used, model)
    if not used.answer_tokens:
        return replace(line, serves=None, per_mtok=None)
    try:
        users = serve.users_served(catalog, inputs, option.runs, gpu, gpu_count, used)
    except NotAvailableError:
        users = 0.0
    if users and serve.serves(users, used):
        return replace(line, needs=config_label(gpu, gpu_count), needs_total=line.total)
    return _too_small(catalog, inputs, line, gpu, used)


def _costed(inputs: Inputs, option: Option, flows: Schedule, used: Demand, model: str) -> Line:
    rate = inputs.discount_rate
    by_year = tuple(flows.present_value(year, rate) for year in range(1, flows.years + 1))
    total, tokens = flows.total(rate), used.mtok(rate)
    per_mtok = total / tokens if tokens else None
    return Line(
        option, option.label, model, by_year, total, per_mtok, serves=True, needs="", needs_total=None
    )


def _too_small(catalog: Catalog, inputs: Inputs, line: Line, gpu: str, used: Demand) -> Line:
    """Return the line of what cannot serve, with the same GPU made large enough beside it."""
    line = replace(line, serves=False, per_mtok=None)
    deployment, model = line.option.deployment, line.option.runs
    try:
        need = sized.need(catalog, inputs, model, gpu, used)
    except NotAvailableError:  # this GPU cannot run the model in any number
        return line
    line = replace(line, needs=config_label(gpu, max(need)))
    if not has_price(catalog, inputs, gpu, sized.price_field(inputs, deployment)):
        return line
    flows = sized.fleet_schedule(catalog, inputs, deployment, gpu, need)
    return replace(line, needs_total=flows.total(inputs.discount_rate))


def _sized(catalog: Catalog, open_model: str) -> list[Option]:
    return [read(catalog, deployment, open_model) for deployment in ("rent", "own")]


def _weights(catalog: Catalog, api_model: str) -> str:
    """Return the open model behind an API model; empty where it has none, or is a workbook's own."""
    try:
        return catalog.row("api_models", api_model)["open_model"]
    except NotAvailableError:
        return ""


def _unknown(catalog: Catalog, model: str) -> NotAvailableError:
    """Return the error of a name that is no model or class: its meanings of every kind, or the nearest names."""
    meanings, nearest = [], []
    for kind in ("api_model", "open_model", "size_class"):
        try:
            catalog.names.find(kind, model)
        except NotAvailableError as error:
            _, ambiguous, rest = error.message.partition(" is ambiguous: ")
            if ambiguous:
                meanings.append(rest.partition(";")[0])
            nearest.append(error.message.partition("nearest: ")[2])
    if meanings:
        return NotAvailableError(f"'{model}' is ambiguous: {' or '.join(meanings)}; write one of them")
    names = ", ".join(dict.fromkeys(name for name in nearest if name))
    hint = f"nearest: {names}" if names else f"size classes: {', '.join(catalog.names.items('size_class'))}"
    return NotAvailableError(f"unknown model or size class '{model}'; {hint}")
