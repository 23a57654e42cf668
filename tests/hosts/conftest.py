"""xlwings' Windows code on any system: pywin32 stubbed, everything else real."""

from __future__ import annotations

import ctypes
import importlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

GOLDEN = Path(__file__).parents[1] / "golden"


class _Names(type):
    """A class of which every attribute exists, and is such a class too."""

    def __getattr__(cls, name: str) -> type:
        if name.startswith("_"):
            raise AttributeError(name)
        made = _Names(name, (Exception,), {})
        setattr(cls, name, made)
        return made


class _Stub(ModuleType):
    """A pywin32 module in which every name exists: as a class to check against, an error, or a call without effect."""

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        made = _Names(name, (Exception,), {})
        setattr(self, name, made)
        return made


def _unwrap(value: object) -> object:
    """Give back a wrapped Python object; anything else is a plain value, which pywin32 refuses."""
    if not hasattr(value, "obj"):
        raise TypeError(value)
    return value


def _stubs() -> dict[str, ModuleType]:
    names = [
        "pythoncom",
        "pywintypes",
        "win32api",
        "win32con",
        "win32event",
        "win32gui",
        "win32process",
        "win32timezone",
        "win32com",
        "win32com.client",
        "win32com.client.dynamic",
        "win32com.server",
        "win32com.server.dispatcher",
        "win32com.server.policy",
        "win32com.server.util",
        "win32com.server.exception",
    ]
    stubs: dict[str, ModuleType] = {name: _Stub(name) for name in names}
    for name, stub in stubs.items():
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(stubs[parent], child, stub)
            stubs[parent].__dict__["__path__"] = []
    stubs["pythoncom"].__dict__.update(__file__="", IID_IDispatch=0, TypeIIDs={0: _Stub})
    stubs["win32com.server.util"].__dict__.update(wrap=lambda value: value, unwrap=_unwrap)
    return stubs


@dataclass(frozen=True)
class Windows:
    """What stands in for Excel's side of the wire.

    Args:
        server: xlwings' COM server object, whose `CallUDF` the VBA wrappers call.
        udfs: xlwings' module that writes VBA wrappers.
        module: the project's function module, imported with xlwings' real decorators.
    """

    server: Any
    udfs: ModuleType
    module: ModuleType

    def cell(self, name: str, *given: object) -> object:
        """Call a function as its VBA wrapper does."""
        return self.server.CallUDF(self.module.__name__, name, given)

    def serve(self, function: Any) -> None:
        """Put one more function into the module that xlwings serves."""
        setattr(self.module, function.__name__, function)


def _ours(name: str) -> bool:
    return name.partition(".")[0] == "xlwings" or name == "xlmodel.hosts.excel"


@pytest.fixture(scope="package")
def windows() -> Iterator[Windows]:
    """Give xlwings' server code with the project's module loaded in it, and put everything back afterwards."""
    kept = {name: sys.modules.pop(name) for name in list(sys.modules) if _ours(name)}
    stubs = _stubs()
    sys.modules.update(stubs)
    with pytest.MonkeyPatch.context() as patch:
        library = _Names("library", (Exception,), {})
        patch.setattr(ctypes, "windll", library, raising=False)
        patch.setattr(ctypes, "oledll", library, raising=False)
        patch.setattr(ctypes, "PyDLL", lambda _file: library)
        xlwings = importlib.import_module("xlwings")
        excel = importlib.import_module("xlwings._xlwindows").engine
        com_server = importlib.import_module("xlwings.com_server")
        udfs = importlib.import_module("xlwings.udfs")
    # what xlwings' own __init__ does on Windows
    xlwings.engines.add(xlwings.Engine(impl=excel))
    xlwings.func, xlwings.arg, xlwings.ret = udfs.xlfunc, udfs.xlarg, udfs.xlret
    module = importlib.import_module("xlmodel.hosts.excel")
    yield Windows(com_server.XLPython(), udfs, module)
    com_server.loop.close()
    for name in list(sys.modules):
        if _ours(name) or name in stubs:
            del sys.modules[name]
    sys.modules.update(kept)


@pytest.fixture
def golden() -> Callable[[str, bytes], None]:
    """Compare with a file of tests/golden; XLMODEL_REFRESH_GOLDEN=1 writes it anew, for `git diff` to show."""

    def compare(name: str, data: bytes) -> None:
        path = GOLDEN / name
        if os.environ.get("XLMODEL_REFRESH_GOLDEN") == "1":
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
        assert path.exists(), f"{path} is missing: run the test with XLMODEL_REFRESH_GOLDEN=1"
        assert path.read_bytes() == data, (
            f"{path} differs: if that is meant, run with XLMODEL_REFRESH_GOLDEN=1"
        )

    return compare
