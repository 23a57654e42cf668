"""The phased path of a quote: its phases, one option throughout beside it, when to switch, and which base load to hold."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from xlmodel.advice.record.asked import NONE
from xlmodel.cost import hybrid, option, serve, split
from xlmodel.cost.hybrid import Part
from xlmodel.errors import NotAvailableError
from xlmodel.inputs.demand import demand

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlmodel.advice.record.asked import Asked, Rows
    from xlmodel.cost.compare import Line
    from xlmodel.cost.hybrid import PartCost
    from xlmodel.cost.option import Option

DEPLOYMENTS = ("api", "rent", "own")
_PHASES = {"launch": ("起步", "Launch"), "growth": ("增长", "Growth"), "scale": ("规模化", "Scale")}


def phases(asked: Asked, lines: Sequence[Line]) -> Rows:
    """Return the lines of the phases: phase, months, deployment code, option, share, users, cost, whether it serves.

    The months and shares are those of the table `hybrid_default`; each deployment is the quote's own least costly
    option that serves, the first where none does, and that of the documents where the quote has none.
    """
    parts = _parts(asked, lines)
    costs = hybrid.path(asked.catalog, asked.inputs, parts, asked.workload)
    return [
        (
            asked.say(*_PHASES[one.part.phase]), float(one.part.months), one.part.option.deployment,
            asked.label(one.part.option), one.part.share, one.users, asked.money(one.cost), _serves(asked, one),
        )
        for one in costs
    ]  # fmt: skip


def throughout(asked: Asked, lines: Sequence[Line]) -> Rows:
    """Return what one option costs over the same months by the same counting, the path's own of each deployment."""
    parts = _parts(asked, lines)
    by_phase = {part.phase: part.months for part in parts}
    months = sum(by_phase.values())
    rows: Rows = []
    for deployment in DEPLOYMENTS:
        chosen = next((part.option for part in parts if part.option.deployment == deployment), None)
        if chosen is None:
            rows.append((NONE, None, NONE))
            continue
        alone = hybrid.path(asked.catalog, asked.inputs, [Part("all", months, chosen, 1.0)], asked.workload)
        rows.append((asked.label(chosen), asked.money(alone[0].cost), _serves(asked, alone[0])))
    return rows


def switches(asked: Asked, lines: Sequence[Line]) -> Rows:
    """Return for each hardware option: the share that it can take, the best month, and the totals best, at once, never.

    Nominal, before tax, from the least costly API of the quote; a dash where there is none, or the hardware serves nothing.
    """
    from_api = _of(lines, "api")
    rows: Rows = []
    for found in asked.options:
        if found.deployment == "api":
            continue
        share = _share(asked, found)
        if from_api is None or share <= 0:
            rows.append((asked.label(found), share, *([NONE] * 4)))
            continue
        every = split.switches(
            asked.catalog, asked.inputs, from_api, found, share, asked.workload, asked.years
        )
        best = min(every, key=lambda one: (one.total, -one.month))
        totals = (asked.money(one.total) for one in (best, every[0], every[-1]))
        month = NONE if best is every[-1] else float(best.month)
        rows.append((asked.label(found), share, month, *totals))
    return rows


def base_loads(asked: Asked, lines: Sequence[Line]) -> Rows:
    """Return for each kind of GPU of the options: copies worth holding, their GPUs, share, total, and the API alone."""
    from_api = _of(lines, "api")
    rows: Rows = []
    for deployment, gpu in gpus(asked):
        name = f"{asked.deployment(deployment)} {gpu}"
        if from_api is None:
            rows.append((name, *([NONE] * 5)))
            continue
        held = option.Option(deployment, gpu, open_model=asked.model, gpu=gpu)
        try:
            every = split.base_loads(asked.catalog, asked.inputs, from_api, held, asked.workload, asked.years)
        except NotAvailableError:  # this GPU has no price for it, or cannot run the model
            rows.append((name, *([NONE] * 5)))
            continue
        best = split.best(every)
        money = (asked.money(best.total), asked.money(every[0].total))
        rows.append((name, float(best.copies), best.gpus or NONE, best.share, *money))
    return rows


def gpus(asked: Asked) -> list[tuple[str, str]]:
    """Return the kinds of GPU of the hardware options, each with its deployment."""
    found = (
        (each.deployment, serve.gpus_of(asked.catalog, asked.inputs, each.hardware)[0])
        for each in asked.options
        if each.hardware is not None
    )
    return list(dict.fromkeys(found))


def _of(lines: Sequence[Line], deployment: str) -> Option | None:
    """Return the quote's least costly option of a deployment that serves, the first where none does."""
    own = [line for line in lines if line.option.deployment == deployment]
    serving = [
        (line.total, place) for place, line in enumerate(own) if line.serves and line.total is not None
    ]
    if not own:
        return None
    return own[min(serving)[1] if serving else 0].option


def _parts(asked: Asked, lines: Sequence[Line]) -> list[Part]:
    parts = []
    for row in asked.catalog.tables["hybrid_default"].rows:
        found = _of(lines, row["deployment"])
        if found is None:
            found = option.read(asked.catalog, row["deployment"], row["what"])
            found = replace(found, runs=asked.model) if found.hardware is not None else found
        parts.append(Part(row["phase"], int(row["months"]), found, float(row["share"])))
    return parts


def _share(asked: Asked, found: Option) -> float:
    """Return the share of the largest year that hardware serves with the model of the quote."""
    if found.hardware is None:
        return 1.0
    used = demand(asked.workload, asked.inputs, asked.years)
    if not used.answer_tokens or not used.largest.users:
        return 0.0
    gpu, count = serve.gpus_of(asked.catalog, asked.inputs, found.hardware)
    try:
        users = serve.users_served(asked.catalog, asked.inputs, found.runs, gpu, count, used)
    except NotAvailableError:
        return 0.0
    return min(1.0, users / used.largest.users)


def _serves(asked: Asked, one: PartCost) -> str:
    """Tell whether a part carries its users with the model of the quote."""
    hardware = one.part.option.hardware
    if hardware is None:
        return asked.say("能承载", "serves")
    used = demand(asked.workload._replace(dau=one.users), asked.inputs, 1)
    gpu, count = serve.gpus_of(asked.catalog, asked.inputs, hardware)
    try:
        users = serve.users_served(asked.catalog, asked.inputs, one.part.option.runs, gpu, count, used)
    except NotAvailableError:
        users = 0.0
    if users and serve.serves(users, used):
        return asked.say("能承载", "serves")
    return asked.say("承载不了", "does not serve")
