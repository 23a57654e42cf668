"""Values and tables as a terminal or another program reads them."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, TypeAlias

from xlmodel.catalog.csv_text import is_hidden
from xlmodel.grid import CellValue, ErrorCode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Rows: TypeAlias = "Sequence[Sequence[CellValue]]"
_WHOLE_SHOWN = 1e21  # beyond, a whole number is shorter with an exponent
_GAP = "  "
_LAYOUT = "\n\t"


def say(text: object) -> None:
    """Print a line, or lines."""
    sys.stdout.write(f"{harmless(text)}\n")


def complain(message: object) -> None:
    """Print a message on stderr, as one line, after what stands on stdout."""
    sys.stdout.flush()
    sys.stderr.write(f"xlmodel: {harmless(' '.join(str(message).split()))}\n")


def harmless(text: object) -> str:
    r"""Return a text in which no sign acts on a terminal: ESC is `\u001b`, which JSON reads back as the sign.

    Line ends and tabs stay.
    """
    plain = str(text)
    if plain.isascii() and plain.isprintable():
        return plain
    return "".join(
        f"\\u{ord(sign):04x}" if sign not in _LAYOUT and is_hidden(sign) else sign for sign in plain
    )


def cell_text(value: CellValue) -> str:
    """Return a value with all its digits: the shortest text that reads back as the same number."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str | ErrorCode):
        return str(value)
    return str(plain(value)) if abs(value) < _WHOLE_SHOWN else repr(value)


def plain(value: CellValue) -> float | str | bool | None:
    """Return a number without a fraction as an int, an error as its code."""
    if isinstance(value, ErrorCode):
        return str(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < _WHOLE_SHOWN:
        return int(value)
    return value


def table_text(rows: Rows) -> str:
    """Return rows as text in columns, numbers to the right; Chinese signs are two columns wide."""
    from rich.cells import cell_len  # noqa: PLC0415 - for a table only

    texts = [[" ".join(cell_text(cell).split()) for cell in row] for row in rows]
    count = max((len(row) for row in texts), default=0)
    widths = [max((cell_len(row[at]) for row in texts if at < len(row)), default=0) for at in range(count)]
    numeric = [_numeric([row[at] for row in rows[1:] if at < len(row)]) for at in range(count)]
    lines = []
    for row in texts:
        cells = []
        for text, width, right in zip(row, widths, numeric, strict=False):
            space = " " * (width - cell_len(text))
            cells.append(space + text if right else text + space)
        lines.append(_GAP.join(cells).rstrip())
    return "\n".join(lines)


def _numeric(cells: Sequence[CellValue]) -> bool:
    given = [cell for cell in cells if cell not in (None, "")]
    return bool(given) and all(
        isinstance(cell, (int, float)) and not isinstance(cell, bool) for cell in given
    )


def json_text(value: CellValue | Rows) -> str:
    """Return a value as JSON; of a table, one row a line, the header first."""
    if isinstance(value, str | bool | int | float | ErrorCode | None):
        return json.dumps(plain(value), ensure_ascii=False)
    rows = [json.dumps([plain(cell) for cell in row], ensure_ascii=False) for row in value]
    return "[\n" + ",\n".join(f"  {row}" for row in rows) + "\n]"


def json_objects(value: Mapping[str, object] | Sequence[Mapping[str, object]]) -> str:
    """Return an object, or a list of them, as JSON that a person can read."""
    return json.dumps(value, ensure_ascii=False, indent=2)
