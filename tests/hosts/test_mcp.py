"""The functions as tools: the SDK's own client beside `xlmodel.call`."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import anyio
import jsonschema
import pytest
from mcp import Client, StdioServerParameters
from mcp.shared.exceptions import MCPError

from tests.hosts.cases import CASES, IDS, Case
from tests.hosts.test_conformance import truth
from xlmodel.errors import CellError
from xlmodel.functions import FUNCTIONS, default_library
from xlmodel.grid import ErrorCode
from xlmodel.hosts.json_schema import input_schema, output_schema, result
from xlmodel.hosts.mcp_server import mcp_server

if TYPE_CHECKING:
    from mcp.types import CallToolResult, ListToolsResult

SENT = [
    (case, name)
    for case, name in zip(CASES, IDS, strict=True)
    if not any(isinstance(value, CellError) for value in case.given)  # JSON has no sign for an error
]


def by_name(case: Case) -> dict[str, object]:
    """Give a case's arguments as JSON: by name, those left out left out."""
    arguments = FUNCTIONS[case.name].arguments
    given: dict[str, object] = {}
    for argument, value in zip(arguments, case.given, strict=False):
        if argument.repeated:
            given[argument.name] = [*case.given[len(arguments) - 1 :]]
        elif value is not None:
            given[argument.name] = value
    return given


@pytest.fixture(scope="module")
def answers() -> tuple[ListToolsResult, list[CallToolResult]]:
    """Give the list of tools, and the answer to each case, in one session."""

    async def ask() -> tuple[ListToolsResult, list[CallToolResult]]:
        async with Client(mcp_server(default_library())) as client:
            tools = await client.list_tools()
            called = [await client.call_tool(case.name, by_name(case)) for case, _name in SENT]
            with pytest.raises(MCPError, match="unknown tool LLM_NOTHING"):
                await client.call_tool("LLM_NOTHING", {})
            return tools, called

    return anyio.run(ask)


@pytest.mark.parametrize("place", range(len(SENT)), ids=[name for _case, name in SENT])
def test_conformance(answers: tuple[ListToolsResult, list[CallToolResult]], place: int) -> None:
    """Each case gives the value, the table or the error of `xlmodel.call`."""
    (case, _name), found = SENT[place], answers[1][place]
    expected = truth(case)
    if isinstance(expected, ErrorCode):
        assert found.is_error
        assert found.content[0].text.startswith(f"{expected}: ")
        return
    assert not found.is_error
    shown = found.structured_content
    assert ([shown["header"], *shown["rows"]] if "rows" in shown else shown["value"]) == expected


def test_every_function_is_a_tool(answers: tuple[ListToolsResult, list[CallToolResult]]) -> None:
    """Each has its help in both languages, schemas that are schemas, and no side effect."""
    tools = {tool.name: tool for tool in answers[0].tools}
    assert list(tools) == list(FUNCTIONS)
    for name, function in FUNCTIONS.items():
        made = tools[name]
        assert function.zh in made.description
        assert function.en in made.description
        jsonschema.Draft202012Validator.check_schema(made.input_schema)
        jsonschema.Draft202012Validator.check_schema(made.output_schema)
        assert made.annotations.read_only_hint


@pytest.mark.parametrize(
    ("case", "_name"),
    [pytest.param(*each, id=each[1]) for each in SENT if each[0].kind in {"normal", "range"}],
)
def test_what_works_fits_the_schemas(case: Case, _name: str) -> None:
    """Arguments that work are what the schema describes, and so are the results."""
    function = FUNCTIONS[case.name]
    # Excel's TRUE and 3.0 are JSON's true and 3; a tuple is an array
    given = {
        name: [*map(list, value)] if isinstance(value, tuple) else value
        for name, value in by_name(case).items()
    }
    jsonschema.validate(given, input_schema(function))
    found = truth(case)
    if not isinstance(found, ErrorCode):
        jsonschema.validate(result(found), output_schema(function))


def test_wrong_arguments_are_refused_by_the_schema() -> None:
    """A client that checks sees an unknown argument, a missing one and a number out of its limits."""
    schema = input_schema(FUNCTIONS["LLM_API_COST"])
    jsonschema.validate({"api_model": "Qwen-Plus", "dau": 10000, "assumptions": {"retry_rate": 0.02}}, schema)
    for wrong in ({"api_model": "Qwen-Plus"}, {"api_model": "Qwen-Plus", "dau": -1}, {"dau": 1, "user": 2}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, schema)


def test_no_number_is_not_finite() -> None:
    """JSON has no sign for infinity: the answer is an error."""
    with pytest.raises(CellError, match="not a finite number"):
        result([["a"], [float("inf")]])


def test_the_command_serves_a_process() -> None:
    """`xlmodel mcp` speaks with the SDK's client over standard input and output."""
    server = StdioServerParameters(
        command=sys.executable, args=["-m", "workbook.cli", "mcp"], env=dict(os.environ)
    )

    async def ask() -> tuple[str, object]:
        async with Client(server) as client:
            found = await client.call_tool("LLM_API_COST", {"api_model": "Qwen-Plus", "dau": 10000})
            return client.server_info.name, found.structured_content

    # by hand: 10,000 × 30 × (800 × 0.8 + 400 × 2) / 1,000,000 = 432 CNY a month
    assert anyio.run(ask) == ("xlmodel", {"value": 432})
