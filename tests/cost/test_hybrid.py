"""The phased path, the month to switch and the base load, against hand arithmetic and against LLM_TCO."""

from __future__ import annotations

import itertools

import pytest

import xlmodel
from xlmodel import call
from xlmodel.cost.split import share_below

HEADER = ["phase", "months", "deployment", "what", "share"]


def path(rows: list[list[object]], assumptions: str | None = None, dau: float = 10_000) -> list[list[object]]:
    """Return the lines of LLM_HYBRID without their header."""
    found = call("LLM_HYBRID", [HEADER, *rows], assumptions, None, None, dau)
    assert isinstance(found, list)
    return found[1:]


def test_the_default_is_the_path_of_the_documents() -> None:
    """A year of API, a year of one A100 for four fifths, a year of the standard tier, in the published accounting."""
    # 10,000 users x 30 days x (800 x 0.20 + 400 x 0.42) / 10^6 = 98.4 a month
    bill = 98.4
    # 50 + 20 + 7.5 outlay, 11.5 + 30 + 6.5 a year, in 10,000 CNY
    own = 10_000 * (77.5 + 48)
    by_hand = [12 * bill, 12 * 6_500, 0.2 * 12 * bill, own, 0.2 * 12 * bill]
    rows = call("LLM_HYBRID", "published")
    assert [row[3] for row in rows[1:]] == pytest.approx(by_hand)
    assert rows[-1][4] == pytest.approx(sum(by_hand))
    assert [row[:3] for row in rows[1:]] == [
        ["launch", 12, "api"],
        ["growth", 12, "rent"],
        ["growth", 12, "api"],
        ["scale", 12, "own"],
        ["scale", 12, "api"],
    ]


def test_one_phase_is_the_total_over_its_years() -> None:
    """A path of one line costs what LLM_TCO says, whatever acts year by year."""
    moved = "full; growth_rate=0.4; price_change_rate=-0.1; hardware_life_years=2"
    for deployment, what in (
        ("api", "DeepSeek V3"),
        ("rent", "4×A100 80GB"),
        ("own", "standard"),
        ("own", "8×H100 80GB"),
        ("rent", "Qwen3-32B@A100 80GB"),
        ("own", "Qwen3-32B@A100 80GB"),
    ):
        for assumptions in (None, moved):
            rows = path([["all", 36, deployment, what, 1]], assumptions, 40_000)
            total = call("LLM_TCO", deployment, what, 40_000, 3, None, None, assumptions)
            assert rows[0][3] == pytest.approx(total, rel=1e-12), (what, assumptions)


def test_a_later_purchase_pays_the_prices_of_its_year() -> None:
    """Own hardware from month 12, prices falling by a tenth: hardware x 0.9, all else as it is."""
    rows = path(
        [["a", 12, "api", "DeepSeek V3", None], ["b", 12, "own", "standard", None]],
        "hardware_price_change_rate=-0.1",
    )
    assert rows[1][3] == pytest.approx(10_000 * (50 * 0.9 + 20 + 7.5 + 48))


def test_the_one_offs_are_paid_once() -> None:
    """Security with the API, the other three with the first hardware: 15 and 62.5, in 10,000 CNY."""
    rows = path(
        [
            ["a", 12, "api", "DeepSeek V3", 1],
            ["b", 12, "rent", "2×A100 80GB", 1],
            ["c", 12, "own", "standard", 1],
        ],
        "full",
    )
    bill = 12 * 10_000 * 30 * (800 * 2 + 400 * 8) / 1e6
    assert rows[0][3] == pytest.approx(bill + 150_000)
    assert rows[1][3] == pytest.approx(12 * 13_000 + 200_000 + 625_000)
    assert rows[2][3] == pytest.approx(10_000 * (77.5 + 48))


def test_a_share_that_the_hardware_cannot_carry_is_said() -> None:
    """A million users on two GPUs."""
    rows = path([["a", 12, "rent", "2×A100 80GB", 1]], None, 1_000_000)
    assert rows[0][8] is False
    assert path([["a", 12, "rent", "2×A100 80GB", 1]], None, 1_000)[0][8] is True


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([["a", 12, "api", "DeepSeek V3", 0.5]], "shares of phase 'a' add up to 0.5"),
        ([["a", 12, "api", "DeepSeek V3", 0.5], ["a", 6, "rent", "H100", 0.5]], "different months"),
        ([["a", 1.5, "api", "DeepSeek V3", 1]], "months is 1.5"),
        ([["a", 12, "api", "DeepSeek V3", 2]], "share is 2"),
        ([["a", 12, "api", "", 1]], "line 1: what is blank"),
        ([["a", "x", "api", "DeepSeek V3", 1]], "months is 'x'"),
        ([["a", 12, "hybrid", "DeepSeek V3", 1]], "no single total"),
        (
            [["a", 6, "api", "GPT-4o", 1], ["b", 6, "api", "GPT-4o", 1], ["a", 6, "api", "GPT-4o", 1]],
            "together",
        ),
        ([[None] * 5], "holds no phase"),
    ],
)
def test_bad_phases_are_one_clear_line(rows: list[list[object]], says: str) -> None:
    """What, where and what to do."""
    with pytest.raises(xlmodel.CellError, match=says):
        path(rows)
    with pytest.raises(xlmodel.CellError, match="heading months is missing"):
        call("LLM_HYBRID", [["phase", "deployment", "what"], ["a", "api", "GPT-4o"]])
    for number in (0, [[36]]):
        with pytest.raises(xlmodel.CellError, match="phases: range with a header row, or text is expected"):
            call("LLM_HYBRID", number)


def test_switching_is_bounded_by_never_and_at_once() -> None:
    """The ends are LLM_TCO; growth makes a month in between the best."""

    def totals(dau: float, assumptions: str | None = None) -> dict[str, list[object]]:
        rows = call(
            "LLM_SWITCH", "GPT-4o", "own", "2×A100 80GB", dau, 4, None, None, assumptions, None, None, 1
        )
        return {row[0]: row[1:] for row in rows[1:]}

    found = totals(5_000, "growth_rate=1")
    assert found["never"][2] == pytest.approx(
        call("LLM_TCO", "api", "GPT-4o", 5_000, 4, None, None, "growth_rate=1")
    )
    assert found["at once"][2] == pytest.approx(call("LLM_TCO", "own", "2×A100 80GB", 5_000, 4))
    assert totals(10)["best"][0] == 48
    assert totals(100_000)["best"][0] == 0
    steep = totals(3_000, "growth_rate=3")
    assert 0 < steep["best"][0] < 48
    assert steep["best"][2] < min(steep["never"][2], steep["at once"][2])


@pytest.mark.parametrize("peak", [1, 1.5, 4, 9])
@pytest.mark.parametrize("capacity", [0.1, 0.8, 1, 1.3, 3.9, 20])
def test_the_share_below_a_capacity_is_the_area_under_the_curve(capacity: float, peak: float) -> None:
    """Against a sum over 20,000 slices of the day."""
    slices = 20_000
    load = [peak * ((number + 0.5) / slices) ** (peak - 1) for number in range(slices)]
    assert share_below(capacity, peak) == pytest.approx(
        sum(min(capacity, one) for one in load) / slices, abs=2e-4
    )


def test_the_base_load_is_the_newsvendors() -> None:
    """One row is the best; a further copy pays exactly while the bill falls by more than it costs."""
    rows = call("LLM_BASE_LOAD", "GPT-4o", "rent", "Qwen3-32B@A100 80GB", 300_000)[1:]
    totals = [row[5] for row in rows]
    best = [row[6] for row in rows].index(True)
    assert totals[best] == min(totals)
    assert 0 < best < len(rows) - 1
    for before, after in itertools.pairwise(rows):
        assert after[4] < before[4]
        assert after[3] > before[3]
    saved = rows[best - 1][4] - rows[best][4], rows[best][4] - rows[best + 1][4]
    added = rows[best][3] - rows[best - 1][3], rows[best + 1][3] - rows[best][3]
    assert saved[0] >= added[0]
    assert saved[1] <= added[1]
    # none of it on hardware is the API alone, all of it the fleet that the peak needs
    assert totals[0] == pytest.approx(call("LLM_TCO", "api", "GPT-4o", 300_000))
    assert totals[-1] >= call("LLM_TCO", "rent", "Qwen3-32B@A100 80GB", 300_000)


def test_a_base_load_asks_for_a_model() -> None:
    """Named hardware says nothing of how many copies it holds."""
    with pytest.raises(xlmodel.CellError, match="give the open model"):
        call("LLM_BASE_LOAD", "GPT-4o", "rent", "2×A100 80GB", 1_000)
    with pytest.raises(xlmodel.CellError, match="write rent or own"):
        call("LLM_SWITCH", "GPT-4o", "api", "GPT-4o", 1_000)
