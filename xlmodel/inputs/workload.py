"""How much the model is used."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Workload:
    """Daily users and the tokens each of them causes in a day.

    Args:
        dau: daily active users.
        input_tokens: input tokens per user and day.
        output_tokens: output tokens per user and day.
    """

    dau: float
    input_tokens: float
    output_tokens: float

    def scaled(self, factor: float) -> Workload:
        """Return the workload with its daily users multiplied."""
        return Workload(self.dau * factor, self.input_tokens, self.output_tokens)

    def mtok_per_year(self, days_per_month: float) -> float:
        """Return million tokens, input and output, in a year of 12 months."""
        return self.dau * (self.input_tokens + self.output_tokens) * days_per_month * 12 / 1e6
