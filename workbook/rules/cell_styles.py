"""The cell formats of a workbook, read from its style sheet."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from openpyxl.styles.numbers import BUILTIN_FORMATS

from workbook.rules.colours import BLACK, WHITE, Colour, colour_of, theme_colours

if TYPE_CHECKING:
    from workbook.package import Package
    from workbook.package.xml_spans import Element

_DATE = re.compile(r"[ymdhs]", re.IGNORECASE)
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_LARGEST = 1e9  # in a format or a place, far above any that counts
_YES = frozenset({"1", "true", "on"})


def is_on(text: str | None, *, default: bool = False) -> bool:
    """Read an attribute that is 0 or 1, true or false."""
    return default if text is None else text.strip().lower() in _YES


def number(text: str | None, default: float = 0.0) -> float:
    """Read an attribute that is a number; the default where it is none, or too large for any."""
    try:
        found = default if text is None else float(text)
    except ValueError:
        return default
    return found if abs(found) <= _LARGEST else default


@dataclass(frozen=True, slots=True)
class Font:
    """A font: an empty name or size 0 where the file gives none."""

    name: str = ""
    size: float = 0.0
    bold: bool = False
    colour: Colour = BLACK


@dataclass(frozen=True, slots=True)
class CellFormat:
    """How a cell looks.

    Args:
        style: the named style, such as `Input`.
        number_format: the format code.
        fill: background; None where it is a pattern or gradient.
        wrap: whether text wraps or shrinks to fit, so that its column does not cut it.
        shrink: whether it shrinks.
    """

    style: str = "Normal"
    number_format: str = "General"
    font: Font = field(default_factory=Font)
    fill: Colour | None = WHITE
    horizontal: str = "general"
    wrap: bool = False
    shrink: bool = False
    rotated: bool = False
    indent: int = 0
    locked: bool = True

    def is_kind(self, *names: str) -> bool:
        """Tell whether the style is one of these, or a variant such as `Output total`."""
        return any(self.style == name or self.style.startswith(f"{name} ") for name in names)

    @property
    def is_date(self) -> bool:
        """Tell whether the number format shows a date or a time."""
        return bool(_DATE.search(_LITERAL.sub("", self.number_format))) and self.number_format != "General"


@dataclass
class StyleSheet:
    """The formats, fonts and differential formats of a workbook."""

    formats: list[CellFormat]
    fonts: list[Element]
    conditional: list[tuple[Colour | None, Colour | None]]
    base_size: float
    part: str

    def format(self, index: int) -> CellFormat:
        """Give the format that a cell names; the default one for a wrong index."""
        return self.formats[index] if 0 <= index < len(self.formats) else CellFormat()


def read_styles(package: Package) -> StyleSheet:
    """Read the style sheet; a workbook without one has a single format."""
    links = package.relationships(package.workbook_part)
    part = next((link.target for link in links if link.kind == "styles"), "")
    if part not in package.parts:
        return StyleSheet([CellFormat()], [], [], 11.0, "")
    root = package.tree(part)
    theme = theme_colours(package)
    font_elements = _children(root, "fonts", "font")
    fonts = [_font(element, theme) for element in font_elements]
    fills = [_fill(element, theme) for element in _children(root, "fills", "fill")]
    codes = dict(BUILTIN_FORMATS)
    for element in _children(root, "numFmts", "numFmt"):
        codes[_whole(element, "numFmtId")] = element.attributes.get("formatCode", "General")
    names = {
        _whole(element, "xfId"): element.attributes.get("name", "Normal")
        for element in _children(root, "cellStyles", "cellStyle")
    }
    formats = [
        _format(element, fonts, fills, codes, names) for element in _children(root, "cellXfs", "xf")
    ] or [CellFormat()]
    pairs = []
    for element in _children(root, "dxfs", "dxf"):
        font, fill = element.child("font"), element.child("fill")
        pattern = fill.child("patternFill") if fill else None
        ink = colour_of(font.child("color"), theme) if font else None
        pairs.append((ink, colour_of(pattern.child("bgColor"), theme) if pattern else None))
    base = fonts[0].size if fonts and fonts[0].size else 11.0
    return StyleSheet(formats, font_elements, pairs, base, part)


def _children(root: Element, group: str, name: str) -> list[Element]:
    parent = root.child(group)
    return [child for child in parent.children if child.name == name] if parent else []


def _whole(element: Element, name: str) -> int:
    return int(number(element.attributes.get(name)))


def _font(element: Element, theme: list[Colour | None]) -> Font:
    name, size, bold = element.child("name"), element.child("sz"), element.child("b")
    return Font(
        name.attributes.get("val", "") if name else "",
        number(size.attributes.get("val")) if size else 0.0,
        bold is not None and is_on(bold.attributes.get("val"), default=True),
        colour_of(element.child("color"), theme) or BLACK,
    )


def _fill(element: Element, theme: list[Colour | None]) -> Colour | None:
    pattern = element.child("patternFill")
    if pattern is None:
        return None
    match pattern.attributes.get("patternType", "none"):
        case "none":
            return WHITE
        case "solid":
            return colour_of(pattern.child("fgColor"), theme)
        case _:
            return None


def _format(
    element: Element,
    fonts: list[Font],
    fills: list[Colour | None],
    codes: dict[int, str],
    names: dict[int, str],
) -> CellFormat:
    font, fill = _whole(element, "fontId"), _whole(element, "fillId")
    alignment, protection = element.child("alignment"), element.child("protection")
    places = alignment.attributes if alignment else {}
    return CellFormat(
        style=names.get(_whole(element, "xfId"), "Normal"),
        number_format=codes.get(_whole(element, "numFmtId"), "General"),
        font=fonts[font] if 0 <= font < len(fonts) else Font(),
        fill=fills[fill] if 0 <= fill < len(fills) else WHITE,
        horizontal=places.get("horizontal", "general"),
        wrap=is_on(places.get("wrapText")),
        shrink=is_on(places.get("shrinkToFit")),
        rotated=places.get("textRotation", "0") != "0",
        indent=int(number(places.get("indent"))),
        locked=protection is None or is_on(protection.attributes.get("locked"), default=True),
    )
