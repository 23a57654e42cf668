"""The documents' rules: when each applies, what it says, and where it is written."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from xlmodel.catalog.load import read_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xlmodel.catalog.tables import Catalog

PATH = Path(__file__).parent / "data" / "rules.csv"
OPERATIONS = PATH.with_name("operations.csv")
COMPLIANCE, FIT, CAPABILITY, COST = "compliance", "fit", "capability", "cost"


class Rule(NamedTuple):
    """One rule of a document.

    Args:
        name: unique.
        table: catalog table that holds its words.
        item: row of it.
        side: yes or no, of a decision point.
        dau_low: from so many daily users on.
        dau_high: below so many.
        when: question -> answers that it asks for; all must hold.
        deployments: that it allows or recommends, the first one first; empty where it says nothing of them.
        model_size: size class or size; empty likewise.
        precision: format of the weights; empty likewise.
        hardware: configurations; empty likewise.
        operation: how it is run; empty likewise.
        nature: compliance (binds), fit or capability (a reason other than money), cost (a rule of thumb about money,
            which what the model computes stands beside).
        priority: the larger goes first.
    """

    name: str
    table: str
    item: str
    side: str
    dau_low: float | None
    dau_high: float | None
    when: dict[str, tuple[str, ...]]
    deployments: tuple[str, ...]
    model_size: str
    precision: str
    hardware: str
    operation: str
    nature: str
    priority: int

    def applies(self, dau: float | None, given: Mapping[str, str]) -> bool:
        """Tell whether all that it asks for is known and holds."""
        if self.dau_low is not None and (dau is None or dau < self.dau_low):
            return False
        if self.dau_high is not None and (dau is None or dau >= self.dau_high):
            return False
        return all(given.get(question) in allowed for question, allowed in self.when.items())

    def words(self, catalog: Catalog, lang: str) -> str:
        """Return what the document says, in the language asked for."""
        row = catalog.row(self.table, self.item)
        columns = (f"{self.side}_{lang}",) if self.side else (f"advice_{lang}", lang)
        return next(row[column] for column in columns if row.get(column))

    def source(self, catalog: Catalog) -> str:
        """Return the id of the source."""
        return catalog.row(self.table, self.item)["source"]


@lru_cache(maxsize=1)
def rules() -> tuple[Rule, ...]:
    """Return the rules, the largest priority first."""
    found = []
    for row in read_rows(PATH):
        when = {}
        for part in filter(None, (each.strip() for each in row["when"].split(";"))):
            question, _, allowed = part.partition("=")
            when[question] = tuple(allowed.split("|"))
        low, high = (float(row[end]) if row[end] else None for end in ("dau_low", "dau_high"))
        found.append(
            Rule(
                row["rule"],
                row["table"],
                row["item"],
                row["side"],
                low,
                high,
                when,
                tuple(filter(None, row["deployments"].split(";"))),
                row["model_size"],
                row["precision"],
                row["hardware"],
                row["operation"],
                row["nature"],
                int(row["priority"]),
            )
        )
    return tuple(sorted(found, key=lambda rule: -rule.priority))


class Operation(NamedTuple):
    """A way to run a model.

    Args:
        deployments: that it belongs to.
        zh: in Chinese; its key is the English.
    """

    deployments: tuple[str, ...]
    zh: str


@lru_cache(maxsize=1)
def operations() -> dict[str, Operation]:
    """Return the ways to run a model by key."""
    return {
        row["operation"]: Operation(tuple(row["deployments"].split(";")), row["zh"])
        for row in read_rows(OPERATIONS)
    }
