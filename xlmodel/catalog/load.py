"""Read the catalog from a folder of CSV files; a broken row is one line: file, line, column, what."""

from __future__ import annotations

import csv
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from xlmodel.catalog.csv_text import decoded, iso_date, records
from xlmodel.catalog.fields import parse_field, parse_unit, tiers
from xlmodel.catalog.lookup import OF_PROVIDER, Names, normalise
from xlmodel.catalog.tables import Catalog, CatalogTable, Column, Figure, Row
from xlmodel.errors import CatalogError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

DATA = Path(__file__).parent / "data"

# kind of item -> the table whose column `item` lists it
ITEM_TABLES = {
    "gpu": "gpus",
    "open_model": "models",
    "api_model": "api_models",
    "tier": "tiers",
    "size_class": "size_classes",
}
# the schema that all figure tables share
FIGURE_COLUMNS = "*figures"
# kinds whose items are also known by their Chinese and English labels
LABELLED_KINDS = frozenset(
    {"tier", "size_class", "deployment", "pricing", "table", "currency", "tax", "provider"}
)


def read_rows(path: Path) -> list[Row]:
    """Read a CSV file as rows of text, or raise CatalogError naming file and line."""
    try:
        found = records(decoded(path.read_bytes()))
        header = next(found, (1, []))[1]
        rows = []
        for line, cells in found:
            if len(cells) != len(header):
                raise CatalogError(
                    f"{path.name}:{line}: {len(header)} columns expected, check the commas and quotes"
                )
            rows.append(dict(zip(header, cells, strict=True)))
    except FileNotFoundError:
        raise CatalogError(
            f"{path}: no such file; a catalog folder holds every table of _tables.csv"
        ) from None
    except OSError as error:
        raise CatalogError(f"{path}: cannot be read: {error.strerror or error}") from None
    except (csv.Error, ValueError) as error:
        raise CatalogError(f"{path.name}: not readable as CSV: {error}") from None
    return rows


def read_catalog(folder: Path = DATA) -> Catalog:
    """Read a catalog folder.

    Args:
        folder: holds `_tables.csv`, `_columns.csv`, `_release.csv` and one CSV a table.

    Raises:
        CatalogError: a missing file or a number that is none; `check.py` tests the rest.
    """
    if not folder.is_dir():
        raise CatalogError(f"{folder}: no such folder; give a folder written by 'xlmodel catalog export'")
    try:
        return _read(folder)
    except KeyError as error:
        raise CatalogError(
            f"{folder}: a file lacks the column {error}; 'xlmodel catalog check {folder}' says which"
        ) from None


def _read(folder: Path) -> Catalog:
    columns: dict[str, list[Column]] = {}
    for row in read_rows(folder / "_columns.csv"):
        columns.setdefault(row["table"], []).append(
            Column(
                row["column"],
                row["type"],
                row["unit"],
                row["required"] == "yes",
                row["reference"],
                row["zh"],
                row["en"],
            )
        )
    tables: dict[str, CatalogTable] = {}
    for row in read_rows(folder / "_tables.csv"):
        name, figures = row["table"], row["nature"] == "figures"
        schema = tuple(columns.get(FIGURE_COLUMNS if figures else name, ()))
        rows = read_rows(folder / f"{name}.csv")
        date_rows(rows, [column.key for column in schema if column.type == "date"])
        tables[name] = CatalogTable(name, figures, row["zh"], row["en"], schema, tuple(rows))
    release = read_rows(folder / "_release.csv")
    if not release:
        raise CatalogError("_release.csv: no row; give it version and date")
    names = _names(folder, tables)
    fields = [parse_field(line, row) for line, row in enumerate(read_rows(folder / "fields.csv"), start=2)]
    units = [parse_unit(line, row) for line, row in enumerate(read_rows(folder / "units.csv"), start=2)]
    return Catalog(
        tables=tables,
        names=names,
        figures=_figures(tables, names),
        version=release[0]["version"],
        release_date=iso_date(release[0]["date"]),
        fields={field.key: field for field in fields},
        units={unit.key: unit for unit in units},
        tiers=tiers(fields),
    )


def date_rows(rows: Iterable[Row], keys: Iterable[str]) -> None:
    """Write the dates of rows, in the columns of these keys, in ISO form, the one that sorts as text."""
    keys = list(keys)
    for row in rows:
        for key in keys:
            if key in row:
                row[key] = iso_date(row[key])


@lru_cache(maxsize=1)
def built_in() -> Catalog:
    """Return the catalog that ships with the package."""
    return read_catalog(DATA)


def parse_figure(table: str, line: int, row: Row) -> Figure:
    """Turn a row of a figure table into a Figure.

    Equation: value = (low + high) / 2 where the row gives a range alone; an end that is not given is the value.
    """
    low, value, high = (_number(table, line, key, row[key]) for key in ("low", "value", "high"))
    midpoint = value is None and low is not None and high is not None
    if value is None:
        if low is None or high is None:
            raise CatalogError(f"{table}.csv:{line}: value: give a value, or low and high")
        value = (low + high) / 2
    return Figure(
        item=row["item"],
        field=row["field"],
        low=value if low is None else low,
        value=value,
        high=value if high is None else high,
        unit=row["unit"],
        currency=row["currency"],
        tax=row["tax"],
        bound=row["bound"],
        provider=row["provider"],
        region=row["region"],
        effective_from=row["effective_from"],
        as_of=row["as_of"],
        source=row["source"],
        kind=row["kind"],
        note=row["note"],
        table=table,
        midpoint=midpoint,
    )


def _number(table: str, line: int, column: str, text: str) -> float | None:
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        raise CatalogError(f"{table}.csv:{line}: {column}: '{text}' is no number") from None


def home_provider(kind: str, item: str, api_models: Iterable[Row]) -> str:
    """Return the provider whose figures are an item's own: that of `api_models.csv`; for other kinds, none named."""
    if kind != "api_model":
        return ""
    return next((row["provider"] for row in api_models if row["item"] == item), "")


def _figures(tables: dict[str, CatalogTable], names: Names) -> dict[tuple[str, str], tuple[Figure, ...]]:
    """Gather the figures by item and field; a second provider's by `item @provider`, told to the names."""
    api_models = tables["api_models"].rows if "api_models" in tables else ()
    found: dict[tuple[str, str], list[Figure]] = {}
    for table in tables.values():
        if table.figures:
            for line, row in enumerate(table.rows, start=2):
                figure = parse_figure(table.name, line, row)
                kind = names.kind_of_field.get(figure.field, "")
                home = home_provider(kind, figure.item, api_models)
                listed = names.providers.setdefault((kind, figure.item), {normalise(home): figure.item})
                if normalise(figure.provider) not in listed:
                    listed[normalise(figure.provider)] = f"{figure.item}{OF_PROVIDER}{figure.provider}"
                figure = replace(figure, item=listed[normalise(figure.provider)])
                found.setdefault((figure.item, figure.field), []).append(figure)
    return {key: tuple(sorted(rows, key=lambda row: row.effective_from)) for key, rows in found.items()}


def _names(folder: Path, tables: dict[str, CatalogTable]) -> Names:
    names = Names()
    for kind, item, zh, en in _items(folder, tables):
        names.labels.setdefault(kind, {})[item] = (zh, en)
        names.exact.setdefault(kind, {})[normalise(item)] = item
        if kind in LABELLED_KINDS:
            for label in (zh, en):
                names.exact[kind].setdefault(normalise(label), item)
    for row in read_rows(folder / "aliases.csv"):
        names.exact.setdefault(row["kind"], {}).setdefault(normalise(row["alias"]), row["item"])
    for kind, file in (("gpu", "gpu_aliases"), ("open_model", "model_aliases")):
        for row in read_rows(folder / f"{file}.csv"):
            names.exact.setdefault(kind, {}).setdefault(normalise(row["alias"]), row["item"])
    for row in read_rows(folder / "fields.csv"):
        names.kind_of_field[row["field"]] = row["item_kind"]
    for row in read_rows(folder / "units.csv"):
        unit = row["unit"]
        for name in (unit, *names.labels.get("unit", {}).get(unit, ())):
            names.exact.setdefault("unit", {}).setdefault(normalise(name), unit)
    return names


def _items(folder: Path, tables: dict[str, CatalogTable]) -> Iterator[tuple[str, str, str, str]]:
    for kind, table in ITEM_TABLES.items():
        if table in tables:
            labelled = kind in {"tier", "size_class"}
            for row in tables[table].rows:
                item = row["item"]
                yield kind, item, row["zh"] if labelled else item, row["en"] if labelled else item
    for each in tables.values():
        yield "table", each.name, each.zh, each.en
    for row in read_rows(folder / "fields.csv"):
        yield "field", row["field"], row["zh"], row["en"]
    for row in read_rows(folder / "terms.csv"):
        yield row["kind"], row["item"], row["zh"], row["en"]
