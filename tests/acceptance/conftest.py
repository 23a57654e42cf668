"""Quotes built once, and a quote's contents as a model that computes with changed cells."""

from __future__ import annotations

import shutil
import sys
import zipfile
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from workbook.package import Package, read_contents
from workbook.quote.build import build_quote
from workbook.quote.pdf import PdfPrinter
from workbook.request.quote_request import scenario_request
from xlmodel.catalog import built_in
from xlmodel.engine import compute
from xlmodel.engine.rewrite import Rewriter
from xlmodel.functions import Library
from xlmodel.grid import Address, Formula, area_of, split_sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from xlmodel.engine import Computed
    from xlmodel.grid import CellValue, Content

    Cells = dict[tuple[int, int], float | str | bool | None]

# where the other programs' helper stands
sys.path.insert(0, str(Path(__file__).parents[1] / "workbook"))
QUOTES = [(scenario, lang) for scenario in "ABC" for lang in ("zh", "en")]
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class Model:
    """A quote's cells, computed as they stand or with some of them changed.

    Args:
        data: the workbook.
        library: the functions.
    """

    def __init__(self, data: bytes, library: Library) -> None:
        """Read the file's formulas and compute them."""
        self._contents, self._library = read_contents(Package.read(data)), library
        self.cells = self._contents.sheets
        self.names = self._contents.names
        self._rewriter = Rewriter(library.functions, self.cells, self.names, self._contents.tables)
        self.base = self.changed({})

    def changed(self, changes: Mapping[Address, Content]) -> Computed:
        """Compute with other contents in some cells; in the file they stay."""
        sheets = {name: dict(cells) for name, cells in self.cells.items()}
        for address, content in changes.items():
            sheets[address.sheet][address.row, address.column] = content
        return compute(sheets, self._library, self.names, self._contents.tables, rewriter=self._rewriter)

    def area(self, name: str, own_sheet: str = "") -> list[Address]:
        """Return the cells of a defined name, or of an area of a sheet, by row."""
        sheet, rest = split_sheet(self.names.get(name, name))
        found = area_of(rest, sheet or own_sheet)
        assert found is not None
        return [
            Address(found.sheet, row, column)
            for row in range(found.top, found.bottom + 1)
            for column in range(found.left, found.right + 1)
        ]

    def cell(self, name: str) -> Address:
        """Return the cell of a defined name."""
        (address,) = self.area(name)
        return address

    def value(self, computed: Computed, address: Address) -> CellValue | Content:
        """Return what a cell shows: its result, or the constant in it."""
        return computed.values.get(address, self.cells[address.sheet].get((address.row, address.column)))

    def calls(self, name: str) -> list[Address]:
        """Return the cells whose formula is one call of a function, in the order of the sheets and rows."""
        return [
            Address(sheet, *place)
            for sheet, cells in self.cells.items()
            for place, content in sorted(cells.items())
            if isinstance(content, Formula) and content.text.removeprefix("=").startswith(f"{name}(")
        ]


@pytest.fixture(scope="session")
def library() -> Library:
    """Return the functions on the built-in catalog."""
    return Library(built_in())


@pytest.fixture(scope="session")
def quote() -> Callable[..., bytes]:
    """Return a builder of quotes of the built-in scenarios, each built once."""

    @cache
    def built(scenario: str, lang: str, customer: str = "") -> bytes:
        request = scenario_request(built_in(), scenario, lang)
        return build_quote(request.model_copy(update={"customer": customer}), built_in(), scenario)

    return built


@pytest.fixture(scope="session")
def model(quote: Callable[..., bytes], library: Library) -> Callable[[str, str], Model]:
    """Return a reader of quotes as models."""

    @cache
    def read(scenario: str, lang: str) -> Model:
        return Model(quote(scenario, lang), library)

    return read


@pytest.fixture(params=QUOTES, ids="-".join)
def each_quote(request: pytest.FixtureRequest, quote: Callable[..., bytes]) -> bytes:
    """Return the quotes A, B and C in both languages, one a test."""
    return quote(*request.param)


@pytest.fixture(scope="session")
def printer() -> Iterator[PdfPrinter]:
    """Return a PDF printer with one profile for all tests of a process."""
    if shutil.which("soffice") is None or shutil.which("pdftotext") is None:
        pytest.skip("needs LibreOffice (soffice) and poppler-utils (pdftotext)")
    with PdfPrinter() as made:
        yield made


@pytest.fixture(scope="session")
def stored() -> Callable[[bytes], dict[str, Cells]]:
    """Return a reader of the values in a file's XML, by sheet and place, that relies on no library of ours."""

    @cache
    def read(data: bytes) -> dict[str, Cells]:
        with zipfile.ZipFile(BytesIO(data)) as package:
            book = ET.fromstring(package.read("xl/workbook.xml"))  # noqa: S314 - our own file
            links = ET.fromstring(package.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - same
            targets = {link.attrib["Id"]: link.attrib["Target"].lstrip("/") for link in links}
            return {
                sheet.attrib["name"]: _cells(package.read(_part(targets[sheet.attrib[RELATION]])))
                for sheet in book.iter(f"{MAIN}sheet")
            }

    return read


def _part(target: str) -> str:
    return target if target.startswith("xl/") else f"xl/{target}"


def _cells(data: bytes) -> Cells:
    found: Cells = {}
    for cell in ET.fromstring(data).iter(f"{MAIN}c"):  # noqa: S314 - our own file
        kind, value = cell.get("t", "n"), cell.findtext(f"{MAIN}v")
        text = "".join(part.text or "" for part in cell.iter(f"{MAIN}t"))
        area = area_of(cell.attrib["r"], "")
        assert area is not None
        place = area.top, area.left
        match kind:
            case "inlineStr":
                found[place] = text
            case "str":
                found[place] = value or ""
            case "b":
                found[place] = value == "1"
            case "n":
                found[place] = None if value is None else float(value)
            case _:
                raise AssertionError(f"{cell.attrib['r']}: type {kind}, value {value}")
    return found
