"""Which formulas the engine computes as Excel does, and how many of the others a second engine would recover.

`validation/excel-formulas.csv` holds formulas with Excel's values, of Microsoft's pages for the functions or by hand.
They stand beside the cells of `CELLS`, row 2 hidden. LibreOffice is asked as a regeneration asks it. IronCalc opens no
workbook without styles, so openpyxl saves it first.

Run: python benchmarks/bench_engines.py
"""

from __future__ import annotations

import csv
import math
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import ironcalc
import openpyxl

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "workbook"))
from small_books import book

from workbook.package import Package, cells_of, read_contents
from workbook.renew.second_engine import computed_by_libreoffice
from xlmodel.engine import compute, exactly
from xlmodel.grid import Address, Formula

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMULAS = Path(__file__).parent / "validation" / "excel-formulas.csv"
CELLS = {
    "A1": ("", 10),
    "A2": ("", 20),
    "A3": ("", 30),
    "A4": ("", "x"),
    "D2": ("", "a"),
    "D3": ("", "b"),
    "D4": ("", "c"),
    "D5": ("", "a"),
    "E2": ("", 2),
    "E3": ("NA()", None),
    "E4": ("", 4),
    "E5": ("", 5),
    "G2": ("", 3),
    "G3": ("", 1),
    "G4": ("", 5),
}
FIRST_ROW, COLUMN = 10, 26
SHEET = "xl/worksheets/sheet1.xml"
NAMES = '<definedNames><definedName name="cost">S!$A$1</definedName></definedNames>'
SAME = 1e-5  # Microsoft's pages give six digits


def main() -> None:
    """Compute the formulas three times and compare."""
    with FORMULAS.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    places = {(FIRST_ROW + number, COLUMN): line for number, line in enumerate(lines)}
    package = Package.read(
        book(
            {**CELLS, **{f"Z{row}": (line["formula"], None) for (row, _), line in places.items()}}, "S", NAMES
        )
    )
    package.parts[SHEET] = package.parts[SHEET].replace(b'<row r="2">', b'<row r="2" hidden="1">')
    data = package.to_bytes()
    found = {
        "engine": by_engine(data),
        "LibreOffice": by_libreoffice(data),
        "IronCalc": by_ironcalc(data, places),
    }
    right = {
        name: {place for place, line in places.items() if same(values.get(place), line)}
        for name, values in found.items()
    }
    lost = places.keys() - right["engine"]
    for place in sorted(lost):
        recovered = [name for name in found if place in right[name]]
        print(
            f"{places[place]['formula']}: Excel {places[place]['value']}, also {', '.join(recovered) or 'no one'}"
        )
    for name in found:
        print(
            f"{name}: {len(right[name])} of {len(places)} as Excel; {len(lost & right[name])} of the {len(lost)} lost"
        )


def by_engine(data: bytes) -> Mapping[tuple[int, int], object]:
    """Compute with the engine, as a regeneration does."""
    package = Package.read(data)
    contents = read_contents(package, {"S": cells_of(package, "S")})
    cells = {
        place: Formula(exactly(content.body)) if isinstance(content, Formula) else content
        for place, content in contents.sheets["S"].items()
    }
    made = compute({"S": cells}, names=contents.names)
    return {place: made.values.get(Address("S", *place)) for place in cells}


def by_libreoffice(data: bytes) -> Mapping[tuple[int, int], object]:
    """Compute with LibreOffice."""
    begin = perf_counter()
    (shown,) = computed_by_libreoffice([data])
    print(f"LibreOffice took {perf_counter() - begin:.1f} s")
    return {place: cell.value for place, cell in shown["S"].items()}


def by_ironcalc(data: bytes, places: Mapping[tuple[int, int], object]) -> Mapping[tuple[int, int], object]:
    """Compute with IronCalc."""
    with tempfile.TemporaryDirectory() as name:
        plain, styled = Path(name) / "plain.xlsx", Path(name) / "styled.xlsx"
        plain.write_bytes(data)
        openpyxl.load_workbook(plain).save(styled)
        model = ironcalc.load_from_xlsx(str(styled))
        model.evaluate()
        return {place: model.get_cell_value(0, *place) for place in places}


def same(value: object, line: Mapping[str, str]) -> bool:
    """Tell whether a value is Excel's, in kind and size."""
    if line["kind"] == "number":
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return number and math.isclose(value, float(line["value"]), rel_tol=SAME, abs_tol=SAME / 1000)
    if line["kind"] == "logical":
        return isinstance(value, bool) and str(value).upper() == line["value"]
    return str(value) == line["value"] and not isinstance(value, float)


if __name__ == "__main__":
    main()
