"""The files that hold quote requests, read as keys and values: TOML, JSON, and tables with one quote a row."""

from __future__ import annotations

import csv
import io
import json
import re
import tomllib
from typing import TYPE_CHECKING, NamedTuple

from workbook.request.text import one_line
from xlmodel.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

SUFFIXES = (".toml", ".json", ".csv", ".xlsx")
_TABLES = (".csv", ".xlsx")
_NUMBERS = ("dau", "input_tokens", "output_tokens", "years")
_TOML_PLACE = re.compile(
    r"^(?P<what>.*) \(at (?:line (?P<line>\d+), column \d+|end of document)\)$", re.DOTALL
)


class Record(NamedTuple):
    """One request as the file holds it.

    Args:
        place: the file and, where it holds several, the row or entry: the start of every message.
        number: row or entry in the file; 0 where the file is one request.
        values: what was given, by key.
        key_place: where the keys stand: of a table, its header row.
    """

    place: str
    number: int
    values: dict[str, object]
    key_place: str


def holds_several(path: Path) -> bool:
    """Tell whether a file is a table, with one quote a row."""
    return path.suffix.casefold() in _TABLES


def read_records(path: Path) -> list[Record]:
    """Read a request file.

    Args:
        path: a .toml, .json, .csv or .xlsx file.

    Raises:
        RequestError: no such file, another kind of file, bad syntax (with its line), or nothing in it.
    """
    suffix = path.suffix.casefold()
    if suffix not in SUFFIXES:
        raise RequestError(f"{path}: a request is a {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]} file")
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise RequestError(f"{path}: no such file") from None
    except IsADirectoryError:
        raise RequestError(f"{path}: a folder; give one of its files") from None
    except OSError as error:
        raise RequestError(f"{path}: cannot be read ({error.strerror or error})") from None
    if not data.strip():
        raise RequestError(f"{path}: empty file; expected a request such as dau = 10000")
    if suffix == ".xlsx":
        return _records(path, _xlsx_rows(path, data))
    text = _decoded(path, data, chinese_excel=suffix == ".csv")
    if suffix == ".csv":
        return _records(path, _csv_rows(path, text))
    return [_toml(path, text)] if suffix == ".toml" else _json(path, text)


def _decoded(path: Path, data: bytes, *, chinese_excel: bool) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        try:
            if chinese_excel and b"\0" not in data:
                return data.decode("gb18030")  # what Excel's "CSV" is on a Chinese Windows
        except UnicodeDecodeError:
            pass
        line = data.count(b"\n", 0, error.start) + 1
        raise RequestError(f"{path}: line {line}: no UTF-8 text; save the file as UTF-8") from None


def _toml(path: Path, text: str) -> Record:
    try:
        values = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        match = _TOML_PLACE.match(str(error))
        what = match["what"] if match else str(error)
        line = (match and match["line"]) or len(text.splitlines())
        raise RequestError(f"{path}: line {line}: not TOML: {what}") from None
    if not values:
        raise RequestError(f"{path}: no key in it; expected a request such as dau = 10000")
    return Record(str(path), 0, values, str(path))


class _TwiceError(Exception):
    """A key that an object holds twice, of which JSON would take the last."""


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    values: dict[str, object] = {}
    for key, value in pairs:
        if key in values:
            raise _TwiceError(key)
        values[key] = value
    return values


def _json(path: Path, text: str) -> list[Record]:
    try:
        read: object = json.loads(text, object_pairs_hook=_once)
    except _TwiceError as error:
        raise RequestError(f"{path}: {one_line(str(error))}: given twice, expected once") from None
    except json.JSONDecodeError as error:
        raise RequestError(f"{path}: line {error.lineno}: not JSON: {error.msg}") from None
    except (ValueError, RecursionError) as error:
        raise RequestError(f"{path}: not JSON: {error}") from None
    if isinstance(read, dict):
        if not read:
            raise RequestError(f'{path}: no key in it; expected a request such as {{"dau": 10000}}')
        return [Record(str(path), 0, read, str(path))]
    if not isinstance(read, list) or not read:
        raise RequestError(f"{path}: expected an object with the keys of a request, or a list of them")
    records = []
    for number, each in enumerate(read, start=1):
        place = f"{path}: quote {number}"
        if not isinstance(each, dict):
            raise RequestError(f"{place}: expected an object with the keys of a request")
        records.append(Record(place, number, each, place))
    return records


def _csv_rows(path: Path, text: str) -> list[list[object]]:
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[object]] = []
    try:
        rows.extend([cell.strip() for cell in row] for row in reader)
    except csv.Error as error:
        raise RequestError(f"{path}: line {reader.line_num}: not CSV: {error}") from None
    return rows


def _xlsx_rows(path: Path, data: bytes) -> list[list[object]]:
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - for a table only

    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
        return [list(row) for row in sheet.to_python(skip_empty_area=False)]
    except (CalamineError, ValueError) as error:
        raise RequestError(f"{path}: not a readable .xlsx workbook ({error})") from None


def _records(path: Path, rows: Sequence[Sequence[object]]) -> list[Record]:
    header = [_text(cell).casefold() for cell in rows[0]] if rows else []
    while header and not header[-1]:
        header.pop()
    if not header:
        raise RequestError(f"{path}: row 1: expected a header row with the keys of a request")
    for column, key in enumerate(header, start=1):
        if not key:
            raise RequestError(f"{path}: row 1: column {column} has no key")
        if header.count(key) > 1:
            raise RequestError(f"{path}: row 1: {key}: given twice, expected once")
    records = []
    for number, row in enumerate(rows[1:], start=2):
        place = f"{path}: row {number}"
        if any(_given(row[len(header) :])):
            raise RequestError(f"{place}: {len(row)} cells, expected {len(header)} as in the header row")
        values = {
            key: _number(cell) if key in _NUMBERS and path.suffix.casefold() == ".csv" else _cell(key, cell)
            for key, cell in zip(header, row, strict=False)
            if any(_given([cell]))
        }
        if values:
            records.append(Record(place, number, values, f"{path}: row 1"))
    if not records:
        raise RequestError(f"{path}: no quote below the header row")
    return records


def _given(cells: Iterable[object]) -> Iterable[bool]:
    return (bool(_text(cell)) for cell in cells)


def _text(cell: object) -> str:
    return "" if cell is None else str(cell).strip()


def _number(cell: object) -> object:
    """Return the number that a cell of a CSV file writes, or its text for the message."""
    try:
        return float(_text(cell))
    except ValueError:
        return cell


def _cell(key: str, cell: object) -> object:
    """Return a cell, a number in a column of text as text: a customer may be called 360."""
    if key in _NUMBERS or isinstance(cell, bool) or not isinstance(cell, (int, float)):
        return cell
    return f"{cell:.15g}"
