"""Every native formula of a quote gives the same value in three programs: the engine, IronCalc and LibreOffice."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import pytest
import recalculate

from workbook.quote.build import build_quote
from workbook.request.quote_request import make_request
from workbook.rules import check_file
from xlmodel.catalog import built_in

if TYPE_CHECKING:
    from pathlib import Path

WIDE = {
    "dau": 30000,
    "years": 3,
    "model": "32B~70B",
    "api_models": ["DeepSeek V3", "Qwen-Plus"],
    "rent": ["2×A100 80GB", "8×H100 80GB"],
    "own": ["standard", "3×A100 80GB"],
}
BUSY = {
    "assumptions": {
        "growth_rate": 0.2, "price_change_rate": -0.1, "discount_rate": 0.07, "cache_hit_rate": 0.3, "retry_rate": 0.02,
        "staff_cost_year": 260000, "electricity_price_cny_per_kwh": 0.95, "maintenance_rate": 0.15, "residual_rate": 0.1,
        "estimate": "high", "currency": "USD", "vat_rate": 0.13,
    },
    "years": 5,
    "lang": "en",
}  # fmt: skip


@cache
def quote(kind: str) -> bytes:
    """Return the file of a plain quote, or of a busy one with many assumptions typed."""
    values = {"plain": WIDE, "busy": {**WIDE, **BUSY}}[kind]
    return build_quote(make_request(built_in(), values, "test"), built_in())


def test_the_checks_pass() -> None:
    """The audit and the checks keep the workbook standard; every check of a busy quote passes."""
    for kind, names in (("plain", {"复核", "检查"}), ("busy", {"Audit", "Checks"})):
        assert [str(finding) for finding in check_file(quote(kind)) if finding.sheet in names] == []


@pytest.mark.parametrize("kind", ["plain", "busy"])
def test_ironcalc_agrees(kind: str, tmp_path: Path) -> None:
    """IronCalc computes every native formula of the quote to the value in the file."""
    pytest.importorskip("ironcalc", reason="IronCalc is not installed")
    copy = recalculate.without_functions(quote(kind))
    assert len(copy.native) > 1000
    assert recalculate.differences(copy.native, recalculate.by_ironcalc(copy, tmp_path)) == []


@pytest.mark.skipif(not recalculate.has_libreoffice(), reason="LibreOffice (soffice) is not installed")
@pytest.mark.parametrize("kind", ["plain", "busy"])
def test_libreoffice_agrees(kind: str, tmp_path: Path) -> None:
    """LibreOffice, told to recalculate always, computes every native formula of the quote to the value in the file."""
    copy = recalculate.without_functions(quote(kind))
    assert recalculate.differences(copy.native, recalculate.by_libreoffice(copy, tmp_path)) == []


def test_a_wrong_value_is_noticed(tmp_path: Path) -> None:
    """The copy carries no value of a native formula: IronCalc's come from the formulas, so a wrong one differs."""
    pytest.importorskip("ironcalc", reason="IronCalc is not installed")
    copy = recalculate.without_functions(quote("plain"))
    place = next(
        place
        for place, value in copy.native.items()
        if place[0] == "复核" and isinstance(value, float) and value > 1
    )
    native = copy.native | {place: copy.native[place] * (1 + 1e-8)}
    lines = recalculate.differences(native, recalculate.by_ironcalc(copy, tmp_path))
    assert [re.match(r"[^:]+", line)[0] for line in lines] == [f"{place[0]}!{place[1]}"]
