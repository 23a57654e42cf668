"""Tables as DataFrames: of functions, of the catalog, of a regeneration's report; and what the packages ship."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from importlib.resources import files
from typing import TYPE_CHECKING

import pandas as pd
import pytest

import xlmodel
from workbook.renew.change_report import COLUMNS, Change, to_frame
from xlmodel import CellError, call, catalog_frame, frame
from xlmodel.catalog import built_in
from xlmodel.catalog.load import DATA
from xlmodel.errors import CatalogError
from xlmodel.functions import FUNCTIONS
from xlmodel.grid import ErrorCode

if TYPE_CHECKING:
    from pathlib import Path

RENT = "2×A100 80GB"


def test_a_table_of_a_function_is_a_frame() -> None:
    """Two rented A100, 13,000 a month: 156,000 a year, 468,000 in all; the total has no discount factor."""
    table = frame("LLM_TCO_TABLE", "rent", RENT)
    assert list(table["year"]) == [1, 2, 3, "total"]
    assert list(table["total"]) == [156_000, 156_000, 156_000, 468_000]
    assert str(table["total"].dtype) == "Float64"
    assert list(table["discount_factor"].isna()) == [False, False, False, True]
    assert str(table["discount_factor"].dtype) == "Float64"


def test_a_frame_takes_what_a_call_takes() -> None:
    """Keywords, a dict of assumptions, a catalog: at 10 % the first year of 156,000 is worth 156,000 / 1.1."""
    table = frame("LLM_TCO_TABLE", "rent", RENT, years=1, assumptions={"discount_rate": 0.1}, catalog=DATA)
    assert table["present_value"].iloc[0] == pytest.approx(156_000 / 1.1, rel=1e-12)


def test_no_price_is_a_missing_number() -> None:
    """A card without a published rent has a dash in the cell, and NA in a column of numbers."""
    cells = call("LLM_PLAN", "Qwen3-32B", 10_000)
    assert isinstance(cells, list)
    place = cells[0].index("rent_month")
    dashes = [row[place] == "—" for row in cells[1:]]
    table = frame("LLM_PLAN", "Qwen3-32B", 10_000)
    assert any(dashes)
    assert not all(dashes)
    assert str(table["rent_month"].dtype) == "Float64"
    assert list(table["rent_month"].isna()) == dashes
    assert str(table["gpu"].dtype) == "string"


@pytest.mark.parametrize(
    "function", [each for each in FUNCTIONS.values() if each.table], ids=lambda each: each.name
)
def test_every_table_keeps_its_header_and_its_cells(function: xlmodel.functions.Function) -> None:
    """Cell by cell what the function returns, but for the blanks."""
    arguments: dict[str, tuple[object, ...]] = {
        "LLM_CATALOG": ("api_prices",),
        "LLM_TCO_TABLE": ("own", "standard"),
        "LLM_COMPARE": (10_000, "32B~70B"),
        "BREAKEVEN_CURVE": ("rent", RENT, "own", "standard", None, 6),
        "LLM_PLAN": ("Qwen3-32B", 10_000),
        "LLM_CONTEXT_LIMIT": ("Qwen3-32B", "fp8", "2×A100 80GB"),
        "LLM_SENSITIVITY": ("own", "standard"),
        "LLM_RISK_COMPARE": ("own", "standard", "rent", RENT),
        "LLM_HYBRID": ("published",),
        "LLM_SWITCH": ("GPT-4o", "own", "standard", 5_000),
        "LLM_BASE_LOAD": ("GPT-4o", "rent", "Qwen3-32B@A100 80GB", 200_000),
        "LLM_RESILIENCE": ("rent", "Qwen3-32B@A100 80GB", 100_000),
        "LLM_UTILISATION": ("Qwen3-32B", "2×A100 80GB"),
        "LLM_CHECKLIST": ([["hardware 1", "yes"]],),
        "LLM_ADVICE": (30_000,),
        "LLM_MODEL_FOR_TASK": ("structured", 95),
        "LLM_PRECISION": ("structured",),
    }
    given = arguments[function.name]
    cells = call(function.name, *given)
    table = frame(function.name, *given)
    assert isinstance(cells, list)
    assert list(table.columns) == cells[0]
    assert [[_cell(value) for value in row] for row in table.itertuples(index=False)] == [
        [None if cell in {"", "—"} else cell for cell in row] for row in cells[1:]
    ]


def _cell(value: object) -> object:
    return None if value is pd.NA else value


def test_a_value_is_no_frame() -> None:
    """A function of one value says where to call it."""
    with pytest.raises(CellError, match=r"LLM_TCO returns one value; call it with xlmodel\.call") as caught:
        frame("LLM_TCO", "rent", RENT)
    assert caught.value.code == "#VALUE!"


def test_an_error_of_the_function_is_raised() -> None:
    """As `call` raises it; an unknown function too."""
    with pytest.raises(CellError, match="unknown deployment") as caught:
        frame("LLM_TCO_TABLE", "lease", RENT)
    assert caught.value.code == "#N/A"
    with pytest.raises(CellError, match="unknown function"):
        frame("LLM_TABLE")


def test_a_catalog_table_has_the_types_of_its_columns() -> None:
    """An A100 80GB by the month: 6,500, in force from 2026-04-01, no lower end."""
    table = catalog_frame("gpu_rental")
    kinds = {name: str(table[name].dtype) for name in ("item", "value", "low", "effective_from")}
    assert kinds == {
        "item": "string",
        "value": "Float64",
        "low": "Float64",
        "effective_from": "datetime64[s]",
    }
    row = table[(table["item"] == "A100 80GB") & (table["field"] == "reserved_month")].iloc[0]
    assert (row["value"], row["effective_from"]) == (6_500, pd.Timestamp("2026-04-01"))
    assert row["low"] is pd.NA


@pytest.mark.parametrize("name", built_in().tables)
def test_every_catalog_table_is_a_frame(name: str) -> None:
    """Every row and column, by name and by title; what is not blank in the file is not NA in the frame."""
    found = built_in().tables[name]
    table = catalog_frame(name)
    assert list(table.columns) == [column.key for column in found.columns]
    assert len(table) == len(found.rows)
    for column in found.columns:
        assert list(table[column.key].isna()) == [not row[column.key] for row in found.rows]
        kind = {"number": "Float64", "integer": "Int64", "date": "datetime64[s]"}.get(column.type, "string")
        assert str(table[column.key].dtype) == kind
    assert table.equals(catalog_frame(found.zh))


def test_an_edited_catalog_table_is_figures() -> None:
    """Ten per cent on every rent, blanks and dates as they stand: 2 × 6,500 × 1.1."""
    table = catalog_frame("gpu_rental")
    table[["low", "value", "high"]] *= 1.1
    assert call("LLM_RENT_COST", RENT, figures=table) == pytest.approx(14_300, rel=1e-12)


def test_a_catalog_table_of_another_catalog(tmp_path: Path) -> None:
    """A folder of one's own; an unknown table is #N/A, a broken number in a catalog in memory a CatalogError."""
    shutil.copytree(DATA, tmp_path / "own")
    assert catalog_frame("gpus", catalog=tmp_path / "own").equals(catalog_frame("gpus"))
    with pytest.raises(CellError, match="unknown table 'gpu prices'") as caught:
        catalog_frame("gpu prices")
    assert caught.value.code == "#N/A"
    with pytest.raises(CellError, match="the name of a catalog table is text, found int"):
        catalog_frame(5)  # type: ignore[arg-type] # the mistake is what is tested
    catalog = built_in()
    table = catalog.tables["gpus"]
    column = next(each.key for each in table.columns if each.type == "number")
    broken = replace(table, rows=({**table.rows[0], column: "much"},))
    with pytest.raises(CatalogError, match=rf"gpus\.csv: {column}: .*much.*'xlmodel catalog check'"):
        catalog_frame("gpus", catalog=replace(catalog, tables={**catalog.tables, "gpus": broken}))


def test_a_change_report_is_a_frame() -> None:
    """A rent from 6,500 to 7,800 is + 20 %; an error is its code; nothing changed is a frame without rows."""
    changes = [
        ("a.xlsx", Change("figure", "Rental", "I3", "A100 80GB reserved_month", 6_500.0, 7_800.0, "offer")),
        ("a.xlsx", Change("result", "Cover", "B4", "total", 1.0, ErrorCode.NA, "no price")),
    ]
    table = to_frame(changes)
    assert tuple(table.columns) == COLUMNS
    assert table["relative_change"].iloc[0] == pytest.approx(0.2, rel=1e-12)
    assert str(table["relative_change"].dtype) == "Float64"
    assert table["relative_change"].iloc[1] is pd.NA
    assert list(table["new"]) == [7_800.0, "#N/A"]
    assert list(table["what"]) == ["figure", "result"]
    none = to_frame([])
    assert (tuple(none.columns), len(none)) == (COLUMNS, 0)


@pytest.mark.parametrize("package", ["xlmodel", "workbook"])
def test_the_packages_are_typed(package: str) -> None:
    """Each holds `py.typed`, without which a type checker ignores its annotations; the wheel takes whole packages."""
    assert files(package).joinpath("py.typed").is_file()


def test_the_module_is_the_command(tmp_path: Path) -> None:
    """`python -m xlmodel` prints, fails and names itself as `xlmodel` does, also outside of the project."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-X", "utf8", "-m", "xlmodel", *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)

    done = run("eval", '=LLM_API_COST("Qwen-Plus",10000)')
    assert (done.returncode, done.stdout, done.stderr) == (0, "432\n", "")
    failed = run("eval", "=1/0")
    assert (failed.returncode, failed.stdout) == (1, "#DIV/0!\n")
    wrong = run("quotes")
    assert wrong.returncode == 2
    assert wrong.stderr.count("\n") == 1
    assert "see 'xlmodel --help'" in wrong.stderr
    assert run("--version").stdout == f"xlmodel {xlmodel.__version__}\n"
