"""The arguments of a function as hosts declare them that know no open list: repeated ones written out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xlmodel.functions.define import Argument, Function

REPEATS = 8
"""How many times a repeated argument stands in the signature: VBA knows no optional arguments beside an open list."""


def written_out(definition: Function) -> list[tuple[str, Argument]]:
    """List the name and the definition of each argument, a repeated one as name1, name2 and so on."""
    listed = []
    for argument in definition.arguments:
        if argument.repeated:
            listed += [(f"{argument.name}{number}", argument) for number in range(1, REPEATS + 1)]
        else:
            listed.append((argument.name, argument))
    return listed
