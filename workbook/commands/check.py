"""`xlmodel check`: the workbook standard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.commands.output import json_text, say
from workbook.rules import check_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def run(files: Sequence[Path], *, as_json: bool) -> int:
    """Print a line a finding; 1 when there is any."""
    findings = [finding for path in files for finding in check_file(path)]
    if as_json:
        header = ["file", "sheet", "cell", "rule", "what"]
        say(json_text([header, *([f.file, f.sheet, f.cell, f.rule, f.what] for f in findings)]))
        return 1 if findings else 0
    for finding in findings:
        say(finding)
    return 1 if findings else 0
