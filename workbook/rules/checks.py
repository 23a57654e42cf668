"""Rules on checks: complete, passed, and in view on every sheet (K01, K02, T15)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.rules.formula_text import parse
from workbook.rules.registry import Hit, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbook.rules.book import Book
    from workbook.rules.sheet import Cell, Sheet
    from xlmodel.grid import Area

TOTAL, MASTER = "chk_total", "chk_master"
TOP_ROWS = 5


@rule(
    "K01",
    zh="检查合计存在、为 0，且每项检查都计入",
    en="The check total exists, is 0, and every check row feeds it",
    how="The name chk_total leads to a formula that gives 0; each number in the style Check Cell on its sheet lies "
    "in the ranges that the formula reads",
)
def check_total(book: Book) -> Iterator[Hit]:
    """Follow chk_total to its checks."""
    named = book.cell_of(TOTAL)
    if named is None:
        yield Hit("", "", f"no name {TOTAL} for one filled cell; name the sum of the checks so")
        return
    sheet, total = named
    if total.formula is None:
        yield Hit(sheet.name, total.address, "the check total is typed; sum the checks")
        return
    if total.value != 0:
        yield Hit(sheet.name, total.address, f"the check total is {total.value}, not 0; mend what fails")
    areas = [area for area in _reached(book, sheet, total) if area.sheet == sheet.name]
    checks = [
        cell
        for cell in sheet.formulas()
        if cell.look.is_kind("Check Cell") and cell.is_number and cell is not total
    ]
    if not checks:
        yield Hit(
            sheet.name, total.address, "no check beside the total; give each check the style Check Cell"
        )
    for cell in checks:
        if not any(area.holds(cell.row, cell.column) for area in areas):
            yield Hit(sheet.name, cell.address, "check does not feed the check total; widen the sum")


def _reached(book: Book, sheet: Sheet, total: Cell) -> list[Area]:
    """Give the ranges behind the total, through subtotals on its sheet."""
    areas: list[Area] = []
    waiting, seen = [total], set()
    while waiting:
        cell = waiting.pop()
        if cell.address in seen:
            continue
        seen.add(cell.address)
        for reference in parse(cell.formula or "").references:
            for area in book.areas(reference, sheet.name):
                areas.append(area)
                if area.sheet == sheet.name and area.top == area.bottom:
                    inner = sheet.cells.get((area.top, area.left))
                    waiting += [inner] if inner is not None and inner.formula is not None else []
    return areas


@rule(
    "K02",
    zh="每张表前 5 行的冻结区内可见总检查",
    en="The master check is in view on each sheet",
    how="In rows 1 to 5, inside the frozen rows, a formula reads chk_master, which reads chk_total",
    indexed=True,
)
def master_in_view(book: Book) -> Iterator[Hit]:
    """Find the master check on each sheet."""
    named = book.cell_of(MASTER)
    if named is None:
        yield Hit("", "", f"no name {MASTER} for one filled cell; name the master check so")
        return
    home, master = named
    if TOTAL not in {each.casefold() for each in parse(master.formula or "").references} and not _reads(
        book, home, master, TOTAL
    ):
        yield Hit(home.name, master.address, f"the master check does not read {TOTAL}; let it")
    for sheet in book.sheets.values():
        cells = _banner(book, sheet)
        if not cells:
            yield Hit(sheet.name, "", f"no master check in rows 1 to {TOP_ROWS}; write ={MASTER} in B4")
        elif sheet.frozen and min(cell.row for cell in cells) > sheet.frozen_rows:
            yield Hit(
                sheet.name, cells[0].address, "the master check scrolls out of view; freeze the rows below it"
            )


@rule(
    "T15",
    zh="总检查在每张表的同一单元格",
    en="The heading block is the same on each sheet",
    how="The master check stands in the same cell of each sheet but the one that computes it",
    indexed=True,
)
def same_heading(book: Book) -> Iterator[Hit]:
    """Compare the place of the master check between sheets."""
    master = book.cell_of(MASTER)
    banners = {
        sheet.name: cells[0].address
        for sheet in book.sheets.values()
        if (cells := _banner(book, sheet)) and not (master and master[0] is sheet)
    }
    places = list(banners.values())
    for name, place in banners.items():
        usual = max(places, key=places.count)
        if place != usual:
            yield Hit(name, place, f"the master check stands in {usual} on other sheets; move it there")


def _banner(book: Book, sheet: Sheet) -> list[Cell]:
    """Give the cells in the top rows that show the master check."""
    master = book.cell_of(MASTER)
    return [
        cell
        for cell in sheet.formulas()
        if cell.row <= TOP_ROWS
        and ((master is not None and cell is master[1]) or _reads(book, sheet, cell, MASTER))
    ]


def _reads(book: Book, sheet: Sheet, cell: Cell, name: str) -> bool:
    """Tell whether a formula reads a named cell, by name or by address."""
    target = book.cell_of(name)
    for reference in parse(cell.formula or "").references:
        if reference.casefold() == name:
            return True
        if target and any(
            area == (target[0].name, *(target[1].row, target[1].column) * 2)
            for area in book.areas(reference, sheet.name)
        ):
            return True
    return False
