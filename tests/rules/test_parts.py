"""The measures behind the rules, against values worked out by hand or by another route."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from workbook.rules.colours import BLACK, WHITE, contrast, from_hex
from workbook.rules.formula_text import bare_name, parse, relative, split_sheet
from workbook.rules.structure import is_iso_date
from workbook.rules.text_size import shown_number, text_width
from workbook.rules.words import ROLES, normal

if TYPE_CHECKING:
    from workbook.rules.colours import Colour


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (1234567.0, "#,##0", "1,234,567"),
        (1234.5, "0.00", "1234.50"),
        (0.125, "0.0%", "12.5%"),
        (-5.0, "#,##0.00;(#,##0.00)", "(5.00)"),
        (0.0, '0;-0;"–"', "–"),
        (1234567.0, '#,##0.0,"k"', "1,234.6k"),
        (7.5, "0.00##", "7.50"),
        (7.1234, "0.00##", "7.1234"),
        (99.0, "[$¥-804]#,##0", "¥99"),
        (3.0, "0_)", "3 "),
        (5.0, "General", None),
        (46000.0, "yyyy-mm-dd", None),
    ],
)
def test_shown_number(value: float, code: str, shown: str | None) -> None:
    """A number is shown as Excel shows it in that format; None where the width cannot be told from it."""
    assert shown_number(value, code) == shown


def test_text_width_counts_digits() -> None:
    """Ten digits are ten wide, a Chinese letter is 1000/556 of a digit, a size twice the default doubles."""
    assert text_width("0123456789", size=10, base=10) == pytest.approx(10)
    assert text_width("报价", size=10, base=10) == pytest.approx(2 * 1000 / 556)
    assert text_width("00\n0000", size=20, base=10) == pytest.approx(8)
    assert text_width("00", size=10, base=10, bold=True) > 2


@pytest.mark.parametrize(
    ("one", "ratio"), [(BLACK, 21.0), (WHITE, 1.0), (from_hex("FF767676"), 4.54), (from_hex("FF0000"), 4.0)]
)
def test_contrast_with_white(one: Colour, ratio: float) -> None:
    """The ratios that WCAG's own examples give: black 21, #767676 4.54, pure red 4.0."""
    assert contrast(one, WHITE) == pytest.approx(ratio, abs=0.005)


def test_parse_takes_a_formula_apart() -> None:
    """Numbers, functions, references and the depth of IF are found; text in quotes is none of them."""
    parsed = parse("""=IF(A1>2,IF(B1,"IF(9)",'My sheet'!C1:D2),MAX(list_x,tbl[cost])*1e3)""")
    assert parsed.constants == (2.0, 1000.0)
    assert parsed.functions == ("IF", "IF", "MAX")
    assert parsed.references == ("A1", "B1", "'My sheet'!C1:D2", "list_x", "tbl[cost]")
    assert parsed.if_depth == 2


def test_if_side_by_side_is_not_nested() -> None:
    """Two IF beside each other stand one deep."""
    assert parse("=IF(A1,1,0)+IF(B1,1,0)").if_depth == 1


def test_copied_formulas_read_the_same() -> None:
    """A formula and its copy two columns right and one row down agree as distances; an absolute slip does not."""
    assert relative("=B2*$C$1+Sheet!B$3", 5, 2) == relative("=D3*$C$1+Sheet!D$3", 6, 4)
    assert relative("=B2*C1", 5, 2) != relative("=B2*$C1", 5, 2)
    assert relative("=in_rate*B2", 5, 2) == relative("=in_rate*C2", 5, 3)


def test_sheet_names_with_quotes() -> None:
    """A doubled quote in a sheet's name is one."""
    assert split_sheet("'It''s'!A1") == ("It's", "A1")
    assert split_sheet("A1") == (None, "A1")


def test_prefixes_of_functions() -> None:
    """A function is known without what files write before its name."""
    assert bare_name("_XLFN._XLWS.FILTER") == "FILTER"
    assert bare_name("_XLUDF.LLM_TCO") == "LLM_TCO"


def test_dates_of_the_calendar() -> None:
    """A date must exist; a time may follow."""
    assert is_iso_date("2026-02-28 10:00")
    assert not is_iso_date("2026-02-30")
    assert not is_iso_date("20260228")


def test_labels_lose_their_units() -> None:
    """A label counts without its unit in brackets, and a role in both languages is the same."""
    assert normal(" Source (id) ") == "source"
    assert normal("单位（元）") == "单位"
    assert ROLES["计算"] == ROLES["calculation"]
