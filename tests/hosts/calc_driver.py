"""Drives LibreOffice with the extension, in the Python that has UNO: a request on the standard input, the answer on the output.

The request: the extension, a folder for the profile, formulas to type, workbooks to open and cells to read of each.
"""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys
import time
from contextlib import suppress
from typing import Any

import uno
from com.sun.star.connection import NoConnectException
from com.sun.star.table.CellContentType import FORMULA, TEXT

NAME = 525
request = json.load(sys.stdin)
profile = f"-env:UserInstallation=file://{request['folder']}/profile"
added = subprocess.run(
    ["unopkg", "add", "-f", request["extension"], profile], capture_output=True, text=True, check=False
)
if added.returncode:
    sys.exit(f"unopkg: {added.stderr}")
pipe = f"xlmodel{abs(hash(request['folder']))}"
office = subprocess.Popen(
    ["soffice", "--headless", "--norestore", profile, f"--accept=pipe,name={pipe};urp;"],
    stdout=subprocess.DEVNULL,
    stderr=subprocess.DEVNULL,
)
local = uno.getComponentContext()
resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
for _attempt in range(300):
    try:
        context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        break
    except NoConnectException:
        time.sleep(0.1)
desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)


def shown(cell: Any) -> object:
    """Give what a cell shows: a number, a text, or its error."""
    if cell.getError():
        return {"error": cell.String}
    if cell.Type == TEXT or (cell.Type == FORMULA and cell.FormulaResultType2 == 2):
        return cell.String
    return cell.Value if cell.Type == FORMULA or cell.String else None


def load(url: str) -> Any:
    """Open a file."""
    return desktop.loadComponentFromURL(url, "_blank", 0, ())


answer = {"typed": [], "opened": {}, "wizard": {}}
book = load("private:factory/scalc")
sheet = book.Sheets.getByIndex(0)
for place, formula in request.get("cells", {}).items():
    cell = sheet.getCellRangeByName(place)
    if isinstance(formula, str) and not formula.startswith("="):
        cell.String = formula
    elif isinstance(formula, str):
        cell.FormulaLocal = formula
    else:
        cell.Value = formula
started = time.perf_counter()
for row, formula in enumerate(request.get("typed", [])):
    sheet.getCellByPosition(20, row).FormulaLocal = formula
answer["seconds"] = time.perf_counter() - started
for row in range(len(request.get("typed", []))):
    answer["typed"].append(shown(sheet.getCellByPosition(20, row)))
for place, formula in request.get("arrays", {}).items():
    block = sheet.getCellRangeByName(place)
    block.ArrayFormula = formula.removeprefix("=")
    columns, rows = block.Columns.Count, block.Rows.Count
    answer.setdefault("arrays", {})[place] = [
        [shown(block.getCellByPosition(column, row)) for column in range(columns)] for row in range(rows)
    ]
for place, value in request.get("then", {}).items():
    sheet.getCellRangeByName(place).Value = value
answer["after"] = [shown(sheet.getCellByPosition(20, row)) for row in range(len(request.get("typed", [])))]
for path, cells in request.get("opened", {}).items():
    opened = load(pathlib.Path(path).as_uri())
    first_sheet, first_place = cells[0]
    for _attempt in range(100):  # the names are looked for when the window stands
        if opened.Sheets.getByName(first_sheet).getCellRangeByName(first_place).getError() != NAME:
            break
        time.sleep(0.1)
    answer["opened"][path] = {
        f"{sheet_name}!{place}": shown(opened.Sheets.getByName(sheet_name).getCellRangeByName(place))
        for sheet_name, place in cells
    }
    opened.close(True)
help_texts = context.ServiceManager.createInstanceWithContext(
    "com.sun.star.sheet.FunctionDescriptions", context
)
for name in request.get("wizard", []):
    found = help_texts.getByName(name)
    values = {value.Name: value.Value for value in found}
    answer["wizard"][name] = {
        "description": values["Description"],
        "arguments": [[item.Name, item.Description, item.IsOptional] for item in values["Arguments"]],
    }
book.close(True)
json.dump(answer, sys.stdout)
sys.stdout.flush()
with suppress(Exception):  # the bridge may be gone before it answers
    desktop.terminate()
office.wait(20)
