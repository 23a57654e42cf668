"""`xlmodel eval`: one formula."""

from __future__ import annotations

from workbook.commands.output import cell_text, complain, json_text, say, table_text
from xlmodel.engine import evaluate


def run(formula: str, *, as_json: bool) -> int:
    """Print the value of a formula; of an Excel error, the code, and the message on stderr.

    Returns:
        0, or 1 where the value is an error.
    """
    result = evaluate(formula)
    if as_json:
        say(json_text(result.value))
    elif isinstance(result.value, list):
        say(table_text(result.value))
    else:
        say(cell_text(result.value))
    if result.error is None:
        return 0
    complain(result.message)
    return 1
