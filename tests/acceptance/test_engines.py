"""Other spreadsheet engines compute a quote's native formulas to the values that the quote carries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import recalculate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FEWEST = 500


@pytest.mark.parametrize(("scenario", "lang"), [("A", "en"), ("B", "zh"), ("C", "en")])
def test_ironcalc_agrees(quote: Callable[..., bytes], scenario: str, lang: str, tmp_path: Path) -> None:
    """To 1e-9, in a copy in which the cells of our functions hold their values; the other language differs in texts alone."""
    copy = recalculate.without_functions(quote(scenario, lang))
    assert recalculate.differences(copy.native, recalculate.by_ironcalc(copy, tmp_path)) == []
    assert len(copy.native) > FEWEST


@pytest.mark.skipif(not recalculate.has_libreoffice(), reason="needs LibreOffice (soffice)")
@pytest.mark.parametrize(("scenario", "lang"), [("A", "en"), ("C", "zh")])
def test_libreoffice_agrees(quote: Callable[..., bytes], scenario: str, lang: str, tmp_path: Path) -> None:
    """The same, LibreOffice told to recalculate always."""
    copy = recalculate.without_functions(quote(scenario, lang))
    assert recalculate.differences(copy.native, recalculate.by_libreoffice(copy, tmp_path)) == []
    assert len(copy.native) > FEWEST
