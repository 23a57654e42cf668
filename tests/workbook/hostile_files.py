"""Workbooks that ask for too much: each maker takes how much, so that a test is small and the benchmark is not."""

from __future__ import annotations

import io
import struct
import zipfile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPES = "application/vnd.openxmlformats-officedocument"
SHEET, STRINGS, CHART = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/charts/chart1.xml"
CALL = '<row r="1"><c r="A1"><f>LLM_PRICE("Qwen-Plus","input")</f><v>1</v></c></row>'
HOOK = "A1*0"  # a formula with it rests on a call of ours, so that it is computed
CHARTS = "http://schemas.openxmlformats.org/drawingml/2006/chart"


def package(
    rows: str | bytes, more: dict[str, bytes] | None = None, *, behind: str = "", stored: bool = False
) -> bytes:
    """Write a workbook with one sheet.

    Args:
        rows: what stands in its sheetData.
        more: other parts.
        behind: what follows sheetData.
        stored: keep the parts unpacked.
    """
    inside = rows.encode() if isinstance(rows, str) else rows
    head = f'<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheetData>'.encode()
    parts = {
        "[Content_Types].xml": (
            f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{TYPES}.spreadsheetml.sheet.main+xml"/>'
            f'<Override PartName="/{SHEET}" ContentType="{TYPES}.spreadsheetml.worksheet+xml"/>'
            f'<Override PartName="/{STRINGS}" ContentType="{TYPES}.spreadsheetml.sharedStrings+xml"/>'
            f'<Override PartName="/{CHART}" ContentType="{TYPES}.drawingml.chart+xml"/></Types>'
        ).encode(),
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": (
            f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets>'
            "</workbook>"
        ).encode(),
        "xl/_rels/workbook.xml.rels": relations(
            ("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")
        ),
        SHEET: head + inside + f"</sheetData>{behind}</worksheet>".encode(),
        **(more or {}),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return file.getvalue()


def relations(*links: tuple[str, str]) -> bytes:
    """Write a part of relationships: kind and target, by number."""
    listed = "".join(
        f'<Relationship Id="rId{number}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(links, 1)
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{listed}</Relationships>'.encode()


def formulas(texts: list[str], first: int = 2) -> str:
    """Write a formula a row into column A, below the call of ours; each stores 0."""
    return CALL + "".join(
        f'<row r="{row}"><c r="A{row}"><f>{text}</f><v>0</v></c></row>'
        for row, text in enumerate(texts, first)
    )


def with_size(data: bytes, part: str, size: int) -> bytes:
    """Let the directory of a zip lie about the unpacked size of a part."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        begin = archive.start_dir
    made = bytearray(data)
    while made[begin : begin + 4] == b"PK\x01\x02":
        name, extra, comment = struct.unpack_from("<HHH", made, begin + 28)
        if made[begin + 46 : begin + 46 + name] == part.encode():
            struct.pack_into("<I", made, begin + 24, size)
            return bytes(made)
        begin += 46 + name + extra + comment
    raise KeyError(part)


def overlapping(copies: int) -> bytes:
    """Let many names of the directory stand for one and the same content."""
    data = package(CALL, {"xl/media/a.bin": bytes(1000)})
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        begin, entry = archive.start_dir, archive.getinfo("xl/media/a.bin")
        entries = archive.infolist()
    one = zipfile.ZipInfo("xl/media/a.bin")
    directory = data[begin : data.rindex(b"PK\x05\x06")]
    place = directory.rindex(b"PK\x01\x02")
    last = bytearray(directory[place:])
    if entries[-1].filename != one.filename:
        raise KeyError(entry.filename)
    more = bytearray()
    for number in range(copies):
        name = f"xl/media/{number:05}"[:14].encode()
        last[46 : 46 + len(name)] = name
        more += last
    listed = directory + bytes(more)
    end = struct.pack(
        "<IHHHHIIH", 0x06054B50, 0, 0, len(entries) + copies, len(entries) + copies, len(listed), begin, 0
    )
    return data[:begin] + listed + end


def large_part(part: str, megabytes: int, begin: bytes, unit: bytes, end: bytes, rows: str = CALL) -> bytes:
    """Write a workbook in which a part is long and packs well."""
    block = unit * (1_000_000 // len(unit))
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(package(rows))) as small,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
    ):
        for name in small.namelist():
            if name != part:
                archive.writestr(name, small.read(name))
        with archive.open(part, "w") as large:
            large.write(begin)
            for _ in range(megabytes):
                large.write(block)
            large.write(end)
    return file.getvalue()


def large_sheet(megabytes: int) -> bytes:
    """Write rows without cells."""
    return large_part(
        SHEET,
        megabytes,
        f'<worksheet xmlns="{MAIN}"><sheetData>'.encode(),
        b"<row/>",
        b"</sheetData></worksheet>",
    )


def large_strings(megabytes: int) -> bytes:
    """Write shared strings that are empty."""
    rows = CALL + '<row r="2"><c r="A2" t="s"><v>0</v></c></row>'
    return large_part(STRINGS, megabytes, f'<sst xmlns="{MAIN}">'.encode(), b"<si><t/></si>", b"</sst>", rows)


def large_unread(megabytes: int) -> bytes:
    """Write a large part that nobody reads."""
    return large_part("xl/media/image1.bin", megabytes, b"", bytes(1000), b"")


def chart(reference: str) -> bytes:
    """Write a workbook with a chart over a range."""
    part = (
        f'<c:chartSpace xmlns:c="{CHARTS}"><c:chart><c:plotArea><c:lineChart><c:ser><c:val><c:numRef>'
        f"<c:f>{reference}</c:f></c:numRef></c:val></c:ser></c:lineChart></c:plotArea></c:chart></c:chartSpace>"
    )
    return package(formulas([HOOK]), {CHART: part.encode()})


def array(area: str, formula: str = "B1:B2*A1") -> bytes:
    """Write a workbook with an array formula over a range."""
    return package(CALL + f'<row r="2"><c r="A2"><f t="array" ref="{area}">{formula}</f><v>0</v></c></row>')


def far_corner() -> bytes:
    """Write cells at the far corner, and a formula over all between."""
    return package(
        CALL
        + f'<row r="2"><c r="A2"><f>SUM(B3:XFD1048576)+{HOOK}</f><v>0</v></c></row>'
        + '<row r="1048576"><c r="A1048576"><f>A1*0</f><v>0</v></c><c r="XFD1048576"><v>0</v></c></row>'
    )


def sparse(cells: int) -> bytes:
    """Write cells far from each other, one a row, each in another column."""
    step = 1_000_000 // cells
    rows = "".join(
        f'<row r="{row}"><c r="{_column(1 + row * 7919 % 16_000)}{row}"><f>$A$1*0</f><v>0</v></c></row>'
        for row in range(2, 2 + cells * step, step)
    )
    return package(CALL + rows)


def doubling(times: int) -> bytes:
    """Write texts of which each is twice the one before."""
    return package(formulas(['"xxxxxxxx"&amp;A1', *(f"A{row}&amp;A{row}" for row in range(2, 2 + times))]))


def bad_references(cells: int, address: str = "$A$1") -> bytes:
    """Write cells whose address is none."""
    return package(f'<row r="1">{f"""<c r="{address}"><v>1</v></c>""" * cells}</row>')


def chain(formulas_: int) -> bytes:
    """Write formulas of which each rests on the one before."""
    return package(formulas([f"A{row}*1" for row in range(1, formulas_)]).replace("<v>0</v>", "<v>1</v>"))


def merges(count: int) -> bytes:
    """Write merged areas of whole columns."""
    listed = "".join(f'<mergeCell ref="{_column(n)}1:{_column(n)}1048576"/>' for n in range(2, 2 + count))
    return package(CALL, behind=f"<mergeCells>{listed}</mergeCells>")


def nested(depth: int) -> bytes:
    """Write a formula with brackets within brackets."""
    return package(formulas(["(" * depth + HOOK + ")" * depth]))


def _column(number: int) -> str:
    text = ""
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text
