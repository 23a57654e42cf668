"""Regeneration: new prices in an edited quote, and nothing else touched."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import openpyxl
import pytest

from workbook.build import build_quote
from workbook.package import CellValue, ErrorValue, Package, defined_names, read_cells
from workbook.package.finishing import CALC_ID
from workbook.regenerate import regenerate
from workbook.request import scenario_request
from xlmodel.catalog import built_in, read_catalog
from xlmodel.errors import WorkbookError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    MakeCatalog = Callable[..., Path]
    WithCells = Callable[[bytes, dict[str, dict[str, CellValue]]], bytes]
    FindPlace = Callable[[bytes, str, str, str], str]

API, RENT, OWN = "API Qwen-Plus", "Rent 1×A100 80GB", "Own light"
RENTAL = "GPU rental prices"
CELL = r'<c r="{}"[ >/].*?(?:</c>|(?<=/)>)'


def cells(data: bytes, sheet: str) -> dict[str, CellValue]:
    """Return what the cells of a sheet show."""
    return {address: cell.value for address, cell in read_cells(Package.read(data), sheet).items()}


def totals(data: bytes) -> dict[str, tuple[CellValue, CellValue]]:
    """Return published and full total of each option, as the cover shows them."""
    shown = cells(data, "Cover")
    top = next(int(address[1:]) for address, value in shown.items() if value == "Option")
    assert (shown[f"C{top}"], shown[f"D{top}"]) == ("Published", "Full")
    return {
        str(shown[f"A{row}"]): (shown[f"C{row}"], shown[f"D{row}"])
        for row in range(top + 1, top + 5)
    }


def chart_points(data: bytes) -> dict[str, list[str]]:
    """Return the points that each chart carries."""
    parts = Package.read(data).parts
    return {
        name: re.findall(rb"<(?:\w+:)?v>(.*?)</", part)
        for name, part in parts.items()
        if name.startswith("xl/charts/chart")
    }  # type: ignore[return-value]


def test_doubled_prices_reach_every_total(edited: bytes, doubled: Path) -> None:
    """By hand, 20,000 users for 36 months: API 960 × 1.6 … and rent 13,000 a month; owning does not move."""
    new = totals(regenerate(edited, read_catalog(doubled)).data)
    # 480 Mtok in at 1.6 and 240 Mtok out at 2 a month
    assert new[API] == pytest.approx(((480 * 1.6 + 240 * 2) * 36, (480 * 1.6 + 240 * 2) * 36 + 150_000))
    # one engineer at 200,000 a year, and first-year one-offs of 20 + 35 + 15 + 7.5 万
    assert new[RENT] == pytest.approx((13_000 * 36, 13_000 * 36 + 3 * 200_000 + 775_000))
    assert new[OWN] == totals(edited)[OWN]
    assert cells(regenerate(edited, read_catalog(doubled)).data, "我的备注")["B2"] == 2 * 13_000 * 36
