"""The commands `xlmodel catalog …`: their arguments."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from xlmodel.errors import XlModelError

# Commands return what is to be done, and `main` does it: what happens then is ours to report, not typer's.
# Each imports what it needs when it runs, so that a formula does not wait for the workbook writer.
Job: TypeAlias = "partial[int]"
AsJson = Annotated[
    bool, typer.Option("--json", help="Print JSON; a table as a list of rows, the header first.")
]
catalog_app = typer.Typer(
    help="Read and check the facts: prices, hardware, models (数据目录).", rich_markup_mode=None
)


class Lang(StrEnum):
    """Language of a workbook."""

    ZH = "zh"
    EN = "en"


class Task(StrEnum):
    """What a model gives."""

    GENERATE = "generate"
    EMBED = "embed"
    RERANK = "rerank"


@catalog_app.command("list")
def catalog_list_command(as_json: AsJson = False) -> Job:
    """List the tables (列出各表)."""
    from workbook.commands.catalog import run_list  # noqa: PLC0415

    return partial(run_list, as_json=as_json)


@catalog_app.command("show")
def catalog_show_command(
    table: Annotated[str, typer.Argument(metavar="TABLE", help="A table's name or title.")],
    lang: Annotated[Lang, typer.Option(help="Language of labels and texts.")] = Lang.EN,
    as_json: AsJson = False,
) -> Job:
    """Print one table (显示一张表)."""
    from workbook.commands.catalog import run_show  # noqa: PLC0415

    return partial(run_show, table, lang.value, as_json=as_json)


@catalog_app.command("check")
def catalog_check_command(
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="A catalog folder; otherwise the built-in catalog.")
    ] = None,
    as_json: AsJson = False,
) -> Job:
    """Check a catalog: a line a finding, exit status 1 when there is any (检查目录)."""
    from workbook.commands.catalog import run_check_command  # noqa: PLC0415

    return partial(run_check_command, folder, as_json=as_json)


@catalog_app.command("export")
def catalog_export_command(
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="DIR", help="A new or empty folder [catalog].")
    ] = Path("catalog"),
) -> Job:
    """Write the built-in catalog to a folder to edit (导出目录)."""
    from workbook.commands.catalog import run_export  # noqa: PLC0415

    return partial(run_export, output)


@catalog_app.command("add-model")
def catalog_add_model_command(
    config: Annotated[
        Path, typer.Argument(metavar="CONFIG.json", help="The model's config.json, as on Hugging Face.")
    ],
    name: Annotated[str, typer.Option(help="The model's name in the catalog.")],
    index: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Its model.safetensors.index.json: checks the counted bytes."),
    ] = None,
    folder: Annotated[
        Path,
        typer.Option(
            "-o", "--catalog", metavar="DIR", help="The catalog folder; made where there is none [catalog]."
        ),
    ] = Path("catalog"),
    task: Annotated[
        Task | None, typer.Option(help="What it gives: tokens, vectors or scores; as the config tells.")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Replace the row of that name.")] = False,
) -> Job:
    """Add an open model to a catalog folder from its config.json (由 config.json 添加开源模型)."""
    from workbook.commands.catalog_model import run_add_model  # noqa: PLC0415

    return partial(
        run_add_model, config, name, index, folder, None if task is None else task.value, replace=replace
    )


@catalog_app.command("diff")
def catalog_diff_command(
    folder: Annotated[Path | None, typer.Argument(metavar="DIR", help="A catalog folder.")] = None,
    old: Annotated[
        Path | None,
        typer.Option("--against", metavar="DIR", help="The folder before; otherwise the built-in catalog."),
    ] = None,
    market: Annotated[
        bool, typer.Option("--market", help="Beside the list prices of the installed package genai-prices.")
    ] = False,
    as_json: AsJson = False,
) -> Job:
    """Print the figures in which a catalog folder differs from the built-in one, or from the market (比较目录)."""
    from workbook.commands.catalog import run_diff, run_market  # noqa: PLC0415

    if market:
        from datetime import UTC, datetime  # noqa: PLC0415

        if old is not None:
            raise XlModelError("catalog diff: --market and --against are two references; give one")
        return partial(run_market, folder, datetime.now(UTC), as_json=as_json)
    return partial(run_diff, folder, old, as_json=as_json)
