"""Rules on the document: tables, properties, print, sources, privacy (A02, A04, P01, D01, T18)."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from workbook.rules import words
from workbook.rules.cell_styles import is_on
from workbook.rules.inputs import source_rows, split_ids
from workbook.rules.registry import Hit, rule
from workbook.rules.structure import is_dated, is_iso_date

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbook.rules.book import Book

_LOCAL_PATH = re.compile(
    r"(?:^|[\s\"'(=])(?:[A-Za-z]:\\|\\\\[\w.-]+\\|/(?:home|Users|root|tmp|mnt)/|file:///?)[\w.\-$%]",
    re.IGNORECASE,
)
_PAGE_NUMBER = re.compile(r"&P(?![a-z])")


@rule(
    "A02",
    zh="表格有标题行，列名不重复",
    en="Tables have a header row of unique texts",
    how="headerRowCount, the table's column names, and the cells of its header row",
)
def table_headers(book: Book) -> Iterator[Hit]:
    """Compare each table's columns with its header cells."""
    for table in book.tables.values():
        top, left = table.top, table.left
        if not table.header_rows:
            yield Hit(table.sheet, "", f"table {table.name} has no header row; give it one")
            continue
        counted = Counter(name.strip().casefold() for name in table.columns)
        if any(not name or count > 1 for name, count in counted.items()):
            yield Hit(
                table.sheet, "", f"table {table.name} has blank or equal column names; make them unique"
            )
        sheet = book.sheets[table.sheet]
        for offset, name in enumerate(table.columns):
            cell = sheet.cells.get((top, left + offset))
            if cell is None or "".join(cell.text.split()) != "".join(name.replace("_x000a_", "").split()):
                where = cell.address if cell else ""
                yield Hit(
                    table.sheet,
                    where,
                    f"header of table {table.name} is not the text {name!r}; Excel repairs the file",
                )


@rule(
    "A04",
    zh="文档属性含标题、作者、语言，自定义属性含目录日期和生成器版本",
    en="The properties hold title, creator and language; custom ones the catalog date and the generator's version",
    how="core.xml; custom.xml with a name with `catalog` that holds a date, and one with `version`",
)
def properties(book: Book) -> Iterator[Hit]:
    """Read the document properties."""
    core = _properties(book, "core-properties")
    for name in ("title", "creator", "language"):
        if not core.get(name, "").strip():
            yield Hit("", "", f"no {name} in the document properties; write it")
    custom = _properties(book, "custom-properties")
    dates = [text for name, text in custom.items() if "catalog" in name.casefold() and is_iso_date(text)]
    if not dates:
        yield Hit("", "", "no custom property with the catalog date; write `catalog date` as YYYY-MM-DD")
    if not any("version" in name.casefold() and text.strip() for name, text in custom.items()):
        yield Hit("", "", "no custom property with the generator's version; write it")


def _properties(book: Book, kind: str) -> dict[str, str]:
    part = next((link.target for link in book.package.relationships("") if link.kind == kind), "")
    if part not in book.package.parts:
        return {}
    properties = {}
    for element in book.package.tree(part).children:
        text = element.text + "".join(child.text for child in element.children)
        properties[element.attributes.get("name", element.name)] = text
    return properties


@rule(
    "P01",
    zh="打印宽一页，重复标题行，页脚有页码",
    en="Print is one page wide, with repeated title rows and page numbers in the footer",
    how="fitToPage with fitToWidth 1, the name Print_Titles with rows, &P in the footer",
)
def print_setup(book: Book) -> Iterator[Hit]:
    """Read the page setup of each sheet."""
    for sheet in book.sheets.values():
        fit = sheet.attributes("sheetPr", "pageSetUpPr") or {}
        setup = sheet.attributes("pageSetup") or {}
        if not is_on(fit.get("fitToPage")) or setup.get("fitToWidth", "1") != "1":
            yield Hit(sheet.name, "", "print is not fitted to one page wide; set it")
        titles = book.names.get(f"{sheet.name}!_xlnm.Print_Titles", "")
        if not re.search(r"\$\d+:\$\d+", titles):
            yield Hit(sheet.name, "", "no rows repeat at the top of each page; set print titles")
        footers = sheet.root.child("headerFooter")
        texts = [child.text for child in footers.children if child.name.endswith("Footer")] if footers else []
        if not any(_PAGE_NUMBER.search(text) for text in texts):
            yield Hit(sheet.name, "", "no page number in the footer; add &P")


@rule(
    "D01",
    zh="每个来源有位置和日期，并被使用",
    en="Each source has a place and an ISO date, and is used",
    how="Rows of the sheet Sources (来源): columns place and as of; the id stands on another sheet",
    indexed=True,
)
def sources(book: Book) -> Iterator[Hit]:
    """Read the sheet Sources."""
    sheet = book.named(words.SOURCES)
    rows = source_rows(book)
    if sheet is None or not rows:
        yield Hit(
            sheet.name if sheet else "",
            "",
            "no sheet Sources (来源) with rows below a header; list the sources",
        )
        return
    header = sheet.headers[min(sheet.headers)]
    place = next((column for column, text in header.items() if words.normal(text) in words.PLACE), 0)
    date = next((column for column, text in header.items() if words.normal(text) in words.DATE), 0)
    used = {
        part
        for each in book.sheets.values()
        if each is not sheet
        for cell in each.cells.values()
        if cell.text
        for part in split_ids(cell.text)
    }
    for identity, row in rows.items():
        if not sheet.text(row, place).strip():
            yield Hit(sheet.name, f"A{row}", "source without a place; say where it is found")
        dated = sheet.cells.get((row, date))
        if dated is None or not is_dated(dated):
            yield Hit(sheet.name, f"A{row}", "source without a date; write it as YYYY-MM-DD")
        if identity not in used:
            yield Hit(sheet.name, f"A{row}", f"source {identity} is not used; take it out")


@rule(
    "T18",
    zh="没有个人信息和本机路径",
    en="No personal data and no local path",
    how="lastModifiedBy and manager are empty, no persons part, no absPath, no path of a machine in texts or links",
)
def privacy(book: Book) -> Iterator[Hit]:
    """Look for names and paths."""
    editor = _properties(book, "core-properties").get("lastModifiedBy", "").strip()
    if editor:
        yield Hit("", "", f"the properties name a person ({editor}); clear lastModifiedBy")
    manager = _properties(book, "extended-properties").get("Manager", "").strip()
    if manager:
        yield Hit("", "", f"the properties name a manager ({manager}); clear it")
    for part in sorted(book.package.parts):
        if part.startswith("xl/persons/"):
            yield Hit("", "", f"{part} names persons; remove threaded comments")
    workbook = book.package.tree(book.package.workbook_part)
    if any(element.name == "absPath" for element in workbook.walk()):
        yield Hit("", "", "the file tells where it was saved (absPath); remove it")
    yield from _paths(book)


def _paths(book: Book) -> Iterator[Hit]:
    """Give the paths of a machine in texts and links."""
    for sheet in book.sheets.values():
        for cell in sheet.cells.values():
            if cell.formula is None and _LOCAL_PATH.search(cell.text):
                yield Hit(sheet.name, cell.address, "path of a machine; take it out")
    for part in sorted(part for part in book.package.parts if part.endswith(".rels")):
        for element in book.package.tree(part).children:
            target = element.attributes.get("Target", "")
            if element.attributes.get("TargetMode") == "External" and _LOCAL_PATH.search(target):
                yield Hit("", "", f"{part} links to a path of a machine ({target}); remove the link")
