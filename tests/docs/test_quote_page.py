"""The page on the quote: each question is answered on the tab, in the row and in the cell that it names."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from workbook.quote.build import layout_of
from workbook.quote.context import LAYERS
from workbook.request.quote_request import scenario_request
from xlmodel.catalog import built_in
from xlmodel.engine import compute
from xlmodel.functions import default_library
from xlmodel.grid import Address, column_number

if TYPE_CHECKING:
    from workbook.canvas.book_layout import Layout

PAGE = (Path(__file__).parents[2] / "docs" / "quote.md").read_text(encoding="utf-8")
QUESTIONS = re.findall(r"^\| ([^|]+\?) \| ([^|]+) \| ([^|]+) \| ([A-Z]+\d+) \|$", PAGE, re.MULTILINE)


class Made:
    """A quote of scenario B in a language, and what every cell shows."""

    def __init__(self, lang: str) -> None:
        """Build and compute it."""
        library = default_library()
        request = scenario_request(built_in(), "B", lang)
        self.layout: Layout = layout_of(request, library, "custom", dt.date(2026, 11, 21))
        names = {name: self.layout.refers_to(name) for name in self.layout.names}
        self._values = compute(self.layout.contents(), library, names).values

    def shown(self, key: str, row: int, column: int) -> object:
        """Return what a cell of a sheet shows."""
        sheet = self.layout.sheets[key]
        value = self._values.get(Address(sheet.name, row, column))
        cell = sheet.cells.get((row, column))
        return value if value is not None or cell is None else cell.content

    def texts(self, key: str) -> list[str]:
        """Return every text of a sheet."""
        shown = (self.shown(key, *place) for place in self.layout.sheets[key].cells)
        return [each for each in shown if isinstance(each, str)]


@pytest.fixture(scope="module")
def quotes() -> dict[str, Made]:
    """Return the quote in both languages."""
    return {lang: Made(lang) for lang in ("en", "zh")}


@pytest.mark.parametrize(
    ("question", "tab", "row", "cell"), QUESTIONS, ids=[question for question, *_ in QUESTIONS]
)
def test_the_answer_stands_there(
    quotes: dict[str, Made], question: str, tab: str, row: str, cell: str
) -> None:
    """A text of that tab says it in the words of the page, and the cell holds a value, in both languages."""
    english = quotes["en"]
    key = next(key for key, sheet in english.layout.sheets.items() if sheet.name == tab)
    assert key in LAYERS, "not a tab of the reader"
    assert any(row in text for text in english.texts(key)), question
    letters, number = re.fullmatch(r"([A-Z]+)(\d+)", cell).groups()  # type: ignore[union-attr]
    held = {lang: made.shown(key, int(number), column_number(letters)) for lang, made in quotes.items()}
    assert held["en"] not in {None, "", "—"}
    assert held["zh"] not in {None, "", "—"}
    assert type(held["en"]) is type(held["zh"])
    near = {int(number) - 1, int(number)}
    beside = [english.shown(key, *place) for place in english.layout.sheets[key].cells if place[0] in near]
    assert any(row in str(text) for text in beside), "the words do not stand beside or above the cell"


def test_there_are_ten() -> None:
    """A row that the test would miss is no answer."""
    assert len(QUESTIONS) == 10
