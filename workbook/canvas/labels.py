"""The catalog's words in the reader's language: headings of its columns, texts of its cells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workbook.contract import FORMER_HEADINGS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xlmodel.catalog import CatalogTable, Column
    from xlmodel.catalog.lookup import Names

LANGUAGES = ("zh", "en")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
# a column of one language says so in its label
_MARK = re.compile(r"（(?:中文|英文)）$| \((?:zh|en)\)$")


def unit_label(names: Names, unit: str, lang: str) -> str:
    """Return a unit as the reader writes it, such as 元/月 for CNY/month."""
    return names.label("unit", unit, lang)


def heading(names: Names, column: Column, lang: str) -> str:
    """Return a column's heading: its label without the language, and the unit where the label does not say it."""
    label = _MARK.sub("", column.zh if lang == "zh" else column.en)
    unit = unit_label(names, column.unit, lang) if column.unit else ""
    if not unit or re.search(rf"(?<![a-z]){re.escape(unit.casefold())}(?![a-z])", label.casefold()):
        return label
    return f"{label}（{unit}）" if lang == "zh" else f"{label} ({unit})"


def cell_text(names: Names, column: Column, text: str, lang: str) -> str:
    """Return a cell's text in a language: terms and items by their labels, each of a list's by its own.

    The kind of the term is what the column refers to, else a kind of the column's own name, such as `region`. A
    text without a label stays as it is.
    """
    kind = column.reference
    several = kind not in names.labels and kind.removesuffix("s") in names.labels
    if several:
        parts = (names.label(kind.removesuffix("s"), part.strip(), lang) for part in text.split(";"))
        return ("；" if lang == "zh" else "; ").join(parts)
    return names.label(kind if kind in names.labels else column.key, text, lang)


def item_label(names: Names, item: str, field: str, lang: str) -> str:
    """Return the label of a figure's item; its field tells the kind."""
    return names.label(names.kind_of_field[field], item, lang)


def of_other_language(columns: Iterable[Column], column: Column, lang: str) -> bool:
    """Tell whether a column's text stands in another column in the reader's language.

    Pairs are `zh` and `en`, `x_zh` and `x_en`, and `x` beside the one of these that differs from it.
    """
    keys = {each.key for each in columns}
    other = "en" if lang == "zh" else "zh"
    if column.key in LANGUAGES:
        return column.key == other and lang in keys
    stem, _, end = column.key.rpartition("_")
    if end == other and stem:
        return f"{stem}_{lang}" in keys or stem in keys
    own = f"{column.key}_{lang}"
    return column.type == "text" and own in keys and f"{column.key}_{other}" not in keys


def columns_by_heading(names: Names, table: CatalogTable) -> dict[str, tuple[Column, str]]:
    """Return the column and the language that each heading tells: of today's sheets, else of an earlier release."""
    columns = table.columns
    known: dict[str, tuple[Column, str]] = {}
    for column in columns:
        for former in FORMER_HEADINGS.get((table.name, column.key), ()):
            known.setdefault(former, (column, "zh" if _CHINESE.search(former) else "en"))
        for lang, label in zip(LANGUAGES, (column.zh, column.en), strict=True):
            known.setdefault(f"{label} ({column.unit})" if column.unit else label, (column, lang))
    shown: dict[str, tuple[Column, str]] = {}
    for lang in LANGUAGES:
        for column in columns:
            if not of_other_language(columns, column, lang):
                shown.setdefault(heading(names, column, lang), (column, lang))
    return known | shown
