"""The sheet Audit: native formulas that arrive at the functions' totals for whatever a person changes."""

from __future__ import annotations

import csv
import datetime as dt
import shutil
from functools import cache
from typing import TYPE_CHECKING

import pytest

from workbook.quote.build import layout_of
from workbook.request.quote_request import TELLING, make_request, scenario_request
from workbook.rules.formula_text import bare_name, parse
from xlmodel.catalog import built_in
from xlmodel.catalog.load import DATA, read_catalog
from xlmodel.engine import compute
from xlmodel.functions import FUNCTIONS, Library
from xlmodel.grid import Address, ErrorCode, Formula

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from workbook.canvas.book_layout import Layout
    from xlmodel.catalog import Catalog
    from xlmodel.grid import CellValue, Content

DAY = dt.date(2026, 11, 21)
PROFILES = ("published", "full")
Given = dict[str, float | str]
WIDE = {
    "dau": 30000,
    "years": 3,
    "model": "32B~70B",
    "api_models": ["DeepSeek V3", "Qwen-Plus"],
    "rent": ["2×A100 80GB", "8×H100 80GB"],
    "own": ["standard", "3×A100 80GB"],
}
# what is typed into the assumptions; each stands for one change by a person, together where one alone does nothing
TYPED: tuple[Given, ...] = (
    {"days_per_month": 22},
    {"growth_rate": 0.3},
    {"growth_rate": -1},
    {"price_change_rate": -0.2},
    {"price_change_rate": -0.2, "api_price_change_rate": 0},
    {"rent_price_change_rate": 0.1},
    {"hardware_price_change_rate": -0.15, "hardware_life_years": 1},
    {"growth_rate": 0.5, "price_change_rate": 0.1, "discount_rate": 0.08},
    {"discount_rate": 0.05},
    {"cache_hit_rate": 0.4},
    {"cache_hit_rate": 1},
    {"cache_hit_rate": 0.4, "cache_price_ratio": 0.1},
    {"retry_rate": 0.07},
    {"rent_pricing": "on_demand"},
    {"rent_pricing": "on_demand", "days_per_month": 20},
    {"rent_pricing": "on_demand", "on_demand_hours_month": 200},
    {"ops_staff": 2.5},
    {"ops_staff": 0.5},
    {"staff_cost_year": 350000},
    {"staff_cost_year": 350000, "ops_staff": 3},
    {"electricity_price_cny_per_kwh": 1.2},
    {"pue": 1.25},
    {"gpu_load": 0},
    {"gpu_load": 0.9, "pue": 1.1},
    {"server_power_ratio": 1.2},
    {"maintenance_rate": 0.2},
    {"hardware_life_years": 2},
    {"residual_rate": 0.15},
    {"residual_rate": 0.15, "discount_rate": 0.1},
    {"residual_rate": 0.15, "hardware_life_years": 1},
    {"income_tax_rate": 0.25},
    {"income_tax_rate": 0.25, "depreciation_years": 5, "residual_rate": 0.1},
    {"income_tax_rate": 0.25, "depreciation_years": 2, "hardware_life_years": 2},
    {"framework_cost": 111000},
    {"data_cost": 222000},
    {"security_cost": 333000},
    {"backup_cost": 44000},
)


class Book:
    """A quote's inputs, figures and audit, in which cells can be changed by their keys."""

    def __init__(self, layout: Layout, library: Library, options: dict[str, tuple[str, str]]) -> None:
        """Keep the native model: inputs, figures, capacity, audit and answer."""
        self.layout, self.library, self.options = layout, library, options
        kept = {sheet.name for sheet in layout.sheets.values() if sheet.role in {"inputs", "catalog"}}
        kept |= {layout.sheets[key].name for key in ("audit", "capacity", "answer")}
        self.sheets: dict[str, dict[tuple[int, int], Content]] = {
            name: {
                place: cell for place, cell in cells.items() if place != (4, 2)
            }  # the master check's sheet is left out
            for name, cells in layout.contents().items()
            if name in kept
        }
        self.names = {name: layout.refers_to(name) for name in layout.names if not name.startswith("chk_")}

    def totals(self, changes: Mapping[str, Content] = {}) -> dict[str, CellValue]:
        """Return the audit's total of each option, by `profile.deployment.slot`."""
        sheets = {name: dict(cells) for name, cells in self.sheets.items()}
        for key, content in changes.items():
            place = self.layout.places[key]
            sheets[self.layout.sheets[place.sheet].name][place.row, place.column] = content
        computed = compute(sheets, self.library, self.names)
        assert not computed.uncomputed
        audit = self.layout.sheets["audit"].name
        found = {}
        for profile in PROFILES:
            for stem in self.options:
                place = self.layout.places[f"audit.{stem}.{profile}.total"]
                found[f"{profile}.{stem}"] = computed.values[Address(audit, place.row, place.column)]
        return found

    def expected(
        self,
        given: str = "",
        *,
        dau: float = 30000,
        years: int = 3,
        tokens: tuple[float, float] = (800, 400),
        figures: object = None,
    ) -> dict[str, CellValue]:
        """Return LLM_TCO of each option, called with arguments, without a workbook."""
        found = {}
        for profile in PROFILES:
            for stem, (deployment, what) in self.options.items():
                variant = f"profile={profile};{given}"
                found[f"{profile}.{stem}"] = self.library.call(
                    "LLM_TCO", deployment, what, dau, years, *tokens, None, figures, variant
                )
        return found


def book_of(catalog: Catalog, values: Mapping[str, object]) -> Book:
    """Return the audit of a request."""
    request = make_request(catalog, values, "test")
    library = Library(catalog)
    options = {
        f"{deployment}.{slot}": (deployment, what)
        for deployment, listed in (("api", request.api_models), ("rent", request.rent), ("own", request.own))
        for slot, what in enumerate(listed, start=1)
    }
    return Book(layout_of(request, library, "custom", DAY), library, options)


@cache
def wide() -> Book:
    """Return the audit of two options of each kind."""
    return book_of(built_in(), WIDE)


def changed_catalog(folder: Path, change: Callable[[dict[str, str]], list[dict[str, str]]]) -> Catalog:
    """Return the built-in catalog with the price rows that a change makes of each."""
    shutil.copytree(DATA, folder)
    for name in ("api_prices", "gpu_rental", "gpu_purchase", "tier_investment", "tier_operations"):
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(made for row in rows for made in change(row))
    return read_catalog(folder)


def typed(assumptions: Given) -> dict[str, Content]:
    """Return the cells of assumptions typed for both accountings: one, or two where they tell the accountings apart."""
    return {
        f"given.{profile}.{key}": value
        for profile in PROFILES
        for key, value in assumptions.items()
        if profile == "published" or key in TELLING
    }


def as_text(assumptions: Given) -> str:
    """Return assumptions as a function takes them."""
    return ";".join(f"{key}={value}" for key, value in assumptions.items())


def near(expected: dict[str, CellValue]) -> object:
    """Compare to a billionth."""
    return pytest.approx(expected, rel=1e-9, abs=1e-6)


@pytest.mark.parametrize("estimate", ["low", "base", "high"])
@pytest.mark.parametrize("scenario", ["A", "B", "C"])
def test_scenarios(scenario: str, estimate: str) -> None:
    """The built-in scenarios have the functions' totals at each end of the ranges."""
    catalog = built_in()
    request = scenario_request(catalog, scenario)
    book = book_of(
        catalog,
        request.model_dump(include={"dau", "years", "model"})
        | {key: list(getattr(request, key)) for key in ("api_models", "rent", "own")},
    )
    found = book.totals({"in_estimate": estimate})
    assert found == near(book.expected(f"estimate={estimate}", dau=request.dau))


def test_full_accounting_by_hand() -> None:
    """Three years at base: standard tier 299.0, two A100 184.3, all in 10,000 CNY."""
    found = wide().totals()
    assert found["full.own.1"] == pytest.approx(2_990_000)
    # 2 × 6,500 × 36 + 3 × 200,000 + first year 775,000
    assert found["full.rent.1"] == pytest.approx(1_843_000)
    assert found["published.own.1"] == pytest.approx(775_000 + 3 * 480_000)


def test_gpu_configuration_by_hand() -> None:
    """3×A100: three cards, four places of 50,000–200,000, the standard tier's site and staff, power by kW, 12 %."""
    hardware = 3 * 100_000 + 4 * 125_000
    outlay = hardware + 200_000 + 75_000
    power = 3 * 0.4 * 1.8 * 0.6 * 1.5 * 24 * 360 * 0.8
    total = outlay + 3 * (300_000 + power + 0.12 * hardware)
    assert wide().totals()["published.own.2"] == pytest.approx(total)


def test_a_tier_s_lines_are_scaled_by_hand() -> None:
    """A doubled tariff doubles the power line of 80,000–150,000, a second operator the staff line of 300,000."""
    plain = wide().totals()
    found = wide().totals(typed({"electricity_price_cny_per_kwh": 1.6}))
    assert found["full.own.1"] == pytest.approx(2_990_000 + 3 * 115_000)
    found = wide().totals({"given.full.ops_staff": 2})
    assert found["full.own.1"] == pytest.approx(2_990_000 + 3 * 300_000)
    assert found["published.own.1"] == plain["published.own.1"]


def test_renewal_and_tax_by_hand() -> None:
    """Standard tier, full, life two years, hardware 10 % cheaper a year, discount 10 %, tax 25 %, residual 20 %.

    Hardware 500,000 in years 1 and 3 (405,000), site 275,000; 480,000 a year; one-offs 775,000. Depreciation over
    three years: 775,000 / 3, in year 3 also 405,000 / 3, of which two thirds are left; the residual is 20 % of it.
    """
    given: Given = {
        "hardware_life_years": 2,
        "hardware_price_change_rate": -0.1,
        "discount_rate": 0.1,
        "income_tax_rate": 0.25,
        "residual_rate": 0.2,
    }
    hardware, again = 500_000, 500_000 * 0.81
    first = 0.25 * (480_000 + 775_000 + (hardware + 275_000) / 3)
    second = 0.25 * (480_000 + (hardware + 275_000) / 3)
    left = again * 2 / 3 - 0.2 * again
    third = 0.25 * (480_000 + (hardware + 275_000) / 3 + again / 3 + left)
    flows = 480_000 + 775_000 - first, 480_000 - second, 480_000 - third - 0.2 * again
    total = hardware + 275_000 + again / 1.1**2 + sum(flow / 1.1**year for year, flow in enumerate(flows, 1))
    assert wide().totals(typed(given))["full.own.1"] == pytest.approx(total)


@cache
def unchanged(estimate: str) -> dict[str, CellValue]:
    """Return the totals where nothing is typed."""
    return wide().totals({"in_estimate": estimate})


@pytest.mark.parametrize("estimate", ["low", "high"])
@pytest.mark.parametrize("given", TYPED, ids=as_text)
def test_each_assumption(given: Given, estimate: str) -> None:
    """A typed assumption moves some total, and moves the audit as it moves the functions."""
    book = wide()
    found = book.totals({**typed(given), "in_estimate": estimate})
    assert found == near(book.expected(f"estimate={estimate};{as_text(given)}"))
    assert found != near(unchanged(estimate))


def test_accountings_apart() -> None:
    """An assumption typed for one accounting leaves the other alone."""
    book = wide()
    found = book.totals({"given.full.ops_staff": 4})
    plain, changed = book.expected(), book.expected("ops_staff=4")
    assert found == near({key: (changed if key.startswith("full") else plain)[key] for key in plain})


def test_currency() -> None:
    """In USD every total is divided by the rate, also a typed one, from the figures on the sheets."""
    book = wide()
    plain, changed = (
        {key: float(str(value)) / rate for key, value in book.expected().items()} for rate in (7.2, 6.5)
    )
    assert book.totals({"in_currency": "USD"}) == near(plain)
    found = book.totals({"in_currency": "USD", **typed({"fx_cny_per_usd": 6.5})})
    assert found == near(changed)
    assert found["full.own.1"] == pytest.approx(2_990_000 / 6.5)


@pytest.mark.parametrize("years", [1, 2, 3])
def test_fewer_years(years: int) -> None:
    """Years beyond the chosen number count nothing, and the residual value comes back in the last one."""
    book = wide()
    given = {"residual_rate": 0.2, "discount_rate": 0.07, "growth_rate": 0.1}
    found = book.totals({**typed(given), "in_years": years})
    assert found == near(book.expected(as_text(given), years=years))


def test_workload() -> None:
    """Users and tokens move the APIs alone."""
    book = wide()
    found = book.totals({"in_dau": 123, "in_input": 5000, "in_output": 0})
    assert found == near(book.expected(dau=123, tokens=(5000, 0)))
    assert {key for key, value in found.items() if value != unchanged("base")[key]} == {
        f"{profile}.api.{slot}" for profile in PROFILES for slot in (1, 2)
    }


@pytest.mark.parametrize("estimate", ["low", "base", "high"])
@pytest.mark.parametrize(
    ("gpu", "count"),
    [
        ("A100 80GB", 1),
        ("A100 80GB", 2),
        ("A100 80GB", 5),
        ("H100 80GB", 2),
        ("H100 80GB", 8),
        ("H100 80GB", 16),
        ("H200 141GB", 4),
    ],
)
def test_gpu_in_place_of_a_tier(gpu: str, count: int, estimate: str) -> None:
    """A GPU and a number typed over a tier: the tier that holds them gives site, software and staff."""
    book = wide()
    found = book.totals({"in_own_gpu_1": gpu, "in_own_count_1": count, "in_estimate": estimate})
    called = Book(book.layout, book.library, book.options | {"own.1": ("own", f"{count}×{gpu}")})
    assert found == near(called.expected(f"estimate={estimate}"))


@pytest.mark.parametrize("tier", ["light", "standard", "enterprise"])
def test_tier_in_place_of_a_gpu(tier: str) -> None:
    """The GPU cleared: the tier counts, its power by kW where the tariff is typed."""
    book = wide()
    changes = {"in_own_gpu_2": "", "in_own_tier_2": tier}
    called = Book(book.layout, book.library, book.options | {"own.2": ("own", tier)})
    assert book.totals(changes) == near(called.expected())
    given = {"electricity_price_cny_per_kwh": 0.9}
    for estimate in ("low", "base", "high"):
        found = book.totals({**changes, **typed(given), "in_estimate": estimate})
        assert found == near(called.expected(f"estimate={estimate};{as_text(given)}"))


@pytest.mark.parametrize("estimate", ["low", "base", "high"])
def test_corrected_figures(estimate: str) -> None:
    """A figure corrected on its catalog sheet moves the audit as the functions' argument figures moves them."""
    book = wide()
    found = book.totals(
        {
            "in_estimate": estimate,
            "figure.A100 80GB.reserved_month.value": 7000.0,
            "figure.standard.hardware.high": 800000.0,
            "figure.framework.one_off.low": 150000.0,
            "figure.Qwen-Plus.output.value": 9.5,
        }
    )
    figures = [
        ["item", "field", "value", "low", "high"],
        ["A100 80GB", "reserved_month", 7000.0, None, None],
        ["standard", "hardware", 550000.0, 300000.0, 800000.0],
        ["framework", "one_off", 225000.0, 150000.0, 300000.0],
        ["Qwen-Plus", "output", 9.5, None, None],
    ]
    assert found == near(book.expected(f"estimate={estimate}", figures=figures))


def test_a_server_without_a_price(tmp_path: Path) -> None:
    """A GPU without a figure of its server: the ratio times its price, by hand 4 places × 0.28 × 100,000."""

    def change(row: dict[str, str]) -> list[dict[str, str]]:
        return [] if (row["item"], row["field"]) == ("A100 80GB", "server_share") else [row]

    book = book_of(changed_catalog(tmp_path / "catalog", change), WIDE)
    plain = book.totals()
    assert plain == near(book.expected())
    given: Given = {"server_cost_ratio": 1.5}
    found = book.totals(typed(given))
    assert found == near(book.expected(as_text(given)))
    more = 4 * (1.5 - 0.28) * 100_000
    assert found["full.own.2"] == pytest.approx(float(str(plain["full.own.2"])) + more * (1 + 3 * 0.12))


def test_vat_and_foreign_prices(tmp_path: Path) -> None:
    """VAT is added to prices marked exclusive, and a price in USD is turned into CNY, each in its own accounting."""

    def change(row: dict[str, str]) -> list[dict[str, str]]:
        if row["field"] in {"output", "reserved_month", "hardware"}:
            row["tax"] = "exclusive"
        if row["item"] == "Qwen-Plus" and row["currency"] == "USD":
            return []  # its list in CNY takes its place
        if row["field"] == "purchase" or row["item"] == "Qwen-Plus":
            row |= {"currency": "USD", "unit": row["unit"].replace("CNY", "USD")}
        return [row]

    book = book_of(changed_catalog(tmp_path / "catalog", change), WIDE)
    plain = book.totals()
    assert plain == near(book.expected())
    given = {"vat_rate": 0.13, "fx_cny_per_usd": 7, "maintenance_rate": 0.1, "residual_rate": 0.05}
    found = book.totals(typed(given))
    assert found == near(book.expected(as_text(given)))
    assert all(found[key] != pytest.approx(value) for key, value in plain.items())


def test_published_cache_price(tmp_path: Path) -> None:
    """A model with a published cache price takes it on a hit, the other takes the ratio."""

    def change(row: dict[str, str]) -> list[dict[str, str]]:
        cached = row | {"field": "input_cached", "value": "0.3", "low": "", "high": ""}
        return [row, cached] if (row["item"], row["field"]) == ("DeepSeek V3", "input") else [row]

    book = book_of(changed_catalog(tmp_path / "catalog", change), WIDE)
    given = {"cache_hit_rate": 0.5}
    found = book.totals(typed(given))
    assert found == near(book.expected(as_text(given)))
    # 30,000 users × 30 days × 36 months × (800 × (2 + 0.3) / 2 + 400 × 8) / a million
    assert found["published.api.1"] == pytest.approx(32.4 * (800 * 1.15 + 3200))


def whole(
    values: Mapping[str, object], changes: Mapping[str, Content]
) -> tuple[str, CellValue, dict[str, CellValue]]:
    """Return the master check, the number of failed checks and the audit's totals of a changed quote, whole."""
    book = book_of(built_in(), {**values, "lang": "en"})
    layout = book.layout
    contents: dict[str, dict[tuple[int, int], Content]] = {
        name: dict(cells) for name, cells in layout.contents().items()
    }
    for key, content in changes.items():
        place = layout.places[key]
        contents[layout.sheets[place.sheet].name][place.row, place.column] = content
    computed = compute(contents, book.library, {name: layout.refers_to(name) for name in layout.names})

    def value(key: str) -> CellValue:
        place = layout.places[key]
        sheet = layout.sheets[place.sheet].name
        content = contents[sheet][place.row, place.column]
        return (
            computed.values[Address(sheet, place.row, place.column)]
            if isinstance(content, Formula)
            else content
        )

    totals = {
        f"{profile}.{stem}": value(f"audit.{stem}.{profile}.total")
        for profile in PROFILES
        for stem in book.options
    }
    return str(value("chk_master")), value("chk_total"), totals


SMALL = {
    "dau": 30000,
    "years": 1,
    "model": "32B~70B",
    "api_models": ["DeepSeek V3"],
    "rent": ["2×A100 80GB"],
    "own": ["standard"],
}


@pytest.mark.parametrize(
    ("changes", "hit"),
    [
        ({"in_api_1": "no such model"}, "api.1"),
        ({"in_rent_gpu_1": "H999"}, "rent.1"),
        ({"in_own_tier_1": "huge"}, "own.1"),
        ({"in_own_gpu_1": "H999"}, "own.1"),
        ({"figure.A100 80GB.reserved_month.value": "about 7000"}, "rent.1"),
    ],
)
def test_bad_input_fails_the_master_check(changes: dict[str, Content], hit: str) -> None:
    """An unknown name or a text price typed over: an error in that option, a failed check, no error in the master."""
    master, failed, totals = whole(SMALL, changes)
    assert master == "CHECK FAILED"
    assert isinstance(failed, float)
    assert failed >= 2
    assert {key for key, value in totals.items() if isinstance(value, ErrorCode)} == {
        f"{profile}.{hit}" for profile in PROFILES
    }


@pytest.mark.parametrize(("off", "failed"), [(0.0, 0), (1e-10, 0), (1e-8, 3)])
def test_a_difference_is_found(off: float, failed: int) -> None:
    """An audit total that is off by more than a billionth differs from LLM_TCO, LLM_TCO_TABLE and BREAKEVEN_DAU."""
    total = 775_000 + 480_000
    master, count, _ = whole(SMALL, {"audit.own.1.published.total": total * (1 + off)})
    assert (master, count) == ("CHECK FAILED" if failed else "Checks OK", failed)


def test_without_the_add_in() -> None:
    """Where every function is #NAME?, the audit still follows a changed input."""
    book = wide()
    given = {"discount_rate": 0.06}
    sheets = book.layout.contents()
    for cells in sheets.values():
        for place, cell in cells.items():
            if isinstance(cell, Formula) and any(
                bare_name(each) in FUNCTIONS for each in parse(cell.text).functions
            ):
                cells[place] = ErrorCode.NAME
    for key, content in {**typed(given), "in_dau": 5000}.items():
        place = book.layout.places[key]
        sheets[book.layout.sheets[place.sheet].name][place.row, place.column] = content
    names = {name: book.layout.refers_to(name) for name in book.layout.names}
    computed = compute(sheets, book.library, names)
    audit = book.layout.sheets["audit"].name
    places = {
        f"{profile}.{stem}": book.layout.places[f"audit.{stem}.{profile}.total"]
        for profile in PROFILES
        for stem in book.options
    }
    found = {key: computed.values[Address(audit, place.row, place.column)] for key, place in places.items()}
    assert found == near(book.expected(as_text(given), dau=5000))


def test_formulas_are_native_and_short() -> None:
    """No function of ours, none newer than Excel 2007, 90 characters at most."""
    used = set()
    for place, cell in wide().sheets[wide().layout.sheets["audit"].name].items():
        if isinstance(cell, Formula):
            assert len(cell.body) <= 90, place
            used.update(parse(cell.text).functions)
    assert used == {
        "AND", "CHOOSE", "COLUMNS", "COUNTIF", "IF", "IFERROR", "INDEX", "ISNUMBER", "MATCH", "MAX", "MIN", "MOD", "OR",
        "ROUNDUP", "ROWS", "SUM", "SUMIFS", "SUMPRODUCT",
    }  # fmt: skip
