"""The functions that say what a total rests on, and how sure it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from xlmodel.cost import risk, sensitivity
from xlmodel.cost.kept import Kept
from xlmodel.functions.cost_arguments import (
    DAU_OPTIONAL,
    DEPLOYMENT,
    INPUT_TOKENS,
    OUTPUT_TOKENS,
    WHAT,
    YEARS,
)
from xlmodel.functions.cost_functions import TCO_ARGUMENTS, named_option
from xlmodel.functions.define import CONTEXT_ARGUMENTS, Argument, Function, Takes, Value, table
from xlmodel.inputs.bearing import PARTS
from xlmodel.inputs.workload import Workload

if TYPE_CHECKING:
    from xlmodel.functions.context import Context

_KEPT: Kept[list[list[float]]] = Kept(64)

PERCENTILE = Argument(
    "percentile",
    Takes.NUMBER,
    "分位，0 至 1；0.9 即有九成把握不超过的金额",
    "The percentile, 0 to 1; 0.9 is the amount that nine cases in ten stay below",
    minimum=0,
    maximum=1,
)
DRAWS = Argument(
    "draws",
    Takes.NUMBER,
    "抽样次数",
    "Number of draws",
    optional=True,
    default=risk.DRAWS,
    minimum=1,
    maximum=200_000,
    whole=True,
)
SEED = Argument(
    "seed",
    Takes.NUMBER,
    "随机种子，相同种子结果相同",
    "Seed of the draws; the same seed gives the same result",
    optional=True,
    default=risk.SEED,
    minimum=1,
    maximum=1_000_000,
    whole=True,
)


def _workload(dau: float | None, input_tokens: float, output_tokens: float) -> Workload | None:
    return None if dau is None else Workload(dau, input_tokens, output_tokens)


def _sensitivity(
    context: Context,
    deployment: str,
    what: str,
    dau: float | None,
    years: float,
    input_tokens: float,
    output_tokens: float,
) -> Value:
    found = named_option(context, deployment, what)
    workload = _workload(dau, input_tokens, output_tokens)
    swings = sensitivity.sensitivity(context.catalog, context.inputs, found, workload, int(years))
    header = (
        "assumption",
        "low",
        "base",
        "high",
        "swing",
        "low_value",
        "base_value",
        "high_value",
        "kind",
        "source",
    )
    return table(
        header,
        (
            (
                one.driver.name,
                *(context.money(amount) for amount in (one.low, one.base, one.high, one.swing)),
                *one.driver.range[:3],
                one.driver.range.kind,
                one.driver.range.source,
            )
            for one in swings
        ),
    )


def _totals(
    context: Context,
    options: tuple[tuple[str, str], ...],
    workload: Workload | None,
    years: float,
    draws: float,
    seed: float,
) -> list[list[float]]:
    found = [named_option(context, *each) for each in options]
    # one column of percentiles asks for the same draws again and again
    key = tuple(found), workload, years, draws, seed
    return _KEPT.get(
        context.catalog,
        context.inputs,
        key,
        lambda: risk.totals(
            context.catalog, context.inputs, found, workload, int(years), int(draws), int(seed)
        ),
    )


def _risk(
    context: Context,
    percentile: float,
    deployment: str,
    what: str,
    dau: float | None,
    years: float,
    input_tokens: float,
    output_tokens: float,
    draws: float,
    seed: float,
) -> Value:
    workload = _workload(dau, input_tokens, output_tokens)
    (drawn,) = _totals(context, ((deployment, what),), workload, years, draws, seed)
    return context.money(risk.percentile(sorted(drawn), percentile))


def _risk_compare(
    context: Context,
    deployment_a: str,
    what_a: str,
    deployment_b: str,
    what_b: str,
    dau: float | None,
    years: float,
    input_tokens: float,
    output_tokens: float,
    draws: float,
    seed: float,
) -> Value:
    workload = _workload(dau, input_tokens, output_tokens)
    options = (deployment_a, what_a), (deployment_b, what_b)
    drawn = list(zip(*_totals(context, options, workload, years, draws, seed), strict=True))
    wins = sum((a < b) + (a == b) / 2 for a, b in drawn) / len(drawn)
    differences = sorted(context.money(b - a) for a, b in drawn)
    return table(
        ("a_cheaper", "saving_p10", "saving_p50", "saving_p90"),
        [(wins, *(risk.percentile(differences, share) for share in (0.1, 0.5, 0.9)))],
    )


LLM_SENSITIVITY = Function(
    "LLM_SENSITIVITY",
    "cost",
    "敏感性（龙卷风）：每个有区间的假设与数据取低、高端时的总成本，按摆幅从大到小；含各端取值与来源",
    "Sensitivity (tornado): the total at the low and high end of each assumption and figure that has a range, the "
    "widest swing first, with the ends and their source",
    TCO_ARGUMENTS,
    _sensitivity,
    '=LLM_SENSITIVITY("own","standard",30000)',
    table=True,
    parts=PARTS,
)
LLM_RISK = Function(
    "LLM_RISK",
    "cost",
    "多年总成本在某一分位的金额（元）：所有假设与数据在各自区间内（三角分布）同时变动",
    "Total cost over the years at a percentile, in CNY: all assumptions and figures vary at once, each by the "
    "triangular distribution over its range",
    (PERCENTILE, *TCO_ARGUMENTS, DRAWS, SEED),
    _risk,
    '=LLM_RISK(0.9,"own","standard",30000)',
    parts=PARTS,
)
LLM_RISK_COMPARE = Function(
    "LLM_RISK_COMPARE",
    "cost",
    "方案 a 比方案 b 便宜的概率，及 a 节省金额的十、五十、九十分位（元）；两者共有的假设同步变动",
    "Probability that option a costs less over the years than option b, and the percentiles of what a saves, in CNY; "
    "what both rest on moves together",
    (
        replace(DEPLOYMENT, name="deployment_a"),
        replace(WHAT, name="what_a"),
        replace(DEPLOYMENT, name="deployment_b"),
        replace(WHAT, name="what_b"),
        DAU_OPTIONAL,
        YEARS,
        INPUT_TOKENS,
        OUTPUT_TOKENS,
        *CONTEXT_ARGUMENTS,
        DRAWS,
        SEED,
    ),
    _risk_compare,
    '=LLM_RISK_COMPARE("api","DeepSeek V3","rent","2×A100 80GB",30000)',
    table=True,
    parts=PARTS,
)
DEFINITIONS = (LLM_SENSITIVITY, LLM_RISK, LLM_RISK_COMPARE)
