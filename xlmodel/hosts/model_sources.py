"""The sources of the model, for hosts that carry it inside: it needs no library."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from importlib.resources.abc import Traversable

_PARTS = ("advice", "catalog", "cost", "functions", "grid", "inputs", "sizing", "__init__.py", "errors.py")
_KINDS = (".py", ".csv", ".txt")


def model_sources(host_modules: Iterable[str]) -> dict[str, bytes]:
    """Give each file of the model by its path, in a fixed order.

    Args:
        host_modules: the files of `xlmodel/hosts` that the host needs beside it.
    """
    source = files("xlmodel")
    parts: dict[str, bytes] = {}
    for name in _PARTS:
        parts |= dict(_below(source.joinpath(name), f"xlmodel/{name}"))
    for name in host_modules:
        parts[f"xlmodel/hosts/{name}"] = source.joinpath(f"hosts/{name}").read_bytes()
    return parts


def _below(place: Traversable, name: str) -> Iterator[tuple[str, bytes]]:
    """List a file, or the files below a folder, in a fixed order."""
    if place.is_dir():
        for each in sorted(place.iterdir(), key=lambda entry: entry.name):
            yield from _below(each, f"{name}/{each.name}")
    elif name.endswith(_KINDS):
        yield name, place.read_bytes()
