"""Office packages (zip files of parts) that xlwings ships as templates: read, changed, written with the same bytes each time."""

from __future__ import annotations

import io
import re
import zipfile
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from xlmodel.errors import WorkbookError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

VBA_PART = "xl/vbaProject.bin"
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_UNIX = 3  # recorded on every system, so that the same file comes out
_INSTALL = "pip install 'xlmodel[excel]'"


def template_parts(name: str) -> dict[str, bytes]:
    """Read the parts of one of xlwings' quickstart files.

    Raises:
        WorkbookError: xlwings is not installed, or the file is not where it should be.
    """
    spec = find_spec("xlwings")
    if spec is None or spec.origin is None:
        raise WorkbookError(f"the Excel add-in needs xlwings: {_INSTALL}")
    path = Path(spec.origin).parent / name
    try:
        with zipfile.ZipFile(path) as source:
            return {info.filename: source.read(info) for info in source.infolist()}
    except OSError as error:
        raise WorkbookError(
            f"{path}: xlwings' template cannot be read ({error.strerror}); reinstall xlwings"
        ) from None


def package(parts: Mapping[str, bytes]) -> bytes:
    """Zip parts in their order, without the date of the making."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as result:
        for name, data in parts.items():
            info = zipfile.ZipInfo(name, _ZIP_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = _UNIX
            result.writestr(info, data)
    return target.getvalue()


def name_sheet(parts: dict[str, bytes], old: str, new: str) -> str:
    """Rename a sheet, and return its part.

    Raises:
        WorkbookError: there is no such sheet.
    """
    workbook = parts["xl/workbook.xml"].decode()
    relation = re.search(rf'<sheet name="{re.escape(old)}"[^>]* r:id="(\w+)"', workbook)
    relations = parts["xl/_rels/workbook.xml.rels"].decode()
    entry = relation and re.search(rf'<Relationship [^>]*Id="{relation[1]}"[^>]*>', relations)
    target = entry and re.search(r'Target="/?(?:xl/)?([^"]+)"', entry[0])
    if not target:
        raise WorkbookError(f"xlwings' template has no sheet {old}; install xlwings 0.33 or later")
    parts["xl/workbook.xml"] = workbook.replace(f'name="{old}"', f'name="{new}"').encode()
    return f"xl/{target[1]}"


def fill_sheet(parts: dict[str, bytes], part: str, rows: Iterable[Sequence[str | None]]) -> None:
    """Put rows of texts into a sheet in place of what it holds; None leaves a cell out."""
    written = [
        f'<row r="{row}">'
        + "".join(
            _text_cell(f"{chr(ord('A') + column)}{row}", text)
            for column, text in enumerate(texts)
            if text is not None
        )
        + "</row>"
        for row, texts in enumerate(rows, start=1)
    ]
    sheet = re.sub(r"<dimension [^>]*>", "", parts[part].decode())
    before, _, rest = sheet.partition("<sheetData>")
    parts[part] = (
        f"{before}<sheetData>{''.join(written)}</sheetData>{rest.partition('</sheetData>')[2]}".encode()
    )


def _text_cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def add_vba(parts: dict[str, bytes], module: str, source: str, this_workbook: str) -> None:
    """Put a standard module and the code of ThisWorkbook into a package's VBA project.

    Args:
        parts: the package, which has a VBA project.
        module: the module's name.
        source: its text, as a .bas file holds it.
        this_workbook: the body of the module ThisWorkbook.

    Raises:
        WorkbookError: pyOpenVBA is not installed.
    """
    try:
        from pyopenvba import ExcelFile  # noqa: PLC0415 - of an extra, and only for who writes the add-in
    except ModuleNotFoundError:
        raise WorkbookError(f"the Excel add-in needs pyOpenVBA: {_INSTALL}") from None
    with TemporaryDirectory() as folder:
        path = Path(folder) / "project.xlsm"  # the name tells pyOpenVBA the kind of file
        path.write_bytes(package(parts))
        with ExcelFile(path) as book:
            book.vba_project().add_module(module, source)
            book.set_module("ThisWorkbook", this_workbook)
            book.save()
        with zipfile.ZipFile(path) as saved:
            parts[VBA_PART] = saved.read(VBA_PART)
