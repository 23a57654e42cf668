"""Layers that keep a state of fixed size in place of a KV cache: bytes of the state, parameters of the layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from xlmodel.catalog.hf_config.config import ModelConfig

_STATE_BYTES = {"float32": 4, "float16": 2, "bfloat16": 2}
_CONVOLUTION_BYTES = 2


class Recurrent(NamedTuple):
    """One layer with a state.

    Args:
        state_bytes: what one sequence keeps in one such layer.
        params: parameters of the layer.
        note: how the state was counted.
    """

    state_bytes: int
    params: float
    note: str


def read_recurrent(config: ModelConfig, unknown: list[str]) -> Recurrent:
    """Read the layers without a KV cache, which are all of one kind.

    Args:
        config: the model's config.
        unknown: takes what is given and not understood.
    """
    hidden = config.needed("hidden_size")
    if config.has("linear_num_value_heads"):
        return _gated_delta_net(config, hidden)
    if config.part("linear_attn_config") or config.has("linear_num_heads"):
        return _kimi_delta(config, hidden)
    if config.has("ssm_state_size") or config.has("mamba_d_state"):
        return _mamba(config, hidden)
    if config.has("attn_type_list") or config.text("model_type") in {
        "minimax",
        "bailing_moe_linear",
        "bailing_hybrid",
    }:
        return _lightning(config, hidden)
    if config.has("conv_L_cache"):
        return _short_convolution(config, hidden)
    unknown.append("its layers without KV cache")
    return Recurrent(0, 0.0, "")


def _state(values: int, number_bytes: int, channels: int, kernel: int) -> tuple[int, str]:
    """Bytes of a state and of the tail of a convolution: values × bytes + channels × (kernel − 1) × 2."""
    tail = channels * max(kernel - 1, 0) * _CONVOLUTION_BYTES
    note = f"state of a linear layer and sequence: {values} x {number_bytes} bytes"
    if tail:
        note += f" + convolution tail {channels} x {kernel - 1} x {_CONVOLUTION_BYTES} bytes"
    return values * number_bytes + tail, note


def _gated_delta_net(config: ModelConfig, hidden: int) -> Recurrent:
    """Qwen3-Next and Qwen3.5: a matrix of key × value a value head."""
    heads, key_heads = config.needed("linear_num_value_heads"), config.needed("linear_num_key_heads")
    keys = key_heads * config.needed("linear_key_head_dim")
    values = heads * config.needed("linear_value_head_dim")
    kernel = config.count("linear_conv_kernel_dim", default=4)
    number_bytes = _STATE_BYTES.get(config.text("mamba_ssm_dtype"), 2)
    matrix = heads * config.count("linear_key_head_dim") * config.count("linear_value_head_dim")
    state, note = _state(matrix, number_bytes, 2 * keys + values, kernel)
    params = hidden * (2 * keys + 2 * values + 2 * heads) + (2 * keys + values) * kernel + values * hidden
    return Recurrent(state, float(params), note)


def _kimi_delta(config: ModelConfig, hidden: int) -> Recurrent:
    """Kimi delta attention: a matrix of head × head a head, in 32 bits; the gates are low-rank unless told."""
    linear = config.numbers("linear_attn_config") if config.part("linear_attn_config") else config
    heads, size = linear.needed("linear_num_heads", "num_heads"), linear.needed("linear_head_dim", "head_dim")
    width = heads * size
    kernel = linear.count("short_conv_kernel_size", "linear_conv_kernel_dim", default=4)
    state, note = _state(heads * size * size, 4, 3 * width, kernel)
    gate = size * (hidden + width)
    output_gate = hidden * width if linear.flag("use_full_rank_gate") else gate
    params = 4 * hidden * width + gate + output_gate + hidden * heads + 3 * width * kernel
    return Recurrent(state, float(params), note)


def _lightning(config: ModelConfig, hidden: int) -> Recurrent:
    """MiniMax-01: a matrix of head × head a head, in 32 bits; queries, keys, values, gate and output."""
    heads = config.needed("num_attention_heads")
    size = config.count("head_dim") or hidden // heads
    state, note = _state(heads * size * size, 4, 0, 1)
    return Recurrent(state, 5.0 * hidden * heads * size, note)


def _mamba(config: ModelConfig, hidden: int) -> Recurrent:
    """Mamba 2 has heads; Mamba 1 has expand × hidden channels with a step of their own."""
    heads = config.count("mamba_num_heads", "mamba_n_heads")
    states = config.needed("ssm_state_size", "mamba_d_state")
    kernel = config.count("conv_kernel", "mamba_d_conv", default=4)
    number_bytes = _STATE_BYTES.get(config.text("mamba_ssm_cache_dtype", "mamba_ssm_dtype"), 2)
    if not heads:
        inner = config.count("mamba_expand", "expand", default=2) * hidden
        step = config.count("mamba_dt_rank", "time_step_rank", default=-(-hidden // 16))
        state, note = _state(inner * states, number_bytes, inner, kernel)
        params = 3 * hidden * inner + inner * (kernel + step + 2 * states) + step * inner + inner * states
        return Recurrent(state, float(params), note)
    inner = heads * (config.count("mamba_head_dim", "mamba_d_head") or 2 * hidden // heads)
    groups = config.count("n_groups", "mamba_n_groups", default=1)
    channels = inner + 2 * groups * states
    state, note = _state(inner * states, number_bytes, channels, kernel)
    params = hidden * (inner + channels + heads) + channels * kernel + inner * hidden
    return Recurrent(state, float(params), note)


def _short_convolution(config: ModelConfig, hidden: int) -> Recurrent:
    """LFM2: a gated convolution over the last tokens, three projections in and one out."""
    kernel = config.needed("conv_L_cache")
    state, note = _state(0, 2, hidden, kernel)
    return Recurrent(state, float(4 * hidden * hidden + hidden * kernel), note)
