"""`xlmodel regenerate`: existing workbooks with new numbers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from workbook.commands.output import complain, json_text, say, table_text
from workbook.package.limits import limits_in_force, parse_limits
from workbook.renew import batch
from workbook.renew.report_files import WORKBOOK_COLUMNS, check_report_path, workbook_row, write_report
from workbook.renew.second_engine import require_libreoffice
from workbook.renew.spread import run_spread
from workbook.renew.stored_files import find_stored, is_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from workbook.renew.batch import Outcome
    from workbook.renew.change_report import Change
    from xlmodel.grid import CellValue

FAILED_FORMULA, BAD_INPUT = 1, 2
_SHOWN = 20


def run(
    paths: Sequence[str],
    output: str | None,
    *,
    catalog: Path | None,
    report: Path | None,
    jobs: int | None,
    cluster: str | None,
    dry_run: bool,
    force: bool,
    keep_doubted: bool,
    second_engine: bool,
    fail_on_change: bool,
    limits: Sequence[str],
    as_json: bool,
) -> int:
    """Regenerate workbooks and print what changed.

    Args:
        paths: workbooks and folders, as paths or URLs.
        output: the folder for the results; None: in place.
        catalog: a catalog folder; None: the built-in catalog.
        report: a .csv, .json or .xlsx file: each workbook, then every changed figure and result.
        jobs: number of processes; None: one for one workbook, else one a processor.
        cluster: the address of a Dask scheduler whose workers compute; None: this machine does.
        dry_run: compute and report, write nothing but the report.
        force: replace figures that a person corrected.
        keep_doubted: keep formulas whose new values cannot be told, in place of refusing their workbook.
        second_engine: let LibreOffice compute them where it gives their old values.
        fail_on_change: return 1 also where the answer or a check of a quote is another one now.
        limits: settings such as `cells=1000000`.
        as_json: print a line a workbook as JSON, the header first.

    Returns:
        0; 1 where formulas kept an old value that rests on a change, a formula gives an error that it did not give
        before, or the checks of a quote passed before and fail now; 2 where a workbook was not regenerated.

    Raises:
        XlModelError: a wrong path, catalog or report name: nothing is done.
    """
    if report is not None:
        check_report_path(report)
    if second_engine:
        require_libreoffice()
    options = batch.Options(catalog, force, dry_run, keep_doubted, second_engine)
    with limits_in_force(parse_limits(limits)):
        if cluster is not None or any(map(is_url, [*paths, output or ""])):
            stored = find_stored(paths, output)
            outcomes = _tracked(run_spread(stored, options, cluster, jobs), len(stored))
        else:
            tasks = batch.find_tasks(list(map(Path, paths)), None if output is None else Path(output))
            outcomes = _tracked(batch.run(tasks, options, jobs), len(tasks))
    if report is not None:
        changes = [(str(each.source), change) for each in outcomes for change in each.changes]
        write_report(report, _rows(outcomes, dry_run=dry_run), changes)
    if as_json:
        say(json_text([WORKBOOK_COLUMNS, *_rows(outcomes, dry_run=dry_run)]))
    else:
        _print(outcomes, dry_run=dry_run, report=report)
    _complain(outcomes)
    if any(each.error for each in outcomes):
        return BAD_INPUT
    told = [each for each in outcomes if each.failed or each.stale]
    told += [each for each in outcomes if fail_on_change and _complain_anew(each)]
    return FAILED_FORMULA if told else 0


def _complain(outcomes: Sequence[Outcome]) -> None:
    """Name what was not regenerated, gives errors now, or keeps an old value."""
    for outcome in outcomes:
        if outcome.error:
            complain(outcome.error)
        for change in outcome.failed[:_SHOWN]:
            complain(f"{outcome.source}: {change.sheet}!{change.cell} is now {change.new}: {change.note}")
        if len(outcome.failed) > _SHOWN:
            complain(f"{outcome.source}: {len(outcome.failed) - _SHOWN} more formulas give errors now")
        if outcome.stale:
            cells = ", ".join(map(str, outcome.stale[:_SHOWN]))
            complain(
                f"{outcome.source}: {len(outcome.stale)} formulas keep an old value: {cells}; see the report"
            )


def _tracked(made: Iterable[Outcome], count: int) -> list[Outcome]:
    """Regenerate the workbooks, with a progress bar on a terminal."""
    from rich.console import Console  # noqa: PLC0415 - to ask for the terminal

    console = Console(stderr=True)
    if not console.is_terminal or count == 1:
        return list(made)
    from rich.progress import track  # noqa: PLC0415 - its thread would keep workers from beginning as copies

    return list(track(made, "workbooks", total=count, console=console, transient=True))


def _print(outcomes: Sequence[Outcome], *, dry_run: bool, report: Path | None) -> None:
    rows: list[list[str | float]] = [["file", "figures", "results", "kept", "state"]]
    for each in outcomes:
        counts = [each.count(what) for what in ("figure", "result", "kept")]
        rows.append([str(each.source), *counts, _state(each, dry_run=dry_run)])
    say(table_text(rows))
    for each in outcomes:
        if each.unchecked:
            say(
                f"{each.source}: {each.unchecked} formulas not checked against Excel: the file carries no values of them"
            )
    told = [(each.source, change) for each in outcomes for change in each.changes if change.what != "result"]
    for source, change in told[:_SHOWN]:
        say(f"{change.what}: {source}: {_sentence(change)}")
    if len(told) > _SHOWN:
        place = f"see {report}" if report is not None else "--report FILE lists them all"
        say(f"and {len(told) - _SHOWN} more; {place}")


def _rows(outcomes: Sequence[Outcome], *, dry_run: bool) -> list[tuple[CellValue, ...]]:
    """Return a line a workbook, by `WORKBOOK_COLUMNS`."""
    rows = []
    for each in outcomes:
        counts = {what: each.count(what) for what in ("figure", "result", "kept")}
        state = _state(each, dry_run=dry_run)
        rows.append(workbook_row(str(each.source), each.summary, counts, state, each.error))
    return rows


def _complain_anew(outcome: Outcome) -> bool:
    """Tell whether a quote decides anew, and say how."""
    summary = outcome.summary
    told = []
    if summary.answer_old != summary.answer_new:
        told.append(f"the answer was {summary.answer_old} and is {summary.answer_new}")
    if summary.turned or summary.failing_old != summary.failing_new:
        old, new = (_text(each) for each in (summary.failing_old, summary.failing_new))
        told.append(f"{summary.turned} checks turned; {old} failed and {new} fail")
    if told:
        complain(f"{outcome.source}: {'; '.join(told)}")
    return bool(told)


def _state(outcome: Outcome, *, dry_run: bool) -> str:
    if outcome.error:
        return "not regenerated"
    if not outcome.changed:
        return "unchanged"
    return "would change" if dry_run else "changed"


def _sentence(change: Change) -> str:
    place = f"{change.sheet}!{change.cell} " if change.sheet else ""
    where = f"{place}{change.label}: {_text(change.old)}"
    if change.what == "figure":
        return f"{where} -> {_text(change.new)} ({change.note})"
    says = "" if change.new is None else f", the catalog says {_text(change.new)}"
    return f"{where}{says} ({change.note})"


def _text(value: object) -> str:
    return f"{value:,.12g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
