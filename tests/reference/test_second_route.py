"""The functions against the same method in plain arithmetic, on 2,000 random cases."""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import Any

import money
import pytest

from xlmodel import call
from xlmodel.catalog.load import built_in
from xlmodel.errors import CellError, NotAvailableError
from xlmodel.inputs.resolve import resolve
from xlmodel.sizing import Service, config_capacity, gpu_spec, model_spec, replica_options, sizing_constants

CATALOG = built_in()
CASES, PARTS = 2_000, 20
PARTS_OF_A_YEAR = (
    *("usage", "hardware", "infrastructure", "software", "staff", "power", "maintenance"),
    *("one_off", "residual", "tax_shield"),
)
HEADER = ["item", "field", "value", "low", "high", "currency", "tax"]
TIERS = ["light", "standard", "enterprise"]
API_MODELS = [item for item, field in CATALOG.figures if field == "input"]
# models that fit within a node of each of these cards
SIZED = {
    "Qwen3-8B": ["L40S 48GB", "A100 80GB", "RTX 4090 48GB"],
    "Qwen3-32B": ["A100 80GB", "H100 80GB", "H200 141GB"],
    "Qwen3-235B-A22B": ["H200 141GB", "H20 141GB"],
}
CHOICES: dict[str, list[Any]] = {
    "profile": ["published", "full"],
    "estimate": ["low", "base", "high"],
    "currency": ["CNY", "USD"],
    "rent_pricing": ["reserved", "on_demand"],
    "vat_recoverable": ["no", "yes"],
    "price_tax_basis": ["as_stated", "inclusive", "exclusive"],
    "reserve_replicas": [0, 1, 3],
    "hardware_life_years": [1, 2, 3, 5, 8],
    "depreciation_years": [1, 3, 5, 10],
}
RANGES = {
    "fx_cny_per_usd": (5, 9),
    "days_per_month": (28, 31),
    "growth_rate": (-0.5, 1),
    "price_change_rate": (-0.5, 0.5),
    "api_price_change_rate": (-0.5, 0.5),
    "rent_price_change_rate": (-0.5, 0.5),
    "hardware_price_change_rate": (-0.5, 0.5),
    "discount_rate": (0, 0.3),
    "cache_hit_rate": (0, 1),
    "cache_price_ratio": (0, 1),
    "retry_rate": (0, 0.5),
    "batch_share": (0, 1),
    "off_peak_share": (0, 1),
    "thinking_share": (0, 1),
    "requests_per_user_day": (0.5, 20),
    "peak_to_average": (1, 8),
    "utilisation_target": (0.3, 1),
    "speed_factor": (0.5, 2),
    "on_demand_hours_month": (0, 744),
    "ops_staff": (0, 4),
    "staff_cost_year": (0, 500_000),
    "electricity_price_cny_per_kwh": (0, 2),
    "pue": (1, 2),
    "gpu_load": (0, 1),
    "server_power_ratio": (1, 3),
    "maintenance_rate": (0, 0.3),
    "server_cost_ratio": (0, 1),
    "residual_rate": (0, 1),
    "income_tax_rate": (0, 0.4),
    "vat_rate": (0, 0.2),
    "vat_rate_goods": (0, 0.2),
    "vat_rate_services": (0, 0.2),
    "security_cost": (0, 300_000),
}
TOKEN_PRICES = [key for key, field in CATALOG.fields.items() if field.item_kind == "api_model"]


@dataclass(frozen=True)
class Case:
    """A question: the option, its demand, and what is assumed and given."""

    deployment: str
    what: str
    dau: float
    tokens: tuple[float, float]
    years: int
    assumptions: list[list[Any]]
    figures: list[list[Any]] | None

    def arguments(self) -> tuple[Any, ...]:
        """Return the arguments of LLM_TCO."""
        return (
            *(self.deployment, self.what, self.dau, self.years, *self.tokens),
            *(self.assumptions, self.figures),
        )


def option(dice: random.Random) -> tuple[str, str]:
    """Return a deployment and what it runs on."""
    kind = dice.choice(["api", "api", "rent", "own", "tier", "sized", "sized"])
    if kind == "api":
        return "api", dice.choice(API_MODELS)
    if kind == "tier":
        return "own", dice.choice(TIERS)
    if kind == "sized":
        model = dice.choice(list(SIZED))
        deployment = dice.choice(["rent", "own"])
        return deployment, f"{model}@{dice.choice(priced(deployment, SIZED[model]))}"
    gpu = dice.choice(priced(kind, CATALOG.names.items("gpu")))
    return kind, f"{dice.choice([1, 2, 3, 4, 5, 7, 8, 9, 16, 33, 64, dice.randint(1, 64)])}×{gpu}"


def priced(deployment: str, gpus: Any) -> list[str]:
    """Return the GPUs that have the prices of a deployment."""
    fields = {"rent": ("reserved_month", "on_demand_hour"), "own": ("purchase",)}[deployment]
    return [gpu for gpu in gpus if all(CATALOG.has(gpu, field) for field in fields)]


def given_figures(dice: random.Random, what: str) -> list[list[Any]] | None:
    """Return a range of figures for what is costed, or none."""
    if dice.random() < 0.5:
        return None
    item = what if what in API_MODELS else what.rpartition("@")[2].rpartition("×")[2]
    if item in API_MODELS:
        fields: tuple[str, ...] = tuple(dice.sample(TOKEN_PRICES, dice.randint(1, 20)))
        top = 30.0
    elif item in TIERS:
        fields, top = (dice.choice(["hardware", "software", "power_year", "staff_year"]),), 1e6
    else:
        fields, top = (dice.choice(["purchase", "server_share", "reserved_month", "on_demand_hour"]),), 1e5
    rows = []
    for field in fields:
        ends = sorted(dice.uniform(0.01, top) for _ in range(3))
        currency, tax = dice.choice(["CNY", "CNY", "USD"]), dice.choice(["unknown", "inclusive", "exclusive"])
        rows.append([item, field, ends[1], ends[0], ends[2], currency, tax])
    return [HEADER, *rows]


def case(seed: int) -> Case:
    """Return a random question."""
    dice = random.Random(seed)  # noqa: S311 - cases, not secrets
    deployment, what = option(dice)
    # long prompts reach the prices for them; a model's context ends earlier
    longest = 400_000 if deployment == "api" else 8_000
    assumptions: list[list[Any]] = [
        [key, dice.choice(CHOICES[key])] for key in CHOICES if dice.random() < 0.5
    ]
    assumptions += [[key, dice.uniform(*ends)] for key, ends in RANGES.items() if dice.random() < 0.3]
    return Case(
        deployment,
        what,
        dice.choice([10.0, 1_000.0, 30_000.0, dice.uniform(1, 1e6)]),
        dice.choice([(800.0, 400.0), (dice.uniform(100, longest), dice.uniform(100, 4_000))]),
        dice.choice([1, 2, 3, 5, 10, 20]),
        assumptions,
        given_figures(dice, what),
    )


@lru_cache(maxsize=1)
def published() -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Return the catalog's figures as plain dicts."""
    return {key: [asdict(row) for row in rows] for key, rows in CATALOG.figures.items()}


def world(given: list[list[Any]] | None) -> dict[str, Any]:
    """Return the catalog's facts as plain lists and dicts, a range of figures beside them."""
    return {
        "figures": published(),
        "given": {(row[0], row[1]): dict(zip(HEADER, row, strict=True)) for row in (given or [])[1:]},
        "day": CATALOG.release_date,
        "prompt_tiers": {
            base: [(tier.prompt_above, tier.key) for tier in tiers] for base, tiers in CATALOG.tiers.items()
        },
        "tiers": [
            {
                "item": row["item"],
                "gpu": row["gpu"],
                "low": int(row["gpus_low"]),
                "high": float(row["gpus_high"] or "inf"),
            }
            for row in CATALOG.tables["tiers"].rows
        ],
        "tdp_w": {row["item"]: float(row["tdp_w"] or "nan") for row in CATALOG.tables["gpus"].rows},
    }


def service_of(a: dict[str, Any], tokens: tuple[float, float]) -> Service:
    """Return what a request looks like."""
    requests = a["requests_per_user_day"]
    return Service(tokens[0] / requests, tokens[1] / requests, a["cache_hit_rate"])


def replicas(a: dict[str, Any], model: str, gpu: str, tokens: tuple[float, float]) -> list[tuple[float, int]]:
    """Return the tokens a second and GPUs of each size of a replica, as sizing gives them."""
    spec, service = model_spec(CATALOG, model), service_of(a, tokens)
    found = replica_options(
        spec, spec.native_precision, gpu_spec(CATALOG, gpu), service, sizing_constants(CATALOG)
    )
    return [(one.tokens_per_s * a["speed_factor"], one.gpus_per_replica) for one in found]


def documented(what: str, estimate: str) -> tuple[str, str, int] | None:
    """Return the model that the documents run on a tier or configuration, with its GPU and how many are paid for."""
    classes = CATALOG.tables["size_classes"].rows
    if what in TIERS:
        tier = CATALOG.row("tiers", what)
        low, high = int(tier["gpus_low"]), int(tier["gpus_high"])
        row = next(row for row in classes if row["tier"] == what)
        gpu, count = tier["gpu"], {"low": low, "base": (low + high) // 2, "high": high}[estimate]
    else:
        text, _, gpu = what.partition("×")
        count = int(text)
        typical = {row["gpu_config"]: row["size_class"] for row in CATALOG.tables["typical_configs"].rows}
        holding = [row["item"] for row in classes if holds(row["gpu_configs"], gpu, count)]
        chosen = [typical[what]] if what in typical else holding
        if not chosen:
            return None
        row = next(row for row in classes if row["item"] == chosen[0])
    return CATALOG.names.find("open_model", row["example_models"].split(";")[0]), gpu, count


def holds(configs: str, gpu: str, count: int) -> bool:
    """Tell whether `2~4×A100 80GB; 8×H100 80GB` holds a number of a GPU."""
    for config in configs.split("; "):
        counts, _, name = config.partition("×")
        low, _, high = counts.partition("~")
        if name == gpu and int(low) <= count <= int(high or low):
            return True
    return False


def users_served(asked: Case, a: dict[str, Any]) -> float:
    """Return the users that hardware serves by the documents' model; infinite where they name none or it is sized."""
    known = None
    if asked.deployment != "api" and "@" not in asked.what:
        known = documented(asked.what, a["estimate"])
    if known is None:
        return float("inf")
    model, gpu, count = known
    spec, reserve = model_spec(CATALOG, model), a["reserve_replicas"]
    service, constants = service_of(a, asked.tokens), sizing_constants(CATALOG)
    try:
        found = config_capacity(
            spec, spec.native_precision, gpu_spec(CATALOG, gpu), count, service, constants, reserve=reserve
        )
    except NotAvailableError:
        return 0.0
    peak = money.demand(a, 1, asked.tokens, 1)[0]["peak"]
    return found.tokens_per_s * float(a["speed_factor"]) * float(a["utilisation_target"]) / peak


def reference(asked: Case) -> tuple[dict[str, Any], dict[str, Any], list[money.Year]]:
    """Return the facts, the assumptions in force, and the cash flows by the reference."""
    given = {key: value for key, value in asked.assumptions}  # noqa: C416 - a range of pairs
    a = asdict(resolve(CATALOG, given))
    default = asdict(resolve(CATALOG, {key: a[key] for key in ("profile", "estimate")}))
    facts = world(asked.figures)
    if asked.deployment == "api":
        return facts, a, money.api(facts, a, asked.what, asked.dau, asked.tokens, asked.years)
    if asked.what in TIERS:
        return facts, a, money.own_tier(facts, a, default, asked.what, asked.years)
    model, at, gpu = asked.what.partition("@")
    if at:
        served = replicas(a, model, gpu, asked.tokens)
        needed = money.need(a, served, asked.dau, asked.tokens, asked.years)
    else:
        count, _, gpu = asked.what.partition("×")
        needed = [int(count)] * asked.years
    if asked.deployment == "rent":
        return facts, a, money.rent(facts, a, gpu, needed)
    return facts, a, money.own_cards(facts, a, default, gpu, needed)


def check(asked: Case) -> None:
    """Compare each function with the reference."""
    facts, a, flows = reference(asked)
    rate = a["fx_cny_per_usd"] if a["currency"] == "USD" else 1.0

    def close(amount: float) -> Any:
        return pytest.approx(amount / rate, rel=1e-9, abs=1e-6)

    context = (asked.assumptions, asked.figures)
    assert call("LLM_TCO", *asked.arguments()) == close(money.total(a, flows))
    table = call("LLM_TCO_TABLE", *asked.arguments())
    assert isinstance(table, list)
    heading = {key: column for column, key in enumerate(table[0])}
    present = money.present(a, flows)
    assert len(table) == asked.years + 2
    for row, flow, value in zip(table[1:-1], flows, present, strict=True):
        for part in PARTS_OF_A_YEAR:
            assert row[heading[part]] == close(flow.get(part, 0.0)), part
        assert row[heading["total"]] == close(sum(flow.values()))
        assert row[heading["present_value"]] == close(value)
    assert table[-1][heading["present_value"]] == close(money.total(a, flows))
    if asked.deployment == "api":
        month = asked.dau * a["days_per_month"] * money.user_day(facts, a, asked.what, asked.tokens)
        assert call("LLM_API_COST", asked.what, asked.dau, *asked.tokens, *context) == close(month)
    elif asked.deployment == "rent" and "×" in asked.what:
        count, _, gpu = asked.what.partition("×")
        for pricing in ("reserved", "on_demand"):
            amount = int(count) * money.rent_month(facts, a, gpu, pricing)
            assert call("LLM_RENT_COST", asked.what, pricing, *context) == close(amount)
    elif asked.deployment == "own" and "@" not in asked.what:
        assert call("LLM_OWN_CAPEX", asked.what, *context) == close(money.capex(flows[0]))
        opex = sum(flows[0].get(part, 0.0) for part in ("staff", "power", "maintenance"))
        assert call("LLM_OWN_OPEX", asked.what, *context) == close(opex)
    users = max(year["users"] for year in money.demand(a, asked.dau, asked.tokens, asked.years))
    if users > users_served(asked, a) * (1 + 1e-9):
        with pytest.raises(CellError, match="serves") as caught:
            call("LLM_COST_PER_MTOK", *asked.arguments())
        assert caught.value.code == "#N/A"
    else:
        levelised = money.per_mtok(a, flows, asked.dau, asked.tokens)
        assert call("LLM_COST_PER_MTOK", *asked.arguments()) == close(levelised)


@pytest.mark.parametrize("part", range(PARTS))
def test_agrees_on_random_cases(part: int) -> None:
    """Totals, tables, levelised cost and the amounts of one option agree to 1e-9."""
    for seed in range(part, CASES, PARTS):
        asked = case(seed)
        try:
            check(asked)
        except NotAvailableError as error:
            pytest.fail(f"case {seed}: {asked}: {error}")
        except AssertionError as error:
            error.add_note(f"case {seed}: {asked}")
            raise


@pytest.mark.parametrize("part", range(4))
def test_curves_and_paybacks_agree(part: int) -> None:
    """BREAKEVEN_CURVE and LLM_PAYBACK of two random options, on 200 random cases."""
    for seed in range(part, 200, 4):
        dice = random.Random(seed)  # noqa: S311 - cases, not secrets
        months = dice.choice([1, 24, 60, 119, 120, 240])
        years = -(-months // 12)
        a = replace(case(seed), figures=None, years=years, tokens=(800.0, 400.0))
        deployment, what = option(dice)
        b = replace(a, deployment=deployment, what=what)
        _, assumed, flows = reference(a)
        curves = [money.cumulative(one, months) for one in (flows, reference(b)[2])]
        rate = assumed["fx_cny_per_usd"] if assumed["currency"] == "USD" else 1.0
        options = (a.deployment, a.what, b.deployment, b.what, a.dau)
        table = call("BREAKEVEN_CURVE", *options, months, a.assumptions)
        assert isinstance(table, list)
        for column, levels in enumerate(curves, start=1):
            expected = pytest.approx([level / rate for level in levels], rel=1e-9, abs=1e-6)
            assert [row[column] for row in table[1:]] == expected, seed
        months_back = money.payback(*curves)
        arguments = (*options, months, None, None, a.assumptions)
        if months_back is None:
            with pytest.raises(CellError, match="never pays back"):
                call("LLM_PAYBACK", *arguments)
        else:
            assert call("LLM_PAYBACK", *arguments) == pytest.approx(months_back, rel=1e-9, abs=1e-9), seed
