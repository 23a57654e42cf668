"""The columns of models.csv that say what attention and networks are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlmodel.catalog.hf_config.attention import COMPRESSED, ENCODERS, GQA
from xlmodel.catalog.hf_config.layers import FULL, SLIDING
from xlmodel.catalog.hf_config.networks import GATED
from xlmodel.catalog.hf_config.not_read import compression_ratios

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlmodel.catalog.hf_config.attention import Attention
    from xlmodel.catalog.hf_config.config import ModelConfig
    from xlmodel.catalog.hf_config.layers import Layer
    from xlmodel.catalog.hf_config.networks import Networks


def attention_columns(config: ModelConfig, layers: Sequence[Layer], attention: Attention) -> dict[str, str]:
    """Return the columns of the attention layers and of their cache.

    Args:
        config: the model's config.
        layers: what each layer is.
        attention: heads and widths.
    """
    kept = _keeping_layers(config, layers)
    full, sliding = (sum(layer.mixer == kind for layer in kept) for kind in (FULL, SLIDING))
    heads = attention.full
    columns = {
        "attention": attention.kind,
        "heads": str(heads.query),
        "kv_heads": "",
        "head_dim": "",
        "kv_layers": str(full),
        "kv_lora_rank": blank(attention.kv_lora_rank),
        "qk_rope_head_dim": blank(attention.rope),
        "index_head_dim": blank(attention.index_head_dim),
        "index_layers": blank(attention.index_layers),
        "sparse_topk": blank(attention.sparse_topk),
    }
    if attention.kind == COMPRESSED:
        ratios = [each for each in config.items("compress_ratios") if isinstance(each, int)][: len(layers)]
        fine, *others = compression_ratios(config) or [1]
        # with one ratio no layer has the other, which is written as the same
        heavy = others[0] if others else fine
        return columns | {
            "kv_heads": str(heads.kv),
            "head_dim": str(heads.size),
            "kv_layers": "0",
            "sliding_layers": str(len(layers)),
            "sliding_window": str(config.needed("sliding_window")),
            "compressed_layers": str(ratios.count(fine)),
            "compress_ratio": str(fine),
            "heavy_layers": str(ratios.count(heavy) if others else 0),
            "heavy_ratio": str(heavy),
            "index_layers": "",
        }
    if attention.kind == GQA:
        plain = 2 * heads.kv * heads.size
        columns |= {
            "kv_heads": str(heads.kv),
            "head_dim": str(heads.size),
            "kv_width": "" if heads.kv_width == plain else str(heads.kv_width),
        }
        if sliding and attention.sliding.kv_width != heads.kv_width:
            columns["sliding_kv_width"] = str(attention.sliding.kv_width)
    if sliding:
        window = config.needed("sliding_window", "sliding_window_size")
        columns |= {"sliding_layers": str(sliding), "sliding_window": str(window)}
    return columns


def _keeping_layers(config: ModelConfig, layers: Sequence[Layer]) -> Sequence[Layer]:
    """Return the layers with a cache of their own, not those that share one; of an encoder the one at work."""
    if config.text("model_type") in ENCODERS:
        return layers[:1]
    return layers[: len(layers) - config.count("num_kv_shared_layers")]


def network_columns(networks: Networks) -> dict[str, str]:
    """Return the columns of the dense networks and the experts."""
    columns = {
        "intermediate": blank(networks.dense),
        "mlp_matrices": "" if networks.matrices == GATED else str(networks.matrices),
    }
    if not networks.experts:
        return columns
    return columns | {
        "moe_intermediate": str(networks.expert),
        "expert_hidden": blank(networks.expert_hidden),
        "experts": str(networks.experts),
        "experts_per_token": str(networks.chosen),
        "shared_experts": blank(networks.shared),
        "moe_layers": str(networks.expert_layers),
    }


def blank(number: int) -> str:
    """Write a number, none for 0."""
    return str(number) if number else ""
