"""Which figures the options of a quote read, as it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.quote.options import SCENARIOS, of_scenario
from workbook.quote.sheets.capacity_table import inputs_of
from xlmodel.cost.rent import PRICE_FIELDS
from xlmodel.inputs.demand import demand
from xlmodel.inputs.workload import Workload

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbook.quote.context import QuoteContext
    from workbook.quote.options import Choice

_OF_GPUS = ("purchase", "server_share")
# of a tier: what every own option may take once it is made large enough, and what a tier alone takes
_SITE = ("infrastructure", "software", "staff_year")
_OF_TIERS = ("hardware", "power_year", "maintenance_year")


def figures_read(quote: QuoteContext) -> set[tuple[str, str]]:
    """Return item and field of each figure that an option in force reads, or a line of the sheet Break-even."""
    catalog, choice = quote.catalog, quote.choice
    if quote.scenario in SCENARIOS:
        choice = of_scenario(catalog, quote.scenario, choice)
    found = {*_api_prices(quote, choice), *_own_figures(quote, choice)}
    given = quote.request.assumptions.get("rent_pricing", "reserved")
    pricings = set(given.values()) if isinstance(given, dict) else {given}
    fields = {PRICE_FIELDS[str(pricing or "reserved")] for pricing in pricings}
    found |= {(gpu, field) for gpu, _ in choice.rent for field in fields}
    if quote.has("breakeven"):
        for gpu in catalog.names.items("gpu"):
            if catalog.has(gpu, "purchase") and catalog.has(gpu, "reserved_month"):
                found |= {(gpu, "purchase"), (gpu, "reserved_month")}
    return found


def _api_prices(quote: QuoteContext, choice: Choice) -> Iterator[tuple[str, str]]:
    """Give the prices of the chosen API models, each of the tier that the length of the prompt is in."""
    fields = quote.catalog.fields
    asked = demand(Workload(1, choice.input_tokens, choice.output_tokens), inputs_of(quote), 1)
    tiers: dict[tuple[str, str], tuple[float, str]] = {}
    for figure in quote.figures_in_force("api_prices"):
        field = fields[figure.field]
        above = float(field.prompt_above or 0)
        if figure.item in choice.api_models and (not above or asked.prompt_tokens > above):
            key = figure.item, field.base or field.key
            tiers[key] = max(tiers.get(key, (0.0, "")), (above, figure.field))
    return ((item, field) for (item, _), (_, field) in tiers.items())


def _own_figures(quote: QuoteContext, choice: Choice) -> set[tuple[str, str]]:
    catalog = quote.catalog
    tiers = {row["item"]: row["gpu"] for row in catalog.tables["tiers"].rows}
    gpus = {own.gpu or tiers[own.tier] for own in choice.own}
    found = {(gpu, field) for gpu in gpus for field in _OF_GPUS}
    if choice.own:
        found |= {(tier, field) for tier in tiers for field in _SITE}
    return found | {(own.tier, field) for own in choice.own if not own.gpu for field in _OF_TIERS}
