"""Colours of a workbook as red, green and blue, and the contrast between two."""

from __future__ import annotations

import colorsys
from typing import TYPE_CHECKING

from openpyxl.styles.colors import COLOR_INDEX

from workbook.package.xml_spans import whole_number

if TYPE_CHECKING:
    from workbook.package import Package
    from workbook.package.xml_spans import Element

Colour = tuple[float, float, float]
BLACK: Colour = (0.0, 0.0, 0.0)
WHITE: Colour = (1.0, 1.0, 1.0)
# the theme stores dark before light, the cells count light before dark
_THEME_ORDER = (1, 0, 3, 2, 4, 5, 6, 7, 8, 9, 10, 11)
_HEX_LENGTH = 6
_SHADOW, _LOW, _HIGH = 0.04045, 12.92, 1.055


def theme_colours(package: Package) -> list[Colour | None]:
    """Give the theme's colours in the order in which cells count them."""
    links = package.relationships(package.workbook_part)
    part = next((link.target for link in links if link.kind == "theme"), "")
    if part not in package.parts:
        return []
    scheme = next((element for element in package.tree(part).walk() if element.name == "clrScheme"), None)
    listed: list[Colour | None] = []
    for slot in scheme.children if scheme else ():
        child = slot.children[0] if slot.children else None
        attributes = child.attributes if child else {}
        listed.append(from_hex(attributes.get("lastClr", attributes.get("val", ""))))
    return [listed[index] for index in _THEME_ORDER if index < len(listed)]


def from_hex(text: str) -> Colour | None:
    """Read `FF1F3A5F` or `1F3A5F`; None where it is no colour."""
    digits = text[-_HEX_LENGTH:]
    try:
        red, green, blue = (int(digits[start : start + 2], 16) / 255 for start in (0, 2, 4))
    except ValueError:
        return None
    return red, green, blue


def colour_of(element: Element | None, theme: list[Colour | None]) -> Colour | None:
    """Give the colour of a `color`, `fgColor` or `bgColor` element; None where it is automatic or unknown."""
    if element is None:
        return None
    attributes = element.attributes
    base: Colour | None = None
    if "rgb" in attributes:
        base = from_hex(attributes["rgb"])
    elif (index := whole_number(attributes.get("theme"))) is not None:
        base = theme[index] if index < len(theme) else None
    elif (index := whole_number(attributes.get("indexed"))) is not None:
        base = from_hex(COLOR_INDEX[index]) if index < len(COLOR_INDEX) else None
    try:
        tint = float(attributes.get("tint", "0"))
    except ValueError:
        tint = 0.0
    tint = tint if abs(tint) <= 1 else 0.0
    return base if base is None or not tint else _tinted(base, tint)


def _tinted(colour: Colour, tint: float) -> Colour:
    """Move the lightness towards black (below 0) or white (above 0)."""
    hue, light, saturation = colorsys.rgb_to_hls(*colour)
    light = light * (1 + tint) if tint < 0 else light * (1 - tint) + tint
    return colorsys.hls_to_rgb(hue, min(1.0, max(0.0, light)), saturation)


def contrast(one: Colour, other: Colour) -> float:
    """Give the contrast ratio (L1 + 0.05) / (L2 + 0.05) of WCAG 2, from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = (
        part / _LOW if part <= _SHADOW else ((part + _HIGH - 1) / _HIGH) ** 2.4 for part in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
