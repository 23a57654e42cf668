"""What is wrong with a request, in the language of who asked: place, key, what it is, what is expected."""

from __future__ import annotations

import locale
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from workbook.request.chinese import chinese
from workbook.request.text import one_line
from xlmodel.errors import CellError, RequestError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# what a system calls the Chinese language: POSIX, and Windows
_CHINESE = ("zh", "chinese")


class Said(NamedTuple):
    """A text in both languages."""

    zh: str
    en: str

    def text(self, lang: str) -> str:
        """Return the text in `zh` or `en`."""
        return self.zh if lang == "zh" else self.en


class Place(NamedTuple):
    """Where a request stands.

    Args:
        file: the file, or what else holds the request; empty for an option of the command line.
        number: the row of a table or the entry of a list; 0 where the file is one request.
        row: whether the number is that of a row.
        name: the customer, which tells rows apart; empty where it is not known.
    """

    file: str
    number: int = 0
    row: bool = False
    name: str = ""

    def text(self, lang: str) -> str:
        """Return file, row and customer as a message begins."""
        if not self.number:
            return self.file
        if lang == "zh":
            entry = f"第 {self.number} {'行' if self.row else '份报价'}"
            return f"{self.file}: {entry}" + (f"（{self.name}）" if self.name else "")
        entry = f"{'row' if self.row else 'quote'} {self.number}"
        return f"{self.file}: {entry}" + (f" ({self.name})" if self.name else "")


class RequestFaultError(RequestError):
    """One thing wrong with a request.

    Args:
        place: where.
        what: the key and what is wrong with it.
    """

    def __init__(self, place: Place, what: Said) -> None:
        """Keep both languages; the error itself says it in English."""
        self.place, self.what = place, what
        super().__init__(self.text("en"))

    def text(self, lang: str) -> str:
        """Return the line in a language."""
        return one_line(": ".join(filter(None, (self.place.text(lang), self.what.text(lang)))))


class RequestFaultsError(RequestError):
    """Everything wrong with the requests of a file.

    Args:
        faults: at least one.
        lang: the language that the file asks for; empty where it asks for none.
    """

    def __init__(self, faults: Sequence[RequestFaultError], lang: str = "") -> None:
        """Keep the faults; the error itself is a line each."""
        super().__init__("\n".join(map(str, faults)))
        self.faults, self.lang = tuple(faults), lang

    def lines(self, lang: str | None = None) -> list[str]:
        """Return a line a fault, in the language asked for, else the file's, else the system's."""
        chosen = lang or self.lang or system_language()
        return [fault.text(chosen) for fault in self.faults]


def cell_fault(place: Place, key: Said, error: CellError) -> RequestFaultError:
    """Return the fault that a function's message tells."""
    return RequestFaultError(place, Said(f"{key.zh}: {chinese(str(error))}", f"{key.en}: {error}"))


@contextmanager
def noted(faults: list[RequestFaultError], place: Place, key: Said) -> Iterator[None]:
    """Note what is wrong in this block, and go on after it."""
    try:
        yield
    except RequestFaultError as fault:
        faults.append(fault)
    except CellError as error:
        faults.append(cell_fault(place, key, error))


def system_language() -> str:
    """Return the language of the system's messages: zh or en."""
    told = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), None)
    name = told or locale.getlocale()[0] or ""
    return "zh" if name.casefold().startswith(_CHINESE) else "en"
