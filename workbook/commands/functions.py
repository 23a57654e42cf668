"""`xlmodel functions`: the functions with their help, from their one definition."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from workbook.commands.output import cell_text, json_objects, say, table_text
from xlmodel.errors import RequestError
from xlmodel.functions import FUNCTIONS
from xlmodel.inputs.register import ESTIMATES, PROFILES, Assumption, register

if TYPE_CHECKING:
    from xlmodel.functions.define import Argument, Function

_ASSUMPTIONS = "assumptions"


def run(name: str | None, *, as_json: bool) -> int:
    """Print every function with its help, one with its arguments, example and result, or the assumptions."""
    if name is not None and name.strip().casefold() == _ASSUMPTIONS:
        rows = [_assumption(each) for each in register().values()]
        say(json_objects(rows) if as_json else "\n".join(map(_assumption_text, register().values())))
    elif name is None:
        if as_json:
            say(json_objects([_described(each) for each in FUNCTIONS.values()]))
        else:
            say("\n".join(f"{each.signature()}\n    {each.en}\n    {each.zh}" for each in FUNCTIONS.values()))
    else:
        function = _find(name)
        found = {**_described(function), "result": _result(function)} if as_json else _page(function)
        say(found if isinstance(found, str) else json_objects(found))
    return 0


def _assumption(row: Assumption) -> dict[str, object]:
    defaults = {
        f"{profile}_{estimate}": row.default(profile, estimate)
        for profile in PROFILES
        for estimate in ESTIMATES
        if not (row.follows or (profile == "full" and row.figure))
    }
    return {
        "key": row.key,
        "zh": row.zh,
        "en": row.en,
        "type": row.type,
        "unit": row.unit,
        "default": defaults,
        "follows": row.follows,
        "full_figure": row.figure,
        "minimum": row.minimum,
        "maximum": row.maximum,
        "help_en": row.help_en,
        "help_zh": row.help_zh,
        "source": row.source,
        "as_of": row.as_of,
        "kind": row.kind,
        "note": row.note,
    }


def _assumption_text(row: Assumption) -> str:
    unit = f" {row.unit}" if row.unit else ""
    limits = f"{row.minimum:g} to {row.maximum:g}" if row.numeric else row.type.replace("|", ", ")
    source = f"{row.source}, {row.as_of}, {row.kind}" + (f": {row.note}" if row.note else "")
    return (
        f"{row.key} ({row.zh}) = {_default_text(row)}{unit}  [{limits}]\n"
        f"    {row.help_en}\n    {row.help_zh}\n    {source}"
    )


def _default_text(row: Assumption) -> str:
    if row.follows:
        return row.follows.replace("*", " × ")
    if row.choices:
        return row.published
    published = _range_text(row, "published")
    full = row.figure or _range_text(row, "full")
    return published if published == full else f"{published}, full: {full}"


def _range_text(row: Assumption, profile: str) -> str:
    low, base, high = (row.default(profile, estimate) for estimate in ("low", "base", "high"))
    return (base or "blank") if low == base == high else f"{base} (low {low}, high {high})"


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
        "bear": list(function.bearing),
        "do_not_bear": list(function.without_effect),
        "example": function.example,
    }


def _bearing_lines(function: Function) -> tuple[str, ...]:
    """Return in both languages which assumptions cannot bear on the answer."""
    without = function.without_effect
    if not without:
        return "all bear on the answer", "全部起作用"
    return f"do not bear on the answer: {', '.join(without)}", f"不起作用：{'、'.join(without)}"


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
    if function.parts:
        lines += ["", "Assumptions 假设", *(f"  {line}" for line in _bearing_lines(function))]
    lines += ["", "Example 示例", f"  {function.example}", *(f"  {line}" for line in shown.splitlines())]
    return "\n".join(lines)
