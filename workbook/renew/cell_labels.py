"""What a person would call a cell of a workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbook.package import CellContent
    from xlmodel.grid import Address


class CellLabels:
    """What a person would call a cell: the first text of its row, and the nearest typed text above it."""

    def __init__(self, sheets: Mapping[str, Mapping[tuple[int, int], CellContent]]) -> None:
        """Keep the cells; the texts of a sheet are gathered when one of its cells is asked for."""
        self._sheets = sheets
        self._read: set[str] = set()
        self._rows: dict[tuple[str, int], tuple[int, str]] = {}
        self._columns: dict[tuple[str, int], list[tuple[int, str]]] = {}

    def _gather(self, sheet: str) -> None:
        """Read the texts of a sheet, once."""
        if sheet in self._read:
            return
        self._read.add(sheet)
        for (row, column), cell in self._sheets[sheet].items():
            if isinstance(cell.value, str) and cell.value.strip():
                text = " ".join(cell.value.split())
                first = self._rows.setdefault((sheet, row), (column, text))
                self._rows[sheet, row] = min(first, (column, text))
                if cell.formula is None:
                    self._columns.setdefault((sheet, column), []).append((row, text))

    def of(self, address: Address) -> str:
        """Return both labels, where there are any."""
        self._gather(address.sheet)
        column, left = self._rows.get((address.sheet, address.row), (address.column, ""))
        texts = self._columns.get((address.sheet, address.column), [])
        above = max((each for each in texts if each[0] < address.row), default=(0, ""))[1]
        return " · ".join(text for text in (left if column < address.column else "", above) if text)
