"""Models of other people, saved by Excel, with one input changed: what the engine is trusted on, and what it refuses.

In each workbook the input on which most formulas rest becomes `old value × 1.1`, by a call of our functions whose stored
value is the old one, so a regeneration takes it for a changed figure. It runs with `--partial`; what it keeps is what a run
without it would refuse the workbook for. As a second route LibreOffice computes the whole changed workbook, and each new
number is held against its own. `--second-engine` lets a regeneration ask LibreOffice too.

Run: python benchmarks/bench_models.py FOLDER [--second-engine]
"""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workbook.package import Package, cells_of, patch, read_contents
from workbook.package.sheet_scan import scan_sheet
from workbook.package.xml_spans import element_end
from workbook.renew.dependencies import Dependencies
from workbook.renew.regenerate import STALE, regenerate
from workbook.renew.second_engine import computed_by_libreoffice
from xlmodel.catalog import built_in
from xlmodel.errors import WorkbookError, XlModelError
from xlmodel.functions import default_library
from xlmodel.grid import Address, cell_place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbook.renew.regenerate import Regenerated

FACTOR = 1.1
CALL = '{}*1.1*LLM_API_COST("Qwen-Plus",10000)/LLM_API_COST("Qwen-Plus",10000)'
CANDIDATES = 400
SAME = 1e-6
BELOW = ("rests on a formula that is kept", "which is not computed")


@dataclass
class Count:
    """What was seen."""

    files: int = 0
    formulas: int = 0
    resting: int = 0
    trusted: int = 0
    untrusted: int = 0
    refused: int = 0
    whole: int = 0
    agree: int = 0
    differ: int = 0


def changed(data: bytes) -> tuple[bytes, Address, set[Address], int] | None:
    """Return a workbook whose most read input is 1.1 times as much, the cell, what rests on it, and its formulas."""
    package = Package.read(data)
    contents = read_contents(package, {sheet: cells_of(package, sheet) for sheet in package.worksheets})
    graph = Dependencies(contents, default_library())
    formulas = graph.formulas()
    inputs = dict.fromkeys(
        Address(area.sheet, area.top, area.left)
        for address in formulas
        for area in graph.reads(address) or ()
        if isinstance(contents.sheets.get(area.sheet, {}).get((area.top, area.left)), float)
    )
    resting = {address: graph.resting_on([address]) for address in list(inputs)[:CANDIDATES]}
    if not resting:
        return None
    address = max(resting, key=lambda each: (len(resting[each]), each))
    cell = scan_sheet(package, address.sheet).cells[address[1:]]
    part = package.sheet_part(address.sheet)
    old = contents.sheets[address.sheet][address[1:]]
    style = f' s="{cell.attributes["s"]}"' if "s" in cell.attributes else ""
    formula = CALL.format(old).replace('"', "&quot;")
    text = f'<c r="{address.name}"{style}><f>{formula}</f><v>{old}</v></c>'
    end = element_end(package.parts[part], cell.start, cell.close)
    package.parts[part] = package.parts[part][: cell.start] + text.encode() + package.parts[part][end:]
    return package.to_bytes(), address, resting[address], len(formulas)


def new_numbers(made: Regenerated) -> Iterator[tuple[Address, float]]:
    """Give the numbers that a regeneration wrote."""
    for change in made.changes:
        place = cell_place(change.cell)
        if change.what == "result" and isinstance(change.new, float) and place is not None:
            yield Address(change.sheet, *place), change.new


def by_second_route(
    data: bytes, address: Address, resting: set[Address], old: float
) -> dict[Address, object]:
    """Compute what rests on the input by LibreOffice, the input typed in and every other cell as Excel left it."""
    package = Package.read(data)
    values: dict[str, dict[str, None]] = {}
    for each in resting - {address}:
        values.setdefault(each.sheet, {})[each.name] = None
    try:
        patch(package, {address.sheet: {address.name: old * FACTOR}}, values)
    except WorkbookError:
        return {}  # the input is part of an array that was typed in as one
    (shown,) = computed_by_libreoffice([package.to_bytes()])
    return {
        each: cell.value for each in resting if (cell := shown.get(each.sheet, {}).get(each[1:])) is not None
    }


def measure(path: Path, count: Count, *, second: bool) -> str:
    """Regenerate one model; say what became of it."""
    data = path.read_bytes()
    try:
        found = changed(data)
    except XlModelError as error:
        count.refused += 1
        return f"refused: {error}"
    if found is None:
        return "no formula reads a typed number"
    book, address, resting, formulas = found
    count.files += 1
    count.formulas += formulas
    try:
        made = regenerate(book, built_in(), partial=True, second_engine=second)
    except XlModelError as error:
        count.refused += 1
        return f"refused: {error}"
    kept = [change for change in made.changes if change.what == "kept" and change.note.startswith(STALE)]
    doubted = [change for change in kept if not any(each in change.note for each in BELOW)]
    count.resting += len(resting)
    count.untrusted += len(kept)
    count.trusted += len(resting) - len(kept)
    count.whole += not kept
    old = read_number(data, address)
    route = by_second_route(data, address, resting, old)
    wrong = []
    for cell, number in new_numbers(made):
        other = route.get(cell)
        if cell == address or not isinstance(other, float):
            continue
        if math.isclose(number, other, rel_tol=SAME, abs_tol=SAME * abs(old)):
            count.agree += 1
        else:
            wrong.append(f"{cell} {number:.9g} ({other:.9g})")
    count.differ += len(wrong)
    reasons = "; ".join(f"{change.sheet}!{change.cell} {change.note}" for change in doubted[:3])
    return (
        f"{address} = {old:g}: {len(resting)} of {formulas} formulas rest on it, {len(kept)} kept "
        f"({len(doubted)} of them in doubt themselves) {reasons}"
        + (f"; differ: {wrong[:5]}" if wrong else "")
    )


def read_number(data: bytes, address: Address) -> float:
    """Return a number that a cell holds."""
    value = cells_of(Package.read(data), address.sheet)[address[1:]].value
    assert isinstance(value, float)  # noqa: S101 - it was picked for that
    return value


def main() -> None:
    """Measure all models below a folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--second-engine", action="store_true")
    options = parser.parse_args()
    count = Count()
    for path in sorted(options.folder.rglob("*.xls[xm]")):
        print(f"{path.name}: {measure(path, count, second=options.second_engine)}", flush=True)
    print(
        f"{count.files} workbooks, {count.formulas} formulas, {count.resting} rest on the input: {count.trusted} trusted and "
        f"renewed, {count.untrusted} kept; {count.whole} workbooks renewed whole, {count.refused} refused; "
        f"{count.agree} new numbers as LibreOffice, {count.differ} otherwise"
    )


if __name__ == "__main__":
    main()
