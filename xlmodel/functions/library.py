"""The functions by name, on one catalog."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from xlmodel.catalog.load import built_in
from xlmodel.errors import BadValueError, CellError, NotAvailableError
from xlmodel.functions import (
    advice_functions,
    breakeven_functions,
    capacity_functions,
    catalog_functions,
    checklist_functions,
    coerce,
    context_limit_functions,
    cost_functions,
    hybrid_functions,
    operating_functions,
    risk_functions,
    sizing_functions,
)
from xlmodel.functions.context import ContextCache
from xlmodel.functions.define import Argument, Function, Takes, Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xlmodel.catalog.tables import Catalog
    from xlmodel.functions.context import Context

FUNCTIONS: Mapping[str, Function] = {
    function.name: function
    for group in (
        catalog_functions,
        cost_functions,
        breakeven_functions,
        sizing_functions,
        capacity_functions,
        context_limit_functions,
        risk_functions,
        hybrid_functions,
        operating_functions,
        advice_functions,
        checklist_functions,
    )
    for function in group.DEFINITIONS
}
_CONTEXT = (Takes.ASSUMPTIONS, Takes.FIGURES, Takes.VARIANT)


class _Places(NamedTuple):
    """Where the arguments of a function stand, found once: a call is short beside what it costs to read them.

    Args:
        scalars: place and argument of each that is one cell.
        repeated: the last argument where it may be given any number of times.
        context: places of assumptions, figures and variant; None where the function does not take it.
    """

    scalars: tuple[tuple[int, Argument], ...]
    repeated: Argument | None
    context: tuple[int | None, ...]


def _places(function: Function) -> _Places:
    takes = [argument.takes for argument in function.arguments]
    return _Places(
        tuple(
            (place, argument)
            for place, argument in enumerate(function.arguments)
            if argument.takes not in _CONTEXT and not argument.repeated
        ),
        next((argument for argument in function.arguments if argument.repeated), None),
        tuple(takes.index(kind) if kind in takes else None for kind in _CONTEXT),
    )


_PLACES = {name: _places(function) for name, function in FUNCTIONS.items()}


class Library:
    """The Excel functions on one catalog.

    Args:
        catalog: the facts; None means the built-in ones.
    """

    def __init__(self, catalog: Catalog | None = None) -> None:
        """Keep the catalog, and the contexts that ranges were read into."""
        self.catalog = built_in() if catalog is None else catalog
        self.functions = FUNCTIONS
        self._contexts = ContextCache(self.catalog)

    def call(self, name: str, *args: object) -> Value:
        """Compute a function as a cell would.

        Args:
            name: the Excel name, in any case.
            args: numbers, text, booleans, None for a blank, rows for a range, CellError for an error.

        Raises:
            CellError: with the code the cell shows and the message for the person.
        """
        function = self.find(name)
        declared = function.arguments
        if len(args) > len(declared) and function.most is not None:
            raise BadValueError(f"{function.name}: at most {len(declared)} arguments, found {len(args)}")
        for value in args:
            if isinstance(value, CellError):
                raise value
        places, given = _PLACES[function.name], len(args)
        values = [
            coerce.scalar(argument, args[place] if place < given else None)
            for place, argument in places.scalars
        ]
        if places.repeated is not None:
            values += [coerce.scalar(places.repeated, each) for each in args[len(declared) - 1 :]]
        context = [args[place] if place is not None and place < given else None for place in places.context]
        return function.run(self._contexts.context(*context), *values)

    def context(self, assumptions: object, figures: object, variant: object) -> Context:
        """Return the catalog and the assumptions of a call that is given these.

        Args:
            assumptions: a range or text.
            figures: a range.
            variant: text.

        Raises:
            CellError: as for a cell.
        """
        return self._contexts.context(assumptions, figures, variant)

    def find(self, name: str) -> Function:
        """Return a function by its name, in any case.

        Raises:
            NotAvailableError: unknown (#NAME?); the message lists the nearest names.
        """
        if not isinstance(name, str):
            raise NotAvailableError(
                f"the name of a function is text, found {type(name).__name__}", code="#NAME?"
            )
        if name in self.functions:
            return self.functions[name]
        from difflib import get_close_matches  # noqa: PLC0415 - only for a miss

        upper = name.strip().upper()
        if upper in self.functions:
            return self.functions[upper]
        near = ", ".join(get_close_matches(upper, self.functions, n=3, cutoff=0.5))
        raise NotAvailableError(
            f"unknown function {name}; " + (f"nearest: {near}" if near else "'xlmodel functions' lists them"),
            code="#NAME?",
        )


@lru_cache(maxsize=1)
def default_library() -> Library:
    """Return the library on the built-in catalog."""
    return Library()
