"""The names that LET and LAMBDA give, which stand before those of the workbook."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xlmodel.grid import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xlmodel.grid import Token

# before the names of functions in files
PREFIX = re.compile(r"(?:_xlfn\.|_xlws\.|_xludf\.|_xll\.|_xldudf[._])+", re.IGNORECASE)


@dataclass(slots=True)
class _Argument:
    """An argument of a function while LET and LAMBDA are read."""

    function: str
    number: int = 0
    text: str = ""


def gives_names(formula: str) -> bool:
    """Whether LET or LAMBDA may give names that stand before defined ones."""
    upper = formula.upper()
    return "LET(" in upper or "LAMBDA(" in upper


def given_names(found: Iterable[Token]) -> frozenset[str]:
    """Find the names that LET and LAMBDA give, in lower case; they stand before defined names."""
    names: set[str] = set()
    stack: list[_Argument] = []
    for kind, text, _ in found:
        if kind is Kind.FUNCTION:
            stack.append(_Argument(PREFIX.sub("", text[:-1]).upper()))
        elif kind is Kind.OPEN or text == "{":
            stack.append(_Argument(""))
        elif not stack or kind is Kind.SPACE:
            continue
        elif kind is Kind.CLOSE or text == "}":
            stack.pop()
        elif kind is Kind.SEPARATOR:
            argument = stack[-1]
            if argument.function == "LAMBDA" or (argument.function == "LET" and argument.number % 2 == 0):
                names.add(argument.text.casefold())
            argument.number, argument.text = argument.number + 1, ""
        else:
            stack[-1].text += text
    return frozenset(names)
