"""`xlmodel focus`: the cost of a plan as FOCUS rows."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from workbook.commands.catalog_folder import checked_catalog
from workbook.commands.output import complain, say
from workbook.package import write_atomic
from xlmodel.errors import CellError, RequestError
from xlmodel.functions.open_library import open_library
from xlmodel.hosts.focus import Plan, focus_csv

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_FAILED = 1
_PROVIDERS = {"api": "API provider", "rent": "GPU rental", "own": "own data centre"}


def run(
    plan: tuple[str, str],
    given: Sequence[object],
    *,
    start: str,
    account: str,
    provider: str | None,
    currency: str,
    output: Path | None,
    catalog: Path | None,
) -> int:
    """Write or print the rows.

    Args:
        plan: deployment, and what is deployed.
        given: the further arguments of LLM_TCO_TABLE, to the assumptions.
        start: the first month, such as 2027-01.
        account: the billing account that stands for the plan.
        provider: who sells; None: a word for the deployment.
        currency: CNY or USD.
        output: the file to write; None: standard output.
        catalog: a catalog folder; None: the built-in catalog.

    Returns:
        0, or 1 where the plan has no cost.

    Raises:
        CatalogError: a catalog folder with a finding.
        RequestError: a month that is none, or a name that the format does not take.
    """
    deployment, what = plan
    month = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", start, re.ASCII)
    if month is None or int(month[1]) < dt.MINYEAR:
        raise RequestError(f"--start: '{start}' is no month; write it as 2027-01")
    seller = provider or _PROVIDERS.get(deployment, deployment)
    for name, text in (("--account", account), ("--provider", seller)):
        if not text.isascii() or not text.isprintable() or not text.strip():
            raise RequestError(f"{name}: '{text}' has signs that FOCUS does not take; use ASCII")
    first = dt.date(int(month[1]), int(month[2]), 1)
    library = open_library(checked_catalog(catalog))
    try:
        text = focus_csv(library, Plan(deployment, what, tuple(given), first, account, seller, currency))
    except CellError as error:
        complain(f"{error.code}: {error.message}")
        return _FAILED
    if output is None:
        say(text.rstrip("\n"))
    else:
        write_atomic(output, text.encode())
        say(output)
    return 0
