"""Values and constants written into the cells of a worksheet part by splicing its bytes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from workbook.package.cell_reader import CellReader, formula_text, shared_masters
from workbook.package.cell_text import (
    CellChange,
    check_value,
    encode_text,
    parse_address,
    same_value,
    value_text,
)
from workbook.package.sheet_scan import Row, ScannedCell, SheetScan, inside, parse_range, scan_sheet
from workbook.package.xml_spans import (
    Edit,
    element_end,
    element_text,
    prefix_of,
    set_attribute,
    splice,
    start_tag,
)
from xlmodel.errors import WorkbookError
from xlmodel.grid import ErrorCode, cell_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbook.package.archive import Package
    from xlmodel.grid import CellValue

    Values = Mapping[str, Mapping[str, CellValue]]
    Place = tuple[int, int]

_NO_STYLE = "0"
_SPAN = re.compile(r"(\d+):(\d+)")


def set_values(package: Package, values: Values) -> list[CellChange]:
    """Write the values that cells show; a formula stays as it is and carries the value as its result.

    A cell that holds the value already is left alone, so a second run changes no byte. None means no value.

    Args:
        package: the workbook; its sheet parts are replaced.
        values: the value of each cell by sheet name and address.

    Returns:
        The cells that changed.

    Raises:
        WorkbookError: an unknown sheet, a wrong address, or a value that a cell cannot hold.
    """
    return patch(package, values=values).values


def set_constants(package: Package, constants: Values) -> list[CellChange]:
    """Replace the content of cells by constants; a formula in such a cell goes, the format stays.

    Args, Returns: as `set_values`.

    Raises:
        WorkbookError: as `set_values`, and for a cell inside an array formula or a what-if data table,
            which Excel changes only as a whole.
    """
    return patch(package, constants).constants


class Patched(NamedTuple):
    """The cells that a patch really changed."""

    constants: list[CellChange]
    values: list[CellChange]


def patch(
    package: Package,
    constants: Values | None = None,
    values: Values | None = None,
    looks: Mapping[str, Mapping[Place, Place]] | None = None,
) -> Patched:
    """Write constants, results and looks of cells; each sheet is read and spliced once.

    Args:
        package: the workbook; its sheet parts are replaced.
        constants: as `set_constants` takes them.
        values: as `set_values` takes them; other cells than those of the constants.
        looks: by sheet, cells and the cell whose look each takes.

    Raises:
        WorkbookError: as `set_constants`.
    """
    constants, values, looks = constants or {}, values or {}, looks or {}
    patched = Patched([], [])
    formula_gone = False
    for sheet in dict.fromkeys((*constants, *looks, *values)):
        writer = _SheetWriter(package, sheet, looks.get(sheet, {}))
        patched.constants.extend(writer.put(constants.get(sheet, {}), drop_formulas=True))
        patched.values.extend(writer.put(values.get(sheet, {}), drop_formulas=False))
        writer.finish()
        formula_gone |= bool(writer.dropped)
    if formula_gone:
        # The calculation chain lists formula cells; Excel repairs a file whose chain names another cell, and
        # rebuilds a missing chain in silence.
        for link in package.relationships(package.workbook_part):
            if link.kind == "calcChain" and link.target in package.parts:
                package.remove_part(link.target, package.workbook_part)
    return patched


@dataclass(slots=True)
class _NewCell:
    """A cell that the sheet does not have yet."""

    row: int
    column: int
    value: CellValue


class _SheetWriter:
    """Writes into one sheet: reads it once, collects the edits, splices once."""

    def __init__(self, package: Package, sheet: str, looks: Mapping[Place, Place]) -> None:
        self.package = package
        self.sheet = sheet
        self.part = package.sheet_part(sheet)
        self.data = package.part(self.part)
        self.scan: SheetScan = scan_sheet(package, sheet)
        if self.scan.data_start < 0:
            raise WorkbookError(f"{package.name}: {sheet!r} has no cells yet; type one in Excel and save it")
        self.reader = CellReader(package, sheet)
        self.edits: list[Edit] = []
        self.prefix = prefix_of(start_tag(self.data, self.scan.data_start))
        self.dropped: set[Place] = set()
        self._looks = looks
        self._new: dict[Place, _NewCell] = {}
        self._written: set[Place] = set()

    def put(self, values: Mapping[str, CellValue], *, drop_formulas: bool) -> list[CellChange]:
        """Collect the edits that write some values, and give the changes."""
        changes: list[CellChange] = []
        wanted = {parse_address(address): value for address, value in values.items()}
        for (row, column), given in wanted.items():
            here = cell_name(row, column)
            value = check_value(given, f"{self.package.name}: {self.sheet}!{here}")
            if drop_formulas:
                self._check_alone(row, column, here)
            cell = self.scan.cells.get((row, column))
            old = None if cell is None else self.reader.value(cell)
            drops = drop_formulas and cell is not None and cell.formula is not None
            if same_value(old, value) and not drops:
                continue
            if drops:
                self.dropped.add((row, column))
            self._written.add((row, column))
            if cell is None:
                self._new[row, column] = _NewCell(row, column, value)
            else:
                self._replace(cell, value, drops)
            changes.append(CellChange(self.sheet, here, old, value))
        return changes

    def finish(self) -> None:
        """Splice the edits into the part."""
        if self.dropped:
            self._free_shared(self.dropped)
        if self._new:
            self._insert([self._new[key] for key in sorted(self._new)])
        for place in self._looks:
            cell = self.scan.cells.get(place)
            if cell is not None and place not in self._written:
                tag = start_tag(self.data, cell.start)
                looking = self._look(place, tag, cell.attributes.get("s"))
                if looking != tag:
                    self.edits.append((cell.start, cell.start + len(tag), looking))
        if self.edits:
            self.package.parts[self.part] = splice(self.data, self.edits)

    def _look(self, place: Place, tag: bytes, style: str | None) -> bytes:
        """Give a cell's start tag the look of its model; a model may have a model itself."""
        if place not in self._looks:
            return tag
        model, seen = self._looks[place], {place}
        while model in self._looks and model not in seen:
            seen.add(model)
            model = self._looks[model]
        held = self.scan.cells.get(model)
        wanted = _NO_STYLE if held is None else held.attributes.get("s", _NO_STYLE)
        return tag if (style or _NO_STYLE) == wanted else set_attribute(tag, "s", wanted)

    def _check_alone(self, row: int, column: int, here: str) -> None:
        for kind, areas in (("array formula", self.scan.arrays), ("data table", self.scan.tables)):
            for key, area in areas.items():
                if inside(area, row, column) and area != (row, column, row, column):
                    origin = cell_name(*key)
                    raise WorkbookError(
                        f"{self.package.name}: {self.sheet}!{here}: part of the {kind} at {origin}; "
                        "clear that range in Excel before a constant can stand here",
                    )

    def _replace(self, cell: ScannedCell, value: CellValue, drop_formula: bool) -> None:
        data = self.data
        old_tag = start_tag(data, cell.start)
        keeps_formula = cell.formula is not None and not drop_formula
        kind, content = self._content(cell.row, cell.column, value, keeps_formula)
        tag = set_attribute(old_tag, "t", kind)
        tag = set_attribute(tag, "vm", None)  # the old value's rich data, such as a picture or #SPILL!
        if not keeps_formula:
            tag = set_attribute(tag, "cm", None)  # marks a dynamic array formula
        tag = self._look((cell.row, cell.column), tag, cell.attributes.get("s"))
        end = element_end(data, cell.start, cell.close)
        if old_tag.endswith(b"/>"):
            tag = tag[:-2].rstrip() + b">"
            inner, closing = content, b"</" + prefix_of(tag) + b"c>"
        else:
            inner = self._inner(cell, cell.start + len(old_tag), content, drop_formula)
            closing = data[cell.close : end]
        new = tag + inner + closing if inner else tag[:-1].rstrip() + b"/>"
        self.edits.append((cell.start, end, new))

    def _inner(self, cell: ScannedCell, begin: int, content: bytes, drop_formula: bool) -> bytes:
        """Give what stands between the tags of a cell with the new content in place of the old."""
        edits: list[Edit] = []
        position = begin
        for part in (cell.formula, cell.value, cell.inline):
            if part is None:
                continue
            end = element_end(self.data, part.start, part.close)
            if part is not cell.formula or drop_formula:
                edits.append((part.start - begin, end - begin, b""))
            position = end
        edits.append((position - begin, position - begin, content))
        return splice(self.data[begin : cell.close], edits)

    def _content(self, row: int, column: int, value: CellValue, formula: bool) -> tuple[str | None, bytes]:
        """Give the type attribute and the value element of a cell."""
        if value is None:
            return None, b""
        prefix = self.prefix.decode()
        if isinstance(value, str) and not formula and self.scan.array_over(row, column) is None:
            text = element_text(encode_text(value))
            space = ' xml:space="preserve"' if text != text.strip() or "\n" in text or "  " in text else ""
            return "inlineStr", f"<{prefix}is><{prefix}t{space}>{text}</{prefix}t></{prefix}is>".encode()
        if isinstance(value, bool):
            kind: str | None = "b"
        elif isinstance(value, str):
            kind = "str"
        else:
            kind = "e" if isinstance(value, ErrorCode) else None
        return kind, f"<{prefix}v>{element_text(value_text(value))}</{prefix}v>".encode()

    def _free_shared(self, dropped: set[tuple[int, int]]) -> None:
        """Give a formula of their own to the cells that shared one whose holder is dropped."""
        masters = shared_masters(self.scan)
        orphaned = {index for index, master in masters.items() if (master.row, master.column) in dropped}
        for key, cell in self.scan.cells.items():
            part = cell.formula
            if part is None or key in dropped or part.attributes.get("t") != "shared":
                continue
            if part.attributes.get("si") in orphaned:
                text = (formula_text(cell, masters) or "").removeprefix("=")
                tag = start_tag(self.data, part.start)
                name = self.prefix + b"f>"
                formula = element_text(encode_text(text)).encode()
                for attribute in ("t", "ref", "si"):
                    tag = set_attribute(tag, attribute, None)
                opened = tag.removesuffix(b">").removesuffix(b"/").rstrip() + b">"
                end = element_end(self.data, part.start, part.close)
                self.edits.append((part.start, end, opened + formula + b"</" + name))

    def _insert(self, cells: list[_NewCell]) -> None:
        """Insert cells that the sheet lacks, sorted by row and column."""
        rows = {row.number: row for row in self.scan.rows}
        by_row: dict[int, list[_NewCell]] = {}
        for cell in cells:
            by_row.setdefault(cell.row, []).append(cell)
        created: list[tuple[int, bytes]] = []
        for number, group in by_row.items():
            row = rows.get(number)
            if row is None:
                prefix = self.prefix.decode()
                body = b"".join(self._new_cell(cell, None) for cell in group)
                created.append(
                    (number, f'<{prefix}row r="{number}">'.encode() + body + f"</{prefix}row>".encode())
                )
            else:
                self._extend_row(row, group)
        self._place(
            created,
            [(row.number, row.start) for row in self.scan.rows],
            self.scan.data_start,
            self.scan.data_close,
        )
        self._widen_dimension(cells)

    def _extend_row(self, row: Row, group: list[_NewCell]) -> None:
        tag = start_tag(self.data, row.start)
        spans = [(int(a), int(b)) for a, b in _SPAN.findall(row.attributes.get("spans", ""))]
        if spans and not all(any(a <= cell.column <= b for a, b in spans) for cell in group):
            first = min(spans[0][0], group[0].column)
            last = max(spans[-1][1], group[-1].column)
            new_tag = set_attribute(tag, "spans", f"{first}:{last}")
        else:
            new_tag = tag
        made = [(cell.column, self._new_cell(cell, row)) for cell in group]
        self._place(made, [(c.column, c.start) for c in row.cells], row.start, row.close, new_tag)

    def _place(
        self,
        made: list[tuple[int, bytes]],
        present: list[tuple[int, int]],
        start: int,
        close: int,
        new_tag: bytes | None = None,
    ) -> None:
        """Put new children, sorted by number, in front of the first present one with a greater number."""
        tag = start_tag(self.data, start)
        new_tag = tag if new_tag is None else new_tag
        if tag.endswith(b"/>"):
            name = re.split(rb"[\s/>]", tag[1:], maxsplit=1)[0]
            body = b"".join(content for _, content in made)
            if made:
                opened = new_tag[:-2].rstrip() + b">"
                self.edits.append((start, start + len(tag), opened + body + b"</" + name + b">"))
            return
        if new_tag != tag:
            self.edits.append((start, start + len(tag), new_tag))
        index = 0
        for number, content in made:
            while index < len(present) and present[index][0] < number:
                index += 1
            position = present[index][1] if index < len(present) else close
            self.edits.append((position, position, content))

    def _new_cell(self, cell: _NewCell, row: Row | None) -> bytes:
        """Write a cell with the format that Excel would give it: its row's, else its column's."""
        style = None
        if row is not None and row.attributes.get("customFormat") in {"1", "true"}:
            style = row.attributes.get("s")
        if style is None:
            areas = self.scan.columns
            style = next((s for first, last, s in areas if first <= cell.column <= last), None)
        kind, content = self._content(cell.row, cell.column, cell.value, formula=False)
        name = self.prefix + b"c"
        tag = b"<" + name + f' r="{cell_name(cell.row, cell.column)}">'.encode()
        if style not in {None, "0"}:
            tag = set_attribute(tag, "s", style)
        tag = self._look((cell.row, cell.column), set_attribute(tag, "t", kind), style)
        return tag + content + b"</" + name + b">"

    def _widen_dimension(self, cells: list[_NewCell]) -> None:
        if self.scan.dimension is None:
            return
        start, text = self.scan.dimension
        old = parse_range(text)
        new = (
            min(old[0], *(cell.row for cell in cells)),
            min(old[1], *(cell.column for cell in cells)),
            max(old[2], *(cell.row for cell in cells)),
            max(old[3], *(cell.column for cell in cells)),
        )
        if new != old:
            tag = start_tag(self.data, start)
            area = f"{cell_name(new[0], new[1])}:{cell_name(new[2], new[3])}"
            self.edits.append((start, start + len(tag), set_attribute(tag, "ref", area)))
