"""The templates in the repository are those that the code builds, and they hold to the workbook standard."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbook.package import Package
from workbook.quote.templates import TEMPLATES, write_templates
from workbook.rules import check_file
from xlmodel.catalog import built_in
from xlmodel.errors import WorkbookError

COMMITTED = Path(__file__).parents[2] / "templates"


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_committed_template_is_what_the_code_builds(name: str) -> None:
    """Part by part the same bytes; the archive around them depends on the machine's compression library."""
    built = Package.read(TEMPLATES[name](built_in()))
    assert built.parts == Package.read(COMMITTED / f"{name}.xlsx").parts, (
        "run: xlmodel templates -o templates"
    )


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_has_no_finding(name: str) -> None:
    """The workbook standard finds nothing in any template."""
    assert [str(finding) for finding in check_file(COMMITTED / f"{name}.xlsx")] == []


def test_nothing_else_stands_in_the_folder() -> None:
    """Every file in templates/ is built by the code."""
    assert {path.stem for path in COMMITTED.glob("*.xlsx")} == set(TEMPLATES)


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """A file in the folder's place is one clear line."""
    (tmp_path / "taken").write_text("")
    with pytest.raises(WorkbookError, match="taken: cannot be made"):
        write_templates(tmp_path / "taken", built_in())
