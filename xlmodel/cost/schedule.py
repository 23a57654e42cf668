"""Cash flows by component and year: totals nominal and discounted, and month by month."""

from __future__ import annotations

from dataclasses import dataclass

CAPEX = ("hardware", "infrastructure", "software")
COMPONENTS = ("usage", *CAPEX, "staff", "power", "maintenance", "one_off", "residual")


@dataclass(frozen=True, slots=True)
class Schedule:
    """What one option costs, in CNY.

    Args:
        capex: outlay before the first year, by component.
        running: one mapping a year, component -> CNY.
        one_off: one-off costs of the first year.
        residual: value of the hardware at the end, counted as income.
    """

    capex: dict[str, float]
    running: tuple[dict[str, float], ...]
    one_off: float = 0.0
    residual: float = 0.0

    @property
    def years(self) -> int:
        """Number of years."""
        return len(self.running)

    def outlay(self) -> float:
        """Return the capex in CNY."""
        return sum(self.capex.values())

    def year(self, number: int) -> dict[str, float]:
        """Return the cash flow of year 1, 2, ... by component, in CNY."""
        flows = dict.fromkeys(COMPONENTS, 0.0)
        flows.update(self.running[number - 1])
        if number == 1:
            flows.update(self.capex)
            flows["one_off"] = self.one_off
        if number == self.years:
            flows["residual"] = 0.0 - self.residual
        return flows

    def year_total(self, number: int) -> float:
        """Return the nominal cash flow of a year in CNY."""
        return sum(self.year(number).values())

    def present_value(self, number: int, discount_rate: float) -> float:
        """Return a year's cash flow discounted.

        Equation: capex + (flows - capex) / (1 + r)^year; the outlay of the first year is not discounted.
        """
        capex = self.outlay() if number == 1 else 0.0
        return capex + (self.year_total(number) - capex) * discount_factor(discount_rate, number)

    def total(self, discount_rate: float = 0.0) -> float:
        """Return the sum over the years in CNY, discounted by year-end factors.

        Equation: capex + sum over years of (running + one_off - residual) / (1 + r)^year.
        """
        total = self.outlay()
        for index, running in enumerate(self.running, start=1):
            flow = sum(running.values())
            if index == 1:
                flow += self.one_off
            if index == self.years:
                flow -= self.residual
            total += flow * discount_factor(discount_rate, index)
        return total

    def cumulative(self, months: int) -> list[float]:
        """Return the cumulative nominal cost at month 0, 1, ..., months, in CNY.

        The outlay and the one-off costs stand at month 0; running costs are spread evenly over their
        year, and the last year's go on beyond it. The residual value is left out.
        """
        level = self.outlay() + self.one_off
        levels = [level]
        for month in range(months):
            running = self.running[min(month // 12, self.years - 1)]
            level += sum(running.values()) / 12
            levels.append(level)
        return levels


def discount_factor(rate: float, year: int) -> float:
    """Return the year-end factor (1 + r)^-year."""
    return 1.0 if rate == 0 else (1 + rate) ** -year


def growth_factor(rate: float, year: int) -> float:
    """Return (1 + g)^(year - 1): a rate acts from year 2."""
    return 1.0 if rate == 0 or year == 1 else (1 + rate) ** (year - 1)
