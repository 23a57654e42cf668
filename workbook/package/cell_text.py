"""What a cell holds, and how a package writes it down."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from xlmodel.errors import WorkbookError
from xlmodel.grid import STORED_ERRORS, ErrorCode, cell_place

if TYPE_CHECKING:
    from xlmodel.grid import CellValue

MAX_TEXT = 32_767
_EXACT_INTEGER = 2**53
# Characters that XML cannot hold, and the carriage return, which it would turn into a line feed.
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
# Both halves of a character beyond the first plane, each with its escape.
_PAIR = re.compile(r"_x(D[89AB][0-9A-F]{2})__x(D[C-F][0-9A-F]{2})_", re.IGNORECASE)


class CellContent(NamedTuple):
    """One cell as the file holds it.

    Args:
        value: the constant, or the result that the file carries for the formula; None when there is none.
        formula: the formula with its equals sign, None in a constant cell.
        style: index into the cell formats of the style sheet.
    """

    value: CellValue
    formula: str | None
    style: int


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell that a write really changed."""

    sheet: str
    address: str
    old: CellValue
    new: CellValue


def parse_address(address: str) -> tuple[int, int]:
    """Split `B5` or `$B$5` into row and column, both counted from 1.

    Raises:
        WorkbookError: the text is no address, or lies outside a sheet.
    """
    place = cell_place(address)
    if place is None:
        raise WorkbookError(f"{address!r} is no cell address: write one such as B5, at most XFD1048576")
    return place


def check_value(value: CellValue, where: str) -> CellValue:
    """Refuse what a cell cannot hold; give a number as the exact double that Excel computes with.

    Raises:
        WorkbookError: a number that is not finite or too large, a text that is too long or holds half a
            character, an error code that Excel does not store in a cell, or another type.
    """
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise WorkbookError(
                f"{where}: {_short(value)} is no number that a cell holds; write an error value"
            )
        return number
    if isinstance(value, str):
        if len(value) > MAX_TEXT:
            raise WorkbookError(
                f"{where}: a text of {len(value)} characters; a cell holds at most {MAX_TEXT}"
            )
        try:
            value.encode()
        except UnicodeEncodeError:
            raise WorkbookError(
                f"{where}: {_short(value)} holds half of a character pair; mend the text"
            ) from None
        return value
    if isinstance(value, ErrorCode):
        if value not in STORED_ERRORS:
            known = ", ".join(sorted(map(str, STORED_ERRORS)))
            raise WorkbookError(
                f"{where}: {_short(value.value)} is no error that a cell stores; use one of {known}"
            )
        return value
    raise WorkbookError(
        f"{where}: a {type(value).__name__} is no cell value; write a number, text or TRUE/FALSE"
    )


def _short(value: float | str) -> str:
    """Show a value in a message without filling the screen."""
    if isinstance(value, int) and abs(value) > _EXACT_INTEGER:
        return "a number beyond 1.8e308"
    text = ascii(value)
    return text if len(text) <= 40 else text[:37] + "..."  # noqa: PLR2004 - a width for reading


def same_value(old: CellValue, new: CellValue) -> bool:
    """Tell whether two cell values are the same; TRUE is not 1, and 5 is 5.0."""
    if isinstance(old, bool) or isinstance(new, bool):
        return isinstance(old, bool) and isinstance(new, bool) and old == new
    return old == new


def number_text(number: float) -> str:
    """Write a number so that it reads back as the same double; whole numbers without a point."""
    number = float(number)
    if number.is_integer() and abs(number) < _EXACT_INTEGER:
        return str(int(number))
    return float.__repr__(number)


def value_text(value: float | str | bool | ErrorCode) -> str:
    """Write a value as the text of a cached result, not yet escaped for XML."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int | float):
        return number_text(value)
    if isinstance(value, ErrorCode):
        return value.value
    return encode_text(value)


def encode_text(text: str) -> str:
    """Write what XML cannot hold as `_xHHHH_`, and an `_xHHHH_` that is meant as such with its mark."""
    text = _ESCAPE.sub(lambda found: "_x005F" + found[0], text)
    return _UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def decode_text(text: str) -> str:
    """Undo `encode_text`; the escape of half a character stays as it is written, since no text can hold that half."""
    if "_x" not in text:
        return text
    pieces: list[str] = []
    position = 0
    for found in _ESCAPE.finditer(text):
        if found.start() < position:
            continue  # the first of the pair was read with its second
        pair = _PAIR.match(text, found.start())
        pieces.append(text[position : found.start()])
        pieces.append(_character(found[1]) if pair is None else _joined(pair[1], pair[2]))
        position = found.end() if pair is None else pair.end()
    return "".join(pieces) + text[position:]


def _character(digits: str) -> str:
    code = int(digits, 16)
    return f"_x{digits}_" if 0xD800 <= code <= 0xDFFF else chr(code)  # noqa: PLR2004 - half of a character pair


def _joined(high: str, low: str) -> str:
    return bytes.fromhex(high + low).decode("utf-16-be")


def general_text(number: float) -> str:
    """Show a number as Excel's General format does in a label: at most 15 digits, no separators."""
    number = float(number)
    if number.is_integer() and abs(number) < 1e15:  # noqa: PLR2004 - digits of a double
        return str(int(number))
    return format(number, ".15g").upper()
