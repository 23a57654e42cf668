"""The functions that say what fits and how fast: memory, GPUs, throughput, latency, plans."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from xlmodel.cost import sized
from xlmodel.cost.kept import Kept
from xlmodel.cost.option import gpu_config
from xlmodel.cost.price import has_price
from xlmodel.functions.cost_arguments import DAU, INPUT_TOKENS, OUTPUT_TOKENS
from xlmodel.functions.define import CONTEXT_ARGUMENTS, Argument, Function, Scalar, Takes, Value, table
from xlmodel.inputs.bearing import LATER, MONEY, SIZING, TOTAL
from xlmodel.inputs.demand import MONTHS_PER_YEAR, demand
from xlmodel.inputs.workload import Workload
from xlmodel.sizing import (
    fits,
    generating_spec,
    gpu_spec,
    gpu_watts,
    kv_cache_bytes,
    latency_ms,
    min_gpus,
    model_spec,
    sizing_constants,
    throughput,
    vram_gb,
)
from xlmodel.sizing.throughput import parse_engine

if TYPE_CHECKING:
    from xlmodel.catalog.tables import Catalog
    from xlmodel.functions.context import Context
    from xlmodel.sizing import CapacityPlan, GpuSpec, ModelSpec

_BYTES_PER_GB = 1e9
_COUNT = 10_000_000
_PLAN_YEARS = 3
# a cell of a table for which no price is published, or no demand is given
_NO_PRICE = "—"
# a month of a number of GPUs by deployment: plans for other users take the same numbers
_MONTHS: Kept[Scalar] = Kept(8192)

MODEL = Argument("model", Takes.TEXT, "开源模型，如 Qwen3-32B", "An open model, such as Qwen3-32B")
PRECISION = Argument(
    "precision",
    Takes.TEXT,
    "权重精度：fp32、fp16、fp8、int8、int4、awq、gptq、nvfp4、mxfp4，或 GGUF 名称如 Q4_K_M",
    "Format of the weights: fp32, fp16, fp8, int8, int4, awq, gptq, nvfp4, mxfp4, or a GGUF name such as Q4_K_M",
)
CONFIG = Argument(
    "gpu_config", Takes.TEXT, "GPU 配置，如 2×A100 80GB", "A GPU configuration, such as 2×A100 80GB"
)
GPU = Argument("gpu", Takes.TEXT, "GPU，如 H100", "A GPU, such as H100")
CONTEXT = Argument(
    "context",
    Takes.NUMBER,
    "每个序列的上下文 token 数",
    "Tokens of context of each sequence",
    minimum=1,
    maximum=_COUNT,
    whole=True,
)
CONTEXT_4096 = replace(CONTEXT, optional=True, default=4096)
CONCURRENCY = Argument(
    "concurrency",
    Takes.NUMBER,
    "同时处理的请求数",
    "Requests in flight",
    optional=True,
    default=1,
    minimum=1,
    maximum=_COUNT,
    whole=True,
)
KV_PRECISION = Argument(
    "kv_precision",
    Takes.TEXT,
    "KV 缓存精度，如 fp16、fp8",
    "Format of the KV cache, such as fp16 or fp8",
    optional=True,
    default="fp16",
)
INPUT_LEN = Argument(
    "input_len",
    Takes.NUMBER,
    "每次请求的输入 token，可为均值",
    "Input tokens of a request; a mean may be a fraction",
    optional=True,
    default=1024,
    minimum=1,
    maximum=_COUNT,
)
OUTPUT_LEN = replace(
    INPUT_LEN,
    name="output_len",
    zh="每次请求的输出 token，可为均值",
    en="Output tokens of a request; a mean may be a fraction",
)
ENGINE = Argument(
    "engine",
    Takes.TEXT,
    "引擎：default（默认设置）或 tuned（调优）",
    "The engine: default (stock settings) or tuned",
    optional=True,
    default="default",
)
PARALLELISM = Argument(
    "parallelism",
    Takes.TEXT,
    "并行方式，如 TP8、2×TP4、TP8·PP2、DP8+EP8；省略为该负载下最快的合理方式",
    "The spread, such as TP8, 2×TP4, TP8·PP2 or DP8+EP8; the fastest reasonable one for this load when left out",
    optional=True,
)


def _model(catalog: Catalog, name: str) -> ModelSpec:
    return model_spec(catalog, catalog.names.find("open_model", name))


def _generating(catalog: Catalog, name: str) -> ModelSpec:
    return generating_spec(catalog, catalog.names.find("open_model", name))


def _config(catalog: Catalog, text: str) -> tuple[GpuSpec, int]:
    gpu, gpus = gpu_config(catalog, text)
    return gpu_spec(catalog, gpu), gpus


def _kv_cache(context: Context, model: str, tokens: float, concurrency: float, kv_precision: str) -> Value:
    return kv_cache_bytes(_model(context.catalog, model), tokens, concurrency, kv_precision) / _BYTES_PER_GB


def _vram(
    context: Context, model: str, precision: str, tokens: float, concurrency: float, kv_precision: str
) -> Value:
    catalog = context.catalog
    spec = _model(catalog, model)
    return vram_gb(spec, precision, tokens, concurrency, kv_precision, sizing_constants(catalog)).total_gb


def _fits(
    context: Context,
    model: str,
    precision: str,
    config: str,
    tokens: float,
    concurrency: float,
    kv_precision: str,
    engine: str,
) -> Value:
    catalog = context.catalog
    gpu, gpus = _config(catalog, config)
    spec, constants = _model(catalog, model), sizing_constants(catalog)
    tier = parse_engine(engine)
    return fits(spec, precision, gpu, gpus, tokens, concurrency, constants, kv_precision, tier).fits


def _gpus(
    context: Context,
    model: str,
    precision: str,
    gpu: str,
    tokens: float,
    concurrency: float,
    kv_precision: str,
) -> Value:
    catalog = context.catalog
    card = gpu_spec(catalog, catalog.names.find("gpu", gpu))
    spec, constants = _model(catalog, model), sizing_constants(catalog)
    return float(min_gpus(spec, precision, card, tokens, concurrency, constants, kv_precision))


def _throughput(
    context: Context,
    model: str,
    precision: str,
    config: str,
    input_len: float,
    output_len: float,
    concurrency: float | None,
    engine: str,
    parallelism: str | None,
) -> Value:
    catalog = context.catalog
    gpu, gpus = _config(catalog, config)
    spec, constants = _generating(catalog, model), sizing_constants(catalog)
    found = throughput(
        spec, precision, gpu, gpus, input_len, output_len, concurrency, engine, constants, parallelism or ""
    )
    return found.tokens_per_s


def _latency(
    context: Context,
    model: str,
    precision: str,
    config: str,
    metric: str,
    input_len: float,
    output_len: float,
    concurrency: float,
    engine: str,
    parallelism: str | None,
) -> Value:
    catalog = context.catalog
    gpu, gpus = _config(catalog, config)
    spec, constants = _generating(catalog, model), sizing_constants(catalog)
    return latency_ms(
        spec,
        precision,
        gpu,
        gpus,
        metric,
        input_len,
        output_len,
        concurrency,
        engine,
        constants,
        parallelism or "",
    )


def _plan(
    context: Context,
    model: str,
    dau: float,
    precision: str | None,
    gpu: str | None,
    input_tokens: float,
    output_tokens: float,
) -> Value:
    catalog = context.catalog
    found = catalog.names.find("open_model", model)
    gpus = [catalog.names.find("gpu", gpu)] if gpu else list(catalog.names.items("gpu"))
    inputs = context.inputs
    used = demand(Workload(dau, input_tokens, output_tokens), inputs, 1)
    plans = sized.plans(catalog, inputs, found, used, gpus, precision or "")
    mtok = used.mtok() / MONTHS_PER_YEAR
    rows = [_plan_row(context, plan, mtok) for plan in plans]
    # the cheapest first, by the lower of renting and owning; those without a price last
    rows.sort(key=_by_cost)
    header = [
        "gpu", "replicas", "gpus", "nodes", "parallelism", "precision", "headroom", "tokens_per_s", "peak_tokens_per_s",
        "ttft_ms", "tpot_ms", "rent_month", "own_month", "per_mtok", "band_low", "band_high", "note", "gpu_watts",
    ]  # fmt: skip
    return table(header, rows)


def _by_cost(row: list[Scalar]) -> tuple[bool, float]:
    months = [cell for cell in row[11:13] if isinstance(cell, float)]
    return (False, min(months)) if months else (True, float(row[2] or 0))


def _plan_row(context: Context, plan: CapacityPlan, mtok: float) -> list[Scalar]:
    """Return a row of LLM_PLAN; mtok are the million tokens of a month."""
    catalog, inputs = context.catalog, context.inputs
    months: list[Scalar] = [
        _MONTHS.get(
            catalog,
            inputs,
            (deployment, plan.gpu, plan.gpus),
            partial(_month, context, deployment, plan.gpu, plan.gpus),
        )
        for deployment in sized.DEPLOYMENTS
    ]
    known = [month for month in months if isinstance(month, float)]
    return [
        plan.gpu,
        float(plan.replicas),
        float(plan.gpus),
        float(plan.nodes),
        str(plan.layout),
        plan.precision,
        plan.headroom if plan.tokens_per_s_peak else _NO_PRICE,
        plan.tokens_per_s_capacity,
        plan.tokens_per_s_peak,
        plan.ttft_ms,
        plan.tpot_ms,
        *months,
        min(known) / mtok if known and mtok else _NO_PRICE,
        plan.band_low,
        plan.band_high,
        plan.notes,
        _watts(context.catalog, plan),
    ]


def _watts(catalog: Catalog, plan: CapacityPlan) -> Scalar:
    """Return the measured watts of one GPU at the plan's peak; nobody measured most cards."""
    watts = gpu_watts(catalog, plan.gpu, plan.concurrency / plan.gpus)
    return _NO_PRICE if watts is None else watts


def _month(context: Context, deployment: str, gpu: str, gpus: int) -> Scalar:
    """Return a month's cost of some GPUs: three years' total over 36, for renting and owning alike."""
    catalog, inputs = context.catalog, context.inputs
    if not has_price(catalog, inputs, gpu, sized.price_field(inputs, deployment)):
        return _NO_PRICE
    flows = sized.fleet_schedule(catalog, inputs, deployment, gpu, (gpus,) * _PLAN_YEARS)
    return context.money(flows.total(inputs.discount_rate)) / (MONTHS_PER_YEAR * _PLAN_YEARS)


LLM_KV_CACHE = Function(
    "LLM_KV_CACHE",
    "sizing",
    "KV 缓存大小（GB，10⁹ 字节）",
    "Size of the KV cache in GB (10⁹ bytes)",
    (MODEL, CONTEXT, CONCURRENCY, KV_PRECISION),
    _kv_cache,
    '=LLM_KV_CACHE("DeepSeek-V3",131072)',
)
LLM_VRAM = Function(
    "LLM_VRAM",
    "sizing",
    "全部 GPU 合计显存（GB）：权重、KV 缓存与开销",
    "Memory over all GPUs in GB: weights, KV cache and overhead",
    (MODEL, replace(PRECISION, optional=True, default="fp16"), CONTEXT_4096, CONCURRENCY, KV_PRECISION),
    _vram,
    '=LLM_VRAM("Qwen3-32B","fp8")',
)
LLM_FITS = Function(
    "LLM_FITS",
    "sizing",
    "推理引擎能否在该配置上启动并容纳；GPU 没有该精度内核时为 FALSE",
    "Whether an engine starts on these GPUs and holds this; FALSE where the GPU has no kernels for the precision",
    (MODEL, PRECISION, CONFIG, CONTEXT_4096, CONCURRENCY, KV_PRECISION, ENGINE),
    _fits,
    '=LLM_FITS("Llama-3.1-70B","fp16","2×A100 80GB")',
)
LLM_GPUS = Function(
    "LLM_GPUS",
    "sizing",
    "该 GPU 最少需要几张",
    "Smallest legal number of that GPU",
    (MODEL, PRECISION, GPU, CONTEXT_4096, CONCURRENCY, KV_PRECISION),
    _gpus,
    '=LLM_GPUS("DeepSeek-V3","fp8","H20 141GB")',
)
LLM_THROUGHPUT = Function(
    "LLM_THROUGHPUT",
    "sizing",
    "全部 GPU 每秒输出 token；不给并发数时为饱和值",
    "Output tokens per second of all GPUs; at saturation without a concurrency",
    (
        MODEL,
        PRECISION,
        CONFIG,
        INPUT_LEN,
        OUTPUT_LEN,
        replace(CONCURRENCY, default=None),
        ENGINE,
        PARALLELISM,
    ),
    _throughput,
    '=LLM_THROUGHPUT("Qwen3-32B","fp8","2×H100",1024,1024,64)',
)
LLM_LATENCY = Function(
    "LLM_LATENCY",
    "sizing",
    "延迟（毫秒）：首 token（ttft）或后续每 token（tpot）",
    "Milliseconds to the first token (ttft) or for a further token (tpot)",
    (
        MODEL,
        PRECISION,
        CONFIG,
        Argument("metric", Takes.TEXT, "ttft 或 tpot", "ttft or tpot"),
        INPUT_LEN,
        OUTPUT_LEN,
        CONCURRENCY,
        ENGINE,
        PARALLELISM,
    ),
    _latency,
    '=LLM_LATENCY("Qwen3-32B","fp8","2×H100","tpot",1024,1024,64)',
)
LLM_PLAN = Function(
    "LLM_PLAN",
    "sizing",
    "为日活选硬件：副本、GPU、节点、并行、余量、吞吐、延迟、月成本与误差带，按月成本排序",
    "Hardware for the daily users: replicas, GPUs, nodes, parallelism, headroom, speed, monthly cost, error band",
    (
        MODEL,
        DAU,
        replace(
            PRECISION,
            optional=True,
            zh="权重精度；省略为模型发布时的精度",
            en="Format of the weights; the one the model is published in when left out",
        ),
        replace(GPU, optional=True, zh="GPU；省略为全部 GPU", en="A GPU; all of them when left out"),
        INPUT_TOKENS,
        OUTPUT_TOKENS,
        *CONTEXT_ARGUMENTS,
    ),
    _plan,
    '=LLM_PLAN("Qwen3-32B",10000)',
    table=True,
    parts=(*MONEY[1:], *LATER[1:], TOTAL, SIZING),
)
DEFINITIONS = (LLM_KV_CACHE, LLM_VRAM, LLM_FITS, LLM_GPUS, LLM_THROUGHPUT, LLM_LATENCY, LLM_PLAN)
