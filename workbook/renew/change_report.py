"""What a regeneration changed: one line a figure, a result and a kept cell, as lines or a DataFrame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from xlmodel.grid import CellValue, ErrorCode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pandas import DataFrame

What: TypeAlias = Literal["figure", "result", "kept"]
COLUMNS = ("file", "what", "sheet", "cell", "label", "old", "new", "relative_change", "note")


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the report.

    Args:
        what: `figure`: a catalog figure renewed; `result`: a formula's new value; `kept`: what stays although the
            catalog or the engine would have it otherwise.
        sheet: the sheet; empty where the file lacks the place.
        cell: the cell's address.
        label: item and field of a figure, row and column labels of a result, what has no place.
        old: the value before.
        new: the value now; of what is kept, what the catalog says.
        note: source of a figure, message of an error, reason of what is kept.
    """

    what: What
    sheet: str
    cell: str
    label: str
    old: CellValue
    new: CellValue
    note: str = ""

    @property
    def relative(self) -> float | None:
        """The relative change: new / old - 1; None where one is no number, or the old is 0."""
        if isinstance(self.old, bool | str | ErrorCode | None) or isinstance(
            self.new, bool | str | ErrorCode | None
        ):
            return None
        return self.new / self.old - 1 if self.old else None


def to_frame(changes: Iterable[tuple[str, Change]]) -> DataFrame:
    """Return the report as a DataFrame: `relative_change` in numbers, an Excel error as its code.

    Args:
        changes: file and change.
    """
    import pandas as pd  # noqa: PLC0415 - only for who asks for a DataFrame

    rows = [[str(cell) if isinstance(cell, ErrorCode) else cell for cell in row] for row in lines(changes)]
    return pd.DataFrame(rows, columns=COLUMNS, dtype="object").astype({"relative_change": "Float64"})


def lines(changes: Iterable[tuple[str, Change]]) -> list[tuple[CellValue, ...]]:
    """Return the lines of changed and kept cells, by `COLUMNS`."""
    return [
        (file, each.what, each.sheet, each.cell, each.label, each.old, each.new, each.relative, each.note)
        for file, each in changes
    ]
