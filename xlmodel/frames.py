"""Tables as pandas DataFrames: what a function returns, and what the catalog holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pandas as pd

from xlmodel.errors import BadValueError, CatalogError
from xlmodel.functions.open_library import open_library
from xlmodel.functions.python_values import bind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xlmodel.catalog.tables import CatalogTable, Column
    from xlmodel.functions.define import Scalar
    from xlmodel.functions.open_library import CatalogSource

# what a cell shows where there is no number
_BLANKS = ("", "—", None)
# type of a catalog column -> pandas type; choices are text
_TYPES = {"number": "Float64", "integer": "Int64", "date": "datetime64[s]"}


def function_frame(
    name: str, args: Sequence[object], keywords: Mapping[str, object], catalog: CatalogSource
) -> pd.DataFrame:
    """Return the table of a function; a column of numbers is Float64, of text string, of both object.

    Args:
        name: a function that returns a table.
        args: in the function's order.
        keywords: arguments by name.
        catalog: a folder, a catalog, or None for the built-in one.

    Raises:
        CellError: the function's error, or #VALUE! for a function that returns one value.
        CatalogError: no such catalog folder, or a broken one.
    """
    library = open_library(catalog)
    function = library.find(name)
    if not function.table:
        raise BadValueError(f"{function.name} returns one value; call it with xlmodel.call")
    table = cast("list[list[Scalar]]", library.call(function.name, *bind(function, args, keywords)))
    header, *rows = table
    columns = zip(*rows, strict=True) if rows else ((),) * len(header)
    return _frame([(str(key), _series(cells)) for key, cells in zip(header, columns, strict=True)])


def table_frame(table: str, catalog: CatalogSource) -> pd.DataFrame:
    """Return a table of the catalog; a number is Float64, a whole number Int64, a date datetime64, text string.

    Args:
        table: its name or title.
        catalog: a folder, a catalog, or None for the built-in one.

    Raises:
        CellError: an unknown table (#N/A).
        CatalogError: no such catalog folder, or a broken one.
    """
    if not isinstance(table, str):
        raise BadValueError(f"table: the name of a catalog table is text, found {type(table).__name__}")
    found = open_library(catalog).catalog.table(table)
    return _frame([(column.key, _typed(found, column)) for column in found.columns])


def _frame(columns: Sequence[tuple[str, pd.Series]]) -> pd.DataFrame:
    if not columns:
        return pd.DataFrame()
    made = pd.concat([series for _, series in columns], axis="columns")
    made.columns = pd.Index([key for key, _ in columns])  # not a dict: a header may repeat
    return made


def _series(cells: Sequence[Scalar]) -> pd.Series:
    kinds = {type(cell) for cell in cells if cell not in _BLANKS}
    values = [pd.NA if cell in _BLANKS else cell for cell in cells]
    if kinds == {str}:
        return pd.Series(values, dtype="string")
    if kinds == {bool}:
        return pd.Series(values, dtype="boolean")
    if kinds and kinds <= {float, int}:
        return pd.Series(values, dtype="Float64")
    return pd.Series(values, dtype="object")


def _typed(table: CatalogTable, column: Column) -> pd.Series:
    texts = [row[column.key] or None for row in table.rows]
    dtype = _TYPES.get(column.type, "string")
    try:
        if column.type in {"number", "integer"}:
            return pd.Series([None if text is None else float(text) for text in texts], dtype=dtype)
        return pd.Series(texts, dtype=dtype)
    except (TypeError, ValueError) as error:
        raise CatalogError(
            f"{table.name}.csv: {column.key}: {error}; 'xlmodel catalog check' names the line"
        ) from None
