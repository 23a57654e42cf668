"""Fit the constants of the sizing on published measurements, and print how far the functions are off.

    python benchmarks/calibrate.py            the errors of the functions on rows that the fit has not seen
    python benchmarks/calibrate.py --write    and write the constants to sizing_constants.csv, the errors to accuracy.csv

What is scored is what a user gets: LLM_THROUGHPUT and LLM_LATENCY with the arguments of each row, once with the
parallelism that its source states and once without. Each error is that of rows whose whole model family, whole GPU,
or whole year was left out of the fit.
"""

from __future__ import annotations

import argparse
import csv
import math
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.design import PRIORS, TTFT, Array, Design, Mask, fit  # noqa: E402
from benchmarks.measurements import VALIDATION, Sample, load_samples  # noqa: E402
from xlmodel.catalog.load import built_in  # noqa: E402
from xlmodel.errors import NotAvailableError  # noqa: E402
from xlmodel.sizing import sizing_constants, throughput  # noqa: E402
from xlmodel.sizing.bands import band, band_kind  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from xlmodel.sizing import SizingConstants

CONSTANTS = ROOT / "xlmodel" / "catalog" / "data" / "sizing_constants.csv"
ACCURACY = VALIDATION / "accuracy.csv"
QUANTITIES = ("throughput", "tpot", "ttft")
FEWEST = 20  # rows of a kind for a band of its own
GUIDE_TOKENS_PER_S_PER_GPU = 180.0
LEFT_OUT: dict[str, Callable[[Sample], str]] = {
    "family": lambda s: s.family,
    "gpu": lambda s: s.gpu.name,
    "year": lambda s: s.year,
}


class Score(NamedTuple):
    """Estimate / measurement of each sample, by quantity; NaN where nothing was measured or the function refuses."""

    throughput: Array
    tpot: Array
    ttft: Array


def score(samples: list[Sample], constants: list[SizingConstants], *, stated: bool) -> Score:
    """Call what LLM_THROUGHPUT and LLM_LATENCY call, for each sample with its constants."""
    ratios = np.full((3, len(samples)), math.nan)
    for index, (s, known) in enumerate(zip(samples, constants, strict=True)):
        arguments = (
            s.model,
            s.precision,
            s.gpu,
            s.n_gpus,
            s.input_len,
            s.output_len,
            s.concurrency,
            s.engine,
        )
        try:
            found = throughput(*arguments, known, s.parallelism if stated else "")
        except NotAvailableError:
            continue
        ratios[0, index] = found.tokens_per_s / s.tokens_per_s
        if s.tpot_s:
            ratios[1, index] = found.tpot_ms / 1e3 / s.tpot_s
        # a request that waits for memory measures its queue, and waves in step measure all prefills
        if s.ttft_s and not s.in_step and s.concurrency and found.concurrency >= 0.99 * s.concurrency:
            ratios[2, index] = found.ttft_ms / 1e3 / s.ttft_s
    return Score(*ratios)


def left_out(
    design: Design, base: SizingConstants, near: SizingConstants, key: Callable[[Sample], str]
) -> list[SizingConstants]:
    """Give each sample constants that were fitted without its group."""
    groups = np.array([key(s) for s in design.samples])
    fits = {group: fit(design, base, groups != group, near) for group in sorted(set(groups))}
    return [fits[group] for group in groups]


class Line(NamedTuple):
    """One line of the report: which rows, left out by what, and how far off."""

    rows: str
    left_out: str
    parallelism: str
    quantity: str
    n: int
    median_error: float
    p90_error: float
    within_2: float
    bias: float
    in_band: float

    def __str__(self) -> str:
        """Show as one line."""
        head = f"{self.rows:32s} {self.left_out:7s} {self.parallelism:7s} {self.quantity:10s} n {self.n:5d}"
        figures = (
            f"median {self.median_error:6.1%}  p90 {self.p90_error:7.1%}  within x2 {self.within_2:6.1%}"
        )
        return f"{head}  {figures}  bias {self.bias:+7.1%}  in band {self.in_band:6.1%}"


def bands_of(samples: list[Sample], constants: SizingConstants) -> dict[str, tuple[Array, Array]]:
    """Bounds of measurement / estimate that the functions state, for each sample and quantity."""
    found = {}
    for quantity in QUANTITIES:
        stated = [band(s.model, s.gpu, s.engine, quantity, constants) for s in samples]
        low, high = np.array(stated).T
        found[quantity] = (low, high)
    return found


def fitted_bands(samples: list[Sample], ratios: Score) -> dict[str, tuple[float, float, float]]:
    """10th and 90th percentile of measurement / estimate for each kind of estimate."""
    kinds = np.array([band_kind(s.model, s.gpu, s.engine) for s in samples])
    tests = np.array([s.tier == "batch test" for s in samples])
    found = {}
    for kind in sorted(set(kinds)):
        for quantity, ratio in zip(QUANTITIES, ratios, strict=True):
            known = (kinds == kind) & ~np.isnan(ratio) & ~tests
            if known.sum() >= FEWEST:
                low, high = np.quantile(1 / ratio[known], [0.1, 0.9])
                found[f"band_{quantity}_{kind}"] = (1.0, min(1.0, float(low)), max(1.0, float(high)))
    return found


def groups(samples: list[Sample]) -> Iterator[tuple[str, Mask]]:
    """Name groups of samples: by tier and year, then by model, GPU and spread among those of 2026."""
    for year in sorted({s.year for s in samples}):
        for tier in ("tuned", "default", "batch test"):
            yield f"{tier} {year}", np.array([s.year == year and s.tier == tier for s in samples])
    parts: dict[str, Callable[[Sample], str]] = {
        "model": lambda s: s.model.name,
        "GPU": lambda s: s.gpu.name,
    }
    for part, key in parts.items():
        for year in sorted({s.year for s in samples}):
            of_year = [s.tier == "tuned" and s.year == year for s in samples]
            for name in sorted({key(s) for s, kept in zip(samples, of_year, strict=True) if kept}):
                mask = np.array([kept and key(s) == name for s, kept in zip(samples, of_year, strict=True)])
                yield f"{part} {name} {year}", mask


def summary(
    title: str, held: str, parallelism: str, quantity: str, ratio: Array, inside: Mask
) -> Line | None:
    """Summarise estimate / measurement of some rows; None without any."""
    known = ~np.isnan(ratio)
    if not known.any():
        return None
    kept = ratio[known]
    error = np.abs(kept - 1)
    return Line(
        title,
        held,
        parallelism,
        quantity,
        len(kept),
        float(np.median(error)),
        float(np.quantile(error, 0.9)),
        float(np.mean(np.abs(np.log2(kept)) < 1)),
        float(np.median(kept) - 1),
        float(np.mean(inside[known])),
    )


def lines(
    samples: list[Sample], ratios: Score, held: str, parallelism: str, constants: SizingConstants
) -> Iterator[Line]:
    """Summarise each group and quantity."""
    bands = bands_of(samples, constants)
    for title, mask in groups(samples):
        for quantity, ratio in zip(QUANTITIES, ratios, strict=True):
            low, high = bands[quantity]
            with np.errstate(invalid="ignore"):
                inside = (1 / ratio >= low) & (1 / ratio <= high)
            line = summary(title, held, parallelism, quantity, ratio[mask], inside[mask])
            if line is not None and (quantity == "throughput" or not title.startswith(("model", "GPU"))):
                yield line


def fitted_rows(
    fresh: SizingConstants, apart: dict[str, list[SizingConstants]]
) -> dict[str, tuple[float, float, float]]:
    """Values of the fitted constants, with the range over all fits."""
    seen = {id(one): one for fits in apart.values() for one in fits}.values()
    rows = {}
    for name in (*PRIORS, *TTFT):
        values = [fresh[name], *(one[name] for one in seen)]
        rows[name] = (fresh[name], min(values), max(values))
    return rows


def write_constants(rows: dict[str, tuple[float, float, float]]) -> None:
    """Replace value, low and high of these constants in sizing_constants.csv, to four significant digits."""
    with CONSTANTS.open(encoding="utf-8", newline="") as handle:
        table = list(csv.DictReader(handle))
    for row in table:
        if row["item"] in rows:
            row["value"], row["low"], row["high"] = (f"{number:.4g}" for number in rows[row["item"]])
    with CONSTANTS.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(table[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)


def write_accuracy(report: list[Line]) -> None:
    """Write the report, which the documents quote."""
    with ACCURACY.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(Line._fields)
        writer.writerows([*line[:5], *(f"{number:.4f}" for number in line[5:])] for line in report)


def main() -> None:
    """Fit, score, print, and write when asked."""
    parser = argparse.ArgumentParser(description="Fit the sizing constants on published measurements.")
    parser.add_argument("--write", action="store_true", help="write sizing_constants.csv and accuracy.csv")
    options = parser.parse_args()
    base = sizing_constants(built_in())
    samples = load_samples()
    design = Design(samples, base)
    print(
        f"{len(samples)} measurements, {len(samples) - len(design.samples)} that do not fit by our estimate of memory"
    )
    samples = design.samples
    fresh = fit(design, base, np.ones(len(samples), dtype=bool))
    apart = {held: left_out(design, base, fresh, key) for held, key in LEFT_OUT.items()}
    scores = {
        (held, stated): score(samples, fits, stated=stated)
        for held, fits in {"none": [fresh] * len(samples), **apart}.items()
        for stated in (True, False)
    }
    rows = fitted_rows(fresh, apart) | fitted_bands(samples, scores["family", True])
    with_bands = replace(
        fresh,
        low={**base.low, **{name: row[1] for name, row in rows.items()}},
        high={**base.high, **{name: row[2] for name, row in rows.items()}},
    )
    report = [
        line
        for (held, stated), ratios in scores.items()
        for line in lines(samples, ratios, held, "stated" if stated else "blank", with_bands)
    ]
    guide = np.array([GUIDE_TOKENS_PER_S_PER_GPU * s.n_gpus / s.tokens_per_s for s in samples])
    everywhere = np.ones(len(samples), dtype=bool)
    baseline = summary("180 tokens/s a GPU", "none", "-", "throughput", guide, everywhere)
    report += [baseline] if baseline else []
    for line in report:
        print(line)
    print("\nconstant                          catalog        fit        low       high")
    for name, (value, low, high) in rows.items():
        print(f"  {name:32s} {base.values.get(name, math.nan):10.4g} {value:10.4g} {low:10.4g} {high:10.4g}")
    if options.write:
        write_constants(rows)
        write_accuracy(report)
        print(f"\nwritten to {CONSTANTS.relative_to(ROOT)} and {ACCURACY.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
