"""What the README and the documents say holds: results, commands, links."""

from __future__ import annotations

import re
import shlex
import shutil
import tomllib
from pathlib import Path

import pytest

from workbook.cli import main
from workbook.commands.output import cell_text
from workbook.request.quote_request import make_request
from xlmodel.catalog import built_in
from xlmodel.engine import evaluate

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("**/*.md"))]
FORMULAS = re.findall(r"^\| `(=[^`]+)` \| ([^|]+?) \|", README, re.MULTILINE)


def _section(title: str) -> str:
    found = re.search(rf"^## {re.escape(title)}$(.*?)(?=^## |\Z)", README, re.MULTILINE | re.DOTALL)
    assert found is not None, title
    return found[1]


def _blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(("formula", "result"), FORMULAS, ids=[formula for formula, _ in FORMULAS])
def test_a_formula_gives_the_result_shown(formula: str, result: str) -> None:
    """As `xlmodel eval` prints it, with all digits."""
    found = evaluate(formula)
    assert not isinstance(found.value, list)
    assert (cell_text(found.value), found.message) == (result, "")


def test_ten_formulas_are_shown() -> None:
    """As the heading says."""
    assert len(FORMULAS) == len(re.findall(r"^\| `=", _section("Ten formulas"), re.MULTILINE)) == 10


def test_the_two_commands_come_first() -> None:
    """The first block of commands installs and makes a quote, the second installs and tests; one line each."""
    install, tests = (block.strip() for block in _blocks(README, "sh")[:2])
    assert _blocks(_section("Two commands"), "sh") == [f"{install}\n", f"{tests}\n"]
    assert re.fullmatch(r"pip install \. && xlmodel quote -o \S+\.xlsx", install)
    assert re.fullmatch(r'pip install -e "\.\[test\]" && python -m pytest[^\n]*', tests)


def test_a_quote_start_to_end_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The commands of the text, which export and check a catalog, then those of the block, each with status 0."""
    section = _section("A quote, start to end")
    commands = re.findall(r"`(xlmodel [^`\n]+)`", section)
    for block in _blocks(section, "sh"):
        commands += block.splitlines()
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    for command in commands:
        program, *arguments = shlex.split(command, comments=True)
        status = main(arguments)
        assert (program, status, capsys.readouterr().err) == ("xlmodel", 0, ""), command
    assert {command.split()[1] for command in commands} >= {"quote", "regenerate", "catalog"}


def test_the_request_shown_is_a_request() -> None:
    """The TOML block is read without a complaint, and means what it says."""
    (block,) = _blocks(_section("A quote, start to end"), "toml")
    request = make_request(built_in(), tomllib.loads(block), "README.md")
    assert (request.customer, request.lang, request.dau) == ("Example Retail", "en", 20000)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    """Local links and pictures of a document exist, with their headings where they name one."""
    text = re.sub(r"^```.*?^```$", "", document.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    broken = []
    for target in re.findall(r"!?\[[^\]]*\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, heading = target.partition("#")
        file = document.parent / path if path else document
        if not file.exists() or (heading and heading not in _headings(file)):
            broken.append(target)
    assert broken == []


def _headings(document: Path) -> set[str]:
    """Return the anchors that GitHub gives a document's headings."""
    titles = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.casefold()).replace(" ", "-") for title in titles}


def test_the_changelog_has_what_is_not_released() -> None:
    """Keep a Changelog: a section Unreleased, before every release, with something in it."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    first, *_ = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert first.strip("[]") == "Unreleased"
    assert re.search(r"^## \[?Unreleased\]?\n+(?:### \w+\n+)?- ", text, re.MULTILINE)
