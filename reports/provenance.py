"""Where the numbers of a report come from."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib import metadata

_PACKAGES = (
    "cytomart", "duckdb", "dbt-core", "dbt-duckdb", "great-expectations", "numpy", "scipy",
    "pandas", "pyarrow", "altair", "vl-convert-python",
)  # fmt: skip


def installed_versions() -> dict[str, str]:
    """Return the versions of Python and of every package that a number passes through."""
    versions = {"python": platform.python_version()}
    for name in _PACKAGES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = "not installed"
    return versions


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
