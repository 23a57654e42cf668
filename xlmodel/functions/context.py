"""What a function computes with: the catalog under a workbook's figures, and the assumptions."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from xlmodel.errors import BadValueError
from xlmodel.functions import coerce
from xlmodel.functions.given_figures import figures
from xlmodel.inputs.resolve import resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from xlmodel.catalog.tables import Catalog
    from xlmodel.inputs.model import Inputs

Made = TypeVar("Made")
_OPPOSITE = {"low": "high", "high": "low"}
_KEPT = 256


@dataclass(frozen=True)
class Context:
    """The catalog and the assumptions of one call.

    Args:
        catalog: prices and specifications, given figures standing first.
        inputs: every assumption.
        given: what a person set, by key.
    """

    catalog: Catalog
    inputs: Inputs
    given: dict[str, float | str] = field(default_factory=dict)

    @cached_property
    def opposite(self) -> Context:
        """Return the context with each price at the other end of its range, for the side that is divided by.

        The assumptions stay: they are the same on both sides.
        """
        estimate = _OPPOSITE.get(self.inputs.estimate)
        if estimate is None:
            return self
        return replace(self, inputs=replace(self.inputs, estimate=estimate))

    def money(self, amount_cny: float) -> float:
        """Return an amount in the currency of the results."""
        return amount_cny / self.inputs.fx_cny_per_usd if self.inputs.currency == "USD" else amount_cny


class ContextCache:
    """Contexts by the content of their arguments: a range is read once, not once a call."""

    def __init__(self, catalog: Catalog) -> None:
        """Start empty, on one catalog."""
        self._catalog = catalog
        self._lock = threading.Lock()
        self._overlays: OrderedDict[Hashable, Catalog] = OrderedDict()
        self._contexts: OrderedDict[Hashable, Context] = OrderedDict()

    def context(self, assumptions: object, figures: object, variant: object) -> Context:
        """Return the context of an assumptions range or text, a figures range and a variant text.

        Raises:
            CellError: as the coercions say.
        """
        if assumptions is None and figures is None and variant is None:
            return self._plain
        key = (
            coerce.cells("assumptions", assumptions),
            coerce.cells("figures", figures),
            coerce.cells("variant", variant),
        )
        return _kept(self._lock, self._contexts, key, lambda: self._build(*key))

    @cached_property
    def _plain(self) -> Context:
        """The catalog as it is, every assumption at its default."""
        return self._build("", "", "")

    def _build(
        self, given: str | coerce.Cells, rows: str | coerce.Cells, variant: str | coerce.Cells
    ) -> Context:
        if not isinstance(variant, str):
            raise BadValueError(
                "variant: text such as profile=full; estimate=high is expected, found a range"
            )
        catalog = self._catalog
        if rows != "":
            catalog = _kept(
                self._lock,
                self._overlays,
                rows,
                lambda: self._catalog.overlaid(figures(self._catalog, rows)),
            )
        values = coerce.assumptions(given, variant)
        return Context(catalog, resolve(catalog, values), values)


def _kept(
    lock: threading.Lock, store: OrderedDict[Hashable, Made], key: Hashable, make: Callable[[], Made]
) -> Made:
    with lock:
        if key in store:
            store.move_to_end(key)
            return store[key]
    made = make()
    with lock:
        store[key] = made
        if len(store) > _KEPT:
            store.popitem(last=False)
    return made
