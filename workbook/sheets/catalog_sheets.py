"""The catalog sheets, one a table, and the sheet Figures that gathers their figures for the functions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from workbook import styles
from workbook.layout import HEADER_ROW, Place, TableArea, text_width
from workbook.sheets.frame import header, start, widths
from xlmodel.catalog.load import parse_figure

if TYPE_CHECKING:
    from collections.abc import Collection

    from workbook.layout import Layout, Sheet
    from xlmodel.catalog import Catalog, Figure, Table
    from xlmodel.catalog.tables import Column

FIGURE_COLUMNS = ("item", "field", "value", "low", "high")
_LEAD = ("item", "field")
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
_WIDTHS = {"item": 22, "field": 16, "value": 13, "low": 13, "high": 13, "unit": 11, "note": 44, "source": 10}
_LARGEST_TEXT = 58


def figure_key(item: str, field: str, part: str) -> str:
    """Return the key of a figure's cell on its catalog sheet."""
    return f"figure.{item}.{field}.{part}".replace("(", "-").replace(")", "-")


def figure_sheet(layout: Layout, catalog: Catalog, table: Table, price_date: str = "") -> list[Figure]:
    """Add the sheet of a figure table; return the figures that it holds.

    They are those in force on the price date, which is the catalog's release date where it is empty.

    A figure without a range has formulas for its ends, a range one for its midpoint, so that a corrected
    number carries over.
    """
    sheet = _catalog_sheet(layout, table)
    columns = {column.key: column for column in table.columns}
    order = [*_LEAD, *_NUMBERS, *_REST]
    header(layout, sheet, [layout.pick(columns[key].zh, columns[key].en) for key in order])
    figures = _in_force(catalog, table, price_date)
    for row, figure in enumerate(figures, start=HEADER_ROW + 1):
        _figure_row(layout, sheet, row, figure, order)
    _finish(sheet, table, len(order), len(figures), [_WIDTHS.get(key, 12) for key in order])
    return figures


def _in_force(catalog: Catalog, table: Table, price_date: str) -> list[Figure]:
    day = price_date or catalog.release_date
    seen = {}
    for line, row in enumerate(table.rows, start=2):
        figure = parse_figure(table.name, line, row)
        if figure.effective_from <= day:
            seen[figure.item, figure.field] = catalog.figure(figure.item, figure.field, day)
    return list(seen.values())


def _figure_row(layout: Layout, sheet: Sheet, row: int, figure: Figure, order: list[str]) -> None:
    point = figure.low == figure.value == figure.high
    key = {part: figure_key(figure.item, figure.field, part) for part in (*_NUMBERS, "as_of", "source")}
    for column, name in enumerate(order, start=1):
        if name == "value" and figure.midpoint:
            text = f"=AVERAGE({{{key['low']}}},{{{key['high']}}})"
            layout.formula(sheet, row, column, text, "Calculation", _format(figure.unit), key=key[name])
        elif name in {"low", "high"} and point:
            layout.formula(
                sheet, row, column, f"={{{key['value']}}}", "Calculation", _format(figure.unit), key=key[name]
            )
        elif name in _NUMBERS:
            layout.put(
                sheet, row, column, getattr(figure, name), "Input", _format(figure.unit), key=key[name]
            )
        else:
            layout.put(sheet, row, column, getattr(figure, name), "Text", key=key.get(name, ""))


def _format(unit: str) -> str:
    return styles.PRICE if unit in {"CNY/Mtok", "CNY/h"} else styles.MONEY


def sources_sheet(layout: Layout, table: Table) -> None:
    """Add the sheet of the sources that the sheets so far name."""
    named = {cell.content for sheet in layout.sheets.values() for cell in sheet.cells.values()}
    record_sheet(layout, replace(table, rows=tuple(row for row in table.rows if row["source"] in named)))


def record_sheet(layout: Layout, table: Table, shown: Collection[str] = ()) -> None:
    """Add the sheet of a record table, its cells as text and numbers.

    Args:
        layout: the workbook.
        table: the table.
        shown: keys of the columns to show; all of them when empty.
    """
    sheet = _catalog_sheet(layout, table)
    columns = [
        column
        for column in table.columns
        if not _other_language(layout, table, column) and (not shown or column.key in shown)
    ]
    header(layout, sheet, [_label(layout, column) for column in columns])
    for row, record in enumerate(table.rows, start=HEADER_ROW + 1):
        for index, column in enumerate(columns, start=1):
            text = record[column.key]
            key = f"{table.name}.{record[columns[0].key]}.{column.key}" if table.name in _KEYED else ""
            if column.type in {"number", "integer"} and text:
                number = float(text)
                layout.put(sheet, row, index, number, "Text", _number_format(number), key=key)
            elif text.isdecimal():
                layout.put(sheet, row, index, float(text), "Text", styles.WHOLE, key=key)
            else:
                layout.put(
                    sheet, row, index, text or None, "Text", key=key, wrap=text_width(text) > _LARGEST_TEXT
                )
    sizes = [_width(layout, table, column) for column in columns]
    _finish(sheet, table, len(columns), len(table.rows), sizes)


# tables whose cells the native formulas of other sheets read
_KEYED = frozenset({"tiers", "gpus"})


def _other_language(layout: Layout, table: Table, column: Column) -> bool:
    other = "_en" if layout.lang == "zh" else "_zh"
    keys = {each.key for each in table.columns}
    if column.key in {"zh", "en"}:
        return column.key != layout.lang and layout.lang in keys
    stem = column.key.removesuffix(other)
    return column.key.endswith(other) and (f"{stem}_{layout.lang}" in keys)


def _label(layout: Layout, column: Column) -> str:
    unit = f" ({column.unit})" if column.unit else ""
    return layout.pick(column.zh, column.en) + unit


def _number_format(number: float) -> str:
    return styles.MONEY if number == int(number) else "#,##0.####"


def _width(layout: Layout, table: Table, column: Column) -> float:
    longest = max((text_width(row[column.key]) for row in table.rows), default=0)
    return min(60.0, max(9.0, longest + 2, text_width(_label(layout, column)) / 2 + 2))


def _catalog_sheet(layout: Layout, table: Table) -> Sheet:
    return start(
        layout,
        f"catalog_{table.name}",
        (table.zh, table.en),
        "catalog",
        (
            "目录数据；改动黄色单元格，结果随之更新" if table.figures else "目录数据，供查阅与核对",
            "Catalog figures; change a yellow cell and the results follow"
            if table.figures
            else "Catalog records, to read and check",
        ),
        (
            "见“单位”列" if table.figures else "见列标题",
            "see the column Unit" if table.figures else "see the column headings",
        ),
    )


def _finish(sheet: Sheet, table: Table, columns: int, rows: int, sizes: list[float]) -> None:
    widths(sheet, *sizes)
    if rows:
        sheet.tables.append(TableArea(f"tbl_{table.name}", HEADER_ROW, 1, HEADER_ROW + rows, columns))
    sheet.freeze = (HEADER_ROW + 1, 2)


def figures_sheet(layout: Layout, figures: list[Figure], catalog: Catalog) -> None:
    """Add the sheet Figures: every figure used, linked to its catalog sheet, beside what the catalog said.

    `list_figures` is what the functions read; `catalog_value` tells a corrected figure from the catalog's.
    """
    sheet = start(
        layout,
        "figures",
        ("数据", "Figures"),
        "catalog",
        (
            "汇集本报价用到的数据；函数读取此表，改数请改目录页",
            "Gathers the figures in use; functions read it, correct a figure on its catalog sheet",
        ),
        ("见“unit”列", "see the column unit"),
    )
    extra = (
        "catalog_value",
        "catalog_low",
        "catalog_high",
        "unit",
        "tax",
        "in_force",
        "as_of",
        "source",
        "currency",
        "figure",
    )
    header(layout, sheet, [*FIGURE_COLUMNS, *extra])
    # the range that functions read starts at the header row
    layout.places["figures.top"] = Place(sheet.key, HEADER_ROW, 1)
    for row, figure in enumerate(figures, start=HEADER_ROW + 1):
        _link_row(layout, sheet, row, figure)
    last = HEADER_ROW + len(figures)
    layout.places["figures.bottom"] = Place(sheet.key, last, len(FIGURE_COLUMNS))
    layout.name("list_figures", "figures.top", "figures.bottom")
    for name, column in (("in_force", 11), ("tax", 10), ("figure_currency", 14), ("figure_keys", 15)):
        layout.places[f"figures.{name}.top"] = Place(sheet.key, HEADER_ROW + 1, column)
        layout.places[f"figures.{name}.bottom"] = Place(sheet.key, last, column)
        layout.name(f"list_{name}", f"figures.{name}.top", f"figures.{name}.bottom")
    widths(sheet, 22, 18, 13, 13, 13, 13, 13, 13, 11, 10, 13, 12, 10, 10, 34)
    sheet.freeze = (HEADER_ROW + 1, 3)
    layout.put(sheet, last + 2, 1, _note(layout, catalog), "Plain")


def _note(layout: Layout, catalog: Catalog) -> str:
    return layout.pick(
        f"catalog_* 列为制表时目录 {catalog.version} 的数值；与 value、low、high 不同即为人工更正，重算时保留。",
        f"The columns catalog_* hold what catalog {catalog.version} said; a figure that differs was corrected by a person and is kept.",
    )


def _link_row(layout: Layout, sheet: Sheet, row: int, figure: Figure) -> None:
    number = _format(figure.unit)
    layout.put(sheet, row, 1, figure.item, "Text")
    layout.put(sheet, row, 2, figure.field, "Text")
    for column, part in enumerate(_NUMBERS, start=3):
        source = figure_key(figure.item, figure.field, part)
        layout.formula(sheet, row, column, f"={{{source}}}", "Linked Cell", number, key=f"{source}.link")
    for column, amount in enumerate((figure.value, figure.low, figure.high), start=6):
        layout.put(sheet, row, column, amount, "Text", number)
    layout.put(sheet, row, 9, figure.unit, "Text")
    layout.put(sheet, row, 10, figure.tax, "Text")
    ends = ",".join(
        f"{{{figure_key(figure.item, figure.field, part)}.link}}" for part in ("low", "value", "high")
    )
    layout.formula(sheet, row, 11, f"=CHOOSE(in_estimate_number,{ends})", "Calculation", number)
    for column, part in enumerate(("as_of", "source"), start=12):
        layout.formula(
            sheet,
            row,
            column,
            f"={{{figure_key(figure.item, figure.field, part)}}}",
            "Linked Cell",
            styles.TEXT,
        )
    layout.put(sheet, row, 14, figure.currency, "Text")
    layout.formula(sheet, row, 15, f'=A{row}&"/"&B{row}', "Calculation", styles.TEXT)
