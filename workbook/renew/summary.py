"""What a regeneration means for a quote as a whole: its total, its answer and its checks, before and after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbook.renew.places import named_area
from xlmodel.grid import Address, CellValue, ErrorCode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbook.package import Package
    from workbook.renew.draft import Draft

TOTAL, CHECKS = "out_total", "chk_total"
_ANSWER = ("out_deployment", "out_what")
_CUSTOMER_MARK = " · "  # as a quote's title has it


@dataclass(frozen=True, slots=True)
class Summary:
    """A quote before and after; empty and None where the workbook has no such place.

    Args:
        customer: as the document's title names it.
        total_old: the total of the answer.
        total_new: now.
        answer_old: the deployment that the quote answers with, and what is deployed.
        answer_new: now.
        failing_old: the number of checks that fail.
        failing_new: now.
        turned: the checks whose result is another one now.
    """

    customer: str = ""
    total_old: CellValue = None
    total_new: CellValue = None
    answer_old: str = ""
    answer_new: str = ""
    failing_old: CellValue = None
    failing_new: CellValue = None
    turned: int = 0


def summary_of(draft: Draft, new: Mapping[Address, CellValue]) -> Summary:
    """Sum up a workbook.

    Args:
        draft: the workbook.
        new: the cells that show another value now.
    """
    places = {name: _cell(draft, name) for name in (TOTAL, CHECKS, *_ANSWER)}
    old = {name: _held(draft, place) for name, place in places.items()}
    now = {name: new.get(place, old[name]) if place else None for name, place in places.items()}
    checks = places[CHECKS]
    turned = 0
    if checks is not None:  # each check stands above their sum, 0 where it passes
        above = (a for a in new if a.sheet == checks.sheet and a.column == checks.column and a < checks)
        turned = sum(_passes(_held(draft, each)) != _passes(new[each]) for each in above)
    return Summary(
        customer_of(draft.package),
        old[TOTAL],
        now[TOTAL],
        " ".join(str(old[name]) for name in _ANSWER if old[name] is not None),
        " ".join(str(now[name]) for name in _ANSWER if now[name] is not None),
        old[CHECKS],
        now[CHECKS],
        turned,
    )


def _cell(draft: Draft, name: str) -> Address | None:
    area = named_area(draft, name)
    return None if area is None else Address(area.sheet, area.top, area.left)


def _held(draft: Draft, place: Address | None) -> CellValue:
    cell = None if place is None else draft.before[place.sheet].get(place[1:])
    return None if cell is None else cell.value


def _passes(value: CellValue) -> bool:
    return not isinstance(value, ErrorCode) and not value


def customer_of(package: Package) -> str:
    """Return the customer as the title of the document names it; empty where it names none."""
    for link in package.relationships(""):
        if link.kind == "core-properties" and link.target in package.parts:
            title = package.tree(link.target).child("title")
            return "" if title is None else title.text.partition(_CUSTOMER_MARK)[2]
    return ""
