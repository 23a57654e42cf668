"""What openpyxl leaves undone in a file it has just written."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from workbook.package.xml_spans import (
    DRAWING,
    MAIN,
    Edit,
    Element,
    attribute_text,
    element_end,
    element_text,
    parse_tree,
    set_attribute,
    splice,
    start_tag,
)
from xlmodel.errors import WorkbookError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workbook.package.archive import Package

# Files whose calcId is that of Excel 2019 or later open without a recalculation.
CALC_ID = "191029"
_FONT_ORDER = (
    "b", "i", "strike", "condense", "extend", "outline", "shadow", "u", "vertAlign", "sz", "color", "name",
    "family", "charset", "scheme",
)  # fmt: skip
_CORE = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
_DC = "http://purl.org/dc/elements/1.1/"
_TERMS = "http://purl.org/dc/terms/"
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
_PREFIXES = {_CORE: "cp", _DC: "dc", _TERMS: "dcterms"}
_PERSONAL = {"lastModifiedBy", "lastPrinted", "revision"}


def finish(
    package: Package,
    *,
    title: str,
    date: dt.date,
    creator: str | None = None,
    chart_texts: Mapping[str, Sequence[str]] | None = None,
) -> None:
    """Complete a workbook that openpyxl has just written; a second call changes nothing.

    Fonts get the order of the schema, charts their alternative texts, the document properties a title and
    fixed dates instead of the clock, and the calculation settings say that the stored values are current.

    Args:
        package: the workbook.
        title: the document's title.
        date: stands as created and modified; a plain date counts as its midnight, a time as UTC unless it
            says otherwise.
        creator: who made the document; None keeps what the file says.
        chart_texts: the alternative texts of a sheet's charts, in the order they were added.

    Raises:
        WorkbookError: a sheet or number of charts that the workbook does not have, or a file that openpyxl
            did not write.
    """
    _order_fonts(package)
    _describe_charts(package, chart_texts or {})
    _write_properties(package, title, creator, date)
    _set_calculation(package)


def _order_fonts(package: Package) -> None:
    for part in _linked(package, package.workbook_part, "styles"):
        data = package.parts[part]
        edits: list[Edit] = []
        for element in package.tree(part).walk():
            if element.name == "font" and element.namespace in MAIN and element.children:
                edits += _ordered(data, element.children)
        package.parts[part] = splice(data, edits)


def _ordered(data: bytes, children: list[Element]) -> list[Edit]:
    """Give the edits that put the children of a font into the order of the schema."""
    spans = [(child.start, element_end(data, child.start, child.close)) for child in children]
    wanted = sorted(range(len(children)), key=lambda index: _FONT_ORDER.index(children[index].name))
    return [
        (start, end, data[spans[source][0] : spans[source][1]])
        for (start, end), source in zip(spans, wanted, strict=True)
    ]


def _describe_charts(package: Package, chart_texts: Mapping[str, Sequence[str]]) -> None:
    for sheet, texts in chart_texts.items():
        frames: list[tuple[str, Element]] = []
        for part in _linked(package, package.sheet_part(sheet), "drawing"):
            for element in package.tree(part).walk():
                if element.name == "nvGraphicFramePr" and element.namespace in DRAWING:
                    properties = element.child("cNvPr")
                    if properties is not None:
                        frames.append((part, properties))
        if len(frames) != len(texts):
            raise WorkbookError(
                f"{package.name}: sheet {sheet!r} has {len(frames)} charts but {len(texts)} alternative texts; "
                "give one text for each chart",
            )
        edits: dict[str, list[Edit]] = {}
        for (part, properties), text in zip(frames, texts, strict=True):
            tag = start_tag(package.parts[part], properties.start)
            new = set_attribute(tag, "descr", text)
            edits.setdefault(part, []).append((properties.start, properties.start + len(tag), new))
        for part, changes in edits.items():
            package.parts[part] = splice(package.parts[part], changes)


def _write_properties(package: Package, title: str, creator: str | None, date: dt.date) -> None:
    part = next(iter(_linked(package, "", "core-properties")), None)
    if part is None:
        raise WorkbookError(
            f"{package.name}: has no core properties; only a file written by openpyxl is finished"
        )
    moment = date if isinstance(date, dt.datetime) else dt.datetime.combine(date, dt.time())
    moment = moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)
    stamp = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    known = {
        (element.namespace, element.name): element.text
        for element in parse_tree(package.parts[part], part).children
        if element.name not in _PERSONAL and element.namespace in _PREFIXES
    }
    known[_DC, "title"] = title
    if creator is not None:
        known[_DC, "creator"] = creator
    known[_TERMS, "created"] = known[_TERMS, "modified"] = stamp
    lines = []
    for (namespace, name), text in sorted(
        known.items(), key=lambda item: (_PREFIXES[item[0][0]], item[0][1])
    ):
        tag = f"{_PREFIXES[namespace]}:{name}"
        kind = ' xsi:type="dcterms:W3CDTF"' if namespace == _TERMS else ""
        lines.append(f"<{tag}{kind}>{element_text(text)}</{tag}>")
    declared = "".join(f' xmlns:{prefix}="{attribute_text(uri)}"' for uri, prefix in _PREFIXES.items())
    package.parts[part] = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<cp:coreProperties{declared} xmlns:xsi="{_INSTANCE}">{"".join(lines)}</cp:coreProperties>'
    ).encode()


def _set_calculation(package: Package) -> None:
    part = package.workbook_part
    data = package.parts[part]
    element = package.tree(part).child("calcPr")
    if element is None:
        raise WorkbookError(
            f"{package.name}: states no calculation settings; only a file written by openpyxl is finished"
        )
    tag = start_tag(data, element.start)
    for attribute in element.attributes:
        tag = set_attribute(tag, attribute, None)
    tag = set_attribute(tag, "calcId", CALC_ID)
    package.parts[part] = splice(
        data, [(element.start, element.start + len(start_tag(data, element.start)), tag)]
    )


def _linked(package: Package, owner: str, kind: str) -> list[str]:
    """Give the parts that a part links to under one kind."""
    return [
        link.target
        for link in package.relationships(owner)
        if link.kind == kind and link.target in package.parts
    ]
