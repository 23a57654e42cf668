"""`xlmodel mcp`: the functions served to other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.commands.catalog_folder import checked_catalog
from xlmodel.errors import WorkbookError
from xlmodel.functions.open_library import open_library

if TYPE_CHECKING:
    from pathlib import Path


def run_mcp(catalog: Path | None) -> int:
    """Serve an assistant over standard input and output, until it closes them.

    Args:
        catalog: a catalog folder; None: the built-in catalog.

    Raises:
        CatalogError: a catalog folder with a finding.
        WorkbookError: the SDK is not installed.
    """
    try:
        from xlmodel.hosts.mcp_server import serve_stdio  # noqa: PLC0415 - an extra, for this command only
    except ModuleNotFoundError as error:
        raise WorkbookError(f"{error.name} is not installed; pip install 'xlmodel[mcp]'") from None
    serve_stdio(open_library(checked_catalog(catalog)))
    return 0
