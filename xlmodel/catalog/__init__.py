"""The facts: tables of prices, hardware and models, each figure with its source and date."""

from xlmodel.catalog.age import Aged, stale
from xlmodel.catalog.load import built_in, read_catalog
from xlmodel.catalog.tables import Catalog, CatalogTable, Column, Figure, GivenFigure

__all__ = [
    "Aged",
    "Catalog",
    "CatalogTable",
    "Column",
    "Figure",
    "GivenFigure",
    "built_in",
    "read_catalog",
    "stale",
]
