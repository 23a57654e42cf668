"""The catalog's list prices beside an installed reference, which stands here as a module of the same shape."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from decimal import Decimal
from types import ModuleType, SimpleNamespace

import pytest

from workbook.commands.catalog import run_diff, run_market
from workbook.commands.catalog_market import market_diff
from xlmodel.catalog import built_in
from xlmodel.errors import WorkbookError

AT = datetime(2026, 11, 25, 12, tzinfo=UTC)


class Snapshot:
    """Prices by provider and model, as the reference finds them."""

    def __init__(self, prices: dict[tuple[str, str], dict[str, object]]) -> None:
        """Keep the prices."""
        self.prices = prices

    def find_provider_model(
        self, model_ref: str, _provider: None, provider_id: str, _url: None
    ) -> tuple[None, SimpleNamespace]:
        """Find a model's prices, or raise LookupError."""
        prices = self.prices[provider_id, model_ref]
        return None, SimpleNamespace(get_prices=lambda _at: SimpleNamespace(**prices))


def install(monkeypatch: pytest.MonkeyPatch, prices: dict[tuple[str, str], dict[str, object]]) -> None:
    """Stand a reference in for the package."""
    package, module = ModuleType("genai_prices"), ModuleType("genai_prices.data_snapshot")
    module.get_snapshot = lambda: Snapshot(prices)  # type: ignore[attr-defined] # the package's own function
    monkeypatch.setitem(sys.modules, "genai_prices", package)
    monkeypatch.setitem(sys.modules, "genai_prices.data_snapshot", module)


def test_a_price_that_moved_is_listed_with_its_ratio(monkeypatch: pytest.MonkeyPatch) -> None:
    """GPT-4o lists 2.5 and 10 USD; a price that stays, and a field that the reference lacks, are no rows."""
    install(monkeypatch, {("openai", "gpt-4o"): {"input_mtok": Decimal(5), "output_mtok": Decimal(10)}})
    rows, errors = market_diff(built_in(), AT)
    assert errors == []
    assert rows == [
        ["provider", "model", "field", "as_of", "ours", "theirs", "ratio"],
        ["OpenAI", "GPT-4o", "input", "2025-07-04", 2.5, 5.0, 2.0],
    ]


def test_a_name_with_dots_and_a_price_by_length(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reference writes claude-sonnet-4-6, and its price of short prompts is the base: 15 against 30."""
    tiered = SimpleNamespace(base=Decimal(30))
    install(monkeypatch, {("anthropic", "claude-sonnet-4-6"): {"output_mtok": tiered}})
    rows, _ = market_diff(built_in(), AT)
    assert [row[1:3] + row[4:] for row in map(list, rows[1:])] == [
        ["Claude Sonnet 4.6", "output", 15, 30.0, 2.0]
    ]


def test_a_price_of_zero_is_an_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line on stderr that names it, no row, and exit status 1."""
    install(monkeypatch, {("openai", "gpt-4o"): {"input_mtok": Decimal(0)}})
    assert run_market(None, AT, as_json=False) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "OpenAI GPT-4o: input is 0 in genai-prices" in shown.err
    assert len(shown.err.splitlines()) == 1


def test_what_moved_is_no_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The table is printed; prices that moved are news, not an error."""
    install(monkeypatch, {("openai", "gpt-4o"): {"input_mtok": Decimal(5)}})
    assert run_market(None, AT, as_json=False) == 0
    assert "GPT-4o" in capsys.readouterr().out


def test_without_the_package_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra is optional."""
    monkeypatch.setitem(sys.modules, "genai_prices", None)
    monkeypatch.setitem(sys.modules, "genai_prices.data_snapshot", None)
    with pytest.raises(WorkbookError, match=r"pip install 'xlmodel\[market\]'"):
        market_diff(built_in(), AT)


def test_a_diff_needs_a_folder_or_the_market() -> None:
    """Neither is a usage error."""
    with pytest.raises(WorkbookError, match="give a catalog folder, or --market"):
        run_diff(None, None, as_json=False)
