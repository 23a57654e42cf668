"""What a config says in a way that changes memory or arithmetic and that is not counted here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlmodel.catalog.hf_config.layers import LINEAR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlmodel.catalog.hf_config.config import ModelConfig
    from xlmodel.catalog.hf_config.layers import Layer

_NOT_READ = {
    "is_encoder_decoder": "an encoder beside the decoder",
    "cross_attention_layers": "cross-attention layers",
    "n_gram_vocab_size": "n-gram embeddings",
    "ngram_vocab_size_base": "n-gram embeddings",
    "kv_source_layers": "layers that read the cache of others",
    "indexer_compress_ratio": "a compressed indexer",
    "index_kpool": "a pooled indexer",
    "block_types": "blocks of Griffin",
    "use_cla": "attention that shares its cache between layers",
    "time_mix_extra_dim": "recurrent layers of RWKV",
    "num_altup_inputs": "alternating updates of Gemma 3n",
}
# what only layers with a state have
_STATE_KEYS = (
    "mamba_d_state",
    "ssm_state_size",
    "linear_num_value_heads",
    "linear_num_heads",
    "conv_L_cache",
)
_RATIOS = (1, 2)
_SPARSE_PARTS = ("sparse_config", "nsa_config", "moba_config")


def not_read(config: ModelConfig, layers: Sequence[Layer]) -> list[str]:
    """Return what the config says and nothing here counts, in words.

    Args:
        config: the model's config.
        layers: what each layer is.
    """
    found = [what for name, what in _NOT_READ.items() if _says(config, name)]
    found += [name for name in _SPARSE_PARTS if config.part(name)]
    if config.items("compress_ratios") and len(compression_ratios(config)) not in _RATIOS:
        found.append("other than one or two ratios of compression")
    if len(_groups_of_heads(config)) > 1:
        found.append("layers that differ in their heads")
    stateless = all(layer.mixer != LINEAR for layer in layers)
    if stateless and any(config.has(key) for key in _STATE_KEYS):
        found.append("a state beside the attention of each layer")
    return found


def compression_ratios(config: ModelConfig) -> list[int]:
    """Return the ratios by which layers compress their cache, the finest first."""
    return sorted({each for each in config.items("compress_ratios") if isinstance(each, int) and each})


def _groups_of_heads(config: ModelConfig) -> set[int]:
    pairs = config.pairs("block_configs", "attention", "ffn")
    return {attention.count("n_heads_in_group") for attention, _ in pairs} - {0}


def _says(config: ModelConfig, name: str) -> bool:
    return config.flag(name) or bool(config.items(name)) or bool(config.number(name))
