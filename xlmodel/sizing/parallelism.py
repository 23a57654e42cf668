"""The spread of a model as people write it: `TP8`, `8×TP1`, `2×TP4`, `TP8·PP2`, `DP8+EP8`, `TP8 EP8 DP-attention`."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from xlmodel.errors import NotAvailableError
from xlmodel.sizing.layout import Layout, tensor_is_legal

if TYPE_CHECKING:
    from xlmodel.sizing.specs import ModelSpec

_FORMS = "TP8, 8×TP1, 2×TP4, TP8·PP2, TP8+EP8 or DP8+EP8"
_SEPARATORS = re.compile(r"[\s+,;·・/&_-]")
# an expert or attention part may stand without a number: then it is as wide as the tensor part
_PART = re.compile(r"(tp|pp|dp|dep)([1-9]\d*)|(ep|dpattention|dpattn)([1-9]\d*)?")


@lru_cache(maxsize=1024)
def _parts(text: str) -> dict[str, int]:
    """Give the number of each part, 0 where none is written, and under `copies` that before a multiplication sign."""
    key = unicodedata.normalize("NFKC", text).casefold().replace("×", "x").replace("*", "x")
    key = _SEPARATORS.sub("", key).replace("dpattention", "dpattn")
    parts: dict[str, int] = {}
    if copies := re.match(r"([1-9]\d*)x", key):
        parts["copies"] = int(copies[1])
        key = key[copies.end() :]
    while key:
        part = _PART.match(key)
        name = part and (part[1] or part[3])
        if not part or not name or name in parts:
            raise NotAvailableError(f"parallelism {text!r} is not known; write it as {_FORMS}")
        parts[name] = int(part[2] or part[4] or 0)
        key = key[part.end() :]
    return parts


def _attention_ranks(parts: dict[str, int]) -> int:
    """GPUs that each run the attention of their own requests, 0 where the attention is tensor parallel."""
    if "dep" in parts:
        return parts["dep"]
    if "dpattn" in parts:
        return parts["dpattn"] or parts.get("tp", 0) or parts.get("dp", 0)
    if "ep" in parts and "tp" not in parts:
        return parts.get("dp", 0) or parts["ep"]
    return 0


def parse_parallelism(text: str, model: ModelSpec, n_gpus: int) -> Layout:
    """Give the layout that a text states for a model on exactly `n_gpus` GPUs.

    A text without a number of copies is repeated where it divides the GPUs: `TP1` on eight is `8×TP1`. `DP2 TP4` is
    two copies, unless experts are spread over all.

    Raises:
        NotAvailableError: a text that is no spread, one that the model cannot take, or that leaves GPUs over.
    """
    parts = _parts(text)
    tensor, stages, ranks = parts.get("tp", 1), parts.get("pp", 1), _attention_ranks(parts)
    width = ranks or tensor
    copies = parts.get("copies", 0)
    if "dp" in parts and not ranks:
        copies = (copies or 1) * parts["dp"]
    stated = {parts.get(name, 0) for name in (("tp", "ep", "dp") if ranks else ("ep",))}
    if not parts.keys() - {"copies"} or not stated <= {0, 1, width}:
        raise NotAvailableError(f"parallelism {text!r} is not estimated; write it as {_FORMS}")
    whole = width > 1 and (parts.get("ep", 1) != 1 or "dep" in parts)
    if (whole or ranks) and model.experts < width:
        raise NotAvailableError(f"{model.name} has no {width} experts to spread as {text!r} says")
    if stages > model.layers or not (ranks or tensor_is_legal(model, tensor)):
        raise NotAvailableError(
            f"the heads or layers of {model.name} do not divide as {text!r} says; take a smaller number"
        )
    layout = Layout(tensor, stages, whole_experts=whole)
    if ranks > 1:
        layout = Layout(1, stages, ranks, sliced_experts=not whole)
    found = layout._replace(replicas=copies or max(1, n_gpus // layout.group_gpus))
    if found.gpus != n_gpus:
        raise NotAvailableError(f"{text!r} takes {found.gpus} GPUs, not {n_gpus}; give as many as it says")
    return found
