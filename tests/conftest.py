"""Settings that all tests share."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from _pytest.terminal import TerminalReporter

# the same examples in every run: a red test stays red until it is mended
settings.register_profile("xlmodel", max_examples=40, deadline=None, derandomize=True)
settings.load_profile("xlmodel")

# where every tool is installed, a skipped test is a test that nobody runs
_NO_SKIP = os.environ.get("XLMODEL_NO_SKIP") == "1"


def _skipped(config: pytest.Config) -> list[tuple[str, str]]:
    """Return the skipped tests, or files of tests, with the reasons; each once."""
    reporter: TerminalReporter | None = config.pluginmanager.get_plugin("terminalreporter")
    if not _NO_SKIP or reporter is None:
        return []
    found = {}
    for report in reporter.stats.get("skipped", []):
        place = report.longrepr
        found[report.nodeid] = str(place[2] if isinstance(place, tuple) else place)
    return sorted(found.items())


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that skipped a test, where the environment says XLMODEL_NO_SKIP=1."""
    if session.exitstatus == pytest.ExitCode.OK and _skipped(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: TerminalReporter, config: pytest.Config) -> None:
    """Name the skipped tests that fail the run."""
    found = _skipped(config)
    if found:
        terminalreporter.section("XLMODEL_NO_SKIP=1: a skipped test fails the run")
        for name, reason in found:
            terminalreporter.line(f"{name}: {reason}", red=True)
