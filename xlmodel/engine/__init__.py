"""Formulas and whole workbooks computed without a spreadsheet program; it opens no file."""

from __future__ import annotations

from xlmodel.engine.alone import compute_alone
from xlmodel.engine.bridge import Library, Memo
from xlmodel.engine.compute import compute
from xlmodel.engine.evaluate import evaluate
from xlmodel.engine.exact import exactly
from xlmodel.engine.values import Computed, EvalResult, FormulaError

__all__ = [
    "Computed",
    "EvalResult",
    "FormulaError",
    "Library",
    "Memo",
    "compute",
    "compute_alone",
    "evaluate",
    "exactly",
]
