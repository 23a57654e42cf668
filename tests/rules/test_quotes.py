"""The quotes that we write keep the standard, and a defect in a whole quote is found."""

from __future__ import annotations

import pytest

from workbook.package import Package, read_cells, set_constants
from workbook.quote.build import build_quote
from workbook.request.quote_request import scenario_request
from workbook.rules import check_file
from xlmodel.catalog.load import built_in


@pytest.mark.parametrize(("scenario", "lang"), [("A", "en"), ("B", "zh"), ("C", "en")])
def test_quotes_have_no_finding(scenario: str, lang: str) -> None:
    """A quote of each scenario keeps every rule."""
    data = build_quote(scenario_request(built_in(), scenario, lang), built_in(), scenario)
    assert [str(finding) for finding in check_file(data)] == []


def test_overtyped_total_in_a_quote_is_found() -> None:
    """A formula of the audit replaced by its own value is found in its cell."""
    package = Package.read(build_quote(scenario_request(built_in(), "A", "en"), built_in(), "A"))
    cells = read_cells(package, "Audit")
    address, cell = next(
        (address, cell)
        for address, cell in cells.items()
        if cell.formula is not None and isinstance(cell.value, float) and cell.value > 0
    )
    set_constants(package, {"Audit": {address: cell.value}})
    found = [finding for finding in check_file(package.to_bytes(deterministic=True)) if finding.rule == "I02"]
    assert [(finding.sheet, finding.cell) for finding in found] == [("Audit", address)]
