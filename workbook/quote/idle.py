"""Which inputs of a quote move nothing that its reader sees: those are no yellow cells."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from workbook.canvas.book_layout import Place
from workbook.quote.figures_read import figures_read
from workbook.quote.sheets.catalog_sheets import FIGURE_TABLES, figure_key
from xlmodel.functions import FUNCTIONS
from xlmodel.grid import Formula, area_of, split_sheet

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from workbook.canvas.book_layout import Layout
    from workbook.quote.context import QuoteContext
    from xlmodel.grid import Area

_TEXT = re.compile(r'"[^"]*"')
# the checks follow every cell, and are no answer
_NAME = re.compile(r"\b(?:in|out|list)_\w+")
_CELLS = re.compile(r"((?:'[^']+'|[^\W\d][\w.]*)!)?(\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?)(?![\w(])")
_OURS = re.compile("|".join(FUNCTIONS))
# a formula that picks one figure by its place names them all; `figures_read` knows which one that is
_ALL_FIGURES = "list_in_force"
_NUMBERS = ("value", "low", "high")


def grey_idle_inputs(quote: QuoteContext, readers: Collection[str]) -> None:
    """Give the style Idle to each input that no native formula of a reader's sheet rests on.

    Args:
        quote: the finished quote.
        readers: keys of the sheets that a reader sees.
    """
    layout = quote.layout
    moving = {
        layout.places[figure_key(*each, part)]
        for each in figures_read(quote)
        for part in _NUMBERS
        if figure_key(*each, part) in layout.places
    }
    moving = _rested_on(layout, readers, moving)
    for key in ("inputs", *(f"catalog_{name}" for name in FIGURE_TABLES)):
        if key not in layout.sheets:
            continue
        cells = layout.sheets[key].cells
        for at, cell in cells.items():
            if cell.style == "Input" and Place(key, *at) not in moving:
                cells[at] = replace(cell, style="Idle")


def _rested_on(layout: Layout, readers: Collection[str], start: Collection[Place]) -> set[Place]:
    """Return the cells that the formulas of some sheets rest on, and those that some other cells do."""
    names = {name: _area(layout.refers_to(name)) for name in layout.names if name != _ALL_FIGURES}
    keys = {sheet.name: key for key, sheet in layout.sheets.items()}
    found = {*start, *(Place(key, *at) for key in readers for at in layout.sheets[key].cells)}
    waiting = deque(found)
    seen: set[Area] = set()
    while waiting:
        place = waiting.popleft()
        sheet = layout.sheets[place.sheet]
        content = layout.resolved(sheet).get((place.row, place.column))
        if not isinstance(content, Formula) or _OURS.search(content.text):
            continue
        for area in _reads(content.text, sheet.name, names):
            if area in seen:
                continue
            seen.add(area)
            held = {
                Place(keys[area.sheet], row, column)
                for row in range(area.top, area.bottom + 1)
                for column in range(area.left, area.right + 1)
            }
            waiting.extend(held - found)
            found |= held
    return found


def _reads(formula: str, sheet: str, names: Mapping[str, Area]) -> Iterator[Area]:
    """Give the areas that a formula of a sheet reads."""
    text = _TEXT.sub("", formula)
    for name in _NAME.findall(text):
        if name in names:
            yield names[name]
    for reference in _CELLS.findall(text):
        yield _area("".join(reference), sheet)


def _area(reference: str, sheet: str = "") -> Area:
    named, cells = split_sheet(reference)
    area = area_of(cells, named or sheet)
    if area is None:
        raise ValueError(f"{reference} is no area of cells")
    return area
