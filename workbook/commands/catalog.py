"""`xlmodel catalog`: the facts, printed and checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.commands.catalog_folder import diff, export, list_tables, run_check, show_table
from workbook.commands.catalog_market import market_diff
from workbook.commands.output import complain, json_text, say, table_text
from xlmodel.catalog import built_in, read_catalog
from xlmodel.errors import WorkbookError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from workbook.commands.output import Rows
    from xlmodel.grid import CellValue


def run_list(*, as_json: bool) -> int:
    """Print the tables."""
    return _print(list_tables(built_in()), as_json=as_json)


def run_show(table: str, lang: str, *, as_json: bool) -> int:
    """Print one table."""
    return _print(show_table(built_in(), table, lang), as_json=as_json)


def run_check_command(folder: Path | None, *, as_json: bool) -> int:
    """Print a line a finding; 1 when there is any."""
    findings = run_check(folder)
    if as_json:
        rows: list[list[CellValue]] = [["file", "line", "column", "what"]]
        rows += [[each.file, each.line, each.column, each.what] for each in findings]
        say(json_text(rows))
        return 1 if findings else 0
    for finding in findings:
        say(finding)
    return 1 if findings else 0


def run_export(folder: Path) -> int:
    """Write the built-in catalog and print the folder."""
    export(folder)
    say(folder)
    return 0


def run_market(folder: Path | None, at: datetime, *, as_json: bool) -> int:
    """Print the list prices that differ from the market reference; 1 where one is 0 there."""
    rows, errors = market_diff(built_in() if folder is None else read_catalog(folder), at)
    if len(rows) > 1 or as_json:
        _print(rows, as_json=as_json)
    for error in errors:
        complain(f"error: {error}")
    return 1 if errors else 0


def run_diff(folder: Path | None, old: Path | None, *, as_json: bool) -> int:
    """Print the figures that differ; nothing where none does."""
    if folder is None:
        raise WorkbookError("catalog diff: give a catalog folder, or --market")
    rows = diff(built_in() if old is None else read_catalog(old), read_catalog(folder))
    return _print(rows, as_json=as_json) if len(rows) > 1 or as_json else 0


def _print(rows: Rows, *, as_json: bool) -> int:
    say(json_text(rows) if as_json else table_text(rows))
    return 0
