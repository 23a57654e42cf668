"""`xlmodel quote`: from a request, or a built-in scenario, to workbooks."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workbook.commands.catalog_folder import checked_catalog
from workbook.commands.output import complain, say
from workbook.package import write_atomic
from workbook.quote.build import READER_PAGES, build_quote
from workbook.renew.same_request import earlier_quote
from workbook.request.faults import Place, RequestFaultError, RequestFaultsError, system_language
from workbook.request.files import holds_several
from workbook.request.quote_request import load_requests, make_request, parse_date, scenario_request
from xlmodel.errors import RequestError, WorkbookError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from workbook.quote.pdf import PdfPrinter
    from workbook.request.quote_request import QuoteRequest
    from xlmodel.catalog import Catalog

BAD_INPUT = 2
_FILE = Path("quote.xlsx")
_FOLDER = Path("quotes")
_BOOKS = frozenset({".xlsx", ".xlsm", ".pdf"})
FIRST_SCENARIO, CUSTOM = "A", "custom"


def run(
    request: Path | None,
    output: Path | None,
    *,
    scenario: str | None,
    lang: str | None,
    date: str | None,
    pdf: bool,
    lite: bool = False,
    catalog_folder: Path | None = None,
) -> int:
    """Write the quotes and print their paths.

    Args:
        request: the request file, or an earlier quote, whose request is answered anew; None: a built-in scenario.
        output: the workbook, or the folder where the file holds several requests.
        scenario: A, B or C; None: the request file, or scenario A.
        lang: zh or en, in place of the request's.
        date: ISO date, in place of the request's.
        pdf: whether each workbook is printed as PDF too, under the same name.
        lite: whether each workbook carries the functions itself, for xlwings Lite.
        catalog_folder: a catalog folder; None: the built-in catalog.

    Raises:
        CatalogError: a catalog folder with a finding.
        RequestError: the request is wrong, or stands beside a scenario.
        WorkbookError: the output cannot be written, or LibreOffice is missing or fails.
    """
    if request is not None and scenario is not None:
        raise RequestError("a request file and --scenario exclude each other; give one of them")
    change: dict[str, object] = {}
    if lang is not None:
        change["lang"] = lang
    try:
        if date is not None:
            change["date"] = parse_date(date, Place(""), "--date")
    except RequestFaultError as fault:
        raise RequestError(fault.text(lang or system_language())) from None
    catalog = checked_catalog(catalog_folder)
    finish = _lite_finish(catalog_folder) if lite else bytes
    with _printer(pdf) as printer:
        writer = _Writer(printer, finish)
        if request is None:
            key = (scenario or FIRST_SCENARIO).strip().upper()
            made = scenario_request(catalog, key).model_copy(update=change)
            paths = _write_one(made, catalog, output or _FILE, writer, key)
        else:
            try:
                found, several = _requests(request, catalog)
            except RequestFaultsError as faults:
                for line in faults.lines(lang):
                    complain(line)
                return BAD_INPUT
            loaded = [(name, each.model_copy(update=change)) for name, each in found]
            if several:
                paths = _write_several(loaded, catalog, output or _FOLDER, writer)
            else:
                paths = _write_one(loaded[0][1], catalog, output or _FILE, writer)
    say("\n".join(map(str, paths)))
    return 0


def _requests(path: Path, catalog: Catalog) -> tuple[list[tuple[str, QuoteRequest]], bool]:
    """Return the requests of a file, or the one that an earlier quote answers; tell whether they may be several."""
    earlier = earlier_quote(path)
    if earlier is None:
        found = load_requests(path, catalog)
        return found, len(found) > 1 or holds_several(path)
    made = make_request(catalog, earlier.values, Place(str(path)))
    for figure in earlier.corrected:
        complain(
            f"{path}: {figure} was typed by hand; the new quote has the catalog's, type it again where it holds"
        )
    return [(path.stem, made)], False


def _printer(asked: bool) -> PdfPrinter | nullcontext[None]:
    """Return the printer, found before any work is done; where none is asked for, None."""
    if not asked:
        return nullcontext()
    from workbook.quote.pdf import PdfPrinter  # noqa: PLC0415 - for this option only

    return PdfPrinter()


def _lite_finish(catalog_folder: Path | None) -> Callable[[bytes], bytes]:
    """Return what makes a workbook carry the functions for xlwings Lite."""
    from workbook.package import Package  # noqa: PLC0415 - for this option only
    from workbook.package.properties import seal  # noqa: PLC0415 - same
    from workbook.package.web_extension import XLWINGS_LITE, embed, prefix_functions  # noqa: PLC0415 - same
    from xlmodel.functions import FUNCTIONS  # noqa: PLC0415 - same
    from xlmodel.hosts.lite import FORMULA_PREFIX, lite_files  # noqa: PLC0415 - same

    code = lite_files(catalog_folder)

    def finish(data: bytes) -> bytes:
        package = Package.read(data)
        prefix_functions(package, FUNCTIONS, FORMULA_PREFIX)
        embed(package, XLWINGS_LITE, code)
        seal(package)
        return package.to_bytes(deterministic=True)

    return finish


@dataclass(frozen=True)
class _Writer:
    """Writes workbooks.

    Args:
        printer: prints each as PDF, under the same name; None: no PDF.
        finish: the last step before a workbook is written.
    """

    printer: PdfPrinter | None
    finish: Callable[[bytes], bytes]

    def write(self, path: Path, data: bytes) -> list[Path]:
        """Write a workbook, and its PDF; return the paths."""
        beside = path.with_suffix(".pdf")
        printed = None if self.printer is None else self.printer.pdf(data, str(path), pages=READER_PAGES)
        write_atomic(path, self.finish(data))
        if printed is None:
            return [path]
        write_atomic(beside, printed)
        return [path, beside]


def _write_one(
    request: QuoteRequest, catalog: Catalog, path: Path, writer: _Writer, scenario: str = CUSTOM
) -> list[Path]:
    if path.suffix.casefold() != ".xlsx":
        raise WorkbookError(f"{path}: a quote is an .xlsx file; give a name that ends in .xlsx")
    return writer.write(path, build_quote(request, catalog, scenario))


def _write_several(
    requests: list[tuple[str, QuoteRequest]], catalog: Catalog, folder: Path, writer: _Writer
) -> list[Path]:
    if folder.suffix.casefold() in _BOOKS:
        raise RequestError(f"{folder}: names one file, and here are {len(requests)} quotes; give -o a folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        what = "a file stands there" if isinstance(error, FileExistsError) else error.strerror or str(error)
        raise WorkbookError(
            f"{folder}: no folder for {len(requests)} quotes ({what}); give -o a folder"
        ) from None
    paths = []
    for name, request in _tracked(requests):
        paths += writer.write(folder / f"{name}.xlsx", build_quote(request, catalog, CUSTOM))
    return paths


def _tracked(requests: list[tuple[str, QuoteRequest]]) -> Iterable[tuple[str, QuoteRequest]]:
    """Go through the requests, with a progress bar on a terminal."""
    from rich.console import Console  # noqa: PLC0415 - for several quotes only
    from rich.progress import track  # noqa: PLC0415 - same

    console = Console(stderr=True)
    return track(requests, "quotes", console=console, transient=True, disable=not console.is_terminal)
