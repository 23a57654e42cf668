"""Rules on formulas: short, without typed numbers, alike along a row (F01 to F08)."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import TYPE_CHECKING

from workbook.rules.formula_text import SCRIPTED, bare_name, parse, relative
from workbook.rules.registry import Hit, rule
from xlmodel.functions import FUNCTIONS
from xlmodel.grid import split_sheet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbook.rules.book import Book
    from workbook.rules.sheet import Cell, Sheet

# what a reader knows without a label: months, hours, percent, thousand, 万, seconds of an hour, a million
CONSTANTS = frozenset({0.0, 1.0, 12.0, 24.0, 60.0, 100.0, 1000.0, 3600.0, 10_000.0, 1_000_000.0})
FORBIDDEN = {
    "OFFSET": "INDEX", "INDIRECT": "INDEX or CHOOSE", "NPV": "a row of discount factors and SUMPRODUCT",
    "RAND": "an input", "RANDBETWEEN": "an input", "RANDARRAY": "an input", "NOW": "a dated input",
    "TODAY": "a dated input", "CELL": "a label", "INFO": "a label",
}  # fmt: skip
LENGTH, LENGTH_OF_CALLS, IF_DEPTH = 90, 160, 2
FORMULA_STYLES = ("Calculation", "Linked Cell", "Output", "Check Cell")
TEXT_STYLES = ("Text", "Plain", "Title", "Subtitle", "Section", "Answer", "Header", "Note")
_PERIOD = re.compile(
    r"(?:第\s*)?\d+\s*(?:年|个?月|季度?)|(?:19|20)\d\d\s*年?|(?:year|month|quarter|y|m|q)\s*\d+",
    re.IGNORECASE,
)
_EXTERNAL = re.compile(r"\[[^\[\]]*\][^\[\]!()]*!")


@rule(
    "F01",
    zh="公式中的数字只有 0、1、12、24、60、100、1000、3600、1 万、100 万",
    en="A formula holds no number but 0, 1, 12, 24, 60, 100, 1000, 3600, 10000 and 1e6",
    how="Numbers among the formula's tokens",
)
def no_constants(book: Book) -> Iterator[Hit]:
    """Look at the numbers in each formula."""
    for sheet, cell, formula in _formulas(book):
        odd = [each for each in parse(formula).constants if each not in CONSTANTS]
        if odd:
            shown = ", ".join(f"{each:.15g}" for each in odd)
            yield Hit(sheet.name, cell.address, f"number {shown} in the formula; make it an input")


@rule(
    "F02",
    zh="不用 OFFSET、INDIRECT、NPV、RAND、NOW、TODAY、CELL、INFO",
    en="No OFFSET, INDIRECT, NPV, RAND, NOW, TODAY, CELL or INFO",
    how="Functions among the formula's tokens",
)
def no_volatile(book: Book) -> Iterator[Hit]:
    """Look for functions that hide what they read, or change by themselves."""
    for sheet, cell, formula in _formulas(book):
        for name in dict.fromkeys(map(bare_name, parse(formula).functions)):
            if name in FORBIDDEN:
                yield Hit(sheet.name, cell.address, f"{name} is not allowed; use {FORBIDDEN[name]}")


@rule(
    "F03",
    zh="公式最多 90 个字符（调用本产品函数时 160 个），IF 最多套一层",
    en="A formula has 90 characters at most (160 where one of our functions is called), IF stands at most once in IF",
    how="Length without the equals sign and the hidden prefix `_xldudf_`; depth of IF among the tokens",
)
def short_formulas(book: Book) -> Iterator[Hit]:
    """Measure each formula."""
    for sheet, cell, formula in _formulas(book):
        parsed = parse(formula)
        most = LENGTH_OF_CALLS if any(bare_name(each) in FUNCTIONS for each in parsed.functions) else LENGTH
        length = (
            len(formula) - 1 - sum(len(SCRIPTED) for each in parsed.functions if each.startswith(SCRIPTED))
        )
        if length > most:
            yield Hit(sheet.name, cell.address, f"formula of {length} characters, more than {most}; split it")
        if parsed.if_depth > IF_DEPTH:
            yield Hit(
                sheet.name,
                cell.address,
                f"IF stands {parsed.if_depth} deep; use CHOOSE, INDEX or a helper row",
            )


@rule(
    "F04",
    zh="较新的函数带 _xlfn. 前缀",
    en="Newer functions carry the prefix `_xlfn.`",
    how="Functions among the tokens against the list of those newer than the file format",
)
def newer_functions(book: Book) -> Iterator[Hit]:
    """Look for newer functions as a person types them."""
    newer = _newer_functions()
    for sheet, cell, formula in _formulas(book):
        for name in dict.fromkeys(parse(formula).functions):
            if name in newer:
                yield Hit(
                    sheet.name, cell.address, f"{name} without its prefix shows #NAME?; write _xlfn.{name}"
                )


@rule(
    "F05",
    zh="没有外部链接，公式和名称中没有 #REF!",
    en="No link to another file, and no #REF! in a formula or name",
    how="No externalLink part; text of formulas and names",
)
def no_broken_links(book: Book) -> Iterator[Hit]:
    """Look for other files and lost references."""
    for part in sorted(book.package.parts):
        if part.startswith("xl/externalLinks/") and part.endswith(".xml"):
            yield Hit("", "", f"link to another file ({part}); bring the values in as inputs")
    for sheet, cell, formula in _formulas(book):
        if "#REF!" in formula:
            yield Hit(sheet.name, cell.address, "formula lost its reference (#REF!); write it again")
        elif any(_EXTERNAL.search(each) for each in parse(formula).references if "!" in each):
            yield Hit(sheet.name, cell.address, "formula reads another file; bring the value in as an input")
    for name, meaning in book.names.items():
        if "#REF!" in meaning:
            yield Hit("", "", f"name {name} lost its reference (#REF!); define it again or remove it")
        elif _EXTERNAL.search(meaning):
            yield Hit("", "", f"name {name} reads another file; define it inside this one")


@rule(
    "F06",
    zh="时间行上各期公式相同",
    en="The formulas along a time row are the same",
    how="Below header cells that name periods side by side (Year 1, 第1年, 2027), formulas written as distances agree",
)
def same_along_time(book: Book) -> Iterator[Hit]:
    """Compare formulas between periods."""
    for sheet in book.sheets.values():
        columns: dict[int, list[int]] = {}
        for row, column in sheet.cells:
            columns.setdefault(row, []).append(column)
        for top, end in pairwise([*sheet.headers, max(columns, default=0) + 1]):
            for first, last in _period_blocks(sheet, top, sorted(columns.get(top, ()))):
                yield from _differences(sheet, range(top + 1, end), range(first, last + 1))


def _differences(sheet: Sheet, rows: range, columns: range) -> Iterator[Hit]:
    for row in rows:
        cells = [cell for column in columns if (cell := sheet.cells.get((row, column))) is not None]
        written = {
            cell.address: relative(cell.formula, row, cell.column)
            for cell in cells
            if cell.formula is not None
        }
        if not written:
            continue
        shapes = list(written.values())
        usual = max(shapes, key=lambda shape: (shapes.count(shape), -shapes.index(shape)))
        for cell in cells:
            shape = written.get(cell.address)
            if shape is not None and shape != usual:
                yield Hit(
                    sheet.name,
                    cell.address,
                    "formula differs from its neighbours along the row; make them alike",
                )
            elif shape is None and cell.value is not None:
                yield Hit(sheet.name, cell.address, "typed over in a row of formulas; restore the formula")


def _period_blocks(sheet: Sheet, row: int, columns: list[int]) -> Iterator[tuple[int, int]]:
    """Give first and last column of header cells side by side that name periods, of the row's filled columns."""
    run: list[int] = []
    for column in [*columns, 1 << 20]:
        cell = sheet.cells.get((row, column))
        if cell is not None and _names_period(cell) and (not run or column == run[-1] + 1):
            run.append(column)
            continue
        if len(run) > 1:
            yield run[0], run[-1]
        run = [column] if cell is not None and _names_period(cell) else []


def _names_period(cell: Cell) -> bool:
    if cell.is_number:
        return cell.look.is_kind("Header")
    return bool(_PERIOD.fullmatch(cell.text.strip()))


@rule(
    "F07",
    zh="跨表引用只能单独成式，或使用名称（检查表除外）",
    en="A reference to another sheet stands alone in its cell or is a name (checks sheets excepted)",
    how="References with another sheet's name among the tokens of formulas with more than that reference",
    indexed=True,
)
def links_stand_alone(book: Book) -> Iterator[Hit]:
    """Look for sheet references inside longer formulas."""
    for sheet, cell, formula in _formulas(book):
        if sheet.role == "checks":
            continue
        parsed = parse(formula)
        others = [each for each in parsed.references if split_sheet(each)[0] not in {None, sheet.name}]
        if others and len(parsed.pieces) > 1:
            yield Hit(
                sheet.name,
                cell.address,
                f"{others[0]} inside a formula; link it in a cell of its own, or name it",
            )


@rule(
    "F08",
    zh="公式单元格用 Calculation、Linked Cell、Output 或 Check Cell 样式",
    en="Formula cells have the style Calculation, Linked Cell, Output or Check Cell",
    how="Style name of each formula cell; one that gives text may have a text style",
    indexed=True,
)
def formula_styles(book: Book) -> Iterator[Hit]:
    """Look at the style of each formula."""
    for sheet, cell, _ in _formulas(book):
        allowed = FORMULA_STYLES + TEXT_STYLES if isinstance(cell.value, str) else FORMULA_STYLES
        if not cell.look.is_kind(*allowed):
            yield Hit(
                sheet.name,
                cell.address,
                f"formula in the style {cell.look.style}; use {', '.join(FORMULA_STYLES)}",
            )


def _formulas(book: Book) -> Iterator[tuple[Sheet, Cell, str]]:
    for sheet in book.sheets.values():
        for cell in sheet.formulas():
            yield sheet, cell, cell.formula or ""


@cache
def _newer_functions() -> frozenset[str]:
    """Give the functions that came after the file format: Excel reads them only behind a prefix."""
    listed = resources.files("workbook.rules").joinpath("newer_functions.txt").read_text(encoding="utf-8")
    return frozenset(listed.split())
