"""The cases that every host computes alike: of each function one that works, and its arguments blank, missing, wrong or written otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from openpyxl.formula import Tokenizer

from xlmodel.errors import CellError
from xlmodel.functions import FUNCTIONS, Takes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlmodel.functions import Function

Given = float | str | bool | CellError | tuple[tuple[object, ...], ...] | None
RANGE = (("retry_rate", 0.02), ("discount_rate", 0.05))
_FULL_WIDTH = {code: code + 0xFEE0 for code in range(ord("!"), ord("~") + 1)}
_CHINESE = {
    "api": "API调用",
    "rent": "云租赁",
    "own": "自建",
    "standard": "标准级",
    "light": "轻量级",
    "hybrid": "混合",
}


class Case(NamedTuple):
    """One call.

    Args:
        name: the function.
        given: its arguments; None is one left out.
        kind: what is tried.
    """

    name: str
    given: tuple[Given, ...]
    kind: str


def literals(formula: str) -> list[Given] | None:
    """Read the arguments of `=NAME(1,"text",TRUE)`; None where one of them is not a literal."""
    _name, *tokens, _close = Tokenizer(formula).items
    read: list[Given] = [None] if tokens else []
    for token in tokens:
        match token.type, token.subtype:
            case "SEP", "ARG":
                read.append(None)
            case "OPERAND", "TEXT":
                read[-1] = token.value[1:-1].replace('""', '"')
            case "OPERAND", "NUMBER":
                read[-1] = float(token.value)
            case "OPERAND", "LOGICAL":
                read[-1] = token.value.upper() == "TRUE"
            case _:
                return None
    return read


def _of(function: Function) -> Iterator[Case]:
    name, arguments = function.name, function.arguments
    given = literals(function.example)
    if given is None:
        given = ["rent", "2×A100 80GB"][: len(arguments)]
    plain = [argument for argument in arguments if not argument.repeated]

    def replaced(place: int, value: Given) -> tuple[Given, ...]:
        filled = [*given, *[None] * (place + 1 - len(given))]
        return (*filled[:place], value, *filled[place + 1 :])

    yield Case(name, tuple(given), "normal")
    yield Case(name, (), "nothing given")
    if not arguments:
        return
    yield Case(name, (*given, *[""] * max(0, len(plain) - len(given))), "blank to the end")
    yield Case(name, replaced(0, CellError("division", "#DIV/0!")), "error")
    yield Case(name, replaced(len(plain) - 1 if plain else 0, CellError("none", "#N/A")), "error at the end")
    yield Case(name, replaced(0, ""), "first blank")
    texts = [place for place, value in enumerate(given) if isinstance(value, str)]
    numbers = [place for place, each in enumerate(plain) if each.takes is Takes.NUMBER]
    for place in texts[:2]:
        yield Case(name, replaced(place, str(given[place]).translate(_FULL_WIDTH)), "full width")
        yield Case(name, replaced(place, "no such thing"), "unknown name")
        if str(given[place]).lower() in _CHINESE:
            yield Case(name, replaced(place, _CHINESE[str(given[place]).lower()]), "Chinese")
    for place in numbers[:1]:
        yield Case(name, replaced(place, "many"), "text for a number")
        yield Case(name, replaced(place, -1.0), "negative")
    for place, argument in enumerate(plain):
        if argument.takes is Takes.ASSUMPTIONS:
            yield Case(name, replaced(place, RANGE), "range")
            yield Case(name, replaced(place, "折现率=0.05"), "Chinese")


CASES = [case for function in FUNCTIONS.values() for case in _of(function)]
IDS = [f"{case.name}-{case.kind}-{place}" for place, case in enumerate(CASES)]
