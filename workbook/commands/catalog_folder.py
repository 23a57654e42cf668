"""What `xlmodel catalog` does: list, show, check, export and compare catalogs."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, TypeAlias

from xlmodel.catalog import built_in, check
from xlmodel.catalog.load import DATA
from xlmodel.errors import NotAvailableError, WorkbookError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlmodel.catalog.raw import Finding
    from xlmodel.catalog.tables import Catalog, Column, Figure

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
                shutil.copyfile(path, beside / path.name)
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


def diff(old: Catalog, new: Catalog) -> Rows:
    """Return the figures that differ, each catalog as of its release date.

    Equation: relative = new / old - 1.

    Args:
        old: the catalog before.
        new: the catalog after.

    Returns:
        Rows item, field, currency, end, old, new, relative below a header. A figure that one catalog lacks has an
        empty cell there; `end` is value, or low and high where a range moved.
    """
    rows: Rows = [["item", "field", "currency", "end", "old", "new", "relative"]]
    for item, field in dict.fromkeys((*old.figures, *new.figures)):
        listed = (*old.figures.get((item, field), ()), *new.figures.get((item, field), ()))
        for currency in dict.fromkeys(figure.currency for figure in listed):
            before, after = (_in_force(each, item, field, currency) for each in (old, new))
            for end, left, right in _ends(before, after):
                if left != right:
                    relative = right / left - 1 if left and right is not None else None
                    rows.append([item, field, currency, end, left, right, relative])
    return rows


def _in_force(catalog: Catalog, item: str, field: str, currency: str) -> Figure | None:
    try:
        found = catalog.figure(item, field, currency=currency)
    except NotAvailableError:
        return None
    return found if found.currency == currency else None


def _ends(before: Figure | None, after: Figure | None) -> Iterator[tuple[str, float | None, float | None]]:
    """Yield the value of both figures, and the ends of the range where one of them has a range."""
    ranged = any(figure is not None and figure.low != figure.high for figure in (before, after))
    left, right = _by_end(before), _by_end(after)
    for end in ("value", "low", "high") if ranged else ("value",):
        yield end, left.get(end), right.get(end)


def _by_end(figure: Figure | None) -> dict[str, float]:
    return {} if figure is None else {"low": figure.low, "value": figure.value, "high": figure.high}
