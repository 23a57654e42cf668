"""A catalog folder as it lies on disk: every cell with its file and line, for the check."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from xlmodel.catalog.csv_text import decoded, records
from xlmodel.catalog.load import FIGURE_COLUMNS, date_rows
from xlmodel.catalog.lookup import normalise

if TYPE_CHECKING:
    from pathlib import Path

    from xlmodel.catalog.tables import Row

# the files that describe the tables; all others are the tables that `_tables.csv` lists
STRUCTURE = (
    "_tables",
    "_columns",
    "_release",
    "fields",
    "units",
    "terms",
    "aliases",
    "gpu_aliases",
    "model_aliases",
)
WHOLE_ROW = "-"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Something wrong in a catalog folder.

    Args:
        file: name of the file.
        line: line in the file, from 1; the header is line 1.
        column: the column, or `-` for the whole row.
        what: what is wrong and what to write.
    """

    file: str
    line: int
    column: str
    what: str

    def __str__(self) -> str:
        """Show it as one line: `file:line: column: what`."""
        return f"{self.file}:{self.line}: {self.column}: {self.what}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One CSV file.

    Args:
        name: the file's name without `.csv`.
        header: column keys in the order of the file.
        rows: each row with the line where it begins.
    """

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, Row], ...]

    def finding(self, line: int, column: str, what: str) -> Finding:
        """Return a finding in this file."""
        return Finding(f"{self.name}.csv", line, column, what)


@dataclass
class Folder:
    """The readable files of a catalog folder, and what is wrong with the others.

    Args:
        sheets: by name; a file that cannot be read is absent.
        findings: files that are missing, unreadable, unknown or ambiguous.
    """

    sheets: dict[str, Sheet] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def rows(self, name: str) -> tuple[tuple[int, Row], ...]:
        """Return the rows of a file; none where it could not be read."""
        return self.sheets[name].rows if name in self.sheets else ()

    def column(self, name: str, key: str) -> list[str]:
        """Return the filled cells of a column."""
        return [row[key] for _, row in self.rows(name) if row.get(key)]


def read_folder(folder: Path) -> Folder:
    """Read every file that a catalog folder must hold."""
    found = Folder()
    for name in STRUCTURE:
        _read_into(found, folder, name)
    tables = list(dict.fromkeys(found.column("_tables", "table")))
    for name in tables:
        if name not in STRUCTURE:
            _read_into(found, folder, name)
    _iso_dates(found)
    found.findings += _file_names(folder, {*STRUCTURE, *tables})
    return found


def _iso_dates(found: Folder) -> None:
    """Write the dates of every file in ISO form, where they have the year first."""
    figures = {row.get("table") for _, row in found.rows("_tables") if row.get("nature") == "figures"}
    described = [
        (row.get("table"), row.get("column", ""))
        for _, row in found.rows("_columns")
        if row.get("type") == "date"
    ]
    for name, sheet in found.sheets.items():
        schema = FIGURE_COLUMNS if name in figures else name
        date_rows((row for _, row in sheet.rows), [key for table, key in described if table == schema])


def _read_into(found: Folder, folder: Path, name: str) -> None:
    path = folder / f"{name}.csv"
    try:
        sheet, ragged = _parse(name, decoded(path.read_bytes()))
    except FileNotFoundError:
        found.findings.append(Finding(path.name, 1, WHOLE_ROW, "no such file; a catalog folder holds it"))
    except OSError as error:
        found.findings.append(Finding(path.name, 1, WHOLE_ROW, f"cannot be read: {error.strerror or error}"))
    except (csv.Error, ValueError) as error:
        found.findings.append(Finding(path.name, 1, WHOLE_ROW, f"not readable as CSV: {error}"))
    else:
        found.sheets[name] = sheet
        found.findings += ragged


def _parse(name: str, text: str) -> tuple[Sheet, list[Finding]]:
    found = records(text)
    header = tuple(next(found, (1, []))[1])
    rows: list[tuple[int, Row]] = []
    ragged: list[Finding] = []
    for line, cells in found:
        if len(cells) == len(header):
            rows.append((line, dict(zip(header, cells, strict=True))))
        else:
            what = f"{len(cells)} cells where {len(header)} columns stand; check the commas and quotes"
            ragged.append(Finding(f"{name}.csv", line, WHOLE_ROW, what))
    return Sheet(name, header, tuple(rows)), ragged


def _file_names(folder: Path, known: set[str]) -> list[Finding]:
    """Find CSV files that no table names, and those whose names differ only in case, hyphens or spaces."""
    form_of = {normalise(name): name for name in known}
    findings = []
    for path in sorted(folder.glob("*.[cC][sS][vV]")):
        if path.stem in known and path.suffix == ".csv":
            continue
        twin = form_of.get(normalise(path.stem))
        what = f"ambiguous beside {twin}.csv; keep one" if twin else "not listed in _tables.csv"
        findings.append(Finding(path.name, 1, WHOLE_ROW, what))
    return findings
