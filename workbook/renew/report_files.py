"""The report of a regeneration as a file: workbooks first, then their cells; CSV, JSON or .xlsx by its ending."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from workbook.package import write_atomic
from workbook.renew.change_report import COLUMNS, lines
from xlmodel.errors import RequestError
from xlmodel.grid import CellValue, ErrorCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

    from workbook.renew.change_report import Change
    from workbook.renew.summary import Summary

SUFFIXES = (".csv", ".json", ".xlsx")
WORKBOOK = "workbook"
# of the rows of workbooks; `old`, `new` and `relative_change` are of the total
SUMMARY_COLUMNS = (
    "customer",
    "answer_old",
    "answer_new",
    "checks_failing_old",
    "checks_failing_new",
    "checks_turned",
    "figures",
    "results",
    "kept",
    "state",
)
WORKBOOK_COLUMNS = (
    "file",
    "customer",
    "total_old",
    "total_new",
    "relative_change",
    *SUMMARY_COLUMNS[1:],
    "note",
)
_WIDE = 40
# A spreadsheet takes a text that begins so for a formula.
_FORMULA_SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
Row = tuple[CellValue, ...]


def check_report_path(path: Path) -> None:
    """Refuse a report that could not be written in the end.

    Raises:
        RequestError: another ending than .csv, .json and .xlsx, or no such folder.
    """
    if path.suffix.casefold() not in SUFFIXES:
        raise RequestError(f"{path}: the report is a .csv, .json or .xlsx file")
    if not path.parent.is_dir():
        raise RequestError(f"{path}: the folder {path.parent} does not exist; create it first")


def workbook_row(
    file: str, summary: Summary, counts: Mapping[str, int], state: str, note: str = ""
) -> tuple[CellValue, ...]:
    """Return the line of a workbook, by `WORKBOOK_COLUMNS`.

    Args:
        file: its path.
        summary: total, answer and checks.
        counts: number of changed figures and results, and of kept cells.
        state: what became of it.
        note: why it was not regenerated.
    """
    old, new = summary.total_old, summary.total_new
    numbers = not any(isinstance(each, bool | str | ErrorCode | None) for each in (old, new))
    change = float(new) / float(old) - 1 if numbers and old else None  # type: ignore[arg-type]  # numbers, as asked
    return (
        file,
        summary.customer,
        old,
        new,
        change,
        summary.answer_old,
        summary.answer_new,
        summary.failing_old,
        summary.failing_new,
        summary.turned,
        counts["figure"],
        counts["result"],
        counts["kept"],
        state,
        note,
    )


def write_report(path: Path, workbooks: Sequence[Row], changes: Iterable[tuple[str, Change]]) -> None:
    """Write the report.

    Args:
        path: ends in .csv, .json or .xlsx.
        workbooks: a line each, by `WORKBOOK_COLUMNS`.
        changes: file and change.

    Raises:
        RequestError: another ending, or no such folder.
        WorkbookError: it cannot be written.
    """
    check_report_path(path)
    cells = lines(changes)
    make = {".csv": _csv, ".json": _json, ".xlsx": _xlsx}[path.suffix.casefold()]
    write_atomic(path, make(workbooks, cells))


def _csv(workbooks: Sequence[Row], cells: Sequence[Row]) -> bytes:
    """Write one table: the rows of workbooks carry their total as old and new, and columns of their own."""
    file = io.StringIO()
    file.write("\ufeff")  # Excel reads a CSV file as UTF-8 only with this mark
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow((*COLUMNS, *SUMMARY_COLUMNS))
    blank = [""] * len(SUMMARY_COLUMNS)
    for row in workbooks:
        given = dict(zip(WORKBOOK_COLUMNS, row, strict=True))
        shown = {
            "file": given["file"],
            "what": WORKBOOK,
            "label": given["customer"],
            "old": given["total_old"],
            "new": given["total_new"],
            "relative_change": given["relative_change"],
            "note": given["note"],
        }
        ready = [shown.get(name) for name in COLUMNS] + [given[name] for name in SUMMARY_COLUMNS]
        writer.writerow([_csv_cell(cell) for cell in ready])
    writer.writerows([*[_csv_cell(cell) for cell in row], *blank] for row in cells)
    return file.getvalue().encode()


def _csv_cell(value: CellValue) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return repr(value)
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) else text


def _json(workbooks: Sequence[Row], cells: Sequence[Row]) -> bytes:
    tables = {"workbooks": (WORKBOOK_COLUMNS, workbooks), "cells": (COLUMNS, cells)}
    written = []
    for name, (columns, rows) in tables.items():
        each = [
            json.dumps(dict(zip(columns, map(_plain, row), strict=True)), ensure_ascii=False) for row in rows
        ]
        body = "[\n" + ",\n".join(f"    {line}" for line in each) + "\n  ]" if each else "[]"
        written.append(f'  "{name}": {body}')
    return ("{\n" + ",\n".join(written) + "\n}\n").encode()


def _xlsx(workbooks: Sequence[Row], cells: Sequence[Row]) -> bytes:
    book = Workbook()
    first = book.worksheets[0]
    first.title = "Workbooks"
    _fill(first, WORKBOOK_COLUMNS, workbooks)
    _fill(book.create_sheet("Cells"), COLUMNS, cells)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _fill(page: Worksheet, columns: Sequence[str], rows: Sequence[Row]) -> None:
    for number, row in enumerate([columns, *rows], start=1):
        for column, value in enumerate(map(_plain, row), start=1):
            cell = page.cell(number, column)
            if isinstance(value, str):
                cell.value = ILLEGAL_CHARACTERS_RE.sub(" ", value)
                cell.data_type = "s"  # also where it begins with an equals sign
            else:
                cell.value = value
            if columns[column - 1] == "relative_change":
                cell.number_format = "0.0%"
    for column, name in enumerate(columns, start=1):
        page.cell(1, column).font = Font(bold=True)
        longest = max((len(str(row[column - 1])) for row in rows if row[column - 1] is not None), default=0)
        page.column_dimensions[get_column_letter(column)].width = min(max(longest, len(name)), _WIDE) + 2
    page.freeze_panes = "A2"
    page.auto_filter.ref = page.dimensions


def _plain(value: CellValue) -> float | str | bool | None:
    return str(value) if isinstance(value, ErrorCode) else value
