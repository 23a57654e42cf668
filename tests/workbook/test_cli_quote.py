"""`xlmodel quote`: where the workbooks go, and that nothing half-written stays behind."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest

from workbook.cli import main
from workbook.commands import quote as quote_command

if TYPE_CHECKING:
    from collections.abc import Callable

    from workbook.request.quote_request import QuoteRequest

    Run = Callable[..., tuple[int, str, str]]

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs `xlmodel quote` in an empty folder; status, stdout and stderr."""
    monkeypatch.chdir(tmp_path)

    def ran(*arguments: str) -> tuple[int, str, str]:
        status = main(["quote", *arguments])
        output = capsys.readouterr()
        return status, output.out, output.err

    return ran


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[tuple[QuoteRequest, str]]:
    """Replace the builder by one that notes what it is asked for, and return the notes."""
    notes: list[tuple[QuoteRequest, str]] = []

    def build(request: QuoteRequest, _: object, scenario: str) -> bytes:
        notes.append((request, scenario))
        return b"workbook"

    monkeypatch.setattr(quote_command, "build_quote", build)
    return notes


def test_a_built_in_scenario_is_written_as_a_workbook(run: Run) -> None:
    """The default name, a file that opens, the values computed, the path printed."""
    assert run("--scenario", "b", "--lang", "en") == (0, "quote.xlsx\n", "")
    book = openpyxl.load_workbook("quote.xlsx", data_only=True)
    numbers = {cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row}
    assert 468000 in numbers  # 2×A100 80GB for 36 months at 6,500
    assert [path.name for path in Path.cwd().iterdir()] == ["quote.xlsx"]


def test_the_options_stand_before_the_request(run: Run, built: list[tuple[QuoteRequest, str]]) -> None:
    """Language and date of the command line replace those of the file; the scenario is named."""
    Path("r.toml").write_text("lang = 'zh'\ndate = 2026-01-01\ndau = 7")
    assert run("r.toml", "-o", "x.XLSX", "--lang", "en", "--date", "2026-12-31") == (0, "x.XLSX\n", "")
    assert run("--scenario", "c") == (0, "quote.xlsx\n", "")
    assert run() == (0, "quote.xlsx\n", "")
    (first, custom), (_, c), (_, a) = built
    assert (first.lang, str(first.date), first.dau, custom, c, a) == (
        "en",
        "2026-12-31",
        7,
        "custom",
        "C",
        "A",
    )


def test_a_table_of_requests_fills_a_folder(run: Run, built: list[tuple[QuoteRequest, str]]) -> None:
    """One file a row, named by customer, also where the table has one row; no progress bar in a pipe."""
    status, out, err = run(str(EXAMPLES / "quotes.csv"), "-o", "out/2026")
    assert (status, err) == (0, "")
    paths = [Path(line) for line in out.splitlines()]
    assert paths == [Path("out/2026/示例银行.xlsx"), Path("out/2026/Example Retail.xlsx")]
    assert all(path.read_bytes() == b"workbook" for path in paths)
    Path("one.csv").write_text("dau\n5\n")
    assert run("one.csv") == (0, f"{Path('quotes/one-2.xlsx')}\n", "")
    assert [request.dau for request, _ in built] == [100000, 8000, 5]


def test_a_json_list_fills_a_folder(run: Run, built: list[tuple[QuoteRequest, str]]) -> None:
    """Several quotes in one file go to a folder, the default one where none is given."""
    Path("r.json").write_text('[{"dau": 1, "customer": "=1+1"}, {"dau": 2, "customer": "=1+1"}]')
    assert run("r.json")[0] == 0
    assert sorted(path.name for path in Path("quotes").iterdir()) == ["=1+1-2.xlsx", "=1+1.xlsx"]
    assert built[0][0].customer == "=1+1"


@pytest.mark.parametrize(
    ("content", "arguments", "message"),
    [
        ("dau = 'many'", (), "r.toml: dau: the text 'many', expected a number above 0, at most 10 billion"),
        ("daus = 1", (), "r.toml: daus: unknown key; nearest: dau"),
        ("dau = ", (), "r.toml: line 1: not TOML: Invalid value"),
        (
            "dau = 1",
            ("--scenario", "A"),
            "a request file and --scenario exclude each other; give one of them",
        ),
        ("dau = 1", ("--date", "today"), "--date: the text 'today', expected a date such as 2026-06-01"),
        ("dau = 1", ("-o", "q.xls"), "q.xls: a quote is an .xlsx file; give a name that ends in .xlsx"),
        ("dau = 1", ("-o", "no/q.xlsx"), "no/q.xlsx: the folder "),
        ("dau = 1", ("-o", "r.toml/q.xlsx"), "r.toml/q.xlsx: "),
    ],
)
@pytest.mark.usefixtures("built")
def test_a_mistake_is_one_line_and_leaves_nothing(
    run: Run, content: str, arguments: tuple[str, ...], message: str
) -> None:
    """Status 2, nothing on stdout, no new file."""
    Path("r.toml").write_text(content)
    status, out, err = run("r.toml", *arguments)
    assert (status, out) == (2, "")
    assert err.startswith(f"xlmodel: {message}")
    assert len(err.splitlines()) == 1
    assert [path.name for path in Path.cwd().iterdir()] == ["r.toml"]


@pytest.mark.usefixtures("built")
def test_files_and_folders_in_the_way(run: Run) -> None:
    """A missing request, an unknown scenario, a folder where a file is meant, and the other way round."""
    assert run("r.toml") == (2, "", "xlmodel: r.toml: no such file\n")
    assert run("--scenario", "D")[2] == "xlmodel: --scenario: the text 'D', expected one of A, B, C\n"
    Path("q.xlsx").mkdir()
    assert run("-o", "q.xlsx") == (2, "", "xlmodel: q.xlsx: a folder; give a file name\n")
    Path("r.csv").write_text("dau\n5\n")
    assert run("r.csv", "-o", "r.csv") == (
        2,
        "",
        "xlmodel: r.csv: no folder for 1 quotes (a file stands there); give -o a folder\n",
    )


def test_a_row_that_is_wrong_stops_before_anything_is_written(
    run: Run, built: list[tuple[QuoteRequest, str]]
) -> None:
    """All rows are checked first."""
    Path("r.csv").write_text("dau,model\n5,7B\n6,Qwen-Pluss\n")
    assert run("r.csv", "-o", "out") == (
        2,
        "",
        "xlmodel: r.csv: row 3: model: unknown model 'Qwen-Pluss'; nearest: Qwen-Plus, Qwen3.5-Plus, Qwen3-VL-8B\n",
    )
    assert (built, Path("out").exists()) == ([], False)
