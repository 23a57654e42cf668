"""Every numeral of the two documents: a row of the catalog holds it, or a reason says why it claims nothing."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from xlmodel.catalog import built_in

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parent / "documents"
NUMERAL = re.compile(r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
# what a numeral that claims nothing is: part of a model's, a card's or a format's name, of a list, a heading, a date, a link
NO_CLAIM = {"name", "list", "heading", "date", "address"}
# a document writes 万 or a percentage where a table has units or a share
FACTORS = (1, 1e4, 1e-2, 1e-4, 100)
TABLES = built_in().tables


def listed(name: str) -> list[dict[str, str]]:
    """Return the rows of a file beside the tests."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


NUMERALS = listed("numerals.csv")


def found() -> Iterator[tuple[str, str, str, str]]:
    """Find each numeral of the documents' lines: document, line, its place in the line, the numeral."""
    for line in listed("lines.csv"):
        for order, match in enumerate(NUMERAL.finditer(line["text"]), start=1):
            yield line["document"], line["line"], str(order), match[0]


def held(table: str, item: str) -> set[float]:
    """Return the numbers of an item's rows in a table, those inside a text too."""
    cells = [
        text
        for row in TABLES[table].rows
        if row["item"] == item
        for column, text in row.items()
        if column not in {"source", "as_of", "reason_zh", "reason_en", "note"}
        and not column.startswith("formula")
    ]
    return {float(match[0].replace(",", "")) for text in cells for match in NUMERAL.finditer(text)}


def test_every_numeral_is_listed() -> None:
    """The documents have 337 and 509 numerals, and the list names each once, in its place."""
    keys = list(found())
    assert Counter(document for document, *_ in keys) == {"cost": 337, "guide": 509}
    assert keys == [(row["document"], row["line"], row["order"], row["numeral"]) for row in NUMERALS]


@pytest.mark.parametrize("document", ["cost", "guide"])
def test_every_numeral_has_its_row_or_claims_nothing(document: str) -> None:
    """The named row stands on that document and holds the numeral, as written or in the table's unit."""
    for row in (each for each in NUMERALS if each["document"] == document):
        where = f"{document}:{row['line']} {row['numeral']}"
        if not row["table"]:
            assert row["why"] in NO_CLAIM, where
            continue
        sources = {each["source"] for each in TABLES[row["table"]].rows if each["item"] == row["item"]}
        assert any(source.startswith(f"{document}-") for source in sources), where
        if row["why"] == "fraction":
            continue
        assert row["why"] == "", where
        number = float(row["numeral"].replace(",", ""))
        numbers = held(row["table"], row["item"])
        assert any(
            each == pytest.approx(number * factor, rel=1e-9) for each in numbers for factor in FACTORS
        ), where


def test_fractions_are_those_of_the_rows() -> None:
    """1/3, 1/4 and 1/100 stand in the tables as decimals: each numeral's row holds one of them."""
    for row in (each for each in NUMERALS if each["why"] == "fraction"):
        assert held(row["table"], row["item"]) & {0.3333, 0.25, 0.01}
