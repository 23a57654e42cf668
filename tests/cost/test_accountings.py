"""The two accountings against hand arithmetic, in units of 10,000 CNY, and component by component."""

from __future__ import annotations

import pytest

from xlmodel import CellError, call

WAN = 10_000
ENDS = ("low", "base", "high")
# the published tables, low and high: hardware, infrastructure, software | power, staff, maintenance a year
TIERS = {
    "light": ((8, 15), (5, 10), (3, 5), (3, 5), (20, 20), (2, 3)),
    "standard": ((30, 70), (15, 25), (5, 10), (8, 15), (30, 30), (5, 8)),
    "enterprise": ((80, 200), (25, 50), (10, 20), (20, 40), (40, 60), (10, 20)),
}
PARTS = ("hardware", "infrastructure", "software", "power", "staff", "maintenance")
# framework, data, security, backup of the first year
ONE_OFFS = ((10, 30), (20, 50), (10, 20), (5, 10))
OPERATOR = {"low": 20, "base": 20, "high": 30}
RENTS = {"1×A100 80GB": 0.65, "2×A100 80GB": 1.3, "4×H100 80GB": 4.6, "8×H100 80GB": 9.2}


def at(ends: tuple[float, float], estimate: str) -> float:
    """Return the end of a range; the base is its midpoint."""
    return {"low": ends[0], "base": sum(ends) / 2, "high": ends[1]}[estimate]


def one_offs(estimate: str) -> float:
    """Return the first year's one-off costs: 45, 77.5, 110."""
    return sum(at(ends, estimate) for ends in ONE_OFFS)


def tco(deployment: str, what: str, variant: str, years: int = 3, dau: float | None = None) -> float:
    """Return LLM_TCO in units of 10,000 CNY."""
    value = call("LLM_TCO", deployment, what, dau, years, None, None, None, None, variant)
    assert isinstance(value, float)
    return value / WAN


def components(deployment: str, what: str, variant: str, dau: float | None = None) -> dict[str, list[float]]:
    """Return each component's amounts by year, then their total, from LLM_TCO_TABLE, in 10,000 CNY."""
    table = call("LLM_TCO_TABLE", deployment, what, dau, 3, None, None, None, None, variant)
    assert isinstance(table, list)
    header, *rows = table
    return {
        str(key): [float(row[column] or 0) / WAN for row in rows]
        for column, key in enumerate(header)
        if key not in {"year", "discount_factor"}
    }


@pytest.mark.parametrize(
    ("deployment", "what", "total"),
    [
        ("rent", "1×A100 80GB", 160.9),
        ("rent", "2×A100 80GB", 184.3),
        ("rent", "8×H100", 468.7),
        ("own", "light", 180.0),
        ("own", "standard", 299.0),
        ("own", "enterprise", 555.0),
    ],
)
def test_hand_check_of_the_full_accounting(deployment: str, what: str, total: float) -> None:
    """Three years, base, full: the six totals worked out by hand."""
    assert tco(deployment, what, "full") == pytest.approx(total, rel=1e-12)


@pytest.mark.parametrize("estimate", ENDS)
@pytest.mark.parametrize("years", [1, 3, 5])
@pytest.mark.parametrize("tier", TIERS)
def test_own_is_build_and_operations(tier: str, years: int, estimate: str) -> None:
    """Owning: hardware + infrastructure + software + years x (power + staff + maintenance); full adds the one-offs."""
    amounts = [at(ends, estimate) for ends in TIERS[tier]]
    published = sum(amounts[:3]) + years * sum(amounts[3:])
    assert tco("own", tier, f"published; {estimate}", years) == pytest.approx(published, rel=1e-12)
    assert tco("own", tier, f"full; {estimate}", years) == pytest.approx(
        published + one_offs(estimate), rel=1e-12
    )


@pytest.mark.parametrize("estimate", ENDS)
@pytest.mark.parametrize("config", RENTS)
def test_rent_is_reserved_months_and_one_operator(config: str, estimate: str) -> None:
    """Renting: 36 reserved months; full adds one operator, 20, 20 or 30 a year, and the one-offs."""
    published = 36 * RENTS[config]
    assert tco("rent", config, f"published; {estimate}") == pytest.approx(published, rel=1e-12)
    full = published + 3 * OPERATOR[estimate] + one_offs(estimate)
    assert tco("rent", config, f"full; {estimate}") == pytest.approx(full, rel=1e-12)


@pytest.mark.parametrize(("estimate", "security"), [("low", 10), ("base", 15), ("high", 20)])
def test_an_api_is_its_bill_and_security(estimate: str, security: float) -> None:
    """An API: 36 bills of 432; full adds security alone of the one-offs, no staff, no power."""
    bills = 36 * 432 / WAN
    assert tco("api", "Qwen-Plus", f"published; {estimate}", dau=10_000) == pytest.approx(bills, rel=1e-12)
    assert tco("api", "Qwen-Plus", f"full; {estimate}", dau=10_000) == pytest.approx(
        bills + security, rel=1e-12
    )


@pytest.mark.parametrize("estimate", ENDS)
@pytest.mark.parametrize("tier", TIERS)
def test_components_of_a_tier(tier: str, estimate: str) -> None:
    """Each component stands in its own column and year: capex and one-offs in the first, operations in each."""
    found = components("own", tier, f"full; {estimate}")
    expected = dict(zip(PARTS, (at(ends, estimate) for ends in TIERS[tier]), strict=True))
    for part in PARTS[:3]:
        assert found[part] == pytest.approx([expected[part], 0, 0, expected[part]])
    for part in PARTS[3:]:
        assert found[part] == pytest.approx([*[expected[part]] * 3, 3 * expected[part]])
    assert found["one_off"] == pytest.approx([one_offs(estimate), 0, 0, one_offs(estimate)])
    assert found["usage"] == found["residual"] == [0, 0, 0, 0]


def test_components_of_a_rental_and_an_api() -> None:
    """A rental has use, staff and one-offs, an API use and security; neither has power, maintenance or capex."""
    rental = components("rent", "2×A100 80GB", "full")
    assert rental["usage"] == pytest.approx([15.6, 15.6, 15.6, 46.8])
    assert rental["staff"] == [20, 20, 20, 60]
    assert rental["one_off"] == [77.5, 0, 0, 77.5]
    bill = components("api", "Qwen-Plus", "full", dau=10_000)
    assert bill["usage"] == pytest.approx([0.5184, 0.5184, 0.5184, 1.5552])
    assert bill["one_off"] == [15, 0, 0, 15]
    assert bill["staff"] == [0, 0, 0, 0]
    for found in (rental, bill):
        for part in ("hardware", "infrastructure", "software", "power", "maintenance", "residual"):
            assert found[part] == [0, 0, 0, 0]


# kW of one H100 (700 W), its server, load, PUE, the 8,640 hours of 360 days, tariff; the rest of its server a card
POWER = {
    "low": 0.7 * 1.5 * 0.4 * 1.3 * 8640 * 0.6,
    "base": 0.7 * 1.8 * 0.6 * 1.5 * 8640 * 0.8,
    "high": 0.7 * 2.0 * 0.8 * 1.8 * 8640 * 1.0,
}
SHARE = {"low": 3, "base": 6.125, "high": 9.25}
MAINTENANCE = {"low": 0.1, "base": 0.12, "high": 0.25}


@pytest.mark.parametrize("estimate", ENDS)
def test_a_configuration_is_built_from_its_cards(estimate: str) -> None:
    """8×H100: cards at 22 and their servers, the enterprise tier's site, software and staff, power by kW, maintenance."""
    tier = dict(zip(PARTS, (at(ends, estimate) for ends in TIERS["enterprise"]), strict=True))
    found = components("own", "8×H100 80GB", f"full; {estimate}")
    machine = 8 * (22 + SHARE[estimate])
    assert found["hardware"][0] == pytest.approx(machine)
    assert found["infrastructure"][0] == tier["infrastructure"]
    assert found["software"][0] == tier["software"]
    assert found["staff"][0] == tier["staff"]
    assert found["power"][0] == pytest.approx(8 * POWER[estimate] / WAN, rel=1e-12)
    assert found["maintenance"][0] == pytest.approx(MAINTENANCE[estimate] * machine, rel=1e-12)


@pytest.mark.parametrize(
    ("config", "tier"),
    [
        ("1×A100 80GB", "light"),
        ("2×A100 80GB", "standard"),
        ("4×A100 80GB", "standard"),
        ("5×A100 80GB", "enterprise"),
        ("8×A100 80GB", "enterprise"),
        ("9×A100 80GB", "cluster"),
        ("2×H100 80GB", "light"),
        ("4×H100 80GB", "enterprise"),
        ("8×H20 141GB", "enterprise"),
    ],
)
def test_the_lowest_tier_whose_range_holds_a_configuration(config: str, tier: str) -> None:
    """A tier of the same card comes first, then the lowest whose number of cards fits; machines hold 1, 2, 4 or 8."""
    count = int(config[0])
    card, share = {"A100": (10, 12.5), "H100": (22, 6.125), "H20 ": (24.125, 0)}[config[2:6]]
    cards = count * card + {1: 1, 2: 2, 4: 4, 5: 8, 8: 8, 9: 16}[count] * share
    builds = {"light": (7.5, 4), "standard": (20, 7.5), "enterprise": (37.5, 15), "cluster": (75, 35)}
    assert call("LLM_OWN_CAPEX", config) == pytest.approx((cards + sum(builds[tier])) * WAN)


def test_the_cluster_has_a_build_and_no_operations() -> None:
    """No operations are published for the cluster, so neither they nor its total exist."""
    assert call("LLM_OWN_CAPEX", "cluster", "low") == 270 * WAN
    assert call("LLM_OWN_CAPEX", "cluster", "high") == 650 * WAN
    for attempt in (("LLM_OWN_OPEX", "集群级"), ("LLM_TCO", "own", "cluster")):
        with pytest.raises(CellError, match="cluster: no yearly operations are published") as caught:
            call(*attempt)
        assert caught.value.code == "#N/A"


@pytest.mark.parametrize("profile", ["published", "full"])
@pytest.mark.parametrize(
    ("given", "opex"),
    [
        # at its own default nothing moves
        ("staff_cost_year=200000", 11.5 + 30 + 6.5),
        ("electricity_price_cny_per_kwh=0.8; pue=1.5; gpu_load=0.6; server_power_ratio=1.8", 11.5 + 30 + 6.5),
        ("maintenance_rate=0.12", 11.5 + 30 + 6.5),
        ("ops_staff=1", 11.5 + 30 + 6.5),
        ("ops_staff=2", 11.5 + 2 * 30 + 6.5),
        ("staff_cost_year=250000", 11.5 + 30 * 25 / 20 + 6.5),
        ("ops_staff=2; staff_cost_year=250000", 11.5 + 2 * 30 * 25 / 20 + 6.5),
        ("maintenance_rate=0.1", 11.5 + 30 + 6.5 * 0.1 / 0.12),
        ("electricity_price_cny_per_kwh=1.6", 2 * 11.5 + 30 + 6.5),
        ("pue=1.2", 11.5 * 1.2 / 1.5 + 30 + 6.5),
        ("gpu_load=1", 11.5 * 1 / 0.6 + 30 + 6.5),
        ("server_power_ratio=2", 11.5 * 2 / 1.8 + 30 + 6.5),
    ],
)
def test_an_assumption_scales_the_tiers_line(given: str, opex: float, profile: str) -> None:
    """The standard tier's 11.5 power, 30 staff, 6.5 maintenance, each times what was given over its default."""
    found = call("LLM_OWN_OPEX", "standard", given, None, profile)
    assert found == pytest.approx(opex * WAN, rel=1e-12)


def test_no_operator_is_the_default_of_the_published_tables() -> None:
    """Published: 0 by default, for rentals, while a tier keeps its staff line; full: 0 leaves the line out."""
    assert call("LLM_OWN_OPEX", "standard", "ops_staff=0") == pytest.approx(48 * WAN, rel=1e-12)
    assert call("LLM_OWN_OPEX", "standard", "full; ops_staff=0") == pytest.approx(18 * WAN, rel=1e-12)
    # half an operator: never cheaper than none in the published accounting, half the line in the full one
    assert call("LLM_OWN_OPEX", "standard", "ops_staff=0.5") == pytest.approx(48 * WAN, rel=1e-12)
    assert call("LLM_OWN_OPEX", "standard", "full; ops_staff=0.5") == pytest.approx(33 * WAN, rel=1e-12)
    assert call("LLM_OWN_OPEX", "standard", "ops_staff=1.5") == pytest.approx(63 * WAN, rel=1e-12)


@pytest.mark.parametrize("estimate", ENDS)
def test_the_scale_of_a_line_is_one_at_the_default_of_each_end(estimate: str) -> None:
    """The high end's tariff is 1.0, the low end's 0.6: given as such they move nothing at that end."""
    tariff = {"low": 0.6, "base": 0.8, "high": 1.0}[estimate]
    given = f"{estimate}; electricity_price_cny_per_kwh={tariff}"
    assert call("LLM_OWN_OPEX", "enterprise", given) == call("LLM_OWN_OPEX", "enterprise", estimate)


def test_a_given_operator_is_the_rentals_staff() -> None:
    """Two operators at 25 a year for a rental, in either accounting."""
    for profile, extra in (("published", 0), ("full", 77.5)):
        variant = f"{profile}; ops_staff=2; staff_cost_year=250000"
        assert tco("rent", "2×A100 80GB", variant) == pytest.approx(46.8 + 3 * 50 + extra, rel=1e-12)


def test_a_given_one_off_replaces_its_own() -> None:
    """Framework at 0 and data at 100,000: 0 + 10 + 15 + 7.5 in place of 77.5."""
    variant = "full; framework_cost=0; data_cost=100000"
    assert tco("rent", "2×A100 80GB", variant) == pytest.approx(46.8 + 60 + 32.5, rel=1e-12)
