"""The server for Excel's JavaScript: 10,000 cells in one recalculation beside `xlmodel.call`, and 50 clients at once.

Run from the project's root, with Node: `python benchmarks/bench_server.py`.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import ssl
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import xlmodel

CELLS, CLIENTS, EACH = 10_000, 50, 1_000
NODE = Path("tests/hosts/office_node.mjs")
FUNCTIONS = {
    "LLM_API_COST": lambda dau: ["Qwen-Plus", dau, *[None] * 5],
    "LLM_TCO": lambda dau: ["rent", "2×A100 80GB", dau, *[None] * 6],
}


def client(port: int, certificate: str, number: int) -> float:
    """Ask for some cells; give the seconds until all were there."""
    begun = time.perf_counter()
    trust = ssl.create_default_context(cafile=certificate)
    connection = http.client.HTTPSConnection("127.0.0.1", port, context=trust)
    calls = [{"name": "LLM_API_COST", "args": ["Qwen-Plus", number * EACH + place]} for place in range(EACH)]
    while calls:
        connection.request(
            "POST", "/call", json.dumps({"calls": calls}), {"Content-Type": "application/json"}
        )
        calls = calls[len(json.loads(connection.getresponse().read())["answers"]) :]
    return time.perf_counter() - begun


def main() -> None:
    """Measure and print."""
    with TemporaryDirectory() as home:
        server = subprocess.Popen(
            [sys.executable, "-m", "workbook.cli", "serve", "--port", "0"],
            env=os.environ | {"HOME": home},
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        assert server.stdout is not None  # noqa: S101 - a pipe was asked for
        certificate = server.stdout.readline().partition(": ")[2].partition(" (")[0]
        address = server.stdout.readline().strip()
        port = int(address.rpartition(":")[2].strip("/"))
        for name, arguments in FUNCTIONS.items():
            listed = [[name, arguments(10_000 + place)] for place in range(CELLS)]
            calls = Path(home, "calls.json")
            calls.write_text(json.dumps(listed), encoding="utf-8")
            begun = time.perf_counter()
            plain = [xlmodel.call(name, *given) for _name, given in listed]
            alone = time.perf_counter() - begun
            found = json.loads(
                subprocess.check_output(
                    ["node", NODE, f"{address}functions.js", calls],
                    env=os.environ | {"NODE_EXTRA_CA_CERTS": certificate},
                )
            )
            assert [each["value"] for each in found["answers"]] == plain  # noqa: S101 - else the time means nothing
            print(
                f"{name}: {CELLS} cells {found['seconds']:.2f} s in {found['requests']} requests,"
                f" xlmodel.call {alone:.2f} s, ratio {found['seconds'] / alone:.1f}"
            )
        begun = time.perf_counter()
        with ThreadPoolExecutor(CLIENTS) as pool:
            waits = sorted(pool.map(lambda number: client(port, certificate, number), range(CLIENTS)))
        seconds = time.perf_counter() - begun
        print(
            f"{CLIENTS} clients, {EACH} cells each: {CLIENTS * EACH / seconds:.0f} cells a second,"
            f" a client waits {waits[CLIENTS // 2]:.2f} s (median), {waits[-1]:.2f} s (longest)"
        )
        server.send_signal(signal.SIGTERM)
        print(f"stopped with status {server.wait()}")


if __name__ == "__main__":
    main()
