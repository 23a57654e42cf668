"""The Excel functions: one definition each, and the library that calls them as a cell would."""

from xlmodel.functions.define import Argument, Function, Scalar, TableRows, Takes, Value
from xlmodel.functions.library import FUNCTIONS, Library, default_library

__all__ = [
    "FUNCTIONS",
    "Argument",
    "Function",
    "Library",
    "Scalar",
    "TableRows",
    "Takes",
    "Value",
    "default_library",
]
