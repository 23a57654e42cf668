"""A row of models.csv from a Hugging Face config.json, with its parameters counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from xlmodel.catalog.hf_config.attention import COMPRESSED, ENCODERS, read_attention
from xlmodel.catalog.hf_config.columns import attention_columns, blank, network_columns
from xlmodel.catalog.hf_config.config import ModelConfig
from xlmodel.catalog.hf_config.layers import LINEAR, SLIDING, Layer, read_layers
from xlmodel.catalog.hf_config.networks import read_networks
from xlmodel.catalog.hf_config.not_read import not_read
from xlmodel.catalog.hf_config.quantization import read_precision
from xlmodel.catalog.hf_config.recurrent import Recurrent, read_recurrent
from xlmodel.catalog.hf_config.tables import read_encoder, read_tables, tied, vision_params

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from xlmodel.catalog.hf_config.attention import Attention


class Architecture(NamedTuple):
    """What a config says of a model.

    Args:
        row: the columns of models.csv that follow from it.
        total_params: counted from the shapes.
        unknown: what the config says and this reader does not know; empty when all is known.
        encoder: the columns of encoders.csv, where the model sees images.
    """

    row: dict[str, str]
    total_params: float
    unknown: list[str]
    encoder: dict[str, str] | None = None


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
    unknown: list[str] = []
    layers = read_layers(config, unknown)
    unknown += not_read(config, layers)
    attention = read_attention(config, layers)
    networks = read_networks(config, layers, unknown)
    recurrent = _recurrent(config, layers, unknown)
    precision = read_precision(config, unknown)
    state_layers = sum(layer.mixer == LINEAR for layer in layers)
    body = attention.params + networks.params + state_layers * recurrent.params
    tables, head, notes = read_tables(config, len(layers))
    vision = vision_params(config)
    if vision:
        notes.append(f"with a vision part of about {vision / 1e9:.2f}e9 parameters")
    notes += [*_further_notes(config, layers, attention), recurrent.note]
    if unknown:
        notes.append(f"not known to the sizing: {'; '.join(unknown)}")
    total = tables + body + networks.routed_params + vision
    row = {
        "total_params_b": _billions(total),
        "active_params_b": _billions(head + body + networks.active_routed_params),
        "layers": str(len(layers)),
        "hidden": str(config.needed("hidden_size", "n_embd", "d_model")),
        **attention_columns(config, layers, attention),
        "linear_layers": blank(state_layers),
        "linear_state_bytes": blank(recurrent.state_bytes),
        **network_columns(networks),
        "vocab": str(config.needed("vocab_size", "padded_vocab_size")),
        "tied_embeddings": "yes" if tied(config) else "no",
        "max_context": str(_context(config)),
        "native_precision": precision,
        "open_weights": "yes",
        "architecture_known": "no" if unknown else "yes",
        "task": task(config),
        "note": "; ".join(note for note in notes if note),
    }
    return Architecture(row, total, unknown, read_encoder(config))


def _further_notes(config: ModelConfig, layers: Sequence[Layer], attention: Attention) -> Iterator[str]:
    mtp = config.count("num_nextn_predict_layers", "mtp_num_hidden_layers", "num_mtp_layers")
    if mtp:
        yield f"without the {mtp} layers that predict further tokens"
    window = config.count("sliding_window") if config.flag("use_sliding_window", default=True) else 0
    placed = attention.kind == COMPRESSED or any(layer.mixer == SLIDING for layer in layers)
    if window and not placed:
        yield f"its window of {window} is in no layer that is known: all keep the whole context"


def task(config: ModelConfig) -> str:
    """Return what the model gives: generate (tokens), embed (vectors) or rerank (scores)."""
    names = [str(each) for each in config.items("architectures")]
    if any("SequenceClassification" in name for name in names):
        return "rerank"
    encoder = config.text("model_type") in ENCODERS
    return "embed" if encoder or any(name.endswith("EmbeddingModel") for name in names) else "generate"


def _recurrent(config: ModelConfig, layers: Sequence[Layer], unknown: list[str]) -> Recurrent:
    if any(layer.mixer == LINEAR for layer in layers):
        return read_recurrent(config, unknown)
    return Recurrent(0, 0.0, "")


def _context(config: ModelConfig) -> int:
    return config.needed(
        "max_position_embeddings", "seq_length", "model_max_length", "n_positions", "max_seq_len"
    )


def _billions(params: float) -> str:
    billions = params / 1e9
    return f"{billions:.4g}" if billions < 1 else f"{billions:.2f}".rstrip("0").rstrip(".")
