"""The command `xlmodel`: its arguments, its exit status, and errors as one line."""

from __future__ import annotations

import io
import os
import sys
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workbook.cli_addin import addin_app
from workbook.cli_catalog import AsJson, Job, Lang, catalog_app
from xlmodel.errors import XlModelError

if TYPE_CHECKING:
    from collections.abc import Sequence

WRONG_USE, INTERRUPTED, CLOSED_PIPE = 2, 130, 141
app = typer.Typer(
    name="xlmodel",
    help="What a large language model costs through an API, on rented GPUs or on your own hardware. "
    "大模型成本测算：API、租赁、自建。",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.add_typer(catalog_app, name="catalog")
app.add_typer(addin_app, name="addin")
CatalogFolder = Annotated[
    Path | None,
    typer.Option("--catalog", metavar="DIR", help="A catalog folder; otherwise the built-in catalog."),
]
Limits = Annotated[
    list[str] | None,
    typer.Option(
        "--limit",
        metavar="NAME=N",
        help="Raise a limit for files that you trust, such as cells=1000000; SECURITY.md lists them.",
    ),
]


class Host(StrEnum):
    """Where a quote's functions run."""

    DESKTOP = "desktop"
    LITE = "lite"


class Currency(StrEnum):
    """Currencies of a plan's amounts."""

    CNY = "CNY"
    USD = "USD"


class Engine(StrEnum):
    """Settings of an engine."""

    DEFAULT = "default"
    TUNED = "tuned"


class SecondEngine(StrEnum):
    """Programs that give a second opinion on formulas."""

    LIBREOFFICE = "libreoffice"


def _version(asked: bool) -> None:
    if asked:
        from xlmodel import __version__  # noqa: PLC0415 - for this option only

        typer.echo(f"xlmodel {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Take the options that stand before a command."""


@app.command("eval")
def eval_command(
    formula: Annotated[
        str,
        typer.Argument(
            metavar="FORMULA",
            help='An Excel formula in quotes, such as \'=LLM_PRICE("H200","on_demand_hour")\'; it reads no cells.',
        ),
    ],
    as_json: AsJson = False,
    catalog: CatalogFolder = None,
) -> Job:
    """Compute one formula without Excel (计算公式).

    Prints the value with all its digits. An Excel error goes to stdout as its code, its message to stderr,
    and the exit status is 1.
    """
    from workbook.commands.evaluate import run  # noqa: PLC0415

    return partial(run, formula, as_json=as_json, catalog=catalog)


@app.command("quote")
def quote_command(
    request: Annotated[
        Path | None,
        typer.Argument(
            metavar="REQUEST",
            help="A .toml or .json request, a .csv or .xlsx with one quote a row, or an earlier quote to make anew. "
            "None: a scenario.",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="The workbook [quote.xlsx]; for several quotes, a folder [quotes].",
        ),
    ] = None,
    scenario: Annotated[
        str | None, typer.Option(metavar="A|B|C", help="A built-in scenario [A]. 场景")
    ] = None,
    lang: Annotated[
        Lang | None, typer.Option(help="Language of the workbook, in place of the request's.")
    ] = None,
    date: Annotated[
        str | None,
        typer.Option(metavar="YYYY-MM-DD", help="Date of the quote; otherwise the catalog's release date."),
    ] = None,
    pdf: Annotated[
        bool, typer.Option("--pdf", help="Also print each workbook as PDF beside it, through LibreOffice.")
    ] = False,
    host: Annotated[
        Host,
        typer.Option(
            "--for", help="desktop: an add-in has the functions; lite: the workbook, for xlwings Lite."
        ),
    ] = Host.DESKTOP,
    catalog: CatalogFolder = None,
) -> Job:
    """Write a quote workbook (生成报价).

    Prints the path of each file written.
    """
    from workbook.commands.quote import run  # noqa: PLC0415

    return partial(
        run,
        request,
        output,
        scenario=scenario,
        lang=lang and lang.value,
        date=date,
        pdf=pdf,
        lite=host is Host.LITE,
        catalog_folder=catalog,
    )


@app.command("check")
def check_command(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Workbooks, .xlsx or .xlsm.")],
    limit: Limits = None,
    as_json: AsJson = False,
) -> Job:
    """Check workbooks against the workbook standard (检查工作簿).

    Prints a line a finding: file, sheet!cell, rule, what. The exit status is 1 when there is any.
    """
    from workbook.commands.check import run  # noqa: PLC0415

    return partial(run, files, limits=limit or (), as_json=as_json)


@app.command("calibrate")
def calibrate_command(
    run: Annotated[
        Path,
        typer.Argument(
            metavar="RUN.json",
            help="Output of 'vllm bench serve --save-result' or 'sglang.bench_serving --output-file'.",
        ),
    ],
    gpus: Annotated[
        str, typer.Option("--gpu", metavar="CONFIG", help="The GPUs it ran on, such as '2xH100'.")
    ],
    model: Annotated[
        str | None, typer.Option(help="The model's name in the catalog; otherwise as the file names it.")
    ] = None,
    precision: Annotated[
        str | None, typer.Option(help="Format of the weights; otherwise the one the model is published in.")
    ] = None,
    engine: Annotated[
        Engine, typer.Option(help="What the machine is compared with: stock or tuned settings.")
    ] = Engine.DEFAULT,
    parallelism: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT", help="How it was spread, such as TP2 or 2xTP4; otherwise as it is best."
        ),
    ] = None,
    as_json: AsJson = False,
    catalog: CatalogFolder = None,
) -> Job:
    """Compare your benchmark with the estimate: the factor of your machine (由实测得出速度系数).

    Prints measured over estimated for throughput, TTFT and TPOT, and last the speed_factor that plans and totals
    of open models take as an assumption.
    """
    from workbook.commands.calibrate import Asked, run_calibrate  # noqa: PLC0415

    return partial(
        run_calibrate, run, Asked(gpus, model, precision, engine.value, parallelism), catalog, as_json=as_json
    )


@app.command("regenerate")
def regenerate_command(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH...",
            help="Workbooks, and folders with workbooks at any depth; also URLs such as s3://bucket/quotes.",
        ),
    ],
    output: Annotated[
        str | None,
        typer.Option("-o", "--output", metavar="DIR", help="Write the results here; otherwise in place."),
    ] = None,
    catalog: CatalogFolder = None,
    report: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="A .csv, .json or .xlsx list of the workbooks and of every changed figure and result.",
        ),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="Processes; one for one workbook, else one a processor."),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS", help="Compute on the workers of a Dask scheduler (xlmodel[cluster])."
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Compute and report, but write no workbook.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Also replace corrected figures; take an older catalog.")
    ] = False,
    partial_: Annotated[
        bool,
        typer.Option(
            "--partial", help="Keep formulas whose new values cannot be told, and what rests on them."
        ),
    ] = False,
    second_engine: Annotated[
        SecondEngine | None,
        typer.Option(
            help="A program that may compute what the engine cannot, where it gives Excel's old value."
        ),
    ] = None,
    fail_on_change: Annotated[
        bool,
        typer.Option(
            "--fail-on-change", help="Exit status 1 when the answer or a check of a quote is another one."
        ),
    ] = False,
    limit: Limits = None,
    as_json: AsJson = False,
) -> Job:
    """Compute existing workbooks again with a catalog's figures, without Excel (重新计算).

    Only what rests on a change is touched, and a workbook whose new values cannot be told stays as it was. Exit
    status 1 when formulas kept an old value (--partial), when a formula gives an error that it did not give before or
    when the checks of a quote passed before and fail now, 2 when a workbook could not be regenerated; the others are.
    """
    from workbook.commands.regenerate import run  # noqa: PLC0415

    return partial(
        run,
        paths,
        output,
        catalog=catalog,
        report=report,
        jobs=jobs,
        cluster=cluster,
        dry_run=dry_run,
        force=force,
        keep_doubted=partial_,
        second_engine=second_engine is not None,
        fail_on_change=fail_on_change,
        limits=limit or (),
        as_json=as_json,
    )


@app.command("templates")
def templates_command(
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="DIR", help="The folder [templates].")
    ] = Path("templates"),
) -> Job:
    """Build the template workbooks: quotes, a comparison, a vendor evaluation, the catalog (生成模板)."""
    from workbook.commands.templates import run  # noqa: PLC0415

    return partial(run, output)


@app.command("functions")
def functions_command(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="One function, or 'assumptions'.")
    ] = None,
    as_json: AsJson = False,
) -> Job:
    """List the Excel functions, explain one, or list the assumptions (函数与假设)."""
    from workbook.commands.functions import run  # noqa: PLC0415

    return partial(run, name, as_json=as_json)


@app.command("mcp")
def mcp_command(catalog: CatalogFolder = None) -> Job:
    """Offer the functions to an assistant as tools, over standard input and output (MCP 服务)."""
    from workbook.commands.servers import run_mcp  # noqa: PLC0415

    return partial(run_mcp, catalog)


@app.command("focus")
def focus_command(
    deployment: Annotated[str, typer.Argument(help="api, rent or own.")],
    what: Annotated[str, typer.Argument(help="An API model, a GPU configuration, a tier or an open model.")],
    start: Annotated[str, typer.Option("--start", metavar="MONTH", help="The first month, as 2027-01.")],
    dau: Annotated[float | None, typer.Option("--dau", help="Daily active users.")] = None,
    years: Annotated[int, typer.Option("--years", help="How many.")] = 3,
    input_tokens: Annotated[float | None, typer.Option("--input-tokens", help="A user and day.")] = None,
    output_tokens: Annotated[float | None, typer.Option("--output-tokens", help="A user and day.")] = None,
    assumptions: Annotated[
        str | None,
        typer.Option("--assumptions", metavar="TEXT", help='As in a cell: "full; growth_rate=0.2".'),
    ] = None,
    currency: Annotated[Currency, typer.Option("--currency", help="Of the amounts.")] = Currency.CNY,
    account: Annotated[
        str, typer.Option("--account", metavar="NAME", help="The billing account that stands for the plan.")
    ] = "plan",
    provider: Annotated[
        str | None,
        typer.Option("--provider", metavar="NAME", help="Who sells; else a word for the deployment."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="A CSV file; else standard output.")
    ] = None,
    catalog: CatalogFolder = None,
) -> Job:
    """Write the cost of a plan as FOCUS 1.2 rows, month by month, for FinOps tools (FOCUS 账单格式)."""
    from workbook.commands.focus import run  # noqa: PLC0415

    return partial(
        run,
        (deployment, what),
        (dau, years, input_tokens, output_tokens, assumptions),
        start=start,
        account=account,
        provider=provider,
        currency=currency.value,
        output=output,
        catalog=catalog,
    )


@app.command("serve")
def serve_command(
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Where to listen.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", metavar="N", min=0, max=65535, help="Its port; 0: any that is free.")
    ] = 8443,
    certificate: Annotated[
        Path | None,
        typer.Option(
            "--certificate", metavar="PEM", help="Certificate; without it the server makes its own."
        ),
    ] = None,
    key: Annotated[
        Path | None, typer.Option("--key", metavar="PEM", help="The key of the certificate.")
    ] = None,
    catalog: CatalogFolder = None,
) -> Job:
    """Serve Excel on Windows, Mac and the web over HTTPS, and a page to try the functions (Excel 网络服务)."""
    from workbook.commands.servers import run_serve  # noqa: PLC0415

    if (certificate is None) != (key is None):
        raise typer.BadParameter("give --certificate and --key together")
    files = None if certificate is None or key is None else (certificate, key)
    return partial(run_serve, host, port, files, catalog)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: what follows the command's name; None: those of the process.

    Returns:
        The exit status: 0 done, 1 findings or a failed formula, 2 wrong usage or bad input.
    """
    _speak_utf8()
    # numpy, which openpyxl loads, would begin threads that nobody uses, and a process with threads cannot be copied
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        status = _run(["--help"] if not (sys.argv[1:] if arguments is None else arguments) else arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # what is still buffered goes nowhere, or Python would complain about it when it ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLOSED_PIPE
    return status


def _run(arguments: Sequence[str] | None) -> int:
    try:
        job = typer.main.get_command(app).main(arguments, prog_name="xlmodel", standalone_mode=False)
        return job if isinstance(job, int) else job()
    except typer.TyperException as error:
        context = getattr(error, "ctx", None)
        where = context.command_path if context else "xlmodel"
        return _fail(f"{error.format_message().rstrip('.')}; see '{where} --help'")
    except XlModelError as error:
        return _fail(str(error))
    except BrokenPipeError:
        raise
    except OSError as error:
        return _fail(f"{error.filename or 'the system'}: {error.strerror or error}")
    except Exception as error:  # noqa: BLE001 - a fault of ours is one line too, with the place to look at
        from workbook.isolation import fault_text  # noqa: PLC0415 - for this case only

        return _fail(fault_text(error))


def _fail(message: str) -> int:
    from workbook.commands.output import complain  # noqa: PLC0415

    complain(message)
    return WRONG_USE


def _speak_utf8() -> None:
    """Write UTF-8 wherever the output goes: a legacy code page lacks half of our signs."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


if __name__ == "__main__":
    sys.exit(main())
