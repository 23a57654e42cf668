"""The sheet Reconciliation: each published figure, the model's, and the reason where they differ."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from workbook.canvas import styles
from workbook.canvas.book_layout import HEADER_ROW, TableArea, text_width
from workbook.canvas.frame import header, start, widths
from workbook.canvas.labels import unit_label
from workbook.contract import RECONCILIATION, table_name
from workbook.quote.reconcile import reconcile

if TYPE_CHECKING:
    from workbook.canvas.book_layout import Layout, Sheet
    from workbook.quote.context import BookContext
    from workbook.quote.reconcile import Reconciled
    from xlmodel.catalog.lookup import Names

_WIDTHS = (38, 17, 12, 12, 12, 12, 12, 12, 10, 60, 10, 50)
_VERDICT, _REASON, _SOURCE, _FORMULA = range(9, 13)
_SUMMARY_ROW = HEADER_ROW - 1
_LARGE = 10_000
_LINE_POINTS = 13
# a comma of a formula, and the text before it that is no string
_COMMA = re.compile(r'"[^"]*"|,')


def reconciliation_sheet(book: BookContext) -> None:
    """Add the sheet: numbers as computed with the catalog that the title names, those that differ first."""
    layout, catalog = book.layout, book.catalog
    pick = layout.pick
    sheet = start(
        layout,
        "reconciliation",
        ("对账", "Reconciliation"),
        "other",
        (
            f"文档公布数与模型（目录 {catalog.version}）逐项对照；不符者在前，写明原因",
            f"Published figures beside the model's (catalog {catalog.version}); those that differ first, and why",
        ),
        ("见“单位”列", "see the column Unit"),
    )
    labels = [
        pick("项目", "Figure"), pick("单位", "Unit"),
        pick("公布低", "Published low"), pick("公布", "Published"), pick("公布高", "Published high"),
        pick("模型低", "Model low"), pick("模型", "Model"), pick("模型高", "Model high"),
        pick("结论", "Verdict"), pick("原因", "Reason"), pick("来源", "Source"), pick("公式", "Formula"),
    ]  # fmt: skip
    header(layout, sheet, labels)
    reconciled = sorted(reconcile(catalog, book.library), key=lambda each: each.matches)
    for row, each in enumerate(reconciled, start=HEADER_ROW + 1):
        _row(layout, sheet, row, each, catalog.names)
        sheet.heights[row] = _height(sheet, row)
    last = HEADER_ROW + len(reconciled)
    matching = sum(each.matches for each in reconciled)
    differing = len(reconciled) - matching
    text = pick(f"相符 {matching} 项，不符 {differing} 项", f"{matching} match, {differing} differ")
    layout.put(sheet, _SUMMARY_ROW, 1, text, "Section")
    sheet.tables.append(TableArea(table_name(RECONCILIATION), HEADER_ROW, 1, last, len(labels)))
    widths(sheet, *_WIDTHS)
    sheet.freeze = (HEADER_ROW + 1, 2)


def _row(layout: Layout, sheet: Sheet, row: int, each: Reconciled, names: Names) -> None:
    layout.put(sheet, row, 1, each.row[layout.lang], "Text", wrap=True)
    layout.put(sheet, row, 2, unit_label(names, each.row["unit"], layout.lang), "Text")
    numbers = [
        number if isinstance(number, (int, float, str)) else None for number in (*each.published, *each.model)
    ]
    number_format = _format([number for number in numbers if isinstance(number, (int, float))])
    for column, number in enumerate(numbers, start=3):
        shown = names.label("answer", number, layout.lang) if isinstance(number, str) else number
        layout.put(sheet, row, column, shown, "Text", "" if isinstance(shown, str) else number_format)
    layout.put(
        sheet,
        row,
        _VERDICT,
        _verdict(layout, matches=each.matches),
        "Text" if each.matches else "Output",
    )
    layout.put(sheet, row, _REASON, each.row[f"reason_{layout.lang}"] or None, "Note", wrap=True)
    layout.put(sheet, row, _SOURCE, each.row["source"], "Text")
    layout.put(sheet, row, _FORMULA, _spaced(each.row["formula"].removeprefix("=")), "Note", wrap=True)


def _height(sheet: Sheet, row: int) -> float:
    """Return a row's height: its wrapped texts break at words, in letters of their style's size."""
    lines = 1
    for column, width in enumerate(_WIDTHS, start=1):
        cell = sheet.cells[row, column]
        if cell.wrap and isinstance(cell.content, str):
            size = styles.LOOKS[cell.style].size / styles.SIZE
            lines = max(lines, math.ceil(text_width(cell.content) * size / (width - 2)))
    return _LINE_POINTS * lines + 4.0


def _verdict(layout: Layout, *, matches: bool) -> str:
    return layout.pick("相符", "matches") if matches else layout.pick("不符", "differs")


def _format(numbers: list[float]) -> str:
    """Return the format of a row's numbers: two decimals where they say something, and not of large ones."""
    decimals = any(round(number, 2) != round(number) for number in numbers)
    return styles.PRICE if decimals and max(map(abs, numbers)) < _LARGE else styles.COUNT


def _spaced(formula: str) -> str:
    """Return a formula with a space behind each comma, where a line may break."""
    return _COMMA.sub(lambda piece: ", " if piece[0] == "," else piece[0], formula)
