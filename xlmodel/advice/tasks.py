"""Model size and precision for a task, with the accuracy that the documents publish."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlmodel.advice.rules import CAPABILITY, rules

if TYPE_CHECKING:
    from xlmodel.catalog.tables import Catalog, Row

# tasks for which quantisation costs next to nothing or much, by the documents' third pitfall and third question
_LITTLE_LOSS = {"structured", "classification"}
_MUCH_LOSS = {"creative"}
_MEASURED_TASK = "structured"

Rows = list[list[float | str | bool | None]]


def model_for_task(catalog: Catalog, task: str, accuracy: float | None) -> Rows:
    """Return what the rules take for a task, and the models measured on it that reach an accuracy.

    Args:
        catalog: the documents' tables.
        task: key of the answer.
        accuracy: percent that is wanted; None for any.
    """
    found: Rows = [["what", "model_size", "precision", "accuracy", "enough", "source"]]
    for rule in rules():
        if rule.nature == CAPABILITY and task in rule.when.get("task", ()) and rule.model_size:
            found.append([rule.name, rule.model_size, rule.precision, "", "", rule.source(catalog)])
    if len(found) == 1:
        default = [rule for rule in rules() if not rule.when and rule.table == "facts"]
        for rule in default:
            found.append([rule.name, rule.model_size, rule.precision, "", "", rule.source(catalog)])
    if task == _MEASURED_TASK:
        for row in catalog.tables["measured_tasks"].rows:
            reached = float(row["accuracy_percent"])
            enough = accuracy is None or reached >= accuracy
            found.append([row["open_model"], "", row["precision"], reached, enough, row["source"]])
    return found


def precision_for_task(catalog: Catalog, task: str, most_loss: float | None) -> Rows:
    """Return each precision with its published accuracy loss for a task, and whether it will do.

    Where the documents say more of a task than of precisions in general, that stands: below 2 points for structured
    tasks in 8 bits, 5 to 10 for creative ones.

    Args:
        catalog: the documents' tables.
        task: key of the answer.
        most_loss: percentage points that are accepted; None for what the documents recommend: 5.
    """
    accepted = 5.0 if most_loss is None else most_loss
    header = [
        "precision",
        "memory_ratio",
        "speed_low",
        "speed_high",
        "loss_low",
        "loss_high",
        "will_do",
        "source",
    ]
    found: Rows = [[*header]]
    for row in catalog.tables["precision_tradeoffs"].rows:
        low, high, source = _loss(catalog, row, task)
        ratios = [float(row[key]) for key in ("memory_ratio", "speed_low", "speed_high")]
        found.append([row["item"], *ratios, low, high, high <= accepted, source])
    return found


def _loss(catalog: Catalog, row: Row, task: str) -> tuple[float, float, str]:
    own = None
    if row["item"] == "INT8/FP8" and task in _LITTLE_LOSS:
        own = catalog.row("faq", "Q3 1")
    elif row["item"] == "INT8/FP8" and task in _MUCH_LOSS:
        own = catalog.row("faq", "Q3 2")
    if own is not None:
        low = float(own["low"] or 0)
        return low, float(own["high"] or own["value"]), own["source"]
    return float(row["accuracy_loss_low_percent"]), float(row["accuracy_loss_high_percent"]), row["source"]
