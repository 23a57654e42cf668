"""Quotes in memory with the values of their cells, each built once for all tests that ask for it."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import TYPE_CHECKING, Any

from workbook.quote.build import layout_of
from workbook.request.quote_request import make_request
from xlmodel.catalog import built_in
from xlmodel.engine import compute
from xlmodel.functions import default_library
from xlmodel.grid import Address

if TYPE_CHECKING:
    from workbook.canvas.book_layout import Layout
    from xlmodel.engine.values import Content
    from xlmodel.grid import CellValue

DAY = dt.date(2026, 11, 21)
MILLION: dict[str, Any] = {
    "dau": 1_000_000, "model": "32B~70B", "api_models": ["DeepSeek V3"], "rent": ["2×A100 80GB"], "own": ["standard"],
}  # fmt: skip


def values(layout: Layout, contents: dict[str, dict[tuple[int, int], Content]]) -> dict[Address, CellValue]:
    """Return what every formula gives."""
    names = {name: layout.refers_to(name) for name in layout.names}
    computed = compute(contents, default_library(), names)
    assert not computed.uncomputed
    return dict(computed.values)


class Quote:
    """A quote's layout and the values of its keys and names."""

    def __init__(self, layout: Layout) -> None:
        """Compute every formula."""
        self.layout = layout
        self._values = values(layout, layout.contents())

    def number(self, key: str) -> float:
        """Return the number of a key's cell."""
        found = self[key]
        assert isinstance(found, (int, float)), (key, found)
        return float(found)

    def get(self, key: str) -> CellValue:
        """Return the value of a key's cell; None where there is no such key."""
        return self[key] if key in self.layout.places else None

    def texts(self, sheet: str) -> list[str]:
        """Return every text of a sheet, typed or computed."""
        made = self.layout.sheets[sheet]
        typed = [each.content for each in made.cells.values() if isinstance(each.content, str)]
        computed = (value for at, value in self._values.items() if at.sheet == made.name)
        return [*typed, *(value for value in computed if isinstance(value, str))]

    def __getitem__(self, key: str) -> CellValue:
        """Return the value of a key's cell."""
        place = self.layout.places[key]
        sheet = self.layout.sheets[place.sheet]
        found = self._values.get(Address(sheet.name, place.row, place.column))
        return sheet.cells[place.row, place.column].content if found is None else found  # type: ignore[return-value]


@cache
def _quote(lang: str, given: tuple[tuple[str, object], ...]) -> Quote:
    values = {key: list(each) if isinstance(each, tuple) else each for key, each in given}
    request = make_request(built_in(), {**values, "lang": lang}, "test")
    return Quote(layout_of(request, default_library(), "custom", DAY))


def quote(lang: str = "zh", /, **given: object) -> Quote:
    """Return the quote of a request, built once."""
    return _quote(
        lang, tuple((key, tuple(each) if isinstance(each, list) else each) for key, each in given.items())
    )
