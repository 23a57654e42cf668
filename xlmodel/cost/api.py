"""What an API costs: tokens times the prices of one list, as the vendor bills them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xlmodel.cost.kept import Kept
from xlmodel.cost.price import amount_cny
from xlmodel.cost.schedule import made
from xlmodel.inputs.demand import MONTHS_PER_YEAR, growth_factor

if TYPE_CHECKING:
    from xlmodel.catalog.tables import Catalog
    from xlmodel.cost.schedule import Schedule
    from xlmodel.inputs.demand import Demand
    from xlmodel.inputs.model import Inputs
    from xlmodel.inputs.workload import Workload

_TOKENS_PER_MTOK = 1e6


@dataclass(frozen=True, slots=True)
class TokenPrices:
    """What a million tokens cost on average, in CNY.

    Args:
        input: of a million input tokens.
        output: of a million output tokens.
    """

    input: float
    output: float


def token_prices(catalog: Catalog, inputs: Inputs, model: str, prompt: float) -> TokenPrices:
    """Return the prices of a model's tokens under the shares in force.

    Equations, h hits, t thinking, s off-peak, b batch:
        in = (1 - h) x miss + h x cached; miss = cache_write where there is one and h > 0, else input;
        cached = input_cached, or input x cache_price_ratio
        out = (1 - t) x output + t x output_thinking
        then (1 - s) x price + s x off-peak price, then (1 - b) x price + b x batch price, each where there is one.

    All prices are of one list: the provider's, in the currency of the input price; a given figure is converted by
    its own. Of each, that of the longest tier below the prompt's length counts.

    Args:
        catalog: prices.
        inputs: shares, cache_price_ratio, prices' date, currency and estimate.
        model: canonical API model, or `model @provider`.
        prompt: tokens of a request's prompt.

    Raises:
        NotAvailableError: no input or output price.
    """
    return _KEPT.get(catalog, inputs, (model, prompt), lambda: _List(catalog, inputs, model, prompt).prices())


_KEPT: Kept[TokenPrices] = Kept()


class _List:
    """The prices of one model, provider and currency."""

    def __init__(self, catalog: Catalog, inputs: Inputs, model: str, prompt: float) -> None:
        self._catalog, self._inputs, self._model, self._prompt = catalog, inputs, model, prompt
        self._currency = catalog.bill_currency(model, inputs.price_date, inputs.currency)

    def prices(self) -> TokenPrices:
        """Blend the prices by the shares in force."""
        inputs = self._inputs
        price_in, price_out = self._required("input"), self._required("output")
        hit, thinking = inputs.cache_hit_rate, inputs.thinking_share
        if hit:
            cached = self._price("input_cached")
            cached = price_in * inputs.cache_price_ratio if cached is None else cached
            miss = self._price("cache_write")
            price_in = (1 - hit) * (price_in if miss is None else miss) + hit * cached
        price_out = self._shared(price_out, thinking, "output_thinking")
        blended = []
        for price, end in ((price_in, "input"), (price_out, "output")):
            in_window = self._shared(price, inputs.off_peak_share, f"off_peak_{end}")
            blended.append(self._shared(in_window, inputs.batch_share, f"batch_{end}"))
        return TokenPrices(*blended)

    def _shared(self, price: float, share: float, field: str) -> float:
        """Return the price where a share of the tokens is billed by another field; the price where none is listed."""
        if not share:
            return price
        other = self._price(field)
        return price if other is None else (1 - share) * price + share * other

    def _required(self, field: str) -> float:
        price = self._price(field)
        return self._cny(field) if price is None else price

    def _price(self, field: str) -> float | None:
        """Return the price of the longest tier below the prompt, else the plain one; None where the list has none."""
        day = self._inputs.price_date
        for tier in self._catalog.tiers.get(field, ()):
            if tier.prompt_above < self._prompt and self._catalog.in_list(
                self._model, tier.key, day, self._currency
            ):
                return self._cny(tier.key)
        listed = self._catalog.in_list(self._model, field, day, self._currency)
        return self._cny(field) if listed else None

    def _cny(self, field: str) -> float:
        figure = self._catalog.figure(self._model, field, self._inputs.price_date, self._currency)
        return amount_cny(self._catalog, self._inputs, figure)


def cost_per_user_day(catalog: Catalog, inputs: Inputs, model: str, workload: Workload) -> float:
    """Return what one daily user costs a day, in CNY.

    Equation: (input x in + output x out) x (1 + retry) / 10^6; a prompt is input / requests_per_user_day tokens long.

    Args:
        catalog: prices.
        inputs: assumptions.
        model: canonical API model, or `model @provider`.
        workload: tokens per user and day; its dau does not matter here.
    """
    prices = token_prices(catalog, inputs, model, workload.input_tokens / inputs.requests_per_user_day)
    tokens = workload.input_tokens * prices.input + workload.output_tokens * prices.output
    return tokens * (1 + inputs.retry_rate) / _TOKENS_PER_MTOK


def month_cost(catalog: Catalog, inputs: Inputs, model: str, workload: Workload) -> float:
    """Return the monthly bill in CNY: dau x days_per_month x cost of a user's day."""
    return workload.dau * inputs.days_per_month * cost_per_user_day(catalog, inputs, model, workload)


def schedule(catalog: Catalog, inputs: Inputs, model: str, demand: Demand) -> Schedule:
    """Return the API's cash flows: 12 bills a year, and security in the first year.

    Equation: usage = 12 x users x days_per_month x cost of a user's day x (1 + api_price_change_rate)^(year - 1).

    Args:
        catalog: prices.
        inputs: assumptions.
        model: canonical API model.
        demand: users of each year.
    """
    days, rate = inputs.days_per_month, inputs.api_price_change_rate
    cost = cost_per_user_day(catalog, inputs, model, demand.workload)
    bills = [MONTHS_PER_YEAR * (each.users * days * cost) for each in demand.years]
    running = [{"usage": bill * growth_factor(rate, year)} for year, bill in enumerate(bills, start=1)]
    return made(inputs, running, one_off=inputs.security_cost)
