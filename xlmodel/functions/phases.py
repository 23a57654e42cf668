"""The phases of a hybrid path, from a range or from the documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlmodel.catalog.lookup import normalise
from xlmodel.cost import option
from xlmodel.cost.hybrid import Part
from xlmodel.errors import BadValueError, CellError
from xlmodel.functions.coerce import blank_to_none

if TYPE_CHECKING:
    from xlmodel.catalog.tables import Catalog
    from xlmodel.functions.coerce import Cells

_HEADERS = {
    "phase": "phase",
    "阶段": "phase",
    "months": "months",
    "月数": "months",
    "deployment": "deployment",
    "方案": "deployment",
    "部署方式": "deployment",
    "what": "what",
    "对象": "what",
    "share": "share",
    "占比": "share",
    "流量占比": "share",
}
_REQUIRED = ("phase", "months", "deployment", "what")
_MOST_MONTHS = 240


def default_phases(catalog: Catalog) -> list[Part]:
    """Return the path of the documents: an API, then rented GPUs, then a server of one's own."""
    return [
        _part(
            catalog,
            row["item"],
            row["phase"],
            float(row["months"]),
            row["deployment"],
            row["what"],
            float(row["share"]),
        )
        for row in catalog.tables["hybrid_default"].rows
    ]


def read_phases(catalog: Catalog, rows: Cells) -> list[Part]:
    """Read a range headed phase, months, deployment, what and, where a phase has several lines, share.

    Raises:
        BadValueError: a heading that is missing, or a cell that is blank or no number.
        NotAvailableError: an unknown name.
        CellError: the error that a cell holds.
    """
    header = {_HEADERS.get(normalise(str(cell)), ""): index for index, cell in enumerate(rows[0])}
    missing = [name for name in _REQUIRED if name not in header]
    if missing:
        raise BadValueError(
            f"phases: the heading {missing[0]} is missing; write phase, months, deployment, what, share"
        )
    parts = []
    for number, row in enumerate(rows[1:], start=1):
        for cell in row:
            if isinstance(cell, CellError):
                raise cell
        if all(blank_to_none(cell) is None for cell in row):
            continue
        where = f"phases: line {number}"
        text = {name: _text(where, name, row[header[name]]) for name in ("phase", "deployment", "what")}
        months = _number(where, "months", row[header["months"]])
        share = row[header["share"]] if "share" in header else None
        part_share = 1.0 if blank_to_none(share) is None else _number(where, "share", share)
        parts.append(
            _part(catalog, where, text["phase"], months, text["deployment"], text["what"], part_share)
        )
    if not parts:
        raise BadValueError("phases: the range holds no phase; give at least one line under the headings")
    return parts


def _part(
    catalog: Catalog, where: str, phase: str, months: float, deployment: str, what: str, share: float
) -> Part:
    if not (1 <= months <= _MOST_MONTHS and months == int(months)):
        raise BadValueError(f"{where}: months is {months:g}; give a whole number from 1 to {_MOST_MONTHS}")
    if not 0 < share <= 1:
        raise BadValueError(f"{where}: share is {share:g}; give a share above 0 and up to 1")
    found = option.read(catalog, catalog.names.find("deployment", deployment), what)
    return Part(phase, int(months), found, share)


def _text(where: str, name: str, cell: object) -> str:
    if blank_to_none(cell) is None:
        raise BadValueError(f"{where}: {name} is blank; fill it in")
    return str(cell).strip()


def _number(where: str, name: str, cell: object) -> float:
    if isinstance(cell, bool) or not isinstance(cell, (int, float)):
        raise BadValueError(f"{where}: {name} is '{cell}'; give a number")
    return float(cell)
