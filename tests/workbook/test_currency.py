"""A quote in USD: it holds the vendors' lists in USD, in the functions and in the native formulas alike."""

from __future__ import annotations

import shutil
from functools import cache
from typing import TYPE_CHECKING

import pytest
from tabs import tab

from workbook.package import Package, defined_names, read_cells, set_constants
from workbook.quote.build import build_quote
from workbook.renew.regenerate import regenerate
from workbook.request.quote_request import make_request
from xlmodel.catalog import built_in, read_catalog
from xlmodel.catalog.load import DATA
from xlmodel.functions import Library

if TYPE_CHECKING:
    from pathlib import Path

    from xlmodel.catalog import Catalog
    from xlmodel.grid import CellValue

REQUEST = {
    "lang": "en",
    "dau": 30_000,
    "years": 3,
    "model": "32B~70B",
    "api_models": ["DeepSeek V3", "Claude Sonnet 4.6", "GPT-4o"],
    "rent": ["2×A100 80GB"],
    "own": ["standard"],
}
OPTIONS = (
    ("api", "DeepSeek V3"),
    ("api", "Claude Sonnet 4.6"),
    ("api", "GPT-4o"),
    ("rent", "2×A100 80GB"),
    ("own", "standard"),
)
# of DeepSeek V3: USD per million tokens in 2025, and CNY in the documents
INPUT_USD, OUTPUT_USD, INPUT_CNY, OUTPUT_CNY = 0.27, 1.1, 2.0, 8.0
MTOK_IN, MTOK_OUT = 30_000 * 800 * 36 * 30 / 1e6, 30_000 * 400 * 36 * 30 / 1e6


@cache
def quote(currency: str, more: tuple[tuple[str, float], ...] = ()) -> bytes:
    """Return the quote in a currency."""
    given = {"currency": currency, **dict(more)}
    return build_quote(make_request(built_in(), {**REQUEST, "assumptions": given}, "test"), built_in())


def shown(data: bytes, sheet: str) -> dict[str, CellValue]:
    """Return what the cells of a sheet show."""
    package = Package.read(data)
    return {address: cell.value for address, cell in read_cells(package, tab(package.sheets, sheet)).items()}


def figures(data: bytes) -> list[list[CellValue]]:
    """Return the range that the functions of a quote read."""
    cells = shown(data, "Figures")
    last = int(defined_names(Package.read(data))["list_figures"].rpartition("$")[2])
    return [[cells.get(f"{column}{row}") for column in "ABCDEFG"] for row in range(6, last + 1)]


def totals(data: bytes) -> dict[str, CellValue]:
    """Return the published totals of the cover by option."""
    cells = shown(data, "Cover")
    top = next(int(at[1:]) for at, value in cells.items() if value == "Option, as quoted")
    return {str(cells[f"A{row}"]): cells[f"C{row}"] for row in range(top + 1, top + 1 + len(OPTIONS))}


def row_of(data: bytes, item: str, field: str) -> int:
    """Return the row of a figure on the sheet Figures."""
    cells = shown(data, "Figures")
    return next(
        int(at[1:])
        for at, value in cells.items()
        if at[0] == "A" and value == item and cells[f"B{at[1:]}"] == field
    )


@pytest.mark.parametrize("more", [(), (("fx_cny_per_usd", 6.5), ("cache_hit_rate", 0.3))])
def test_totals_of_a_quote_in_usd(more: tuple[tuple[str, float], ...]) -> None:
    """Those of LLM_TCO in USD, with the catalog and with the quote's own figures; the checks pass."""
    data = quote("USD", more)
    given = "currency=USD;" + ";".join(f"{key}={value}" for key, value in more)
    library, own = Library(built_in()), figures(data)
    found = {name.partition(" ")[2]: total for name, total in totals(data).items()}
    for deployment, what in OPTIONS:
        arguments = (deployment, what, 30_000, 3, 800, 400, given)
        expected = library.call("LLM_TCO", *arguments)
        assert library.call("LLM_TCO", *arguments, own) == pytest.approx(expected, rel=1e-9)
        assert next(
            total for name, total in found.items() if name.endswith(what)
        ) == pytest.approx(expected, rel=1e-9)  # fmt: skip
    assert shown(data, "Cover")["B4"] == "Checks OK"


def test_a_list_in_usd_by_hand() -> None:
    """DeepSeek V3: 25,920 M tokens in, 12,960 out, each at its own list; A100s have a list in CNY alone."""
    usd, cny = totals(quote("USD")), totals(quote("CNY"))
    assert usd["API DeepSeek V3"] == pytest.approx(MTOK_IN * INPUT_USD + MTOK_OUT * OUTPUT_USD)
    assert cny["API DeepSeek V3"] == pytest.approx(MTOK_IN * INPUT_CNY + MTOK_OUT * OUTPUT_CNY)
    # 6,500 CNY a month and card, at 7.2 CNY a dollar
    assert usd["rented GPUs 2×A100 80GB"] == pytest.approx(2 * 6_500 * 36 / 7.2)
    assert cny["rented GPUs 2×A100 80GB"] == 2 * 6_500 * 36


def test_the_list_is_shown() -> None:
    """Price, unit, currency and source stand on the sheet of API prices and on Figures; a CNY quote shows the CNY list."""
    for currency, price, unit, source in (
        ("USD", INPUT_USD, "USD/million tokens", "ds-3"),
        ("CNY", INPUT_CNY, "CNY/million tokens", "cost-2"),
    ):
        data = quote(currency)
        row, cells = row_of(data, "DeepSeek V3", "input"), shown(data, "Figures")
        assert [cells[f"{column}{row}"] for column in "CFHKNO"] == [
            price,
            currency,
            price,
            unit,
            source,
            currency,
        ]
        prices = shown(data, "API prices")
        line = next(at[1:] for at, value in prices.items() if value == "DeepSeek V3")
        assert {price, unit, currency, source} <= {
            value for at, value in prices.items() if at[1:] == line
        }  # fmt: skip


def test_a_switch_to_usd_converts() -> None:
    """The currency changed in a quote in CNY: its lists stay those of the file, over the rate."""
    package = Package.read(quote("CNY"))
    set_constants(package, {tab(package.sheets, "Inputs"): {"B9": "USD"}})
    made = regenerate(package.to_bytes(), built_in()).data
    assert totals(made)["API DeepSeek V3"] == pytest.approx(
        (MTOK_IN * INPUT_CNY + MTOK_OUT * OUTPUT_CNY) / 7.2
    )
    assert shown(made, "Cover")["B4"] == "Checks OK"


def moved(folder: Path) -> Catalog:
    """Return a later catalog in which DeepSeek V3's input costs 0.5 USD, or 9 CNY."""
    shutil.copytree(DATA, folder)
    (folder / "_release.csv").write_text("version,date\n2026.12,2026-12-15\n", encoding="utf-8")
    rows = (
        "DeepSeek V3,input,DeepSeek,INTL,USD,unknown,USD/Mtok,,0.5,,,2026-12-01,2026-12-01,ds-3,published,",
        "DeepSeek V3,input,DeepSeek,CN,CNY,unknown,CNY/Mtok,,9,,,2026-12-01,2026-12-01,cost-2,published,",
    )
    with (folder / "api_prices.csv").open("a", encoding="utf-8") as file:
        file.write("\n".join(rows) + "\n")
    return read_catalog(folder)


def test_a_renewed_quote_keeps_its_lists(tmp_path: Path) -> None:
    """The price in USD of a quote in USD is renewed from the list in USD, that of one in CNY from the list in CNY."""
    catalog = moved(tmp_path / "later")
    for currency, price, other in (("USD", 0.5, OUTPUT_USD), ("CNY", 9.0, OUTPUT_CNY)):
        made = regenerate(quote(currency), catalog)
        total = MTOK_IN * price + MTOK_OUT * other
        assert totals(made.data)["API DeepSeek V3"] == pytest.approx(total)
        row, cells = row_of(made.data, "DeepSeek V3", "input"), shown(made.data, "Figures")
        assert [cells[f"{column}{row}"] for column in "CFHO"] == [price, currency, price, currency]
        assert shown(made.data, "Cover")["B4"] == "Checks OK"
        assert regenerate(made.data, catalog).data == made.data


def test_a_corrected_currency_is_kept(tmp_path: Path) -> None:
    """A person says that the 2.0 are USD: functions and native formulas follow, and a new catalog leaves it."""
    package = Package.read(quote("CNY"))
    prices = tab(package.sheets, "API prices")
    cells = read_cells(package, prices)
    line = next(at[1:] for at, cell in cells.items() if cell.value == "DeepSeek V3")
    column = next(at[0] for at, cell in cells.items() if at[1:] == line and cell.value == "CNY")
    set_constants(package, {prices: {f"{column}{line}": "USD"}})
    total = MTOK_IN * INPUT_CNY * 7.2 + MTOK_OUT * OUTPUT_CNY
    for catalog in (built_in(), moved(tmp_path / "later")):
        made = regenerate(package.to_bytes(), catalog)
        assert totals(made.data)["API DeepSeek V3"] == pytest.approx(total)
        assert shown(made.data, "Cover")["B4"] == "Checks OK"
        kept = [(change.label, change.old) for change in made.changes if change.what == "kept"]
        assert kept == [("DeepSeek V3 input", INPUT_CNY)]


@pytest.mark.parametrize(
    ("given", "price", "day"),
    [({}, 9.0, "2026-12-15"), ({"price_date": "2026-11-20"}, INPUT_CNY, "2026-11-20")],
)
def test_the_price_date_of_a_quote(tmp_path: Path, given: dict[str, str], price: float, day: str) -> None:
    """A renewed quote follows the catalog's date; one whose request set the day keeps the prices of that day."""
    data = build_quote(make_request(built_in(), {**REQUEST, "assumptions": given}, "test"), built_in())
    made = regenerate(data, moved(tmp_path / "later")).data
    assert totals(made)["API DeepSeek V3"] == pytest.approx(MTOK_IN * price + MTOK_OUT * OUTPUT_CNY)
    inputs = shown(made, "Inputs")
    row = next(at[1:] for at, value in inputs.items() if value == "Price date")
    assert [inputs[f"{column}{row}"] for column in "BC"] == [day, day]
    assert shown(made, "Cover")["B4"] == "Checks OK"


def test_what_is_listed_later_is_no_price_of_an_old_quote(tmp_path: Path) -> None:
    """A batch price listed after the quote's date: its functions, on the later catalog, leave it out as the audit does."""
    folder = tmp_path / "later"
    shutil.copytree(DATA, folder)
    (folder / "_release.csv").write_text("version,date\n2026.12,2026-12-15\n", encoding="utf-8")
    with (folder / "api_prices.csv").open("a", encoding="utf-8") as file:
        file.write(
            "DeepSeek V3,batch_input,DeepSeek,CN,CNY,unknown,CNY/Mtok,,1,,,2026-12-01,2026-12-01,cost-2,published,\n"
        )
    given = {"price_date": "2026-11-20", "batch_share": 0.5}
    data = build_quote(make_request(built_in(), {**REQUEST, "assumptions": given}, "test"), built_in())
    made = regenerate(data, read_catalog(folder)).data
    assert totals(made)["API DeepSeek V3"] == pytest.approx(MTOK_IN * INPUT_CNY + MTOK_OUT * OUTPUT_CNY)
    assert shown(made, "Cover")["B4"] == "Checks OK"


def test_a_card_bought_in_place_of_rented_pays_back_alike_in_both_currencies() -> None:
    """Hand: an A100 80GB is bought at 100,000 CNY and rented at 6,500 a month: 15.4 months, in dollars at 7.2 as well."""
    for currency, rate in (("CNY", 1), ("USD", 7.2)):
        cells = shown(quote(currency), "Break-even")
        row = next(
            at[1:] for at, value in cells.items() if value == "A100 80GB" and cells[f"C{at[1:]}"] != ""
        )
        assert [cells[f"{letter}{row}"] for letter in "BCDEF"] == pytest.approx(
            [100_000 / rate, 6_500 / rate, 0, 6_500 / rate, 100 / 6.5]
        )
