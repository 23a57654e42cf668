"""The catalog's check: a broken row is one line with file, line, column and what is wrong."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from xlmodel.catalog.csv_text import day_of_number, hidden_sign
from xlmodel.catalog.field_rules import figure_findings, is_date, name_findings, source_findings
from xlmodel.catalog.load import FIGURE_COLUMNS, read_catalog
from xlmodel.catalog.lookup import normalise
from xlmodel.catalog.price_rules import field_rule_findings, price_findings, unit_findings
from xlmodel.catalog.raw import STRUCTURE, WHOLE_ROW, Finding, Folder, Sheet, read_folder
from xlmodel.catalog.references import References
from xlmodel.catalog.tables import Column
from xlmodel.errors import CatalogError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from xlmodel.catalog.tables import Catalog

_PLAIN_TYPES = frozenset({"text", "number", "integer", "date"})


def check(folder: Path) -> list[Finding]:
    """Check a catalog folder: files, columns, cells, figures, names and sources.

    Args:
        folder: as written by `xlmodel catalog export`.

    Returns:
        What is wrong, sorted by file and line; empty when nothing is.

    Raises:
        CatalogError: no such folder.
    """
    if not folder.is_dir():
        raise CatalogError(f"{folder}: no such folder; give a folder written by 'xlmodel catalog export'")
    found = read_folder(folder)
    references = References(found)
    findings = list(found.findings)
    schemas = _schemas(found)
    findings += _schema_findings(found, references)
    for name, sheet in found.sheets.items():
        schema = schemas.get(name, [])
        findings += _header_findings(sheet, schema)
        for column in schema:
            if column.key in sheet.header and _is_type(column.type):
                findings += _column_findings(sheet, column, references)
        findings += _range_findings(sheet, schema)
        findings += _item_findings(sheet, name in figure_tables(found))
    findings += figure_findings(found, figure_tables(found), references)
    findings += price_findings(found, figure_tables(found))
    findings += field_rule_findings(found)
    findings += unit_findings(found)
    findings += name_findings(found, references)
    findings += source_findings(found, schemas)
    return sorted(set(findings))


def checked_catalog(folder: Path) -> Catalog:
    """Return the catalog of a folder that passes the check.

    Args:
        folder: as written by `xlmodel catalog export`.

    Raises:
        CatalogError: no such folder, or its first finding, in one line.
    """
    findings = check(folder)
    if findings:
        more = (
            f"; {len(findings)} in all, 'xlmodel catalog check {folder}' lists them" if findings[1:] else ""
        )
        raise CatalogError(f"{folder}: {findings[0]}{more}")
    return read_catalog(folder)


def figure_tables(found: Folder) -> list[str]:
    """Return the names of the tables whose rows are figures."""
    return [row.get("table", "") for _, row in found.rows("_tables") if row.get("nature") == "figures"]


def _schemas(found: Folder) -> dict[str, list[Column]]:
    described: dict[str, list[Column]] = {}
    for _, row in found.rows("_columns"):
        keys = ("column", "type", "unit", "required", "reference", "zh", "en")
        key, type_, unit, required, reference, zh, en = (row.get(each, "") for each in keys)
        described.setdefault(row.get("table", ""), []).append(
            Column(key, type_, unit, required == "yes", reference, zh, en)
        )
    figures = set(figure_tables(found))
    return {
        name: described.get(FIGURE_COLUMNS if name in figures else name, [])
        for name in (*STRUCTURE, *found.column("_tables", "table"))
    }


def _schema_findings(found: Folder, references: References) -> Iterator[Finding]:
    """Find descriptions of columns that describe nothing, twice, or by an unknown type or reference."""
    sheet = found.sheets.get("_columns")
    if sheet is None:
        return
    tables = {FIGURE_COLUMNS, *STRUCTURE, *found.column("_tables", "table")}
    names: dict[tuple[str, str], str] = {}
    for line, row in sheet.rows:
        table, key, type_, reference = (
            row.get(each, "") for each in ("table", "column", "type", "reference")
        )
        if table not in tables:
            yield sheet.finding(line, "table", f"'{table}' is not listed in _tables.csv")
        if not _is_type(type_):
            yield sheet.finding(
                line, "type", f"'{type_}' is no type: text, number, integer, date, or choices between |"
            )
        if reference and not references.known(reference):
            yield sheet.finding(line, "reference", f"'{reference}' names no kind of item and no table.column")
        elif reference:
            problems = (references.problem(reference, choice) for choice in _choices(type_))
            yield from (
                sheet.finding(line, "type", f"{what}; give it a row in terms.csv")
                for what in problems
                if what
            )
        for name in {normalise(row.get(each, "")) for each in ("column", "zh", "en")} - {""}:
            other = names.setdefault((table, name), key)
            if other != key or (name == normalise(key) and _described(sheet, table, key) < line):
                yield sheet.finding(
                    line, "column", f"'{table}' has this column name twice: {other} and {key}"
                )


def _is_type(text: str) -> bool:
    return text in _PLAIN_TYPES or bool(_choices(text))


def _choices(text: str) -> list[str]:
    return text.split("|") if "|" in text else []


def _described(sheet: Sheet, table: str, key: str) -> int:
    return next(line for line, row in sheet.rows if (row.get("table"), row.get("column")) == (table, key))


def _header_findings(sheet: Sheet, schema: list[Column]) -> Iterator[Finding]:
    keys = [column.key for column in schema]
    if not keys:
        yield sheet.finding(1, WHOLE_ROW, "no columns are described for it in _columns.csv")
        return
    for key in keys:
        if key not in sheet.header:
            yield sheet.finding(1, key, "missing column")
    for key, count in Counter(sheet.header).items():
        if key not in keys:
            yield sheet.finding(1, key, f"unknown column; _columns.csv has {', '.join(keys)}")
        elif count > 1:
            yield sheet.finding(1, key, f"stands {count} times in the header")


def _column_findings(sheet: Sheet, column: Column, references: References) -> Iterator[Finding]:
    for line, row in sheet.rows:
        text = row[column.key]
        if not text:
            if column.required:
                yield sheet.finding(line, column.key, "required, but empty")
            continue
        what = _cell_problem(column, text)
        if what is None and column.reference and references.known(column.reference):
            what = references.problem(column.reference, text)
        if what is not None:
            yield sheet.finding(line, column.key, what)


def _cell_problem(column: Column, text: str) -> str | None:
    """Return what is wrong with the text of a cell under its column's type, or None."""
    if column.type == "text":
        hidden = hidden_sign(text.replace("\n", ""))
        return f"holds the sign {hidden}, which a screen would act on; remove it" if hidden else None
    if column.type == "date":
        return None if is_date(text) else _no_date(text)
    if column.type in {"number", "integer"}:
        number = number_of(text)
        if number is None:
            return f"'{text}' is no number"
        if column.type == "integer" and not number.is_integer():
            return f"'{text}' must be a whole number"
        return f"'{text}' is negative" if column.unit and number < 0 else None
    choices = _choices(column.type)
    return None if text in choices else f"'{text}' is none of {', '.join(choices)}"


def _no_date(text: str) -> str:
    day = day_of_number(text)
    return f"'{text}' is no date YYYY-MM-DD" + (f"; as a day number of Excel it is {day}" if day else "")


def number_of(text: str) -> float | None:
    """Return the finite number that a cell holds, or None."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and "_" not in text else None


def _range_findings(sheet: Sheet, schema: list[Column]) -> Iterator[Finding]:
    """Find ranges whose ends or middle are out of order; `x_low`, `x` (or `x_value`) and `x_high` are one range."""
    numbers = [column.key for column in schema if column.type in {"number", "integer"}]
    for low in (key for key in numbers if "low" in key.split("_")):
        parts = low.split("_")
        middles = (
            "_".join(part for part in parts if part != "low") or "value",
            "_".join("value" if part == "low" else part for part in parts),
        )
        high = "_".join("high" if part == "low" else part for part in parts)
        keys = [key for key in (low, *dict.fromkeys(middles), high) if key in numbers and key in sheet.header]
        for line, row in sheet.rows:
            ends = [(key, number_of(row[key])) for key in keys]
            given = [(key, number) for key, number in ends if number is not None]
            for (left, smaller), (right, larger) in pairwise(given):
                if smaller > larger:
                    yield sheet.finding(line, right, f"{row[right]} is less than {left} {row[left]}")


def _item_findings(sheet: Sheet, figures: bool) -> Iterator[Finding]:
    """Find items listed twice; the items of a figure table repeat by field and date."""
    if figures or "item" not in sheet.header or sheet.name in STRUCTURE:
        return
    first: dict[str, int] = {}
    for line, row in sheet.rows:
        before = first.setdefault(normalise(row["item"]), line)
        if before != line:
            yield sheet.finding(line, "item", f"'{row['item']}' is already on line {before}")
