"""Formulas and whole workbooks computed without a spreadsheet program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlmodel.engine.bridge import Library
from xlmodel.engine.compute import compute
from xlmodel.engine.evaluate import evaluate
from xlmodel.engine.package import Contents, read_contents
from xlmodel.engine.values import (
    Address,
    CellValue,
    Computed,
    Content,
    ErrorCode,
    EvalResult,
    Formula,
    FormulaError,
    Table,
)

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

__all__ = [
    "Address",
    "CellValue",
    "Computed",
    "Content",
    "Contents",
    "ErrorCode",
    "EvalResult",
    "Formula",
    "FormulaError",
    "Library",
    "Table",
    "compute",
    "compute_file",
    "evaluate",
    "read_contents",
]


def compute_file(
    source: bytes | str | Path, library: Library | None = None, *, now: datetime | None = None
) -> Computed:
    """Compute every formula of an .xlsx file; its stored values are not looked at.

    Args:
        source: the file's bytes, or its path.
        library: the functions that formulas may call; None: those of the built-in catalog.
        now: what TODAY and NOW give, with its time zone; None: the clock.

    Raises:
        WorkbookError: no such file, or not an .xlsx workbook.
    """
    contents = read_contents(source)
    return compute(
        contents.sheets, library, contents.names, contents.tables, now=now, date_system=contents.date_system
    )
