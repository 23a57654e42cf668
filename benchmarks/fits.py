"""What fits, asked as a cell asks: LLM_FITS beside published reports, and the memory that start-up logs left.

    python benchmarks/fits.py

Prints the shares of right answers for what ran and what did not, by kind of report, and each wrong answer.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from xlmodel import call  # noqa: E402
from xlmodel.catalog.load import built_in  # noqa: E402

VALIDATION = ROOT / "benchmarks" / "validation"
# Cards that the sources name by their memory only.
CARDS = {"144GB GPU": "H200", "24GB GPU": "RTX 4090 24GB"}
# A card that the catalog lacks.
UNKNOWN = "Intel Max 1550 tile"
# A statement of tokens over all requests: requests of this length.
REQUEST = 131_072


class Report(NamedTuple):
    """One published report: what was started, and whether it started."""

    name: str
    model: str
    precision: str
    config: str
    context: float
    requests: int
    kv_precision: str
    fits: bool
    observed: bool

    @property
    def right(self) -> bool:
        """Whether LLM_FITS says the same."""
        asked = (self.model, self.precision, self.config, self.context, self.requests, self.kv_precision)
        return call("LLM_FITS", *asked) is self.fits


def read_rows(name: str) -> list[dict[str, str]]:
    """Read a file of measurements."""
    with (VALIDATION / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def reports() -> list[Report]:
    """Read both files; without a stated context the engine starts with the model's own."""
    catalog, wrong = built_in(), {row["id"] for row in read_rows("suspicious")}
    found: list[Report] = []
    for row in read_rows("fits"):
        if row["id"] in wrong or row["gpu"] == UNKNOWN:
            continue
        model = catalog.names.find("open_model", row["model"].removesuffix(" 671B"))
        longest = float(catalog.row("models", model)["max_context"])
        context = float(row["context"]) if row["context"].isdigit() else longest
        requests, context = (1, context) if context <= longest * 4 else (int(context // REQUEST), REQUEST)
        config = f"{row['n_gpus']}×{CARDS.get(row['gpu'], row['gpu'])}"
        kept = "fp8" if "fp8 KV" in row["notes"] else "fp16"
        observed = not row["kind"].startswith("implied")
        answer = row["fits"] == "yes"
        found.append(
            Report(row["id"], model, row["precision"], config, context, requests, kept, answer, observed)
        )
    for row in read_rows("starts"):
        config, context = f"{row['n_gpus']}×{row['gpu']}", float(row["context"])
        answer, kept = row["fits"] == "yes", row["kv_precision"]
        found.append(
            Report(row["id"], row["model"], row["precision"], config, context, 1, kept, answer, True)
        )
    return found


def main() -> None:
    """Print the shares and the wrong answers."""
    shares: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for one in reports():
        right = one.right
        answer, kind = "yes" if one.fits else "no", "observed" if one.observed else "implied"
        for group in ("all", kind):
            shares[answer, group].append(right)
        if not right:
            print(f"wrong: {one.name} {answer} {one.model} {one.precision} {one.config} {one.context:,.0f}")
    for (answer, kind), right_ones in sorted(shares.items()):
        count, total = sum(right_ones), len(right_ones)
        print(f"{answer:<4}{kind:<10}{count} of {total}  {count / total:.1%}")


if __name__ == "__main__":
    main()
