"""The catalog's check: the shipped facts pass, and each rule reports its own defect and nothing else."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

import pytest

from xlmodel.catalog import built_in, read_catalog
from xlmodel.catalog.check import check
from xlmodel.catalog.load import DATA
from xlmodel.errors import CatalogError

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Copy


def test_shipped_catalog_has_no_findings() -> None:
    """Every rule holds for the facts that ship."""
    assert [str(finding) for finding in check(DATA)] == []


CELLS = [
    # table, line, column, text put there, what the one finding says
    ("api_models", 2, "provider", "", "required, but empty"),
    ("api_models", 2, "kind", "guessed", "'guessed' is none of published, measured, assumed"),
    ("api_models", 2, "as_of", "1/6/2026", "'1/6/2026' is no date YYYY-MM-DD"),
    ("api_models", 2, "as_of", "20260601", "'20260601' is no date YYYY-MM-DD"),
    (
        "api_models",
        4,
        "open_model",
        "DeepSeek V3",
        "'DeepSeek V3' is no known open model; write 'DeepSeek-V3'",
    ),
    ("api_models", 2, "source", "cost-99", "'cost-99' is no known source"),
    ("tiers", 2, "gpus_low", "1.5", "'1.5' must be a whole number"),
    ("tiers", 2, "gpus_low", "one", "'one' is no number"),
    ("tiers", 2, "gpus_high", "nan", "'nan' is no number"),
    ("tiers", 2, "gpus_low", "-1", "'-1' is negative"),
    ("tiers", 2, "gpus_high", "0", "0 is less than gpus_low 1"),
    ("tiers", 2, "gpu", "A100", "'A100' is no known gpu"),
    ("published_totals", 2, "high_cny", "1", "1 is less than low_cny 160000"),
    ("size_classes", 2, "tier", "small", "'small' is no known tier"),
    ("size_classes", 2, "api_models", "Qwen-Plus; Qwen-Minus", "'Qwen-Minus' is no known api model"),
    ("size_classes", 2, "gpu_configs", "4~2×A100 80GB", "'4~2×A100 80GB': the counts must rise"),
    ("size_classes", 2, "typical_config", "1×B100", "'B100' is no known gpu"),
    (
        "size_classes",
        2,
        "typical_config",
        "0×A100 80GB",
        "gpu_config '0×A100 80GB': the number of GPUs must be at least 1",
    ),
    ("published_scenarios", 2, "scenario", "D", "'D' is not in quote_scenarios.csv"),
    ("decision_matrix", 2, "deployments", "api; cloud", "'cloud' is no known deployment"),
    ("api_prices", 2, "field", "price", "'price' is no known field"),
    ("api_prices", 2, "item", "GPT-5", "'GPT-5' is no known api model, which the field input takes"),
    ("api_prices", 2, "value", "0", "0 is not positive; leave out what has no price"),
    ("api_prices", 2, "value", "-1", "-1 is not positive; leave out what has no price"),
    ("api_prices", 2, "value", "", "give a value, or low and high"),
    ("api_prices", 2, "value", "free", "'free' is no number"),
    ("api_prices", 2, "high", "0.1", "0.1 is less than value 0.2"),
    ("api_prices", 2, "unit", "CNY/ktok", "'CNY/ktok' where input in CNY is CNY/Mtok"),
    (
        "api_prices",
        2,
        "as_of",
        "2027-01-01",
        "2027-01-01 is after the release of 2026-11-25; date the release",
    ),
    ("facts", 2, "unit", "furlong", "'furlong' is no known unit"),
    ("tiers", 2, "note", "a\x1b[2Jb", "holds the sign U+001B, which a screen would act on; remove it"),
    ("tiers", 2, "en", "Light\u202e", "holds the sign U+202E, which a screen would act on; remove it"),
    ("fields", 11, "item_kind", "model", "'model' is no known kind"),
    ("aliases", 2, "item", "apis", "'apis' is no known deployment"),
    ("gpu_aliases", 2, "item", "A100", "'A100' is no known gpu"),
    ("_columns", 2, "type", "words", "'words' is no type: text, number, integer, date, or choices between |"),
    ("_columns", 2, "reference", "galaxy", "'galaxy' names no kind of item and no table.column"),
    ("_release", 2, "date", "soon", "'soon' is no date YYYY-MM-DD"),
]


@pytest.mark.parametrize(("table", "line", "column", "text", "what"), CELLS)
def test_one_broken_cell_is_one_line(
    copy: Copy, table: str, line: int, column: str, text: str, what: str
) -> None:
    """A defect of one cell is one finding with its file, line and column."""
    copy.set(table, line, column, text)
    found = copy.findings()
    assert len(found) == 1, found
    assert found[0].startswith(f"{table}.csv:{line}: {column}: {what}")


def test_low_above_the_value(copy: Copy) -> None:
    """The finding stands on the larger column's cell: 0.2 below a low of 0.3."""
    copy.set("api_prices", 2, "low", "0.3")
    assert copy.findings() == ["api_prices.csv:2: value: 0.2 is less than low 0.3"]


def test_value_between_low_and_high_may_be_left_out(copy: Copy) -> None:
    """A range alone is a figure: its midpoint is the base."""
    for column, text in (("low", "0.1"), ("value", ""), ("high", "0.3")):
        copy.set("api_prices", 2, column, text)
    assert copy.findings() == []


def test_same_figure_twice(copy: Copy) -> None:
    """A figure repeated with the same date is reported with the line of the first."""
    rows = copy.rows("api_prices")
    copy.write("api_prices", [*rows, rows[1]])
    key = "item, field, provider, region, effective_from"
    assert copy.findings() == [
        f"api_prices.csv:{len(rows) + 1}: -: the same {key} as api_prices.csv:2; a new price takes a new effective_from"
    ]


def test_new_dated_row_is_no_repetition(copy: Copy) -> None:
    """The same figure from a later day on is how a price changes."""
    rows = copy.rows("api_prices")
    later = [cell.replace("2026-06-01", "2026-09-01") for cell in rows[1]]
    copy.write("api_prices", [*rows, later])
    assert copy.findings() == []


def test_price_in_dollars_has_a_dollar_unit(copy: Copy) -> None:
    """Currency and unit must agree: a USD row in CNY/Mtok is reported, in USD/Mtok it is fine."""
    line = next(n for n, row in enumerate(copy.rows("api_prices"), 1) if row[:2] == ["GLM-4-Air", "input"])
    copy.set("api_prices", line, "currency", "USD")
    assert copy.findings() == [f"api_prices.csv:{line}: unit: 'CNY/Mtok' where input in USD is USD/Mtok"]
    copy.set("api_prices", line, "unit", "USD/Mtok")
    assert copy.findings() == []


def test_alias_of_two_items(copy: Copy) -> None:
    """An alias that another item already has is reported with the other item."""
    line = copy.add("aliases", kind="tier", alias="Enterprise", item="light")
    assert copy.findings() == [
        f"aliases.csv:{line}: alias: 'Enterprise' also means the tier enterprise (tiers.csv:4)"
    ]


def test_alias_of_two_items_in_two_files(copy: Copy) -> None:
    """Aliases of GPUs stand in a file of their own, and share the names of the kind."""
    line = copy.add("gpu_aliases", alias="h 100", item="H200 141GB")
    first = [row[0] for row in copy.rows("gpu_aliases")].index("H100") + 1
    assert copy.findings() == [
        f"gpu_aliases.csv:{line}: alias: 'h 100' also means the gpu H100 80GB (gpu_aliases.csv:{first})"
    ]


def test_alias_that_changes_nothing(copy: Copy) -> None:
    """An alias equal to the item's own name but for case and hyphens is redundant."""
    line = copy.add("aliases", kind="api_model", alias="qwen plus", item="Qwen-Plus")
    assert copy.findings() == [
        f"aliases.csv:{line}: alias: 'qwen plus' is redundant: api_models.csv:5 already gives Qwen-Plus this name"
    ]


def test_label_of_another_item(copy: Copy) -> None:
    """Two tiers with the same Chinese name could not be told apart."""
    copy.set("tiers", 3, "zh", "轻量级")
    assert copy.findings() == ["tiers.csv:3: zh: '轻量级' also means the tier light (tiers.csv:2)"]


def test_alias_of_an_unknown_kind(copy: Copy) -> None:
    """The kind of an alias must be one that items have."""
    copy.set("aliases", 2, "kind", "planet")
    assert "aliases.csv:2: kind: 'planet' is no known kind" in copy.findings()


def test_item_listed_twice(copy: Copy) -> None:
    """An item has one row in a table of records."""
    rows = copy.rows("typical_configs")
    copy.write("typical_configs", [*rows, rows[1]])
    assert copy.findings() == ["typical_configs.csv:6: item: 'light_inference' is already on line 2"]


@pytest.mark.parametrize(
    ("file", "column", "where"),
    [("fields", "field", "fields.csv:2"), ("terms", "item", "terms.csv:2")],
)
def test_field_or_term_listed_twice(copy: Copy, file: str, column: str, where: str) -> None:
    """A field or term has one row."""
    rows = copy.rows(file)
    copy.write(file, [*rows, rows[1]])
    name = rows[1][rows[0].index(column)]
    assert f"{file}.csv:{len(rows) + 1}: {column}: '{name}' is already in {where}" in copy.findings()


def test_table_listed_twice(copy: Copy) -> None:
    """A table is listed once."""
    rows = copy.rows("_tables")
    copy.write("_tables", [*rows, rows[1]])
    found = copy.findings()
    assert f"_tables.csv:{len(rows) + 1}: table: 'api_prices' is already in _tables.csv:2" in found


def test_source_that_nothing_uses(copy: Copy) -> None:
    """A source without a row is reported; one that the assumptions use is not."""
    line = copy.add("sources", source="memo", used_by="catalog")
    assert copy.findings() == [f"sources.csv:{line}: source: no row uses 'memo'; remove it"]
    copy.set("sources", line, "used_by", "assumptions")
    assert copy.findings() == []


def test_source_twice(copy: Copy) -> None:
    """A source id stands for one place."""
    line = copy.add("sources", source="cost-1", used_by="catalog")
    assert copy.findings() == [f"sources.csv:{line}: source: 'cost-1' is already on line 3"]


def test_source_without_a_date(copy: Copy) -> None:
    """Every source is dated."""
    copy.set("sources", 3, "as_of", "")
    assert copy.findings() == ["sources.csv:3: as_of: required, but empty"]


def test_missing_column(copy: Copy) -> None:
    """A column that the schema names must be there."""
    copy.write("tiers", [row[:-1] for row in copy.rows("tiers")])
    assert copy.findings() == ["tiers.csv:1: note: missing column"]


def test_unknown_column(copy: Copy) -> None:
    """A column that the schema does not name is reported with those it names."""
    rows = copy.rows("tiers")
    copy.write("tiers", [[*row, "colour" if row is rows[0] else "red"] for row in rows])
    (found,) = copy.findings()
    assert found.startswith("tiers.csv:1: colour: unknown column; _columns.csv has item, zh, en, gpu")


def test_choice_without_a_label(copy: Copy) -> None:
    """A choice that sheets would show as a code is reported: its words are missing in both languages."""
    line = next(n for n, row in enumerate(copy.rows("_columns"), 1) if row[:2] == ["tiers", "bound"])
    copy.set("_columns", line, "type", "min|max|about|near")
    assert copy.findings() == [
        f"_columns.csv:{line}: type: 'near' is no known bound; give it a row in terms.csv"
    ]


def test_column_named_like_another(copy: Copy) -> None:
    """A column can be asked for by its labels, so they must differ within a table."""
    line = next(n for n, row in enumerate(copy.rows("_columns"), 1) if row[:2] == ["tiers", "gpu"])
    copy.set("_columns", line, "zh", "规模代码")
    assert copy.findings() == [
        f"_columns.csv:{line}: column: 'tiers' has this column name twice: item and gpu"
    ]


def test_table_without_described_columns(copy: Copy) -> None:
    """A table needs its schema."""
    copy.write("_columns", [row for row in copy.rows("_columns") if row[0] != "call_volumes"])
    assert copy.findings() == ["call_volumes.csv:1: -: no columns are described for it in _columns.csv"]


def test_columns_of_no_table(copy: Copy) -> None:
    """A schema needs its table."""
    line = copy.add("_columns", table="planets", column="item", type="text", reference="")
    assert copy.findings() == [f"_columns.csv:{line}: table: 'planets' is not listed in _tables.csv"]


def test_unknown_nature(copy: Copy) -> None:
    """A table holds figures or records."""
    copy.set("_tables", 8, "nature", "prices")
    assert copy.findings() == ["_tables.csv:8: nature: 'prices' is none of records, figures"]


def test_missing_file(copy: Copy) -> None:
    """A listed table without its file is one finding."""
    (copy.folder / "call_volumes.csv").unlink()
    assert copy.findings() == ["call_volumes.csv:1: -: no such file; a catalog folder holds it"]


def test_file_that_no_table_names(copy: Copy) -> None:
    """A stray file would be ignored without a word, so it is reported."""
    (copy.folder / "old_prices.csv").write_text("item\n", encoding="utf-8")
    assert copy.findings() == ["old_prices.csv:1: -: not listed in _tables.csv"]


def test_ambiguous_file_name(copy: Copy) -> None:
    """Two files whose names differ only in a hyphen are one table to a person."""
    (copy.folder / "api-prices.csv").write_text("item\n", encoding="utf-8")
    assert copy.findings() == ["api-prices.csv:1: -: ambiguous beside api_prices.csv; keep one"]


def test_ragged_row_keeps_the_line_of_later_rows(copy: Copy) -> None:
    """A row with a cell too many is reported by its line, and so is a defect after it."""
    rows = copy.rows("tiers")
    rows[1].append("x")
    rows[2][rows[0].index("gpus_low")] = "two"
    copy.write("tiers", rows)
    found = copy.findings()
    assert "tiers.csv:2: -: 12 cells where 11 columns stand; check the commas and quotes" in found
    assert "tiers.csv:3: gpus_low: 'two' is no number" in found


def test_line_after_a_cell_of_two_lines(copy: Copy) -> None:
    """Lines are those of the file, also below a quoted cell that spans two."""
    copy.set("tiers", 2, "note", "first\nsecond")
    copy.set("tiers", 3, "gpus_low", "two")
    assert copy.findings() == ["tiers.csv:4: gpus_low: 'two' is no number"]


def test_file_that_is_no_utf8(copy: Copy) -> None:
    """A file saved in another encoding is one line, not a traceback."""
    path = copy.folder / "call_volumes.csv"
    path.write_bytes(path.read_bytes().replace("调".encode(), "调".encode()[:2], 1))
    (found,) = copy.findings()
    assert (
        found == "call_volumes.csv:1: -: not readable as CSV: line 2: no UTF-8 text; save the file as UTF-8"
    )


def _saved(rows: list[list[str]], separator: str) -> str:
    """Return rows as Excel saves them: dates with slashes, a blank row of separators at the end."""
    dated = [[re.sub(r"^(20\d\d)-0?(\d+)-0?(\d+)$", r"\1/\2/\3", cell) for cell in row] for row in rows]
    file = io.StringIO()
    csv.writer(file, delimiter=separator, lineterminator="\r\n").writerows([*dated, [""] * len(rows[0])])
    return file.getvalue()


@pytest.mark.parametrize(("encoding", "separator"), [("utf-8-sig", ";"), ("gb18030", ","), ("utf-16", "\t")])
def test_a_folder_saved_by_a_spreadsheet_is_the_same_catalog(
    copy: Copy, encoding: str, separator: str
) -> None:
    """Encodings, separators and dates with slashes change no fact: every figure and record is that of the built-in one."""
    for name in ("api_prices", "sources", "_release", "tiers"):
        path = copy.folder / f"{name}.csv"
        path.write_bytes(_saved(copy.rows(name), separator).encode(encoding))
    assert copy.findings() == []
    found = read_catalog(copy.folder)
    assert found == built_in()
    assert found.release_date == "2026-11-25"


@pytest.mark.parametrize("text", ["46,174", "46174"])
def test_a_day_number_of_excel_is_told_as_its_date(copy: Copy, text: str) -> None:
    """46,174 days after 1899-12-30 are 2026-06-01: the finding says so, and nothing is guessed."""
    copy.set("api_prices", 2, "as_of", text)
    assert copy.findings() == [
        f"api_prices.csv:2: as_of: '{text}' is no date YYYY-MM-DD; as a day number of Excel it is 2026-06-01"
    ]


def test_the_same_day_in_another_form_is_the_same_price_twice(copy: Copy) -> None:
    """A row with 2026/6/1 beside one with 2026-06-01 is found."""
    rows = copy.rows("api_prices")
    copy.write("api_prices", [*rows, [cell.replace("2026-06-01", "2026/6/1") for cell in rows[1]]])
    (found,) = copy.findings()
    assert found.startswith(
        f"api_prices.csv:{len(rows) + 1}: -: the same item, field, provider, region, effective_from"
    )


def test_a_cell_that_a_spreadsheet_would_run_reads_as_written(copy: Copy) -> None:
    """A formula of the reconciliation with the mark of an export is the formula."""
    path = copy.folder / "reconciliation.csv"
    text = path.read_text(encoding="utf-8")
    marked = text.replace('"=LLM_', "\"'=LLM_")
    assert marked != text
    path.write_text(marked, encoding="utf-8")
    assert read_catalog(copy.folder) == built_in()


def test_file_with_a_byte_order_mark(copy: Copy) -> None:
    """A table saved by Excel as UTF-8 begins with a mark, which is no part of the header."""
    path = copy.folder / "tiers.csv"
    path.write_text(path.read_text(encoding="utf-8"), encoding="utf-8-sig")
    assert copy.findings() == []


def test_folder_that_is_none(tmp_path: Path) -> None:
    """A wrong path says so."""
    with pytest.raises(CatalogError, match="no such folder"):
        check(tmp_path / "nowhere")
