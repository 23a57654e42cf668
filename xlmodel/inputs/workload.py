"""How much the model is used, as a person says it; `demand.py` makes the years of it."""

from __future__ import annotations

from typing import NamedTuple


class Workload(NamedTuple):
    """Daily users and the tokens each of them causes in a day.

    Args:
        dau: daily active users.
        input_tokens: input tokens per user and day.
        output_tokens: output tokens per user and day.
    """

    dau: float
    input_tokens: float
    output_tokens: float
