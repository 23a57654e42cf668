"""Small workbooks as a spreadsheet program stores them, cell by cell."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from workbook.package import Package, cells_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xlmodel.grid import CellValue

# Qwen-Plus, 10,000 users: 240 Mtok in at 0.8 and 120 Mtok out at 2 a month
COST = 240 * 0.8 + 120 * 2.0
CALL = 'LLM_API_COST("Qwen-Plus",10000)'
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def book(cells: Mapping[str, tuple[str, object]], sheet: str = "S", settings: str = "") -> bytes:
    """Write a workbook as a spreadsheet program stores it: address -> formula (empty: a constant) and stored value."""
    rows: dict[int, str] = {}
    for address, (formula, value) in cells.items():
        row = int("".join(filter(str.isdigit, address)))
        kind = ' t="str"' if isinstance(value, str) else ' t="b"' if isinstance(value, bool) else ""
        text = formula.replace("&", "&amp;").replace("<", "&lt;")
        inner = (f"<f>{text}</f>" if formula else "") + ("" if value is None else f"<v>{value}</v>")
        rows[row] = rows.get(row, "") + f'<c r="{address}"{kind}>{inner}</c>'
    body = "".join(f'<row r="{row}">{rows[row]}</row>' for row in sorted(rows))
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_TYPES}"><Default Extension="rels" ContentType="application/vnd.'
        'openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_LINKS}"><Relationship Id="rId1" Type="{_OFFICE}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets><sheet name="{sheet}" sheetId="1" '
        f'r:id="rId1"/></sheets>{settings}</workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_LINKS}"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}"><sheetData>{body}</sheetData></worksheet>',
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, _HEAD + text)
    return buffer.getvalue()


def shown(data: bytes) -> dict[str, CellValue]:
    """Return the values of all cells, by sheet and address."""
    package = Package.read(data)
    return {
        f"{sheet}!{chr(64 + column)}{row}": cell.value
        for sheet in package.worksheets
        for (row, column), cell in cells_of(package, sheet).items()
    }


def marked_as_final(data: bytes) -> bytes:
    """Add what Excel writes for File, Info, Mark as Final."""
    package = Package.read(data)
    part, kind = "docProps/custom.xml", f"{_OFFICE}/custom-properties"
    package.parts[part] = (
        b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
        b'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"><property '
        b'fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="2" name="_MarkAsFinal"><vt:bool>true</vt:bool>'
        b"</property></Properties>"
    )
    link = f'<Relationship Id="rId9" Type="{kind}" Target="{part}"/></Relationships>'.encode()
    package.parts["_rels/.rels"] = package.parts["_rels/.rels"].replace(b"</Relationships>", link)
    return package.to_bytes()
