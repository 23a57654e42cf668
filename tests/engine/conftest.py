"""A small library of functions, to see what the engine passes and what it does with results."""

from __future__ import annotations

import pytest

from xlmodel.errors import CellError, NotAvailableError
from xlmodel.functions.define import Function, Value


class Recorder:
    """Keeps the arguments of each call; SEE_TABLE, SEE_NA and SEE_BUG show the kinds of results."""

    def __init__(self) -> None:
        """Define the functions and start with no calls."""
        names = ("SEE", "SEE_TABLE", "SEE_NA", "SEE_BUG", "SEE_INFINITE", "SEE_TOTAL")
        self.functions = {
            name: Function(name, "test", "", "", (), run=lambda: None, example="") for name in names
        }
        self.calls: list[tuple[object, ...]] = []

    def call(self, name: str, *args: object) -> Value:
        """Compute one."""
        self.calls.append(args)
        for value in args:
            if isinstance(value, CellError):
                raise value
        match name:
            case "SEE_TABLE":
                return [["item", "value"], ["pear", 2], ["fig", None]]
            case "SEE_NA":
                raise NotAvailableError(f"no such thing: {args[0]}")
            case "SEE_BUG":
                raise LookupError("a fault of the program")
            case "SEE_INFINITE":
                return float("nan")
            case "SEE_TOTAL":
                return sum(value for value in args if isinstance(value, float))
            case _:
                return 1.5


@pytest.fixture
def recorder() -> Recorder:
    """A fresh library."""
    return Recorder()
