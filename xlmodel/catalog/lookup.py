"""Names as people write them: one normal form, exact aliases, and the nearest names for a miss."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache

from xlmodel.errors import BadValueError, NotAvailableError

_DROPPED = re.compile(r"[\s\-‐‑–—_~～]+")
_GIGABYTES = re.compile(r"(?<=\d)gi?b")
_TIMES = re.compile(r"[×✕✖*]")
_CONFIG = re.compile(r"^\s*(\d+)\s*(?:[xX×✕✖*]|卡)\s*(\S.*)$")
_NEGATIVE_OR_PART = re.compile(r"^\s*([-−]\s*\d+(?:\.\d+)?|\d+\.\d+)\s*(?:[xX×✕✖*]|卡)")
_NEAREST = 3
# between an item and a provider of it
OF_PROVIDER = " @"


@lru_cache(maxsize=8192)
def normalise(name: str) -> str:
    """Return the form in which names are compared.

    Case, spaces, hyphens, underscores, full and half width do not count; `×`, `x` and `*` are one
    sign, and so are `G` and `GB`.
    """
    text = unicodedata.normalize("NFKC", name).casefold()
    text = _DROPPED.sub("", _TIMES.sub("x", text))
    return _GIGABYTES.sub("g", text)


@dataclass(frozen=True)
class Names:
    """Canonical names by kind, with their aliases.

    Args:
        exact: kind -> normal form -> canonical name.
        labels: kind -> canonical name -> (zh, en).
        kind_of_field: field -> the kind of item that carries it.
        providers: item -> the providers that list it, the item's own first, -> the name of its figures.
    """

    exact: dict[str, dict[str, str]] = field(default_factory=dict)
    labels: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)
    kind_of_field: dict[str, str] = field(default_factory=dict)
    providers: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)

    def items(self, kind: str) -> tuple[str, ...]:
        """Return the canonical names of a kind, in catalog order."""
        return tuple(self.labels.get(kind, {}))

    def label(self, kind: str, item: str, lang: str) -> str:
        """Return the label of an item in `zh` or `en`."""
        pair = self.labels.get(kind, {}).get(item, (item, item))
        return (pair[0] if lang == "zh" else pair[1]) or item

    def extended(self, items: list[tuple[str, str]]) -> Names:
        """Return the names with more items, given as (kind, item)."""
        if not items:
            return self
        exact = {kind: dict(forms) for kind, forms in self.exact.items()}
        labels = {kind: dict(pairs) for kind, pairs in self.labels.items()}
        for kind, item in items:
            exact.setdefault(kind, {})[normalise(item)] = item
            labels.setdefault(kind, {})[item] = (item, item)
        return Names(exact, labels, self.kind_of_field, self.providers)

    def get(self, kind: str, text: str) -> str | None:
        """Return the canonical name, or None; `item @provider` is the item as that provider lists it."""
        found = self.exact.get(kind, {}).get(normalise(text))
        if found is None and "@" in normalise(text):
            item, provider = self._split(kind, text)
            return self.providers.get((kind, item), {}).get(provider)
        return found

    def _split(self, kind: str, text: str) -> tuple[str, str]:
        """Split `item @provider` into the canonical item, or nothing, and the provider's normal form."""
        base, _, provider = unicodedata.normalize("NFKC", text).rpartition("@")
        known = self.exact.get("provider", {}).get(normalise(provider), provider)
        return self.exact.get(kind, {}).get(normalise(base), ""), normalise(known)

    def find(self, kind: str, text: str) -> str:
        """Return the canonical name of what a person wrote.

        Raises:
            NotAvailableError: unknown (the message lists the nearest names) or ambiguous (its meanings).
        """
        found = self.get(kind, text)
        if found is not None:
            return found
        what = kind.replace("_", " ")
        form = normalise(text)
        shown = " ".join(text.split())
        if "@" in form and (listed := self.providers.get((kind, self._split(kind, text)[0]))):
            known = ", ".join(listed.values())
            raise NotAvailableError(f"'{shown}': no such provider of the {what}; listed: {known}")
        meanings = self._meanings(kind, form)
        if len(meanings) > 1:
            raise NotAvailableError(f"'{shown}' is ambiguous: {what} {_either(meanings)}; write one of them")
        nearest = meanings or self._nearest(kind, form)
        hint = f"nearest: {', '.join(nearest)}" if nearest else f"known: {', '.join(self.items(kind)[:8])}"
        raise NotAvailableError(f"unknown {what} '{shown}'; {hint}")

    def _meanings(self, kind: str, form: str) -> list[str]:
        """Return what a shortened name may mean: items that begin with it word for word, else by letters."""
        by_words = [item for item in self.items(kind) if form in _first_words(item)]
        if len(by_words) > 1:
            return by_words
        table = self.exact.get(kind, {})
        return _unique(table[name] for name in table if form and name.startswith(form))

    def _nearest(self, kind: str, form: str) -> list[str]:
        from difflib import get_close_matches  # noqa: PLC0415 - only for a miss

        table = self.exact.get(kind, {})
        close = get_close_matches(form, table, n=2 * _NEAREST, cutoff=0.55)
        return _unique(table[name] for name in close)[:_NEAREST]


def base_item(item: str) -> str:
    """Return the item of `item @provider`; an item alone stays."""
    return item.partition(OF_PROVIDER)[0]


@lru_cache(maxsize=4096)
def split_config(text: str) -> tuple[int, str]:
    """Split a GPU configuration such as `8×H100 80GB` into count and GPU name; no count means 1.

    Raises:
        BadValueError: a count below 1 or not whole.
    """
    plain = unicodedata.normalize("NFKC", text)
    if _NEGATIVE_OR_PART.match(plain):
        raise BadValueError(f"gpu_config '{text}': the number of GPUs must be whole and at least 1")
    found = _CONFIG.match(plain)
    if found is None:
        return 1, text
    count = int(found.group(1))
    if count < 1:
        raise BadValueError(f"gpu_config '{text}': the number of GPUs must be at least 1")
    return count, found.group(2)


def _first_words(item: str) -> set[str]:
    words = _DROPPED.split(item)
    return {normalise("".join(words[:count])) for count in range(1, len(words))}


def _unique(names: object) -> list[str]:
    return list(dict.fromkeys(names))  # type: ignore[call-overload]  # any iterable of names


def _either(meanings: list[str]) -> str:
    shown = meanings[:6]
    more = f" (and {len(meanings) - 6} more)" if len(meanings) > 6 else ""  # noqa: PLR2004 - six names fill a line
    return f"{', '.join(shown[:-1])} or {shown[-1]}{more}"
