"""A workbook's native formulas computed by other programs, on a copy in which function cells hold their values."""

from __future__ import annotations

import math
import shutil
import subprocess
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

import openpyxl
from openpyxl.utils.cell import coordinate_to_tuple

from workbook.rules.formula_text import bare_name, parse
from xlmodel.functions import FUNCTIONS

if TYPE_CHECKING:
    from pathlib import Path

Value = float | str | bool | None
Values = dict[tuple[str, str], Value]
# without this setting LibreOffice takes the values that a file carries for the results
_ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


class Copy(NamedTuple):
    """A throw-away copy of a workbook.

    Args:
        data: the file: function cells hold their values, the other formulas hold none.
        native: the values that the original carries for the formulas that the copy keeps, by sheet and cell.
        blanks: sheet, row and column of the cells that have a style alone.
    """

    data: bytes
    native: Values
    blanks: list[tuple[str, int, int]]


def without_functions(data: bytes) -> Copy:
    """Return a copy in which every formula that calls one of our functions is replaced by its value."""
    book = openpyxl.load_workbook(BytesIO(data))
    carried = openpyxl.load_workbook(BytesIO(data), data_only=True)
    native: Values = {}
    blanks: list[tuple[str, int, int]] = []
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is None:
                    blanks.append((sheet.title, cell.row, cell.column))
                if cell.data_type != "f":
                    continue
                value = carried[sheet.title][cell.coordinate].value
                if any(bare_name(name) in FUNCTIONS for name in parse(str(cell.value)).functions):
                    cell.value = value
                else:
                    native[sheet.title, cell.coordinate] = value
    file = BytesIO()
    book.save(file)
    return Copy(file.getvalue(), native, blanks)


class IronCalc:
    """A workbook open in IronCalc."""

    def __init__(self, copy: Copy, folder: Path) -> None:
        """Open a copy.

        Args:
            copy: the throw-away copy.
            folder: an empty folder to work in.
        """
        import ironcalc  # noqa: PLC0415 - needed by those tests alone that ask for it

        path = folder / "ironcalc.xlsx"
        path.write_bytes(copy.data)
        self._model = ironcalc.load_from_xlsx(str(path))
        self._places = {
            sheet["name"]: index for index, sheet in enumerate(self._model.get_worksheets_properties())
        }
        for sheet, row, column in copy.blanks:
            self.type(sheet, row, column, None)  # its reader takes a blank with a style for 0

    def type(self, sheet: str, row: int, column: int, value: Value) -> None:
        """Type a number or text into a cell, or clear it."""
        if value is None or value == "":
            self._model.clear_cell_contents(self._places[sheet], row, column)
        else:
            self._model.set_user_input(self._places[sheet], row, column, str(value))

    def evaluate(self) -> None:
        """Compute every formula."""
        self._model.evaluate()

    def value(self, sheet: str, row: int, column: int) -> Value:
        """Return a cell's value."""
        found: Value = self._model.get_cell_value(self._places[sheet], row, column)
        return found


def by_ironcalc(copy: Copy, folder: Path) -> Values:
    """Return the formulas' values as IronCalc computes them.

    Args:
        copy: the throw-away copy.
        folder: an empty folder to work in.
    """
    model = IronCalc(copy, folder)
    model.evaluate()
    return {
        (sheet, address): model.value(sheet, *coordinate_to_tuple(address)) for sheet, address in copy.native
    }


def has_libreoffice() -> bool:
    """Tell whether LibreOffice is installed."""
    return shutil.which("soffice") is not None


def by_libreoffice(copy: Copy, folder: Path) -> Values:
    """Return the formulas' values as LibreOffice computes them, told to recalculate always.

    Args:
        copy: the throw-away copy.
        folder: an empty folder to work in.
    """
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_ALWAYS_RECALCULATE, encoding="utf-8")
    path, result = folder / "copy.xlsx", folder / "computed"
    path.write_bytes(copy.data)
    command = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", "xlsx"]
    subprocess.run(
        [*command, "--outdir", str(result), str(path)], check=True, capture_output=True, timeout=180
    )
    book = openpyxl.load_workbook(result / "copy.xlsx", data_only=True)
    return {(sheet, address): book[sheet][address].value for sheet, address in copy.native}


def differences(expected: Values, found: Values, relative: float = 1e-9) -> list[str]:
    """Return a line for each cell whose values differ; a blank is an empty text, an amount near 0 is 0."""
    lines = []
    for place, value in expected.items():
        other = found.get(place)
        if isinstance(value, (int, float)) and isinstance(other, (int, float)):
            same = math.isclose(value, other, rel_tol=relative, abs_tol=relative)
        else:
            same = (value or "") == (other or "")
        if not same:
            lines.append(f"{place[0]}!{place[1]}: {value!r}, found {other!r}")
    return lines
