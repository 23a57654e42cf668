"""`xlmodel catalog add-model`: a row of models.csv from a Hugging Face config.json."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from workbook.commands.catalog_folder import checked_catalog, export
from workbook.commands.output import complain, say
from workbook.package import write_atomic
from xlmodel.catalog.csv_text import written
from xlmodel.catalog.hf_config import read_architecture
from xlmodel.errors import CatalogError
from xlmodel.sizing import parse_model, sizing_constants
from xlmodel.sizing.memory import weights_bytes
from xlmodel.sizing.precision import weight_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from xlmodel.catalog.hf_config import Architecture
    from xlmodel.catalog.tables import Catalog
    from xlmodel.sizing import ModelSpec

Row = dict[str, str]

_TABLE, _CHECKPOINTS, _ENCODERS = "models", "checkpoints", "encoders"
# bytes of a checkpoint beside those counted: norms and biases, and the layers that predict further tokens
_TOLERANCE, _TOLERANCE_MTP = 0.02, 0.06
# a group of weights that would take more than this, or less than its inverse, is another model
_MOST_RATIO = 2.0
_SIXTEEN_BITS = {"bf16": 2.0, "fp16": 2.0}


def run_add_model(
    config: Path, name: str, index: Path | None, folder: Path, task: str | None, *, replace: bool
) -> int:
    """Add a model to a catalog folder; a folder that does not exist is made from the built-in catalog.

    Args:
        config: the model's config.json.
        name: the model's name in the catalog.
        index: its model.safetensors.index.json, which tells the bytes of the checkpoint.
        folder: the catalog folder.
        task: what the model gives, where its config does not tell; None: as read.
        replace: whether a row of that name is replaced.

    Returns:
        0, or 1 where something in the config is not known or the checkpoint has other bytes than counted.

    Raises:
        CatalogError: a file that cannot be read, a taken name, a folder with findings.
    """
    found = _read(config)
    total_bytes = None if index is None else _total_size(index)
    if not folder.exists():
        export(folder)
    catalog = checked_catalog(folder)
    taken = catalog.names.get("open_model", name)
    if taken is not None and not (replace and taken == name):
        hint = " or pass --replace" if taken == name else ""
        raise CatalogError(f"'{name}' names {taken} in {folder}; give another --name{hint}")
    row = found.row | {
        "item": name,
        "verification": "config read; parameters counted",
        "source": config.name,
        "as_of": catalog.release_date,
        "kind": "published",
    }
    if task is not None:
        row["task"] = task
    doubts = [f"{name}: not known to the sizing, which refuses it: {what}" for what in found.unknown]
    stored = None
    if total_bytes is not None and not found.unknown:
        told, stored = _weighed(row, total_bytes, catalog)
        doubts += told
    _write(folder, catalog, _TABLE, row, ("item",))
    if found.encoder is not None:
        told_by = {key: row[key] for key in ("item", "source", "as_of", "kind")}
        encoder = {**found.encoder, **told_by, "verification": "read", "note": "image tokens not read"}
        _write(folder, catalog, _ENCODERS, encoder, ("item",))
    if stored is not None:
        _write(folder, catalog, _CHECKPOINTS, stored, ("model", "precision"))
    say(
        f"{name}: {row['total_params_b']}e9 parameters, {row['active_params_b']}e9 a token, {row['layers']} layers, "
        f"{row['attention']}, {row['native_precision']}, context {row['max_context']}"
    )
    say(folder / f"{_TABLE}.csv")
    for doubt in doubts:
        complain(doubt)
    return 1 if doubts else 0


def _read(config: Path) -> Architecture:
    try:
        return read_architecture(_json(config))
    except CatalogError as error:
        raise CatalogError(f"{config}: {error}") from None


def _json(path: Path) -> dict[str, object]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CatalogError("no such file") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise CatalogError(f"not readable as JSON: {error}") from None
    if not isinstance(data, dict):
        raise CatalogError("holds no object; give the model's config.json")
    return data


def _total_size(index: Path) -> float:
    try:
        metadata = _json(index).get("metadata")
    except CatalogError as error:
        raise CatalogError(f"{index}: {error}") from None
    size = metadata.get("total_size") if isinstance(metadata, dict) else None
    if not isinstance(size, (int, float)) or size <= 0:
        raise CatalogError(f"{index}: no metadata.total_size; give the model.safetensors.index.json")
    return float(size)


def _weighed(row: Row, total_bytes: float, catalog: Catalog) -> tuple[list[str], Row | None]:
    """Set the checkpoint's bytes beside those counted, and take them where they differ.

    Of 16-bit weights the row gets the checkpoint's parameters; of packed ones a row of checkpoints.csv gets the bytes
    of its largest group. Equation: difference = total_size / Σ parameters × bytes - 1.

    Returns:
        What to tell, and the row of checkpoints.csv.
    """
    model, precision, constants = parse_model(row), row["native_precision"], sizing_constants(catalog)
    counted = weights_bytes(model, precision, constants)
    difference = total_bytes / counted - 1
    sizes = f"checkpoint {total_bytes / 1e9:.2f}e9 bytes, counted {counted / 1e9:.2f}e9 bytes"
    row["verification"] += f"; {sizes}"
    tolerance = _TOLERANCE_MTP if "predict further tokens" in row["note"] else _TOLERANCE
    if abs(difference) <= tolerance:
        return [], None
    told = f"{row['item']}: the {sizes} ({difference:+.1%})"
    per_number = _SIXTEEN_BITS.get(precision)
    if per_number is not None:
        row["total_params_b"] = f"{total_bytes / per_number / 1e9:.2f}"
        row["verification"] += "; parameters from the checkpoint"
        return [f"{told}; the row takes the checkpoint's {row['total_params_b']}e9 parameters"], None
    stored = _stored(row, total_bytes - counted, weight_bytes(model, precision, constants), model)
    if stored is None:
        return [f"{told}; the count stands in the row: check it against the model card"], None
    return [f"{told}; {_CHECKPOINTS}.csv takes the checkpoint's bytes"], stored


def _stored(
    row: Row, excess_bytes: float, groups: tuple[float, float, float], model: ModelSpec
) -> Row | None:
    """Return the row of checkpoints.csv whose largest group takes the excess; None where it would double or halve."""
    expert, matrix, table = groups
    matrices = model.total_params - model.routed_params - model.table_params
    if model.routed_params > matrices:
        ratio = 1 + excess_bytes / (model.routed_params * expert)
        expert *= ratio
    else:
        ratio = 1 + excess_bytes / (matrices * matrix)
        matrix *= ratio
    if not 1 / _MOST_RATIO < ratio < _MOST_RATIO:
        return None
    return {
        "model": row["item"],
        "precision": row["native_precision"],
        "expert_bytes": f"{expert:.6g}" if model.is_moe else "",
        "matrix_bytes": f"{matrix:.6g}",
        "table_bytes": f"{table:g}",
        "verification": "read",
        "source": "total_size of its index",
        "as_of": row["as_of"],
        "kind": "published",
        "note": "its largest group takes what the checkpoint holds beyond the count",
    }


def _write(folder: Path, catalog: Catalog, table: str, row: Row, key: tuple[str, ...]) -> None:
    """Write a table with the new row at the end; one of the same key goes."""
    path = folder / f"{table}.csv"
    keys = [column.key for column in catalog.tables[table].columns]
    rows = [each for each in catalog.tables[table].rows if any(each[name] != row[name] for name in key)]
    text = written([keys, *([each.get(key, "") for key in keys] for each in (*rows, row))])
    write_atomic(path, text.encode())
