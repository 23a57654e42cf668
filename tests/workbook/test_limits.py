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
        "customer": random.choice("x名") * random.choice((0, 10, 200)),
        "dau": round(10 ** random.uniform(0.7, 6.7)),
        "input_tokens": random.choice((0, 100, 800, 12_345)),
        "output_tokens": random.choice((50, 400, 2_000)),
        "years": random.randint(1, 20),
        "model": random.choice(CLASSES),
        "api_models": random.sample(models, random.choice((1, 1, 2, 3, 5, 12))),
        "rent": random.sample(RENT, random.choice((0, 1, 1, 2, 3, 6))),
        "own": random.sample(OWN, random.choice((0, 1, 1, 2, 3, 6))),
        "assumptions": {
            "growth_rate": random.uniform(-0.2, 0.5), "discount_rate": random.uniform(0, 0.1),
            "currency": random.choice(("CNY", "USD")), "estimate": random.choice(("low", "base", "high")),
        },
    }  # fmt: skip


def findings(given: dict[str, Any], path: Path) -> list[str]:
    """Return what the product's own check finds in the quote of a request, and whether a check of the quote fails."""
    path.write_bytes(build_quote(make_request(built_in(), {"date": DAY, **given}, "test"), built_in()))
    found = [str(finding) for finding in check_file(path)]
    book = openpyxl.load_workbook(path, data_only=True)
    sheet, cell = book.defined_names["chk_total"].attr_text.split("!")
    failed = book[sheet.strip("'")][cell.replace("$", "")].value
    return found if failed == 0 else [*found, f"chk_total is {failed}"]


@pytest.mark.parametrize("asked", [*FIXED, *range(3)])
def test_a_request_at_its_limits_keeps_the_standard(asked: str | int, tmp_path: Path) -> None:
    """The product's own check finds nothing, and every check of the quote passes."""
    given = FIXED[asked] if isinstance(asked, str) else drawn(asked)
    if asked == "twelve APIs":
        given = {**given, "api_models": list(built_in().names.items("api_model"))[:12]}
    assert findings(given, tmp_path / "quote.xlsx") == []
