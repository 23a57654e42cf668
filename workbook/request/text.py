"""How requests show in messages and in file names."""

from __future__ import annotations

import re
import unicodedata

from xlmodel.catalog.csv_text import is_hidden

_NAME_LENGTH = 50
_NOT_IN_A_NAME = re.compile(r'[<>:"/\\|?*]+')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # names of devices on Windows
_SHOWN_LENGTH = 40
_SHOWN_WHOLE = 1e300


def shown(value: object, lang: str = "en") -> str:
    """Return a value as a message names it."""
    zh = lang == "zh"
    if isinstance(value, str):
        text = one_line(value)
        text = text if len(text) <= _SHOWN_LENGTH else f"{text[:_SHOWN_LENGTH]}…"
        return f"文字“{text}”" if zh else f"the text '{text}'"
    if isinstance(value, (bool, int, float)):
        return _number_shown(value, zh=zh)
    if isinstance(value, (list, tuple)):
        return f"{len(value)} 项的列表" if zh else f"a list of {len(value)}"
    if isinstance(value, dict):
        return "一组键" if zh else "a group of keys"
    return str(value)


def _number_shown(value: float, *, zh: bool) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if abs(value) >= _SHOWN_WHOLE:
        return "大得超出一切限度的数" if zh else "a number beyond all limits"
    return f"{value:g}"


def blank(value: object) -> bool:
    """Tell whether a value is one left out."""
    return value is None or (isinstance(value, str) and not value.strip())


def one_line(text: str) -> str:
    """Return a text on one line, without signs that a terminal would act on."""
    return "".join(" " if is_hidden(sign) else sign for sign in text)


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
