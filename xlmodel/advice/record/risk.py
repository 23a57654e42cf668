"""How sure the totals of a quote are: percentiles, the chance of costing least, the widest swings and where they turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlmodel.advice.record.asked import NONE, least
from xlmodel.cost import risk
from xlmodel.cost.sensitivity import sensitivity
from xlmodel.cost.uncertain import Uncertain
from xlmodel.inputs.register import register

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlmodel.advice.record.asked import Asked, Rows
    from xlmodel.cost.compare import Line
    from xlmodel.cost.sensitivity import Swing
    from xlmodel.cost.uncertain import Driver

# percentiles agree within 1 % with those of many more: see tests/advice/test_record.py
DRAWS = 1024
SWINGS = 8
_PERCENTILES = (0.1, 0.5, 0.9)
_HALVINGS = 30
_NO_SWING = (NONE, NONE, NONE, NONE, 0.0, 0.0, NONE)


def totals(asked: Asked, lines: Sequence[Line]) -> Rows:
    """Return the total of each option."""
    return [(NONE if line.total is None else asked.money(line.total),) for line in lines]


def best(asked: Asked, lines: Sequence[Line]) -> Rows:
    """Return the least costly option that serves: its name, its total and the name of the next one."""
    first, second = least(lines)
    if first is None:
        return [(NONE, 0.0, NONE)]
    total = lines[first].total or 0.0
    runner = NONE if second is None else asked.label(lines[second].option)
    return [(asked.label(lines[first].option), asked.money(total), runner)]


def spread(asked: Asked, lines: Sequence[Line]) -> Rows:
    """Return for each option the percentiles of its total and the share of draws in which it costs least.

    All options are drawn at once, so that what they share moves together. Only what serves at the base is ranked.
    """
    drawn = risk.totals(asked.catalog, asked.inputs, asked.options, asked.workload, asked.years, DRAWS)
    ranked = [place for place, line in enumerate(lines) if line.serves]
    wins = [0.0] * len(lines)
    for draw in zip(*(drawn[place] for place in ranked), strict=True):
        lowest = min(draw)
        first = [place for place, total in zip(ranked, draw, strict=True) if total == lowest]
        for place in first:
            wins[place] += 1 / len(first)
    rows: Rows = []
    for place, column in enumerate(drawn):
        ordered = sorted(column)
        chance = wins[place] / DRAWS if place in ranked else NONE
        rows.append((*(asked.money(risk.percentile(ordered, share)) for share in _PERCENTILES), chance))
    return rows


def swings(asked: Asked, lines: Sequence[Line]) -> Rows:
    """Return what moves the total of the least costly option most: name, unit, ends, totals there, and where it turns.

    There are always SWINGS lines, the last of them empty where fewer numbers move it. It turns at the value from which the next option costs less, all else as it is; none within the range is a dash.
    """
    first, second = least(lines)
    if first is None:
        return [_NO_SWING] * SWINGS
    chosen = lines[first].option
    found = sensitivity(asked.catalog, asked.inputs, chosen, asked.workload, asked.years)
    widest = [one for one in found if one.swing > 0][:SWINGS]
    margin = _Margin(asked, lines[first], None if second is None else lines[second])
    base = asked.money(margin.base)
    rows: Rows = [
        (
            _name(asked, one.driver), _unit(asked, one.driver), one.driver.range.low, one.driver.range.high,
            asked.money(one.low), asked.money(one.high), margin.turns(one),
        )
        for one in widest
    ]  # fmt: skip
    return rows + [(NONE, NONE, NONE, NONE, base, base, NONE)] * (SWINGS - len(rows))


class _Margin:
    """What the least costly option is below the next one, at other values of one number."""

    def __init__(self, asked: Asked, first: Line, second: Line | None) -> None:
        self._costed = [
            Uncertain(asked.catalog, asked.inputs, line.option, asked.workload, asked.years)
            for line in (first, second)
            if line is not None
        ]
        self._acting = [{each.name for each in costed.drivers} for costed in self._costed]
        # two that cost the same turn nowhere
        self._level = len({costed.base for costed in self._costed}) == 1

    @property
    def base(self) -> float:
        """Return the total of the least costly option as it is."""
        return self._costed[0].base

    def turns(self, swing: Swing) -> float | str:
        """Return the value at which both cost the same, the nearest to the base; a dash where none does, or all do."""
        if len(self._costed) == 1 or self._level:
            return NONE
        span = swing.driver.range
        ends = [end for end in (span.low, span.high) if self._at(swing.driver, end) > 0]
        if not ends:
            return NONE
        turned = min(ends, key=lambda end: abs(end - span.base))
        held, beyond = span.base, turned
        for _ in range(_HALVINGS):
            middle = (held + beyond) / 2
            if self._at(swing.driver, middle) > 0:
                beyond = middle
            else:
                held = middle
        return (held + beyond) / 2

    def _at(self, driver: Driver, value: float) -> float:
        one, other = (
            costed.total({driver.name: value}) if driver.name in acting else costed.base
            for costed, acting in zip(self._costed, self._acting, strict=True)
        )
        return one - other


def _name(asked: Asked, driver: Driver) -> str:
    if driver.figure is None:
        row = register()[driver.name]
        return asked.say(row.zh, row.en)
    field = asked.catalog.names.label("field", driver.figure.field, asked.lang)
    item = driver.figure.item
    if asked.catalog.names.get("tier", item) == item:
        item = asked.catalog.names.label("tier", item, asked.lang)
    return f"{item} {field}"


def _unit(asked: Asked, driver: Driver) -> str:
    if driver.figure is None:
        unit = register()[driver.name].unit
    else:
        unit = asked.catalog.fields[driver.figure.field].unit
    return asked.catalog.names.label("unit", unit, asked.lang)
