"""Why a formula is not computed: the error that says so, and the words for it."""

from __future__ import annotations

import difflib
import re
from functools import cache
from typing import TYPE_CHECKING

import formualizer as fz

from xlmodel.grid import ErrorCode, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xlmodel.grid import Token


class RefusedError(Exception):
    """A formula that is not computed, with the reason and the error Excel would show."""

    def __init__(self, reason: str, code: ErrorCode) -> None:
        """Keep the reason in one line."""
        super().__init__(reason)
        self.reason = reason
        self.code = code


def refuse_unreadable(token: Token) -> None:
    """Refuse what stands for no value here."""
    if token.text == "#":
        raise RefusedError("a spilled range such as A1#; name its cells instead", ErrorCode.REF)
    if token.kind is Kind.OTHER:
        raise RefusedError(no_formula(token.text), ErrorCode.NAME)


def no_formula(text: str) -> str:
    """Say why a text is no formula, in the engine's words where it has any."""
    try:
        fz.tokenize("=" + text)
    except fz.TokenizerError as error:
        return f"not a formula: {plain_reason(error)}"
    return f"not a formula: {text}"


@cache
def engine_knows(name: str) -> bool:
    """Whether the engine itself has a function (upper-case name without prefix)."""
    workbook = fz.Workbook()
    workbook.add_sheet("Probe")
    try:
        workbook.set_formula("Probe", 1, 1, f"={name}()")
        result = workbook.evaluate_cell("Probe", 1, 1)
    except (RuntimeError, fz.ExcelEvaluationError):
        return False
    return not (isinstance(result, dict) and result.get("kind") in {"Name", "NImpl"})


def nearest(word: str, known: Iterable[str]) -> str:
    """Name the known words that a word resembles, as the end of a sentence; empty where there is none."""
    by_key = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(word.casefold(), by_key, n=3, cutoff=0.6)
    return f"; nearest: {', '.join(by_key[key] for key in near)}" if near else ""


def plain_reason(error: Exception) -> str:
    """Take the engine's own prefix off a message such as `ParserError at position 8: Unmatched opening parenthesis`."""
    head, mark, tail = re.sub(r":? ?TokenSpan \{.*\}", "", str(error).splitlines()[0]).partition(": ")
    return tail[:1].lower() + tail[1:] if mark else head
