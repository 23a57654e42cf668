"""`xlmodel mcp` and `xlmodel serve`: the functions served to other programs."""

from __future__ import annotations

import os
import socket
import ssl
import sys
from pathlib import Path

from workbook.commands.catalog_folder import checked_catalog
from workbook.commands.output import say
from xlmodel.errors import WorkbookError
from xlmodel.functions.open_library import open_library

TOKEN = "XLMODEL_TOKEN"  # noqa: S105 - a name, no token
"""The environment's variable with the token: on a command line others could read it."""
_SHORTEST_TOKEN = 16
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def run_mcp(catalog: Path | None) -> int:
    """Serve an assistant over standard input and output, until it closes them.

    Args:
        catalog: a catalog folder; None: the built-in catalog.

    Raises:
        CatalogError: a catalog folder with a finding.
        WorkbookError: the SDK is not installed.
    """
    try:
        from xlmodel.hosts.mcp_server import serve_stdio  # noqa: PLC0415 - an extra, for this command only
    except ModuleNotFoundError as error:
        raise WorkbookError(f"{error.name} is not installed; pip install 'xlmodel[mcp]'") from None
    serve_stdio(open_library(checked_catalog(catalog)))
    return 0


def run_serve(host: str, port: int, files: tuple[Path, Path] | None, catalog: Path | None) -> int:
    """Serve Excel's JavaScript over HTTPS, until the process is told to stop.

    Args:
        host: the address to listen at.
        port: its port; 0: any that is free.
        files: certificate and key; None: the server makes its own.
        catalog: a catalog folder; None: the built-in catalog.

    Raises:
        CatalogError: a catalog folder with a finding.
        WorkbookError: the extra is not installed, an address that cannot be used, a token that is missing or
            short, or a certificate that cannot be read.
    """
    try:
        from xlmodel.hosts.certificate import own_certificate  # noqa: PLC0415 - an extra, for this command only
        from xlmodel.hosts.office_server import Settings, serve  # noqa: PLC0415 - same
    except ModuleNotFoundError as error:
        raise WorkbookError(f"{error.name} is not installed; pip install 'xlmodel[server]'") from None
    token = _token(host)
    library = open_library(checked_catalog(catalog))
    names = _names(host)
    certificate, key = files or own_certificate(Path.home() / ".xlmodel", names)
    if files is not None:
        _check_certificate(certificate, key)
    settings = Settings(certificate, key, token, None if token else frozenset(names))
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family)
    except OSError as error:
        raise WorkbookError(
            f"{host} port {port}: cannot listen ({error}); give another --host or --port"
        ) from None
    with listening:
        shown = f"[{host}]" if ":" in host else host
        if files is None:
            say(f"certificate: {certificate} (let the machines that run Excel trust it)")
        say(f"https://{shown}:{listening.getsockname()[1]}/")
        sys.stdout.flush()
        serve(library, settings, listening)
    return 0


def _token(host: str) -> str | None:
    token = os.environ.get(TOKEN)
    if token is None and host in _LOOPBACK:
        return None
    if token is None or len(token) < _SHORTEST_TOKEN or not token.isascii() or not token.isalnum():
        why = "beyond this machine the server asks for a token" if token is None else "that is no safe token"
        raise WorkbookError(
            f"{TOKEN}: {why}; set it to at least {_SHORTEST_TOKEN} letters and digits that nobody guesses"
        )
    return token


def _names(host: str) -> list[str]:
    names = [*_LOOPBACK, socket.gethostname().lower()]
    return names if host in {*_LOOPBACK, "0.0.0.0", "::"} else [host, *names]  # noqa: S104 - compared, not bound


def _check_certificate(certificate: Path, key: Path) -> None:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        raise WorkbookError(
            f"{certificate}, {key}: no certificate with its key in PEM ({error.strerror or error})"
        ) from None
