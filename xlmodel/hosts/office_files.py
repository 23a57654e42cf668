"""What Excel reads from the server: the manifest, the functions with their help, the JavaScript that calls them, icons."""

from __future__ import annotations

import json
import struct
import zlib
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from xml.sax.saxutils import quoteattr

from xlmodel import __version__
from xlmodel.functions import FUNCTIONS
from xlmodel.hosts.help_text import argument_help, cut
from xlmodel.hosts.written_out import written_out

if TYPE_CHECKING:
    from xlmodel.functions.define import Function

ICON_SIZES = (16, 32, 64, 80)
_TEMPLATES = files("xlmodel.hosts").joinpath("templates/office")
_BLUE, _WHITE = b"\x1f\x4e\x79", b"\xff\xff\xff"
_LETTER = 3 / 8  # of the icon's width: the thickness and the margin of its L


def template(name: str) -> str:
    """Return the text of a file that the server sends."""
    return _TEMPLATES.joinpath(name).read_text("utf-8")


def metadata() -> bytes:
    """Describe the functions as Excel's custom functions, in JSON."""
    described = [_described(definition) for definition in FUNCTIONS.values()]
    return json.dumps({"allowErrorForDataTypeAny": True, "functions": described}, ensure_ascii=False).encode()


def _described(definition: Function) -> dict[str, Any]:
    return {
        "id": definition.name,
        "name": definition.name,
        "description": cut(f"{definition.en} {definition.zh}"),
        "parameters": [
            {
                "name": name,
                "description": cut(f"{argument_help(argument, 'en')} {argument_help(argument, 'zh')}"),
                "type": "any",
                "dimensionality": "matrix",
                "optional": argument.optional,
            }
            for name, argument in written_out(definition)
        ],
        "result": {"type": "any", "dimensionality": "matrix" if definition.table else "scalar"},
    }


def manifest(base: str, token: str | None) -> bytes:
    """Write the manifest that tells Excel where the server is.

    Args:
        base: the address of the server, such as `https://costs.example.com:8443`.
        token: what the server asks for; None: nothing.
    """
    text = template("manifest.xml").replace("{version}", f"1.{__version__}")  # Office refuses one below 1
    for name in ("addin.html", "functions.js", "functions.json", *map(icon_name, ICON_SIZES)):
        text = text.replace(f'"{{{name}}}"', quoteattr(address(base, name, token)))
    return text.encode()


def address(base: str, name: str, token: str | None) -> str:
    """Write the address of a file, with the token that opens it."""
    return f"{base}/{name}" + (f"?{urlencode({'token': token})}" if token else "")


def javascript() -> str:
    """Write the JavaScript that Excel runs for the functions."""
    most = {name: len(written_out(definition)) for name, definition in FUNCTIONS.items()}
    return template("functions.js").replace("{functions}", json.dumps(most))


def addin_page(token: str | None) -> str:
    """Write the page that Excel loads beside its sheet: it loads the JavaScript."""
    text = template("addin.html")
    for name in ("functions.js", "icon-32.png"):
        text = text.replace(f"{{{name}}}", escape(address(".", name, token)))
    return text


def icon_name(size: int) -> str:
    """Name the icon of a size."""
    return f"icon-{size}.png"


def icon(size: int) -> bytes:
    """Draw a white L on blue, as PNG.

    Args:
        size: width and height, in pixels.
    """
    margin = thickness = max(2, round(size * _LETTER / 2))
    rows = b""
    for y in range(size):
        inside = margin <= y < size - margin
        foot = inside and y >= size - margin - thickness
        end = (size - margin if foot else margin + thickness) if inside else margin
        rows += b"\0" + _BLUE * margin + _WHITE * (end - margin) + _BLUE * (size - end)
    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
