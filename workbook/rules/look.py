"""Rules on looks: number formats, fonts, widths, contrast, conditional formats (N01 to N04, A03, T17)."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

from workbook.rules import words
from workbook.rules.cell_styles import is_on, number
from workbook.rules.colours import WHITE, contrast
from workbook.rules.registry import Hit, rule
from workbook.rules.sheet import areas_of
from workbook.rules.text_size import shown_number, text_width

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbook.rules.book import Book
    from workbook.rules.cell_styles import CellFormat
    from workbook.rules.sheet import Cell, Sheet

SMALLEST_POINTS = 9.0
LEAST_CONTRAST, LEAST_CONTRAST_LARGE = 4.5, 3.0
LARGE_POINTS, LARGE_BOLD_POINTS = 18.0, 14.0
_CENTRED = frozenset({"center", "centerContinuous", "distributed", "fill", "justify"})
_LINE_HEIGHT = 1.15
_DECORATION = frozenset({"dataBar", "colorScale", "iconSet"})


@rule(
    "N01",
    zh="每个数字都有明确的数字格式",
    en="Each number has an explicit number format",
    how="Format of number constants and of formulas that give numbers is not General",
)
def number_formats(book: Book) -> Iterator[Hit]:
    """Look at the format of each number."""
    for sheet, cell in _filled(book):
        if cell.is_number and cell.look.number_format == "General":
            yield Hit(sheet.name, cell.address, "number in the format General; choose one")


@rule(
    "N02",
    zh="一种字体（可配一种中文字体），至少 9 磅；数字不居中",
    en="One font family (and one Chinese companion), 9 points or more; numbers are not centred",
    how="Fonts of filled cells; horizontal alignment of numbers, header cells excepted",
)
def fonts(book: Book) -> Iterator[Hit]:
    """Compare the fonts of all filled cells."""
    families = Counter(cell.look.font.name for _, cell in _filled(book) if cell.look.font.name)
    latin = [name for name in families if name.casefold() not in words.CJK_FONTS] or list(families)
    family = max(latin, key=lambda name: families[name], default="")
    companion = max(
        (name for name in families if name.casefold() in words.CJK_FONTS),
        key=lambda name: families[name],
        default="",
    )
    for sheet, cell in _filled(book):
        font = cell.look.font
        if font.name and font.name not in {family, companion}:
            yield Hit(sheet.name, cell.address, f"font {font.name} beside {family}; use one")
        if 0 < font.size < SMALLEST_POINTS:
            yield Hit(
                sheet.name, cell.address, f"text of {font.size:g} points; use {SMALLEST_POINTS:g} or more"
            )
        if cell.is_number and cell.look.horizontal in _CENTRED and not cell.look.is_kind("Header"):
            yield Hit(
                sheet.name,
                cell.address,
                "number is centred; align it right, so that digits stand below each other",
            )


@rule(
    "N03",
    zh="文字和数字不被列宽或行高截断",
    en="Text fits its column where the next cell is filled, a number its column, wrapped text its row",
    how="Widths of letters (Arial) against the columns up to the next filled cell; shown digits against the "
    "column; lines against a fixed row height",
)
def text_fits(book: Book) -> Iterator[Hit]:
    """Measure each text and number."""
    base = book.styles.base_size
    for sheet in book.sheets.values():
        filled: dict[int, list[int]] = {}
        for (row, column), cell in sheet.cells.items():
            if cell.value not in {None, ""}:
                filled.setdefault(row, []).append(column)
        for row, columns in filled.items():
            columns.sort()
            for position, column in enumerate(columns):
                cell = sheet.cells[row, column]
                after = columns[position + 1] if position + 1 < len(columns) else 0
                problem = _cut(sheet, cell, after, base)
                if problem:
                    yield Hit(sheet.name, cell.address, problem)


def _cut(sheet: Sheet, cell: Cell, after: int, base: float) -> str:
    """Say how a cell's content is cut; nothing where it fits."""
    look, width = cell.look, sheet.width(cell.column)
    if look.shrink or look.rotated or width == 0:
        return ""
    size, bold = look.font.size, look.font.bold
    if cell.is_number:
        shown = (
            shown_number(float(cell.value), look.number_format)
            if isinstance(cell.value, int | float)
            else None
        )
        if shown and text_width(shown, size=size, base=base, bold=bold) > width:
            return f"number {shown} is wider than its column and shows ###; widen the column"
        return ""
    if not cell.text:
        return ""
    needed = text_width(cell.text, size=size, base=base, bold=bold) + look.indent
    if look.wrap:
        return _too_many_lines(sheet, cell, width, base)
    room = sum(sheet.width(column) for column in range(cell.column, after)) if after else math.inf
    return "text is cut by the next cell; widen the column or wrap the text" if needed > room else ""


def _too_many_lines(sheet: Sheet, cell: Cell, width: float, base: float) -> str:
    places = sheet.rows.get(cell.row, {})
    if "ht" not in places or not is_on(places.get("customHeight")):
        return ""  # the program fits the row to its text
    font = cell.look.font
    lines = sum(
        max(1, math.ceil(text_width(line, size=font.size, base=base, bold=font.bold) / width))
        for line in cell.text.split("\n")
    )
    height = number(places["ht"])
    if lines * (font.size or base) * _LINE_HEIGHT > height + (font.size or base) / 2:
        return f"text of {lines} lines in a row of {height:g} points; make the row higher or the column wider"
    return ""


@rule(
    "N04",
    zh="每个 <font> 都写明名称和字号",
    en="Each `<font>` has a name and a size",
    how="Fonts of the style sheet; one without is drawn in another font by LibreOffice",
)
def fonts_are_complete(book: Book) -> Iterator[Hit]:
    """Look at the fonts of the style sheet."""
    for index, font in enumerate(book.styles.fonts):
        missing = [label for name, label in (("name", "name"), ("sz", "size")) if font.child(name) is None]
        if missing:
            yield Hit(
                "", "", f"font {index} of {book.styles.part} has no {' and no '.join(missing)}; give it"
            )


@rule(
    "A03",
    zh="文字与底色对比度至少 4.5:1（大字 3:1）",
    en="Contrast of text and fill is 4.5:1 or more (3:1 for large text)",
    how="Relative luminance of font and solid fill for filled cells and conditional formats (WCAG 1.4.3)",
)
def contrasts(book: Book) -> Iterator[Hit]:
    """Compare font and fill of each filled cell."""
    ratios: dict[CellFormat, float] = {}
    for sheet, cell in _filled(book):
        look = cell.look
        if look.fill is None:
            continue
        if look not in ratios:
            ratios[look] = contrast(look.font.colour, look.fill)
        font = look.font
        large = font.size >= LARGE_POINTS or (font.bold and font.size >= LARGE_BOLD_POINTS)
        least = LEAST_CONTRAST_LARGE if large else LEAST_CONTRAST
        if ratios[look] < least:
            yield Hit(
                sheet.name,
                cell.address,
                f"contrast {ratios[look]:.1f}:1, less than {least}:1; darken text or lighten fill",
            )
    for index, (ink, fill) in enumerate(book.styles.conditional):
        if ink is not None:
            ratio = contrast(ink, fill or WHITE)
            if ratio < LEAST_CONTRAST:
                yield Hit(
                    "",
                    "",
                    f"conditional format {index} has contrast {ratio:.1f}:1, less than {LEAST_CONTRAST}:1",
                )


@rule(
    "T17",
    zh="条件格式只用于检查和提醒",
    en="Conditional formats stand only on checks and alerts",
    how="No data bars, colour scales or icons; on calculation and output sheets only over Check Cell cells",
    indexed=True,
)
def conditional_formats(book: Book) -> Iterator[Hit]:
    """Look at what each conditional format covers."""
    for sheet in book.sheets.values():
        for block in sheet.root.walk():
            if block.name != "conditionalFormatting":
                continue
            listed = block.child("sqref")
            where = block.attributes.get("sqref", listed.text if listed else "")
            kinds = {child.attributes.get("type", "") for child in block.children if child.name == "cfRule"}
            if kinds & _DECORATION:
                yield Hit(
                    sheet.name,
                    where.split()[0] if where else "",
                    "colours by value; keep colour for checks and alerts",
                )
            elif sheet.role in {"calculation", "output"} and not _only_checks(sheet, where):
                yield Hit(
                    sheet.name,
                    where.split()[0] if where else "",
                    "conditional format outside checks; use a style",
                )


def _only_checks(sheet: Sheet, where: str) -> bool:
    for top, left, bottom, right in areas_of(where):
        for row in range(top, min(bottom, max(sheet.rows, default=0)) + 1):
            for column in range(left, right + 1):
                cell = sheet.cells.get((row, column))
                if cell is not None and not cell.look.is_kind("Check Cell"):
                    return False
    return True


def _filled(book: Book) -> Iterator[tuple[Sheet, Cell]]:
    for sheet in book.sheets.values():
        for cell in sheet.cells.values():
            if cell.value is not None and cell.value != "":
                yield sheet, cell
