"""The functions of a service in operation: what resilience costs, and what idle hardware costs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from xlmodel.cost import option, serve, sized
from xlmodel.cost.option import Option, config_label, gpu_config
from xlmodel.errors import BadValueError, NotAvailableError
from xlmodel.functions.capacity_functions import MODEL, PRECISION
from xlmodel.functions.cost_arguments import (
    API_MODEL,
    DAU,
    GPU_CONFIG,
    INPUT_TOKENS,
    OUTPUT_TOKENS,
    WHAT,
    YEARS,
)
from xlmodel.functions.cost_functions import named_option
from xlmodel.functions.define import CONTEXT_ARGUMENTS, Argument, Function, Scalar, Takes, Value, table
from xlmodel.functions.hybrid_functions import HARDWARE
from xlmodel.inputs.bearing import LATER, MONEY, PARTS, SIZING, TOTAL
from xlmodel.inputs.demand import demand
from xlmodel.inputs.workload import Workload

if TYPE_CHECKING:
    from xlmodel.functions.context import Context
    from xlmodel.inputs.model import Inputs

_LEVELS = (0.05, 0.10, 0.25, 0.50, 0.75, 1.0)
_SECONDS_PER_DAY = 86_400
_NO_PRICE = "no price"
_NO_COPY = "no copy known"

FALLBACK_MODEL = replace(
    API_MODEL,
    name="api_model",
    zh="后备 API 模型；不填则不列此行",
    en="The API model of the fallback; its line is left out without one",
    optional=True,
)
FALLBACK_SHARE = Argument(
    "fallback_share",
    Takes.NUMBER,
    "故障时转到 API 的 token 占比；0.01 约为每年 88 小时，是假设",
    "Share of the tokens that go to the API in a failure; 0.01 is about 88 hours a year, an assumption",
    optional=True,
    default=0.01,
    minimum=0,
    maximum=1,
)
BESIDE_MODEL = replace(
    API_MODEL, zh="并列其价格的 API 模型", en="The API model whose price stands beside it", optional=True
)


def _without_one_offs(inputs: Inputs) -> Inputs:
    return replace(inputs, framework_cost=0.0, data_cost=0.0, security_cost=0.0, backup_cost=0.0)


def _one_more_copy(context: Context, found: Option, workload: Workload) -> tuple[Option, Inputs] | None:
    """Return the option and assumptions with one copy more; None for hardware whose copy nobody knows."""
    catalog, inputs = context.catalog, context.inputs
    if found.hardware is None:
        return found, replace(inputs, reserve_replicas=inputs.reserve_replicas + 1)
    model = serve.documented_model(catalog, found.hardware)
    if not found.hardware.gpu or model is None:
        return None
    gpu, gpus = found.hardware.gpu, found.hardware.gpus
    one_user = demand(workload._replace(dau=1), inputs, 1)
    # without a reserve, the GPUs that one user needs are one copy
    copy = sized.need(catalog, replace(inputs, reserve_replicas=0), model, gpu, one_user)[0]
    larger = replace(found.hardware, gpus=gpus + copy)
    return replace(found, label=config_label(gpu, gpus + copy), hardware=larger), inputs


def _resilience(
    context: Context,
    deployment: str,
    what: str,
    dau: float,
    years: float,
    input_tokens: float,
    output_tokens: float,
    api_model: str | None,
    fallback_share: float,
) -> Value:
    catalog, inputs = context.catalog, context.inputs
    found = named_option(context, deployment, what)
    if found.deployment == "api":
        raise NotAvailableError("deployment: write rent or own; an API's provider sees to its own resilience")
    workload = Workload(dau, input_tokens, output_tokens)

    def total(one: Option, assumed: Inputs, load: Workload) -> float:
        flows = option.schedule(catalog, assumed, one, load, int(years))
        return context.money(flows.total(assumed.discount_rate))

    base = total(found, inputs, workload)
    rows: list[tuple[Scalar, ...]] = [("as is", found.label, base, 0.0)]
    more = _one_more_copy(context, found, workload)
    if more is None:
        rows.append(("n+1", found.label, _NO_COPY, _NO_COPY))
    else:
        spare = total(*more, workload)
        rows.append(("n+1", more[0].label, spare, spare - base))
    second = total(found, _without_one_offs(inputs), workload)
    rows.append(("second site", found.label, base + second, second))
    if api_model is not None:
        fallback = option.read(catalog, "api", api_model)
        load = workload._replace(dau=dau * fallback_share)
        bill = total(fallback, _without_one_offs(inputs), load)
        rows.append(("api fallback", fallback.label, base + bill, bill))
    return table(("option", "what", "total", "extra"), rows)


def _utilisation(
    context: Context,
    model: str,
    gpus_text: str,
    precision: str | None,
    input_tokens: float,
    output_tokens: float,
    api_model: str | None,
    years: float,
) -> Value:
    catalog = context.catalog
    # the request rate is the question here, so it does not grow
    inputs = replace(context.inputs, growth_rate=0.0)
    if precision is not None:
        inputs = replace(inputs, precision=precision)
    open_model = catalog.names.find("open_model", model)
    gpu, gpus = gpu_config(catalog, gpus_text)
    count, rate = int(years), inputs.discount_rate
    full = serve.users_served(
        catalog, inputs, open_model, gpu, gpus, demand(Workload(1, input_tokens, output_tokens), inputs, 1)
    )
    if full <= 0 or input_tokens + output_tokens <= 0:
        raise BadValueError("gpu_config: these GPUs serve no tokens, so no cost is of one")

    def total(deployment: str, what: str, workload: Workload | None) -> float | None:
        try:
            found = option.read(catalog, deployment, what)
            flows = option.schedule(catalog, inputs, found, workload, count)
        except NotAvailableError:
            if deployment == "api":
                raise
            return None
        return context.money(flows.total(rate))

    fixed = [total(deployment, config_label(gpu, gpus), None) for deployment in ("rent", "own")]
    if fixed == [None, None]:
        raise NotAvailableError(f"{gpu}: neither a rent nor a purchase price; give one in figures")
    rows: list[tuple[Scalar, ...]] = []
    for level in _LEVELS:
        used = demand(Workload(level * full, input_tokens, output_tokens), inputs, count)
        tokens = used.mtok(rate)
        beside = (
            () if api_model is None else ((total("api", api_model, used.workload) or 0.0) / tokens,)
        )  # raised where it has no price
        rows.append(
            (
                level,
                level * full,
                level * full * output_tokens / _SECONDS_PER_DAY,
                *(_NO_PRICE if amount is None else amount / tokens for amount in fixed),
                *(_NO_PRICE if amount is None else (1 - level) * amount / (12 * count) for amount in fixed),
                *beside,
            )
        )
    header = (
        "load",
        "users",
        "output_tokens_per_s",
        "rent_per_mtok",
        "own_per_mtok",
        "rent_idle_month",
        "own_idle_month",
    )
    return table(header if api_model is None else (*header, "api_per_mtok"), rows)


LLM_RESILIENCE = Function(
    "LLM_RESILIENCE",
    "cost",
    "韧性的价格：现状、多一个副本（N+1）、第二机房（一次性费用只计一次）、API 后备的总成本与增加额（元）",
    "What resilience costs: as it is, one copy more (N+1), a second site (one-offs once), an API as fallback; total and "
    "extra, in CNY",
    (
        HARDWARE,
        WHAT,
        DAU,
        YEARS,
        INPUT_TOKENS,
        OUTPUT_TOKENS,
        *CONTEXT_ARGUMENTS,
        FALLBACK_MODEL,
        FALLBACK_SHARE,
    ),
    _resilience,
    '=LLM_RESILIENCE("rent","Qwen3-32B@A100 80GB",100000,3,,,,,,"Qwen-Plus")',
    table=True,
    parts=PARTS,
)
LLM_UTILISATION = Function(
    "LLM_UTILISATION",
    "cost",
    "固定硬件在其能承载的 5%~100% 负载下每百万 token 的租赁与自建成本，以及每月闲置成本（元）；可并列 API 价",
    "Rent and own cost per million tokens of fixed hardware at 5 to 100 % of what it serves, and what idle costs a month, "
    "in CNY; an API beside it where named",
    (
        MODEL,
        GPU_CONFIG,
        PRECISION,
        INPUT_TOKENS,
        OUTPUT_TOKENS,
        *CONTEXT_ARGUMENTS,
        BESIDE_MODEL,
        YEARS,
    ),
    _utilisation,
    '=LLM_UTILISATION("Qwen3-32B","2×A100 80GB")',
    table=True,
    parts=(*MONEY, *LATER, TOTAL, SIZING),
)
DEFINITIONS = (LLM_RESILIENCE, LLM_UTILISATION)
