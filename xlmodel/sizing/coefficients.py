"""What each term of the speed costs: efficiencies and latencies by engine tier, arithmetic, card and spread."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from xlmodel.sizing.terms import network_is_tcp

if TYPE_CHECKING:
    from xlmodel.sizing.layout import Layout
    from xlmodel.sizing.specs import GpuSpec, SizingConstants
    from xlmodel.sizing.terms import Terms

MANY_EXPERTS = 64
OTHER_FAMILIES = frozenset({"ascend", "dcu", "xe"})


class Coefficients(NamedTuple):
    """Multipliers of the raw terms: inverse efficiencies, and seconds a layer or sequence."""

    memory: float
    expert: float
    flops: float
    attention: float
    layer: float
    moe_layer: float
    latent_layer: float
    sparse_layer: float
    compressed_layer: float
    linear_layer: float
    spread_layer: float
    sequence: float
    link: float
    hop: float
    prefill: float
    wait: float


def cdna_generation(gpu: GpuSpec) -> str:
    """Name the generation of an AMD card: MI350 and MI355 brought 4-bit arithmetic, and kernels start faster there."""
    return "cdna4" if gpu.fp4_dense_tflops else "cdna3"


def layer_ratio(gpu: GpuSpec, constants: SizingConstants) -> float:
    """Time a layer of a card's generation over that of an H100: how fast kernels start and synchronise."""
    if gpu.family.startswith("blackwell"):
        return constants["layer_ratio_blackwell"]
    if gpu.family == "cdna":
        return constants[f"layer_ratio_{cdna_generation(gpu)}"]
    if gpu.family in OTHER_FAMILIES:
        return constants[f"layer_ratio_{gpu.family}"]
    return 1.0


@lru_cache(maxsize=4096)
def coefficients(
    constants: SizingConstants,
    engine: str,
    compute: str,
    weight_only: bool,
    experts: int,
    sparse: bool,
    gpu: GpuSpec,
    layout: Layout,
) -> Coefficients:
    """Pick the constants that apply: by engine tier, arithmetic, GPU generation and kind of layout."""
    c = constants
    scale = 1.0 + c["pipeline_loss"] * (layout.pipeline - 1)
    if layout.expert and not layout.sliced_experts:
        scale *= c["expert_parallel_loss"]
    cdna = cdna_generation(gpu) if gpu.family == "cdna" else ""
    if gpu.family in OTHER_FAMILIES:
        scale /= c[f"family_rate_{gpu.family}"]
    kind = "weight_only" if weight_only else {"fp32": "bf16", "int8": "fp8"}.get(compute, compute)
    prefill = c[f"prefill_mfu_{kind}"] * (c[f"prefill_share_{cdna}"] if cdna else 1.0)
    if sparse:
        prefill *= c["prefill_share_sparse"]
    if engine == "default":
        prefill *= c["prefill_share_default_ampere" if gpu.family == "ampere" else "prefill_share_default"]
        prefill *= c["prefill_share_default_experts"] if experts >= MANY_EXPERTS else 1.0
    mixture = c["expert_mfu_ratio"] if experts else 1.0
    layer = scale * layer_ratio(gpu, c)
    memory = scale / c["bandwidth_efficiency"]
    # latent, sparse and compressed attention run kernels that engines wrote for the newer cards first
    kernel = layer * (c[f"kernel_ratio_{cdna}"] if cdna else 1.0)
    read = c["expert_bandwidth_efficiency"] * (c[f"expert_share_{cdna}"] if cdna else 1.0)
    return Coefficients(
        memory=memory,
        expert=memory / read,
        flops=scale / c["decode_mfu"] / mixture,
        attention=scale / c["attention_mfu"],
        layer=layer * c[f"layer_s_{engine}"],
        moe_layer=layer * c[f"moe_layer_s_{engine}"],
        latent_layer=kernel * c["latent_layer_s"],
        sparse_layer=kernel * c["sparse_layer_s"],
        compressed_layer=kernel * c["compressed_layer_s"],
        linear_layer=layer * c["linear_layer_s"],
        spread_layer=layer * c["spread_layer_s"],
        sequence=scale * c[f"sequence_s_{engine}"] * (c["sequence_ratio_sparse"] if sparse else 1.0),
        link=scale / c["link_efficiency"],
        hop=c["network_hop_tcp_s" if network_is_tcp(c) else "network_hop_s"],
        prefill=scale / prefill / mixture,
        wait=c["rank_wait_exponent"],
    )


def step_seconds(t: Terms, c: Coefficients) -> float:
    """Time of one decoding step: Σ term × coefficient."""
    return (
        t.memory_s * c.memory
        + t.expert_s * c.expert
        + t.flops_s * c.flops
        + t.attention_s * c.attention
        + t.layers * c.layer
        + t.moe_layers * c.moe_layer
        + t.latent_layers * c.latent_layer
        + t.sparse_layers * c.sparse_layer
        + t.compressed_layers * c.compressed_layer
        + t.linear_layers * c.linear_layer
        + t.spread_layers * c.spread_layer
        + t.sequences * c.sequence
        + t.link_s * c.link
        + t.hops * c.hop
    )


def prefill_seconds(t: Terms, c: Coefficients, filled: float) -> float:
    """Time the prefill of one request takes from the others: Σ term × coefficient × waits^(exponent × (1 − filled)).

    The fuller a copy, the more its ranks prefill in the same steps, since requests stand ready for all.
    """
    own = t.prefill_flops_s * c.prefill + t.prefill_attention_s * c.attention + t.prefill_link_s * c.link
    return own * math.pow(t.waits, c.wait * (1.0 - filled))
