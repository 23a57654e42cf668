"""Building a quote, beside XlsxWriter writing the same cells and charts in the same run; and the commands as processes.

XlsxWriter gets every value, format, width and series ready made: it computes nothing, while a quote is also costed.

Run: python benchmarks/bench_quote.py [rounds]
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any

import openpyxl
import xlsxwriter

from workbook.quote.build import build_quote
from workbook.request.quote_request import scenario_request
from xlmodel.catalog import built_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from openpyxl.cell import Cell

SCENARIO = "B"
EMU_PER_PIXEL = 9525
AIM_TIMES = 3.0


@dataclass(frozen=True)
class Page:
    """One sheet as XlsxWriter takes it.

    Args:
        name: the tab.
        cells: row and column from 0, formula or empty, value, place in the list of formats.
        widths: columns from 0 and their widths.
        charts: type, anchor, width and height in pixels, title, and each series as options.
    """

    name: str
    cells: list[tuple[int, int, str, Any, int]]
    widths: list[tuple[int, float]]
    charts: list[tuple[dict[str, str], str, tuple[float, float], str, list[dict[str, str]]]]


def same_book(data: bytes) -> tuple[list[dict[str, Any]], list[Page]]:
    """Read the formats and pages of a quote."""
    formulas, values = (openpyxl.load_workbook(BytesIO(data), data_only=only) for only in (False, True))
    formats: dict[tuple[tuple[str, Any], ...], int] = {}
    pages = []
    for sheet in formulas.worksheets:
        cells = []
        for row in sheet.iter_rows():
            for cell in row:
                if not cell.has_style:
                    continue
                look = formats.setdefault(tuple(_format(cell).items()), len(formats))
                formula = cell.value if cell.data_type == "f" else ""
                value = values[sheet.title][cell.coordinate].value
                cells.append((cell.row - 1, cell.column - 1, formula, value, look))
        widths = [
            (openpyxl.utils.column_index_from_string(letters) - 1, each.width)
            for letters, each in sheet.column_dimensions.items()
        ]
        pages.append(Page(sheet.title, cells, widths, [_chart(chart) for chart in sheet._charts]))  # noqa: SLF001
    return [dict(key) for key in formats], pages


def _format(cell: Cell) -> dict[str, Any]:
    font, fill, place = cell.font, cell.fill, cell.alignment
    found = {
        "font_name": font.name,
        "font_size": font.sz,
        "bold": bool(font.b),
        "font_color": f"#{font.color.rgb[2:]}" if font.color else "#000000",
        "num_format": cell.number_format,
        "locked": cell.protection.locked,
        "text_wrap": bool(place.wrap_text),
        "indent": int(place.indent),
        "valign": "vcenter",
        "border": int(bool(cell.border.left and cell.border.left.style)),
    }
    if place.horizontal:
        found["align"] = place.horizontal
    if fill.fill_type == "solid":
        found["bg_color"] = f"#{fill.start_color.rgb[2:]}"
    return found


def _chart(
    chart: Any,
) -> tuple[dict[str, str], str, tuple[float, float], str, list[dict[str, str]]]:
    kind = {"type": "line" if chart.tagname == "lineChart" else "column"}
    if getattr(chart, "grouping", "") == "stacked":
        kind["subtype"] = "stacked"
    start, size = chart.anchor._from, chart.anchor.ext  # noqa: SLF001
    anchor = f"{openpyxl.utils.get_column_letter(start.col + 1)}{start.row + 1}"
    series = [
        {
            "name": f"={each.tx.strRef.f}",
            "categories": f"={(each.cat.numRef or each.cat.strRef).f}",
            "values": f"={each.val.numRef.f}",
        }
        for each in chart.series
    ]
    title = "".join(run.t for part in chart.title.tx.rich.p for run in part.r or []) if chart.title.tx else ""
    return kind, anchor, (size.width / EMU_PER_PIXEL, size.height / EMU_PER_PIXEL), title, series


def write_same(formats: list[dict[str, Any]], pages: list[Page]) -> bytes:
    """Write the pages with XlsxWriter."""
    file = BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    looks = [book.add_format(each) for each in formats]
    for page in pages:
        sheet = book.add_worksheet(page.name)
        for row, column, formula, value, look in page.cells:
            if formula:
                sheet.write_formula(row, column, formula, looks[look], "" if value is None else value)
            elif value is None:
                sheet.write_blank(row, column, None, looks[look])
            elif isinstance(value, str):
                sheet.write_string(row, column, value, looks[look])
            else:
                sheet.write_number(row, column, value, looks[look])
        for column, width in page.widths:
            sheet.set_column(column, column, width)
        for kind, anchor, (width, height), title, series in page.charts:
            chart = book.add_chart(kind)
            for each in series:
                chart.add_series(each)
            chart.set_title({"name": title})
            chart.set_size({"width": width, "height": height})
            sheet.insert_chart(anchor, chart)
    book.close()
    return file.getvalue()


def timed(job: Callable[[], object], rounds: int) -> float:
    """Return the median of some runs in seconds, after one that is not counted."""
    job()
    seconds = []
    for _ in range(rounds):
        start = perf_counter()
        job()
        seconds.append(perf_counter() - start)
    return median(seconds)


def process(arguments: list[str]) -> Callable[[], object]:
    """Return a job that runs Python as a process of its own."""
    command = [sys.executable, *arguments]
    return lambda: subprocess.run(command, check=True, capture_output=True)


def main() -> None:
    """Print seconds, and the quote's time over XlsxWriter's."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    catalog = built_in()
    request = scenario_request(catalog, SCENARIO)
    data = build_quote(request, catalog, SCENARIO)
    formats, pages = same_book(data)
    cells = sum(len(page.cells) for page in pages)
    formulas = sum(bool(cell[2]) for page in pages for cell in page.cells)
    charts = sum(len(page.charts) for page in pages)
    print(f"{len(pages)} sheets, {cells} cells, {formulas} formulas, {charts} charts; median of {rounds}")
    ours = timed(lambda: build_quote(request, catalog, SCENARIO), rounds)
    theirs = timed(lambda: write_same(formats, pages), rounds)
    with tempfile.TemporaryDirectory() as folder:
        quote = ["-m", "workbook.cli", "quote", "--scenario", SCENARIO, "-o", str(Path(folder, "q.xlsx"))]
        rows = {
            "quote, in process (aim 0.5)": ours,
            "XlsxWriter, the same cells and charts": theirs,
            "process: python -c pass": timed(process(["-c", "pass"]), rounds),
            "process: import xlmodel (aim 0.3 beyond)": timed(process(["-c", "import xlmodel"]), rounds),
            "process: xlmodel eval (aim 0.7)": timed(
                process(["-m", "workbook.cli", "eval", '=LLM_TCO("rent","2×A100 80GB")']), rounds
            ),
            "process: xlmodel quote (aim 1.5)": timed(process(quote), rounds),
        }
    for label, seconds in rows.items():
        print(f"{label:42} {seconds:7.3f} s")
    print(f"quote over XlsxWriter: {ours / theirs:.1f} times (aim {AIM_TIMES:.0f})")


if __name__ == "__main__":
    main()
