"""What a figure measures: fields with their unit, VAT class and prompt tiers, and the units that people write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xlmodel.errors import CatalogError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from xlmodel.catalog.tables import Row


@dataclass(frozen=True, slots=True)
class Field:
    """A field of figures.

    Args:
        key: canonical field, such as `input@128k`.
        item_kind: the kind of item that carries it.
        unit: its unit in CNY, such as CNY/Mtok.
        base: the field that it stands for where prompts are longer than `prompt_above`; empty: it is no tier.
        prompt_above: tokens that a prompt must exceed for this price.
        vat: goods, services or none.
    """

    key: str
    item_kind: str
    unit: str
    base: str
    prompt_above: float
    vat: str


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of money in which a figure may be given.

    Args:
        key: such as CNY/ktok.
        base: the unit of a field, in CNY, to which the factor leads.
        currency: CNY or USD.
        factor: amounts in this unit x factor are amounts in the base unit, the currency aside.
    """

    key: str
    base: str
    currency: str
    factor: float

    def factor_for(self, field: Field) -> float | None:
        """Return what turns an amount into the field's unit; None where it measures something else.

        A bare amount, such as 万元, is read as one in the field's own unit: 10,000 CNY a month for a monthly rent.
        """
        return self.factor if self.base in {field.unit, _AMOUNT} else None


# amounts alone: what they are for, the field says
_AMOUNT = "CNY"


def parse_field(line: int, row: Row) -> Field:
    """Turn a row of fields.csv into a Field, or raise CatalogError naming the line."""
    above = _number("fields", line, "prompt_above", row["prompt_above"]) if row["prompt_above"] else 0.0
    return Field(row["field"], row["item_kind"], row["unit"], row["base"], above, row["vat"])


def parse_unit(line: int, row: Row) -> Unit:
    """Turn a row of units.csv into a Unit, or raise CatalogError naming the line."""
    return Unit(row["unit"], row["base"], row["currency"], _number("units", line, "factor", row["factor"]))


def tiers(fields: Iterable[Field]) -> Mapping[str, tuple[Field, ...]]:
    """Return the tiers of each base field, the longest prompts first."""
    found: dict[str, list[Field]] = {}
    for field in fields:
        if field.base:
            found.setdefault(field.base, []).append(field)
    return {
        base: tuple(sorted(rows, key=lambda row: row.prompt_above, reverse=True))
        for base, rows in found.items()
    }


def _number(table: str, line: int, column: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise CatalogError(f"{table}.csv:{line}: {column}: '{text}' is no number") from None
