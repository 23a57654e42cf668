"""The error values of cells."""

from __future__ import annotations

from enum import Enum


class ErrorCode(Enum):
    """An error value of a cell; no text, so that nothing takes it for one."""

    NULL = "#NULL!"
    DIV0 = "#DIV/0!"
    VALUE = "#VALUE!"
    REF = "#REF!"
    NAME = "#NAME?"
    NUM = "#NUM!"
    NA = "#N/A"
    GETTING_DATA = "#GETTING_DATA"
    SPILL = "#SPILL!"
    CALC = "#CALC!"
    FIELD = "#FIELD!"
    BLOCKED = "#BLOCKED!"
    CONNECT = "#CONNECT!"
    UNKNOWN = "#UNKNOWN!"
    BUSY = "#BUSY!"
    EXTERNAL = "#EXTERNAL!"
    PYTHON = "#PYTHON!"
    TIMEOUT = "#TIMEOUT!"

    def __str__(self) -> str:
        """Show the code, as the cell does."""
        return self.value


# Excel keeps the later ones as rich values outside the cell, which holds #VALUE! in their place.
STORED_ERRORS = frozenset(
    {
        ErrorCode.NULL,
        ErrorCode.DIV0,
        ErrorCode.VALUE,
        ErrorCode.REF,
        ErrorCode.NAME,
        ErrorCode.NUM,
        ErrorCode.NA,
        ErrorCode.GETTING_DATA,
    }
)
_BY_TEXT = {code.value: code for code in ErrorCode}


def error_code(text: str) -> ErrorCode:
    """Read an error as a file stores it; one that no Excel knows is #VALUE!, as Excel reads it."""
    return _BY_TEXT.get(text.upper(), ErrorCode.VALUE)
