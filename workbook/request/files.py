"""The files that hold quote requests, read as keys and values: TOML, JSON, and tables with one quote a row."""

from __future__ import annotations

import csv
import io
import json
import re
import tomllib
from typing import TYPE_CHECKING, NamedTuple

from workbook.request.faults import Place, RequestFaultError, Said
from workbook.request.keys import canonical, twice
from workbook.request.text import one_line
from xlmodel.catalog.csv_text import decoded, records

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

SUFFIXES = (".toml", ".json", ".csv", ".xlsx")
_TABLES = (".csv", ".xlsx")
_TEXTS = frozenset({"customer", "lang", "model", "api_models", "rent", "own", "deployment"})
_TOML_PLACE = re.compile(
    r"^(?P<what>.*) \(at (?:line (?P<line>\d+), column \d+|end of document)\)$", re.DOTALL
)
_LONGEST_NAME = 30
_EXAMPLE = Said("应有 dau = 10000 这样的内容", "expected a request such as dau = 10000")


class Record(NamedTuple):
    """One request as the file holds it.

    Args:
        place: the file and, where it holds several, the row or entry: the start of every message.
        values: what was given, by the names in the file.
        key_place: where the names stand: of a table, its header row.
    """

    place: Place
    values: dict[str, object]
    key_place: Place


def holds_several(path: Path) -> bool:
    """Tell whether a file is a table, with one quote a row."""
    return path.suffix.casefold() in _TABLES


def read_records(path: Path) -> list[Record]:
    """Read a request file.

    Args:
        path: a .toml, .json, .csv or .xlsx file.

    Raises:
        RequestFaultError: no such file, another kind of file, bad syntax (with its line), or nothing in it.
    """
    suffix = path.suffix.casefold()
    kinds = f"{', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}"
    if suffix not in SUFFIXES:
        raise _wrong(path, f"报价请求应为 {'、'.join(SUFFIXES)} 文件", f"a request is a {kinds} file")
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise _wrong(path, "没有这个文件", "no such file") from None
    except IsADirectoryError:
        raise _wrong(path, "这是文件夹；请给出其中的文件", "a folder; give one of its files") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise _wrong(path, f"无法读取（{reason}）", f"cannot be read ({reason})") from None
    if not data.strip():
        raise _wrong(path, f"空文件；{_EXAMPLE.zh}", f"empty file; {_EXAMPLE.en}")
    if suffix == ".xlsx":
        return _records(path, _xlsx_rows(path, data))
    text = _text_of(path, data)
    if suffix == ".csv":
        return _records(path, _csv_rows(path, text))
    return [_toml(path, text)] if suffix == ".toml" else _json(path, text)


def _wrong(path: Path, zh: str, en: str) -> RequestFaultError:
    return RequestFaultError(Place(str(path)), Said(zh, en))


def _text_of(path: Path, data: bytes) -> str:
    try:
        return decoded(data)
    except ValueError as error:
        raise _wrong(path, f"不是 UTF-8 文本，请另存为 UTF-8（{error}）", str(error)) from None


def _toml(path: Path, text: str) -> Record:
    try:
        values = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        match = _TOML_PLACE.match(str(error))
        what = match["what"] if match else str(error)
        line = (match and match["line"]) or len(text.splitlines())
        raise _wrong(path, f"第 {line} 行：不是 TOML：{what}", f"line {line}: not TOML: {what}") from None
    if not values:
        raise _wrong(path, f"没有键；{_EXAMPLE.zh}", f"no key in it; {_EXAMPLE.en}")
    return Record(Place(str(path)), values, Place(str(path)))


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
        raise RequestFaultError(Place(str(path)), twice(one_line(str(error)))) from None
    except json.JSONDecodeError as error:
        line, what = error.lineno, error.msg
        raise _wrong(path, f"第 {line} 行：不是 JSON：{what}", f"line {line}: not JSON: {what}") from None
    except (ValueError, RecursionError) as error:
        raise _wrong(path, f"不是 JSON：{error}", f"not JSON: {error}") from None
    if isinstance(read, dict):
        if not read:
            example = '{"dau": 10000}'
            raise _wrong(
                path,
                f"没有键；应有 {example} 这样的内容",
                f"no key in it; expected a request such as {example}",
            )
        return [Record(Place(str(path)), read, Place(str(path)))]
    if not isinstance(read, list) or not read:
        raise _wrong(
            path,
            "应为一个含请求各键的对象，或由这样的对象组成的列表",
            "expected an object with the keys of a request, or a list of them",
        )
    found = []
    for number, each in enumerate(read, start=1):
        if not isinstance(each, dict):
            told = Said("应为含请求各键的对象", "expected an object with the keys of a request")
            raise RequestFaultError(Place(str(path), number), told)
        place = Place(str(path), number, name=_customer(each))
        found.append(Record(place, each, place))
    return found


def _csv_rows(path: Path, text: str) -> list[tuple[int, Sequence[object]]]:
    try:
        return list(enumerate((cells for _, cells in records(text, blank=True)), start=1))
    except csv.Error as error:
        line, _, what = str(error).partition(": ")
        raise _wrong(path, f"不是 CSV（{line}）：{what}", f"{line}: not CSV: {what}") from None


def _xlsx_rows(path: Path, data: bytes) -> list[tuple[int, Sequence[object]]]:
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - for a table only

    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
        return list(enumerate(sheet.to_python(skip_empty_area=False), start=1))
    except (CalamineError, ValueError, OSError) as error:
        raise _wrong(
            path, f"不是可读的 .xlsx 工作簿（{error}）", f"not a readable .xlsx workbook ({error})"
        ) from None


def _records(path: Path, rows: Sequence[tuple[int, Sequence[object]]]) -> list[Record]:
    top = Place(str(path), rows[0][0] if rows else 1, row=True)
    header = _header(top, rows[0][1] if rows else ())
    found = []
    for number, row in rows[1:]:
        place = Place(str(path), number, row=True)
        if any(_given(row[len(header) :])):
            count, wanted = len(row), len(header)
            raise RequestFaultError(
                place,
                Said(
                    f"有 {count} 格，表头只有 {wanted} 格",
                    f"{count} cells, expected {wanted} as in the header row",
                ),
            )
        values = {key: _cell(key, cell) for key, cell in zip(header, row, strict=False)}
        if any(_given(values.values())):
            found.append(Record(place._replace(name=_customer(values)), values, top))
    if not found:
        raise _wrong(path, "表头之下没有报价", "no quote below the header row")
    return found


def _header(place: Place, cells: Iterable[object]) -> list[str]:
    header = [_text(cell) for cell in cells]
    while header and not header[-1]:
        header.pop()
    if not header:
        raise RequestFaultError(
            place, Said("应为含请求各键的表头", "expected a header row with the keys of a request")
        )
    for column, name in enumerate(header, start=1):
        if not name:
            raise RequestFaultError(place, Said(f"第 {column} 列没有键", f"column {column} has no key"))
        if header.count(name) > 1:
            raise RequestFaultError(place, twice(name))
    return header


def _given(cells: Iterable[object]) -> Iterable[bool]:
    return (bool(_text(cell)) for cell in cells)


def _text(cell: object) -> str:
    return "" if cell is None else str(cell).strip()


def _cell(name: str, cell: object) -> object:
    """Return a cell, a number in a column of text as text: a customer may be called 360."""
    if canonical(name) not in _TEXTS or isinstance(cell, bool) or not isinstance(cell, (int, float)):
        return cell
    return f"{cell:.15g}"


def _customer(values: dict[str, object]) -> str:
    """Return the customer's name as messages show it."""
    found = next((value for key, value in values.items() if canonical(key) == "customer"), "")
    name = one_line(found).strip() if isinstance(found, str) else ""
    return name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
