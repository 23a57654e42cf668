"""Which assumptions bear on which function: those of its help move some answer, the others move none."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, lru_cache

import pytest

from xlmodel import CellError
from xlmodel.catalog.load import built_in
from xlmodel.functions import FUNCTIONS, Library, Takes
from xlmodel.inputs.bearing import PARTS, parts_by_key
from xlmodel.inputs.register import register

# legal values, none of them a default
VALUES: dict[str, tuple[float | str, ...]] = {
    "profile": ("full",),
    "estimate": ("low", "high"),
    "currency": ("USD",),
    "fx_cny_per_usd": (6,),
    "price_date": ("2026-07-01",),
    "days_per_month": (20,),
    "growth_rate": (0.7,),
    "price_change_rate": (0.3,),
    "api_price_change_rate": (0.3,),
    "rent_price_change_rate": (0.3,),
    "hardware_price_change_rate": (0.3,),
    "discount_rate": (0.2,),
    "cache_hit_rate": (0.9,),
    "cache_price_ratio": (0.8,),
    "retry_rate": (2,),
    "batch_share": (0.9,),
    "off_peak_share": (0.5,),
    "thinking_share": (0.5,),
    "requests_per_user_day": (0.1, 20),
    "peak_to_average": (12,),
    "utilisation_target": (0.3,),
    "reserve_replicas": (2,),
    "speed_factor": (0.5,),
    "ttft_limit_ms": (300,),
    "tpot_limit_ms": (25,),
    "engine": ("tuned",),
    "precision": ("int4",),
    "kv_precision": ("fp8",),
    "network_gbit_s": (0.2, 1),
    "rent_pricing": ("on_demand",),
    "on_demand_hours_month": (100,),
    "ops_staff": (3,),
    "staff_cost_year": (350_000,),
    "electricity_price_cny_per_kwh": (2,),
    "pue": (2.5,),
    "gpu_load": (0.9,),
    "server_power_ratio": (3,),
    "maintenance_rate": (0.5,),
    "hardware_life_years": (1, 3),
    "server_cost_ratio": (0.9,),
    "residual_rate": (0.5,),
    "depreciation_years": (1, 7),
    "income_tax_rate": (0.25,),
    "vat_rate": (0.2,),
    "vat_rate_goods": (0.2,),
    "vat_rate_services": (0.2,),
    "vat_recoverable": ("yes",),
    "price_tax_basis": ("exclusive", "inclusive"),
    "framework_cost": (1_000_000,),
    "data_cost": (1_000_000,),
    "security_cost": (1_000_000,),
    "backup_cost": (1_000_000,),
}
# what the others are while one is moved, so that it can act: shares that some price answers to, a tax, a tax basis ...
ACTING = "cache_hit_rate=0.5; requests_per_user_day=2; price_tax_basis=exclusive; vat_rate=0.1; income_tax_rate=0.2; discount_rate=0.1"
# ... rentals by the hour, an operator of half a day, hardware that is bought again
HOURLY = "rent_pricing=on_demand; ops_staff=0.5; requests_per_user_day=2; hardware_life_years=2"
# a card without a figure server_share, and a model with every price; in dollars, with ends
FIGURES = [
    ["item", "field", "value", "low", "high", "currency"],
    ["L40S 48GB", "purchase", 100, 90, 110, "USD"],
    ["L40S 48GB", "reserved_month", 20, 18, 22, "USD"],
    ["L40S 48GB", "on_demand_hour", 0.3, 0.2, 0.4, "USD"],
    ["House Model", "input", 20_000, 19_000, 21_000, "USD"],
    ["House Model", "output", 40_000, 39_000, 41_000, "USD"],
    ["House Model", "input@32k", 60_000, 59_000, 61_000, "USD"],
    ["House Model", "output_thinking", 80_000, 79_000, 81_000, "USD"],
    ["House Model", "off_peak_input", 10_000, 9_000, 11_000, "USD"],
    ["House Model", "batch_output", 10_000, 9_000, 11_000, "USD"],
    ["DeepSeek V3", "output_thinking", 4, 3, 5, "CNY"],
    ["DeepSeek V3", "off_peak_input", 1, 0.9, 1.1, "CNY"],
]
# prices that were others in July
RISEN = [
    ("DeepSeek V3", "input"),
    ("A100 80GB", "reserved_month"),
    ("A100 80GB", "purchase"),
    ("standard", "hardware"),
    ("standard", "power_year"),
]
BILL, SIZED = ("House Model", 1_000, 20_000, 400), "Qwen3-8B@L40S 48GB"
# a model that no node of these cards holds
SPANNING = "DeepSeek-R1@L40S 48GB"
OPTIONS: list[tuple[object, ...]] = [
    ("api", "House Model", 1_000, 4, 20_000, 400),
    ("api", "DeepSeek V3", 1_000, 4, None, None),
    ("own", "standard", 1_000, 4, None, None),
    ("own", "2×L40S 48GB", 100, 4, None, None),
    ("rent", "2×A100 80GB", 100, 4, None, None),
    ("own", SIZED, 300_000, 4, None, None),
    ("own", SPANNING, 100_000, 4, 2_000, 400),
]
PAIRS: list[tuple[object, ...]] = [
    ("own", "2×L40S 48GB", "api", "House Model", 10),
    ("own", "standard", "rent", "8×A100 80GB", None),
    ("own", "standard", "api", "DeepSeek V3", 600_000),
    ("own", SIZED, "api", "DeepSeek V3", 1_000_000),
    ("own", SPANNING, "api", "House Model", 300_000),
]
PATH: list[list[object]] = [
    ["on the API", 14, "api", "House Model"],
    ["rented", 10, "rent", "2×A100 80GB"],
    ["a tier", 30, "own", "standard"],
    ["cards", 30, "own", "2×L40S 48GB"],
    ["sized", 30, "own", SIZED],
    ["over nodes", 30, "own", SPANNING],
]
CALLS: dict[str, list[tuple[object, ...]]] = {
    "LLM_API_COST": [BILL, ("DeepSeek V3", 1_000, None, None)],
    "LLM_RENT_COST": [("2×A100 80GB", None), ("L40S 48GB", "on_demand")],
    "LLM_OWN_CAPEX": [("standard",), ("2×L40S 48GB",), ("8×A100 80GB",)],
    "LLM_OWN_OPEX": [("standard",), ("2×L40S 48GB",), ("8×A100 80GB",)],
    "LLM_TCO": OPTIONS,
    "LLM_TCO_TABLE": OPTIONS,
    "LLM_COMPARE": [
        (1_000, "House Model", 4, 20_000, 400),
        (1_000, "32B~70B", 4, None, None),
        (300_000, "Qwen3-8B", 4, None, None),
        (300_000, "GLM-5", 4, 2_000, 400),
    ],
    "LLM_COST_PER_MTOK": OPTIONS,
    "BREAKEVEN_MONTHS": [("A100 80GB", None, 10), ("L40S 48GB", None, 10)],
    "BREAKEVEN_DAU": [
        ("House Model", "own", "2×L40S 48GB", 20_000, 400),
        ("DeepSeek V3", "own", "standard", None, None),
        ("House Model", "rent", "2×A100 80GB", None, None),
        ("DeepSeek V3", "own", SIZED, None, None),
        ("GPT-4o", "own", SPANNING, 2_000, 400),
    ],
    "LLM_PAYBACK": [(*pair, 120, None, None) for pair in PAIRS],
    "LLM_CAPACITY": [
        ("Qwen3-8B", "2×A100 80GB", None, None, None),
        ("DeepSeek-R1", "144×L40S 48GB", None, 2_000, 400),
    ],
    "BREAKEVEN_CURVE": [(*pair, 48) for pair in PAIRS],
    "LLM_PLAN": [
        *(("Qwen3-8B", 300_000, None, gpu, None, None) for gpu in ("L40S 48GB", "A100 80GB")),
        ("DeepSeek-R1", 300_000, None, "L40S 48GB", 2_000, 400),
    ],
    "LLM_SENSITIVITY": OPTIONS,
    "LLM_RISK": [(0.5, *each) for each in OPTIONS],
    "LLM_HYBRID": [([["phase", "months", "deployment", "what"], *PATH],)],
    "LLM_SWITCH": [("House Model", *option[:3], 4, 20_000, 400) for option in OPTIONS[2:]],
    "LLM_BASE_LOAD": [
        ("House Model", "own", SIZED, 300_000, 4, 20_000, 400),
        ("DeepSeek V3", "rent", "Qwen3-8B@A100 80GB", 300_000, 4, None, None),
        ("House Model", "own", SPANNING, 100_000, 4, 2_000, 400),
    ],
    "LLM_RESILIENCE": [
        *((*option[:3], 4, 20_000, 400) for option in OPTIONS[2:4]),
        ("rent", "2×A100 80GB", 100, 4, None, None),
        ("own", SIZED, 300_000, 4, None, None),
        ("own", SPANNING, 100_000, 4, 2_000, 400),
    ],
    "LLM_UTILISATION": [
        *(("Qwen3-8B", gpus, None, 20_000, 400) for gpus in ("2×L40S 48GB", "8×A100 80GB")),
        ("DeepSeek-R1", "144×L40S 48GB", None, 2_000, 400),
    ],
    "LLM_RISK_COMPARE": [(*pair[:4], pair[4] or 1_000, 4, None, None) for pair in PAIRS],
    "LLM_RECOMMEND": [
        (20, *[None] * 11),
        *((300_000, level, *[None] * 10) for level in ("public", "internal", "secret")),
    ],
    "LLM_ADVICE": [(300_000, *[None] * 11)],
}
# what stands after the context
AFTER = {
    "BREAKEVEN_DAU": (4,),
    "BREAKEVEN_CURVE": (None, None),
    "LLM_HYBRID": (300_000, 20_000, 400),
    "LLM_RESILIENCE": ("House Model", 0.05),
    "LLM_UTILISATION": ("House Model", 4),
    "LLM_RISK": (16, 1),
    "LLM_RISK_COMPARE": (16, 1),
}
WITH_ASSUMPTIONS = [
    name
    for name, function in FUNCTIONS.items()
    if any(argument.takes is Takes.ASSUMPTIONS for argument in function.arguments)
]


@lru_cache(maxsize=1)
def library() -> Library:
    """Return the functions on a catalog in which some prices rose by half in October."""
    catalog = built_in()
    figures = dict(catalog.figures)
    for key in RISEN:
        old = figures[key][-1]
        ends = {end: 1.5 * getattr(old, end) for end in ("low", "value", "high")}
        figures[key] = (*figures[key], replace(old, effective_from="2026-10-01", **ends))
    return Library(replace(catalog, figures=figures))


@cache
def answers(name: str, variant: str) -> list[object]:
    """Return what the calls of a function give under a variant, an error as its code."""
    found: list[object] = []
    for arguments in CALLS[name]:
        for assumed in (ACTING, HOURLY):
            try:
                context = (assumed, FIGURES, variant)
                found.append(library().call(name, *arguments, *context, *AFTER.get(name, ())))
            except CellError as error:
                found.append(error.code)
    return found


def test_every_assumption_and_every_function_says_what_it_bears_on() -> None:
    """The table has the keys of the register, its parts are those of the functions, and none is left over."""
    assert list(parts_by_key()) == list(register()) == list(VALUES)
    assert set().union(*parts_by_key().values()) == set(PARTS)
    for name, function in FUNCTIONS.items():
        assert set(function.parts) <= set(PARTS)
        assert bool(function.parts) == (name in WITH_ASSUMPTIONS)
        assert set(function.bearing).isdisjoint(function.without_effect)
    assert set(CALLS) == set(WITH_ASSUMPTIONS)


@pytest.mark.parametrize("name", WITH_ASSUMPTIONS)
def test_the_calls_have_answers(name: str) -> None:
    """So that an answer that stays is a number that stays."""
    assert not any(str(each).startswith("#") for each in answers(name, "")), answers(name, "")


@pytest.mark.parametrize("key", VALUES)
@pytest.mark.parametrize("name", WITH_ASSUMPTIONS)
def test_an_assumption_moves_an_answer_where_it_is_said_to_bear_and_none_elsewhere(
    name: str, key: str
) -> None:
    """Each assumption at another legal value, in each function: as its help says."""
    moved = any(answers(name, f"{key}={value}") != answers(name, "") for value in VALUES[key])
    assert moved == (key in FUNCTIONS[name].bearing)
