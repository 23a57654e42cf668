"""Quote requests: what is filled in, how names resolve, and what each mistake says."""

from __future__ import annotations

import datetime as dt
import json
import math
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

import xlmodel
from workbook.request.faults import RequestFaultsError
from workbook.request.quote_request import QuoteRequest, load_requests, make_request, scenario_request
from workbook.request.text import file_name, unlike
from xlmodel.catalog import Catalog, built_in
from xlmodel.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

EXAMPLES = Path(__file__).parents[2] / "examples"
DAU = "expected a number above 0, at most 10 billion"


@pytest.fixture
def catalog() -> Catalog:
    """Return the built-in catalog."""
    return built_in()


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, catalog: Catalog) -> Callable[..., QuoteRequest]:
    """Return a function that writes a file in the current folder and loads its one request."""
    monkeypatch.chdir(tmp_path)

    def loaded(name: str, content: str | bytes) -> QuoteRequest:
        data = content.encode() if isinstance(content, str) else content
        Path(name).write_bytes(data)
        (request,) = load_requests(Path(name), catalog)
        return request[1]

    return loaded


def xlsx(path: Path, *rows: list[object]) -> Path:
    """Write rows as a workbook."""
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("scenario", "dau", "model", "api_models", "rent", "own"),
    [
        ("A", 10000, "7B~14B", ("Qwen-Plus", "DeepSeek V4-Flash"), "1×A100 80GB", "light"),
        ("b", 30000, "32B~70B", ("DeepSeek V3", "DeepSeek V4-Pro"), "2×A100 80GB", "standard"),
        ("C", 100000, "70B~235B", ("DeepSeek V4-Pro",), "8×H100 80GB", "enterprise"),
    ],
)
def test_the_scenarios_are_those_of_the_cost_comparison(
    catalog: Catalog, scenario: str, dau: int, model: str, api_models: tuple[str, ...], rent: str, own: str
) -> None:
    """Scenarios A, B, C: users, 800 and 400 tokens, three years, and the options that are compared."""
    found = scenario_request(catalog, scenario, "en")
    assert (found.dau, found.input_tokens, found.output_tokens, found.years) == (dau, 800, 400, 3)
    assert (found.model, found.api_models, found.rent, found.own) == (model, api_models, (rent,), (own,))
    assert found.lang == "en"


def test_an_unknown_scenario_names_those_there_are(catalog: Catalog) -> None:
    """A scenario that does not exist is refused."""
    with pytest.raises(RequestError, match=r"^--scenario: the text 'D', expected one of A, B, C$"):
        scenario_request(catalog, "D")


@pytest.mark.parametrize(
    ("model", "canonical", "api_models", "rent", "own"),
    [
        ("32b", "32B~70B", ("DeepSeek V3", "DeepSeek V4-Pro"), ("2×A100 80GB",), ("standard",)),
        ("通义千问Plus", "Qwen-Plus", ("Qwen-Plus",), (), ()),
    ],
)
def test_options_left_out_are_those_of_the_model(
    catalog: Catalog,
    model: str,
    canonical: str,
    api_models: tuple[str, ...],
    rent: tuple[str, ...],
    own: tuple[str, ...],
) -> None:
    """A size class brings its options; an API without open weights stands alone."""
    found = make_request(catalog, {"model": model}, "request")
    assert (found.model, found.api_models, found.rent, found.own) == (canonical, api_models, rent, own)


def test_options_left_out_without_a_model_are_those_of_scenario_a(catalog: Catalog) -> None:
    """What is given stays, also an empty list; blank values count as left out."""
    found = make_request(
        catalog, {"dau": 5, "own": [], "api_models": ["GPT4o"], "model": " ", "date": None}, "request"
    )
    assert (found.dau, found.years, found.date, found.customer, found.lang) == (5, 3, None, "", "zh")
    assert (found.model, found.api_models, found.rent, found.own) == (
        "7B~14B",
        ("GPT-4o",),
        ("1×A100 80GB",),
        (),
    )


@pytest.mark.parametrize(
    ("model", "open_model", "precision", "api_models"),
    [
        ("qwen3 32b", "Qwen3-32B", "bf16", ("DeepSeek V3", "DeepSeek V4-Pro")),
        ("deepseek-v3", "DeepSeek-V3", "fp8", ("DeepSeek V3",)),
        ("K2.5", "Kimi-K2.5", "int4", ("Kimi K2.5",)),
    ],
)
def test_hardware_left_out_is_sized_for_the_model(
    catalog: Catalog, model: str, open_model: str, precision: str, api_models: tuple[str, ...]
) -> None:
    """An open model gets GPUs that have a price and hold it; one without an API, its class's API models."""
    found = make_request(catalog, {"model": model}, "request")
    assert found.api_models == api_models
    for config, field in ((found.rent[0], "reserved_month"), (found.own[0], "purchase")):
        assert xlmodel.call("LLM_FITS", open_model, precision, config, 1200) is True
        assert xlmodel.call("LLM_PRICE", config.partition("×")[2], field) > 0


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (
            "r.toml",
            (
                "\ufeffcustomer = '甲'\ndate = 2026-06-01\nlang = 'en'\ndau = 1_000\nyears = 2\nmodel = '14B'\n"
                "api_models = ['V4-Pro']\nrent = ['h100-80g', '2 x L40S']\nown = ['标准级']\n"
                "[assumptions]\n'折现率' = 0.05\nops_staff = {published = 0, full = 2}"
            ),
        ),
        (
            "r.json",
            (
                '{"customer": "甲", "date": "2026-06-01", "lang": "en", "dau": 1000, "years": 2, "model": "14B",'
                '"api_models": ["V4-Pro"], "rent": ["h100-80g", "2 x L40S"], "own": ["标准级"],'
                '"assumptions": {"discount_rate": 0.05, "ops_staff": {"published": 0, "full": 2}}}'
            ),
        ),
    ],
)
def test_toml_and_json_give_the_same_request(
    load: Callable[..., QuoteRequest], name: str, content: str
) -> None:
    """Every key is read, with canonical names, in both forms."""
    assert load(name, content) == QuoteRequest(
        customer="甲",
        date=dt.date(2026, 6, 1),
        lang="en",
        dau=1000,
        input_tokens=800,
        output_tokens=400,
        years=2,
        model="7B~14B",
        api_models=("DeepSeek V4-Pro",),
        rent=("1×H100 80GB", "2×L40S 48GB"),
        own=("standard",),
        assumptions={"discount_rate": 0.05, "ops_staff": {"published": 0, "full": 2}},
    )


ROW_KEYS = ["customer", "date", "dau", "years", "api_models", "rent", "assumptions"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_a_csv_row_is_a_request(load: Callable[..., QuoteRequest], encoding: str, delimiter: str) -> None:
    """Lists and assumptions are split at semicolons; Excel's encodings and tabs are read."""
    cells = [
        "上海公司",
        "2026/6/1",
        "500",
        "1",
        "Qwen-Plus; V4-Flash",
        "1×L40S；h200",
        "full; discount_rate=5%",
    ]
    text = f"{delimiter.join(ROW_KEYS)}\r\n{delimiter.join(cells)}\r\n"
    found = load("r.csv", text.encode(encoding))
    assert (found.customer, found.date, found.dau, found.years) == ("上海公司", dt.date(2026, 6, 1), 500, 1)
    assert found.api_models == ("Qwen-Plus", "DeepSeek V4-Flash")
    assert found.rent == ("1×L40S 48GB", "1×H200 141GB")
    assert found.assumptions == {"profile": "full", "discount_rate": 0.05}


def test_an_xlsx_row_is_a_request(tmp_path: Path, catalog: Catalog) -> None:
    """Dates and numbers come as cells, a customer called 360 as text; blank rows and columns are passed over."""
    rows: list[list[object]] = [
        [*ROW_KEYS, None],
        [360, dt.datetime(2026, 6, 1), 500, 1.0, "Qwen-Plus", None, "full"],  # noqa: DTZ001 - Excel has no zones
        [],
        ["乙", None, 600, 2],
    ]
    (first, one), (second, two) = load_requests(xlsx(tmp_path / "r.xlsx", *rows), catalog)
    assert (first, one.customer, one.date, one.dau, one.years) == ("360", "360", dt.date(2026, 6, 1), 500, 1)
    assert (second, two.customer, two.date, two.dau, two.years) == ("乙", "乙", None, 600, 2)


MISTAKES = [
    ("dau = 'ten'", f"dau: the text 'ten', {DAU}"),
    ("dau = ''", f"dau: blank, {DAU}"),
    ("dau = -5", f"dau: -5, {DAU}"),
    ("dau = 0", f"dau: 0, {DAU}"),
    ("dau = nan", f"dau: nan, {DAU}"),
    ("dau = true", f"dau: true, {DAU}"),
    (f"dau = {'9' * 400}", f"dau: a number beyond all limits, {DAU}"),
    ("input_tokens = -1", "input_tokens: -1, expected a number from 0 to 10 billion"),
    (
        "input_tokens = 0\noutput_tokens = 0",
        "output_tokens: 0 beside 0 input_tokens, expected a number above 0 in one",
    ),
    ("years = 3.5", "years: 3.5, expected a whole number from 1 to 20"),
    ("years = 21", "years: 21, expected a whole number from 1 to 20"),
    ("lang = 'fr'", "lang: the text 'fr', expected zh or en"),
    ("date = '2026-02-30'", "date: the text '2026-02-30', expected a date such as 2026-06-01"),
    ("date = 2026-06-01T10:00:00", "date: 2026-06-01 10:00:00, expected a date such as 2026-06-01"),
    ("customer = 5", "customer: 5, expected one line of text, at most 200 characters"),
    (
        'customer = "a\\nb"',
        "customer: the text 'a b', expected one line of text, at most 200 characters",
    ),
    ("daus = 1", "daus: unknown key; nearest: dau"),
    ("model = 3", "model: 3, expected an API model, an open model or a size class"),
    (
        "model = 'Qwen-Pluss'",
        "model: unknown model 'Qwen-Pluss'; nearest: Qwen-Plus, Qwen3.5-Plus, Qwen3-VL-8B",
    ),
    (
        "api_models = []\nrent = []\nown = []",
        "api_models, rent, own: nothing to compare, expected at least one option",
    ),
    ("api_models = [1]", "api_models: a list of 1, expected at most 12 API models"),
    ("api_models = ['Qwen-Plus', 'qwen plus']", "api_models: Qwen-Plus is given twice, expected once"),
    (
        "rent = ['1×H100', '2×H100', '3×H100', '4×H100', '5×H100', '6×H100', '7×H100']",
        "rent: a list of 7, expected at most 6 GPU configurations such as 2×A100 80GB",
    ),
    (
        "rent = ['2×A100']",
        "rent: 'A100' is ambiguous: gpu A100 80GB, A100 PCIe 80GB, A100 40GB or A100 PCIe 40GB; write one of them",
    ),
    ("rent = ['-2×H100']", "rent: gpu_config '-2×H100': the number of GPUs must be whole and at least 1"),
    (
        "rent = ['RTX 4090 24GB']",
        "rent: 1×RTX 4090 24GB cannot be costed: RTX 4090 24GB: no figure reserved_month; nothing is published for it",
    ),
    (
        "[assumptions]\ndiscount_rat = 1",
        "assumptions: unknown assumption 'discount_rat'; nearest: discount_rate, income_tax_rate, server_cost_ratio",
    ),
    ("[assumptions]\ndiscount_rate = 'x'", "assumptions: discount_rate: 'x' is no number (per year)"),
    ("[assumptions]\ndiscount_rate = 99", "assumptions: discount_rate: 99 is outside 0 to 10 (per year)"),
    ("[assumptions]\ndiscount_rate = nan", "assumptions: discount_rate: nan is outside 0 to 10 (per year)"),
    ("[assumptions]\npue = {ful = 1}", "assumptions: pue: unknown key ful, expected published or full"),
    (
        "[assumptions]\nprofile = {full = 'full'}",
        "assumptions: profile: two values, expected one for both accountings",
    ),
    (
        "[assumptions]\ndiscount_rate = {published = 0, full = 0.05}",
        "assumptions: discount_rate: two values, expected one for both accountings",
    ),
    (
        "[assumptions]\ndiscount_rate = {full = 0.05}",
        "assumptions: discount_rate: two values, expected one for both accountings",
    ),
    ("[assumptions]\npue = 1.5\nPUE = 1.5", "assumptions: pue: given twice, expected once"),
    ("assumptions = 3", "assumptions: 3, expected names with values, such as discount_rate = 0.05"),
    ("x", "line 1: not TOML: Expected '=' after a key in a key/value pair"),
    ("dau = 1\ndau = 2", "line 2: not TOML: Cannot overwrite a value"),
    ("dau = 1\nlang = 'zh", 'line 2: not TOML: Expected "\'"'),
    ("# nothing", "no key in it; expected a request such as dau = 10000"),
    (" \n", "empty file; expected a request such as dau = 10000"),
]


@pytest.mark.parametrize(("content", "message"), MISTAKES)
def test_a_mistake_in_toml_is_one_line(load: Callable[..., QuoteRequest], content: str, message: str) -> None:
    """File, key, what it is, what is expected."""
    with pytest.raises(RequestError) as caught:
        load("r.toml", content)
    assert str(caught.value) == f"r.toml: {message}"


def test_an_ambiguous_model_lists_its_meanings(load: Callable[..., QuoteRequest]) -> None:
    """DeepSeek is several API models and several open models."""
    with pytest.raises(
        RequestError, match=r"'DeepSeek' is ambiguous: model DeepSeek V4-Flash, .*write one of them"
    ):
        load("r.toml", "model = 'DeepSeek'")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"dau": 1,\n}', "line 2: not JSON: Illegal trailing comma before end of object"),
        ('{"dau": 1\n"years": 1}', "line 2: not JSON: Expecting ',' delimiter"),
        ('{"dau": 1, "dau": 2}', "dau: given twice, expected once"),
        ('{"dau": 1e999}', f"dau: a number beyond all limits, {DAU}"),
        ("[]", "expected an object with the keys of a request, or a list of them"),
        ("3", "expected an object with the keys of a request, or a list of them"),
        ("{}", 'no key in it; expected a request such as {"dau": 10000}'),
        ("[3]", "quote 1: expected an object with the keys of a request"),
        ('[{"dau": 1}, {"dua": 2}]', "quote 2: dua: unknown key; nearest: dau"),
        ('[{"dau": 1}, {"dau": "2,5"}]', "quote 2: dau: the text '2,5' may be 2.5 or 25; write one of them"),
        ('[{"dau": 1}, {"years": 2}]', f"quote 2: dau: missing, {DAU}"),
        (b'{"customer":\n "\xff"}', "line 2: no UTF-8 text; save the file as UTF-8"),
    ],
)
def test_a_mistake_in_json_is_one_line(
    load: Callable[..., QuoteRequest], content: str | bytes, message: str
) -> None:
    """File, entry of a list, key, what it is, what is expected."""
    with pytest.raises(RequestError) as caught:
        load("r.json", content)
    found = str(caught.value)
    if "trailing comma" in message:  # Python 3.13 says it so, earlier ones in other words
        assert found.startswith("r.json: line ")
        assert "not JSON" in found
    else:
        assert found == f"r.json: {message}"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("dau\nmany\n", f"row 2: dau: the text 'many', {DAU}"),
        ("customer,dau\na,1\nb,\n", f"row 3 (b): dau: blank, {DAU}"),
        ("customer,years\na,1\n", f"row 1: dau: missing, {DAU}"),
        ("dau\n1.234\n", "row 2: dau: the text '1.234' may be 1234 or 1.2340; write one of them"),
        ("customer,dau\na,1\n,\nb,-1\n", f"row 4 (b): dau: -1, {DAU}"),
        (
            "dau,model\n1,Qwen-Pluss\n",
            "row 2: model: unknown model 'Qwen-Pluss'; nearest: Qwen-Plus, Qwen3.5-Plus, Qwen3-VL-8B",
        ),
        ("daus\n1\n", "row 1: daus: unknown key; nearest: dau"),
        ("dau,dau\n1,2\n", "row 1: dau: given twice, expected once"),
        ("dau,,years\n1,2,3\n", "row 1: column 2 has no key"),
        (",\n1,2\n", "row 1: expected a header row with the keys of a request"),
        ("dau\n1,2\n", "row 2: 2 cells, expected 1 as in the header row"),
        ("dau\n", "no quote below the header row"),
        ('dau,customer\n1,"a\n', "line 2: not CSV: unexpected end of data"),
        ("dau,assumptions\n1,growth_rate\n", "row 2: assumptions: 'growth_rate': write growth_rate=value"),
    ],
)
def test_a_mistake_in_a_table_names_the_row(
    load: Callable[..., QuoteRequest], content: str, message: str
) -> None:
    """File, row as a spreadsheet counts it, key, what it is, what is expected."""
    with pytest.raises(RequestError) as caught:
        load("r.csv", content)
    assert str(caught.value) == f"r.csv: {message}"


def test_a_number_as_text_in_xlsx_is_read(tmp_path: Path, catalog: Catalog) -> None:
    """A cell that holds digits as text is the number."""
    ((_, found),) = load_requests(xlsx(tmp_path / "r.xlsx", ["dau"], ["10,000"]), catalog)
    assert found.dau == 10000


def test_files_that_are_no_request_say_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, catalog: Catalog
) -> None:
    """A missing file, a folder, another kind of file, and an .xlsx that is none."""
    monkeypatch.chdir(tmp_path)
    Path("folder.toml").mkdir()
    Path("note.txt").write_text("dau = 1")
    Path("broken.xlsx").write_text("no zip")
    for name, message in {
        "missing.toml": "missing.toml: no such file",
        "folder.toml": "folder.toml: a folder; give one of its files",
        "note.txt": "note.txt: a request is a .toml, .json, .csv or .xlsx file",
        "broken.xlsx": "broken.xlsx: not a readable .xlsx workbook",
    }.items():
        with pytest.raises(RequestError) as caught:
            load_requests(Path(name), catalog)
        assert str(caught.value).startswith(message)
        assert "\n" not in str(caught.value)


def test_a_customer_that_begins_with_an_equals_sign_stays_text(load: Callable[..., QuoteRequest]) -> None:
    """A name is never a formula here; the writer stores it as text."""
    assert load("r.toml", "customer = '=HYPERLINK(1)'").customer == "=HYPERLINK(1)"


def test_requests_of_one_file_have_names_unlike_each_other(tmp_path: Path, catalog: Catalog) -> None:
    """By customer, safe for a file, numbered where letters alone would clash; without a customer by row."""
    path = tmp_path / "q.json"
    customers = ["ACME", "acme", "acme-2", "a/b: c?", "", "NUL", "../..", "x" * 90]
    path.write_text(json.dumps([{"customer": customer, "dau": 1} for customer in customers]))
    names = [name for name, _ in load_requests(path, catalog)]
    assert names == ["ACME", "acme-2", "acme-2-2", "a_b_ c_", "q-5", "NUL_", "_", "x" * 50]


@given(st.lists(st.text(max_size=70), max_size=6))
def test_file_names_are_safe_whatever_the_customer(customers: list[str]) -> None:
    """No separator, no sign that a system forbids, no hidden file, no two alike."""
    taken: set[str] = set()
    names = [unlike(file_name(customer) or "quote", taken) for customer in customers]
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert not set(name) & set('<>:"/\\|?*\0\n')
        assert name == name.strip(" .")
        assert 0 < len(name.encode()) < 240


_VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(["A100", "H100", "light", "Qwen-Plus", "671B", "DeepSeek", "full", "pue=9"]),
    st.dates(),
    st.lists(st.text(max_size=5), max_size=3),
    st.dictionaries(st.sampled_from(["pue", "profile", "full", "x"]), st.floats(), max_size=2),
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from([*QuoteRequest.model_fields, "other"]), _VALUES, max_size=4))
def test_whatever_is_given_is_a_request_or_one_line(values: Mapping[str, object]) -> None:
    """No other error gets out, and the message begins with the place."""
    lines = ["f.toml: row 2: fine"]
    try:
        make_request(built_in(), values, "f.toml: row 2")
    except RequestFaultsError as error:
        lines = [*str(error).splitlines(), *error.lines("zh")]
    assert all(line.startswith("f.toml: row 2: ") and len(line.splitlines()) == 1 for line in lines)


def test_a_request_cannot_be_changed_or_take_another_key(catalog: Catalog) -> None:
    """The class is frozen and closed."""
    request = scenario_request(catalog, "A")
    with pytest.raises(ValidationError, match="frozen"):
        request.dau = 2
    with pytest.raises(ValidationError, match="Extra inputs"):
        QuoteRequest(**request.model_dump(), other=1)


def test_the_examples_load(catalog: Catalog) -> None:
    """Every example is a request, in both languages."""
    files = sorted(path for path in EXAMPLES.iterdir() if path.suffix in {".toml", ".json", ".csv"})
    found = [request for path in files for _, request in load_requests(path, catalog)]
    assert len(files) >= 2
    assert {request.lang for request in found} == {"zh", "en"}


def test_hardware_is_picked_with_the_request_s_own_assumptions(catalog: Catalog) -> None:
    """The quote rents what LLM_PLAN answers for requests_per_user_day, and so does the hand.

    200,000 users write 6,000 tokens a day, at peak 4 times the mean: 200,000 × 6,000 / 86,400 × 4 = 55,556 tokens/s,
    of which a copy on 8 GPUs may take 70 % of what it delivers with one prompt of 15,000 tokens, or fifteen of 1,000.
    """
    picked = []
    for requests in (1, 15):
        values = {
            "dau": 200_000,
            "input_tokens": 15_000,
            "output_tokens": 6_000,
            "model": "DeepSeek-V3",
            "assumptions": {"requests_per_user_day": requests},
        }
        request = make_request(catalog, values, "test")
        count, _, gpu = request.rent[0].partition("×")
        given = f"requests_per_user_day={requests}"
        table = xlmodel.call("LLM_PLAN", "DeepSeek-V3", 200_000, None, gpu, 15_000, 6_000, given)
        copy = ("DeepSeek-V3", "fp8", f"8×{gpu}", 15_000 / requests, 6_000 / requests)
        copy_tokens_per_s = xlmodel.call("LLM_THROUGHPUT", *copy)
        assert isinstance(table, list)
        assert isinstance(copy_tokens_per_s, float)
        copies = math.ceil(200_000 * 6_000 / 86_400 * 4 / (0.7 * copy_tokens_per_s))
        assert dict(zip(*table, strict=True))["gpus"] == int(count) == 8 * copies
        assert request.own == request.rent
        picked.append(int(count))
    assert picked[0] > 2 * picked[1]
