"""A quote request: what a person asks for, every name resolved and everything left out filled in."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping  # noqa: TC003 - pydantic reads the annotations when it builds the class
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from workbook.request.assumptions import (
    TELLING,
    Given,  # pydantic reads it when it builds the class
    read_assumptions,
)
from workbook.request.faults import Place, RequestFaultError, RequestFaultsError, Said, noted
from workbook.request.files import read_records
from workbook.request.keys import ASSUMPTIONS, DEPLOYMENT, expected, label, resolved
from workbook.request.numbers import read_number
from workbook.request.options import (
    OPTIONS,
    cost_faults,
    find_model,
    left_out,
    options_of,
    resolve_options,
    wrong,
)
from workbook.request.text import blank, file_name, shown, unlike
from xlmodel.catalog.csv_text import is_hidden
from xlmodel.errors import RequestError

if TYPE_CHECKING:
    from pathlib import Path

    from xlmodel.catalog.tables import Catalog

__all__ = ["TELLING", "QuoteRequest", "load_requests", "make_request", "parse_date", "scenario_request"]

SCENARIOS = "quote_scenarios"
_NUMBERS = ("dau", "input_tokens", "output_tokens", "years")
_DATE = re.compile(r"(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|年(\d{1,2})月(\d{1,2})日)")
_NO_NAME = "\ufffe\uffff"


def _printable(text: str) -> str:
    if any(is_hidden(sign) or sign in _NO_NAME for sign in text):
        raise ValueError(text)
    return text.strip()


Amount = Annotated[float, Field(ge=0, le=1e10, allow_inf_nan=False)]


class QuoteRequest(BaseModel):
    """A quote request, complete: names are those of the catalog. `keys` says what each takes.

    Args:
        customer: whom the quote is for; text, also where it begins with `=`.
        date: date of the quote; None means the catalog's release date.
        lang: language of the workbook.
        dau: daily active users.
        input_tokens: input tokens per active user and day.
        output_tokens: output tokens per active user and day.
        years: years compared.
        model: API model, open model or size class.
        api_models: API models compared.
        rent: GPU configurations to rent.
        own: tiers or GPU configurations to buy.
        assumptions: values by key of the register.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    customer: Annotated[str, AfterValidator(_printable)] = Field("", max_length=200)
    date: dt.date | None = None
    lang: Literal["zh", "en"] = "zh"
    dau: Amount = Field(gt=0)
    input_tokens: Amount
    output_tokens: Amount
    years: int = Field(ge=1, le=20)
    model: str = Field(min_length=1)
    api_models: tuple[str, ...] = Field((), max_length=12)
    rent: tuple[str, ...] = Field((), max_length=6)
    own: tuple[str, ...] = Field((), max_length=6)
    assumptions: Mapping[str, Given] = Field(default_factory=dict)


def load_requests(path: Path, catalog: Catalog) -> list[tuple[str, QuoteRequest]]:
    """Read the requests of a file.

    Args:
        path: .toml, .json (an object or a list), or .csv or .xlsx with one quote a row under a header of keys.
        catalog: where names are looked up.

    Returns:
        Each request with a name that is safe for a file and unlike the others: the customer, else the row.

    Raises:
        RequestFaultsError: a line a fault, of all rows: file, row and customer, key, what it is, what is expected.
    """
    requests: list[tuple[str, QuoteRequest]] = []
    faults: list[RequestFaultError] = []
    taken: set[str] = set()
    lang = ""
    try:
        records = read_records(path)
    except RequestFaultError as fault:
        raise RequestFaultsError([fault]) from None
    for record in records:
        given = resolved(record.values, record.key_place)
        lang = lang or _lang_of(given.values)
        if given.faults:
            faults += [fault for fault in given.faults if fault not in faults]
            if record.place != record.key_place:
                break  # the header is that of every row
            continue
        if record.place.number and "dau" not in given.values:
            name = label("dau")
            what = Said(
                f"{name.zh}: 缺少，应为{expected('dau').zh}",
                f"{name.en}: missing, expected {expected('dau').en}",
            )
            faults.append(RequestFaultError(record.key_place, what))
            if record.place != record.key_place:
                break
            continue
        try:
            request = make_request(catalog, record.values, record.place)
        except RequestFaultsError as found:
            faults += found.faults
            continue
        number = record.place.number
        plain = f"{path.stem}-{number}" if number else path.stem
        name_of_file = unlike(file_name(request.customer) or file_name(plain) or "quote", taken)
        requests.append((name_of_file, request))
    if faults:
        raise RequestFaultsError(faults, lang)
    return requests


def _lang_of(values: Mapping[str, object]) -> str:
    found = values.get("lang")
    return found if isinstance(found, str) and found in {"zh", "en"} else ""


def scenario_request(catalog: Catalog, scenario: str, lang: str = "zh") -> QuoteRequest:
    """Return the request of a built-in scenario.

    Args:
        catalog: holds the scenarios in its table `quote_scenarios`.
        scenario: A, B or C.
        lang: zh or en.

    Raises:
        RequestError: no such scenario or language.
    """
    rows = {row["item"]: row for row in catalog.table(SCENARIOS).rows}
    key = scenario.strip().upper()
    if key not in rows:
        raise RequestError(f"--scenario: {shown(scenario)}, expected one of {', '.join(rows)}")
    return make_request(catalog, {**_scenario_values(rows[key]), "lang": lang}, f"scenario {key}")


def make_request(catalog: Catalog, values: Mapping[str, object], place: Place | str) -> QuoteRequest:
    """Check what was given, resolve its names and fill in what was left out.

    Options left out are those of the model; without a model, those of the first scenario. A blank value is
    one left out, but for `dau`, which no quote can guess.

    Args:
        catalog: where names are looked up.
        values: what was given, by key or another name of it; lists may be text separated by `;`.
        place: file and row, for messages.

    Raises:
        RequestFaultsError: a line a fault, which begins with place and key.
    """
    place = Place(place) if isinstance(place, str) else place
    found = resolved(values, place)
    faults = found.faults
    if "dau" in found.values and blank(found.values["dau"]):
        name, wanted = label("dau"), expected("dau")
        what = Said(f"{name.zh}: 为空，应为{wanted.zh}", f"{name.en}: blank, expected {wanted.en}")
        faults.append(RequestFaultError(place, what))
    given = {key: value for key, value in found.values.items() if not blank(value)}
    filled = _filled(catalog, given, found.named, place, faults)
    request = _validated(filled, given, place, faults)
    if request is None or faults:
        raise RequestFaultsError(faults, _lang_of(given))
    faults += cost_faults(catalog, request, place)
    if faults:
        raise RequestFaultsError(faults, _lang_of(given))
    return request


def _filled(
    catalog: Catalog,
    given: Mapping[str, object],
    named: Mapping[str, object],
    place: Place,
    faults: list[RequestFaultError],
) -> dict[str, object]:
    """Return the values of every key: read and resolved, else those of the model or the first scenario.

    A key whose value is wrong keeps that of the scenario, so that the others are checked too.
    """
    filled = _scenario_values(catalog.table(SCENARIOS).rows[0])
    filled |= {key: given[key] for key in ("customer", "lang") if key in given}
    filled["assumptions"] = read_assumptions(given.get(ASSUMPTIONS, {}), named, place, faults)
    for key in (each for each in _NUMBERS if each in given):
        with noted(faults, place, label(key)):
            filled[key] = _number(key, given[key], place)
    if "date" in given:
        with noted(faults, place, label("date")):
            filled["date"] = parse_date(given["date"], place)
    if "model" in given:
        with noted(faults, place, label("model")):
            filled["model"] = find_model(catalog, given["model"], place)
    out: list[str] = []
    with noted(faults, place, label(DEPLOYMENT)):
        out = left_out(catalog, given, place)
    missing = [key for key in OPTIONS if key not in given]
    if "model" in given and missing and not faults:
        with noted(faults, place, label("model")):
            chosen = options_of(catalog, filled, place)
            filled |= {key: chosen[key] for key in missing}
    filled |= dict.fromkeys(out, ())
    for key in OPTIONS:
        with noted(faults, place, label(key)):
            filled[key] = resolve_options(catalog, key, given[key] if key in given else filled[key], place)
    return filled


def _validated(
    filled: dict[str, object], given: Mapping[str, object], place: Place, faults: list[RequestFaultError]
) -> QuoteRequest | None:
    """Return the request, or None and what is wrong with it."""
    wrong_before = {key for key in given if any(fault.what.en.startswith(f"{key}:") for fault in faults)}
    for key in OPTIONS:
        if not isinstance(filled[key], tuple):
            filled[key] = ("",)  # its own fault is noted
    try:
        request = QuoteRequest.model_validate(filled)
    except ValidationError as error:
        keys = dict.fromkeys(str(each["loc"][0]) for each in error.errors())
        faults += [wrong(place, key, filled.get(key)) for key in keys if key not in wrong_before]
        return None
    if request.input_tokens + request.output_tokens == 0:
        name = label("output_tokens")
        what = Said(
            f"{name.zh}: 输入与输出都为 0，至少一个应大于 0",
            f"{name.en}: 0 beside 0 input_tokens, expected a number above 0 in one",
        )
        faults.append(RequestFaultError(place, what))
    if not any(getattr(request, key) for key in OPTIONS):
        names = [label(key) for key in OPTIONS]
        zh, en = "、".join(name.zh for name in names), ", ".join(name.en for name in names)
        what = Said(
            f"{zh}: 没有可比较的方案，至少应有一个", f"{en}: nothing to compare, expected at least one option"
        )
        faults.append(RequestFaultError(place, what))
    return request


def _number(key: str, value: object, place: Place) -> object:
    """Return the number that a cell holds or writes; anything else as it is, for the check of its key."""
    if not isinstance(value, str):
        return _whole(value)
    read = read_number(value, key)
    if read.readings:
        name, first, second = label(key), *read.readings
        zh = f"{name.zh}: {shown(value, 'zh')}可能是 {first} 或 {second}；请写明其一"
        en = f"{name.en}: {shown(value)} may be {first} or {second}; write one of them"
        raise RequestFaultError(place, Said(zh, en))
    if read.value is None:
        raise wrong(place, key, value)
    return _whole(read.value)


def parse_date(value: object, place: Place, name: str = "date") -> dt.date:
    """Return the date that a file's cell or a text such as 2026-06-01, 2026/6/1 or 2026年6月1日 gives.

    Args:
        value: the cell or text.
        place: for the message.
        name: what the message calls it: the key, or an option of the command line.

    Raises:
        RequestFaultError: it is none.
    """
    if isinstance(value, dt.datetime):
        if value.time() == dt.time():
            return value.date()
    elif isinstance(value, dt.date):
        return value
    elif isinstance(value, str) and (match := _DATE.fullmatch(unicodedata.normalize("NFKC", value).strip())):
        try:
            return dt.date(int(match[1]), int(match[3] or match[5]), int(match[4] or match[6]))
        except ValueError:
            pass  # no day of the calendar
    raise wrong(place, "date", value, name)


def _scenario_values(row: Mapping[str, str]) -> dict[str, object]:
    numbers = {key: _whole(float(row[key])) for key in _NUMBERS}
    return {**numbers, **{key: row[key] for key in ("model", *OPTIONS)}}


def _whole(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value
