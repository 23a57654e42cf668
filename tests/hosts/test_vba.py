"""The VBA module: what it names, and that VBA could read it."""

from __future__ import annotations

import io
import re
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from xlmodel.functions import FUNCTIONS
from xlmodel.functions.define import Argument, Function, Takes
from xlmodel.hosts.vba import RESERVED, parameters, vba_module

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.hosts.conftest import Windows


@pytest.fixture(scope="module")
def text() -> str:
    """Give the VBA module of all functions."""
    return vba_module(FUNCTIONS.values())


def joined(text: str) -> str:
    """Give VBA text with its continued lines joined."""
    return re.sub(r" _\r?\n\s*", " ", text)


def declared(text: str, name: str) -> list[tuple[str, bool]]:
    """List the arguments of a VBA function with whether each is optional."""
    found = re.search(
        rf"^(?:Public )?Function {name}\((.*?)\)(?: As Variant)?\s*$", joined(text), re.MULTILINE
    )
    assert found, f"{name} is not declared"
    listed = []
    for item in found[1].split(", "):
        words = item.removesuffix(" As Variant").split()
        listed.append((words[-1], words[0] == "Optional"))
    return listed


def definition(*arguments: Argument) -> Function:
    """Make a function with these arguments."""
    return Function("ANY_NAME", "test", "测试", "Test", arguments, lambda *_given: 1.0, "=ANY_NAME(1)")


def test_golden(text: str, golden: Callable[[str, bytes], None]) -> None:
    """The module that ships is the one under review."""
    golden("xlmodel_udfs.bas", text.encode("ascii"))


def test_golden_xlwings_wrappers(windows: Windows, golden: Callable[[str, bytes], None]) -> None:
    """The wrappers that xlwings itself writes for the same module."""
    file = io.StringIO()
    windows.udfs.generate_vba_wrapper(
        "xlmodel.hosts.excel", registered(windows), file, SimpleNamespace(Name="xlmodel.xlam")
    )
    golden("xlwings_wrappers.bas", file.getvalue().encode("ascii"))


def registered(windows: Windows) -> SimpleNamespace:
    """Give the module's own functions, without those that other tests serve."""
    return SimpleNamespace(**{name: getattr(windows.module, name) for name in FUNCTIONS})


def test_same_signatures_as_xlwings(windows: Windows, text: str) -> None:
    """Each function stands in both modules with the same arguments, optional or not, in the same order."""
    file = io.StringIO()
    windows.udfs.generate_vba_wrapper("m", registered(windows), file, SimpleNamespace(Name="xlmodel.xlam"))
    for name, function in FUNCTIONS.items():
        expected = declared(file.getvalue(), name)
        assert declared(text, name) == expected
        plain = [argument.name for argument in function.arguments if not argument.repeated]
        assert [name.rstrip("_") for name, _optional in expected][: len(plain)] == plain


def test_every_argument_is_passed_on(text: str) -> None:
    """The call to Python names the function and hands over each argument in order."""
    for name, function in FUNCTIONS.items():
        listed = [item.name for item in parameters(function)]
        passed = ", ".join(f"XlmodelArgument({item})" for item in listed)
        assert f'{name} = XLPy.CallUDF("xlmodel.hosts.excel", "{name}", Array({passed}))' in joined(text)
        assert f"{name} = XlmodelError(Err.Description)" in text


def test_vba_can_read_it(text: str) -> None:
    """ASCII, CRLF, lines of at most 1,023 characters with at most 24 continuations, blocks that close."""
    assert text.isascii()
    assert text.count("\n") == text.count("\r\n")
    assert text.endswith("\r\n")
    lines = text.split("\r\n")
    assert max(map(len, lines)) <= 1023
    assert not re.search(r"(?: _\r\n[^\r]*){25}", text)
    assert all(line.count('"') % 2 == 0 for line in lines if not line.lstrip().startswith("'"))
    assert "{" not in text
    code = joined(text)
    for opening, closing in (
        (r"^(?:Public|Private) Function ", r"^End Function"),
        (r"^(?:Public|Private) Sub ", r"^End Sub"),
        (r"^ *Select Case ", r"^ *End Select"),
        (r"^ *If .* Then\r?$", r"^ *End If"),
        (r"^ *For ", r"^ *Next "),
    ):
        assert len(re.findall(opening, code, re.MULTILINE)) == len(re.findall(closing, code, re.MULTILINE))


def test_names_are_vba_names(text: str) -> None:
    """No function or argument has a name that VBA keeps for itself, and none stands twice."""
    for name, function in FUNCTIONS.items():
        names = [item.name.lower() for item in parameters(function)]
        assert len(set(names)) == len(names)
        for word in [name, *names]:
            assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,254}", word)
            assert word.lower() not in RESERVED
        assert name.lower() not in names
        assert len(re.findall(rf"^Public Function {name}\(", text, re.MULTILINE)) == 1


def test_required_after_optional_becomes_optional() -> None:
    """VBA allows no required argument after an optional one; the library asks for it instead."""
    made = definition(
        Argument("first", Takes.NUMBER, "一", "one", optional=True),
        Argument("second", Takes.NUMBER, "二", "two"),
    )
    assert [item.optional for item in parameters(made)] == [True, True]


def test_repeated_argument_is_written_out() -> None:
    """A repeated argument stands eight times; where one is required, it is the first."""
    made = definition(Argument("column", Takes.TEXT, "列", "column", repeated=True))
    assert [item.name for item in parameters(made)] == [f"column{number}" for number in range(1, 9)]
    assert [item.optional for item in parameters(made)] == [False] + [True] * 7


def test_reserved_name_is_changed() -> None:
    """An argument called like a VBA type gets an underscore."""
    made = definition(Argument("variant", Takes.TEXT, "变体", "variant"))
    assert "Function ANY_NAME(variant_ As Variant)" in vba_module([made])
