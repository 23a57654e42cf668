# The verbs of the project. `just` lists them; each is one plain command that also works without just.

# list the verbs
default:
    @just --list

# install with everything that the verbs below need
install:
    pip install -e ".[dev]"

# run the tests, on two processes; extra arguments go to pytest
test *arguments="-q -n 2":
    python -m pytest {{ arguments }}

# the tests with their coverage, which takes twice as long; 98 per cent of the lines is what is reached
coverage:
    python -m pytest -q -n 2 --cov=xlmodel --cov=workbook --cov-report=term:skip-covered --cov-fail-under=98

# lint, format and import contracts
lint:
    ruff check .
    ruff format --check .
    lint-imports

# write the format
format:
    ruff check --fix .
    ruff format .

# type check
types:
    mypy

# measure the speed; ratios within one run
bench:
    python benchmarks/bench_functions.py
    python benchmarks/bench_risk.py
    python benchmarks/bench_engine.py
    python benchmarks/bench_sizing.py
    python benchmarks/bench_quote.py
    python benchmarks/bench_regenerate.py

# build the quote of a built-in scenario
quote scenario="B" lang="zh" file="quote.xlsx":
    xlmodel quote --scenario {{ scenario }} --lang {{ lang }} -o {{ file }}

# rebuild the template workbooks, and hold them against the standard
templates:
    xlmodel templates -o templates
    xlmodel check templates/*.xlsx

# draw the picture of the README, which a test holds against the cover
picture:
    python benchmarks/picture.py

# score the sizing against the published measurements
calibrate:
    python benchmarks/calibrate.py

# everything that a change must pass, on a clean clone
ci:
    bash .ci/run
