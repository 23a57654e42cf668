"""The facts that came over from the two documents: counts and cross-sums by a second route."""

from __future__ import annotations

from collections import Counter

import pytest

from xlmodel.catalog import built_in
from xlmodel.catalog.lookup import split_config

CATALOG = built_in()
TABLES = CATALOG.tables
COUNTS = {
    # a table of either document -> its rows there
    "api_models": 10,
    "published_bills": 7,
    "published_breakevens": 3,
    "scenario_conclusions": 3,
    "decision_matrix": 6,
    "hybrid_phases": 3,
    "hybrid_path": 3,
    "hardware_ladders": 3 + 3 + 2,
    "task_fit": 3 + 4 + 3,
    "measured_tasks": 5,
    "case_results": 2,
    "precision_tradeoffs": 4,
    "selection_questions": 4 + 3 + 3 + 3 + 3,
    "decision_tree": 2 + 3 + 3,
    "vendor_checklist": 4 + 5 + 4 + 5 + 4,
    "decision_points": 5,
    "call_volumes": 4,
    "action_list": 9,
    "published_totals": 4 + 3 + 1,
    "reference_cases": 3,
    "further_reading": 7,
}


@pytest.mark.parametrize("table", COUNTS)
def test_every_row_came_over(table: str) -> None:
    """A table has as many rows as its document gives it."""
    rows = TABLES[table].rows
    if table == "api_models":
        rows = tuple(row for row in rows if row["source"] == "cost-2")
    assert len(rows) == COUNTS[table]


def test_pitfalls_have_belief_truths_and_remedies() -> None:
    """Four pitfalls, each with one belief, three or more truths and three remedies."""
    parts = Counter((row["pitfall"], row["part"]) for row in TABLES["pitfalls"].rows)
    assert {pitfall for pitfall, _ in parts} == {"1", "2", "3", "4"}
    for pitfall in "1234":
        assert parts[pitfall, "belief"] == 1
        assert parts[pitfall, "truth"] >= 3
        assert parts[pitfall, "remedy"] == 3


def test_ladder_memory_is_cards_times_memory() -> None:
    """The published memory of each machine is that of its cards."""
    for row in TABLES["hardware_ladders"].rows:
        sums = []
        for config in row["gpu_configs"].split(";"):
            count, gpu = split_config(config.strip())
            sums.append(count * float(CATALOG.row("gpus", gpu)["memory_gb"]))
        assert (min(sums), max(sums)) == (float(row["memory_low_gb"]), float(row["memory_high_gb"]))


def test_published_own_totals_are_sums_of_their_years() -> None:
    """Each published own total adds its own three years, whatever the tiers' parts say."""
    cells = {row["item"]: row for row in TABLES["published_scenarios"].rows}
    for scenario in "ABC":
        for end in ("low_cny", "high_cny"):
            years = [cells[f"{scenario} own {year}"] for year in "123"]
            total = sum(float(row[end] or row["value_cny"]) for row in years)
            assert total == float(cells[f"{scenario} own total"][end])


def test_bill_workload_gives_the_published_tokens() -> None:
    """10,000 users x 800 and 400 tokens x 30 days are 240 and 120 million."""
    for row in TABLES["published_bills"].rows:
        users_days = float(row["dau"]) * float(row["days"])
        assert users_days * float(row["input_tokens"]) / 1e6 == float(row["input_mtok"]) == 240
        assert users_days * float(row["output_tokens"]) / 1e6 == float(row["output_mtok"]) == 120


def test_published_estimates_add_up() -> None:
    """193 + 100 = 293 and 50 + 50 = 100 (10,000 CNY), as the guide adds them."""
    totals = [float(row["total_cny"]) for row in TABLES["published_estimates"].rows]
    sums = [
        float(row["hardware_cny"]) + float(row["operations_year_cny"])
        for row in TABLES["published_estimates"].rows
    ]
    assert totals == sums == [2_930_000, 1_000_000]


def test_published_totals_price_nothing() -> None:
    """A published total is a record: no item of it is a figure that a function could read."""
    priced = {item for item, _ in CATALOG.figures}
    assert priced.isdisjoint(row["item"] for row in TABLES["published_totals"].rows)
    assert all(not table.figures for name, table in TABLES.items() if name.startswith("published"))


def test_every_text_is_in_both_languages() -> None:
    """Where a row has a Chinese text it has an English one, and the other way round."""
    for table in TABLES.values():
        keys = {column.key for column in table.columns}
        pairs = [(key, f"{key[:-2]}en") for key in keys if key == "zh" or key.endswith("_zh")]
        for zh, en in (pair for pair in pairs if pair[1] in keys):
            assert [row["item"] for row in table.rows if bool(row[zh]) != bool(row[en])] == []
