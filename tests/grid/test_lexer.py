"""The text of formulas taken apart, beside two other tokenizers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import formualizer as fz
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token as OpenpyxlToken

from workbook.package import Package, cells_of
from workbook.quote.build import build_quote
from workbook.request.quote_request import scenario_request
from xlmodel.catalog import built_in
from xlmodel.grid import Kind, tokens

if TYPE_CHECKING:
    from collections.abc import Iterable

OPERANDS = {Kind.NUMBER, Kind.TEXT, Kind.LOGICAL, Kind.ERROR, Kind.REFERENCE, Kind.STRUCTURED, Kind.NAME}
# Formulas that all three read alike: operands and functions in the same order.
CORPUS = [
    "A1+$B$2*C$3-$D4",
    "SUM(A1:B2,'My Sheet'!A:A,Sheet2!1:3)",
    "'It''s 报价'!$A$1:$B$9",
    "报价!A1+Ünit!B2",
    'IF(A1="it""s",TRUE,FALSE)',
    "LOG10(A1)+LOG10+ATAN2(B1,C1)",
    "1E5+1.5E-3+2.5e+10+.5+12%",
    "#N/A+#DIV/0!+IFERROR(#REF!,#NAME?)",
    "Prices[value]+SUM(Prices[[#This Row],[unit price]])",
    "Prices[[low]:[high]]",
    "Prices[a!b]",
    "SUM(Prices[#All])",
    "[1]Sheet1!$A$1+'[Book 2.xlsx]S'!B2",
    "_xlfn.XLOOKUP(in_dau,Q1.2024,tax_rate)",
    "{1,2;3,4}",
    "SUM({1,-2},A1)",
    '-A1^2&"x"<>B1',
    "SUM( A1 , B1 )",
    'IF(A1>=1,IF(B1<=2,"(",")"),)',
    "F(1,,3)",
    "TRUE()+PI()",
    "ZZZ1+A0+XFE1",
]


def parts(formula: str) -> list[tuple[str, bool]]:
    """Give operands and functions, and whether each names cells or is a name."""
    found = []
    for token in tokens(formula):
        if token.kind in OPERANDS:
            found.append((token.text, token.kind in {Kind.REFERENCE, Kind.STRUCTURED, Kind.NAME}))
        elif token.kind is Kind.FUNCTION:
            found.append((token.text, False))
    return found


def by_formualizer(formula: str) -> list[tuple[str, bool]]:
    """Give the same as the engine's tokenizer sees it."""
    found = []
    for token in fz.tokenize(f"={formula}").tokens():
        opens = token.token_type == fz.TokenType.Func and token.subtype == fz.TokenSubType.Open
        if token.token_type == fz.TokenType.Operand:
            found.append((token.value, token.subtype == fz.TokenSubType.Range))
        elif opens:
            found.append((token.value, False))
    return found


def by_openpyxl(formula: str) -> list[tuple[str, bool]]:
    """Give the same as openpyxl sees it."""
    found = []
    for token in Tokenizer(f"={formula}").items:
        if token.type == OpenpyxlToken.OPERAND:
            found.append((token.value, token.subtype == OpenpyxlToken.RANGE))
        elif token.type == OpenpyxlToken.FUNC and token.subtype == OpenpyxlToken.OPEN:
            found.append((token.value, False))
    return found


@pytest.mark.parametrize("formula", CORPUS)
def test_operands_are_those_of_two_other_tokenizers(formula: str) -> None:
    """Texts, numbers, errors, references, names and functions stand where formualizer and openpyxl see them."""
    assert parts(formula) == by_formualizer(formula)
    assert parts(formula) == by_openpyxl(formula)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_formula_of_a_quote_reads_alike(lang: str) -> None:
    """Some 2,900 formulas, three tokenizers."""
    package = Package.read(build_quote(scenario_request(built_in(), "A", lang), built_in()))
    formulas = {
        cell.formula[1:]
        for sheet in package.worksheets
        for cell in cells_of(package, sheet).values()
        if cell.formula is not None
    }
    assert len(formulas) > 1000
    assert [each for each in formulas if not parts(each) == by_formualizer(each) == by_openpyxl(each)] == []
    assert all("".join(token.text for token in tokens(each)) == each for each in formulas)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        # a range with a computed end has two ends that move for themselves
        (
            "A1:INDEX(B:B,3)",
            "REFERENCE A1|OPERATOR :|FUNCTION INDEX(|REFERENCE B:B|SEPARATOR ,|NUMBER 3|CLOSE )",
        ),
        ("A1:LOG10(B1)", "REFERENCE A1|OPERATOR :|FUNCTION LOG10(|REFERENCE B1|CLOSE )"),
        ("price:B2", "NAME price|OPERATOR :|REFERENCE B2"),
        ("A1:A1048577", "REFERENCE A1|OPERATOR :|NAME A1048577"),
        # sheets: names of a sheet, several sheets at once, and a range whose ends both name the sheet
        ("S!a:S!b", "NAME S!a|OPERATOR :|NAME S!b"),
        ("Jan:Mar!A1", "REFERENCE Jan:Mar!A1"),
        ("'Jan 1:Mar 1'!A1", "REFERENCE 'Jan 1:Mar 1'!A1"),
        ("S!A1:S!B2", "REFERENCE S!A1|OPERATOR :|REFERENCE S!B2"),
        ("A1:Sheet2!B1", "REFERENCE A1|OPERATOR :|REFERENCE Sheet2!B1"),
        ("[1]!price+S!#REF!", "NAME [1]!price|OPERATOR +|ERROR S!#REF!"),
        # marks of later versions, unions and intersections
        ("@A1:A3+B2#", "OPERATOR @|REFERENCE A1:A3|OPERATOR +|REFERENCE B2|OPERATOR #"),
        ("[@value]*[@[a b]]", "STRUCTURED [@value]|OPERATOR *|STRUCTURED [@[a b]]"),
        ("(A1,B2:C3) D4", "OPEN (|REFERENCE A1|SEPARATOR ,|REFERENCE B2:C3|CLOSE )|SPACE  |REFERENCE D4"),
        ("Tbl['[a'!b]", "STRUCTURED Tbl['[a'!b]"),
        # what is no formula
        ('A1&"open', 'REFERENCE A1|OPERATOR &|OTHER "open'),
        ("'open!A1", "OTHER 'open!A1"),
    ],
)
def test_where_tokenizers_differ(formula: str, expected: str) -> None:
    """Each piece for itself, as Excel reads it."""
    assert "|".join(f"{token.kind.name} {token.text}" for token in tokens(formula)) == expected


def test_prefixes_stand_apart() -> None:
    """The sheet of a reference, a name and a function."""
    found = {
        token.text: (token.prefix, token.local)
        for token in tokens("'a b'!A1+[1]!n+B.xlsx!f(1)")
        if token.prefix
    }
    assert found == {
        "'a b'!A1": ("'a b'!", "A1"),
        "[1]!n": ("[1]!", "n"),
        "B.xlsx!f(": ("B.xlsx!", "f("),
    }


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=40) | st.text("A1$:!'\"[](){}#@,;.%&+- Sx", max_size=40))
def test_any_text_comes_back(text: str) -> None:
    """The tokens of any text, formula or not, give the text."""
    assert "".join(token.text for token in tokens(text)) == text


def test_a_long_text_takes_no_longer_than_its_length() -> None:
    """Nested patterns do not run away: 100,000 characters of the worst kinds are read at once."""
    for text in ("A1:" * 30_000, "[" * 100_000, "'" * 100_001, '"' * 100_001, "a" * 100_000, "[a" * 50_000):
        assert sum(len(token.text) for token in tokens(text)) == len(text)


def joined(found: Iterable[str]) -> str:
    """Join operands by a sign."""
    return "+".join(found)


PIECES = st.sampled_from([each for each in CORPUS if not re.search(r"[ {]", each)])


@settings(max_examples=100, deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=5))
def test_joined_formulas_read_alike(pieces: list[str]) -> None:
    """Formulas in a sum have the operands of each."""
    assert parts(joined(pieces)) == [part for piece in pieces for part in parts(piece)]
