"""What a request compares: its model, its API models, rented and own hardware, by the names of the catalog."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from workbook.request.assumptions import PROFILES, inputs_of
from workbook.request.faults import Place, RequestFaultError, Said, cell_fault
from workbook.request.keys import DEPLOYMENT, expected, label
from workbook.request.text import shown
from xlmodel.catalog.lookup import Names
from xlmodel.cost import compare, option, sized
from xlmodel.cost.option import Option, config_label
from xlmodel.errors import CellError
from xlmodel.inputs.demand import demand
from xlmodel.inputs.workload import Workload

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbook.request.assumptions import Given
    from workbook.request.quote_request import QuoteRequest
    from xlmodel.catalog.tables import Catalog

OPTIONS = {"api_models": "api", "rent": "rent", "own": "own"}
_MODEL_KINDS = ("api_model", "open_model", "size_class")


def wrong(place: Place, key: str, value: object, name: str = "") -> RequestFaultError:
    """Return the fault of a value that a key does not take; `name`: what the message calls the key."""
    called, wanted = label(name or key), expected(key)
    zh = f"{called.zh}: {shown(value, 'zh')}，应为{wanted.zh}"
    return RequestFaultError(place, Said(zh, f"{called.en}: {shown(value)}, expected {wanted.en}"))


def find_model(catalog: Catalog, value: object, place: Place) -> str:
    """Return the canonical name of a model: an API model, an open model or a size class."""
    if not isinstance(value, str):
        raise wrong(place, "model", value)
    names = catalog.names
    forms: dict[str, str] = {}
    for kind in _MODEL_KINDS:
        for form, item in names.exact.get(kind, {}).items():
            forms.setdefault(
                form, item
            )  # a name of both an API and an open model: the API, as in LLM_COMPARE
    labels = {item: text for kind in _MODEL_KINDS for item, text in names.labels.get(kind, {}).items()}
    return Names(exact={"model": forms}, labels={"model": labels}).find("model", value)


def options_of(catalog: Catalog, given: Mapping[str, object], place: Place) -> dict[str, object]:
    """Return the options of a request's model: for an open model the hardware that sizing picks for the users."""
    model = str(given["model"])
    try:
        found = compare.options(catalog, model)
        labels = {
            key: [_label(catalog, each, given) for each in found if each.deployment == name]
            for key, name in OPTIONS.items()
        }
    except CellError as error:
        raise cell_fault(
            place,
            label("model"),
            type(error)(f"{error}; give {', '.join(OPTIONS)}"),
        ) from None
    if not labels["api_models"]:
        labels["api_models"] = _class_api_models(catalog, model)
    return dict(labels)


def _label(catalog: Catalog, chosen: Option, given: Mapping[str, object]) -> str:
    if not chosen.open_model:
        return chosen.label
    tokens = (_positive(given[key]) for key in ("dau", "input_tokens", "output_tokens"))
    years = int(_positive(given["years"]))
    inputs = inputs_of(catalog, cast("Mapping[str, Given]", given["assumptions"]))
    plan = sized.cheapest(
        catalog, inputs, chosen.deployment, chosen.open_model, demand(Workload(*tokens), inputs, years)
    )
    return config_label(plan.gpu, plan.gpus)


def _positive(value: object) -> float:
    """Return the number, or 1 for a wrong value, which the request's own check reports."""
    return float(value) if isinstance(value, (int, float)) and value > 0 else 1.0


def _class_api_models(catalog: Catalog, model: str) -> list[str]:
    """Return the API models of the size class that holds an open model, or of the largest class."""
    parameters = float(catalog.row("models", model)["total_params_b"])
    rows = catalog.tables["size_classes"].rows
    row = next((row for row in rows if parameters <= float(row["parameters_high_b"])), rows[-1])
    return [name.strip() for name in row["api_models"].split(";")]


def resolve_options(catalog: Catalog, key: str, value: object, place: Place) -> tuple[str, ...]:
    """Return the canonical labels of options: of a list, or of text between semicolons."""
    parts = _parts(key, value, place)
    labels: list[str] = []
    for text in parts:
        chosen = option.read(catalog, OPTIONS[key], text)
        if chosen.open_model:
            option.gpu_config(catalog, text)
        if chosen.label in labels:
            name = label(key)
            zh = f"{name.zh}: {chosen.label} 给了两次，只能给一次"
            en = f"{name.en}: {chosen.label} is given twice, expected once"
            raise RequestFaultError(place, Said(zh, en))
        labels.append(chosen.label)
    return tuple(labels)


def left_out(catalog: Catalog, given: Mapping[str, object], place: Place) -> list[str]:
    """Return the keys of options that a request's deployments leave out.

    API models that are given stay, whatever the deployments: the hardware is measured against them.

    Raises:
        RequestFaultError: an unknown deployment, or hardware given of one that is not among them.
    """
    if DEPLOYMENT not in given:
        return []
    parts = _parts(DEPLOYMENT, given[DEPLOYMENT], place)
    wanted = {catalog.names.get("deployment", text) for text in parts}
    if not wanted or not wanted <= set(OPTIONS.values()):
        raise wrong(place, DEPLOYMENT, given[DEPLOYMENT])
    out = [
        key for key, name in OPTIONS.items() if name not in wanted and not (name == "api" and given.get(key))
    ]
    for key in out:
        if given.get(key):
            names, shown_key = label(DEPLOYMENT), label(key)
            zh = f"{names.zh}: 其中没有 {OPTIONS[key]}，却给了 {shown_key.zh}；请去掉其一"
            en = f"{names.en}: it leaves out {OPTIONS[key]}, and {key} is given; take one of them back"
            raise RequestFaultError(place, Said(zh, en))
    return out


def _parts(key: str, value: object, place: Place) -> list[str]:
    if isinstance(value, str):
        separated = value.replace("；", ";")
        if key == DEPLOYMENT:
            for sign in "、,，/+":
                separated = separated.replace(sign, ";")
        value = [part.strip() for part in separated.split(";") if part.strip()]
    if not isinstance(value, (list, tuple)) or not all(isinstance(each, str) for each in value):
        raise wrong(place, key, value)
    return [str(each) for each in value]


def cost_faults(catalog: Catalog, request: QuoteRequest, place: Place) -> list[RequestFaultError]:
    """Cost every option under both accountings, so that a price that is not published is found here."""
    workload = Workload(request.dau, request.input_tokens, request.output_tokens)
    faults: dict[str, RequestFaultError] = {}
    for profile in PROFILES:
        inputs = inputs_of(catalog, request.assumptions, profile)
        for key, deployment in OPTIONS.items():
            for text in getattr(request, key):
                try:
                    chosen = option.read(catalog, deployment, text)
                    option.schedule(catalog, inputs, chosen, workload, request.years)
                except CellError as error:
                    name = label(key)
                    about = Said(f"{name.zh}: {text} 无法计价", f"{name.en}: {text} cannot be costed")
                    faults.setdefault(f"{key} {text}", cell_fault(place, about, error))
    return list(faults.values())
