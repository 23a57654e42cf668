"""What starting up loads: no library that a formula does not need."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("formualizer", "mcp", "numpy", "openpyxl", "pandas", "pydantic", "rich", "typer", "xlwings")


@pytest.mark.parametrize(
    "statement",
    [
        "import xlmodel",
        'import xlmodel; xlmodel.call("LLM_TCO", "rent", "2×A100 80GB", None, 3, None, None, "full")',
        'import xlmodel; xlmodel.call("LLM_TCO", "rent", "H100", years=5, assumptions={"profile": "full"})',
    ],
    ids=["import", "call", "keywords"],
)
def test_the_model_loads_the_standard_library_alone(statement: str) -> None:
    """Neither the import nor the first call of a function loads a third-party library."""
    code = f"import sys; {statement}; print(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code], capture_output=True, encoding="utf-8", check=True
    )
    loaded = done.stdout.split()
    assert "xlmodel" in loaded
    assert [name for name in HEAVY if name in loaded] == []


def test_the_import_reads_no_catalog() -> None:
    """`import xlmodel` leaves the catalog for the first call."""
    code = "import sys, xlmodel; print('xlmodel.catalog.load' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == "False"
