"""The error values of cells."""

from __future__ import annotations

from enum import Enum


class ErrorCode(Enum):
    """An error value of a cell; no text, so that nothing takes it for one, but equal to its code as one writes it."""

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

    def __eq__(self, other: object) -> bool:
        """Tell whether it is the same error, or the text of its code."""
        return self is other or (isinstance(other, str) and other == self.value)

    def __hash__(self) -> int:
        """Return the hash of the code, since it equals its text."""
        return hash(self.value)


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
