"""A demand without output tokens: bills and named hardware are costed, sizing says one line, a verdict is withheld."""

from __future__ import annotations

import pytest

from xlmodel import CellError, call

# 1,000 users x 800 input tokens x 360 days are 288 million tokens a year
MTOK = 288.0
COSTED = [
    ("LLM_TCO", ("api", "DeepSeek V3", 1_000, 3, 800, 0), 3 * MTOK * 2),
    ("LLM_TCO", ("rent", "2×A100 80GB", 1_000, 3, 800, 0), 36 * 2 * 6_500),
    ("LLM_TCO", ("own", "standard", 1_000, 3, 800, 0), 775_000 + 3 * 480_000),
    ("LLM_COST_PER_MTOK", ("api", "DeepSeek V3", 1_000, 3, 800, 0), 2),
    ("LLM_COST_PER_MTOK", ("rent", "2×A100 80GB", 1_000, 3, 800, 0), 36 * 2 * 6_500 / (3 * MTOK)),
    ("LLM_COST_PER_MTOK", ("own", "standard", 1_000, 3, 800, 0), 2_215_000 / (3 * MTOK)),
    ("BREAKEVEN_DAU", ("DeepSeek V3", "own", "standard", 800, 0), 2_215_000 / (3 * MTOK * 2 / 1_000)),
]
SIZED = [
    ("LLM_TCO", ("own", "Qwen3-32B", 1_000, 3, 800, 0)),
    ("LLM_TCO_TABLE", ("rent", "Qwen3-32B@A100 80GB", 1_000, 3, 800, 0)),
    ("LLM_COST_PER_MTOK", ("rent", "Qwen3-32B", 1_000, 3, 800, 0)),
    ("LLM_COMPARE", (1_000, "Qwen3-32B", 3, 800, 0)),
    ("LLM_CAPACITY", ("Qwen3-32B", "2×A100 80GB", None, 800, 0)),
    ("LLM_PLAN", ("Qwen3-32B", 1_000, None, None, 800, 0)),
    ("BREAKEVEN_DAU", ("DeepSeek V3", "own", "Qwen3-32B", 800, 0)),
    ("LLM_PAYBACK", ("own", "Qwen3-32B", "api", "GPT-4o", 1_000, 120, 800, 0)),
]


@pytest.mark.parametrize(("name", "arguments", "amount"), COSTED)
def test_what_is_named_is_costed(name: str, arguments: tuple[object, ...], amount: float) -> None:
    """A bill is of its input, hardware of its price."""
    assert call(name, *arguments) == pytest.approx(amount, rel=1e-12)


@pytest.mark.parametrize(("name", "arguments"), SIZED)
def test_sizing_says_one_line(name: str, arguments: tuple[object, ...]) -> None:
    """It goes by the output, and names the argument."""
    with pytest.raises(
        CellError, match=r"^output_tokens: hardware is sized by the tokens that it writes"
    ) as caught:
        call(name, *arguments)
    assert caught.value.code == "#VALUE!"
    assert "\n" not in caught.value.message


def rows(model: str) -> list[dict[str, object]]:
    """Return LLM_COMPARE as one mapping a row."""
    table = call("LLM_COMPARE", 1_000, model, 3, 800, 0)
    assert isinstance(table, list)
    return [dict(zip(map(str, table[0]), row, strict=True)) for row in table[1:]]


def test_a_comparison_ranks_the_bills_and_judges_no_hardware() -> None:
    """Bills 2 and V4-Pro's; the rental and the tier keep their cost, without rank, verdict and price per million."""
    *bills, rent, own = rows("32B~70B")
    assert [row["deployment"] for row in bills] == ["api", "api"]
    assert {row["serves"] for row in bills} == {True}
    assert sorted(float(str(row["rank"])) for row in bills) == [1, 2]
    for row, total in ((rent, 468_000), (own, 2_215_000)):
        found = [row[key] for key in ("total", "per_mtok", "rank", "serves", "needs", "needs_total")]
        assert found == [total, "", "", "not judged", "", ""]


def test_what_would_be_sized_stands_without_a_cost() -> None:
    """DeepSeek V3 by API is ranked; rented and owned it has no hardware, so no amount, and never a 0."""
    bill, *hardware = rows("DeepSeek V3")
    assert (bill["rank"], bill["total"]) == (1, pytest.approx(3 * MTOK * 2))
    assert [row["deployment"] for row in hardware] == ["rent", "own"]
    for row in hardware:
        empty = {
            row[key] for key in ("year_1", "year_3", "total", "per_mtok", "rank", "needs", "needs_total")
        }
        assert (empty, row["serves"]) == ({""}, "not judged")
