"""Dates as cells hold them: days since the workbook's first."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

_EPOCHS = {"1900": datetime(1899, 12, 30), "1904": datetime(1904, 1, 1)}  # noqa: DTZ001  # cells know no time zone


def serial_number(moment: date, date_system: str = "1900") -> float:
    """Give the number of a date or a time, exact from March 1900 on.

    Args:
        moment: the date or date with time; its time zone is not looked at.
        date_system: `1900` or `1904`.
    """
    exact = moment if isinstance(moment, datetime) else datetime.combine(moment, time())
    return (exact.replace(tzinfo=None) - _EPOCHS[date_system]) / timedelta(days=1)
