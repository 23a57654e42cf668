"""The names that do not change: functions, the order of their arguments, defaults, fields, aliases, the Python API."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

import xlmodel
from xlmodel import CellError, call
from xlmodel.catalog.load import built_in
from xlmodel.engine import evaluate
from xlmodel.functions import FUNCTIONS, Takes
from xlmodel.inputs.register import register
from xlmodel.inputs.resolve import resolve

TCO = "deployment, what, [dau], [years=3], [input_tokens=800], [output_tokens=400]"
TCO_DAU = TCO.replace("[dau]", "dau")
# a user who knows nothing yet gets an answer, so the daily users may be blank as well
RULES = "[dau], [data_level], [task], [latency], [team], [ops_budget], [volatility]"
# name: arguments as published; † takes assumptions, figures and variant at the end; ▦ returns a table
PUBLISHED = {
    "LLM_CATALOG": "▦ [table], [column]",
    "LLM_PRICE": "item, field, [figures]",
    "LLM_SOURCE": "item, field",
    "LLM_API_COST": "† api_model, dau, [input_tokens=800], [output_tokens=400]",
    "LLM_RENT_COST": "† gpu_config, [pricing=reserved]",
    "LLM_OWN_CAPEX": "† tier_or_gpu_config",
    "LLM_OWN_OPEX": "† tier_or_gpu_config",
    "LLM_TCO": f"† {TCO}",
    "LLM_TCO_TABLE": f"▦ † {TCO}",
    "LLM_COMPARE": "▦ † dau, model, [years=3], [input_tokens=800], [output_tokens=400]",
    "LLM_COST_PER_MTOK": f"† {TCO_DAU}",
    "BREAKEVEN_MONTHS": "† buy, [rent_per_month], [own_opex_per_month=0]",
    "BREAKEVEN_DAU": "† api_model, deployment, what, [input_tokens=800], [output_tokens=400]",
    "LLM_PAYBACK": "† deployment_a, what_a, deployment_b, what_b, [dau], [months=120], [input_tokens=800], [output_tokens=400]",
    "LLM_CAPACITY": "† model, gpu_config, [precision], [input_tokens=800], [output_tokens=400]",
    "BREAKEVEN_CURVE": "▦ † deployment_a, what_a, deployment_b, what_b, [dau], [months=60]",
    "LLM_KV_CACHE": "model, context, [concurrency=1], [kv_precision=fp16]",
    "LLM_VRAM": "model, [precision=fp16], [context=4096], [concurrency=1], [kv_precision]",
    "LLM_FITS": "model, precision, gpu_config, [context=4096], [concurrency=1], [kv_precision], [engine]",
    "LLM_GPUS": "model, precision, gpu, [context=4096], [concurrency=1], [kv_precision]",
    "LLM_MAX_CONTEXT": "model, precision, gpu_config, [concurrency=1], [kv_precision]",
    "LLM_CONTEXT_LIMIT": "▦ model, precision, gpu_config, [max_model_len], [utilisation], [kv_precision], [batched_tokens],"
    " [sequences], [agent_tokens=0], [concurrency=1]",
    "LLM_THROUGHPUT": "model, precision, gpu_config, [input_len=1024], [output_len=1024], [concurrency], [engine=default]",
    "LLM_LATENCY": "model, precision, gpu_config, metric, [input_len], [output_len], [concurrency=1], [engine]",
    "LLM_PLAN": "▦ † model, dau, [precision], [gpu], [input_tokens], [output_tokens]",
    "LLM_SENSITIVITY": f"▦ † {TCO}",
    "LLM_RISK": f"† percentile, {TCO}",
    "LLM_HYBRID": "▦ † phases",
    "LLM_RECOMMEND": RULES,
    "LLM_ADVICE": f"▦ {RULES}",
}
CORE = tuple(PUBLISHED)[:16]
# functions beyond the contract, whose arguments are free
MORE = {
    "LLM_RISK_COMPARE",
    "LLM_SWITCH",
    "LLM_BASE_LOAD",
    "LLM_MODEL_FOR_TASK",
    "LLM_PRECISION",
    "LLM_CHECKLIST",
    "LLM_RESILIENCE",
    "LLM_UTILISATION",
}
# the assumptions that workbooks in the field name
ASSUMPTIONS = [
    "profile",
    "estimate",
    "currency",
    "fx_cny_per_usd",
    "price_date",
    "days_per_month",
    "growth_rate",
    "price_change_rate",
    "discount_rate",
    "cache_hit_rate",
    "retry_rate",
    "peak_to_average",
    "utilisation_target",
    "reserve_replicas",
    "ops_staff",
    "staff_cost_year",
    "electricity_price_cny_per_kwh",
    "pue",
    "gpu_load",
    "maintenance_rate",
    "residual_rate",
    "vat_rate",
    "api_price_change_rate",
    "rent_price_change_rate",
    "hardware_price_change_rate",
    "requests_per_user_day",
    "ttft_limit_ms",
    "tpot_limit_ms",
    "engine",
    "batch_share",
    "on_demand_hours_month",
    "hardware_life_years",
    "depreciation_years",
    "income_tax_rate",
    "vat_recoverable",
]
CONTEXT = (Takes.ASSUMPTIONS, Takes.FIGURES, Takes.VARIANT)
# what was published without them takes them last
LATER_CONTEXT = {"LLM_PRICE": [Takes.FIGURES], "LLM_RECOMMEND": [*CONTEXT], "LLM_ADVICE": [*CONTEXT]}


@dataclass(frozen=True)
class Published:
    """An argument as the contract writes it."""

    name: str
    optional: bool
    default: str | float | None


def published(name: str) -> list[Published]:
    """Read the arguments of a function from the table above, its context included."""
    found = []
    for text in PUBLISHED[name].strip("▦† ").split(", "):
        key, _, default = text.strip("[]").partition("=")
        value = float(default) if default.isdecimal() else default or None
        found.append(Published(key, text.startswith("["), value))
    if "†" in PUBLISHED[name]:
        found += [Published(key, True, None) for key in ("assumptions", "figures", "variant")]
    return found


def test_the_core_is_complete() -> None:
    """Every function of the contract is there, and no function that is neither in it nor listed above."""
    assert set(FUNCTIONS) == set(PUBLISHED) | MORE


@pytest.mark.parametrize("name", PUBLISHED)
def test_arguments_stand_as_published(name: str) -> None:
    """Names, order, brackets and defaults are those published; what is added is optional and stands after them."""
    arguments = FUNCTIONS[name].arguments
    for argument, expected in zip(arguments, published(name), strict=False):
        assert (argument.name, argument.optional) == (expected.name, expected.optional)
        if expected.default is not None:
            assert argument.default == expected.default
    assert len(arguments) >= len(published(name))
    assert all(argument.optional for argument in arguments[len(published(name)) :])


@pytest.mark.parametrize("name", PUBLISHED)
def test_tables_and_contexts_are_as_published(name: str) -> None:
    """▦ returns a table; † takes assumptions, figures and variant in this order, others only what came later."""
    function = FUNCTIONS[name]
    assert function.table == ("▦" in PUBLISHED[name])
    takes = [argument.takes for argument in function.arguments if argument.takes in CONTEXT]
    if "†" in PUBLISHED[name]:
        assert takes == list(CONTEXT)
    else:
        assert takes == LATER_CONTEXT.get(name, [])


@pytest.mark.parametrize("name", CORE)
def test_tables_have_a_header_and_equal_rows(name: str) -> None:
    """Each example computes; a table's header is of English keys and each row is as wide as it."""
    value = evaluate(FUNCTIONS[name].example).value
    assert isinstance(value, list) == FUNCTIONS[name].table
    if isinstance(value, list):
        assert all(isinstance(key, str) and re.fullmatch(r"[a-z][a-z0-9_]*", key) for key in value[0])
        assert {len(row) for row in value} == {len(value[0])}
        assert len(value) > 1


@pytest.mark.parametrize(
    ("item", "field", "amount"),
    [
        ("Qwen-Plus", "input", 0.8),
        ("Qwen-Plus", "output", 2),
        ("H200", "on_demand_hour", 32),
        ("H200", "reserved_month", 15_000),
        ("L40S", "reserved_year", 38_000),
        ("H100", "purchase", 220_000),
        ("standard", "hardware", (300_000 + 700_000) / 2),
        ("standard", "infrastructure", (150_000 + 250_000) / 2),
        ("standard", "software", (50_000 + 100_000) / 2),
        ("enterprise", "power_year", (200_000 + 400_000) / 2),
        ("enterprise", "staff_year", (400_000 + 600_000) / 2),
        ("enterprise", "maintenance_year", (100_000 + 200_000) / 2),
    ],
)
def test_price_fields(item: str, field: str, amount: float) -> None:
    """Each published field of LLM_PRICE gives its figure; the midpoint where the source gives a range."""
    assert call("LLM_PRICE", item, field) == amount


@pytest.mark.parametrize(
    "model", ["DeepSeek V4-Flash", "DeepSeek V4-Pro", "DeepSeek V3", "Qwen-Plus", "Qwen3-Max"]
)
def test_source_names_document_date_and_kind(model: str) -> None:
    """LLM_SOURCE is text with the document, the as-of date and the kind."""
    text = call("LLM_SOURCE", model, "input")
    assert isinstance(text, str)
    document, date, kind = text.split("; ")
    assert document
    assert (date, kind) == ("2026-06-01", "published")


@pytest.mark.parametrize("alias", ["api", "API调用", "API 调用", "Ａｐｉ"])
def test_api_aliases(alias: str) -> None:
    """The API deployment by its names: 36 bills of 432."""
    assert call("LLM_TCO", alias, "Qwen-Plus", 10000) == pytest.approx(36 * 432, rel=1e-12)


@pytest.mark.parametrize("alias", ["rent", "cloud", "云租赁", "GPU云租赁", "gpu 云租赁", "CLOUD"])
def test_rent_aliases(alias: str) -> None:
    """The rental by its names: 36 months of 2 x 6,500."""
    assert call("LLM_TCO", alias, "2×A100 80GB") == 36 * 13_000


@pytest.mark.parametrize("alias", ["own", "自建", "自建机房", "OWN"])
@pytest.mark.parametrize("tier", ["standard", "标准级", "Standard "])
def test_own_aliases(alias: str, tier: str) -> None:
    """Owning and the tier by their names: 77.5 + 3 x 48 (10,000 CNY)."""
    assert call("LLM_TCO", alias, tier) == 2_215_000


@pytest.mark.parametrize("alias", ["hybrid", "混合"])
def test_hybrid_is_known_and_has_no_single_total(alias: str) -> None:
    """The hybrid deployment is a known name, told apart from a misspelt one."""
    with pytest.raises(CellError, match="no single total") as caught:
        call("LLM_TCO", alias, "standard")
    assert caught.value.code == "#N/A"


@pytest.mark.parametrize(
    ("names", "build"),
    [
        (("light", "轻量级"), 230_000),
        (("standard", "标准级"), 775_000),
        (("enterprise", "企业级"), 1_925_000),
        (("cluster", "集群级"), 4_600_000),
    ],
)
def test_tier_aliases(names: tuple[str, str], build: float) -> None:
    """Each tier by both names: the midpoints of its published build, 16-30, 50-105, 115-270, 270-650."""
    assert [call("LLM_OWN_CAPEX", name) for name in names] == [build, build]


def test_call_returns_plain_values() -> None:
    """A number is a float, a text a str, a table a list of rows; a failure is a CellError with its code."""
    assert type(call("LLM_PRICE", "H200", "on_demand_hour")) is float
    assert type(call("LLM_SOURCE", "H200", "on_demand_hour")) is str
    table = call("LLM_TCO_TABLE", "own", "light")
    assert type(table) is list
    assert {type(row) for row in table} == {list}
    with pytest.raises(CellError) as caught:
        call("LLM_PRICE", "no such model", "input")
    assert caught.value.code == "#N/A"
    assert xlmodel.CellError is CellError


@pytest.mark.parametrize("name", ["llm_price", " LLM_PRICE ", "Llm_Price"])
def test_function_names_without_case(name: str) -> None:
    """A function is found in any case, as in a cell."""
    assert call(name, "H200", "on_demand_hour") == 32


def test_unknown_function_names_the_nearest() -> None:
    """A function that is none is #NAME?, with the nearest."""
    with pytest.raises(CellError, match="nearest: LLM_PRICE") as caught:
        call("LLM_PRICES", "H200", "on_demand_hour")
    assert caught.value.code == "#NAME?"


def test_too_many_arguments() -> None:
    """More arguments than the function has are refused, with their number."""
    with pytest.raises(CellError, match="LLM_SOURCE: at most 2 arguments, found 3") as caught:
        call("LLM_SOURCE", "H200", "purchase", "more")
    assert caught.value.code == "#VALUE!"


# a call of each function that takes assumptions, up to them
CALLS: dict[str, tuple[object, ...]] = {
    "LLM_API_COST": ("DeepSeek V3", 30_000, None, None),
    "LLM_RENT_COST": ("2×A100 80GB", "on_demand"),
    "LLM_OWN_CAPEX": ("8×H100",),
    "LLM_OWN_OPEX": ("enterprise",),
    "LLM_TCO": ("own", "Qwen3-32B@A100 80GB", 200_000, 7, None, None),
    "LLM_TCO_TABLE": ("own", "standard", None, 7, None, None),
    "LLM_COMPARE": (100_000, "32B~70B", 4, None, None),
    "LLM_COST_PER_MTOK": ("rent", "4×A100 80GB", 10_000, 3, None, None),
    "LLM_PLAN": ("Qwen3-32B", 50_000, None, "A100 80GB", None, None),
    "LLM_CAPACITY": ("Qwen3-32B", "8×A100 80GB", None, None, None),
    "BREAKEVEN_MONTHS": ("A100 80GB", None, None),
    "BREAKEVEN_DAU": ("DeepSeek V3", "own", "standard", None, None),
    "BREAKEVEN_CURVE": ("rent", "8×H100", "own", "enterprise", 10_000, 72),
    "LLM_PAYBACK": ("own", "standard", "api", "GPT-4o", 300_000, 120, None, None),
    "LLM_SENSITIVITY": ("own", "Qwen3-32B@A100 80GB", 200_000, 7, None, None),
    "LLM_RISK": (0.9, "own", "standard", None, 3, None, None),
    "LLM_RISK_COMPARE": ("own", "standard", "api", "GPT-4o", 10_000, 3, None, None),
    "LLM_HYBRID": ([["phase", "months", "deployment", "what"], ["all", 30, "own", "8×H100"]],),
    "LLM_SWITCH": ("GPT-4o", "own", "standard", 10_000, 3, None, None),
    "LLM_BASE_LOAD": ("GPT-4o", "own", "Qwen3-32B@A100 80GB", 50_000, 3, None, None),
    "LLM_RESILIENCE": ("own", "Qwen3-32B@A100 80GB", 50_000, 3, None, None),
    "LLM_UTILISATION": ("Qwen3-32B", "2×A100 80GB", None, None, None),
    "LLM_RECOMMEND": (100_000, *[None] * 11),
    "LLM_ADVICE": (100_000, *[None] * 11),
}

# draws, enough for a law of every draw
FEW = {"LLM_RISK": (32,), "LLM_RISK_COMPARE": (32,)}


@pytest.mark.parametrize("key", ASSUMPTIONS)
def test_the_fixed_assumptions_are_taken_by_every_function(key: str) -> None:
    """Each is a row of the register, and no function of a context refuses it."""
    assert key in register()
    for name, arguments in CALLS.items():
        few = FEW.get(name, ())
        given, blank = (call(name, *arguments, text, None, None, *few) for text in (f"{key}=", None))
        assert given == blank


def test_every_function_of_a_context_is_called() -> None:
    """So that no function escapes the law below."""
    assert set(CALLS) == {name for name, function in FUNCTIONS.items() if function.parts}


@pytest.mark.parametrize("estimate", ["low", "base", "high"])
@pytest.mark.parametrize("profile", ["published", "full"])
@pytest.mark.parametrize("name", CALLS)
def test_an_assumption_at_its_own_default_changes_nothing(name: str, profile: str, estimate: str) -> None:
    """Each key of the register at the value in force, and all of them together: to the last digit."""
    variant = f"{profile}; {estimate}"
    few = FEW.get(name, ())
    plain = call(name, *CALLS[name], None, None, variant, *few)
    in_force = resolve(built_in(), {"profile": profile, "estimate": estimate})
    rows = [["price_date", built_in().release_date]]
    rows += [[key, getattr(in_force, key)] for key in register() if key != "price_date"]
    for row in rows:
        assert call(name, *CALLS[name], [row], None, variant, *few) == plain, row
    assert call(name, *CALLS[name], rows, None, None, *few) == plain
