"""What follows attention in a layer: dense networks, routed and shared experts, and their parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from xlmodel.catalog.hf_config.layers import BOTH, DENSE, MOE, expert_count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlmodel.catalog.hf_config.config import ModelConfig
    from xlmodel.catalog.hf_config.layers import Layer

# matrices of a network with a gate
GATED = 3
# models whose networks have two matrices, without a gate
_TWO_MATRICES = (
    "gptj", "gpt2", "gpt_neox", "gpt_bigcode", "falcon", "phi", "opt", "bloom", "mpt", "starcoder2",
    "nemotron", "nemotron_h", "bert", "roberta", "xlm-roberta",
)  # fmt: skip
# widths that are searched are whole multiples of this
_WIDTH_STEP = 256
# models whose intermediate_size is the width of an expert, not of a dense layer
_EXPERTS_WIDE = (
    "mixtral", "phimoe", "minimax", "minimax_m2", "minimax_text_01", "MiniMaxAI", "gpt_oss", "llama4",
    "llama4_text", "jamba", "granitemoe", "granitemoehybrid", "hunyuan_v1_moe", "hunyuan",
)  # fmt: skip


class Networks(NamedTuple):
    """What models.csv holds of a model's networks.

    Args:
        dense: width of a dense network.
        expert: width of a routed expert; 0 without experts.
        experts: routed experts of a layer.
        chosen: routed experts that a token uses, on the mean.
        shared: experts that every token uses, in widths of a routed one.
        expert_layers: layers with experts.
        matrices: matrices of a network, 3 with a gate.
        expert_hidden: numbers that an expert takes in, where it is not the hidden size.
        routed_params: parameters of all routed experts.
        params: parameters of everything else in the networks.
    """

    dense: int
    expert: int
    experts: int
    chosen: int
    shared: int
    expert_layers: int
    matrices: int
    expert_hidden: int
    routed_params: float
    params: float

    @property
    def active_routed_params(self) -> float:
        """Parameters of the routed experts that one token uses."""
        return self.routed_params * self.chosen / self.experts if self.experts else 0.0


def read_networks(config: ModelConfig, layers: Sequence[Layer], unknown: list[str]) -> Networks:
    """Read the dense networks and the experts.

    Args:
        config: the model's config.
        layers: what each layer is.
        unknown: takes what is given and not understood.

    Raises:
        CatalogError: a width or a number of experts is not given.
    """
    hidden, experts = config.needed("hidden_size", "n_embd", "d_model"), expert_count(config)
    matrices = 2 if config.text("model_type") in _TWO_MATRICES else GATED
    dense_layers = sum(layer.mlp in {DENSE, BOTH} for layer in layers)
    expert_layers = sum(layer.mlp in {MOE, BOTH} for layer in layers)
    dense = _dense_width(config) if dense_layers else 0
    if not experts:
        if config.items("num_experts", "moe_num_experts"):
            unknown.append("experts that differ from layer to layer or by kind of input")
        return Networks(
            dense, 0, 0, 0, 0, 0, matrices, 0, 0.0, float(dense_layers * matrices * hidden * dense)
        )
    width = _expert_width(config)
    inner = config.count("moe_latent_size", "routed_expert_hidden_size")
    routed = float(expert_layers * experts * matrices * (inner or hidden) * width)
    shared_width = _shared_width(config, width)
    # beside the experts: the router, the shared expert, and the way into and out of a latent space
    beside = hidden * experts + matrices * hidden * shared_width + 2 * hidden * inner
    params = float(dense_layers * matrices * hidden * dense + expert_layers * beside)
    # a dense network beside the experts of each layer counts as shared
    with_dense = dense if dense_layers == expert_layers == sum(layer.mlp == BOTH for layer in layers) else 0
    return Networks(
        dense,
        width,
        experts,
        _chosen(config, experts),
        round((shared_width + with_dense) / width),
        expert_layers,
        matrices,
        inner,
        routed,
        params,
    )


def _dense_width(config: ModelConfig) -> int:
    searched = [network for _, network in config.pairs("block_configs", "attention", "ffn")]
    if searched:
        return _mean_width(searched, config.needed("hidden_size"))
    if not expert_count(config) and config.has("shared_intermediate_size"):
        return config.count("shared_intermediate_size")
    names = ("intermediate_size_mlp", "dense_intermediate_size", "ffn_hidden_size", "intermediate_size")
    return config.needed(*names, "n_inner", "hidden_dim")


def _mean_width(networks: Sequence[ModelConfig], hidden: int) -> int:
    """Mean width of the layers that have a network: ⌈2/3 · ffn_mult · hidden⌉, in steps (Nemotron by NAS)."""
    factors = [network.number("ffn_mult") or 0.0 for network in networks]
    widths = [-(-int(2 * factor * hidden / 3) // _WIDTH_STEP) * _WIDTH_STEP for factor in factors if factor]
    return round(sum(widths) / len(widths))


def _expert_width(config: ModelConfig) -> int:
    names = ("moe_intermediate_size", "expert_ffn_hidden_size", "moe_ffn_hidden_size", "expert_hidden_dim")
    width = config.count(*names)
    if not width and (config.text("model_type") in _EXPERTS_WIDE or not _has_dense_layers(config)):
        width = config.count("intermediate_size")
    return width or config.needed(*names)


def _has_dense_layers(config: ModelConfig) -> bool:
    return bool(config.count("first_k_dense_replace")) or bool(config.items("mlp_only_layers"))


def _shared_width(config: ModelConfig, width: int) -> int:
    """Width of all shared experts together."""
    count = config.count(
        "n_shared_experts", "num_shared_experts", "moe_num_shared_experts", "num_shared_expert"
    )
    names = ("shared_expert_intermediate_size", "moe_shared_expert_intermediate_size", "share_expert_dim")
    each = config.count(*names, "shared_intermediate_size")
    if each:
        return each * max(count, 1)
    if config.text("model_type").startswith("llama4"):
        return width
    return count * width


def _chosen(config: ModelConfig, experts: int) -> int:
    names = (
        "num_experts_per_tok",
        "num_experts_per_token",
        "moe_topk",
        "moe_k",
        "top_k_experts",
        "moe_top_k",
    )
    chosen = config.needed(*names, "num_experts_per_topk", "num_selected_experts")
    nothing = config.count("zero_expert_num")
    # some of the chosen do nothing (LongCat): the mean that works
    return round(chosen * experts / (experts + nothing)) if nothing else chosen
