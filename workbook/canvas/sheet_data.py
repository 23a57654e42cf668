"""The cells of a sheet written as XML in one pass, into a part that openpyxl has made without them.

openpyxl builds an element a cell and writes numbers with 16 digits; here a cell is a string, and a number reads back as
the same double.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from workbook.package.cell_text import (
    check_value,
    encode_text,
    number_text,
    value_text,
)
from workbook.package.xml_spans import Edit, element_end, element_text, set_attribute, splice, start_tag
from xlmodel.grid import CellValue, ErrorCode, Formula, cell_name, column_letters

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbook.package import Package

Place: TypeAlias = tuple[int, int]


def write_cells(
    package: Package,
    sheet: str,
    contents: Mapping[Place, CellValue | Formula],
    results: Mapping[Place, CellValue],
    formats: Mapping[Place, int],
    heights: Mapping[int, float],
) -> None:
    """Write all cells of a sheet; whatever cells its part held before are gone.

    Args:
        package: the workbook; the sheet's part is replaced.
        sheet: its name.
        contents: constants and formulas by row and column; None is a blank cell that has a format.
        results: what each formula gives.
        formats: place of each cell's format in the style sheet.
        heights: heights of rows in points.

    Raises:
        WorkbookError: no such sheet, or a value that a cell cannot hold.
    """
    where = f"{package.name}: {sheet}!"
    rows: dict[int, list[str]] = {row: [] for row in sorted({*heights, *(row for row, _ in contents)})}
    for place in sorted(contents):
        row, column = place
        address = f"{column_letters(column)}{row}"
        content, result = contents[place], None
        if isinstance(content, Formula):
            result = check_value(results[place], where + address)
        else:
            content = check_value(content, where + address)
        rows[row].append(_cell(address, formats[place], content, result))
    body = "".join(
        f'<row r="{row}"{_height(heights.get(row))}>{"".join(cells)}</row>' for row, cells in rows.items()
    )
    part = package.sheet_part(sheet)
    data = package.part(part)
    edits: list[Edit] = []
    for element in package.tree(part).children:
        tag = start_tag(data, element.start)
        if element.name == "dimension":
            area = set_attribute(tag, "ref", _area(contents))
            edits.append((element.start, element.start + len(tag), area))
        elif element.name == "sheetData":
            end = element_end(data, element.start, element.close)
            edits.append((element.start, end, f"<sheetData>{body}</sheetData>".encode()))
    package.parts[part] = splice(data, edits)


def _height(points: float | None) -> str:
    return "" if points is None else f' ht="{number_text(points)}" customHeight="1"'


def _area(cells: Mapping[Place, object]) -> str:
    """Give the range that the cells span."""
    rows, columns = {row for row, _ in cells} or {1}, {column for _, column in cells} or {1}
    return f"{cell_name(min(rows), min(columns))}:{cell_name(max(rows), max(columns))}"


def _cell(address: str, style: int, content: CellValue | Formula, result: CellValue) -> str:
    head = f'<c r="{address}" s="{style}"'
    if isinstance(content, Formula):
        formula = f"<f>{element_text(_encoded(content.body))}</f>"
        return f"{head}{_kind(result)}>{formula}{_value(result)}</c>"
    if content is None or content == "":  # an empty text would keep a formula from taking the cell as 0
        return f"{head}/>"
    if isinstance(content, str):
        text = element_text(_encoded(content))
        space = ' xml:space="preserve"' if text != text.strip() or "\n" in text or "  " in text else ""
        return f'{head} t="inlineStr"><is><t{space}>{text}</t></is></c>'
    return f"{head}{_kind(content)}>{_value(content)}</c>"


def _kind(value: CellValue) -> str:
    """Give the type attribute of a value element; a number needs none."""
    if isinstance(value, str):
        return ' t="str"'
    if isinstance(value, bool):
        return ' t="b"'
    return ' t="e"' if isinstance(value, ErrorCode) else ""


def _value(value: CellValue) -> str:
    if value is None:
        return ""
    text = _encoded(value) if isinstance(value, str) else value_text(value)
    return f"<v>{element_text(text)}</v>"


def _encoded(text: str) -> str:
    """Encode a text; most need nothing, which this sees at once."""
    return text if "_x" not in text and text.isprintable() else encode_text(text)
