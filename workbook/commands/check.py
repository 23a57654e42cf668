"""`xlmodel check`: the workbook standard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.commands.output import json_text, say
from workbook.isolation import Lost, can_fork, run_isolated
from workbook.package.limits import limits_in_force, parse_limits
from workbook.rules import check_file
from xlmodel.errors import WorkbookError, XlModelError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from workbook.rules import Finding


def run(files: Sequence[Path], *, limits: Sequence[str], as_json: bool) -> int:
    """Print a line a finding; 1 when there is any."""
    with limits_in_force(parse_limits(limits)):
        checked = run_isolated(_findings, files) if can_fork() else map(_findings, files)
        findings = []
        for path, found in zip(files, checked, strict=True):
            if isinstance(found, Lost):
                raise WorkbookError(f"{path}: {found.reason}")
            if isinstance(found, XlModelError):
                raise found
            findings += found
    if as_json:
        header = ["file", "sheet", "cell", "rule", "what"]
        say(json_text([header, *([f.file, f.sheet, f.cell, f.rule, f.what] for f in findings)]))
        return 1 if findings else 0
    for finding in findings:
        say(finding)
    return 1 if findings else 0


def _findings(path: Path) -> list[Finding] | XlModelError:
    try:
        return check_file(path)
    except XlModelError as error:
        return error
