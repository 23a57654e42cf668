"""What a regeneration changed: one line a figure, a result and a kept cell, as CSV or JSON."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from workbook.package import write_atomic
from xlmodel.errors import RequestError
from xlmodel.grid import CellValue, ErrorCode

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pandas import DataFrame

What: TypeAlias = Literal["figure", "result", "kept"]
COLUMNS = ("file", "what", "sheet", "cell", "label", "old", "new", "relative_change", "note")
SUFFIXES = (".csv", ".json")
# A spreadsheet takes a text that begins so for a formula.
_FORMULA_SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the report.

    Args:
        what: `figure`: a catalog figure renewed; `result`: a formula's new value; `kept`: what stays although the
            catalog or the engine would have it otherwise.
        sheet: the sheet; empty where the file lacks the place.
        cell: the cell's address.
        label: item and field of a figure, row and column labels of a result, what has no place.
        old: the value before.
        new: the value now; of what is kept, what the catalog says.
        note: source of a figure, message of an error, reason of what is kept.
    """

    what: What
    sheet: str
    cell: str
    label: str
    old: CellValue
    new: CellValue
    note: str = ""

    @property
    def relative(self) -> float | None:
        """The relative change: new / old - 1; None where one is no number, or the old is 0."""
        if isinstance(self.old, bool | str | ErrorCode | None) or isinstance(
            self.new, bool | str | ErrorCode | None
        ):
            return None
        return self.new / self.old - 1 if self.old else None


def check_report_path(path: Path) -> None:
    """Refuse a report that could not be written in the end.

    Raises:
        RequestError: neither .csv nor .json, or no such folder.
    """
    if path.suffix.casefold() not in SUFFIXES:
        raise RequestError(f"{path}: the report is a .csv or a .json file; give --report such a name")
    if not path.parent.is_dir():
        raise RequestError(f"{path}: the folder {path.parent} does not exist; create it first")


def write_report(path: Path, changes: Iterable[tuple[str, Change]]) -> None:
    """Write the report.

    Args:
        path: ends in .csv or .json.
        changes: file and change.

    Raises:
        RequestError: another ending, or no such folder.
        WorkbookError: it cannot be written.
    """
    check_report_path(path)
    rows = _lines(changes)
    text = _csv(rows) if path.suffix.casefold() == ".csv" else _json(rows)
    write_atomic(path, text.encode())


def to_frame(changes: Iterable[tuple[str, Change]]) -> DataFrame:
    """Return the report as a DataFrame: `relative_change` in numbers, an Excel error as its code.

    Args:
        changes: file and change.
    """
    import pandas as pd  # noqa: PLC0415 - only for who asks for a DataFrame

    rows = [[str(cell) if isinstance(cell, ErrorCode) else cell for cell in row] for row in _lines(changes)]
    return pd.DataFrame(rows, columns=COLUMNS, dtype="object").astype({"relative_change": "Float64"})


def _lines(changes: Iterable[tuple[str, Change]]) -> list[tuple[CellValue, ...]]:
    return [
        (file, each.what, each.sheet, each.cell, each.label, each.old, each.new, each.relative, each.note)
        for file, each in changes
    ]


def _csv(rows: Iterable[tuple[CellValue, ...]]) -> str:
    file = io.StringIO()
    file.write("\ufeff")  # Excel reads a CSV file as UTF-8 only with this mark
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([_csv_cell(cell) for cell in row] for row in rows)
    return file.getvalue()


def _csv_cell(value: CellValue) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return repr(value)
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) else text


def _json(rows: Iterable[tuple[CellValue, ...]]) -> str:
    lines = [
        json.dumps(
            {
                name: str(cell) if isinstance(cell, ErrorCode) else cell
                for name, cell in zip(COLUMNS, row, strict=True)
            },
            ensure_ascii=False,
        )
        for row in rows
    ]
    return "[\n" + ",\n".join(f"  {line}" for line in lines) + "\n]\n" if lines else "[]\n"
