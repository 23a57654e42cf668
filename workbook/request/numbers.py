"""Numbers as people write them: 10,000, 3万, 1.5亿, 20%, full-width digits; what may mean two numbers is refused."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

_TIMES = {"": 1.0, "千": 1e3, "万": 1e4, "百万": 1e6, "千万": 1e7, "亿": 1e8, "k": 1e3, "K": 1e3, "M": 1e6}
# what may stand behind an amount, by key
_UNITS = {
    "dau": ("人", "人/天", "人/日", "用户", "users", "user"),
    "input_tokens": ("tokens", "token", "词元"),
    "output_tokens": ("tokens", "token", "词元"),
    "years": ("年", "years", "year"),
}
_AMOUNT = re.compile(
    r"(?P<sign>[-+]?)(?P<digits>\d+(?:([, _])\d{3})(?:\3\d{3})*(?:\.\d+)?|\d*\.?\d+(?:[eE][-+]?\d+)?|\d+\.)"
    r"\s*(?P<times>千万|百万|千|万|亿|k|K|M)?\s*(?P<percent>%)?\s*(?P<unit>\S.*)?"
)
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:([, _])\d{3})(?:\1\d{3})*(?:\.\d+)?")
# three digits behind a point: thousands in some countries, thousandths in others
_EITHER = re.compile(r"[1-9]\d{0,2}\.\d{3}")
_LONGEST = 60


class Read(NamedTuple):
    """A number read from text.

    Args:
        value: the number; None where the text is none.
        readings: the two numbers that the text may mean; empty where it means one.
    """

    value: float | None
    readings: tuple[str, ...] = ()


def read_number(text: str, key: str, *, share: bool = False, most: float | None = None) -> Read:
    """Read a number.

    Args:
        text: as typed, also with full-width digits.
        key: the key that takes it; says which unit may stand behind.
        share: whether the key takes a percentage.
        most: the largest number that the key takes; where a second reading is beyond it, the first is meant.
    """
    plain = unicodedata.normalize("NFKC", text).strip().replace("−", "-")
    found = _AMOUNT.fullmatch(plain) if len(plain) <= _LONGEST else None
    if found is None:
        return Read(None)
    digits, times, percent, unit = found["digits"], found["times"] or "", found["percent"], found["unit"]
    if (percent and (not share or times)) or (unit and unit.casefold() not in _UNITS.get(key, ())):
        return _comma(plain)
    if any(sign in digits for sign in ", _") and not _GROUPED.fullmatch(digits):
        return _comma(plain)
    whole = digits.replace(".", "")
    if _EITHER.fullmatch(digits) and not times and not percent and (most is None or float(whole) <= most):
        return Read(None, (whole, f"{digits}0"))
    value = float(re.sub(r"[, _]", "", digits)) * _TIMES[times] / (100 if percent else 1)
    return Read(-value if found["sign"] == "-" else value)


def _comma(plain: str) -> Read:
    """Return the two readings of a number with one comma, such as 1,5."""
    found = re.fullmatch(r"(\d+),(\d+)", plain)
    return Read(None, (f"{found[1]}.{found[2]}", f"{found[1]}{found[2]}") if found else ())
