"""Heads, widths and parameters of the attention layers that keep a KV cache."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from xlmodel.catalog.hf_config.layers import FULL, SLIDING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlmodel.catalog.hf_config.config import ModelConfig
    from xlmodel.catalog.hf_config.layers import Layer

GQA, MLA, COMPRESSED = "gqa", "mla", "compressed"
# encoders look at the whole text at once and keep no cache
ENCODERS = ("bert", "roberta", "xlm-roberta", "modernbert", "nomic_bert", "gte")


class Heads(NamedTuple):
    """The heads of one kind of layer.

    Args:
        query: query heads.
        kv: heads of keys and values.
        size: numbers of one key.
        value_size: numbers of one value.
    """

    query: int
    kv: int
    size: int
    value_size: int

    @property
    def kv_width(self) -> int:
        """Numbers that one token adds to the cache of one layer: kv × (key + value)."""
        return self.kv * (self.size + self.value_size)


class Attention(NamedTuple):
    """What models.csv holds of a model's attention.

    Args:
        kind: gqa, mla or compressed.
        full: heads of the layers that keep the whole context.
        sliding: heads of the layers that keep a window.
        kv_lora_rank: latent width of MLA.
        rope: width of the rotary part of MLA.
        index_head_dim: width of the keys by which sparse attention chooses.
        index_layers: layers that keep such keys.
        sparse_topk: tokens that sparse attention reads.
        params: parameters of all attention layers.
    """

    kind: str
    full: Heads
    sliding: Heads
    kv_lora_rank: int
    rope: int
    index_head_dim: int
    index_layers: int
    sparse_topk: int
    params: float


def read_attention(config: ModelConfig, layers: Sequence[Layer]) -> Attention:
    """Read the attention layers.

    Args:
        config: the model's config.
        layers: what each layer is.

    Raises:
        CatalogError: heads or widths are not given.
    """
    hidden = config.needed("hidden_size", "n_embd", "d_model")
    full, sliding = _full_heads(config, hidden), _sliding_heads(config, hidden)
    full_layers = sum(layer.mixer == FULL for layer in layers)
    index_dim, index_layers, topk = _sparse(config, full_layers)
    rank = config.count("kv_lora_rank")
    kind = COMPRESSED if config.items("compress_ratios") else MLA if rank else GQA
    if kind == COMPRESSED:
        params = len(layers) * _compressed_params(config, hidden, full)
    elif kind == MLA:
        params = full_layers * mla_params(config, hidden, full.query)
    else:
        gate = 2 if config.flag("attn_output_gate") or _gated(config) else 1
        shared = config.flag("attention_k_eq_v")
        params = full_layers * _gqa_params(hidden, full, gate, shared=shared)
        params += sum(layer.mixer == SLIDING for layer in layers) * _gqa_params(hidden, sliding, gate)
    if kind != COMPRESSED:
        params += index_layers * _indexer_params(config, hidden, index_dim)
    return Attention(
        kind,
        full,
        sliding,
        rank,
        config.count("qk_rope_head_dim") if kind != GQA else 0,
        index_dim,
        index_layers,
        topk,
        params,
    )


def _gated(config: ModelConfig) -> bool:
    """Qwen3-Next gates the output of attention and does not say so."""
    return config.text("model_type").startswith("qwen3_next")


def _full_heads(config: ModelConfig, hidden: int) -> Heads:
    query = config.needed("num_attention_heads", "n_heads", "n_head", "num_heads")
    groups = {
        each.count("n_heads_in_group") for each, _ in config.pairs("block_configs", "attention", "ffn")
    } - {0}
    kv_names = ("num_global_key_value_heads", "num_key_value_heads", "n_kv_heads", "num_kv_heads")
    kv = config.count(
        *kv_names, "num_attention_groups", "multi_query_group_num", default=query // max(groups, default=1)
    )
    size = config.count("global_head_dim", "head_dim", "attention_head_dim", "kv_channels") or hidden // query
    return Heads(query, kv, size, config.count("v_head_dim", default=size))


def _sliding_heads(config: ModelConfig, hidden: int) -> Heads:
    """The heads of window layers: their own where the config has them, else those of the other layers."""
    query = config.needed("num_attention_heads", "n_heads", "n_head", "num_heads")
    other = config.numbers("attention_other_setting")
    query = other.count("num_attention_heads", default=query)
    query = config.count("swa_num_attention_heads", "num_sliding_attention_heads", default=query)
    kv = config.count("swa_num_key_value_heads", "num_key_value_heads", "num_attention_groups", default=query)
    size = config.count("swa_head_dim", "head_dim") or hidden // query
    value_size = config.count("swa_v_head_dim", "v_head_dim", default=size)
    return Heads(query, other.count("num_attention_groups", default=kv), size, value_size)


def _sparse(config: ModelConfig, full_layers: int) -> tuple[int, int, int]:
    """Width of the indexer's keys, layers that have them, tokens chosen; zeros without sparse attention."""
    blocks = config.numbers("sparse_attention_config")
    if blocks.flag("use_sparse_attention"):
        listed = blocks.items("sparse_attention_freq")
        layers = sum(1 for each in listed if each) if listed else full_layers
        topk = blocks.count("sparse_topk_blocks") * blocks.count("sparse_block_size")
        return blocks.count("sparse_index_dim"), layers, topk
    topk = config.count("index_topk")
    if not topk:
        return 0, 0, 0
    own = config.items("indexer_types")
    layers = sum(1 for each in own if each == "full") if own else full_layers
    return config.count("index_head_dim"), layers, topk


def mla_params(config: ModelConfig, hidden: int, heads: int) -> float:
    """Parameters of one layer of multi-head latent attention.

    q: h·r_q + r_q·n·(nope + rope), or h·n·(nope + rope); kv: h·(r + rope) + r·n·(nope + v); out: n·v·h.
    """
    rank, query_rank = config.count("kv_lora_rank"), config.count("q_lora_rank")
    nope, rope = config.needed("qk_nope_head_dim"), config.count("qk_rope_head_dim")
    value = config.needed("v_head_dim")
    query = float(
        query_rank * (hidden + heads * (nope + rope)) if query_rank else hidden * heads * (nope + rope)
    )
    gate = hidden * heads * value if config.flag("mla_use_output_gate") else 0
    return query + hidden * (rank + rope) + rank * heads * (nope + value) + heads * value * hidden + gate


def _gqa_params(hidden: int, heads: Heads, gate: int, *, shared: bool = False) -> float:
    """Attention by shapes: h × (gate·n·d + kv·d + kv·v + n·v); values that are the keys have no matrix."""
    keys = heads.kv * (heads.size + (0 if shared else heads.value_size))
    return float(hidden * (gate * heads.query * heads.size + keys + heads.query * heads.value_size))


def _indexer_params(config: ModelConfig, hidden: int, index_dim: int) -> float:
    """One index query a head from the query's latent (or hidden), one key, one weight a head."""
    blocks = config.numbers("sparse_attention_config")
    heads = blocks.count("sparse_num_index_heads") or config.count("index_n_heads")
    source = config.count("q_lora_rank") or hidden
    return float(source * heads * index_dim + hidden * index_dim + hidden * heads)


def _compressed_params(config: ModelConfig, hidden: int, heads: Heads) -> float:
    """Low-rank queries, one shared key-value of head_dim, a grouped low-rank output (DeepSeek-V4)."""
    query_rank, groups = config.needed("q_lora_rank"), config.needed("o_groups")
    output_rank = config.needed("o_lora_rank")
    query = query_rank * (hidden + heads.query * heads.size)
    output = heads.query * heads.size * output_rank + groups * output_rank * hidden
    return float(query + hidden * heads.size + output)
