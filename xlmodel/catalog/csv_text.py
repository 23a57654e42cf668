"""CSV as people and spreadsheets save it: encodings, separators, dates, and cells that a spreadsheet would run."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# Excel reads a CSV file as UTF-8 only with this mark
BOM = "\ufeff"
SEPARATORS = ",;\t"
# a spreadsheet takes a text that begins so for a formula
FORMULA_SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
_TEXT_MARK = "'"
_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# what turns the order of letters around, so that a name reads as another
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_CONTROLS = frozenset({"Cc", "Cs", "Zl", "Zp"})  # control signs, halves of signs, ends of lines
_YEAR_FIRST = re.compile(r"(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|年(\d{1,2})月(\d{1,2})日)")
_EXCEL_EPOCH = dt.date(1899, 12, 30)
# as days of Excel, 1954 to 2064: any other whole number was meant as something else
_DAYS = range(20_000, 60_001)


def decoded(data: bytes) -> str:
    """Return a file's text: UTF-8, UTF-16 with its mark, or GB18030, which Excel's "CSV" is on a Chinese Windows.

    Text that is UTF-8 but for a few bytes is never read as GB18030, which would give other Chinese signs.

    Raises:
        ValueError: none of them; the message tells the line.
    """
    if data.startswith(_WIDE_MARKS):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError:
            raise ValueError("line 1: broken UTF-16 text; save the file as UTF-8") from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        lenient = data.decode("utf-8", "replace")
        broken = lenient.count("\ufffd")
        wide = sum(sign > "\x7f" for sign in lenient) - broken
        try:
            if b"\0" not in data and broken > wide:
                return data.decode("gb18030")
        except UnicodeDecodeError:
            pass
        line = data.count(b"\n", 0, error.start) + 1
        raise ValueError(f"line {line}: no UTF-8 text; save the file as UTF-8") from None


def records(text: str, *, blank: bool = False) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows with the line where each begins, every cell without the mark of `guarded`.

    Args:
        text: the file.
        blank: whether rows without text are among them.

    The separator is the sign among comma, semicolon and tab that the first line holds most of.

    Raises:
        csv.Error: quotes that do not close; the message tells the line.
    """
    separator = max(SEPARATORS, key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for cells in reader:
            if blank or any(cell.strip() for cell in cells):
                yield line, [unguarded(cell.strip()) for cell in cells]
            line = reader.line_num + 1
    except csv.Error as error:
        raise csv.Error(f"line {reader.line_num}: {error}") from None


def guarded(text: str) -> str:
    """Return a cell that no spreadsheet runs: `'` before what begins like a formula. `unguarded` takes it back.

    A number keeps its sign.
    """
    return f"{_TEXT_MARK}{text}" if _runs(text) and not _is_number(text) else text


def unguarded(text: str) -> str:
    """Return a cell without the mark that `guarded` set."""
    return text[1:] if text.startswith(_TEXT_MARK) and _runs(text) else text


def _runs(text: str) -> bool:
    return text.lstrip(_TEXT_MARK).startswith(FORMULA_SIGNS)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text.isascii()


def written(rows: Iterable[Sequence[str]], end: str = "\n") -> str:
    """Return rows as CSV text that Excel reads as it is: with the mark of UTF-8, every cell guarded."""
    file = io.StringIO()
    file.write(BOM)
    csv.writer(file, lineterminator=end).writerows([guarded(cell) for cell in row] for row in rows)
    return file.getvalue()


def hidden_sign(text: str) -> str:
    """Return the first sign of a text that a screen would act on, as `U+001B`; empty where it has none."""
    found = next((sign for sign in text if is_hidden(sign)), "")
    return f"U+{ord(found):04X}" if found else ""


def is_hidden(sign: str) -> bool:
    """Tell whether a sign is a control sign, half a sign, an end of line, or turns the order of letters around."""
    return sign in _BIDI or unicodedata.category(sign) in _CONTROLS


def iso_date(text: str) -> str:
    """Return a date with the year first, as a spreadsheet saves it (2026/6/1, 2026年6月1日), in ISO form.

    Any other text stays: what begins with the day or the month is not guessed.
    """
    found = _YEAR_FIRST.fullmatch(text)
    if found is None:
        return text
    year, month, day = found[1], found[3] or found[5], found[4] or found[6]
    return f"{year}-{month:0>2}-{day:0>2}"


def day_of_number(text: str) -> str:
    """Return the ISO date of a day that a spreadsheet saved as its number; empty where it is none."""
    plain = text.replace(",", "")
    if not (plain.isascii() and plain.isdecimal()) or len(plain) > len("60000") or int(plain) not in _DAYS:
        return ""
    return (_EXCEL_EPOCH + dt.timedelta(days=int(plain))).isoformat()
