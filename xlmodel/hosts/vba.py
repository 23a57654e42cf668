"""The VBA module that binds Excel on Windows to the functions: generated from their definitions.

xlwings writes wrappers too, but theirs put the text of a failure into the cell, where SUM passes over it.
These return the Excel error itself. They also hand over a range as its values, in one call to Python,
instead of as an object that Python reads back from Excel.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from xlmodel.grid import ErrorCode
from xlmodel.hosts.help_text import argument_help, cut
from xlmodel.hosts.written_out import written_out

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xlmodel.functions.define import Argument, Function

PYTHON_MODULE = "xlmodel.hosts.excel"
VBA_MODULE = "xlmodel_udfs"
HELP_MARK = "xlmodel help"
"""What stands in cell D1 of the sheet that holds the help: below it the name of a function, its help in Chinese and English."""

ERROR_NUMBERS = {
    ErrorCode.NULL: 2000,
    ErrorCode.DIV0: 2007,
    ErrorCode.VALUE: 2015,
    ErrorCode.REF: 2023,
    ErrorCode.NAME: 2029,
    ErrorCode.NUM: 2036,
    ErrorCode.NA: 2042,
    ErrorCode.GETTING_DATA: 2043,
    ErrorCode.SPILL: 2045,
    ErrorCode.CONNECT: 2046,
    ErrorCode.BLOCKED: 2047,
    ErrorCode.UNKNOWN: 2048,
    ErrorCode.FIELD: 2049,
    ErrorCode.CALC: 2050,
}
"""Excel's number of each error value, as `CVErr` takes it (enumeration XlCVError)."""

_TEMPLATES = files("xlmodel.hosts").joinpath("templates")
RESERVED = frozenset(_TEMPLATES.joinpath("vba_reserved.txt").read_text("ascii").split())
"""Names that VBA keeps for itself, or that the wrappers use; VBA does not tell upper from lower case."""

_LINE_WIDTH = 100


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument as the VBA function and the Python function name it.

    Args:
        name: a name that VBA allows.
        optional: whether it may be left out.
        argument: the argument it stands for.
    """

    name: str
    optional: bool
    argument: Argument


def parameters(definition: Function) -> tuple[Parameter, ...]:
    """List the arguments of a function as VBA can declare them: names allowed, repeated ones written out."""
    listed: list[Parameter] = []
    optional = False
    for name, argument in written_out(definition):
        # of a repeated argument the first may be required
        repeated = argument.repeated and bool(listed) and listed[-1].argument is argument
        optional = optional or argument.optional or repeated
        allowed = f"{name}_" if name in RESERVED else name
        listed.append(Parameter(allowed, optional, argument))
    return tuple(listed)


def help_rows(definitions: Iterable[Function]) -> list[tuple[str, str, str]]:
    """List name, Chinese and English help of each function: its line, then a line for each argument in VBA's order."""
    return [(definition.name, _help(definition, "zh"), _help(definition, "en")) for definition in definitions]


def _help(definition: Function, language: str) -> str:
    lines = [definition.zh if language == "zh" else definition.en]
    lines += [argument_help(item.argument, language) for item in parameters(definition)]
    return "\n".join(map(cut, lines))


def vba_module(definitions: Iterable[Function]) -> str:
    r"""Write the text of the VBA module: ASCII, lines ended by \r\n as the VBA editor imports them."""
    definitions = tuple(definitions)
    support = _TEMPLATES.joinpath("support.bas").read_text("ascii")
    cases = [f'        Case "{code}": number = {number}' for code, number in ERROR_NUMBERS.items()]
    text = support.replace("'{error cases}", "\n".join(cases).strip())
    text = text.replace("{module}", VBA_MODULE).replace("{help mark}", HELP_MARK)
    text += "".join(f"\n{_wrapper(definition)}" for definition in definitions)
    return text.replace("\n", "\r\n")


def _wrapper(definition: Function) -> str:
    name = definition.name
    listed = parameters(definition)
    declared = ", ".join(f"{'Optional ' if item.optional else ''}{item.name} As Variant" for item in listed)
    passed = ", ".join(f"XlmodelArgument({item.name})" for item in listed)
    lines = [
        f"Public Function {name}({declared}) As Variant",
        "    On Error GoTo failed",
        f'    {name} = XLPy.CallUDF("{PYTHON_MODULE}", "{name}", Array({passed}))',
        "    Exit Function",
        "failed:",
        f"    {name} = XlmodelError(Err.Description)",
        "End Function",
    ]
    return "".join(f"{_continued(line)}\n" for line in lines)


def _continued(line: str) -> str:
    """Break a line after its commas with VBA's continuation mark."""
    indent = " " * (len(line) - len(line.lstrip()) + 4)
    lines = [""]
    for part in line.replace(", ", ", \n").split("\n"):
        if len(lines[-1]) + len(part) > _LINE_WIDTH and lines[-1].strip():
            lines.append(indent)
        lines[-1] += part
    return "_\n".join(lines)
