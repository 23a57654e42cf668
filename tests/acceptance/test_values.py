"""Every formula of a quote carries its value, and readers that compute nothing agree on it."""

from __future__ import annotations

import csv
import math
import re
import shutil
import subprocess
import zipfile
from io import BytesIO
from typing import TYPE_CHECKING

import openpyxl
import pandas as pd
import pytest

from workbook.package import Package, read_contents
from xlmodel.engine import compute
from xlmodel.grid import Formula

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from conftest import Cells, Model

    from xlmodel.functions import Library

    Stored = Callable[[bytes], dict[str, Cells]]

CELL = re.compile(rb"<c [^>]*?(?:/>|>.*?</c>)", re.DOTALL)
CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"
LIBREOFFICE_DIGITS = 1e-14


def test_every_formula_has_a_value_and_none_an_error(each_quote: bytes) -> None:
    """In the XML: a number, a text or TRUE/FALSE in each formula cell, and no error value anywhere."""
    formulas, wrong = 0, []
    with zipfile.ZipFile(BytesIO(each_quote)) as package:
        sheets = [name for name in package.namelist() if name.startswith("xl/worksheets/sheet")]
        for name in sheets:
            for cell in CELL.findall(package.read(name)):
                formulas += b"<f" in cell
                kind = re.match(rb'<c [^>]*?\bt="(\w+)"', cell)
                value = re.search(rb"<v>([^<]*)</v>", cell)
                bare = b"<f" in cell and value is None
                empty = value is not None and not value[1] and (kind is None or kind[1] != b"str")
                if bare or empty or (kind is not None and kind[1] == b"e"):
                    wrong.append((name, cell))
    assert wrong == []
    assert formulas > 1000


def test_the_values_are_those_of_the_formulas(each_quote: bytes, stored: Stored, library: Library) -> None:
    """The formulas as the file holds them, read back and computed afresh, give the values it carries."""
    contents, carried = read_contents(Package.read(each_quote)), stored(each_quote)
    computed = compute(contents.sheets, library, contents.names, contents.tables)
    assert (computed.uncomputed, computed.messages) == ({}, {})
    differing = {
        str(address): (value, carried[address.sheet][address.row, address.column])
        for address, value in computed.values.items()  # noqa: PD011 - no pandas here
        if not _same(value, carried[address.sheet][address.row, address.column])
    }
    assert differing == {}


def test_openpyxl_and_pandas_read_the_stored_values(each_quote: bytes, stored: Stored) -> None:
    """Cell by cell, on every sheet; an empty text counts as blank, which pandas cannot tell apart."""
    carried = stored(each_quote)
    book = openpyxl.load_workbook(BytesIO(each_quote), data_only=True)
    frames = pd.read_excel(
        BytesIO(each_quote),
        sheet_name=None,
        header=None,
        engine="calamine",
        dtype=object,
        keep_default_na=False,
    )
    assert book.sheetnames == list(frames) == list(carried)
    for sheet, cells in carried.items():
        page, frame = book[sheet], frames[sheet]
        for (row, column), value in cells.items():
            seen = page.cell(row, column).value, _at(frame, row, column)
            assert all(_same(each, value) for each in seen), (sheet, row, column, value, seen)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_libreoffice_reads_the_stored_values(
    tmp_path: Path, quote: Callable[..., bytes], stored: Stored, lang: str
) -> None:
    """Every sheet as CSV: the numbers to the 15 digits that LibreOffice writes, the texts letter by letter."""
    if shutil.which("soffice") is None:
        pytest.skip("needs LibreOffice (soffice)")
    (tmp_path / "q.xlsx").write_bytes(quote("B", lang))
    profile = (tmp_path / "profile").as_uri()
    command = ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", CSV]
    subprocess.run(
        [*command, "--outdir", tmp_path, tmp_path / "q.xlsx"], check=True, capture_output=True, timeout=120
    )
    for sheet, cells in stored(quote("B", lang)).items():
        with (tmp_path / f"q-{sheet}.csv").open(encoding="utf-8", newline="") as file:
            lines = list(csv.reader(file))
        for (row, column), value in cells.items():
            text = lines[row - 1][column - 1] if row <= len(lines) and column <= len(lines[row - 1]) else ""
            assert _reads(text, value), (sheet, row, column, value, text)


def test_both_languages_show_the_same_numbers(
    model: Callable[[str, str], Model], stored: Stored, quote: Callable[..., bytes]
) -> None:
    """Sheet by sheet and cell by cell; a formula stands where a formula stands."""
    for scenario in "ABC":
        zh, en = stored(quote(scenario, "zh")), stored(quote(scenario, "en"))
        for (name, left), (other, right) in zip(zh.items(), en.items(), strict=True):
            assert _numbers(left.items()) == _numbers(right.items()), (name, other)
            places = [
                _formulas(model(scenario, lang), sheet) for lang, sheet in (("zh", name), ("en", other))
            ]
            assert places[0] == places[1], (name, other)


def _numbers(cells: Iterable[tuple[tuple[int, int], object]]) -> dict[tuple[int, int], object]:
    return {place: value for place, value in cells if isinstance(value, float)}


def _formulas(model: Model, sheet: str) -> set[tuple[int, int]]:
    return {place for place, content in model.cells[sheet].items() if isinstance(content, Formula)}


def _at(frame: pd.DataFrame, row: int, column: int) -> object:
    return frame.iloc[row - 1, column - 1] if row <= frame.shape[0] and column <= frame.shape[1] else None


def _same(seen: object, value: object) -> bool:
    if value in (None, ""):
        return seen is None or seen == "" or (isinstance(seen, float) and math.isnan(seen))
    return seen == value and isinstance(seen, str) == isinstance(value, str)


def _reads(text: str, value: object) -> bool:
    """Tell whether LibreOffice's text shows a value; a percentage it writes as one."""
    if isinstance(value, float):
        number = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
        return math.isclose(number, value, rel_tol=LIBREOFFICE_DIGITS, abs_tol=0)
    return text == {None: "", True: "TRUE", False: "FALSE"}.get(value, value)
