"""The cost of a plan as FOCUS rows: hand arithmetic, the sums of LLM_TCO_TABLE, and the rules of the format."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

import xlmodel
from workbook.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    Rows = list[dict[str, str]]

# mandatory columns of the specification's dataset Cost and Usage, version 1.2
MANDATORY = {
    "BilledCost", "BillingAccountId", "BillingCurrency", "BillingPeriodEnd", "BillingPeriodStart", "ChargeCategory",
    "ChargeClass", "ChargeDescription", "ChargePeriodEnd", "ChargePeriodStart", "ContractedCost", "EffectiveCost",
    "InvoiceIssuerName", "ListCost", "PricingQuantity", "PricingUnit", "ProviderName", "PublisherName",
    "ServiceCategory", "ServiceName",
}  # fmt: skip
RENT = ["rent", "2×A100 80GB", "--start", "2027-11"]
FULL = "full; growth_rate=0.3; residual_rate=0.1; income_tax_rate=0.25"
OWN = ["own", "Qwen3-32B", "--dau", "30000", "--start", "2027-04", "--assumptions", FULL]


def focus(capsys: pytest.CaptureFixture[str], *arguments: str) -> Rows:
    """Run the command and read its rows."""
    assert main(["focus", *arguments]) == 0
    return [*csv.DictReader(io.StringIO(capsys.readouterr().out))]


def total(rows: Rows, column: str) -> float:
    """Add up a column."""
    return sum(float(row[column]) for row in rows)


def test_rent(capsys: pytest.CaptureFixture[str]) -> None:
    """2 A100 at 6,500 CNY a month each: 13,000 in each of 36 months, the last one October 2030."""
    rows = focus(capsys, *RENT)
    assert len(rows) == 36
    assert {row["BilledCost"] for row in rows} == {row["EffectiveCost"] for row in rows} == {"13000.0"}
    assert rows[0]["ChargePeriodStart"] == "2027-11-01T00:00:00Z"
    assert rows[1]["ChargePeriodEnd"] == "2028-01-01T00:00:00Z"
    assert rows[-1]["BillingPeriodStart"] == "2030-10-01T00:00:00Z"
    assert rows[0]["ChargeDescription"] == "Plan: rent 2xA100 80GB: Rent of GPUs"
    assert json.loads(rows[0]["Tags"]) == {"xlmodel_deployment": "rent", "xlmodel_what": "2×A100 80GB"}


def test_dollars(capsys: pytest.CaptureFixture[str]) -> None:
    """At 7.2 CNY a dollar: 1,805.56 a month; what the assumptions say of the currency does not count."""
    rows = focus(capsys, *RENT, "--currency", "USD", "--years", "1", "--assumptions", "currency=CNY")
    assert [row["BillingCurrency"] for row in rows] == ["USD"] * 12
    assert float(rows[0]["BilledCost"]) == pytest.approx(13_000 / 7.2)


def test_own_adds_up(capsys: pytest.CaptureFixture[str]) -> None:
    """Billed and effective cost are both the total of LLM_TCO_TABLE; servers are paid at once and used to the end."""
    rows = focus(capsys, *OWN)
    table = xlmodel.call("LLM_TCO_TABLE", "own", "Qwen3-32B", 30000, 3, None, None, FULL)
    expected = dict(zip(table[0], table[-1], strict=True))
    for column in ("BilledCost", "EffectiveCost"):
        assert total(rows, column) == pytest.approx(expected["total"], abs=1e-6)
        sums: dict[str, float] = defaultdict(float)
        for row in rows:
            sums[row["x_Component"]] += float(row[column])
        assert sums == {name: pytest.approx(expected[name], abs=1e-6) for name in sums}
        assert {name for name, value in expected.items() if value and name in sums} == set(sums)
    paid, *used = [row for row in rows if row["x_Component"] == "hardware"][:3]
    first = table[1][table[0].index("hardware")]
    assert (float(paid["BilledCost"]), float(paid["EffectiveCost"])) == (first, 0)
    assert [float(row["EffectiveCost"]) for row in used] == [pytest.approx(first / 36)] * 2
    sale = next(row for row in rows if row["x_Component"] == "residual")
    assert (sale["ChargeCategory"], sale["ChargePeriodEnd"]) == ("Adjustment", "2030-04-01T00:00:00Z")
    assert float(sale["BilledCost"]) < 0


@pytest.mark.parametrize(
    "arguments", [RENT, OWN, ["api", "Qwen-Plus", "--dau", "9000", "--start", "2027-01"]]
)
def test_rules(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    """What the FinOps validator (2.2.1, FOCUS 1.2.0.1) looks for in these columns."""
    rows = focus(capsys, *arguments)
    assert set(rows[0]) >= MANDATORY
    assert all(re.fullmatch(r"[A-Z][A-Za-z]+|x_[A-Z][a-z]+", column) for column in rows[0])
    services: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        services[row["ServiceName"]].add(row["ServiceCategory"])
        assert row["ChargeCategory"] in {"Usage", "Purchase", "Tax", "Adjustment"}
        assert row["ChargeFrequency"] in {"One-Time", "Recurring", "Usage-Based"}
        assert row["ServiceCategory"] in {"AI and Machine Learning", "Compute", "Other"}
        assert row["ChargePeriodStart"] < row["ChargePeriodEnd"]
        assert all(row[column].isascii() for column in row)
        assert all(re.fullmatch(r"-?\d+\.\d+", row[column]) for column in row if column.endswith("Cost"))
        priced = row["ChargeCategory"] in {"Usage", "Purchase"}
        assert (row["PricingQuantity"], bool(row["PricingUnit"])) == (
            ("1.0", True) if priced else ("", False)
        )
        if row["ChargeCategory"] == "Purchase":
            assert row["EffectiveCost"] == "0.0"
        if row["ChargeCategory"] == "Usage" and row["ChargeFrequency"] == "Usage-Based":
            assert row["ServiceSubcategory"]
    assert all(len(categories) == 1 for categories in services.values())


def test_a_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """`-o` writes the same rows."""
    rows = focus(capsys, *RENT)
    assert main(["focus", *RENT, "-o", str(tmp_path / "plan.csv")]) == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "plan.csv")
    assert [*csv.DictReader(io.StringIO((tmp_path / "plan.csv").read_text(encoding="utf-8")))] == rows


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (
            ["rent", "2×A100 80GB", "--start", "2027-13"],
            2,
            "--start: '2027-13' is no month; write it as 2027-01",
        ),
        ([*RENT, "--account", "计划"], 2, "--account: '计划' has signs that FOCUS does not take; use ASCII"),
        ([*RENT, "--provider", " "], 2, "--provider: ' ' has signs"),
        (["api", "Qwen-Plus", "--start", "2027-01"], 1, "#VALUE!: dau"),
        (["api", "Nothing-1", "--start", "2027-01", "--dau", "5"], 1, "#N/A: "),
        (["api", "Qwen-Plus", "--start", "2027-01", "--dau", "0"], 1, "costs nothing, so there is no row"),
        (["hybrid", "published", "--start", "2027-01"], 1, "#N/A: "),
        (["rent", "2×A100 80GB"], 2, "Missing option '--start'"),
    ],
)
def test_refuses(arguments: list[str], status: int, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One line that says what is wrong, and no row."""
    assert main(["focus", *arguments]) == status
    said = capsys.readouterr()
    assert said.out == ""
    assert message in said.err
    assert said.err.count("\n") == 1
