"""What `xlmodel.call` takes from Python: numbers of every kind, dates, tables, dicts, keywords; and what it refuses."""

from __future__ import annotations

import datetime as dt
import math
import os
import shutil
from collections import OrderedDict
from dataclasses import replace
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import xlmodel
from xlmodel import CellError, call
from xlmodel.catalog import read_catalog
from xlmodel.catalog.load import DATA
from xlmodel.errors import CatalogError
from xlmodel.functions import FUNCTIONS

if TYPE_CHECKING:
    from pathlib import Path

RENT = "2×A100 80GB"
# one A100 80GB is 6,500 a reserved month, published on 2026-04-01
MONTH = 13_000
HEADER = ["item", "field", "value"]


def kind(value: object) -> str:
    """Return the name of a test's case: the type, which is the same in every process."""
    return value if isinstance(value, str) else type(value).__name__


class Users(IntEnum):
    """An integer that is no plain one."""

    MANY = 10_000


class Row(NamedTuple):
    """A row that is no plain tuple."""

    name: str
    value: object


def refused(name: str, *args: object, **keywords: object) -> CellError:
    """Return the error of a call: one line, with a code."""
    with pytest.raises(CellError) as caught:
        call(name, *args, **keywords)
    assert caught.value.message.strip()
    assert "\n" not in caught.value.message
    return caught.value


@pytest.mark.parametrize(
    "users",
    [
        10_000,
        10_000.0,
        np.int64(10_000),
        np.uint16(10_000),
        np.float64(10_000),
        np.float32(10_000),
        np.longdouble(10_000),
        Decimal(10_000),
        Fraction(20_000, 2),
        Users.MANY,
        np.array(10_000),
        np.array([10_000]),
        np.array([[10_000.0]]),
        pd.Series([10_000]),
        pd.Index([10_000]),
        [[np.int64(10_000)]],
        [[Decimal(10_000)]],
    ],
    ids=kind,
)
def test_a_number_of_any_kind_is_a_number(users: object) -> None:
    """10,000 users: 240 million input tokens at 0.8 and 120 million output tokens at 2 a million are 432 a month."""
    assert call("LLM_API_COST", "Qwen-Plus", users) == pytest.approx(432, abs=1e-9)


def test_text_of_any_kind_is_text() -> None:
    """NumPy's text is text; the list of prices names it as a plain one."""
    assert call("LLM_API_COST", np.str_("Qwen-Plus"), 10_000) == pytest.approx(432, abs=1e-9)
    assert call("LLM_API_COST", np.array("Qwen-Plus"), 10_000) == pytest.approx(432, abs=1e-9)


@pytest.mark.parametrize("flag", [True, np.bool_(True)])
def test_a_boolean_is_no_number(flag: object) -> None:
    """TRUE is not 1 user."""
    assert refused("LLM_API_COST", "Qwen-Plus", flag).message == "dau: number is expected, found TRUE"


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (dt.date(2026, 4, 1), ""),
        (dt.datetime(2026, 4, 1, 23, 59, tzinfo=dt.UTC), ""),
        (np.datetime64("2026-04-01"), ""),
        (np.datetime64("2026-04-01T10:00:00.000000001"), ""),
        (pd.Timestamp("2026-04-01 10:00"), ""),
        (dt.date(2026, 3, 31), "#N/A"),
        (np.datetime64("2026-03-31T23:59:59.999999999"), "#N/A"),
        (pd.Timestamp("2026-03-31"), "#N/A"),
        (pd.NaT, "#VALUE!"),
        (np.datetime64("NaT"), "#VALUE!"),
    ],
)
@pytest.mark.parametrize("holder", ["dict", "rows", "array"])
def test_a_date_is_a_price_date(day: object, code: str, holder: str) -> None:
    """The rent in force on its first day, and none the day before; of a time, the day counts."""
    given_as = {
        "dict": {"price_date": day},
        "rows": [["price_date", day]],
        "array": np.array([["price_date", day]], dtype=object),
    }[holder]
    if code:
        assert refused("LLM_RENT_COST", RENT, assumptions=given_as).code == code
    else:
        assert call("LLM_RENT_COST", RENT, assumptions=given_as) == MONTH


def test_a_column_of_dates_keeps_its_days() -> None:
    """Nanoseconds in an array are dates, not numbers; as figures they stand beside the value and do not count."""
    days = np.array(["2026-04-01T10:00:00.000000001"], dtype="datetime64[ns]")
    assert "2026-04-01" in refused("LLM_API_COST", "Qwen-Plus", days).message
    figures = pd.DataFrame(
        {**dict(zip(HEADER, ["A100 80GB", "reserved_month", 7_000.0], strict=True)), "as_of": days}
    )
    assert call("LLM_RENT_COST", RENT, figures=figures) == 14_000


@pytest.mark.parametrize(
    "assumptions",
    [
        {"discount_rate": 0.1, "profile": "published"},
        {"discount_rate": Decimal("0.1"), "estimate": None},
        OrderedDict(discount_rate=np.float64(0.1)),
        {"折现率": 0.1},
        [["discount_rate", 0.1]],
        (("discount_rate", 0.1), ("retry_rate", None)),
        [Row("discount_rate", np.float64(0.1))],
        [["name", "value"], ["discount_rate", 0.1]],
        np.array([["discount_rate", 0.1]], dtype=object),
        pd.Series({"discount_rate": 0.1, "growth_rate": np.nan}),
        pd.DataFrame({"name": ["discount_rate", "retry_rate"], "value": [0.1, np.nan]}),
        pd.DataFrame({"name": ["discount_rate", pd.NA], "value": [0.1, pd.NA]}),
        pd.DataFrame([["discount_rate", 0.1]]),
        pd.DataFrame({"value": [0.1]}, index=pd.Index(["discount_rate"], name="name")),
        pd.DataFrame({"name": ["discount_rate"], "published": [0.1], "full": [0.5]}),
        "discount_rate=0.1",
    ],
    ids=kind,
)
def test_assumptions_of_any_kind(assumptions: object) -> None:
    """A rent of 156,000 a year at 10 %: 156,000 × (1/1.1 + 1/1.21 + 1/1.331)."""
    expected = 12 * MONTH * (1 / 1.1 + 1 / 1.21 + 1 / 1.331)
    assert call("LLM_TCO", "rent", RENT, assumptions=assumptions) == pytest.approx(expected, rel=1e-12)


def test_no_assumptions_are_none() -> None:
    """An empty dict, a frame of headers and None leave the defaults."""
    nothing: list[object] = [{}, None, pd.DataFrame({"name": [], "value": []}), pd.Series(dtype=float)]
    for none in nothing:
        assert call("LLM_TCO", "rent", RENT, assumptions=none) == 36 * MONTH


def test_keywords_are_arguments() -> None:
    """Five years in full: 780,000 of rent, an operator at 200,000 a year, 775,000 of first-year work."""
    full = 60 * MONTH + 5 * 200_000 + (200_000 + 350_000 + 150_000 + 75_000)
    assert call("LLM_TCO", "rent", RENT, years=5, assumptions={"profile": "full"}) == full
    assert call("LLM_TCO", deployment="rent", what=RENT, variant="full", years=5) == full
    assert call("LLM_TCO", "rent", RENT, years=None) == 36 * MONTH


def test_a_repeated_argument_by_name_takes_one_or_several() -> None:
    """The columns of LLM_CATALOG."""
    one = call("LLM_CATALOG", table="gpu_purchase", column="item")
    two = call("LLM_CATALOG", table="gpu_purchase", column=["item", "value"])
    assert one == call("LLM_CATALOG", "gpu_purchase", "item")
    assert two == call("LLM_CATALOG", "gpu_purchase", "item", "value")


def test_a_keyword_must_be_one_of_the_arguments() -> None:
    """An unknown name and one given twice are #VALUE!, and the message lists the names."""
    unknown = refused("LLM_RENT_COST", RENT, price="reserved")
    assert (unknown.code, unknown.message) == (
        "#VALUE!",
        "LLM_RENT_COST: no argument 'price'; its arguments: gpu_config, pricing, assumptions, figures, variant",
    )
    twice = refused("LLM_RENT_COST", RENT, gpu_config=RENT)
    assert twice.code == "#VALUE!"
    assert twice.message.startswith(
        "LLM_RENT_COST: gpu_config is given by place and by name; its arguments: gpu_"
    )


def test_no_argument_is_called_catalog() -> None:
    """The one keyword that `call` keeps for itself."""
    names = {argument.name for function in FUNCTIONS.values() for argument in function.arguments}
    assert "catalog" not in names


@pytest.mark.parametrize("name", [None, 5, ["LLM_TCO"], "", "LLM_TOC"])
def test_an_unknown_function_is_a_name_error(name: object) -> None:
    """Whatever was given as its name."""
    assert refused(name).code == "#NAME?"  # type: ignore[arg-type] # the mistake is what is tested


@pytest.mark.parametrize("blank", [None, np.nan, pd.NA, pd.NaT])
def test_a_missing_value_of_a_frame_is_a_blank(blank: object) -> None:
    """A figure without a value is the middle of its ends: (6,000 + 10,000) / 2 a card."""
    figures = pd.DataFrame(
        [["A100 80GB", "reserved_month", blank, 6_000, 10_000], [blank] * 5],
        columns=[*HEADER, "low", "high"],
    )
    assert call("LLM_RENT_COST", RENT, figures=figures) == 16_000


def test_figures_as_a_frame() -> None:
    """Its column names are the header, whatever stands in between, and a named index is a column."""
    figures = pd.DataFrame(
        {"note": ["offer"], "item": ["a100-80g"], "field": ["reserved_month"], "value": [8_000]}
    )
    assert call("LLM_RENT_COST", RENT, figures=figures) == 16_000
    assert call("LLM_RENT_COST", RENT, figures=figures.set_index("item")) == 16_000
    assert call("LLM_RENT_COST", RENT, figures=figures.set_index(["item", "field"])) == 16_000


@pytest.mark.parametrize(
    "missing", [math.nan, np.float32("nan"), Decimal("NaN"), Decimal("sNaN"), pd.NA, pd.NaT]
)
@pytest.mark.parametrize("place", range(4))
def test_a_missing_value_alone_is_an_error(missing: object, place: int) -> None:
    """NaN in place of a number, a name or a range is #VALUE!, never a default."""
    arguments: list[object] = ["Qwen-Plus", 10_000, 800, 400, None]
    arguments[place] = missing
    assert refused("LLM_API_COST", *arguments).code == "#VALUE!"


def test_a_missing_value_in_a_series_is_no_single_value() -> None:
    """Where one value is expected, NaN does not become the default of three years."""
    for missing in (np.nan, pd.NA, pd.NaT):
        assert refused("LLM_TCO", "rent", RENT, years=pd.Series([missing])).code == "#VALUE!"


@pytest.mark.parametrize(
    "huge", [10**400, -(10**5_000), Fraction(10**400), Decimal("1e400"), np.inf], ids=kind
)
def test_a_number_beyond_every_limit_is_an_error(huge: object) -> None:
    """What no float holds is #VALUE!, never a raw OverflowError."""
    assert refused("LLM_API_COST", "Qwen-Plus", huge).code == "#VALUE!"
    assert refused("LLM_API_COST", "Qwen-Plus", 1, assumptions={"growth_rate": huge}).code == "#VALUE!"


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({1, 2}, "found set"),
        ({"a": 1}, "found dict"),
        (b"5", "found bytes"),
        (5j, "found complex"),
        (np.complex128(5), "found complex128"),
        (object(), "found object"),
        (iter([1]), "found list_iterator"),
        (dt.timedelta(1), "found timedelta"),
        (np.timedelta64(1, "D"), "found timedelta64"),
        (range(3), "found range"),
        ([5], "one cell is expected, found a list of 1"),
        ((5, 6), "one cell is expected, found a tuple of 2"),
        ([[5], [6, 7]], "row 1 has 1 cells, row 2 has 2"),
        ([[[5]]], "row 1, column 1: a cell holds a number, text, a boolean, a date or None, found list"),
        (np.zeros((1, 1, 1)), "3 dimensions of float64"),
        (np.array([5j]), "1 dimensions of complex128"),
        (pd.DataFrame({("a", "b"): [1]}), "the column names of a DataFrame are text"),
        (
            pd.DataFrame({"a": [1]}, index=pd.Index([2], name="a")),
            "the index of the DataFrame: cannot insert a",
        ),
        (pd.Series([1, 2]), "one cell is expected, found a range of 2 rows"),
        (pd.MultiIndex.from_tuples([(1, 2)]), "row 1, column 1"),
    ],
    ids=kind,
)
def test_what_no_cell_holds_is_refused_by_name(value: object, found: str) -> None:
    """#VALUE! with the argument and what was found."""
    error = refused("LLM_API_COST", "Qwen-Plus", dau=value)
    assert error.code == "#VALUE!"
    assert error.message.startswith("dau: ")
    assert found in error.message


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (
            ["discount_rate", 0.1],
            "assumptions: a range is expected as rows of equal length, such as [[name, value]",
        ),
        (
            {"discount_rate": [0.1]},
            "assumptions: discount_rate: a number, text, a boolean, a date or None is expected",
        ),
        ({5: 0.1}, "assumptions: the name of an assumption is text, found int"),
        ({"name": "value"}, "unknown assumption 'name'"),
        (pd.Series([0.1]), "assumptions: the name of an assumption is text, found int"),
        (pd.Index(["discount_rate", "retry_rate"]), "assumptions: a range of two columns is expected"),
        ({"discount_rate"}, "assumptions: range of names and values, or text is expected, found set"),
    ],
    ids=kind,
)
def test_what_assumptions_are_not(value: object, found: str) -> None:
    """A flat list may be a row or a column, so it is neither."""
    assert refused("LLM_TCO", "rent", RENT, assumptions=value).message.startswith(found)


def test_an_error_among_the_values_comes_back() -> None:
    """As a cell, in a dict, in a frame."""
    error = CellError("no price", "#REF!")
    frame = pd.DataFrame({"name": ["discount_rate"], "value": [error]})
    assert refused("LLM_TCO", "rent", error) is error
    assert refused("LLM_TCO", "rent", RENT, assumptions={"discount_rate": error}) is error
    assert refused("LLM_TCO", "rent", RENT, assumptions=frame) is error


def _dearer(folder: Path, price: str) -> None:
    path = folder / "gpu_rental.csv"
    text = path.read_text(encoding="utf-8")
    before, row, after = text.partition("A100 80GB,reserved_month,,CN,CNY,unknown,CNY/month,,")
    assert row
    path.write_text(f"{before}{row}{price}{after[after.index(',') :]}", encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a catalog folder of one's own, an A100 at 7,000 a month."""
    shutil.copytree(DATA, tmp_path / "prices")
    _dearer(tmp_path / "prices", "7000")
    return tmp_path / "prices"


def test_a_catalog_of_ones_own(folder: Path) -> None:
    """A folder as text or path, or a catalog; the built-in one stays what it is."""
    for catalog in (folder, str(folder), read_catalog(folder)):
        assert call("LLM_RENT_COST", RENT, catalog=catalog) == 14_000
    assert call("LLM_RENT_COST", RENT) == MONTH
    assert call("LLM_RENT_COST", RENT, catalog=None) == MONTH


def test_a_catalog_is_read_once_and_again_when_it_changed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second call reads no file; a new price counts from the next call on."""
    from xlmodel.catalog import check  # noqa: PLC0415 - the module, to count its readings

    readings: list[Path] = []
    monkeypatch.setattr(check, "read_catalog", lambda path: (readings.append(path), read_catalog(path))[1])
    for _ in range(3):
        assert call("LLM_RENT_COST", RENT, catalog=folder) == 14_000
    assert len(readings) == 1
    _dearer(folder, "8000")
    stat = (folder / "gpu_rental.csv").stat()
    os.utime(folder / "gpu_rental.csv", ns=(stat.st_atime_ns, stat.st_mtime_ns + 1_000_000))
    assert call("LLM_RENT_COST", RENT, catalog=folder) == 16_000
    assert len(readings) == 2


def test_catalogs_in_memory_are_kept_apart() -> None:
    """Two catalogs of one version, each with its own price, in turns."""
    catalog = read_catalog()
    key = ("A100 80GB", "reserved_month")
    for price in (1_000, 2_000, 1_000):
        row = replace(catalog.figures[key][-1], low=price, value=price, high=price)
        own = replace(catalog, figures={**catalog.figures, key: (row,)})
        assert (
            call("LLM_RENT_COST", RENT, catalog=own) == call("LLM_RENT_COST", RENT, catalog=own) == 2 * price
        )


def test_a_broken_catalog_is_one_line(folder: Path, tmp_path: Path) -> None:
    """The first finding with its file and line; a missing folder; what is no folder at all."""
    _dearer(folder, "dear")
    with pytest.raises(CatalogError, match=r"gpu_rental\.csv:\d+: value: 'dear'"):
        call("LLM_RENT_COST", RENT, catalog=folder)
    for nothing in (tmp_path / "none", "", "a\0b", DATA / "gpus.csv"):
        with pytest.raises(CatalogError, match="is no folder that can be read"):
            call("LLM_RENT_COST", RENT, catalog=nothing)
    for wrong in (5, b"prices", ["prices"]):
        with pytest.raises(CatalogError, match="a folder or a Catalog is expected, found"):
            call("LLM_RENT_COST", RENT, catalog=wrong)  # type: ignore[arg-type] # the mistake is what is tested
    with pytest.raises(CatalogError, match=r"_columns\.csv:1"):
        xlmodel.frame("LLM_COMPARE", 1, "7B~14B", catalog=tmp_path)


LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.just(10**400),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(
        ["rent", "api", RENT, "Qwen-Plus", "standard", "full", "discount_rate", "item", "field", "value"]
    ),
    st.binary(max_size=3),
    st.complex_numbers(),
    st.decimals(),
    st.fractions(),
    st.dates(),
    st.datetimes(),
    st.timedeltas(),
    st.sampled_from(
        [pd.NA, pd.NaT, np.nan, np.bool_(True), np.int8(5), np.float16(0.5), np.datetime64("NaT", "ns")]
    ),
    st.sampled_from(
        [np.datetime64("20000-01-01"), np.bytes_(b"x"), np.void(b"x"), np.ma.masked, np.str_("rent")]
    ),
    st.sampled_from([object(), object, len, frozenset({1}), CellError("bad", "#REF!"), Ellipsis, DATA]),
)


def _wrapped(children: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    flat = st.lists(children, max_size=3)
    table = st.integers(0, 3).flatmap(
        lambda width: st.lists(st.lists(children, min_size=width, max_size=width), max_size=3)
    )
    return st.one_of(
        flat,
        flat.map(tuple),
        table,
        st.dictionaries(
            st.one_of(st.text(max_size=5), st.just("discount_rate"), st.integers()), children, max_size=3
        ),
        flat.map(lambda values: pd.Series(values, dtype=object)),
        flat.map(
            lambda values: pd.Series(
                values, dtype=object, index=["discount_rate", "profile", "x"][: len(values)]
            )
        ),
        table.map(lambda rows: pd.DataFrame(rows, dtype=object)),
        table.map(lambda rows: pd.DataFrame(rows, dtype=object).rename(columns=dict(enumerate(HEADER)))),
        st.lists(st.one_of(st.integers(-5, 5), st.floats()), max_size=3).map(np.array),
    )


TREES = st.recursive(LEAVES, _wrapped, max_leaves=8)


def result(name: str, *args: object, **keywords: object) -> object:
    """Return the value of a call, or its error, which is one line with a code."""
    try:
        return call(name, *args, **keywords)
    except CellError as error:
        if not error.code.startswith("#") or "\n" in error.message or not error.message:
            raise AssertionError(repr(error)) from error
        return error


@settings(max_examples=400)
@given(
    st.sampled_from(sorted(FUNCTIONS)),
    st.lists(TREES, max_size=4),
    st.dictionaries(
        st.sampled_from(
            ["assumptions", "figures", "variant", "dau", "years", "what", "table", "column", "x"]
        ),
        TREES,
        max_size=3,
    ),
)
def test_any_tree_of_objects_gives_a_value_or_a_cell_error(
    name: str, args: list[object], keywords: dict[str, object]
) -> None:
    """Whatever Python passes, by place or by name: a value, or one line with an Excel error."""
    outcome = result(name, *args, **keywords)
    assert isinstance(outcome, (float, str, bool, list, CellError))


@settings(max_examples=300)
@given(st.sampled_from(["assumptions", "figures", "variant", "dau", "what", "years", "deployment"]), TREES)
def test_any_tree_in_one_place_gives_a_value_or_a_cell_error(name: str, tree: object) -> None:
    """All else as it should be, so that the value itself is what is read."""
    outcome = result("LLM_TCO", **{"deployment": "rent", "what": RENT, name: tree})
    assert isinstance(outcome, CellError) or (isinstance(outcome, float) and math.isfinite(outcome))
