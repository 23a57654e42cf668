"""The arguments and results of a function as JSON, described by JSON Schema: for hosts that speak JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlmodel.functions.define import Takes
from xlmodel.hosts.cell_values import finite
from xlmodel.hosts.help_text import argument_help

if TYPE_CHECKING:
    from xlmodel.functions.define import Argument, Function, Value

Schema = dict[str, Any]
_ROWS: Schema = {"type": "array", "items": {"type": "array"}, "description": "rows of cells"}
_TAKES: dict[Takes, Schema] = {
    Takes.TEXT: {"type": "string"},
    Takes.NUMBER: {"type": "number"},
    Takes.NUMBER_OR_TEXT: {"type": ["number", "string"]},
    Takes.ASSUMPTIONS: {
        "anyOf": [{"type": "object", "description": "values by name"}, {"type": "string"}, _ROWS]
    },
    Takes.FIGURES: _ROWS,
    Takes.VARIANT: {"type": "string"},
    Takes.RANGE: {"anyOf": [{"type": "string"}, _ROWS]},
}


def input_schema(function: Function) -> Schema:
    """Describe the arguments of a function, by name, as one object."""
    return {
        "type": "object",
        "properties": {argument.name: _argument(argument) for argument in function.arguments},
        "required": [argument.name for argument in function.arguments if not argument.optional],
        "additionalProperties": False,
    }


def _argument(argument: Argument) -> Schema:
    schema = dict(_TAKES[argument.takes])
    if argument.takes is Takes.NUMBER:
        limits = {"minimum": argument.minimum, "maximum": argument.maximum}
        schema |= {name: limit for name, limit in limits.items() if limit is not None}
        if argument.whole:
            schema["type"] = "integer"
    if argument.repeated:
        schema = {"type": "array", "items": schema}
    if argument.default is not None:
        schema["default"] = argument.default
    schema["description"] = f"{argument_help(argument, 'en')} {argument_help(argument, 'zh')}"
    return schema


def output_schema(function: Function) -> Schema:
    """Describe the result of a function: a value, or a table as rows under a header."""
    if function.table:
        properties: Schema = {"header": {"type": "array", "items": {"type": "string"}}, "rows": _ROWS}
    else:
        properties = {"value": {"type": ["number", "string", "boolean"]}}
    return {"type": "object", "properties": properties, "required": [*properties]}


def result(value: Value) -> Schema:
    """Return a result as `output_schema` describes it.

    Raises:
        CellError: `#NUM!`, where a number is not finite: JSON has no sign for it.
    """
    finite(value)
    return {"header": value[0], "rows": value[1:]} if isinstance(value, list) else {"value": value}
