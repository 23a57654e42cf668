"""`xlmodel addin`: the add-in files for one host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.commands.output import say
from xlmodel.hosts.addin import write_excel_addin

if TYPE_CHECKING:
    from pathlib import Path


def run_excel(folder: Path) -> int:
    """Write the Excel add-in and print the files written."""
    for path in write_excel_addin(folder):
        say(path)
    return 0
