"""The VBA wrappers run: in LibreOffice, which reads VBA, with Python behind XLPy."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.hosts.cases import CASES, IDS, RANGE
from tests.hosts.test_conformance import truth
from xlmodel.errors import CellError
from xlmodel.functions import FUNCTIONS
from xlmodel.grid import ErrorCode, error_code
from xlmodel.hosts.vba import ERROR_NUMBERS, parameters, vba_module

if TYPE_CHECKING:
    from tests.hosts.cases import Case

DRIVER = Path(__file__).with_name("vba_driver.py")
PYTHON = "/usr/bin/python3"  # the one that has UNO


def sent(case: Case) -> list[object]:
    """Give every argument: what is left out as an empty cell."""
    given: list[object] = [
        shown(error_code(value.code)) if isinstance(value, CellError) else value for value in case.given
    ]
    return given + [None] * (len(parameters(FUNCTIONS[case.name])) - len(given))


def shown(code: ErrorCode) -> str:
    """Write an error as VBA does."""
    return f"Error {ERROR_NUMBERS[code]}"


def run(folder: Path, calls: list[tuple[str, list[object], int]]) -> list[object]:
    """Run calls in LibreOffice, each with how many areas its range has; give values, or texts such as `Error 2042`."""
    if (
        shutil.which("soffice") is None
        or subprocess.run([PYTHON, "-c", "import uno"], check=False).returncode
    ):
        pytest.skip("LibreOffice or python3-uno is not installed")
    request = {
        "folder": str(folder),
        "module": vba_module(FUNCTIONS.values()),
        "functions": {name: len(parameters(function)) for name, function in FUNCTIONS.items()},
        "calls": calls,
    }
    ran = subprocess.run(
        [PYTHON, DRIVER], input=json.dumps(request), capture_output=True, encoding="utf-8", timeout=120, check=False,
        env=os.environ | {"HOME": str(folder), "PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    answers: list[object] = json.loads(ran.stdout)
    return answers


def test_conformance(tmp_path: Path) -> None:
    """Each case gives the value or the table of `xlmodel.call`, or VBA's number of its error; so does a range of two areas."""
    ranged = next(case for case in CASES if case.name == "LLM_API_COST" and RANGE in case.given)
    calls = [(case.name, sent(case), 1) for case in CASES]
    *answers, areas = run(tmp_path, [*calls, (ranged.name, sent(ranged), 2)])
    wrong = []
    for name, case, found in zip(IDS, CASES, answers, strict=True):
        expected = truth(case)
        if isinstance(expected, ErrorCode):
            expected = shown(expected)
        if found != expected:
            wrong.append((name, found, expected))
    assert wrong == []
    assert areas == "Error 2015"
