"""The cost chain of docs/method.md a second time, in plain arithmetic.

It imports nothing of the package. `world` holds the facts (figures by item and field, tiers, rated power), `a` the
assumptions in force and `default` their defaults; a year is counted from 1.
"""

from __future__ import annotations

import math
from typing import Any

GOODS = {"purchase", "hardware", "infrastructure", "server_share", "power_year"}
UNTAXED = {"staff_year", "one_off"}

Numbers = dict[str, float]
Facts = dict[str, Any]
Year = dict[str, float]


def rows_in_force(world: Facts, item: str, field: str) -> list[Facts]:
    """Return the catalog's rows in force, the newest last."""
    rows = [row for row in world["figures"].get((item, field), []) if row["effective_from"] <= world["day"]]
    return sorted(rows, key=lambda row: str(row["effective_from"]))


def figure(world: Facts, item: str, field: str, currency: str) -> Facts | None:
    """Return the figure: given first, else the newest in the wanted currency, else the newest."""
    if (item, field) in world["given"]:
        return dict(world["given"][item, field])
    rows = rows_in_force(world, item, field)
    rows = [row for row in rows if row["currency"] == currency] or rows
    return rows[-1] if rows else None


def price(world: Facts, a: Facts, item: str, field: str, currency: str = "") -> float | None:
    """Return a price in CNY with its VAT factor, or None where none is published."""
    row = figure(world, item, field, currency or a["currency"])
    if row is None:
        return None
    amount = float(row[{"low": "low", "base": "value", "high": "high"}[a["estimate"]]])
    if row["currency"] == "USD":
        amount *= a["fx_cny_per_usd"]
    rate = a["vat_rate_goods"] if field in GOODS else a["vat_rate_services"]
    basis = a["price_tax_basis"] if row["tax"] == "unknown" else row["tax"]
    if field in UNTAXED or basis == "as_stated":
        return amount
    net = amount / (1 + rate) if basis == "inclusive" else amount
    return net if a["vat_recoverable"] == "yes" else (net * (1 + rate) if basis == "exclusive" else amount)


def on_list(world: Facts, model: str, field: str, currency: str) -> bool:
    """Tell whether a price stands on the list of a currency: given in any, or published in it."""
    published = any(row["currency"] == currency for row in rows_in_force(world, model, field))
    return published or (model, field) in world["given"]


def list_currency(world: Facts, a: Facts, model: str) -> str:
    """Return the currency of a bill's list: of a given input beside an output, asked for, else CNY, else what there is."""
    given = world["given"].get((model, "input"))
    if given is not None and on_list(world, model, "output", given["currency"]):
        return str(given["currency"])
    published = {**world, "given": {}}
    for currency in (a["currency"], "CNY"):
        if all(on_list(published, model, side, currency) for side in ("input", "output")):
            return str(currency)
    return str((figure(published, model, "input", "CNY") or {"currency": "CNY"})["currency"])


def token_price(world: Facts, a: Facts, model: str, field: str, prompt: float, currency: str) -> float | None:
    """Return the price of a list for the longest tier below the prompt, else the plain one."""
    for above, key in [*sorted(world["prompt_tiers"].get(field, []), reverse=True), (-1.0, field)]:
        if above < prompt and on_list(world, model, key, currency):
            return price(world, a, model, key, currency)
    return None


def power_of(rate: float, year: int) -> float:
    """Return (1 + rate)^(year - 1)."""
    return (1 + rate) ** (year - 1)


def days(a: Facts) -> float:
    """Return the days of a year."""
    return 12 * a["days_per_month"]


def demand(a: Facts, dau: float, tokens: tuple[float, float], years: int) -> list[Numbers]:
    """Return users, tokens and peak of each year."""
    found = []
    for year in range(1, years + 1):
        users = dau * power_of(a["growth_rate"], year)
        mean = users * tokens[1] * (1 + a["retry_rate"]) / 86_400
        peak = mean * max(1, (1 - a["batch_share"]) * a["peak_to_average"])
        found.append({"users": users, "tokens": users * sum(tokens) * days(a), "peak": peak})
    return found


def user_day(world: Facts, a: Facts, model: str, tokens: tuple[float, float]) -> float:
    """Return what a daily user costs a day through an API."""
    prompt = tokens[0] / a["requests_per_user_day"]
    currency = list_currency(world, a, model)

    def part(field: str) -> float | None:
        return token_price(world, a, model, field, prompt, currency)

    hit, thinking = a["cache_hit_rate"], a["thinking_share"]
    miss, plain_out = (
        price(world, a, model, side, currency) if part(side) is None else part(side)
        for side in ("input", "output")
    )
    assert miss is not None
    assert plain_out is not None
    cached = part("input_cached")
    cached = miss * a["cache_price_ratio"] if cached is None else cached
    written = part("cache_write")
    miss = written if hit > 0 and written is not None else miss
    thought = part("output_thinking")
    plain = {
        "input": (1 - hit) * miss + hit * cached,
        "output": (1 - thinking) * plain_out + thinking * (plain_out if thought is None else thought),
    }
    cost = 0.0
    for side, amount in zip(("input", "output"), tokens, strict=True):
        level = plain[side]
        for kind in ("off_peak", "batch"):
            other, share = part(f"{kind}_{side}"), a[f"{kind}_share"]
            level = level if other is None else (1 - share) * level + share * other
        cost += amount * level
    return cost * (1 + a["retry_rate"]) / 1e6


def one_offs(a: Facts) -> float:
    """Return the one-offs of a first year on GPUs."""
    return a["framework_cost"] + a["data_cost"] + a["security_cost"] + a["backup_cost"]


def api(
    world: Facts, a: Facts, model: str, dau: float, tokens: tuple[float, float], years: int
) -> list[Year]:
    """Return the cash flows of an API."""
    cost = user_day(world, a, model, tokens)
    path = a["api_price_change_rate"]
    wanted = demand(a, dau, tokens, years)
    flows = [{"usage": y["users"] * days(a) * cost * power_of(path, n)} for n, y in enumerate(wanted, 1)]
    flows[0]["one_off"] = a["security_cost"]
    return finish(a, flows)


def need(
    a: Facts, replicas: list[tuple[float, int]], dau: float, tokens: tuple[float, float], years: int
) -> list[int]:
    """Return the fewest GPUs of each year, of replicas of (tokens a second, GPUs)."""
    found = []
    for year in demand(a, dau, tokens, years):
        fleets = []
        for tokens_per_s, gpus in replicas:
            ratio = year["peak"] / (tokens_per_s * a["utilisation_target"])
            copies = max(1, math.ceil(ratio - 1e-9 * ratio)) + int(a["reserve_replicas"])
            fleets.append(copies * gpus)
        found.append(min(fleets))
    return found


def rent_month(world: Facts, a: Facts, gpu: str, pricing: str) -> float:
    """Return the rent of one GPU and month."""
    if pricing == "on_demand":
        hour = price(world, a, gpu, "on_demand_hour")
        assert hour is not None
        return hour * a["on_demand_hours_month"]
    month = price(world, a, gpu, "reserved_month")
    assert month is not None
    return month


def rent(world: Facts, a: Facts, gpu: str, gpus: list[int]) -> list[Year]:
    """Return the cash flows of renting so many GPUs in each year."""
    month, path = rent_month(world, a, gpu, a["rent_pricing"]), a["rent_price_change_rate"]
    staff = a["ops_staff"] * a["staff_cost_year"]
    flows = [
        {"usage": count * month * 12 * power_of(path, n), "staff": staff} for n, count in enumerate(gpus, 1)
    ]
    flows[0]["one_off"] = one_offs(a)
    return finish(a, flows)


def slots(cards: int) -> int:
    """Return the slots of machines of 1, 2, 4 and 8 that hold so many cards."""
    return next((size for size in (1, 2, 4) if cards <= size), 8 * math.ceil(cards / 8))


def tier_of(world: Facts, gpu: str, count: int) -> str:
    """Return the tier that holds so many of a GPU."""
    fits = [t for t in world["tiers"] if t["low"] <= count <= t["high"]]
    same = [t for t in fits if t["gpu"] == gpu]
    return str(((same or fits or world["tiers"][-1:])[0])["item"])


def staff_line(world: Facts, a: Facts, default: Facts, tier: str) -> float:
    """Return a tier's staff, or that of the largest tier which has one."""
    staffed = [t["item"] for t in world["tiers"] if figure(world, t["item"], "staff_year", "CNY")]
    line = price(world, a, tier if tier in staffed else staffed[-1], "staff_year")
    assert line is not None
    persons = 1.0 if a["profile"] == "published" and a["ops_staff"] == 0 else a["ops_staff"]
    return line * a["staff_cost_year"] / default["staff_cost_year"] * persons


def own_cards(world: Facts, a: Facts, default: Facts, gpu: str, needed: list[int]) -> list[Year]:
    """Return the cash flows of owning so many cards of a GPU in each year."""
    life, path = int(a["hardware_life_years"]), a["hardware_price_change_rate"]
    card, share = price(world, a, gpu, "purchase"), price(world, a, gpu, "server_share")
    assert card is not None
    share = a["server_cost_ratio"] * card if share is None else share
    kw = world["tdp_w"][gpu] / 1000 * a["server_power_ratio"] * a["gpu_load"] * a["pue"]
    bought: dict[str, list[int]] = {"cards": [], "slots": []}
    paid = {"infrastructure": 0.0, "software": 0.0}
    flows: list[Year] = []
    for n, count in enumerate(needed, 1):
        for kind, wanted in (("cards", count), ("slots", slots(count))):
            alive = sum(bought[kind][max(0, n - life) :])
            bought[kind].append(max(0, wanted - alive))
        flow = {"hardware": (bought["cards"][-1] * card + bought["slots"][-1] * share) * power_of(path, n)}
        tier = tier_of(world, gpu, count)
        for part, before in paid.items():
            line = price(world, a, tier, part)
            assert line is not None
            flow[part] = max(0.0, line - before)
            paid[part] = before + flow[part]
        flow["staff"] = staff_line(world, a, default, tier)
        flow["power"] = count * kw * 24 * days(a) * a["electricity_price_cny_per_kwh"]
        flow["maintenance"] = a["maintenance_rate"] * (count * card + slots(count) * share)
        flows.append(flow)
    flows[0]["one_off"] = one_offs(a)
    return finish(a, flows)


def own_tier(world: Facts, a: Facts, default: Facts, tier: str, years: int) -> list[Year]:
    """Return the cash flows of owning a tier."""
    lines = {}
    for part in ("hardware", "infrastructure", "software", "power_year", "maintenance_year"):
        line = price(world, a, tier, part)
        assert line is not None
        lines[part] = line
    power = lines["power_year"]
    for key in ("electricity_price_cny_per_kwh", "pue", "gpu_load", "server_power_ratio"):
        power *= a[key] / default[key]
    flows: list[Year] = []
    for n in range(1, years + 1):
        flow = {"staff": staff_line(world, a, default, tier), "power": power}
        flow["maintenance"] = lines["maintenance_year"] * a["maintenance_rate"] / default["maintenance_rate"]
        if (n - 1) % int(a["hardware_life_years"]) == 0:
            flow["hardware"] = lines["hardware"] * power_of(a["hardware_price_change_rate"], n)
        if n == 1:
            flow |= {part: lines[part] for part in ("infrastructure", "software")}
        flows.append(flow)
    flows[0]["one_off"] = one_offs(a)
    return finish(a, flows)


def capex(flow: Year) -> float:
    """Return what a year buys."""
    return sum(flow.get(part, 0.0) for part in ("hardware", "infrastructure", "software"))


def finish(a: Facts, flows: list[Year]) -> list[Year]:
    """Add the residual value and the tax shield, both as negative costs."""
    years, life, write_off = len(flows), int(a["hardware_life_years"]), int(a["depreciation_years"])
    alive = sum(flow.get("hardware", 0.0) for b, flow in enumerate(flows, 1) if b > years - life)
    residual = a["residual_rate"] * alive
    for n, flow in enumerate(flows, 1):
        running = sum(flow.get(part, 0.0) for part in ("usage", "staff", "power", "maintenance", "one_off"))
        written = sum(capex(f) / write_off for b, f in enumerate(flows, 1) if b <= n < b + write_off)
        deductible = running + written
        if n == years:
            book = sum(capex(f) * max(0, write_off - (n - b + 1)) / write_off for b, f in enumerate(flows, 1))
            deductible += book - residual
            flow["residual"] = -residual
        flow["tax_shield"] = -a["income_tax_rate"] * deductible
    return flows


def present(a: Facts, flows: list[Year]) -> list[float]:
    """Return the present value of each year."""
    r = a["discount_rate"]
    return [
        capex(flow) / (1 + r) ** (n - 1) + (sum(flow.values()) - capex(flow)) / (1 + r) ** n
        for n, flow in enumerate(flows, 1)
    ]


def total(a: Facts, flows: list[Year]) -> float:
    """Return the TCO in CNY."""
    return math.fsum(present(a, flows))


def per_mtok(a: Facts, flows: list[Year], dau: float, tokens: tuple[float, float]) -> float:
    """Return the levelised cost of a million tokens."""
    wanted = demand(a, dau, tokens, len(flows))
    served = sum(y["tokens"] / (1 + a["discount_rate"]) ** n for n, y in enumerate(wanted, 1))
    return total(a, flows) / served * 1e6


def cumulative(flows: list[Year], months: int) -> list[float]:
    """Return the cash spent by month 0, 1, ..., before tax; the flows cover the months."""
    level = capex(flows[0]) + flows[0].get("one_off", 0.0)
    levels = [level]
    for month in range(months):
        flow = flows[month // 12]
        level += sum(flow.get(part, 0.0) for part in ("usage", "staff", "power", "maintenance")) / 12
        if (month + 1) % 12 == 0 and (month + 1) // 12 < len(flows):
            level += capex(flows[(month + 1) // 12])
        levels.append(level)
    return levels


def payback(a_levels: list[float], b_levels: list[float]) -> float | None:
    """Return the month from which a stays at or below b; None where it is above at the end."""
    gaps = [left - right for left, right in zip(a_levels, b_levels, strict=True)]
    above = [month for month, gap in enumerate(gaps) if gap > 0]
    if not above:
        return 0.0
    last = above[-1]
    return None if last == len(gaps) - 1 else last + gaps[last] / (gaps[last] - gaps[last + 1])
