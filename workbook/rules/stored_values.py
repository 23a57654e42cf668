"""Rules on values: carried, current, numbers as numbers, the same for every reader (V01 to V03, T10)."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from typing import TYPE_CHECKING

import openpyxl
import python_calamine

from workbook.rules.cell_styles import is_on, number
from workbook.rules.formula_text import bare_name, parse
from workbook.rules.registry import Hit, rule
from xlmodel.functions import FUNCTIONS
from xlmodel.grid import ErrorCode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbook.rules.book import Book
    from workbook.rules.sheet import Cell

CURRENT_CALC_ID = 191_029
_NUMBER_TEXT = re.compile(
    r"[+\-−]?[¥￥$€]?(?:\d{1,3}(?:[,，]\d{3})+|\d+)?(?:[.．]\d+)?(?:[eE][+-]?\d+)?[%％]?\Z"
)
_MERGES = re.compile(rb"<(?:\w+:)?mergeCells\b.*?</(?:\w+:)?mergeCells>", re.DOTALL)
_WHOLE_MERGE = re.compile(rb"""<(?:\w+:)?mergeCell\b[^>]*ref=["'][A-Z]+\d+:[A-Z]+\d{5,}["']""")
_TOLERANCE = 1e-12
_MAX_CELLS = 5_000_000


@rule(
    "V01",
    zh="每个公式都带计算值，且没有错误值",
    en="Every formula carries a value, and no cell an error",
    how="Cached value of each formula cell",
)
def values_are_carried(book: Book) -> Iterator[Hit]:
    """Look at the value behind each formula."""
    for sheet in book.sheets.values():
        for cell in sheet.cells.values():
            if isinstance(cell.value, ErrorCode):
                yield Hit(
                    sheet.name, cell.address, f"shows {cell.value}; ask first whether the result exists"
                )
            elif cell.formula is not None and cell.value is None:
                yield Hit(
                    sheet.name, cell.address, "formula without a value; previews and readers show a blank"
                )


@rule(
    "V02",
    zh="自动计算、不迭代；含本产品函数的文件带当前 calcId 且不带 fullCalcOnLoad",
    en="Calculation is automatic and not iterative; a file with our functions opens without a recalculation",
    how="calcPr: calcMode, iterate; where one of our functions is called, calcId at least 191029 and no fullCalcOnLoad",
)
def calculation_settings(book: Book) -> Iterator[Hit]:
    """Read the calculation settings."""
    places = book.package.calc_pr
    mode = places.get("calcMode", "auto")
    if mode != "auto":
        yield Hit("", "", f"calculation mode is {mode}; make it automatic")
    if is_on(places.get("iterate")):
        yield Hit("", "", "iterative calculation is on, which hides circles; turn it off")
    if not _calls_ours(book):
        return
    if is_on(places.get("fullCalcOnLoad")):
        yield Hit("", "", "fullCalcOnLoad turns our functions into #NAME? where they are missing; remove it")
    if number(places.get("calcId")) < CURRENT_CALC_ID:
        yield Hit("", "", f"no current calcId, so Excel recalculates on opening; write {CURRENT_CALC_ID}")


def _calls_ours(book: Book) -> bool:
    return any(
        bare_name(name) in FUNCTIONS
        for sheet in book.sheets.values()
        for cell in sheet.formulas()
        for name in parse(cell.formula or "").functions
    )


@rule(
    "V03",
    zh="没有以文本存放的数字",
    en="No number is stored as text",
    how="Text constants that read as a number; header cells are labels",
)
def numbers_are_numbers(book: Book) -> Iterator[Hit]:
    """Read the texts that look like numbers."""
    headers = {
        (table.sheet, table.top, column)
        for table in book.tables.values()
        if table.header_rows
        for column in range(table.left, table.right + 1)
    }
    for sheet in book.sheets.values():
        for cell in sheet.cells.values():
            if cell.formula is not None or not cell.text or not _reads_as_number(cell.text):
                continue
            if not cell.look.is_kind("Header") and (sheet.name, cell.row, cell.column) not in headers:
                yield Hit(sheet.name, cell.address, "number stored as text; type it as a number")


def _reads_as_number(text: str) -> bool:
    plain = text.replace("\xa0", " ").strip()
    return any(letter.isdigit() for letter in plain) and bool(_NUMBER_TEXT.match(plain))


@rule(
    "T10",
    zh="各读取程序读到的数字相同",
    en="Readers agree on every number",
    how="The file's own numbers against openpyxl and python-calamine, to 1e-12",
)
def readers_agree(book: Book) -> Iterator[Hit]:
    """Read the file with two other readers and compare."""
    for reader, read in (("openpyxl", _with_openpyxl), ("calamine", _with_calamine)):
        try:
            yield from _disagreements(book, reader, read(book))
        except Exception as error:  # noqa: BLE001 - a reader that fails on a file, however, is the finding
            reason = " ".join(str(error).split())
            yield Hit("", "", f"{reader} cannot read the file ({type(error).__name__}: {reason})")


Readings = dict[str, dict[tuple[int, int], object]]


def _disagreements(book: Book, reader: str, readings: Readings) -> Iterator[Hit]:
    for name, values in readings.items():
        for key, cell in book.sheets[name].cells.items():
            if cell.is_number and not _same(cell, values.get(key)):
                yield Hit(
                    name,
                    cell.address,
                    f"{reader} reads another value than the file holds; write the cell again",
                )


def _same(cell: Cell, other: object) -> bool:
    if isinstance(other, bool) or other is None or isinstance(other, str):
        return False
    if not isinstance(other, int | float):
        return True  # a date, which both readers make of the number by its format
    mine = cell.value
    assert isinstance(mine, int | float)  # noqa: S101 - the caller asked
    return abs(mine - other) <= _TOLERANCE * max(abs(mine), abs(other))


def _with_openpyxl(book: Book) -> Readings:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what openpyxl leaves out is not asked here
        opened = openpyxl.load_workbook(io.BytesIO(_without_merges(book)), data_only=True)
    return {
        sheet.name: {
            key: opened[sheet.name].cell(*key).value for key, cell in sheet.cells.items() if cell.is_number
        }
        for sheet in book.sheets.values()
    }


def _without_merges(book: Book) -> bytes:
    """Give the file without merges over whole columns, for each cell of which openpyxl would make an object."""
    parts = dict(book.package.parts)
    large = False
    for name in {book.package.sheet_part(sheet) for sheet in book.sheets}:
        if _WHOLE_MERGE.search(parts[name]):
            parts[name], large = _MERGES.sub(b"", parts[name]), True
    if not large:
        return book.package.to_bytes()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def _with_calamine(book: Book) -> Readings:
    opened = python_calamine.load_workbook(io.BytesIO(book.package.to_bytes()))
    return {
        sheet: {
            (row, column): value
            for row, values in enumerate(
                opened.get_sheet_by_name(sheet).to_python(skip_empty_area=False), start=1
            )
            for column, value in enumerate(values, start=1)
            if value != ""
        }
        for sheet in _worth_reading(book)
    }


def _worth_reading(book: Book) -> Iterator[str]:
    """Give the sheets that are not mostly empty: for a lone cell far out a reader fills a whole sheet."""
    for sheet in book.sheets.values():
        filled = [key for key, cell in sheet.cells.items() if cell.value is not None]
        if (
            0
            < max((row for row, _ in filled), default=0) * max((column for _, column in filled), default=0)
            <= _MAX_CELLS
        ):
            yield sheet.name
