"""The fit of the physical constants: the raw terms of every measurement, and least squares on their logarithms.

A trial of constants costs one product, since the terms of each (sample, layout) are computed once. Nothing belongs to
one model. Weak priors at physical values keep a constant that the rows do not show at a sound value.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares

from benchmarks.measurements import NEWER, Sample
from xlmodel.sizing.choice import Request
from xlmodel.sizing.coefficients import coefficients
from xlmodel.sizing.layout import held_sequences
from xlmodel.sizing.precision import Format, resolve
from xlmodel.sizing.reserve import sequence_limit
from xlmodel.sizing.speed import cache_value_bytes, prompts_beside
from xlmodel.sizing.terms import prepare, terms
from xlmodel.sizing.throughput import stated_layouts

if TYPE_CHECKING:
    from xlmodel.sizing import Layout, SizingConstants

ROBUST = 0.15  # beyond about 15 % a residual counts linearly
TPOT_WEIGHT = 0.7
PRIOR_WEIGHT = 1.2
# Rows of one model, card, precision and tier are repetitions: n of them weigh as the square root of n.
GROUP_POWER = -0.25
# The functions speak of today's engines: rows of 2026 weigh more.
NEWER_WEIGHT = 3.0

# name: (prior, spread of its logarithm, lower bound, upper bound); the spreads say how well other sources know it
PRIORS: dict[str, tuple[float, float, float, float]] = {
    "bandwidth_efficiency": (0.92, 0.03, 0.80, 0.95),
    "expert_bandwidth_efficiency": (0.80, 0.25, 0.40, 1.0),
    "expert_share_cdna3": (0.90, 0.20, 0.40, 1.0),
    "expert_share_cdna4": (0.90, 0.20, 0.40, 1.0),
    "decode_mfu": (0.80, 0.15, 0.40, 0.95),
    "expert_mfu_ratio": (0.80, 0.25, 0.30, 1.0),
    "attention_mfu": (0.45, 0.30, 0.10, 0.90),
    "prefill_mfu_bf16": (0.68, 0.20, 0.30, 0.90),
    "prefill_mfu_fp8": (0.56, 0.30, 0.20, 0.90),
    "prefill_mfu_fp4": (0.45, 0.35, 0.10, 0.90),
    "prefill_mfu_weight_only": (0.35, 0.35, 0.10, 0.90),
    "prefill_share_cdna3": (0.70, 0.30, 0.20, 1.0),
    "prefill_share_cdna4": (0.70, 0.30, 0.20, 1.0),
    "prefill_share_default": (0.50, 0.50, 0.10, 1.0),
    "prefill_share_default_ampere": (0.80, 0.50, 0.10, 1.5),
    "prefill_share_default_experts": (0.60, 0.50, 0.10, 1.0),
    "prefill_share_sparse": (0.70, 0.40, 0.10, 1.0),
    "sequence_ratio_sparse": (1.50, 0.50, 0.5, 10.0),
    "layer_s_tuned": (75e-6, 0.30, 20e-6, 300e-6),
    "layer_s_default": (95e-6, 0.30, 20e-6, 400e-6),
    "moe_layer_s_tuned": (10e-6, 0.70, 1e-6, 300e-6),
    "moe_layer_s_default": (40e-6, 0.90, 1e-6, 600e-6),
    "latent_layer_s": (15e-6, 0.70, 1e-6, 200e-6),
    "sparse_layer_s": (25e-6, 0.70, 1e-6, 300e-6),
    "compressed_layer_s": (90e-6, 0.70, 1e-6, 600e-6),
    "kernel_ratio_cdna3": (1.50, 0.50, 0.5, 6.0),
    "kernel_ratio_cdna4": (1.00, 0.30, 0.5, 4.0),
    "spread_layer_s": (15e-6, 0.70, 1e-6, 200e-6),
    "sequence_s_tuned": (12e-6, 0.30, 2e-6, 60e-6),
    "sequence_s_default": (20e-6, 0.60, 2e-6, 300e-6),
    "layer_ratio_blackwell": (0.90, 0.15, 0.5, 1.2),
    "layer_ratio_cdna3": (1.40, 0.30, 0.8, 3.0),
    "layer_ratio_cdna4": (1.20, 0.30, 0.8, 3.0),
    "layer_ratio_ascend": (2.00, 0.50, 0.8, 8.0),
    "link_efficiency": (0.50, 0.20, 0.2, 0.9),
    "pipeline_loss": (0.05, 0.50, 0.005, 0.5),
    "expert_parallel_loss": (1.20, 0.20, 1.0, 2.0),
    "rank_wait_exponent": (0.50, 0.70, 0.05, 1.0),
}

# What a layer of a kind takes beside that of any model, in kernels more: latent attention projects down twice and folds
# its matrices in; sparse attention projects, scores and chooses; compressed attention does both, compresses at two ratios
# and joins a window. The time a kernel is fitted too, so that a kind that no row shows follows from the others.
KERNELS = {"latent_layer_s": 3, "sparse_layer_s": 3, "compressed_layer_s": 8}
KERNEL_S = (10e-6, 0.50)  # prior, spread of its logarithm
KERNELS_SPREAD = 0.40

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


class Estimate(NamedTuple):
    """Per sample: tokens per second, TPOT, own prefill and first step, prefills of the others; times in seconds."""

    rate: Array
    tpot: Array
    own: Array
    others: Array


class _Row(NamedTuple):
    """One (sample, layout): its raw terms, also of the answers written at once, and how many sequences run."""

    sample: int
    step: tuple[float, ...]
    writing: tuple[float, ...]
    prefill: tuple[float, ...]
    waits: float
    room: float
    stage: float
    beside: float
    running: float
    output: float


class _Class(NamedTuple):
    """What decides which constants apply."""

    engine: str
    fmt: Format
    sample: Sample
    layout: Layout


class Design:
    """Raw terms of every (sample, layout that the row states)."""

    def __init__(self, samples: list[Sample], constants: SizingConstants) -> None:
        """Compute the terms with the memory constants at hand; samples that do not fit are left out."""
        classes: dict[tuple[object, ...], int] = {}
        self.classes: list[_Class] = []
        self.samples: list[Sample] = []
        rows: list[_Row] = []
        klass: list[int] = []
        for sample in samples:
            held = [_row(len(self.samples), sample, layout, constants) for layout in _layouts(sample)]
            kept = [(row, fmt, layout) for row, fmt, layout in held if row is not None]
            for row, fmt, layout in kept:
                shape = layout._replace(tensor=1, replicas=1)
                key = (
                    sample.engine,
                    fmt.compute,
                    fmt.weight_only,
                    sample.model.experts,
                    sample.gpu.name,
                    shape,
                )
                if key not in classes:
                    classes[key] = len(classes)
                    self.classes.append(_Class(sample.engine, fmt, sample, shape))
                klass.append(classes[key])
                rows.append(row)
            if kept:
                self.samples.append(sample)
        self.klass, self.index = np.array(klass), np.array([row.sample for row in rows])
        self.step_terms = np.array([row.step for row in rows])
        self.writing_terms = np.array([row.writing for row in rows])
        self.prefill_terms = np.array([row.prefill for row in rows])
        self.waits, self.room = (np.array([getattr(row, key) for row in rows]) for key in ("waits", "room"))
        self.stage, self.beside, self.running, self.output = (
            np.array([getattr(row, key) for row in rows]) for key in ("stage", "beside", "running", "output")
        )
        kept_samples = self.samples
        self.measured = np.array([s.tokens_per_s for s in kept_samples])
        self.tpot = np.array([s.tpot_s or math.nan for s in kept_samples])
        self.ttft = np.array([s.ttft_s or math.nan for s in kept_samples])
        wanted = np.array([s.concurrency or 0.0 for s in kept_samples])
        self.queued = np.zeros(len(kept_samples), dtype=bool)
        self.queued[self.index] = (self.running < wanted[self.index] * 0.99) | (self.beside < self.stage - 1)
        self.weight = _weights(kept_samples)

    def estimate(self, constants: SizingConstants) -> Estimate:
        """Estimate every sample, from the fastest of its layouts."""
        found = [
            coefficients.__wrapped__(
                constants,
                k.engine,
                k.fmt.compute,
                k.fmt.weight_only,
                k.sample.model.experts,
                k.sample.model.sparse_topk > 0,
                k.sample.gpu,
                k.layout,
            )
            for k in self.classes
        ]
        step_c = np.array([c[:14] for c in found])[self.klass]
        prefill_c = np.array([(c.prefill, c.attention, c.link) for c in found])[self.klass]
        step = (self.step_terms * step_c).sum(axis=1)
        own = (self.prefill_terms * prefill_c).sum(axis=1)
        prefill = own * self.waits ** (found[0].wait * self.room)
        rate = self.running * self.output / (self.output * step + self.stage * prefill)
        best = np.zeros(len(self.samples))
        np.maximum.at(best, self.index, rate)
        chosen = np.flatnonzero(rate >= best[self.index] * (1 - 1e-12))
        rows = np.zeros(len(self.samples), dtype=int)
        rows[self.index[chosen]] = chosen
        others = np.minimum(self.stage[rows] - 1, self.beside[rows]) * prefill[rows]
        writing = (self.writing_terms[rows] * step_c[rows]).sum(axis=1)
        tpot = writing + others / self.output[rows]
        return Estimate(best, tpot, prefill[rows] + step[rows], others)


def _layouts(sample: Sample) -> tuple[Layout, ...]:
    request = Request(sample.input_len, sample.output_len, sample.concurrency, sample.engine)
    return stated_layouts(sample.parallelism, sample.model, sample.n_gpus, request)


def _row(
    index: int, s: Sample, layout: Layout, constants: SizingConstants
) -> tuple[_Row | None, Format, Layout]:
    fmt = resolve(s.model, s.precision, s.gpu, constants)
    value_bytes = fmt.cache_bytes or cache_value_bytes(s.engine, fmt.compute)
    total = s.input_len + s.output_len
    held = held_sequences(s.model, fmt, s.gpu, layout, total, value_bytes, s.engine, constants)
    ranks = layout.expert or 1
    if held < ranks:
        return None, fmt, layout
    most = batch = min(held, sequence_limit(s.gpu, s.engine, constants) * ranks)
    if s.concurrency is not None:
        batch = min(batch, max(1.0, s.concurrency / layout.replicas))
    known = prepare(s.model, fmt, s.gpu, layout, s.input_len, s.output_len, value_bytes, constants)
    t = terms(known, batch)
    stage = max(1.0, batch / layout.pipeline)
    running = layout.replicas * min(batch, stage * layout.pipeline)
    beside = prompts_beside(s.gpu, s.input_len, s.output_len, s.engine, constants)
    writing = terms(known, min(stage, beside + 1.0) * layout.pipeline) if beside < stage - 1 else t
    row = _Row(
        index,
        t[:14],
        writing[:14],
        t[14:17],
        t.waits,
        1.0 - batch / most,
        stage,
        beside,
        running,
        s.output_len,
    )
    return row, fmt, layout


def _weights(samples: list[Sample]) -> Array:
    groups = [(s.year, s.model.name, s.gpu.name, s.precision, s.tier) for s in samples]
    sizes = Counter(groups)
    weights = np.array([sizes[group] ** GROUP_POWER for group in groups])
    weights *= np.where([s.year == NEWER for s in samples], NEWER_WEIGHT, 1.0)
    # Few rows show engines with default settings: together they weigh as much as the tests of older ones.
    tiers = Counter(s.tier for s in samples)
    default = np.array([s.tier == "default" for s in samples])
    weights *= np.where(default, math.sqrt(tiers["batch test"] / max(1, tiers["default"])), 1.0)
    return np.asarray(weights / weights.mean())


def with_values(constants: SizingConstants, values: dict[str, float]) -> SizingConstants:
    """Copy the constants with some values replaced."""
    return replace(constants, values={**constants.values, **values})


def robust(residual: Array) -> Array:
    """Soften residuals beyond about 15 %."""
    scaled = np.abs(residual) / ROBUST
    return np.asarray(np.sign(residual) * ROBUST * np.sqrt(2 * (np.sqrt(1 + scaled**2) - 1)))


def fit(
    design: Design, constants: SizingConstants, keep: Mask, near: SizingConstants | None = None
) -> SizingConstants:
    """Fit the constants of PRIORS on the samples kept, then those of TTFT; start near another fit to save time."""
    names = list(PRIORS)
    centre = np.log([PRIORS[n][0] for n in names])
    spread = np.array([PRIORS[n][1] for n in names])
    bounds = np.log([PRIORS[n][2] for n in names]), np.log([PRIORS[n][3] for n in names])
    # the last of theta is the time a kernel
    several = np.array([names.index(name) for name in KERNELS])
    counts = np.log(list(KERNELS.values()))
    spread[several] = KERNELS_SPREAD
    timed = keep & ~np.isnan(design.tpot)
    weight = design.weight

    def residuals(theta: Array) -> Array:
        trial = with_values(constants, dict(zip(names, np.exp(theta[:-1]).tolist(), strict=True)))
        expected = centre.copy()
        expected[several] = counts + theta[-1]
        rate, tpot, _, _ = design.estimate(trial)
        return np.concatenate(
            [
                weight[keep] * robust(np.log(rate[keep] / design.measured[keep])),
                TPOT_WEIGHT * weight[timed] * robust(np.log(tpot[timed] / design.tpot[timed])),
                PRIOR_WEIGHT * (theta[:-1] - expected) / spread,
                [PRIOR_WEIGHT * (theta[-1] - math.log(KERNEL_S[0])) / KERNEL_S[1]],
            ]
        )

    first = centre if near is None else np.log([near[n] for n in names])
    start = np.append(np.clip(first, bounds[0] + 1e-9, bounds[1] - 1e-9), math.log(KERNEL_S[0]))
    free = np.append(bounds[0], -math.inf), np.append(bounds[1], math.inf)
    scale = np.append(np.maximum(spread, 0.1), KERNEL_S[1])
    solution = least_squares(residuals, start, bounds=free, x_scale=scale)
    fitted = with_values(constants, dict(zip(names, np.exp(solution.x[:-1]).tolist(), strict=True)))
    return with_values(fitted, _fit_ttft(design, fitted, keep))


TTFT = ("ttft_fixed_s", "ttft_own_share", "ttft_first_wave_share")


def _fit_ttft(design: Design, constants: SizingConstants, keep: Mask) -> dict[str, float]:
    """Fit fixed + share × (own prefill + step) + share × prefills of the others on rows where nobody queues.

    Closed loops of requests of one length are left out: their waves stay in step, so each waits for all prefills,
    which no service with real requests does.
    """
    in_step = np.array([s.in_step or s.tier == "batch test" for s in design.samples])
    rows = keep & ~np.isnan(design.ttft) & ~design.queued & ~in_step
    found = design.estimate(constants)
    # how a benchmark lets its requests in has no year: here the newer rows weigh as the others
    newer = np.array([s.year == NEWER for s in design.samples])
    weight = design.weight[rows] / np.where(newer[rows], NEWER_WEIGHT, 1.0)

    def residuals(theta: Array) -> Array:
        fixed, own, wave = np.exp(theta)
        values = fixed + own * found.own[rows] + wave * found.others[rows]
        return np.asarray(weight * robust(np.log(values / design.ttft[rows])))

    solution = least_squares(residuals, np.log([0.05, 1.3, 0.04]))
    return dict(zip(TTFT, np.exp(solution.x).tolist(), strict=True))
