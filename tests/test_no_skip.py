"""XLMODEL_NO_SKIP=1: a run in which a test is skipped fails and names it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

CONFTEST = Path(__file__).with_name("conftest.py")
TESTS = """import pytest


@pytest.mark.skip(reason="no tool")
def test_left_out():
    raise AssertionError


def test_done():
    pass
"""


def test_a_skipped_test_fails_the_run(tmp_path: Path) -> None:
    """Exit status 1 with the test and its reason, also across processes; without the variable, 0."""
    shutil.copy(CONFTEST, tmp_path)
    (tmp_path / "test_two.py").write_text(TESTS, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    seen = []
    for asked, processes in (("1", ["-n", "1"]), ("1", []), ("0", [])):
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *processes],
            cwd=tmp_path,
            env=environment | {"XLMODEL_NO_SKIP": asked},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        seen.append((done.returncode, "test_two.py::test_left_out: Skipped: no tool" in done.stdout))
    assert seen == [(1, True), (1, True), (0, False)]
