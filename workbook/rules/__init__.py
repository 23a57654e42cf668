"""The workbook standard as code: one function a rule, for any .xlsx or .xlsm file."""

from __future__ import annotations

import os

from workbook.rules import (  # noqa: F401 - importing a module enters its rules
    archives,
    checks,
    documents,
    drawings,
    flow,
    formulas,
    inputs,
    look,
    stored_values,
    structure,
)
from workbook.rules.book import Book, load
from workbook.rules.registry import RULES as _ENTERED
from workbook.rules.registry import Finding, Rule

_ORDER = "SIFKVNAPCDXT"
RULES: dict[str, Rule] = {
    identity: _ENTERED[identity]
    for identity in sorted(_ENTERED, key=lambda identity: (_ORDER.index(identity[0]), identity))
}


def check_file(source: str | os.PathLike[str] | bytes, name: str | None = None) -> list[Finding]:
    """Check a workbook against every rule.

    A file without a cover that gives the sheets their roles breaks S01, and the rules on roles are skipped.

    Args:
        source: the file's path, or its bytes.
        name: how findings call the file; None: its path.

    Returns:
        The findings by rule, in the order of the standard; none for a file that keeps it.

    Raises:
        WorkbookError: no workbook that can be read.
    """
    data = source if isinstance(source, bytes) else os.fspath(source)
    called = name or ("workbook" if isinstance(data, bytes) else data)
    return check_book(load(data, called))


def check_book(book: Book) -> list[Finding]:
    """Check a workbook that has been read."""
    return [finding for rule in RULES.values() for finding in rule.findings(book)]


__all__ = ["RULES", "Book", "Finding", "Rule", "check_book", "check_file", "load"]
