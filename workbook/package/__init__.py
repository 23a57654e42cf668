"""The .xlsx package: cells, charts and properties changed by splicing bytes, everything else as it was."""

from __future__ import annotations

from workbook.package.archive import Package, defined_names
from workbook.package.cell_reader import cells_of, read_cells
from workbook.package.cell_text import CellChange, CellContent
from workbook.package.chart_cache import update_chart_caches
from workbook.package.contents import Contents, read_contents, tables_of
from workbook.package.files import write_atomic
from workbook.package.finishing import finish
from workbook.package.sheet_write import patch, set_constants, set_values

__all__ = [
    "CellChange",
    "CellContent",
    "Contents",
    "Package",
    "cells_of",
    "defined_names",
    "finish",
    "patch",
    "read_cells",
    "read_contents",
    "set_constants",
    "set_values",
    "tables_of",
    "update_chart_caches",
    "write_atomic",
]
