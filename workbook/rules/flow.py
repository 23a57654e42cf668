"""Rules on the flow of a model: which sheet may read which, and what a label says (T14, T16)."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from workbook.rules import words
from workbook.rules.formula_text import parse
from workbook.rules.registry import Hit, rule
from xlmodel.grid import split_sheet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbook.rules.book import Book
    from workbook.rules.sheet import Cell, Sheet
    from workbook.rules.words import Role

# figures and inputs feed the calculation, which feeds the results; nothing flows back
_STAGE: dict[Role, int] = {"catalog": 0, "inputs": 0, "calculation": 1, "output": 2, "cover": 3}


@rule(
    "T14",
    zh="数据只从目录、输入流向计算、输出；链接不指向链接",
    en="Catalog and inputs feed calculation, calculation feeds output, nothing flows back; no link to a link",
    how="Sheets that formulas read, by role (chk_ names and checks sheets excepted); a bare link's cell on a "
    "sheet that is no catalog is not a bare link to a third sheet",
    indexed=True,
)
def flow(book: Book) -> Iterator[Hit]:
    """Follow each formula to the sheets that it reads."""
    for sheet in book.sheets.values():
        for cell in sheet.formulas():
            parsed = parse(cell.formula or "")
            for reference in parsed.references:
                if reference.casefold().startswith("chk_"):
                    continue
                against = next(
                    (
                        area.sheet
                        for area in book.areas(reference, sheet.name)
                        if _against(book, sheet, area.sheet)
                    ),
                    "",
                )
                if against:
                    yield Hit(
                        sheet.name,
                        cell.address,
                        f"reads {against}, which comes later in the model; turn the link around",
                    )
                    break
            target = _link_target(book, sheet, cell)
            if target and target[0].role != "catalog" and _link_target(book, *target):
                yield Hit(
                    sheet.name,
                    cell.address,
                    f"link to a link ({target[0].name}!{target[1].address}); link to its origin",
                )


def _against(book: Book, sheet: Sheet, other: str) -> bool:
    mine, theirs = sheet.role, book.sheets[other].role
    if mine not in _STAGE or theirs not in _STAGE:
        return False
    return _STAGE[theirs] > _STAGE[mine]


def _link_target(book: Book, sheet: Sheet, cell: Cell) -> tuple[Sheet, Cell] | None:
    """Give the cell on another sheet that a bare link shows."""
    parsed = parse(cell.formula or "")
    if len(parsed.pieces) != 1 or not parsed.references:
        return None
    if split_sheet(parsed.references[0])[0] is None:
        return None
    areas = book.areas(parsed.references[0], sheet.name)
    if len(areas) != 1 or areas[0].sheet == sheet.name:
        return None
    other = book.sheets[areas[0].sheet]
    target = other.cells.get((areas[0].top, areas[0].left))
    return (other, target) if target else None


@rule(
    "T16",
    zh="同一张表的同一区块内标签不重复；封面说明正负号约定",
    en="Labels are unique within a block of a sheet; the cover states the sign convention",
    how="Texts left of the first number or formula of each row on input and calculation sheets, between blank "
    "or header rows; a sentence on signs (符号, Signs:) on the cover",
    indexed=True,
)
def labels(book: Book) -> Iterator[Hit]:
    """Compare the labels of each block, and search the cover."""
    cover = book.sheets[book.cover]
    texts = [cell.text.casefold() for cell in cover.cells.values() if cell.text]
    if not any(word in text for text in texts for word in words.SIGNS):
        yield Hit(cover.name, "", "no sign convention; say what a positive number means (符号, Signs:)")
    for sheet in book.with_role("inputs", "calculation"):
        yield from _repeated(sheet)


def _repeated(sheet: Sheet) -> Iterator[Hit]:
    rows: dict[int, list[Cell]] = defaultdict(list)
    for key in sorted(sheet.cells):
        cell = sheet.cells[key]
        if cell.value is not None or cell.formula is not None:
            rows[cell.row].append(cell)
    seen: dict[tuple[str, ...], str] = {}
    last = 0
    for row in sorted(rows):
        if row != last + 1 or row in sheet.headers:
            seen = {}
        last = row
        label = _label(rows[row])
        if label in seen:
            yield Hit(
                sheet.name,
                rows[row][0].address,
                f"label {' / '.join(label)!r} stands in {seen[label]} too; tell them apart",
            )
        elif label:
            seen[label] = rows[row][0].address


def _label(cells: list[Cell]) -> tuple[str, ...]:
    """Give the texts before the first number or formula; nothing for a row without one."""
    texts: list[str] = []
    for cell in cells:
        if cell.formula is not None or cell.is_number:
            return tuple(texts)
        texts.append(words.normal(cell.text))
    return ()
