"""The LibreOffice extension: what it holds, and what LibreOffice computes with it."""

from __future__ import annotations

import io
import json
import math
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula

import xlmodel
from tests.hosts.cases import CASES, IDS, RANGE, Case
from tests.hosts.test_conformance import formula, truth
from workbook.cli import main
from xlmodel.errors import CellError
from xlmodel.functions import FUNCTIONS
from xlmodel.grid import ErrorCode
from xlmodel.hosts.calc import calc_extension
from xlmodel.hosts.calc_values import arguments, error_number, outgoing
from xlmodel.hosts.written_out import written_out

if TYPE_CHECKING:
    from collections.abc import Iterator

DRIVER = Path(__file__).with_name("calc_driver.py")
PYTHON = "/usr/bin/python3"  # the one that has UNO
NOBODY = 65534  # unopkg refuses root
OPENED = {
    "A1": '=LLM_TCO("rent","2×A100 80GB")',
    "A2": '=IFERROR(LLM_PRICE("H900","purchase"),"none")',
    "A3": "=A1*2",
    "A4": '=LLM_PRICE("H900","purchase")',
}
TABLE = '=LLM_COMPARE(30000,"32B~70B")'


@pytest.fixture(scope="module")
def parts() -> dict[str, bytes]:
    """Give the parts of the extension."""
    with zipfile.ZipFile(io.BytesIO(calc_extension())) as package:
        return {name: package.read(name) for name in package.namelist()}


def test_same_bytes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command writes the one file, the same each time."""
    assert main(["addin", "calc", "-o", str(tmp_path)]) == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "xlmodel.oxt")
    assert (tmp_path / "xlmodel.oxt").read_bytes() == calc_extension()


def test_manifest_names_what_is_there(parts: dict[str, bytes]) -> None:
    """Each entry of the manifest is a part; every XML part can be read."""
    path = "{http://openoffice.org/2001/manifest}full-path"
    entries = [entry.get(path) for entry in ET.fromstring(parts["META-INF/manifest.xml"])]  # noqa: S314 - our own file
    assert len(entries) == 4
    assert set(entries) <= set(parts)
    for name, data in parts.items():
        if name.endswith((".xml", ".xcu")):
            ET.fromstring(data)  # noqa: S314 - our own file


def test_every_function_is_declared(parts: dict[str, bytes]) -> None:
    """With as many arguments in the interface as in the configuration, and help in both languages."""
    idl = parts["types.idl"].decode()
    configuration = parts["CalcAddIns.xcu"].decode()
    for name, function in FUNCTIONS.items():
        declared = re.search(rf" {name}\((.*)\);", idl)
        assert declared is not None
        assert declared[1].count("[in] any") == len(written_out(function))
        node = configuration.partition(f'<node oor:name="{name}"')[2].partition("</node></node>")[0]
        assert node.count('<value xml:lang="en">') == node.count('<value xml:lang="zh-CN">') + 1
        assert node.count('oor:name="arg') == len(written_out(function))


def test_the_model_inside_needs_no_library(parts: dict[str, bytes], tmp_path: Path) -> None:
    """A Python without any package computes with it."""
    for name, data in parts.items():
        if name.startswith("pythonpath/"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(data)
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path / 'pythonpath')!r}); import xlmodel;"
        "from xlmodel.hosts import calc_values, written_out;"
        "print(xlmodel.__file__); print(xlmodel.call('LLM_PLAN', 'Qwen3-32B', 30000)[1][1])"
    )
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, encoding="utf-8", check=True
    )
    place, value = ran.stdout.split("\n")[:2]
    assert place.startswith(str(tmp_path))
    table = xlmodel.call("LLM_PLAN", "Qwen3-32B", 30000)
    assert isinstance(table, list)
    assert value == str(table[1][1])


def test_arguments_from_calc() -> None:
    """Ranges are rows, one cell is its value; 0 is a blank cell where 0 is no value."""
    tco = dict(written_out(FUNCTIONS["LLM_TCO"]))

    def read(**given: object) -> list[object]:
        return arguments((tco[name], value) for name, value in given.items())

    assert read(what="2×A100", dau=0.0, years=0.0, assumptions=0.0) == ["2×A100", 0.0]
    assert read(years=5.0, assumptions=(("pue", 1.2), ("", ""))) == [5.0, [["pue", 1.2], [None, None]]]
    assert read(assumptions=(("full",),), figures=None) == ["full"]


def test_results_for_calc() -> None:
    """A table is rows without None, TRUE is 1; what is not finite is an error; an error is a NaN that carries Calc's number."""
    assert outgoing([["year", None], [1.0, True]]) == (("year", ""), (1.0, 1.0))
    assert outgoing("轻量级") == "轻量级"
    with pytest.raises(CellError, match="not a finite number"):
        outgoing([["cost"], [math.inf]])
    assert all(math.isnan(error_number(code)) for code in ("#N/A", "#VALUE!", "#SPILL!"))


@pytest.fixture(scope="module")
def quote() -> tuple[Path, dict[tuple[str, str], object]]:
    """Give a template quote and the stored value of each cell that calls one of our functions."""
    path = next(Path(__file__).parents[2].glob("templates/quote*.xlsx"))
    formulas, values = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    found = {}
    for sheet in formulas.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f" and re.search(rf"\b({'|'.join(FUNCTIONS)})\(", str(cell.value)):
                    found[sheet.title, cell.coordinate] = values[sheet.title][cell.coordinate].value
    return path, found


@pytest.fixture(scope="module")
def calc(quote: tuple[Path, dict[tuple[str, str], object]]) -> Iterator[dict[str, Any]]:
    """Give what LibreOffice shows, all in one run: formulas typed, files of Excel opened, the wizard's texts."""
    for program in ("soffice", "unopkg", PYTHON):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    if subprocess.run([PYTHON, "-c", "import uno"], capture_output=True, check=False).returncode:
        pytest.skip("python3-uno is not installed")
    folder = Path(mkdtemp(prefix="xlmodel-calc-"))
    (folder / "xlmodel.oxt").write_bytes(calc_extension())
    shutil.copy(quote[0], folder / "quote.xlsx")
    book = openpyxl.Workbook()
    for place, content in OPENED.items():
        book.worksheets[0][place] = content
    book.worksheets[0]["C1"] = ArrayFormula("C1:F3", TABLE)
    book.save(folder / "excel.xlsx")
    typed = [calc_formula(case) for case in CASES]
    request = {
        "folder": str(folder),
        "extension": str(folder / "xlmodel.oxt"),
        "cells": {"A1": RANGE[0][0], "B1": RANGE[0][1], "A2": RANGE[1][0], "B2": RANGE[1][1]},
        "typed": [*typed, '=LLM_TCO("rent";"2×A100 80GB";;3;;;A2:B2)'],
        "arrays": {"C12:F15": TABLE.replace(",", ";")},
        "then": {"B2": 0},
        "opened": {
            str(folder / "excel.xlsx"): [("Sheet", place) for place in [*OPENED, "C1", "F3"]],
            str(folder / "quote.xlsx"): list(quote[1]),
        },
        "wizard": ["LLM_TCO"],
    }
    root = os.geteuid() == 0
    if root:
        for path in (folder, *folder.iterdir()):
            os.chown(path, NOBODY, NOBODY)
    ran = subprocess.run(
        [PYTHON, "-c", DRIVER.read_text("utf-8")],
        input=json.dumps(request),
        capture_output=True,
        encoding="utf-8",
        env={"HOME": str(folder), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
        cwd=folder,
        timeout=300,
        check=False,
        **({"user": NOBODY, "group": NOBODY, "extra_groups": []} if root else {}),
    )
    assert ran.returncode == 0, ran.stderr
    yield json.loads(ran.stdout)
    shutil.rmtree(folder, ignore_errors=True)


def calc_formula(case: Case) -> str:
    """Write a case as it is typed into LibreOffice: the range stands in cells."""
    plain = case._replace(given=tuple("RANGE" if value == RANGE else value for value in case.given))
    return (
        formula(plain).replace('","', "\0").replace(",", ";").replace("\0", '";"').replace('"RANGE"', "A1:B2")
    )


def same(found: object, expected: object) -> bool:
    """Compare what a cell shows with a value: an error by its code, a number to fifteen digits."""
    if isinstance(expected, list):
        expected = expected[0][0]
    if isinstance(expected, ErrorCode):
        return found == {"error": str(expected)}
    if isinstance(expected, (int, float)):  # Calc has no truth value of its own: TRUE is 1
        return isinstance(found, float) and math.isclose(found, expected, rel_tol=1e-14, abs_tol=0)
    return found == (expected or "")


@pytest.mark.parametrize(("place", "case"), list(enumerate(CASES)), ids=IDS)
def test_typed(calc: dict[str, Any], place: int, case: Case) -> None:
    """A case typed into a cell shows what `xlmodel.call` gives; of a table, its first cell."""
    found = calc["typed"][place]
    assert same(found, truth(case)), (calc_formula(case), found, truth(case))


def test_edit_recalculates(calc: dict[str, Any]) -> None:
    """Another discount rate in a cell of the range: 3 x 12 x 13,000 = 468,000 without one."""
    assert calc["typed"][-1] == xlmodel.call(
        "LLM_TCO", "rent", "2×A100 80GB", assumptions="discount_rate=0.05"
    )
    assert calc["after"][-1] == 468000


def test_table_as_array(calc: dict[str, Any]) -> None:
    """An array formula over a block shows the table's first rows and columns."""
    table = xlmodel.call("LLM_COMPARE", 30000, "32B~70B")
    assert isinstance(table, list)
    assert calc["arrays"]["C12:F15"] == [
        ["" if cell is None else cell for cell in row[:4]] for row in table[:4]
    ]


def test_file_of_excel(calc: dict[str, Any]) -> None:
    """A workbook with plain names, as Excel and we write it: formulas, an array formula and what rests on them are live."""
    (found,) = (cells for path, cells in calc["opened"].items() if path.endswith("excel.xlsx"))
    table = xlmodel.call("LLM_COMPARE", 30000, "32B~70B")
    assert isinstance(table, list)
    assert found == {
        "Sheet!A1": 468000.0,
        "Sheet!A2": "none",
        "Sheet!A3": 936000.0,
        "Sheet!A4": {"error": "#N/A"},
        "Sheet!C1": table[0][0],
        "Sheet!F3": table[2][3],
    }


def test_quote_is_live(calc: dict[str, Any], quote: tuple[Path, dict[tuple[str, str], object]]) -> None:
    """Every cell of a quote that calls one of our functions shows its stored value, computed in LibreOffice."""
    (found,) = (cells for path, cells in calc["opened"].items() if path.endswith("quote.xlsx"))
    assert len(found) >= 20
    wrong = {
        place: (found["!".join(place)], stored)
        for place, stored in quote[1].items()
        if not close(found["!".join(place)], stored)
    }
    assert wrong == {}


def close(found: object, stored: object) -> bool:
    """Compare a shown value with one that a file stores."""
    if isinstance(stored, (int, float)):
        return isinstance(found, float) and math.isclose(found, stored, rel_tol=1e-9, abs_tol=1e-9)
    if isinstance(stored, str) and stored.startswith("#"):
        return found == {"error": stored}
    return found == (stored or "")


def test_wizard(calc: dict[str, Any]) -> None:
    """The function wizard shows the help of the function and of each argument."""
    function = FUNCTIONS["LLM_TCO"]
    shown = calc["wizard"]["LLM_TCO"]
    assert shown["description"] == function.en
    assert [argument[0] for argument in shown["arguments"]] == [
        name for name, _argument in written_out(function)
    ]
    assert all(
        text.startswith(argument.en)
        for (_name, text, _optional), argument in zip(shown["arguments"], function.arguments, strict=True)
    )
