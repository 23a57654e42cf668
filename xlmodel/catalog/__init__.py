"""The facts: tables of prices, hardware and models, each figure with its source and date."""

from xlmodel.catalog.age import Aged, stale
from xlmodel.catalog.load import built_in, read_catalog
from xlmodel.catalog.tables import Catalog, Column, Figure, GivenFigure, Table

__all__ = [
    "Aged",
    "Catalog",
    "Column",
    "Figure",
    "GivenFigure",
    "Table",
    "built_in",
    "read_catalog",
    "stale",
]
