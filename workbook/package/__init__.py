"""The .xlsx package: cells, charts and properties changed by splicing bytes, everything else as it was."""

from __future__ import annotations

from workbook.package.archive import Package, defined_names, write_atomic
from workbook.package.cell_reader import read_cells
from workbook.package.cell_text import CellChange, CellContent, CellValue, ErrorValue
from workbook.package.chart_cache import update_chart_caches
from workbook.package.finishing import finish
from workbook.package.sheet_write import set_constants, set_values

__all__ = [
    "CellChange",
    "CellContent",
    "CellValue",
    "ErrorValue",
    "Package",
    "defined_names",
    "finish",
    "read_cells",
    "set_constants",
    "set_values",
    "update_chart_caches",
    "write_atomic",
]
