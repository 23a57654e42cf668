"""Inside a workbook with xlwings Lite: a call of `main.py` on its way to the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import xlmodel
from xlmodel.errors import CellError
from xlmodel.hosts.cell_values import arguments, finite

if TYPE_CHECKING:
    from xlmodel.functions.define import Value


class LiteFailure(Exception):  # noqa: N818 - the signal for a failed cell
    """A failed function: xlwings Lite shows its text at the cell, `#N/A: message`."""


def compute(name: str, *given: object) -> Value:
    """Compute what a cell shows.

    Args:
        name: the function.
        given: its arguments in their order, each as rows of cells; None for one left out.

    Raises:
        LiteFailure: where the cell is to show an error.
    """
    try:
        return finite(xlmodel.call(name, *arguments(given)))
    except CellError as error:
        raise LiteFailure(f"{error.code}: {error.message}") from None
