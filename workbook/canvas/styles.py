"""The looks of a workbook: one font, a few named styles, and the number formats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side

if TYPE_CHECKING:
    from openpyxl import Workbook

FONT = "Arial"
SIZE = 10
INK, BLUE, GREEN, GREY, WHITE = "FF1F2933", "FF0000FF", "FF006100", "FF5A6572", "FFFFFFFF"
NAVY, PALE, INPUT_FILL, CHECK_FILL = "FF1F3A5F", "FFE8EEF5", "FFFFF9DB", "FFEAF5EA"
LINE = Side(style="thin", color="FFC9D1DA")

MONEY = '#,##0_ ;-#,##0_ ;"–"_ '
PRICE = "#,##0.00_ "
PER_MTOK = "#,##0.00_ "
PERCENT = "0.0%_ "
CHANGE = "+0%_ ;-0%_ ;0%_ "
ONE_DECIMAL = "#,##0.0_ "
RATE = "0.00##"
COUNT = "#,##0_ "
WHOLE = "0_ "
TEXT = "@"


@dataclass(frozen=True, slots=True)
class Look:
    """A named style: font colour and weight, fill, border, size, alignment, lock."""

    color: str = INK
    bold: bool = False
    fill: str = ""
    border: bool = True
    size: float = SIZE
    locked: bool = True
    builtin: int | None = None
    horizontal: str | None = None


LOOKS = {
    "Text": Look(),
    "Plain": Look(border=False),
    "Note": Look(color=GREY, size=9),
    "Title": Look(color=NAVY, bold=True, border=False, size=16),
    "Subtitle": Look(color=GREY, border=False),
    "Section": Look(color=NAVY, bold=True, border=False, size=12),
    "Answer": Look(color=NAVY, bold=True, border=False, size=12),
    "Header": Look(color=WHITE, bold=True, fill=NAVY, horizontal="center"),
    "Band": Look(color=WHITE, bold=True, fill=NAVY, horizontal="centerContinuous"),
    "Input": Look(color=BLUE, fill=INPUT_FILL, locked=False, builtin=20),
    # may be typed into, but moves nothing as the workbook stands
    "Idle": Look(color=GREY, locked=False),
    "Calculation": Look(builtin=22),
    "Linked Cell": Look(color=GREEN, builtin=24),
    "Output": Look(bold=True, fill=PALE, builtin=21),
    "Check Cell": Look(color=GREEN, bold=True, fill=CHECK_FILL, builtin=23),
}


def install(book: Workbook) -> None:
    """Set the default font and register every named style."""
    # a cell without a style takes the first font of the book, which `Normal` does not reach
    book._fonts[0] = Font(name=FONT, size=SIZE, color=INK)  # type: ignore[attr-defined]  # noqa: SLF001
    for name, look in LOOKS.items():
        book.add_named_style(_style(name, look))


def _style(name: str, look: Look) -> NamedStyle:
    style = NamedStyle(name=name, builtinId=look.builtin)
    style.font = Font(name=FONT, size=look.size, bold=look.bold, color=look.color)
    if look.fill:
        style.fill = PatternFill("solid", start_color=look.fill, end_color=look.fill)
    if look.border:
        style.border = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)
    style.alignment = Alignment(horizontal=look.horizontal, vertical="center")
    style.protection = Protection(locked=look.locked)
    return style
