"""A calculation done once and repeated for many numbers: its arithmetic as steps over columns, its decisions as guards.

The calculation runs on numbers that write down what is done with them. A comparison is answered by the number's own
value and becomes a guard: the steps hold for all numbers that answer alike, which is a path. What is more than plain
arithmetic takes a number as it is, and its path holds for that very value alone. So a path gives what the whole
calculation gives, or does not apply; nothing in the calculation needs to know of it.
"""

# ruff: noqa: D105 - each operator does what it does to floats
from __future__ import annotations

import math
import operator
from itertools import compress, repeat
from typing import TYPE_CHECKING, NamedTuple, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Column = list[float]


class _Step(NamedTuple):
    """An operation on columns, and on constants whose places are negative; a guard has the answer that it asks for."""

    operation: Callable[..., float]
    places: tuple[int, ...]
    answer: bool | None


class Path:
    """What one run of a calculation did with its numbers.

    Args:
        calculation: from numbers to a number; called once, here.
        point: the numbers that it is run with.
    """

    def __init__(self, calculation: Callable[[list[float]], float], point: Sequence[float]) -> None:
        """Run the calculation and write it down."""
        self._steps: list[_Step] = []
        self._constants: list[float] = []
        self._columns = len(point)
        self.is_open = True
        # the numbers stand for floats, and do what floats do
        numbers = [cast("float", Recorded(value, place, self)) for place, value in enumerate(point)]
        self._result = self.place(calculation(numbers))
        # a cache may still hold numbers of this run, and compare them with later ones
        self.is_open = False

    def place(self, number: object) -> int:
        """Return the number of a recorded number's column; a constant, or a number of another run, gets a place below 0."""
        if isinstance(number, Recorded) and number.path is self:
            return number.place
        self._constants.append(_value(number))
        return -len(self._constants)

    def made(self, operation: Callable[..., float], *operands: object) -> Recorded:
        """Do an operation, write it down where a run is on, and return its result."""
        value = operation(*map(_value, operands))
        running = self.running(*operands)
        return cast("Recorded", value) if running is None else running.noted(value, operation, *operands)

    def asked(self, operation: Callable[..., bool], number: Recorded, other: object) -> bool:
        """Answer a comparison, and write down where a run is on that it was answered so."""
        answer = operation(number.value, _value(other))
        running = self.running(number, other)
        if running is not None:
            running.guarded(answer, operation, number, other)
        return answer

    def running(self, *operands: object) -> Path | None:
        """Return the path whose calculation is running: this one, or that of an operand where a cache kept this number."""
        if self.is_open:
            return self
        return next(
            (each.path for each in operands if isinstance(each, Recorded) and each.path.is_open), None
        )

    def noted(self, value: float, operation: Callable[..., float], *operands: object) -> Recorded:
        """Write an operation down and return its result."""
        self._steps.append(_Step(operation, tuple(map(self.place, operands)), None))
        self._columns += 1
        return Recorded(value, self._columns - 1, self)

    def guarded(self, answer: object, operation: Callable[..., bool], *operands: object) -> None:
        """Write down how a comparison was answered."""
        self._steps.append(_Step(operation, tuple(map(self.place, operands)), bool(answer)))

    def over(self, columns: Sequence[Column]) -> tuple[list[int], Column]:
        """Return the rows that take this path, and their results.

        Args:
            columns: one for each number of the calculation, all of one length.
        """
        held: list[Column] = list(columns)
        rows = list(range(len(columns[0])))

        def operand(place: int) -> Iterable[float]:
            return held[place] if place >= 0 else repeat(self._constants[-1 - place], len(rows))

        for operation, places, answer in self._steps:
            found = list(map(operation, *map(operand, places)))
            if answer is None:
                held.append(found)
            elif found.count(answer) < len(found):
                # at once, so that no later step meets a number that it was not meant for
                stays = [each == answer for each in found]
                held = [list(compress(column, stays)) for column in held]
                rows = list(compress(rows, stays))
        return rows, list(operand(self._result))


class Recorded:
    """A number that writes down what is done with it.

    Args:
        value: the number.
        place: number of its column.
        path: where it writes.
    """

    __slots__ = ("path", "place", "value")

    def __init__(self, value: float, place: int, path: Path) -> None:
        """Keep the arguments."""
        self.value, self.place, self.path = value, place, path

    def __add__(self, other: object) -> Recorded:
        return self if _is(other, 0) else self.path.made(operator.add, self, other)

    __radd__ = __add__

    def __sub__(self, other: object) -> Recorded:
        return self.path.made(operator.sub, self, other)

    def __rsub__(self, other: object) -> Recorded:
        return self.path.made(operator.sub, other, self)

    def __mul__(self, other: object) -> Recorded:
        return self if _is(other, 1) else self.path.made(operator.mul, self, other)

    __rmul__ = __mul__

    def __truediv__(self, other: object) -> Recorded:
        return self if _is(other, 1) else self.path.made(operator.truediv, self, other)

    def __rtruediv__(self, other: object) -> Recorded:
        return self.path.made(operator.truediv, other, self)

    def __pow__(self, other: object) -> Recorded:
        return self if _is(other, 1) else self.path.made(operator.pow, self, other)

    def __rpow__(self, other: object) -> Recorded:
        return self.path.made(operator.pow, other, self)

    def __neg__(self) -> Recorded:
        return self.path.made(operator.neg, self)

    def __ceil__(self) -> Recorded:
        return self.path.made(math.ceil, self)

    def __lt__(self, other: object) -> bool:
        return self.path.asked(operator.lt, self, other)

    def __le__(self, other: object) -> bool:
        return self.path.asked(operator.le, self, other)

    def __gt__(self, other: object) -> bool:
        return self.path.asked(operator.gt, self, other)

    def __ge__(self, other: object) -> bool:
        return self.path.asked(operator.ge, self, other)

    def __eq__(self, other: object) -> bool:
        return self.path.asked(operator.eq, self, other)

    def __ne__(self, other: object) -> bool:
        return self.path.asked(operator.ne, self, other)

    def __bool__(self) -> bool:
        return self.path.asked(operator.ne, self, 0)

    def __hash__(self) -> int:
        return hash(self._as_it_is())

    def __float__(self) -> float:
        return float(self._as_it_is())

    def __int__(self) -> int:
        return int(self._as_it_is())

    def __index__(self) -> int:
        return operator.index(cast("int", self._as_it_is()))

    def __format__(self, form: str) -> str:
        return format(self._as_it_is(), form)

    def _as_it_is(self) -> float:
        """Return the value, which from here on is the only one of the path."""
        self.path.asked(operator.eq, self, self.value)
        return self.value


def _value(number: object) -> float:
    return number.value if isinstance(number, Recorded) else cast("float", number)


def _is(number: object, constant: float) -> bool:
    return not isinstance(number, Recorded) and number == constant
