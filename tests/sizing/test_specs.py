"""The specifications: parsed with their units, complete, and found by their names."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from xlmodel.catalog.load import DATA, read_catalog, read_rows
from xlmodel.catalog.tables import GivenFigure
from xlmodel.errors import CatalogError, NotAvailableError
from xlmodel.sizing import gpu_spec, model_spec, parse_constants, parse_gpu, parse_model, sizing_constants

if TYPE_CHECKING:
    from tests.sizing.conftest import Specs


def test_every_row_parses_with_sound_values(specs: Specs) -> None:
    """Each model and GPU has positive sizes, and no expert model lacks its expert widths."""
    for model in specs.models.values():
        assert model.total_params >= model.active_params > 0
        assert model.layers > 0
        assert model.hidden > 0
        assert model.max_context >= 2048
        if model.is_moe:
            assert 0 < model.moe_layers <= model.layers
            assert model.routed_params < model.total_params
            assert model.experts_per_token <= model.experts
    for gpu in specs.gpus.values():
        assert gpu.memory_bandwidth_gb_s > 100
        assert gpu.bf16_dense_tflops > 10
        assert gpu.usable_memory_gib is None or gpu.usable_memory_gib < gpu.memory_gb


def test_experts_and_the_rest_make_the_active_parameters(specs: Specs) -> None:
    """Dense + active experts + head is within 15 % of the published active parameters, where both are exact."""
    for name in (
        "DeepSeek-V3",
        "Qwen3-235B-A22B",
        "Kimi-K2",
        "Mixtral-8x7B",
        "gpt-oss-120b",
        "Llama-4-Maverick",
    ):
        model = specs.model(name)
        assert model.step_params == pytest.approx(model.active_params, rel=0.15)


def test_parameters_follow_from_the_shapes(specs: Specs) -> None:
    """Attention + networks + experts + tables are within 2 % of the total of models whose layers are all alike."""
    two_matrices = {"GPT-J-6B", "Falcon-180B"}
    # with a vision part, layers that differ in their heads, layers without attention, shared experts of another width
    counted_otherwise = {
        "Qwen2-57B-A14B",
        "Gemma-4-26B-A4B",
        "Gemma-4-31B",
        "MiMo-V2-Flash",
        "Nemotron-Super-49B",
        "Step-3.5-Flash",
    }
    checked = 0
    for model in specs.models.values():
        plain = model.attention == "gqa" and not model.linear_layers and model.architecture_known
        if not plain or "-VL-" in model.name or model.name in two_matrices | counted_otherwise:
            continue
        attention = model.hidden * model.head_dim * 2 * (model.heads + model.kv_heads)
        total = model.layers * attention + model.routed_params + model.table_params
        total += (model.layers - model.moe_layers) * model.mlp_matrices * model.hidden * model.intermediate
        total += model.moe_layers * model.shared_experts * model.expert_params
        assert total == pytest.approx(model.total_params, rel=0.02), model.name
        checked += 1
    assert checked > 70


def test_routed_parameters_by_hand(specs: Specs) -> None:
    """DeepSeek-V3: 58 layers × 256 experts × 3 × 7168 × 2048; Llama-4-Maverick has experts in 24 layers only."""
    assert specs.model("DeepSeek-V3").routed_params == 58 * 256 * 3 * 7168 * 2048
    assert specs.model("Llama-4-Maverick").routed_params == 24 * 128 * 3 * 5120 * 8192


def test_everyday_names_are_found(specs: Specs) -> None:
    """Names of tables, papers and daily talk lead to one item, and an alias to an item that exists."""
    assert specs.gpu("h100-80g").name == "H100 80GB"
    assert specs.gpu("H200").name == "H200 141GB"
    assert specs.gpu("昇腾910B").vendor == "Huawei"
    assert specs.gpu("H20-141GB (H20-3e)").memory_gb == 141
    assert specs.model("DeepSeek-R1-0528").name == "DeepSeek-R1"
    assert specs.model("Llama-3.3-70B").name == "Llama-3.1-70B"
    assert specs.model("deepseek-ai/DeepSeek-V3").name == "DeepSeek-V3"
    assert {row["item"] for row in specs.model_aliases} <= set(specs.models)
    assert {row["item"] for row in specs.gpu_aliases} <= set(specs.gpus)


@pytest.mark.parametrize("name", ["A100", "H20", "RTX 4090", "GH200"])
def test_ambiguous_cards_have_no_alias(specs: Specs, name: str) -> None:
    """A card sold in two memory sizes is no name without its size."""
    assert name.replace(" ", "").casefold() not in specs.gpu_names


@pytest.mark.parametrize(
    ("name", "capability"),
    [
        ("V100 32GB", 7.0),
        ("T4 16GB", 7.5),
        ("A100 80GB", 8.0),
        ("RTX 3090 24GB", 8.6),
        ("RTX 4090 24GB", 8.9),
        ("H20 96GB", 9.0),
        ("B200 180GB", 10.0),
        ("B300 288GB", 10.3),
        ("RTX 5090 32GB", 12.0),
        ("MI300X 192GB", None),
        ("Ascend 910B 64GB", None),
    ],
)
def test_compute_capability_is_that_of_nvidias_table(
    specs: Specs, name: str, capability: float | None
) -> None:
    """Each NVIDIA card has the number of developer.nvidia.com/cuda-gpus, others have none."""
    assert specs.gpu(name).compute_capability == capability


def test_a_broken_row_names_item_and_column() -> None:
    """A blank or wrong cell is a catalog error that says where."""
    with pytest.raises(CatalogError, match="X: column total_params_b is blank"):
        parse_model({"item": "X", "attention": "gqa"})
    with pytest.raises(CatalogError, match="X: attention 'odd' is none of"):
        parse_model({"item": "X", "attention": "odd"})
    ratios = {"compress_ratio": "4", "heavy_ratio": "0", "sliding_window": "128"}
    with pytest.raises(CatalogError, match="X: heavy_ratio is 0; give one above 0"):
        parse_model({"item": "X", "attention": "compressed", **ratios})
    with pytest.raises(CatalogError, match="X: task 'sing' is none of generate, embed, rerank"):
        parse_model({"item": "X", "attention": "gqa", "task": "sing"})
    with pytest.raises(CatalogError, match="Y: memory_gb is 'many', not a number"):
        parse_gpu({"item": "Y", "vendor": "V", "gpu_family": "f", "memory_gb": "many"})


def test_a_missing_constant_is_named() -> None:
    """A constant that the file lacks is refused by name."""
    constants = parse_constants([{"item": "a", "value": "2", "low": "", "high": "3"}])
    assert (constants["a"], constants.low["a"], constants.high["a"]) == (2, 2, 3)
    with pytest.raises(NotAvailableError, match="'b' is missing"):
        constants["b"]


def test_a_catalog_parses_each_row_once_and_for_itself() -> None:
    """A workbook's figures change no specification, so they share what was parsed; another catalog has its own."""
    catalog, other = read_catalog(DATA), read_catalog(DATA)
    overlaid = catalog.overlaid({("A100 80GB", "purchase"): GivenFigure(1, 1, 1)})
    assert gpu_spec(overlaid, "A100 80GB") is gpu_spec(catalog, "A100 80GB")
    assert model_spec(catalog, "Qwen3-32B") is model_spec(overlaid, "Qwen3-32B")
    assert sizing_constants(overlaid) is sizing_constants(catalog)
    assert gpu_spec(other, "A100 80GB") is not gpu_spec(catalog, "A100 80GB")
    assert gpu_spec(other, "A100 80GB").memory_bandwidth_gb_s == pytest.approx(2_039)
    with pytest.raises(NotAvailableError, match="House GPU"):
        gpu_spec(catalog, "House GPU")


def test_a_catalog_of_before_says_what_it_lacks() -> None:
    """A folder exported before kernels.csv came is refused in one line that says what to take."""
    catalog = read_catalog(DATA)
    older = replace(catalog, tables={k: v for k, v in catalog.tables.items() if k != "kernels"}, parsed={})
    with pytest.raises(CatalogError, match=r"no table kernels; take kernels\.csv"):
        sizing_constants(older)


def test_every_measured_model_has_a_row() -> None:
    """Each model that a published measurement names is found by name or alias."""
    catalog = read_catalog(DATA)
    named = {
        row["model"]
        for path in (Path(__file__).parents[2] / "benchmarks" / "validation").glob("*.csv")
        for row in read_rows(path)
        if row.get("model")
    }
    assert len(named) > 60
    assert {name for name in named if catalog.names.get("open_model", name) is None} == set()
