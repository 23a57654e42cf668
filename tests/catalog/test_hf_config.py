"""Architectures from config.json: parameters against published totals, layer kinds, and what is not known."""

from __future__ import annotations

from typing import Any

import pytest

from xlmodel.catalog.hf_config import read_architecture
from xlmodel.errors import CatalogError

Config = dict[str, Any]
GQA: Config = {"head_dim": 128, "tie_word_embeddings": False, "max_position_embeddings": 131_072}
MLA: Config = {
    "q_lora_rank": 1_536,
    "kv_lora_rank": 512,
    "qk_nope_head_dim": 128,
    "qk_rope_head_dim": 64,
    "v_head_dim": 128,
    "max_position_embeddings": 131_072,
}


def shape(hidden: int, layers: int, heads: int, kv: int, width: int, vocab: int, **more: Any) -> Config:
    """Write the part of a config that all models have."""
    return {
        "hidden_size": hidden,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "num_key_value_heads": kv,
        "intermediate_size": width,
        "vocab_size": vocab,
        **GQA,
        **more,
    }


DEEPSEEK_V3 = shape(
    7_168, 61, 128, 128, 18_432, 129_280, **MLA, model_type="deepseek_v3", moe_intermediate_size=2_048, n_routed_experts=256,
    n_shared_experts=1, num_experts_per_tok=8, first_k_dense_replace=3, moe_layer_freq=1, num_nextn_predict_layers=1,
    quantization_config={"quant_method": "fp8"},
)  # fmt: skip
QWEN3_NEXT = shape(
    2_048, 48, 16, 2, 5_120, 151_936, model_type="qwen3_next", head_dim=256, full_attention_interval=4,
    linear_num_value_heads=32, linear_num_key_heads=16, linear_key_head_dim=128, linear_value_head_dim=128,
    linear_conv_kernel_dim=4, num_experts=512, num_experts_per_tok=10, moe_intermediate_size=512,
    shared_expert_intermediate_size=512, decoder_sparse_step=1, mlp_only_layers=[],
)  # fmt: skip
NANO = "MEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEMEM*EMEMEMEME"
KIMI_FULL = [4, 8, 12, 16, 20, 24, 27]

# config, published parameters in 10^9, and columns of the row
KNOWN: dict[str, tuple[Config, float, Config]] = {
    "Llama-3.1-8B": (
        shape(4_096, 32, 32, 8, 14_336, 128_256, torch_dtype="bfloat16"),
        8.03,
        {"attention": "gqa", "kv_layers": 32, "native_precision": "bf16", "active_params_b": 7.5},
    ),
    "Qwen2.5-7B": (
        shape(
            3_584, 28, 28, 4, 18_944, 152_064, model_type="qwen2", use_sliding_window=False, sliding_window=131_072,
            max_window_layers=28,
        ),
        7.62,
        {"kv_layers": 28, "sliding_layers": None},
    ),
    "Mistral-7B-v0.1": (
        shape(4_096, 32, 32, 8, 14_336, 32_000, model_type="mistral", sliding_window=4_096),
        7.24,
        {"kv_layers": 0, "sliding_layers": 32, "sliding_window": 4_096},
    ),
    "Mixtral-8x7B": (
        shape(4_096, 32, 32, 8, 14_336, 32_000, model_type="mixtral", num_local_experts=8, num_experts_per_tok=2),
        46.7,
        {"experts": 8, "moe_intermediate": 14_336, "moe_layers": 32, "active_params_b": 12.75},
    ),
    "Gemma-2-9B": (
        shape(3_584, 42, 16, 8, 14_336, 256_000, model_type="gemma2", head_dim=256, sliding_window=4_096, tie_word_embeddings=True),
        9.24,
        {"kv_layers": 21, "sliding_layers": 21},
    ),
    # 27.4 with its vision encoder of 0.42
    "Gemma-3-27B": (
        {
            "model_type": "gemma3",
            "text_config": shape(
                5_376, 62, 32, 16, 21_504, 262_208, model_type="gemma3_text", sliding_window=1_024, sliding_window_pattern=6,
                tie_word_embeddings=True,
            ),
        },
        27.0,
        {"kv_layers": 10, "sliding_layers": 52},
    ),
    "gpt-oss-120b": (
        shape(
            2_880, 36, 64, 8, 2_880, 201_088, model_type="gpt_oss", head_dim=64, num_local_experts=128, num_experts_per_tok=4,
            sliding_window=128, layer_types=["sliding_attention", "full_attention"] * 18,
            quantization_config={"quant_method": "mxfp4"},
        ),
        116.8,
        {"kv_layers": 18, "sliding_layers": 18, "native_precision": "mxfp4", "experts_per_token": 4},
    ),
    "DeepSeek-V3": (
        DEEPSEEK_V3,
        671.0,
        {"attention": "mla", "kv_lora_rank": 512, "moe_layers": 58, "native_precision": "fp8", "active_params_b": 36.62},
    ),
    # 671.03 + 61 indexers of 1,536 × 64 × 128 + 7,168 × 128 + 7,168 × 64
    "DeepSeek-V3.2": (
        DEEPSEEK_V3 | {"index_topk": 2_048, "index_head_dim": 128, "index_n_heads": 64},
        671.88,
        {"sparse_topk": 2_048, "index_layers": 61, "index_head_dim": 128},
    ),
    "Kimi-K2": (
        DEEPSEEK_V3
        | {"num_attention_heads": 64, "n_routed_experts": 384, "first_k_dense_replace": 1, "vocab_size": 163_840},
        1_026.5,
        {"moe_layers": 60, "experts": 384},
    ),
    "Qwen3-235B-A22B": (
        shape(
            4_096, 94, 64, 4, 12_288, 151_936, model_type="qwen3_moe", num_experts=128, num_experts_per_tok=8,
            moe_intermediate_size=1_536, decoder_sparse_step=1, mlp_only_layers=[],
        ),
        235.09,
        {"moe_layers": 94, "shared_experts": None},
    ),
    "Qwen2-57B-A14B": (
        shape(
            3_584, 28, 28, 4, 18_944, 151_936, model_type="qwen2_moe", num_experts=64, num_experts_per_tok=8,
            moe_intermediate_size=2_560, shared_expert_intermediate_size=20_480, decoder_sparse_step=1,
        ),
        57.4,
        {"shared_experts": 8},
    ),
    # 400.7 without its vision encoder
    "Llama-4-Maverick": (
        {
            "text_config": shape(
                5_120, 48, 40, 8, 8_192, 202_048, model_type="llama4_text", intermediate_size_mlp=16_384,
                interleave_moe_layer_step=2, num_local_experts=128, num_experts_per_tok=1, attention_chunk_size=8_192,
            )
        },
        400.7,
        {"moe_layers": 24, "shared_experts": 1, "intermediate": 16_384, "moe_intermediate": 8_192, "kv_layers": 48},
    ),
    "GLM-4.7": (
        shape(
            5_120, 92, 96, 8, 12_288, 151_552, model_type="glm4_moe", n_routed_experts=160, n_shared_experts=1,
            num_experts_per_tok=8, moe_intermediate_size=1_536, first_k_dense_replace=3, num_nextn_predict_layers=1,
        ),
        352.8,
        {"moe_layers": 89, "experts": 160},
    ),
    "Qwen3-Next-80B-A3B": (
        QWEN3_NEXT,
        79.7,
        {"kv_layers": 12, "linear_layers": 36, "linear_state_bytes": 32 * 128 * 128 * 2 + 8_192 * 3 * 2},
    ),
    "Kimi-Linear-48B-A3B": (
        shape(
            2_304, 27, 32, 32, 9_216, 163_840, **(MLA | {"q_lora_rank": None}), model_type="kimi_linear", num_experts=256,
            num_experts_per_token=8, num_shared_experts=1, moe_intermediate_size=1_024, first_k_dense_replace=1,
            linear_attn_config={
                "kda_layers": [layer for layer in range(1, 28) if layer not in KIMI_FULL], "full_attn_layers": KIMI_FULL,
                "num_heads": 32, "head_dim": 128, "short_conv_kernel_size": 4,
            },
        ),
        49.1,
        {"attention": "mla", "kv_layers": 7, "linear_layers": 20, "linear_state_bytes": 32 * 128 * 128 * 4 + 12_288 * 3 * 2},
    ),
    "MiniMax-Text-01": (
        shape(
            6_144, 80, 64, 8, 9_216, 200_064, model_type="minimax_text_01", num_local_experts=32, num_experts_per_tok=2,
            attn_type_list=([0] * 7 + [1]) * 10,
        ),
        456.1,
        {"kv_layers": 10, "linear_layers": 70, "linear_state_bytes": 64 * 128 * 128 * 4},
    ),
    "Nemotron-3-Nano-30B-A3B": (
        shape(
            2_688, 52, 32, 2, 1_856, 131_072, model_type="nemotron_h", hybrid_override_pattern=NANO, mamba_num_heads=64,
            mamba_head_dim=64, ssm_state_size=128, n_groups=8, conv_kernel=4, mamba_ssm_cache_dtype="float32",
            n_routed_experts=128, n_shared_experts=1, num_experts_per_tok=6, moe_intermediate_size=1_856,
            moe_shared_expert_intermediate_size=3_712,
        ),
        31.6,
        {"kv_layers": 6, "linear_layers": 23, "moe_layers": 23, "mlp_matrices": 2, "shared_experts": 2},
    ),
    # experts work on 1,024 numbers of 4,096
    "Nemotron-3-Super-120B-A12B": (
        shape(
            4_096, 88, 32, 2, 2_688, 131_072, model_type="nemotron_h", mamba_num_heads=128, mamba_head_dim=64,
            ssm_state_size=128, n_groups=8, conv_kernel=4, n_routed_experts=512, n_shared_experts=1, num_experts_per_tok=22,
            moe_intermediate_size=2_688, moe_shared_expert_intermediate_size=5_376, moe_latent_size=1_024,
            layers_block_type=["mamba", "moe"] * 40 + ["attention"] * 8,
        ),
        120.6,
        {"expert_hidden": 1_024, "kv_layers": 8, "moe_layers": 40},
    ),
    "Granite-4.0-H-Small": (
        shape(
            4_096, 40, 32, 8, 768, 100_352, model_type="granitemoehybrid", tie_word_embeddings=True, mamba_n_heads=128,
            mamba_d_head=64, mamba_d_state=128, mamba_n_groups=1, mamba_d_conv=4, num_local_experts=72, num_experts_per_tok=10,
            shared_intermediate_size=1_536, layer_types=(["mamba"] * 9 + ["attention"]) * 4,
        ),
        32.2,
        {"kv_layers": 4, "linear_layers": 36, "shared_experts": 2},
    ),
    "Jamba-v0.1": (
        shape(
            4_096, 32, 32, 8, 14_336, 65_536, model_type="jamba", attn_layer_period=8, attn_layer_offset=4, expert_layer_period=2,
            expert_layer_offset=1, num_experts=16, num_experts_per_tok=2, mamba_d_state=16, mamba_d_conv=4, mamba_expand=2,
            mamba_dt_rank=256,
        ),
        51.6,
        {"kv_layers": 4, "linear_layers": 28, "moe_layers": 16},
    ),
    "LongCat-Flash": (
        {
            "model_type": "longcat_flash", "hidden_size": 6_144, "num_layers": 28, "num_attention_heads": 64,
            "ffn_hidden_size": 12_288, "expert_ffn_hidden_size": 2_048, "n_routed_experts": 512, "zero_expert_num": 256,
            "moe_topk": 12, "vocab_size": 131_072, **MLA,
        },
        560.7,
        {"kv_layers": 56, "moe_layers": 28, "experts_per_token": 8},
    ),
    "ERNIE-4.5-21B-A3B": (
        shape(
            2_560, 28, 20, 4, 12_288, 103_424, model_type="ernie4_5_moe", tie_word_embeddings=True, moe_num_experts=64, moe_k=6,
            moe_num_shared_experts=2, moe_intermediate_size=1_536, moe_layer_start_index=1, moe_layer_end_index=27,
            moe_layer_interval=1,
        ),
        21.8,
        {"moe_layers": 27, "shared_experts": 2},
    ),
    # 64 heads in 12 layers, 96 in 33 layers with a window
    "Step-3.5-Flash": (
        {
            **shape(4_096, 45, 64, 8, 11_264, 128_896), "model_type": "step3p5", "num_key_value_heads": None,
            "num_attention_groups": 8, "moe_num_experts": 288, "moe_top_k": 8, "moe_intermediate_size": 1_280,
            "share_expert_dim": 1_280, "moe_layers_enum": ",".join(str(layer) for layer in range(3, 45)), "sliding_window": 512,
            "layer_types": (["full_attention"] + ["sliding_attention"] * 3) * 12,
            "attention_other_setting": {"num_attention_heads": 96, "num_attention_groups": 8, "head_dim": 128},
        },
        196.8,
        {"kv_layers": 12, "sliding_layers": 33, "moe_layers": 42},
    ),
    "MiMo-V2-Flash": (
        shape(
            4_096, 48, 64, 4, 16_384, 152_576, model_type="mimo_v2_flash", head_dim=192, v_head_dim=128,
            swa_num_attention_heads=64, swa_num_key_value_heads=8, swa_head_dim=192, swa_v_head_dim=128, sliding_window=128,
            hybrid_layer_pattern=[0] + ([1] * 5 + [0]) * 7 + [1] * 4 + [0], n_routed_experts=256, num_experts_per_tok=8,
            moe_intermediate_size=2_048, moe_layer_freq=[0] + [1] * 47,
        ),
        309.0,
        {"kv_layers": 9, "sliding_layers": 39, "kv_width": 4 * 320, "sliding_kv_width": 8 * 320, "moe_layers": 47},
    ),
    # 25.2 and a vision encoder
    "Gemma-4-26B-A4B": (
        {
            "text_config": shape(
                2_816, 30, 16, 8, 2_112, 262_144, model_type="gemma4_text", head_dim=256, global_head_dim=512,
                num_global_key_value_heads=2, attention_k_eq_v=True, enable_moe_block=True, num_experts=128, top_k_experts=8,
                moe_intermediate_size=704, sliding_window=1_024, tie_word_embeddings=True,
                layer_types=(["sliding_attention"] * 5 + ["full_attention"]) * 5,
            ),
        },
        25.2,
        {"head_dim": 512, "kv_heads": 2, "sliding_kv_width": 2 * 8 * 256, "shared_experts": 3, "moe_layers": 30},
    ),
    # 284 in its model card
    "DeepSeek-V4-Flash": (
        shape(
            4_096, 43, 64, 1, 0, 129_280, model_type="deepseek_v4", head_dim=512, q_lora_rank=1_024, o_lora_rank=1_024, o_groups=8,
            qk_rope_head_dim=64, index_head_dim=128, index_n_heads=64, index_topk=512, sliding_window=128, n_routed_experts=256,
            n_shared_experts=1, num_experts_per_tok=6, moe_intermediate_size=2_048, expert_dtype="fp4",
            compress_ratios=[0, 0, *([4, 128] * 20), 4, 0], quantization_config={"quant_method": "fp8"},
        ),
        284.0,
        {
            "attention": "compressed", "compressed_layers": 21, "compress_ratio": 4, "heavy_layers": 20, "heavy_ratio": 128,
            "sliding_layers": 43, "sliding_window": 128, "index_layers": None, "native_precision": "mxfp4",
        },
    ),
    "LFM2-1.2B": (
        shape(
            2_048, 16, 32, 8, 8_192, 65_536, model_type="lfm2", head_dim=64, tie_word_embeddings=True, conv_L_cache=3,
            layer_types=["full_attention" if layer in {2, 5, 8, 10, 12, 14} else "conv" for layer in range(16)],
        ),
        1.17,
        {"kv_layers": 6, "linear_layers": 10, "linear_state_bytes": 2_048 * 2 * 2},
    ),
    "bge-m3": (
        {
            "architectures": ["XLMRobertaModel"], "model_type": "xlm-roberta", "hidden_size": 1_024, "num_hidden_layers": 24,
            "num_attention_heads": 16, "intermediate_size": 4_096, "vocab_size": 250_002, "max_position_embeddings": 8_194,
            "torch_dtype": "float32",
        },
        0.568,
        {"task": "embed", "native_precision": "fp32", "kv_layers": 1, "tied_embeddings": "yes"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", KNOWN)
def test_parameters_are_those_published(name: str) -> None:
    """The total is within 1 % of the published one, and nothing of the config is unknown."""
    config, published, columns = KNOWN[name]
    found = read_architecture(config)
    assert found.unknown == []
    assert found.total_params / 1e9 == pytest.approx(published, rel=0.01)
    assert float(found.row["total_params_b"]) == pytest.approx(found.total_params / 1e9, rel=0.01)
    for column, value in columns.items():
        told = found.row.get(column, "")
        assert told == ("" if value is None else str(value)), column


def test_parameters_to_the_last_one() -> None:
    """Llama: 2 tables + 32 × (h × (2 × 4,096 + 2 × 1,024) + 3 × h × 14,336), by hand."""
    hidden = 4_096
    layer = hidden * (2 * 4_096 + 2 * 1_024) + 3 * hidden * 14_336
    assert read_architecture(KNOWN["Llama-3.1-8B"][0]).total_params == 2 * 128_256 * hidden + 32 * layer


def test_latent_attention_to_the_last_parameter() -> None:
    """A dense model of two MLA layers: q, kv down and up, output, network, tables."""
    config = shape(256, 2, 4, 4, 512, 1_000, **MLA)
    query = 1_536 * (256 + 4 * (128 + 64))
    keys = 256 * (512 + 64) + 512 * 4 * (128 + 128)
    layer = query + keys + 4 * 128 * 256 + 3 * 256 * 512
    assert read_architecture(config).total_params == 2 * layer + 2 * 1_000 * 256


@pytest.mark.parametrize(
    ("more", "full", "window"),
    [
        ({"sliding_window": 512, "layer_types": ["sliding_attention", "full_attention"] * 4}, 4, 512),
        ({"sliding_window": 512, "sliding_window_pattern": 4, "model_type": "cohere2"}, 2, 512),
        ({"sliding_window": 512, "sliding_window_pattern": "LLLG", "model_type": "exaone4"}, 2, 512),
        ({"sliding_window": 512, "use_sliding_window": True, "max_window_layers": 6}, 6, 512),
        ({"sliding_window": 512, "use_sliding_window": False, "max_window_layers": 6}, 8, None),
        ({"sliding_window": 512, "model_type": "phi3"}, 0, 512),
        ({"sliding_window": None, "model_type": "mistral"}, 8, None),
        ({"hybrid_layer_pattern": [0, 1] * 4, "sliding_window": 128}, 4, 128),
    ],
)
def test_windows_in_all_spellings(more: Config, full: int, window: int | None) -> None:
    """Eight layers: how many keep the whole context, and the window of the others."""
    row = read_architecture(shape(1_024, 8, 8, 8, 4_096, 32_000, **more)).row
    assert int(row["kv_layers"]) == full
    assert row.get("sliding_layers", "") == ("" if full == 8 else str(8 - full))
    assert row.get("sliding_window", "") == ("" if window is None else str(window))


@pytest.mark.parametrize(
    ("more", "layers"),
    [
        ({"decoder_sparse_step": 2}, 4),
        ({"decoder_sparse_step": 1, "mlp_only_layers": [0, 1]}, 6),
        ({"first_k_dense_replace": 3, "moe_layer_freq": 1}, 5),
        ({"moe_layer_freq": [0, 1, 1, 1, 0, 1, 1, 1]}, 6),
        ({"mlp_layer_types": ["dense"] + ["sparse"] * 7}, 7),
        ({"interleave_moe_layer_step": 4}, 2),
        ({"moe_layer_start_index": 2, "moe_layer_end_index": 5}, 4),
        ({"moe_layers_enum": "3,4,5"}, 3),
        ({"expert_layer_period": 2, "expert_layer_offset": 1}, 4),
    ],
)
def test_expert_layers_in_all_spellings(more: Config, layers: int) -> None:
    """Eight layers: how many have experts."""
    config = shape(
        1_024, 8, 8, 8, 4_096, 32_000, num_experts=8, num_experts_per_tok=2, moe_intermediate_size=512
    )
    assert read_architecture(config | more).row["moe_layers"] == str(layers)


@pytest.mark.parametrize(
    ("quantization", "precision"),
    [
        ({"quant_method": "fp8"}, "fp8"),
        ({"quant_method": "awq", "bits": 4}, "awq"),
        ({"quant_method": "gptq", "bits": 4}, "gptq"),
        ({"quant_method": "gptq", "bits": 8}, "gptq-int8"),
        ({"quant_method": "mxfp4"}, "mxfp4"),
        ({"quant_method": "bitsandbytes", "load_in_4bit": True}, "int4"),
        ({"quant_method": "modelopt", "quant_algo": "NVFP4"}, "nvfp4"),
        ({"quant_method": "modelopt", "quant_algo": "MIXED_PRECISION", "quantized_layers": {"a": {"quant_algo": "NVFP4"}}}, "nvfp4"),
        ({"quant_method": "compressed-tensors", "config_groups": {"g": {"weights": {"num_bits": 4, "type": "int"}}}}, "int4"),
        ({"quant_method": "compressed-tensors", "config_groups": {"g": {"weights": {"num_bits": 8, "type": "float"}}}}, "fp8"),
        ({"quant_method": "compressed-tensors", "format": "mxfp4-pack-quantized"}, "mxfp4"),
        (None, "fp16"),
    ],
)  # fmt: skip
def test_precision_of_the_checkpoint(quantization: Config | None, precision: str) -> None:
    """It is that of the quantisation, or of the numbers."""
    config = shape(1_024, 8, 8, 8, 4_096, 32_000, torch_dtype="float16", quantization_config=quantization)
    found = read_architecture(config)
    assert (found.row["native_precision"], found.unknown) == (precision, [])


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ({"layer_types": ["full_attention"] * 7 + ["hyper_attention"]}, "layer types hyper_attention"),
        ({"layer_types": ["full_attention"] * 7}, "7 layer types for 8 layers"),
        ({"layer_types": ["linear_attention"] * 8}, "its layers without KV cache"),
        ({"hybrid_override_pattern": "M*-X", "ssm_state_size": 16, "mamba_num_heads": 8}, "blocks X"),
        ({"mamba_d_state": 128, "mamba_n_heads": 24}, "a state beside the attention of each layer"),
        ({"quantization_config": {"quant_method": "vptq"}}, "quantization vptq"),
        ({"moe_num_experts": [64, 32]}, "experts that differ"),
        ({"is_encoder_decoder": True}, "an encoder beside the decoder"),
        ({"cross_attention_layers": [3, 7]}, "cross-attention layers"),
        ({"block_types": ["recurrent", "attention"]}, "blocks of Griffin"),
        ({"nsa_config": {"block": 64}}, "nsa_config"),
        ({"attn_type_list": [0, 2] * 4}, "attn_type_list"),
        (
            {
                "compress_ratios": [4, 16, 64, 0] * 2,
                "q_lora_rank": 64,
                "o_lora_rank": 64,
                "o_groups": 2,
                "sliding_window": 128,
            },
            "other than one or two ratios",
        ),
        (
            {
                "block_configs": [
                    {"attention": {"n_heads_in_group": each}, "ffn": {"ffn_mult": 2.0}} for each in (4, 8)
                ]
            },
            "differ in their heads",
        ),
    ],
)
def test_what_is_not_known_is_named(more: Config, what: str) -> None:
    """The row is marked so that the sizing refuses the model, and the note says why."""
    found = read_architecture(shape(1_024, 8, 8, 8, 4_096, 32_000) | more)
    assert any(what in each for each in found.unknown), found.unknown
    assert found.row["architecture_known"] == "no"
    assert what in found.row["note"]


@pytest.mark.parametrize("missing", ["hidden_size", "num_hidden_layers", "num_attention_heads", "vocab_size"])
def test_a_missing_number_is_named(missing: str) -> None:
    """Without it nothing can be counted."""
    config = shape(1_024, 8, 8, 8, 4_096, 32_000)
    del config[missing]
    with pytest.raises(CatalogError, match=missing):
        read_architecture(config)


def test_a_vision_part_is_in_the_total_alone() -> None:
    """Qwen3-VL-8B holds 8.77e9 parameters; a text token multiplies those of Qwen3-8B without its input table."""
    text = shape(4_096, 36, 32, 8, 12_288, 151_936, model_type="qwen3_vl_text")
    vision = {
        "depth": 27, "hidden_size": 1_152, "intermediate_size": 4_304, "out_hidden_size": 4_096, "spatial_merge_size": 2,
        "deepstack_visual_indexes": [8, 16, 24],
    }  # fmt: skip
    found = read_architecture({"text_config": text, "vision_config": vision})
    assert found.total_params / 1e9 == pytest.approx(8.77, rel=0.01)
    assert found.row["active_params_b"] == "7.57"
    assert "vision" in found.row["note"]


def test_one_ratio_of_compression() -> None:
    """All eight layers keep one entry for four tokens, and none has another ratio."""
    more = {
        "compress_ratios": [4] * 8,
        "q_lora_rank": 64,
        "o_lora_rank": 64,
        "o_groups": 2,
        "sliding_window": 128,
    }
    row = read_architecture(shape(1_024, 8, 8, 1, 4_096, 32_000, **more)).row
    assert [row[key] for key in ("compressed_layers", "compress_ratio", "heavy_layers", "heavy_ratio")] == [
        "8",
        "4",
        "0",
        "4",
    ]


def test_layers_that_share_a_cache_keep_none() -> None:
    """Of eight layers the last three read the caches of others."""
    more = {
        "sliding_window": 512,
        "layer_types": ["sliding_attention", "full_attention"] * 4,
        "num_kv_shared_layers": 3,
    }
    row = read_architecture(shape(1_024, 8, 8, 8, 4_096, 32_000, **more)).row
    assert (row["kv_layers"], row["sliding_layers"]) == ("2", "3")


def test_a_window_in_no_known_layer_is_said() -> None:
    """A window without a pattern, of a model that is not known to have it: the whole context, and a note."""
    row = read_architecture(
        shape(1_024, 8, 8, 8, 4_096, 32_000, sliding_window=2_048, model_type="house")
    ).row
    assert row["kv_layers"] == "8"
    assert "window of 2048 is in no layer" in row["note"]
