"""What every sheet has: title, purpose, units, the master check in view; and small helpers for rows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workbook.canvas.book_layout import HEADER_ROW, Sheet, Validation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbook.canvas.book_layout import Layout

_REFUSED = re.compile(r"[\[\]:*?/\\']")
_LONGEST_TAB = 31


def start(
    layout: Layout,
    key: str,
    name: tuple[str, str],
    role: str,
    purpose: tuple[str, str],
    units: tuple[str, str],
    title: tuple[str, str] | None = None,
) -> Sheet:
    """Add a sheet with its header block.

    Args:
        layout: the workbook.
        key: the sheet's key in formulas.
        name: the tab, zh and en.
        role: inputs, calculation, output, checks, catalog or other.
        purpose: one sentence, zh and en.
        units: units of the numbers, zh and en.
        title: title in cell A1; the tab's name where it is left out.
    """
    pick = layout.pick
    sheet = Sheet(
        key,
        _tab(pick(*name)),
        role,
        pick(*(title or name)),
        f"{pick('用途：', 'Purpose: ')}{pick(*purpose)}",
        f"{pick('单位：', 'Units: ')}{pick(*units)}",
    )
    layout.add(sheet)
    layout.put(sheet, 1, 1, sheet.title, "Title")
    sheet.heights[1] = 26
    layout.put(sheet, 2, 1, sheet.purpose, "Subtitle")
    layout.put(sheet, 3, 1, sheet.units, "Subtitle")
    layout.put(sheet, 4, 1, pick("检查", "Checks"), "Subtitle")
    if key != "checks":
        layout.formula(sheet, 4, 2, "=chk_master", "Check Cell")
    # the master is words: red unless they are those of success
    sheet.alarms.append(
        (
            "B4",
            f'NOT(ISNUMBER(SEARCH("{pick("通过", "OK")}",$B$4)))+ISNUMBER(SEARCH("{pick("未通过", "FAILED")}",$B$4))',
        )
    )
    return sheet


def _tab(title: str) -> str:
    """Return a title as a tab may be named: without the signs Excel refuses, 31 characters at most."""
    return _REFUSED.sub("", title)[:_LONGEST_TAB].strip()


def header(
    layout: Layout, sheet: Sheet, labels: Sequence[str], row: int = HEADER_ROW, column: int = 1
) -> None:
    """Write a header row."""
    for offset, label in enumerate(labels):
        layout.put(sheet, row, column + offset, label, "Header", wrap=True)


def widths(sheet: Sheet, *sizes: float) -> None:
    """Set the widths of the columns from the first on, in characters."""
    sheet.widths.update(enumerate(sizes, start=1))


def list_validation(layout: Layout, sheet: Sheet, cells: str, name: str) -> None:
    """Let some cells take what a named list holds."""
    message = layout.pick("请从列表中选择", "Choose from the list, please")
    sheet.validations.append(Validation(cells, "list", f"={name}", "", message))
