"""Arguments that the cost functions share."""

from __future__ import annotations

from dataclasses import replace

from xlmodel.functions.define import Argument, Takes

API_MODEL = Argument("api_model", Takes.TEXT, "API 模型，如 Qwen-Plus", "The API model, such as Qwen-Plus")
DAU = Argument("dau", Takes.NUMBER, "日活用户数", "Daily active users", minimum=0)
DAU_OPTIONAL = replace(
    DAU,
    zh="日活用户数；API 与开源模型必填",
    en="Daily active users; required for an API and for an open model",
    optional=True,
)
INPUT_TOKENS = Argument(
    "input_tokens",
    Takes.NUMBER,
    "每位活跃用户每天的输入 token",
    "Input tokens per active user and day",
    optional=True,
    default=800,
    minimum=0,
)
OUTPUT_TOKENS = replace(
    INPUT_TOKENS,
    name="output_tokens",
    zh="每位活跃用户每天的输出 token",
    en="Output tokens per active user and day",
    default=400,
)
YEARS = Argument(
    "years",
    Takes.NUMBER,
    "年数，1 至 20 的整数",
    "Number of years, whole, 1 to 20",
    optional=True,
    default=3,
    minimum=1,
    maximum=20,
    whole=True,
)
GPU_CONFIG = Argument(
    "gpu_config",
    Takes.TEXT,
    "GPU 配置，如 2×A100 80GB；不写数量为 1",
    "A GPU configuration such as 2×A100 80GB; without a count it is 1",
)
TIER_OR_CONFIG = Argument(
    "tier_or_gpu_config",
    Takes.TEXT,
    "自建规模（轻量级、标准级、企业级、集群级）或 GPU 配置",
    "A tier (light, standard, enterprise, cluster) or a GPU configuration",
)
DEPLOYMENT = Argument(
    "deployment", Takes.TEXT, "部署方式：api、rent 或 own", "The deployment: api, rent or own"
)
WHAT = Argument(
    "what",
    Takes.TEXT,
    "API 模型、GPU 配置、自建规模，或开源模型（由测算选硬件；可指定 GPU，如 Qwen3-32B@A100 80GB）",
    "An API model, a GPU configuration, a tier, or an open model whose hardware is sized, on a GPU of your choice "
    "where it is written as Qwen3-32B@A100 80GB",
)
PRICING = Argument(
    "pricing",
    Takes.TEXT,
    "计费方式：reserved（预留）或 on_demand（按需）",
    "How it is billed: reserved or on_demand",
    optional=True,
    default="reserved",
)
