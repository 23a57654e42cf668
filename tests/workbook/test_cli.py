"""The command line: what it prints, where, and with which exit status."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest

from workbook.cli import main
from workbook.commands import evaluate as evaluate_command
from workbook.commands.output import cell_text, json_text, table_text
from xlmodel import __version__
from xlmodel.catalog.load import DATA
from xlmodel.functions import FUNCTIONS
from xlmodel.inputs.register import register

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., tuple[int, str, str]]

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "workbook.cli"]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs the command line and returns status, stdout and stderr."""

    def ran(*arguments: str) -> tuple[int, str, str]:
        status = main(arguments)
        output = capsys.readouterr()
        return status, output.out, output.err

    return ran


def process(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command line as a process of its own."""
    return subprocess.run(
        [*COMMAND, *arguments], cwd=ROOT, env={**os.environ, **environment}, capture_output=True, check=False
    )


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        ('=LLM_TCO("rent","2×A100 80GB")', "468000"),
        ('=BREAKEVEN_MONTHS("A100 80GB")', "15.384615384615385"),
        ('=IFERROR(BREAKEVEN_MONTHS(1,1,2),"never")', "never"),
        ("=1=1", "TRUE"),
        ("=1>2", "FALSE"),
        ("=0.1+0.2", "0.30000000000000004"),
        ("=10^15", "1000000000000000"),
        ("=-2^2", "4"),
        ('="报价"&" 1"', "报价 1"),
    ],
)
def test_eval_prints_the_value_with_all_its_digits(run: Run, formula: str, shown: str) -> None:
    """Shortest text that reads back, no separators, whole numbers without a point, text as it is."""
    assert run("eval", formula) == (0, f"{shown}\n", "")


def test_eval_prints_a_table_in_columns(run: Run) -> None:
    """Numbers to the right; a Chinese sign takes two columns."""
    status, out, err = run("eval", '=LLM_CATALOG("tiers","zh","gpus_low","note")')
    assert (status, err) == (0, "")
    assert out.splitlines()[:3] == [
        "zh      gpus_low  note",
        "轻量级         1",
        "标准级         2",
    ]


def test_eval_prints_json_rows(run: Run) -> None:
    """A table as a list of rows, the header first; a value as a JSON value."""
    _, out, _ = run("eval", "--json", '=LLM_TCO_TABLE("api","Qwen-Plus",10000,1)')
    rows = json.loads(out)
    # 10,000 users × 30 days × 12 × (800 × 0.8 + 400 × 2.0) / 10⁶ yuan
    assert rows[0][:2] == ["year", "usage"]
    assert rows[1][:2] == [1, 5184]
    assert len(out.splitlines()) == len(rows) + 2
    assert run("eval", "--json", '="甲"')[1] == '"甲"\n'
    assert run("eval", "=2+3", "--json")[1] == "5\n"


def test_an_excel_error_goes_to_stdout_and_its_message_to_stderr(run: Run) -> None:
    """The code alone is the value; the status is 1."""
    status, out, err = run("eval", '=LLM_PRICE("Qwen-Pluss","input")')
    assert (status, out) == (1, "#N/A\n")
    assert err == "xlmodel: unknown api model 'Qwen-Pluss'; nearest: Qwen-Plus, Qwen3.5-Plus\n"
    assert run("eval", '=LLM_API_COST("Qwen-Plus",-5)')[:2] == (1, "#VALUE!\n")
    assert run("eval", "=1/0")[:2] == (1, "#DIV/0!\n")
    assert run("eval", "--json", "=1/0")[:2] == (1, '"#DIV/0!"\n')
    assert run("eval", "=NOSUCH(1)")[:2] == (1, "#NAME?\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("eval", "1+1"), "a formula begins with =: 1+1"),
        (("eval", "=1+"), "not a formula: =1+: "),
        (("eval", "=A1"), "a formula without a workbook reads no cells"),
        (("eval",), "Missing argument 'FORMULA'; see 'xlmodel eval --help'"),
        (("eval", "=1", "=2"), "Got unexpected extra argument"),
        (("eval", "--jso", "=1"), "No such option: --jso"),
        (("nonsense",), "No such command 'nonsense'"),
        (("catalog",), "Missing command; see 'xlmodel catalog --help'"),
        (("catalog", "show", "api_price"), "unknown table 'api_price'; nearest: api_prices"),
        (("catalog", "diff", "no-such-folder"), "no-such-folder: no such folder"),
        (("functions", "LLM_PRICES"), "unknown function 'LLM_PRICES'; nearest: LLM_PRICE"),
        (("functions", "zzz"), "unknown function 'zzz'; 'xlmodel functions' lists them"),
        (("quote", "--lang", "fr"), "Invalid value for '--lang'"),
    ],
)
def test_wrong_use_is_one_line_and_status_2(run: Run, arguments: tuple[str, ...], message: str) -> None:
    """Nothing on stdout, no box, no traceback."""
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert err.startswith(f"xlmodel: {message}")
    assert len(err.splitlines()) == 1


def test_functions_are_listed_with_help_in_both_languages(run: Run) -> None:
    """Each signature stands on its own line, English and Chinese below it."""
    status, out, err = run("functions")
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert len(lines) == 3 * len(FUNCTIONS)
    at = lines.index('LLM_RENT_COST(gpu_config, [pricing="reserved"], [assumptions], [figures], [variant])')
    assert lines[at + 1].isascii()
    assert not lines[at + 2].isascii()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_shows_its_arguments_and_its_example_with_the_result(run: Run, name: str) -> None:
    """Every argument with help in both languages; the example gives a value."""
    status, out, err = run("functions", name.lower())
    assert (status, err) == (0, "")
    assert out.startswith(FUNCTIONS[name].signature())
    for argument in FUNCTIONS[name].arguments:
        assert f"  {argument.name} (" in out
        assert argument.en in out
        assert argument.zh in out
    shown = out.partition(f"  {FUNCTIONS[name].example}\n")[2]
    assert shown.strip()
    assert not shown.lstrip().startswith("#")


def test_a_function_names_the_assumptions_that_cannot_bear_on_it(run: Run) -> None:
    """The curve is cash: four of totals; a bill is an API's; both languages, and JSON."""
    cash = ["discount_rate", "residual_rate", "depreciation_years", "income_tax_rate"]
    out = run("functions", "BREAKEVEN_CURVE")[1]
    assert f"  do not bear on the answer: {', '.join(cash)}\n  不起作用：{'、'.join(cash)}\n" in out
    found = json.loads(run("functions", "BREAKEVEN_CURVE", "--json")[1])
    assert found["do_not_bear"] == cash
    assert sorted(found["bear"] + cash) == sorted(register())
    assert "  all bear on the answer\n" in run("functions", "LLM_TCO")[1]
    assert {"growth_rate", "pue"} <= set(
        json.loads(run("functions", "LLM_API_COST", "--json")[1])["do_not_bear"]
    )
    assert "Assumptions 假设" not in run("functions", "LLM_PRICE")[1]


def test_assumptions_are_listed_with_default_unit_limits_and_meaning(run: Run) -> None:
    """Every row of the register: its name, default, unit and limits, help in both languages, source."""
    status, out, err = run("functions", "assumptions")
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert len(lines) == 4 * len(register())
    at = lines.index("ops_staff (运维人数) = 0, full: 1 persons  [0 to 10000]")
    assert lines[at + 1].strip() == register()["ops_staff"].help_en
    assert lines[at + 2].strip() == register()["ops_staff"].help_zh
    assert lines[at + 3].strip().startswith("cost-3, 2026-06-01, published")
    assert "on_demand_hours_month (每月按需小时) = 24 × days_per_month h/month  [0 to 744]" in lines
    assert "framework_cost (推理框架优化) = 0, full: framework/one_off CNY  [0 to 1e+10]" in lines
    assert "engine (推理引擎设置) = default  [default, tuned]" in lines
    found = json.loads(run("functions", "Assumptions", "--json")[1])
    assert [row["key"] for row in found] == list(register())


def test_functions_are_given_as_json(run: Run) -> None:
    """All of them as a list; one as an object with the result of its example."""
    assert [each["name"] for each in json.loads(run("functions", "--json")[1])] == list(FUNCTIONS)
    found = json.loads(run("functions", "LLM_PRICE", "--json")[1])
    assert found["arguments"][0]["name"] == "item"
    assert found["example"] == '=LLM_PRICE("H200","on_demand_hour")'
    assert found["result"] == 32


def test_catalog_commands_read_and_compare(run: Run, tmp_path: Path) -> None:
    """A catalog exported, one price edited: diff prints that figure, check a broken row with status 1."""
    assert "api_prices" in run("catalog", "list")[1]
    assert json.loads(run("catalog", "show", "gpu_rental", "--json")[1])[1][0] == "A100 80GB"
    assert "轻量级" in run("catalog", "show", "自建规模", "--lang", "zh")[1]
    folder = tmp_path / "catalog"
    assert run("catalog", "export", "-o", str(folder))[:2] == (0, f"{folder}\n")
    assert run("catalog", "diff", str(folder)) == (0, "", "")
    rental = folder / "gpu_rental.csv"
    text = rental.read_text("utf-8")
    rental.write_text(text.replace(",,6500,,", ",,13000,,"), "utf-8")
    status, out, _ = run("catalog", "diff", str(folder))
    assert status == 0
    assert out.splitlines()[1].split() == [
        "A100",
        "80GB",
        "reserved_month",
        "CNY",
        "value",
        "6500",
        "13000",
        "1",
    ]
    assert (
        run("catalog", "diff", str(DATA), "--against", str(folder))[1].splitlines()[1].split()[-1] == "-0.5"
    )
    rental.write_text(text.replace(",,6500,,", ",,-1,,"), "utf-8")
    status, out, _ = run("catalog", "check", str(folder))
    assert status == 1
    assert "gpu_rental.csv:3: " in out
    status, out, err = run("catalog", "export", "-o", str(folder))
    assert (status, out) == (2, "")
    assert err == f"xlmodel: {folder}: not an empty folder; name a new one\n"


def test_the_built_in_catalog_has_no_findings(run: Run) -> None:
    """`catalog check` of what ships is silent."""
    assert run("catalog", "check") == (0, "", "")


def test_check_prints_a_line_a_finding(run: Run, tmp_path: Path) -> None:
    """A bare workbook breaks the standard: file, rule, what, and status 1; a file that is none has status 2."""
    path = tmp_path / "bare.xlsx"
    openpyxl.Workbook().save(path)
    status, out, err = run("check", str(path))
    assert (status, err) == (1, "")
    assert all(line.startswith(f"{path}: ") for line in out.splitlines())
    assert any(": S01 " in line for line in out.splitlines())
    status, out, err = run("check", str(tmp_path / "missing.xlsx"))
    assert (status, out, len(err.splitlines())) == (2, "", 1)
    assert err.startswith(f"xlmodel: {tmp_path / 'missing.xlsx'}: ")


def test_the_excel_addin_is_written_and_its_files_are_named(run: Run, tmp_path: Path) -> None:
    """Every path printed is a file; a folder that cannot be made is one line."""
    status, out, err = run("addin", "excel", "-o", str(tmp_path / "addin"))
    assert (status, err) == (0, "")
    assert {Path(line).suffix for line in out.splitlines()} >= {".xlam", ".bas"}
    assert all(Path(line).is_file() for line in out.splitlines())
    (tmp_path / "file").write_text("")
    status, out, err = run("addin", "excel", "-o", str(tmp_path / "file" / "addin"))
    assert (status, out, len(err.splitlines())) == (2, "", 1)


def test_help_and_version(run: Run) -> None:
    """Without arguments the help; every command is in it, and has its own."""
    status, out, err = run()
    assert (status, err) == (0, "")
    for command in ("eval", "quote", "check", "functions", "catalog", "addin"):
        assert f"  {command} " in out
        assert run(command, "--help")[0] == 0
    assert run("--version") == (0, f"xlmodel {__version__}\n", "")


def test_an_interruption_is_quiet(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends with 130 and says nothing."""

    def interrupted(_: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(evaluate_command, "evaluate", interrupted)
    assert run("eval", "=1") == (130, "", "")


def test_a_fault_of_ours_is_one_line_with_its_place(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """No traceback; file and line for the report."""

    def faulty(_: str) -> None:
        raise KeyError("x")

    monkeypatch.setattr(evaluate_command, "evaluate", faulty)
    status, out, err = run("eval", "=1")
    assert (status, out) == (2, "")
    assert err.startswith("xlmodel: internal error at test_cli.py:")
    assert len(err.splitlines()) == 1


def test_a_process_returns_the_status_and_writes_utf8_whatever_the_code_page() -> None:
    """A legacy code page of the console does not matter."""
    done = process("functions", "LLM_PRICE", PYTHONIOENCODING="cp1252", PYTHONUTF8="0")
    assert (done.returncode, done.stderr) == (0, b"")
    assert "示例" in done.stdout.decode("utf-8")
    failed = process("eval", '=LLM_PRICE("甲乙丙","input")', PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert (failed.returncode, failed.stdout.split()) == (1, [b"#N/A"])
    assert "甲乙丙" in failed.stderr.decode("utf-8")


def test_a_closed_pipe_is_quiet() -> None:
    """A reader that goes away leaves no message."""
    with subprocess.Popen(
        [*COMMAND, "functions"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as started:
        assert started.stdout is not None
        assert started.stderr is not None
        started.stdout.close()
        assert started.stderr.read() == b""
    assert started.returncode == 141


def test_a_formula_loads_no_workbook_library() -> None:
    """`xlmodel eval` starts fast because pandas and openpyxl wait for those who need them."""
    code = (
        "import sys; from workbook.cli import main; main(['eval', '=LLM_TCO(\"rent\",\"H100\")']);"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    value, modules = done.stdout.splitlines()
    assert value == "414000"  # 36 months at 11,500
    assert not {"pandas", "openpyxl", "xlwings", "numpy"} & set(modules.split())


def test_values_keep_their_digits() -> None:
    """Whole numbers up to 10²¹ have no exponent; others are the shortest text that reads back."""
    assert [cell_text(value) for value in (1e20, 1e21, 1e-7, -0.0, 2.5, True, None, "x")] == [
        "1" + "0" * 20,
        "1e+21",
        "1e-07",
        "0",
        "2.5",
        "TRUE",
        "",
        "x",
    ]
    assert json_text([["a", 1.0], [None, True]]) == '[\n  ["a", 1],\n  [null, true]\n]'


def test_a_table_keeps_each_row_on_its_line() -> None:
    """A line end in a cell shows as a space; a column of words and numbers stands to the left."""
    assert table_text([["k", "v"], ["a\nb", 1.0], ["c", "x"]]) == "k    v\na b  1\nc    x"
