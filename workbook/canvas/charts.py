"""Charts as data, and as openpyxl charts: titles that state, axes with units, square corners."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from openpyxl.chart import BarChart, LineChart, Reference, Series
from openpyxl.chart.data_source import StrRef
from openpyxl.chart.label import DataLabel, DataLabelList
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


# of a series that lifts another one, as the steps of a bridge
NO_COLOUR = ""
# lines that tie: the first is wide, and those drawn over it are dashed, so that all are seen
_DASHES: tuple[tuple[Literal["solid", "dash", "sysDot", "lgDash"], int], ...] = (
    ("solid", 34925),
    ("dash", 22225),
    ("sysDot", 19050),
    ("lgDash", 15875),
)
# more lines than these the legend names
_MOST_NAMED = 6
# below this brightness, of 255, the values on a column are white
_DARK = 110
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
        colours: one a series, `NO_COLOUR` for one that is not seen; empty: the palette in its order.
        width_cm: width.
        height_cm: height.
        alt: alternative text.
        number_format: of the value axis.
        tick_skip: points from one label of a line's axis to the next.
        valued: whether columns carry their values, in the format of their cells; then there is no legend.
        points: number of points of a line, which is named at one of them; 0: the legend names it.
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
    valued: bool = False
    points: int = 0

    @property
    def named(self) -> bool:
        """Tell whether each line carries its name."""
        return self.points > 0 and len(self.series) <= _MOST_NAMED


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
        colour = colours[index % len(colours)]
        _colour(series, colour, index if chart.kind == "line" else None)
        if chart.valued and colour != NO_COLOUR:
            series.dLbls = _labels("showVal", txPr=_text(800, colour=_readable_on(colour)))
        if chart.named:
            series.dLbls = _name_of_line(chart, index, colour)
        made.series.append(series)
    made.set_categories(_reference(layout, *chart.categories))
    _dress(made, chart, layout.full_address(chart.title), layout.full_address(chart.value_axis))
    return made


def _reference(layout: Layout, first: str, last: str = "") -> Any:
    return Reference(range_string=layout.full_address(first, last))


def _colour(series: Any, colour: str, line: int | None) -> None:
    """Paint a series; `line` is the number of a line, whose dash tells it from those that it ties with."""
    if line is None:
        series.graphicalProperties = (
            GraphicalProperties(noFill=True) if colour == NO_COLOUR else GraphicalProperties(solidFill=colour)
        )
        return
    dash, width = _DASHES[line % len(_DASHES)]
    series.graphicalProperties = GraphicalProperties(
        ln=LineProperties(solidFill=colour, w=width, prstDash=dash)
    )
    series.smooth = False
    series.marker.symbol = "none"


def _readable_on(colour: str) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (0, 2, 4))
    return "FFFFFF" if 0.3 * red + 0.59 * green + 0.11 * blue < _DARK else "1F2933"


def _labels(shown: str = "", **more: Any) -> DataLabelList:
    """Return labels that show one thing, or nothing where none is said."""
    return DataLabelList(**_only(shown), **more)


def _only(shown: str) -> dict[str, bool]:
    every = ("showVal", "showSerName", "showCatName", "showLegendKey", "showPercent")
    return {each: each == shown for each in every}


def _name_of_line(chart: Chart, index: int, colour: str) -> DataLabelList:
    """Return the name of a line above one of its points, in its colour.

    The names stand apart along the axis, since those of lines that tie would cover each other.
    """
    at = round((chart.points - 1) * (index + 0.5) / len(chart.series))
    name = DataLabel(idx=at, dLblPos="t", txPr=_text(800, bold=True, colour=colour), **_only("showSerName"))
    return _labels(dLbl=[name])


def _dress(made: Any, chart: Chart, title: str, value_axis: str) -> None:
    made.title = Title(tx=Text(strRef=StrRef(f=title)))
    made.title.overlay = False
    made.title.txPr = _text(1100, bold=True)
    made.width, made.height = chart.width_cm, chart.height_cm
    made.roundedCorners = False
    if chart.named or chart.valued:
        made.legend = None
    else:
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
    if chart.valued:
        # wide enough for their values, and narrow letters for the many names
        made.gapWidth = 25
        made.x_axis.txPr = _text(700)
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


def _characters(size: int, *, bold: bool = False, colour: str = "") -> CharacterProperties:
    made = CharacterProperties(sz=size, b=bold, latin=Font(typeface="Arial"))
    if colour:
        made.solidFill = colour
    return made


def _text(size: int, *, bold: bool = False, colour: str = "") -> RichText:
    properties = _characters(size, bold=bold, colour=colour)
    return RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=properties), endParaRPr=properties)])
