"""The functions on the catalog that a caller names: a folder, a catalog, or the built-in one."""

from __future__ import annotations

import os
from collections import deque
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

from xlmodel.catalog.tables import Catalog
from xlmodel.errors import CatalogError
from xlmodel.functions.library import Library, default_library

CatalogSource: TypeAlias = Catalog | str | os.PathLike[str] | None
_State: TypeAlias = tuple[tuple[str, int, int], ...]
_KEPT = 8
_ON_CATALOGS: deque[Library] = deque(maxlen=_KEPT)


def open_library(source: CatalogSource = None) -> Library:
    """Return the functions on a catalog; the last ones are kept, and a folder is read again when a file changed.

    Args:
        source: a catalog folder, a catalog, or None for the built-in one.

    Raises:
        CatalogError: no such folder, or a catalog that does not pass its check.
    """
    if source is None:
        return default_library()
    if isinstance(source, Catalog):
        return _on_catalog(source)
    folder = os.fspath(source) if isinstance(source, (str, os.PathLike)) else None
    if not isinstance(folder, str):
        raise CatalogError(f"catalog: a folder or a Catalog is expected, found {type(source).__name__}")
    state = _state(folder)
    return _on_folder(Path(folder).absolute(), state)  # a relative one means another folder elsewhere


def _on_catalog(catalog: Catalog) -> Library:
    for library in tuple(_ON_CATALOGS):
        if library.catalog is catalog:
            return library
    library = Library(catalog)
    _ON_CATALOGS.append(library)
    return library


def _state(folder: str) -> _State:
    """Return names, times and sizes of the folder's tables: what tells that a file changed."""
    try:
        with os.scandir(folder) as entries:
            files = [(each.name, each.stat()) for each in entries if each.name.endswith(".csv")]
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise CatalogError(
            f"catalog: {folder!r} is no folder that can be read ({why}); give a folder written by 'xlmodel catalog export'"
        ) from None
    return tuple(sorted((name, stat.st_mtime_ns, stat.st_size) for name, stat in files))


@lru_cache(maxsize=_KEPT)
def _on_folder(folder: Path, _state: _State) -> Library:
    from xlmodel.catalog.check import checked_catalog  # noqa: PLC0415 - only for a catalog that is not ours

    return Library(checked_catalog(folder))
