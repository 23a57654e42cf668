"""What a large language model costs: through an API, on rented GPUs, on its own hardware."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlmodel.errors import CellError, XlModelError

if TYPE_CHECKING:
    from pandas import DataFrame

    from xlmodel.functions.define import Value
    from xlmodel.functions.open_library import CatalogSource

__version__ = "0.1.0"


def call(name: str, /, *args: object, catalog: CatalogSource = None, **keywords: object) -> Value:
    """Compute an Excel function as a cell would.

    A cell: a number (of NumPy too, Decimal, Fraction), text, a boolean, a date, None for a blank. A range: a list
    of rows, a DataFrame, a Series, Index or array. Assumptions: a dict or a Series of values by name, too.

    Args:
        name: the function's name, such as `LLM_TCO`.
        args: in the function's order.
        catalog: a catalog folder or a catalog; None: the built-in one.
        keywords: arguments by the names that `xlmodel functions NAME` shows.

    Raises:
        CellError: with `.code`, such as `#N/A`, and a message that says what to do.
        CatalogError: no such catalog folder, or a broken one.
    """
    from xlmodel.functions.open_library import open_library  # noqa: PLC0415 - the catalog is read at the first call
    from xlmodel.functions.python_values import bind  # noqa: PLC0415 - same

    library = open_library(catalog)
    function = library.find(name)
    return library.call(function.name, *bind(function, args, keywords))


def frame(name: str, /, *args: object, catalog: CatalogSource = None, **keywords: object) -> DataFrame:
    """Compute a function that returns a table, such as `LLM_COMPARE`, as a DataFrame under its header.

    Args:
        name: the function's name.
        args: as `call` takes them.
        catalog: as `call` takes it.
        keywords: as `call` takes them.

    Raises:
        CellError: as `call`; also for a function that returns one value.
        CatalogError: as `call`.
    """
    from xlmodel import frames  # noqa: PLC0415 - pandas is loaded by who asks for a DataFrame

    return frames.function_frame(name, args, keywords, catalog)


def catalog_frame(table: str, /, *, catalog: CatalogSource = None) -> DataFrame:
    """Return a table of the catalog as a DataFrame: numbers and dates by their columns, blanks as NA.

    Args:
        table: its name or title, such as `api_prices`.
        catalog: as `call` takes it.

    Raises:
        CellError: an unknown table (#N/A).
        CatalogError: as `call`.
    """
    from xlmodel import frames  # noqa: PLC0415 - pandas is loaded by who asks for a DataFrame

    return frames.table_frame(table, catalog)


__all__ = ["CellError", "XlModelError", "__version__", "call", "catalog_frame", "frame"]
