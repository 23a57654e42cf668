"""Rules on the package: legal names, fixed bytes, nothing foreign (X01 to X03)."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING

from workbook.rules.formula_text import parse
from workbook.rules.registry import Hit, rule
from workbook.rules.structure import is_range

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbook.package.xml_spans import Element
    from workbook.rules.book import Book

_NAME = re.compile(r"[^\W\d][\w.\\?]*\Z|[\\_][\w.\\?]*\Z")
_LIKE_RC = re.compile(r"[Rr]\d*(?:[Cc]\d*)?\Z|[Cc]\d*\Z")
MAX_NAME = 255
_FIXED = (1980, 1, 1, 0, 0, 0)
_PREFIXES = ("in_", "out_", "chk_", "list_")
_FONT_ORDER = (
    "b", "i", "strike", "condense", "extend", "outline", "shadow", "u", "vertAlign", "sz", "color", "name",
    "family", "charset", "scheme",
)  # fmt: skip
_WEB_EXTENSIONS = "xl/webextensions/"
_XLWINGS_LITE = "wa200008175"
_FOREIGN = (
    ("xl/connections.xml", "a data connection"),
    ("xl/queryTables/", "a query table"),
    ("xl/printerSettings/", "settings of one printer"),
    (_WEB_EXTENSIONS, "a web extension"),
    ("xl/activeX/", "a control"),
    ("xl/ctrlProps/", "a control"),
    ("xl/embeddings/", "an embedded object"),
    ("xl/macrosheets/", "a macro sheet"),
    ("xl/customData/", "custom data"),
    ("xl/model/", "a data model"),
    ("customXml/", "custom XML"),
)


@rule(
    "X01",
    zh="名称合法；只有 in_、out_、chk_、list_ 四类",
    en="Defined names are legal; in our files each starts with in_, out_, chk_ or list_",
    how="Letters, digits, dot and underscore, not like a cell address, 255 characters; in_ and chk_ name one cell",
)
def legal_names(book: Book) -> Iterator[Hit]:
    """Read each defined name."""
    for full, meaning in book.names.items():
        name = full.rpartition("!")[2]
        if name.startswith("_xlnm."):
            continue
        if not _NAME.match(name) or _LIKE_RC.match(name) or is_range(name) or len(name) > MAX_NAME:
            yield Hit("", "", f"name {name!r} is not legal in Excel; rename it")
        elif book.indexed and not name.casefold().startswith(_PREFIXES):
            yield Hit(
                "",
                "",
                f"name {name} starts with none of in_, out_, chk_, list_; names are for inputs, answers, checks and lists",
            )
        elif book.indexed and not name.casefold().startswith("list_"):
            areas = [area for part in parse(f"={meaning}").references for area in book.areas(part, "")]
            if areas and (len(areas) > 1 or areas[0][1:3] != areas[0][3:]):
                yield Hit("", "", f"name {name} stands for more than one cell; call a range list_…")


@rule(
    "X02",
    zh="压缩包顺序与时间固定，<font> 子元素按模式顺序",
    en="The zip has a fixed order and fixed dates, the children of `<font>` the order of the schema",
    how="[Content_Types].xml first, every entry dated 1980-01-01; order in the style sheet",
)
def fixed_bytes(book: Book) -> Iterator[Hit]:
    """Read the zip's directory and the fonts."""
    with zipfile.ZipFile(io.BytesIO(book.package.to_bytes())) as archive:
        entries = archive.infolist()
    if entries[0].filename != "[Content_Types].xml":
        yield Hit("", "", f"the zip starts with {entries[0].filename}; write [Content_Types].xml first")
    dated = next((entry for entry in entries if entry.date_time != _FIXED), None)
    if dated is not None:
        yield Hit("", "", f"{dated.filename} carries a time of writing; date every zip entry 1980-01-01")
    if book.styles.part:
        for element in book.package.tree(book.styles.part).walk():
            if element.name == "font" and not _ordered(element):
                yield Hit(
                    "",
                    "",
                    f"a font in {book.styles.part} breaks the order of the schema; write {', '.join(_FONT_ORDER)}",
                )
                return


def _ordered(font: Element) -> bool:
    places = [_FONT_ORDER.index(child.name) for child in font.children if child.name in _FONT_ORDER]
    return places == sorted(places)


@rule(
    "X03",
    zh=".xlsx 中没有宏、连接、打印机设置、网页扩展（xlwings Lite 除外）和自定义 XML",
    en="No macro, connection, printer setting, web extension but xlwings Lite, or custom XML in an .xlsx",
    how="List of parts; a macro is allowed where the file is an .xlsm by content type and name; the number of the extension in the store",
)
def nothing_foreign(book: Book) -> Iterator[Hit]:
    """Look through the parts."""
    lite = _only_xlwings_lite(book)
    for part in sorted(book.package.parts):
        if lite and part.startswith(_WEB_EXTENSIONS):
            continue
        foreign = next((label for start, label in _FOREIGN if part.startswith(start)), None)
        if foreign:
            yield Hit("", "", f"{part} is {foreign}; remove it")
        elif part.endswith("vbaProject.bin") and not _may_hold_macros(book):
            yield Hit("", "", f"{part} is a macro in an .xlsx; remove it or save as .xlsm")


def _only_xlwings_lite(book: Book) -> bool:
    kind = "webextension+xml"
    references = [book.package.tree(part).child("reference") for part in book.package.parts_of_type(kind)]
    return bool(references) and all(
        reference is not None and reference.attributes.get("id") == _XLWINGS_LITE for reference in references
    )


def _may_hold_macros(book: Book) -> bool:
    enabled = book.package.parts_of_type("macroEnabled.main+xml")
    return book.package.workbook_part in enabled and not book.name.lower().endswith(".xlsx")
