"""One class per mistake a user can make; the message says what, where and what to do."""

from __future__ import annotations


class XlModelError(Exception):
    """Base of every error that is the user's to mend."""


class CellError(XlModelError):
    """A result that a cell shows as an Excel error.

    Args:
        message: what went wrong, where, and what to do: one line.
        code: the Excel error, such as `#N/A`.
    """

    def __init__(self, message: str, code: str = "#VALUE!") -> None:
        """Keep the code for the cell and the message for the person."""
        super().__init__(message, code)
        self.message = " ".join(message.split())
        self.code = code

    def __str__(self) -> str:
        """Show the message alone."""
        return self.message


class BadValueError(CellError):
    """A number, text or range that an argument does not take: `#VALUE!`."""


class NotAvailableError(CellError):
    """An unknown or ambiguous name, or a result that does not exist: `#N/A`."""

    def __init__(self, message: str, code: str = "#N/A") -> None:
        """Name the thing, and what to write instead."""
        super().__init__(message, code)


class CatalogError(XlModelError):
    """A catalog file that breaks its schema; the message names file, line and column."""


class RequestError(XlModelError):
    """A quote request with a wrong key, type or value; the message names file and key."""


class WorkbookError(XlModelError):
    """A workbook or output path that cannot be read or written."""
