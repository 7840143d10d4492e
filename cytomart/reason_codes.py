"""Why a thing may be excluded or included again: the fixed list of reasons."""

from __future__ import annotations

import csv
from dataclasses import dataclass

from contracts.paths import SEEDS

SEED = SEEDS / "exclusion_reasons.csv"
EXCLUDE, INCLUDE, _BOTH = "exclude", "include", "both"


@dataclass(frozen=True)
class ReasonCode:
    """One reason, when it is the right one, and whether it needs words beside it."""

    code: str
    meaning: str
    is_note_required: bool


def codes(decision: str) -> dict[str, ReasonCode]:
    """Return the reasons that a decision (`exclude` or `include`) may be given with."""
    with SEED.open(encoding="utf-8", newline="") as handle:
        return {
            row["reason_code"]: ReasonCode(
                row["reason_code"], row["meaning"], row["is_note_required"] == "true"
            )
            for row in csv.DictReader(handle)
            if row["used_for"] in (decision, _BOTH)
        }
