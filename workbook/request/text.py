"""How requests show in messages and in file names."""

from __future__ import annotations

import re
import unicodedata

CONTROLS = frozenset({"Cc", "Cs", "Zl", "Zp"})  # control signs, halves of signs, ends of lines
_NAME_LENGTH = 50
_NOT_IN_A_NAME = re.compile(r'[<>:"/\\|?*]+')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # names of devices on Windows
_SHOWN_LENGTH = 40
_SHOWN_WHOLE = 1e300


def shown(value: object) -> str:
    """Return a value as a message names it."""
    if isinstance(value, str):
        text = one_line(value)
        return f"the text '{text if len(text) <= _SHOWN_LENGTH else text[:_SHOWN_LENGTH] + '…'}'"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return f"{value:g}" if not abs(value) >= _SHOWN_WHOLE else "a number beyond all limits"
    if isinstance(value, (list, tuple)):
        return f"a list of {len(value)}"
    return "a group of keys" if isinstance(value, dict) else str(value)


def one_line(text: str) -> str:
    """Return a text on one line, without signs that a terminal would act on."""
    return "".join(" " if unicodedata.category(sign) in CONTROLS else sign for sign in text)


def file_name(text: str) -> str:
    """Return a text as a file name that Windows, macOS and Linux take; empty where nothing is left."""
    plain = _NOT_IN_A_NAME.sub("_", unicodedata.normalize("NFC", one_line(text)))
    plain = plain[:_NAME_LENGTH].strip(" .")
    return f"{plain}_" if _RESERVED.fullmatch(plain) else plain


def unlike(name: str, taken: set[str]) -> str:
    """Return the name, numbered where it is taken: letter case does not tell files apart everywhere."""
    free, number = name, 1
    while free.casefold() in taken:
        number += 1
        free = f"{name}-{number}"
    taken.add(free.casefold())
    return free
