"""What every sheet of a workbook is built from, and the one pass that builds them from their list."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from workbook.contract import edition
from xlmodel.catalog.tables import HOME_CURRENCY
from xlmodel.errors import NotAvailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Self

    from workbook.canvas.book_layout import Layout
    from workbook.quote.options import Choice, Option
    from workbook.request.quote_request import QuoteRequest
    from xlmodel.advice.record.asked import Rows
    from xlmodel.catalog import Catalog, Figure
    from xlmodel.functions import Library

VALID_DAYS = 30
# the sheets for a reader; the others carry the working, or are its sources
LAYERS = dict.fromkeys(
    (
        "cover", "inputs", "compare", "cash", "breakeven", "serving", "advice", "hybrid", "risk", "checklist", "actions",
    ),
    "reader",
)  # fmt: skip
TAB_COLOURS = {"reader": "1F3A5F", "working": "2A9D8F", "sources": "A6ADB5"}


class Check(NamedTuple):
    """A line of the sheet Checks: a difference that must be 0, or two sides that stand beside it."""

    label: str
    difference: str
    by_functions: bool
    sides: tuple[str, str] = ("", "")


@dataclass
class BookContext:
    """A workbook in the making, passed to each of its sheets.

    A sheet is built by one function of the context. Formulas and charts name cells by keys, which may be given later, so
    the order of the list is the order of the tabs and no more. What rests on all sheets is left to `at_end`.

    Args:
        layout: takes the sheets.
        library: the functions on the catalog that the workbook is made from.
        date: of the workbook.
    """

    layout: Layout
    library: Library
    date: dt.date
    checks: list[Check] = field(default_factory=list, init=False)
    _keys: tuple[str, ...] = field(default=(), init=False)
    _endings: list[Callable[[], None]] = field(default_factory=list, init=False)

    @property
    def catalog(self) -> Catalog:
        """Return the facts."""
        return self.library.catalog

    @property
    def edition(self) -> str:
        """Return the catalog's version and date as sheets show them."""
        return edition(self.catalog.version, self.catalog.release_date)

    @property
    def price_date(self) -> str:
        """Return the day whose prices stand on the catalog sheets."""
        return self.catalog.release_date

    @property
    def currency(self) -> str:
        """Return the currency whose price lists stand on the catalog sheets where there are such."""
        return HOME_CURRENCY

    def figures_in_force(self, table: str) -> list[Figure]:
        """Return the figures of a table that are in force on the price date, of the list that the functions take."""
        return self._in_force.get(table, [])

    @cached_property
    def _in_force(self) -> dict[str, list[Figure]]:
        """The figures in force by table; sheets ask for them hundreds of times."""
        catalog, day, currency = self.catalog, self.price_date, self.currency
        found: dict[str, list[Figure]] = {}
        for (item, name), rows in catalog.figures.items():
            try:
                figure = catalog.figure(item, name, day, currency)
            except NotAvailableError:
                continue  # none in force yet
            if catalog.on_its_list(figure, day, currency):
                found.setdefault(rows[0].table, []).append(figure)
        return found

    def has(self, key: str) -> bool:
        """Tell whether a sheet is in the list, built already or not."""
        return key in self._keys

    def check(self, label: str, difference: str, *, by_functions: bool = False) -> None:
        """Add a line to the sheet Checks: a formula, without `=`, of a relative difference that must be 0.

        Args:
            label: what is compared.
            difference: the formula.
            by_functions: whether one side is one of our functions; where they are missing, nothing is compared.
        """
        self.checks.append(Check(label, difference, by_functions))

    def check_equal(self, label: str, one: str, other: str) -> None:
        """Add a line to the sheet Checks: two native amounts, formulas without `=`, that must be the same."""
        self.checks.append(Check(label, "", by_functions=False, sides=(one, other)))

    def at_end(self, step: Callable[[], None]) -> None:
        """Leave a step until every sheet is built."""
        self._endings.append(step)

    def _finish(self) -> None:
        """Colour the tabs by their layer, and put a link back to the cover on each."""
        for key, sheet in self.layout.sheets.items():
            layer = LAYERS.get(key, "sources" if sheet.role in {"catalog", "other"} else "working")
            sheet.tab_colour = TAB_COLOURS[layer]
            if key != "cover" and "cover" in self.layout.sheets:
                self.layout.put(sheet, 4, 3, self.layout.pick("← 封面", "← Cover"), "Subtitle")
                sheet.links[4, 3] = "cover"

    def build(self, sheets: Mapping[str, Callable[[Self], None]]) -> Layout:
        """Return the layout with every sheet of a list.

        Args:
            sheets: by the sheet's key, in the order of the tabs, what builds it.

        Raises:
            KeyError: what was built is not what the list says.
        """
        self._keys = tuple(sheets)
        for add in sheets.values():
            add(self)
        for step in self._endings:
            step()
        self._finish()
        if tuple(self.layout.sheets) != self._keys:
            raise KeyError(
                f"the list says {', '.join(self._keys)}; built were {', '.join(self.layout.sheets)}"
            )
        return self.layout


@dataclass
class QuoteContext(BookContext):
    """A quote in the making.

    Args:
        layout: takes the sheets.
        library: the functions on the catalog that the quote is made from.
        date: of the quote.
        request: customer, workload, options, assumptions.
        choice: the request's workload and options, as the catalog names them.
        scenario: the scenario in force: A, B, C or custom.

    The record is what the decision sheets hold as figures; None until one of them asks for it.
    """

    request: QuoteRequest
    choice: Choice
    scenario: str
    record: dict[str, Rows] | None = field(default=None, init=False)

    @property
    def options(self) -> tuple[Option, ...]:
        """Return the options in the order in which every sheet lists them."""
        return self.choice.options

    @property
    def mixed(self) -> bool:
        """Tell whether there is an API, and hardware to compare it with."""
        return len({option.deployment == "api" for option in self.options}) > 1

    @property
    def years(self) -> int:
        """Return the largest number of years."""
        return self.choice.years

    @property
    def number(self) -> str:
        """Return the number of the quote: its date, and a mark of what was asked for."""
        asked = hashlib.sha256(self.request.model_dump_json().encode()).hexdigest()
        return f"{self.date:%Y%m%d}-{asked[:6].upper()}"

    @property
    def valid_until(self) -> dt.date:
        """Return the last day of the quote."""
        return self.date + dt.timedelta(days=VALID_DAYS)

    @property
    def price_date(self) -> str:
        """Return the day whose prices stand on the catalog sheets: the request's, else the catalog's."""
        return str(self.request.assumptions.get("price_date") or super().price_date)

    @property
    def currency(self) -> str:
        """Return the currency of the request, whose price lists come first."""
        return str(self.request.assumptions.get("currency") or super().currency)
