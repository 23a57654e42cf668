"""A quote request: what a person asks for, every name resolved and everything left out filled in."""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Mapping  # noqa: TC003 - pydantic reads the annotations when it builds the class
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Literal, cast

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from workbook.request.files import read_records
from workbook.request.text import CONTROLS, file_name, one_line, shown, unlike
from xlmodel.catalog.lookup import Names
from xlmodel.cost import compare, option, sized
from xlmodel.cost.option import Option, config_label
from xlmodel.errors import BadValueError, CellError, RequestError
from xlmodel.inputs.demand import demand
from xlmodel.inputs.register import checked, find_key, register
from xlmodel.inputs.resolve import parse_text, resolve
from xlmodel.inputs.workload import Workload

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from xlmodel.catalog.tables import Catalog
    from xlmodel.inputs.model import Inputs

SCENARIOS = "quote_scenarios"
_MODEL_KINDS = ("api_model", "open_model", "size_class")
_OPTIONS = {"api_models": "api", "rent": "rent", "own": "own"}
_DATE = re.compile(r"(\d{4})([-/])(\d{1,2})\2(\d{1,2})")
_DATE_SHOWN = "a date such as 2026-06-01"


def _printable(text: str) -> str:
    if any(unicodedata.category(sign) in CONTROLS or sign in "\ufffe\uffff" for sign in text):
        raise ValueError(text)
    return text.strip()


Amount = Annotated[float, Field(ge=0, le=1e10, allow_inf_nan=False)]
# a value, or one for each accounting; one that is missing means the default there
Profile = Literal["published", "full"]
Given = float | str | dict[Profile, float | str]
_PROFILES: tuple[Profile, ...] = ("published", "full")
# the assumptions that tell the two accountings apart; any other is one basis for both
TELLING = frozenset(
    {"ops_staff", "staff_cost_year", "reserve_replicas", "framework_cost", "data_cost", "security_cost", "backup_cost"}
)  # fmt: skip


class QuoteRequest(BaseModel):
    """A quote request, complete: names are those of the catalog. The descriptions say what a key takes.

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

    customer: Annotated[str, AfterValidator(_printable)] = Field(
        "", max_length=200, description="one line of text, at most 200 characters"
    )
    date: dt.date | None = Field(None, description=_DATE_SHOWN)
    lang: Literal["zh", "en"] = Field("zh", description="zh or en")
    dau: Amount = Field(gt=0, description="a number above 0, at most 10 billion")
    input_tokens: Amount = Field(description="a number from 0 to 10 billion")
    output_tokens: Amount = Field(description="a number from 0 to 10 billion")
    years: int = Field(ge=1, le=20, description="a whole number from 1 to 20")
    model: str = Field(min_length=1, description="an API model, an open model or a size class")
    api_models: tuple[str, ...] = Field((), max_length=12, description="at most 12 API models")
    rent: tuple[str, ...] = Field(
        (), max_length=6, description="at most 6 GPU configurations such as 2×A100 80GB"
    )
    own: tuple[str, ...] = Field((), max_length=6, description="at most 6 tiers or GPU configurations")
    assumptions: Mapping[str, Given] = Field(
        default_factory=dict, description="names with values, such as discount_rate = 0.05"
    )


KEYS = tuple(QuoteRequest.model_fields)


def load_requests(path: Path, catalog: Catalog) -> list[tuple[str, QuoteRequest]]:
    """Read the requests of a file.

    Args:
        path: .toml, .json (an object or a list), or .csv or .xlsx with one quote a row under a header of keys.
        catalog: where names are looked up.

    Returns:
        Each request with a name that is safe for a file and unlike the others: the customer, else the row.

    Raises:
        RequestError: one line: file, row where there is one, key, what it is, what is expected.
    """
    requests: list[tuple[str, QuoteRequest]] = []
    taken: set[str] = set()
    for record in read_records(path):
        _check_keys(record.values, record.key_place)
        request = make_request(catalog, record.values, record.place)
        plain = f"{path.stem}-{record.number}" if record.number else path.stem
        name = unlike(file_name(request.customer) or file_name(plain) or "quote", taken)
        requests.append((name, request))
    return requests


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


def make_request(catalog: Catalog, values: Mapping[str, object], place: str) -> QuoteRequest:
    """Check what was given, resolve its names and fill in what was left out.

    Options left out are those of the model; without a model, those of the first scenario. A blank value is
    one left out.

    Args:
        catalog: where names are looked up.
        values: what was given, by key; lists may be text separated by `;`.
        place: file and row, for messages.

    Raises:
        RequestError: one line that begins with place and key.
    """
    _check_keys(values, place)
    given = {key: value for key, value in values.items() if not _blank(value)}
    scenario = _scenario_values(catalog.table(SCENARIOS).rows[0])
    filled = {key: scenario[key] for key in ("dau", "input_tokens", "output_tokens", "years")} | given
    filled["assumptions"] = _assumptions(given.get("assumptions", {}), place)
    if "model" in given:
        filled["model"] = _model(catalog, given["model"], place)
        if any(key not in given for key in _OPTIONS):
            filled = _options(catalog, filled, place) | filled
    else:
        filled = {key: scenario[key] for key in ("model", *_OPTIONS)} | filled
    for key in _OPTIONS:
        filled[key] = _resolved(catalog, key, filled[key], place)
    filled["years"] = _whole(filled["years"])
    if "date" in given:
        filled["date"] = parse_date(given["date"], f"{place}: date")
    try:
        request = QuoteRequest.model_validate(filled)
    except ValidationError as error:
        key = str(error.errors()[0]["loc"][0])
        raise _wrong(place, key, filled.get(key)) from None
    if request.input_tokens + request.output_tokens == 0:
        raise RequestError(
            f"{place}: output_tokens: 0 beside 0 input_tokens, expected a number above 0 in one"
        )
    if not (request.api_models or request.rent or request.own):
        raise RequestError(
            f"{place}: {', '.join(_OPTIONS)}: nothing to compare, expected at least one option"
        )
    _check_costs(catalog, request, place)
    return request


def parse_date(value: object, place: str) -> dt.date:
    """Return the date that a file's cell or a text such as 2026-06-01 or 2026/6/1 gives.

    Raises:
        RequestError: it is none.
    """
    if isinstance(value, dt.datetime):
        if value.time() == dt.time():
            return value.date()
    elif isinstance(value, dt.date):
        return value
    elif isinstance(value, str) and (match := _DATE.fullmatch(value.strip())):
        try:
            return dt.date(int(match[1]), int(match[3]), int(match[4]))
        except ValueError:
            pass  # no day of the calendar
    raise RequestError(f"{place}: {shown(value)}, expected {_DATE_SHOWN}")


def _check_keys(keys: Iterable[str], place: str) -> None:
    for key in keys:
        if key not in KEYS:
            near = get_close_matches(key.casefold(), KEYS, n=3, cutoff=0.6)
            hint = f"nearest: {', '.join(near)}" if near else f"the keys are {', '.join(KEYS)}"
            raise RequestError(f"{place}: {one_line(key)}: unknown key; {hint}")


def _scenario_values(row: Mapping[str, str]) -> dict[str, object]:
    numbers = {key: float(row[key]) for key in ("dau", "input_tokens", "output_tokens", "years")}
    return {**numbers, **{key: row[key] for key in ("model", *_OPTIONS)}}


def _model(catalog: Catalog, value: object, place: str) -> str:
    if not isinstance(value, str):
        raise _wrong(place, "model", value)
    names = catalog.names
    forms: dict[str, str] = {}
    for kind in _MODEL_KINDS:
        for form, item in names.exact.get(kind, {}).items():
            forms.setdefault(
                form, item
            )  # a name of both an API and an open model: the API, as in LLM_COMPARE
    labels = {item: label for kind in _MODEL_KINDS for item, label in names.labels.get(kind, {}).items()}
    try:
        return Names(exact={"model": forms}, labels={"model": labels}).find("model", value)
    except CellError as error:
        raise RequestError(one_line(f"{place}: model: {error}")) from None


def _options(catalog: Catalog, given: Mapping[str, object], place: str) -> dict[str, object]:
    """Return the options of a request's model: for an open model the hardware that sizing picks for the users."""
    model = str(given["model"])
    try:
        options = compare.options(catalog, model)
        labels = {
            key: [_label(catalog, each, given) for each in options if each.deployment == name]
            for key, name in _OPTIONS.items()
        }
    except CellError as error:
        raise RequestError(one_line(f"{place}: model: {error}; give {', '.join(_OPTIONS)}")) from None
    if not labels["api_models"]:
        labels["api_models"] = _class_api_models(catalog, model)
    return dict(labels)


def _label(catalog: Catalog, chosen: Option, given: Mapping[str, object]) -> str:
    if not chosen.open_model:
        return chosen.label
    tokens = (_positive(given[key]) for key in ("dau", "input_tokens", "output_tokens"))
    years = int(_positive(given["years"]))
    inputs = _inputs(catalog, cast("Mapping[str, Given]", given["assumptions"]))
    plan = sized.cheapest(
        catalog, inputs, chosen.deployment, chosen.open_model, demand(Workload(*tokens), inputs, years)
    )
    return config_label(plan.gpu, plan.gpus)


def _inputs(catalog: Catalog, given: Mapping[str, Given], profile: str = "") -> Inputs:
    """Return the assumptions of a request in an accounting: the one that it names, or the first, where none is said."""
    chosen = cast("Profile", profile or str(given.get("profile", _PROFILES[0])))
    values = {
        key: value[chosen] if isinstance(value, dict) else value
        for key, value in given.items()
        if not isinstance(value, dict) or chosen in value
    }
    return resolve(catalog, values | {"profile": chosen})


def _positive(value: object) -> float:
    """Return the number, or 1 for a wrong value, which the request's own check reports."""
    return float(value) if isinstance(value, (int, float)) and value > 0 else 1.0


def _class_api_models(catalog: Catalog, model: str) -> list[str]:
    """Return the API models of the size class that holds an open model, or of the largest class."""
    parameters = float(catalog.row("models", model)["total_params_b"])
    rows = catalog.tables["size_classes"].rows
    row = next((row for row in rows if parameters <= float(row["parameters_high_b"])), rows[-1])
    return [name.strip() for name in row["api_models"].split(";")]


def _resolved(catalog: Catalog, key: str, value: object, place: str) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [part.strip() for part in value.replace("；", ";").split(";") if part.strip()]
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise _wrong(place, key, value)
    labels: list[str] = []
    for text in value:
        try:
            chosen = option.read(catalog, _OPTIONS[key], text)
            if chosen.open_model:
                option.gpu_config(catalog, text)
            label = chosen.label
        except CellError as error:
            raise RequestError(one_line(f"{place}: {key}: {error}")) from None
        if label in labels:
            raise RequestError(f"{place}: {key}: {label} is given twice, expected once")
        labels.append(label)
    return tuple(labels)


def _assumptions(value: object, place: str) -> dict[str, Given]:
    place = f"{place}: assumptions"
    try:
        if isinstance(value, str):
            value = dict(parse_text(value))
        if not isinstance(value, dict):
            raise RequestError(
                f"{place}: {shown(value)}, expected {QuoteRequest.model_fields['assumptions'].description}"
            )
        given: dict[str, Given] = {}
        for name, each in value.items():
            key = find_key(str(name))
            if key in given:
                raise RequestError(f"{place}: {key}: given twice, expected once")
            if not _blank(each):
                given[key] = _by_profile(key, each, place) if isinstance(each, dict) else _value(key, each)
    except CellError as error:
        raise RequestError(one_line(f"{place}: {error}")) from None
    return given


def _by_profile(key: str, value: dict[object, object], place: str) -> Given:
    for profile in value:
        if profile not in _PROFILES:
            raise RequestError(
                f"{place}: {key}: unknown key {one_line(str(profile))}, expected published or full"
            )
    given = {profile: _value(key, value[profile]) for profile in _PROFILES if not _blank(value.get(profile))}
    if key in TELLING or not given:
        return given
    if len(given) == 1 or len(set(given.values())) > 1:
        raise RequestError(f"{place}: {key}: two values, expected one for both accountings")
    return given["published"]


def _value(key: str, value: object) -> float | str:
    if isinstance(value, dt.date):
        value = value.isoformat()
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise BadValueError(f"{key}: {shown(value)}, expected a number or text")
    accepted = checked(register()[key], value)
    if isinstance(accepted, (int, float)) and not math.isfinite(accepted):
        raise BadValueError(f"{key}: {accepted} is no amount")
    return accepted


def _check_costs(catalog: Catalog, request: QuoteRequest, place: str) -> None:
    """Cost every option under both accountings, so that a price that is not published is found here."""
    workload = Workload(request.dau, request.input_tokens, request.output_tokens)
    for profile in _PROFILES:
        inputs = _inputs(catalog, request.assumptions, profile)
        for key, deployment in _OPTIONS.items():
            for label in getattr(request, key):
                try:
                    chosen = option.read(catalog, deployment, label)
                    option.schedule(catalog, inputs, chosen, workload, request.years)
                except CellError as error:
                    raise RequestError(
                        one_line(f"{place}: {key}: {label} cannot be costed: {error}")
                    ) from None


def _wrong(place: str, key: str, value: object) -> RequestError:
    return RequestError(
        f"{place}: {key}: {shown(value)}, expected {QuoteRequest.model_fields[key].description}"
    )


def _whole(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())
