"""The sheet Audit over drawn assumptions, options and workloads: by our engine, by IronCalc, and by LLM_TCO."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, NamedTuple

import pytest
from recalculate import IronCalc, without_functions

from tests.workbook.test_audit import DAY, PROFILES, Book, book_of, changed_catalog, near
from workbook.canvas import write
from workbook.request.quote_request import TELLING
from xlmodel.grid import Formula

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from xlmodel.grid import CellValue, Content

    Totals = Callable[[Mapping[str, Content]], dict[str, CellValue]]

DRAWS = 40
MOST_YEARS = 7
MODELS = ("DeepSeek V4.1-Flash", "GPT-5.4", "Claude Sonnet 4.6", "GLM-4.5-Air")
ASKED = {
    "dau": 30000,
    "years": MOST_YEARS,
    "model": "32B~70B",
    "api_models": list(MODELS),
    "rent": ["2×A100 80GB", "8×H100 80GB"],
    "own": ["standard", "3×A100 80GB"],
    "assumptions": {"vat_rate": 0},
}
RENTED = ("A100 80GB", "H100 80GB", "H200 141GB")
BOUGHT = (*RENTED, "RTX 4090 48GB", "H20 141GB")
TIERS = ("light", "standard", "enterprise")
RANGES: dict[str, tuple[float, float]] = {
    "fx_cny_per_usd": (6, 8), "days_per_month": (20, 31), "growth_rate": (-0.5, 1), "price_change_rate": (-0.4, 0.5),
    "api_price_change_rate": (-0.4, 0.5), "rent_price_change_rate": (-0.4, 0.5),
    "hardware_price_change_rate": (-0.4, 0.5), "discount_rate": (0, 0.3), "cache_hit_rate": (0, 1),
    "cache_price_ratio": (0, 1), "retry_rate": (0, 0.3), "batch_share": (0, 1), "off_peak_share": (0, 1),
    "thinking_share": (0, 1), "on_demand_hours_month": (0, 744), "ops_staff": (0, 5), "staff_cost_year": (1e5, 6e5),
    "electricity_price_cny_per_kwh": (0.2, 2), "pue": (1, 2), "gpu_load": (0, 1), "server_power_ratio": (1, 3),
    "maintenance_rate": (0, 0.4), "server_cost_ratio": (0, 2), "residual_rate": (0, 1), "income_tax_rate": (0, 0.4),
    "vat_rate": (0, 0.2), "vat_rate_goods": (0, 0.2), "vat_rate_services": (0, 0.2), "framework_cost": (0, 1e6),
    "data_cost": (0, 1e6), "security_cost": (0, 1e6), "backup_cost": (0, 1e6),
}  # fmt: skip
CHOICES: dict[str, tuple[float | str, ...]] = {
    "requests_per_user_day": (1, 0.5, 12.5),
    "rent_pricing": ("reserved", "on_demand"),
    "hardware_life_years": (1, 2, 3, 5, 8),
    "depreciation_years": (1, 2, 3, 5, 8),
    "vat_recoverable": ("no", "yes"),
    "price_tax_basis": ("as_stated", "inclusive", "exclusive"),
}


class Draw(NamedTuple):
    """What a person might type into the quote.

    Args:
        cells: by key.
        given: by accounting, what its assumptions are.
        options: what stands in each slot.
        dau: daily users.
        years: number of years.
        tokens: input and output tokens a user and day.
        estimate: low, base or high.
    """

    cells: dict[str, Content]
    given: dict[str, str]
    options: dict[str, tuple[str, str]]
    dau: float
    years: int
    tokens: tuple[float, float]
    estimate: str


def drawn(seed: int) -> Draw:
    """Return a draw; half of the assumptions are typed."""
    random = Random(seed)  # noqa: S311 - a test
    cells: dict[str, Content] = {}
    given: dict[str, list[str]] = {profile: [] for profile in PROFILES}
    for key in (*RANGES, *CHOICES):
        if random.random() < 0.5:
            continue
        for profile in PROFILES if key in TELLING else PROFILES[:1]:
            value = random.choice(CHOICES[key]) if key in CHOICES else random.uniform(*RANGES[key])
            cells[f"given.{profile}.{key}"] = value
            for each in (profile,) if key in TELLING else PROFILES:
                given[each].append(f"{key}={value}")
    options: dict[str, tuple[str, str]] = {}
    for slot, model in enumerate(random.sample(MODELS, len(MODELS)), start=1):
        cells[f"in_api_{slot}"], options[f"api.{slot}"] = model, ("api", model)
    for slot in (1, 2):
        gpu, count = random.choice(RENTED), random.choice((1, 2, 8, 34))
        cells |= {f"in_rent_gpu_{slot}": gpu, f"in_rent_count_{slot}": count}
        options[f"rent.{slot}"] = ("rent", f"{count}×{gpu}")
    tier, gpu, count = random.choice(TIERS), random.choice(BOUGHT), random.choice((1, 3, 8, 34))
    cells |= {"in_own_tier_1": tier, "in_own_gpu_1": "", "in_own_gpu_2": gpu, "in_own_count_2": count}
    options |= {"own.1": ("own", tier), "own.2": ("own", f"{count}×{gpu}")}
    dau, years = random.uniform(10, 1e6), random.randint(1, MOST_YEARS)
    tokens = random.choice((800, 40_000, 150_000, 300_000)), random.uniform(0, 5000)
    estimate = random.choice(("low", "base", "high"))
    cells |= {
        "in_dau": dau,
        "in_years": years,
        "in_input": tokens[0],
        "in_output": tokens[1],
        "in_estimate": estimate,
    }
    return Draw(
        cells, {key: ";".join(each) for key, each in given.items()}, options, dau, years, tokens, estimate
    )


def by_functions(book: Book, draw: Draw) -> dict[str, CellValue]:
    """Return LLM_TCO of each option."""
    called = Book(book.layout, book.library, draw.options)
    found: dict[str, CellValue] = {}
    for profile in PROFILES:
        given = f"estimate={draw.estimate};{draw.given[profile]}"
        totals = called.expected(given, dau=draw.dau, years=draw.years, tokens=draw.tokens)
        found |= {key: value for key, value in totals.items() if key.startswith(profile)}
    return found


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """Return a quote with every kind of API price, a thinking price among them, and prices of each tax basis."""

    def change(row: dict[str, str]) -> list[dict[str, str]]:
        row["tax"] = {
            "input": "exclusive", "reserved_month": "inclusive", "purchase": "exclusive", "hardware": "inclusive",
            "staff_year": "exclusive",
        }.get(row["field"], row["tax"])  # fmt: skip
        if (row["item"], row["field"]) == ("H200 141GB", "server_share"):
            return []  # its server is estimated
        thinking = row | {"field": "output_thinking", "value": "9", "low": "", "high": ""}
        return [row, thinking] if (row["item"], row["field"]) == ("GLM-4.5-Air", "output") else [row]

    return book_of(changed_catalog(tmp_path_factory.mktemp("drawn") / "catalog", change), ASKED)


@pytest.fixture(scope="module")
def in_ironcalc(book: Book, tmp_path_factory: pytest.TempPathFactory) -> Totals:
    """Return what types a draw into the quote as IronCalc opened it, and computes."""
    data = write.to_bytes(book.layout, book.library, title="Quote", date=DAY)
    copy = without_functions(data)
    model = IronCalc(copy, tmp_path_factory.mktemp("ironcalc"))
    layout, before = book.layout, book.layout.contents()

    def totals(cells: Mapping[str, Content]) -> dict[str, CellValue]:
        typed_at = []
        for key, value in cells.items():
            place = layout.places[key]
            at = layout.sheets[place.sheet].name, place.row, place.column
            typed_at.append(at)
            model.type(*at, value)  # type: ignore[arg-type]  # numbers and texts alone are drawn
        model.evaluate()
        found: dict[str, CellValue] = {}
        for profile in PROFILES:
            for stem in book.options:
                place = layout.places[f"audit.{stem}.{profile}.total"]
                found[f"{profile}.{stem}"] = model.value(
                    layout.sheets[place.sheet].name, place.row, place.column
                )
        for sheet, row, column in typed_at:  # as it was, for the next draw
            content = before[sheet][row, column]
            model.type(sheet, row, column, content.text if isinstance(content, Formula) else content)  # type: ignore[arg-type]
        return found

    return totals


@pytest.mark.parametrize("seed", range(DRAWS))
def test_drawn(book: Book, in_ironcalc: Totals, seed: int) -> None:
    """Audit by our engine and by IronCalc gives what the function gives, of every option in both accountings."""
    draw = drawn(seed)
    expected = by_functions(book, draw)
    assert all(isinstance(value, float) for value in expected.values())
    assert book.totals(draw.cells) == near(expected)
    assert in_ironcalc(draw.cells) == near(expected)


def _factor(name: str, year: int = 2) -> str:
    return f"audit.published.{name}.{year}"


FAULTS: tuple[tuple[str, str, str], ...] = (  # a cell, what is wrong in it, and the option that it moves
    (_factor("discount_start"), "=1/(1+{$audit.published.discount_rate})^2", "own.2"),
    (_factor("discount"), "=1/(1+{$audit.published.discount_rate})", "rent.1"),
    (_factor("bought"), "=0", "own.2"),
    (_factor("alive"), "=1", "own.2"),
    (_factor("hardware_path"), "=1", "own.2"),
    (_factor("rent_path"), "={audit.published.api_path.2}", "rent.1"),
    (_factor("growth"), "=1", "api.1"),
    ("audit.own.2.published.slots", "=in_own_count_2", "own.2"),
    ("audit.own.2.published.depreciation.3", "={audit.own.2.published.outlay.3}", "own.2"),
    ("audit.own.2.published.book.1", "=0", "own.2"),
    ("audit.own.1.published.power_year", "={audit.own.1.published.power_line}", "own.1"),
    ("audit.published.persons", "={audit.published.ops_staff}", "own.1"),
    ("audit.published.hours", "=8760", "own.2"),
    ("audit.published.vat_exclusive_goods", "=1", "own.2"),
    ("audit.rent.1.published.units", "=1", "rent.1"),
    ("audit.api.1.published.hit", "={audit.api.1.published.input}", "api.1"),
    ("audit.api.1.published.input.place", "={audit.api.1.published.input.plain}", "api.1"),
    ("audit.api.1.published.batched_output", "={audit.api.1.published.output}", "api.1"),
)
FAULTY = Draw(
    {
        "in_api_1": "GPT-5.4", "in_input": 300_000, "in_years": 4, "in_own_count_2": 3, "in_estimate": "high",
        **{
            f"given.published.{key}": value
            for key, value in (
                ("discount_rate", 0.1), ("hardware_life_years", 1), ("hardware_price_change_rate", -0.2), ("growth_rate", 0.2),
                ("rent_price_change_rate", -0.1), ("residual_rate", 0.3), ("income_tax_rate", 0.25), ("depreciation_years", 5),
                ("pue", 1.2), ("ops_staff", 0), ("vat_rate_goods", 0.13), ("rent_pricing", "on_demand"),
                ("cache_hit_rate", 0.5), ("batch_share", 0.4),
            )
        },
    }, {}, {}, 0, 0, (0, 0), "",
)  # fmt: skip


@pytest.fixture(scope="module")
def right(book: Book) -> dict[str, CellValue]:
    """Return the totals of the draw in which faults are made."""
    return book.totals(FAULTY.cells)


@pytest.mark.parametrize(("key", "text", "moved"), FAULTS, ids=[key for key, _, _ in FAULTS])
def test_a_fault_of_the_audit_is_seen(
    book: Book, right: dict[str, CellValue], key: str, text: str, moved: str
) -> None:
    """Each step counts: with one of them wrong, the option's total is no more the function's."""
    place = book.layout.places[key]
    wrong = Formula(book.layout.text_of(book.layout.sheets[place.sheet], Formula(text)))
    found = book.totals({**FAULTY.cells, key: wrong})
    assert found[f"published.{moved}"] != pytest.approx(right[f"published.{moved}"], rel=1e-9)
    assert found["full.rent.2"] == right["full.rent.2"]
