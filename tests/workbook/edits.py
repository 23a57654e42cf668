"""Random typing into the yellow cells of a quote, and the numbers that our functions give for what then stands there."""

from __future__ import annotations

import math
from random import Random
from typing import TYPE_CHECKING, Any

import recalculate

from tests.workbook.test_audit_drawn import CHOICES, RANGES
from workbook.canvas import write
from workbook.quote.sheets.catalog_sheets import FIGURE_TABLES, figure_key
from workbook.quote.sheets.question_block import FIRST_WORD
from workbook.request.quote_request import TELLING
from xlmodel.errors import NotAvailableError
from xlmodel.functions import default_library
from xlmodel.grid import Formula
from xlmodel.inputs.register import register

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from workbook.quote.context import QuoteContext
    from workbook.quote.options import Option

PROFILES = ("published", "full")
_TOKENS = (0, 1, 100, 800, 400, 3_333.5, 40_000)
_HEADS = ("item", "field", "value", "low", "high", "currency", "tax")


class Edits:
    """A quote open in IronCalc, which knows none of our functions, and what was typed into it.

    Args:
        quote: the finished quote.
        day: its date.
        folder: an empty folder to work in.
        seed: of what is typed.
    """

    def __init__(self, quote: QuoteContext, day: dt.date, folder: Path, seed: int) -> None:
        """Open the quote."""
        self.quote, self.layout, self.random = quote, quote.layout, Random(seed)  # noqa: S311 - a test
        data = write.to_bytes(self.layout, default_library(), title="Quote", date=day)
        self.model = recalculate.IronCalc(recalculate.without_functions(data), folder)
        shown = {"inputs", *(f"catalog_{name}" for name in FIGURE_TABLES)}
        self.state: dict[str, Any] = {}
        self.yellow: list[str] = []
        for key, place in self.layout.places.items():
            if not key.startswith(("given.", "in_", "figure.")):
                continue  # a corner of an area
            cell = self.layout.sheets[place.sheet].cells.get((place.row, place.column))
            if place.sheet in shown and cell is not None and not isinstance(cell.content, Formula):
                self.state[key] = cell.content
                if cell.style == "Input":
                    self.yellow.append(key)

    def type(self, count: int) -> list[str]:
        """Type into so many cells, and compute; return what was typed."""
        typed = []
        for key in self.random.choices(self.yellow, k=count):
            value = self._drawn(key)
            if value is Ellipsis:
                continue
            self.state[key] = value
            place = self.layout.places[key]
            self.model.type(self.layout.sheets[place.sheet].name, place.row, place.column, value)
            typed.append(f"{key} = {value!r}")
        self.model.evaluate()
        return typed

    def _drawn(self, key: str) -> Any:
        """Return what is typed into a cell, within its limits; Ellipsis where it stays as it is."""
        random, name = self.random, key.partition(".")[0]
        if name == "given":
            return self._assumption(key.split(".", 2)[2])
        if name == "figure":
            part = key.rpartition(".")[2]
            # a low end stays below its figure, a high one above
            low, high = {"low": (0.7, 1.0), "high": (1.0, 1.4)}.get(part, (0.8, 1.25))
            return self.state[key] * random.uniform(low, high)
        if name in {"in_dau", "in_input", "in_output", "in_years", "in_gpu_opex"}:
            return {
                "in_dau": round(10 ** random.uniform(0.7, 6.7)),
                "in_input": random.choice(_TOKENS),
                "in_output": random.choice(_TOKENS),
                "in_years": random.randint(1, self.quote.years),
                "in_gpu_opex": random.randint(0, 5_000),
            }[name]
        if "_count_" in name:
            return random.randint(1, 70)
        if name.startswith("in_ask_"):
            place = self.layout.places[key]
            return self.layout.sheets[place.sheet].cells[place.row, FIRST_WORD].content
        kind = name.removeprefix("in_").rstrip("0123456789").rstrip("_")
        listed = next(
            each
            for each in (f"list_{kind}", f"list_{kind.removeprefix('own_')}")
            if each in self.layout.names
        )
        first, last = (self.layout.places[f"{listed}.{end}"] for end in ("first", "last"))
        cells = self.layout.sheets["lists"].cells
        choices = [cells[row, first.column].content for row in range(first.row, last.row + 1)]
        if name.startswith("in_own_gpu"):
            choices.append(None)
        return random.choice(choices)

    def _assumption(self, key: str) -> Any:
        random, assumption = self.random, register()[key]
        if random.random() < 0.15:
            return None
        if assumption.choices:
            return random.choice(assumption.choices)
        if key in CHOICES:
            return random.choice(CHOICES[key])
        low, high = RANGES.get(key, (assumption.minimum, assumption.maximum))
        value = low + (high - low) * random.random() ** (1 if key in RANGES else 4)
        return float(round(value)) if assumption.type == "integer" else value

    def native(self, key: str) -> Any:
        """Return what IronCalc computed for a key's cell."""
        place = self.layout.places[key]
        return self.model.value(self.layout.sheets[place.sheet].name, place.row, place.column)

    def _chosen(self, name: str) -> Any:
        scenario = self.state["in_scenario"]
        column = "custom" if scenario not in {"A", "B", "C"} else scenario
        return self.state.get(f"{name}.{column}")

    def _what(self, option: Option) -> str:
        if option.deployment == "api":
            return str(self._chosen(option.input()))
        gpu = self._chosen(option.input("gpu"))
        if option.deployment == "own" and not gpu:
            return str(self._chosen(option.input("tier")))
        return f"{self._chosen(option.input('count')):.0f}×{gpu}"

    def _assumptions(self) -> list[list[Any]]:
        rows: list[list[Any]] = [["name", "published", "full"]]
        for key in register():
            if f"given.published.{key}" in self.layout.places:
                price_list = self.state[f"given.published.{key}"]
                budget = self.state[f"given.full.{key}"] if key in TELLING else price_list
                rows.append([key, price_list, budget])
        return rows

    def _figures(self) -> list[list[Any]]:
        rows: list[list[Any]] = [list(_HEADS)]
        for table in FIGURE_TABLES:
            for figure in self.quote.figures_in_force(table):
                low, value, high = (
                    self.state.get(figure_key(figure.item, figure.field, part))
                    for part in ("low", "value", "high")
                )
                value = (low + high) / 2 if value is None else value
                low, high = (value if end is None else end for end in (low, high))
                rows.append([figure.item, figure.field, value, low, high, figure.currency, figure.tax])
        return rows

    def differences(self) -> list[str]:
        """Return where a native number is not that of our functions, to a billionth."""
        state, call = self.state, default_library().call
        dau, years, ask, answer = (
            self._chosen(name) for name in ("in_dau", "in_years", "in_input", "in_output")
        )
        given, figures, found = self._assumptions(), self._figures(), []
        for profile in PROFILES:
            variant = f"profile={profile}; estimate={state['in_estimate']}; currency={state['in_currency']}"
            serving, unknown = [], False
            for option in self.quote.options:
                what = self._what(option)
                total = call(
                    "LLM_TCO", option.deployment, what, dau, years, ask, answer, given, figures, variant
                )
                found += self._differs(option.key("audit", profile, "total"), total)
                able = True
                if option.deployment != "api":
                    users = self.native(option.key("capacity", profile, "users"))
                    unknown |= not isinstance(users, float)
                    if isinstance(users, float):
                        config = self.native(option.key("capacity", profile, "config"))
                        try:
                            wanted = call(
                                "LLM_CAPACITY",
                                self._chosen("in_model"),
                                config,
                                None,
                                ask,
                                answer,
                                given,
                                figures,
                                variant,
                            )
                        except NotAvailableError:
                            wanted = 0.0
                        found += self._differs(option.key("capacity", profile, "users"), wanted)
                        able = self.native(option.key("capacity", profile, "state")) == 1
                if able:
                    serving.append(float(total))  # type: ignore[arg-type]
            if serving and not unknown:
                found += self._differs(f"answer.{profile}.total", min(serving))
        return found

    def _differs(self, key: str, wanted: Any) -> list[str]:
        native = self.native(key)
        same = isinstance(native, float) and math.isclose(native, wanted, rel_tol=1e-9, abs_tol=1e-6)
        return [] if same else [f"{key}: native {native!r}, functions {wanted!r}"]
