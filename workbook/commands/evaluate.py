"""`xlmodel eval`: one formula."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.commands.output import cell_text, complain, json_text, say, table_text
from xlmodel.engine import evaluate
from xlmodel.functions import Library

if TYPE_CHECKING:
    from pathlib import Path


def run(formula: str, *, as_json: bool, catalog: Path | None = None) -> int:
    """Print the value of a formula; of an Excel error, the code, and the message on stderr.

    Args:
        formula: a formula that reads no cells.
        as_json: whether the value is printed as JSON.
        catalog: a catalog folder; None: the built-in catalog.

    Returns:
        0, or 1 where the value is an error.

    Raises:
        CatalogError: a catalog folder with a finding.
    """
    result = evaluate(formula) if catalog is None else evaluate(formula, _library(catalog))
    if as_json:
        say(json_text(result.value))
    elif isinstance(result.value, list):
        say(table_text(result.value))
    else:
        say(cell_text(result.value))
    if result.error is None:
        return 0
    complain(result.message)
    return 1


def _library(folder: Path) -> Library:
    from workbook.commands.catalog_folder import checked_catalog  # noqa: PLC0415 - for this option only

    return Library(checked_catalog(folder))
