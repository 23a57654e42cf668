"""Rules of the catalog that span rows: figures, names and aliases, sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlmodel.catalog.load import ITEM_TABLES, LABELLED_KINDS
from xlmodel.catalog.lookup import normalise
from xlmodel.catalog.raw import STRUCTURE, WHOLE_ROW, Finding, Folder, Sheet
from xlmodel.catalog.tables import parse_iso

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlmodel.catalog.references import References
    from xlmodel.catalog.tables import Column, Row

_FIGURE_KEY = ("item", "field", "provider", "region", "effective_from")
_ENDS = ("low", "value", "high")
# 0 says something of these: the server is in the card's price
_MAY_BE_ZERO = frozenset({"server_share"})
# files of aliases whose kind is not written in the row
_ALIAS_FILES = {"aliases": "", "gpu_aliases": "gpu", "model_aliases": "open_model"}


def figure_findings(found: Folder, tables: list[str], references: References) -> Iterator[Finding]:
    """Find figures without a positive value, of an unknown item, in a wrong unit, or given twice.

    Args:
        found: the folder's files.
        tables: names of the figure tables.
        references: the known items.
    """
    fields = {row.get("field", ""): row for _, row in found.rows("fields")}
    seen: dict[tuple[str, ...], str] = {}
    for name in tables:
        sheet = found.sheets.get(name)
        if sheet is None or not {*_FIGURE_KEY, *_ENDS, "unit", "currency"} <= set(sheet.header):
            continue
        for line, row in sheet.rows:
            yield from _price_findings(sheet, line, row)
            field = fields.get(row["field"])
            if field is not None and references.known(field.get("item_kind", "")):
                yield from _field_findings(sheet, line, row, field, references)
            before = seen.setdefault(tuple(row[key] for key in _FIGURE_KEY), f"{name}.csv:{line}")
            if before != f"{name}.csv:{line}":
                what = (
                    f"the same {', '.join(_FIGURE_KEY)} as {before}; a new price takes a new effective_from"
                )
                yield sheet.finding(line, WHOLE_ROW, what)


def _price_findings(sheet: Sheet, line: int, row: Row) -> Iterator[Finding]:
    if not row["value"] and not (row["low"] and row["high"]):
        yield sheet.finding(line, "value", "give a value, or low and high")
    for key in _ENDS:
        try:
            amount = float(row[key] or 1)
        except ValueError:
            continue  # the column's type reports it
        if amount < 0 or (amount == 0 and row["field"] not in _MAY_BE_ZERO):
            yield sheet.finding(line, key, f"{row[key]} is not positive; leave out what has no price")


def _field_findings(
    sheet: Sheet, line: int, row: Row, field: Row, references: References
) -> Iterator[Finding]:
    kind = field.get("item_kind", "")
    what = references.problem(kind, row["item"])
    if what is not None:
        yield sheet.finding(line, "item", f"{what}, which the field {row['field']} takes")
    unit = field.get("unit", "").replace("CNY", row["currency"] or "CNY")
    if row["unit"] != unit:
        yield sheet.finding(
            line, "unit", f"'{row['unit']}' where {row['field']} in {row['currency']} is {unit}"
        )


def name_findings(found: Folder, references: References) -> Iterator[Finding]:
    """Find names that mean two items, aliases of unknown items, and aliases that change nothing."""
    meaning: dict[tuple[str, str], tuple[str, str]] = {}
    for sheet, line, column, kind, item, name in _own_names(found):
        here = f"{sheet.name}.csv:{line}"
        item_before, where = meaning.setdefault((kind, normalise(name)), (item, here))
        if item_before != item:
            what = f"'{name}' also means the {_words(kind)} {item_before} ({where})"
            yield sheet.finding(line, column, what)
        elif where != here and sheet.name in STRUCTURE:
            yield sheet.finding(line, column, f"'{name}' is already in {where}")
    for file, fixed_kind in _ALIAS_FILES.items():
        aliases = found.sheets.get(file)
        if aliases is None or not {"alias", "item"} <= set(aliases.header):
            continue
        for line, row in aliases.rows:
            kind = fixed_kind or row.get("kind", "")
            problem = references.problem(kind, row["item"])
            if problem is not None:
                yield aliases.finding(line, "item", problem)
                continue
            here = f"{file}.csv:{line}"
            item_before, where = meaning.setdefault((kind, normalise(row["alias"])), (row["item"], here))
            if item_before != row["item"]:
                what = f"'{row['alias']}' also means the {_words(kind)} {item_before} ({where})"
                yield aliases.finding(line, "alias", what)
            elif where != here:
                what = f"'{row['alias']}' is redundant: {where} already gives {item_before} this name"
                yield aliases.finding(line, "alias", what)


def _own_names(found: Folder) -> Iterator[tuple[Sheet, int, str, str, str, str]]:
    """Yield file, line, column, kind, item and name for every name that an item has by itself."""
    places = [(table, kind, "item") for kind, table in ITEM_TABLES.items()]
    for file, kind, key in [
        *places,
        ("_tables", "table", "table"),
        ("fields", "field", "field"),
        ("terms", "", "item"),
    ]:
        sheet = found.sheets.get(file)
        if sheet is None:
            continue
        for line, row in sheet.rows:
            of_kind, item = kind or row.get("kind", ""), row.get(key, "")
            columns = (key, "zh", "en") if of_kind in LABELLED_KINDS else (key,)
            for column in columns:
                if row.get(column):
                    yield sheet, line, column, of_kind, item, row[column]


def _words(kind: str) -> str:
    return kind.replace("_", " ")


def is_date(text: str) -> bool:
    """Tell whether a text is a date written YYYY-MM-DD, the one form that sorts as text."""
    return len(text) == len("2026-01-31") and parse_iso(text) is not None


def source_findings(found: Folder, schemas: dict[str, list[Column]]) -> Iterator[Finding]:
    """Find sources that no row uses, sources listed twice, and rows dated after the release.

    Args:
        found: the folder's files.
        schemas: the columns of each file.
    """
    used: set[str] = set()
    release = max(found.column("_release", "date"), default="")
    for name, schema in schemas.items():
        for column in schema:
            if column.reference == "source":
                used.update(found.column(name, column.key))
        for line, row in found.rows(name):
            if is_date(release) and is_date(row.get("as_of", "")) and row["as_of"] > release:
                what = (
                    f"{row['as_of']} is after the release of {release}; date the release in _release.csv anew"
                )
                yield found.sheets[name].finding(line, "as_of", what)
    first: dict[str, int] = {}
    for line, row in found.rows("sources"):
        source = row.get("source", "")
        if first.setdefault(source, line) != line:
            yield found.sheets["sources"].finding(
                line, "source", f"'{source}' is already on line {first[source]}"
            )
        elif source not in used and row.get("used_by") == "catalog":
            yield found.sheets["sources"].finding(line, "source", f"no row uses '{source}'; remove it")
