"""Measured power of a GPU by its load, where somebody measured it."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from xlmodel.sizing.from_catalog import gpu_spec

if TYPE_CHECKING:
    from xlmodel.catalog.tables import Catalog

# requests in flight on one GPU in the middle of each measured class -> its column of gpu_power.csv
_CLASSES = ((1.0, "rated_share_1"), (8.0, "rated_share_4_16"), (32.0, "rated_share_16_64"))


def gpu_watts(catalog: Catalog, gpu: str, requests: float) -> float | None:
    """Return the watts of one GPU while it serves; None where nobody measured this GPU.

    watts = rated power × share; between the middles of the classes the share is linear in log(requests), beyond the
    last ones level.

    Args:
        catalog: holds the tables `gpus` and `gpu_power`.
        gpu: canonical name.
        requests: requests in flight on one GPU.
    """
    row = next((each for each in catalog.tables["gpu_power"].rows if each["item"] == gpu), None)
    if row is None:
        return None
    points = [(math.log(middle), float(row[column])) for middle, column in _CLASSES]
    at = math.log(min(max(requests, _CLASSES[0][0]), _CLASSES[-1][0]))
    share = points[0][1]
    for (low, before), (high, after) in pairwise(points):
        if at >= low:
            share = before + (after - before) * min((at - low) / (high - low), 1.0)
    return gpu_spec(catalog, gpu).tdp_w * share
