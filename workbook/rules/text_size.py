"""How wide a text or a shown number is, in digits of the default font."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# widths in thousandths of the font size, after Arial; a digit has 556
_DIGIT = 556
_WIDTHS = {
    letter: width
    for letters, width in (
        ("ijl'|", 222), ("It,.;:!/\\[] f", 278), ("r()-`", 333), ('"', 355), ("kcsvxyzJ", 500), ("w", 722), ("m", 833),
        ("ABEKPSVXY&", 667), ("CDHNRUw", 722), ("GOQ", 778), ("M", 833), ("W", 944), ("FTZ", 611), ("%", 889),
        ("+=<>~×−", 584), ("@", 1015), ("—…", 1000),
    )
    for letter in letters
}  # fmt: skip
_WIDE = 1000
_BOLD = 1.06
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|_(.)|\*(.)|\[([^\]]*)\]')
_DIGITS = re.compile(r"[#0?][#0?,]*(?:\.([#0?]*))?(,*)")
_KEEP = "\x00"


def text_width(text: str, *, size: float, base: float, bold: bool = False) -> float:
    """Give the width of the longest line of a text.

    Args:
        text: what is shown.
        size: its font size in points.
        base: the default font's size in points, whose digit is the unit.
        bold: whether it is bold.
    """
    return _longest_line(text) / _DIGIT * (size or base) / base * (_BOLD if bold else 1.0)


@lru_cache(maxsize=1 << 16)  # a workbook says the same names, units and sources again and again
def _longest_line(text: str) -> int:
    return max((sum(map(_letter, line)) for line in text.split("\n")), default=0)


def _letter(letter: str) -> int:
    known = _WIDTHS.get(letter)
    if known is not None:
        return known
    if unicodedata.east_asian_width(letter) in {"W", "F"}:
        return _WIDE
    return 0 if unicodedata.combining(letter) else _DIGIT


def shown_number(value: float, code: str) -> str | None:
    """Show a number in a format; None where the format fits itself to the column, is text or a date.

    Args:
        value: the number.
        code: the format code, such as `#,##0.0%`.
    """
    if code in {"General", "@", ""}:
        return None
    literals: list[str] = []

    def set_aside(match: re.Match[str]) -> str:
        quoted, escaped, space, _, bracket = match.groups()
        kept = quoted or escaped or (" " if space else "")
        if bracket is not None and bracket.startswith("$"):
            kept = bracket[1:].partition("-")[0]
        literals.append(kept)
        return _KEEP

    sections = _LITERAL.sub(set_aside, code).split(";")
    which = 1 if value < 0 and len(sections) > 1 else 0
    two = 2
    if value == 0 and len(sections) > two:
        which = two
    before = sum(section.count(_KEEP) for section in sections[:which])
    section = sections[which]
    if re.search(r"[a-zA-Z/]", section):
        return None
    place = _DIGITS.search(section)
    digits = "" if place is None else _digits(abs(value) if which else value, section, place)
    text = section if place is None else section[: place.start()] + digits + section[place.end() :]
    for literal in literals[before:]:
        text = text.replace(_KEEP, literal, 1)
    return text.replace(_KEEP, "")


def _digits(value: float, section: str, match: re.Match[str]) -> str:
    decimals, scale = match[1] or "", len(match[2])
    scaled = value * (100 if "%" in section else 1) / 1000**scale
    grouped = "," in match[0].rstrip(",").partition(".")[0]
    text = f"{scaled:{',' if grouped else ''}.{len(decimals)}f}"
    optional = len(decimals) - len(decimals.rstrip("#"))
    for _ in range(optional):
        if not text.endswith("0"):
            break
        text = text[:-1]
    return text
