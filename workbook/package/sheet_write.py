"""Values and constants written into the cells of a worksheet part by splicing its bytes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbook.package.cell_reader import CellReader, shared_masters, translate
from workbook.package.cell_text import (
    CellChange,
    CellValue,
    ErrorValue,
    check_value,
    column_letters,
    encode_text,
    format_address,
    parse_address,
    same_value,
    value_text,
)
from workbook.package.sheet_scan import Cell, Row, SheetScan, inside, parse_range, scan_sheet
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

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbook.package.archive import Package

    Values = Mapping[str, Mapping[str, CellValue]]

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
    return [change for sheet, cells in values.items() for change in _SheetWriter(package, sheet).write(cells)]


def set_constants(package: Package, values: Values) -> list[CellChange]:
    """Replace the content of cells by constants; a formula in such a cell goes, the format stays.

    Args, Returns: as `set_values`.

    Raises:
        WorkbookError: as `set_values`, and for a cell inside an array formula or a what-if data table,
            which Excel changes only as a whole.
    """
    changes: list[CellChange] = []
    formula_gone = False
    for sheet, cells in values.items():
        writer = _SheetWriter(package, sheet, drop_formulas=True)
        changes += writer.write(cells)
        formula_gone |= writer.formula_gone
    if formula_gone:
        # The calculation chain lists formula cells; Excel repairs a file whose chain names another cell, and
        # rebuilds a missing chain in silence.
        for link in package.relationships(package.workbook_part):
            if link.kind == "calcChain" and link.target in package.parts:
                package.remove_part(link.target, package.workbook_part)
    return changes


@dataclass(slots=True)
class _NewCell:
    """A cell that the sheet does not have yet."""

    row: int
    column: int
    value: CellValue


class _SheetWriter:
    """Writes into one sheet: reads it once, collects the edits, splices once."""

    def __init__(self, package: Package, sheet: str, drop_formulas: bool = False) -> None:
        self.package = package
        self.sheet = sheet
        self.drop_formulas = drop_formulas
        self.formula_gone = False
        self.part = package.sheet_part(sheet)
        self.data = package.part(self.part)
        self.scan: SheetScan = scan_sheet(package, sheet)
        self.reader = CellReader(package, sheet)
        self.edits: list[Edit] = []
        self.prefix = prefix_of(start_tag(self.data, self.scan.data_start))

    def write(self, values: Mapping[str, CellValue]) -> list[CellChange]:
        """Write the values and give the changes."""
        changes: list[CellChange] = []
        dropped: set[tuple[int, int]] = set()
        new_cells: dict[tuple[int, int], _NewCell] = {}
        wanted = {parse_address(address): value for address, value in values.items()}
        for (row, column), given in wanted.items():
            here = format_address(row, column)
            value = check_value(given, f"{self.package.name}: {self.sheet}!{here}")
            if self.drop_formulas:
                self._check_alone(row, column, here)
            cell = self.scan.cells.get((row, column))
            old = None if cell is None else self.reader.value(cell)
            drops = self.drop_formulas and cell is not None and cell.formula is not None
            if same_value(old, value) and not drops:
                continue
            if drops:
                dropped.add((row, column))
            if cell is None:
                new_cells[row, column] = _NewCell(row, column, value)
            else:
                self._replace(cell, value, drops)
            changes.append(CellChange(self.sheet, here, old, value))
        if dropped:
            self.formula_gone = True
            self._free_shared(dropped)
        if new_cells:
            self._insert([new_cells[key] for key in sorted(new_cells)])
        if self.edits:
            self.package.parts[self.part] = splice(self.data, self.edits)
        return changes

    def _check_alone(self, row: int, column: int, here: str) -> None:
        for kind, areas in (("array formula", self.scan.arrays), ("data table", self.scan.tables)):
            for key, area in areas.items():
                if inside(area, row, column) and area != (row, column, row, column):
                    origin = format_address(*key)
                    raise WorkbookError(
                        f"{self.package.name}: {self.sheet}!{here}: part of the {kind} at {origin}; "
                        "clear that range in Excel before a constant can stand here",
                    )

    def _replace(self, cell: Cell, value: CellValue, drop_formula: bool) -> None:
        data = self.data
        old_tag = start_tag(data, cell.start)
        keeps_formula = cell.formula is not None and not drop_formula
        kind, content = self._content(cell.row, cell.column, value, keeps_formula)
        tag = set_attribute(old_tag, "t", kind)
        tag = set_attribute(tag, "vm", None)  # the old value's rich data, such as a picture or #SPILL!
        if not keeps_formula:
            tag = set_attribute(tag, "cm", None)  # marks a dynamic array formula
        end = element_end(data, cell.start, cell.close)
        if old_tag.endswith(b"/>"):
            tag = tag[:-2].rstrip() + b">"
            inner, closing = content, b"</" + prefix_of(tag) + b"c>"
        else:
            inner = self._inner(cell, cell.start + len(old_tag), content, drop_formula)
            closing = data[cell.close : end]
        new = tag + inner + closing if inner else tag[:-1].rstrip() + b"/>"
        self.edits.append((cell.start, end, new))

    def _inner(self, cell: Cell, begin: int, content: bytes, drop_formula: bool) -> bytes:
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
            kind = "e" if isinstance(value, ErrorValue) else None
        return kind, f"<{prefix}v>{element_text(value_text(value))}</{prefix}v>".encode()

    def _free_shared(self, dropped: set[tuple[int, int]]) -> None:
        """Give a formula of their own to the cells that shared one whose holder is dropped."""
        masters = shared_masters(self.scan)
        orphaned = {index: origin for index, origin in masters.items() if parse_address(origin[1]) in dropped}
        for key, cell in self.scan.cells.items():
            part = cell.formula
            if part is None or key in dropped or part.attributes.get("t") != "shared":
                continue
            if part.attributes.get("si") in orphaned:
                text, origin = orphaned[part.attributes["si"]]
                tag = start_tag(self.data, part.start)
                name = self.prefix + b"f>"
                formula = element_text(translate(text, origin, cell.address).removeprefix("=")).encode()
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
        tag = b"<" + name + f' r="{format_address(cell.row, cell.column)}">'.encode()
        if style not in {None, "0"}:
            tag = set_attribute(tag, "s", style)
        return set_attribute(tag, "t", kind) + content + b"</" + name + b">"

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
            area = f"{column_letters(new[1])}{new[0]}:{column_letters(new[3])}{new[2]}"
            self.edits.append((start, start + len(tag), set_attribute(tag, "ref", area)))
