"""`xlmodel templates`: the template workbooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.commands.output import say
from workbook.quote.templates import write_templates
from xlmodel.catalog import built_in

if TYPE_CHECKING:
    from pathlib import Path


def run(folder: Path) -> int:
    """Build every template and print the files written."""
    for path in write_templates(folder, built_in()):
        say(path)
    return 0
