"""The functions that say when owning pays back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from xlmodel.cost import breakeven, option, rent
from xlmodel.cost.price import price_cny
from xlmodel.errors import BadValueError, NotAvailableError
from xlmodel.functions.cost_arguments import (
    API_MODEL,
    DAU_OPTIONAL,
    DEPLOYMENT,
    INPUT_TOKENS,
    OUTPUT_TOKENS,
    WHAT,
    YEARS,
)
from xlmodel.functions.define import CONTEXT_ARGUMENTS, Argument, Function, Takes, Value, table
from xlmodel.inputs.bearing import GROWTH, LATER, MONEY, PARTS, SIZING
from xlmodel.inputs.workload import Workload

if TYPE_CHECKING:
    from xlmodel.functions.context import Context

# of the curve: cash before tax, not discounted
_CASH = (*MONEY, *LATER, GROWTH, SIZING)

BUY = Argument(
    "buy",
    Takes.NUMBER_OR_TEXT,
    "购置金额（元），或 GPU 名称（取其采购价）",
    "An outlay in CNY, or a GPU (its purchase price is taken)",
    minimum=0,
)
RENT_PER_MONTH = Argument(
    "rent_per_month",
    Takes.NUMBER,
    "替代方案的月费；buy 为 GPU 时默认其预留月价",
    "Monthly cost of the alternative; for a GPU its reserved month is the default",
    optional=True,
    minimum=0,
)
OWN_OPEX = Argument(
    "own_opex_per_month",
    Takes.NUMBER,
    "自有设备每月现金支出",
    "Monthly cash cost of owning",
    optional=True,
    default=0,
    minimum=0,
)
MONTHS = Argument(
    "months",
    Takes.NUMBER,
    "月数，1 至 240 的整数",
    "Number of months, whole, 1 to 240",
    optional=True,
    default=60,
    minimum=1,
    maximum=240,
    whole=True,
)


def _months(context: Context, buy: float | str, rent_per_month: float | None, own_opex: float) -> Value:
    if not isinstance(buy, str):
        if rent_per_month is None and buy > 0:
            raise BadValueError("rent_per_month: missing; an amount has no rent of its own, so give it")
        return breakeven.months_to_pay_back(buy, rent_per_month or 0.0, own_opex)
    catalog, inputs = context.catalog, context.inputs
    if (
        buy.strip().lstrip("-").replace(",", "").replace(".", "", 1).isdecimal()
        and catalog.names.get("gpu", buy) is None
    ):
        raise BadValueError(f"buy: an amount is expected without quotes, or a GPU; found the text '{buy}'")
    gpu, gpus = option.gpu_config(catalog, buy)
    outlay = context.money(gpus * price_cny(catalog, inputs, gpu, "purchase"))
    if rent_per_month is None:
        # the lower end of the months needs the higher end of the rent
        other = context.opposite
        rent_per_month = other.money(rent.month_cost(other.catalog, other.inputs, gpu, gpus))
    return breakeven.months_to_pay_back(outlay, rent_per_month, own_opex)


def _dau(
    context: Context,
    api_model: str,
    deployment: str,
    what: str,
    input_tokens: float,
    output_tokens: float,
    years: float,
) -> Value:
    catalog = context.catalog
    model = catalog.names.find("api_model", api_model)
    other = option.read(catalog, catalog.names.find("deployment", deployment), what)
    if other.deployment == "api":
        raise NotAvailableError(
            "deployment: write rent or own; an API has no users at which it equals itself"
        )
    # the fewest users need the highest bill of each
    bill = breakeven.bill_line(
        catalog, context.opposite.inputs, model, (input_tokens, output_tokens), int(years)
    )
    return breakeven.daily_users(
        catalog, context.inputs, other, (input_tokens, output_tokens), int(years), bill
    )


def _points(
    context: Context,
    options: tuple[tuple[str, str], tuple[str, str]],
    dau: float | None,
    months: float,
    input_tokens: float,
    output_tokens: float,
) -> list[breakeven.CurvePoint]:
    catalog = context.catalog
    a, b = (
        option.read(catalog, catalog.names.find("deployment", deployment), what)
        for deployment, what in options
    )
    workload = None if dau is None else Workload(dau, input_tokens, output_tokens)
    return breakeven.curve(catalog, context.inputs, (a, b), workload, int(months))


def _payback(
    context: Context,
    deployment_a: str,
    what_a: str,
    deployment_b: str,
    what_b: str,
    dau: float | None,
    months: float,
    input_tokens: float,
    output_tokens: float,
) -> Value:
    options = (deployment_a, what_a), (deployment_b, what_b)
    return breakeven.payback(_points(context, options, dau, months, input_tokens, output_tokens))


def _curve(
    context: Context,
    deployment_a: str,
    what_a: str,
    deployment_b: str,
    what_b: str,
    dau: float | None,
    months: float,
    input_tokens: float,
    output_tokens: float,
) -> Value:
    options = (deployment_a, what_a), (deployment_b, what_b)
    points = _points(context, options, dau, months, input_tokens, output_tokens)
    money = context.money
    return table(
        ["month", "cumulative_a", "cumulative_b", "difference"],
        ((float(point.month), money(point.a), money(point.b), money(point.difference)) for point in points),
    )


BREAKEVEN_MONTHS = Function(
    "BREAKEVEN_MONTHS",
    "cost",
    "购置相对租赁的回本月数；不能回本为 #N/A",
    "Months after which buying beats renting; #N/A where it never does",
    (BUY, RENT_PER_MONTH, OWN_OPEX, *CONTEXT_ARGUMENTS),
    _months,
    '=BREAKEVEN_MONTHS("A100 80GB")',
    parts=("rent", "purchase"),
)
BREAKEVEN_DAU = Function(
    "BREAKEVEN_DAU",
    "cost",
    "API 与租赁或自建总成本相等的日活；不判断硬件能否承载（见 LLM_CAPACITY），开源模型按日活选硬件，取从此一直不贵于 API 的日活，十亿以内没有则为 #N/A",
    "Daily users at which the totals of the API and of renting or owning are equal; whether the hardware carries them is asked of "
    "LLM_CAPACITY. An open model is sized at each number: the smallest from which it is not dearer and stays so, #N/A where there is "
    "none below a billion",
    (API_MODEL, DEPLOYMENT, WHAT, INPUT_TOKENS, OUTPUT_TOKENS, *CONTEXT_ARGUMENTS, YEARS),
    _dau,
    '=BREAKEVEN_DAU("DeepSeek V3","rent","2×A100 80GB")',
    parts=PARTS,
)
_TWO_OPTIONS = (
    replace(DEPLOYMENT, name="deployment_a"),
    replace(WHAT, name="what_a"),
    replace(DEPLOYMENT, name="deployment_b"),
    replace(WHAT, name="what_b"),
    DAU_OPTIONAL,
)
LLM_PAYBACK = Function(
    "LLM_PAYBACK",
    "cost",
    "方案 a 的累计成本降到 b 以下并保持所需的月数，读自 BREAKEVEN_CURVE 的曲线；所给月数内没有则为 #N/A；"
    "曲线为未折现的税前现金",
    "Months until the cumulative cost of a falls to that of b and stays there, read off the curve of BREAKEVEN_CURVE; #N/A where it "
    "does not within the months. The curve is cash before tax, not discounted",
    (*_TWO_OPTIONS, replace(MONTHS, default=120), INPUT_TOKENS, OUTPUT_TOKENS, *CONTEXT_ARGUMENTS),
    _payback,
    '=LLM_PAYBACK("own","standard","api","GPT-4o",50000)',
    parts=_CASH,
)
BREAKEVEN_CURVE = Function(
    "BREAKEVEN_CURVE",
    "cost",
    "两个方案逐月累计成本及其差；为未折现的税前现金",
    "Cumulative cost of two options month by month, and their difference: cash before tax, not discounted",
    (
        *_TWO_OPTIONS,
        MONTHS,
        *CONTEXT_ARGUMENTS,
        INPUT_TOKENS,
        OUTPUT_TOKENS,
    ),
    _curve,
    '=BREAKEVEN_CURVE("rent","2×A100 80GB","own","standard",,12)',
    table=True,
    parts=_CASH,
)
DEFINITIONS = (BREAKEVEN_MONTHS, BREAKEVEN_DAU, LLM_PAYBACK, BREAKEVEN_CURVE)
