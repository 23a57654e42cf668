"""`xlmodel functions`: the functions with their help, from their one definition."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from workbook.commands.output import cell_text, json_objects, say, table_text
from xlmodel.errors import RequestError
from xlmodel.functions import FUNCTIONS

if TYPE_CHECKING:
    from xlmodel.functions.define import Argument, Function


def run(name: str | None, *, as_json: bool) -> int:
    """Print every function with its help, or one with its arguments, example and result."""
    if name is None:
        if as_json:
            say(json_objects([_described(each) for each in FUNCTIONS.values()]))
        else:
            say("\n".join(f"{each.signature()}\n    {each.en}\n    {each.zh}" for each in FUNCTIONS.values()))
        return 0
    function = _find(name)
    if as_json:
        say(json_objects({**_described(function), "result": _result(function)}))
    else:
        say(_page(function))
    return 0


def _find(name: str) -> Function:
    upper = name.strip().upper()
    if upper not in FUNCTIONS:
        near = get_close_matches(upper, FUNCTIONS, n=3, cutoff=0.5)
        hint = f"nearest: {', '.join(near)}" if near else "'xlmodel functions' lists them"
        raise RequestError(f"unknown function '{name}'; {hint}")
    return FUNCTIONS[upper]


def _described(function: Function) -> dict[str, object]:
    return {
        "name": function.name,
        "group": function.group,
        "signature": function.signature(),
        "table": function.table,
        "en": function.en,
        "zh": function.zh,
        "arguments": [_argument(each) for each in function.arguments],
        "example": function.example,
    }


def _argument(argument: Argument) -> dict[str, object]:
    return {
        "name": argument.name,
        "takes": argument.takes.value,
        "optional": argument.optional,
        "repeated": argument.repeated,
        "default": argument.default,
        "minimum": argument.minimum,
        "maximum": argument.maximum,
        "whole": argument.whole,
        "en": argument.en,
        "zh": argument.zh,
    }


def _result(function: Function) -> object:
    from xlmodel.engine import evaluate  # noqa: PLC0415 - the list needs no engine

    return evaluate(function.example).value


def _page(function: Function) -> str:
    result = _result(function)
    shown = table_text(result) if isinstance(result, list) else cell_text(result)  # type: ignore[arg-type]
    lines = [function.signature(), f"    {function.en}", f"    {function.zh}", ""]
    if function.arguments:
        lines.append("Arguments 参数")
    for argument in function.arguments:
        optional = ", optional" if argument.optional else ""
        lines += [
            f"  {argument.name} ({argument.takes.value}{optional})",
            f"    {argument.en}",
            f"    {argument.zh}",
        ]
    lines += ["", "Example 示例", f"  {function.example}", *(f"  {line}" for line in shown.splitlines())]
    return "\n".join(lines)
