"""The point at which one copy of a model delivers its part of the peak."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from xlmodel.sizing.replica import Service, service_speed

if TYPE_CHECKING:
    from xlmodel.sizing.layout import Layout
    from xlmodel.sizing.precision import Format
    from xlmodel.sizing.specs import GpuSpec, ModelSpec, SizingConstants
    from xlmodel.sizing.speed import Speed

SEARCH_STEPS = 40
TOLERANCE = 1e-6
# between two numbers of requests in flight at which the speed is kept; from here on two further points are enough
_RATIO = 1.6
_POINTS = 4


class Curve:
    """The speed of one copy by the requests in flight; a number of users changes nothing of it.

    Args:
        model: the architecture.
        fmt: how the GPU runs the weights.
        gpu: the card.
        layout: the spread of one copy.
        service: requests and limits.
        constants: the fitted constants.
        most: most requests in flight.
    """

    def __init__(
        self,
        model: ModelSpec,
        fmt: Format,
        gpu: GpuSpec,
        layout: Layout,
        service: Service,
        constants: SizingConstants,
        most: float,
    ) -> None:
        """Keep what the speed rests on; nothing is computed before it is asked for."""
        self._of = model, fmt, gpu, layout
        self._under = service, constants
        steps = max(1, math.ceil(math.log(most) / math.log(_RATIO)))
        self._requests: list[float] = [*(most ** (step / steps) for step in range(steps)), most]
        self._speeds: dict[int, Speed] = {}

    def at(self, requests: float) -> Speed:
        """Return the speed at a number of requests in flight."""
        # a layout that stands has a speed at any number of requests
        return cast("Speed", service_speed(*self._of, requests, *self._under))

    def delivering(self, rate: float) -> Speed:
        """Return the point that delivers a rate; one request alone may deliver more.

        Requests in flight n = rate × time of one request (Little's law): the root of n − rate × n / tokens_per_s(n)
        by inverse interpolation within a bracket of kept points.

        Args:
            rate: output tokens per second, at most those at the most requests.
        """
        alone = self._kept(0)
        if alone.tokens_per_s >= rate:
            return alone
        below, above = 0, len(self._requests) - 1
        while above - below > 1:
            middle = (below + above) // 2
            below, above = (middle, above) if self._excess(middle, rate) < 0 else (below, middle)
        around = (place for place in (below - 1, above + 1) if 0 <= place < len(self._requests))
        points = [(self._requests[place], self._excess(place, rate)) for place in (*around, below, above)]
        low, high = self._requests[below], self._requests[above]
        point = self._kept(above)
        for _ in range(SEARCH_STEPS):
            requests, excess = points[-1]
            if abs(excess) <= TOLERANCE * requests:
                break
            requests = _at_zero(points)
            if not low < requests < high:
                requests = (low + high) / 2
            point = self.at(requests)
            excess = requests * (1.0 - rate / point.tokens_per_s)
            low, high = (requests, high) if excess < 0 else (low, requests)
            points = [*points[1 - _POINTS :], (requests, excess)]
        return point

    def _kept(self, place: int) -> Speed:
        if place not in self._speeds:
            self._speeds[place] = self.at(self._requests[place])
        return self._speeds[place]

    def _excess(self, place: int, rate: float) -> float:
        return self._requests[place] * (1.0 - rate / self._kept(place).tokens_per_s)


def _at_zero(points: list[tuple[float, float]]) -> float:
    """Return the argument at which a value of 0 is expected: Neville's scheme through (argument, value).

    NaN where two values are the same.
    """
    found = [argument for argument, _ in points]
    for width in range(1, len(points)):
        for start in range(len(points) - width):
            left, right = points[start][1], points[start + width][1]
            if left == right:
                return math.nan
            found[start] = (right * found[start] - left * found[start + 1]) / (right - left)
    return found[0]


@lru_cache(maxsize=4096)
def curve(
    model: ModelSpec,
    fmt: Format,
    gpu: GpuSpec,
    layout: Layout,
    service: Service,
    constants: SizingConstants,
    most: float,
) -> Curve:
    """Return the curve of one copy, kept: arguments as those of `Curve`."""
    return Curve(model, fmt, gpu, layout, service, constants, most)
