"""What each deployment costs this user for a size of model, only as large as it must be to serve."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from xlmodel.cost import compare, serve
from xlmodel.errors import CellError
from xlmodel.inputs.workload import Workload
from xlmodel.sizing import model_spec

if TYPE_CHECKING:
    from xlmodel.catalog.tables import Catalog
    from xlmodel.cost.compare import Line
    from xlmodel.inputs.model import Inputs

# sizes as the documents' rules write them -> the size class that holds their prices
SIZE_CLASSES = {"7B~14B": "7B~14B", "70B": "32B~70B", "671B": "671B"}
YEARS = 3
NATIVE = "native"


class Cost(NamedTuple):
    """The least that a deployment costs for this use.

    Args:
        deployment: api, rent or own.
        what: API model, GPUs or tier; made large enough where the listed one could not serve.
        model: what it runs.
        total: CNY over the years.
    """

    deployment: str
    what: str
    model: str
    total: float


class Costs:
    """The costs of sizes of model for numbers of users, computed once each.

    Args:
        catalog: prices and specifications.
        inputs: assumptions in force.
        input_tokens: a user and day.
        output_tokens: a user and day.
        years: number of years.
    """

    def __init__(
        self, catalog: Catalog, inputs: Inputs, input_tokens: float, output_tokens: float, years: int
    ) -> None:
        """Start with nothing computed."""
        self._catalog, self._inputs = catalog, inputs
        self._tokens, self.years = (input_tokens, output_tokens), years
        self._known: dict[tuple[float, str, str], dict[str, Cost]] = {}

    def of(self, dau: float, model_size: str, precision: str) -> dict[str, Cost]:
        """Return the least cost of each deployment that can serve; one that cannot in any size is left out.

        Args:
            dau: daily users.
            model_size: key of SIZE_CLASSES.
            precision: format of the weights; acts where the assumptions leave it to the model.
        """
        key = dau, model_size, precision
        if key not in self._known:
            self._known[key] = self._least(*key)
        return self._known[key]

    def model(self, model_size: str) -> str:
        """Return the open model that stands for a size."""
        row = self._catalog.row("size_classes", SIZE_CLASSES[model_size])
        return serve.class_model(self._catalog, row)

    def native_precision(self, model_size: str) -> str:
        """Return the format that this model is published in."""
        return model_spec(self._catalog, self.model(model_size)).native_precision

    def _least(self, dau: float, model_size: str, precision: str) -> dict[str, Cost]:
        inputs = self._inputs
        if precision and inputs.precision == NATIVE:
            inputs = replace(inputs, precision=precision)
        found: dict[str, Cost] = {}
        for asked in (SIZE_CLASSES[model_size], self.model(model_size)):
            for line in self._lines(inputs, dau, asked):
                cost = _cost(line)
                if cost and (cost.deployment not in found or cost.total < found[cost.deployment].total):
                    found[cost.deployment] = cost
        return found

    def _lines(self, inputs: Inputs, dau: float, asked: str) -> list[Line]:
        options = compare.options(self._catalog, asked)
        workload = Workload(dau, *self._tokens)
        try:
            return compare.compare(self._catalog, inputs, options, workload, self.years)
        except CellError:  # no GPU with a price serves this model: what is listed for the class stands alone
            return []


def _cost(line: Line) -> Cost | None:
    """Return a line's cost, at the size that serves; None where no size is known to."""
    if line.serves and line.total is not None:
        return Cost(line.option.deployment, line.what, line.model, line.total)
    if line.needs and line.needs_total is not None:
        return Cost(line.option.deployment, line.needs, line.model, line.needs_total)
    return None
