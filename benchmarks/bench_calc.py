"""Calls a second in LibreOffice Calc: a function of the extension, beside the same extension whose functions return a constant.

Run with the Python that has UNO, after `xlmodel addin calc`, as a user other than root, whom unopkg refuses:
`/usr/bin/python3 benchmarks/bench_calc.py xlmodel-calc/xlmodel.oxt`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import uno
from com.sun.star.connection import NoConnectException

ROWS, ROUNDS = 10_000, 3
FORMULA = '=LLM_API_COST("Qwen-Plus";A{row})'
COMPUTES = "return outgoing(xlmodel.call(definition.name, *arguments(zip(listed, given, strict=True))))"


def constant(extension: Path, target: Path) -> None:
    """Write the extension anew with functions that return 1."""
    with zipfile.ZipFile(extension) as whole, zipfile.ZipFile(target, "w") as made:
        for name in whole.namelist():
            data = whole.read(name)
            if name == "component.py":
                if COMPUTES not in data.decode():
                    raise SystemExit("component.py computes in another way: change COMPUTES")
                data = data.decode().replace(COMPUTES, "return 1.0").encode()
            made.writestr(name, data)


def connect(pipe: str) -> Any:
    """Reach LibreOffice once it has started."""
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _attempt in range(600):
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except NoConnectException:
            time.sleep(0.1)
    raise SystemExit("LibreOffice does not start")


def seconds(extension: Path) -> float:
    """Recalculate a column of calls; give the best of some times."""
    folder = mkdtemp()
    shutil.copy(extension, folder)
    profile, pipe = f"-env:UserInstallation=file://{folder}/profile", f"xlmodel{os.getpid()}{extension.stem}"
    running: dict[str, Any] = {"env": {"HOME": folder, "PATH": os.environ["PATH"]}, "cwd": folder}
    subprocess.run(["unopkg", "add", "-f", f"{folder}/{extension.name}", profile], check=True, **running)
    office = subprocess.Popen(
        ["soffice", "--headless", "--norestore", profile, f"--accept=pipe,name={pipe};urp;"], **running
    )
    context = connect(pipe)
    desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
    book = desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, ())
    sheet = book.Sheets.getByIndex(0)
    sheet.getCellRangeByName(f"A1:A{ROWS}").DataArray = tuple((float(row),) for row in range(1, ROWS + 1))
    block = sheet.getCellRangeByName(f"B1:B{ROWS}")
    block.FormulaArray = tuple((FORMULA.format(row=row),) for row in range(1, ROWS + 1))
    times = []
    for _round in range(ROUNDS):
        begun = time.perf_counter()
        book.calculateAll()
        times.append(time.perf_counter() - begun)
    if block.getCellByPosition(0, ROWS - 1).getError():
        raise SystemExit("the function is not there")
    book.close(True)
    desktop.terminate()
    office.wait(30)
    shutil.rmtree(folder, ignore_errors=True)
    return min(times)


def main() -> None:
    """Measure both and print."""
    extension = Path(sys.argv[1]).absolute()
    bare = Path(mkdtemp()) / "constant.oxt"
    constant(extension, bare)
    for name, took in (("LLM_API_COST", seconds(extension)), ("a constant", seconds(bare))):
        print(f"{name}: {ROWS / took:,.0f} calls a second ({took / ROWS * 1e6:.0f} µs a call)")


if __name__ == "__main__":
    main()
