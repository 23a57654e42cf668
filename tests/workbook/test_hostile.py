"""Hostile workbooks: each ends in one line or a bounded result, in small here and in full size in benchmarks/bench_hostile.py."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import hostile_files as hostile
import pytest

from workbook.package import Package, cells_of, update_chart_caches
from workbook.package.limits import LIMITS, limits_in_force, parse_limits
from workbook.renew.regenerate import regenerate
from xlmodel.catalog import built_in
from xlmodel.errors import RequestError, WorkbookError

if TYPE_CHECKING:
    from xlmodel.grid import CellValue

SECURITY = Path(__file__).parents[2] / "SECURITY.md"
PLAIN = hostile.package(hostile.CALL)


@pytest.mark.parametrize(
    ("data", "limits", "message"),
    [
        pytest.param(PLAIN, {"file_mb": 0}, "a file of 1 MB; the limit is file_mb=0", id="file"),
        pytest.param(PLAIN, {"parts": 4}, "5 parts; the limit is parts=4", id="parts"),
        pytest.param(
            hostile.with_size(PLAIN, hostile.SHEET, 1_000_000_000), {}, "1,000 MB; the limit is part_mb=64", id="part"
        ),
        pytest.param(
            hostile.with_size(PLAIN, hostile.SHEET, 30_000_000), {}, "times its size; the limit is ratio=500", id="ratio"
        ),
        pytest.param(PLAIN, {"total_mb": 0}, "brings all parts that are read to 1 MB", id="total"),
        pytest.param(
            hostile.package("<row/>" * 4), {"cells": 3}, "more cells and rows; the limit is cells=3", id="rows"
        ),
        pytest.param(
            hostile.package(hostile.formulas(["1", "2"])), {"formulas": 2}, "more formulas; the limit is formulas=2", id="formulas"
        ),
        pytest.param(
            hostile.package(hostile.formulas(["1" * 50])), {"text_chars": 40}, "A2: a longer text or formula", id="text"
        ),
        pytest.param(PLAIN, {"elements": 3}, "more XML elements; the limit is elements=3", id="elements"),
        pytest.param(
            hostile.array("A2:XFD1048576"), {}, "A2: a formula that fills 17,179,852,800 cells", id="array"
        ),
        pytest.param(hostile.overlapping(3), {}, "xl/media/00000 lies over another part", id="overlapping"),
        pytest.param(
            hostile.with_size(PLAIN, hostile.SHEET, 10), {}, "the directory says 10 bytes", id="more than said"
        ),
        pytest.param(
            hostile.with_size(PLAIN, hostile.SHEET, 990_000), {}, "the directory says 990,000 bytes", id="less than said"
        ),
    ],
)  # fmt: skip
def test_what_is_above_a_limit_is_one_line(data: bytes, limits: dict[str, int], message: str) -> None:
    """The message names the limit, and the option that raises it."""
    with limits_in_force(limits), pytest.raises(WorkbookError) as error:
        regenerate(data, built_in())
    assert message in str(error.value)
    assert "\n" not in str(error.value)
    if "limit is" in str(error.value):
        assert "=N raises it for a file that you trust" in str(error.value)


def test_a_raised_limit_lets_the_file_through() -> None:
    """A hundred empty rows are above a limit of 20, and pass where the option says 200."""
    data = hostile.package(hostile.CALL + "<row/>" * 100)
    with (
        limits_in_force(parse_limits(["cells=20"])),
        pytest.raises(WorkbookError, match="the limit is cells=20"),
    ):
        cells_of(Package.read(data), "S")
    with limits_in_force(parse_limits(["cells=200"])):
        assert list(cells_of(Package.read(data), "S")) == [(1, 1)]


@pytest.mark.parametrize(
    "setting", ["cells", "cells=", "cells=0", "cells=-1", "cells=1e6", "cells=99999999999", "x=1"]
)
def test_a_wrong_limit_is_one_line(setting: str) -> None:
    """A setting that says nothing is refused with the ones that there are, or how to write it."""
    with pytest.raises(
        RequestError, match=r"--limit .*: (write NAME=NUMBER|no such limit; there are file_mb, parts)"
    ):
        parse_limits([setting])


def test_what_nobody_reads_is_copied_as_it_is_packed() -> None:
    """A part of 3 MB that packs 1,000 times is not unpacked, and stands in the result with its very bytes."""
    data = hostile.large_unread(3)
    made = regenerate(data, built_in())
    assert made.changed
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(io.BytesIO(made.data)) as new:
        before, after = (each.getinfo("xl/media/image1.bin") for each in (old, new))
        assert (before.compress_size, before.CRC) == (after.compress_size, after.CRC)
        assert new.testzip() is None


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ('<row r="1"><c r="$A$1"><v>1</v></c></row>', r"a cell with the address '\$A\$1'"),
        ('<row r="1"><c r="1A"><v>1</v></c></row>', "a cell with the address '1A'"),
        ('<row r="1"><c r="A0"><v>1</v></c></row>', "a cell with the address 'A0'"),
        ('<row r="1"><c r="A99999999999999999999"/></row>', "a cell with the address 'A9+"),
        ('<row r="1"><c r="XFE1"/></row>', "a cell with the address 'XFE1'"),
        ('<row r="0"><c><v>1</v></c></row>', "a row with the number '0'"),
        ('<row r="1048577"/>', "a row with the number '1048577'"),
        ('<row r="99999999999999999999"/>', "a row with the number '9+"),
        ('<row r="x"/>', "a row with the number 'x'"),
        ('<row r="2"><c r="A1"/></row>', "the cell A1 stands in row 2"),
        ('<row r="1"><c r="A1"/><c r="A1"/></row>', "the cell A1 stands twice"),
        ('<row r="1"><c r="A1"/></row><row r="1"><c r="A1"/></row>', "the cell A1 stands twice"),
        ('<row r="1"><c r="A1" s="x"><v>1</v></c></row>', "S!A1: damaged cell .format 'x'"),
        ('<row r="1"><c r="A1" s="99999999999999999999"/></row>', "S!A1: damaged cell .format '9+"),
        ('<row r="1"><c r="A1" t="s"><v>99999999999999999999</v></c></row>', "S!A1: damaged cell .type 's'"),
        ('<row r="1"><c r="A1" t="s"><v>-1</v></c></row>', "S!A1: damaged cell .type 's'"),
        ('<row r="1"><c r="A1"><v>1e999</v></c></row>', "S!A1: damaged cell .type 'n'"),
        ('<row r="1"><c r="A1"><v>1_0</v></c></row>', "S!A1: damaged cell .type 'n'"),
        ('<row r="1"><c r="A1"><c r="B1"/></c></row>', "a cell or row inside the cell A1"),
    ],
)
def test_a_damaged_cell_is_one_line(rows: str, message: str) -> None:
    """What stands for no cell is named with its address or what stands in its place."""
    with pytest.raises(WorkbookError, match=message):
        cells_of(Package.read(hostile.package(rows)), "S")


def test_a_chart_over_whole_columns_shows_the_cells_that_there_are() -> None:
    """Of 20 columns two cells have values: two points, of 20,971,520 places."""
    package = Package.read(hostile.chart("S!$A$1:$T$1048576"))

    def value_of(_sheet: str, row: int, _column: int) -> CellValue:
        return float(row)

    assert update_chart_caches(package, value_of) == [hostile.CHART]
    made = package.parts[hostile.CHART].decode()
    assert (
        '<c:ptCount val="20971520"/><c:pt idx="0"><c:v>1</c:v></c:pt><c:pt idx="20"><c:v>2</c:v></c:pt>'
        in made
    )
    package = Package.read(hostile.chart("S!$A$1:$T$1048576"))
    with (
        limits_in_force({"points": 1}),
        pytest.raises(WorkbookError, match="a chart of 2 points; the limit is points=1"),
    ):
        update_chart_caches(package, value_of)


def test_the_limits_are_documented() -> None:
    """SECURITY.md has the table as the code has it, and each name is one that the option takes."""
    listed = [f"| {each.name} | {each.default:,} | {each.bounds} |" for each in LIMITS.values()]
    assert "\n".join(listed) in SECURITY.read_text(encoding="utf-8")
    assert len(parse_limits([f"{name}={each.default}" for name, each in LIMITS.items()])) == len(LIMITS)
