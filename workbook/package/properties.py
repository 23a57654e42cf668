"""Custom properties of a document, and the seal: whether its values are still those that this program stored."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from workbook.package.xml_spans import element_text, splice, start_tag

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbook.package.archive import Package
    from workbook.package.xml_spans import Element

SEAL_PROPERTY = "xlmodel values"
UNSEALED = "-"
_DIGEST_BYTES = 16
# what the values of a workbook rest on, but for its sheets
_READ = frozenset({"sharedStrings", "table"})


def get_property(package: Package, name: str) -> str:
    """Give a custom property of the document; empty where it is missing."""
    found = _property(package, name)
    return "" if found is None else found[1].text


def set_property(package: Package, name: str, new: str) -> str | None:
    """Replace a custom property that the document has; return the text before, None where it is missing.

    Args:
        package: the workbook; changed.
        name: the property.
        new: its new text.
    """
    found = _property(package, name)
    if found is None or not found[1].text or found[1].children:
        return None
    part, text = found
    if text.text != new:
        data = package.parts[part]
        begin = text.start + len(start_tag(data, text.start))
        package.parts[part] = splice(data, [(begin, text.close, element_text(new).encode())])
    return text.text


def seal(package: Package) -> None:
    """Say in the document that every stored value is what this program computes of the cells as they are.

    Args:
        package: the workbook, complete; one without the property stays as it is.
    """
    set_property(package, SEAL_PROPERTY, _digest(package))


def sealed(package: Package) -> bool:
    """Tell whether no cell, name or table has changed since this program stored the values."""
    said = get_property(package, SEAL_PROPERTY)
    return bool(said) and said == _digest(package)


def _property(package: Package, name: str) -> tuple[str, Element] | None:
    for link in package.relationships(""):
        if link.kind == "custom-properties" and link.target in package.parts:
            for each in package.tree(link.target).children:
                if each.attributes.get("name") == name and each.children:
                    return link.target, each.children[0]
    return None


def _digest(package: Package) -> str:
    digest = blake2b(digest_size=_DIGEST_BYTES)
    for part in _parts(package):
        data = package.parts[part]
        digest.update(f"{part}\0{len(data)}\0".encode())
        digest.update(data)
    return digest.hexdigest()


def _parts(package: Package) -> Iterator[str]:
    yield package.workbook_part
    owners = [package.workbook_part, *package.sheets.values()]
    yield from package.sheets.values()
    for owner in owners:
        for link in package.relationships(owner):
            if link.kind in _READ and link.target in package.parts:
                yield link.target
