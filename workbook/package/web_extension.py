"""A workbook for functions in JavaScript or in xlwings Lite: their names in formulas, and code that the workbook carries."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from workbook.package.archive import CONTENT_TYPES
from workbook.package.xml_spans import attribute_text, element_text, splice, start_tag
from xlmodel.errors import WorkbookError
from xlmodel.grid import Kind, tokens

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from workbook.package.archive import Package
    from workbook.package.xml_spans import Element

XLWINGS_LITE = "wa200008175"
"""The number of xlwings Lite in Microsoft's store."""

_FORMULAS = frozenset({"f", "definedName", "formula", "formula1", "formula2"})
_FOLDER = "xl/webextensions"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.microsoft.com/office"
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_IDENTITY = (
    "{6A7F2F8E-33C4-4D0B-9E0B-5B1D8C2F4A61}"  # of the extension in this file: any, but always the same
)
_RELATION = "rIdWebExtension"
_TYPES = {
    f"{_FOLDER}/taskpanes.xml": "application/vnd.ms-office.webextensiontaskpanes+xml",
    f"{_FOLDER}/webextension1.xml": "application/vnd.ms-office.webextension+xml",
}


def prefix_functions(package: Package, names: Collection[str], prefix: str) -> int:
    """Put a prefix before the names of functions, wherever a formula calls them.

    Args:
        package: the workbook; changed.
        names: the functions, in upper case.
        prefix: such as `_xldudf_`.

    Returns:
        How many formulas were changed.
    """
    marks = [f"{name}(".encode() for name in names]
    changed = 0
    for part in (package.workbook_part, *package.sheets.values()):
        data = package.parts[part]
        if not any(mark in data for mark in marks):
            continue
        edits = []
        for element in package.tree(part).walk():
            if element.name in _FORMULAS and "(" in element.text:
                formula = _prefixed(element.text, names, prefix)
                if formula != element.text:
                    begin = element.start + len(start_tag(data, element.start))
                    edits.append((begin, element.close, element_text(formula).encode()))
        package.parts[part] = splice(data, edits)
        changed += len(edits)
    return changed


def _prefixed(formula: str, names: Collection[str], prefix: str) -> str:
    return "".join(
        f"{prefix}{text}" if kind is Kind.FUNCTION and text[:-1].upper() in names else text
        for kind, text, _sheet in tokens(formula)
    )


def embed(package: Package, store_id: str, properties: Mapping[str, str]) -> None:
    """Put an Office web extension with its properties into a workbook.

    Args:
        package: the workbook; changed.
        store_id: the extension's number in Microsoft's store.
        properties: texts by name, as the extension itself stores them.

    Raises:
        WorkbookError: the workbook carries a web extension already.
    """
    if any(part.startswith(f"{_FOLDER}/") for part in package.parts):
        raise WorkbookError(f"{package.name}: carries a web extension already")
    package.parts[f"{_FOLDER}/taskpanes.xml"] = (
        f'{_XML}<wetp:taskpanes xmlns:wetp="{_OFFICE}/webextensions/taskpanes/2010/11">'
        '<wetp:taskpane dockstate="right" visibility="0" width="438" row="2"><wetp:webextensionref'
        ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:id="rId1"/>'
        "</wetp:taskpane></wetp:taskpanes>"
    ).encode()
    package.parts[f"{_FOLDER}/_rels/taskpanes.xml.rels"] = (
        f'{_XML}<Relationships xmlns="{_RELATIONSHIPS}"><Relationship Id="rId1"'
        f' Type="{_OFFICE}/2011/relationships/webextension" Target="webextension1.xml"/></Relationships>'
    ).encode()
    listed = "".join(
        f'<we:property name="{attribute_text(name)}" value="{attribute_text(json.dumps(text, ensure_ascii=False))}"/>'
        for name, text in properties.items()
    )
    reference = f'<we:reference id="{store_id}" version="1.0.0.0" store="{{store}}" storeType="OMEX"/>'
    package.parts[f"{_FOLDER}/webextension1.xml"] = (
        f'{_XML}<we:webextension xmlns:we="{_OFFICE}/webextensions/webextension/2010/11" id="{_IDENTITY}">'
        f"{reference.format(store='en-US')}<we:alternateReferences>"
        f"{reference.format(store=store_id.upper())}</we:alternateReferences>"
        f"<we:properties>{listed}</we:properties><we:bindings/><we:snapshot"
        ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"/></we:webextension>'
    ).encode()
    for name, kind in _TYPES.items():
        _append(package, CONTENT_TYPES, f'<Override PartName="/{name}" ContentType="{kind}"/>')
    link = f'Type="{_OFFICE}/2011/relationships/webextensiontaskpanes" Target="{_FOLDER}/taskpanes.xml"'
    _append(package, "_rels/.rels", f'<Relationship Id="{_RELATION}" {link}/>')


def _append(package: Package, part: str, element: str) -> None:
    root: Element = package.tree(part)
    package.parts[part] = splice(package.parts[part], [(root.close, root.close, element.encode())])
