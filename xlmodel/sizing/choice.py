"""The layout that a good engineer picks for given GPUs and a given load: the fastest that engines run."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from xlmodel.sizing.coefficients import MANY_EXPERTS
from xlmodel.sizing.layout import MAX_TENSOR, NODE, Layout, group_layouts, group_sizes
from xlmodel.sizing.speed import Speed, speed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xlmodel.sizing.precision import Format
    from xlmodel.sizing.specs import GpuSpec, ModelSpec, SizingConstants


class Request(NamedTuple):
    """What every request looks like, and how many run at once.

    Args:
        input_len: tokens of a prompt.
        output_len: tokens of an answer.
        concurrency: requests in flight, None for as many as memory holds.
        engine: `default` or `tuned`.
    """

    input_len: float
    output_len: float
    concurrency: float | None
    engine: str


@lru_cache(maxsize=4096)
def used_layouts(model: ModelSpec, gpu: GpuSpec, size: int, engine: str) -> tuple[Layout, ...]:
    """Layouts of one copy on `size` GPUs that engines are started with.

    Attention runs data parallel, with the experts spread, only where there are many experts, in a tuned engine, and
    over GPUs that share a link: not over a bus, nor between nodes.
    """
    spread = engine == "tuned" and model.experts >= MANY_EXPERTS and size <= gpu.scale_up_domain
    return tuple(one for one in group_layouts(model, size) if spread or not one.expert)


def fastest(
    model: ModelSpec,
    fmt: Format,
    gpu: GpuSpec,
    layouts: Iterable[Layout],
    request: Request,
    constants: SizingConstants,
) -> tuple[Speed, Layout] | None:
    """Return the layout with the most tokens per second, of equal ones the first; None where none fits."""
    best: tuple[Speed, Layout] | None = None
    for layout in layouts:
        found = speed(
            model,
            fmt,
            gpu,
            layout,
            request.input_len,
            request.output_len,
            request.concurrency,
            request.engine,
            constants,
        )
        if found is not None and (best is None or found.tokens_per_s > best[0].tokens_per_s):
            best = (found, layout)
    return best


def chosen_layout(
    model: ModelSpec, fmt: Format, gpu: GpuSpec, n_gpus: int, request: Request, constants: SizingConstants
) -> tuple[Speed, Layout] | None:
    """Return the layout with the most tokens per second under this load, on at most `n_gpus`; None where none fits.

    Copies on 1, 2, 4 or 8 GPUs stand side by side; a copy spans nodes only where no node holds the model.
    """
    within = [size for size in group_sizes(n_gpus) if size <= max(NODE, MAX_TENSOR)]
    beyond = [size for size in group_sizes(n_gpus) if size > max(NODE, MAX_TENSOR)]
    for sizes in (within, beyond):
        layouts = (
            one._replace(replicas=n_gpus // size)
            for size in sizes
            for one in used_layouts(model, gpu, size, request.engine)
        )
        best = fastest(model, fmt, gpu, layouts, request, constants)
        if best is not None:
            return best
    return None
