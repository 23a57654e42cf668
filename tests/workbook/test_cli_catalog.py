"""`--catalog`: a person's own folder of prices reaches a formula and a quote, and a broken one is one line."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from workbook.cli import main

MODEL = "House-1,Acme,Acme,自有,own,,,,cost-2,2026-06-01,published\n"
# 240 million tokens in and 120 million out a month: 240 x 1.5 + 120 x 6 = 1,080
PRICES = "".join(
    f"House-1,{field},Acme,CN,CNY,unknown,CNY/Mtok,,{value},,,2026-06-01,2026-06-01,cost-2,published,\n"
    for field, value in (("input", 1.5), ("output", 6))
)
BILL = '=LLM_API_COST("House-1",10000)'


@pytest.fixture
def prices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Export the built-in catalog, add a model with its prices, and return the folder."""
    monkeypatch.chdir(tmp_path)
    assert main(["catalog", "export", "-o", "prices"]) == 0
    folder = Path("prices")
    for name, text in (("api_models", MODEL), ("api_prices", PRICES)):
        with (folder / f"{name}.csv").open("a", encoding="utf-8") as file:
            file.write(text)
    return folder


def test_a_new_price_reaches_a_formula(prices: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the folder the model has its bill, without it is unknown."""
    capsys.readouterr()
    assert main(["eval", BILL, "--catalog", str(prices)]) == 0
    assert capsys.readouterr().out == "1080\n"
    assert main(["eval", BILL]) == 1
    assert capsys.readouterr().err.startswith("xlmodel: unknown api model 'House-1'")


def test_a_new_price_reaches_a_quote(prices: Path) -> None:
    """The model is an option of the quote, and its bill of a year, 12 x 1,080, stands in it."""
    Path("r.toml").write_text(
        "lang = 'en'\ndau = 10000\nmodel = 'House-1'\napi_models = ['House-1']\n", "utf-8"
    )
    assert main(["quote", "r.toml", "--catalog", str(prices)]) == 0
    book = openpyxl.load_workbook("quote.xlsx", data_only=True)
    shown = {cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row}
    assert "House-1" in shown
    assert any(isinstance(cell, float | int) and cell == pytest.approx(12_960) for cell in shown)


@pytest.mark.parametrize("command", [("eval", "=1"), ("quote",)])
def test_a_broken_folder_is_one_line(
    prices: Path, command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """No such folder, one finding, several: what and where, nothing written."""
    capsys.readouterr()
    assert main([*command, "--catalog", "nowhere"]) == 2
    assert capsys.readouterr().err == (
        "xlmodel: nowhere: no such folder; give a folder written by 'xlmodel catalog export'\n"
    )
    rows = (prices / "api_prices.csv").read_text("utf-8").splitlines()
    one = [line.replace(",,1.5,,", ",,0.0015,,") if line.startswith("House-1") else line for line in rows]
    (prices / "api_prices.csv").write_text("\n".join(one), "utf-8")
    assert main([*command, "--catalog", str(prices)]) == 2
    error = capsys.readouterr().err
    assert error.startswith(
        f"xlmodel: prices: api_prices.csv:{len(rows) - 1}: value: House-1 input: 0.0015 CNY is outside"
    )
    assert len(error.splitlines()) == 1
    two = [line.replace(",,6,,", ",,0.006,,") if line.startswith("House-1") else line for line in one]
    (prices / "api_prices.csv").write_text("\n".join(two), "utf-8")
    assert main([*command, "--catalog", str(prices)]) == 2
    assert capsys.readouterr().err.endswith("; 2 in all, 'xlmodel catalog check prices' lists them\n")
    assert not Path("quote.xlsx").exists()
