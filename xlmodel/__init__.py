"""What a large language model costs: through an API, on rented GPUs, on its own hardware."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlmodel.errors import CellError, XlModelError

if TYPE_CHECKING:
    from xlmodel.functions.define import Value

__version__ = "0.1.0"


def call(name: str, *args: object) -> Value:
    """Compute an Excel function as a cell would.

    Args:
        name: the function's name, such as `LLM_TCO`.
        args: numbers, text, booleans, None for a blank cell, a list of rows for a range.

    Raises:
        CellError: with `.code`, such as `#N/A`, and a message that says what to do.
    """
    from xlmodel.functions.library import default_library  # noqa: PLC0415 - the catalog is read at the first call

    return default_library().call(name, *args)


__all__ = ["CellError", "XlModelError", "__version__", "call"]
