"""What sizing knows of a model, a GPU and an engine: typed records, parsed from catalog rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from xlmodel.errors import CatalogError, NotAvailableError

Row = Mapping[str, str]

ATTENTION_KINDS = ("gqa", "mla", "compressed")
TASKS = ("generate", "embed", "rerank")


def _text(row: Row, column: str) -> str:
    value = (row.get(column) or "").strip()
    if not value:
        raise CatalogError(
            f"{row.get('item') or 'a row without item'}: column {column} is blank; give a value"
        )
    return value


def _number(row: Row, column: str) -> float:
    value = _text(row, column)
    try:
        return float(value)
    except ValueError:
        raise CatalogError(f"{row.get('item')}: {column} is {value!r}, not a number") from None


def _maybe(row: Row, column: str) -> float | None:
    return _number(row, column) if (row.get(column) or "").strip() else None


def _count(row: Row, column: str) -> int:
    return int(_maybe(row, column) or 0)


@dataclass(frozen=True, eq=False)
class ModelSpec:
    """The architecture of one open model; counts are 0 where the model has none of that kind.

    kv_width and sliding_kv_width: numbers that a token adds to the cache of one layer, keys and values;
    mlp_matrices: matrices of a network, 3 with a gate; expert_hidden: numbers that an expert takes in.
    """

    name: str
    total_params: float
    active_params: float
    layers: int
    hidden: int
    attention: str
    heads: int
    kv_heads: int
    head_dim: int
    kv_width: int
    kv_layers: int
    sliding_layers: int
    sliding_window: int
    sliding_kv_width: int
    kv_lora_rank: int
    qk_rope_head_dim: int
    compressed_layers: int
    compress_ratio: int
    heavy_layers: int
    heavy_ratio: int
    index_head_dim: int
    index_layers: int
    sparse_topk: int
    linear_layers: int
    linear_state_bytes: int
    intermediate: int
    mlp_matrices: int
    moe_intermediate: int
    expert_hidden: int
    experts: int
    experts_per_token: int
    shared_experts: int
    moe_layers: int
    vocab: int
    tied_embeddings: bool
    max_context: int
    native_precision: str
    architecture_known: bool
    task: str

    @cached_property
    def is_moe(self) -> bool:
        """Whether tokens choose among experts."""
        return self.experts > 0

    @cached_property
    def expert_params(self) -> float:
        """Parameters of one expert in one layer: matrices × width in × moe_intermediate."""
        return float(self.mlp_matrices * self.expert_hidden * self.moe_intermediate) if self.is_moe else 0.0

    @cached_property
    def routed_params(self) -> float:
        """Parameters of all routed experts: MoE layers × experts × expert."""
        return self.moe_layers * self.experts * self.expert_params

    @cached_property
    def embedding_params(self) -> float:
        """Parameters of one vocabulary table: vocab × hidden."""
        return float(self.vocab) * self.hidden

    @cached_property
    def table_params(self) -> float:
        """Parameters of the input table and the head, one table when they are tied."""
        return self.embedding_params * (1 if self.tied_embeddings else 2)

    @cached_property
    def dense_params(self) -> float:
        """Matrix parameters that every token uses, without the vocabulary tables.

        total − routed experts − tables; or active − active experts − head where that is less: a total may be rounded,
        or hold a vision part.
        """
        rest = self.total_params - self.routed_params - self.table_params
        active = self.active_params - self.active_expert_params - self.embedding_params
        return max(min(rest, active) if active > 0 else rest, 0.0)

    @cached_property
    def active_expert_params(self) -> float:
        """Parameters of the experts one token uses."""
        return self.moe_layers * self.experts_per_token * self.expert_params

    def keys_seen(self, tokens: float) -> float:
        """Cached tokens that a query reads in the mean of the layers: all, or the best where attention is sparse."""
        if not self.sparse_topk or self.attention == "compressed":
            return tokens
        sparse = self.sparse_layers / self.kv_layers
        return sparse * min(tokens, self.sparse_topk) + (1.0 - sparse) * tokens

    @cached_property
    def blocks(self) -> int:
        """Layers that mix tokens, each with its MLP; a network that counts the MLPs as layers has more layers."""
        if self.attention == "compressed":
            return self.layers
        return min(self.layers, self.kv_layers + self.sliding_layers + self.linear_layers)

    @cached_property
    def sparse_layers(self) -> int:
        """Layers that read the best tokens of an uncompressed cache: those with an index, or all."""
        if not self.sparse_topk or self.attention == "compressed":
            return 0
        return self.index_layers or self.kv_layers

    @cached_property
    def step_params(self) -> float:
        """Parameters that one token multiplies: dense + its experts + head."""
        return self.dense_params + self.active_expert_params + self.embedding_params

    @cached_property
    def attention_flops_per_key(self) -> float:
        """Floating-point operations of one query token against one cached token, in one full layer.

        GQA: 4 × heads × head_dim. MLA decodes in the latent space: heads × (2 (rank + rope) + 2 rank).
        """
        if self.attention == "mla":
            return self.heads * (4.0 * self.kv_lora_rank + 2.0 * self.qk_rope_head_dim)
        return 4.0 * self.heads * self.head_dim

    @cached_property
    def prefill_flops_per_key(self) -> float:
        """As attention_flops_per_key during prefill, where MLA runs with unfolded heads of 128 + rope and 128."""
        if self.attention == "mla":
            return self.heads * 2.0 * (128 + self.qk_rope_head_dim + 128)
        return 4.0 * self.heads * self.head_dim


@dataclass(frozen=True, eq=False)
class GpuSpec:
    """One GPU as sold: memory, dense peaks (with a range where its bins differ), link and power.

    compute_capability is NVIDIA's (8.9 of an RTX 4090); None for other vendors.
    """

    name: str
    vendor: str
    family: str
    memory_gb: float
    usable_memory_gib: float | None
    memory_bandwidth_gb_s: float
    bf16_dense_tflops: float
    bf16_dense_tflops_low: float
    bf16_dense_tflops_high: float
    fp8_dense_tflops: float | None
    int8_dense_tops: float | None
    fp4_dense_tflops: float | None
    compute_capability: float | None
    native_bf16: bool
    tdp_w: float
    scale_up_gb_s: float | None
    scale_up_domain: int
    gpus_per_node: int
    note: str


class Encoder(NamedTuple):
    """The image encoder of a model: its widths, its patches a token, and the tokens of the largest image, 0 unknown."""

    hidden: int
    intermediate: int
    patches_per_token: int
    image_tokens: int


@dataclass(frozen=True, eq=False)
class SizingConstants:
    """The fitted and published constants, by name; `low` and `high` bound each value.

    Args:
        values: by name.
        low: low bounds, by name.
        high: high bounds, by name.
        kernels: (precision, GPU family) -> `native`, `weight-only` or `no`; (precision, `needs`) -> what it takes.
        checkpoints: (model, precision) -> bytes of a parameter of experts, other matrices, vocabulary tables, where a
            published checkpoint mixes formats.
        encoders: model -> its image encoder.
    """

    values: Mapping[str, float]
    low: Mapping[str, float]
    high: Mapping[str, float]
    kernels: Mapping[tuple[str, str], str] = field(default_factory=dict)
    checkpoints: Mapping[tuple[str, str], tuple[float, float, float]] = field(default_factory=dict)
    encoders: Mapping[str, Encoder] = field(default_factory=dict)

    def __getitem__(self, name: str) -> float:
        """Give the constant of that name."""
        try:
            return self.values[name]
        except KeyError:
            raise NotAvailableError(
                f"sizing constant {name!r} is missing from sizing_constants.csv"
            ) from None


def parse_model(row: Row) -> ModelSpec:
    """Read one row of models.csv.

    Raises:
        CatalogError: a blank or wrong column.
    """
    attention = _text(row, "attention")
    if attention not in ATTENTION_KINDS:
        raise CatalogError(f"{row['item']}: attention {attention!r} is none of {', '.join(ATTENTION_KINDS)}")
    if attention == "compressed":
        for column in ("compress_ratio", "heavy_ratio", "sliding_window"):
            if _number(row, column) <= 0:
                raise CatalogError(f"{row['item']}: {column} is {row[column]}; give one above 0")
    task = (row.get("task") or "").strip() or TASKS[0]
    if task not in TASKS:
        raise CatalogError(f"{row['item']}: task {task!r} is none of {', '.join(TASKS)}")
    total, hidden = _number(row, "total_params_b") * 1e9, int(_number(row, "hidden"))
    kv_width = _count(row, "kv_width") or 2 * _count(row, "kv_heads") * _count(row, "head_dim")
    return ModelSpec(
        name=_text(row, "item"),
        total_params=total,
        active_params=_number(row, "active_params_b") * 1e9,
        layers=int(_number(row, "layers")),
        hidden=hidden,
        attention=attention,
        heads=int(_number(row, "heads")),
        kv_heads=_count(row, "kv_heads"),
        head_dim=_count(row, "head_dim"),
        kv_width=kv_width,
        kv_layers=_count(row, "kv_layers"),
        sliding_layers=_count(row, "sliding_layers"),
        sliding_window=_count(row, "sliding_window"),
        sliding_kv_width=_count(row, "sliding_kv_width") or kv_width,
        kv_lora_rank=_count(row, "kv_lora_rank"),
        qk_rope_head_dim=_count(row, "qk_rope_head_dim"),
        compressed_layers=_count(row, "compressed_layers"),
        compress_ratio=_count(row, "compress_ratio"),
        heavy_layers=_count(row, "heavy_layers"),
        heavy_ratio=_count(row, "heavy_ratio"),
        index_head_dim=_count(row, "index_head_dim"),
        index_layers=_count(row, "index_layers"),
        sparse_topk=_count(row, "sparse_topk"),
        linear_layers=_count(row, "linear_layers"),
        linear_state_bytes=_count(row, "linear_state_bytes"),
        intermediate=_count(row, "intermediate"),
        mlp_matrices=_count(row, "mlp_matrices") or 3,
        moe_intermediate=_count(row, "moe_intermediate"),
        expert_hidden=_count(row, "expert_hidden") or hidden,
        experts=_count(row, "experts"),
        experts_per_token=_count(row, "experts_per_token"),
        shared_experts=_count(row, "shared_experts"),
        moe_layers=_count(row, "moe_layers"),
        vocab=int(_number(row, "vocab")),
        tied_embeddings=_text(row, "tied_embeddings") == "yes",
        max_context=int(_number(row, "max_context")),
        native_precision=_text(row, "native_precision"),
        architecture_known=_text(row, "architecture_known") == "yes",
        task=task,
    )


def parse_gpu(row: Row) -> GpuSpec:
    """Read one row of gpus.csv.

    Raises:
        CatalogError: a blank or wrong column.
    """
    return GpuSpec(
        name=_text(row, "item"),
        vendor=_text(row, "vendor"),
        family=_text(row, "gpu_family"),
        memory_gb=_number(row, "memory_gb"),
        usable_memory_gib=_maybe(row, "usable_memory_gib"),
        memory_bandwidth_gb_s=_number(row, "memory_bandwidth_gb_s"),
        bf16_dense_tflops=_number(row, "bf16_dense_tflops"),
        bf16_dense_tflops_low=_maybe(row, "bf16_dense_tflops_low") or _number(row, "bf16_dense_tflops"),
        bf16_dense_tflops_high=_maybe(row, "bf16_dense_tflops_high") or _number(row, "bf16_dense_tflops"),
        fp8_dense_tflops=_maybe(row, "fp8_dense_tflops"),
        int8_dense_tops=_maybe(row, "int8_dense_tops"),
        fp4_dense_tflops=_maybe(row, "fp4_dense_tflops"),
        compute_capability=_maybe(row, "compute_capability"),
        native_bf16=_text(row, "native_bf16") == "yes",
        tdp_w=_number(row, "tdp_w"),
        scale_up_gb_s=_maybe(row, "scale_up_gb_s"),
        scale_up_domain=int(_number(row, "scale_up_domain")),
        gpus_per_node=int(_number(row, "gpus_per_node")),
        note=(row.get("note") or "").strip(),
    )


def parse_constants(
    rows: Iterable[Row],
    kernels: Iterable[Row] = (),
    checkpoints: Iterable[Row] = (),
    encoders: Iterable[Row] = (),
) -> SizingConstants:
    """Read sizing_constants.csv, and beside it what cards run, how checkpoints are stored, and image encoders.

    Args:
        rows: name, value, low, high; a blank bound is the value itself.
        kernels: rows of kernels.csv, a column for each GPU family.
        checkpoints: rows of checkpoints.csv; blank expert bytes are those of the other matrices.
        encoders: rows of encoders.csv.
    """
    values: dict[str, float] = {}
    low: dict[str, float] = {}
    high: dict[str, float] = {}
    for row in rows:
        name = _text(row, "item")
        values[name] = _number(row, "value")
        lower, upper = _maybe(row, "low"), _maybe(row, "high")
        low[name] = values[name] if lower is None else lower
        high[name] = values[name] if upper is None else upper
    runs = {
        (_text(row, "item"), column.replace("_", "-")): cell
        for row in kernels
        for column, cell in row.items()
        if column != "item"
    }
    stored: dict[tuple[str, str], tuple[float, float, float]] = {}
    for row in checkpoints:
        matrix = _number(row, "matrix_bytes")
        expert = _maybe(row, "expert_bytes")
        groups = (matrix if expert is None else expert, matrix, _number(row, "table_bytes"))
        stored[_text(row, "model"), _text(row, "precision")] = groups
    widths = ("hidden", "intermediate", "patches_per_token", "image_tokens")
    images = {_text(row, "item"): Encoder(*(_count(row, name) for name in widths)) for row in encoders}
    return SizingConstants(values, low, high, runs, stored, images)
