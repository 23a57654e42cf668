"""The text of a formula taken apart, so that its references can be found and everything else stays as written."""

from __future__ import annotations

import re
from enum import IntEnum, auto
from functools import lru_cache
from typing import NamedTuple

from xlmodel.grid.error_codes import ErrorCode
from xlmodel.grid.places import area_of


class Kind(IntEnum):
    """What a token is."""

    NUMBER = auto()
    TEXT = auto()
    LOGICAL = auto()
    ERROR = auto()
    REFERENCE = auto()  # cells by their addresses: A1, A1:B2, A:C, 1:3
    STRUCTURED = auto()  # cells of a table: Prices[value], [@value]
    NAME = auto()
    FUNCTION = auto()  # with its opening bracket: SUM(
    OPEN = auto()
    CLOSE = auto()
    SEPARATOR = auto()  # the comma, between arguments or areas
    ARRAY = auto()  # braces of a constant array, and the semicolons between its rows
    OPERATOR = auto()  # also the colon between computed ends, @, % and the # of a spilled range
    SPACE = auto()
    OTHER = auto()  # what no formula holds, such as a text without its end


class Token(NamedTuple):
    """A piece of a formula.

    Args:
        kind: what it is.
        text: the characters, so that all tokens together give the formula.
        prefix: the sheet (and file) before a reference, a name or a function, such as `'My Sheet'!`; part of the text.
    """

    kind: Kind
    text: str
    prefix: str = ""

    @property
    def local(self) -> str:
        """The text without its prefix."""
        return self.text[len(self.prefix) :]


_WORD = r"[\w.\\?]"
_CELL = r"\$?[A-Za-z]{1,3}\$?[0-9]{1,7}"
_FILE = r"\[(?![@#'])[^\[\]]+\]"
_ERRORS = "|".join(re.escape(code.value) for code in ErrorCode)
# possessive single classes alone: Python before 3.11.5 matches possessive groups wrongly
_TOKEN = re.compile(
    rf"""
    (?P<open>\()|(?P<close>\))|(?P<separator>,)|(?P<array>[{{}};])
    |(?P<operator><=|>=|<>|[-+*/^&=<>%:@])
    |(?P<space>\s+)
    |(?P<text>"(?:[^"]|"")*"(?!"))
    |(?P<prefix>
        '(?:[^']|'')*'!
        |(?:{_FILE})?(?:(?!{_CELL}:){_WORD}++:)?{_WORD}++!
        |{_FILE}!
    )?
    (?:
        (?P<reference>{_CELL}(?::{_CELL})?|\$?[A-Za-z]{{1,3}}:\$?[A-Za-z]{{1,3}}|\$?[0-9]{{1,7}}:\$?[0-9]{{1,7}})
            (?![\w.\\?$(!\[])
        |(?P<error>(?=\#)(?:{_ERRORS}))
        |(?P<number>(?:[0-9]++\.?[0-9]*+|\.[0-9]++)(?:E[+-]?[0-9]++)?)(?![\w.\\?])
        |(?P<word>[\w\\$][\w.\\?$]*+)?(?P<brackets>\[(?:'.|[^\[\]']|\[(?:'.|[^\[\]'])*\])*\])
        |(?P<name>[\w\\$][\w.\\?$]*+)(?P<call>\()?
    )
    |(?P<spilled>\#)
    |(?P<other>["'].*|.)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_KINDS = {
    "space": Kind.SPACE,
    "text": Kind.TEXT,
    "reference": Kind.REFERENCE,
    "error": Kind.ERROR,
    "number": Kind.NUMBER,
    "brackets": Kind.STRUCTURED,
    "name": Kind.NAME,
    "call": Kind.FUNCTION,
    "open": Kind.OPEN,
    "close": Kind.CLOSE,
    "separator": Kind.SEPARATOR,
    "array": Kind.ARRAY,
    "operator": Kind.OPERATOR,
    "spilled": Kind.OPERATOR,
    "other": Kind.OTHER,
}
_SIGNS = {
    "(": Token(Kind.OPEN, "("),
    ")": Token(Kind.CLOSE, ")"),
    ",": Token(Kind.SEPARATOR, ","),
    **{sign: Token(Kind.ARRAY, sign) for sign in "{};"},
    **{sign: Token(Kind.OPERATOR, sign) for sign in ("<=", ">=", "<>", *"-+*/^&=<>%:@#")},
}
_LOGICAL = frozenset({"TRUE", "FALSE"})


@lru_cache(maxsize=16384)
def tokens(formula: str) -> tuple[Token, ...]:
    """Take a formula apart.

    Every text has tokens, also one that is no formula; a formula's leading `=` is an operator.

    Args:
        formula: its text, in the notation of files: English function names, commas, A1 references.
    """
    found: list[Token] = []
    for match in _TOKEN.finditer(formula):
        text = match[0]
        sign = _SIGNS.get(text)
        if sign is not None:
            found.append(sign)
        else:
            found += _read(match.lastgroup or "other", text, match["prefix"] or "")
    return tuple(found)


@lru_cache(maxsize=16384)
def _read(group: str, text: str, prefix: str) -> list[Token]:
    """Give the token of a match, or those that it turns out to be."""
    kind, local = _KINDS[group], text[len(prefix) :]
    if kind is Kind.REFERENCE and area_of(local, "") is None:
        return _beyond(local, prefix)
    if kind is Kind.NAME and text.upper() in _LOGICAL:
        kind = Kind.LOGICAL
    return [Token(kind, text, prefix)]


def _beyond(reference: str, prefix: str) -> list[Token]:
    """Read what looks like a reference and lies beyond the last row or column, such as the name `ZZZ1`."""
    first, colon, last = reference.partition(":")
    ends = [Token(Kind.REFERENCE if area_of(end, "") else Kind.NAME, end) for end in (first, last) if end]
    ends[0] = ends[0]._replace(text=prefix + first, prefix=prefix)
    return [ends[0], Token(Kind.OPERATOR, colon), *ends[1:]] if colon else ends
