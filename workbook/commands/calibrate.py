"""`xlmodel calibrate`: by which factor a customer's machine differs from the estimate."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from workbook.commands.catalog_folder import checked_catalog
from workbook.commands.output import json_text, say, table_text
from workbook.request.bench_run import read_runs
from xlmodel import call
from xlmodel.errors import RequestError
from xlmodel.sizing import model_spec

if TYPE_CHECKING:
    from pathlib import Path

    from workbook.request.bench_run import BenchRun
    from xlmodel.catalog.tables import Catalog
    from xlmodel.grid import CellValue

_HEADER: list[CellValue] = [
    "run", "model", "precision", "gpus", "input_len", "output_len", "concurrency", "metric", "measured", "estimated", "factor",
    "note",
]  # fmt: skip
_ALL = "all runs"


class Asked(NamedTuple):
    """What the benchmark's file does not tell.

    Args:
        gpus: the GPU configuration it ran on.
        model: the model's name in the catalog; None: as the file names it.
        precision: format of the weights; None: the one the model is published in.
        engine: `default` or `tuned`.
        parallelism: how it was spread over the GPUs, such as `TP2`; None: as a good engineer spreads it.
    """

    gpus: str
    model: str | None
    precision: str | None
    engine: str
    parallelism: str | None


def run_calibrate(run: Path, asked: Asked, catalog: Path | None, *, as_json: bool) -> int:
    """Print measured over estimated for throughput, TTFT and TPOT of each run, and the speed_factor of all.

    Equation: factor = measured / estimated; speed_factor = geometric mean of the factors of throughput.

    Args:
        run: output of `vllm bench serve` or `sglang.bench_serving`.
        asked: what the file does not tell.
        catalog: a catalog folder; None: the built-in catalog.
        as_json: whether rows are printed as JSON.

    Raises:
        RequestError: a file or run that cannot be read.
        NotAvailableError: an unknown name, or a model that does not fit.
    """
    facts = checked_catalog(catalog)
    rows, factors = [_HEADER], []
    for each in read_runs(run):
        found = _compared(each, asked, facts, catalog)
        factors.append(found[0])
        rows += found[1]
    factor = math.exp(sum(map(math.log, factors)) / len(factors))
    total: list[CellValue] = [_ALL, *[""] * 6, "speed_factor", "", "", factor, ""]
    rows.append(total)
    if as_json:
        say(json_text(rows))
        return 0
    say(table_text(rows))
    say(f"speed_factor={factor:.3g}")
    return 0


def _compared(
    run: BenchRun, asked: Asked, facts: Catalog, catalog: Path | None
) -> tuple[float, list[list[CellValue]]]:
    """Return the factor of the throughput of a run, and its three rows."""
    name = asked.model or run.model
    if not name:
        raise RequestError(f"{run.place}: names no model; give --model")
    model = facts.names.find("open_model", name)
    precision = asked.precision or model_spec(facts, model).native_precision
    # the functions take mean lengths, and whole requests
    load = [run.input_len, run.output_len, float(max(1, round(run.concurrency)))]

    def estimate(function: str, *metric: str) -> float:
        spread = (asked.engine, asked.parallelism)
        value = call(function, model, precision, asked.gpus, *metric, *load, *spread, catalog=catalog)
        if not isinstance(value, float):
            raise TypeError(f"{function} gave no number")
        return value

    compared = [
        ("tokens_per_s", run.tokens_per_s, estimate("LLM_THROUGHPUT")),
        ("ttft_ms", run.ttft_ms, estimate("LLM_LATENCY", "ttft")),
    ]
    if run.tpot_ms:
        compared.append(("tpot_ms", run.tpot_ms, estimate("LLM_LATENCY", "tpot")))
    head: list[CellValue] = [run.place, model, precision, asked.gpus, *load]
    rows = [
        [*head, metric, measured, value, measured / value, run.note] for metric, measured, value in compared
    ]
    return compared[0][1] / compared[0][2], rows
