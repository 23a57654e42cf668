"""Prices as vendors list them: plausible amounts, providers and currencies side by side, tiers, units, age."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from xlmodel.catalog import built_in, read_catalog, stale
from xlmodel.catalog.tables import Figure
from xlmodel.errors import CatalogError
from xlmodel.functions import Library
from xlmodel.inputs.register import register

if TYPE_CHECKING:
    from conftest import Copy

CATALOG = built_in()


def line_of(copy: Copy, table: str, *cells: str) -> int:
    """Return the line of the first row that begins with these cells."""
    return next(n for n, row in enumerate(copy.rows(table), 1) if row[: len(cells)] == list(cells))


PER_THOUSAND = [
    ("api_prices", ("Qwen-Plus", "input"), "0.0008", "0.05 to 2000"),
    ("api_prices", ("GPT-4o", "output"), "0.072", "0.1 to 5000"),
    ("api_prices", ("DeepSeek V3", "input_cached"), "0.0005", "0.01 to 500"),
    ("gpu_rental", ("A100 80GB", "reserved_month"), "0.65", "100 to 500000"),
    ("gpu_purchase", ("A100 80GB", "purchase"), "10", "500 to 5000000"),
]


@pytest.mark.parametrize(("table", "item", "value", "band"), PER_THOUSAND)
def test_a_factor_of_a_thousand_is_found(
    copy: Copy, table: str, item: tuple[str, ...], value: str, band: str
) -> None:
    """A price of a thousand tokens in the place of a million's, and one in 10,000 CNY: row, band, what to ask."""
    line = line_of(copy, table, *item)
    copy.set(table, line, "value", value)
    (found,) = copy.findings()
    assert found.startswith(
        f"{table}.csv:{line}: value: {item[0]} {item[1]}: {value} CNY is outside the plausible "
    )
    assert f"{band} CNY of {item[1]} in fields.csv; is it in " in found


def test_an_amount_in_dollars_is_measured_in_yuan(copy: Copy) -> None:
    """0.006 USD are about 0.0432 CNY, below 0.05; 0.008 are 0.0576, and pass."""
    line = line_of(copy, "api_prices", "GPT-4o", "input", "OpenAI", "US", "USD")
    copy.set("api_prices", line, "value", "0.006")
    (found,) = copy.findings()
    assert (
        "GPT-4o input: 0.006 USD, about 0.0432 CNY, is outside the plausible 0.05 to 2000 CNY of input"
        in found
    )
    assert found.endswith("is it in USD/Mtok?")
    copy.set("api_prices", line, "value", "0.008")
    assert copy.findings() == []


def test_the_dollar_of_the_check_is_that_of_the_register() -> None:
    """The check and the conversion of bills know one rate."""
    assert CATALOG.fact("USD in CNY") == float(register()["fx_cny_per_usd"].default("published", "base"))


def test_one_currency_in_two_regions(copy: Copy) -> None:
    """A look-up could not tell them apart, so the second takes a provider's name of its own."""
    first = line_of(copy, "api_prices", "Qwen-Plus", "input", "Alibaba", "SG")
    rows = copy.rows("api_prices")
    second = [cell.replace("SG", "US") for cell in rows[first - 1]]
    copy.write("api_prices", [*rows, second])
    (found,) = copy.findings()
    assert found.startswith(
        f"api_prices.csv:{len(rows) + 1}: region: Alibaba lists Qwen-Plus input in USD in 'SG' too "
    )
    assert found.endswith(f"(api_prices.csv:{first}); give one of the two lists a provider of its own")
    second[2] = "Alibaba US"
    copy.write("api_prices", [*rows, second])
    assert copy.findings() == []
    assert read_catalog(copy.folder).figure("Qwen-Plus @Alibaba US", "input").value == 0.4


def test_rows_that_differ_in_value_and_currency_alone(copy: Copy) -> None:
    """Item, field, provider, region and day are the key; the rest does not make a second price."""
    first = line_of(copy, "api_prices", "Doubao-pro-32k", "input")
    rows = copy.rows("api_prices")
    other = list(rows[first - 1])
    other[4], other[6], other[8] = "USD", "USD/Mtok", "0.2"
    copy.write("api_prices", [*rows, other])
    (found,) = copy.findings()
    assert f"the same item, field, provider, region, effective_from as api_prices.csv:{first}" in found


def test_a_provider_is_named_and_spelled_once(copy: Copy) -> None:
    """An API's price is somebody's; one provider has one spelling; an @ is not part of a name."""
    line = line_of(copy, "api_prices", "GLM-4-Air", "output")
    copy.set("api_prices", line, "provider", "")
    assert copy.findings() == [
        f"api_prices.csv:{line}: provider: name whose price it is; the item's own provider is Zhipu"
    ]
    copy.set("api_prices", line, "provider", "zhipu")
    (found,) = copy.findings()
    assert found.startswith(f"api_prices.csv:{line}: provider: 'zhipu' is 'Zhipu' in api_prices.csv:")
    copy.set("api_prices", line, "provider", "Zhipu@home")
    assert any("an @ stands between an item and a provider" in found for found in copy.findings())


@pytest.mark.parametrize(
    ("cells", "what"),
    [
        ({"prompt_above": ""}, "a tier has both base and prompt_above, any other field neither"),
        ({"base": "output@32k"}, "'output@32k' must be no tier, of the same kind of item and unit"),
        ({"base": "purchase"}, "'purchase' must be no tier, of the same kind of item and unit"),
    ],
)
def test_a_tier_stands_for_a_field(copy: Copy, cells: dict[str, str], what: str) -> None:
    """A tier needs the field it stands for and the length from which it does."""
    line = line_of(copy, "fields", "input@128k")
    for column, text in cells.items():
        copy.set("fields", line, column, text)
    assert copy.findings() == [f"fields.csv:{line}: base: {what}"]


def test_a_tier_of_a_users_own(copy: Copy) -> None:
    """A field of 64k, a price in it: a prompt of 70,000 tokens takes it, one of 60,000 does not."""
    copy.add(
        "fields",
        field="input@64k",
        base="input",
        prompt_above="65536",
        zh="输入（>64k）",
        en="input, prompt >64k",
    )
    line = line_of(copy, "api_prices", "Qwen-Plus", "input")
    rows = copy.rows("api_prices")
    copy.write(
        "api_prices",
        [*rows, [*(rows[line - 1][:1]), "input@64k", *rows[line - 1][2:8], "1.6", *rows[line - 1][9:]]],
    )
    assert copy.findings() == []
    call = Library(read_catalog(copy.folder)).call
    assert call("LLM_API_COST", "Qwen-Plus", 1, 70_000, 0) == pytest.approx(70_000 * 30 * 1.6 / 1e6)
    assert call("LLM_API_COST", "Qwen-Plus", 1, 60_000, 0) == pytest.approx(60_000 * 30 * 0.8 / 1e6)


@pytest.mark.parametrize(
    ("column", "text", "what"),
    [
        ("base", "CNY/USD", "no field of fields.csv is in CNY/USD"),
        ("factor", "0", "0 would make every price 0"),
        ("factor", "many", "'many' is no number"),
        ("unit", "CNY", "'CNY' is already on line 2"),
    ],
)
def test_a_unit_leads_to_that_of_a_field(copy: Copy, column: str, text: str, what: str) -> None:
    """Units are data: what they convert to, and by how much."""
    line = line_of(copy, "units", "CNY/ktok")
    copy.set("units", line, column, text)
    assert copy.findings() == [f"units.csv:{line}: {column}: {what}"]


def test_a_folder_of_an_older_release_is_refused_in_one_line(copy: Copy) -> None:
    """A file without its new columns: what, and the command that says more."""
    rows = copy.rows("fields")
    copy.write("fields", [[row[0], row[1], row[2], *row[-2:]] for row in rows])
    with pytest.raises(
        CatalogError, match=r"a file lacks the column 'prompt_above'; 'xlmodel catalog check .*' says"
    ):
        read_catalog(copy.folder)


def test_names_of_units_are_unambiguous() -> None:
    """Each unit by its key and its labels of both languages leads back to itself."""
    for unit in CATALOG.units:
        for name in (unit, *CATALOG.names.labels["unit"][unit]):
            assert CATALOG.names.find("unit", name) == unit


def test_documents_stay_the_base() -> None:
    """Each figure that a document gives is what the built-in catalog answers on its release date, in yuan."""
    for name in ("api_prices", "gpu_rental", "gpu_purchase"):
        rows = [row for row in CATALOG.tables[name].rows if row["source"].startswith(("cost-", "guide-"))]
        assert rows
        for row in rows:
            figure = CATALOG.figure(row["item"], row["field"])
            assert (figure.source, figure.currency, figure.effective_from) == (
                row["source"],
                "CNY",
                row["effective_from"],
            )


def test_every_added_price_has_its_source_and_date() -> None:
    """No price without a listed source, and none dated after what the source was read."""
    sources = {row["source"]: row for row in CATALOG.tables["sources"].rows}
    for rows in CATALOG.figures.values():
        for row in rows:
            assert row.source in sources
            assert row.effective_from <= row.as_of <= CATALOG.release_date


def test_the_catalog_lists_providers_side_by_side() -> None:
    """LLM_CATALOG shows both rows of GLM-4.5-Air's input, each with its provider and currency."""
    table = Library().call("LLM_CATALOG", "api_prices", "item", "field", "provider", "currency", "value")
    assert isinstance(table, list)
    assert [row[2:] for row in table if row[:2] == ["GLM-4.5-Air", "input"]] == [
        ["Zhipu", "USD", 0.2],
        ["Alibaba", "CNY", 0.8],
    ]


def test_the_flash_price_says_what_it_looks_like() -> None:
    """The document's 0.20 stays, with the remark in both languages."""
    figure = CATALOG.figure("DeepSeek V4-Flash", "input")
    assert figure.value == 0.2
    assert "looks like the price of cached input" in CATALOG.names.label("note", figure.note, "en")
    assert "疑为缓存命中价" in CATALOG.names.label("note", figure.note, "zh")


def test_age_of_prices() -> None:
    """1 June to 30 August 2026 are 90 days, to 31 August 91; the oldest stands first; a date is needed."""
    june, may = (Figure("X", "input", 1, 1, 1, as_of=day) for day in ("2026-06-01", "2026-05-01"))
    undated = replace(june, as_of="")
    assert [each.days for each in stale(CATALOG, [june, may, undated], dt.date(2026, 8, 31))] == [122, 91]
    assert [each.figure for each in stale(CATALOG, [june, may], dt.date(2026, 8, 30))] == [may]
    assert stale(CATALOG, [june, may], dt.date(2026, 8, 31), days=365) == []


def test_the_limit_of_age_is_a_fact(copy: Copy) -> None:
    """A catalog with a limit of 30 days finds a price of 31 days old."""
    copy.set("facts", line_of(copy, "facts", "price age limit"), "value", "30")
    price = Figure("X", "input", 1, 1, 1, as_of="2026-06-01")
    day = dt.date(2026, 7, 2)
    assert stale(CATALOG, [price], day) == []
    assert [each.days for each in stale(read_catalog(copy.folder), [price], day)] == [31]


def test_a_users_own_model_gpu_and_price_reach_the_functions(copy: Copy) -> None:
    """Rows of a new API model, a new rent and a changed price: 240 x 1.5 + 120 x 6, and 2 x 9,000."""
    copy.add(
        "api_models",
        item="House-1",
        provider="Acme",
        provider_zh="甲",
        zh="自有",
        en="own",
        open_model="",
        source="cost-2",
        as_of="2026-06-01",
    )
    rows = copy.rows("api_prices")
    for field, value in (("input", "1.5"), ("output", "6")):
        text = (
            f"House-1,{field},Acme,CN,CNY,unknown,CNY/Mtok,,{value},,,2026-06-01,2026-06-01,cost-2,published,"
        )
        rows.append(next(csv.reader([text])))
    copy.write("api_prices", rows)
    rents = copy.rows("gpu_rental")
    text = "L20 48GB,reserved_month,,CN,CNY,unknown,CNY/month,,9000,,,2026-06-01,2026-06-01,cost-3,published,"
    copy.write("gpu_rental", [*rents, next(csv.reader([text]))])
    assert copy.findings() == []
    call = Library(read_catalog(copy.folder)).call
    assert call("LLM_API_COST", "house 1", 10_000) == pytest.approx(1_080)
    assert call("LLM_RENT_COST", "2×L20") == 18_000
