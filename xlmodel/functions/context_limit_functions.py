"""The functions of the longest context: how long it is, what limits it, and the setting that lifts it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from xlmodel.cost.option import gpu_config
from xlmodel.functions.define import Argument, Function, Scalar, Takes, Value, table
from xlmodel.functions.sizing_functions import CONCURRENCY, CONFIG, CONTEXT, KV_PRECISION, MODEL, PRECISION
from xlmodel.sizing import Asked, context_limit, gpu_spec, max_context, model_spec, sizing_constants

if TYPE_CHECKING:
    from xlmodel.functions.context import Context
    from xlmodel.sizing import ContextLimit

# a cell without a text of its own
_NONE = "—"

MAX_MODEL_LEN = replace(
    CONTEXT,
    name="max_model_len",
    zh="引擎设置的上下文上限；省略为模型自身上限",
    en="The limit set in the engine; the model's own when left out",
    optional=True,
)
UTILISATION = Argument(
    "utilisation",
    Takes.NUMBER,
    "显存利用率 gpu_memory_utilization；省略为引擎默认值",
    "gpu_memory_utilization of the engine; its default when left out",
    optional=True,
    minimum=0.01,
    maximum=1,
)
BATCHED_TOKENS = replace(
    CONTEXT,
    name="batched_tokens",
    zh="每步 token 上限 max_num_batched_tokens；省略为引擎默认值",
    en="max_num_batched_tokens of the engine; its default when left out",
    optional=True,
)
SEQUENCES = replace(
    CONTEXT,
    name="sequences",
    zh="并发序列上限 max_num_seqs；省略为引擎默认值",
    en="max_num_seqs of the engine; its default when left out",
    optional=True,
)
AGENT_TOKENS = replace(
    CONTEXT,
    name="agent_tokens",
    zh="系统提示、工具与 Agent 占用的 token",
    en="Tokens that system prompts, tools and agents take",
    optional=True,
    default=0,
    minimum=0,
    whole=False,
)


def _max_context(
    context: Context, model: str, precision: str, config: str, concurrency: float, kv_precision: str
) -> Value:
    catalog = context.catalog
    spec = model_spec(catalog, catalog.names.find("open_model", model))
    gpu, gpus = gpu_config(catalog, config)
    constants = sizing_constants(catalog)
    card = gpu_spec(catalog, gpu)
    return float(max_context(spec, precision, card, gpus, concurrency, constants, kv_precision))


def _context_limit(
    context: Context,
    model: str,
    precision: str,
    config: str,
    max_model_len: float | None,
    utilisation: float | None,
    kv_precision: str,
    batched_tokens: float | None,
    sequences: float | None,
    agent_tokens: float,
    concurrency: float,
) -> Value:
    catalog = context.catalog
    spec = model_spec(catalog, catalog.names.find("open_model", model))
    gpu, gpus = gpu_config(catalog, config)
    asked = Asked(
        max_model_len, utilisation, kv_precision, batched_tokens, sequences, concurrency, agent_tokens
    )
    found = context_limit(spec, precision, gpu_spec(catalog, gpu), gpus, asked, sizing_constants(catalog))
    guide = {row["setting"]: row["zh"] for row in catalog.tables["context_limits"].rows if row["setting"]}
    return table(["part", "item", "tokens", "limits", "note"], _rows(found, guide))


def _rows(found: ContextLimit, guide: dict[str, str]) -> list[list[Scalar]]:
    """Return the limits, the context that is left, and what lifts it; the note is the guide's advice on the setting."""
    limits = {
        "model": found.model_tokens,
        "memory": found.memory_tokens,
        "max_model_len": found.set_tokens,
    }
    rows: list[list[Scalar]] = []
    for item, tokens in limits.items():
        note = (found.reason if item == "memory" else guide.get(item)) or _NONE
        rows.append(["limit", item, float(tokens), "yes" if item == found.limit else "no", note])
    rows.append(["context", found.limit, float(found.tokens), _NONE, _NONE])
    rows.append(["user", "agent_tokens", float(found.user_tokens), _NONE, guide.get("agent_tokens", _NONE)])
    for lift in found.lifts:
        note = guide.get(lift.setting, _NONE)
        rows.append(["lift", f"{lift.setting}={lift.value}", float(lift.tokens), _NONE, note])
    return rows


LLM_MAX_CONTEXT = Function(
    "LLM_MAX_CONTEXT",
    "sizing",
    "默认设置的推理引擎能启动的最长上下文（token），即应设的 max_model_len",
    "Tokens of the longest context that an engine with default settings starts with: the max_model_len to set",
    (MODEL, PRECISION, CONFIG, CONCURRENCY, KV_PRECISION),
    _max_context,
    '=LLM_MAX_CONTEXT("Llama-3.1-8B","bf16","RTX 3090 24GB")',
)
LLM_CONTEXT_LIMIT = Function(
    "LLM_CONTEXT_LIMIT",
    "sizing",
    "上下文受什么限制（模型、显存或设置），以及放宽它的设置",
    "What limits the context, the model, memory or a setting, and the settings that lift it",
    (
        MODEL,
        PRECISION,
        CONFIG,
        MAX_MODEL_LEN,
        UTILISATION,
        KV_PRECISION,
        BATCHED_TOKENS,
        SEQUENCES,
        AGENT_TOKENS,
        CONCURRENCY,
    ),
    _context_limit,
    '=LLM_CONTEXT_LIMIT("DeepSeek-V3","fp8","8×H20 141GB",8192)',
    table=True,
)
DEFINITIONS = (LLM_MAX_CONTEXT, LLM_CONTEXT_LIMIT)
