"""The cells, names and tables of a workbook as the engine takes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workbook.package.archive import defined_names
from workbook.package.cell_reader import cells_of
from workbook.package.cell_text import decode_text
from workbook.package.sheet_scan import scan_sheet
from workbook.package.xml_spans import whole_number
from xlmodel.errors import WorkbookError
from xlmodel.grid import Formula, Table, area_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workbook.package.archive import Package
    from workbook.package.cell_text import CellContent
    from workbook.package.sheet_scan import SheetScan
    from xlmodel.grid import Content

_BUILT_IN_NAME = "_xlnm."


@dataclass(slots=True)
class Contents:
    """What a workbook holds.

    Args:
        sheets: sheet name -> (row, column) -> content, in the order of the tabs.
        names: defined name -> what it refers to; a name of one sheet as `Sheet!name`.
        tables: the worksheet tables.
        date_system: `1900` or `1904`.
        data_tables: the cells that hold a what-if data table, by sheet; its formula reads `TABLE(row input,column input)`.
    """

    sheets: dict[str, dict[tuple[int, int], Content]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    tables: list[Table] = field(default_factory=list)
    date_system: str = "1900"
    data_tables: dict[str, frozenset[tuple[int, int]]] = field(default_factory=dict)


def read_contents(
    package: Package, cells: Mapping[str, Mapping[tuple[int, int], CellContent]] | None = None
) -> Contents:
    """Read what a workbook holds: constants, and formulas as they are stored, shared ones written out.

    Args:
        package: the workbook.
        cells: the cells of its worksheets, where they are read already.

    Raises:
        WorkbookError: a part that cannot be read.
    """
    held = cells if cells is not None else {sheet: cells_of(package, sheet) for sheet in package.worksheets}
    return Contents(
        {sheet: _contents(found, scan_sheet(package, sheet)) for sheet, found in held.items()},
        {
            name: text
            for name, text in defined_names(package).items()
            if text and not name.rpartition("!")[2].startswith(_BUILT_IN_NAME)
        },
        [table for sheet in held for table in tables_of(package, sheet)],
        package.date_system,
        {sheet: frozenset(tables) for sheet in held if (tables := scan_sheet(package, sheet).tables)},
    )


def tables_of(package: Package, sheet: str) -> Iterator[Table]:
    """Give the tables of a sheet.

    Raises:
        WorkbookError: a table without a range.
    """
    for link in package.relationships(package.sheet_part(sheet)):
        if link.kind != "table" or link.target not in package.parts:
            continue
        root = package.tree(link.target)
        places, listed = root.attributes, root.child("tableColumns")
        area = area_of(places.get("ref", ""), sheet)
        name = places.get("displayName", places.get("name", ""))
        heads = whole_number(places.get("headerRowCount"))
        if area is None:
            raise WorkbookError(
                f"{package.name}: {link.target}: table {name} has no range; save it again in Excel"
            )
        yield Table(
            name,
            *area,
            tuple(
                decode_text(column.attributes.get("name", ""))
                for column in (listed.children if listed else ())
            ),
            1 if heads is None else heads,
            whole_number(places.get("totalsRowCount")) or 0,
        )


def _contents(
    cells: Mapping[tuple[int, int], CellContent], scan: SheetScan
) -> dict[tuple[int, int], Content]:
    found: dict[tuple[int, int], Content] = {}
    for place, cell in cells.items():
        if cell.formula is not None:
            found[place] = _formula(cell.formula[1:], place, scan)
        elif cell.value is not None:
            found[place] = cell.value
    return found


def _formula(text: str, place: tuple[int, int], scan: SheetScan) -> Formula:
    area = scan.arrays.get(place)
    if area is None and place in scan.tables:
        top, left, bottom, right = scan.tables[place]
        return Formula(text, bottom - top + 1, right - left + 1)
    if area is None:
        part = scan.cells[place].formula
        return Formula(text, array=part is not None and part.attributes.get("t") == "array")
    top, left, bottom, right = area
    return Formula(text, bottom - top + 1, right - left + 1, array=True)
