"""What is done with each mutated thing; an exception that is no refusal is a finding. By seed, here and in benchmarks/fuzz.py."""

from __future__ import annotations

import io
import random
import shutil
import tempfile
import warnings
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import mutations
import openpyxl

from workbook.commands.output import harmless
from workbook.renew.regenerate import regenerate
from workbook.request.files import read_records
from workbook.request.quote_request import make_request
from workbook.rules import check_file
from xlmodel.catalog import built_in
from xlmodel.catalog.check import checked_catalog
from xlmodel.catalog.load import DATA
from xlmodel.engine import evaluate
from xlmodel.errors import XlModelError
from xlmodel.functions import Library

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "workbook" / "regeneration" / "data" / "cases"
REQUESTS = ("quote-zh.toml", "quote-en.json", "quotes.csv")
CALLS = (
    "SUM",
    "IF",
    "INDEX",
    "OFFSET",
    "INDIRECT",
    "VLOOKUP",
    "SUMIF",
    "TEXT",
    "REPT",
    "DATE",
    "ROUND",
    "LLM_PRICE",
)


@cache
def library() -> Library:
    """Return the functions on the built-in catalog."""
    return Library(built_in())


def packages(seed: int) -> str:
    """Regenerate and check a mutated workbook; give what became of it."""
    sources = sorted(CASES.glob("*.xlsx"))
    data = mutations.mutated(sources[seed % len(sources)].read_bytes(), seed)
    try:
        check_file(data)
    except XlModelError as error:
        _told(error)
    try:
        made = regenerate(data, library())
    except XlModelError as error:
        _told(error)
        return "refused"
    if not made.changed:
        return "unchanged"
    if _openpyxl(data) and not _openpyxl(made.data):
        raise AssertionError("a second reader refuses the result")
    if regenerate(made.data, library()).changed:
        raise AssertionError("a second run changes the result")
    return "changed"


def _openpyxl(data: bytes) -> bool:

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            openpyxl.load_workbook(io.BytesIO(data))
        except Exception:  # noqa: BLE001 - whatever it raises, it refuses
            return False
    return True


def formulas(seed: int) -> str:
    """Compute a formula."""
    pick = random.Random(seed)  # noqa: S311 - a test
    text = mutations.formula(pick, (*CALLS, *library().functions))
    try:
        evaluate(f"={text}", library())
    except XlModelError as error:
        _told(error)
        return "refused"
    return "computed"


def requests(seed: int) -> str:
    """Read a mutated request, and make what it asks for."""
    pick = random.Random(seed)  # noqa: S311 - a test
    name = REQUESTS[seed % len(REQUESTS)]
    text = (ROOT / "examples" / name).read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(mutations.mutated_text(text, pick).encode("utf-8", "surrogatepass"))
        try:
            for record in read_records(path):
                make_request(built_in(), record.values, record.place)
        except XlModelError as error:
            _told(error)
            return "refused"
    return "read"


def catalogs(seed: int) -> str:
    """Check a catalog of which one table is mutated."""
    pick = random.Random(seed)  # noqa: S311 - a test
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "catalog")
        shutil.copytree(DATA, folder)
        table = pick.choice(sorted(folder.glob("*.csv")))
        text = mutations.mutated_text(table.read_text(encoding="utf-8"), pick)
        table.write_bytes(text.encode("utf-8", "surrogatepass"))
        try:
            checked_catalog(folder)
        except XlModelError as error:
            _told(error)
            return "refused"
    return "read"


def _told(error: XlModelError) -> None:
    """Print a message, as the command line would: what cannot be printed is no message."""
    if not harmless(error).encode("utf-8").strip():
        raise AssertionError("a refusal without a reason")


KINDS: dict[str, Callable[[int], str]] = {
    each.__name__: each for each in (packages, formulas, requests, catalogs)
}
