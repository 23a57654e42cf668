"""The commands `xlmodel addin …`: their arguments."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from workbook.cli_catalog import Job  # noqa: TC001 - typer reads the types of a command when it is called

addin_app = typer.Typer(help="Write the add-in files for one host (加载项).", rich_markup_mode=None)


@addin_app.command("excel")
def addin_excel_command(
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="DIR", help="Where to write [xlmodel-excel].")
    ] = None,
    install: Annotated[
        bool, typer.Option("--install", help="Put it where Excel loads add-ins, and have Excel load it.")
    ] = False,
    uninstall: Annotated[bool, typer.Option("--uninstall", help="Take it out of Excel again.")] = False,
) -> Job:
    """Write the add-in for Excel on Windows, with its guide, or install it (Excel 加载项)."""
    from workbook.commands.addin import run_excel, run_install, run_uninstall  # noqa: PLC0415

    if install + uninstall + (output is not None) > 1:
        raise typer.BadParameter("give one of -o, --install and --uninstall")
    if install:
        return partial(run_install)
    return partial(run_uninstall) if uninstall else partial(run_excel, output or Path("xlmodel-excel"))


@addin_app.command("calc")
def addin_calc_command(
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="DIR", help="Where to write [xlmodel-calc].")
    ] = Path("xlmodel-calc"),
) -> Job:
    """Write the extension for LibreOffice Calc (LibreOffice 扩展)."""
    from workbook.commands.addin import run_calc  # noqa: PLC0415

    return partial(run_calc, output)


@addin_app.command("lite")
def addin_lite_command(
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="DIR", help="Where to write [xlmodel-lite].")
    ] = Path("xlmodel-lite"),
) -> Job:
    """Write the code for xlwings Lite, in Excel on Windows, Mac and the web (xlwings Lite 代码)."""
    from workbook.commands.addin import run_lite  # noqa: PLC0415

    return partial(run_lite, output)


@addin_app.command("doctor")
def addin_doctor_command() -> Job:
    """Tell what the functions in Excel need and this machine lacks (检查环境)."""
    from workbook.commands.addin import run_doctor  # noqa: PLC0415

    return partial(run_doctor)
