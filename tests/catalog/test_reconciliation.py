"""Every published figure beside the model's: it follows, or a reason says why it does not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from claims_by_hand import ASSUMED, CLAIMS, FITTED

from xlmodel.catalog import built_in
from xlmodel.engine import evaluate

ROOT = Path(__file__).parents[2]
ROWS = {row["item"]: row for row in built_in().tables["reconciliation"].rows}
ENDS = (("published_low", "formula_low"), ("published", "formula"), ("published_high", "formula_high"))

# by hand, from the two documents: what the published figure should be (low, middle, high), in the row's unit
USER_MONTH_V3 = 30 * (800 * 2 + 400 * 8) / 1e6  # CNY, as V4-Pro: 800 x 3 + 400 x 6
B_YEAR = 30_000 * USER_MONTH_V3 * 12 / 1e4
C_YEAR = 100_000 * USER_MONTH_V3 * 12 / 1e4
OWN_LIGHT_MONTH = (23 + 3 * 26.5) * 1e4 / 36
FP16_671B = 671.03 * 2
DIFFERS: dict[str, tuple[float | None, float | None, float | None]] = {
    "breakeven rule": (10 / 0.65 / 12, 22 / 1.15 / 12, 30 / 1.5 / 12),
    "operations standard": (8 + 30 + 5, 48, 15 + 30 + 8),
    "A own total": (16 + 3 * 25, 23 + 3 * 26.5, 30 + 3 * 28),
    **{
        f"B {model} {year}": (None, B_YEAR, None)
        for model in ("DeepSeek V3", "DeepSeek V4-Pro")
        for year in "123"
    },
    **{f"B {model} total": (None, 3 * B_YEAR, None) for model in ("DeepSeek V3", "DeepSeek V4-Pro")},
    "B own 1": (50 + 43, 77.5 + 48, 105 + 53),
    "B own total": (50 + 3 * 43, 77.5 + 3 * 48, 105 + 3 * 53),
    **{f"C DeepSeek V4-Pro {year}": (None, C_YEAR, None) for year in "123"},
    "C DeepSeek V4-Pro total": (None, 3 * C_YEAR, None),
    "C own 1": (115 + 70, 192.5 + 95, 270 + 120),
    "C own total": (115 + 3 * 70, 192.5 + 3 * 95, 270 + 3 * 120),
    "claim A 1/100 Qwen-Plus": (91 / 1.5552, 102.5 / 1.5552, 114 / 1.5552),
    "claim A 1/100 DeepSeek V4-Flash": (91 / 0.35424, 102.5 / 0.35424, 114 / 0.35424),
    "claim B equal": (None, 13_000 / USER_MONTH_V3, None),
    "claim C rent": (None, 92_000 / USER_MONTH_V3, None),
    "claim C payback": (
        115 / (9.2 - 70 / 12) / 12,
        192.5 / (9.2 - 95 / 12) / 12,
        None,
    ),  # high: 10 a month over 9.2
    "hybrid total": (0.11808 + 7.8 + 93, 0.11808 + 11.7 + 125.5, 0.11808 + 15.6 + 158),
    "hardware 32B-70B": (2 * 10, 54, 4 * 22),
    "hardware 70B-235B": (4 * 10, 108, 8 * 22),
    "hardware 671B": (8 * 10, 128, 8 * 22),
    "hardware standard tier": (2 * 10, 30, 4 * 10),
    "hardware enterprise tier": (4 * 22, 132, 8 * 22),
    "ladder 8×A100 80GB": (None, 8 * 10, None),
    "ladder 8×H100 80GB": (None, 8 * 22, None),
    "ladder 2×A100": (20, 20, 20),
    "ladder 4×A100": (40, 40, 40),
    # a card and the rest of its server: 300 / 4 - 10 and 500 / 4 - 10 thousand
    "ladder 4×4090": (4 * (0.8 + 6.5), 4 * (1.0 + 9), 4 * (1.2 + 11.5)),
    "ladder 8×4090": (8 * (0.8 + 6.5), 8 * (1.0 + 9), 8 * (1.2 + 11.5)),
    "ladder 671B to 70B": (193 / 20, 193 / 20, 193 / 20),
    "estimate 671B": (None, 193 + 10 + 45, None),
    "estimate 70B": (None, 20 + 10 + 45, None),
    "calls": (None, 30 * OWN_LIGHT_MONTH / USER_MONTH_V3, None),
    "active V3": (None, 37.55, None),
    "need 671B FP16": (None, FP16_671B, None),
    "fit 671B FP16 on 8×H20": (None, FP16_671B, None),
    "need 671B FP8": (None, 671.03, None),
    "minimum 671B": (None, 671.03, None),
    "fit 671B on 8×80GB": (None, 671.03, None),
    "measured V3 FP8": (None, 671.03, None),
    "measured V3 FP16": (None, FP16_671B, None),
    "measured R1 FP8": (None, 671.03, None),
    "measured GLM-4.5-Air FP8": (None, 106, None),
    "minimum 7B-14B": (2 * 8.19, 8.19 + 14.77, 2 * 14.77),
    "minimum 32B-70B": (2 * 32.76, 32.76 + 70.55, 2 * 70.55),
    "minimum 235B": (None, 235.1, None),
    # 671 GB and 1,342 GB of weights in 640 GB and 1,128 GB: no
    "runs 671B FP16 on 8×H20": (None, 0, None),
    "runs 671B FP8 on 8×A100": (None, 0, None),
    "V3 70B version": (None, 671.03, None),
    **CLAIMS,
}
# their parts rest on assumed power and maintenance rates, so only the verdict is tested
ASSUMED_PARTS = {"case retail", "case finance"} | ASSUMED
# these rest on the fitted sizing, whose numbers are tested against measurements
SIZED = {"speed 7B", "speed 32B", "speed 70B", "speed 671B"} | FITTED


def model(item: str) -> list[float | str | None]:
    """Compute a row's formulas, low to high; a blank one is None."""
    values = (evaluate(ROWS[item][key]).value if ROWS[item][key] else None for _, key in ENDS)
    return [
        value if value is None else str(value) if isinstance(value, str) else float(value) for value in values
    ]


@pytest.mark.parametrize("item", ROWS)
def test_figure_follows_or_has_its_reason(item: str) -> None:
    """A row without a reason is within rounding of the model; one with a reason is not."""
    row = ROWS[item]
    compared = [
        isinstance(value, float) and abs(value - float(row[published])) <= float(row["rounding"]) + 1e-9
        for value, (published, _) in zip(model(item), ENDS, strict=True)
        if row[published]
    ]
    assert compared
    assert all(compared) == (row["reason_en"] == "")
    assert (row["reason_en"] == "") == (row["reason_zh"] == "")


def test_differences_are_those_found_by_hand() -> None:
    """No published figure beyond those worked out by hand has a reason, and none of them lacks one."""
    assert {item for item, row in ROWS.items() if row["reason_en"]} == {*DIFFERS, *ASSUMED_PARTS, *SIZED}


@pytest.mark.parametrize("item", DIFFERS)
def test_model_gives_the_hand_computed_number(item: str) -> None:
    """Where the published figure does not follow, the model's is that of the documents' own parts."""
    for value, by_hand in zip(model(item), DIFFERS[item], strict=True):
        if by_hand is not None:
            assert value == pytest.approx(by_hand, rel=1e-9)


def test_payback_at_the_high_end_never_comes() -> None:
    """The enterprise tier's high operations, 10.0 a month, cost more than the rent of 9.2."""
    assert model("claim C payback")[2] == "never"


def test_every_published_cost_is_reconciled() -> None:
    """The seven bills, three break-evens, seven tier totals and 44 scenario cells all have their row."""
    tables = built_in().tables
    totals = [row for row in tables["published_totals"].rows if row["tier"]]
    assert (len(tables["published_bills"].rows), len(tables["published_breakevens"].rows)) == (7, 3)
    assert (len(totals), len(tables["published_scenarios"].rows)) == (7, 44)
    topics = [row["topic"] for row in ROWS.values()]
    assert (topics.count("bills"), topics.count("tiers")) == (7, 7)
    assert sum(topic.startswith("scenario ") for topic in topics) == 44


def test_scenario_rows_hold_the_published_cells() -> None:
    """The reconciliation repeats the published table's cells, in units of 10,000 CNY."""
    for row in built_in().tables["published_scenarios"].rows:
        pair = ROWS[row["item"]]
        for published, cell in (
            ("published_low", "low_cny"),
            ("published", "value_cny"),
            ("published_high", "high_cny"),
        ):
            assert (float(pair[published]) if pair[published] else None) == (
                pytest.approx(float(row[cell]) / 1e4) if row[cell] else None
            )


def test_reasons_are_one_sentence_without_a_full_stop() -> None:
    """A reason reads as a cell's text: no line break, no full stop at its end, both languages."""
    for row in ROWS.values():
        for text in (row["reason_zh"], row["reason_en"]):
            assert not re.search(r"[\n。]|\.$", text), row["item"]


def test_page_counts_what_follows_and_what_differs() -> None:
    """The catalog's page states the figures of the table, and how many of them follow and differ."""
    page = (ROOT / "docs/catalog.md").read_text(encoding="utf-8")
    found = re.search(r"Of the (\d+) figures .*, (\d+) follow and (\d+) differ", page)
    differ = sum(bool(row["reason_en"]) for row in ROWS.values())
    assert found is not None
    assert tuple(map(int, found.groups())) == (len(ROWS), len(ROWS) - differ, differ)
