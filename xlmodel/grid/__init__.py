"""The vocabulary of a spreadsheet: cells, areas, tables, errors, and the text of formulas."""

from __future__ import annotations

from xlmodel.grid.cells import CellValue, Content, Formula, Rows, Table
from xlmodel.grid.dates import serial_number
from xlmodel.grid.error_codes import STORED_ERRORS, ErrorCode, error_code
from xlmodel.grid.lexer import Kind, Token, tokens
from xlmodel.grid.moving import moved
from xlmodel.grid.places import (
    MAX_COLUMN,
    MAX_ROW,
    Address,
    Area,
    area_of,
    cell_name,
    cell_place,
    column_letters,
    column_number,
    quoted,
    split_sheet,
)
from xlmodel.grid.structured import structured_area

__all__ = [
    "MAX_COLUMN",
    "MAX_ROW",
    "STORED_ERRORS",
    "Address",
    "Area",
    "CellValue",
    "Content",
    "ErrorCode",
    "Formula",
    "Kind",
    "Rows",
    "Table",
    "Token",
    "area_of",
    "cell_name",
    "cell_place",
    "column_letters",
    "column_number",
    "error_code",
    "moved",
    "quoted",
    "serial_number",
    "split_sheet",
    "structured_area",
    "tokens",
]
