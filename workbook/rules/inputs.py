"""Rules on inputs: marked, explained, limited, open and used (I01 to I07)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workbook.package.sheet_scan import inside
from workbook.rules import words
from workbook.rules.cell_styles import is_on
from workbook.rules.formula_text import parse
from workbook.rules.registry import Hit, rule
from xlmodel.grid import cell_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbook.rules.book import Book
    from workbook.rules.sheet import Cell, Sheet
    from xlmodel.grid import Area

_SEPARATORS = re.compile(r"[;；,，、\s]+")
PROTECTION_HASHES = ("password", "hashValue", "saltValue")


@rule(
    "I01",
    zh="输入表上手填的数字都用 Input 样式；不影响结果的用 Idle",
    en="Every number typed on an input sheet has the style Input, or Idle where it moves nothing",
    how="Style of number constants on sheets with the role inputs; the columns that describe an input "
    "(default, limits, min, max) and header rows are not inputs",
    indexed=True,
)
def numbers_are_inputs(book: Book) -> Iterator[Hit]:
    """Look at the style of typed numbers."""
    for sheet in book.with_role("inputs"):
        for cell in sheet.cells.values():
            if cell.typed_number and not cell.look.is_kind("Input", "Idle", "Header"):
                header = words.normal(sheet.header_above(cell.row).get(cell.column, ""))
                if not header.startswith(words.ABOUT):
                    yield Hit(
                        sheet.name, cell.address, f"typed number in the style {cell.look.style}; use Input"
                    )


@rule(
    "I02",
    zh="计算表、输出表、检查表和封面上没有手填的数字",
    en="No number is typed on the cover or on calculation, output or checks sheets",
    how="Number constants by the sheet's role; header cells and dates are allowed",
    indexed=True,
)
def no_typed_numbers(book: Book) -> Iterator[Hit]:
    """Look for number constants where only formulas belong."""
    for sheet in book.with_role("cover", "calculation", "output", "checks"):
        for cell in sheet.cells.values():
            if cell.typed_number and not cell.look.is_kind("Header") and not cell.look.is_date:
                yield Hit(sheet.name, cell.address, "typed number; compute it, or move it to an input sheet")


@rule(
    "I03",
    zh="每个输入有名称、单位和来源编号，编号见来源表",
    en="Each input has a label, a unit and a source id that the sheet Sources knows",
    how="The input's row on an input sheet: text left of it, the columns headed unit and source; a number needs a unit",
    indexed=True,
)
def inputs_are_explained(book: Book) -> Iterator[Hit]:
    """Look along the row of each input."""
    known = set(source_rows(book))
    for sheet in book.with_role("inputs"):
        for row, cells in _input_rows(sheet).items():
            yield from _row_hits(sheet, row, cells, known)


def _row_hits(sheet: Sheet, row: int, cells: list[Cell], known: set[str]) -> Iterator[Hit]:
    first = cells[0]
    header = sheet.header_above(row)
    if not any(sheet.text(row, column).strip() for column in range(1, first.column)):
        yield Hit(sheet.name, first.address, "input without a label; write one left of it")
    unit = next((column for column, text in header.items() if words.normal(text) in words.UNIT), 0)
    if any(cell.is_number for cell in cells) and not sheet.text(row, unit).strip():
        yield Hit(sheet.name, first.address, "input without a unit; fill the column unit (单位)")
    source = next((column for column, text in header.items() if words.normal(text) in words.SOURCE), 0)
    ids = split_ids(sheet.text(row, source))
    if not ids:
        yield Hit(sheet.name, first.address, "input without a source; fill the column source (来源)")
    for unknown in (each for each in ids if known and each not in known):
        yield Hit(sheet.name, first.address, f"source {unknown} is not on the sheet Sources; add it there")


@rule(
    "I04",
    zh="每个输入都有带出错提示的数据验证",
    en="Each input has a data validation with an error message",
    how="Input cells of input sheets lie in a validation that shows a message with text",
    indexed=True,
)
def inputs_are_limited(book: Book) -> Iterator[Hit]:
    """Find the validation over each input."""
    for sheet in book.with_role("inputs"):
        for cells in _input_rows(sheet).values():
            for cell in cells:
                over = [
                    each
                    for each in sheet.validations
                    if any(inside(area, cell.row, cell.column) for area in each.areas)
                ]
                if not over:
                    yield Hit(
                        sheet.name, cell.address, "input without a data validation; give it limits or a list"
                    )
                elif not any(each.shows_error and each.error.strip() for each in over):
                    yield Hit(
                        sheet.name, cell.address, "validation without an error message; say what is allowed"
                    )


@rule(
    "I05",
    zh="下拉列表引用名称、表或区域，不写死",
    en="A list validation points to a name, table or range that exists, not to typed entries",
    how="The list's formula does not start with a quote, and leads to cells",
)
def lists_point_to_cells(book: Book) -> Iterator[Hit]:
    """Read the source of each list."""
    for sheet in book.sheets.values():
        for validation in sheet.validations:
            if validation.kind != "list":
                continue
            cell = "" if not validation.areas else _first(validation.areas[0])
            if validation.formula.startswith('"'):
                yield Hit(sheet.name, cell, "list typed into the validation; point it to a name or range")
                continue
            references = parse(f"={validation.formula.lstrip('=')}").references
            if not references or not all(book.knows(each, sheet.name) for each in references):
                yield Hit(
                    sheet.name,
                    cell,
                    f"list {validation.formula!r} leads to no cells; name a range that exists",
                )


@rule(
    "I06",
    zh="输入单元格不锁定，公式锁定；表受保护且无密码",
    en="Inputs are unlocked, formulas locked, their sheets protected without a password",
    how="Lock flags by style and formula; sheetProtection on, no hash, on each sheet with a formula or input",
    indexed=True,
)
def protection(book: Book) -> Iterator[Hit]:
    """Look at locks and protection."""
    for sheet in book.sheets.values():
        matters = False
        for cell in sheet.cells.values():
            if cell.formula is not None:
                matters = True
                if not cell.look.locked:
                    yield Hit(sheet.name, cell.address, "formula is not locked; lock it")
            elif cell.look.is_kind("Input"):
                matters = True
                if cell.look.locked:
                    yield Hit(sheet.name, cell.address, "input is locked; unlock it")
        places = sheet.attributes("sheetProtection") or {}
        if matters and not is_on(places.get("sheet")):
            yield Hit(sheet.name, "", "sheet is not protected; protect it without a password")
        if any(places.get(key) for key in PROTECTION_HASHES):
            yield Hit(sheet.name, "", "sheet is protected by a password; protect it without one")


@rule(
    "I07",
    zh="每个命名输入都被使用",
    en="Every named input is used",
    how="Each `in_*` name, or a range over its cell, stands in a formula of another row or in a validation",
)
def inputs_are_used(book: Book) -> Iterator[Hit]:
    """Search formulas and validations for each named input."""
    wanted = {name.casefold(): name for name in book.names if name.casefold().startswith("in_")}
    if not wanted:
        return
    used, areas = _references(book)
    for folded, name in wanted.items():
        named = book.areas(name, "")
        if folded in used or not named:
            continue
        sheet, top, left = named[0][:3]
        if not any(_reaches(area, home, sheet, top, left) for home, area in areas):
            yield Hit(sheet, cell_name(top, left), f"input {name} is not used; use it or remove it")


def _reaches(area: Area, home: tuple[str, int], sheet: str, row: int, column: int) -> bool:
    return area.sheet == sheet and area.holds(row, column) and home != (sheet, row)


def _references(book: Book) -> tuple[set[str], set[tuple[tuple[str, int], Area]]]:
    """Give the names used anywhere, and every area referred to with sheet and row of the formula."""
    used: set[str] = set()
    areas: set[tuple[tuple[str, int], Area]] = set()
    texts = [
        (sheet.name, cell.row, cell.formula or "")
        for sheet in book.sheets.values()
        for cell in sheet.formulas()
    ]
    texts += [
        (sheet.name, 0, f"={each.formula.lstrip('=')}")
        for sheet in book.sheets.values()
        for each in sheet.validations
        if each.formula
    ]
    for sheet, row, text in texts:
        for reference in parse(text).references:
            used.add(reference.casefold())
            areas.update(((sheet, row), area) for area in book.areas(reference, sheet))
    return used, areas


def _input_rows(sheet: Sheet) -> dict[int, list[Cell]]:
    """Give the input cells of a sheet by row, from left to right."""
    rows: dict[int, list[Cell]] = {}
    for key in sorted(sheet.cells):
        cell = sheet.cells[key]
        if cell.look.is_kind("Input") and cell.formula is None:
            rows.setdefault(cell.row, []).append(cell)
    return rows


def _first(area: tuple[int, int, int, int]) -> str:
    return cell_name(area[0], area[1])


def split_ids(text: str) -> list[str]:
    """Split a cell with one or more source ids."""
    return [part for part in _SEPARATORS.split(text.strip()) if part]


def source_rows(book: Book) -> dict[str, int]:
    """Give the row of each source id on the sheet Sources; empty where there is no such sheet."""
    sheet = book.named(words.SOURCES)
    if sheet is None or not sheet.headers:
        return {}
    top = min(sheet.headers)
    column = next(
        (each for each, text in sheet.headers[top].items() if words.normal(text) in words.SOURCE),
        min(sheet.headers[top]),
    )
    rows = (row for row, each in sheet.cells if each == column and row > top)
    return {sheet.text(row, column).strip(): row for row in sorted(rows) if sheet.text(row, column).strip()}
