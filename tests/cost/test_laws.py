"""Laws of the cost core over random demands and assumptions."""

from __future__ import annotations

from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlmodel import CellError, call
from xlmodel.catalog.load import built_in
from xlmodel.inputs.register import register

SLACK = 1e-9
SIZED = [
    ("api", "DeepSeek V3"),
    ("rent", "Qwen3-32B"),
    ("own", "Qwen3-32B"),
    ("rent", "Qwen3-8B@H100 80GB"),
    ("own", "Qwen3-8B@RTX 4090 48GB"),
    ("own", "DeepSeek-V3@H200 141GB"),
]
NAMED = [
    ("rent", "2×A100 80GB"),
    ("own", "standard"),
    ("own", "enterprise"),
    ("own", "8×H100"),
    ("own", "3×RTX 4090 48GB"),
]
CLASSES = ["7B~14B", "32B~70B", "70B~235B", "671B"]
PROFILES = st.sampled_from(["published", "full"])
ENDS = st.sampled_from(["low", "base", "high"])
USERS = st.floats(0, 3e6)
some = settings(max_examples=60, deadline=None)
# what moves both sides; hardware does not get dearer, for buying more at the start would then save
MOVED = st.fixed_dictionaries(
    {
        "growth_rate": st.floats(-0.5, 1),
        "api_price_change_rate": st.floats(-0.5, 1),
        "rent_price_change_rate": st.floats(-0.5, 1),
        "hardware_price_change_rate": st.floats(-0.5, 0),
        "discount_rate": st.floats(0, 0.5),
        "cache_hit_rate": st.floats(0, 1),
        "retry_rate": st.floats(0, 1),
        "batch_share": st.floats(0, 1),
        "requests_per_user_day": st.sampled_from([0.5, 1, 3, 15]),
        "reserve_replicas": st.sampled_from([0, 1, 2]),
        "hardware_life_years": st.integers(1, 8),
        "residual_rate": st.floats(0, 1),
        "days_per_month": st.floats(28, 31),
    }
)


def number(name: str, *arguments: object) -> float:
    """Call a function that gives a number."""
    value = call(name, *arguments)
    assert isinstance(value, float)
    return value


def pairs(values: dict[str, float]) -> list[list[object]]:
    """Return assumptions as a range."""
    return [[key, value] for key, value in values.items()]


def rows(*arguments: object) -> list[dict[str, object]]:
    """Return a table as one mapping a row."""
    table = call(*arguments)  # type: ignore[arg-type]  # the name stands first
    assert isinstance(table, list)
    header, *lines = table
    return [dict(zip(map(str, header), line, strict=True)) for line in lines]


@some
@given(st.sampled_from(SIZED), USERS, st.floats(0, 1e6), st.integers(1, 8), MOVED, PROFILES, ENDS)
def test_a_larger_demand_never_costs_less(
    option: tuple[str, str],
    dau: float,
    more: float,
    years: int,
    moved: dict[str, float],
    profile: str,
    estimate: str,
) -> None:
    """Whatever is made to serve it: more users are never cheaper."""
    less, larger = (
        number("LLM_TCO", *option, users, years, None, None, pairs(moved), None, f"{profile}; {estimate}")
        for users in (dau, dau + more)
    )
    assert less <= larger * (1 + SLACK)


@some
@given(st.sampled_from([*SIZED, *NAMED]), USERS, st.integers(1, 8), MOVED, st.floats(0, 1), PROFILES)
def test_the_years_are_the_total(
    option: tuple[str, str], dau: float, years: int, moved: dict[str, float], tax: float, profile: str
) -> None:
    """The present values of LLM_TCO_TABLE add up to LLM_TCO, and its components to each year's total."""
    given_values = pairs({**moved, "income_tax_rate": tax})
    arguments = (*option, dau, years, None, None, given_values, None, profile)
    *by_year, last = rows("LLM_TCO_TABLE", *arguments)
    total = number("LLM_TCO", *arguments)
    present = [float(str(row["present_value"])) for row in by_year]
    assert len(present) == years
    scale = max(1.0, *map(abs, present))
    assert sum(present) == pytest.approx(total, rel=1e-9, abs=1e-9 * scale)
    assert last["present_value"] == pytest.approx(total, rel=1e-9, abs=1e-9 * scale)
    for row in by_year:
        parts = [float(str(value)) for key, value in row.items() if key not in _SUMS]
        assert sum(parts) == pytest.approx(row["total"], rel=1e-9, abs=1e-9 * max(1.0, *map(abs, parts)))


_SUMS = {"year", "total", "discount_factor", "present_value"}


@some
@given(st.sampled_from(CLASSES), st.floats(1, 3e6), st.integers(1, 5), MOVED, PROFILES, ENDS)
def test_only_what_can_serve_is_ranked(
    model: str, dau: float, years: int, moved: dict[str, float], profile: str, estimate: str
) -> None:
    """The GPUs of a ranked option are those that LLM_PLAN takes for the largest year, or more; of others, fewer."""
    variant = f"{profile}; {estimate}"
    growth = max((1 + moved["growth_rate"]) ** year for year in range(years))
    for row in rows("LLM_COMPARE", dau, model, years, None, None, pairs(moved), None, variant):
        if row["deployment"] == "api":
            assert row["rank"] != ""
            continue
        open_model, _, precision = str(row["model"]).partition(" ")
        count, _, gpu = str(row["needs"]).partition("×")
        assert row["serves"] == (row["rank"] != "") == (row["per_mtok"] != "")
        if not count:
            continue
        # a hair off the exact capacity, where the two divisions may end in different digits
        taken = [
            _plan_gpus(open_model, dau * growth * hair, precision, gpu, moved, variant)
            for hair in (1 - 1e-7, 1 + 1e-7)
        ]
        if row["serves"]:
            assert taken[0] <= float(count)
            assert row["needs_total"] == row["total"]
        else:
            assert taken[0] <= float(count) <= taken[1]
            held = _paid_for(str(row["what"]), estimate)
            assert held is None or held < taken[1]


def _plan_gpus(
    model: str, dau: float, precision: str, gpu: str, moved: dict[str, float], variant: str
) -> float:
    (row,) = rows("LLM_PLAN", model, dau, precision, gpu, None, None, pairs(moved), None, variant)
    return float(str(row["gpus"]))


def _paid_for(what: str, estimate: str) -> float | None:
    """Return the GPUs of a configuration, or of a tier at an end, by the published ranges."""
    ranges = {"light": (1, 2), "standard": (2, 4), "enterprise": (4, 8)}
    if what in ranges:
        low, high = ranges[what]
        return {"low": low, "base": (low + high) // 2, "high": high}[estimate]
    return float(what.partition("×")[0])


@lru_cache(maxsize=1)
def _prices() -> list[tuple[str, str, float]]:
    """Return the figures of every kind that a cost rests on."""
    items = {
        "DeepSeek V3",
        "A100 80GB",
        "H100 80GB",
        "RTX 4090 48GB",
        "H200 141GB",
        "light",
        "standard",
        "enterprise",
        "framework",
        "data",
        "security",
        "backup",
    }
    return [(*key, found[-1].value) for key, found in built_in().figures.items() if key[0] in items]


@settings(max_examples=200, deadline=None)
@given(st.data(), st.sampled_from([*SIZED, *NAMED]), MOVED, PROFILES)
def test_doubling_a_price_never_lowers_a_total(
    data: st.DataObject, option: tuple[str, str], moved: dict[str, float], profile: str
) -> None:
    """Each figure by itself, made twice as high: no total falls, also after tax and with a residual value."""
    item, field, value = data.draw(st.sampled_from(_prices()))
    tax = data.draw(st.floats(0, 0.5))
    given_values = pairs({**moved, "income_tax_rate": tax})
    once, twice = (
        number(
            "LLM_TCO",
            *option,
            50_000,
            5,
            None,
            None,
            given_values,
            [["item", "field", "value"], [item, field, factor * value]],
            profile,
        )
        for factor in (1, 2)
    )
    assert once <= twice + SLACK * abs(twice)


# an assumption that a cost is proportional to, or a part of it is -> the largest value that is doubled
COSTS = {
    "electricity_price_cny_per_kwh": 5.0,
    "pue": 5.0,
    "gpu_load": 0.5,
    "server_power_ratio": 5.0,
    "maintenance_rate": 1.0,
    "staff_cost_year": 1e6,
    "ops_staff": 5.0,
    "server_cost_ratio": 2.0,
    "on_demand_hours_month": 372.0,
    "fx_cny_per_usd": 10.0,
    "framework_cost": 1e6,
    "data_cost": 1e6,
    "security_cost": 1e6,
    "backup_cost": 1e6,
}
# pue and the power of a server are 1 at least
LEAST = {"pue": 1.0, "server_power_ratio": 1.0, "fx_cny_per_usd": 1.0}
# a card without a figure server_share, and prices in dollars
CARD = [
    ["item", "field", "value", "currency"],
    ["L40S 48GB", "purchase", 7_000, "USD"],
    ["L40S 48GB", "on_demand_hour", 1, "USD"],
    ["L40S 48GB", "reserved_month", 400, "USD"],
]
DOUBLED = [*SIZED, *NAMED, ("own", "3×L40S 48GB"), ("own", "Qwen3-8B@L40S 48GB"), ("rent", "L40S 48GB")]


@settings(max_examples=300, deadline=None)
@given(st.data(), st.sampled_from(list(COSTS)), st.sampled_from(DOUBLED), MOVED, PROFILES, ENDS)
def test_doubling_an_assumption_of_cost_never_lowers_a_total(
    data: st.DataObject,
    key: str,
    option: tuple[str, str],
    moved: dict[str, float],
    profile: str,
    estimate: str,
) -> None:
    """Tariff, power, upkeep, staff, servers, hours, dollars, one-offs: twice as much, no total falls; rentals by the hour."""
    value = data.draw(st.floats(LEAST.get(key, 0.0), COSTS[key]))
    tax = data.draw(st.floats(0, 0.5))
    others: list[list[object]] = [*pairs({**moved, "income_tax_rate": tax}), ["rent_pricing", "on_demand"]]
    once, twice = (
        number(
            "LLM_TCO",
            *option,
            50_000,
            5,
            None,
            None,
            [*others, [key, factor * value]],
            CARD,
            f"{profile}; {estimate}",
        )
        for factor in (1, 2)
    )
    assert once <= twice + SLACK * abs(twice)


@pytest.mark.parametrize(
    ("key", "option", "more"),
    [
        # of the standard tier 6.5 of upkeep a year, 30 of staff, 11.5 of power (10,000 CNY)
        ("maintenance_rate", ("own", "standard"), 3 * 65_000),
        ("staff_cost_year", ("own", "standard"), 3 * 300_000),
        ("electricity_price_cny_per_kwh", ("own", "standard"), 3 * 115_000),
        ("pue", ("own", "standard"), 3 * 115_000),
        # 8 cards of 400 W x 1.8 x 0.6 x 1.5 = 5.184 kW over 8,640 h at 0.8
        ("server_power_ratio", ("own", "8×A100 80GB"), 3 * 5.184 * 8_640 * 0.8),
        # 4 slots of a card of 50,400, and 12 % of it a year
        ("server_cost_ratio", ("own", "3×L40S 48GB"), 4 * 0.28 * 50_400 * (1 + 3 * 0.12)),
    ],
)
def test_doubling_adds_the_line_once_more(key: str, option: tuple[str, str], more: float) -> None:
    """What a doubled default adds in three years, by hand."""
    once = number("LLM_TCO", *option, None, 3, None, None, None, CARD)
    value = 2 * float(register()[key].published)
    twice = number("LLM_TCO", *option, None, 3, None, None, [[key, value]], CARD)
    assert twice - once == pytest.approx(more, rel=1e-9)


# key -> a value that must move the answer of a call
MOVES: dict[str, tuple[float | str, tuple[object, ...]]] = {
    "profile": ("full", ("LLM_TCO", "rent", "2×A100 80GB")),
    "estimate": ("high", ("LLM_TCO", "own", "standard")),
    "currency": ("USD", ("LLM_TCO", "own", "standard")),
    "days_per_month": (31, ("LLM_API_COST", "DeepSeek V3", 100)),
    "growth_rate": (1, ("LLM_TCO", "rent", "Qwen3-32B", 100_000)),
    "price_change_rate": (0.1, ("LLM_TCO", "rent", "H100")),
    "api_price_change_rate": (0.1, ("LLM_TCO", "api", "DeepSeek V3", 10)),
    "rent_price_change_rate": (0.1, ("LLM_TCO", "rent", "H100")),
    "hardware_price_change_rate": (0.1, ("LLM_TCO", "own", "standard", None, 6)),
    "discount_rate": (0.1, ("LLM_TCO", "own", "standard")),
    "cache_hit_rate": (0.9, ("LLM_TCO", "rent", "Qwen3-32B", 1_000_000)),
    "retry_rate": (1, ("LLM_TCO", "rent", "Qwen3-32B", 1_000_000)),
    "batch_share": (0.5, ("LLM_TCO", "rent", "Qwen3-32B", 1_000_000)),
    "requests_per_user_day": (15, ("LLM_TCO", "own", "Qwen3-32B", 1_000_000)),
    "peak_to_average": (8, ("LLM_TCO", "rent", "Qwen3-32B", 1_000_000)),
    "utilisation_target": (0.3, ("LLM_TCO", "rent", "Qwen3-32B", 1_000_000)),
    "reserve_replicas": (3, ("LLM_TCO", "rent", "Qwen3-32B", 1_000)),
    "speed_factor": (0.5, ("LLM_TCO", "rent", "Qwen3-32B", 1_000_000)),
    "tpot_limit_ms": (30, ("LLM_TCO", "rent", "Qwen3-32B", 1_000_000)),
    "ttft_limit_ms": (300, ("LLM_TCO", "rent", "Qwen3-32B", 1_000_000)),
    "engine": ("tuned", ("LLM_TCO", "rent", "Qwen3-32B", 1_000_000)),
    "precision": ("int4", ("LLM_TCO", "rent", "Qwen3-32B", 1_000)),
    "kv_precision": ("fp8", ("LLM_TCO", "rent", "Qwen3-32B", 3_000_000)),
    "network_gbit_s": (1, ("LLM_TCO", "own", "DeepSeek-R1@A100 80GB", 300_000)),
    "rent_pricing": ("on_demand", ("LLM_TCO", "rent", "H100")),
    "on_demand_hours_month": (100, ("LLM_RENT_COST", "H100", "on_demand")),
    "ops_staff": (2, ("LLM_TCO", "own", "standard")),
    "staff_cost_year": (1, ("LLM_TCO", "own", "standard")),
    "electricity_price_cny_per_kwh": (2, ("LLM_TCO", "own", "standard")),
    "pue": (2, ("LLM_TCO", "own", "H100")),
    "gpu_load": (1, ("LLM_TCO", "own", "standard")),
    "server_power_ratio": (3, ("LLM_TCO", "own", "H100")),
    "maintenance_rate": (0.5, ("LLM_TCO", "own", "standard")),
    "hardware_life_years": (2, ("LLM_TCO", "own", "standard")),
    "residual_rate": (0.5, ("LLM_TCO", "own", "standard")),
    "income_tax_rate": (0.25, ("LLM_TCO", "own", "standard")),
    "framework_cost": (1, ("LLM_TCO", "own", "standard")),
    "data_cost": (1, ("LLM_TCO", "rent", "H100")),
    "security_cost": (1, ("LLM_TCO", "api", "DeepSeek V3", 10)),
    "backup_cost": (1, ("LLM_TCO", "own", "standard")),
}


@pytest.mark.parametrize("key", MOVES)
def test_an_assumption_moves_what_its_name_says(key: str) -> None:
    """Another value gives another result: no assumption is without effect."""
    value, arguments = MOVES[key]
    name, rest = str(arguments[0]), list(arguments[1:])
    place = {"LLM_TCO": 6, "LLM_API_COST": 4, "LLM_RENT_COST": 2}[name]
    rest += [None] * (place - len(rest))
    assert call(name, *rest, [[key, value]]) != call(name, *rest)


def test_a_doubled_tariff_raises_every_power_line() -> None:
    """Twice the tariff adds the power line once more: 300,000 of the enterprise tier."""
    assert number("LLM_OWN_OPEX", "enterprise", "electricity_price_cny_per_kwh=1.6") == 950_000 + 300_000
    with pytest.raises(CellError, match="cluster: no yearly operations"):
        call("LLM_OWN_OPEX", "cluster", "electricity_price_cny_per_kwh=1.6")
