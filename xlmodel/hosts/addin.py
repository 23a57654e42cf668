"""The files of the Excel add-in: xlwings' own quickstart files with their settings, the VBA module and a guide."""

from __future__ import annotations

import os
import sys
from importlib.metadata import version
from importlib.resources import files
from itertools import zip_longest
from pathlib import Path
from tempfile import NamedTemporaryFile

from xlmodel.errors import WorkbookError
from xlmodel.functions import FUNCTIONS
from xlmodel.hosts.office_package import add_vba, fill_sheet, name_sheet, package, template_parts
from xlmodel.hosts.vba import HELP_MARK, PYTHON_MODULE, VBA_MODULE, help_rows, vba_module

EXCEL_FILES = {
    "xlmodel.xlam": ("quickstart_addin.xlam", "myaddin.conf"),
    "xlmodel.xlsm": ("quickstart_standalone.xlsm", "xlwings.conf"),
}
"""Our files: xlwings' template of each, and the sheet where its VBA looks for settings."""
_TEMPLATES = files("xlmodel.hosts").joinpath("templates")
_GUIDES = {"guide.en.md": "GUIDE.en.md", "guide.zh.md": "GUIDE.zh.md"}


def write_excel_addin(folder: Path, interpreter: str | None = None) -> list[Path]:
    """Write the add-in, the workbook, the VBA module and the guides.

    Args:
        folder: where to write; made when it is missing.
        interpreter: the python.exe that Excel is to start; without it, on Windows, the one that runs now.

    Returns:
        The files written.

    Raises:
        WorkbookError: the folder cannot be written, or xlwings' files are not where they should be.
    """
    contents = {name: excel_file(name, interpreter) for name in EXCEL_FILES}
    contents[f"{VBA_MODULE}.bas"] = vba_module(FUNCTIONS.values()).encode("ascii")
    for source, name in _GUIDES.items():
        text = _TEMPLATES.joinpath(source).read_text("utf-8")
        contents[name] = text.replace("{xlwings version}", version("xlwings")).encode()
    return write_files(folder, contents)


def excel_file(name: str, interpreter: str | None = None) -> bytes:
    """Make the add-in or the workbook: xlwings' template with settings, help texts and the functions in its VBA project.

    Args:
        name: one of `EXCEL_FILES`.
        interpreter: the python.exe that Excel is to start; without it, on Windows, the one that runs now.

    Raises:
        WorkbookError: xlwings or pyOpenVBA is missing, or xlwings' template is not where it should be.
    """
    if interpreter is None:
        interpreter = sys.executable if os.name == "nt" else "python"
    settings = (
        ("Interpreter_Win", interpreter),
        ("UDF Modules", PYTHON_MODULE),
        # Python files that happen to lie beside a workbook are not to be run
        ("ADD_WORKBOOK_TO_PYTHONPATH", "false"),
    )
    template, sheet = EXCEL_FILES[name]
    parts = template_parts(template)
    help_block = [(HELP_MARK, "中文", "English"), *help_rows(FUNCTIONS.values())]
    rows = zip_longest(settings, help_block, fillvalue=(None, None))  # the settings are the shorter block
    fill_sheet(parts, name_sheet(parts, f"_{sheet}", sheet), ((*left, None, *right) for left, right in rows))
    this_workbook = _TEMPLATES.joinpath("this_workbook.bas").read_text("ascii")
    add_vba(parts, VBA_MODULE, vba_module(FUNCTIONS.values()), this_workbook.replace("\n", "\r\n"))
    return package(parts)


def write_files(folder: Path, contents: dict[str, bytes]) -> list[Path]:
    """Write files into a folder, each whole or not at all.

    Raises:
        WorkbookError: the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [_replace(folder / name, data) for name, data in contents.items()]
    except OSError as error:
        reason = error.strerror or str(error)
        raise WorkbookError(
            f"{folder}: the add-in cannot be written there ({reason}); name another folder"
        ) from None


def _replace(path: Path, data: bytes) -> Path:
    """Write a file whole or not at all."""
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        try:
            file.write(data)
            file.close()
            Path(file.name).chmod(0o644)
            Path(file.name).replace(path)
        except OSError:
            file.close()
            Path(file.name).unlink(missing_ok=True)
            raise
    return path
