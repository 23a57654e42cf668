"""What a cell of the catalog may name: items of a kind, GPU configurations, rows of other tables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from xlmodel.catalog.load import ITEM_TABLES
from xlmodel.catalog.lookup import normalise, split_config
from xlmodel.errors import BadValueError

if TYPE_CHECKING:
    from xlmodel.catalog.raw import Folder

_COUNT_RANGE = re.compile(r"^(\d+)~(\d+)(?=\s*[xX×*])")
_CONFIG = "gpu_config"


class References:
    """The names that the cells of a catalog folder may refer to.

    Args:
        found: the folder's files.
    """

    def __init__(self, found: Folder) -> None:
        """Gather the items of every kind, and every column that a reference may name."""
        self._found = found
        self.items: dict[str, list[str]] = {
            kind: found.column(table, "item") for kind, table in ITEM_TABLES.items()
        }
        self.items["field"] = found.column("fields", "field")
        self.items["source"] = found.column("sources", "source")
        self.items["table"] = found.column("_tables", "table")
        for _, row in found.rows("terms"):
            self.items.setdefault(row.get("kind", ""), []).append(row.get("item", ""))
        self.items["kind"] = list(self.items)
        self._sets = {kind: set(items) for kind, items in self.items.items()}

    def known(self, reference: str) -> bool:
        """Tell whether a reference of `_columns.csv` can be followed."""
        kind = self._kind(reference)
        if kind in self._sets or kind == _CONFIG:
            return True
        table, _, column = reference.partition(".")
        return table in self._found.sheets and column in self._found.sheets[table].header

    def problem(self, reference: str, text: str) -> str | None:
        """Return what is wrong with a cell that refers to something, or None.

        Args:
            reference: a kind of item, its plural for a list between semicolons, `gpu_config`, or `table.column`.
            text: the cell.
        """
        kind = self._kind(reference)
        parts = [part.strip() for part in text.split(";")] if kind != reference else [text]
        for part in parts:
            what = self._one(kind, part)
            if what is not None:
                return what
        return None

    def _kind(self, reference: str) -> str:
        """Return the kind that a reference names; the plural of a kind means a list."""
        singular = reference.removesuffix("s")
        if reference not in self._sets and (singular in self._sets or singular == _CONFIG):
            return singular
        return reference

    def _one(self, kind: str, name: str) -> str | None:
        if kind == _CONFIG:
            return self._config(name)
        if "." in kind:
            table, _, column = kind.partition(".")
            return None if name in self._found.column(table, column) else f"'{name}' is not in {table}.csv"
        return self._name(kind, name)

    def _config(self, text: str) -> str | None:
        counts = _COUNT_RANGE.match(text)
        if counts and int(counts[1]) >= int(counts[2]):
            return f"'{text}': the counts must rise"
        try:
            _, gpu = split_config(text[counts.end(1) + 1 :] if counts else text)
        except BadValueError as error:
            return str(error)
        return self._name("gpu", gpu)

    def _name(self, kind: str, name: str) -> str | None:
        if name in self._sets.get(kind, ()):
            return None
        form = normalise(name)
        meant = [item for item in self.items.get(kind, ()) if normalise(item) == form]
        hint = f"; write '{meant[0]}'" if meant else ""
        return f"'{name}' is no known {kind.replace('_', ' ')}{hint}"
