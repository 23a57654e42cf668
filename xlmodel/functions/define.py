"""How an Excel function is defined: once, with its arguments and its help, for every host."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from xlmodel.inputs.bearing import bearing, parts_by_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Scalar: TypeAlias = float | str | bool | None
TableRows: TypeAlias = list[list[Scalar]]
Value: TypeAlias = Scalar | TableRows


def table(header: Sequence[str], rows: Iterable[Sequence[Scalar]]) -> TableRows:
    """Return a table: the header row, then the rows."""
    return [[*header], *([*row] for row in rows)]


class Takes(Enum):
    """What an argument takes; `coerce.py` turns a cell's value into it."""

    TEXT = "text"
    NUMBER = "number"
    NUMBER_OR_TEXT = "number or text"
    ASSUMPTIONS = "range of names and values, or text"
    FIGURES = "range with the columns item, field, value"
    VARIANT = "text such as profile=full"
    RANGE = "range with a header row, or text"


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a function.

    Args:
        name: the name a person reads, in lower case.
        takes: what it takes.
        zh: help in Chinese, one sentence.
        en: help in English, one sentence.
        optional: whether a missing or blank value means the default.
        default: the default as a person would type it; None where the help says what it is.
        minimum: smallest number allowed.
        maximum: largest number allowed.
        whole: whether a number must be whole.
        repeated: whether the argument may be given any number of times (last argument only).
    """

    name: str
    takes: Takes
    zh: str
    en: str
    optional: bool = False
    default: float | str | None = None
    minimum: float | None = None
    maximum: float | None = None
    whole: bool = False
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """An Excel function: its name, arguments, help, and what it computes.

    Args:
        name: the Excel name, upper case.
        group: the folder it belongs to: catalog, cost, sizing, advice.
        zh: help in Chinese, one sentence.
        en: help in English, one sentence.
        arguments: in the order of the contract.
        run: takes a `Context` (catalog and inputs), then each coerced argument but those that make the context.
        table: whether it returns a table with a header row.
        example: a formula that shows it, with `=`.
        parts: the parts of a calculation that it takes, of `inputs.bearing.PARTS`; none without assumptions.
    """

    name: str
    group: str
    zh: str
    en: str
    arguments: tuple[Argument, ...]
    run: Callable[..., Value]
    example: str
    table: bool = False
    parts: tuple[str, ...] = ()

    @property
    def bearing(self) -> tuple[str, ...]:
        """Return the assumptions that bear on its answer, in the order of the register."""
        return bearing(self.parts)

    @property
    def without_effect(self) -> tuple[str, ...]:
        """Return the assumptions that it takes, and that cannot bear on its answer."""
        acting = frozenset(self.bearing)
        return tuple(key for key in parts_by_key() if self.parts and key not in acting)

    @property
    def required(self) -> int:
        """Number of arguments that must be given."""
        return sum(not argument.optional for argument in self.arguments)

    @property
    def most(self) -> int | None:
        """Largest number of arguments; None where the last one repeats."""
        if self.arguments and self.arguments[-1].repeated:
            return None
        return len(self.arguments)

    def signature(self) -> str:
        """Show the name with its arguments, the optional ones in brackets."""
        shown = []
        for argument in self.arguments:
            text = argument.name
            if argument.optional and argument.default is not None:
                default = argument.default
                text += f'="{default}"' if isinstance(default, str) else f"={default:g}"
            text += "…" if argument.repeated else ""
            shown.append(f"[{text}]" if argument.optional else text)
        return f"{self.name}({', '.join(shown)})"


ASSUMPTIONS = Argument(
    "assumptions",
    Takes.ASSUMPTIONS,
    '假设：两列区域（名称、值），或文本，如 "full"、"discount_rate=0.05; estimate=high"',
    'Assumptions: a range of names and values, or text such as "full" or "discount_rate=0.05; estimate=high"',
    optional=True,
)
FIGURES = Argument(
    "figures",
    Takes.FIGURES,
    "数据：表头为 item、field、value（可加 low、high、currency、unit、tax、provider）的区域，优先于目录数据",
    "Figures: a range headed item, field, value (and low, high, currency, unit, tax, provider) that stands before the catalog",
    optional=True,
)
VARIANT = Argument(
    "variant",
    Takes.VARIANT,
    '方案变体：文本，如 "profile=full; estimate=high"，优先于假设',
    'Variant: text such as "profile=full; estimate=high" that stands before the assumptions',
    optional=True,
)
CONTEXT_ARGUMENTS = (ASSUMPTIONS, FIGURES, VARIANT)
