"""The functions for Excel without Python on its machine: a small web server that answers its JavaScript (Office.js)."""

from __future__ import annotations

import math
import re
import secrets
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import anyio
import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol

from xlmodel.hosts import office_files
from xlmodel.hosts.office_calls import BAD_REQUEST, TOO_LARGE, Limits, RequestFault, answers, read_calls
from xlmodel.hosts.office_page import page

if TYPE_CHECKING:
    import asyncio
    from pathlib import Path
    from socket import socket

    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send

    from xlmodel.functions.library import Library

_UNAUTHORISED, _TIMEOUT, _WRONG_TYPE, _MISDIRECTED, _BUSY = 401, 408, 415, 421, 503
_HOST = re.compile(r"[A-Za-z0-9.\-]+(:\d{1,5})?|\[[0-9A-Fa-f:]+\](:\d{1,5})?")
_STOP_SECONDS = 5
_OFFICE = "https://appsforoffice.microsoft.com"
_HEADERS = [
    (
        b"content-security-policy",
        f"default-src 'self'; script-src 'self' {_OFFICE}; base-uri 'none'".encode(),
    ),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
]


@dataclass(frozen=True)
class Settings:
    """How the server is reached.

    Args:
        certificate: file of the certificate.
        key: file of its key.
        token: what each request must bring; None: nothing.
        hosts: names by which requests may call the server; None: any, for one that asks for a token.
        limits: of a request.
    """

    certificate: Path
    key: Path
    token: str | None
    hosts: frozenset[str] | None
    limits: Limits = Limits()  # noqa: RUF009 - frozen


def application(library: Library, settings: Settings) -> ASGIApp:
    """Make the application: files for Excel and the browser, and `/call`."""
    token, limits = settings.token, settings.limits
    one_at_a_time = anyio.Lock()  # a library keeps what it computed, and is not made for threads

    async def call(request: Request) -> Response:
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            raise RequestFault(_WRONG_TYPE, "send application/json")
        calls = read_calls(await _body(request, limits), limits)
        try:
            with anyio.fail_after(limits.answer_seconds):
                await one_at_a_time.acquire()
        except TimeoutError:
            raise RequestFault(_BUSY, "too many requests wait: ask again later") from None
        try:
            content = await run_in_threadpool(answers, library, calls, limits)
        finally:
            one_at_a_time.release()
        return Response(content, media_type="application/json")

    async def manifest(request: Request) -> Response:
        base = f"https://{request.headers['host']}"
        return Response(office_files.manifest(base, token), media_type="application/xml")

    def file(path: str, content: str | bytes, kind: str) -> Route:
        async def send(_request: Request) -> Response:
            return Response(content, media_type=kind)

        return Route(path, send)

    routes = [
        file("/", page(token), "text/html"),
        file("/page.js", office_files.template("page.js"), "text/javascript"),
        file("/page.css", office_files.template("page.css"), "text/css"),
        file("/addin.html", office_files.addin_page(token), "text/html"),
        file("/functions.js", office_files.javascript(), "text/javascript"),
        file("/functions.json", office_files.metadata(), "application/json"),
        *(
            file(f"/{office_files.icon_name(size)}", office_files.icon(size), "image/png")
            for size in office_files.ICON_SIZES
        ),
        Route("/manifest.xml", manifest),
        Route("/call", call, methods=["POST"]),
    ]
    app = Starlette(routes=routes, exception_handlers={RequestFault: _refuse})
    return _Guard(app, token, settings.hosts)


async def _body(request: Request, limits: Limits) -> bytes:
    """Read a request, no longer and no more than allowed."""
    body = bytearray()
    try:
        with anyio.fail_after(limits.read_seconds):
            async for chunk in request.stream():
                body += chunk
                if len(body) > limits.body_bytes:
                    raise RequestFault(TOO_LARGE, f"the body is longer than {limits.body_bytes} bytes")
    except TimeoutError:
        raise RequestFault(_TIMEOUT, f"the body did not arrive in {limits.read_seconds:g} seconds") from None
    return bytes(body)


async def _refuse(_request: Request, fault: Exception) -> Response:
    if not isinstance(fault, RequestFault):
        raise fault
    # whatever of the request has not arrived is not waited for
    return PlainTextResponse(fault.message, fault.status, {"connection": "close"})


class _Guard:
    """Refuses who calls the server by another name or without its token, and sends headers that keep a browser careful.

    Args:
        app: what is guarded.
        token: what each request must bring; None: nothing.
        hosts: names by which requests may call the server; None: any.
    """

    def __init__(self, app: ASGIApp, token: str | None, hosts: frozenset[str] | None) -> None:
        """Keep them."""
        self._app, self._token, self._hosts = app, token, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""

        async def careful(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS]
            await send(message)

        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        fault = self._fault(scope)
        if fault is None:
            await self._app(scope, receive, careful)
        else:
            refused = PlainTextResponse(fault.message, fault.status, {"connection": "close"})
            await refused(scope, receive, careful)

    def _fault(self, scope: Scope) -> RequestFault | None:
        headers = dict(scope["headers"])
        host = headers.get(b"host", b"").decode("latin-1")
        if not _HOST.fullmatch(host):
            return RequestFault(BAD_REQUEST, "the request names no host")
        if self._hosts is not None and _without_port(host) not in self._hosts:
            return RequestFault(_MISDIRECTED, f"this server is not {host}")
        if self._token is not None and not self._brings_token(scope, headers):
            return RequestFault(_UNAUTHORISED, "the token of this server is missing or wrong")
        return None

    def _brings_token(self, scope: Scope, headers: dict[bytes, bytes]) -> bool:
        wanted = (self._token or "").encode()
        scheme, _, given = headers.get(b"authorization", b"").partition(b" ")
        if scheme.lower() == b"bearer" and secrets.compare_digest(given.strip(), wanted):
            return True
        # a page's own files come by links
        query = scope["query_string"].removeprefix(b"token=")
        return query != scope["query_string"] and secrets.compare_digest(query, wanted)


def _without_port(host: str) -> str:
    return host.partition("]")[0].strip("[]") if host.startswith("[") else host.partition(":")[0].lower()


class _Protocol(H11Protocol):
    """Closes a connection whose next request does not arrive in time: uvicorn waits for its head without end."""

    seconds = Limits().read_seconds
    _overdue: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Wait for the first request."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Read on, and wait again where no request is complete."""
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._calm()
        super().connection_lost(exc)

    def _watch(self) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            self._calm()
        elif self._overdue is None:
            self._overdue = self.loop.call_later(self.seconds, self.transport.close)

    def _calm(self) -> None:
        if self._overdue is not None:
            self._overdue.cancel()
            self._overdue = None


def make_server(library: Library, settings: Settings) -> uvicorn.Server:
    """Make a server that `run` takes sockets for."""
    protocol = type("Protocol", (_Protocol,), {"seconds": settings.limits.read_seconds})
    return uvicorn.Server(
        uvicorn.Config(
            application(library, settings),
            http=protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=settings.limits.connections,
            timeout_keep_alive=math.ceil(settings.limits.read_seconds),
            timeout_graceful_shutdown=_STOP_SECONDS,
            ssl_certfile=settings.certificate,
            ssl_keyfile=settings.key,
        )
    )


def serve(library: Library, settings: Settings, listening: socket) -> None:
    """Answer requests until the process is told to stop; what is being answered then is finished first."""
    server = make_server(library, settings)
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: None)  # uvicorn raises the signal again when it has stopped
    server.run(sockets=[listening])
