"""`xlmodel eval`: one formula."""

from __future__ import annotations

import sys

from workbook.commands.output import cell_text, json_text, table_text
from xlmodel.engine import evaluate


def run(formula: str, *, as_json: bool) -> int:
    """Print the value of a formula; of an Excel error, the code, and the message on stderr.

    Returns:
        0, or 1 where the value is an error.
    """
    result = evaluate(formula)
    if as_json:
        print(json_text(result.value))
    elif isinstance(result.value, list):
        print(table_text(result.value))
    else:
        print(cell_text(result.value))
    if result.error is None:
        return 0
    sys.stdout.flush()  # the code stands before its message where both go to one place
    print(f"xlmodel: {' '.join(result.message.splitlines())}", file=sys.stderr)
    return 1
