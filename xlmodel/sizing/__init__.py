"""What fits and how fast: memory, legal plans, throughput, latency and capacity of open models on GPUs."""

from xlmodel.sizing.capacity import LARGEST_COPY, CapacityPlan, Load, capacity, capacity_by_gpu
from xlmodel.sizing.copies import ConfigCapacity, Fleet, config_capacity, replicas_for, smallest_fleet
from xlmodel.sizing.fit import FitResult, fits, min_gpus
from xlmodel.sizing.from_catalog import (
    CONSTANT_TABLES,
    generating_spec,
    gpu_spec,
    model_spec,
    sizing_constants,
)
from xlmodel.sizing.layout import Layout
from xlmodel.sizing.longest import Asked, ContextLimit, context_limit, max_context
from xlmodel.sizing.memory import MemoryBreakdown, kv_cache_bytes, vram_gb
from xlmodel.sizing.power import gpu_watts
from xlmodel.sizing.precision import PRECISIONS, model_precision, parse_precision, resolve
from xlmodel.sizing.replica import ReplicaCapacity, Service, replica_capacity, replica_options
from xlmodel.sizing.specs import GpuSpec, ModelSpec, SizingConstants, parse_constants, parse_gpu, parse_model
from xlmodel.sizing.throughput import ThroughputResult, latency_ms, throughput

__all__ = [
    "CONSTANT_TABLES",
    "LARGEST_COPY",
    "PRECISIONS",
    "Asked",
    "CapacityPlan",
    "ConfigCapacity",
    "ContextLimit",
    "FitResult",
    "Fleet",
    "GpuSpec",
    "Layout",
    "Load",
    "MemoryBreakdown",
    "ModelSpec",
    "ReplicaCapacity",
    "Service",
    "SizingConstants",
    "ThroughputResult",
    "capacity",
    "capacity_by_gpu",
    "config_capacity",
    "context_limit",
    "fits",
    "generating_spec",
    "gpu_spec",
    "gpu_watts",
    "kv_cache_bytes",
    "latency_ms",
    "max_context",
    "min_gpus",
    "model_precision",
    "model_spec",
    "parse_constants",
    "parse_gpu",
    "parse_model",
    "parse_precision",
    "replica_capacity",
    "replica_options",
    "replicas_for",
    "resolve",
    "sizing_constants",
    "smallest_fleet",
    "throughput",
    "vram_gb",
]
