"""Specifications and constants of the catalog, read straight from its files."""

from __future__ import annotations

import csv
import re
import unicodedata
from pathlib import Path

import pytest

from xlmodel.sizing import (
    CONSTANT_TABLES,
    GpuSpec,
    ModelSpec,
    SizingConstants,
    parse_constants,
    parse_gpu,
    parse_model,
)

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "xlmodel" / "catalog" / "data"
VALIDATION = ROOT / "benchmarks" / "validation"


def read_rows(path: Path) -> list[dict[str, str]]:
    """Read a CSV file as dictionaries of text."""
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def normal(name: str) -> str:
    """Fold a name as users may write it: no case, spaces, hyphens; G for GB."""
    folded = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", name).casefold())
    return re.sub(r"(\d)gb", r"\1g", folded)


class Specs:
    """Models and GPUs by any of their names."""

    def __init__(self) -> None:
        """Read the four files."""
        self.models = {row["item"]: parse_model(row) for row in read_rows(DATA / "models.csv")}
        self.gpus = {row["item"]: parse_gpu(row) for row in read_rows(DATA / "gpus.csv")}
        self.model_names = {normal(name): name for name in self.models}
        self.gpu_names = {normal(name): name for name in self.gpus}
        self.model_aliases = read_rows(DATA / "model_aliases.csv")
        self.gpu_aliases = read_rows(DATA / "gpu_aliases.csv")
        self.model_names |= {normal(row["alias"]): row["item"] for row in self.model_aliases}
        self.gpu_names |= {normal(row["alias"]): row["item"] for row in self.gpu_aliases}

    def model(self, name: str) -> ModelSpec:
        """Find a model."""
        return self.models[self.model_names[normal(name)]]

    def gpu(self, name: str) -> GpuSpec:
        """Find a GPU."""
        return self.gpus[self.gpu_names[normal(name)]]


@pytest.fixture(scope="session")
def specs() -> Specs:
    """Give every model and GPU of the catalog."""
    return Specs()


def read_constants() -> SizingConstants:
    """Read the constants, the kernels and the checkpoints of the catalog."""
    return parse_constants(*(read_rows(DATA / f"{name}.csv") for name in CONSTANT_TABLES))


@pytest.fixture(scope="session")
def constants() -> SizingConstants:
    """Give the constants of the catalog."""
    return read_constants()


@pytest.fixture(scope="session")
def measured() -> dict[str, list[dict[str, str]]]:
    """Give the published measurements, without the rows known to be wrong."""
    names = ("throughput", "fits", "memory", "kvcache", "starts", "suspicious")
    tables = {name: read_rows(VALIDATION / f"{name}.csv") for name in names}
    wrong = {row["id"] for row in tables["suspicious"]}
    return {name: [row for row in rows if row["id"] not in wrong] for name, rows in tables.items()}
