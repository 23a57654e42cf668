"""A quote's native formulas over drawn inputs: answer, capacity and paybacks without our functions are those of the functions."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, NamedTuple

import pytest
import test_audit_drawn as audit
from recalculate import IronCalc, without_functions

from tests.workbook.test_audit import DAY
from workbook.canvas import write
from workbook.quote.build import layout_of
from workbook.quote.sheets.curve_sheet import pairs
from workbook.request.quote_request import TELLING, make_request
from xlmodel.catalog import built_in
from xlmodel.errors import NotAvailableError
from xlmodel.functions import default_library
from xlmodel.grid import Formula

if TYPE_CHECKING:
    from workbook.canvas.book_layout import Layout
    from workbook.quote.options import Option
    from xlmodel.grid import Content

# each draw types some twenty cells
DRAWS = 30
PROFILES = ("published", "full")
ASKED = {
    "lang": "en",
    "dau": 30_000,
    "years": 6,
    "model": "32B~70B",
    "api_models": ["DeepSeek V3", "GPT-4o"],
    "rent": ["2×A100 80GB", "8×H100 80GB"],
    "own": ["standard", "8×A100 80GB"],
}
MODELS = ("Qwen3-32B", "DeepSeek-V3", "Qwen3-8B", "Qwen3-235B-A22B")
# what sizing rests on beside the lengths stays, since another setting needs another table
SIZED_FOR = {"cache_hit_rate", "requests_per_user_day"}
RANGES = {key: ends for key, ends in audit.RANGES.items() if key not in SIZED_FOR and "vat" not in key} | {
    "peak_to_average": (1, 8), "utilisation_target": (0.3, 1),
}  # fmt: skip
CHOICES = {
    key: each
    for key, each in audit.CHOICES.items()
    if key not in SIZED_FOR | {"vat_recoverable", "price_tax_basis"}
} | {"reserve_replicas": (0, 1, 2)}


class Typed(NamedTuple):
    """What a draw types, and how the functions are told the same."""

    cells: dict[str, Content]
    given: dict[str, str]
    options: dict[str, tuple[str, str]]
    model: str
    dau: float
    years: int


def drawn(seed: int) -> Typed:
    """Return a draw; half of the assumptions are typed, none that the quote does not show."""
    random = Random(seed)  # noqa: S311 - a test
    cells: dict[str, Content] = {}
    given: dict[str, list[str]] = {profile: [] for profile in PROFILES}
    shown = _quote().places
    for key in (*RANGES, *CHOICES):
        if f"given.published.{key}" not in shown or random.random() < 0.5:
            continue
        for profile in PROFILES if key in TELLING else PROFILES[:1]:
            value = random.choice(CHOICES[key]) if key in CHOICES else random.uniform(*RANGES[key])
            cells[f"given.{profile}.{key}"] = value
            for each in (profile,) if key in TELLING else PROFILES:
                given[each].append(f"{key}={value}")
    estimate = random.choice(("low", "base", "high"))
    dau, years = float(round(10 ** random.uniform(0.7, 6.7))), random.randint(1, 6)
    model = random.choice(MODELS)
    cells |= {
        "in_dau.custom": dau,
        "in_years.custom": years,
        "in_model.custom": model,
        "in_estimate": estimate,
    }
    options: dict[str, tuple[str, str]] = {"api.1": ("api", "DeepSeek V3"), "api.2": ("api", "GPT-4o")}
    for slot in (1, 2):
        gpu, count = random.choice(audit.RENTED), random.choice((1, 2, 8, 34))
        cells |= {f"in_rent_gpu_{slot}.custom": gpu, f"in_rent_count_{slot}.custom": count}
        options[f"rent.{slot}"] = ("rent", f"{count}×{gpu}")
    tier, gpu, count = random.choice(audit.TIERS), random.choice(audit.BOUGHT), random.choice((1, 3, 8, 34))
    cells |= {"in_own_tier_1.custom": tier, "in_own_gpu_2.custom": gpu, "in_own_count_2.custom": count}
    options |= {"own.1": ("own", tier), "own.2": ("own", f"{count}×{gpu}")}
    texts = {key: ";".join([f"profile={key}", f"estimate={estimate}", *each]) for key, each in given.items()}
    return Typed(cells, texts, options, model, dau, years)


_LAYOUTS: list[Layout] = []


def _quote() -> Layout:
    """Return the quote that is typed into, laid out once."""
    if not _LAYOUTS:
        request = make_request(built_in(), ASKED, "test")
        _LAYOUTS.append(layout_of(request, default_library(), "custom", DAY))
    return _LAYOUTS[0]


class Native:
    """The quote open in IronCalc, which knows none of our functions."""

    def __init__(self, model: IronCalc) -> None:
        """Keep the open file."""
        self.model, self.layout = model, _quote()
        self.before = self.layout.contents()

    def type(self, cells: dict[str, Content]) -> None:
        """Type into cells by their keys, and compute."""
        for key, value in cells.items():
            self.model.type(*self._at(key), value)
        self.model.evaluate()

    def restore(self, cells: dict[str, Content]) -> None:
        """Bring back what stood in cells."""
        for key in cells:
            sheet, row, column = self._at(key)
            content = self.before[sheet][row, column]
            self.model.type(sheet, row, column, content.text if isinstance(content, Formula) else content)  # type: ignore[arg-type]

    def __getitem__(self, key: str) -> object:
        """Return the value of a key's cell."""
        return self.model.value(*self._at(key))

    def _at(self, key: str) -> tuple[str, int, int]:
        place = self.layout.places[key]
        return self.layout.sheets[place.sheet].name, place.row, place.column


@pytest.fixture(scope="module")
def native(tmp_path_factory: pytest.TempPathFactory) -> Native:
    """Return the quote open in IronCalc, the function cells frozen, so that nothing can read them afresh."""
    pytest.importorskip("ironcalc", reason="IronCalc is not installed")
    data = write.to_bytes(_quote(), default_library(), title="Quote", date=DAY)
    return Native(IronCalc(without_functions(data), tmp_path_factory.mktemp("native")))


@pytest.mark.parametrize("seed", range(DRAWS))
def test_drawn(native: Native, seed: int) -> None:
    """The users served, the verdict, what is large enough, paybacks and the answer are what the functions say."""
    draw = drawn(seed)
    native.type(draw.cells)
    try:
        for profile in PROFILES:
            _same_hardware(native, draw, profile)
            _same_paybacks(native, draw, profile)
        _same_answer(native, draw)
    finally:
        native.restore(draw.cells)


def _call(name: str, *args: object) -> object:
    """Return what a function gives; None where it has no result."""
    try:
        return default_library().call(name, *args)
    except NotAvailableError:
        return None


def _near(value: object) -> object:
    return pytest.approx(value, rel=1e-9, abs=1e-6)


def _config(native: Native, stem: str, profile: str) -> str:
    return str(native[f"capacity.{stem}.{profile}.config"])


def _users(native: Native, draw: Typed, stem: str, profile: str) -> float:
    config = _config(native, stem, profile)
    found = _call("LLM_CAPACITY", draw.model, config, None, 800, 400, None, None, draw.given[profile])
    return 0.0 if found is None else float(found)  # type: ignore[arg-type]


def _largest(draw: Typed, profile: str) -> float:
    growth = next(
        (float(each[12:]) for each in draw.given[profile].split(";") if each.startswith("growth_rate=")), 0.0
    )
    return max(draw.dau * (1 + growth) ** year for year in range(draw.years))


def _same_hardware(native: Native, draw: Typed, profile: str) -> None:
    for stem, (deployment, _) in draw.options.items():
        if deployment == "api":
            continue
        users = _users(native, draw, stem, profile)
        assert native[f"capacity.{stem}.{profile}.users"] == _near(users)
        enough = users > 0 and _largest(draw, profile) <= users * (1 + 1e-9)
        assert native[f"capacity.{stem}.{profile}.state"] == (1 if enough else 0)
        gpu = str(native[f"capacity.{stem}.{profile}.gpu"])
        total = None if enough else _large(draw, deployment, gpu, profile)
        assert native[f"capacity.{stem}.{profile}.needs_total"] == ("—" if total is None else _near(total))


def _large(draw: Typed, deployment: str, gpu: str, profile: str) -> object:
    what = f"{draw.model}@{gpu}"
    return _call("LLM_TCO", deployment, what, draw.dau, draw.years, 800, 400, None, None, draw.given[profile])


def _what(native: Native, option: Option, draw: Typed, profile: str) -> str:
    if option.deployment == "api":
        return draw.options[option.stem][1]
    return str(native[option.key("capacity", profile, "what")])


def _same_paybacks(native: Native, draw: Typed, profile: str) -> None:
    choice = [each for each in pairs(_options()) if each[0].slot == each[1].slot == 1]
    for a, b in choice:
        months = _call(
            "LLM_PAYBACK", a.deployment, _what(native, a, draw, profile), b.deployment, _what(native, b, draw, profile),
            draw.dau, 12 * draw.years, 800, 400, None, None, draw.given[profile],
        )  # fmt: skip
        assert native[a.key("payback", profile, b.stem)] == ("never" if months is None else _near(months))


def _options() -> tuple[Option, ...]:
    from workbook.quote.options import of_request  # noqa: PLC0415 - beside the request alone

    return of_request(built_in(), make_request(built_in(), ASKED, "test")).options


def _same_answer(native: Native, draw: Typed) -> None:
    serving = {}
    for stem, (deployment, what) in draw.options.items():
        users = _users(native, draw, stem, "published") if deployment != "api" else None
        if users is None or (users > 0 and _largest(draw, "published") <= users * (1 + 1e-9)):
            serving[deployment, what] = _call(
                "LLM_TCO",
                deployment,
                what,
                draw.dau,
                draw.years,
                800,
                400,
                None,
                None,
                draw.given["published"],
            )
    least = min(float(str(total)) for total in serving.values())
    assert native["out_total"] == _near(least)
    cheapest = {
        deployment for (deployment, _), total in serving.items() if float(str(total)) <= least * (1 + 1e-9)
    }
    assert native["out_deployment"] in cheapest
