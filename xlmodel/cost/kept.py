"""Results that rest on a catalog and on assumptions, kept by the identity of both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from xlmodel.catalog.tables import Catalog
    from xlmodel.inputs.model import Inputs

Made = TypeVar("Made")


class Kept(Generic[Made]):
    """A bounded store; it forgets all where it is full.

    Args:
        most: entries held at once.
    """

    def __init__(self, most: int = 1024) -> None:
        """Start empty."""
        self._most = most
        self._found: dict[Hashable, tuple[Catalog, Inputs, Made]] = {}

    def get(self, catalog: Catalog, inputs: Inputs, key: Hashable, make: Callable[[], Made]) -> Made:
        """Return what was made of a catalog, assumptions and a key, or make it.

        Args:
            catalog: facts; compared by identity.
            inputs: assumptions; compared by identity.
            key: all else that the result rests on.
            make: makes it; what it raises is not kept.
        """
        where = id(catalog), id(inputs), key
        found = self._found.get(where)
        if found is None:
            made = make()
            if len(self._found) >= self._most:
                self._found.clear()
            # catalog and inputs are held beside the result, so that their identity cannot pass to others
            found = self._found[where] = catalog, inputs, made
        return found[2]
