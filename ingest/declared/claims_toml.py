"""The part of study.toml that names the publications a study is compared with."""

from __future__ import annotations

import csv
from pathlib import Path

from ingest.declared.toml_reader import Section

SEED = "publication_claims.csv"


def read_publications(section: Section, seeds: Path) -> tuple[str, ...]:
    """Return the shipped sets of claims that `[claims] publications` names."""
    if "publications" not in section.values:
        return ()
    with (seeds / SEED).open(encoding="utf-8", newline="") as stream:
        known = tuple(dict.fromkeys(r["publication_id"] for r in csv.DictReader(stream)))
    named = section.texts("publications")
    for name in (n for n in named if n not in known):
        section.complain(
            "publications",
            f"`publications` names {name!r}, of which no claims are shipped",
            allowed=", ".join(known),
            remedy="correct the name; the claims of another publication stand in claims.csv",
        )
    return tuple(dict.fromkeys(named))
