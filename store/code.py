"""Which code makes the numbers: one hash, the same for a run of cytomart and a bare `dbt build`."""

from __future__ import annotations

import functools
import hashlib
from importlib.metadata import version
from pathlib import Path

import duckdb

from contracts.paths import REPO_ROOT

#: Folders whose code decides what the tables hold.
OF_TABLES = ("warehouse", "stats", "contracts")

#: Folders whose code decides what a publication holds.
OF_PUBLICATIONS = (*OF_TABLES, "expectations", "store", "reports")

_SUFFIXES = frozenset({".sql", ".py", ".yml", ".csv", ".j2"})


@functools.cache
def in_force(folders: tuple[str, ...]) -> str:
    """Return the SHA-256 of the code in these folders, with the versions of cytomart and DuckDB."""
    digest = hashlib.sha256(f"{version('cytomart')} {duckdb.__version__}".encode())
    for path in _files(folders):
        digest.update(path.relative_to(REPO_ROOT).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _files(folders: tuple[str, ...]) -> list[Path]:
    return sorted(
        path
        for folder in folders
        for path in (REPO_ROOT / folder).rglob("*")
        if path.suffix in _SUFFIXES and "__pycache__" not in path.parts
    )
