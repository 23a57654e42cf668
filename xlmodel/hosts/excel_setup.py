"""The add-in in Excel on Windows: put where Excel loads add-ins, taken away, and what is missing on this machine.

Excel loads at its start each file that a value OPEN, OPEN1, … below its key Options names (2016 to 365: 16.0).
"""

from __future__ import annotations

import importlib
import os
import sys
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xlmodel.errors import WorkbookError
from xlmodel.hosts.addin import excel_file, write_files

if TYPE_CHECKING:
    from collections.abc import Iterator

ADDIN = "xlmodel.xlam"
_OFFICE = r"Software\Microsoft\Office\16.0\Excel"
_OPTIONS = rf"{_OFFICE}\Options"
_SECURITY = (r"Software\Policies\Microsoft\Office\16.0\Excel\Security", rf"{_OFFICE}\Security")
_PROGRAM = r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"
_CLICK_TO_RUN = r"SOFTWARE\Microsoft\Office\ClickToRun\Configuration"
_MACROS_OFF = {3: "only signed macros may run", 4: "all macros are disabled"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor.

    Args:
        good: whether nothing has to be done.
        text: what was found, and what to do.
    """

    good: bool
    text: str


def install() -> Path:
    r"""Write the add-in to %APPDATA%\Microsoft\AddIns and have Excel load it at its start.

    Raises:
        WorkbookError: not Windows, or Excel has the file open.
    """
    registry, path = _registry(), _path()
    (written,) = write_files(path.parent, {ADDIN: excel_file(ADDIN)})
    with registry.CreateKey(registry.HKEY_CURRENT_USER, _OPTIONS) as key:
        taken = dict(_values(registry, key))
        if not any(_is_ours(value) for value in taken.values()):
            name = next(each for each in _open_names() if each not in taken)
            registry.SetValueEx(key, name, 0, registry.REG_SZ, f'"{path}"')
    return written


def uninstall() -> Path:
    """Take the add-in out of Excel's start, and delete its file.

    The values that come after it move up, because Excel stops reading at the first one that is missing.

    Raises:
        WorkbookError: not Windows, not installed, or Excel has the file open.
    """
    registry, path = _registry(), _path()
    with registry.CreateKey(registry.HKEY_CURRENT_USER, _OPTIONS) as key:
        listed = dict(_values(registry, key))
        kept = [value for value in listed.values() if not _is_ours(value)]
        found = len(kept) < len(listed)
        for name in listed:
            registry.DeleteValue(key, name)
        for name, value in zip(_open_names(), kept, strict=False):
            registry.SetValueEx(key, name, 0, registry.REG_SZ, value)
    if not found and not path.exists():
        raise WorkbookError(f"{path}: the add-in is not installed")
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise WorkbookError(f"{path}: cannot be deleted ({error.strerror}); close Excel and repeat") from None
    return path


def examine() -> list[Finding]:
    """Say for each thing that the functions need in Excel whether it is there, and what to do where it is not."""
    try:
        registry, path = _registry(), _path()
    except WorkbookError as error:
        return [Finding(False, str(error))]
    bits = _bits(registry)
    return [
        _excel(registry, bits),
        _library(bits),
        *_file(path),
        _registered(registry, path),
        _macros(registry),
    ]


def _registry() -> Any:
    try:
        return importlib.import_module("winreg")
    except ModuleNotFoundError:
        raise WorkbookError(
            "Excel functions through xlwings need Excel on Windows; 'xlmodel addin calc' serves LibreOffice on any system"
        ) from None


def _path() -> Path:
    folder = os.environ.get("APPDATA")
    if not folder:
        raise WorkbookError("APPDATA is not set: Excel's folder for add-ins is unknown; set it and repeat")
    return Path(folder) / "Microsoft" / "AddIns" / ADDIN


def _open_names() -> Iterator[str]:
    yield "OPEN"
    number = 1
    while True:
        yield f"OPEN{number}"
        number += 1


def _values(registry: Any, key: Any) -> Iterator[tuple[str, str]]:
    """List the values OPEN, OPEN1, … in Excel's order."""
    for name in _open_names():
        try:
            value, _kind = registry.QueryValueEx(key, name)
        except OSError:
            return
        yield name, str(value)


def _loaded(value: str) -> str:
    """Return the file that a value OPEN names, without the switch that may stand before it, such as /R."""
    return value.rpartition(' "')[2].strip('"')


def _is_ours(value: str) -> bool:
    return _loaded(value).replace("/", "\\").rpartition("\\")[2].lower() == ADDIN


def _read(registry: Any, root: Any, key: str, name: str) -> object:
    """Return a value of the registry; None where it is not set."""
    try:
        with registry.OpenKey(root, key) as opened:
            return registry.QueryValueEx(opened, name)[0]
    except OSError:
        return None


def _bits(registry: Any) -> int | None:
    """Return Excel's bitness; None where the registry does not tell it."""
    platform = _read(registry, registry.HKEY_LOCAL_MACHINE, _CLICK_TO_RUN, "Platform")
    return {"x86": 32, "x64": 64}.get(str(platform))


def _excel(registry: Any, bits: int | None) -> Finding:
    program = _read(registry, registry.HKEY_LOCAL_MACHINE, _PROGRAM, "")
    if program is None:
        return Finding(False, "Excel: not found; install the desktop version, 2016 or later")
    return Finding(True, f"Excel: {program} ({f'{bits}-bit' if bits else 'bitness unknown'})")


def _library(bits: int | None) -> Finding:
    """Look for the library that Excel loads: it lies beside python.exe, and carries Excel's bitness and xlwings' version in its name."""
    number = version("xlwings")
    name = f"xlwings{bits or 64}-{number}.dll"
    folders = (Path(sys.prefix), Path(sys.executable).parent)
    for folder in folders:
        if (folder / name).exists():
            return Finding(True, f"xlwings {number}: {name} is in {folder}")
    return Finding(
        False,
        f"xlwings {number}: {name} is not in {folders[0]}; "
        f"pip install --force-reinstall xlwings=={number} (a virus scanner may have removed it)",
    )


def _file(path: Path) -> list[Finding]:
    try:
        data = path.read_bytes()
    except OSError:
        return [Finding(False, f"{path}: not there; run 'xlmodel addin excel --install'")]
    if data == excel_file(ADDIN):
        findings = [Finding(True, f"{path}: written by this Python and this version")]
    else:
        findings = [
            Finding(
                False,
                f"{path}: written by another Python or version; close Excel, run 'xlmodel addin excel --install'",
            )
        ]
    # Windows marks a file from the internet in a second stream of the file
    if Path(f"{path}:Zone.Identifier").exists():
        findings.append(Finding(False, f"{path}: blocked; in its properties tick Unblock"))
    return findings


def _registered(registry: Any, path: Path) -> Finding:
    try:
        with registry.OpenKey(registry.HKEY_CURRENT_USER, _OPTIONS) as key:
            loaded = [value for _name, value in _values(registry, key) if _is_ours(value)]
    except OSError:
        loaded = []
    # Excel itself shortens the place to the file's name where the file lies in its folder for add-ins
    if len(loaded) == 1 and _loaded(loaded[0]).lower() in (str(path).lower(), ADDIN):
        return Finding(True, "start: Excel loads the add-in")
    if loaded:
        return Finding(
            False,
            f"start: Excel loads {', '.join(loaded)}; run 'xlmodel addin excel --uninstall', then --install",
        )
    return Finding(False, "start: Excel does not load the add-in; run 'xlmodel addin excel --install'")


def _macros(registry: Any) -> Finding:
    for key in _SECURITY:  # a policy stands before the user's own setting
        level = _read(registry, registry.HKEY_CURRENT_USER, key, "VBAWarnings")
        if level is not None:
            break
    if isinstance(level, int) and level in _MACROS_OFF:
        return Finding(
            False,
            f"macros: {_MACROS_OFF[level]}; File > Options > Trust Center > Trusted Locations: add the folder of add-ins, or ask IT",
        )
    return Finding(True, "macros: allowed, or asked for")
