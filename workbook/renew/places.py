"""Where a workbook holds what the contract marks: by its defined name, and by its words where the name is missing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workbook import contract
from workbook.canvas.labels import LANGUAGES
from workbook.package.properties import get_property
from xlmodel.grid import Address, Area, area_of, split_sheet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbook.renew.draft import Draft

EDITION_TEXT = re.compile(r"(.+) \(\d{4}-\d{2}-\d{2}\)")
_CHINESE = re.compile(r"[\u3400-\u9fff]")


def name_text(draft: Draft, name: str) -> str | None:
    """Return what a defined name of the workbook stands for; None where it is missing."""
    names = {known.casefold(): text for known, text in draft.contents.names.items()}
    return names.get(name.casefold())


def named_area(draft: Draft, name: str) -> Area | None:
    """Return the cells of a defined name; None where it is missing, or its cells were deleted."""
    text = name_text(draft, name)
    return None if text is None else bare_area(draft, text, "")


def bare_area(draft: Draft, text: str, owner: str) -> Area | None:
    """Read a bare reference, with the sheet as the workbook spells it; None where it is something else."""
    sheet, reference = split_sheet(text.strip().removeprefix("="))
    spelled = {name.casefold(): name for name in draft.contents.sheets}
    known = spelled.get((owner if sheet is None else sheet).casefold())
    return None if known is None else area_of(reference, known)


def language(draft: Draft) -> str:
    """Return the language of a quote, as its document properties say it, else by the letters of its history."""
    for link in draft.package.relationships(""):
        if link.kind == "core-properties" and link.target in draft.package.parts:
            said = draft.package.tree(link.target).child("language")
            lang = said.text.strip().casefold().partition("-")[0] if said is not None else ""
            if lang in LANGUAGES:
                return lang
    header = history_header(draft)
    texts = " ".join(draft.text(cell) for cell in header)
    return "zh" if not header or _CHINESE.search(texts) else "en"


def edition_cells(draft: Draft) -> list[Address]:
    """Return the cells that show the edition of the catalog, as the cover does."""
    area = named_area(draft, contract.EDITION.name)
    if area is not None:
        return [Address(area.sheet, area.top, area.left)]
    labels = {words[0] for words in contract.EDITION.known()}
    return [
        cell
        for cell, text in _texts(draft)
        if EDITION_TEXT.fullmatch(text)
        and cell.column > 1
        and draft.text(cell._replace(column=cell.column - 1)) in labels
    ]


def own_price_date(draft: Draft) -> str:
    """Return the day of the prices that the request of a quote set; empty where the catalog's release date is followed."""
    area = named_area(draft, contract.PRICE_DATE.name)
    if area is None:
        return ""
    said = draft.text(Address(area.sheet, area.top, area.left))
    return "" if said == get_property(draft.package, contract.CATALOG_DATE_PROPERTY) else said


def price_date_cells(draft: Draft) -> list[Address]:
    """Return the cell of the price date, then the one that repeats it; none in a quote of an earlier release."""
    area = named_area(draft, contract.PRICE_DATE.name)
    if area is None:
        return []
    return [Address(area.sheet, area.top, column) for column in range(area.left, area.right + 1)]


def note_cells(draft: Draft, version: str) -> list[Address]:
    """Return the cells of the note that names a version of the catalog below the figures."""
    area = named_area(draft, contract.NOTE.name)
    if area is not None:
        cell = Address(area.sheet, area.top, area.left)
        return [cell] if version in draft.text(cell) else []
    parts = {words[0] for words in contract.NOTE.known()}
    return [cell for cell, text in _texts(draft) if version in text and any(part in text for part in parts)]


def history_header(draft: Draft) -> list[Address]:
    """Return the cells of the header row of the history, whatever its sheet is called now; none where it is gone."""
    area = named_area(draft, contract.CHANGES.name)
    if area is not None:
        return [Address(area.sheet, area.top, column) for column in range(area.left, area.right + 1)]
    for words in contract.CHANGES.known():
        for cell, text in _texts(draft):
            row = [cell._replace(column=cell.column + step) for step in range(len(words))]
            if text == words[0] and [draft.text(each) for each in row] == [*words]:
                return row
    return []


def _texts(draft: Draft) -> Iterator[tuple[Address, str]]:
    for sheet, cells in draft.contents.sheets.items():
        for place, content in list(cells.items()):
            if isinstance(content, str):
                yield Address(sheet, *place), content.strip()
