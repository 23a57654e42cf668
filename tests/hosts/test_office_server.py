"""The server for Excel's JavaScript: asked over HTTPS, by its own client in Node and in Chromium."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.hosts.cases import CASES, IDS
from tests.hosts.test_conformance import truth
from tests.hosts.test_lite import close
from workbook.cli import main
from xlmodel.errors import CellError
from xlmodel.functions import FUNCTIONS, default_library
from xlmodel.grid import ErrorCode
from xlmodel.hosts.certificate import own_certificate
from xlmodel.hosts.office_calls import Limits, answers, read_calls
from xlmodel.hosts.office_server import Settings, make_server
from xlmodel.hosts.written_out import written_out

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
HOST = "127.0.0.1"
JSON_TYPE = {"Content-Type": "application/json"}
ONE = {"calls": [{"name": "LLM_API_COST", "args": ["Qwen-Plus", 10000]}]}
TOKEN = "abcdefghijklmnop1234"  # noqa: S105 - of the test's server
# by hand: 10,000 × 30 × (800 × 0.8 + 400 × 2) / 1,000,000 CNY a month
COST = 432


class Served:
    """A server that runs, and how to ask it."""

    def __init__(self, port: int, certificate: Path) -> None:
        """Trust its certificate."""
        self.port, self.certificate = port, certificate
        self.trust = ssl.create_default_context(cafile=certificate)

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Send one request."""
        with self.connection() as connection:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return response.status, response.read()

    @contextmanager
    def connection(self) -> Iterator[http.client.HTTPSConnection]:
        """Give a connection, and close it."""
        made = http.client.HTTPSConnection(HOST, self.port, context=self.trust, timeout=20)
        try:
            yield made
        finally:
            made.close()

    def call(self, request: object, headers: dict[str, str] | None = None) -> tuple[int, Any]:
        """Send calls; give the status and the answers, or the text of the refusal."""
        body = json.dumps(request).encode()
        status, found = self.ask("POST", "/call", body, JSON_TYPE | (headers or {}))
        return status, json.loads(found)["answers"] if status == 200 else found.decode()


@contextmanager
def served(folder: Path, library: Any = None, **changes: Any) -> Iterator[Served]:
    """Run a server in a thread."""
    certificate, key = own_certificate(folder, [HOST, "localhost"])
    names = frozenset({HOST, "localhost"})
    settings = Settings(certificate, key, **{"token": None, "hosts": names} | changes)
    with socket.create_server((HOST, 0)) as listening:
        server = make_server(library or default_library(), settings)
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        yield Served(listening.getsockname()[1], certificate)
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of the certificate."""
    return tmp_path_factory.mktemp("certificate")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Served]:
    """Give a server on loopback that answers after each hundredth of a second, so that clients must ask again."""
    with served(folder, limits=Limits(work_seconds=0.01)) as made:
        yield made


@pytest.fixture(scope="module")
def strict(folder: Path) -> Iterator[Served]:
    """Give a server with small limits."""
    limits = Limits(body_bytes=2000, calls=3, cells=6, read_seconds=0.3, work_seconds=0)
    with served(folder, limits=limits) as made:
        yield made


def test_answers(server: Served) -> None:
    """A value, a table, an error with its message; the name in any case; an unknown function."""
    table = {"name": "llm_fits", "args": ["Llama-3.1-70B", "fp16", [["2×A100 80GB"]]]}
    wrong = {"name": "LLM_PRICE", "args": ["H900", "purchase"]}
    status, found = server.call({"calls": [*ONE["calls"], table, wrong, {"name": "SUM", "args": []}]})
    assert status == 200
    while len(found) < 4:
        status, more = server.call(
            {"calls": [*ONE["calls"], table, wrong, {"name": "SUM", "args": []}][len(found) :]}
        )
        found += more
    assert found[0] == {"value": COST}
    assert found[1] == {"value": True}
    assert found[2]["error"] == "#N/A"
    assert "H900" in found[2]["message"]
    assert found[3]["error"] == "#NAME?"


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b"{}", b'{"calls": 1}', b'{"calls": [1]}', b'{"calls": [{"name": "LLM_TCO"}]}',
        b'{"calls": [{"name": 1, "args": []}]}', b'{"calls": [{"name": "LLM_TCO", "args": [{}]}]}',
        b'{"calls": [{"name": "LLM_TCO", "args": [[]]}]}', b'{"calls": [{"name": "LLM_TCO", "args": [[[]]]}]}',
        b'{"calls": [{"name": "LLM_TCO", "args": [[[1], [1, 2]]]}]}', b'{"calls": [{"name": "LLM_TCO", "args": [[1]]}]}',
        b'{"calls": [{"name": "LLM_TCO", "args": [NaN]}]}', b"[" * 1900, b"\xff\xfe\x00", b'"\xed\xa0\x80"',
    ],
)  # fmt: skip
def test_malformed(strict: Served, body: bytes) -> None:
    """What is no list of calls is refused, and told what one looks like."""
    status, found = strict.ask("POST", "/call", body, JSON_TYPE)
    assert status == 400
    assert b'"name": "LLM_API_COST"' in found


def test_numbers_beyond_measure(strict: Served) -> None:
    """A number that no cell holds is an error of its cell."""
    text = '{"calls": [{"name": "LLM_API_COST", "args": ["Qwen-Plus", %s]}]}'
    for number in ("1e999", "9" * 400):
        status, found = strict.ask("POST", "/call", (text % number).encode(), JSON_TYPE)
        assert (status, json.loads(found)["answers"][0]["error"]) == (200, "#VALUE!")


def test_oversized(strict: Served) -> None:
    """Too many calls, cells or bytes are refused; a part is answered where the answer would be too long."""
    call = {"name": "LLM_CATALOG", "args": ["gpu_purchase"]}
    assert strict.call({"calls": [call] * 4}) == (413, "4 calls in a request: send at most 3")
    wide = {"name": "LLM_CATALOG", "args": [[["a"] * 7]]}
    assert strict.call({"calls": [wide]}) == (413, "7 cells in a request: send at most 6")
    status, found = strict.ask("POST", "/call", b" " * 2001, JSON_TYPE)
    assert (status, found) == (413, b"the body is longer than 2000 bytes")
    status, answered = strict.call({"calls": [call] * 3})
    assert (status, len(answered)) == (200, 1)
    patient = Limits(cells=6)
    calls = read_calls(json.dumps({"calls": [*ONE["calls"], call]}).encode(), patient)
    assert json.loads(answers(default_library(), calls, patient)) == {"answers": [{"value": COST}]}


def test_other_requests(strict: Served) -> None:
    """A form from some web page, another method, another path, another name of the server."""
    form = {"Content-Type": "text/plain"}
    assert strict.ask("POST", "/call", b"{}", form) == (415, b"send application/json")
    assert strict.ask("GET", "/call")[0] == 405
    assert strict.ask("GET", "/passwd")[0] == 404
    assert strict.ask("GET", "/", None, {"Host": "evil.example:1"}) == (
        421,
        b"this server is not evil.example:1",
    )
    assert strict.ask("GET", "/", None, {"Host": "a/b"})[0] == 400
    assert strict.ask("GET", "/", None, {"Host": "LOCALHOST"})[0] == 200


def test_slow_body(strict: Served) -> None:
    """A body that does not arrive is not waited for."""
    with strict.connection() as connection:
        connection.putrequest("POST", "/call")
        connection.putheader("Content-Type", "application/json")
        connection.putheader("Content-Length", "100")
        connection.endheaders(b"{")
        response = connection.getresponse()
        assert (response.status, response.read()) == (408, b"the body did not arrive in 0.3 seconds")


@pytest.mark.parametrize(
    "head", [b"", b"GET / HTTP/1.1\r\nHost: loc", b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\nGET"]
)
def test_slow_head(strict: Served, head: bytes) -> None:
    """A connection whose request never ends is closed, also after an answer."""
    begun = time.monotonic()
    with (
        socket.create_connection((HOST, strict.port)) as raw,
        strict.trust.wrap_socket(raw, server_hostname=HOST) as made,
    ):
        made.sendall(head)
        while made.recv(65536):
            pass
    assert time.monotonic() - begun < 5


def test_no_http(strict: Served) -> None:
    """What is not HTTP gets a refusal, and the server goes on."""
    with (
        socket.create_connection((HOST, strict.port)) as raw,
        strict.trust.wrap_socket(raw, server_hostname=HOST) as made,
    ):
        made.sendall(b"\x00\x01\x02 nonsense\r\n\r\n")
        assert made.recv(100).startswith(b"HTTP/1.1 400")
    assert strict.call(ONE) == (200, [{"value": COST}])


def test_fifty_clients(server: Served) -> None:
    """Each gets its own answers."""

    def client(number: int) -> list[float]:
        costs: list[float] = []
        while len(costs) < 20:
            calls = [
                {"name": "LLM_API_COST", "args": ["Qwen-Plus", number * 1000 + place]}
                for place in range(len(costs), 20)
            ]
            status, found = server.call({"calls": calls})
            assert status == 200
            costs += [each["value"] for each in found]
        return costs

    with ThreadPoolExecutor(50) as pool:
        for number, costs in enumerate(pool.map(client, range(50))):
            assert costs == [pytest.approx(COST * (number * 1000 + place) / 10000) for place in range(20)]


class Slow:
    """A library whose functions take half a second."""

    def call(self, _name: str, *_given: object) -> float:
        """Wait."""
        time.sleep(0.5)
        return 1.0


def test_busy(folder: Path) -> None:
    """Who would wait too long is told so; the others are answered."""
    limits = Limits(answer_seconds=0.1)
    with served(folder, Slow(), limits=limits) as made, ThreadPoolExecutor(2) as pool:
        found = sorted(pool.map(lambda _: made.call(ONE), range(2)), key=lambda each: each[0])
    assert found == [(200, [{"value": 1}]), (503, "too many requests wait: ask again later")]


def test_the_client_asks_again_when_busy(folder: Path, tmp_path: Path) -> None:
    """Excel's JavaScript waits a moment, and its cell gets the answer."""
    limits = Limits(answer_seconds=0.1)
    with served(folder, Slow(), limits=limits) as made, ThreadPoolExecutor(1) as pool:
        first = pool.submit(made.call, ONE)
        time.sleep(0.1)
        found = in_node(made, tmp_path, [("LLM_CHECKLIST", [])])
        assert first.result()[0] == 200
    assert found["answers"] == [{"value": 1}]


def test_token(folder: Path) -> None:
    """Without the token no file and no answer; with it the links carry it."""
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    with served(folder, token=TOKEN, hosts=None) as made:
        for path in (
            "/",
            "/page.js",
            "/functions.js",
            "/functions.json",
            "/manifest.xml",
            "/addin.html",
            "/icon-32.png",
        ):
            for refused in (path, f"{path}?token=", f"{path}?token={TOKEN[:-1]}x", f"{path}?x={TOKEN}"):
                assert made.ask("GET", refused)[0] == 401
            assert made.ask("GET", path, None, bearer)[0] == 200
            assert made.ask("GET", f"{path}?token={TOKEN}", None, {"Host": "costs.example.com"})[0] == 200
        assert made.call(ONE)[0] == 401
        assert made.call(ONE, {"Authorization": "Bearer wrong"})[0] == 401
        assert made.call(ONE, bearer) == (200, [{"value": COST}])
        manifest = made.ask("GET", "/manifest.xml", None, bearer | {"Host": "costs.example.com:8443"})[
            1
        ].decode()
        assert manifest.count(f"?token={TOKEN}") == manifest.count("https://costs.example.com:8443/") == 9
        page = made.ask("GET", "/", None, bearer)[1].decode()
        assert page.count(f"?token={TOKEN}") == 4


def calls() -> list[tuple[str, list[object]]]:
    """Give the cases as Excel passes them to JavaScript: each argument, and an error as an object."""
    listed = []
    for case in CASES:
        given: list[object] = [
            {"error": str(value.code)} if isinstance(value, CellError) else value for value in case.given
        ]
        listed.append((case.name, padded(case.name, given)))
    return listed


def padded(name: str, given: list[object]) -> list[object]:
    """Add what is left out: Excel passes it as null."""
    return given + [None] * (len(written_out(FUNCTIONS[name])) - len(given))


def differences(found: dict[str, Any]) -> list[object]:
    """List the cases whose answer is not that of `xlmodel.call`."""
    wrong: list[object] = []
    for name, case, answer in zip(IDS, CASES, found["answers"], strict=True):
        expected = truth(case)
        if isinstance(expected, ErrorCode):
            same = answer.get("error") == str(expected) and bool(answer["message"])
        else:
            if isinstance(expected, list):
                expected = [["" if cell is None else cell for cell in row] for row in expected]
            same = answer == {"value": close(expected)}
        if not same:
            wrong.append((name, answer, expected))
    return wrong


def in_node(
    made: Served, folder: Path, asked: list[tuple[str, list[object]]], query: str = ""
) -> dict[str, Any]:
    """Run the add-in's JavaScript in Node."""
    if shutil.which("node") is None:
        pytest.skip("node is missing")
    (folder / "calls.json").write_text(json.dumps(asked), encoding="utf-8")
    address = f"https://{HOST}:{made.port}/functions.js{query}"
    done = subprocess.run(
        ["node", HERE / "office_node.mjs", address, folder / "calls.json"],
        env=os.environ | {"NODE_EXTRA_CA_CERTS": str(made.certificate)},
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_conformance_in_node(server: Served, tmp_path: Path) -> None:
    """Each case has the value or the error of `xlmodel.call`; all travel in a few requests."""
    found = in_node(server, tmp_path, calls())
    assert differences(found) == []
    assert found["associated"] == list(FUNCTIONS)
    assert found["requests"] < len(CASES)


def test_equal_calls_travel_once(folder: Path, tmp_path: Path) -> None:
    """Ten thousand cells, of which a hundred differ: one request, and each cell has its answer; with a token too."""
    asked: list[tuple[str, list[object]]] = [
        ("LLM_API_COST", padded("LLM_API_COST", ["Qwen-Plus", place % 100])) for place in range(10_000)
    ]
    with served(folder, token=TOKEN, hosts=None) as made:
        found = in_node(made, tmp_path, asked, f"?token={TOKEN}")
    assert [each["value"] for each in found["answers"]] == [
        pytest.approx(place % 100 * COST / 10_000) for place in range(10_000)
    ]
    assert found["requests"] == 1


def test_a_server_that_is_gone(folder: Path, tmp_path: Path) -> None:
    """Where the server refuses, the cells show an error that says so, never a value."""
    with served(folder, limits=Limits(body_bytes=10)) as made:
        found = in_node(made, tmp_path, [("LLM_CHECKLIST", [])])
    assert found["answers"] == [
        {"error": "#N/A", "message": "xlmodel server: the body is longer than 10 bytes"}
    ]


def test_in_chromium(server: Served, tmp_path: Path) -> None:
    """The add-in's page computes every case; a person tries functions on the server's page; nothing comes from elsewhere."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    puppeteer = Path(shutil.which("ooxml-validator") or "none").parent.parent / "puppeteer-core"
    if chromium is None or not puppeteer.exists():
        pytest.skip("Chromium or puppeteer-core is missing: apt install chromium, npm install puppeteer-core")
    (tmp_path / "calls.json").write_text(json.dumps(calls()), encoding="utf-8")
    done = subprocess.run(
        ["node", HERE / "office_browser.mjs", puppeteer, chromium, f"https://{HOST}:{server.port}/", tmp_path / "calls.json"],
        capture_output=True, encoding="utf-8", check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert differences(found) == []
    shown = found["shown"]
    assert shown["LLM_API_COST"]["text"] == str(COST)
    assert shown["LLM_FITS"]["text"] == "TRUE"
    assert shown["LLM_PRICE"]["kind"] == "error"
    assert shown["LLM_PRICE"]["text"].startswith("#N/A: ")
    assert shown["LLM_COMPARE"]["rows"][0][:2] == ["deployment", "what"]
    assert float(shown["LLM_TCO"]["text"]) > 0
    assert found["faults"] == []
    assert found["outside"] == ["https://appsforoffice.microsoft.com/lib/1/hosted/office.js"]


def process(home: Path, *options: str) -> tuple[subprocess.Popen[str], Served]:
    """Start the command; give the process, and how to ask it once it listens."""
    started = subprocess.Popen(
        [sys.executable, "-m", "workbook.cli", "serve", "--port", "0", *options],
        env=os.environ | {"HOME": str(home)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
    )  # fmt: skip
    assert started.stdout is not None
    certificate = Path(started.stdout.readline().partition(": ")[2].partition(" (")[0])
    address = started.stdout.readline()
    return started, Served(int(address.rpartition(":")[2].strip("/\n")), certificate)


def test_the_command(tmp_path: Path) -> None:
    """`xlmodel serve` says where it is, answers, and stops cleanly; what it is asked just before is still answered."""
    started, made = process(tmp_path)
    assert made.certificate == tmp_path / ".xlmodel/xlmodel.crt"
    assert made.call(ONE) == (200, [{"value": COST}])
    curve = {"name": "LLM_RISK", "args": [0.9, "own", "Qwen3-32B", 30000]}
    with ThreadPoolExecutor(1) as pool:
        last = pool.submit(made.call, {"calls": [curve] * 3})
        time.sleep(0.2)
        started.send_signal(signal.SIGTERM)
        assert last.result()[0] == 200
    assert started.communicate(timeout=20) == ("", "")
    assert started.returncode == 0


@pytest.mark.parametrize(
    ("token", "arguments", "message"),
    [
        (None, ["--host", "192.0.2.1"], "XLMODEL_TOKEN: beyond this machine the server asks for a token"),
        ("short", ["--host", "192.0.2.1"], "XLMODEL_TOKEN: that is no safe token"),
        ("a&b" * 10, [], "XLMODEL_TOKEN: that is no safe token"),
        (None, ["--certificate", "x.pem"], "give --certificate and --key together"),
        (None, ["--certificate", "x.pem", "--key", "x.pem"], "x.pem, x.pem: no certificate with its key in PEM"),
        (None, ["--host", "localhost", "--port", "99999"], "Invalid value for '--port'"),
        (None, ["--host", "no.such.host.invalid"], "XLMODEL_TOKEN: beyond this machine"),
        (TOKEN, ["--host", "no.such.host.invalid"], "no.such.host.invalid port 8443: cannot listen"),
    ],
)  # fmt: skip
def test_refuses_to_start(
    token: str | None, arguments: list[str], message: str, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """One clear line, exit status 2."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XLMODEL_TOKEN", raising=False)
    if token is not None:
        monkeypatch.setenv("XLMODEL_TOKEN", token)
    assert main(["serve", *arguments]) == 2
    said = capsys.readouterr().err
    assert message in said
    assert said.count("\n") == 1


def test_a_given_certificate(folder: Path, tmp_path: Path) -> None:
    """Given files are used, and nothing is written at home."""
    certificate, key = own_certificate(folder, [HOST, "localhost"])
    started = subprocess.Popen(
        [sys.executable, "-m", "workbook.cli", "serve", "--port", "0", "--certificate", certificate, "--key", key],
        env=os.environ | {"HOME": str(tmp_path)}, stdout=subprocess.PIPE, encoding="utf-8",
    )  # fmt: skip
    assert started.stdout is not None
    made = Served(int(started.stdout.readline().rpartition(":")[2].strip("/\n")), certificate)
    assert made.call(ONE) == (200, [{"value": COST}])
    started.send_signal(signal.SIGINT)
    started.communicate(timeout=20)
    assert started.returncode == 0
    assert list(tmp_path.iterdir()) == []


def test_own_certificate(tmp_path: Path) -> None:
    """It is kept, made anew for another name or when it is spoilt, and its key is the owner's alone."""
    certificate, key = own_certificate(tmp_path, [HOST])
    first = certificate.read_bytes()
    assert key.stat().st_mode & 0o777 == 0o600
    own_certificate(tmp_path, [HOST])
    assert certificate.read_bytes() == first
    own_certificate(tmp_path, [HOST, "costs.example.com"])
    second = certificate.read_bytes()
    assert second != first
    own_certificate(tmp_path, ["costs.example.com"])
    assert certificate.read_bytes() == second
    certificate.write_text("nothing", encoding="utf-8")
    own_certificate(tmp_path, [HOST])
    assert certificate.read_bytes().startswith(b"-----BEGIN CERTIFICATE-----")
