"""The catalog on the command line: list, show, check, export, compare."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from workbook.commands.catalog_folder import diff, export, list_tables, run_check, show_table
from xlmodel import call
from xlmodel.catalog import built_in, read_catalog
from xlmodel.catalog.load import DATA
from xlmodel.errors import NotAvailableError, WorkbookError

if TYPE_CHECKING:
    from conftest import Copy


def test_list_names_every_table() -> None:
    """One row a table, with its titles and number of rows."""
    header, *rows = list_tables(built_in())
    assert header == ["table", "title_zh", "title_en", "nature", "rows"]
    assert len(rows) == len(built_in().tables)
    assert [
        "api_prices",
        "API 价格",
        "API prices",
        "figures",
        len(built_in().tables["api_prices"].rows),
    ] in rows


def test_show_has_labels_and_texts_of_one_language() -> None:
    """English shows English labels and texts alone, Chinese the Chinese ones; numbers are numbers."""
    english = show_table(built_in(), "call volumes", "en")
    assert english[0][:5] == ["Item", "Condition (en)", "Calls from", "Calls to", "Advice (en)"]
    assert english[1][:5] == ["few", "few calls", "", 10000.0, "the cloud is cheaper"]
    assert show_table(built_in(), "call_volumes", "zh")[1][:5] == [
        "few",
        "调用量低",
        "",
        10000.0,
        "云服务更便宜",
    ]


def test_show_finds_a_table_by_its_title() -> None:
    """A title in either language is a name of the table."""
    assert show_table(built_in(), "供应商评估清单", "zh") == show_table(built_in(), "vendor-checklist", "zh")


def test_show_of_an_unknown_table_names_the_nearest() -> None:
    """A misspelt table is an error with the nearest names."""
    with pytest.raises(NotAvailableError, match="api_prices"):
        show_table(built_in(), "api_price", "en")


def test_check_prints_lines(copy: Copy) -> None:
    """The built-in catalog has none; a broken folder has one line a finding."""
    copy.set("tiers", 2, "gpus_low", "one")
    assert run_check() == []
    assert [str(found) for found in run_check(copy.folder)] == ["tiers.csv:2: gpus_low: 'one' is no number"]


def test_exported_folder_is_the_catalog(tmp_path: Path) -> None:
    """An export holds the same bytes and reads as the same catalog."""
    folder = tmp_path / "new" / "facts"
    count = export(folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        path.name: path.read_bytes() for path in DATA.glob("*.csv")
    }
    assert count == len(list(folder.iterdir()))
    assert read_catalog(folder) == built_in()


def test_export_into_an_empty_folder(tmp_path: Path) -> None:
    """An empty folder may be given, and nothing is left beside it."""
    folder = tmp_path / "facts"
    folder.mkdir()
    export(folder)
    assert [path.name for path in tmp_path.iterdir()] == ["facts"]


def test_export_refuses_a_folder_with_files(tmp_path: Path) -> None:
    """Files that are there stay as they are."""
    (tmp_path / "mine.csv").write_text("x", encoding="utf-8")
    with pytest.raises(WorkbookError, match="not an empty folder"):
        export(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.csv"]


def test_failed_export_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fills halfway leaves no folder behind, and one clear line."""

    def full(_source: Path, _target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("workbook.commands.catalog_folder.shutil.copyfile", full)
    with pytest.raises(WorkbookError, match="cannot be written: No space left on device"):
        export(tmp_path / "facts")
    assert list(tmp_path.iterdir()) == []


def test_export_below_a_file(tmp_path: Path) -> None:
    """A parent that is a file is a clear error."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(WorkbookError, match="cannot be written"):
        export(tmp_path / "file" / "facts")


def test_same_catalog_has_no_difference() -> None:
    """A catalog does not differ from itself."""
    assert diff(built_in(), built_in())[1:] == []


def test_diff_shows_a_changed_price_and_range(copy: Copy) -> None:
    """0.2 to 0.3 is +50 %; a range that moves shows its ends: 8-15 to 10-15 moves the middle from 11.5 to 12.5."""
    copy.set("api_prices", 2, "value", "0.3")
    copy.set("tier_investment", 2, "low", "100000")
    header, *rows = diff(built_in(), read_catalog(copy.folder))
    assert header == ["item", "field", "currency", "end", "old", "new", "relative"]
    assert rows == [
        ["DeepSeek V4-Flash", "input", "CNY", "value", 0.2, 0.3, pytest.approx(0.5)],
        ["light", "hardware", "CNY", "value", 115000, 125000, pytest.approx(10 / 115)],
        ["light", "hardware", "CNY", "low", 80000, 100000, pytest.approx(0.25)],
    ]


def test_diff_tells_the_lists_of_a_model_apart(copy: Copy) -> None:
    """A price in dollars moves beside an unmoved one in yuan; a second provider's stands under its own name."""
    line = next(
        n
        for n, row in enumerate(copy.rows("api_prices"), 1)
        if row[:5] == ["GPT-4o", "input", "OpenAI", "US", "USD"]
    )
    other = next(
        n
        for n, row in enumerate(copy.rows("api_prices"), 1)
        if row[:3] == ["DeepSeek V3", "output", "Fireworks"]
    )
    copy.set("api_prices", line, "value", "5")
    copy.set("api_prices", other, "value", "1.8")
    assert diff(built_in(), read_catalog(copy.folder))[1:] == [
        ["GPT-4o", "input", "USD", "value", 2.5, 5, pytest.approx(1)],
        ["DeepSeek V3 @Fireworks", "output", "USD", "value", 0.9, 1.8, pytest.approx(1)],
    ]


def test_diff_shows_what_one_side_lacks(copy: Copy) -> None:
    """A figure that is gone or new has an empty cell, and no relative change."""
    rows = copy.rows("api_prices")
    copy.write("api_prices", [row for row in rows if row[:2] != ["GLM-4-Air", "output"]])
    fewer = read_catalog(copy.folder)
    assert diff(built_in(), fewer)[1:] == [["GLM-4-Air", "output", "CNY", "value", 1, None, None]]
    assert diff(fewer, built_in())[1:] == [["GLM-4-Air", "output", "CNY", "value", None, 1, None]]


def test_diff_takes_prices_in_force_on_the_release_date(copy: Copy) -> None:
    """A price from a day after the release is not in force yet."""
    rows = copy.rows("api_prices")
    later = [cell.replace("2026-06-01", "2026-12-01").replace("0.2", "0.9") for cell in rows[1]]
    copy.write("api_prices", [*rows, later])
    assert diff(built_in(), read_catalog(copy.folder))[1:] == []
    copy.set("_release", 2, "date", "2026-12-31")
    assert diff(built_in(), read_catalog(copy.folder))[1:] == [
        ["DeepSeek V4-Flash", "input", "CNY", "value", 0.2, 0.9, pytest.approx(3.5)]
    ]


def test_the_rows_of_the_guide_are_taken(copy: Copy) -> None:
    """The rows that docs/catalog.md appends, with their source and release, pass the check and are what functions compute with."""
    guide = (Path(__file__).parents[2] / "docs" / "catalog.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```csv\n(.*?)```", guide, re.DOTALL)
    tables = ("api_prices", "sources", "api_models", "api_prices", "gpus", "gpu_rental", "gpu_purchase")
    for table, block in zip(tables, blocks, strict=True):
        copy.write(
            table, [*copy.rows(table), *(line.strip().split(",") for line in block.strip().splitlines())]
        )
    copy.set("_release", 2, "date", "2026-12-01")
    assert copy.findings() == []
    changed = read_catalog(copy.folder)
    assert changed.figure("Qwen-Plus", "input").value == 0.6
    assert changed.figure("Qwen-Plus", "input", "2026-11-30").value == 0.8
    assert ["Qwen-Plus", "input", "CNY", "value", 0.8, 0.6, pytest.approx(-0.25)] in diff(built_in(), changed)
    # 10,000 users x 30 days x (800 x 1.5 + 400 x 6) / 10^6, and at Beta's 1.2 and 5; eight cards at 9,000
    assert call("LLM_API_COST", "House-Model", 10_000, catalog=changed) == pytest.approx(1_080)
    assert call("LLM_API_COST", "House-Model @Beta", 10_000, catalog=changed) == pytest.approx(888)
    assert call("LLM_RENT_COST", "8×Acme 96GB", catalog=changed) == 72_000
