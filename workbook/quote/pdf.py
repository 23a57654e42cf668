"""A workbook printed as PDF by LibreOffice, with the values that it carries."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from xlmodel.errors import WorkbookError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType
    from typing import Self

TIMEOUT_S = 120
# where LibreOffice stands on a Mac and on Windows, whose installers leave the search path alone
_PLACES = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    r"C:\Program Files\LibreOffice\program\soffice.exe",
)


class PdfPrinter:
    """Prints workbooks one after another; use it in a `with` statement, which removes its temporary folder.

    LibreOffice runs with a profile of its own, so that an open window and the settings of the user neither
    get in the way nor change. Its default, never to recalculate, keeps the stored values: it lacks the
    functions of this project and would show #NAME? in their place.
    """

    def __init__(self) -> None:
        """Find LibreOffice.

        Raises:
            WorkbookError: it is not installed.
        """
        self._program = _libreoffice()
        self._folder = tempfile.TemporaryDirectory(prefix="xlmodel-pdf-", ignore_cleanup_errors=True)

    def __enter__(self) -> Self:
        """Return the printer."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Remove the temporary folder."""
        self._folder.cleanup()

    def pdf(self, workbook: bytes, name: str, timeout_s: float = TIMEOUT_S, *, pages: int = 0) -> bytes:
        """Return a workbook as PDF.

        Args:
            workbook: the .xlsx file, every formula with its value.
            name: what messages call it.
            timeout_s: seconds after which LibreOffice is stopped.
            pages: how many pages are printed, from the first on; 0 means all.

        Raises:
            WorkbookError: LibreOffice fails, gives no PDF or takes too long.
        """
        folder = Path(self._folder.name)
        source, made = folder / "quote.xlsx", folder / "quote.pdf"
        source.write_bytes(workbook)
        made.unlink(missing_ok=True)
        asked = {"PageRange": {"type": "string", "value": f"1-{pages}"}}
        only = f":{json.dumps(asked)}" if pages else ""
        command = [
            self._program,
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless",
            "--norestore",
            *("--convert-to", f"pdf:calc_pdf_Export{only}", "--outdir", str(folder), str(source)),
        ]
        said = _run(command, name, timeout_s)
        data = made.read_bytes() if made.exists() else b""
        if not data.startswith(b"%PDF"):
            raise WorkbookError(f"{name}: LibreOffice made no PDF{said}; print from Excel")
        return data


def _libreoffice() -> str:
    for name in ("soffice", "libreoffice", *_PLACES):
        program = shutil.which(name)
        if program:
            return program
    raise WorkbookError("LibreOffice not found: install it, or print from Excel")


def _run(command: Sequence[str], name: str, timeout_s: float) -> str:
    """Run LibreOffice; return what it complained of, as the end of a message."""
    process = subprocess.Popen(  # noqa: S603 - the program found above, with our own arguments
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,  # its starter leaves children behind; they end with their group
    )
    try:
        _, complaint = process.communicate(timeout=timeout_s)
    except subprocess.TimeoutExpired:
        _stop(process)
        raise WorkbookError(
            f"{name}: LibreOffice took more than {timeout_s:g} s and was stopped; print from Excel"
        ) from None
    except BaseException:
        _stop(process)
        raise
    lines = complaint.decode(errors="replace").strip().splitlines()
    return f" ({lines[-1].strip()})" if lines else ""


def _stop(process: subprocess.Popen[bytes]) -> None:
    if os.name == "posix":
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.communicate()
