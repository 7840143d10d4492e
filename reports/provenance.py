"""Where the numbers of a report come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from store.installed import installed_versions


@dataclass(frozen=True)
class Provenance:
    """The generation that a report was made from.

    Parameters
    ----------
    generation : int
        Number of the published generation, from 1.
    published_sha256 : str
        SHA-256 of the published warehouse file.
    created_at : datetime
        When that generation was published (with time zone). The report holds no other clock
        time, so the same generation gives the same report.
    versions : mapping of str to str
        Package name to version.
    plan_hash : str
        Plan that the caller believes in force; compared with the published one when given.
    """

    generation: int
    published_sha256: str
    created_at: datetime
    versions: Mapping[str, str] = field(default_factory=installed_versions)
    plan_hash: str = ""
