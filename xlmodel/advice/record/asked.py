"""What the record of a quote is computed for: its options and its use, in the accounting of the budget."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from xlmodel.cost import compare, option

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xlmodel.catalog.tables import Catalog
    from xlmodel.cost.compare import Line
    from xlmodel.cost.option import Option
    from xlmodel.inputs.model import Inputs
    from xlmodel.inputs.workload import Workload

Cell: TypeAlias = "float | str | None"
Rows: TypeAlias = "list[tuple[Cell, ...]]"
# what stands where there is no figure
NONE = "—"


@dataclass(frozen=True)
class Asked:
    """A quote as its record asks for it.

    Args:
        catalog: prices and specifications, the workbook's own figures first.
        inputs: assumptions in force.
        options: what is compared, in its order; hardware runs the open model of the quote.
        workload: daily users and tokens.
        years: number of years.
        model: the open model.
        answers: question of the advice -> what was answered; an amount or a word.
        lang: zh or en.
    """

    catalog: Catalog
    inputs: Inputs
    options: tuple[Option, ...]
    workload: Workload
    years: int
    model: str
    answers: Mapping[str, float | str]
    lang: str

    def money(self, amount_cny: float) -> float:
        """Return an amount in the currency of the results."""
        inputs = self.inputs
        return amount_cny / inputs.fx_cny_per_usd if inputs.currency == "USD" else amount_cny

    def say(self, zh: str, en: str) -> str:
        """Return the text in the language of the quote."""
        return zh if self.lang == "zh" else en

    def deployment(self, key: str) -> str:
        """Return what a deployment is called."""
        return self.catalog.names.label("deployment", key, self.lang)

    def label(self, found: Option) -> str:
        """Return what an option is called: its deployment and what it runs on."""
        what = found.label
        if found.hardware is not None and found.hardware.tier:
            what = self.catalog.names.label("tier", found.hardware.tier, self.lang)
        return f"{self.deployment(found.deployment)} {what}"

    def lines(self) -> list[Line]:
        """Return each option costed, and whether it serves."""
        return compare.compare(self.catalog, self.inputs, list(self.options), self.workload, self.years)


def read_options(catalog: Catalog, found: Sequence[tuple[str, str]], model: str) -> tuple[Option, ...]:
    """Read the options of a quote.

    Args:
        catalog: names.
        found: deployment and what it runs on, of each.
        model: the open model that hardware is asked to serve.

    Raises:
        NotAvailableError: an unknown name.
    """
    read = (option.read(catalog, *each) for each in found)
    return tuple(replace(each, runs=model) if each.hardware is not None else each for each in read)


def least(lines: Sequence[Line]) -> tuple[int | None, int | None]:
    """Return the places of the least costly option that serves, and of the next one; None where there is none."""
    ranked = sorted(
        (line.total, place) for place, line in enumerate(lines) if line.serves and line.total is not None
    )
    first, second = (*(place for _, place in ranked[:2]), None, None)[:2]
    return first, second
