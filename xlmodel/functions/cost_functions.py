"""The functions that return one amount: API, rent, own, TCO, cost per million tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlmodel.cost import api, compare, option, own, rent, serve
from xlmodel.cost.kept import Kept
from xlmodel.cost.schedule import COMPONENTS, discount_factor
from xlmodel.errors import BadValueError
from xlmodel.functions.cost_arguments import (
    API_MODEL,
    DAU,
    DAU_OPTIONAL,
    DEPLOYMENT,
    GPU_CONFIG,
    INPUT_TOKENS,
    OUTPUT_TOKENS,
    PRICING,
    TIER_OR_CONFIG,
    WHAT,
    YEARS,
)
from xlmodel.functions.define import CONTEXT_ARGUMENTS, Argument, Function, Scalar, Takes, Value
from xlmodel.inputs.bearing import PARTS
from xlmodel.inputs.demand import demand
from xlmodel.inputs.workload import Workload

if TYPE_CHECKING:
    from xlmodel.cost.option import Option
    from xlmodel.cost.schedule import Schedule
    from xlmodel.functions.context import Context

# options by the texts that name them: one text stands in many cells
_OPTIONS: Kept[Option] = Kept()
# in place of TRUE or FALSE
_NOT_JUDGED = "not judged"

TCO_ARGUMENTS = (DEPLOYMENT, WHAT, DAU_OPTIONAL, YEARS, INPUT_TOKENS, OUTPUT_TOKENS, *CONTEXT_ARGUMENTS)


def _api_cost(context: Context, model: str, dau: float, input_tokens: float, output_tokens: float) -> Value:
    found = context.catalog.names.find("api_model", model)
    workload = Workload(dau, input_tokens, output_tokens)
    return context.money(api.month_cost(context.catalog, context.inputs, found, workload))


def _rent_cost(context: Context, gpu_config: str, pricing: str) -> Value:
    gpu, gpus = option.gpu_config(context.catalog, gpu_config)
    how = context.catalog.names.find("pricing", pricing)
    return context.money(rent.month_cost(context.catalog, context.inputs, gpu, gpus, how))


def _own_capex(context: Context, what: str) -> Value:
    hardware = option.tier_or_config(context.catalog, what)
    return context.money(sum(own.capex(context.catalog, context.inputs, hardware).values()))


def _own_opex(context: Context, what: str) -> Value:
    hardware = option.tier_or_config(context.catalog, what)
    return context.money(sum(own.opex_year(context.catalog, context.inputs, hardware).values()))


def tco_schedule(
    context: Context,
    deployment: str,
    what: str,
    dau: float | None,
    years: float,
    input_tokens: float,
    output_tokens: float,
) -> Schedule:
    """Return the cash flows that the arguments of LLM_TCO name."""
    found = named_option(context, deployment, what)
    workload = None if dau is None else Workload(dau, input_tokens, output_tokens)
    return option.schedule(context.catalog, context.inputs, found, workload, int(years))


def named_option(context: Context, deployment: str, what: str) -> Option:
    """Return the option that a deployment and a what name; the same two are read once."""
    catalog = context.catalog
    return _OPTIONS.get(
        catalog,
        context.inputs,
        (deployment, what),
        lambda: option.read(catalog, catalog.names.find("deployment", deployment), what),
    )


def _tco(
    context: Context,
    deployment: str,
    what: str,
    dau: float | None,
    years: float,
    input_tokens: float,
    output_tokens: float,
) -> Value:
    flows = tco_schedule(context, deployment, what, dau, years, input_tokens, output_tokens)
    return context.money(flows.total(context.inputs.discount_rate))


def _tco_table(
    context: Context,
    deployment: str,
    what: str,
    dau: float | None,
    years: float,
    input_tokens: float,
    output_tokens: float,
) -> Value:
    flows = tco_schedule(context, deployment, what, dau, years, input_tokens, output_tokens)
    rate = context.inputs.discount_rate
    # the tax column came last, behind the total that holds it: workbooks in the field read the others by position
    *before_tax, tax = COMPONENTS
    table: list[list[Scalar]] = [["year", *before_tax, "total", "discount_factor", "present_value", tax]]
    sums = [0.0] * (len(COMPONENTS) + 2)
    for year in range(1, flows.years + 1):
        *amounts, saved = (context.money(amount) for amount in flows.year(year).values())
        total, present = sum(amounts) + saved, context.money(flows.present_value(year, rate))
        table.append([float(year), *amounts, total, discount_factor(rate, year), present, saved])
        sums = [left + right for left, right in zip(sums, [*amounts, total, present, saved], strict=True)]
    table.append(["total", *sums[:-2], "", *sums[-2:]])
    return table


def _per_mtok(
    context: Context,
    deployment: str,
    what: str,
    dau: float,
    years: float,
    input_tokens: float,
    output_tokens: float,
) -> Value:
    catalog, inputs = context.catalog, context.inputs
    used = demand(Workload(dau, input_tokens, output_tokens), inputs, int(years))
    tokens = used.mtok(inputs.discount_rate)
    if tokens <= 0:
        raise BadValueError("dau: a cost per million tokens needs users and tokens above 0")
    found = named_option(context, deployment, what)
    if found.hardware is not None:
        serve.refuse_beyond(catalog, inputs, found.hardware, found.label, used)
    flows = option.schedule(catalog, inputs, found, used.workload, int(years))
    return context.money(flows.total(inputs.discount_rate)) / tokens


def _compare(
    context: Context, dau: float, model: str, years: float, input_tokens: float, output_tokens: float
) -> Value:
    count = int(years)
    found = compare.options(context.catalog, model)
    workload = Workload(dau, input_tokens, output_tokens)
    lines = compare.compare(context.catalog, context.inputs, found, workload, count)
    header = [
        "deployment",
        "what",
        *(f"year_{year}" for year in range(1, count + 1)),
        "total",
        "per_mtok",
        "rank",
        "model",
        "serves",
        "needs",
        "needs_total",
    ]
    table: list[list[Scalar]] = [[*header]]
    for line in lines:
        amounts = [_money_or_blank(context, amount) for amount in (*line.years, line.total)]
        per_mtok, needs_total = (_money_or_blank(context, each) for each in (line.per_mtok, line.needs_total))
        serves = _NOT_JUDGED if line.serves is None else line.serves
        rank = "" if line.rank is None else float(line.rank)
        row = [line.option.deployment, line.what, *amounts, per_mtok, rank]
        table.append([*row, line.model, serves, line.needs, needs_total])
    return table


def _money_or_blank(context: Context, amount: float | None) -> Scalar:
    return "" if amount is None else context.money(amount)


LLM_API_COST = Function(
    "LLM_API_COST",
    "cost",
    "API 月费（元）",
    "Monthly API bill, in CNY",
    (API_MODEL, DAU, INPUT_TOKENS, OUTPUT_TOKENS, *CONTEXT_ARGUMENTS),
    _api_cost,
    '=LLM_API_COST("Qwen-Plus",10000)',
    parts=("bill",),
)
LLM_RENT_COST = Function(
    "LLM_RENT_COST",
    "cost",
    "GPU 租赁月费（元）",
    "Monthly rent of GPUs, in CNY",
    (GPU_CONFIG, PRICING, *CONTEXT_ARGUMENTS),
    _rent_cost,
    '=LLM_RENT_COST("4×H100 80GB")',
    parts=("rent", "hours"),
)
LLM_OWN_CAPEX = Function(
    "LLM_OWN_CAPEX",
    "cost",
    "自建首年购置投入（元）：GPU 配置含整机、基建与软件",
    "Outlay of owning in the first year, in CNY; GPUs with their servers, site and software",
    (TIER_OR_CONFIG, *CONTEXT_ARGUMENTS),
    _own_capex,
    '=LLM_OWN_CAPEX("standard","low")',
    parts=("purchase", "outlay"),
)
LLM_OWN_OPEX = Function(
    "LLM_OWN_OPEX",
    "cost",
    "自建年运维支出（元）",
    "Yearly operations of owning, in CNY",
    (TIER_OR_CONFIG, *CONTEXT_ARGUMENTS),
    _own_opex,
    '=LLM_OWN_OPEX("light","low")',
    parts=("operations",),
)
LLM_TCO = Function(
    "LLM_TCO",
    "cost",
    "多年总拥有成本（元）",
    "Total cost over the years, in CNY",
    TCO_ARGUMENTS,
    _tco,
    '=LLM_TCO("rent","2×A100 80GB")',
    parts=PARTS,
)
LLM_TCO_TABLE = Function(
    "LLM_TCO_TABLE",
    "cost",
    "逐年、分项的成本表，含合计行与合计列",
    "Cost by year and component, with a total row and column",
    TCO_ARGUMENTS,
    _tco_table,
    '=LLM_TCO_TABLE("own","standard")',
    table=True,
    parts=PARTS,
)
LLM_COMPARE = Function(
    "LLM_COMPARE",
    "cost",
    "同一模型的 API、租赁、自建对比：逐年、总计、每百万 token、排名；承载不了需求的不参与排名，旁注所需 GPU 与费用；"
    "没有输出 token 时硬件不作判断（not judged）",
    "API, rent and own for one model: each year, total, per million tokens, rank; what cannot serve the demand has "
    "no rank, and the GPUs it needs stand beside it with their cost; without output tokens hardware is not judged",
    (
        DAU,
        Argument(
            "model",
            Takes.TEXT,
            "API 模型、开源模型，或规模档如 32B~70B",
            "An API model, an open model, or a size class such as 32B~70B",
        ),
        YEARS,
        INPUT_TOKENS,
        OUTPUT_TOKENS,
        *CONTEXT_ARGUMENTS,
    ),
    _compare,
    '=LLM_COMPARE(30000,"32B~70B")',
    table=True,
    parts=PARTS,
)
LLM_COST_PER_MTOK = Function(
    "LLM_COST_PER_MTOK",
    "cost",
    "每百万 token（输入加输出）的平准成本（元）：费用与 token 同样折现；硬件承载不了日活时为 #N/A",
    "Levelised cost per million tokens, input and output, in CNY: cost and tokens discounted alike; #N/A where the "
    "hardware cannot serve the users",
    (DEPLOYMENT, WHAT, DAU, YEARS, INPUT_TOKENS, OUTPUT_TOKENS, *CONTEXT_ARGUMENTS),
    _per_mtok,
    '=LLM_COST_PER_MTOK("rent","2×A100 80GB",30000)',
    parts=PARTS,
)
DEFINITIONS = (
    LLM_API_COST,
    LLM_RENT_COST,
    LLM_OWN_CAPEX,
    LLM_OWN_OPEX,
    LLM_TCO,
    LLM_TCO_TABLE,
    LLM_COMPARE,
    LLM_COST_PER_MTOK,
)
