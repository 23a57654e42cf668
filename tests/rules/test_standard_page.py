"""The page on the standard says what the code checks."""

from __future__ import annotations

from pathlib import Path

from workbook.rules import RULES

PAGE = Path(__file__).parents[2] / "docs" / "workbook-standard.md"


def test_page_has_one_line_a_rule() -> None:
    """Each rule stands on the page with the titles and the way of checking that the code has, in its order."""
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")][2:]
    expected = [
        f"| {rule.identity}{'†' if rule.indexed else ''} | {rule.en}<br>{rule.zh} | {rule.how} |"
        for rule in RULES.values()
    ]
    assert rows == expected
