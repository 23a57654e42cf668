"""Columns, addresses, areas, sheet names, and the tables that references name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter, quote_sheetname

from workbook.package.cell_text import decode_text, encode_text
from xlmodel.grid import (
    MAX_COLUMN,
    MAX_ROW,
    Address,
    Area,
    ErrorCode,
    Table,
    area_of,
    cell_name,
    cell_place,
    column_letters,
    column_number,
    error_code,
    quoted,
    split_sheet,
    structured_area,
)

TABLES = {"PRICES": Table("Prices", "S", 2, 3, 6, 5, ("item", "a!b", "it's [x]"), 1, 1)}


def test_columns_are_named_as_openpyxl_names_them() -> None:
    """All 16,384, there and back."""
    letters = [column_letters(column) for column in range(1, MAX_COLUMN + 1)]
    assert letters == [get_column_letter(column) for column in range(1, MAX_COLUMN + 1)]
    assert [column_number(each) for each in letters] == list(range(1, MAX_COLUMN + 1))


@given(st.integers(1, MAX_ROW), st.integers(1, MAX_COLUMN))
def test_names_of_cells_come_back(row: int, column: int) -> None:
    """A name leads to its cell, and to an area of that cell alone."""
    name = cell_name(row, column)
    assert cell_place(name) == cell_place(name.lower()) == (row, column)
    assert area_of(name, "S") == Area("S", row, column, row, column)
    assert Address("S", row, column).name == name


@pytest.mark.parametrize("text", ["", "A", "1", "A0", "XFE1", "A1048577", "A1:B2", "AAAA1", "A 1", "R1C1"])
def test_what_is_no_cell(text: str) -> None:
    """Other texts, and cells beyond the sheet."""
    assert cell_place(text) is None


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("$B$2:A1", (1, 1, 2, 2)),
        ("C:A", (1, 1, MAX_ROW, 3)),
        ("3:$1", (1, 1, 3, MAX_COLUMN)),
        ("A1:B", None),
        ("A0", None),
        ("price", None),
    ],
)
def test_areas(text: str, area: tuple[int, ...] | None) -> None:
    """Corners in any order, whole columns and rows."""
    assert area_of(text, "S") == (None if area is None else ("S", *area))


@pytest.mark.parametrize(
    ("operand", "sheet", "rest"),
    [
        ("Sheet1!A1", "Sheet1", "A1"),
        ("'It''s'!A1", "It's", "A1"),
        ("'a!b'!A1", "a!b", "A1"),
        ("[1]S!A1", "[1]S", "A1"),
        ("Tbl[a!b]", None, "Tbl[a!b]"),
        ("Tbl['[a!b]", None, "Tbl['[a!b]"),
        ("Tbl[']a!b]", None, "Tbl[']a!b]"),
        ("[@a!b]", None, "[@a!b]"),
        ("S!Tbl[a!b]", "S", "Tbl[a!b]"),
        ("#REF!A1", None, "#REF!A1"),
        ("A1", None, "A1"),
    ],
)
def test_sheets_are_split_off(operand: str, sheet: str | None, rest: str) -> None:
    """A mark inside a table's brackets, or of an error, ends no sheet name."""
    assert split_sheet(operand) == (sheet, rest)


@pytest.mark.parametrize("name", ["Data", "报价", "a b", "It's", "A1", "R1C1", "2024", "x-y", "XFD1048576"])
def test_quoted_names_come_back(name: str) -> None:
    """A quoted name is read again, and openpyxl's quotes are read as ours."""
    assert split_sheet(f"{quoted(name)}!A1") == (name, "A1")
    assert split_sheet(f"{quote_sheetname(name)}!A1") == (name, "A1")


@pytest.mark.parametrize(
    ("operand", "area"),
    [
        ("Prices[item]", (3, 3, 5, 3)),
        ("prices[a!b]", (3, 4, 5, 4)),
        ("Prices[[item]:[a!b]]", (3, 3, 5, 4)),
        ("Prices[#All]", (2, 3, 6, 5)),
        ("Prices[[#Headers],[item]]", (2, 3, 2, 3)),
        ("Prices[[#Totals],[it''s '[x']]]", (6, 5, 6, 5)),
        ("[@item]", (4, 3, 4, 3)),
        ("Prices[]", (3, 3, 5, 5)),
    ],
)
def test_tables(operand: str, area: tuple[int, ...]) -> None:
    """Columns by name, also with marks and escapes in it; parts of the table; the formula's own row."""
    assert structured_area(operand, TABLES, Address("S", 4, 4)) == Area("S", *area)


@pytest.mark.parametrize(
    ("operand", "words"),
    [
        ("Nothing[x]", "no table named Nothing"),
        ("Prices[x]", "has no column x"),
        ("Prices[#Odd]", "no part #odd"),
    ],
)
def test_tables_that_do_not_exist(operand: str, words: str) -> None:
    """A sentence says what is missing."""
    assert words in str(structured_area(operand, TABLES, Address("S", 4, 4)))


def test_an_error_is_no_text() -> None:
    """So that nothing takes it for one; its code is read again, in any case."""
    assert not any(isinstance(code, str) for code in ErrorCode)
    assert all(error_code(str(code)) is code for code in ErrorCode)
    assert error_code("#n/a") is ErrorCode.NA


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("a_x000A_b", "a\nb"),
        ("_x005F_x000A_", "_x000A_"),
        ("_xD800_", "_xD800_"),
        ("_xDE00__xD83D_", "_xDE00__xD83D_"),
        ("_xD83D__xDE00_", "😀"),
        ("_xd83d__xde00_!", "😀!"),
        ("_x0041__xD83D__xDE00_", "A😀"),
    ],
)
def test_escapes(written: str, text: str) -> None:
    """An escape is its character; that of half a character stays as written, both halves are the character."""
    assert decode_text(written) == text
    assert decode_text(encode_text(text)) == text


@given(st.text(st.sampled_from("_xXDd8E0aA005F\n\x01\r"), max_size=24))
def test_any_text_with_escapes_comes_back(text: str) -> None:
    """Whatever looks like an escape, and never half a character."""
    assert decode_text(encode_text(text)) == text
    decode_text(text).encode()


def test_an_error_equals_its_code_and_is_no_text() -> None:
    """A person compares a result with what a cell shows; code that asks for texts does not meet an error."""
    assert ErrorCode.NA == "#N/A"
    assert ErrorCode.NA != "#REF!"
    assert {ErrorCode.NA: 1}["#N/A"] == 1
    assert not isinstance(ErrorCode.NA, str)
