"""LibreOffice as a second engine: a few formulas of a workbook, every other cell standing as the file holds it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from workbook.package import Package, cells_of
from xlmodel.errors import RequestError, WorkbookError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workbook.package import CellContent

    Shown = Mapping[str, Mapping[tuple[int, int], CellContent]]

_SECONDS = 120
# A cell with a stored value then keeps it, and one without is computed.
_NEVER_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>1</value></prop></item>
</oor:items>
"""


def require_libreoffice() -> None:
    """Ask for LibreOffice.

    Raises:
        RequestError: it is not installed.
    """
    if _program() is None:
        raise RequestError(
            "--second-engine libreoffice: soffice is not on the PATH; install LibreOffice or leave it out"
        )


def computed_by_libreoffice(books: Sequence[bytes]) -> list[Shown]:
    """Compute the formulas without a stored value in some workbooks, in one run of the program.

    Args:
        books: files; what their cells store is taken as it is.

    Returns:
        The cells of each, by sheet.

    Raises:
        WorkbookError: the program is missing, fails, takes too long, or cannot read a file.
    """
    program = _program()
    if program is None:
        raise WorkbookError("soffice is not on the PATH")
    with tempfile.TemporaryDirectory(prefix="xlmodel-") as name:
        folder = Path(name)
        user = folder / "profile" / "user"
        user.mkdir(parents=True)
        (user / "registrymodifications.xcu").write_text(_NEVER_RECALCULATE, encoding="utf-8")
        sources = [folder / f"{number}.xlsx" for number in range(len(books))]
        for path, data in zip(sources, books, strict=True):
            path.write_bytes(data)
        results = folder / "computed"
        command = [program, f"-env:UserInstallation={user.parent.as_uri()}", "--headless"]
        command += ["--convert-to", "xlsx", "--outdir", str(results), *map(str, sources)]
        try:
            subprocess.run(  # noqa: S603 - the program found on the PATH, on files that are written here
                command,
                check=True,
                capture_output=True,
                timeout=_SECONDS,
                env={**os.environ, "LC_ALL": "C.UTF-8"},
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise WorkbookError(f"LibreOffice did not compute it: {error}") from None
        return [_shown(results / path.name) for path in sources]


def _program() -> str | None:
    return shutil.which("soffice") or shutil.which("libreoffice")


def _shown(path: Path) -> Shown:
    if not path.is_file():
        raise WorkbookError("LibreOffice cannot read it")
    package = Package.read(path)
    return {sheet: cells_of(package, sheet) for sheet in package.worksheets}
