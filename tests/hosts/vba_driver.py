"""Runs the VBA module in LibreOffice, in the Python that has UNO: a request on the standard input, the answer on the output.

LibreOffice's Basic reads VBA. XLPy, which in Excel leads to Python through COM, is a class of its own here that leads to
Python through UNO, and a range is a class with what the module asks of Excel's.
Neither hands over error values, so they travel as `Error 2042`.
The request: the text of the module, a folder for the profile, and the calls, each with how many areas its range has.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any

import uno
import unohelper
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.sheet import XFunctionAccess
from com.sun.star.uno import RuntimeException

import xlmodel
from xlmodel.errors import CellError
from xlmodel.hosts.vba import ERROR_NUMBERS

ERRORS = {f"Error {number}": str(code) for code, number in ERROR_NUMBERS.items()}
HEAD = "Rem Attribute VBA_ModuleType=VBAModule\nOption VBASupport 1\n"
LINK = """Option VBASupport 1
Option ClassModule
Public Link As Object
Public Function CallUDF(module As String, name As String, given As Variant) As Variant
    Dim place As Long
    If module <> "xlmodel.hosts.excel" Then Err.Raise 5
    For place = LBound(given) To UBound(given)
        If IsError(given(place)) Then given(place) = CStr(given(place))
    Next place
    CallUDF = Link.callFunction(name, given)
End Function
"""
COUNT = "Option VBASupport 1\nOption ClassModule\nPublic Count As Long\n"
AREA = """Option VBASupport 1
Option ClassModule
Public Value2 As Variant
Public Areas As Object
Public Rows As Object
"""
PLAY = """Public Python As New PyLink
Public Function XLPy() As Object
    Set XLPy = Python
End Function
Public Sub Connect(link As Object)
    Set Python.Link = link
End Sub
Private Function Counted(ByVal number As Variant) As Object
    Dim made As New PyCount
    made.Count = number
    Set Counted = made
End Function
Public Function Play(name As String, given As Variant, where As Variant, areas As Variant) As Variant
    Dim result As Variant
    Dim cells As New PyArea
    Dim place As Long
    For place = LBound(given) To UBound(given)
        If TypeName(given(place)) = "String" Then
            If Left(given(place), 6) = "Error " Then given(place) = CVErr(CLng(Mid(given(place), 7)))
        End If
    Next place
    If where <> -1 Then
        cells.Value2 = given(where)
        Set cells.Areas = Counted(areas)
        Set cells.Rows = Counted(2)
        Set given(where) = cells
    End If
    Select Case name
{cases}
    End Select
    If IsError(result) Then result = CStr(result)
    Play = result
End Function
"""


class Link(unohelper.Base, XFunctionAccess):
    """Python's end of XLPy; fails as `xlmodel.hosts.excel` does."""

    def callFunction(self, name: str, given: tuple[object, ...]) -> object:  # noqa: N802 - the interface's name
        """Compute a function."""
        values = [self._value(value) for value in given]
        try:
            found = xlmodel.call(name, *values)
        except CellError as error:
            raise RuntimeException(f"xlmodel {error.code}: {error.message}", self) from None
        return tuple(map(tuple, found)) if isinstance(found, list) else found

    def _value(self, given: object) -> object:
        if isinstance(given, str) and given in ERRORS:
            return CellError("an argument is an error", ERRORS[given])
        return [[*row] for row in given] if isinstance(given, tuple) else given


def start(folder: str) -> tuple[subprocess.Popen[bytes], Any]:
    """Start LibreOffice; give the process and its desktop."""
    pipe = f"xlmodelvba{abs(hash(folder))}"
    office = subprocess.Popen(
        [
            "soffice",
            "--headless",
            "--norestore",
            f"-env:UserInstallation=file://{folder}/profile",
            f"--accept=pipe,name={pipe};urp;",
        ],
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
    return office, context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)


request = json.load(sys.stdin)
office, desktop = start(request["folder"])
hidden = PropertyValue()
hidden.Name, hidden.Value = "Hidden", True
book = desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, (hidden,))
library = book.BasicLibraries
library.VBACompatibilityMode = True
if not library.hasByName("Standard"):
    library.createLibrary("Standard")
modules = library.getByName("Standard")
cases = "\n".join(
    f'        Case "{name}": result = {name}({", ".join(f"given({place})" for place in range(count))})'
    for name, count in request["functions"].items()
)
# the first line is for the VBA editor's import
modules.insertByName("Udfs", HEAD + request["module"].replace("\r\n", "\n").partition("\n")[2])
modules.insertByName("PyLink", LINK)
modules.insertByName("PyCount", COUNT)
modules.insertByName("PyArea", AREA)
modules.insertByName("Play", HEAD + PLAY.replace("{cases}", cases))


def script(name: str) -> Any:
    """Find something of the test's own module."""
    return book.getScriptProvider().getScript(
        f"vnd.sun.star.script:Standard.Play.{name}?language=Basic&location=document"
    )


link = Link()
script("Connect").invoke((link,), (), ())
play = script("Play")
answers = []
for name, given, areas in request["calls"]:
    where = next((place for place, value in enumerate(given) if isinstance(value, list)), -1)
    values = [tuple(map(tuple, value)) if isinstance(value, list) else value for value in given]
    answers.append(play.invoke((name, tuple(values), where, areas), (), ())[0])
json.dump(answers, sys.stdout)
book.close(True)
desktop.terminate()
office.wait(30)
