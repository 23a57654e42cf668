"""What `xlmodel catalog` does: list, show, check, export and compare catalogs."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, TypeAlias

from xlmodel.catalog import built_in, check
from xlmodel.catalog.csv_text import written
from xlmodel.catalog.load import DATA
from xlmodel.errors import WorkbookError

if TYPE_CHECKING:
    from xlmodel.catalog.raw import Finding
    from xlmodel.catalog.tables import Catalog, Column

Cell: TypeAlias = str | float | None
Rows: TypeAlias = list[list[Cell]]

_OTHER = {"zh": "en", "en": "zh"}


def list_tables(catalog: Catalog) -> Rows:
    """Return the tables with their titles, nature and number of rows, below a header."""
    rows: Rows = [["table", "title_zh", "title_en", "nature", "rows"]]
    for name, table in catalog.tables.items():
        rows.append([name, table.zh, table.en, "figures" if table.figures else "records", len(table.rows)])
    return rows


def show_table(catalog: Catalog, name: str, lang: str) -> Rows:
    """Return a table's cells below its labels, without the texts of the other language.

    Args:
        catalog: where the table is.
        name: the table's name or title.
        lang: `zh` or `en`.

    Raises:
        NotAvailableError: no such table.
    """
    table = catalog.table(name)
    keys = {column.key for column in table.columns}
    shown = [column for column in table.columns if not _is_translation(column, keys, _OTHER[lang])]
    header: list[Cell] = [(column.zh if lang == "zh" else column.en) or column.key for column in shown]
    return [header, *([_cell(column, row[column.key]) for column in shown] for row in table.rows)]


def _is_translation(column: Column, keys: set[str], lang: str) -> bool:
    """Tell whether a column holds a text of this language that stands in another column as well."""
    stem, _, end = column.key.rpartition("_")
    return end == lang and f"{stem}_{_OTHER[lang]}".lstrip("_") in keys


def _cell(column: Column, text: str) -> Cell:
    return float(text) if text and column.type in {"number", "integer"} else text


def checked_catalog(folder: Path | None) -> Catalog:
    """Return the catalog of a folder that passes the check; None: the built-in one.

    Raises:
        CatalogError: no such folder, or a finding, in one line.
    """
    return built_in() if folder is None else check.checked_catalog(folder)


def run_check(folder: Path | None = None) -> list[Finding]:
    """Check a catalog folder (default: the built-in one); a finding as text is `file:line: column: what`."""
    return check.check(folder or DATA)


def export(folder: Path) -> int:
    """Write the built-in catalog to a folder to edit, all of it or nothing.

    The files are UTF-8 with a mark, which Excel needs, and no cell of them runs as a formula (`guarded`).

    Args:
        folder: a new folder, or an empty one.

    Returns:
        The number of files.

    Raises:
        WorkbookError: the folder holds files, or cannot be written.
    """
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise WorkbookError(f"{folder}: not an empty folder; name a new one")
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            files = sorted(DATA.glob("*.csv"))
            for path in files:
                rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline=""))
                (beside / path.name).write_text(written(rows), encoding="utf-8", newline="")
            beside.chmod(0o755)  # mkdtemp makes the folder private
            if folder.exists():
                folder.rmdir()
            beside.rename(folder)
        except BaseException:
            shutil.rmtree(beside, ignore_errors=True)
            raise
    except OSError as error:
        raise WorkbookError(f"{folder}: cannot be written: {error.strerror or error}") from None
    return len(files)
