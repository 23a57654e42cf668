"""The calibration: the constants in the catalog are those of the fit, and the documents tell the errors that it prints."""

from __future__ import annotations

import csv
import importlib.util
import random
import re
import statistics
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import xlmodel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
ROWS = 100

np = pytest.importorskip("numpy", reason="the calibration needs numpy (extra: dev)")
pytest.importorskip("scipy", reason="the calibration needs scipy (extra: dev)")


@pytest.fixture(scope="module")
def calibrate() -> Iterator[ModuleType]:
    """Load the command as a module."""
    spec = importlib.util.spec_from_file_location("calibrate", ROOT / "benchmarks" / "calibrate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["calibrate"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["calibrate"]


@pytest.fixture(scope="module")
def samples(calibrate: ModuleType) -> list[Any]:
    """Give every measurement."""
    return list(calibrate.load_samples())


@pytest.fixture(scope="module")
def accuracy() -> list[dict[str, str]]:
    """Give the errors that the command wrote."""
    with (ROOT / "benchmarks" / "validation" / "accuracy.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def _line(accuracy: list[dict[str, str]], rows: str, held: str, spread: str, quantity: str) -> dict[str, str]:
    key = (rows, held, spread, quantity)
    names = ("rows", "left_out", "parallelism", "quantity")
    return next(line for line in accuracy if tuple(line[name] for name in names) == key)


def test_constants_are_those_of_the_fit(calibrate: ModuleType, samples: list[Any]) -> None:
    """A fresh fit gives the constants that the catalog holds, to 1 %, within their bounds."""
    base = calibrate.sizing_constants(calibrate.built_in())
    design = calibrate.Design(samples, base)
    fresh = calibrate.fit(design, base, np.ones(len(design.samples), dtype=bool))
    for name in (*calibrate.PRIORS, *calibrate.TTFT):
        assert fresh[name] == pytest.approx(base[name], rel=0.01), name
        assert base.low[name] * 0.999 <= base[name] <= base.high[name] * 1.001


def test_the_functions_are_what_is_scored(
    calibrate: ModuleType, samples: list[Any], accuracy: list[dict[str, str]]
) -> None:
    """Calls of LLM_THROUGHPUT on 200 rows drawn of a year, as a cell makes them, have the error that is reported."""
    dice = random.Random(9)  # noqa: S311 - a sample, not a secret
    base = calibrate.sizing_constants(calibrate.built_in())
    kept = calibrate.Design(samples, base).samples
    for year in ("2024-25", "2026"):
        rows = [s for s in kept if s.tier == "tuned" and s.year == year]
        errors = []
        for s in dice.sample(rows, ROWS):
            config = f"{s.n_gpus}×{s.gpu.name}"
            lengths = (s.input_len, s.output_len, s.concurrency)
            called = xlmodel.call(
                "LLM_THROUGHPUT", s.model.name, s.precision, config, *lengths, s.engine, s.parallelism
            )
            assert isinstance(called, float)
            errors.append(abs(called / s.tokens_per_s - 1))
        stated = float(_line(accuracy, f"tuned {year}", "none", "stated", "throughput")["median_error"])
        # the median of a sample of n strays from that of all rows by about its value / sqrt(n)
        assert statistics.median(errors) == pytest.approx(stated, rel=3 / ROWS**0.5)


def test_whole_families_and_gpus_left_out(accuracy: list[dict[str, str]]) -> None:
    """What the functions reach on models and cards that the fit has not seen."""
    for held in ("family", "gpu"):
        tuned = _line(accuracy, "tuned 2024-25", held, "stated", "throughput")
        assert float(tuned["median_error"]) <= 0.12
        assert float(tuned["within_2"]) >= 0.95
        assert float(_line(accuracy, "default 2024-25", held, "stated", "throughput")["median_error"]) <= 0.30
        assert float(_line(accuracy, "tuned 2026", held, "stated", "throughput")["median_error"]) <= 0.24
        assert float(_line(accuracy, "tuned 2024-25", held, "stated", "tpot")["median_error"]) <= 0.12


def test_the_bands_hold_four_in_five(accuracy: list[dict[str, str]]) -> None:
    """Of rows whose family was left out, 75 to 85 % lie in the band that the function states, by tier and year."""
    for rows in ("tuned 2024-25", "tuned 2026", "default 2024-25"):
        assert 0.75 <= float(_line(accuracy, rows, "family", "stated", "throughput")["in_band"]) <= 0.85, rows


def test_better_than_a_rule_of_thumb(accuracy: list[dict[str, str]]) -> None:
    """180 tokens a second and GPU, the rule of the guide, is several times further off on the same rows."""
    guide = float(_line(accuracy, "180 tokens/s a GPU", "none", "-", "throughput")["median_error"])
    assert guide > 3 * float(_line(accuracy, "tuned 2026", "family", "blank", "throughput")["median_error"])


def test_the_documents_tell_what_the_command_prints(accuracy: list[dict[str, str]]) -> None:
    """Every row of the table of errors in the method equals the written report, to the digit."""
    text = (ROOT / "docs" / "method.md").read_text(encoding="utf-8")
    table = re.findall(
        r"^\| (\S+ \S+), (\w+) left out, (stated|blank) \| (\w+) \|(.*)\|$", text, re.MULTILINE
    )
    assert len(table) >= 10
    held = {"families": "family", "GPUs": "gpu", "year": "year"}
    for rows, left, spread, quantity, figures in table:
        line = _line(accuracy, rows, held[left], spread, quantity)
        columns = ("median_error", "p90_error", "within_2", "in_band")
        told = [f"{float(line[column]):.0%}".replace("%", " %") for column in columns]
        assert [cell.strip() for cell in figures.split("|")] == told, (rows, left, spread, quantity)


def test_the_readme_tells_what_the_command_prints(accuracy: list[dict[str, str]]) -> None:
    """Its sentence on throughput equals the written report."""
    text = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    keys = (
        ("tuned 2024-25", "stated"),
        ("tuned 2026", "stated"),
        ("tuned 2026", "blank"),
        ("default 2024-25", "stated"),
    )
    lines = [_line(accuracy, rows, "family", spread, "throughput") for rows, spread in keys]
    older, newer, blank, stock = (f"{float(line['median_error']):.0%}".replace("%", " %") for line in lines)
    assert f"off by {older} in the median on measurements of 2024-25 and by {newer} on those of 2026" in text
    assert f"({blank} where the layout is left to us), that of stock settings by {stock};" in text
