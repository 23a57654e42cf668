"""A formula made ready for the engine: names, tables and our functions resolved, and what cannot be computed refused.

The engine is given plain references and plain function names only. It would read an argument left out between commas
as 0, knows no defined names that were not in a file, and stops a whole workbook at one undefined name, so each formula is
read here first, token by token.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from xlmodel.engine.bridge import engine_sheet
from xlmodel.engine.exact import ADDED, COMPARED, SHOWN
from xlmodel.engine.intersection import intersecting
from xlmodel.engine.local_names import PREFIX, given_names, gives_names
from xlmodel.engine.mended import mended_name
from xlmodel.engine.mending import LEFT_OUT, needs_mending
from xlmodel.engine.reading import Call, Reading
from xlmodel.engine.refusal import RefusedError, engine_knows, nearest, no_formula, refuse_unreadable
from xlmodel.engine.shapes import Shape, cells_between, divided, is_range, slots, spans
from xlmodel.functions.define import Function, Takes
from xlmodel.grid import (
    MAX_COLUMN,
    MAX_ROW,
    Area,
    ErrorCode,
    Kind,
    area_of,
    moved,
    split_sheet,
    structured_area,
    tokens,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from xlmodel.grid import Address, Table, Token

_FIXED = re.compile(r"(?:'(?:[^']|'')+'|[^'!\[\](),:]+)!\$[A-Z]{1,3}\$\d+(?::\$[A-Z]{1,3}\$\d+)?")
_RANGE = re.compile(r"'(?:[^']|'')*'![$A-Za-z0-9:]+")
_ONE_VALUE = frozenset({Takes.TEXT, Takes.NUMBER, Takes.NUMBER_OR_TEXT, Takes.VARIANT})
_EXACT = frozenset({COMPARED, SHOWN, ADDED})
_DEEPEST_NAME = 32
_OPERANDS = frozenset({Kind.REFERENCE, Kind.NAME, Kind.STRUCTURED})
_PLAIN_SIGNS = frozenset({"<=", ">=", "<>", *"-+*/^&=<>%@"})
_FIXED_ARGUMENTS = _OPERANDS | {Kind.NUMBER, Kind.TEXT, Kind.LOGICAL, Kind.SEPARATOR, Kind.SPACE}
DYNAMIC = frozenset({"INDIRECT", "OFFSET"})


class Rewritten(NamedTuple):
    """A formula ready for the engine.

    Args:
        body: its text without `=`.
        calls: upper-case names of the functions it calls.
        areas: the cells it reads, but for those INDIRECT and OFFSET find.
        alike: those of its calls of our functions, as the body writes them, that give the same in every cell, since
            their arguments are addresses and constants.
    """

    body: str
    calls: frozenset[str]
    areas: tuple[Area, ...]
    alike: tuple[str, ...] = ()


class Rewriter:
    """Makes formulas of one workbook ready for the engine.

    Args:
        ours: upper-case names of our functions.
        sheets: sheet names.
        names: defined name -> what it refers to; a name of one sheet as `Sheet!name`.
        tables: the worksheet tables.
    """

    def __init__(
        self,
        ours: AbstractSet[str] | Mapping[str, object],
        sheets: Iterable[str] = (),
        names: Mapping[str, str] | None = None,
        tables: Iterable[Table] = (),
    ) -> None:
        """Index names without case, as Excel compares them."""
        self._ours = frozenset(ours)
        self._scalars = {
            name: frozenset(
                place for place, argument in enumerate(made.arguments) if argument.takes in _ONE_VALUE
            )
            for name, made in (ours.items() if isinstance(ours, Mapping) else ())
            if isinstance(made, Function)
        }
        self._sheets = {sheet.casefold(): sheet for sheet in sheets}
        self._names = {name.casefold(): text.removeprefix("=") for name, text in (names or {}).items()}
        self._spelled = [name.rpartition("!")[2] for name in names or {}]
        self._known: dict[tuple[str, str], tuple[str, Area]] = {}
        self._shapes: dict[tuple[str, tuple[str, ...], bool, tuple[bool, ...]], Shape] = {}
        self._tables = {table.name.upper(): table for table in tables}
        self._done: dict[tuple[str, Address, bool], Rewritten | RefusedError] = {}

    def __len__(self) -> int:
        """Count the formulas that are known."""
        return len(self._done)

    def rewrite(self, formula: str, at: Address, *, array: bool = False) -> Rewritten:
        """Resolve a formula.

        Args:
            formula: its text, with or without `=`.
            at: the cell that holds it.
            array: whether it is stored as an array formula, whose ranges are computed cell by cell.

        Raises:
            RefusedError: an unknown function, name, sheet or table, another workbook, or text that is no formula.
        """
        key = (formula, at, array)
        if key not in self._done:
            try:
                self._done[key] = self._rewrite(formula.removeprefix("="), at, array=array)
            except RefusedError as error:
                self._done[key] = error
        done = self._done[key]
        if isinstance(done, RefusedError):
            raise RefusedError(done.reason, done.code)
        return done

    def _rewrite(self, text: str, at: Address, *, array: bool) -> Rewritten:
        between, addresses = divided(text)
        key = at.sheet, between, array, tuple([":" in address for address in addresses])
        shape = self._shapes.get(key)
        ready = None if shape is None else self._shaped(shape, addresses, at)
        if ready is not None:
            return ready
        reading = Reading(at)
        found = tokens(text)
        one = frozenset[int]() if array else intersecting(found, self._scalars.get)
        parts = self._parts(text, found, reading, one)
        alike: tuple[tuple[int, int], ...] = ()
        if not (gives_names(text) or self._ours.isdisjoint(reading.calls)):
            alike = tuple(self._alike(found, parts))
        calls = frozenset(reading.calls)
        if reading.joined:
            reading.areas.extend(cells_between(reading.areas))
        elif reading.itself:
            pass  # what it has in common with others would not tell it from them
        elif (places := slots(found, between, addresses)) is not None and self._fixed(found, text, at):
            given = set(places)
            operands = (place for place, token in enumerate(found) if token.kind in _OPERANDS)
            areas = (
                None if place in given else area for place, area in zip(operands, reading.areas, strict=True)
            )
            shape = Shape(tuple(parts), places, calls, tuple(areas), alike, one)
            self._shapes[key] = shape
        return Rewritten("".join(parts), calls, tuple(reading.areas), spans(parts, alike))

    def _shaped(self, shape: Shape, addresses: Sequence[str], at: Address) -> Rewritten | None:
        """Put addresses into a shape; None where one lies beyond the sheet, and so is read as a name."""
        parts, placed, alike = list(shape.parts), [], shape.alike
        for place, address in zip(shape.slots, addresses, strict=True):
            key = address, at.sheet
            if key not in self._known:
                if area_of(split_sheet(address)[1], at.sheet) is None:
                    return None
                self._operand(address, Reading(at))
            parts[place], area = self._known[key]
            if place in shape.one and is_range(area):
                parts[place], alike = f"@{parts[place]}", ()
            if "OFFSET" in shape.calls and area == Area(*at, *at[1:]):
                return None
            placed.append(area)
        following = iter(placed)
        areas = tuple([next(following) if area is None else area for area in shape.areas])
        return Rewritten("".join(parts), shape.calls, areas, spans(parts, alike))

    def _fixed(self, found: Iterable[Token], text: str, at: Address) -> bool:
        """Whether the names of a formula stand for the same cells wherever it stands on its sheet."""
        others = (token for token in found if token.kind in _OPERANDS and token.kind is not Kind.REFERENCE)
        return not gives_names(text) and all((token.text, at.sheet) in self._known for token in others)

    def _resolve(self, formula: str, reading: Reading) -> str:
        return "".join(self._parts(formula, tokens(formula), reading))

    def _parts(
        self, formula: str, found: Sequence[Token], reading: Reading, one: AbstractSet[int] = frozenset()
    ) -> list[str]:
        outer = reading.variables
        if gives_names(formula):
            reading.variables = outer | given_names(found)
        stack = [Call()]
        parts: list[str] = []
        for place, token in enumerate(found):
            part = self._part(token, stack, reading)
            if token.kind is Kind.FUNCTION and needs_mending(found, place, part[:-1], one):
                stack[-1].left_out = LEFT_OUT.get(part[:-1], "")
                part = f"{mended_name(part[:-1])}("
            own = Area(*reading.at, *reading.at[1:])
            if parts[-1:] == ["OFFSET("] and reading.areas[-1:] == [own] and token.kind is Kind.REFERENCE:
                # OFFSET looks at where its base stands, and the engine at what it holds: another base, as far off
                part, reading.itself = (
                    f"{part.rpartition('!')[0]}!{own._replace(top=MAX_ROW, bottom=MAX_ROW).text()}",
                    True,
                )
            elif reading.itself and parts[-2:-1] == ["OFFSET("] and token.kind is Kind.SEPARATOR:
                part = f"{part}{own.top - MAX_ROW}+"
            marked = place in one and reading.areas and _RANGE.fullmatch(part) and is_range(reading.areas[-1])
            parts.append(f"@{part}" if marked else part)
        if len(stack) > 1:
            raise RefusedError(no_formula(formula), ErrorCode.NAME)
        reading.variables = outer
        return parts

    def _alike(self, found: Sequence[Token], parts: list[str]) -> Iterator[tuple[int, int]]:
        """Give the first and last part of each call of our functions whose arguments are addresses and constants."""
        for begin, token in enumerate(found):
            if token.kind is Kind.FUNCTION and parts[begin][:-1] in self._ours:
                end = begin + 1
                while found[end].kind in _FIXED_ARGUMENTS and not parts[end].startswith(("(", "@")):
                    end += 1
                if found[end].kind is Kind.CLOSE:
                    yield begin, end

    def _part(self, token: Token, stack: list[Call], reading: Reading) -> str:
        """Write one token for the engine; what stands for an argument left out goes before it."""
        kind, text, _ = token
        call = stack[-1]
        if kind is Kind.SPACE or text in _PLAIN_SIGNS:
            call.blank = call.blank and kind is Kind.SPACE
            return text
        if kind is Kind.SEPARATOR:
            left_out = call.left_out if call.blank else ""
            call.blank = call.separated = True
            return left_out + text
        if kind is Kind.CLOSE or text == "}":
            if len(stack) == 1:
                raise RefusedError("not a formula: unmatched closing bracket", ErrorCode.NAME)
            stack.pop()
            return call.left_out + text if call.blank and call.separated else text
        call.blank = False
        if kind in _OPERANDS:
            return self._operand(text, reading)
        if kind is Kind.FUNCTION or kind is Kind.OPEN or text == "{":
            stack.append(Call())
            return text if kind is not Kind.FUNCTION else self._function(text[:-1], reading, stack[-1]) + "("
        reading.joined = reading.joined or text == ":"
        refuse_unreadable(token)
        return token.local

    def _function(self, written: str, reading: Reading, call: Call) -> str:
        """Name a function as the engine knows it."""
        book, _, bare = written.rpartition("!")
        name = PREFIX.sub("", bare).upper()
        if name in self._ours:
            call.left_out = '""'
        elif book:
            raise RefusedError(f"function {bare} of another file ({book})", ErrorCode.NAME)
        elif name == "SINGLE":
            return "@"
        elif bare.casefold() in reading.variables:
            return bare
        elif name in _EXACT:
            return name
        elif not engine_knows(name):
            raise RefusedError(f"unknown function {name}{nearest(name, self._ours)}", ErrorCode.NAME)
        reading.calls.add(name)
        return name

    def _operand(self, operand: str, reading: Reading) -> str:
        """Write a reference or a name as a reference with its sheet."""
        if reading.variables and operand.casefold() in reading.variables:
            return operand
        known = self._known.get((operand, reading.at.sheet))
        if known is not None:
            reading.areas.append(known[1])
            return known[0]
        sheet, rest = split_sheet(operand)
        if sheet is not None and "[" in sheet:
            raise RefusedError(f"reference to another file: {operand}", ErrorCode.REF)
        if "[" in rest:
            area = structured_area(rest, self._tables, reading.at)
            if isinstance(area, str):
                raise RefusedError(area, ErrorCode.REF)
            return self._placed(area, area.text(), reading)
        owner = self._sheet(sheet, operand) if sheet is not None else reading.at.sheet
        area_here = area_of(rest, owner)
        if area_here is not None:
            placed = self._placed(area_here, rest, reading)
            self._known[operand, reading.at.sheet] = placed, area_here
            return placed
        return self._name(rest, owner, reading)

    def _sheet(self, name: str, operand: str) -> str:
        found = self._sheets.get(name.casefold())
        if found is not None:
            return found
        if ":" in name:
            raise RefusedError(f"reference across several sheets: {operand}", ErrorCode.REF)
        raise RefusedError(f"no sheet named {name}{nearest(name, self._sheets.values())}", ErrorCode.REF)

    @staticmethod
    def _placed(area: Area, reference: str, reading: Reading) -> str:
        """Write a reference with its sheet, absolute.

        The engine takes formulas below each other for one where they differ in constants alone and their references
        are relative: all of them get the first one's row of INDEX, MATCH or COUNTIF.
        """
        reading.areas.append(area)
        name = engine_sheet(area.sheet).replace("'", "''")
        whole = area.bottom - area.top + 1 == MAX_ROW or area.right - area.left + 1 == MAX_COLUMN
        return f"'{name}'!{reference if whole else area.text()}"

    def _name(self, name: str, sheet: str, reading: Reading) -> str:
        """Put what a defined name refers to in its place."""
        key = name.casefold()
        text = self._names.get(f"{sheet.casefold()}!{key}", self._names.get(key))
        if text is None and (table := self._tables.get(name.upper())) is not None:
            text = f"{table.name}[]"
        if text is None:
            hint = f"; a function: write {name.upper()}(...)" if name.upper() in self._ours else ""
            raise RefusedError(f"unknown name {name}{hint or nearest(name, self._spelled)}", ErrorCode.NAME)
        if _FIXED.fullmatch(text):
            return self._fixed_area(name, sheet, text, reading)
        if reading.depth >= _DEEPEST_NAME:
            raise RefusedError(f"name {name} refers to itself", ErrorCode.NAME)
        reading.depth += 1
        outer, reading.variables = reading.variables, frozenset()
        # a name without dollar signs means cells beside the formula; it is stored as cell A1 would read it
        body = self._resolve(moved(text, reading.at.row - 1, reading.at.column - 1, wrap=True), reading)
        reading.variables = outer
        reading.depth -= 1
        return body if re.fullmatch(r"'(?:[^']|'')*'![$A-Za-z0-9:]+", body) else f"({body})"

    def _fixed_area(self, name: str, sheet: str, text: str, reading: Reading) -> str:
        """Write the absolute reference that a name stands for; it is the same wherever the name is read."""
        apart = Reading(reading.at)
        body = self._operand(text, apart)
        self._known[name, sheet] = body, apart.areas[0]
        reading.areas.append(apart.areas[0])
        return body
