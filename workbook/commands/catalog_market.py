"""`xlmodel catalog diff --market`: the catalog's list prices beside those of the installed package genai-prices."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from xlmodel.errors import WorkbookError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from decimal import Decimal

    from workbook.commands.catalog_folder import Rows
    from xlmodel.catalog.tables import Catalog, Figure

# a provider's name in the catalog, and in the reference
_PROVIDERS = {
    "Anthropic": "anthropic",
    "DeepSeek": "deepseek",
    "Fireworks": "fireworks",
    "Moonshot": "moonshotai",
    "OpenAI": "openai",
    "Zhipu": "zai",
}
_FIELDS = {
    "input": "input_mtok",
    "output": "output_mtok",
    "input_cached": "cache_read_mtok",
    "cache_write": "cache_write_mtok",
}
_SAME = 1e-9


class _Model(Protocol):
    def get_prices(self, request_timestamp: datetime) -> object:
        """Return the prices in force at a moment."""


class _Snapshot(Protocol):
    def find_provider_model(
        self, model_ref: str, provider: None, provider_id: str, provider_api_url: None
    ) -> tuple[object, _Model]:
        """Return the provider and its model; LookupError where it has none of that name."""


def market_diff(catalog: Catalog, at: datetime) -> tuple[Rows, list[str]]:
    """Return the USD list prices that differ from the reference, and a line for each price of 0 there.

    Equation: ratio = theirs / ours.

    Args:
        catalog: the prices, the newest of each provider's USD list.
        at: the moment whose prices the reference is asked for.

    Returns:
        Rows provider, model, field, as_of, ours, theirs, ratio below a header, in USD per million tokens; the errors.

    Raises:
        WorkbookError: the package is not installed.
    """
    snapshot = _snapshot()
    rows: Rows = [["provider", "model", "field", "as_of", "ours", "theirs", "ratio"]]
    errors = []
    for figure in _newest(catalog):
        model = _model(snapshot, figure)
        theirs = None if model is None else _price(model, figure.field, at)
        if theirs is None or figure.value is None:
            continue
        if theirs <= 0:
            errors.append(
                f"{figure.provider} {figure.item}: {figure.field} is {theirs:g} in genai-prices; "
                "no price is 0, so see the vendor's own list"
            )
        elif abs(theirs / figure.value - 1) > _SAME:
            ratio = theirs / figure.value
            rows.append(
                [figure.provider, figure.item, figure.field, figure.as_of, figure.value, theirs, ratio]
            )
    return rows, errors


def _snapshot() -> _Snapshot:
    try:
        module = import_module("genai_prices.data_snapshot")
    except ImportError as error:
        missing = getattr(error, "name", None) or "genai_prices"
        raise WorkbookError(
            f"market prices need the package genai-prices ({missing} is not installed): pip install 'xlmodel[market]'"
        ) from None
    found: _Snapshot = module.get_snapshot()
    return found


def _newest(catalog: Catalog) -> Iterator[Figure]:
    """Yield the newest USD figure of each model, field and provider that the reference knows."""
    newest: dict[tuple[str, str, str], Figure] = {}
    for figures in catalog.figures.values():
        for figure in figures:
            if figure.currency != "USD" or figure.field not in _FIELDS or figure.provider not in _PROVIDERS:
                continue
            key = (figure.provider, figure.item, figure.field)
            if key not in newest or newest[key].effective_from <= figure.effective_from:
                newest[key] = figure
    yield from newest.values()


def _model(snapshot: _Snapshot, figure: Figure) -> _Model | None:
    """Return the reference's model; None where it has none of that name."""
    name = figure.item.split(" @")[0].strip().lower().replace(" ", "-")
    for reference in dict.fromkeys((name, name.replace(".", "-"))):
        try:
            return snapshot.find_provider_model(reference, None, _PROVIDERS[figure.provider], None)[1]
        except LookupError:
            continue
    return None


def _price(model: _Model, field: str, at: datetime) -> float | None:
    """Return a price at a moment, of short prompts where it goes by length."""
    amount: object = getattr(model.get_prices(at), _FIELDS[field], None)
    if amount is None:
        return None
    base: Decimal = getattr(amount, "base", amount)  # type: ignore[arg-type] # a Decimal, or tiers with one as base
    return float(base)
