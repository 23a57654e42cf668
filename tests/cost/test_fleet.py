"""Hardware by year: machines, purchases in steps, renewal, the tier that holds the fleet, residual value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlmodel.catalog.load import built_in
from xlmodel.cost.fleet import need_by_year, purchases, slots
from xlmodel.cost.own import fleet_schedule, tier_of
from xlmodel.cost.rent import schedule as rent_schedule
from xlmodel.inputs.demand import demand
from xlmodel.inputs.resolve import resolve
from xlmodel.inputs.workload import Workload
from xlmodel.sizing import Layout, ReplicaCapacity

if TYPE_CHECKING:
    from xlmodel.inputs.model import Inputs


def inputs(**given_values: float | str) -> Inputs:
    """Return the assumptions with some given."""
    return resolve(built_in(), given_values)


def copy(gpus: int, tokens_per_s: float) -> ReplicaCapacity:
    """Return a copy of a model on some GPUs."""
    return ReplicaCapacity("H100", "fp8", gpus, tokens_per_s, Layout(gpus), 1, 1, 1, 1, 1, "")


@pytest.mark.parametrize(
    ("gpus", "places"),
    [(1, 1), (2, 2), (3, 4), (4, 4), (5, 8), (8, 8), (9, 16), (16, 16), (17, 24), (56, 56)],
)
def test_whole_machines(gpus: int, places: int) -> None:
    """Machines of 1, 2, 4 or 8 cards, then whole ones of 8."""
    assert slots(gpus) == places


@pytest.mark.parametrize(
    ("need", "life", "bought"),
    [
        # at once, for the whole life
        ((2, 2, 2), 5, (2, 0, 0)),
        # in steps
        ((2, 5, 9), 5, (2, 3, 4)),
        # renewed after two years: each purchase by itself
        ((2, 5, 9), 2, (2, 3, 6)),
        ((2, 2, 2, 2, 2), 2, (2, 0, 2, 0, 2)),
        # what is no longer needed is not renewed
        ((4, 2, 2, 1), 2, (4, 0, 2, 0)),
        ((3, 3), 1, (3, 3)),
        ((1,) * 6, 5, (1, 0, 0, 0, 0, 1)),
    ],
)
def test_purchases_by_hand(need: tuple[int, ...], life: int, bought: tuple[int, ...]) -> None:
    """Bought: what is needed less what stands from earlier years."""
    assert purchases(need, life) == bought


@given(st.lists(st.integers(0, 100), min_size=1, max_size=20), st.integers(1, 25))
def test_what_stands_is_what_is_needed(need: list[int], life: int) -> None:
    """In every year at least the need stands, and nothing is bought where it already does."""
    bought = purchases(need, life)
    for year, wanted in enumerate(need):
        alive = sum(bought[max(0, year - life + 1) : year + 1])
        assert alive >= wanted
        assert bought[year] == 0 or alive == wanted


def test_need_follows_the_peak() -> None:
    """A user of 86,400 output tokens a day adds 4 a second at peak: 100 users 400, growing by half.

    Copies of 1 GPU and 300 tokens/s at 50 %: 400 / 150, 600 / 150, 900 / 150 are 3, 4, 6; of 4 GPUs and 2,000: one.
    """
    found = inputs(growth_rate=0.5, utilisation_target=0.5, reserve_replicas=0)
    used = demand(Workload(100, 0, 86_400), found, 3)
    assert need_by_year([copy(1, 300)], used, found) == (3, 4, 6)
    assert need_by_year([copy(1, 300), copy(4, 2_000)], used, found) == (3, 4, 4)
    spare = inputs(growth_rate=0.5, utilisation_target=0.5, reserve_replicas=1)
    # 3 + 1, 4 + 1, 6 + 1 single cards, against 2 copies of 4
    assert need_by_year([copy(1, 300), copy(4, 2_000)], used, spare) == (4, 5, 7)


def test_an_exact_multiple_takes_no_copy_more() -> None:
    """0.7 x 1,000 x 3 tokens/s are three copies, though 2,100 / 700 may end in a digit above 3."""
    found = inputs(utilisation_target=0.7)
    for copies in range(1, 200):
        users = copies * 700 / (86_400 / 86_400 * 4)
        used = demand(Workload(users, 0, 86_400), found, 1)
        assert need_by_year([copy(1, 1_000)], used, found) == (copies,)


@pytest.mark.parametrize(
    ("gpu", "gpus", "tier"),
    [
        ("A100 80GB", 1, "light"),
        ("A100 80GB", 3, "standard"),
        ("H100 80GB", 8, "enterprise"),
        ("H100 80GB", 9, "cluster"),
        ("RTX 4090 48GB", 1_000, "cluster"),
    ],
)
def test_the_tier_that_holds_a_fleet(gpu: str, gpus: int, tier: str) -> None:
    """The same card first, then the count; beyond every range the largest."""
    assert tier_of(built_in(), gpu, gpus) == tier


def test_a_growing_fleet_by_hand() -> None:
    """2, 4 and 9 H100 at 220,000 with 61,250 of server a slot; machines of 2, 4 and 16 slots; prices fall by 10 %.

    Light, then enterprise, then cluster: infrastructure 75, 375, 750 thousand, software 40, 150, 350 thousand; staff
    200, 500 and, as the cluster has none, 500 thousand.
    """
    found = inputs(hardware_price_change_rate=-0.1, residual_rate=0.1)
    flows = fleet_schedule(built_in(), found, "H100 80GB", (2, 4, 9))
    card, share = 220_000, 61_250
    hardware = [2 * card + 2 * share, (2 * card + 2 * share) * 0.9, (5 * card + 12 * share) * 0.81]
    assert [year["hardware"] for year in flows.capex] == pytest.approx(hardware, rel=1e-12)
    assert [year["infrastructure"] for year in flows.capex] == [75_000, 300_000, 375_000]
    assert [year["software"] for year in flows.capex] == [40_000, 110_000, 200_000]
    assert [year["staff"] for year in flows.running] == [200_000, 500_000, 500_000]
    kw = 0.7 * 1.8 * 0.6 * 1.5
    assert [year["power"] for year in flows.running] == pytest.approx(
        [gpus * kw * 24 * 360 * 0.8 for gpus in (2, 4, 9)], rel=1e-12
    )
    in_service = [2 * card + 2 * share, 4 * card + 4 * share, 9 * card + 16 * share]
    assert [year["maintenance"] for year in flows.running] == pytest.approx(
        [0.12 * each for each in in_service], rel=1e-12
    )
    assert flows.residual == pytest.approx(0.1 * sum(hardware), rel=1e-12)


def test_a_fleet_is_renewed_and_leaves_what_is_alive() -> None:
    """4×H20, whose price holds the server, for 5 years of a life of 2: bought in 1, 3 and 5; the last is worth 20 %."""
    found = inputs(hardware_life_years=2, residual_rate=0.2, hardware_price_change_rate=0.5)
    flows = fleet_schedule(built_in(), found, "H20 141GB", (4,) * 5)
    price = 4 * 241_250
    assert [year["hardware"] for year in flows.capex] == pytest.approx(
        [price, 0, price * 2.25, 0, price * 1.5**4], rel=1e-12
    )
    assert [year["infrastructure"] for year in flows.capex] == [200_000, 0, 0, 0, 0]
    assert flows.residual == pytest.approx(0.2 * price * 1.5**4, rel=1e-12)


def test_a_rental_by_year() -> None:
    """1, 2 and 4×A100 at 6,500 a month, rents falling by a fifth; on demand 14 an hour for 100 hours a month."""
    flows = rent_schedule(built_in(), inputs(rent_price_change_rate=-0.2), "A100 80GB", (1, 2, 4))
    assert [year["usage"] for year in flows.running] == pytest.approx(
        [78_000, 2 * 78_000 * 0.8, 4 * 78_000 * 0.64], rel=1e-12
    )
    hourly = inputs(rent_pricing="on_demand", on_demand_hours_month=100)
    flows = rent_schedule(built_in(), hourly, "A100 80GB", (1, 2))
    assert [year["usage"] for year in flows.running] == pytest.approx([16_800, 33_600], rel=1e-12)
    whole = rent_schedule(built_in(), inputs(rent_pricing="on_demand"), "A100 80GB", (1,))
    assert whole.running[0]["usage"] == pytest.approx(14 * 720 * 12, rel=1e-12)
