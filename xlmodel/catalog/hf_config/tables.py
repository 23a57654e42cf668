"""Parameters outside the layers: vocabulary tables, and the vision part of a multimodal model."""

from __future__ import annotations

from xlmodel.catalog.hf_config.attention import ENCODERS
from xlmodel.catalog.hf_config.config import ModelConfig

# models whose library ties the tables where the config says nothing
_TIED_UNSAID = ("gemma", "ernie4_5", "cohere")


def read_tables(config: ModelConfig, layers: int) -> tuple[float, float, list[str]]:
    """Parameters of all vocabulary tables, those of the one that a token multiplies, and what to note."""
    hidden = config.needed("hidden_size", "n_embd", "d_model")
    table = float(config.needed("vocab_size", "padded_vocab_size") * hidden)
    if config.text("model_type") in ENCODERS:
        note = "an encoder keeps no cache: keys and values of the layer at work are counted"
        return table + config.count("max_position_embeddings") * hidden, table, [note]
    tables = table if tied(config) else 2 * table
    each = config.count("hidden_size_per_layer_input")
    if not each:
        return tables, table, []
    # Gemma 4: a small table a layer, and its way in and out
    extra = float(config.count("vocab_size_per_layer_input") * layers * each + 3 * hidden * layers * each)
    return tables + extra, table, [f"with embeddings of each layer, {extra / 1e9:.2f}e9 parameters"]


def tied(config: ModelConfig) -> bool:
    """Tell whether the head is the input table; some libraries tie them where the config says nothing."""
    model_type = config.text("model_type")
    unsaid = model_type in ENCODERS or model_type.startswith(_TIED_UNSAID)
    return config.flag("tie_word_embeddings", default=unsaid)


def vision_params(config: ModelConfig) -> float:
    """Count a vision transformer: depth × (4 h² + 2 or 3 h × mlp), and the way into the language model."""
    vision = ModelConfig(config.vision)
    hidden, depth = (
        vision.count("hidden_size", "width", "vt_hidden_size"),
        vision.count("depth", "num_hidden_layers", "layers", "vt_num_hidden_layers"),
    )
    if not hidden or not depth:
        return 0.0
    mlp = vision.count(
        "intermediate_size", "vt_intermediate_size", default=int(hidden * (vision.number("mlp_ratio") or 4))
    )
    merge = vision.count("spatial_merge_size", default=1) ** 2
    out = vision.count("out_hidden_size", default=config.needed("hidden_size"))
    mergers = 1 + len(vision.items("deepstack_visual_indexes"))
    joined = hidden * merge
    return float(depth * (4 * hidden * hidden + 2 * hidden * mlp) + mergers * joined * (joined + out))


def read_encoder(config: ModelConfig) -> dict[str, str] | None:
    """Return the columns of encoders.csv that a vision part says; None without one whose widths are given.

    The tokens of the largest image stand in a processor's config, not here: blank means as many as a step takes.
    """
    vision = ModelConfig(config.vision)
    hidden, mlp = (
        vision.count("hidden_size", "vt_hidden_size"),
        vision.count("intermediate_size", "vt_intermediate_size"),
    )
    if not hidden or not mlp:
        return None
    merge = vision.count("spatial_merge_size", "merge_kernel_size", "pooling_kernel_size", default=1)
    return {
        "hidden": str(hidden),
        "intermediate": str(mlp),
        "patches_per_token": str(merge * merge),
        "image_tokens": "",
    }
