"""What the catalog holds: tables, their columns, and dated figures with their sources."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from xlmodel.catalog.lookup import Names, normalise
from xlmodel.errors import CellError, NotAvailableError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: key, type, unit and labels.

    Args:
        key: the header in the file and in LLM_CATALOG.
        type: text, number, integer, date, or choices separated by `|`.
        unit: unit of the numbers.
        required: whether a cell may be empty.
        reference: what the text must name: `source`, `field`, or a kind of item.
        zh: Chinese label.
        en: English label.
    """

    key: str
    type: str
    unit: str
    required: bool
    reference: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class CatalogTable:
    """A table of facts.

    Args:
        name: the file's name without `.csv`.
        figures: whether the rows are figures (item, field, value, ...).
        zh: Chinese title.
        en: English title.
        columns: in the order of the file.
        rows: the cells as text.
    """

    name: str
    figures: bool
    zh: str
    en: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """One published, measured or assumed number with its range and source.

    `value` is the base: the midpoint of low and high where the source gives a range alone.
    """

    item: str
    field: str
    low: float
    value: float
    high: float
    unit: str = ""
    currency: str = "CNY"
    tax: str = "unknown"
    bound: str = ""
    provider: str = ""
    region: str = ""
    effective_from: str = ""
    as_of: str = ""
    source: str = ""
    kind: str = ""
    note: str = ""
    table: str = ""
    midpoint: bool = False

    def at(self, estimate: str) -> float:
        """Return the low, base or high end."""
        if estimate == "low":
            return self.low
        return self.high if estimate == "high" else self.value


@dataclass(frozen=True, slots=True)
class GivenFigure:
    """A figure from a workbook's range: the three ends, or the error its cell holds."""

    low: float
    value: float
    high: float
    error: CellError | None = None


@dataclass(frozen=True)
class Catalog:
    """The facts that a calculation uses.

    Args:
        tables: by name, in the order of `_tables.csv`.
        names: names and aliases of items, fields and terms.
        figures: by (item, field), newest last.
        version: catalog version.
        release_date: prices in force on this day are used unless `price_date` says otherwise.
        given: a workbook's own figures, which stand before the catalog's.
        parsed: rows as typed records, by (table, item), filled by who reads them; of these tables alone.
    """

    tables: Mapping[str, CatalogTable]
    names: Names
    figures: Mapping[tuple[str, str], tuple[Figure, ...]]
    version: str
    release_date: str
    given: Mapping[tuple[str, str], GivenFigure] = field(default_factory=dict)
    parsed: dict[tuple[str, str], Any] = field(default_factory=dict, repr=False, compare=False)

    def overlaid(self, given: Mapping[tuple[str, str], GivenFigure]) -> Catalog:
        """Return the catalog with a workbook's figures standing before its own, new items named; tables are shared."""
        return replace(self, given=given, names=self.names.extended(self._new_items(given)))

    def _new_items(self, given: Mapping[tuple[str, str], GivenFigure]) -> list[tuple[str, str]]:
        kinds = ((self.names.kind_of_field[field_name], item) for item, field_name in given)
        return [(kind, item) for kind, item in kinds if self.names.get(kind, item) is None]

    def table(self, name: str) -> CatalogTable:
        """Return a table by its name or title, or raise NotAvailableError."""
        return self.tables[self.names.find("table", name)]

    def row(self, table: str, item: str) -> Row:
        """Return the row of an item, or raise NotAvailableError."""
        for row in self.tables[table].rows:
            if row["item"] == item:
                return row
        raise NotAvailableError(f"{item}: not in the table {table}")

    def has(self, item: str, field: str) -> bool:
        """Tell whether any figure of this item and field is known."""
        return (item, field) in self.given or (item, field) in self.figures

    def figure(self, item: str, field: str, price_date: str = "") -> Figure:
        """Return the figure in force on a day; a given one replaces low, value and high.

        Args:
            item: canonical name.
            field: canonical field.
            price_date: ISO date; empty means the catalog's release date.

        Raises:
            NotAvailableError: no such figure, or none in force yet.
        """
        given = self.given.get((item, field))
        if given is not None and given.error is not None:
            raise given.error
        rows = self.figures.get((item, field))
        if rows is None:
            if given is None:
                raise NotAvailableError(self._unknown_figure(item, field))
            return Figure(item, field, given.low, given.value, given.high, kind="given")
        day = price_date or self.release_date
        in_force = [row for row in rows if row.effective_from <= day]
        if not in_force and given is None:
            raise NotAvailableError(
                f"{item} {field}: no figure in force on {day}; the first is of {rows[0].effective_from}"
            )
        found = in_force[-1] if in_force else rows[0]
        if given is None:
            return found
        return replace(found, low=given.low, value=given.value, high=given.high)

    def _unknown_figure(self, item: str, field: str) -> str:
        known = sorted({key[1] for key in self.figures if key[0] == item})
        has = f"known for it: {', '.join(known)}" if known else "nothing is published for it"
        return f"{item}: no figure {field}; {has}"


def item_key(catalog: Catalog, item: str, field: str) -> tuple[str, str]:
    """Resolve an item and field as typed to their canonical pair; the field decides the kind of item.

    Args:
        catalog: where names are looked up.
        item: a name or alias.
        field: a field or alias.

    Raises:
        NotAvailableError: unknown or ambiguous item or field.
    """
    names = catalog.names
    found = names.find("field", field)
    return names.find(names.kind_of_field[found], item), found


def parse_iso(text: str) -> date | None:
    """Return the date of an ISO text, or None."""
    from datetime import date  # noqa: PLC0415 - kept out of the start-up path of functions

    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


__all__ = [
    "Catalog",
    "CatalogTable",
    "Column",
    "Figure",
    "GivenFigure",
    "Row",
    "item_key",
    "normalise",
    "parse_iso",
]
