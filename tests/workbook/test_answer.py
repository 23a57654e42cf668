"""The answer of a quote: only what can serve the demand is ranked, what cannot stands apart with what it would take."""

from __future__ import annotations

import datetime as dt
import math
import re
from io import BytesIO
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from quoted import DAY, MILLION, quote, values
from recalculate import Copy, by_ironcalc, by_libreoffice, differences, has_libreoffice

import xlmodel
from workbook.canvas import write
from workbook.quote.build import COMPARISON_SHEETS, QUOTE_SHEETS, layout_of
from workbook.quote.context import LAYERS
from workbook.request.quote_request import make_request
from workbook.rules import check_file
from xlmodel.catalog import built_in
from xlmodel.functions import default_library
from xlmodel.grid import Address

if TYPE_CHECKING:
    from pathlib import Path

    from quoted import Quote

    from xlmodel.grid import CellValue


def test_a_million_users_are_answered_by_the_api() -> None:
    """Hand: 1,000,000 x 30 d x 36 months x (800 x 2 + 400 x 8) / 1e6 = 5,184,000; 2×A100 would be 468,000 and serve 61,203.

    34 cards x 6,500 x 36 = 7,956,000, which is what renting takes.
    """
    found = quote(**MILLION)
    bill = 1_000_000 * 30 * 36 * (800 * 2 + 400 * 8) / 1e6
    assert bill == 5_184_000
    assert found["out_deployment"] == "api"
    assert found["out_what"] == "DeepSeek V3"
    assert found["out_total"] == pytest.approx(bill, rel=1e-12)
    assert (
        found["out_answer"]
        == "价目口径：成本最低的是 API 调用 DeepSeek V3，3 年合计 518.4 万元（名义值），是唯一能承载的方案。"
    )
    assert found["compare.rent.1.published.total"] == 468_000
    assert found["compare.rent.1.published.rank"] == "—"
    assert found["compare.rent.1.published.per_mtok"] == "—"
    assert found["compare.api.1.published.rank"] == 1
    assert found["compare.api.1.published.per_mtok"] == pytest.approx(4, rel=1e-12)
    assert math.floor(found.number("capacity.rent.1.published.users")) == 61_202
    assert found["capacity.rent.1.published.needs_config"] == "34×A100 80GB"
    assert found["capacity.rent.1.published.needs_total"] == pytest.approx(34 * 6_500 * 36, rel=1e-12)
    assert found["capacity.rent.1.published.verdict"] == "承载不足，需 34×A100 80GB"
    # those that serve come first, and the chart shows what can serve
    assert [found[f"order.{place}.published.rank"] for place in (1, 2, 3)] == [1, "—", "—"]
    assert found["order.2.published.able"] == pytest.approx(7_956_000, rel=1e-12)
    # another model on the hardware than by API: said with both names
    assert found["answer.models"] == "模型不同：API 为 DeepSeek V3，硬件上为 Qwen3-32B；只比成本，不比效果。"


def test_the_english_sentence() -> None:
    """The same answer in words of the other language."""
    found = quote("en", **MILLION)
    assert found["out_deployment"] == "api"
    assert found["out_answer"] == (
        "Price-list cost: API DeepSeek V3 costs least: 5,184,000 CNY over 3 years (nominal); nothing else serves."
    )
    assert found["capacity.own.1.published.verdict"] == "too few GPUs, needs 34×A100 80GB"


def test_what_serves_the_first_year_alone_is_not_ranked() -> None:
    """Hand: 2×A100 serve 63,360 users; 30,000 x 1.5^2 = 67,500 in year 3, which 30,000 and 45,000 before are not."""
    options = {**MILLION, "dau": 30_000}
    one_year = quote(**options, years=1, assumptions="growth_rate=0.5")
    three = quote(**options, years=3, assumptions="growth_rate=0.5")
    assert one_year["compare.rent.1.published.rank"] == 2
    assert three["compare.rent.1.published.rank"] == "—"
    assert three["capacity.rent.1.published.verdict"] == "承载不足，需 4×A100 80GB"
    # tokens: 30,000 x (1 + 1.5 + 2.25) x 360 d x 1,200
    assert three["demand.published.mtok"] == pytest.approx(30_000 * 4.75 * 360 * 1_200 / 1e6)


@pytest.mark.parametrize(("estimate", "gpus"), [("low", 2), ("base", 3), ("high", 4)])
def test_a_tier_counts_the_gpus_that_are_paid_for(estimate: str, gpus: int) -> None:
    """Hand: the standard tier has 2 to 4 A100: 2 at its low price, (2 + 4) / 2 at the middle, 4 at the high one."""
    found = quote(**MILLION, assumptions=f"estimate={estimate}")
    assert found["capacity.own.1.published.config"] == f"{gpus}×A100 80GB"
    load = f"estimate={estimate}"
    served = xlmodel.call("LLM_CAPACITY", "Qwen3-32B", f"{gpus}×A100 80GB", "", 800, 400, load)
    assert found["capacity.own.1.published.users"] == pytest.approx(served, rel=1e-12)


def test_a_middle_of_half_a_gpu_is_rounded_down() -> None:
    """Hand: the light tier has 1 to 2 A100 40GB; their middle of 1.5 pays for one whole card."""
    assert quote(dau=10_000)["capacity.own.1.published.config"] == "1×A100 40GB"


def test_weights_that_do_not_fit_say_so() -> None:
    """Hand: 671e9 fp8 weights take 671 GB, more than the 8 x 80 = 640 GB of 8×H100; 16 are 1,280 GB."""
    given: dict[str, Any] = {
        "dau": 30_000,
        "model": "671B",
        "api_models": ["DeepSeek V3"],
        "rent": ["8×H100 80GB"],
        "own": ["enterprise"],
    }
    english, chinese = quote("en", **given), quote("zh", **given)
    assert english["capacity.rent.1.published.users"] == 0
    assert (
        english["capacity.rent.1.published.verdict"] == "fp8 weights and cache do not fit, needs 16×H100 80GB"
    )
    assert chinese["capacity.rent.1.published.verdict"] == "fp8 权重与缓存装不下，需 16×H100 80GB"
    assert english["compare.rent.1.published.rank"] == "—"
    # the API runs the same weights: nothing to say on models
    assert (english["answer.models"] or "") == ""


def test_nothing_serves() -> None:
    """An API serves any number of users; with its state set to 0 nothing is left to rank, and the answer says so."""
    found = quote(**MILLION)
    layout = found.layout
    cells = layout.contents()
    name = layout.sheets["answer"].name
    place = layout.places["answer.api.1.published.state"]
    cells[name][place.row, place.column] = 0.0
    computed = values(layout, cells)

    def at(key: str) -> CellValue:
        where = layout.places[key]
        return computed[Address(layout.sheets[where.sheet].name, where.row, where.column)]

    assert at("out_answer") == "价目口径：没有方案能承载 1,000,000 日活，不给出结论。"
    assert [at(key) for key in ("out_deployment", "out_what", "out_total")] == ["—"] * 3


def test_hardware_that_would_cost_less_when_made_large_enough_is_named() -> None:
    """Hand: an API price that grows sixfold a year makes 1,728,000 x (1 + 6 + 36), more than the 7,488,000 of 32 cards."""
    found = quote(**MILLION, assumptions="api_price_change_rate=5")
    assert found["out_total"] == pytest.approx(1_728_000 * 43)
    assert str(found["out_answer"]).endswith("若改为 34×A100 80GB（扩容后），合计 795.6 万元，更低。")


def test_the_largest_year_decides_in_each_accounting() -> None:
    """The full accounting keeps a copy in reserve: of two copies of one card each, one serves."""
    found = quote(**{**MILLION, "dau": 30_000})
    assert found["compare.rent.1.published.rank"] == 2
    assert found["compare.rent.1.full.rank"] == "—"
    served = xlmodel.call("LLM_CAPACITY", "Qwen3-32B", "2×A100 80GB", "", 800, 400, "full")
    assert found["capacity.rent.1.full.users"] == pytest.approx(served, rel=1e-12)


@pytest.mark.parametrize(
    "assumptions",
    [
        "",
        "growth_rate=0.5",
        "price_change_rate=-0.1; growth_rate=0.2; income_tax_rate=0.25",
        "residual_rate=0.2; discount_rate=0.08",
    ],
)
def test_paybacks_are_the_functions_and_the_curves(assumptions: str) -> None:
    """Each payback is LLM_PAYBACK's, and lies in the step of the curve on the sheet in which the lines cross."""
    given: dict[str, Any] = {
        "dau": 300_000,
        "model": "32B~70B",
        "api_models": ["GPT-4o"],
        "rent": ["8×A100 80GB"],
        "own": ["8×A100 80GB"],
    }
    found = quote(**given, years=5, **({"assumptions": assumptions} if assumptions else {}))
    met = 0
    for profile in ("published", "full"):
        for a, b in (("rent.1", "api.1"), ("own.1", "api.1"), ("own.1", "rent.1")):
            shown = found[f"payback.{a.split('.')[0]}.1.{profile}.{b}"]
            pairs = [part for each in (a, b) for part in _compared(found, each, profile)]
            last = found.number("curve.month.60")
            text = f"{profile}; {assumptions}".rstrip("; ")
            months = _payback(pairs, last, _named(profile, assumptions))
            if isinstance(months, float):
                met += 1
                assert shown == pytest.approx(months, rel=1e-9), text
                _crosses(found, (a, b), profile, months)
            else:
                assert shown == months, text
    assert met
    assert found["chk_total"] == 0


def _compared(found: Quote, option: str, profile: str) -> tuple[str, str]:
    """Return the deployment of an option and what of it is compared: hardware made large enough where it must be."""
    deployment = option.partition(".")[0]
    key = "in_api_1" if deployment == "api" else f"capacity.{option}.{profile}.what"
    return deployment, str(found[key])


def _payback(pairs: list[str], months: float, assumptions: str) -> object:
    """Return LLM_PAYBACK of 300,000 users, or the sheet's word where there is none."""
    try:
        return xlmodel.call("LLM_PAYBACK", *pairs, 300_000, months, 800, 400, assumptions)
    except xlmodel.CellError:
        return "不回本"


def _named(profile: str, assumptions: str) -> str:
    return "; ".join(filter(None, (f"profile={profile}", assumptions)))


def _crosses(found: Quote, pair: tuple[str, str], profile: str, months: float) -> None:
    """Check against the cells of the curve that a is at or below b from the month on, and above it just before."""
    a, b = pair
    for step in range(61):
        month, mine, other = (
            found.number(key)
            for key in (f"curve.month.{step}", f"curve.{a}.{profile}.{step}", f"curve.{b}.{profile}.{step}")
        )
        if month >= months:
            assert mine <= other * (1 + 1e-9)
    before = max(step for step in range(61) if found.number(f"curve.month.{step}") <= months)
    if months and found.number(f"curve.month.{before}") < months:
        mine, other = (found.number(f"curve.{each}.{profile}.{before}") for each in pair)
        assert mine > other * (1 - 1e-9)


def test_options_at_other_loads() -> None:
    """Hand, at 30,000 users and three times that: the bill is 5,184,000 a million users, 2×A100 serve 61,203 users.

    90,000 users are 90,000 / (63,361 / 2) = 2.84 copies of one card, so that 3 are needed; owning costs what it costs.
    """
    found = quote("en", **{**MILLION, "dau": 30_000})
    assert [found[f"load.api.1.published.{load}"] for load in (1, 2, 3)] == pytest.approx(
        [9_000 * 5.184, 30_000 * 5.184, 90_000 * 5.184]
    )
    assert [found[f"load.rent.1.published.{load}"] for load in (1, 2, 3)] == [468_000, 468_000, "—"]
    needed = xlmodel.call("LLM_PLAN", "Qwen3-32B", 90_000, "", "A100 80GB", 800, 400)
    assert found["capacity.rent.1.published.need.load.3"] == needed[1][2]
    assert found["capacity.rent.1.published.need.load.2"] == found["capacity.rent.1.published.need"]


def test_curves_reach_over_the_years_of_the_quote() -> None:
    """Hand: ten years are 120 months, three are 36; a curve ends at the total of its years, which are nominal here."""
    assert quote(**{**MILLION, "years": 10})["curve.month.120"] == 120
    found = quote(**MILLION)
    assert "curve.month.37" not in found.layout.places
    assert found["curve.api.1.published.36"] == pytest.approx(5_184_000)
    assert found["curve.rent.1.published.36"] == pytest.approx(7_956_000)  # made large enough


def test_users_at_break_even_stand_beside_the_users_served() -> None:
    """Hand: a user costs 0.1728 x 30 ... = 5.184 CNY over three years; 468,000 / 5.184 = 90,278 users, beyond the 63,360 served."""
    found = quote(**MILLION)
    per_user = 36 * 30 * (800 * 2 + 400 * 8) / 1e6
    assert found["users.api.1.published.rent.1"] == pytest.approx(468_000 / per_user, rel=1e-9)


def test_old_prices_are_counted_with_the_options_that_read_them() -> None:
    """Hand: two API prices, one rent, six lines of the tier, all of 2026-06-01, 173 days before 2026-11-21, beyond 90.

    The tier is too small, and 34 A100 stand for it: price of the card and its server, site and software of the
    cluster tier that holds 34, and the staff line of the enterprise tier, since the cluster has none: five more.
    """
    found = quote(**MILLION)
    assert (DAY - dt.date(2026, 6, 1)).days == 173
    assert found["price_age.sentence"] == (
        "价格须复核：所用价格有 14 项超过 90 天，最早 2026-06-01（173 天前），涉及 DeepSeek V3、2×A100 80GB、标准级。"
    )


@pytest.mark.parametrize(
    ("own", "tier", "lines"),
    [
        ("3×A100 80GB", "standard", {"infrastructure", "software", "staff_year"}),
        ("24×A100 80GB", "cluster", {"infrastructure", "software"}),
    ],
)
def test_an_own_configuration_reads_the_lines_of_its_tier(own: str, tier: str, lines: set[str]) -> None:
    """2–4 A100 are the standard tier's, 24 GPUs the cluster's, which has no staff line; no hardware, no power line."""
    found = quote(**{**MILLION, "dau": 10_000, "own": [own]})
    assert found["price_age.own.1.quoted.tier"] == found["audit.own.1.published.tier"] == tier
    assert found["price_age.own.1.quoted.staff"] == found["audit.own.1.published.staff_tier"]
    fields = {"hardware", "infrastructure", "software", "staff_year", "power_year", "maintenance_year"}
    assert {field for field in fields if found.get(f"figure.{tier}.{field}.age.own.1")} == lines
    assert found["figure.A100 80GB.purchase.age.own.1"] == 1
    assert found["figure.H100 80GB.purchase.age.own.1"] == 0


def test_the_price_that_looks_like_the_cached_one_is_named() -> None:
    """V4-Flash is an option of scenario A, and not of the other."""
    assert "DeepSeek V4-Flash 的单价疑为缓存命中价" in str(quote(dau=10_000)["answer.price_notes"])
    assert (quote(**MILLION)["answer.price_notes"] or "") == ""


# every sheet of the reader, and the native workings behind them
READERS = (*LAYERS, "capacity", "answer", "curve", "audit", "price_age")


@pytest.mark.parametrize("engine", ["ironcalc", "libreoffice"])
@pytest.mark.parametrize("sheets", [QUOTE_SHEETS, COMPARISON_SHEETS], ids=["quote", "comparison"])
def test_a_missing_function_changes_no_verdict(
    engine: str, sheets: dict[str, object], tmp_path: Path
) -> None:
    """Both programs know none of our functions: verdicts and answer are those of the file, no cell shows an error.

    The checks and the range of the totals say that the functions are not loaded.
    """
    if engine == "libreoffice" and not has_libreoffice():
        pytest.skip("needs LibreOffice (soffice)")
    request = make_request(built_in(), {**MILLION, "lang": "zh"}, "test")
    layout = layout_of(request, default_library(), "custom", DAY, sheets)
    data = write.to_bytes(layout, default_library(), title="Quote", date=DAY)
    others = (by_ironcalc if engine == "ironcalc" else by_libreoffice)(_as_it_is(data), tmp_path)
    carried = openpyxl.load_workbook(BytesIO(data), data_only=True)
    shown = {layout.sheets[key].name for key in READERS if key in sheets}
    native = {
        (name, cell.coordinate): cell.value
        for name in shown
        for row in carried[name].iter_rows()
        for cell in row
        if (name, cell.coordinate) in others and cell.coordinate != "B4"
    }
    ranges = [place for place, value in native.items() if re.fullmatch(r"[\d,]+–[\d,]+", str(value))]
    # of the answer in both accountings; nothing else serves a million users
    assert len(ranges) == (2 if "scenarios" in sheets else 0)
    assert {others[place] for place in ranges} <= {"函数未加载"}
    native = {place: value for place, value in native.items() if place not in ranges}
    assert differences(native, others) == []
    errors = {place: value for place, value in others.items() if str(value).startswith("#")}
    assert errors == {}
    place = layout.places["chk_master"]
    master = others[
        layout.sheets["checks"].name, openpyxl.utils.get_column_letter(place.column) + str(place.row)
    ]
    assert master == "函数未加载"


BAR: dict[str, Any] = {
    "model": "32B~70B", "api_models": ["DeepSeek V3", "GPT-4o"], "rent": ["2×A100 80GB"], "own": ["standard"],
}  # fmt: skip


@pytest.mark.parametrize("engine", ["ironcalc", "libreoffice"])
@pytest.mark.parametrize("assumptions", ["", "growth_rate=0.4; discount_rate=0.06; reserve_replicas=1"])
def test_users_typed_into_a_quote_give_the_answer_of_a_quote_for_them(
    engine: str, assumptions: str, tmp_path: Path
) -> None:
    """A quote for 30,000 users with 300,000 typed, without our functions, answers as a quote made for 300,000."""
    if engine == "libreoffice" and not has_libreoffice():
        pytest.skip("needs LibreOffice (soffice)")
    given = {**BAR, **({"assumptions": assumptions} if assumptions else {})}
    wanted = quote("en", **{**given, "dau": 300_000})
    request = make_request(built_in(), {**given, "dau": 30_000, "lang": "en"}, "test")
    layout = layout_of(request, default_library(), "custom", DAY)
    place = layout.places["in_dau.custom"]
    book = openpyxl.load_workbook(BytesIO(write.to_bytes(layout, default_library(), title="Quote", date=DAY)))
    book[layout.sheets[place.sheet].name].cell(place.row, place.column).value = 300_000
    file = BytesIO()
    book.save(file)
    others = (by_ironcalc if engine == "ironcalc" else by_libreoffice)(_as_it_is(file.getvalue()), tmp_path)

    def at(key: str) -> object:
        where = layout.places[key]
        address = openpyxl.utils.get_column_letter(where.column) + str(where.row)
        return others[layout.sheets[where.sheet].name, address]

    for name in ("out_deployment", "out_what"):
        assert at(name) == wanted[name]
    assert at("out_total") == pytest.approx(wanted.number("out_total"), rel=1e-9)
    for key in ("capacity.rent.1.full.needs_total", "payback.own.1.full.api.2", "users.api.1.full.rent.1"):
        assert at(key) == (
            pytest.approx(wanted[key], rel=1e-9) if isinstance(wanted[key], float) else wanted[key]
        )
    errors = {place: value for place, value in others.items() if str(value).startswith("#")}
    assert errors == {}
    # 300,000 users of 32B need more than two cards: the answer is what serves
    assert at("capacity.rent.1.published.state") == 0


def test_lengths_that_the_table_does_not_know_are_no_answer() -> None:
    """1,600 tokens a day in place of 800 are another length; as two requests of 800 and 400 they are the same again."""
    found = quote("en", **{**MILLION, "dau": 30_000})
    layout = found.layout
    typed = {"in_input.custom": 1_600.0, "in_output.custom": 800.0}

    def changed(more: dict[str, float]) -> dict[str, CellValue]:
        cells = layout.contents()
        for key, value in {**typed, **more}.items():
            place = layout.places[key]
            sheet = cells[layout.sheets[place.sheet].name]
            cells[layout.sheets[place.sheet].name] = {**sheet, (place.row, place.column): value}
        computed = values(layout, cells)
        return {
            key: computed[Address(layout.sheets[place.sheet].name, place.row, place.column)]
            for key in ("out_answer", "out_deployment", "out_total", "capacity.rent.1.published.verdict")
            for place in [layout.places[key]]
        }

    other = changed({})
    assert other["capacity.rent.1.published.verdict"] == "sized for 800/400 tokens: regenerate"
    assert other["out_answer"] == "Price-list cost: sized for 800/400 tokens: regenerate; no answer."
    assert (other["out_deployment"], other["out_total"]) == ("—", "—")
    same = changed({"given.published.requests_per_user_day": 2.0})
    assert same["capacity.rent.1.published.verdict"] == "serves"
    assert same["out_deployment"] != "—"


def _as_it_is(data: bytes) -> Copy:
    """Return the whole workbook for other programs, function cells included."""
    book = openpyxl.load_workbook(BytesIO(data))
    cells = [(sheet.title, cell) for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    native = {(name, cell.coordinate): None for name, cell in cells if cell.data_type == "f"}
    return Copy(data, native, [(name, cell.row, cell.column) for name, cell in cells if cell.value is None])


def test_the_answer_holds_the_standard(tmp_path: Path) -> None:
    """The product's own check finds nothing in the example of a million users, in both languages."""
    for lang in ("zh", "en"):
        request = make_request(built_in(), {**MILLION, "lang": lang}, "test")
        layout = layout_of(request, default_library(), "custom", DAY)
        path = tmp_path / f"{lang}.xlsx"
        path.write_bytes(write.to_bytes(layout, default_library(), title="Quote", date=DAY))
        assert list(check_file(path)) == []
