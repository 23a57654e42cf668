"""Rules on sheets: what they are called, what stands on top, what is hidden (S01 to S06)."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from workbook.package.sheet_scan import parse_range
from workbook.rules import words
from workbook.rules.cell_styles import is_on, number
from workbook.rules.registry import Hit, rule
from xlmodel.errors import WorkbookError
from xlmodel.grid import column_letters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbook.rules.book import Book
    from workbook.rules.sheet import Cell, Sheet

MAX_SHEET_NAME = 31
_DEFAULT_NAME = re.compile(r"(?:sheet|chart|工作表|图表)\s?\d+\Z", re.IGNORECASE)
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_BUILT_IN = "_xlnm."


@rule(
    "S01",
    zh="封面在首位，并列出其他每张表及其角色",
    en="The cover comes first and lists each other sheet with a role",
    how="The first sheet holds a table headed sheet and role (工作表, 角色); its rows are the other tabs, "
    "each role one of inputs, calculation, output, checks, catalog, other",
)
def cover_lists_sheets(book: Book) -> Iterator[Hit]:
    """Compare the tabs with the cover's table."""
    if not book.cover:
        yield Hit(
            "", "", "no cover: the first sheet has no table headed sheet and role; rules on roles are skipped"
        )
        return
    if book.sheet_names[0] != book.cover:
        yield Hit(book.cover, "", f"the cover is not the first sheet; move it before {book.sheet_names[0]}")
    for name in book.sheet_names:
        if name != book.cover and name not in book.listed:
            yield Hit(book.cover, "", f"the index lacks the sheet {name}; add it with its role")
    for name, role in book.listed.items():
        if name not in book.sheet_names:
            yield Hit(book.cover, "", f"the index lists {name}, which does not exist; take it out")
        elif words.normal(role) not in words.ROLES:
            yield Hit(book.cover, "", f"the index gives {name} the role {role!r}; write inputs, calculation, output, "
                      "checks, catalog or other")  # fmt: skip


@rule(
    "S02",
    zh="每张表 A1 为标题，A2 为“用途：”，A3 为“单位：”",
    en="Each sheet has a title in A1, `Purpose:` in A2 and `Units:` in A3",
    how="Text of A1 to A3; something stands behind the colon",
    indexed=True,
)
def heading_block(book: Book) -> Iterator[Hit]:
    """Read the first three cells of each sheet."""
    for sheet in book.sheets.values():
        if not sheet.text(1, 1).strip():
            yield Hit(sheet.name, "A1", "no title; write what the sheet shows")
        for row, starts in ((2, words.PURPOSE), (3, words.UNITS)):
            text = sheet.text(row, 1).strip().casefold()
            start = next((each for each in starts if text.startswith(each)), None)
            if start is None or text == start:
                label = starts[-1].capitalize()
                yield Hit(sheet.name, f"A{row}", f"no text after `{label}` ({starts[0]}); write one")


@rule(
    "S03",
    zh="表名最多 31 个字符，不用默认名",
    en="A sheet's name has 31 characters at most and is not a default one",
    how="Length; not Sheet1, Chart1, 工作表1",
)
def sheet_names(book: Book) -> Iterator[Hit]:
    """Measure the names of the tabs."""
    for name in book.sheet_names:
        if len(name) > MAX_SHEET_NAME:
            yield Hit(name, "", f"name of {len(name)} characters; Excel allows {MAX_SHEET_NAME}")
        if _DEFAULT_NAME.match(name):
            yield Hit(name, "", "default name; say what the sheet holds")


@rule(
    "S04",
    zh="没有隐藏的表、行、列或名称",
    en="No sheet, row, column or name is hidden",
    how="Sheet state; hidden or zero-size rows and columns; hidden names except Excel's own",
)
def nothing_hidden(book: Book) -> Iterator[Hit]:
    """Look at everything that can be hidden."""
    for sheet in book.sheets.values():
        if sheet.state != "visible":
            yield Hit(sheet.name, "", f"sheet is {sheet.state}; show it")
        for row, places in sheet.rows.items():
            if is_on(places.get("hidden")) or number(places.get("ht"), 1.0) == 0:
                yield Hit(sheet.name, f"A{row}", "row is hidden; show it")
        for low, _, _, hidden in sheet.widths:
            if hidden:
                yield Hit(sheet.name, f"{column_letters(low)}1", "column is hidden; show it")
    listed = book.package.tree(book.package.workbook_part).child("definedNames")
    for element in listed.children if listed else ():
        name = element.attributes.get("name", "")
        if is_on(element.attributes.get("hidden")) and not name.startswith(_BUILT_IN):
            yield Hit("", "", f"name {name} is hidden; show or remove it")


@rule("S05", zh="没有合并单元格", en="No cells are merged", how="No mergeCell element")
def nothing_merged(book: Book) -> Iterator[Hit]:
    """List the merged ranges."""
    for sheet in book.sheets.values():
        merged = sheet.root.child("mergeCells")
        for element in merged.children if merged else ():
            yield Hit(sheet.name, element.attributes.get("ref", ""), "merged cells; put the text in one cell")


@rule(
    "S06",
    zh="每张表冻结窗格；变更表有带日期的记录",
    en="Each sheet has freeze panes; the sheet Changes has a dated row",
    how="A frozen pane in each sheet's view; where there is a cover, a sheet Changes (变更) with a date below its header",
)
def frozen_and_dated(book: Book) -> Iterator[Hit]:
    """Look for panes, and for a date among the changes."""
    for sheet in book.sheets.values():
        if not sheet.frozen:
            yield Hit(sheet.name, "", "no freeze panes; freeze the rows above the data")
    if not book.indexed:
        return
    changes = book.named(words.CHANGES)
    if changes is None:
        yield Hit("", "", "no sheet Changes (变更); add one with a dated row")
    elif not any(is_dated(cell) for cell in _below_header(changes)):
        yield Hit(changes.name, "", "no dated row; write the date as YYYY-MM-DD")


def _below_header(sheet: Sheet) -> list[Cell]:
    first = min(sheet.headers, default=0)
    return [cell for cell in sheet.cells.values() if cell.row > first]


def is_dated(cell: Cell) -> bool:
    """Tell whether a cell holds a date: a number shown as one, or text that starts with YYYY-MM-DD."""
    if cell.is_number:
        return cell.look.is_date
    return is_iso_date(cell.text)


def is_iso_date(text: str) -> bool:
    """Tell whether a text starts with a date of the calendar, written YYYY-MM-DD."""
    match = _ISO_DATE.match(text.strip())
    if not match:
        return False
    try:
        date.fromisoformat(match[0])
    except ValueError:
        return False
    return True


def is_range(text: str) -> bool:
    """Tell whether a text is an address or a range."""
    try:
        parse_range(text)
    except WorkbookError:
        return False
    return True
