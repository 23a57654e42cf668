"""What the catalog holds: tables, their columns, and dated figures with their sources."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from xlmodel.catalog.lookup import Names, base_item, normalise
from xlmodel.errors import CellError, NotAvailableError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from xlmodel.catalog.fields import Field, Unit

Row = dict[str, str]
# a list in this currency is never derived from one in another
HOME_CURRENCY = "CNY"
# the prices that a list of an API model must have
_LIST = ("input", "output")
_LISTED_KIND = "api_model"


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
    """A figure from a workbook's range: the three ends in the field's unit, or the error its cells hold.

    A currency or tax that was not given is that of the catalog's figure.
    """

    low: float
    value: float
    high: float
    error: CellError | None = None
    currency: str = ""
    tax: str = ""


@dataclass(frozen=True)
class Catalog:
    """The facts that a calculation uses.

    Args:
        tables: by name, in the order of `_tables.csv`.
        names: names and aliases of items, fields and terms.
        figures: by (item, field), newest last; those of a second provider under `item @provider`.
        version: catalog version.
        release_date: prices in force on this day are used unless `price_date` says otherwise.
        given: a workbook's own figures, which stand before the catalog's.
        parsed: rows as typed records, by (table, item), filled by who reads them; of these tables alone.
        fields: the fields of figures, by key.
        units: the units of money in which a figure may be given, by key.
        tiers: base field -> its prices for longer prompts, the longest first.
    """

    tables: Mapping[str, CatalogTable]
    names: Names
    figures: Mapping[tuple[str, str], tuple[Figure, ...]]
    version: str
    release_date: str
    given: Mapping[tuple[str, str], GivenFigure] = field(default_factory=dict)
    parsed: dict[tuple[str, str], Any] = field(default_factory=dict, repr=False, compare=False)
    fields: Mapping[str, Field] = field(default_factory=dict)
    units: Mapping[str, Unit] = field(default_factory=dict)
    tiers: Mapping[str, tuple[Field, ...]] = field(default_factory=dict)

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
        """Return the row of an item, whichever provider of it is meant, or raise NotAvailableError."""
        base = base_item(item)
        for row in self.tables[table].rows:
            if row["item"] in {item, base}:
                return row
        raise NotAvailableError(f"{item}: not in the table {table}")

    def has(self, item: str, field: str) -> bool:
        """Tell whether any figure of this item and field is known."""
        return (item, field) in self.given or (item, field) in self.figures

    def figure(self, item: str, field: str, price_date: str = "", currency: str = HOME_CURRENCY) -> Figure:
        """Return the figure in force on a day; a given one replaces low, value and high.

        Of an item that is listed in both currencies, the one asked for comes first. A CNY figure is never taken
        from a USD list where a CNY one is known. The figures of an API model come from one list; one that this list
        lacks is that of the other.

        Args:
            item: canonical name; `item @provider` for one that is not the item's own.
            field: canonical field.
            price_date: ISO date; empty means the catalog's release date.
            currency: the list that comes first.

        Raises:
            NotAvailableError: no such figure, or none in force yet.
        """
        given = self.given.get((item, field))
        rows = self.figures.get((item, field), ())
        if given is None:
            if not rows:
                raise NotAvailableError(self._unknown_figure(item, field))
            day = price_date or self.release_date
            return self._in_force(rows, day, self.list_currency(item, field, price_date, currency))
        if given.error is not None:
            raise given.error
        if not rows:
            return self._given_alone(item, field, given)
        listed = self.list_currency(item, field, price_date, HOME_CURRENCY)
        stands_for = self._stands_for(rows, price_date or self.release_date, given.currency or listed)
        # an amount without a currency is in that of the model's list, also where the list lacks this price
        unsaid = listed if self.names.kind_of_field[field] == _LISTED_KIND else stands_for.currency
        return replace(
            stands_for,
            low=given.low,
            value=given.value,
            high=given.high,
            currency=given.currency or unsaid,
            tax=given.tax or stands_for.tax,
        )

    def in_list(self, item: str, field: str, price_date: str, currency: str) -> bool:
        """Tell whether a price stands on the item's list in a currency, so that one bill may take both.

        A given figure does on every list: it is converted by its own currency.
        """
        if (item, field) in self.given:
            return True
        return self._listed(item, field, price_date or self.release_date, currency)

    def bill_currency(self, item: str, price_date: str, currency: str) -> str:
        """Return the currency of the list that the prices of an API model are taken from.

        It is that of a given input price where the output price is given too, or listed in it.
        """
        figure = self.figure(item, _LIST[0], price_date, currency)
        if (item, _LIST[0]) not in self.given or self.in_list(item, _LIST[1], price_date, figure.currency):
            return figure.currency
        return self.list_currency(item, _LIST[0], price_date, currency)

    def list_currency(self, item: str, field: str, price_date: str, currency: str) -> str:
        """Return the currency of the list that a figure is looked up in: that of an API model's input price.

        It is the one asked for where the item has input and output in it, and for any other kind of item.
        """
        if self.names.kind_of_field[field] != _LISTED_KIND:
            return currency
        day = price_date or self.release_date
        if all(self._listed(item, each, day, currency) for each in _LIST):
            return currency
        rows = self.figures.get((item, _LIST[0]), ())
        try:
            return self._in_force(rows, day, currency).currency if rows else currency
        except NotAvailableError:
            return currency

    def on_its_list(self, figure: Figure, price_date: str = "", currency: str = HOME_CURRENCY) -> bool:
        """Tell whether a figure belongs to the list of its item in a currency, or to the one in its place."""
        listed = self.list_currency(figure.item, figure.field, price_date, currency)
        return (
            figure.currency == listed
            or figure.field in _LIST
            or self.names.kind_of_field[figure.field] != _LISTED_KIND
        )

    def _listed(self, item: str, field: str, day: str, currency: str) -> bool:
        rows = self.figures.get((item, field), ())
        return any(row.currency == currency and row.effective_from <= day for row in rows)

    def fact(self, item: str) -> float:
        """Return the number of a row of the table `facts`."""
        return float(self.row("facts", item)["value"])

    def _in_force(self, rows: tuple[Figure, ...], day: str, currency: str) -> Figure:
        known = [row for row in rows if row.currency == currency]
        in_force = [row for row in known if row.effective_from <= day]
        if not in_force and not (known and currency == HOME_CURRENCY):
            in_force = [row for row in rows if row.effective_from <= day]
        if not in_force:
            first = known[0] if known else rows[0]
            raise NotAvailableError(
                f"{first.item} {first.field}: no figure in force on {day}; the first is of {first.effective_from}"
            )
        return in_force[-1]

    def _stands_for(self, rows: tuple[Figure, ...], day: str, currency: str) -> Figure:
        """Return the figure that a given one replaces; before the first day, the first."""
        try:
            return self._in_force(rows, day, currency)
        except NotAvailableError:
            return rows[0]

    def _given_alone(self, item: str, field: str, given: GivenFigure) -> Figure:
        unit = self.fields[field].unit if field in self.fields else ""
        currency = given.currency or HOME_CURRENCY
        return Figure(
            item,
            field,
            given.low,
            given.value,
            given.high,
            unit=unit.replace(HOME_CURRENCY, currency),
            currency=currency,
            tax=given.tax or "unknown",
            kind="given",
        )

    def _unknown_figure(self, item: str, field: str) -> str:
        known = sorted({key[1] for key in self.figures if key[0] == item})
        has = f"known for it: {', '.join(known)}" if known else "nothing is published for it"
        others = [key[0] for key in self.figures if key[1] == field and base_item(key[0]) == base_item(item)]
        elsewhere = f"; listed by another provider: {', '.join(others)}" if others else ""
        return f"{item}: no figure {field}; {has}{elsewhere}"


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
    "HOME_CURRENCY",
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
