"""A copy of the shipped catalog that a test may break; the figures worked out by hand can be imported by name."""

from __future__ import annotations

import csv
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from xlmodel.catalog.check import check
from xlmodel.catalog.load import DATA

sys.path.insert(0, str(Path(__file__).parent))


@dataclass(frozen=True)
class Copy:
    """A catalog folder to break."""

    folder: Path

    def rows(self, table: str) -> list[list[str]]:
        """Return the cells of a file, its header first."""
        with (self.folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))

    def write(self, table: str, rows: list[list[str]]) -> None:
        """Write the cells of a file."""
        with (self.folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)

    def set(self, table: str, line: int, column: str, text: str) -> None:
        """Put a text into one cell; line 1 is the header."""
        rows = self.rows(table)
        rows[line - 1][rows[0].index(column)] = text
        self.write(table, rows)

    def add(self, file: str, **cells: str) -> int:
        """Append a row like the last one with some cells changed; return its line."""
        rows = self.rows(file)
        rows.append([cells.get(key, old) for key, old in zip(rows[0], rows[-1], strict=True)])
        self.write(file, rows)
        return len(rows)

    def findings(self) -> list[str]:
        """Return what the check prints."""
        return [str(finding) for finding in check(self.folder)]


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    """A fresh copy of the shipped catalog."""
    folder = tmp_path / "catalog"
    shutil.copytree(DATA, folder)
    return Copy(folder)
