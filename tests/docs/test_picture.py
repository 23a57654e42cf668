"""The picture of the README is of today's cover: `python benchmarks/picture.py` makes it."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parents[2]


def _command() -> ModuleType:
    spec = importlib.util.spec_from_file_location("picture", ROOT / "benchmarks" / "picture.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_picture_is_of_the_cover() -> None:
    """It carries the digest of the cells and the chart that the cover has now; where it fails, make it anew."""
    command = _command()
    assert command.carried(command.PICTURE.read_bytes()) == command.digest(command.quote())


def test_a_digest_is_read_back() -> None:
    """The text stands behind the header of 25 bytes; of a picture without one nothing is read."""
    command = _command()
    picture = command.PICTURE.read_bytes()
    plain = picture.replace(picture[33 : 33 + 12 + len("cover-sha256") + 1 + 64], b"")
    assert command.carried(plain) == ""
    assert command.carried(command.marked(plain, "0" * 64)) == "0" * 64
