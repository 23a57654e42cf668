"""The functions of the phased path: its phases, when to switch, and which base load to hold on hardware."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from xlmodel.cost import hybrid, option, serve, split
from xlmodel.errors import BadValueError, NotAvailableError
from xlmodel.functions.context import Context
from xlmodel.functions.cost_arguments import (
    API_MODEL,
    DAU,
    DEPLOYMENT,
    INPUT_TOKENS,
    OUTPUT_TOKENS,
    WHAT,
    YEARS,
)
from xlmodel.functions.cost_functions import named_option
from xlmodel.functions.define import CONTEXT_ARGUMENTS, Argument, Function, Scalar, Takes, Value, table
from xlmodel.functions.phases import default_phases, read_phases
from xlmodel.inputs.bearing import GROWTH, LATER, MONEY, PARTS, SIZING
from xlmodel.inputs.demand import demand
from xlmodel.inputs.resolve import parse_text, resolve
from xlmodel.inputs.workload import Workload

if TYPE_CHECKING:
    from xlmodel.cost.option import Option
    from xlmodel.functions.coerce import Cells

# of a path: cash before tax, not discounted
_CASH = (*MONEY, *LATER, GROWTH, SIZING)

PHASES = Argument(
    "phases",
    Takes.RANGE,
    "分期：表头为 phase、months、deployment、what、share 的区域；或口径文本 published、full，用文档的默认路径",
    "Phases: a range headed phase, months, deployment, what, share; or text, published or full, for the documents' path",
)
SHARE = Argument(
    "share",
    Takes.NUMBER,
    "切换后由硬件承担的流量占比；默认取其能承载的最大占比",
    "Share of the traffic that the hardware takes after the switch; the most that it can serve is the default",
    optional=True,
    minimum=0,
    maximum=1,
)
HARDWARE = replace(
    DEPLOYMENT, zh="部署方式：rent（租赁）或 own（自建）", en="The deployment of the hardware: rent or own"
)


def _hybrid(
    context: Context, phases: str | Cells, dau: float, input_tokens: float, output_tokens: float
) -> Value:
    catalog, inputs = context.catalog, context.inputs
    if isinstance(phases, str):
        inputs = resolve(catalog, {**context.given, **dict(parse_text(phases))})
        parts = default_phases(catalog)
    else:
        parts = read_phases(catalog, phases)
    money = Context(catalog, inputs).money
    rows, cumulative = [], 0.0
    for each in hybrid.path(catalog, inputs, parts, Workload(dau, input_tokens, output_tokens)):
        cumulative += each.cost
        part, serves = each.part, "not judged" if each.serves is None else each.serves
        rows.append(
            (
                part.phase,
                float(part.months),
                part.option.deployment,
                money(each.cost),
                money(cumulative),
                part.option.label,
                part.share,
                each.users,
                serves,
            )
        )
    header = ("phase", "months", "deployment", "cost", "cumulative", "what", "share", "users", "serves")
    return table(header, rows)


def _options(context: Context, api_model: str, deployment: str, what: str) -> tuple[Option, Option]:
    to = named_option(context, deployment, what)
    if to.deployment == "api":
        raise NotAvailableError("deployment: write rent or own; the API is the first argument")
    return option.read(context.catalog, "api", api_model), to


def _switch(
    context: Context,
    api_model: str,
    deployment: str,
    what: str,
    dau: float,
    years: float,
    input_tokens: float,
    output_tokens: float,
    share: float | None,
) -> Value:
    catalog, inputs = context.catalog, context.inputs
    from_api, to = _options(context, api_model, deployment, what)
    workload = Workload(dau, input_tokens, output_tokens)
    moved = _most(context, to, workload, int(years)) if share is None else share
    if moved <= 0:
        raise NotAvailableError(f"{to.label} serves none of the traffic; take more GPUs")
    found = split.switches(catalog, inputs, from_api, to, moved, workload, int(years))
    chosen = min(found, key=lambda one: (one.total, -one.month))
    rows = [
        (name, float(one.month), one.share, context.money(one.total))
        for name, one in (("best", chosen), ("at once", found[0]), ("never", found[-1]))
    ]
    return table(("when", "month", "share", "total"), rows)


def _most(context: Context, to: Option, workload: Workload, years: int) -> float:
    """Return the share of the largest year that hardware serves: all where sizing picks it, or nobody can tell."""
    if to.hardware is None or not workload.output_tokens or not workload.dau:
        return 1.0
    model = serve.documented_model(context.catalog, to.hardware)
    if model is None:
        return 1.0
    used = demand(workload, context.inputs, years)
    gpu, gpus = serve.gpus_of(context.catalog, context.inputs, to.hardware)
    users = serve.users_served(context.catalog, context.inputs, model, gpu, gpus, used)
    return min(1.0, users / used.largest.users)


def _base_load(
    context: Context,
    api_model: str,
    deployment: str,
    what: str,
    dau: float,
    years: float,
    input_tokens: float,
    output_tokens: float,
) -> Value:
    if dau <= 0 or output_tokens <= 0:
        raise BadValueError("dau: a base load needs users and output tokens above 0")
    from_api, to = _options(context, api_model, deployment, what)
    workload = Workload(dau, input_tokens, output_tokens)
    found = split.base_loads(context.catalog, context.inputs, from_api, to, workload, int(years))
    chosen = split.best(found)
    rows: list[tuple[Scalar, ...]] = [
        (
            float(one.copies),
            one.gpus,
            one.share,
            *(context.money(amount) for amount in (one.hardware, one.bill, one.total)),
            one is chosen,
        )
        for one in found
    ]
    return table(("replicas", "gpus", "share", "hardware", "api", "total", "best"), rows)


LLM_HYBRID = Function(
    "LLM_HYBRID",
    "cost",
    "混合路径：各阶段每条方案的月数、方案、费用与累计（元，未折现），含流量占比与能否承载",
    "The phased path: months, deployment, cost and cumulative of each line of each phase, in CNY, not discounted, with "
    "the share of the traffic and whether it can be served",
    (
        PHASES,
        *CONTEXT_ARGUMENTS,
        replace(DAU, optional=True, default=10_000),
        INPUT_TOKENS,
        OUTPUT_TOKENS,
    ),
    _hybrid,
    '=LLM_HYBRID("published")',
    table=True,
    parts=_CASH,
)
LLM_SWITCH = Function(
    "LLM_SWITCH",
    "cost",
    "何时从 API 切换到硬件：最优月份、流量占比与总成本（元，未折现），并列立即切换与从不切换",
    "When to move from an API to hardware: the best month, the share and the total in CNY, not discounted, beside at "
    "once and never",
    (
        API_MODEL,
        HARDWARE,
        WHAT,
        DAU,
        YEARS,
        INPUT_TOKENS,
        OUTPUT_TOKENS,
        *CONTEXT_ARGUMENTS,
        SHARE,
    ),
    _switch,
    '=LLM_SWITCH("GPT-4o","own","standard",20000,3,,,"growth_rate=1")',
    table=True,
    parts=_CASH,
)
LLM_BASE_LOAD = Function(
    "LLM_BASE_LOAD",
    "cost",
    "基荷用硬件、峰值用 API：每个副本数下硬件承担的 token 占比、硬件与 API 的总成本（元），最优者为 TRUE",
    "Base load on hardware, the peak on an API: for each number of copies the share of the tokens that they serve and "
    "the cost of both, in CNY; the best is TRUE",
    (API_MODEL, HARDWARE, WHAT, DAU, YEARS, INPUT_TOKENS, OUTPUT_TOKENS, *CONTEXT_ARGUMENTS),
    _base_load,
    '=LLM_BASE_LOAD("GPT-4o","rent","Qwen3-32B@A100 80GB",200000)',
    table=True,
    parts=PARTS,
)
DEFINITIONS = (LLM_HYBRID, LLM_SWITCH, LLM_BASE_LOAD)
