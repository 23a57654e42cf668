"""The function that says how many users given GPUs serve."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from xlmodel.cost import serve, sized
from xlmodel.cost.option import config_label, gpu_config
from xlmodel.errors import NotAvailableError
from xlmodel.functions.cost_arguments import GPU_CONFIG, INPUT_TOKENS, OUTPUT_TOKENS
from xlmodel.functions.define import CONTEXT_ARGUMENTS, Argument, Function, Takes, Value
from xlmodel.inputs.bearing import SIZING
from xlmodel.inputs.demand import demand
from xlmodel.inputs.workload import Workload

if TYPE_CHECKING:
    from xlmodel.functions.context import Context

MODEL = Argument("model", Takes.TEXT, "开源模型，如 Qwen3-32B", "The open model, such as Qwen3-32B")
PRECISION = Argument(
    "precision",
    Takes.TEXT,
    "权重精度，如 fp8；省略为假设 precision",
    "Format of the weights, such as fp8; the assumption precision when left out",
    optional=True,
)


def _capacity(
    context: Context,
    model: str,
    gpus_text: str,
    precision: str | None,
    input_tokens: float,
    output_tokens: float,
) -> Value:
    catalog, inputs = context.catalog, context.inputs
    if precision is not None:
        inputs = replace(inputs, precision=precision)
    open_model = catalog.names.find("open_model", model)
    gpu, gpus = gpu_config(catalog, gpus_text)
    one_user = demand(Workload(1, input_tokens, output_tokens), inputs, 1)
    try:
        return serve.users_served(catalog, inputs, open_model, gpu, gpus, one_user)
    except NotAvailableError as error:
        fewest = sized.need(catalog, inputs, open_model, gpu, one_user)[0]
        raise NotAvailableError(
            f"{config_label(gpu, gpus)} serves no user: {error}; {config_label(gpu, fewest)} serves the first"
        ) from None


LLM_CAPACITY = Function(
    "LLM_CAPACITY",
    "sizing",
    "这些 GPU 能承载的日活：计入峰均比、目标利用率、备用副本与延迟上限；一个用户也承载不了为 #N/A",
    "Daily users that these GPUs serve, with the peak, utilisation, reserve replicas and latency limits in force; #N/A where they serve "
    "none",
    (MODEL, GPU_CONFIG, PRECISION, INPUT_TOKENS, OUTPUT_TOKENS, *CONTEXT_ARGUMENTS),
    _capacity,
    '=LLM_CAPACITY("Qwen3-32B","2×A100 80GB")',
    parts=(SIZING,),
)
DEFINITIONS = (LLM_CAPACITY,)
