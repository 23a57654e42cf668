"""The register of rules: each one an id, a title in two languages, how it is checked, and a function."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from workbook.package.cell_text import parse_address
from workbook.package.sheet_scan import parse_range
from xlmodel.grid import cell_name

if TYPE_CHECKING:
    from workbook.rules.book import Book


class Hit(NamedTuple):
    """Where a rule is broken, and how: sheet and cell are empty where the whole file or sheet is meant."""

    sheet: str
    cell: str
    what: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken rule.

    Args:
        file: the file, as it was named.
        sheet: the sheet; empty for the whole file.
        cell: an address or a range; empty for the whole sheet.
        rule: the rule's id.
        what: what is wrong, and what to do.
    """

    file: str
    sheet: str
    cell: str
    rule: str
    what: str

    def __str__(self) -> str:
        """Show one line: file, sheet!cell, rule, what."""
        place = f"{self.sheet}!{self.cell}" if self.cell else self.sheet
        return ": ".join(part for part in (self.file, place, f"{self.rule} {self.what}") if part)


Check: TypeAlias = Callable[["Book"], Iterator[Hit]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the workbook standard.

    Args:
        identity: letter and number, such as `S01`.
        zh: the rule in Chinese.
        en: the rule in English.
        how: how a machine checks it.
        indexed: whether it needs the roles that the cover gives each sheet.
        check: gives every place where the rule is broken.
    """

    identity: str
    zh: str
    en: str
    how: str
    indexed: bool
    check: Check

    def findings(self, book: Book) -> list[Finding]:
        """Give the findings in a workbook; equal ones in cells below each other stand as one range."""
        if self.indexed and not book.indexed:
            return []
        hits = _joined(self.check(book))
        return [Finding(book.name, hit.sheet, hit.cell, self.identity, hit.what) for hit in hits]


RULES: dict[str, Rule] = {}


def rule(identity: str, *, zh: str, en: str, how: str, indexed: bool = False) -> Callable[[Check], Check]:
    """Enter a function into the register."""

    def enter(check: Check) -> Check:
        if identity in RULES:
            raise KeyError(identity)
        RULES[identity] = Rule(identity, zh, en, how, indexed, check)
        return check

    return enter


def _joined(hits: Iterable[Hit]) -> list[Hit]:
    """Join equal hits in cells below each other into one with a range."""
    joined: list[Hit] = []
    open_runs: dict[tuple[str, str, int], tuple[int, int]] = {}
    for hit in hits:
        if not hit.cell or ":" in hit.cell:
            joined.append(hit)
            continue
        row, column = parse_address(hit.cell)
        key = hit.sheet, hit.what, column
        position, last = open_runs.get(key, (-1, 0))
        if last == row - 1 and position >= 0:
            top, left = parse_range(joined[position].cell)[:2]
            joined[position] = hit._replace(cell=f"{cell_name(top, left)}:{hit.cell}")
        else:
            position = len(joined)
            joined.append(hit)
        open_runs[key] = position, row
    return joined
