"""The register of assumptions: one row each, from which inputs, help, sheets and docs are made."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from xlmodel.catalog.load import read_rows
from xlmodel.catalog.lookup import normalise
from xlmodel.errors import BadValueError, NotAvailableError

PATH = Path(__file__).parent / "data" / "assumptions.csv"
PROFILES = ("published", "full")
ESTIMATES = ("low", "base", "high")
_LARGEST_SHOWN = 1e300


@dataclass(frozen=True, slots=True)
class Assumption:
    """One assumption: what it is called, what it may be, and its default in each profile.

    Args:
        key: the fixed name.
        type: number, integer, date, or choices separated by `|`.
        unit: unit of the value.
        published: default of the published accounting, as text.
        full: default of the full accounting, as text; empty where `figure` gives it.
        low: low end of a default that is a range, empty otherwise.
        high: high end of a default that is a range, empty otherwise.
        minimum: smallest value allowed.
        maximum: largest value allowed.
        follows: `key` or `factor*key` of the assumption whose value is the default; empty where it has its own.
        figure: `item/field` of the catalog figure that is the full accounting's default.
        zh: Chinese label.
        en: English label.
        help_zh: one sentence in Chinese.
        help_en: one sentence in English.
        source: id of the source.
        as_of: ISO date.
        kind: published, measured or assumed.
        note: why this value.
    """

    key: str
    type: str
    unit: str
    published: str
    full: str
    low: str
    high: str
    minimum: float | None
    maximum: float | None
    follows: str
    figure: str
    zh: str
    en: str
    help_zh: str
    help_en: str
    source: str
    as_of: str
    kind: str
    note: str

    @property
    def choices(self) -> tuple[str, ...]:
        """Return the choices of a text assumption, none for numbers and dates."""
        return tuple(self.type.split("|")) if "|" in self.type else ()

    @property
    def numeric(self) -> bool:
        """Tell whether the value is a number."""
        return self.type in {"number", "integer"}

    @property
    def followed(self) -> tuple[float, str]:
        """Return the factor and the key of the assumption that gives the default."""
        factor, times, key = self.follows.rpartition("*")
        return (float(factor), key) if times else (1.0, key)

    def default(self, profile: str, estimate: str) -> str:
        """Return the default as text, empty where it follows another or a catalog figure.

        A range applies where the profile's default is its base.
        """
        base = self.published if profile == "published" else self.full
        if base != self.full or estimate == "base":
            return base
        return (self.low if estimate == "low" else self.high) or base


@lru_cache(maxsize=1)
def register() -> dict[str, Assumption]:
    """Return the assumptions by key, in the order of the file."""
    found = {}
    for row in read_rows(PATH):
        limits = {key: float(row[key]) if row[key] else None for key in ("minimum", "maximum")}
        texts = {key: value for key, value in row.items() if key not in limits}
        found[row["key"]] = Assumption(**texts, **limits)  # type: ignore[arg-type]  # columns are the fields
    return found


@lru_cache(maxsize=256)
def default_number(key: str, profile: str, estimate: str) -> float:
    """Return the default of a numeric assumption that has its own."""
    return float(register()[key].default(profile, estimate))


@lru_cache(maxsize=1)
def _forms() -> dict[str, str]:
    forms = {normalise(key): key for key in register()}
    for key, assumption in register().items():
        for label in (assumption.zh, assumption.en):
            forms.setdefault(normalise(label), key)
    return forms


@lru_cache(maxsize=1024)
def find_key(name: str) -> str:
    """Return the key of an assumption by key or label.

    Raises:
        NotAvailableError: unknown; the message lists the nearest names.
    """
    key = _forms().get(normalise(name))
    if key is None:
        from difflib import get_close_matches  # noqa: PLC0415 - only for a miss

        close = dict.fromkeys(
            _forms()[form] for form in get_close_matches(normalise(name), _forms(), n=3, cutoff=0.5)
        )
        hint = f"nearest: {', '.join(close)}" if close else "'xlmodel functions assumptions' lists them"
        raise NotAvailableError(f"unknown assumption '{name}'; {hint}")
    return key


def checked(assumption: Assumption, value: float | str) -> float | str:
    """Return the value if the assumption takes it.

    Args:
        assumption: the row of the register.
        value: a number, or text for choices and dates.

    Raises:
        BadValueError: a number given as text, or outside its limits.
        NotAvailableError: an unknown choice.
    """
    if assumption.choices:
        return _choice(assumption, value)
    if assumption.type == "date":
        return _day(assumption, value)
    if isinstance(value, str):
        raise BadValueError(f"{assumption.key}: '{value}' is no number ({assumption.unit})")
    low, high = assumption.minimum, assumption.maximum
    inside = (low is None or value >= low) and (high is None or value <= high)
    if not inside:  # NaN is inside no limits
        raise BadValueError(
            f"{assumption.key}: {_shown(value)} is outside {low:g} to {high:g} ({assumption.unit})"
        )
    if assumption.type == "integer" and value != int(value):
        raise BadValueError(f"{assumption.key}: {value:g} must be a whole number")
    return value


def _shown(value: float) -> str:
    """Write a number; a whole one may be larger than any that a format takes."""
    huge = isinstance(value, int) and abs(value) > _LARGEST_SHOWN
    return "a number of more than 300 digits" if huge else f"{value:g}"


def _choice(assumption: Assumption, value: float | str) -> str:
    text = value.strip() if isinstance(value, str) else _shown(value)
    for choice in assumption.choices:
        if normalise(text) == normalise(choice):
            return choice
    raise NotAvailableError(f"{assumption.key}: unknown '{text}'; write {' or '.join(assumption.choices)}")


def _day(assumption: Assumption, value: float | str) -> str:
    from datetime import date, timedelta  # noqa: PLC0415 - only where a date is given

    try:
        if isinstance(value, str):
            return date.fromisoformat(value.strip()).isoformat()
        # Excel counts days from 1899-12-30
        return (date(1899, 12, 30) + timedelta(days=int(value))).isoformat()
    except (ValueError, OverflowError):
        raise BadValueError(f"{assumption.key}: '{value}' is no date; write YYYY-MM-DD") from None
