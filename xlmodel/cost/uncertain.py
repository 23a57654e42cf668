"""What moves a total: the assumptions and figures behind it, each with its range, and the total at any of their values."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

from xlmodel.catalog.tables import Catalog, GivenFigure
from xlmodel.cost import option
from xlmodel.inputs.ranges import Range, ranges
from xlmodel.inputs.register import register

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from xlmodel.catalog.tables import Figure
    from xlmodel.cost.option import Option
    from xlmodel.inputs.model import Inputs
    from xlmodel.inputs.workload import Workload

FigureKey = tuple[str, str]
_READ = ("figures", "read")


@dataclass(frozen=True, slots=True)
class Driver:
    """One number that a total rests on.

    Args:
        name: the assumption's key, or item and field of the figure.
        range: where it may lie.
        figure: the figure; None for an assumption.
    """

    name: str
    range: Range
    figure: Figure | None = None

    def at(self, shares: Iterable[float]) -> list[float]:
        """Return the quantiles of the triangular distribution over its range; see `Range.at`."""
        span = self.range
        width, left, right = span.high - span.low, span.base - span.low, span.high - span.base
        low, high, rising, falling = span.low, span.high, width * left, width * right
        found = [
            low + (share * rising) ** 0.5 if share * width < left else high - ((1 - share) * falling) ** 0.5
            for share in shares
        ]
        whole = self.figure is None and register()[self.name].type == "integer"
        return [float(round(value)) for value in found] if whole else found


class Watched(Catalog):
    """A catalog that remembers which figures were read."""

    def figure(self, item: str, field: str, price_date: str = "", currency: str = "CNY") -> Figure:
        """Return the figure, and remember it; see `Catalog.figure`."""
        found = super().figure(item, field, price_date, currency)
        read: dict[FigureKey, Figure] = self.parsed.setdefault(_READ, {})
        read[item, field] = found
        return found


class Uncertain:
    """A total over the years as a function of what it rests on.

    Args:
        catalog: prices and specifications.
        inputs: assumptions in force.
        found: the option.
        workload: daily users and tokens; None where no use is stated.
        years: number of years.
    """

    def __init__(
        self, catalog: Catalog, inputs: Inputs, found: Option, workload: Workload | None, years: int
    ) -> None:
        """Keep the arguments, and find the figures that the total reads."""
        self._catalog, self._inputs = catalog, inputs
        self._option, self._workload, self._years = found, workload, years
        self.drivers = tuple(self._drivers())
        self._by_name = {each.name: each for each in self.drivers}
        self.base = self.total({})

    def acting(self) -> list[Driver]:
        """Return the drivers at one of whose ends the total is another one."""
        return [
            each
            for each in self.drivers
            if any(self.total({each.name: end}) != self.base for end in (each.range.low, each.range.high))
        ]

    def total(self, values: Mapping[str, float]) -> float:
        """Return the total in CNY with some drivers at other values.

        An assumption that follows a moved one moves with it.

        Args:
            values: name of a driver -> value.

        Raises:
            CellError: the option cannot be costed at these values.
        """
        moved: dict[str, float] = {}
        given: dict[FigureKey, GivenFigure] = {}
        for name, value in values.items():
            figure = self._by_name[name].figure
            if figure is None:
                moved[name] = value
            else:
                ends = GivenFigure(value, value, value, currency=figure.currency, tax=figure.tax)
                given[figure.item, figure.field] = ends
        catalog = replace(self._catalog, given={**self._catalog.given, **given}) if given else self._catalog
        inputs = self._moved(moved) if moved else self._inputs
        flows = option.schedule(catalog, inputs, self._option, self._workload, self._years)
        return flows.total(inputs.discount_rate)

    def _drivers(self) -> Iterator[Driver]:
        for key, each in ranges(self._catalog, self._inputs).items():
            if each.is_open:
                yield Driver(key, each)
        for (item, field), figure in self._figures_read().items():
            base = figure.at(self._inputs.estimate)
            span = Range(min(figure.low, base), base, max(figure.high, base), figure.source, figure.kind)
            if span.is_open:
                yield Driver(f"{item} {field}", span, figure)

    def _moved(self, values: dict[str, float]) -> Inputs:
        moved = dict(values)
        for key, row in register().items():
            if not row.follows or key in moved:
                continue
            factor, followed = row.followed
            follows = getattr(self._inputs, key) == factor * getattr(self._inputs, followed)
            if followed in moved and follows:
                moved[key] = factor * moved[followed]
        return replace(self._inputs, **moved)  # type: ignore[arg-type]  # keys of the register are fields

    def _figures_read(self) -> dict[FigureKey, Figure]:
        """Return the figures that the total reads, watched in one calculation."""
        held = {each.name: getattr(self._catalog, each.name) for each in fields(Catalog)}
        watched = Watched(**{**held, "parsed": dict(self._catalog.parsed)})
        option.schedule(watched, replace(self._inputs), self._option, self._workload, self._years)
        return dict(watched.parsed.get(_READ, {}))
