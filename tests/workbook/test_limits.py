"""Requests at their limits: one option or many, one year or twenty, five users or five million; each keeps the standard."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from workbook.quote.build import build_quote
from workbook.request.quote_request import make_request
from workbook.rules import check_file
from xlmodel.catalog import built_in

if TYPE_CHECKING:
    from pathlib import Path

DAY = dt.date(2026, 11, 21)
RENT = ("2×A100 80GB", "8×H100 80GB", "4×L40S 48GB", "16×H100 80GB", "1×A100 80GB", "64×H200 141GB")
OWN = ("light", "standard", "enterprise", "8×A100 80GB", "3×H100 80GB", "16×H20 141GB")
CLASSES = ("7B~14B", "32B~70B", "70B~235B", "671B")
FIXED: dict[str, dict[str, Any]] = {
    "one API": {"dau": 30_000, "model": "32B~70B", "api_models": ["DeepSeek V3"], "rent": [], "own": []},
    "no API": {"dau": 30_000, "model": "32B~70B", "api_models": [], "rent": ["2×A100 80GB"], "own": ["standard"]},
    "twelve APIs": {"dau": 30_000, "model": "32B~70B", "rent": list(RENT[:3]), "own": list(OWN[:3]), "years": 1},
    "five million": {"dau": 5_000_000, "model": "671B", "years": 20, "assumptions": {"currency": "USD"}, "lang": "en"},
    "five": {"dau": 5, "model": "7B~14B", "customer": "北京市示例集团有限公司" * 18, "years": 1},
}  # fmt: skip


def drawn(seed: int) -> dict[str, Any]:
    """Return a request at random."""
    random = Random(seed)  # noqa: S311 - a test
    models = built_in().names.items("api_model")
    return {
        "lang": random.choice(("zh", "en")),
        "customer": "x" * random.choice((0, 10, 200)),
        "dau": round(10 ** random.uniform(0.7, 6.7)),
        "input_tokens": random.choice((0, 100, 800, 12_345)),
        "output_tokens": random.choice((50, 400, 2_000)),
        "years": random.randint(1, 20),
        "model": random.choice(CLASSES),
        "api_models": random.sample(models, random.randint(1, 5)),
        "rent": random.sample(RENT, random.randint(0, 2)),
        "own": random.sample(OWN, random.randint(0, 2)),
        "assumptions": {
            "growth_rate": random.uniform(-0.2, 0.5), "discount_rate": random.uniform(0, 0.1),
            "currency": random.choice(("CNY", "USD")), "estimate": random.choice(("low", "base", "high")),
        },
    }  # fmt: skip


@pytest.mark.parametrize("asked", [*FIXED, *range(5)])
def test_a_request_at_its_limits_keeps_the_standard(asked: str | int, tmp_path: Path) -> None:
    """The product's own check finds nothing, and every check of the quote passes."""
    given = FIXED[asked] if isinstance(asked, str) else drawn(asked)
    if asked == "twelve APIs":
        given = {**given, "api_models": list(built_in().names.items("api_model"))[:12]}
    path = tmp_path / "quote.xlsx"
    path.write_bytes(build_quote(make_request(built_in(), {"date": DAY, **given}, "test"), built_in()))
    assert [str(finding) for finding in check_file(path)] == []
    book = openpyxl.load_workbook(path, data_only=True)
    sheet, cell = book.defined_names["chk_total"].attr_text.split("!")
    assert book[sheet.strip("'")][cell.replace("$", "")].value == 0
