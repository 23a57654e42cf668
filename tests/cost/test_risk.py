"""Sensitivity and risk: each end is the total that LLM_TCO gives there, and percentiles follow from the ranges."""

from __future__ import annotations

import math
from collections import Counter

import pytest

import xlmodel
from xlmodel.catalog import built_in
from xlmodel.cost.option import read
from xlmodel.cost.recorded import Path
from xlmodel.cost.risk import lattice, percentile, totals
from xlmodel.cost.uncertain import Driver, Uncertain
from xlmodel.inputs.ranges import Range
from xlmodel.inputs.register import register
from xlmodel.inputs.resolve import parse_text, resolve
from xlmodel.inputs.workload import Workload

OPTIONS = (
    ("api", "DeepSeek V3"),
    ("rent", "2×A100 80GB"),
    ("own", "standard"),
    ("own", "8×H100 80GB"),
    ("rent", "Qwen3-32B"),
    ("own", "Qwen3-32B"),
)
USERS = 30_000
# the sign that a larger value has on a total, where the option moves with it
DEARER = {
    "growth_rate",
    "api_price_change_rate",
    "rent_price_change_rate",
    "hardware_price_change_rate",
    "days_per_month",
    "retry_rate",
    "peak_to_average",
    "reserve_replicas",
    "ops_staff",
    "staff_cost_year",
    "electricity_price_cny_per_kwh",
    "pue",
    "gpu_load",
    "server_power_ratio",
    "maintenance_rate",
    "server_cost_ratio",
    "fx_cny_per_usd",
    "cache_price_ratio",
    "framework_cost",
    "data_cost",
    "security_cost",
    "backup_cost",
}
CHEAPER = {
    "discount_rate",
    "cache_hit_rate",
    "batch_share",
    "utilisation_target",
    "residual_rate",
    "speed_factor",
}


@pytest.mark.parametrize("profile", ["published", "full"])
@pytest.mark.parametrize(("deployment", "what"), OPTIONS)
def test_each_end_is_the_total_that_lltco_gives_there(deployment: str, what: str, profile: str) -> None:
    """Every row put back into LLM_TCO as an assumption or a figure."""
    rows = xlmodel.call("LLM_SENSITIVITY", deployment, what, USERS, 3, None, None, profile)
    base = xlmodel.call("LLM_TCO", deployment, what, USERS, 3, None, None, profile)
    checked = 0
    for name, low, middle, high, swing, low_value, _, high_value, *_ in rows[1:]:
        assert middle == base
        assert swing == max(low, middle, high) - min(low, middle, high)
        for total, value in ((low, low_value), (high, high_value)):
            if name in register():
                given, figures = f"{profile}; {name}={value!r}", None
            else:
                item, _, field = name.rpartition(" ")
                given, figures = profile, [["item", "field", "value"], [item, field, value]]
            again = xlmodel.call("LLM_TCO", deployment, what, USERS, 3, None, None, given, figures)
            assert total == pytest.approx(again, rel=1e-12), (name, value)
            checked += 1
    assert checked > 10
    assert [row[4] for row in rows[1:]] == sorted((row[4] for row in rows[1:]), reverse=True)


@pytest.mark.parametrize(("deployment", "what"), OPTIONS)
def test_signs_agree_with_common_sense(deployment: str, what: str) -> None:
    """Costs rise with prices, wages and load; savings and shares that are billed less lower them."""
    for profile in ("published", "full"):
        rows = xlmodel.call("LLM_SENSITIVITY", deployment, what, USERS, 3, None, None, profile)
        for name, low, _, high, *_ in rows[1:]:
            if name in DEARER or name not in register():
                assert low <= high, name
            elif name in CHEAPER:
                assert low >= high, name


def test_a_figure_without_its_range_is_no_row() -> None:
    """A price has a row where it has a range, from the catalog or from the workbook."""
    rows = xlmodel.call("LLM_SENSITIVITY", "rent", "2×A100 80GB", None, 1)
    assert not [row for row in rows if row[0] == "A100 80GB reserved_month"]
    figures = [["item", "field", "value", "low", "high"], ["A100 80GB", "reserved_month", 6500, 6000, 7000]]
    rows = xlmodel.call("LLM_SENSITIVITY", "rent", "2×A100 80GB", None, 1, None, None, None, figures)
    # 2 GPUs x 12 months x 6,000, 6,500 and 7,000
    assert rows[1][:5] == ["A100 80GB reserved_month", 144_000, 156_000, 168_000, 24_000]


def test_one_range_alone_gives_the_quantiles_of_its_triangle() -> None:
    """Percentiles against the formula of the triangle, by hand."""
    figures = [["item", "field", "value", "low", "high"], ["A100 80GB", "reserved_month", 6500, 6000, 7000]]
    # one year, so no price path and no discounting; the triangle of 6,000, 6,500, 7,000 has its 10 % quantile at
    # 6,000 + sqrt(0.1 x 1,000 x 500), its median at 6,500; times 2 GPUs x 12 months
    by_hand = {0.1: 6000 + math.sqrt(0.1 * 1000 * 500), 0.5: 6500, 0.9: 7000 - math.sqrt(0.1 * 1000 * 500)}
    for share, month in by_hand.items():
        found = xlmodel.call("LLM_RISK", share, "rent", "2×A100 80GB", None, 1, None, None, None, figures)
        assert found == pytest.approx(24 * month, rel=1e-4)
    ends = [
        xlmodel.call("LLM_RISK", p, "rent", "2×A100 80GB", None, 1, None, None, None, figures) for p in (0, 1)
    ]
    assert 144_000 <= ends[0] < ends[1] <= 168_000


@pytest.mark.parametrize(("deployment", "what"), OPTIONS[:5])
def test_percentiles_repeat_rise_and_have_converged(deployment: str, what: str) -> None:
    """4,096 draws agree with three times as many from another seed within 1 %."""
    shares = (0.1, 0.5, 0.9)
    first = [xlmodel.call("LLM_RISK", p, deployment, what, USERS) for p in shares]
    assert first == sorted(first)
    assert first == [xlmodel.call("LLM_RISK", p, deployment, what, USERS) for p in shares]
    more = (None, None, None, None, None, None, 12_000, 9)
    other = [xlmodel.call("LLM_RISK", p, deployment, what, USERS, *more) for p in shares]
    assert first == pytest.approx(other, rel=0.01)


def test_the_probabilities_of_two_options_add_up() -> None:
    """What one wins the other loses, and each draw's saving is the other's with the sign turned."""
    a, b = ("api", "DeepSeek V3"), ("rent", "2×A100 80GB")
    forth = xlmodel.call("LLM_RISK_COMPARE", *a, *b, 100_000)[1]
    back = xlmodel.call("LLM_RISK_COMPARE", *b, *a, 100_000)[1]
    assert 0 < forth[0] < 1
    assert forth[0] + back[0] == pytest.approx(1, abs=1e-12)
    assert forth[1:] == pytest.approx([-each for each in reversed(back[1:])])
    assert xlmodel.call("LLM_RISK_COMPARE", *a, *b, 1_000)[1][0] == 1
    assert xlmodel.call("LLM_RISK_COMPARE", *a, *a, 1_000)[1] == [0.5, 0, 0, 0]


def test_an_option_that_cannot_be_costed_says_why() -> None:
    """The error of the costing, or of the argument, is the function's."""
    with pytest.raises(xlmodel.CellError, match="dau"):
        xlmodel.call("LLM_RISK", 0.5, "rent", "Qwen3-32B")
    with pytest.raises(xlmodel.CellError, match="percentile"):
        xlmodel.call("LLM_RISK", 1.5, "rent", "2×A100 80GB")


def test_the_points_fill_the_cube_and_are_their_seeds() -> None:
    """Each slice of each axis holds one point, quarters of two axes as many as by chance, and another seed gives others."""
    columns = lattice(3, 512, 5)
    assert columns == lattice(3, 512, 5) != lattice(3, 512, 6)
    for column in columns:
        assert sorted(int(each * 512) for each in column) == list(range(512))
    for one, other in ((0, 1), (0, 2), (1, 2)):
        quarters = Counter(
            zip(*([int(4 * each) for each in columns[axis]] for axis in (one, other)), strict=True)
        )
        assert all(abs(count - 512 / 16) <= 6 for count in quarters.values())
    assert len(lattice(2, 100, 1)[0]) == 100
    assert lattice(0, 100, 1) == []


@pytest.mark.parametrize(
    "given", ["published", "full; income_tax_rate=0.25; discount_rate=0.05; cache_hit_rate=0.2"]
)
@pytest.mark.parametrize(("deployment", "what"), OPTIONS)
def test_each_draw_is_the_whole_calculation(deployment: str, what: str, given: str) -> None:
    """Draws of a lattice put into the whole calculation one by one, as against repeated paths."""
    catalog = built_in()
    inputs, workload = resolve(catalog, dict(parse_text(given))), Workload(USERS, 800, 400)
    option = read(catalog, deployment, f"{what}@A100 80GB" if "Qwen" in what else what)
    (found,) = totals(catalog, inputs, [option], workload, 4, 64, 3)
    costed = Uncertain(catalog, inputs, option, workload, 4)
    acting = sorted((one for one in costed.acting() if not one.range.certain), key=lambda one: one.name)
    drawn = {
        one.name: one.at(column) for one, column in zip(acting, lattice(len(acting), 64, 3), strict=True)
    }
    for row in range(0, 64, 7):
        whole = costed.total({name: column[row] for name, column in drawn.items()})
        assert found[row] == pytest.approx(whole, rel=1e-9)


def test_a_path_repeats_arithmetic_and_keeps_to_its_answers() -> None:
    """Steps, guards, constants and numbers that are taken as they are, by hand."""

    def steps(point: list[float]) -> float:
        x, y = point
        if x > 1 and y:
            return math.ceil(3 * x / (2 - y) - 1) + 2**x - -y
        return 0.0

    path = Path(steps, [2.0, 0.5])
    rows, results = path.over([[2.0, 0.5, 3.0, 2.0], [0.5, 0.5, 1.0, 0.0]])
    # ceil(3 x 2 / 1.5 - 1) + 4 + 0.5; ceil(9 / 1 - 1) + 8 + 1; the second and the last answer otherwise
    assert (rows, results) == ([0, 2], [7.5, 17.0])
    assert Path(lambda _: 5.0, [1.0]).over([[1.0, 2.0]]) == ([0, 1], [5.0, 5.0])
    # a key of a dict, an index and math take the number itself, so that another number is on another path
    for taken in (
        lambda point: {2: 7.0}[point[0]],
        lambda point: math.sqrt(point[0]),
        lambda point: float(int(point[0])),
    ):
        assert Path(taken, [2.0]).over([[2.0, 3.0]])[0] == [0]


def test_the_median_of_symmetric_ranges_is_the_base() -> None:
    """With each number in the middle of its range the median is the total as it is, within the error of the draws."""
    figures = [["item", "field", "value", "low", "high"], ["A100 80GB", "reserved_month", 6500, 6000, 7000]]
    asked = (
        "rent",
        "2×A100 80GB",
        None,
        1,
        None,
        None,
        "full; ops_staff=1.25; staff_cost_year=250000; data_cost=350000",
        figures,
    )
    # 24 x 6,500 of rent, 1.25 x 250,000 of staff, and the one-offs 200,000 + 350,000 + 150,000 + 75,000
    assert xlmodel.call("LLM_TCO", *asked) == 156_000 + 312_500 + 775_000
    moving = [
        row for row in xlmodel.call("LLM_SENSITIVITY", *asked)[1:] if row[4] and row[0] != "discount_rate"
    ]
    assert len(moving) == 7
    assert all(low_value + high_value == 2 * value for *_, low_value, value, high_value, _, _ in moving)
    # staff times wage is a little skewed: half a percent
    assert xlmodel.call("LLM_RISK", 0.5, *asked) == pytest.approx(1_243_500, rel=0.005)


def test_quantiles_of_a_triangle_and_of_a_list() -> None:
    """The quantile of a triangle with its mode aside, whole numbers stay whole, and interpolation between values."""
    skewed = Driver("growth_rate", Range(0, 2, 10, "", ""))
    # the mode of 0, 2, 10 is its 20 % quantile
    assert skewed.at([0.2, 0, 1]) == pytest.approx([2, 0, 10])
    assert skewed.at([0.1]) == [pytest.approx(math.sqrt(0.1 * 10 * 2))]
    assert Driver("growth_rate", Range(5, 5, 10, "", "")).at([0.0]) == [5]
    assert Driver("hardware_life_years", Range(3, 4, 6, "", "")).at([0.0, 0.9, 1.0]) == [3, 5, 6]
    assert percentile([1, 2, 4], 0.75) == 3


def test_a_number_that_a_cache_keeps_does_no_harm_after_its_run() -> None:
    """It compares and calculates as a plain number, adds nothing to its path, and is a constant to a later run."""
    kept: list[float] = []

    def first(numbers: list[float]) -> float:
        kept.append(numbers[0] * 2)
        return numbers[0] + 1

    done = Path(first, [3.0])
    assert kept[0] == 6
    assert type(kept[0] + 1) is float
    later = Path(lambda numbers: numbers[0] * kept[0] if kept[0] > numbers[0] else 0.0, [5.0])
    assert later.over([[5.0, 7.0, 4.0]]) == ([0, 2], [30.0, 24.0])
    assert done.over([[3.0, 8.0]]) == ([0, 1], [4.0, 9.0])


def test_sizing_after_risk_gives_plain_numbers() -> None:
    """Sizing keeps its results by what it is asked; those of a recorded calculation are no exception."""
    assert xlmodel.call("LLM_RISK", 0.5, "own", "Qwen3-14B", 31_013, 3, 811, 397) > 0
    assert type(xlmodel.call("LLM_TCO", "own", "Qwen3-14B", 31_013, 3, 811, 397)) is float
