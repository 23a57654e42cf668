"""Fit the physical constants of the sizing on published measurements, and print how far it is off.

    python benchmarks/calibrate.py            print the errors of the constants in the catalog and of a fresh fit
    python benchmarks/calibrate.py --write    and write the fresh constants to sizing_constants.csv

The fit is a least-squares fit of log(estimate / measurement) with a robust loss, and weak priors at the physical
values that other sources give, so that a constant which the remaining rows do not show keeps a sound value. Nothing
belongs to one model. Each error is printed for rows whose whole model family, or whole GPU, was left out of the fit.
"""

from __future__ import annotations

import argparse
import csv
import math
import re
import sys
import unicodedata
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from xlmodel.sizing.from_catalog import CONSTANT_TABLES  # noqa: E402
from xlmodel.sizing.layout import Layout, held_sequences  # noqa: E402
from xlmodel.sizing.precision import Format, resolve  # noqa: E402
from xlmodel.sizing.specs import (  # noqa: E402
    GpuSpec,
    ModelSpec,
    SizingConstants,
    parse_constants,
    parse_gpu,
    parse_model,
)
from xlmodel.sizing.speed import cache_value_bytes, coefficients, sequence_limit, terms  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DATA = ROOT / "xlmodel" / "catalog" / "data"
VALIDATION = ROOT / "benchmarks" / "validation"
CONSTANTS = DATA / "sizing_constants.csv"
ROBUST = 0.15  # beyond about 15 % a residual counts linearly
TPOT_WEIGHT = 0.7
SHORT_ANSWER = 16
PRIOR_WEIGHT = 1.2
GUIDE_TOKENS_PER_S_PER_GPU = 180.0

# name: (prior, spread of its logarithm, lower bound, upper bound); the spreads say how well other sources know it
PRIORS: dict[str, tuple[float, float, float, float]] = {
    "bandwidth_efficiency": (0.92, 0.03, 0.80, 0.95),
    "expert_bandwidth_efficiency": (0.80, 0.25, 0.40, 1.0),
    "decode_mfu": (0.80, 0.15, 0.40, 0.95),
    "expert_mfu_ratio": (0.80, 0.25, 0.30, 1.0),
    "attention_mfu": (0.45, 0.30, 0.10, 0.90),
    "prefill_mfu_bf16": (0.68, 0.20, 0.30, 0.90),
    "prefill_mfu_fp8": (0.56, 0.30, 0.20, 0.90),
    "prefill_mfu_fp4": (0.45, 0.35, 0.10, 0.90),
    "prefill_mfu_weight_only": (0.35, 0.35, 0.10, 0.90),
    "prefill_share_default": (0.50, 0.50, 0.10, 1.0),
    "prefill_share_default_ampere": (0.80, 0.50, 0.10, 1.5),
    "layer_s_tuned": (75e-6, 0.30, 20e-6, 300e-6),
    "layer_s_default": (95e-6, 0.30, 20e-6, 400e-6),
    "moe_layer_s_tuned": (10e-6, 0.70, 1e-6, 300e-6),
    "moe_layer_s_default": (40e-6, 0.90, 1e-6, 600e-6),
    "sequence_s_tuned": (12e-6, 0.30, 2e-6, 60e-6),
    "sequence_s_default": (20e-6, 0.60, 2e-6, 300e-6),
    "blackwell_layer_ratio": (0.90, 0.15, 0.5, 1.2),
    "link_efficiency": (0.50, 0.20, 0.2, 0.9),
    "pipeline_loss": (0.05, 0.50, 0.005, 0.5),
    "expert_parallel_loss": (1.20, 0.20, 1.0, 2.0),
    "family_rate_cdna": (0.85, 0.10, 0.5, 1.0),
}

FAMILIES = ("Llama-2", "Llama-3", "Llama-4", "Mixtral", "gpt-oss", "DeepSeek", "Qwen2", "Qwen3")
QWEN3_MOE = ("Qwen3-235B", "Qwen3-30B")

Array = npt.NDArray[np.float64]


def read_rows(path: Path) -> list[dict[str, str]]:
    """Read a CSV file as dictionaries of text."""
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def normal(name: str) -> str:
    """Fold a name as the catalog does: no case, spaces, hyphens; G for GB."""
    folded = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", name).casefold())
    return re.sub(r"(\d)gb", r"\1g", folded)


class Catalog:
    """The model and GPU specifications, found by any of their names."""

    def __init__(self) -> None:
        """Read the CSV files of the catalog."""
        self.models = {row["item"]: parse_model(row) for row in read_rows(DATA / "models.csv")}
        self.gpus = {row["item"]: parse_gpu(row) for row in read_rows(DATA / "gpus.csv")}
        self._model_names = {normal(name): name for name in self.models}
        self._model_names |= {
            normal(row["alias"]): row["item"] for row in read_rows(DATA / "model_aliases.csv")
        }
        self._gpu_names = {normal(name): name for name in self.gpus}
        self._gpu_names |= {normal(row["alias"]): row["item"] for row in read_rows(DATA / "gpu_aliases.csv")}

    def model(self, name: str) -> ModelSpec:
        """Find a model by name or alias."""
        return self.models[self._model_names[normal(name)]]

    def gpu(self, name: str) -> GpuSpec:
        """Find a GPU by name or alias."""
        return self.gpus[self._gpu_names[normal(name)]]


@dataclass(frozen=True)
class Sample:
    """One measurement, with the layouts it may have run in."""

    id: str
    source: str
    model: ModelSpec
    gpu: GpuSpec
    fmt: Format
    precision: str
    engine: str
    tier: str
    n_gpus: int
    layouts: tuple[Layout, ...]
    input_len: float
    output_len: float
    concurrency: float | None
    tokens_per_s: float
    tpot_s: float | None
    ttft_s: float | None


def family(model: str) -> str:
    """Model family, for leaving whole families out."""
    if model.startswith(QWEN3_MOE):
        return "Qwen3 MoE"
    return next((name for name in FAMILIES if model.startswith(name)), model)


def _number(text: str) -> float | None:
    return float(text) if text else None


def _degree(parallelism: str, key: str) -> int:
    found = re.search(rf"(?:^|[,+]){key}(\d+)", parallelism)
    return int(found[1]) if found else 0


def _layouts(row: dict[str, str], model: ModelSpec, *, saturated: bool) -> tuple[Layout, ...]:
    text, gpus = row["parallelism"], int(float(row["n_gpus"]))
    tensor, stages, expert = _degree(text, "TP") or 1, _degree(text, "PP") or 1, _degree(text, "DEP")
    if "DPattn" in text:
        expert = tensor
    if expert:
        choices = [Layout(1, stages, expert)]
    else:
        choices = [Layout(tensor, stages)]
        spread = saturated or ("EP" in text and model.attention == "mla")
        # Tables of large expert models say TP where attention ran data parallel, so both are tried.
        if spread and tensor >= 4 and model.experts >= 100:  # noqa: PLR2004
            choices.append(Layout(1, stages, tensor))
    return tuple(one._replace(replicas=max(1, gpus // one.group_gpus)) for one in choices)


def load_samples(catalog: Catalog, constants: SizingConstants) -> list[Sample]:
    """Read throughput.csv without the rows that suspicious.csv excludes."""
    skip = {
        r["id"] for r in read_rows(VALIDATION / "suspicious.csv") if r["action"] in {"exclude", "unscorable"}
    }
    samples = []
    for row in read_rows(VALIDATION / "throughput.csv"):
        if row["id"] in skip or not row["ISL"] or not row["tokens_per_s_total"]:
            continue
        model, gpu = catalog.model(row["model"]), catalog.gpu(row["gpu"])
        precision = row["precision"] or "bf16"
        mode = row["concurrency_or_mode"]
        found = re.search(r"\d+", mode)
        saturated = mode.startswith("offline")
        # Requests of this source are drawn between 0.8 and 1.0 of the stated length.
        mean = 0.9 if row["family"] == "inferencex" else 1.0
        tpot, ttft = _number(row["tpot_ms"]), _number(row["ttft_ms"])
        # The TTFT of a burst measures its queue, and the TPOT of a handful of tokens the queue of the prefills.
        ttft = None if mode.startswith("burst") else ttft
        tpot = tpot if float(row["OSL"]) >= SHORT_ANSWER else None
        samples.append(
            Sample(
                id=row["id"],
                source=row["family"],
                model=model,
                gpu=gpu,
                fmt=resolve(model, precision, gpu, constants),
                precision=precision,
                engine="tuned" if row["engine_settings"] == "tuned" else "default",
                tier=row["engine_settings"],
                n_gpus=int(float(row["n_gpus"])),
                layouts=_layouts(row, model, saturated=saturated),
                input_len=float(row["ISL"]) * mean,
                output_len=float(row["OSL"]) * mean,
                concurrency=float(found[0]) if found and not saturated else None,
                tokens_per_s=float(row["tokens_per_s_total"]),
                tpot_s=tpot / 1e3 if tpot else None,
                ttft_s=ttft / 1e3 if ttft else None,
            )
        )
    return samples


class Estimate(NamedTuple):
    """Per sample: tokens per second, TPOT, own prefill and first step, prefills of the others; times in seconds."""

    rate: Array
    tpot: Array
    own: Array
    others: Array


class Design:
    """Raw terms of every (sample, layout), computed once, so that a trial of constants costs one product."""

    def __init__(self, samples: list[Sample], constants: SizingConstants) -> None:
        """Compute the terms with the memory constants at hand."""
        self.samples = samples
        rows: list[tuple[float, ...]] = []
        index: list[int] = []
        classes: dict[tuple[Any, ...], int] = {}
        klass: list[int] = []
        for position, s in enumerate(samples):
            value_bytes = cache_value_bytes(s.engine, s.fmt.compute)
            for layout in s.layouts:
                total = s.input_len + s.output_len
                held = held_sequences(s.model, s.fmt, s.gpu, layout, total, value_bytes, s.engine, constants)
                ranks = layout.expert or 1
                batch = min(max(held, ranks), sequence_limit(s.gpu, s.engine, constants) * ranks)
                if s.concurrency is not None:
                    batch = min(batch, max(1.0, s.concurrency / layout.replicas))
                t = terms(
                    s.model, s.fmt, s.gpu, layout, s.input_len, s.output_len, batch, value_bytes, constants
                )
                stage = max(1.0, batch / layout.pipeline)
                running = layout.replicas * min(batch, stage * layout.pipeline)
                key = (
                    s.engine,
                    s.fmt.compute,
                    s.fmt.weight_only,
                    s.model.is_moe,
                    s.gpu.family,
                    layout._replace(tensor=1, replicas=1),
                )
                klass.append(classes.setdefault(key, len(classes)))
                index.append(position)
                rows.append((*t, stage, running, s.output_len))
        self.classes = list(classes)
        self.klass = np.array(klass)
        self.index = np.array(index)
        table = np.array(rows)
        self.step_terms, self.prefill_terms = table[:, :8], table[:, 8:11]
        self.stage, self.running, self.output = table[:, 11], table[:, 12], table[:, 13]
        self.measured = np.array([s.tokens_per_s for s in samples])
        self.tpot = np.array([s.tpot_s or math.nan for s in samples])
        self.has_tpot = ~np.isnan(self.tpot)
        self.ttft = np.array([s.ttft_s or math.nan for s in samples])
        self.tiers = np.array([s.tier for s in samples])
        self.queued = np.array([False] * len(samples))
        wanted = np.array([s.concurrency or 0.0 for s in samples])
        self.queued[self.index] = self.running < wanted[self.index] * 0.99

    def estimate(self, constants: SizingConstants) -> Estimate:
        """Estimate every sample, from the fastest of its layouts."""
        step_c, prefill_c = [], []
        for key in self.classes:
            c = coefficients.__wrapped__(constants, *key)
            step_c.append(
                (c.memory, c.expert, c.flops, c.attention, c.layer, c.moe_layer, c.sequence, c.link)
            )
            prefill_c.append((c.prefill, c.attention, c.link))
        step = (self.step_terms * np.array(step_c)[self.klass]).sum(axis=1)
        prefill = (self.prefill_terms * np.array(prefill_c)[self.klass]).sum(axis=1)
        rate = self.running * self.output / (self.output * step + self.stage * prefill)
        best = np.zeros(len(self.samples))
        np.maximum.at(best, self.index, rate)
        chosen = np.flatnonzero(rate >= best[self.index] * (1 - 1e-12))
        rows = np.zeros(len(self.samples), dtype=int)
        rows[self.index[chosen]] = chosen
        others = (self.stage[rows] - 1) * prefill[rows]
        own = prefill[rows] + step[rows]
        return Estimate(best, step[rows] + others / self.output[rows], own, others)


def with_values(constants: SizingConstants, values: dict[str, float]) -> SizingConstants:
    """Copy the constants with some values replaced."""
    return replace(constants, values={**constants.values, **values})


def _robust(residual: Array) -> Array:
    scaled = np.abs(residual) / ROBUST
    return np.asarray(np.sign(residual) * ROBUST * np.sqrt(2 * (np.sqrt(1 + scaled**2) - 1)))


def fit(design: Design, constants: SizingConstants, keep: npt.NDArray[np.bool_]) -> SizingConstants:
    """Fit the constants of PRIORS on the samples kept."""
    names = list(PRIORS)
    centre = np.log([PRIORS[n][0] for n in names])
    spread = np.array([PRIORS[n][1] for n in names])
    bounds = np.log([PRIORS[n][2] for n in names]), np.log([PRIORS[n][3] for n in names])
    timed = keep & design.has_tpot
    # Few rows show current engines with default settings: together they weigh as much as the tests of older ones.
    current = design.tiers == "default"
    weight = np.where(current, math.sqrt((design.tiers == "batch test").sum() / current.sum()), 1.0)

    def residuals(theta: Array) -> Array:
        trial = with_values(constants, dict(zip(names, np.exp(theta).tolist(), strict=True)))
        rate, tpot, _, _ = design.estimate(trial)
        return np.concatenate(
            [
                weight[keep] * _robust(np.log(rate[keep] / design.measured[keep])),
                TPOT_WEIGHT * weight[timed] * _robust(np.log(tpot[timed] / design.tpot[timed])),
                PRIOR_WEIGHT * (theta - centre) / spread,
            ]
        )

    start = np.clip(centre, bounds[0] + 1e-9, bounds[1] - 1e-9)
    solution = least_squares(residuals, start, bounds=bounds)
    return with_values(constants, dict(zip(names, np.exp(solution.x).tolist(), strict=True)))


def left_out(
    design: Design, constants: SizingConstants, key: Callable[[Sample], str]
) -> tuple[Array, Array, dict[str, SizingConstants]]:
    """Estimate each group of samples with constants fitted on the others."""
    groups = np.array([key(s) for s in design.samples])
    rate, tpot = np.zeros(len(groups)), np.zeros(len(groups))
    fits: dict[str, SizingConstants] = {}
    for group in sorted(set(groups)):
        out = groups == group
        fits[group] = fit(design, constants, ~out)
        found = design.estimate(fits[group])
        rate[out], tpot[out] = found.rate[out], found.tpot[out]
    return rate, tpot, fits


def textbook(sample: Sample, constants: SizingConstants) -> float:
    """Tokens per second of the textbook roofline: max(bytes / 0.8 bandwidth, FLOPs / 0.5 peak), no latency."""
    m, g, layout = sample.model, sample.gpu, sample.layouts[0]
    value_bytes = cache_value_bytes(sample.engine, sample.fmt.compute)
    total = sample.input_len + sample.output_len
    held = max(1.0, held_sequences(m, sample.fmt, g, layout, total, value_bytes, sample.engine, constants))
    batch = held if sample.concurrency is None else min(held, max(1.0, sample.concurrency / layout.replicas))
    t = terms(m, sample.fmt, g, layout, sample.input_len, sample.output_len, batch, value_bytes, constants)
    step = max((t.memory_s + t.expert_s) / 0.8, t.flops_s / 0.5)
    return (
        layout.replicas
        * batch
        * sample.output_len
        / (sample.output_len * step + batch * t.prefill_flops_s / 0.5)
    )


class LeftOut(NamedTuple):
    """Estimate / measurement of rows whose group was left out of the fit, and those fits."""

    rate: Array
    tpot: Array
    fits: dict[str, SizingConstants]


def summary(ratio: Array) -> str:
    """Median, 90th percentile, share within a factor of 2, and bias of estimate / measurement."""
    error, double = np.abs(ratio - 1), float(np.mean(np.abs(np.log2(ratio)) < 1))
    return (
        f"n {len(ratio):5d}  median {np.median(error):6.1%}  p90 {np.quantile(error, 0.9):7.1%}  "
        f"within x2 {double:6.1%}  bias {np.median(ratio) - 1:+6.1%}"
    )


def _tables(design: Design, ratio: Array) -> Iterator[str]:
    keys: dict[str, Callable[[Sample], str]] = {
        "settings": lambda s: s.tier,
        "source": lambda s: s.source,
        "GPU": lambda s: s.gpu.name,
        "model": lambda s: s.model.name,
        "precision": lambda s: s.precision,
    }
    for title, key in keys.items():
        groups = np.array([key(s) for s in design.samples])
        for group in sorted(set(groups)):
            yield f"  {title:10s} {group:24s} {summary(ratio[groups == group])}"


def fit_ttft(design: Design, constants: SizingConstants) -> tuple[dict[str, float], Array]:
    """Fit fixed + share × (own prefill + step) + share × prefills of the others on rows where nobody queues."""
    names = ("ttft_fixed_s", "ttft_own_share", "ttft_first_wave_share")
    rows = ~np.isnan(design.ttft) & ~design.queued & (design.tiers != "batch test")
    found = design.estimate(constants)

    def values(theta: Array) -> Array:
        fixed, own, wave = np.exp(theta)
        return np.asarray(fixed + own * found.own + wave * found.others)

    def residuals(theta: Array) -> Array:
        return _robust(np.log(values(theta)[rows] / design.ttft[rows]))

    solution = least_squares(residuals, np.log([0.06, 1.3, 0.1]))
    ratio = np.where(rows, values(solution.x) / design.ttft, np.nan)
    return dict(zip(names, np.exp(solution.x).tolist(), strict=True)), ratio


def report(design: Design, constants: SizingConstants) -> LeftOut:
    """Print errors of rows left out by model family and by GPU, beside the baselines; give those by family."""
    tiers = {name: design.tiers == name for name in ("tuned", "default", "batch test")}
    keys: dict[str, Callable[[Sample], str]] = {
        "model family": lambda s: family(s.model.name),
        "GPU": lambda s: s.gpu.name,
    }
    results = {}
    for title, key in keys.items():
        rate, tpot, apart = left_out(design, constants, key)
        results[title] = LeftOut(rate / design.measured, tpot / design.tpot, apart)
        print(f"\nleft out by {title}")
        for name, rows in tiers.items():
            print(f"  tokens/s   {name:24s} {summary(results[title].rate[rows])}")
        print(f"  tokens/s   {'all':24s} {summary(results[title].rate)}")
        for name, rows in tiers.items():
            if (rows & design.has_tpot).any():
                print(f"  TPOT       {name:24s} {summary(results[title].tpot[rows & design.has_tpot])}")
        print("\n".join(_tables(design, results[title].rate)))
    book = np.array([textbook(s, constants) for s in design.samples]) / design.measured
    guide = np.array([GUIDE_TOKENS_PER_S_PER_GPU * s.n_gpus for s in design.samples]) / design.measured
    print("\nbaselines on the same rows")
    print(f"  {'textbook roofline':35s} {summary(book)}")
    print(f"  {'180 tokens/s a GPU':35s} {summary(guide)}")
    return results["model family"]._replace(fits=results["GPU"].fits | results["model family"].fits)


def updated(
    design: Design, fresh: SizingConstants, ttft: dict[str, float], ttft_ratio: Array, apart: LeftOut
) -> dict[str, tuple[float, float, float]]:
    """Values, lows and highs to write: constants with the range over the fits, and bands of measurement / estimate."""
    rows = {}
    for name in PRIORS:
        seen = [one[name] for one in apart.fits.values()]
        rows[name] = (fresh[name], min(*seen, fresh[name]), max(*seen, fresh[name]))
    for name, value in ttft.items():
        rows[name] = (value, value, value)
    ratios = {"throughput": apart.rate, "tpot": apart.tpot, "ttft": ttft_ratio}
    for quantity, ratio in ratios.items():
        for engine in ("default", "tuned"):
            known = (design.tiers == engine) & ~np.isnan(ratio)
            low, high = np.quantile(1 / ratio[known], [0.1, 0.9])
            rows[f"band_{quantity}_{engine}"] = (1.0, min(1.0, float(low)), max(1.0, float(high)))
    return rows


def write_constants(rows: dict[str, tuple[float, float, float]]) -> None:
    """Replace value, low and high of these constants in sizing_constants.csv, to four significant digits."""
    table = read_rows(CONSTANTS)
    for row in table:
        if row["item"] in rows:
            row["value"], row["low"], row["high"] = (f"{number:.4g}" for number in rows[row["item"]])
    with CONSTANTS.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(table[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)


def main() -> None:
    """Fit, print, and write when asked."""
    parser = argparse.ArgumentParser(description="Fit the sizing constants on published measurements.")
    parser.add_argument("--write", action="store_true", help="write sizing_constants.csv")
    options = parser.parse_args()
    base = parse_constants(*(read_rows(DATA / f"{name}.csv") for name in CONSTANT_TABLES))
    design = Design(load_samples(Catalog(), base), base)
    print("constants of the catalog ", summary(design.estimate(base).rate / design.measured))
    fresh = fit(design, base, np.ones(len(design.samples), dtype=bool))
    rate, tpot, _, _ = design.estimate(fresh)
    print("constants of this fit    ", summary(rate / design.measured))
    print("  TPOT                   ", summary((tpot / design.tpot)[design.has_tpot]))
    ttft, ttft_ratio = fit_ttft(design, fresh)
    print("  TTFT where nobody queues", summary(ttft_ratio[~np.isnan(ttft_ratio)]))
    apart = report(design, base)
    rows = updated(design, fresh, ttft, ttft_ratio, apart)
    print("\nconstant                          catalog        fit        low       high")
    for name, (value, low, high) in rows.items():
        print(f"  {name:30s} {base[name]:10.4g} {value:10.4g} {low:10.4g} {high:10.4g}")
    if options.write:
        write_constants(rows)
        print(f"\nwritten to {CONSTANTS.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
