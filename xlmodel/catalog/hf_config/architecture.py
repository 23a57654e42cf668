"""A row of models.csv from a Hugging Face config.json, with its parameters counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from xlmodel.catalog.hf_config.attention import COMPRESSED, ENCODERS, GQA, read_attention
from xlmodel.catalog.hf_config.config import ModelConfig
from xlmodel.catalog.hf_config.layers import FULL, LINEAR, SLIDING, Layer, read_layers
from xlmodel.catalog.hf_config.networks import GATED, read_networks
from xlmodel.catalog.hf_config.quantization import read_precision
from xlmodel.catalog.hf_config.recurrent import Recurrent, read_recurrent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xlmodel.catalog.hf_config.attention import Attention
    from xlmodel.catalog.hf_config.networks import Networks

# what a config says in a way that changes memory or arithmetic and that is not counted here
_NOT_READ = {
    "is_encoder_decoder": "an encoder beside the decoder",
    "cross_attention_layers": "cross-attention layers",
    "n_gram_vocab_size": "n-gram embeddings",
    "ngram_vocab_size_base": "n-gram embeddings",
    "kv_source_layers": "layers that read the cache of others",
    "indexer_compress_ratio": "a compressed indexer",
    "index_kpool": "a pooled indexer",
    "time_mix_extra_dim": "recurrent layers of RWKV",
    "num_altup_inputs": "alternating updates of Gemma 3n",
}
_TIED_UNSAID = ("gemma", "ernie4_5", "cohere")
_SPARSE_PARTS = ("sparse_config", "nsa_config", "moba_config")


class Architecture(NamedTuple):
    """What a config says of a model.

    Args:
        row: the columns of models.csv that follow from it.
        total_params: counted from the shapes.
        unknown: what the config says and this reader does not know; empty when all is known.
    """

    row: dict[str, str]
    total_params: float
    unknown: list[str]


def read_architecture(data: Mapping[str, object]) -> Architecture:
    """Read a config.json.

    total = tables + attention + layers with a state + networks + experts + vision; active leaves out the input table,
    the vision part and the experts that a token does not use.

    Args:
        data: the object that the file holds.

    Raises:
        CatalogError: a number without which nothing can be counted is missing.
    """
    config = ModelConfig(data)
    unknown = [what for name, what in _NOT_READ.items() if _says(config, name)]
    if len(_groups_of_heads(config)) > 1:
        unknown.append("layers that differ in their heads")
    unknown += [name for name in _SPARSE_PARTS if config.part(name)]
    layers = read_layers(config, unknown)
    attention = read_attention(config, layers)
    networks = read_networks(config, layers, unknown)
    recurrent = _recurrent(config, layers, unknown)
    state_layers = sum(layer.mixer == LINEAR for layer in layers)
    body = attention.params + networks.params + state_layers * recurrent.params
    tables, head, notes = _tables(config, len(layers))
    vision = _vision_params(config)
    total = tables + body + networks.routed_params + vision
    active = head + body + networks.active_routed_params
    if vision:
        notes.append(f"with a vision part of about {vision / 1e9:.2f}e9 parameters")
    mtp = config.count("num_nextn_predict_layers", "mtp_num_hidden_layers", "num_mtp_layers")
    if mtp:
        notes.append(f"without the {mtp} layers that predict further tokens")
    if recurrent.note:
        notes.append(recurrent.note)
    if unknown:
        notes.append(f"not known to the sizing: {'; '.join(unknown)}")
    row = {
        "total_params_b": _billions(total),
        "active_params_b": _billions(active),
        "layers": str(len(layers)),
        "hidden": str(config.needed("hidden_size", "n_embd", "d_model")),
        **_attention_columns(config, layers, attention),
        "linear_layers": _blank(state_layers),
        "linear_state_bytes": _blank(recurrent.state_bytes),
        **_network_columns(networks),
        "vocab": str(config.needed("vocab_size", "padded_vocab_size")),
        "tied_embeddings": "yes" if _tied(config) else "no",
        "max_context": str(_context(config)),
        "native_precision": read_precision(config, unknown),
        "open_weights": "yes",
        "architecture_known": "no" if unknown else "yes",
        "task": task(config),
        "note": "; ".join(notes),
    }
    return Architecture(row, total, unknown)


def task(config: ModelConfig) -> str:
    """Return what the model gives: generate (tokens), embed (vectors) or rerank (scores)."""
    names = [str(each) for each in config.items("architectures")]
    if any("SequenceClassification" in name for name in names):
        return "rerank"
    encoder = config.text("model_type") in ENCODERS
    return "embed" if encoder or any(name.endswith("EmbeddingModel") for name in names) else "generate"


def _says(config: ModelConfig, name: str) -> bool:
    return config.flag(name) or bool(config.items(name)) or bool(config.number(name))


def _groups_of_heads(config: ModelConfig) -> set[int]:
    pairs = config.pairs("block_configs", "attention", "ffn")
    return {attention.count("n_heads_in_group") for attention, _ in pairs} - {0}


def _recurrent(config: ModelConfig, layers: Sequence[Layer], unknown: list[str]) -> Recurrent:
    if any(layer.mixer == LINEAR for layer in layers):
        return read_recurrent(config, unknown)
    return Recurrent(0, 0.0, "")


def _tables(config: ModelConfig, layers: int) -> tuple[float, float, list[str]]:
    """Parameters of all vocabulary tables, those of the one that a token multiplies, and what to note."""
    hidden = config.needed("hidden_size", "n_embd", "d_model")
    table = float(config.needed("vocab_size", "padded_vocab_size") * hidden)
    if config.text("model_type") in ENCODERS:
        note = "an encoder keeps no cache: keys and values of the layer at work are counted"
        return table + config.count("max_position_embeddings") * hidden, table, [note]
    tables = table if _tied(config) else 2 * table
    each = config.count("hidden_size_per_layer_input")
    if not each:
        return tables, table, []
    # Gemma 4: a small table a layer, and its way in and out
    extra = float(config.count("vocab_size_per_layer_input") * layers * each + 3 * hidden * layers * each)
    return tables + extra, table, [f"with embeddings of each layer, {extra / 1e9:.2f}e9 parameters"]


def _tied(config: ModelConfig) -> bool:
    """Tell whether the head is the input table; some libraries tie them where the config says nothing."""
    model_type = config.text("model_type")
    unsaid = model_type in ENCODERS or model_type.startswith(_TIED_UNSAID)
    return config.flag("tie_word_embeddings", default=unsaid)


def _vision_params(config: ModelConfig) -> float:
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


def _context(config: ModelConfig) -> int:
    return config.needed(
        "max_position_embeddings", "seq_length", "model_max_length", "n_positions", "max_seq_len"
    )


def _attention_columns(config: ModelConfig, layers: Sequence[Layer], attention: Attention) -> dict[str, str]:
    kept = _keeping_layers(config, layers)
    full, sliding = (sum(layer.mixer == kind for layer in kept) for kind in (FULL, SLIDING))
    heads = attention.full
    columns = {
        "attention": attention.kind,
        "heads": str(heads.query),
        "kv_heads": "",
        "head_dim": "",
        "kv_layers": str(full),
        "kv_lora_rank": _blank(attention.kv_lora_rank),
        "qk_rope_head_dim": _blank(attention.rope),
        "index_head_dim": _blank(attention.index_head_dim),
        "index_layers": _blank(attention.index_layers),
        "sparse_topk": _blank(attention.sparse_topk),
    }
    if attention.kind == COMPRESSED:
        ratios = [each for each in config.items("compress_ratios") if isinstance(each, int)][: len(layers)]
        fine, heavy = [*sorted({each for each in ratios if each}), 0, 0][:2]
        return columns | {
            "kv_heads": str(heads.kv),
            "head_dim": str(heads.size),
            "kv_layers": "0",
            "sliding_layers": str(len(layers)),
            "sliding_window": str(config.needed("sliding_window")),
            "compressed_layers": str(ratios.count(fine)),
            "compress_ratio": str(fine),
            "heavy_layers": str(ratios.count(heavy)),
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


def _network_columns(networks: Networks) -> dict[str, str]:
    columns = {
        "intermediate": _blank(networks.dense),
        "mlp_matrices": "" if networks.matrices == GATED else str(networks.matrices),
    }
    if not networks.experts:
        return columns
    return columns | {
        "moe_intermediate": str(networks.expert),
        "expert_hidden": _blank(networks.expert_hidden),
        "experts": str(networks.experts),
        "experts_per_token": str(networks.chosen),
        "shared_experts": _blank(networks.shared),
        "moe_layers": str(networks.expert_layers),
    }


def _blank(number: int) -> str:
    return str(number) if number else ""


def _billions(params: float) -> str:
    billions = params / 1e9
    return f"{billions:.4g}" if billions < 1 else f"{billions:.2f}".rstrip("0").rstrip(".")
