"""Takes docs/hosts/calc.png: LibreOffice Calc with typed functions and the function wizard open.

Run with the Python that has UNO, and with Xvfb, xdotool and ImageMagick, after `xlmodel addin calc`:
`/usr/bin/python3 benchmarks/calc_picture.py xlmodel-calc/xlmodel.oxt docs/hosts/calc.png`.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import uno
from com.sun.star.connection import NoConnectException

NOBODY = 65534  # unopkg refuses root
SIZE = "1360x760"
PIPE = "xlmodelpicture"
CELLS = {
    "A1": "What 30,000 users a day cost",
    "A3": "API, Qwen-Plus, CNY a month",
    "B3": '=LLM_API_COST("Qwen-Plus";30000)',
    "A4": "Rent of 2×A100 80GB, CNY a month",
    "B4": '=LLM_RENT_COST("2×A100 80GB")',
    "A5": "The same over 3 years",
    "B5": '=LLM_TCO("rent";"2×A100 80GB";30000;3)',
    "A6": "Own hardware, standard tier, 3 years",
    "B6": '=LLM_TCO("自建";"标准级";30000)',
    "A7": "Users a day that 2×A100 80GB serve, Qwen3-32B",
    "B7": '=LLM_CAPACITY("Qwen3-32B";"2×A100 80GB")',
    "A8": "Memory of DeepSeek-V3 in FP8, GB",
    "B8": '=LLM_VRAM("DeepSeek-V3";"fp8")',
    "A9": "Price of an H900",
    "B9": '=LLM_PRICE("H900";"purchase")',
}
TABLE, TABLE_FORMULA = "A12:F15", '=LLM_COMPARE(30000;"32B~70B")'
CHOSEN = "B5"
WIZARD = ("690", "140")  # beside the cells


def connect() -> Any:
    """Reach LibreOffice once it has started."""
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _attempt in range(900):
        try:
            return resolver.resolve(f"uno:pipe,name={PIPE};urp;StarOffice.ComponentContext")
        except NoConnectException:
            time.sleep(0.1)
    raise SystemExit("LibreOffice does not start")


def show(context: Any) -> Any:
    """Fill a sheet and choose a cell; give the frame."""
    desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
    book = desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, ())
    sheet = book.Sheets.getByIndex(0)
    for place, content in CELLS.items():
        sheet.getCellRangeByName(place).Formula = content
    sheet.getCellRangeByName(TABLE).setArrayFormula(TABLE_FORMULA)
    sheet.Columns.getByIndex(0).Width = 7600
    controller = book.CurrentController
    controller.select(sheet.getCellRangeByName(CHOSEN))
    width, height = map(int, SIZE.split("x"))
    controller.Frame.ContainerWindow.setPosSize(0, 0, width, height, 15)
    return controller.Frame


def open_wizard(context: Any, frame: Any) -> None:
    """Open the function wizard; the call ends when the wizard is closed."""
    helper = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.DispatchHelper", context)
    helper.executeDispatch(frame, ".uno:FunctionDialog", "", 0, ())


def main() -> None:
    """Start everything, take the picture, stop everything."""
    extension, target = (Path(given).absolute() for given in sys.argv[1:])
    folder = mkdtemp()
    Path(folder).chmod(0o777)
    shutil.copy(extension, folder)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    as_nobody: dict[str, Any] = (
        {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    )
    environment = {"HOME": folder, "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    subprocess.run(
        ["unopkg", "add", "-f", f"{folder}/{extension.name}", profile],
        check=True,
        env=environment,
        cwd=folder,
        **as_nobody,
    )
    if as_nobody:
        for path in (Path(folder), *Path(folder).rglob("*")):
            os.chown(path, 0, 0)  # the window is opened by root, who owns the screen
    screen = subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-screen", "0", f"{SIZE}x24", "-nolisten", "tcp"],
        stdout=subprocess.PIPE,
        encoding="ascii",
    )
    display = f":{screen.stdout.readline().strip()}" if screen.stdout else ""
    office = subprocess.Popen(
        ["soffice", "--norestore", "--nologo", profile, f"--accept=pipe,name={PIPE};urp;"],
        env=os.environ | {"HOME": folder, "DISPLAY": display},
        cwd=folder,
        start_new_session=True,
    )
    try:
        context = connect()
        frame = show(context)
        time.sleep(6)
        threading.Thread(target=open_wizard, args=(context, frame), daemon=True).start()
        time.sleep(8)
        found = subprocess.check_output(
            ["xdotool", "search", "--name", "Function Wizard"],
            env=os.environ | {"DISPLAY": display},
            text=True,
        )
        move = ["xdotool", "windowmove", found.split()[0], *WIZARD]
        subprocess.run(move, env=os.environ | {"DISPLAY": display}, check=True)
        time.sleep(2)
        subprocess.run(
            ["import", "-window", "root", "-colors", "64", "-display", display, target], check=True
        )
    finally:
        os.killpg(office.pid, signal.SIGKILL)  # a wizard is open, so it cannot be asked to end
        screen.terminate()


if __name__ == "__main__":
    main()
