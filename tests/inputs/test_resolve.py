"""From what a person gave to every assumption."""

from __future__ import annotations

import pytest

from xlmodel.catalog.load import built_in
from xlmodel.catalog.tables import GivenFigure
from xlmodel.errors import BadValueError, CellError
from xlmodel.inputs.model import Inputs
from xlmodel.inputs.register import register
from xlmodel.inputs.resolve import parse_text, resolve

ONE_OFFS = ("framework_cost", "data_cost", "security_cost", "backup_cost")


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("", {}),
        (" ; ", {}),
        ("full", {"profile": "full"}),
        ("Published; HIGH", {"profile": "published", "estimate": "high"}),
        ("discount_rate=0.05; estimate=low", {"discount_rate": 0.05, "estimate": "low"}),
        ("discount rate = 5%", {"discount_rate": 0.05}),
        ("折现率＝５％；口径=full", {"discount_rate": 0.05, "profile": "full"}),
        ("growth_rate=-10 %", {"growth_rate": -0.1}),
        ("ops_staff=0", {"ops_staff": 0}),
        ("ops_staff=; pue=1.2", {"pue": 1.2}),
        ("price_date=2026-06-01", {"price_date": "2026-06-01"}),
        ("ｆｕｌｌ", {"profile": "full"}),
    ],
)
def test_text_forms(text: str, pairs: dict[str, float | str]) -> None:
    """A profile, an estimate, pairs, percentages, labels, full width; a blank value is left out, a 0 is 0."""
    assert dict(parse_text(text)) == pytest.approx(pairs)


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("bogus", "#N/A", "unknown assumption 'bogus'"),
        ("bogus=1", "#N/A", "unknown assumption 'bogus'"),
        ("growth_rate", "#VALUE!", "write growth_rate=value"),
        ("growth_rate=1; 用量年增长率=2", "#VALUE!", "growth_rate: given twice"),
        ("full; published", "#VALUE!", "profile: given twice"),
        ("=1", "#N/A", "unknown assumption"),
    ],
)
def test_texts_that_are_no_assumptions(text: str, code: str, words: str) -> None:
    """An unknown name, a name without a value, and a name given twice are one clear line."""
    with pytest.raises(CellError, match=words) as caught:
        parse_text(text)
    assert caught.value.code == code
    assert "\n" not in caught.value.message


def test_every_assumption_is_resolved() -> None:
    """The inputs have a value for each row of the register, and nothing else: a default given is no change."""
    inputs = resolve(built_in(), {"pue": 1.5})
    assert set(Inputs.__slots__) == set(register())
    assert all(getattr(inputs, key) is not None for key in register())
    assert inputs == resolve(built_in(), {})


def test_what_is_not_given_follows_the_value_in_force() -> None:
    """Price paths follow the general one, VAT rates the general one, hours the days; a given one stands alone."""
    plain = resolve(built_in(), {})
    assert (plain.api_price_change_rate, plain.vat_rate_goods, plain.on_demand_hours_month) == (0, 0, 720)
    given = {
        "price_change_rate": -0.2,
        "rent_price_change_rate": 0.1,
        "vat_rate": 0.06,
        "days_per_month": 31.0,
    }
    found = resolve(built_in(), given)
    assert (found.api_price_change_rate, found.hardware_price_change_rate) == (-0.2, -0.2)
    assert found.rent_price_change_rate == 0.1
    assert (found.vat_rate_goods, found.vat_rate_services) == (0.06, 0.06)
    assert found.on_demand_hours_month == 744
    assert resolve(built_in(), {"on_demand_hours_month": 0.0}).on_demand_hours_month == 0


def test_a_text_choice_is_kept_as_the_register_writes_it() -> None:
    """Engine and precision are texts, found without case."""
    found = resolve(built_in(), {"engine": "TUNED", "precision": "FP8"})
    assert (found.engine, found.precision, resolve(built_in(), {}).precision) == ("tuned", "fp8", "native")


def test_profiles_differ_where_the_texts_name_costs() -> None:
    """Full takes one operator, one reserve replica and the guide's one-offs at their midpoints; nothing else differs."""
    published, full = (resolve(built_in(), {"profile": profile}) for profile in ("published", "full"))
    differing = {key for key in register() if getattr(published, key) != getattr(full, key)}
    assert differing == {"profile", "ops_staff", "reserve_replicas", *ONE_OFFS}
    assert [getattr(published, key) for key in ONE_OFFS] == [0, 0, 0, 0]
    assert [getattr(full, key) for key in ONE_OFFS] == [200_000, 350_000, 150_000, 75_000]


@pytest.mark.parametrize("profile", ["published", "full"])
def test_ranges_are_ordered(profile: str) -> None:
    """Each assumption's low end is at most its base, and that at most its high end."""
    low, base, high = (
        resolve(built_in(), {"profile": profile, "estimate": estimate})
        for estimate in ("low", "base", "high")
    )
    for key, row in register().items():
        if row.numeric:
            assert getattr(low, key) <= getattr(base, key) <= getattr(high, key)


def test_a_given_value_has_no_range() -> None:
    """What a person gives is the same at every end."""
    given = {"staff_cost_year": 1.0, "pue": 2.0}
    for estimate in ("low", "high"):
        inputs = resolve(built_in(), {**given, "estimate": estimate})
        assert (inputs.staff_cost_year, inputs.pue) == (1, 2)


def test_a_workbooks_one_off_stands_before_the_catalogs() -> None:
    """A corrected figure of framework tuning is the full accounting's; the published one stays at 0."""
    catalog = built_in().overlaid({("framework", "one_off"): GivenFigure(1, 2, 3)})
    for estimate, amount in (("low", 1), ("base", 2), ("high", 3)):
        assert resolve(catalog, {"profile": "full", "estimate": estimate}).framework_cost == amount
    assert resolve(catalog, {}).framework_cost == 0


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        (GivenFigure(-5, -5, -5), "framework_cost: -5 is outside 0 to"),
        (GivenFigure(300, 200, 400), "framework one_off: low 300, value 200, high 400 are out of order"),
        (GivenFigure(0, 0, 0, CellError("a cell is #REF!", "#REF!")), "a cell is #REF!"),
    ],
)
def test_a_bad_one_off_is_an_error(figure: GivenFigure, words: str) -> None:
    """A negative one-off, ends out of order, and an error cell never become a cost."""
    catalog = built_in().overlaid({("framework", "one_off"): figure})
    with pytest.raises(CellError, match=words):
        resolve(catalog, {"profile": "full", "estimate": "low"})


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -2.0, "0.1"])
def test_a_bad_value_is_refused(bad: float | str) -> None:
    """NaN, infinity, a value outside its limits and a number as text are #VALUE!."""
    with pytest.raises(BadValueError, match="growth_rate"):
        resolve(built_in(), {"growth_rate": bad})
