"""What a formula has shown so far, while it is made ready for the engine token by token."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xlmodel.grid import Address, Area


@dataclass(slots=True)
class Call:
    """An open bracket while a formula is read; `left_out` stands for an argument that is not there."""

    left_out: str = ""
    blank: bool = True
    separated: bool = False


@dataclass(slots=True)
class Reading:
    """What one formula has shown so far."""

    at: Address
    variables: frozenset[str] = frozenset()
    calls: set[str] = field(default_factory=set)
    areas: list[Area] = field(default_factory=list)
    depth: int = 0
    joined: bool = False
    itself: bool = False
