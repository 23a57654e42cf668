"""The assumptions of a request: by key or label, as numbers or text, for both accountings or for each."""

from __future__ import annotations

import datetime as dt
import math
import unicodedata
from typing import TYPE_CHECKING, Literal, cast

from workbook.request.faults import Place, RequestFaultError, Said, noted
from workbook.request.keys import ASSUMPTIONS, expected, label, twice
from workbook.request.numbers import read_number
from workbook.request.text import blank, one_line, shown
from xlmodel.errors import BadValueError
from xlmodel.inputs.register import checked, find_key, register
from xlmodel.inputs.resolve import parse_text, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from xlmodel.catalog.tables import Catalog
    from xlmodel.inputs.model import Inputs

# a value, or one for each accounting; one that is missing means the default there
Profile = Literal["published", "full"]
Given = float | str | dict[Profile, float | str]
PROFILES: tuple[Profile, ...] = ("published", "full")
# the assumptions that tell the two accountings apart; any other is one basis for both
TELLING = frozenset(
    {"ops_staff", "staff_cost_year", "reserve_replicas", "framework_cost", "data_cost", "security_cost", "backup_cost"}
)  # fmt: skip


def inputs_of(catalog: Catalog, given: Mapping[str, Given], profile: str = "") -> Inputs:
    """Return the assumptions of a request in an accounting: the one that it names, or the first, where none is said."""
    chosen = cast("Profile", profile or str(given.get("profile", PROFILES[0])))
    values = {
        key: value[chosen] if isinstance(value, dict) else value
        for key, value in given.items()
        if not isinstance(value, dict) or chosen in value
    }
    return resolve(catalog, values | {"profile": chosen})


def read_assumptions(
    value: object, named: Mapping[str, object], place: Place, faults: list[RequestFaultError]
) -> dict[str, Given]:
    """Read the assumptions of a request.

    Args:
        value: what stands under `assumptions`: names with values, or text such as `full; growth_rate=10%`.
        named: assumptions that stand beside it under their own names.
        place: for messages.
        faults: what is wrong is added here.
    """
    key = label(ASSUMPTIONS)
    given: dict[str, Given] = {}
    pairs: list[tuple[str, object]] = list(named.items())
    if isinstance(value, str):
        with noted(faults, place, key):
            pairs += _pairs(value)
    elif isinstance(value, dict):
        pairs += value.items()
    else:
        wanted = expected(ASSUMPTIONS)
        what = Said(
            f"{key.zh}: {shown(value, 'zh')}，应为{wanted.zh}",
            f"{key.en}: {shown(value)}, expected {wanted.en}",
        )
        faults.append(RequestFaultError(place, what))
    for name, each in pairs:
        with noted(faults, place, key):
            found = find_key(str(name))
            if found in given:
                again = twice(found)
                raise RequestFaultError(place, Said(f"{key.zh}: {again.zh}", f"{key.en}: {again.en}"))
            if not blank(each):
                given[found] = (
                    _by_profile(found, each, place) if isinstance(each, dict) else _value(found, each)
                )
    return given


def _pairs(text: str) -> Iterator[tuple[str, object]]:
    for part in unicodedata.normalize("NFKC", text).split(";"):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if equals:
            yield name, value
        else:
            yield from parse_text(part)


def _by_profile(key: str, value: dict[object, object], place: Place) -> Given:
    name = label(ASSUMPTIONS)
    for profile in value:
        if profile not in PROFILES:
            unknown = one_line(str(profile))
            zh = f"{name.zh}: {key}: 没有口径 {unknown}，应为 published 或 full"
            en = f"{name.en}: {key}: unknown key {unknown}, expected published or full"
            raise RequestFaultError(place, Said(zh, en))
    given = {profile: _value(key, value[profile]) for profile in PROFILES if not blank(value.get(profile))}
    if key in TELLING or not given:
        return given
    if len(given) == 1 or len(set(given.values())) > 1:
        zh = f"{name.zh}: {key}: 给了两个值，两种口径应共用一个"
        en = f"{name.en}: {key}: two values, expected one for both accountings"
        raise RequestFaultError(place, Said(zh, en))
    return given["published"]


def _value(key: str, value: object) -> float | str:
    if isinstance(value, dt.date):
        value = value.isoformat()
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise BadValueError(f"{key}: {shown(value)}, expected a number or text")
    assumption = register()[key]
    if isinstance(value, str) and assumption.numeric:
        read = read_number(value, key, share=True, most=assumption.maximum)
        if read.readings:
            either = " or ".join(read.readings)
            raise BadValueError(f"{key}: '{one_line(value)}' may be {either}; write one of them")
        value = value if read.value is None else read.value
    accepted = checked(assumption, value)
    if isinstance(accepted, (int, float)) and not math.isfinite(accepted):
        raise BadValueError(f"{key}: {accepted} is no amount")
    return accepted
