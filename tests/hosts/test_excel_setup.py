"""The add-in installed, removed and examined: the registry and Excel's folder played by stand-ins."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from workbook.cli import main
from xlmodel.errors import WorkbookError
from xlmodel.hosts import excel_setup
from xlmodel.hosts.addin import excel_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

OPTIONS = r"Software\Microsoft\Office\16.0\Excel\Options"
SECURITY = r"Software\Microsoft\Office\16.0\Excel\Security"
POLICY = r"Software\Policies\Microsoft\Office\16.0\Excel\Security"
PROGRAM = r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"
CLICK_TO_RUN = r"SOFTWARE\Microsoft\Office\ClickToRun\Configuration"


class Key(dict[str, object]):
    """An open key: its values by name."""

    def __enter__(self) -> Self:
        """Open."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Close."""


class Registry(ModuleType):
    """The part of `winreg` that is used, on a dict."""

    HKEY_CURRENT_USER = "user"
    HKEY_LOCAL_MACHINE = "machine"
    REG_SZ = 1

    def __init__(self) -> None:
        """Start without any key."""
        super().__init__("winreg")
        self.keys: dict[tuple[str, str], Key] = {}

    def set(self, root: str, path: str, **values: object) -> None:
        """Put values into a key; `default` is the nameless one."""
        key = self.keys.setdefault((root, path), Key())
        key.update({"" if name == "default" else name: value for name, value in values.items()})

    def CreateKey(self, root: str, path: str) -> Key:  # noqa: N802 - winreg's name
        """Open a key, made where it is missing."""
        return self.keys.setdefault((root, path), Key())

    def OpenKey(self, root: str, path: str) -> Key:  # noqa: N802 - winreg's name
        """Open a key that is there."""
        if (root, path) not in self.keys:
            raise FileNotFoundError(path)
        return self.keys[root, path]

    def QueryValueEx(self, key: Key, name: str) -> tuple[object, int]:  # noqa: N802 - winreg's name
        """Read a value."""
        if name not in key:
            raise FileNotFoundError(name)
        return key[name], 1

    def SetValueEx(self, key: Key, name: str, _reserved: int, _kind: int, value: str) -> None:  # noqa: N802 - winreg's name
        """Write a value."""
        key[name] = value

    def DeleteValue(self, key: Key, name: str) -> None:  # noqa: N802 - winreg's name
        """Delete a value."""
        del key[name]


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Registry]:
    """Give a registry without any key, with APPDATA in a folder of the test."""
    made = Registry()
    monkeypatch.setitem(sys.modules, "winreg", made)
    monkeypatch.setenv("APPDATA", str(tmp_path))
    return made


def place(tmp_path: Path) -> Path:
    """Give the place of the add-in."""
    return tmp_path / "Microsoft" / "AddIns" / "xlmodel.xlam"


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Give the doctor's lines that name something missing."""
    main(["addin", "doctor"])
    return [line for line in capsys.readouterr().out.splitlines() if line.startswith("MISSING")]


def test_install(registry: Registry, tmp_path: Path) -> None:
    """The file stands in Excel's folder, and Excel's start names it after the add-ins that are there; once."""
    registry.set("user", OPTIONS, OPEN='"C:\\solver.xlam"', OPEN1='/A "tools.xll"', Font="Arial")
    assert main(["addin", "excel", "--install"]) == main(["addin", "excel", "--install"]) == 0
    assert place(tmp_path).read_bytes() == excel_file("xlmodel.xlam")
    assert registry.keys["user", OPTIONS] == {
        "OPEN": '"C:\\solver.xlam"',
        "OPEN1": '/A "tools.xll"',
        "OPEN2": f'"{place(tmp_path)}"',
        "Font": "Arial",
    }


def test_uninstall(registry: Registry, tmp_path: Path) -> None:
    """The file and its value are gone; the values after it move up, so that Excel still reads them."""
    assert main(["addin", "excel", "--install"]) == 0
    key = registry.keys["user", OPTIONS]
    assert list(key) == ["OPEN"]
    key["OPEN1"] = "solver.xlam"
    assert main(["addin", "excel", "--uninstall"]) == 0
    assert not place(tmp_path).exists()
    assert key == {"OPEN": "solver.xlam"}
    with pytest.raises(WorkbookError, match="not installed"):
        excel_setup.uninstall()


def test_doctor_with_nothing_there(registry: Registry, capsys: pytest.CaptureFixture[str]) -> None:
    """Excel, xlwings' library, the file and its registration are named, each with what to do; status 1."""
    assert registry.keys == {}
    missing = lines(capsys)
    assert [line.split(":")[0].removeprefix("MISSING  ").partition(" ")[0] for line in missing][:2] == [
        "Excel",
        "xlwings",
    ]
    assert sum("xlmodel addin excel --install" in line for line in missing) == 2
    assert len(missing) == 4


@pytest.mark.parametrize(("platform", "bits"), [("x64", 64), ("x86", 32)])
@pytest.mark.parametrize("value", [None, '"xlmodel.xlam"', '/R "XLMODEL.XLAM"'])
def test_doctor_with_all_there(
    registry: Registry,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    platform: str,
    bits: int,
    value: str | None,
) -> None:
    """On a machine that has everything, all lines are ok, with Excel's bitness, and the status is 0; as Excel itself writes its start, too."""
    registry.set("machine", PROGRAM, default=r"C:\Office16\EXCEL.EXE")
    registry.set("machine", CLICK_TO_RUN, Platform=platform)
    registry.set("user", SECURITY, VBAWarnings=2)
    (tmp_path / f"xlwings{bits}-0.37.8.dll").touch()
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    assert main(["addin", "excel", "--install"]) == 0
    if value is not None:
        registry.set("user", OPTIONS, OPEN=value)
    capsys.readouterr()
    assert main(["addin", "doctor"]) == 0
    found = capsys.readouterr().out.splitlines()
    assert all(line.startswith("ok  ") for line in found)
    assert r"C:\Office16\EXCEL.EXE" in found[0]
    assert f"({bits}-bit)" in found[0]
    assert f"xlwings{bits}-" in found[1]


def test_doctor_names_each_fault(
    registry: Registry, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An older file, a blocked one, another place in Excel's start and macros that a policy forbids."""
    assert main(["addin", "excel", "--install"]) == 0
    place(tmp_path).write_bytes(excel_file("xlmodel.xlam", "other.exe"))
    Path(f"{place(tmp_path)}:Zone.Identifier").touch()
    registry.set("user", OPTIONS, OPEN='"D:\\old\\xlmodel.xlam"')
    registry.set("user", POLICY, VBAWarnings=4)
    registry.set("user", SECURITY, VBAWarnings=1)
    missing = "\n".join(lines(capsys))
    assert "written by another Python or version" in missing
    assert "tick Unblock" in missing
    assert r"Excel loads " + '"D:\\old\\xlmodel.xlam"' in missing
    assert "all macros are disabled" in missing


def test_elsewhere_than_windows(capsys: pytest.CaptureFixture[str]) -> None:
    """Where there is no registry, one line says what the functions need and what serves instead."""
    if sys.platform == "win32":
        pytest.skip("this is Windows")
    assert main(["addin", "doctor"]) == 1
    assert capsys.readouterr().out.count("\n") == 1
    assert main(["addin", "excel", "--install"]) == 2
    assert "need Excel on Windows" in capsys.readouterr().err


@pytest.mark.usefixtures("registry")
def test_without_appdata(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without APPDATA the folder is unknown, and the message says so."""
    monkeypatch.delenv("APPDATA")
    with pytest.raises(WorkbookError, match="APPDATA is not set"):
        excel_setup.install()


def test_one_thing_at_a_time(capsys: pytest.CaptureFixture[str]) -> None:
    """Options that exclude each other are one clear line."""
    assert main(["addin", "excel", "--install", "--uninstall"]) == 2
    assert "give one of -o, --install and --uninstall" in capsys.readouterr().err
