"""A layout written as an .xlsx file, with its computed values, the same bytes every time."""

from __future__ import annotations

import math
from io import BytesIO
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook
from openpyxl.cell import Cell as StyledCell
from openpyxl.formatting.rule import Rule
from openpyxl.packaging.custom import StringProperty
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.table import Table, TableStyleInfo

from workbook import contract
from workbook.canvas import styles
from workbook.canvas.book_layout import text_width
from workbook.canvas.charts import drawn
from workbook.canvas.sheet_data import write_cells
from workbook.package import Package, finish, update_chart_caches
from workbook.package.garbage import uncollected
from workbook.package.properties import SEAL_PROPERTY, UNSEALED, seal
from xlmodel import __version__
from xlmodel.engine import compute
from xlmodel.errors import WorkbookError
from xlmodel.grid import Formula, column_letters, quoted

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from workbook.canvas.book_layout import Layout, LayoutCell, Sheet
    from workbook.package.chart_cache import ValueOf
    from xlmodel.catalog import Catalog
    from xlmodel.engine import Computed
    from xlmodel.functions import Library
    from xlmodel.grid import CellValue

    Looks = dict[tuple[str, str, bool, bool, bool], int]
    Formats = dict[tuple[int, int], int]
    Contents = Mapping[str, Mapping[tuple[int, int], float | str | Formula | None]]

# a check that fails
_ALARM = DifferentialStyle(font=Font(color="FF9C0006", bold=True), fill=PatternFill(bgColor="FFFFC7CE"))
_MARGIN_IN = 0.4
_DEFAULT_WIDTH = 8.43
_LINE_POINTS = 13
_CREATOR = "xlmodel"


@uncollected()
def to_bytes(layout: Layout, library: Library, *, title: str, date: dt.date) -> bytes:
    """Return the file of a layout, every formula carrying its value.

    Args:
        layout: sheets, keys and names.
        library: the functions on the catalog that the file is made from.
        title: the document's title.
        date: the quote's date, which is also the document's.

    Raises:
        WorkbookError: a formula that the engine could not compute, or that gives an error value.
    """
    contents = layout.contents()
    computed = compute(contents, library, {name: layout.refers_to(name) for name in layout.names})
    _refuse_errors(computed)
    data, formats = _openpyxl_bytes(layout, title=title, catalog=library.catalog)
    package = Package.read(data)
    results = _results(computed)
    for sheet in layout.sheets.values():
        name = sheet.name
        write_cells(package, name, contents[name], results.get(name, {}), formats[name], _heights(sheet))
    update_chart_caches(package, _value_of(contents, results))
    alternative = {
        sheet.name: [chart.alt for chart in sheet.charts] for sheet in layout.sheets.values() if sheet.charts
    }
    finish(package, title=title, date=date, creator=_CREATOR, chart_texts=alternative)
    seal(package)
    return package.to_bytes(deterministic=True)


def _refuse_errors(computed: Computed) -> None:
    for address, reason in computed.uncomputed.items():
        raise WorkbookError(f"{address}: {reason}")
    for address, message in computed.messages.items():
        raise WorkbookError(f"{address}: {computed.values[address]}: {message}")


def _results(computed: Computed) -> dict[str, dict[tuple[int, int], CellValue]]:
    results: dict[str, dict[tuple[int, int], CellValue]] = {}
    for (sheet, row, column), value in computed.values.items():
        results.setdefault(sheet, {})[row, column] = value
    return results


def _value_of(contents: Contents, results: Mapping[str, Mapping[tuple[int, int], CellValue]]) -> ValueOf:
    def value_of(sheet: str, row: int, column: int) -> CellValue:
        content = contents[sheet].get((row, column))
        return results[sheet][row, column] if isinstance(content, Formula) else content

    return value_of


def _openpyxl_bytes(layout: Layout, *, title: str, catalog: Catalog) -> tuple[bytes, dict[str, Formats]]:
    """Return a file with everything but the cells, and the places of their formats in its style sheet."""
    book: Any = Workbook()  # the stubs lack custom properties and styles of cells
    styles.install(book)
    book.remove(book.worksheets[0])
    looks: Looks = {}
    formats: dict[str, Formats] = {}
    for sheet in layout.sheets.values():
        page = book.create_sheet(sheet.name)
        formats[sheet.name] = {
            place: _format(page, cell, looks) for place, cell in sorted(sheet.cells.items())
        }
        _write_sheet(page, sheet, layout)
    for name in sorted(layout.names):
        book.defined_names[name] = DefinedName(name, attr_text=layout.refers_to(name))
    book.properties.title = title
    book.properties.creator = _CREATOR
    book.properties.language = {"zh": "zh-CN"}.get(layout.lang, layout.lang)
    book.custom_doc_props.append(StringProperty(name=contract.CATALOG_PROPERTY, value=catalog.version))
    book.custom_doc_props.append(
        StringProperty(name=contract.CATALOG_DATE_PROPERTY, value=catalog.release_date)
    )
    book.custom_doc_props.append(StringProperty(name=contract.PROGRAM_PROPERTY, value=__version__))
    book.custom_doc_props.append(StringProperty(name=SEAL_PROPERTY, value=UNSEALED))
    file = BytesIO()
    book.save(file)
    return file.getvalue(), formats


def _write_sheet(page: Any, sheet: Sheet, layout: Layout) -> None:
    for column, width in sheet.widths.items():
        page.column_dimensions[get_column_letter(column)].width = width
    for (row, column), target in sheet.links.items():
        page.cell(row, column).hyperlink = f"#{quoted(layout.sheets[target].name)}!A1"
    for validation in sheet.validations:
        page.add_data_validation(
            _validation(
                validation.cells, validation.kind, validation.low, validation.high, validation.message
            )
        )
    for area in sheet.tables:
        table = Table(
            displayName=area.name,
            ref=f"{column_letters(area.left)}{area.top}:{column_letters(area.right)}{area.bottom}",
        )
        table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=True)
        page.add_table(table)
        # openpyxl names the columns of a table after the cells of its header row
        for column in range(area.left, area.right + 1):
            page.cell(area.top, column).value = sheet.cells[area.top, column].content
    for cells, formula in sheet.alarms:
        page.conditional_formatting.add(cells, Rule(type="expression", dxf=_ALARM, formula=[formula]))
    for chart in sheet.charts:
        page.add_chart(drawn(chart, layout), chart.anchor)
    _set_up_page(page, sheet)


def _heights(sheet: Sheet) -> dict[int, float]:
    """Return the heights of rows whose wrapped texts need more than a line; nobody computes them on opening."""
    lines: dict[int, int] = {}
    for (row, column), cell in sheet.cells.items():
        if cell.wrap and isinstance(cell.content, str):
            room = max(1.0, sheet.widths.get(column, _DEFAULT_WIDTH) - 2)
            needed = math.ceil(
                text_width(cell.content) * (1.15 if styles.LOOKS[cell.style].bold else 1.0) / room
            )
            lines[row] = max(lines.get(row, 1), needed)
    tall = {row: _LINE_POINTS * count + 4 for row, count in lines.items() if count > 1}
    return {**tall, **sheet.heights}


def _format(page: Any, cell: LayoutCell, looks: Looks) -> int:
    """Return the place of a cell's format in the style sheet, found once for cells that look the same."""
    quoted_text = isinstance(cell.content, str) and cell.content.startswith("=")
    look = (cell.style, cell.number_format, cell.wrap, isinstance(cell.content, str), quoted_text)
    if look not in looks:
        made: Any = StyledCell(page, row=1, column=1)  # stands on no sheet
        made.style = cell.style
        if quoted_text:
            made.quotePrefix = True
        if cell.number_format:
            made.number_format = cell.number_format
        made.alignment = _alignment(cell)
        looks[look] = made.style_id
    return looks[look]


def _alignment(cell: LayoutCell) -> Alignment:
    look = styles.LOOKS[cell.style]
    text = isinstance(cell.content, str) or cell.number_format == styles.TEXT
    if text and look.border and cell.style != "Header":
        return Alignment(horizontal="left", vertical="center", wrap_text=cell.wrap, indent=1)
    if cell.style == "Output":
        return Alignment(horizontal="right", vertical="center")
    return Alignment(horizontal=look.horizontal, vertical="center", wrap_text=cell.wrap)


def _validation(cells: str, kind: Any, low: str, high: str, message: str) -> DataValidation:
    made = DataValidation(type=kind, formula1=low, allow_blank=True, showErrorMessage=True, sqref=cells)
    if kind != "list":
        made.operator, made.formula2 = "between", high
    made.errorTitle, made.error = "xlmodel", message
    return made


def _set_up_page(page: Any, sheet: Sheet) -> None:
    page.freeze_panes = f"{column_letters(sheet.freeze[1])}{sheet.freeze[0]}"
    page.sheet_view.showGridLines = False
    page.sheet_view.zoomScale = 90
    page.page_setup.orientation = "landscape" if sheet.landscape else "portrait"
    page.page_setup.paperSize = 9
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, int(sheet.one_page)
    page.sheet_properties.pageSetUpPr.fitToPage = True
    if sheet.print_rows:
        last = max(sheet.widths)
        page.print_area = f"A1:{column_letters(last)}{sheet.print_rows}"
    if sheet.tab_colour:
        page.sheet_properties.tabColor = sheet.tab_colour
    for row in sheet.breaks:
        page.row_breaks.append(Break(id=row))
    page.print_title_rows = f"1:{sheet.freeze[0] - 1}"
    page.oddFooter.left.text = sheet.title
    # without a total: of a quote's tabs a reader prints the first ones, and it would count them all
    page.oddFooter.right.text = "&P"
    margins = page.page_margins
    margins.left = margins.right = margins.top = _MARGIN_IN
    margins.bottom = 2 * _MARGIN_IN
    page.protection.sheet = True
    page.protection.formatColumns = False
    page.protection.formatRows = False
    page.protection.autoFilter = False
    page.protection.sort = False
