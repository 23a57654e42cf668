"""Calls of functions as JSON, many in one request: how Excel's JavaScript asks the server, and what it is answered."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from xlmodel.errors import CellError
from xlmodel.hosts.cell_values import arguments, finite

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xlmodel.functions.define import Value
    from xlmodel.functions.library import Library

BAD_REQUEST, TOO_LARGE = 400, 413
_SHAPE = '{"calls": [{"name": "LLM_API_COST", "args": ["Qwen-Plus", 10000]}]}'


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one request may ask for.

    Args:
        body_bytes: length of a request.
        calls: functions called in it.
        cells: cells in its arguments, or in its answer.
        read_seconds: until the request has arrived.
        work_seconds: after which an answer holds what is computed; the client asks again for the rest.
        answer_seconds: until an answer, with the wait for others.
        connections: at the same time.
    """

    body_bytes: int = 4_000_000
    calls: int = 2_000
    cells: int = 200_000
    read_seconds: float = 10
    work_seconds: float = 2
    answer_seconds: float = 60
    connections: int = 500


class RequestFault(Exception):  # noqa: N818 - a request that gets no answer
    """A request that is refused.

    Args:
        status: of HTTP.
        message: what is wrong, for the person who wrote the client.
    """

    def __init__(self, status: int, message: str) -> None:
        """Keep both."""
        super().__init__(message)
        self.status = status
        self.message = message


class Call(NamedTuple):
    """One cell's function.

    Args:
        name: of the function.
        given: its arguments, each a cell or rows of cells.
    """

    name: str
    given: list[object]


def read_calls(body: bytes, limits: Limits) -> list[Call]:
    """Read a request.

    Raises:
        RequestFault: it is not JSON of the right shape, or asks for more than the limits.
    """
    try:
        request = json.loads(body, parse_int=float, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise RequestFault(BAD_REQUEST, f"the body is not JSON such as {_SHAPE}") from None
    listed = request.get("calls") if isinstance(request, dict) else None
    if not isinstance(listed, list):
        raise RequestFault(BAD_REQUEST, f"the body has no list 'calls': send {_SHAPE}")
    if len(listed) > limits.calls:
        raise RequestFault(TOO_LARGE, f"{len(listed)} calls in a request: send at most {limits.calls}")
    calls = [_call(place, each) for place, each in enumerate(listed)]
    cells = sum(_cells(value) for call in calls for value in call.given)
    if cells > limits.cells:
        raise RequestFault(TOO_LARGE, f"{cells} cells in a request: send at most {limits.cells}")
    return calls


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)


def _call(place: int, each: object) -> Call:
    if isinstance(each, dict):
        name, given = each.get("name"), each.get("args")
        if isinstance(name, str) and isinstance(given, list) and all(map(_is_value, given)):
            return Call(name, given)
    raise RequestFault(
        BAD_REQUEST, f"calls[{place}] has no name with args, cells or rows of cells: send {_SHAPE}"
    )


def _is_value(value: object) -> bool:
    if not isinstance(value, list):
        return _is_cell(value)
    return bool(value) and all(
        isinstance(row, list) and row and len(row) == len(value[0]) and all(map(_is_cell, row))
        for row in value
    )


def _is_cell(value: object) -> bool:
    return value is None or isinstance(value, (bool, float, str))


def _cells(value: object) -> int:
    return len(value) * len(value[0]) if isinstance(value, list) else 1


def answers(library: Library, calls: Iterable[Call], limits: Limits) -> bytes:
    """Compute calls in their order, until the time or the cells of one answer are spent, and at least one.

    Returns:
        JSON: `answers`, each a `value`, or an `error` (Excel's code) with a `message`.
    """
    begun, cells = time.monotonic(), 0
    done: list[dict[str, Any]] = []
    for call in calls:
        answer = _answer(library, call)
        cells += _cells(answer.get("value"))
        if done and cells > limits.cells:
            break
        done.append(answer)
        if time.monotonic() - begun > limits.work_seconds:
            break
    return json.dumps({"answers": done}, ensure_ascii=False, allow_nan=False).encode()


def _answer(library: Library, call: Call) -> dict[str, Value]:
    try:
        return {"value": finite(library.call(call.name, *arguments(call.given)))}
    except CellError as error:
        return {"error": error.code, "message": error.message}
