"""What a quote compares: the options in their slots, for the request and for each built-in scenario."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from xlmodel.cost.option import gpu_config, tier_or_config

if TYPE_CHECKING:
    from workbook.request.quote_request import QuoteRequest
    from xlmodel.catalog import Catalog
    from xlmodel.catalog.tables import Row

SCENARIOS = ("A", "B", "C")


class Option(NamedTuple):
    """One option of a quote: what stands in one slot of one deployment.

    Args:
        deployment: api, rent or own.
        slot: counted from 1 in its deployment.
    """

    deployment: str
    slot: int

    @property
    def stem(self) -> str:
        """Return the option as keys name it, such as `api.1`."""
        return f"{self.deployment}.{self.slot}"

    def key(self, block: str, *parts: str | int) -> str:
        """Return the key of the option's cell in a block, such as `compare.api.1.full.total`."""
        return ".".join((block, self.stem, *map(str, parts)))

    def ref(self, block: str, *parts: str | int) -> str:
        """Return the reference to that cell as formulas write it, such as `{compare.api.1.full.total}`."""
        return f"{{{self.key(block, *parts)}}}"

    def input(self, part: str = "") -> str:
        """Return the name of the option's input cell, such as `in_api_1`, or of a part, such as `in_rent_gpu_1`."""
        return "_".join(filter(None, ("in", self.deployment, part, str(self.slot))))


@dataclass(frozen=True, slots=True)
class Own:
    """An own option: a tier, or a number of one GPU (then the tier is not asked)."""

    tier: str
    gpu: str
    gpus: int


@dataclass(frozen=True, slots=True)
class Choice:
    """The workload and options of one column of the scenario table.

    Args:
        dau: daily users.
        input_tokens: per user and day.
        output_tokens: per user and day.
        years: number of years.
        api_models: one a slot.
        rent: GPU and count, one a slot.
        own: one a slot.
        model: the open model that is sized.
    """

    dau: float
    input_tokens: float
    output_tokens: float
    years: int
    api_models: tuple[str, ...]
    rent: tuple[tuple[str, int], ...]
    own: tuple[Own, ...]
    model: str

    @property
    def options(self) -> tuple[Option, ...]:
        """Return the options in the order in which every sheet lists them."""
        slots = (("api", self.api_models), ("rent", self.rent), ("own", self.own))
        return tuple(
            Option(deployment, slot) for deployment, filled in slots for slot in range(1, len(filled) + 1)
        )


def of_request(catalog: Catalog, request: QuoteRequest) -> Choice:
    """Return the request's own column."""
    return Choice(
        request.dau,
        request.input_tokens,
        request.output_tokens,
        request.years,
        tuple(request.api_models),
        tuple(gpu_config(catalog, text) for text in request.rent),
        tuple(_own(catalog, text) for text in request.own),
        open_model(catalog, request.model),
    )


def of_scenario(catalog: Catalog, letter: str, slots: Choice) -> Choice:
    """Return a built-in scenario's column, cut or repeated to the slots of the request."""
    row = catalog.row("quote_scenarios", letter)
    api_models = [name.strip() for name in row["api_models"].split(";")]
    rent = [gpu_config(catalog, text) for text in row["rent"].split(";")]
    own = [_own(catalog, text) for text in row["own"].split(";")]
    return Choice(
        float(row["dau"]),
        float(row["input_tokens"]),
        float(row["output_tokens"]),
        min(int(row["years"]), slots.years),
        tuple(api_models[min(slot, len(api_models) - 1)] for slot in range(len(slots.api_models))),
        tuple(rent[min(slot, len(rent) - 1)] for slot in range(len(slots.rent))),
        tuple(own[min(slot, len(own) - 1)] for slot in range(len(slots.own))),
        open_model(catalog, row["model"]),
    )


def open_model(catalog: Catalog, model: str) -> str:
    """Return the open model behind a model or size class: its weights, or the class's first example.

    A model without open weights is sized by the example of the first class, which the reader may change.
    """
    names = catalog.names
    api_model = names.get("api_model", model)
    if api_model is not None:
        rows = catalog.tables["api_models"].rows
        weights = next(row["open_model"] for row in rows if row["item"] == api_model)
        return weights or _example(catalog.tables["size_classes"].rows[0])
    weights = names.get("open_model", model) or ""
    return weights or _example(catalog.row("size_classes", names.find("size_class", model)))


def _example(row: Row) -> str:
    return row["example_models"].split(";")[0].strip()


def _own(catalog: Catalog, text: str) -> Own:
    hardware = tier_or_config(catalog, text.strip())
    return Own(hardware.tier, hardware.gpu, hardware.gpus or 1)
