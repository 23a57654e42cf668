"""Estimates beside published measurements: what fits, memory, KV tokens."""

from __future__ import annotations

import re
import statistics
from typing import TYPE_CHECKING

import pytest

from xlmodel.sizing import fits, kv_cache_bytes, vram_gb
from xlmodel.sizing.memory import weights_bytes

if TYPE_CHECKING:
    from tests.sizing.conftest import Specs
    from xlmodel.sizing import SizingConstants


# Cards that the sources name by their memory only.
CARDS = {
    "144GB GPU": "H200",
    "24GB GPU": "RTX 4090 24GB",
    "RTX 2080 Ti 22GB": "RTX 2080 Ti 22GB",
    "A100-80GB": "A100 80GB",
}
ENGINE_CONTEXT = 4_096


def test_yes_and_no_of_fits(
    specs: Specs, constants: SizingConstants, measured: dict[str, list[dict[str, str]]]
) -> None:
    """At least 97 % of what ran is said to fit, and at least 75 % of what failed is said not to."""
    right: dict[str, list[bool]] = {"yes": [], "no": []}
    for row in measured["fits"]:
        if "Max 1550" in row["gpu"]:
            continue  # a card that the catalog lacks
        model = specs.model(row["model"].removesuffix(" 671B"))
        gpu = specs.gpu(CARDS.get(row["gpu"], row["gpu"]))
        context = int(row["context"]) if row["context"].isdigit() else ENGINE_CONTEXT
        copies, context = (1, context) if context <= model.max_context * 4 else (context // 131_072, 131_072)
        kept = "fp8" if "fp8 KV" in row["notes"] else "fp16"
        found = fits(model, row["precision"], gpu, int(row["n_gpus"]), context, copies, constants, kept)
        right[row["fits"]].append(found.fits == (row["fits"] == "yes"))
    assert len(right["yes"]) > 150
    assert statistics.mean(right["yes"]) >= 0.97
    assert statistics.mean(right["no"]) >= 0.75


def _error(estimate: float, measurement: float) -> float:
    return abs(estimate / measurement - 1)


def test_total_memory_of_transformers_runs(
    specs: Specs, constants: SizingConstants, measured: dict[str, list[dict[str, str]]]
) -> None:
    """Weights + KV cache + overhead are within 2 % of the allocated memory where no prompt adds activations."""
    errors = []
    for row in measured["memory"]:
        if row["engine"] == "transformers 4.46.0" and row["input_tokens"] == "1":
            tokens = 1 + int(row["output_tokens"])
            total = vram_gb(
                specs.model(row["model"]), row["precision"], tokens, 1, "fp16", constants
            ).total_gb
            errors.append(_error(total, float(row["measured_GB"])))
    assert len(errors) >= 28
    assert statistics.median(errors) <= 0.02
    assert statistics.quantiles(errors, n=10)[8] <= 0.2


def test_a_whole_prompt_adds_its_activations(
    specs: Specs, constants: SizingConstants, measured: dict[str, list[dict[str, str]]]
) -> None:
    """Runs that take a prompt at once allocate 2 bytes × tokens × (3 MLP + 4 hidden) more, within 2 %."""
    errors = []
    for row in measured["memory"]:
        if row["engine"] == "transformers 4.46.0" and row["input_tokens"] != "1":
            model, prompt = specs.model(row["model"]), int(row["input_tokens"])
            total = vram_gb(
                model, row["precision"], prompt + int(row["output_tokens"]), 1, "fp16", constants
            ).total_gb
            total += 2 * prompt * (3 * model.intermediate + 4 * model.hidden) / 1e9
            errors.append(_error(total, float(row["measured_GB"])))
    assert len(errors) >= 80
    assert statistics.median(errors) <= 0.02


def test_published_weights_and_caches(
    specs: Specs, constants: SizingConstants, measured: dict[str, list[dict[str, str]]]
) -> None:
    """Weights and caches that vendors and engines state are within 2 % in the median, 8 % at most."""
    errors = []
    for row in measured["memory"]:
        model_name = row["model"].split("/")[0]
        value = float(row["measured_GB"])
        if row["component"] == "weights total":
            errors.append(
                _error(weights_bytes(specs.model(model_name), row["precision"], constants) / 1e9, value)
            )
        elif row["component"] == "weights per GPU":
            share = weights_bytes(specs.model(model_name), row["precision"], constants) / int(
                float(row["n_gpus"] or 1)
            )
            errors.append(_error(share / 1e9, value))
        elif row["component"] == "KV cache per sequence":
            errors.append(
                _error(kv_cache_bytes(specs.model(model_name), int(row["input_tokens"])) / 1e9, value)
            )
    assert len(errors) >= 18
    assert statistics.median(errors) <= 0.02


def test_old_long_prompts_bound_from_above(
    specs: Specs, constants: SizingConstants, measured: dict[str, list[dict[str, str]]]
) -> None:
    """No estimate exceeds what the older runs with long prompts allocated by more than 2 %."""
    for row in measured["memory"]:
        if row["engine"] == "transformers 4.38.2" and row["input_tokens"] != "1":
            tokens = int(row["input_tokens"]) + int(row["output_tokens"])
            total = vram_gb(
                specs.model(row["model"]), row["precision"], tokens, 1, "fp16", constants
            ).total_gb
            assert total <= float(row["measured_GB"]) * 1.02, row["id"]


def test_kv_tokens_of_start_up_logs(specs: Specs, measured: dict[str, list[dict[str, str]]]) -> None:
    """Memory left for the cache / bytes a token and GPU gives the tokens that the engine reports, within 5 %."""
    errors = []
    for row in measured["kvcache"]:
        name = re.sub(r" class$", "", row["model"])
        model = specs.model(name)
        per_token = kv_cache_bytes(model, 1) / min(int(row["tp"]), model.kv_heads)
        if row["avail_kv_GiB_per_gpu"]:
            errors.append(
                _error(float(row["avail_kv_GiB_per_gpu"]) * 2**30 / per_token, float(row["kv_tokens"]))
            )
    assert len(errors) >= 5
    assert statistics.median(errors) <= 0.05
    assert max(errors) <= 0.05


def test_memory_left_for_the_cache(
    specs: Specs, constants: SizingConstants, measured: dict[str, list[dict[str, str]]]
) -> None:
    """Where the log names card and share: usable × share − weights − reserve is within 2 GiB of what was left."""
    seen = 0
    for row in measured["kvcache"]:
        if not (row["gpu_mem_GiB"] and row["gpu_mem_util"] and row["avail_kv_GiB_per_gpu"]):
            continue
        model = specs.model(row["model"])
        weights = weights_bytes(model, row["weight_precision"], constants) / int(row["tp"]) / 2**30
        room = float(row["gpu_mem_GiB"]) * float(row["gpu_mem_util"])
        left = room - weights - constants["memory_reserve_gib_default"]
        assert left == pytest.approx(float(row["avail_kv_GiB_per_gpu"]), abs=2)
        seen += 1
    assert seen >= 4
