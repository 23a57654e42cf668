"""From what a person gave to every assumption of a calculation."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from xlmodel.errors import BadValueError
from xlmodel.inputs.model import Inputs
from xlmodel.inputs.register import ESTIMATES, PROFILES, checked, find_key, register

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xlmodel.catalog.tables import Catalog, Figure

Given = dict[str, float | str]


@lru_cache(maxsize=1024)
def parse_text(text: str) -> tuple[tuple[str, str | float], ...]:
    """Parse `full`, `high` or `name=value; name=value` into pairs of key and value.

    Raises:
        NotAvailableError: an unknown name.
        BadValueError: a part without a value, or a name given twice.
    """
    pairs: dict[str, str | float] = {}
    for part in unicodedata.normalize("NFKC", text).split(";"):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not name and not value:
            continue
        if equals:
            key, read = find_key(name), _number_or_text(value)
        elif name.casefold() in PROFILES:
            key, read = "profile", name.casefold()
        elif name.casefold() in ESTIMATES:
            key, read = "estimate", name.casefold()
        else:
            find_key(name)
            raise BadValueError(f"'{name}': write {name}=value")
        if key in pairs:
            raise BadValueError(f"{key}: given twice in '{text}'")
        if read != "":
            pairs[key] = read
    return tuple(pairs.items())


def _number_or_text(text: str) -> str | float:
    plain = text.removesuffix("%").strip()
    try:
        number = float(plain)
    except ValueError:
        return text
    return number / 100 if plain != text else number


def end_of(figure: Figure, estimate: str) -> float:
    """Return the low, base or high end of a figure.

    Args:
        figure: a catalog figure, or a given one.
        estimate: low, base or high.

    Raises:
        BadValueError: the end stands on the wrong side of the value.
    """
    amount = figure.at(estimate)
    if (estimate == "low" and amount > figure.value) or (estimate == "high" and amount < figure.value):
        ends = f"low {figure.low:g}, value {figure.value:g}, high {figure.high:g}"
        raise BadValueError(f"{figure.item} {figure.field}: {ends} are out of order")
    return amount


def resolve(catalog: Catalog, given: Mapping[str, float | str]) -> Inputs:
    """Fill what was not given with the defaults of the profile and estimate in force.

    Args:
        catalog: where a default that is a catalog figure is read.
        given: values by key, as read from a range or text.

    Raises:
        BadValueError: a value outside its limits.
        NotAvailableError: an unknown choice.
    """
    rows = register()
    values: dict[str, float | str] = {key: checked(rows[key], value) for key, value in given.items()}
    profile = str(values.setdefault("profile", rows["profile"].default("published", "base")))
    estimate = str(values.setdefault("estimate", rows["estimate"].default("published", "base")))
    day = str(values.setdefault("price_date", ""))
    for key, row in rows.items():
        if key in values:
            continue
        if row.follows:
            factor, followed = row.followed  # which stands before it in the register
            values[key] = factor * float(values[followed])
        elif profile == "full" and row.figure:
            item, _, field = row.figure.partition("/")
            values[key] = checked(row, end_of(catalog.figure(item, field, day), estimate))
        else:
            text = row.default(profile, estimate)
            values[key] = float(text) if row.numeric else text
    return Inputs(**values)  # type: ignore[arg-type]  # types follow the register's rows
