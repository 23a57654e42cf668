"""A second engine settles what the first cannot, where it gives Excel's old value; otherwise the cell stays in doubt."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from small_books import CALL, COST, book, shown

from workbook.package import Package, cells_of, set_values
from workbook.renew import second_opinion
from workbook.renew.regenerate import regenerate
from workbook.renew.second_engine import require_libreoffice
from xlmodel.catalog import built_in
from xlmodel.errors import RequestError, WorkbookError
from xlmodel.grid import ErrorCode, cell_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from workbook.renew.second_engine import Shown
    from xlmodel.grid import CellValue

    Engine = Callable[[Sequence[bytes]], list[Shown]]

SHEET = "xl/worksheets/sheet1.xml"
# Row 2 is hidden, so the visible costs are 10 before and COST after.
CELLS: dict[str, tuple[str, object]] = {
    "A1": (CALL, 10),
    "A2": ("", 20),
    "B1": ("SUBTOTAL(109,A1:A2)", 10),
    "C1": ("B1+1", 11),
    "D1": ("_xlfn.AGGREGATE(14,5,A1:A2,1)", 10),
    "E1": ('TEXT(A1*2,"0.0E+00")&""', "2.0E+01"),
    "F1": ("VDB(A1*100,0,10,0,1)", 200),
}


def hidden(cells: dict[str, tuple[str, object]]) -> bytes:
    """Write a workbook whose second row is hidden."""
    package = Package.read(book(cells))
    package.parts[SHEET] = package.parts[SHEET].replace(b'<row r="2">', b'<row r="2" hidden="1">')
    return package.to_bytes()


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_settles_what_it_computes_as_excel_does() -> None:
    """Hidden rows, AGGREGATE, exponents and VDB: each from the new cost; VDB writes off 2/10 in the first year."""
    found = shown(regenerate(hidden(CELLS), built_in(), second_engine=True).data)
    assert found["S!B1"] == found["S!D1"] == COST
    assert found["S!C1"] == COST + 1
    assert found["S!E1"] == "8.6E+02"
    assert found["S!F1"] == pytest.approx(COST * 100 * 0.2)


def scripted(*rounds: tuple[dict[str, CellValue], dict[str, CellValue]]) -> Engine:
    """Stand for LibreOffice: each round gives values for the cells that the old and the new copy leave open."""
    waiting = list(rounds)

    def compute(books: Sequence[bytes]) -> list[Shown]:
        made = []
        for data, values in zip(books, waiting.pop(0), strict=True):
            package = Package.read(data)
            cells = cells_of(package, "S")
            assert set(values) == {
                cell_name(*at)
                for at, cell in cells.items()
                if cell.formula is not None and cell.value is None
            }
            set_values(package, {"S": values})
            made.append({"S": cells_of(package, "S")})
        return made

    return compute


CHAIN: dict[str, tuple[str, object]] = {
    "A1": (CALL, 10),
    "B1": ("NOSUCH(A1)", 20),
    "C1": ("B1+1", 21),
    "D1": ("NOSUCH(C1)", 42),
    "E1": ("A1+D1", 52),
}


def test_a_chain_is_settled_from_its_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    """B1 doubles the cost, C1 is the engine's, D1 doubles C1 in a second round, E1 is the engine's again."""
    new = 2 * (2 * COST + 1)
    engine = scripted(({"B1": 20.0}, {"B1": 2 * COST}), ({"D1": 42.0}, {"D1": new}))
    monkeypatch.setattr(second_opinion, "computed_by_libreoffice", engine)
    found = shown(regenerate(book(CHAIN), built_in(), second_engine=True).data)
    assert found == {"S!A1": COST, "S!B1": 2 * COST, "S!C1": 2 * COST + 1, "S!D1": new, "S!E1": COST + new}


def test_another_old_value_leaves_the_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second engine gives 19 where Excel stored 20: B1 and all below are refused, and kept with `partial`."""
    for partial in (False, True):
        engine = scripted(({"B1": 19.0}, {"B1": 2 * COST}))
        monkeypatch.setattr(second_opinion, "computed_by_libreoffice", engine)
        if partial:
            made = regenerate(book(CHAIN), built_in(), second_engine=True, partial=True)
            assert [shown(made.data)[f"S!{c}1"] for c in "ABCDE"] == [COST, 20, 21, 42, 52]
        else:
            with pytest.raises(
                WorkbookError, match=r"S!B1 \(unknown function NOSUCH; LibreOffice gives 19\)"
            ):
                regenerate(book(CHAIN), built_in(), second_engine=True)


def test_values_that_it_computes_anew_leave_the_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    """It gives the old value, but from a cost that it has overwritten with an error."""

    def compute(books: Sequence[bytes]) -> list[Shown]:
        old, new = (Package.read(data) for data in books)
        set_values(old, {"S": {"B1": 20.0}})
        set_values(new, {"S": {"A1": ErrorCode.NAME, "B1": ErrorCode.NAME}})
        return [{"S": cells_of(each, "S")} for each in (old, new)]

    monkeypatch.setattr(second_opinion, "computed_by_libreoffice", compute)
    with pytest.raises(WorkbookError, match="cannot be told: S!B1"):
        regenerate(book(CHAIN), built_in(), second_engine=True)


def test_what_asks_the_network_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A formula with WEBSERVICE stays in doubt without a start of the second engine."""
    monkeypatch.setattr(second_opinion, "computed_by_libreoffice", scripted())
    cells = {"A1": (CALL, 10), "B1": ('_xlfn.WEBSERVICE("http://h.example/"&A1)', "x")}
    with pytest.raises(WorkbookError, match="S!B1"):
        regenerate(book(cells), built_in(), second_engine=True)


def test_a_missing_program_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """One clear line before any workbook is read."""
    monkeypatch.setenv("PATH", "")
    with pytest.raises(RequestError, match="soffice is not on the PATH"):
        require_libreoffice()
