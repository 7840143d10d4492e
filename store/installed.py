"""Which versions of Python and of the packages are installed here."""

from __future__ import annotations

import platform
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


def versions_text() -> str:
    """Return the versions as one text: `python 3.11.7, numpy 2.4.0, …`."""
    return ", ".join(f"{name} {version}" for name, version in installed_versions().items())
