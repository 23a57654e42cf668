"""The request that an existing quote answers, read back from its cells, so that a newer catalog can answer it anew."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbook import contract
from workbook.package import Package
from workbook.package.properties import get_property
from workbook.renew.draft import Draft
from workbook.renew.figure_links import figure_rows, same_number
from workbook.renew.places import language, named_area, own_price_date
from workbook.renew.summary import customer_of
from xlmodel.errors import XlModelError
from xlmodel.grid import Address, Formula

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from xlmodel.grid import CellValue

_NUMBERS = {
    "dau": "in_dau",
    "input_tokens": "in_input_tokens",
    "output_tokens": "in_output_tokens",
    "years": "in_years",
}
_LISTS = {"api_models": "in_api", "rent": "in_rent", "own": "in_own"}
_SWITCHES = {"estimate": ("in_estimate", "base"), "currency": ("in_currency", "CNY")}
_ASSUMPTIONS = "list_assumptions"


@dataclass(frozen=True, slots=True)
class EarlierQuote:
    """What an existing quote was asked, and what a person changed in it by hand.

    Args:
        values: the request, by key.
        corrected: the figures that differ from what the catalog said: item, field and value.
    """

    values: dict[str, object]
    corrected: tuple[str, ...]


def earlier_quote(path: Path) -> EarlierQuote | None:
    """Read a quote; None where the file is none.

    Args:
        path: a file of any kind; what is wrong with one that is no quote is for others to say.
    """
    try:
        package = Package.read(path)
        if not get_property(package, contract.CATALOG_PROPERTY):
            return None
        draft = Draft(package)
    except (OSError, XlModelError):
        return None
    if named_area(draft, _NUMBERS["dau"]) is None:
        return None
    values: dict[str, object] = {
        "customer": customer_of(package),
        "lang": language(draft),
        "model": _shown(draft, "in_model"),
        **{key: _shown(draft, name) for key, name in _NUMBERS.items()},
        **{key: [*_options(draft, name)] for key, name in _LISTS.items()},
        "assumptions": {**_switched(draft), **_typed(draft)},
    }
    return EarlierQuote(
        {key: value for key, value in values.items() if value not in ("", [], {})}, (*_corrected(draft),)
    )


def _shown(draft: Draft, name: str) -> CellValue:
    """Return what the cell of a name shows: the option in force."""
    area = named_area(draft, name)
    held = None if area is None else draft.before[area.sheet].get((area.top, area.left))
    return None if held is None else held.value


def _switched(draft: Draft) -> dict[str, object]:
    """Return the switches that are not as a new quote has them."""
    shown = {key: (_shown(draft, name), default) for key, (name, default) in _SWITCHES.items()}
    return {key: value for key, (value, default) in shown.items() if value not in (None, default)}


def _options(draft: Draft, stem: str) -> Iterator[CellValue]:
    """Give the options of a kind, `in_api_1` first."""
    numbers = (re.fullmatch(rf"{stem}_(\d+)", name) for name in draft.contents.names)
    for number in sorted(int(found[1]) for found in numbers if found is not None):
        shown = _shown(draft, f"{stem}_{number}")
        if shown not in (None, ""):
            yield shown


def _typed(draft: Draft) -> dict[str, object]:
    """Return the assumptions that stand in the yellow cells, one value, or one for each accounting."""
    area = named_area(draft, _ASSUMPTIONS)
    found: dict[str, object] = {}
    if area is None:
        return found
    dated = named_area(draft, contract.PRICE_DATE.name)
    for row in range(area.top + 1, area.bottom + 1):
        if dated is not None and row == dated.top and not own_price_date(draft):
            continue  # it follows the catalog
        name, first, second = (draft.content(Address(area.sheet, row, area.left + step)) for step in range(3))
        given = {
            profile: value
            for profile, value in (("published", first), ("full", second))
            if value is not None and not isinstance(value, Formula)
        }
        if isinstance(second, Formula) and "published" in given:
            found[str(name)] = given["published"]
        elif given:
            found[str(name)] = given
    return found


def _corrected(draft: Draft) -> Iterator[str]:
    for row in figure_rows(draft):
        said = row.cells.get("catalog_value")
        held = draft.content(row.homes["value"])
        if said is None or isinstance(held, Formula):
            continue
        before = draft.content(said)
        if before is not None and not same_number(held, before):
            yield f"{row.item} {row.field} {held:g}" if isinstance(held, float) else f"{row.item} {row.field}"
