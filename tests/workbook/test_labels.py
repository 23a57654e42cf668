"""A quote speaks one language: labels of units, items and terms, and headings that lead back to their columns."""

from __future__ import annotations

import datetime as dt
import io
import re
from functools import lru_cache

import openpyxl
import pytest

from workbook.canvas.book_layout import HEADER_ROW, Layout
from workbook.canvas.labels import cell_text, columns_by_heading, heading, of_other_language
from workbook.quote.build import RECORD_TABLES, build_quote
from workbook.quote.context import BookContext
from workbook.quote.sheets.catalog_sheets import FIGURE_TABLES
from workbook.quote.sheets.record_sheets import checks_sheet
from workbook.quote.sheets.worklist_sheets import checklist_sheet
from workbook.request.quote_request import scenario_request
from xlmodel import call
from xlmodel.catalog import Column, built_in
from xlmodel.engine import compute
from xlmodel.functions import default_library
from xlmodel.grid import Address

CHINESE = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")
NAMES = built_in().names


@lru_cache(maxsize=2)
def texts(lang: str) -> dict[str, list[tuple[str, str]]]:
    """Return address and text of each text cell of scenario B's quote, by sheet."""
    data = build_quote(scenario_request(built_in(), "B", lang), built_in())
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    return {
        page.title: [
            (cell.coordinate, cell.value) for row in page for cell in row if isinstance(cell.value, str)
        ]
        for page in book
    }


def column_of(table: str, key: str) -> Column:
    """Return a column of the built-in catalog."""
    return next(column for column in built_in().tables[table].columns if column.key == key)


def test_an_english_quote_holds_no_chinese() -> None:
    """Tabs, headings and cells are in English."""
    found = {
        (title, *cell) for title, cells in texts("en").items() for cell in cells if CHINESE.search(cell[1])
    }
    assert not found
    assert not any(CHINESE.search(title) for title in texts("en"))


def test_a_chinese_quote_says_no_code_on_its_catalog_sheets() -> None:
    """Where a term has a Chinese label, no cell of the catalog sheets shows the code; the tiers keep theirs."""
    catalog = built_in()
    kinds = (
        "unit",
        "figure_kind",
        "bound",
        "tax",
        "region",
        "verification",
        "field",
        "tier",
        "hidden_cost",
        "note",
    )
    codes = {item for kind in kinds for item, (zh, _) in NAMES.labels[kind].items() if CHINESE.search(zh)}
    codes -= {*NAMES.items("tier"), "CNY", "USD"}
    for table in (*FIGURE_TABLES, *RECORD_TABLES):
        cells = texts("zh")[catalog.tables[table].zh]
        shown = {text for address, text in cells if int(re.sub("[A-Z]", "", address)) > HEADER_ROW}
        assert not shown & codes, table


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_unit_of_a_figure_has_a_label(lang: str) -> None:
    """Units follow from the field and the currency, so both currencies of each field have their words."""
    units = {row["unit"] for name in FIGURE_TABLES for row in built_in().tables[name].rows}
    units |= {unit.replace("CNY", "USD") for unit in units}
    assert units <= set(NAMES.items("unit"))
    assert all(NAMES.label("unit", unit, lang) for unit in units)


def test_notes_of_a_quote_are_in_both_languages() -> None:
    """The notes that quotes show have Chinese words."""
    notes = {
        row["note"]
        for name in (*FIGURE_TABLES, "tiers", "size_classes", "typical_configs")
        for row in built_in().tables[name].rows
        if row["note"]
    }
    assert notes
    assert notes <= set(NAMES.items("note"))


@pytest.mark.parametrize(
    ("table", "key", "zh", "en"),
    [
        ("tiers", "zh", "名称", "Name"),
        ("tiers", "gpus_low", "GPU 数下限（张）", "GPUs from"),
        ("size_classes", "parameters_low_b", "参数下限（10⁹）", "Parameters from (10⁹)"),
        ("typical_configs", "month_cny", "月费（预留）（元/月）", "Monthly cost, reserved (CNY/month)"),
        ("gpus", "tdp_w", "额定功率（W）", "Rated power (W)"),
    ],
)
def test_headings_have_units_and_no_language(table: str, key: str, zh: str, en: str) -> None:
    """The unit follows the label unless the label says it; the label's own language is not told."""
    column = column_of(table, key)
    assert (heading(NAMES, column, "zh"), heading(NAMES, column, "en")) == (zh, en)


@pytest.mark.parametrize(
    ("table", "key", "text", "zh", "en"),
    [
        ("api_prices", "bound", "min", "以上", "or more"),
        ("api_prices", "tax", "unknown", "未注明", "not stated"),
        ("api_prices", "unit", "CNY/Mtok", "元/百万 token", "CNY/million tokens"),
        ("size_classes", "tier", "standard", "标准级", "standard"),
        ("hybrid_phases", "deployments", "api; rent", "API 调用；GPU 云租赁", "API; rented GPUs"),
        ("gpus", "item", "H100 80GB", "H100 80GB", "H100 80GB"),
        ("sources", "source", "cost-1", "cost-1", "cost-1"),
    ],
)
def test_texts_are_labelled_by_what_they_refer_to(table: str, key: str, text: str, zh: str, en: str) -> None:
    """Terms, tiers and lists of deployments have labels; names of products and ids stay."""
    column = column_of(table, key)
    assert (cell_text(NAMES, column, text, "zh"), cell_text(NAMES, column, text, "en")) == (zh, en)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_headings_lead_back_to_their_columns(lang: str) -> None:
    """Regeneration finds each shown column by its heading, and by the label of the catalog."""
    for table in built_in().tables.values():
        known = columns_by_heading(NAMES, table)
        shown = [column for column in table.columns if not of_other_language(table.columns, column, lang)]
        for column in shown:
            assert known[heading(NAMES, column, lang)][0] == column, (table.name, column.key)
            unit = f" ({column.unit})" if column.unit else ""
            assert known[(column.zh if lang == "zh" else column.en) + unit][0].key == column.key


def test_a_pair_of_columns_shows_one_language() -> None:
    """The provider stands beside provider_zh alone, the note on a price in two columns: each reader sees one of them."""
    columns = built_in().tables["api_models"].columns
    hidden = {lang: [c.key for c in columns if of_other_language(columns, c, lang)] for lang in ("zh", "en")}
    assert hidden == {
        "zh": ["provider", "en", "price_note_en"],
        "en": ["provider_zh", "zh", "price_note_zh"],
    }


def test_the_checklist_scores_answered_questions_alone() -> None:
    """By hand: yes of weight 2 and partly of weight 1 give (2 + 0.5)/3; without answers it is no number."""
    book = BookContext(Layout("zh"), default_library(), dt.date(2026, 11, 21))
    layout = book.build({"checklist": checklist_sheet, "checks": checks_sheet})
    names = {name: layout.refers_to(name) for name in layout.names}
    contents = layout.contents()
    cells = contents["供应商清单"]
    score, group = Address("供应商清单", 6, 4), Address("供应商清单", 33, 3)
    assert cells[33, 1] == cells[9, 1] == cells[10, 1]
    before = compute(contents, default_library(), names).values
    assert (before[score], before[group]) == ("未回答", "未回答")
    cells |= {(9, 3): "是", (9, 4): 2.0, (10, 3): "部分", (30, 3): "否", (30, 4): 2.0}
    after = compute(contents, default_library(), names).values
    assert after[score] == pytest.approx(2.5 / 5)
    assert after[group] == pytest.approx(2.5 / 3)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_deployments_are_called_as_the_terms_say(lang: str) -> None:
    """Compare, Detail and Scenarios pass the label on to the functions, so each label is a name of its deployment."""
    labels = {kind: NAMES.label("deployment", kind, lang) for kind in ("api", "rent", "own")}
    assert {kind: NAMES.find("deployment", label) for kind, label in labels.items()} == {
        kind: kind for kind in labels
    }
    tabs = {"zh": ("对比", "明细", "场景"), "en": ("Compare", "Detail", "Scenarios")}[lang]
    for tab in tabs:
        shown = {text for address, text in texts(lang)[tab] if address[0] in "AB"}
        assert shown >= set(labels.values()), tab


@pytest.mark.parametrize(
    ("kind", "zh", "en"), [("rent", "GPU 云租赁", "rented GPUs"), ("own", "自建机房", "own hardware")]
)
def test_every_label_of_a_deployment_is_taken_by_the_functions(kind: str, zh: str, en: str) -> None:
    """By hand, three years in full: two A100 at 6,500 a month, an engineer, one-offs; the light tier 102.5 + 77.5."""
    what, total = {
        "rent": ("2×A100 80GB", 2 * 6_500 * 36 + 3 * 200_000 + 775_000),
        "own": ("light", 1_025_000 + 775_000),
    }[kind]
    found = [call("LLM_TCO", name, what, None, 3, None, None, "full") for name in (kind, zh, en)]
    assert found == pytest.approx([total] * 3)
