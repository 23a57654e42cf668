"""The page on the quote: each question is answered on the tab and row that it names."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from workbook.quote.build import layout_of
from workbook.request.quote_request import scenario_request
from xlmodel.catalog import built_in
from xlmodel.engine import compute
from xlmodel.functions import default_library

PAGE = (Path(__file__).parents[2] / "docs" / "quote.md").read_text(encoding="utf-8")
QUESTIONS = re.findall(r"^\| ([^|]+\?) \| ([^|]+) \| ([^|]+) \|$", PAGE, re.MULTILINE)


@pytest.fixture(scope="module")
def texts() -> dict[str, list[str]]:
    """Return every text of a quote's sheets, typed or computed."""
    layout = layout_of(
        scenario_request(built_in(), "B", "en"), default_library(), "custom", dt.date(2026, 11, 21)
    )
    computed = compute(
        layout.contents(), default_library(), {name: layout.refers_to(name) for name in layout.names}
    )
    found: dict[str, list[str]] = {}
    for sheet in layout.sheets.values():
        found[sheet.name] = [each.content for each in sheet.cells.values() if isinstance(each.content, str)]
    for address, value in computed.values.items():
        if isinstance(value, str):
            found[address.sheet].append(value)
    return found


@pytest.mark.parametrize(
    ("question", "tab", "row"), QUESTIONS, ids=[question for question, _, _ in QUESTIONS]
)
def test_the_answer_stands_there(texts: dict[str, list[str]], question: str, tab: str, row: str) -> None:
    """A text of that tab says it in the words of the page."""
    assert any(row in text for text in texts[tab]), question


def test_there_are_ten() -> None:
    """A row that the test would miss is no answer."""
    assert len(QUESTIONS) == 10
