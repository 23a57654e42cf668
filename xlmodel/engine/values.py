"""What comes out of the engine: results, and why a formula has none."""

from __future__ import annotations

from dataclasses import dataclass, field

from xlmodel.errors import XlModelError
from xlmodel.grid import Address, CellValue, ErrorCode, Rows


class FormulaError(XlModelError):
    """A formula that cannot be read or computed here; one line says why and what to write."""


@dataclass(frozen=True, slots=True)
class EvalResult:
    """The result of one formula.

    Args:
        value: number, text, logical or error; rows where the result is a table.
        message: why it is an error; empty where it is none.
    """

    value: CellValue | Rows
    message: str = ""

    @property
    def error(self) -> ErrorCode | None:
        """The error that the formula gives, if it gives one."""
        return self.value if isinstance(self.value, ErrorCode) else None


@dataclass(frozen=True, slots=True)
class Computed:
    """The results of a workbook.

    Args:
        values: each formula cell (and each cell an array formula fills) with its value.
        messages: why a cell of `values` is an error.
        uncomputed: each formula cell that could not be computed, with the reason; it is not in `values`.
    """

    values: dict[Address, CellValue] = field(default_factory=dict)
    messages: dict[Address, str] = field(default_factory=dict)
    uncomputed: dict[Address, str] = field(default_factory=dict)
