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


def run_calc(folder: Path) -> int:
    """Write the extension for LibreOffice Calc and print the file written."""
    from xlmodel.hosts.calc import write_calc_addin  # noqa: PLC0415 - for this command only

    for path in write_calc_addin(folder):
        say(path)
    return 0


def run_lite(folder: Path) -> int:
    """Write the code for xlwings Lite and print the files written."""
    from xlmodel.hosts.lite import write_lite_addin  # noqa: PLC0415 - for this command only

    for path in write_lite_addin(folder):
        say(path)
    return 0


def run_install() -> int:
    """Put the add-in where Excel loads it at its start."""
    from xlmodel.hosts.excel_setup import install  # noqa: PLC0415 - for this option only

    say(f"{install()}: Excel loads it at its next start; 'xlmodel addin doctor' tells what is missing")
    return 0


def run_uninstall() -> int:
    """Take the add-in out of Excel."""
    from xlmodel.hosts.excel_setup import uninstall  # noqa: PLC0415 - for this option only

    say(f"{uninstall()}: removed; Excel no longer loads it")
    return 0


def run_doctor() -> int:
    """Print a line for each thing that the functions need in Excel; 1 where something is missing."""
    from xlmodel.hosts.excel_setup import examine  # noqa: PLC0415 - for this command only

    findings = examine()
    for finding in findings:
        say(f"{'ok' if finding.good else 'MISSING'}  {finding.text}")
    return 0 if all(finding.good for finding in findings) else 1
