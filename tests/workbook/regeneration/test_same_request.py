"""An existing quote as a request: what it was asked is read back, what was typed into it by hand is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from small_books import book
from tabs import tab

from workbook.cli import main
from workbook.commands import quote as command
from workbook.package import Package, set_constants
from workbook.renew.same_request import earlier_quote
from workbook.request.quote_request import make_request, scenario_request
from xlmodel.catalog import built_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from workbook.request.quote_request import QuoteRequest


def test_the_request_of_a_quote_is_read_back(quote: bytes, lang: str, tmp_path: Path) -> None:
    """Names, numbers and options are those of the scenario; its size class is the model that stands for it."""
    path = tmp_path / "old.xlsx"
    path.write_bytes(quote)
    found = earlier_quote(path)
    assert found is not None
    assert found.corrected == ()
    asked = scenario_request(built_in(), "A", lang).model_copy(update={"model": "Qwen3-8B"})
    assert make_request(built_in(), found.values, "old.xlsx") == asked


def test_typed_assumptions_and_prices_are_found(
    quote: bytes,
    lang: str,
    tmp_path: Path,
    place: Callable[[bytes, str, str, str], str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """By the command: growth 10 % in both accountings, two operators in one; a price that was typed is named."""
    package = Package.read(quote)
    sheet = tab(package.sheets, "API prices")
    cell = place(quote, sheet, "Qwen-Plus", "input")
    set_constants(package, {tab(package.sheets, "Inputs"): {"B33": 0.1, "C56": 2}, sheet: {cell: 0.5}})
    path = tmp_path / "old.xlsx"
    path.write_bytes(package.to_bytes())
    seen: list[QuoteRequest] = []

    def built(request: QuoteRequest, *_: object) -> bytes:
        seen.append(request)
        return b"a quote"

    monkeypatch.setattr(command, "build_quote", built)
    assert main(["quote", str(path), "-o", str(tmp_path / "new.xlsx")]) == 0
    assert seen[0].assumptions == {"growth_rate": 0.1, "ops_staff": {"full": 2.0}}
    assert seen[0].lang == lang
    assert "Qwen-Plus input 0.5 was typed by hand" in capsys.readouterr().err
    assert (tmp_path / "new.xlsx").read_bytes() == b"a quote"


@pytest.mark.parametrize("data", [b"no workbook", book({"A1": ("", 1)})])
def test_another_file_is_no_quote(data: bytes, tmp_path: Path) -> None:
    """A damaged file, and a workbook that this program did not make."""
    path = tmp_path / "requests.xlsx"
    path.write_bytes(data)
    assert earlier_quote(path) is None
