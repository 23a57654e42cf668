"""A yellow cell moves a number that the reader sees, by native formulas; a grey one that may be typed into moves none."""

from __future__ import annotations

import re
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from tests.workbook.test_audit import DAY
from workbook.canvas import write
from workbook.package import Package, read_contents
from workbook.quote.build import layout_of
from workbook.quote.context import LAYERS
from workbook.renew.dependencies import Dependencies
from workbook.request.quote_request import make_request
from xlmodel.catalog import built_in
from xlmodel.functions import FUNCTIONS, default_library
from xlmodel.grid import Address, Formula, area_of, split_sheet

if TYPE_CHECKING:
    from workbook.canvas.book_layout import Layout

ASKED: dict[str, dict[str, Any]] = {
    "all": {
        "api_models": ["DeepSeek V3", "GPT-4o"],
        "rent": ["2×A100 80GB"],
        "own": ["standard", "8×H100 80GB"],
    },
    "API": {"api_models": ["DeepSeek V3"], "rent": [], "own": [], "assumptions": "pue=1.4"},
    "rent": {
        "api_models": ["DeepSeek V3"],
        "rent": ["2×A100 80GB"],
        "own": [],
        "assumptions": "rent_pricing=on_demand",
    },
}
_PICKED = re.compile(r"INDEX\(list_in_force,(\$?[A-Z]+\$?\d+)\)")
_OURS = re.compile("|".join(FUNCTIONS))


class Graph:
    """What rests on what in a written quote, with our functions and the checks left out.

    A formula that picks a figure by its place rests on that figure alone, though it names them all.
    """

    def __init__(self, layout: Layout) -> None:
        """Write the quote and read it again."""
        data = write.to_bytes(layout, default_library(), title="Quote", date=DAY)
        self.contents = read_contents(Package.read(data))
        self.on = Dependencies(self.contents, default_library())
        values = openpyxl.load_workbook(BytesIO(data), data_only=True)
        formulas = {
            Address(sheet, *place): content.text
            for sheet, cells in self.contents.sheets.items()
            for place, content in cells.items()
            if isinstance(content, Formula)
        }
        picked = {
            int(values[address.sheet][place.replace("$", "")].value)
            for address, text in formulas.items()
            for place in _PICKED.findall(text)
        }
        sheet, rest = split_sheet(self.contents.names["list_in_force"])
        column = area_of(rest, sheet or "")
        assert column is not None
        others = {
            Address(column.sheet, row, column.left)
            for row in range(column.top, column.bottom + 1)
            if row - column.top + 1 not in picked
        }
        checks = layout.sheets["checks"].name
        self.stopped = others | {
            address for address, text in formulas.items() if _OURS.search(text) or address.sheet == checks
        }
        self.readers = {layout.sheets[key].name for key in LAYERS if key in layout.sheets and key != "inputs"}

    def moves(self, address: Address) -> bool:
        """Tell whether a formula of a reader's sheet rests on a cell."""
        return any(found.sheet in self.readers for found in self.on.resting_on([address], self.stopped))


@cache
def _quote(name: str) -> Layout:
    given = {"dau": 30_000, "model": "32B~70B", "lang": "en", **ASKED[name]}
    return layout_of(make_request(built_in(), given, "test"), default_library(), "custom", DAY)


@cache
def _graph(name: str) -> Graph:
    return Graph(_quote(name))


def _typed(layout: Layout, style: str) -> list[Address]:
    """Return the cells of a style on the sheets of inputs and figures; the worklists are forms to fill in."""
    return [
        Address(sheet.name, *at)
        for key, sheet in layout.sheets.items()
        if key == "inputs" or key.startswith("catalog_")
        for at, cell in sheet.cells.items()
        if cell.style == style
    ]


@pytest.mark.parametrize("name", ["all", "rent"])
def test_each_yellow_cell_moves_a_number_of_the_reader(name: str) -> None:
    """By the dependencies of the file: no yellow cell of an unused option, rental or assumption."""
    layout, graph = _quote(name), _graph(name)
    yellow = _typed(layout, "Input")
    assert [str(cell) for cell in yellow if not graph.moves(cell)] == []
    assert len(yellow) > 40


@pytest.mark.parametrize("name", ["all", "rent"])
def test_no_grey_cell_moves_one(name: str) -> None:
    """What may be typed into and is not yellow moves nothing as the quote stands."""
    layout, graph = _quote(name), _graph(name)
    grey = _typed(layout, "Idle")
    assert [str(cell) for cell in grey if graph.moves(cell)] == []
    assert len(grey) > 40


def test_what_an_api_alone_does_not_use_is_grey() -> None:
    """A power price and an idle rental are no inputs of a quote of one API; its price and the users are."""
    layout = _quote("API")

    def style(key: str) -> str:
        place = layout.places[key]
        return layout.sheets[place.sheet].cells[place.row, place.column].style

    assert style("given.published.pue") == style("figure.A100 80GB.on_demand_hour.value") == "Idle"
    assert style("in_dau.custom") == style("figure.DeepSeek V3.input.value") == "Input"
