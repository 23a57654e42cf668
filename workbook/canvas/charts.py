"""Charts as data, and as openpyxl charts: titles that state, axes with units, square corners."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from openpyxl.chart import BarChart, LineChart, Reference, Series
from openpyxl.chart.data_source import StrRef
from openpyxl.chart.series import SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import (
    CharacterProperties,
    Font,
    Paragraph,
    ParagraphProperties,
    RichTextProperties,
)

if TYPE_CHECKING:
    from workbook.canvas.book_layout import Layout

# openpyxl builds charts from descriptors that its type stubs do not know: they pass as Any here
PALETTE = ("1F3A5F", "2A9D8F", "E9A03B", "C8553D", "7A6FA6", "6B7A8A", "A3B18A", "B5838D", "4D908E")
# an option keeps its colour by what it is, however many options there are
OPTION_COLOURS = {
    "api": ("1F3A5F", "2A9D8F", "7A6FA6", "6B7A8A"),
    "rent": ("E9A03B", "F2C57C"),
    "own": ("C8553D", "E39B8B"),
}


def option_colour(deployment: str, slot: int) -> str:
    """Return the colour of an option; beyond those of its deployment they begin again."""
    colours = OPTION_COLOURS[deployment]
    return colours[(slot - 1) % len(colours)]


# rows that a chart covers, with the space below it
CHART_ROWS = 20


class ChartSeries(NamedTuple):
    """One series of a chart, by keys: the cell of its name, its first and its last value."""

    name: str
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of cells, which may stand on another sheet than the chart.

    Args:
        kind: bar (side by side), stacked, line, or tornado (lying bars to both sides of 0, the first on top).
        title: key of the cell whose text is the title, so that it states what the figures say.
        value_axis: key of the cell whose text names the value axis and its currency.
        category_axis: name of the other axis; empty where the categories speak for themselves.
        anchor: top left cell.
        categories: keys of the first and the last category.
        series: the series in their order.
        colours: one a series; empty: the palette in its order.
        width_cm: width.
        height_cm: height.
        alt: alternative text.
        number_format: of the value axis.
        tick_skip: points from one label of a line's axis to the next.
    """

    kind: str
    title: str
    value_axis: str
    category_axis: str
    anchor: str
    categories: tuple[str, str]
    series: tuple[ChartSeries, ...]
    alt: str
    colours: tuple[str, ...] = ()
    width_cm: float = 24
    height_cm: float = 9.5
    number_format: str = "#,##0"
    tick_skip: int = 4


def drawn(chart: Chart, layout: Layout) -> Any:
    """Return the openpyxl chart of a description; the layout must be complete."""
    made: Any = LineChart() if chart.kind == "line" else BarChart()
    if isinstance(made, BarChart):
        made.type = "bar" if chart.kind == "tornado" else "col"
        made.gapWidth = 60
        if chart.kind == "stacked":
            made.grouping = "stacked"
        if chart.kind in {"stacked", "tornado"}:
            made.overlap = 100
    for index, (name, first, last) in enumerate(chart.series):
        series = Series(_reference(layout, first, last), title=None)
        series.tx = SeriesLabel(strRef=StrRef(f=str(_reference(layout, name))))
        colours = chart.colours or PALETTE
        _colour(series, colours[index % len(colours)], line=chart.kind == "line")
        made.series.append(series)
    made.set_categories(_reference(layout, *chart.categories))
    _dress(made, chart, layout.full_address(chart.title), layout.full_address(chart.value_axis))
    return made


def _reference(layout: Layout, first: str, last: str = "") -> Any:
    return Reference(range_string=layout.full_address(first, last))


def _colour(series: Any, colour: str, *, line: bool) -> None:
    if line:
        series.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=colour, w=25400))
        series.smooth = False
        series.marker.symbol = "none"
    else:
        series.graphicalProperties = GraphicalProperties(solidFill=colour)


def _dress(made: Any, chart: Chart, title: str, value_axis: str) -> None:
    made.title = Title(tx=Text(strRef=StrRef(f=title)))
    made.title.overlay = False
    made.title.txPr = _text(1100, bold=True)
    made.width, made.height = chart.width_cm, chart.height_cm
    made.roundedCorners = False
    made.legend.position = "b"
    made.legend.overlay = False
    for axis in (made.x_axis, made.y_axis):
        axis.delete = False
        axis.txPr = _text(900)
    made.y_axis.title = Title(tx=Text(strRef=StrRef(f=value_axis)), overlay=False, txPr=_text(900))
    if chart.category_axis:
        made.x_axis.title = chart.category_axis
        made.x_axis.title.overlay = False
        made.x_axis.title.tx.rich.p[0].pPr = ParagraphProperties(defRPr=_characters(900))
    made.y_axis.number_format = chart.number_format
    made.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill="E3E8EE"))
    # level, so that a long name wraps; left to itself LibreOffice turns the names of options into each other
    made.x_axis.txPr.bodyPr = RichTextProperties(rot=0)
    if chart.kind == "tornado":
        # names at the edge, not across the bars; the values stay below
        made.x_axis.scaling.orientation, made.x_axis.tickLblPos = "maxMin", "low"
        made.y_axis.crosses = "max"
    if chart.kind == "line":
        made.x_axis.tickLblSkip = chart.tick_skip
        made.x_axis.tickMarkSkip = chart.tick_skip
        made.x_axis.number_format = "0"


def _characters(size: int, *, bold: bool = False) -> CharacterProperties:
    return CharacterProperties(sz=size, b=bold, latin=Font(typeface="Arial"))


def _text(size: int, *, bold: bool = False) -> RichText:
    properties = _characters(size, bold=bold)
    return RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=properties), endParaRPr=properties)])
