"""Cash flows by component and year: totals nominal and discounted, taxes, and month by month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xlmodel.inputs.demand import MONTHS_PER_YEAR

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xlmodel.inputs.model import Inputs

CAPEX = ("hardware", "infrastructure", "software")
COMPONENTS = ("usage", *CAPEX, "staff", "power", "maintenance", "one_off", "residual", "tax_shield")

Flows = dict[str, float]


@dataclass(frozen=True, slots=True)
class Schedule:
    """What one option costs, in CNY; income is negative.

    Args:
        running: one mapping a year, component -> CNY, paid at its end.
        capex: one mapping a year, component -> CNY, paid at its start; empty where nothing is bought.
        one_off: one-off costs of the first year.
        residual: value of the hardware at the end, counted as income of the last year.
        tax_shield: income tax saved, one amount a year; empty before tax.
    """

    running: tuple[Flows, ...]
    capex: tuple[Flows, ...] = ()
    one_off: float = 0.0
    residual: float = 0.0
    tax_shield: tuple[float, ...] = ()

    @property
    def years(self) -> int:
        """Number of years."""
        return len(self.running)

    def outlay(self, number: int = 1) -> float:
        """Return the capex of year 1, 2, ... in CNY."""
        return sum(self.capex[number - 1].values()) if self.capex else 0.0

    def year(self, number: int) -> Flows:
        """Return the cash flow of year 1, 2, ... by component, in CNY."""
        flows = dict.fromkeys(COMPONENTS, 0.0)
        flows.update(self.running[number - 1])
        if self.capex:
            flows.update(self.capex[number - 1])
        if number == 1:
            flows["one_off"] = self.one_off
        if number == self.years:
            flows["residual"] = 0.0 - self.residual
        if self.tax_shield:
            flows["tax_shield"] = 0.0 - self.tax_shield[number - 1]
        return flows

    def year_total(self, number: int) -> float:
        """Return the nominal cash flow of a year in CNY."""
        return self.outlay(number) + self._at_end(number)

    def present_value(self, number: int, discount_rate: float) -> float:
        """Return a year's cash flow discounted to the start of the first year.

        Equation: capex x (1 + r)^-(year - 1) + all else x (1 + r)^-year.
        """
        start, end = discount_factor(discount_rate, number - 1), discount_factor(discount_rate, number)
        return self.outlay(number) * start + self._at_end(number) * end

    def total(self, discount_rate: float = 0.0) -> float:
        """Return the sum of the years' present values in CNY.

        Equation: sum over years of capex x (1 + r)^-(year - 1) + (running + one_off - residual - tax_shield) x
        (1 + r)^-year.
        """
        if discount_rate == 0:
            paid = sum([sum(flows.values()) for flows in (*self.running, *self.capex)])
            return paid + self.one_off - self.residual - sum(self.tax_shield)
        return sum(self.present_value(year, discount_rate) for year in range(1, self.years + 1))

    def cumulative(self, months: int) -> list[float]:
        """Return the cumulative nominal cost at month 0, 1, ..., months, in CNY.

        Equation: month 0: capex of year 1 + one-off costs; each month: its year's running costs / 12; month
        12 x (year - 1): the capex of that year. Before tax; the residual value is left out.

        Args:
            months: last month, within the schedule's years.
        """
        level = self.outlay() + self.one_off
        levels = [level]
        for month in range(1, months + 1):
            year = (month - 1) // MONTHS_PER_YEAR + 1
            level += sum(self.running[year - 1].values()) / MONTHS_PER_YEAR
            if month == MONTHS_PER_YEAR * year and year < self.years:
                level += self.outlay(year + 1)
            levels.append(level)
        return levels

    def _at_end(self, number: int) -> float:
        """Return what is paid at the end of a year, less what comes in."""
        flow = sum(self.running[number - 1].values())
        if number == 1:
            flow += self.one_off
        if number == self.years:
            flow -= self.residual
        if self.tax_shield:
            flow -= self.tax_shield[number - 1]
        return flow


def made(
    inputs: Inputs,
    running: Sequence[Flows],
    capex: Sequence[Flows] = (),
    one_off: float = 0.0,
    residual: float = 0.0,
) -> Schedule:
    """Return the cash flows with the income tax that they save, where a rate is given.

    Args:
        inputs: income_tax_rate, depreciation_years.
        running: costs of each year by component.
        capex: outlays of each year by component.
        one_off: one-off costs of the first year.
        residual: value at the end.
    """
    shield: tuple[float, ...] = ()
    if inputs.income_tax_rate:
        shield = tax_shield(inputs, running, capex, one_off, residual)
    return Schedule(tuple(running), tuple(capex), one_off, residual, shield)


def tax_shield(
    inputs: Inputs,
    running: Sequence[Flows],
    capex: Sequence[Mapping[str, float]],
    one_off: float,
    residual: float,
) -> tuple[float, ...]:
    """Return the income tax that each year's costs save, in CNY.

    Equation: t x (running + one-offs of year 1 + depreciation); in the last year also the book value that is left
    less the residual value. Depreciation is straight-line over depreciation_years from the year of purchase.

    Args:
        inputs: income_tax_rate, depreciation_years.
        running: costs of each year by component.
        capex: outlays of each year by component.
        one_off: one-off costs of the first year.
        residual: value at the end.
    """
    years, life = len(running), int(inputs.depreciation_years)
    outlays = [sum(bought.values()) for bought in capex]
    saved = []
    for year in range(1, years + 1):
        deductible = sum(running[year - 1].values())
        deductible += sum(outlays[max(0, year - life) : year]) / life
        if year == 1:
            deductible += one_off
        saved.append(inputs.income_tax_rate * deductible)
    left = sum(bought * max(0, life - (years - index)) / life for index, bought in enumerate(outlays))
    saved[-1] += inputs.income_tax_rate * (left - residual)
    return tuple(saved)


def discount_factor(rate: float, year: int) -> float:
    """Return the year-end factor (1 + r)^-year."""
    return 1.0 if rate == 0 else (1 + rate) ** -year
