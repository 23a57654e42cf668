"""Good workbooks have no finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.rules import check_file

if TYPE_CHECKING:
    from tests.rules.conftest import Draft


def test_good_workbook_has_no_finding(draft: Draft) -> None:
    """The compact workbook keeps every rule in both languages."""
    assert [str(finding) for finding in check_file(draft.to_bytes())] == []
