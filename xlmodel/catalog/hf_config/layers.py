"""What each layer of a model is: how it mixes tokens (attention of which kind) and what follows (dense or experts)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from xlmodel.catalog.hf_config.config import ModelConfig

FULL, SLIDING, LINEAR, NONE = "full", "sliding", "linear", "none"
DENSE, MOE, BOTH = "dense", "moe", "both"

# names in layer_types and its like -> how the layer mixes tokens
_MIXERS = {
    "full_attention": FULL,
    "attention": FULL,
    "global": FULL,
    "global_attention": FULL,
    "chunked_attention": FULL,
    "sparse_attention": FULL,
    "minimax_m3_sparse": FULL,
    "deepseek_sparse_attention": FULL,
    "sliding_attention": SLIDING,
    "sliding_window_attention": SLIDING,
    "local_attention": SLIDING,
    "linear_attention": LINEAR,
    "lightning_attention": LINEAR,
    "kda": LINEAR,
    "mamba": LINEAR,
    "mamba2": LINEAR,
    "conv": LINEAR,
}
# of models whose blocks are one thing each: mixer and what follows
_BLOCKS = {
    "M": (LINEAR, NONE),
    "mamba": (LINEAR, NONE),
    "*": (FULL, NONE),
    "attention": (FULL, NONE),
    "-": (NONE, DENSE),
    "mlp": (NONE, DENSE),
    "E": (NONE, MOE),
    "moe": (NONE, MOE),
}
# a window without a pattern is in every layer of these, and in every second one of those
_ALL_SLIDING = ("mistral", "mixtral", "phi3", "starcoder2")
_EVERY_SECOND = ("gemma2",)
_SLIDING_PERIODS = {"gemma3_text": 6, "gemma3": 6, "cohere2": 4}


class Layer(NamedTuple):
    """One layer.

    Args:
        mixer: full, sliding or linear attention, or none.
        mlp: dense, moe, both (a dense network beside the experts), or none.
    """

    mixer: str
    mlp: str


def read_layers(config: ModelConfig, unknown: list[str]) -> list[Layer]:
    """Return the layers in their order.

    Args:
        config: the model's config.
        unknown: takes what is given and not understood.

    Raises:
        CatalogError: the number of layers is not given.
    """
    blocks = _blocks(config, unknown)
    if blocks:
        return blocks
    if config.text("model_type").startswith("longcat"):
        return [layer for _ in range(config.needed("num_layers")) for layer in _longcat_layer()]
    count = config.needed("num_hidden_layers", "n_layers", "num_layers", "n_layer")
    mixers = _mixers(config, count, unknown)
    experts = expert_layers(config, count)
    beside = config.flag("enable_moe_block")
    return [
        Layer(mixer, (BOTH if beside else MOE) if expert else DENSE)
        for mixer, expert in zip(mixers, experts, strict=True)
    ]


def _longcat_layer() -> tuple[Layer, Layer]:
    """Two attentions and two dense networks, the experts on a shortcut beside the first."""
    return Layer(FULL, BOTH), Layer(FULL, DENSE)


def _blocks(config: ModelConfig, unknown: list[str]) -> list[Layer]:
    """Read models whose layers lack one or the other: Nemotron-H, and Nemotron searched by NAS."""
    searched = [
        Layer(FULL if attention.has("n_heads_in_group") else NONE, DENSE if network.has("ffn_mult") else NONE)
        for attention, network in config.pairs("block_configs", "attention", "ffn")
    ]
    if searched:
        return searched
    listed = config.items("layers_block_type")
    pattern = [str(each) for each in listed] if {"moe", "mlp"} & set(map(str, listed)) else []
    pattern = pattern or list(config.text("hybrid_override_pattern"))
    strange = sorted({each for each in pattern if each not in _BLOCKS})
    if strange:
        unknown.append(f"blocks {', '.join(strange)}")
    return [Layer(*_BLOCKS.get(each, (FULL, NONE))) for each in pattern]


def _mixers(config: ModelConfig, count: int, unknown: list[str]) -> list[str]:
    """Read how each layer mixes tokens, in whichever spelling the config has."""
    for read in (_listed, _kimi, _by_flag, _by_period):
        mixers = read(config, count, unknown)
        if mixers:
            return mixers
    return _by_window(config, count)


def _listed(config: ModelConfig, count: int, unknown: list[str]) -> list[str]:
    names = [str(each) for each in config.items("layer_types", "layers_block_type")][:count]
    strange = sorted({name for name in names if name not in _MIXERS})
    if strange:
        unknown.append(f"layer types {', '.join(strange)}")
    mixers = [_MIXERS.get(name, FULL) for name in names]
    if mixers and len(mixers) < count:
        unknown.append(f"{len(mixers)} layer types for {count} layers")
        mixers += [FULL] * (count - len(mixers))
    window = config.count("sliding_window", "sliding_window_size")
    return [FULL if mixer == SLIDING and not window else mixer for mixer in mixers]


def _kimi(config: ModelConfig, count: int, _unknown: list[str]) -> list[str]:
    """Kimi-Linear lists its layers from 1."""
    linear = config.part("linear_attn_config").get("kda_layers")
    if not isinstance(linear, list):
        return []
    return [LINEAR if layer + 1 in linear else FULL for layer in range(count)]


def _by_flag(config: ModelConfig, count: int, unknown: list[str]) -> list[str]:
    """MiniMax-01 lists 1 for softmax and 0 for lightning attention, MiMo 1 for a window; Exaone writes LLLG."""
    for name, kinds in (
        ("attn_type_list", {0: LINEAR, 1: FULL}),
        ("hybrid_layer_pattern", {0: FULL, 1: SLIDING}),
    ):
        flags = config.items(name)
        if flags and (len(flags) != count or not set(flags) <= set(kinds)):
            unknown.append(name)
        elif flags:
            return [kinds[flag] for flag in flags if isinstance(flag, int)]
    letters = config.text("sliding_window_pattern")
    if letters and set(letters) <= {"L", "G"}:
        return [{"L": SLIDING, "G": FULL}[letters[layer % len(letters)]] for layer in range(count)]
    return []


def _by_period(config: ModelConfig, count: int, _unknown: list[str]) -> list[str]:
    """Every n-th layer keeps the whole context, the others a state or a window."""
    hybrid = config.count("full_attention_interval", "layer_group_size")
    if hybrid > 1:
        return [FULL if (layer + 1) % hybrid == 0 else LINEAR for layer in range(count)]
    period = config.count("attn_layer_period")
    if period:
        offset = config.count("attn_layer_offset")
        return [FULL if layer % period == offset else LINEAR for layer in range(count)]
    model_type = config.text("model_type")
    window = config.count("sliding_window_pattern", default=_SLIDING_PERIODS.get(model_type, 0))
    if window > 1 and config.count("sliding_window"):
        return [FULL if (layer + 1) % window == 0 else SLIDING for layer in range(count)]
    return []


def _by_window(config: ModelConfig, count: int) -> list[str]:
    model_type = config.text("model_type")
    if not config.count("sliding_window") or not config.flag("use_sliding_window", default=True):
        return [FULL] * count
    if config.has("max_window_layers") and config.flag("use_sliding_window"):
        first = config.count("max_window_layers")
        return [FULL if layer < first else SLIDING for layer in range(count)]
    if model_type in _EVERY_SECOND:
        return [SLIDING if layer % 2 == 0 else FULL for layer in range(count)]
    return [SLIDING if model_type in _ALL_SLIDING else FULL] * count


def expert_layers(config: ModelConfig, count: int) -> list[bool]:
    """Tell which layers have experts, in whichever spelling the config has."""
    if not expert_count(config):
        return [False] * count
    listed = _listed_experts(config, count)
    if listed:
        return listed
    start = config.count("first_k_dense_replace", "moe_layer_start_index", "num_dense_layers")
    end = config.count("moe_layer_end_index", default=-1)
    last = count - 1 if end < 0 else end
    step = config.count("moe_layer_freq", "moe_layer_interval", default=1) or 1
    sparse = config.count("decoder_sparse_step", "interleave_moe_layer_step", default=1) or 1
    period, offset = config.count("expert_layer_period", default=1) or 1, config.count("expert_layer_offset")
    plain = {layer for layer in config.items("mlp_only_layers") if isinstance(layer, int)}
    return [
        start <= layer <= last
        and layer % step == 0
        and (layer + 1) % sparse == 0
        and layer % period == offset % period
        and layer not in plain
        for layer in range(count)
    ]


def _listed_experts(config: ModelConfig, count: int) -> list[bool]:
    freq = config.items("moe_layer_freq")
    if len(freq) >= count:
        return [bool(each) for each in freq[:count]]
    kinds = config.items("mlp_layer_types")
    if len(kinds) >= count:
        return [each in {"sparse", "moe"} for each in kinds[:count]]
    listed = {int(each) for each in config.text("moe_layers_enum").split(",") if each.strip().isdigit()}
    listed |= {layer for layer in config.items("moe_layers") if isinstance(layer, int)}
    return [layer in listed for layer in range(count)] if listed else []


def expert_count(config: ModelConfig) -> int:
    """Return the number of routed experts of one layer."""
    return config.count("num_experts", "n_routed_experts", "num_local_experts", "moe_num_experts")
