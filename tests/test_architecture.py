"""The laws of the house: imports run one way, one definition of each thing, help for everything."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from xlmodel.functions import FUNCTIONS, Takes
from xlmodel.inputs import generate
from xlmodel.inputs.register import register

if TYPE_CHECKING:
    from xlmodel.functions import Argument

ROOT = Path(__file__).parent.parent
MODULES = [
    module
    for package in ("xlmodel", "workbook")
    for module in sorted((ROOT / package).rglob("*.py"))
    if module.read_text(encoding="utf-8").strip()  # a blank __init__.py has nothing to say
]
CHINESE = re.compile(r"[一-鿿]")
ARGUMENTS = [
    pytest.param(argument, id=f"{function.name} {argument.name}")
    for function in FUNCTIONS.values()
    for argument in function.arguments
]


def imported(module: Path) -> set[str]:
    """Return the top-level packages that a module imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def test_import_contracts_hold() -> None:
    """The contracts of pyproject.toml hold, as import-linter reads them."""
    pytest.importorskip("importlinter")
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.parametrize(
    ("library", "folder"),
    [
        ("xlwings", "xlmodel/hosts"),
        ("mcp", "xlmodel/hosts"),
        ("formualizer", "xlmodel/engine"),
        ("openpyxl", "workbook"),
    ],
)
def test_a_library_has_one_home(library: str, folder: str) -> None:
    """Each host library is imported in one folder alone, whatever the contracts list."""
    users = [module for module in MODULES if library in imported(module)]
    assert users
    assert [module for module in users if not module.is_relative_to(ROOT / folder)] == []


def test_the_register_gives_the_inputs_class() -> None:
    """Generating the inputs class again gives the file byte for byte."""
    assert generate.source().encode() == generate.TARGET.read_bytes()


def test_modules_are_small() -> None:
    """No module is longer than 500 lines."""
    sizes = {str(module): len(module.read_text(encoding="utf-8").splitlines()) for module in MODULES}
    assert {name: size for name, size in sizes.items() if size > 500} == {}


@pytest.mark.parametrize("module", MODULES, ids=[str(module.relative_to(ROOT)) for module in MODULES])
def test_public_names_say_what_they_are(module: Path) -> None:
    """A module and each public class, function and method begins its docstring with one line that ends in a stop."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    public = [node for node in ast.walk(tree) if isinstance(node, kinds) and not node.name.startswith("_")]
    nested = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, kinds[1:])
        for inner in ast.walk(node)
        if inner is not node
    }
    for node in [tree, *(each for each in public if id(each) not in nested)]:
        name = getattr(node, "name", "the module")
        first = (ast.get_docstring(node) or "").split("\n\n")[0]
        assert first, f"{name}: no docstring"
        assert "\n" not in first, f"{name}: {first}"
        assert first.endswith((".", "。", ":", "!", "?")), f"{name}: {first}"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_have_help_in_both_languages(name: str) -> None:
    """The key is the name; help is one line of Chinese and one of English; an example shows the function."""
    function = FUNCTIONS[name]
    assert function.name == name == name.upper()
    assert CHINESE.search(function.zh)
    assert function.en
    assert not CHINESE.search(function.en)
    assert "\n" not in function.zh + function.en
    assert function.example.startswith(f"={name}(")


@pytest.mark.parametrize("argument", ARGUMENTS)
def test_arguments_have_help_in_both_languages(argument: Argument) -> None:
    """Each argument is explained in one line of Chinese and one of English."""
    assert CHINESE.search(argument.zh)
    assert argument.en
    assert not CHINESE.search(argument.en)
    assert "\n" not in argument.zh + argument.en


@pytest.mark.parametrize("name", FUNCTIONS)
def test_argument_names_are_fit_for_every_host(name: str) -> None:
    """Names are distinct identifiers, required ones first, and only the last may repeat."""
    arguments = FUNCTIONS[name].arguments
    names = [argument.name for argument in arguments]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", each) for each in names)
    optional = [argument.optional for argument in arguments]
    assert optional == sorted(optional)
    assert not any(argument.repeated for argument in arguments[:-1])
    assert all(
        argument.takes in {Takes.NUMBER, Takes.NUMBER_OR_TEXT}
        for argument in arguments
        if argument.minimum is not None
    )


@pytest.mark.parametrize("key", register())
def test_assumptions_are_explained_and_sourced(key: str) -> None:
    """Each assumption has labels and help in both languages, a source and a date, and defaults within its limits."""
    row = register()[key]
    assert CHINESE.search(row.zh + row.help_zh)
    assert row.en
    assert row.help_en
    assert row.source
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", row.as_of)
    assert row.kind in {"published", "measured", "assumed"}
    if row.type in {"number", "integer"}:
        assert row.minimum is not None
        assert row.maximum is not None
        for text in (row.published, row.full, row.low, row.high):
            assert not text or row.minimum <= float(text) <= row.maximum


def _layers(contract: str) -> dict[str, int]:
    """Return the height of each layer of a contract, the lowest 0."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    (layers,) = (each["layers"] for each in contracts["contracts"] if each["name"].startswith(contract))
    return {
        name.rpartition(".")[2]: height
        for height, line in enumerate(reversed(layers))
        for name in line.split(" | ")
    }


def test_the_picture_of_the_house_is_that_of_the_contracts() -> None:
    """Every arrow of CONTRIBUTING.md leads upwards in the layers, and every layer but the command line is in the picture."""
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    picture = page.partition("```mermaid\n")[2].partition("```")[0]
    house, files = _layers("imports run one way"), _layers("inside workbook imports run one way")
    height = house | {name: house["workbook"] + 1 + level for name, level in files.items()}
    arrows = [
        pair
        for line in re.sub(r'\["[^\]]*\]', "", picture).splitlines()
        if "-->" in line
        for pair in pairwise(line.split("-->"))
    ]
    assert [(a, b) for a, b in arrows if height[a.strip()] >= height[b.strip()]] == []
    assert {name.strip() for pair in arrows for name in pair} == set(height) - {
        "cli",
        "cli_addin",
        "cli_catalog",
    }
