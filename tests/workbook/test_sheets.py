"""The list of sheets: one more sheet is one function and one entry, and the order of the list is that of the tabs alone."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING

import openpyxl
import pytest

from workbook.canvas import styles, write
from workbook.canvas.book_layout import HEADER_ROW, Layout
from workbook.canvas.frame import header, start, widths
from workbook.quote.build import QUOTE_SHEETS, layout_of
from workbook.quote.context import BookContext
from workbook.quote.options import Option
from workbook.quote.sheets.record_sheets import checks_sheet
from workbook.request.quote_request import make_request, scenario_request
from workbook.rules import check_file
from xlmodel.catalog import built_in
from xlmodel.engine import compute
from xlmodel.functions import default_library
from xlmodel.grid import Address, ErrorCode, Formula

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from workbook.quote.context import QuoteContext
    from xlmodel.grid import CellValue

DAY = dt.date(2026, 11, 21)


def quote_of(sheets: Mapping[str, Callable[[QuoteContext], None]], lang: str = "en") -> Layout:
    """Return scenario B's layout of a list of sheets."""
    return layout_of(scenario_request(built_in(), "B", lang), default_library(), "custom", DAY, sheets)


def savings_sheet(quote: QuoteContext) -> None:
    """Add a sheet that no release has: what each option costs beyond the least, with a check of its own."""
    layout = quote.layout
    sheet = start(
        layout,
        "savings",
        ("差额", "Savings"),
        "output",
        ("各方案比最省者多花多少", "What each option costs beyond the least"),
        ("所选币种的元", "units of the chosen currency"),
    )
    widths(sheet, 40, 18, 18)
    header(
        layout,
        sheet,
        [layout.pick(*each) for each in (("方案", "Option"), ("总计", "Total"), ("多花", "More"))],
    )
    first, last = quote.options[0], quote.options[-1]
    totals = f"{{{first.key('savings', 'total')}:{last.key('savings', 'total')}}}"
    for row, option in enumerate(quote.options, start=HEADER_ROW + 1):
        layout.formula(sheet, row, 1, f"={option.ref('answer', 'label')}", "Linked Cell", styles.TEXT)
        text, key = f"={option.ref('audit', 'full', 'total')}", option.key("savings", "total")
        layout.formula(sheet, row, 2, text, "Linked Cell", styles.MONEY, key=key)
        text, key = f"=B{row}-MIN({totals})", option.key("savings", "more")
        layout.formula(sheet, row, 3, text, "Output", styles.MONEY, key=key)
    more = f"{{{first.key('savings', 'more')}:{last.key('savings', 'more')}}}"
    quote.check(layout.pick("最省者差额为 0", "The least costs no more than the least"), f"MIN({more})")


@pytest.mark.parametrize(("lang", "before"), [("zh", "inputs"), ("en", "")])
def test_a_sheet_more_is_one_entry_of_the_list(tmp_path: Path, lang: str, before: str) -> None:
    """It has its tab where the list says, its line in the cover's index, its check, and no finding of the standard."""
    sheets: dict[str, Callable[[QuoteContext], None]] = {}
    for key, add in QUOTE_SHEETS.items():
        if key == before:
            sheets["savings"] = savings_sheet
        sheets[key] = add
    sheets.setdefault("savings", savings_sheet)
    layout = quote_of(sheets, lang)
    data = write.to_bytes(layout, default_library(), title="Quote", date=DAY)
    path = tmp_path / "quote.xlsx"
    path.write_bytes(data)
    name, label = {
        "zh": ("差额", "最省者差额为 0"),
        "en": ("Savings", "The least costs no more than the least"),
    }[lang]
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    assert book.sheetnames.index(name) == list(sheets).index("savings")
    links = {
        cell.value: cell.hyperlink.target
        for (cell,) in book["封面" if lang == "zh" else "Cover"]["A1:A140"]
        if cell.hyperlink
    }
    assert links[name] == f"#{name}!A1"
    assert len(links) == len(sheets) - 1
    checks = {
        row[0].value: row[2].value
        for row in book["检查" if lang == "zh" else "Checks"].iter_rows(min_row=7, max_col=3)
    }
    assert checks[label] == 0
    assert [str(finding) for finding in check_file(path)] == []


def values_by_key(layout: Layout) -> dict[str, CellValue]:
    """Return the value of each key that names a formula."""
    computed = compute(
        layout.contents(), default_library(), {name: layout.refers_to(name) for name in layout.names}
    )
    assert not computed.uncomputed
    found = {}
    for key, place in layout.places.items():
        sheet = layout.sheets[place.sheet]
        cell = sheet.cells.get((place.row, place.column))
        if cell is not None and isinstance(cell.content, Formula):
            found[key] = computed.values[Address(sheet.name, place.row, place.column)]
    return found


def test_the_order_of_the_list_is_that_of_the_tabs_alone() -> None:
    """Built from the last sheet to the first, every key has the same value, and the same names are defined."""
    forward, backward = quote_of(QUOTE_SHEETS), quote_of(dict(reversed(QUOTE_SHEETS.items())))
    assert list(backward.sheets) == list(reversed(forward.sheets))
    assert backward.names == forward.names
    values = values_by_key(forward)
    assert len(values) > 500
    assert values_by_key(backward) == values


def test_a_second_provider_is_an_option() -> None:
    """Its list stands in the drop-down; the note on the home price is not said of it, the open weights are the model's."""
    asked = {"lang": "en", "dau": 20000, "model": "32B~70B", "rent": ["2×A100 80GB"], "own": ["standard"]}
    asked["api_models"] = ["DeepSeek V4-Flash @Fireworks", "DeepSeek V4-Flash"]
    request = make_request(built_in(), asked, "test")
    layout = layout_of(request, default_library(), "custom", DAY)
    found = compute(
        layout.contents(), default_library(), {name: layout.refers_to(name) for name in layout.names}
    )
    values = {address: value for address, value in found.values.items() if isinstance(value, ErrorCode)}
    assert (values, found.uncomputed) == ({}, {})
    sheet = layout.sheets["lists"]
    rows = {
        sheet.cells[row, 4].content: tuple(sheet.cells[row, column].content for column in (5, 6))
        for row, column in sheet.cells
        if column == 4
    }
    assert rows["DeepSeek V4-Flash @Fireworks"] == ("DeepSeek-V4-Flash", "—")
    assert rows["DeepSeek V4-Flash"][1] != "—"


def test_a_list_that_is_not_what_was_built() -> None:
    """A sheet under another key than its own would be missed by all that ask for it."""
    book = BookContext(Layout("en"), default_library(), DAY)
    with pytest.raises(KeyError, match="the list says tests; built were checks"):
        book.build({"tests": checks_sheet})


def test_an_option_names_its_cells() -> None:
    """Keys, references and inputs, written out."""
    option = Option("rent", 2)
    assert option.stem == "rent.2"
    assert option.key("detail", "full", "usage", 3) == "detail.rent.2.full.usage.3"
    assert option.ref("answer", "label") == "{answer.rent.2.label}"
    assert (option.input(), option.input("gpu")) == ("in_rent_2", "in_rent_gpu_2")


def test_a_key_is_given_once() -> None:
    """A range over a key that exists would leave formulas pointing at one of two places."""
    layout = Layout("en")
    sheet = start(layout, "one", ("一", "One"), "other", ("一", "one"), ("无", "none"))
    layout.name_range("list_one", sheet, (7, 1), (9, 2))
    assert layout.refers_to("list_one") == "One!$A$7:$B$9"
    with pytest.raises(KeyError, match=r"list_one\.first is given twice"):
        layout.name_range("list_one", sheet, (7, 1), (9, 2))
