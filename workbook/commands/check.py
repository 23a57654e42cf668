"""`xlmodel check`: the workbook standard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.commands.output import say
from workbook.rules import check_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def run(files: Sequence[Path]) -> int:
    """Print a line a finding; 1 when there is any."""
    findings = [finding for path in files for finding in check_file(path)]
    for finding in findings:
        say(finding)
    return 1 if findings else 0
