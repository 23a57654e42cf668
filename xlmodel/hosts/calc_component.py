"""The UNO component inside the LibreOffice extension: LibreOffice loads it, nothing else does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import unohelper
from com.sun.star.lang import XServiceInfo
from com.sun.star.sheet.FormulaResult import ERROR, STRING, VALUE
from com.sun.star.task import XJob
from org.xlmodel import XFunctions

import xlmodel
from xlmodel.errors import CellError
from xlmodel.functions import FUNCTIONS
from xlmodel.hosts.calc_values import arguments, error_number, outgoing
from xlmodel.hosts.written_out import written_out

if TYPE_CHECKING:
    from xlmodel.functions.define import Function

SERVICE = "org.xlmodel.Functions"
JOB = "org.xlmodel.Names"


class _Services(unohelper.Base, XServiceInfo):  # type: ignore[misc] # UNO has no type information
    """What LibreOffice asks of every component."""

    name = ""

    def getImplementationName(self) -> str:  # noqa: N802 - UNO's name
        """Return the name under which it is registered."""
        return self.name

    def supportsService(self, name: str) -> bool:  # noqa: N802 - UNO's name
        """Tell whether a service is its own."""
        return name in self.getSupportedServiceNames()

    def getSupportedServiceNames(self) -> tuple[str, ...]:  # noqa: N802 - UNO's name
        """Return its services."""
        return (self.name, "com.sun.star.sheet.AddIn") if self.name == SERVICE else (self.name,)


def _method(definition: Function) -> Any:
    listed = [argument for _name, argument in written_out(definition)]

    def compute(_self: object, *given: object) -> object:
        try:
            return outgoing(xlmodel.call(definition.name, *arguments(zip(listed, given, strict=True))))
        except CellError as error:
            number = error_number(error.code)
            return ((number,),) if definition.table else number

    return compute


Functions = type(
    "Functions",
    (_Services, XFunctions),
    {"name": SERVICE, "__init__": lambda _self, _context: None}
    | {name: _method(definition) for name, definition in FUNCTIONS.items()},
)


class Names(_Services, XJob):  # type: ignore[misc] # UNO has no type information
    """Finds our functions in a file that was written by Excel: before version 25 LibreOffice reads their names as unknown.

    An unknown name stands in a formula in lower case; put in again under the name that LibreOffice knows, it computes.
    """

    name = JOB
    _unknown = re.compile(rf"\b({'|'.join(map(str.lower, FUNCTIONS))})(?=\()")

    def __init__(self, _context: object) -> None:
        """Take what LibreOffice hands to every component."""

    def execute(self, given: tuple[Any, ...]) -> None:
        """Look through the workbook that was opened.

        Args:
            given: groups of named values; Environment holds the document.
        """
        groups = {group.Name: group.Value for group in given}
        environment = {value.Name: value.Value for value in groups.get("Environment", ())}
        document = environment.get("Model")
        if document is None or not document.supportsService("com.sun.star.sheet.SpreadsheetDocument"):
            return
        automatic = document.isAutomaticCalculationEnabled()
        document.enableAutomaticCalculation(False)  # once for all cells, when they are in
        for sheet in document.Sheets:
            for block in sheet.queryFormulaCells(VALUE | STRING | ERROR):
                if any(self._unknown.search(formula) for row in block.FormulaArray for formula in row):
                    self._renew(block)
        document.enableAutomaticCalculation(automatic)

    def _renew(self, block: Any) -> None:
        for row, formulas in enumerate(block.FormulaArray):
            for column, formula in enumerate(formulas):
                known = self._unknown.sub(lambda found: f"{SERVICE}.{found[0]}".upper(), formula)
                if known == formula:
                    continue
                cell = block.getCellByPosition(column, row)
                if formula.startswith("{"):
                    area = block.Spreadsheet.createCursorByRange(cell)
                    area.collapseToCurrentArray()
                    area.ArrayFormula = known.strip("{}")
                else:
                    cell.Formula = known


g_ImplementationHelper = unohelper.ImplementationHelper()  # noqa: N816 - LibreOffice looks for this name
g_ImplementationHelper.addImplementation(Functions, SERVICE, (SERVICE, "com.sun.star.sheet.AddIn"))
g_ImplementationHelper.addImplementation(Names, JOB, (JOB,))
