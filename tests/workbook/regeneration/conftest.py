"""A quote, the same quote as a person's Excel leaves it, and a catalog in which prices have moved."""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from functools import partial
from typing import TYPE_CHECKING

import pytest
from tabs import tab

from workbook.package import Package, read_cells, set_constants
from workbook.quote.build import build_quote
from workbook.renew.regenerate import regenerate
from workbook.request.quote_request import scenario_request
from xlmodel.catalog import built_in, read_catalog
from xlmodel.catalog.load import DATA

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from workbook.renew.regenerate import Regenerated
    from xlmodel.catalog import Catalog
    from xlmodel.grid import CellValue

    MakeCatalog = Callable[..., Path]

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
# A row goes in above the first price of this sheet.
MOVED, FIRST_ROW = "API prices", 7
ADDED = "我的备注"
DOUBLED = {
    "api_prices": "Qwen-Plus,input,Alibaba,CN,CNY,unknown,CNY/Mtok,,1.6,,,2026-12-01,2026-12-02,cost-2,published,",
    "gpu_rental": "A100 80GB,reserved_month,,CN,CNY,unknown,CNY/month,,13000,,about,2026-12-01,2026-12-03,cost-3,published,",
}


@pytest.fixture(scope="session", params=["en", "zh"])
def lang(request: pytest.FixtureRequest) -> str:
    """Return the language of the quotes: each test runs in both."""
    return str(request.param)


@pytest.fixture(scope="session")
def quote(lang: str) -> bytes:
    """Return the quote of scenario A: 10,000 users, 1×A100 80GB, three years."""
    return build_quote(scenario_request(built_in(), "A", lang), built_in())


@pytest.fixture(scope="session")
def edited(quote: bytes) -> bytes:
    """Return the quote after a person's work in Excel.

    20,000 users, a moved catalog row, a sheet with a comment and a formula, another font size; texts shared and a
    calculation chain, as Excel saves them.
    """
    package = Package.read(quote)
    set_constants(package, {tab(package.sheets, "Inputs"): {"D14": 20000}})
    parts = dict(package.parts)
    moved = tab(package.sheets, MOVED)
    _insert_row(parts, package.sheet_part(moved), moved)
    _add_sheet(parts, tab(package.sheets, "Compare"))
    parts["xl/styles.xml"] = parts["xl/styles.xml"].replace(b'<sz val="10"', b'<sz val="11"')
    _share_texts(parts)
    _add_chain(parts)
    return _zipped(parts)


@pytest.fixture
def new_catalog(tmp_path: Path) -> MakeCatalog:
    """Return a function that writes a catalog released on 2026-12-15 with more rows: table -> CSV line."""
    return partial(_catalog_folder, tmp_path / "prices")


@pytest.fixture(scope="session")
def doubled_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a catalog folder in which one API price (0.8) and one rent (6,500) have doubled."""
    return _catalog_folder(tmp_path_factory.mktemp("doubled") / "prices", DOUBLED)


@pytest.fixture(scope="session")
def doubled(doubled_folder: Path) -> Catalog:
    """Return that catalog."""
    return read_catalog(doubled_folder)


@pytest.fixture(scope="session")
def renewed(edited: bytes, doubled: Catalog) -> Regenerated:
    """Return the edited quote, regenerated with the doubled prices."""
    return regenerate(edited, doubled)


@pytest.fixture
def with_cells() -> Callable[[bytes, dict[str, dict[str, CellValue]]], bytes]:
    """Return a function that types constants into a file's cells and leaves all stored results as they are."""

    def typed(data: bytes, cells: dict[str, dict[str, CellValue]]) -> bytes:
        package = Package.read(data)
        set_constants(package, cells)
        return package.to_bytes()

    return typed


@pytest.fixture
def place(lang: str) -> Callable[[bytes, str, str, str], str]:
    """Return a function that finds a figure on a catalog sheet: file, sheet, item, field -> cell of its value."""

    def found(data: bytes, sheet: str, item: str, field: str) -> str:
        package, names = Package.read(data), built_in().names
        cells = read_cells(package, tab(package.sheets, sheet))
        item = names.label(names.kind_of_field[field], item, lang)
        for address, cell in cells.items():
            right = cells.get(f"B{address[1:]}")
            shown = right is not None and right.value == names.label("field", field, lang)
            if address.startswith("A") and cell.value == item and shown:
                return f"C{address[1:]}"
        raise LookupError(item)

    return found


def _catalog_folder(folder: Path, rows: dict[str, str] | None = None, without: str = "") -> Path:
    """Copy the built-in catalog, move its release date on, add rows, and leave out the rows that begin so."""
    shutil.copytree(DATA, folder)
    (folder / "_release.csv").write_text("version,date\n2026.12,2026-12-15\n", encoding="utf-8")
    for path in folder.glob("*.csv"):
        lines = path.read_text(encoding="utf-8").splitlines()
        kept = [line for line in lines if not without or not line.startswith(without)]
        kept += rows[path.stem].splitlines() if rows and path.stem in rows else []
        if kept != lines:
            path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    return folder


def _zipped(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            entry = zipfile.ZipInfo(name, (2026, 11, 30, 9, 30, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return buffer.getvalue()


def _insert_row(parts: dict[str, bytes], part: str, sheet: str) -> None:
    """Insert an empty row as Excel does: cells, their own formulas, links of other sheets and the table move."""

    def down(found: re.Match[str]) -> str:
        row = int(found[2])
        return f"{found[1]}{row + 1 if row >= FIRST_ROW else row}"

    text = parts[part].decode()
    text = re.sub(r'(<row r=")(\d+)', down, text)
    text = re.sub(r'(<c r="[A-Z]+)(\d+)', down, text)
    own = re.compile(r"(?<=<f>)[^<!]*(?=</f>)")
    text = own.sub(lambda found: re.sub(r"(\b[A-Z]{1,2})(\d+)\b", down, found[0]), text)
    parts[part] = text.encode()
    link = re.compile(rf"('{sheet}'!\$?[A-Z]+\$?)(\d+)")
    for name, data in parts.items():
        if name.startswith("xl/worksheets/sheet"):
            parts[name] = link.sub(down, data.decode()).encode()
    for name, data in parts.items():
        if name.startswith("xl/tables/") and b'"tbl_api_prices"' in data:
            moved = re.sub(r'(ref="A6:[A-Z]+)(\d+)', down, data.decode())
            parts[name] = moved.encode()


def _add_sheet(parts: dict[str, bytes], compare: str) -> None:
    """Add a sheet with a text, a formula that reads a total, and a comment."""
    parts["xl/worksheets/sheet99.xml"] = (
        f'<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheetData><row r="2"><c r="A2" t="inlineStr"><is><t>两倍总计</t>'
        f'</is></c><c r="B2"><f>2*{compare}!F10</f><v>468000</v></c></row></sheetData><legacyDrawing r:id="rId2"/></worksheet>'
    ).encode()
    parts["xl/worksheets/_rels/sheet99.xml.rels"] = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{OFFICE}/comments" Target="/xl/comments99.xml"/>'
        f'<Relationship Id="rId2" Type="{OFFICE}/vmlDrawing" Target="/xl/drawings/vmlDrawing99.vml"/></Relationships>'
    ).encode()
    parts["xl/comments99.xml"] = (
        f'<comments xmlns="{MAIN}"><authors><author>王</author></authors><commentList><comment ref="B2" authorId="0">'
        "<text><t>请核对</t></text></comment></commentList></comments>"
    ).encode()
    parts["xl/drawings/vmlDrawing99.vml"] = (
        b'<xml xmlns:v="urn:schemas-microsoft-com:vml"><v:shape id="s1"/></xml>'
    )
    _register(parts, "xl/worksheets/sheet99.xml", f"{TYPES}.worksheet+xml", "worksheet", "rIdMine")
    _register(parts, "xl/comments99.xml", f"{TYPES}.comments+xml")
    sheet = f'<sheet name="{ADDED}" sheetId="99" r:id="rIdMine"/></sheets>'
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b"</sheets>", sheet.encode())


def _share_texts(parts: dict[str, bytes]) -> None:
    """Move the texts of the cells into the part of the shared strings."""
    texts: list[str] = []

    def shared(found: re.Match[str]) -> str:
        texts.append(f"<si>{found[2]}</si>")
        return f'{found[1]} t="s"><v>{len(texts) - 1}</v></c>'

    inline = re.compile(r'(<c r="[A-Z]+\d+"(?: s="\d+")?) t="inlineStr"><is>(.*?)</is></c>')
    for name in sorted(parts):
        if name.startswith("xl/worksheets/sheet"):
            parts[name] = inline.sub(shared, parts[name].decode()).encode()
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{"".join(texts)}</sst>'.encode()
    _register(parts, "xl/sharedStrings.xml", f"{TYPES}.sharedStrings+xml", "sharedStrings", "rIdTexts")


def _add_chain(parts: dict[str, bytes]) -> None:
    cells = [
        f'<c r="{address}" i="{index}"/>'
        for index, name in enumerate(
            sorted(name for name in parts if name.startswith("xl/worksheets/sheet")), 1
        )
        for address in re.findall(r'<c r="([A-Z]+\d+)"[^>]*><f', parts[name].decode())
    ]
    parts["xl/calcChain.xml"] = f'<calcChain xmlns="{MAIN}">{"".join(cells)}</calcChain>'.encode()
    _register(parts, "xl/calcChain.xml", f"{TYPES}.calcChain+xml", "calcChain", "rIdChain")


def _register(parts: dict[str, bytes], name: str, kind: str, link: str = "", identity: str = "") -> None:
    types, rels = "[Content_Types].xml", "xl/_rels/workbook.xml.rels"
    override = f'<Override PartName="/{name}" ContentType="{kind}"/></Types>'
    parts[types] = parts[types].replace(b"</Types>", override.encode())
    if link:
        relation = f'<Relationship Id="{identity}" Type="{OFFICE}/{link}" Target="/{name}"/></Relationships>'
        parts[rels] = parts[rels].replace(b"</Relationships>", relation.encode())
