"""The files that `xlmodel addin excel` writes."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from xlmodel.errors import WorkbookError
from xlmodel.functions import FUNCTIONS
from xlmodel.hosts.addin import write_excel_addin
from xlmodel.hosts.vba import parameters

SHEETS = {"xlmodel.xlam": "myaddin.conf", "xlmodel.xlsm": "xlwings.conf"}
TEMPLATES = {"xlmodel.xlam": "quickstart_addin.xlam", "xlmodel.xlsm": "quickstart_standalone.xlsm"}


def parts(path: Path) -> dict[str, bytes]:
    """Read every part of a package, which carries no date of its making."""
    with zipfile.ZipFile(path) as package:
        assert package.testzip() is None
        assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        return {name: package.read(name) for name in package.namelist()}


def test_files(tmp_path: Path) -> None:
    """The folder is made, and holds the five files that the answer names, readable by others."""
    folder = tmp_path / "new" / "addin"
    written = write_excel_addin(folder)
    assert sorted(path.name for path in written) == [
        "GUIDE.en.md",
        "GUIDE.zh.md",
        "xlmodel.xlam",
        "xlmodel.xlsm",
        "xlmodel_udfs.bas",
    ]
    assert sorted(folder.iterdir()) == sorted(written)


def test_same_bytes(tmp_path: Path) -> None:
    """Written twice, over itself and elsewhere, each file has the same bytes."""
    first = {path.name: path.read_bytes() for path in write_excel_addin(tmp_path / "a")}
    again = {path.name: path.read_bytes() for path in write_excel_addin(tmp_path / "a")}
    other = {path.name: path.read_bytes() for path in write_excel_addin(tmp_path / "b")}
    assert first == again == other


@pytest.mark.parametrize("name", list(SHEETS))
def test_settings(tmp_path: Path, name: str) -> None:
    """The settings sheet has the name that the file's own VBA looks for, and our settings from cell A1 down."""
    interpreter = r"C:\Program Files\Python & Co\python.exe"
    write_excel_addin(tmp_path, interpreter)
    book = CalamineWorkbook.from_filelike(io.BytesIO((tmp_path / name).read_bytes()))
    assert SHEETS[name] in book.sheet_names
    rows = book.get_sheet_by_name(SHEETS[name]).to_python()
    # xlwings reads down column A to the first cell that is blank
    assert [row[:2] for row in rows[:4]] == [
        ["Interpreter_Win", interpreter],
        ["UDF Modules", "xlmodel.hosts.excel"],
        ["ADD_WORKBOOK_TO_PYTHONPATH", "false"],
        ["", ""],
    ]


@pytest.mark.parametrize("name", list(SHEETS))
def test_help_stands_in_cells(tmp_path: Path, name: str) -> None:
    """Below the mark that the macro looks for: each function with its help in both languages, a line an argument."""
    write_excel_addin(tmp_path)
    book = CalamineWorkbook.from_filelike(io.BytesIO((tmp_path / name).read_bytes()))
    (mark, *_), *rows = [row[3:6] for row in book.get_sheet_by_name(SHEETS[name]).to_python()]
    module = (tmp_path / "xlmodel_udfs.bas").read_text("ascii")
    assert f'sheet.Range("D1").Value = "{mark}"' in module
    assert [row[0] for row in rows] == list(FUNCTIONS)
    for function, *texts in rows:
        for text, first in zip(texts, (FUNCTIONS[function].zh, FUNCTIONS[function].en), strict=True):
            lines = text.split("\n")
            assert len(lines) == 1 + len(parameters(FUNCTIONS[function]))
            assert lines[0][:200] == " ".join(first.split())[:200]
            assert all(0 < len(line) <= 255 for line in lines)


@pytest.mark.parametrize("name", list(SHEETS))
def test_vba_is_inside(tmp_path: Path, name: str) -> None:
    """As oletools reads it: our module whole, ThisWorkbook with its event, every module of the template unchanged."""
    write_excel_addin(tmp_path)
    before, after = vba(xlwings_file(TEMPLATES[name])), vba(tmp_path / name)
    module = (tmp_path / "xlmodel_udfs.bas").read_text("ascii").replace("\r\n", "\n")
    assert after.pop("xlmodel_udfs.bas").strip() == module.strip()
    opened = after.pop("ThisWorkbook.cls")
    template = before.pop("ThisWorkbook.cls")
    assert opened.startswith(template.rstrip())
    event = opened[len(template.rstrip()) :].strip()
    assert event.startswith("Private Sub Workbook_Open()")
    macro = re.search(r"'!(\w+)\"", event)
    assert macro is not None
    assert f"Public Sub {macro[1]}()" in module
    assert after == before


def xlwings_file(name: str) -> Path:
    """Give the path of one of xlwings' templates."""
    spec = find_spec("xlwings")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / name


def vba(path: Path) -> dict[str, str]:
    """Read the modules of a file's VBA project with oletools."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # oletools calls pyparsing by names that are to go
        from oletools.olevba import VBA_Parser  # noqa: PLC0415
    parser = VBA_Parser(str(path))
    try:
        return {
            module: text.replace("\r\n", "\n") for _file, _stream, module, text in parser.extract_macros()
        }
    finally:
        parser.close()


@pytest.mark.parametrize("name", list(SHEETS))
def test_the_rest_is_xlwings_own(tmp_path: Path, name: str) -> None:
    """Only the workbook part (the sheet's name), the settings sheet and the VBA project differ from the template."""
    write_excel_addin(tmp_path)
    with zipfile.ZipFile(xlwings_file(TEMPLATES[name])) as template:
        before = {part: template.read(part) for part in template.namelist()}
    after = parts(tmp_path / name)
    assert list(before) == list(after)
    changed = [part for part in before if before[part] != after[part]]
    assert len(changed) == 3
    assert {"xl/workbook.xml", "xl/vbaProject.bin"} < set(changed)
    sheet = f'name="{SHEETS[name]}"'.encode()
    assert (
        after["xl/workbook.xml"].replace(sheet, f'name="_{SHEETS[name]}"'.encode())
        == before["xl/workbook.xml"]
    )


@pytest.mark.parametrize("name", ["GUIDE.en.md", "GUIDE.zh.md"])
def test_guide(tmp_path: Path, name: str) -> None:
    """The guide names the files beside it, the macros of the module and functions that exist, and says it is untried."""
    write_excel_addin(tmp_path)
    guide = (tmp_path / name).read_text("utf-8")
    module = (tmp_path / "xlmodel_udfs.bas").read_text("ascii")
    for file in re.findall(r"`(xlmodel[\w.]*\.(?:xlam|xlsm|bas))`", guide):
        assert (tmp_path / file).exists()
    for macro in re.findall(r"`(Xlmodel\w+)`", guide):
        assert f"Public Sub {macro}()" in module
    for function in re.findall(r"\b(?:LLM|BREAKEVEN)_[A-Z_]+", guide):
        assert function in FUNCTIONS
    assert "not tried in a real Excel" in guide or "尚未在真实的 Excel 中试用" in guide
    assert "{" not in guide


def test_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """A folder below a file is one clear line, and nothing is left behind."""
    blocked = tmp_path / "file"
    blocked.write_text("kept")
    with pytest.raises(
        WorkbookError, match=r"^[^\n]*the add-in cannot be written there[^\n]*name another folder$"
    ):
        write_excel_addin(blocked / "addin")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert blocked.read_text() == "kept"


def test_file_that_cannot_be_replaced(tmp_path: Path) -> None:
    """Where a folder stands under a file's name, the error is one line and no half-written file stays."""
    (tmp_path / "xlmodel.xlsm").mkdir()
    with pytest.raises(WorkbookError, match="name another folder"):
        write_excel_addin(tmp_path)
    assert not [path.name for path in tmp_path.iterdir() if path.name.startswith(".")]
