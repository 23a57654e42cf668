"""References to what an array spills into (`A1#`), written as the range that the file says it fills.

The engine holds single cells against what Excel stored, where nothing spills. An array whose new result has another size
is refused, so the range is right wherever a result is written.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from xlmodel.grid import Address, Area, Formula, area_of, quoted, split_sheet

if TYPE_CHECKING:
    from workbook.package import Contents

_SPILLED = re.compile(r"(?<![\w.])(?:_xlfn\.)?ANCHORARRAY\(([^()\"]+)\)", re.IGNORECASE)


def write_ranges(contents: Contents) -> None:
    """Put the ranges of arrays in the place of references to them, in formulas and in names.

    Args:
        contents: the workbook; changed. What does not name one array of the file stays.
    """
    names = {name.casefold(): text for name, text in contents.names.items()}
    sheets = {sheet.casefold(): sheet for sheet in contents.sheets}

    def range_of(operand: str, owner: str) -> str | None:
        sheet, rest = split_sheet(operand.strip())
        here = sheets.get((sheet or owner).casefold())
        area = None if here is None else area_of(rest, here)
        if area is None:
            text = names.get(f"{owner}!{rest}".casefold(), names.get(rest.casefold()))
            sheet, rest = split_sheet(text.removeprefix("=")) if text is not None else (None, "")
            here = sheets.get((sheet or "").casefold())
            area = None if here is None else area_of(rest, here)
        if area is None or (area.top, area.left) != (area.bottom, area.right):
            return None
        held = contents.sheets[area.sheet].get((area.top, area.left))
        if not isinstance(held, Formula) or not held.array:
            return None
        return _text(Address(area.sheet, area.top, area.left), held)

    def written(text: str, owner: str) -> str:
        return _SPILLED.sub(lambda found: range_of(found[1], owner) or found[0], text)

    for name, text in contents.names.items():
        contents.names[name] = written(text, name.rpartition("!")[0])
    names.update({name.casefold(): text for name, text in contents.names.items()})
    for sheet, cells in contents.sheets.items():
        for place, content in cells.items():
            if isinstance(content, Formula) and _SPILLED.search(content.text):
                cells[place] = replace(content, text=written(content.text, sheet))


def _text(at: Address, formula: Formula) -> str:
    area = Area(*at, at.row + formula.rows - 1, at.column + formula.columns - 1)
    return f"{quoted(at.sheet)}!{area.text()}"
