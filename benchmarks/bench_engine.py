"""Functions called per second through the headless engine, beside a callback that returns a constant.

Run: python benchmarks/bench_engine.py [cells]
"""

from __future__ import annotations

import sys
from time import perf_counter
from typing import TYPE_CHECKING

import formualizer

from xlmodel.engine import compute, evaluate
from xlmodel.engine.bridge import Session
from xlmodel.functions import Library
from xlmodel.grid import Formula

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xlmodel.functions import Function, Value

CALL = 'LLM_TCO("rent","2×A100 80GB",I!$A$1,3,800,{})'


class Constant:
    """A library whose functions all return 1."""

    def __init__(self, functions: Mapping[str, Function]) -> None:
        """Keep the definitions."""
        self.functions = functions

    def call(self, name: str, *args: object) -> Value:
        """Return the constant."""
        return 1.0 if name and args else 0.0


def engine_alone(cells: int, *, parallel: bool) -> float:
    """Time the engine with a bare callback, in microseconds a cell."""
    settings = formualizer.EvaluationConfig()
    settings.enable_parallel = parallel
    workbook = formualizer.Workbook(config=formualizer.WorkbookConfig(eval_config=settings))
    workbook.register_function("LLM_TCO", lambda *_: 1.0)
    return _evaluated(workbook, cells)


def through_the_session(library: Library | Constant, cells: int) -> float:
    """Time the same cells with the callbacks that pass arguments and errors on, in microseconds a cell."""
    return _evaluated(Session(library, ["LLM_TCO"]).workbook, cells)


def _evaluated(workbook: formualizer.Workbook, cells: int) -> float:
    for sheet in ("I", "S"):
        workbook.add_sheet(sheet)
    workbook.set_value("I", 1, 1, 10000.0)
    workbook.set_formulas_batch("S", 1, 1, [["=" + CALL.format(row)] for row in range(1, cells + 1)])
    start = perf_counter()
    workbook.evaluate_all()
    return (perf_counter() - start) / cells * 1e6


def whole_workbook(library: Library | Constant, cells: int) -> float:
    """Time `compute`, with reading the formulas and collecting the values, in microseconds a cell."""
    sheet = {(row, 1): Formula(CALL.format(row)) for row in range(1, cells + 1)}
    start = perf_counter()
    computed = compute({"I": {(1, 1): 10000.0}, "S": sheet}, library)
    elapsed = perf_counter() - start
    if len(computed.values) != cells or computed.messages:
        raise SystemExit(f"not all cells computed: {computed.uncomputed or computed.messages}")
    return elapsed / cells * 1e6


def main() -> None:
    """Print microseconds and calls a second for each."""
    cells = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    library = Library()
    constant = Constant(library.functions)
    rows = {
        "engine, constant callback, two threads": engine_alone(cells, parallel=True),
        "engine, constant callback, one thread": engine_alone(cells, parallel=False),
        "session, constant function": through_the_session(constant, cells),
        "session, LLM_TCO": through_the_session(library, cells),
        "compute, constant function": whole_workbook(constant, cells),
        "compute, LLM_TCO": whole_workbook(library, cells),
    }
    start = perf_counter()
    for day in range(1, 201):
        evaluate(f'=LLM_API_COST("Qwen-Plus",{day})', library)
    rows["evaluate, one formula"] = (perf_counter() - start) / 200 * 1e6
    print(f"{cells} cells, each with its own arguments")
    for label, microseconds in rows.items():
        print(f"{label:40} {microseconds:8.1f} µs {1e6 / microseconds:10,.0f} a second")


if __name__ == "__main__":
    main()
