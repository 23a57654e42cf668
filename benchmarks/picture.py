"""The picture of the README: the cover of scenario B, printed by LibreOffice and drawn by pdftoppm.

The file carries a digest of what the cover shows, its cells and its chart, so that a test can tell whether the
picture is of today's cover on any machine: letters are drawn a little differently on each.

Run: python benchmarks/picture.py
"""

from __future__ import annotations

import hashlib
import struct
import subprocess
import tempfile
import zlib
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import openpyxl

from workbook.quote.build import build_quote
from workbook.quote.pdf import PdfPrinter
from workbook.request.quote_request import scenario_request
from xlmodel.catalog import built_in

PICTURE = Path(__file__).parents[1] / "docs" / "quote.png"
SCENARIO, LANG = "B", "zh"
# the part of the page that holds something, at 110 dots an inch
_DPI, _CUT = 110, ("-x", "0", "-y", "30", "-W", "910", "-H", "980")
_KEYWORD = b"cover-sha256"
_SIGNATURE = 8
_HEADER_CHUNK = 25


def quote() -> bytes:
    """Return the quote whose cover is shown."""
    return build_quote(scenario_request(built_in(), SCENARIO, LANG), built_in(), SCENARIO)


def digest(workbook: bytes) -> str:
    """Return the digest of what the printed part of the cover shows, and of its chart."""
    cover = openpyxl.load_workbook(BytesIO(workbook), data_only=True).worksheets[0]
    area = str(cover.print_area).rpartition("!")[2].replace("$", "")
    shown = [[str(cell.value) for cell in row] for row in cover[area]]
    with ZipFile(BytesIO(workbook)) as parts:
        chart = parts.read("xl/charts/chart1.xml")
    return hashlib.sha256(repr(shown).encode() + chart).hexdigest()


def carried(picture: bytes) -> str:
    """Return the digest that a picture carries; empty where it carries none."""
    place = _SIGNATURE
    while place < len(picture):
        (length,) = struct.unpack(">I", picture[place : place + 4])
        kind, data = picture[place + 4 : place + 8], picture[place + 8 : place + 8 + length]
        if kind == b"tEXt" and data.startswith(_KEYWORD + b"\0"):
            return data.partition(b"\0")[2].decode()
        place += 12 + length
    return ""


def marked(picture: bytes, text: str) -> bytes:
    """Return a picture that carries a digest behind its header."""
    chunk = b"tEXt" + _KEYWORD + b"\0" + text.encode()
    packed = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    place = _SIGNATURE + _HEADER_CHUNK
    return picture[:place] + packed + picture[place:]


def drawn(workbook: bytes) -> bytes:
    """Return the first page of a quote as PNG."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "cover"
        with PdfPrinter() as printer:
            page.with_suffix(".pdf").write_bytes(printer.pdf(workbook, "quote", pages=1))
        program = ["pdftoppm", "-r", str(_DPI), *_CUT, "-singlefile", "-png"]
        subprocess.run([*program, str(page.with_suffix(".pdf")), str(page)], check=True)
        return page.with_suffix(".png").read_bytes()


if __name__ == "__main__":
    made = quote()
    PICTURE.write_bytes(marked(drawn(made), digest(made)))
    print(PICTURE)
