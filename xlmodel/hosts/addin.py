"""The files of the Excel add-in: xlwings' own quickstart files with their settings, the VBA module and a guide."""

from __future__ import annotations

import io
import os
import re
import sys
import zipfile
from importlib.metadata import version
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from xlmodel.errors import WorkbookError
from xlmodel.functions import FUNCTIONS
from xlmodel.hosts.vba import PYTHON_MODULE, VBA_MODULE, vba_module

if TYPE_CHECKING:
    from collections.abc import Mapping

# name of our file, xlwings' file, the sheet where its VBA looks for settings
_EXCEL_FILES = (
    ("xlmodel.xlam", "quickstart_addin.xlam", "myaddin.conf"),
    ("xlmodel.xlsm", "quickstart_standalone.xlsm", "xlwings.conf"),
)
_GUIDES = {"guide.en.md": "GUIDE.en.md", "guide.zh.md": "GUIDE.zh.md"}
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_UNIX = 3  # recorded on every system, so that the same file comes out


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
    if interpreter is None:
        interpreter = sys.executable if os.name == "nt" else "python"
    settings = {
        "Interpreter_Win": interpreter,
        "UDF Modules": PYTHON_MODULE,
        # Python files that happen to lie beside a workbook are not to be run
        "ADD_WORKBOOK_TO_PYTHONPATH": "false",
    }
    contents = {
        name: _with_settings(_template(template), sheet, settings) for name, template, sheet in _EXCEL_FILES
    }
    contents[f"{VBA_MODULE}.bas"] = vba_module(FUNCTIONS.values()).encode("ascii")
    for source, name in _GUIDES.items():
        text = files("xlmodel.hosts").joinpath(f"templates/{source}").read_text("utf-8")
        contents[name] = text.replace("{xlwings version}", version("xlwings")).encode()
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


def _template(name: str) -> bytes:
    spec = find_spec("xlwings")
    path = Path(spec.origin).parent / name if spec and spec.origin else Path(name)
    try:
        return path.read_bytes()
    except OSError as error:
        raise WorkbookError(
            f"{path}: xlwings' template cannot be read ({error.strerror}); reinstall xlwings"
        ) from None


def _with_settings(package: bytes, sheet: str, settings: Mapping[str, str]) -> bytes:
    """Give xlwings' file its settings, and its settings sheet the name under which xlwings reads it."""
    with zipfile.ZipFile(io.BytesIO(package)) as source:
        parts = {info.filename: source.read(info) for info in source.infolist()}
    workbook = parts["xl/workbook.xml"].decode()
    relation = re.search(rf'<sheet name="_{re.escape(sheet)}"[^>]* r:id="(\w+)"', workbook)
    relations = parts["xl/_rels/workbook.xml.rels"].decode()
    entry = relation and re.search(rf'<Relationship [^>]*Id="{relation[1]}"[^>]*>', relations)
    target = entry and re.search(r'Target="/?(?:xl/)?([^"]+)"', entry[0])
    if not target:
        raise WorkbookError(f"xlwings' template has no sheet _{sheet}; install xlwings 0.33 or later")
    parts["xl/workbook.xml"] = workbook.replace(f'name="_{sheet}"', f'name="{sheet}"').encode()
    path = f"xl/{target[1]}"
    rows = "".join(
        f'<row r="{row}">{_text_cell(f"A{row}", key)}{_text_cell(f"B{row}", value)}</row>'
        for row, (key, value) in enumerate(settings.items(), start=1)
    )
    sheet_text = re.sub(r"<dimension [^>]*>", f'<dimension ref="A1:B{len(settings)}"/>', parts[path].decode())
    before, _, rest = sheet_text.partition("<sheetData>")
    parts[path] = f"{before}<sheetData>{rows}</sheetData>{rest.partition('</sheetData>')[2]}".encode()
    target_file = io.BytesIO()
    with zipfile.ZipFile(target_file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as result:
        for name, data in parts.items():
            info = zipfile.ZipInfo(name, _ZIP_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = _UNIX
            result.writestr(info, data)
    return target_file.getvalue()


def _text_cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'
