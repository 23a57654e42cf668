"""API, rent and own side by side: the options, their years, ranks and prices per million tokens."""

from __future__ import annotations

import pytest

from xlmodel import CellError, call


def rows(*arguments: object) -> list[dict[str, object]]:
    """Return LLM_COMPARE as one mapping a row."""
    table = call("LLM_COMPARE", *arguments)
    assert isinstance(table, list)
    header, *lines = table
    return [dict(zip(map(str, header), line, strict=True)) for line in lines]


OPTIONS = {
    "7B~14B": [("api", "Qwen-Plus"), ("api", "DeepSeek V4-Flash"), ("rent", "1×A100 80GB"), ("own", "light")],
    "32B~70B": [
        ("api", "DeepSeek V3"),
        ("api", "DeepSeek V4-Pro"),
        ("rent", "2×A100 80GB"),
        ("own", "standard"),
    ],
    "70B~235B": [("api", "DeepSeek V4-Pro"), ("rent", "4×H100 80GB"), ("own", "enterprise")],
    "671B": [("api", "DeepSeek V3"), ("rent", "8×H100 80GB"), ("own", "enterprise")],
    "671B (满血)": [("api", "DeepSeek V3"), ("rent", "8×H100 80GB"), ("own", "enterprise")],
    "Qwen-Plus": [("api", "Qwen-Plus")],
    "GPT-4o": [("api", "GPT-4o")],
}
# a model with open weights: its API where one serves it, then what sizing picks
SIZED = {
    "DeepSeek V3": ["api", "rent", "own"],
    "DeepSeek V4-Pro": ["api", "rent", "own"],
    "Qwen3-32B": ["rent", "own"],
    "Qwen3-8B": ["rent", "own"],
}


@pytest.mark.parametrize("model", OPTIONS)
def test_options_of_a_model_or_size_class(model: str) -> None:
    """A size class has its APIs, typical rental and tier; a model without open weights its API alone."""
    found = [(row["deployment"], row["what"]) for row in rows(10_000, model)]
    assert found == OPTIONS[model]


@pytest.mark.parametrize("growth", [0, 1, -0.5])
@pytest.mark.parametrize("model", SIZED)
def test_options_of_an_open_model(model: str, growth: float) -> None:
    """Each row of an open model is LLM_TCO of it, and of it on the GPU that the row names."""
    given = f"growth_rate={growth}"
    found = rows(30_000, model, 3, None, None, given)
    assert [row["deployment"] for row in found] == SIZED[model]
    for row in found:
        deployment, needs = str(row["deployment"]), str(row["needs"])
        total = call("LLM_TCO", deployment, model, 30_000, 3, None, None, given)
        assert row["total"] == pytest.approx(total, rel=1e-12)
        if deployment == "api":
            assert (row["model"], needs, row["needs_total"]) == (model, "", "")
            continue
        runs, _, precision = str(row["model"]).partition(" ")
        assert row["what"] == f"{needs} ({runs} {precision})"
        on_gpu = call(
            "LLM_TCO", deployment, f"{runs}@{needs.partition('×')[2]}", 30_000, 3, None, None, given
        )
        assert row["total"] == row["needs_total"] == on_gpu
        if growth <= 0:  # the first year is the largest, so its GPUs are those that are named
            first = call("LLM_TCO", deployment, needs, None, 1, None, None, given)
            assert row["year_1"] == pytest.approx(first, rel=1e-12)


@pytest.mark.parametrize("variant", ["published", "full; high", "growth_rate=0.5; discount_rate=0.1"])
@pytest.mark.parametrize("model", ["7B~14B", "32B~70B", "671B", "GPT-4o"])
def test_rows_are_the_single_functions(model: str, variant: str) -> None:
    """Each row's total is LLM_TCO, its years sum to it; its price per million is LLM_COST_PER_MTOK, or none."""
    for row in rows(30_000, model, 4, 1_000, 500, variant):
        arguments = (row["deployment"], row["what"], 30_000, 4, 1_000, 500, variant)
        assert row["total"] == pytest.approx(call("LLM_TCO", *arguments), rel=1e-12)
        years = [row[f"year_{year}"] for year in (1, 2, 3, 4)]
        assert sum(float(str(year)) for year in years) == pytest.approx(row["total"], rel=1e-12)
        assert (row["rank"] == "") == (row["per_mtok"] == "") == (not row["serves"])
        if row["serves"]:
            assert row["per_mtok"] == pytest.approx(call("LLM_COST_PER_MTOK", *arguments), rel=1e-12)
        else:
            with pytest.raises(CellError, match=r"serves [\d,]+ (daily )?users"):
                call("LLM_COST_PER_MTOK", *arguments)


def test_ranks_order_the_totals() -> None:
    """Rank 1 has the lowest total; two APIs with the same bill share a rank."""
    found = rows(30_000, "32B~70B")
    assert [row["rank"] for row in found] == [1, 1, 3, 4]
    totals = sorted(float(str(row["total"])) for row in found)
    by_rank = [row["total"] for row in sorted(found, key=lambda row: float(str(row["rank"])))]
    assert by_rank == pytest.approx(totals, rel=1e-12)


def test_scenario_b_by_hand() -> None:
    """30,000 users: the APIs 30,000 x 0.144 x 12, the rental 156,000 a year, the tier 1,255,000 then 480,000."""
    found = rows(30_000, "32B~70B")
    assert [row["year_1"] for row in found] == pytest.approx([51_840, 51_840, 156_000, 1_255_000])
    assert [row["year_2"] for row in found] == pytest.approx([51_840, 51_840, 156_000, 480_000])
    mtok = 30_000 * 1_200 * 30 * 36 / 1e6
    assert found[2]["per_mtok"] == pytest.approx(468_000 / mtok, rel=1e-12)


def test_price_per_million_follows_growth() -> None:
    """Twice the tokens each year: 432 a month are 1.2 a million in every year; a rental gets cheaper by 7/3."""
    arguments = ("Qwen-Plus", 10_000, 3, None, None, "growth_rate=1")
    assert call("LLM_COST_PER_MTOK", "api", *arguments) == pytest.approx(1.2, rel=1e-12)
    rent = call("LLM_COST_PER_MTOK", "rent", "1×A100 80GB", *arguments[1:])
    assert rent == pytest.approx(234_000 / (360 * 12 * 7), rel=1e-12)


@pytest.mark.parametrize("arguments", [(0,), (10_000, None, 0, 0)], ids=["no users", "no tokens"])
def test_no_tokens_have_no_price_per_million(arguments: tuple[object, ...]) -> None:
    """Without users or tokens there is nothing to divide by."""
    with pytest.raises(CellError, match="needs users and tokens above 0") as caught:
        call("LLM_COST_PER_MTOK", "rent", "H100", *arguments)
    assert caught.value.code == "#VALUE!"


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("Qwen-Pluss", "unknown model or size class 'Qwen-Pluss'; nearest: Qwen-Plus"),
        ("DeepSeek", "'DeepSeek' is ambiguous"),
        ("standard", "size classes: 7B~14B, 32B~70B, 70B~235B, 671B"),
        ("Qwen3", "'Qwen3' is ambiguous: api model Qwen3-Max or Qwen3.5-Plus or open model Qwen3-0.6B"),
    ],
)
def test_a_model_that_cannot_be_compared(model: str, words: str) -> None:
    """The message has the nearest names, the meanings, the size classes, or the reason, in one line."""
    with pytest.raises(CellError) as caught:
        call("LLM_COMPARE", 10_000, model)
    assert caught.value.code == "#N/A"
    assert words in caught.value.message
    assert "\n" not in caught.value.message
