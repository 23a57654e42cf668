"""The names, headings and properties by which a quote is written and found again, of every release.

A defined name marks each place that a regeneration writes: it follows its cells when a person moves them, and no
edit of a label breaks it. A file of an earlier release may lack the name; there its words decide. A word that
changes therefore keeps its old form here, behind the new one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# document properties: the catalog's version and date, and the program that made the file
CATALOG_PROPERTY = "xlmodel catalog"
CATALOG_DATE_PROPERTY = "catalog date"
PROGRAM_PROPERTY = "xlmodel version"


@dataclass(frozen=True, slots=True)
class Mark:
    """A place of a quote that a regeneration finds again.

    Args:
        name: the defined name of its cells in new quotes.
        words: language -> the words of each release, today's first; words that stand side by side are one tuple.
    """

    name: str
    words: Mapping[str, tuple[tuple[str, ...], ...]]

    def today(self, lang: str) -> tuple[str, ...]:
        """Return the words that a new quote is written with."""
        return self.words[lang][0]

    def known(self) -> Iterator[tuple[str, ...]]:
        """Yield the words of every release and language."""
        for releases in self.words.values():
            yield from releases


def _mark(name: str, zh: tuple[str, ...], en: tuple[str, ...]) -> Mark:
    return Mark(name, {"zh": (zh,), "en": (en,)})


# the label beside the catalog's edition on the cover; the name marks the edition's cell
EDITION = _mark("list_catalog", ("数据目录",), ("Catalog",))
# the header row of the sheet Changes
CHANGES = _mark("list_changes", ("日期", "目录", "变更"), ("Date", "Catalog", "Change"))
# what a new row of the sheet Changes says
CHANGE_TEXT = {"zh": "更新数据 {count} 项，保留 {kept} 项", "en": "figures renewed: {count}, kept: {kept}"}
# the note below the figures, which names the catalog's version; its words are a part of its text
NOTE = _mark("list_catalog_note", ("catalog_*",), ("catalog_*",))
NOTE_TEXT = {
    "zh": "{columns} 列为制表时目录 {version} 的数值；与 value、low、high 不同即为人工更正，重算时保留。",
    "en": "The columns {columns} hold what catalog {version} said; a figure that differs was corrected by a person and is kept.",
}

# the day whose prices a quote holds, which its functions are given with the assumptions
PRICE_DATE = _mark("list_price_date", ("价格日期",), ("Price date",))

# The range that every function of a quote reads, and its columns. The functions take these headings alone, in
# every language.
FIGURES = "list_figures"
FIGURE_KEYS = ("item", "field", "value", "low", "high", "currency", "tax")
# the columns of the sheet Figures that have a name, by the words that the code calls them: two that the functions
# read too, then the rest in their order
FIGURE_COLUMNS = {
    "currency": Mark(
        "list_figure_currency",
        {"zh": (("currency",), ("币种",)), "en": (("currency",), ("Currency",))},
    ),
    "tax": Mark("list_tax", {"zh": (("tax",), ("税",)), "en": (("tax",), ("Tax",))}),
    "catalog_value": _mark("list_catalog_value", ("catalog_value",), ("catalog_value",)),
    "catalog_low": _mark("list_catalog_low", ("catalog_low",), ("catalog_low",)),
    "catalog_high": _mark("list_catalog_high", ("catalog_high",), ("catalog_high",)),
    "unit": _mark("list_figure_unit", ("单位",), ("Unit",)),
    "in_force": _mark("list_in_force", ("生效值",), ("In force",)),
    "as_of": _mark("list_figure_as_of", ("数据日期",), ("As of",)),
    "source": _mark("list_figure_source", ("来源",), ("Source",)),
    "catalog_currency": _mark("list_catalog_currency", ("catalog_currency",), ("catalog_currency",)),
    "figure": _mark("list_figure_keys", ("数据项",), ("Figure",)),
}
# The capacity table, which a regeneration sizes again: keys `setting/model/GPU`, tokens a second by the cards of a copy
# (COPY_GPUS heads them), the cards a copy starts on; what each setting was sized for, and what is in force.
COPY_KEYS, COPIES, COPY_GPUS, COPY_START = (
    "list_copy_keys",
    "list_copies",
    "list_copy_gpus",
    "list_copy_start",
)
COPY_SETTINGS, COPY_IN_FORCE = "list_copy_settings", "list_copy_in_force"
# the assumptions of a setting, behind the tokens of a prompt and of an answer
COPY_SERVICE = (
    "cache_hit_rate", "ttft_limit_ms", "tpot_limit_ms", "engine", "precision", "kv_precision", "speed_factor",
    "network_gbit_s",
)  # fmt: skip
# The record of the decision sheets, which a regeneration computes again: the named range of each block, and what it was
# computed for, what is in force now (in the order of RECORD_BASIS, then the answers), the options, code and what, and how
# many of these differ.
RECORD = {
    "totals": "list_record_totals", "best": "list_record_best", "spread": "list_record_spread", "swings": "list_record_swings",
    "phases": "list_record_phases", "throughout": "list_record_throughout", "switches": "list_record_switches",
    "base_loads": "list_record_base_loads", "advice": "list_record_advice", "advice_costs": "list_record_advice_costs",
}  # fmt: skip
RECORD_FOR, RECORD_NOW, RECORD_OPTIONS = "list_record_for", "list_record_now", "list_record_options"
RECORD_STALE = "list_record_stale"
RECORD_BASIS = ("in_dau", "in_input", "in_output", "in_years", "in_model")
# what the functions are given: the assumptions, and the variant of the accounting of the budget
ASSUMPTION_RANGE, FULL_VARIANT = "list_assumptions", "in_full"
# the answer on the first sheet: api, rent or own, what it runs on, its total, and the sentence
ANSWER_NAMES = ("out_deployment", "out_what", "out_total", "out_answer")
# the names that a regeneration or another program looks for; they stay even where no formula reads them
NAMES = frozenset(
    {
        FIGURES,
        *ANSWER_NAMES,
        COPY_KEYS,
        COPIES,
        COPY_GPUS,
        COPY_START,
        COPY_SETTINGS,
        COPY_IN_FORCE,
        *RECORD.values(),
        RECORD_FOR,
        RECORD_NOW,
        RECORD_OPTIONS,
        RECORD_STALE,
        *(mark.name for mark in (EDITION, CHANGES, NOTE, PRICE_DATE, *FIGURE_COLUMNS.values())),
    }
)

# An Excel table of this name holds a table of the catalog. Its headings are the catalog's labels of its columns.
TABLE_PREFIX = "tbl_"
SOURCES = "sources"
# this sheet says itself which catalog it was computed with, and stays so
RECONCILIATION = "reconciliation"
# labels that the catalog's columns had before, in either language: (table, column) -> headings
FORMER_HEADINGS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("tiers", "item"): ("规模", "Tier"),
    ("tiers", "bound"): ("界",),
    ("size_classes", "memory_bound"): ("显存界",),
    ("typical_configs", "bound"): ("界",),
}


def table_name(table: str) -> str:
    """Return the name of the Excel table that holds a table of the catalog."""
    return f"{TABLE_PREFIX}{table}"


def table_of(name: str) -> str | None:
    """Return the table of the catalog that an Excel table holds by its name; None where it is not one of ours."""
    return name.removeprefix(TABLE_PREFIX) if name.startswith(TABLE_PREFIX) else None


def edition(version: str, date: str) -> str:
    """Return a catalog's version and date as sheets show them."""
    return f"{version} ({date})"


def note(lang: str, version: str) -> str:
    """Return the note below the figures."""
    return NOTE_TEXT[lang].format(columns=NOTE.today(lang)[0], version=version)
