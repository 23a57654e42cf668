"""The functions as tools for assistants, through the Model Context Protocol (MCP), by its official SDK."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import anyio
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.shared.exceptions import MCPError
from mcp.types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    Tool,
    ToolAnnotations,
)

from xlmodel import __version__
from xlmodel.errors import CellError
from xlmodel.functions.python_values import bind
from xlmodel.hosts.json_schema import input_schema, output_schema, result

if TYPE_CHECKING:
    from xlmodel.functions.define import Function
    from xlmodel.functions.library import Library

INSTRUCTIONS = (
    "What a large language model costs: through an API, on rented GPUs, on own hardware (TCO, break-even, sizing). "
    "Money is in CNY unless assumptions say currency=USD; prices are per million tokens; dau is daily active users. "
    "Leave out an argument to have its default. LLM_CATALOG without arguments lists the tables of facts, with a "
    "table's name its rows; LLM_SOURCE names the source of a figure. An error begins with Excel's code: #N/A is an "
    "unknown name or a result that does not exist, #VALUE! a wrong argument. Never put a number of your own in its place."
)


def tool(function: Function) -> Tool:
    """Describe a function as a tool: its help in both languages, its arguments and its result."""
    return Tool(
        name=function.name,
        description=f"{function.en}\n{function.zh}\nIn Excel: {function.example}",
        input_schema=input_schema(function),
        output_schema=output_schema(function),
        annotations=ToolAnnotations(
            read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
        ),
    )


def mcp_server(library: Library) -> Server[Any]:
    """Make the server that offers the functions of a library."""
    tools = [tool(function) for function in library.functions.values()]
    one_at_a_time = anyio.CapacityLimiter(1)  # a library keeps what it computed, and is not made for threads

    async def list_tools(_context: object, _given: PaginatedRequestParams | None) -> ListToolsResult:
        return ListToolsResult(tools=tools)

    async def call_tool(_context: object, given: CallToolRequestParams) -> CallToolResult:
        if given.name not in library.functions:
            raise MCPError(INVALID_PARAMS, f"unknown tool {given.name}")
        # in a thread, so that the server answers other messages meanwhile
        return await anyio.to_thread.run_sync(
            _call, library, given.name, given.arguments or {}, limiter=one_at_a_time
        )

    return Server(
        "xlmodel",
        version=__version__,
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def _call(library: Library, name: str, given: dict[str, Any]) -> CallToolResult:
    try:
        computed = result(library.call(name, *bind(library.functions[name], (), given)))
    except CellError as error:
        return CallToolResult(
            content=[TextContent(type="text", text=f"{error.code}: {error.message}")], is_error=True
        )
    text = json.dumps(computed, ensure_ascii=False)
    return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=computed)


def serve_stdio(library: Library) -> None:
    """Serve an assistant over standard input and output, until it closes them."""
    server = mcp_server(library)

    async def run() -> None:
        async with stdio_server() as (read, write):
            await server.run(read, write, server.create_initialization_options())

    anyio.run(run)
