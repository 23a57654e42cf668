"""Specifications and constants as sizing needs them, read from a catalog's rows and kept on the catalog."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from xlmodel.errors import CatalogError, NotAvailableError
from xlmodel.sizing.specs import TASKS, parse_constants, parse_gpu, parse_model

if TYPE_CHECKING:
    from collections.abc import Callable

    from xlmodel.catalog.tables import Catalog, Row
    from xlmodel.sizing.specs import GpuSpec, ModelSpec, SizingConstants

Parsed = TypeVar("Parsed")
BITS = 8  # a byte
CONSTANT_TABLES = ("sizing_constants", "kernels", "checkpoints", "encoders")


def model_spec(catalog: Catalog, name: str) -> ModelSpec:
    """Return the architecture of an open model.

    Args:
        catalog: holds the table `models`.
        name: canonical name.

    Raises:
        NotAvailableError: no such model.
        CatalogError: a blank or wrong column.
    """
    return _kept(catalog, ("models", name), lambda: parse_model(catalog.row("models", name)))


def generating_spec(catalog: Catalog, name: str) -> ModelSpec:
    """Return the architecture of an open model that gives tokens, as speed and plans need it.

    Args:
        catalog: holds the table `models`.
        name: canonical name.

    Raises:
        NotAvailableError: no such model, or one that gives vectors or scores.
        CatalogError: a blank or wrong column.
    """
    model = model_spec(catalog, name)
    if model.task != TASKS[0]:
        given = {"embed": "vectors", "rerank": "scores"}[model.task]
        raise NotAvailableError(
            f"{name} gives {given}, no tokens: no speed or plan; LLM_VRAM, LLM_FITS and LLM_GPUS take it"
        )
    return model


def gpu_spec(catalog: Catalog, name: str) -> GpuSpec:
    """Return the specification of a GPU.

    Args:
        catalog: holds the table `gpus`.
        name: canonical name.

    Raises:
        NotAvailableError: no such GPU.
        CatalogError: a blank or wrong column.
    """
    return _kept(catalog, ("gpus", name), lambda: parse_gpu(catalog.row("gpus", name)))


def sizing_constants(catalog: Catalog, network_gbit_s: float | None = None) -> SizingConstants:
    """Return the constants of the sizing, with the kernels of cards, the formats of checkpoints and image encoders.

    Args:
        catalog: holds the tables of the sizing.
        network_gbit_s: the network between nodes, Gbit/s a port; None for the catalog's constant.

    Raises:
        CatalogError: a blank or wrong column, or a catalog without one of these tables.
    """

    def parse() -> SizingConstants:
        return parse_constants(*(_rows(catalog, name) for name in CONSTANT_TABLES))

    constants = _kept(catalog, (CONSTANT_TABLES[0], ""), parse)
    if network_gbit_s is None or network_gbit_s / BITS == constants["network_gb_s"]:
        return constants
    values = {**constants.values, "network_gb_s": network_gbit_s / BITS}
    return _kept(
        catalog, (CONSTANT_TABLES[0], f"{network_gbit_s!r}"), lambda: replace(constants, values=values)
    )


def _rows(catalog: Catalog, name: str) -> tuple[Row, ...]:
    table = catalog.tables.get(name)
    if table is None:
        raise CatalogError(
            f"the catalog has no table {name}; take {name}.csv and its columns from 'xlmodel catalog export'"
        )
    return table.rows


def _kept(catalog: Catalog, key: tuple[str, str], parse: Callable[[], Parsed]) -> Parsed:
    """Parse once a catalog: sizing keeps its results by the identity of what was parsed."""
    found: Parsed | None = catalog.parsed.get(key)
    if found is None:
        found = catalog.parsed[key] = parse()
    return found
