"""The .xlsx or .xlsm package: its parts in order, its sheets by name, and back to bytes."""

from __future__ import annotations

import io
import os
import posixpath
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import unquote

from workbook.package.parts import Parts
from workbook.package.xml_spans import (
    MAIN,
    RELATIONSHIP_IDS,
    Element,
    element_end,
    parse_tree,
    splice,
    whole_number,
)
from xlmodel.errors import WorkbookError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Read = TypeVar("Read")

CONTENT_TYPES = "[Content_Types].xml"
_SIGNATURES = "_xmlsignatures/"
_OLE_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True)
class Relationship:
    """A link from one part to another; `kind` is the last word of its type, such as `worksheet`."""

    identity: str
    kind: str
    target: str


class Package:
    """A workbook file taken apart into its parts.

    Args:
        parts: the content of each part by its name, in the order of the file.
        name: the file, for messages.
    """

    def __init__(self, parts: Parts, name: str) -> None:
        """Find the workbook part and the sheets."""
        self.parts = parts
        self.name = name
        self._spelled = {part.casefold(): part for part in parts}
        self._parsed: dict[tuple[str, Callable[[bytes, str], Any]], tuple[bytes, Any]] = {}
        self.workbook_part = self._find_workbook()
        self._kinds: dict[str, str] = {}
        self.sheets = self._find_sheets()

    @classmethod
    def read(cls, path_or_bytes: str | os.PathLike[str] | bytes) -> Package:
        """Read a workbook from a path or from its bytes.

        Raises:
            WorkbookError: no such file, or it is no .xlsx or .xlsm workbook.
        """
        if isinstance(path_or_bytes, bytes):
            name, source = "workbook", path_or_bytes
        else:
            name, source = os.fspath(path_or_bytes), _read_bytes(Path(path_or_bytes))
        _check_kind(source, name)
        return cls(Parts(source, name), name)

    @property
    def changed_parts(self) -> list[str]:
        """Names of the parts that differ from the file as read, removed and added ones included."""
        return self.parts.changed

    @property
    def signed(self) -> bool:
        """Whether the file carries a digital signature, which any change breaks."""
        linked = any(link.kind == "origin" for link in self.relationships(""))
        return linked or any(name.startswith(_SIGNATURES) for name in self.parts)

    @property
    def calc_pr(self) -> dict[str, str]:
        """The calculation settings of the workbook, empty when it states none."""
        element = self.tree(self.workbook_part).child("calcPr")
        return dict(element.attributes) if element else {}

    @property
    def worksheets(self) -> list[str]:
        """The sheets that have cells, in the order of their tabs; chart sheets and macro sheets are left out."""
        return [name for name, kind in self._kinds.items() if kind == "worksheet"]

    @property
    def date_system(self) -> str:
        """Where dates are counted from: `1900` or `1904`."""
        settings = self.tree(self.workbook_part).child("workbookPr")
        return "1904" if settings and settings.attributes.get("date1904") in {"1", "true"} else "1900"

    def sheet_part(self, name: str) -> str:
        """Give the part of a sheet; names are matched as Excel does, without case.

        Raises:
            WorkbookError: the workbook has no such sheet.
        """
        if name in self.sheets:
            return self.sheets[name]
        for known, part in self.sheets.items():
            if known.casefold() == name.casefold():
                return part
        raise WorkbookError(f"{self.name}: no sheet {name!r}; it has {', '.join(self.sheets)}")

    def part(self, name: str) -> bytes:
        """Give the content of a part.

        Raises:
            WorkbookError: the file lacks the part.
        """
        try:
            return self.parts[self.spelled(name)]
        except KeyError:
            raise WorkbookError(f"{self.name}: the part {name} is missing; save it again in Excel") from None

    def spelled(self, name: str) -> str:
        """Give a part's name as the file spells it; names are the same in upper and lower case."""
        if name in self.parts:
            return name
        known = self._spelled.get(name.casefold(), name)
        return known if known in self.parts else name

    def parsed(self, part: str, read: Callable[[bytes, str], Read]) -> Read:
        """Read a part, once as long as it keeps its bytes.

        Args:
            part: its name.
            read: a function of the module that knows the part, given its bytes and its name for messages; nobody may
                change what it returns.
        """
        data = self.part(part)
        held = self._parsed.get((part, read))
        if held is None or held[0] is not data:
            held = self._parsed[part, read] = (data, read(data, f"{self.name}: {part}"))
        found: Read = held[1]
        return found

    def tree(self, part: str) -> Element:
        """Read a small part into elements; nobody may change them."""
        return self.parsed(part, parse_tree)

    def relationships(self, part: str) -> list[Relationship]:
        """Give the links of a part (empty text: of the package) to other parts of the package."""
        rels = self.spelled(_relationships_part(part))
        if rels not in self.parts:
            return []
        folder = posixpath.dirname(part)
        found = []
        for element in self.tree(rels).children:
            attributes = element.attributes
            if attributes.get("TargetMode") != "External":
                target = posixpath.normpath(
                    posixpath.join("/", folder, unquote(attributes.get("Target", "")))
                )
                kind = attributes.get("Type", "").rpartition("/")[2]
                found.append(Relationship(attributes.get("Id", ""), kind, self.spelled(target.lstrip("/"))))
        return found

    def parts_of_type(self, ending: str) -> list[str]:
        """Give the parts whose content type ends so, sorted by name."""
        found = [
            self.spelled(element.attributes.get("PartName", "").lstrip("/"))
            for element in self.tree(CONTENT_TYPES).children
            if element.name == "Override" and element.attributes.get("ContentType", "").endswith(ending)
        ]
        return sorted(name for name in found if name in self.parts)

    def remove_part(self, name: str, owner: str) -> None:
        """Take out a part together with its content type and its owner's link to it."""
        del self.parts[name]
        rels, types = self.spelled(_relationships_part(owner)), self.spelled(CONTENT_TYPES)
        links = {link.identity for link in self.relationships(owner) if link.target == name}
        for part, gone in (
            (
                types,
                lambda element: element.attributes.get("PartName", "").casefold() == f"/{name}".casefold(),
            ),
            (rels, lambda element: element.attributes.get("Id") in links),
        ):
            data = self.parts[part]
            children = self.tree(part).children
            self.parts[part] = splice(
                data,
                [(c.start, element_end(data, c.start, c.close), b"") for c in children if gone(c)],
            )

    def to_bytes(self, deterministic: bool = False) -> bytes:
        """Write the package.

        Args:
            deterministic: parts in a fixed order with a fixed date and attributes, so that equal parts give
                equal bytes; otherwise order, dates and attributes stay as read, and a package without a
                change gives the very bytes that were read.
        """
        if not deterministic and not self.changed_parts:
            return self.parts.source
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            if deterministic:
                for name in sorted(self.parts, key=_order):
                    archive.writestr(self.parts.entry(name, deterministic=True), self.parts[name])
            else:
                for name in self.parts:
                    self.parts.write_to(archive, buffer, name)
        return buffer.getvalue()

    def _find_workbook(self) -> str:
        self.part(CONTENT_TYPES)
        for link in self.relationships(""):
            if link.kind == "officeDocument":
                if link.target.endswith(".bin"):
                    raise WorkbookError(f"{self.name}: a binary .xlsb workbook; save it as .xlsx")
                if self.tree(link.target).namespace in MAIN:
                    return link.target
        raise WorkbookError(f"{self.name}: holds no workbook; give an .xlsx or .xlsm file")

    def _find_sheets(self) -> dict[str, str]:
        links = {link.identity: link for link in self.relationships(self.workbook_part)}
        sheets: dict[str, str] = {}
        listed = self.tree(self.workbook_part).child("sheets")
        for element in listed.children if listed else ():
            identity = next(
                (element.attributes[key] for key in RELATIONSHIP_IDS if key in element.attributes), ""
            )
            name = element.attributes.get("name", "")
            if identity not in links or links[identity].target not in self.parts:
                raise WorkbookError(
                    f"{self.name}: the part of sheet {name!r} is missing; save it again in Excel"
                )
            sheets[name], self._kinds[name] = links[identity].target, links[identity].kind
        return sheets


def defined_names(package: Package) -> dict[str, str]:
    """Give what each defined name refers to; a name of one sheet alone stands as `sheet!name`."""
    sheets = list(package.sheets)
    listed = package.tree(package.workbook_part).child("definedNames")
    names: dict[str, str] = {}
    for element in listed.children if listed else ():
        name = element.attributes.get("name", "")
        index = whole_number(element.attributes.get("localSheetId"))
        if index is not None and index < len(sheets):
            name = f"{sheets[index]}!{name}"
        names[name] = element.text
    return names


def _relationships_part(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise WorkbookError(f"{path}: cannot be read ({error.strerror or error})") from None


def _check_kind(source: bytes, name: str) -> None:
    if source.startswith(_OLE_MARK):
        if "EncryptedPackage".encode("utf-16-le") in source:
            raise WorkbookError(f"{name}: protected by a password; remove the password in Excel")
        raise WorkbookError(f"{name}: an old Excel file (.xls); save it as .xlsx")
    if not source.startswith(b"PK"):
        raise WorkbookError(f"{name}: no Excel workbook; give an .xlsx or .xlsm file")


def _order(name: str) -> tuple[int, str]:
    first: Iterable[str] = (CONTENT_TYPES, "_rels/.rels", "docProps/", "xl/workbook.xml", "xl/_rels/", "xl/")
    for rank, start in enumerate(first):
        if name.startswith(start):
            return rank, name
    return 99, name
