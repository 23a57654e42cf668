"""The catalog sheets, one a table, and the sheet Figures that gathers their figures for the functions."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from workbook import contract
from workbook.canvas import styles
from workbook.canvas.book_layout import HEADER_ROW, TableArea, text_width
from workbook.canvas.frame import header, start, widths
from workbook.canvas.labels import cell_text, heading, item_label, of_other_language, unit_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbook.canvas.book_layout import Layout, Sheet
    from workbook.quote.context import BookContext
    from xlmodel.catalog import Catalog, CatalogTable, Column, Figure
    from xlmodel.catalog.lookup import Names

# the figures that the functions may read
FIGURE_TABLES = (
    "api_prices",
    "gpu_rental",
    "gpu_purchase",
    "tier_investment",
    "tier_operations",
    "hidden_costs",
)
_LEAD = ("item", "field")
# texts of a figure that other sheets read
_LINKED_TEXTS = frozenset({"as_of", "source", "currency"})
_NUMBERS = ("value", "low", "high")
_REST = (
    "unit",
    "bound",
    "effective_from",
    "as_of",
    "source",
    "kind",
    "provider",
    "region",
    "currency",
    "tax",
    "note",
)
_NUMBER_WIDTH = 13.0
_NARROWEST = 9.0
# a text wider than this wraps, by the number of columns beside it; letters are counted as narrow or wide, so some
# room is left
_LARGEST_TEXTS = ((6, 64), (14, 38))
_LARGEST_AMONG_MANY = 26
_ROOM = 3
_PRICE_UNITS = ("/Mtok", "/h")
# of headings: bold letters are wider; a longer one takes two lines before its unit
_BOLD, _LARGEST_STEM, _ONE_LINE = 1.12, 16, 18
_LINE_POINTS = 13
# signs that a key cannot hold
_NO_KEY = str.maketrans("()@:", "----")
_UNIT = re.compile(r"^(.*?)\s*([（(].*[)）])?$")


def figure_key(item: str, field: str, part: str) -> str:
    """Return the key of a figure's cell on its catalog sheet."""
    return f"figure.{item}.{field}.{part}".translate(_NO_KEY)


def figure_sheet(book: BookContext, name: str) -> None:
    """Add the sheet of a figure table: its figures in force on the price date.

    They are those in force on the price date, each of the list that the functions take it from; those of a second
    provider stand beside the item's own. A column without any text is left out. A figure without a range has formulas
    for its ends, a range one for its midpoint, so that a corrected number carries over.
    """
    layout, catalog, table = book.layout, book.catalog, book.catalog.tables[name]
    sheet = _catalog_sheet(layout, table)
    columns = {column.key: column for column in table.columns}
    figures = book.figures_in_force(name)
    texts = {
        key: [_figure_text(layout, catalog, columns[key], figure) for figure in figures]
        for key in (*_LEAD, *_REST)
    }
    order = [*_LEAD, *_NUMBERS, *(key for key in _REST if any(texts[key]))]
    labels = [heading(catalog.names, columns[key], layout.lang) for key in order]
    header(layout, sheet, labels)
    for index, figure in enumerate(figures):
        row = HEADER_ROW + 1 + index
        for column, part in enumerate(order, start=1):
            if part in _NUMBERS:
                _number_cell(layout, sheet, (row, column), figure, part)
            else:
                text = texts[part][index]
                key = figure_key(figure.item, figure.field, part) if part in _LINKED_TEXTS else ""
                layout.put(
                    sheet, row, column, text, "Text", key=key, wrap=text_width(text) > _largest(len(order))
                )
    sizes = [
        _NUMBER_WIDTH if key in _NUMBERS else _width(label, texts[key], _largest(len(order)))
        for key, label in zip(order, labels, strict=True)
    ]
    _finish(sheet, table, labels, len(figures), sizes)


def _figure_text(layout: Layout, catalog: Catalog, column: Column, figure: Figure) -> str:
    if column.key == "item":
        return item_label(catalog.names, figure.item, figure.field, layout.lang)
    return cell_text(catalog.names, column, str(getattr(figure, column.key)), layout.lang)


def _number_cell(layout: Layout, sheet: Sheet, at: tuple[int, int], figure: Figure, name: str) -> None:
    """Write one end of a figure: typed, or a formula where it follows from the others."""
    key = {part: figure_key(figure.item, figure.field, part) for part in _NUMBERS}
    number = _format(figure.unit)
    if name == "value" and figure.midpoint:
        text = f"=AVERAGE({{{key['low']}}},{{{key['high']}}})"
        layout.formula(sheet, *at, text, "Calculation", number, key=key[name])
    elif name != "value" and figure.low == figure.value == figure.high:
        layout.formula(sheet, *at, f"={{{key['value']}}}", "Calculation", number, key=key[name])
    else:
        layout.put(sheet, *at, getattr(figure, name), "Input", number, key=key[name])


def _format(unit: str) -> str:
    return styles.PRICE if unit.endswith(_PRICE_UNITS) else styles.MONEY


def sources_sheet(book: BookContext) -> None:
    """Add the sheet of the sources that other sheets name."""
    layout, table = book.layout, book.catalog.tables[contract.SOURCES]
    sheet = _catalog_sheet(layout, table)

    def fill() -> None:
        named = {cell.content for each in layout.sheets.values() for cell in each.cells.values()}
        rows = tuple(row for row in table.rows if row["source"] in named)
        shown = [column for column in table.columns if column.key != "used_by"]
        _records(layout, sheet, book.catalog.names, replace(table, rows=rows), shown)

    book.at_end(fill)


def record_sheet(book: BookContext, name: str, shown: Sequence[str] = (), *, brief: bool = False) -> None:
    """Add the sheet of a record table, its cells as text and numbers; a column without any is left out.

    Args:
        book: the workbook.
        name: of the table.
        shown: keys of the columns to show, in this order; all of them when empty.
        brief: say what is the same in every row once, in the sheet's purpose, and not in a column.
    """
    table, names, lang = book.catalog.tables[name], book.catalog.names, book.layout.lang
    known = {column.key: column for column in table.columns}
    columns = [known[key] for key in shown] if shown else list(table.columns)
    same = [column for column in columns if brief and _is_same(table, column)]
    said = [
        f"{heading(names, column, lang)} {cell_text(names, column, table.rows[0][column.key], lang)}"
        for column in same
        if not of_other_language(table.columns, column, lang)
    ]
    sheet = _catalog_sheet(book.layout, table, said)
    _records(book.layout, sheet, names, table, [column for column in columns if column not in same])


def _records(
    layout: Layout, sheet: Sheet, names: Names, table: CatalogTable, columns: Sequence[Column]
) -> None:
    """Write the rows of a record table, without the columns that say nothing in the workbook's language."""
    lang = layout.lang
    texts = {
        column.key: [cell_text(names, column, row[column.key], lang) for row in table.rows]
        for column in columns
        if not of_other_language(table.columns, column, lang)
    }
    columns = [column for column in columns if any(texts.get(column.key, ()))]
    largest = _largest(len(columns))
    labels = [heading(names, column, lang) for column in columns]
    header(layout, sheet, labels)
    for index, record in enumerate(table.rows):
        for place, column in enumerate(columns, start=1):
            key = f"{table.name}.{record['item']}.{column.key}" if table.name in _KEYED else ""
            text = texts[column.key][index]
            wrap = text_width(text) > largest
            _record_cell(layout, sheet, (HEADER_ROW + 1 + index, place), column, text, key, wrap=wrap)
    sizes = [
        _width(label, texts[column.key], largest, number=column.type in _NUMERIC)
        for column, label in zip(columns, labels, strict=True)
    ]
    _finish(sheet, table, labels, len(table.rows), sizes)


# tables whose cells the native formulas of other sheets read
_KEYED = frozenset({"tiers", "gpus"})
_NUMERIC = frozenset({"number", "integer"})
# what a row is known by stays a column, and so does where it comes from
_ALWAYS = frozenset({"item", "zh", "en", "source"})


def _is_same(table: CatalogTable, column: Column) -> bool:
    """Tell whether every row says the same in a column, which is text."""
    said = {row[column.key] for row in table.rows}
    return (
        len(table.rows) > len(said) == 1
        and said != {""}
        and column.key not in _ALWAYS
        and column.type not in _NUMERIC
    )


def _record_cell(
    layout: Layout, sheet: Sheet, at: tuple[int, int], column: Column, text: str, key: str, *, wrap: bool
) -> None:
    if column.type in _NUMERIC and text:
        number = float(text)
        layout.put(sheet, *at, number, "Text", _number_format(number), key=key)
    elif text.isdecimal():
        layout.put(sheet, *at, float(text), "Text", styles.WHOLE, key=key)
    else:
        layout.put(sheet, *at, text or None, "Text", key=key, wrap=wrap)


def _number_format(number: float) -> str:
    return styles.MONEY if number == int(number) else "#,##0.0###_ "


def _largest(columns: int) -> int:
    """Return the width beyond which a text wraps, so that many columns still print in letters to read."""
    return next((width for most, width in _LARGEST_TEXTS if columns <= most), _LARGEST_AMONG_MANY)


def _width(label: str, texts: Sequence[str], largest: int, *, number: bool = False) -> float:
    """Return a column's width: its longest text, or its heading with the unit on a line of its own."""
    longest = max(map(text_width, texts), default=0)
    head = max(_heading_parts(label)) * _BOLD + 2
    return max(_NARROWEST, head, min(largest, longest * (1.3 if number else 1.0)) + _ROOM)


def _heading_parts(label: str) -> list[float]:
    """Return the widths of a heading's lines: one or two of the label, one of the unit."""
    if text_width(label) <= _ONE_LINE:
        return [float(text_width(label))]
    parts = _UNIT.match(label)
    stem, unit = (parts[1], parts[2] or "") if parts else (label, "")
    width = text_width(stem)
    lines: list[float] = [width]
    if width > _LARGEST_STEM:
        half = max(width / 2 + 2, *map(text_width, re.findall(r"[!-~]+|.", stem)))
        lines = [half, half]
    return [*lines, float(text_width(unit))] if unit else lines


def _heading_height(labels: Sequence[str], sizes: Sequence[float]) -> float:
    """Return the height of the header row, whose headings break before their units."""
    lines = (
        1 if text_width(label) * _BOLD + 2 <= size else len(_heading_parts(label))
        for label, size in zip(labels, sizes, strict=True)
    )
    return _LINE_POINTS * max(lines) + 4.0


def _catalog_sheet(layout: Layout, table: CatalogTable, said: Sequence[str] = ()) -> Sheet:
    """Start a sheet; what is the same in every row stands in its purpose."""
    zh, en = (
        (
            "目录数据；改动黄色单元格，结果随之更新；灰字目前不用",
            "Catalog figures; change a yellow cell and the results follow; grey ones are not in use",
        )
        if table.figures
        else ("目录数据，供查阅与核对", "Catalog records, to read and check")
    )
    return start(
        layout,
        f"catalog_{table.name}",
        (table.zh, table.en),
        "catalog",
        ("；".join([zh, *said]), "; ".join([en, *said])),
        (
            "见“单位”列" if table.figures else "见列标题",
            "see the column Unit" if table.figures else "see the column headings",
        ),
    )


def _finish(sheet: Sheet, table: CatalogTable, labels: list[str], rows: int, sizes: list[float]) -> None:
    widths(sheet, *sizes)
    sheet.heights[HEADER_ROW] = _heading_height(labels, sizes)
    if rows:
        sheet.tables.append(
            TableArea(contract.table_name(table.name), HEADER_ROW, 1, HEADER_ROW + rows, len(labels))
        )
    sheet.freeze = (HEADER_ROW + 1, 2)


def figures_sheet(book: BookContext) -> None:
    """Add the sheet Figures: every figure used, linked to its catalog sheet, beside what the catalog said.

    `list_figures` is what the functions read; `catalog_value` tells a corrected figure from the catalog's.
    """
    layout, catalog = book.layout, book.catalog
    figures = [figure for name in FIGURE_TABLES for figure in book.figures_in_force(name)]
    sheet = start(
        layout,
        "figures",
        ("数据", "Figures"),
        "catalog",
        (
            "汇集本报价用到的数据；函数读取此表，改数请改目录页",
            "Gathers the figures in use; functions read it, correct a figure on its catalog sheet",
        ),
        ("见“单位”列", "see the column Unit"),
    )
    keys, marks = contract.FIGURE_KEYS, contract.FIGURE_COLUMNS
    order = [*keys, *(key for key in marks if key not in keys)]
    header(layout, sheet, [marks[key].today(layout.lang)[0] if key in marks else key for key in order])
    for row, figure in enumerate(figures, start=HEADER_ROW + 1):
        _link_row(layout, sheet, row, figure, unit_label(catalog.names, figure.unit, layout.lang))
    last = HEADER_ROW + len(figures)
    # what functions read starts at the header row
    layout.name_range(contract.FIGURES, sheet, (HEADER_ROW, 1), (last, len(keys)))
    for column, key in enumerate(order, start=1):
        if key in marks:
            layout.name_range(marks[key].name, sheet, (HEADER_ROW + 1, column), (last, column))
    items, fields, sources = (
        max(map(text_width, (getattr(each, part) for each in figures)), default=0) + _ROOM
        for part in ("item", "field", "source")
    )
    widths(
        sheet, max(22, items), max(18, fields), *([13] * 3), 10, 11, *([13] * 3), 20, 13, 13, max(10, sources), 17, max(36, items + fields)
    )  # fmt: skip
    sheet.freeze = (HEADER_ROW + 1, 3)
    layout.put(sheet, last + 2, 1, contract.note(layout.lang, catalog.version), "Plain")
    layout.name_range(contract.NOTE.name, sheet, (last + 2, 1), (last + 2, 1))


def _link_row(layout: Layout, sheet: Sheet, row: int, figure: Figure, unit: str) -> None:
    number = _format(figure.unit)
    key = {part: figure_key(figure.item, figure.field, part) for part in (*_NUMBERS, *_LINKED_TEXTS)}

    def link(column: int, part: str, shown: str, name: str = "") -> None:
        layout.formula(sheet, row, column, f"={{{key[part]}}}", "Linked Cell", shown, key=name)

    layout.put(sheet, row, 1, figure.item, "Text")
    layout.put(sheet, row, 2, figure.field, "Text")
    for column, part in enumerate(_NUMBERS, start=3):
        link(column, part, number, f"{key[part]}.link")
    link(6, "currency", styles.TEXT)
    layout.put(sheet, row, 7, figure.tax, "Text")
    for column, amount in enumerate((figure.value, figure.low, figure.high), start=8):
        layout.put(sheet, row, column, amount, "Text", number)
    layout.put(sheet, row, 11, unit, "Text")
    ends = ",".join(f"{{{key[part]}.link}}" for part in ("low", "value", "high"))
    layout.formula(sheet, row, 12, f"=CHOOSE(in_estimate_number,{ends})", "Calculation", number)
    link(13, "as_of", styles.TEXT)
    link(14, "source", styles.TEXT)
    layout.put(sheet, row, 15, figure.currency, "Text")
    layout.formula(sheet, row, 16, f'=A{row}&"/"&B{row}', "Calculation", styles.TEXT)
