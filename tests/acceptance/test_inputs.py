"""What a person changes in a quote: every input moves a result, and none within its limits gives an error."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING

import openpyxl
import pytest

from workbook.quote.sheets.question_block import FIRST_WORD
from xlmodel.catalog import built_in
from xlmodel.grid import Address, Formula
from xlmodel.inputs.register import register

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Model

    from xlmodel.engine import Computed
    from xlmodel.grid import Content

    Range = tuple[Address, ...]

# they stand elsewhere, or nowhere: a quote's prices are those of its own figures, whatever the date; no price of this
# quote has a known tax basis, an off-peak window, or a price of its own for thinking, and each GPU has its server
NO_ROW = {
    "profile", "estimate", "currency", "price_date", "vat_rate", "vat_rate_goods", "vat_rate_services", "vat_recoverable",
    "price_tax_basis", "off_peak_share", "thinking_share", "server_cost_ratio",
}  # fmt: skip
# given before each assumption is changed: without them some others would have nothing to work on
BASE: dict[str, Content] = {
    "cache_hit_rate": 0.3, "ops_staff": 2, "electricity_price_cny_per_kwh": 0.9, "income_tax_rate": 0.25,
    "hardware_life_years": 1, "rent_pricing": "on_demand",
}  # fmt: skip
# the one GPU server and the rentals of this quote hold a whole copy: no traffic leaves a server (tests/cost/test_laws.py moves it)
STILL = {"network_gbit_s"}
# the texts of the assumptions that the functions take, one an accounting
VARIANTS = ("in_pub", "in_full")
CHOICES_TRIED = 10


@pytest.fixture
def quote_b(model: Callable[[str, str], Model]) -> Model:
    """Return scenario B in English: two API models, a rental and a tier."""
    return model("B", "en")


def _assumptions(model: Model) -> dict[str, tuple[Address, Address]]:
    """Return the cells of each assumption under the two accountings, by key; the second repeats the first or is yellow."""
    labels = {assumption.en: key for key, assumption in register().items()}
    found = {}
    rows = model.area("list_assumptions")[3:]  # after the three headings
    for name, published, full in zip(rows[::3], rows[1::3], rows[2::3], strict=True):
        found[labels[str(model.cells[name.sheet][name.row, name.column])]] = (published, full)
    del found["price_date"]  # no person types it: it is the day whose figures stand in the file
    assert set(found) == set(register()) - NO_ROW
    return found


def _yellow(model: Model, pair: tuple[Address, Address]) -> list[Address]:
    """Return the cells of an assumption in which a person types: one, or two where it tells the accountings apart."""
    return [
        cell for cell in pair if not isinstance(model.cells[cell.sheet].get((cell.row, cell.column)), Formula)
    ]


def _outputs(model: Model, profile: str) -> list[Address]:
    """Return the function cells under one accounting: those that name its variant."""
    (variant,) = [
        name
        for name in model.names
        if name in VARIANTS
        and isinstance(content := model.cells[model.cell(name).sheet].get(_place(model, name)), Formula)
        and f"profile={profile}" in content.text
    ]
    named = re.compile(rf"\b{variant}\b")
    return [
        Address(sheet, *place)
        for sheet, cells in model.cells.items()
        if sheet != "Inputs"
        for place, content in cells.items()
        if isinstance(content, Formula) and named.search(content.text)
    ]


def _place(model: Model, name: str) -> tuple[int, int]:
    address = model.cell(name)
    return address.row, address.column


def _changed(before: Computed, after: Computed, where: list[Address]) -> bool:
    return any(before.values[address] != after.values[address] for address in where)


def _results(model: Model) -> list[Address]:
    """Return every formula outside the sheet of the inputs."""
    return [address for address in model.base.values if address.sheet != "Inputs"]


def _another(key: str) -> Content:
    """Return a value of an assumption that it does not have yet, within its limits."""
    assumption = register()[key]
    if assumption.choices:
        return next(choice for choice in reversed(assumption.choices) if choice != BASE.get(key))
    now = BASE.get(key) or (0.0 if assumption.figure or assumption.follows else float(assumption.full))
    assert isinstance(now, int | float)
    assert assumption.minimum is not None
    assert assumption.maximum is not None
    step = 1.0 if assumption.type == "integer" else max(abs(now) / 2, 0.05)
    return now + step if now + step <= assumption.maximum else now - step


def test_each_assumption_moves_a_result_of_its_accounting(quote_b: Model) -> None:
    """The yellow cell of `published` moves a published result, that of `full` a full one."""
    cells = _assumptions(quote_b)
    given: dict[Address, Content] = {quote_b.cell("in_currency"): "USD"}
    given |= {cell: value for key, value in BASE.items() for cell in _yellow(quote_b, cells[key])}
    before = quote_b.changed(given)
    outputs = {profile: _outputs(quote_b, profile) for profile in ("published", "full")}
    still: dict[str, set[str]] = {"published": set(), "full": set()}
    for key, pair in cells.items():
        after = quote_b.changed(given | dict.fromkeys(_yellow(quote_b, pair), _another(key)))
        for profile, places in outputs.items():
            if not _changed(before, after, places):
                still[profile].add(key)
    assert still == {"published": STILL, "full": STILL}


def test_each_other_input_moves_a_result(quote_b: Model) -> None:
    """Switches, and the column of the scenario in force: workload, model, options."""
    inputs = quote_b.cells["Inputs"]
    results = _results(quote_b)
    scenario = inputs[_place(quote_b, "in_scenario")]
    (column,) = {column for (_, column), content in inputs.items() if column > 2 and content == scenario}
    own_gpu = Address("Inputs", quote_b.cell("in_own_gpu_1").row, column)
    names = [
        name for name in quote_b.names if name.startswith("in_") and quote_b.cell(name).sheet == "Inputs"
    ]
    still = set()
    tried = 0
    for name in names:
        cell = quote_b.cell(name)
        content = inputs.get((cell.row, cell.column))
        if isinstance(content, Formula) and "in_scenario" in content.text:
            cell = Address("Inputs", cell.row, column)
        now = inputs.get((cell.row, cell.column))
        if isinstance(now, Formula):
            continue  # computed from other inputs
        given: dict[Address, Content] = {own_gpu: "A100 80GB"} if name.startswith("in_own_count") else {}
        before = quote_b.changed(given) if given else quote_b.base
        after = quote_b.changed(given | {cell: _other(quote_b, name, now)})
        tried += 1
        if not _changed(before, after, results):
            still.add(name)
    assert still == set()
    assert tried >= 14


def _other(model: Model, name: str, now: Content) -> Content:
    """Return another choice of an input's list, another number, or the first answer to a question of the advice."""
    if name.startswith("in_ask_"):
        cell = model.cell(name)
        return model.cells[cell.sheet][cell.row, FIRST_WORD]
    if isinstance(now, float):
        return now - 1 if name == "in_years" else now + 1
    kind = re.sub(r"_\d+$", "", name.removeprefix("in_"))
    listed = f"list_{kind if f'list_{kind}' in model.names else kind.removeprefix('own_')}"
    choices = [model.cells[each.sheet].get((each.row, each.column)) for each in model.area(listed)]
    return next(choice for choice in reversed(choices) if choice not in (now, None))


def test_each_scenario_gives_another_result(model: Callable[[str, str], Model]) -> None:
    """Also within one file: the selector gives the totals of the scenario's own quote, where the options are."""
    totals = {scenario: _totals(model(scenario, "en")) for scenario in "ABC"}
    for first, second in ("AB", "AC", "BC"):
        assert set(totals[first].values()).isdisjoint(totals[second].values())
    book = model("B", "en")
    selector = book.cell("in_scenario")
    for scenario in "ABC":
        seen = _totals(book, book.changed({selector: scenario}))
        assert set(totals[scenario].items()) <= set(seen.items())
    assert _totals(book, book.changed({selector: "custom"})) == totals["B"]


def _totals(model: Model, computed: Computed | None = None) -> dict[tuple[object, ...], object]:
    """Return the totals on the sheet Compare by deployment, what it runs on and accounting."""
    computed = computed or model.base
    found = {}
    cells = model.cells["Compare"]
    head = next(row for (row, column), content in cells.items() if column == 1 and content == "Option")
    columns = [column for (row, column), content in cells.items() if row == head and content == "Total"]
    row = head + 1
    while isinstance(cells.get((row, 2)), Formula):
        option = [model.value(computed, Address("Compare", row, column)) for column in (1, 2)]
        for profile, column in zip(("published", "full"), columns, strict=True):
            found[*option, profile] = computed.values[Address("Compare", row, column)]
        row += 1
    return found


def test_a_corrected_figure_moves_the_totals(model: Callable[[str, str], Model]) -> None:
    """Hand arithmetic: a price doubled on its catalog sheet; the other options stay, the checks hold."""
    book = model("B", "en")
    before = _totals(book)
    prices = [_figure(book, "API prices", "DeepSeek V3", field) for field in ("input", "output")]
    doubled: dict[Address, Content] = {cell: 2 * amount for cell, amount in prices}
    moved = _moved(book, before, doubled)
    # 30,000 users × 360 days × 3 years × (800 × 2 + 400 × 8) CNY per million tokens
    assert moved == {("API", "DeepSeek V3"): pytest.approx([155_520, 155_520])}
    rent, month = _figure(book, "GPU rental prices", "A100 80GB", "reserved_month")
    assert _moved(book, before, {rent: month + 1000}) == {
        ("rented GPUs", "2×A100 80GB"): pytest.approx([2 * 36 * 1000] * 2)
    }
    low, amount = _figure(book, "Own investment by tier", "standard", "hardware", "Low")
    assert _moved(book, before, {low: amount + 1000}) == {
        ("own hardware", "standard"): pytest.approx([500, 500])
    }


def _moved(
    book: Model, before: dict[tuple[object, ...], object], changes: dict[Address, Content]
) -> dict[tuple[object, ...], list[float]]:
    """Return by how much the totals of each option move, published and full; the checks pass still."""
    after = book.changed(changes)
    assert after.values[book.cell("chk_total")] == 0
    found: dict[tuple[object, ...], list[float]] = {}
    for key, value in _totals(book, after).items():
        old = before[key]
        assert isinstance(value, float)
        assert isinstance(old, float)
        if value != old:
            found.setdefault(key[:2], []).append(value - old)
    return found


def _figure(book: Model, sheet: str, item: str, field: str, part: str = "Value") -> tuple[Address, float]:
    """Return the cell of a figure on its catalog sheet, and its amount."""
    cells, names = book.cells[sheet], built_in().names
    (top,) = [row for (row, column), content in cells.items() if (column, content) == (1, "Item")]
    (column,) = [column for (row, column), content in cells.items() if (row, content) == (top, part)]
    rows = [row for (row, column), content in cells.items() if column == 1 and content == item]
    (row,) = [row for row in rows if cells.get((row, 2)) == names.label("field", field, "en")]
    amount = cells[row, column]
    assert isinstance(amount, float)
    return Address(sheet, row, column), amount


def _validations(data: bytes, kinds: set[str]) -> list[tuple[Range, str, str]]:
    """Return what Excel lets a person type: cells, lowest (or the list), highest."""
    found = []
    for page in openpyxl.load_workbook(BytesIO(data)).worksheets:
        for rule in page.data_validations.dataValidation:
            if rule.type in kinds:
                cells = tuple(
                    Address(page.title, row, column)
                    for block in rule.sqref.ranges
                    for row, column in sorted(block.cells)
                )
                found.append((cells, str(rule.formula1), str(rule.formula2)))
    return found


def test_numbers_at_their_limits_give_no_error(quote_b: Model, quote: Callable[..., bytes]) -> None:
    """Every two inputs at each of the four combinations of their limits: lowest, highest, and by each binary digit."""
    rules = _validations(quote("B", "en"), {"whole", "decimal"})
    patterns = [lambda _: False, lambda _: True]
    for digit in range(len(rules).bit_length()):
        patterns += [
            lambda index, digit=digit: bool(index >> digit & 1),
            lambda index, digit=digit: not index >> digit & 1,
        ]
    wrong = []
    for number, high in enumerate(patterns):
        changes: dict[Address, Content] = {
            cell: float(top if high(index) else bottom)
            for index, (cells, bottom, top) in enumerate(rules)
            for cell in cells
        }
        after = quote_b.changed(changes)
        wrong += [
            (number, str(address), reason)
            for address, reason in {**after.uncomputed, **after.messages}.items()
        ]
    assert wrong[:5] == []
    assert len(rules) > 30


def test_the_choices_of_the_lists_give_no_error(quote_b: Model, quote: Callable[..., bytes]) -> None:
    """The first, the last and those between, of all lists at once, in every scenario's column."""
    rules = _validations(quote("B", "en"), {"list"})
    wrong = []
    for step in range(CHOICES_TRIED):
        changes: dict[Address, Content] = {}
        for cells, name, _ in rules:
            listed = quote_b.area(name.removeprefix("="), cells[0].sheet)
            chosen = listed[round(step * (len(listed) - 1) / (CHOICES_TRIED - 1))]
            changes |= dict.fromkeys(cells, quote_b.cells[chosen.sheet][chosen.row, chosen.column])
        after = quote_b.changed(changes)
        wrong += [
            (step, str(address), reason) for address, reason in {**after.uncomputed, **after.messages}.items()
        ]
    assert wrong[:5] == []
    assert len(rules) > 8
