"""Every published figure beside the model's: it matches, or the reason why it does not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xlmodel.engine import compute
from xlmodel.grid import Address, CellValue, Formula

if TYPE_CHECKING:
    from xlmodel.catalog import Catalog
    from xlmodel.catalog.tables import Row
    from xlmodel.functions import Library

ENDS = ("low", "base", "high")
_PUBLISHED = {"low": "published_low", "base": "published", "high": "published_high"}
_FORMULA = {"low": "formula_low", "base": "formula", "high": "formula_high"}
_SHEET = "reconciliation"


@dataclass(frozen=True, slots=True)
class Reconciled:
    """One published figure and the model's.

    Args:
        row: the row of the catalog table.
        published: low, base, high; None where the document gives none.
        model: low, base, high; None where the row has no formula for it; text where the model says so.
        matches: whether each published end is within the rounding of the model's.
    """

    row: Row
    published: tuple[float | None, ...]
    model: tuple[CellValue, ...]
    matches: bool


def reconcile(catalog: Catalog, library: Library) -> list[Reconciled]:
    """Compute the table `reconciliation`.

    Equation: a row matches where |model - published| <= rounding at each published end.

    Args:
        catalog: holds the table.
        library: the functions on that catalog.
    """
    rows = catalog.tables["reconciliation"].rows
    cells = {
        (number, column): Formula(row[_FORMULA[end]])
        for number, row in enumerate(rows, start=1)
        for column, end in enumerate(ENDS, start=1)
        if row[_FORMULA[end]]
    }
    values = compute({_SHEET: cells}, library).values
    reconciled = []
    for number, row in enumerate(rows, start=1):
        published = tuple(float(row[_PUBLISHED[end]]) if row[_PUBLISHED[end]] else None for end in ENDS)
        model = tuple(values.get(Address(_SHEET, number, column)) for column in range(1, 4))
        rounding = float(row["rounding"])
        pairs = [(each, value) for each, value in zip(published, model, strict=True) if each is not None]
        matches = all(
            isinstance(value, float) and abs(value - each) <= rounding * (1 + 1e-9) for each, value in pairs
        )
        reconciled.append(Reconciled(row, published, model, matches))
    return reconciled
