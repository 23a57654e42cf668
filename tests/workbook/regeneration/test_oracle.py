"""What a spreadsheet program stored is the oracle: only what rests on a change is touched, and only where it can be told."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from small_books import CALL, COST, book, marked_as_final, shown

from workbook.package import Package
from workbook.renew.regenerate import regenerate
from workbook.renew.renewal import alike
from xlmodel.catalog import built_in
from xlmodel.errors import WorkbookError
from xlmodel.grid import ErrorCode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xlmodel.grid import CellValue

CASES = Path(__file__).parent / "data" / "cases"


def renewed(
    cells: Mapping[str, tuple[str, object]], sheet: str = "S", *, partial: bool = False
) -> dict[str, CellValue]:
    """Return what the cells show after a regeneration, without their sheet."""
    made = regenerate(book(cells, sheet), built_in(), partial=partial)
    return {address.rpartition("!")[2]: value for address, value in shown(made.data).items()}


def test_a_moved_call_reaches_what_rests_on_it() -> None:
    """A cost that was 100 doubles the cell that doubled it."""
    found = renewed({"A1": (CALL, 100), "B1": ("A1*2", 200), "C1": ("SUM(A1:B1)", 300)})
    assert found == {"A1": COST, "B1": 2 * COST, "C1": 3 * COST}


@pytest.mark.parametrize(
    "formula", ["RAND()", "0.1+0.2=0.3", "SUM(SUMIF(D1:D3,{1,2}))", "NOSUCH(D1)", "TODAY()"]
)
def test_what_rests_on_nothing_new_keeps_its_bytes(formula: str) -> None:
    """Even where the engine would compute another value, or none."""
    source = book({"A1": (CALL, 100), "B1": (formula, 7), "D1": ("", 1)})
    part = Package.read(regenerate(source, built_in()).data).parts["xl/worksheets/sheet1.xml"].decode()
    assert f'<c r="B1"><f>{formula}</f><v>7</v></c>' in part
    assert f"<v>{COST:.0f}</v>" in part


def test_a_formula_that_the_engine_computes_otherwise_is_named() -> None:
    """SUBTOTAL over a hidden row: the file holds 10, the engine gives 30; nothing is written."""
    cells = {"A1": (CALL, 10), "A2": ("", 20), "B1": ("SUBTOTAL(109,A1:A2)", 10), "C1": ("B1+1", 11)}
    with pytest.raises(
        WorkbookError, match=r"S!B1 \(untrusted: the engine gives 30 where the file holds 10\)"
    ):
        regenerate(book(cells), built_in())


def test_partial_keeps_it_and_all_below() -> None:
    """The cost is new; the untrusted subtotal and the cell that reads it keep their values and are listed."""
    cells = {
        "A1": (CALL, 10),
        "A2": ("", 20),
        "B1": ("SUBTOTAL(109,A1:A2)", 10),
        "C1": ("B1+1", 11),
        "D1": ("A1*2", 20),
    }
    made = regenerate(book(cells), built_in(), partial=True)
    assert [shown(made.data)[f"S!{c}1"] for c in "ABCD"] == [COST, 10, 11, 2 * COST]
    assert [str(cell) for cell in made.stale] == ["S!B1", "S!C1"]
    assert "untrusted" in next(c.note for c in made.changes if c.cell == "B1")


def test_without_stored_values_all_is_computed_and_said() -> None:
    """No result at all, or the 0 of a program that asks for a computation on opening."""
    cells = {"A1": (CALL, None), "B1": ("A1*2", None)}
    made = regenerate(book(cells), built_in())
    assert [shown(made.data)[f"S!{c}1"] for c in "AB"] == [COST, 2 * COST]
    assert made.unchecked == 2
    assert {c.note for c in made.changes} == {"not checked against Excel: the file carries no value"}
    zeros = book({a: (f, 0) for a, (f, _) in cells.items()}, settings='<calcPr fullCalcOnLoad="1"/>')
    assert shown(regenerate(zeros, built_in()).data) == shown(made.data)


def test_a_second_run_changes_nothing() -> None:
    """Byte for byte."""
    first = regenerate(book({"A1": (CALL, 100), "B1": ("A1*2", 200)}), built_in()).data
    assert regenerate(first, built_in()).data == first


@pytest.mark.parametrize(
    "form",
    [
        "_xll.{}",
        "_xlfn.{}",
        "_xludf.{}",
        "[1]!{}",
        r"'C:\a\xlmodel.xlam'!{}",
        "xlmodel.xlam!{}",
        "@{}",
        "+{}",
        " {} ",
    ],
)
def test_our_functions_in_every_form_of_a_file(form: str) -> None:
    """As Excel, add-ins and other writers store them."""
    assert renewed({"A1": (form.format(CALL), -999)}) == {"A1": COST}


@pytest.mark.parametrize("formula", ["LLM_NEWER(1)", f"NOSUCH({CALL})", f"SUM(MAP({{1}},LAMBDA(d,{CALL})))"])
def test_a_call_of_ours_that_cannot_be_computed_refuses_the_file(formula: str) -> None:
    """Also one that rests on nothing new, and also with partial."""
    source = book({"A1": (CALL, 100), "B1": (formula, 5)})
    for partial in (False, True):
        with pytest.raises(WorkbookError, match=r"calls of LLM functions cannot be computed here: S!B1"):
            regenerate(source, built_in(), partial=partial)


def test_a_function_around_a_moved_call_is_not_taken_on_trust() -> None:
    """TEXT cannot be held against a value of the old price; IF and arithmetic are the same everywhere."""
    with pytest.raises(WorkbookError, match="a function around a call of ours"):
        renewed({"A1": (f'TEXT({CALL},"0.00")', "100.00")})
    assert renewed({"A1": (f"IF({CALL}>200,{CALL}/2,0)", 50)}) == {"A1": COST / 2}


@pytest.mark.parametrize("sheet", ["sheet1", "SHEET1", "Sheet1"])
def test_a_sheet_named_as_the_engines_own(sheet: str) -> None:
    """The engine begins with a Sheet1; cells of another spelling were read as empty."""
    found = renewed({"A1": ("", 10000), "B1": ('LLM_API_COST("Qwen-Plus",A1)', 1), "C1": ("B1*2", 2)}, sheet)
    assert found == {"A1": 10000, "B1": COST, "C1": 2 * COST}


# file -> what its cells show afterwards, as Excel has it; a text: the refusal
WANTED: dict[str, dict[str, CellValue] | str] = {
    "t01_sheet1": {"sheet1!B1": 20000, "sheet1!C1": 432, "sheet1!C2": 864},
    "t01_SHEET1": {"SHEET1!B1": 20000, "SHEET1!C1": 432, "SHEET1!C2": 864},
    "t02_two_sheets_second_is_sheet1": {"sheet1!B1": 12, "sheet1!B2": 13},
    "s06_3d": {"T!A1": 6, "T!B1": 432},
    "s06b_3d_rests_on_new": r"T!A1 \(reference across several sheets",
    "s09_errors": {"S!B1": ErrorCode.NA, "S!B2": ErrorCode.DIV0, "S!C3": 1},
    "s14_float": {"S!B1": True, "S!D1": True, "S!F1": 1, "S!G1": 432},
    "x05_number_label": {"S!C1": "Total 0.3", "S!D1": "x0.333333333333333", "S!E1": 432},
    "x06_sumif_array": {"S!A4": 3, "S!B4": 2, "S!C4": 6, "S!D4": 6, "S!E4": 3},
    "x08_range_both_sheets": {"T!A1": 111},
    "x09_offset_chain_9": {"S!J1": 10, "S!A3": 432, "S!B3": 864},
    "x11_engine_stops_exit0": {"S!A6": 432, "S!B6": 864, "S!G2": 1},
    "a07_datatable": r"S!B2 \(unknown function TABLE",
    "a07b_datatable_unrelated": {"S!B2": 20000, "S!C4": 432},
    "a08_hidden": {"S!B3": 40, "S!C3": 2, "S!D3": 60, "S!E3": 40, "S!F3": 432},
    "a14_functions": {"S!C1": -9, "S!C4": -9, "S!C14": -9},
    "a16_signed": "carries a digital signature",
    "p01_backslash": {"S!A1": 432, "S!B1": 864},
    "p06c_shared_orphan": "S!B1: shares a formula that no cell holds",
    "a12c_num_garbage": r"S!A1: damaged cell \(type 'n'",
    "p07_1904": {"S!F1": 432},
    "x01_empty_s": {"S!A1": 432},
}


@pytest.mark.parametrize("name", WANTED)
def test_files_on_which_regeneration_failed(name: str) -> None:
    """Each shows what Excel shows, or is refused with the cell and the reason."""
    wanted, path = WANTED[name], CASES / f"{name}.xlsx"
    if isinstance(wanted, str):
        with pytest.raises(WorkbookError, match=wanted):
            regenerate(path, built_in())
        return
    made = shown(regenerate(path, built_in()).data)
    assert {cell: made[cell] for cell in wanted} == wanted


def test_alike_is_15_digits_and_the_same_kind() -> None:
    """TRUE is no 1, a text no number; blank and empty text look the same."""
    assert alike(0.3, 0.1 + 0.2)
    assert alike(ErrorCode.VALUE, ErrorCode.CALC)  # stored as #VALUE!
    assert alike(None, "")
    assert not alike(1.0, True)
    assert not alike("1", 1.0)
    assert not alike(100.0, 100.001)


def test_ranges_in_our_calls_meet_their_row() -> None:
    """Five rows with `LLM_API_COST("Qwen-Plus",A1:A5)`: 10 … 50 users at 0.0432 a month each."""
    made = shown(regenerate(CASES / "s01_implicit_intersection.xlsx", built_in()).data)
    assert [made[f"S!K{row}"] for row in range(1, 6)] == pytest.approx([0.432, 0.864, 1.296, 1.728, 2.16])


def test_a_subtotal_over_an_empty_hidden_row_is_not_trusted() -> None:
    """The old result is right by chance: a new number in the hidden row would be counted."""
    source = Package.read(book({"A1": (CALL, 10), "A2": ("", 0), "B1": ("SUBTOTAL(109,A1:A2)", 10)}))
    part = source.parts["xl/worksheets/sheet1.xml"]
    assert shown(regenerate(source.to_bytes(), built_in()).data)["S!B1"] == COST
    source.parts["xl/worksheets/sheet1.xml"] = part.replace(b'<row r="2">', b'<row r="2" hidden="1">')
    with pytest.raises(WorkbookError, match=r"S!B1 \(reads hidden rows"):
        regenerate(source.to_bytes(), built_in())


def test_a_workbook_that_is_marked_as_final_is_frozen() -> None:
    """Its bytes stay, and the report says why."""
    source = marked_as_final(book({"A1": (CALL, 100)}))
    made = regenerate(source, built_in())
    assert (made.data, made.changed) == (source, False)
    assert [(change.what, change.note) for change in made.changes] == [
        ("kept", "marked as final in Excel: not renewed until the mark is taken off")
    ]
