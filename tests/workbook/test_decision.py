"""The decision sheets of a quote: a record that knows what it was computed for, and that a regeneration renews."""

from __future__ import annotations

import io
from functools import cache

import openpyxl
import pytest

from workbook import contract
from workbook.package import Package
from workbook.quote.build import build_quote
from workbook.renew.draft import Draft
from workbook.renew.places import named_area
from workbook.renew.regenerate import regenerate
from workbook.request.quote_request import make_request
from xlmodel.advice.record.asked import Asked, read_options
from xlmodel.advice.record.made import made
from xlmodel.catalog import built_in
from xlmodel.grid import Address
from xlmodel.inputs.resolve import resolve
from xlmodel.inputs.workload import Workload

ASKED = {
    "dau": 30_000, "model": "32B~70B", "lang": "en", "years": 2, "api_models": ["DeepSeek V3"], "rent": ["8×H100 80GB"], "own": [],
}  # fmt: skip


@cache
def quote() -> bytes:
    """Return a quote of an API and a rental."""
    return build_quote(make_request(built_in(), ASKED, "test"), built_in())


def shown(data: bytes, name: str) -> list[list[object]]:
    """Return what the cells of a defined name show."""
    draft = Draft(Package.read(data))
    area = named_area(draft, name)
    assert area is not None
    cells = draft.before[area.sheet]
    return [
        [
            None if (cell := cells.get((row, column))) is None else cell.value
            for column in range(area.left, area.right + 1)
        ]
        for row in range(area.top, area.bottom + 1)
    ]


def words(data: bytes, sheet: str) -> str:
    """Return the line above the first table of a sheet."""
    return str(Draft(Package.read(data)).before[sheet][5, 1].value)


def typed(data: bytes, cells: dict[str, object]) -> bytes:
    """Return a quote with cells of the sheet Inputs typed, each by its label in column A or its defined name."""
    draft = Draft(Package.read(data))
    book = openpyxl.load_workbook(io.BytesIO(data))
    labels = {cell.value: cell.row for cell in book["Inputs"]["A"]}
    for label, value in cells.items():
        column = "D" if label == "Daily active users" else "B"
        at = Address("Inputs", labels[label], ord(column) - ord("A") + 1)
        assert not str(draft.content(at)).startswith("=")
        book["Inputs"][f"{column}{labels[label]}"] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_new_record_is_of_what_is_in_force() -> None:
    """No input and no total differs, and its least costly option is the answer of the quote, by other code."""
    assert shown(quote(), contract.RECORD_STALE) == [[0]]
    ((name, total, _),) = shown(quote(), contract.RECORD["best"])
    assert name == "API DeepSeek V3"
    assert [total] == shown(quote(), contract.RECORD["totals"])[0]
    for sheet in ("Advice", "Hybrid", "Risk"):
        line = words(quote(), sheet)
        assert line == "A record, for 30,000 users, 800/400 tokens a user and day, 2 years, budget cost."


def test_a_record_of_other_inputs_says_so_and_is_renewed() -> None:
    """Users and an answer are typed: the file says regenerate by native formulas; afterwards all of it is new."""
    changed = typed(quote(), {"Daily active users": 40_000, "data level": "internal"})
    done = regenerate(changed, built_in())
    assert shown(done.data, contract.RECORD_STALE) == [[0]]
    assert words(done.data, "Risk").startswith("A record, for 40,000 users")
    lines = shown(done.data, contract.RECORD["advice"])
    assert str(lines[0][1]).startswith("own hardware")
    assert any(line[0] == "Binding rule" for line in lines)
    catalog, model = built_in(), str(shown(quote(), contract.RECORD_FOR)[4][0])
    options = read_options(catalog, [("api", "DeepSeek V3"), ("rent", "8×H100 80GB")], model)
    use, inputs = Workload(40_000, 800, 400), resolve(catalog, {"profile": "full"})
    fresh = made(Asked(catalog, inputs, options, use, 2, model, {"data_level": "internal"}, "en"))
    for block, rows in fresh.items():
        found = shown(done.data, contract.RECORD[block])
        for line, row in zip(found, rows, strict=False):
            for cell, value in zip(line, row, strict=True):
                number = isinstance(value, float)
                assert cell == (pytest.approx(value, rel=1e-9) if number else value or None), block
        assert all(each is None for line in found[len(rows) :] for each in line)
    assert not regenerate(done.data, built_in()).changed


def test_an_answer_that_is_none_keeps_the_record() -> None:
    """A word that the rules do not know is named in the report, and the old record stays, marked as such."""
    done = regenerate(typed(quote(), {"team": "dozens"}), built_in())
    (kept,) = [change for change in done.changes if change.label == "decision record"]
    assert "not computed again: team: 'dozens' is no answer" in kept.note
    assert words(done.data, "Advice").endswith("; inputs differ now: regenerate")
